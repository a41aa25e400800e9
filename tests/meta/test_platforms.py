# SPDX-License-Identifier: MIT
"""The pages of docs/platforms/: each has what it must have, and nothing on it is made up: names, keys,
our program's commands and everybody else's options are those that exist."""
import re
import shutil
import subprocess

import pytest

from platform_pages import FOLDER, ORDINARY, TOP, Table, blocks, commands, pages

PARTS = ["Boot", "Disks", "Serial", "Result", "Traps", "Tried"]
# Files that the build makes on request, by the target that makes them.
ON_REQUEST = {"tare.qcow2": "qcow2", "tare.vmdk": "vmdk", "tare.vhdx": "vhdx", "tare.ova": "ova",
              "tare.signed.efi": "sign"}
# Names that begin like a key and are none: files that a page itself makes, or what a name ends with.
OTHER_NAMES = {"raw", "tar", "vhd", "conf", "0"}


@pytest.fixture(scope="module")
def table():
    return Table()


def words_of_init():
    """What process 1 looks for on the kernel's command line before any key is read."""
    text = "".join(path.read_text() for path in sorted((TOP / "init").glob("*.c")))
    return set(re.findall(r'init_has_word\(\w+, "tare\.(\w+)"\)', text))


def parts(page):
    return dict(re.findall(r"^## ([^\n]*)\n(.*?)(?=^## |\Z)", (FOLDER / page).read_text(), re.M | re.S))


def test_every_platform_that_is_promised_has_its_page():
    assert {page[:-3] for page in pages()} == {
        "aws", "azure", "cloud-hypervisor", "esxi", "firecracker", "gcp", "hyper-v", "ipmi", "libvirt",
        "proxmox", "pxe", "qemu", "usb", "virtualbox", "xcp-ng"}


@pytest.mark.parametrize("page", pages())
def test_page_has_its_parts_and_says_what_was_tried(page):
    found = parts(page)
    assert list(found) == PARTS
    for name, text in found.items():
        assert len(text.split()) >= 5, name
    assert re.fullmatch(r"tried: .+; not tried beyond: .+\.", found["Tried"].strip())
    assert found["Traps"].count("\n- ") >= 2
    assert len((FOLDER / page).read_text().splitlines()) <= 90, "a page, not a book"


@pytest.mark.parametrize("page", pages())
def test_page_is_reached_from_the_overview_and_its_links_lead_somewhere(page):
    assert f"(platforms/{page})" in (TOP / "docs/booting.md").read_text()
    for link in re.findall(r"\]\(([^)#]+)\)", (FOLDER / page).read_text()):
        assert (FOLDER / link).exists(), link


def test_every_recipe_is_named_on_a_page():
    text = "".join((FOLDER / page).read_text() for page in pages())
    for path in FOLDER.iterdir():
        assert path.suffix == ".md" or f"]({path.name})" in text, path.name


def test_links_of_the_overview_lead_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", (TOP / "docs/booting.md").read_text())
    assert len(links) > len(pages())
    for link in links:
        assert (TOP / "docs" / link).exists(), link


DOCUMENTS = ["booting.md"] + [f"platforms/{path.name}" for path in sorted(FOLDER.iterdir())]


def keys_that_exist():
    return set(re.findall(r"^\| `tare\.(\w+)`", (TOP / "docs/boot-keys.md").read_text(), re.M))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_targets_and_keys_exist(name, build):
    text = (TOP / "docs" / name).read_text()
    made = {path.name for path in build.iterdir()}
    targets = set(re.findall(r"^([a-z0-9 ]+):", (TOP / "image/image.mk").read_text()
                             + (TOP / "Makefile").read_text(), re.M))
    targets = {word for line in targets for word in line.split()}
    for file in re.findall(r"\bbuild/([\w.-]+)", text):
        file = file.rstrip(".")
        assert file in made or file in ON_REQUEST or file == "tare.FORMAT", f"build/{file}"
    for target in re.findall(r"`make ([a-z0-9]+)\b", text):
        assert target in targets, f"make {target}"
    for file, target in ON_REQUEST.items():
        assert target in targets, file
    known = keys_that_exist() | words_of_init() | OTHER_NAMES | {
        path.split(".", 1)[1].split(".")[0] for path in made | set(ON_REQUEST) if path.startswith("tare.")}
    for word in re.findall(r"(?<![\w@/-])tare\.(\w+)", text):
        assert word in known | {"embed"}, f"tare.{word}"
    for value in re.findall(r'(?:tare:|string="|KEYS="|KEYS:-)([a-z]+=[^"}`\]<\n]*)', text):
        for key in re.findall(r"(\w+)=", value):
            assert key in keys_that_exist(), key


def test_own_commands_are_those_of_the_program(build, tmp_path):
    """Settings are really embedded into a copy of the image; of the rest, verb and options exist."""
    verbs = set(re.findall(r"^  +(\w+)", subprocess.run(
        [build / "tare", "--help"], capture_output=True, text=True, check=True).stdout, re.M))
    seen = set()
    for name in DOCUMENTS:
        text = (TOP / "docs" / name).read_text()
        lines = [" ".join(words) for block in blocks_of(text) for words in commands(block)
                 if words[0] == "tare"] + re.findall(r"`(tare [a-z][^`]*)`", text)
        for line in lines:
            words = re.split(r" [>|] ", line)[0].split()
            assert words[1] in verbs, line
            seen.add(words[1])
            told = subprocess.run([build / "tare", words[1], "--help"], capture_output=True, text=True,
                                  check=False).stdout
            for option in (word.split("=")[0] for word in words if word.startswith("--")):
                assert option in told or option == "--KEY", line
            if words[1] == "embed":
                embed(build, tmp_path, words[2:], line)
    assert {"collect", "report", "embed"} <= seen


def blocks_of(text):
    return re.findall(r"^```sh[^\n]*\n(.*?)^```$", text, re.M | re.S)


def embed(build, tmp_path, words, line):
    if words[0] != "tare.iso":
        return
    shutil.copy(build / "tare.iso", tmp_path / "tare.iso")
    (tmp_path / "my.fio").write_text("[a]\nrw=randread\nsize=1m\n")
    done = subprocess.run([build / "tare", "embed", *words], cwd=tmp_path, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, f"{line}: {done.stderr}"


@pytest.mark.parametrize("page", pages())
def test_shell_on_the_page_is_clean(page, tmp_path):
    for at, block in enumerate(blocks(page, "sh")):
        path = tmp_path / f"{at}.sh"
        path.write_text("#!/bin/bash\n" + block.text)
        # Variables of an earlier block, and "cd" without a guard, are a reader's matter.
        done = subprocess.run(["shellcheck", "-e", "SC2154,SC2164,SC2034,SC2088,SC2153", path],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", pages())
def test_commands_on_the_page_have_options_that_exist(page, table):
    checked = 0
    for block in blocks(page, "sh"):
        for words in commands(block.text):
            if words[0] in ORDINARY or re.match(r"\./[\w-]+\.sh$", words[0]):
                continue
            assert not table.faults(words), words
            checked += 1
    for words in map(str.split, re.findall(r"`((?:qm|govc|xe|VBoxManage|az|gcloud|aws) [a-z][^`…]*)`",
                                           (FOLDER / page).read_text())):
        if table.row(words) or len(words) > 2:
            assert not table.faults(words), words
    assert checked or page in ("qemu.md", "usb.md", "pxe.md", "hyper-v.md"), "the scan went blind"


@pytest.mark.parametrize("line, fault", [
    ("qm create 9000 --scsihw x --scsi0 a:32,iothread=1 --frobnicate 1", '"--frobnicate"'),
    ("qm create 9000 --scsi0 a:32,iothreads=1", '"iothreads=1"'),
    ("qm crate 9000", '"qm crate 9000": no such command'),
    ("govc vm.create -on=false -firmwares efi x", '"-firmwares"'),
    ('x=$(xe vm-install template="A b" name-label=x)', '"name-label=x"'),
    ('cp "$(xe vm-list name=x --minimal)" y', '"name=x"'),
    ("qm start 1; qm terminal 1 --escaped ^A", '"--escaped"'),
    ("cloud-hypervisor --disk path=a,directly=on", '"directly=on"'),
    ("aws ec2 run-instances --image i \\\n    --image-id x", '"--image"'),
    ("until [ \"$(aws ec2 wait --instance x)\" = y ]; do sleep 1; done", '"--instance"'),
])
def test_options_that_do_not_exist_are_found(table, line, fault):
    found = [text for words in commands(line) if words[0] in table.programs
             for text in table.faults(words)]
    assert len(found) == 1 and fault in found[0], found


def test_good_commands_have_no_fault(table):
    line = 'vm=$(xe vm-install template="Other install media" new-name-label=x) && qm start 9000 # --no'
    found = [words for words in commands(line) if words[0] in table.programs]
    assert [words[:2] for words in found] == [["xe", "vm-install"], ["qm", "start"]]
    assert not any(table.faults(words) for words in found)
