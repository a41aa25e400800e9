# SPDX-License-Identifier: MIT
"""These tests will run what docs/platforms/ tells people to run, where this computer can stand in for the
platform: blocks marked "run" as they stand, and the machines of the others as far as QEMU has them."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import boot
import machine

sys.path.insert(0, str(machine.TOP / "tests" / "meta"))

from platform_pages import FOLDER, blocks, commands, pages

FILES = ("tare.iso", "tare-results.img", "vmlinuz", "initramfs")
KEYS = "suite=smoke wait=0 linger=0 seed=7"
TIMEOUT_S = 300


@pytest.fixture
def place(request):
    """A folder with the files that the pages take for granted; in the build folder, for O_DIRECT."""
    name = re.sub(r"\W+", "-", request.node.name)
    folder = machine.BUILD / "vm" / "recipes" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in FILES:
        (folder / file).symlink_to(machine.BUILD / file)
    yield folder
    shutil.rmtree(folder)


def once(command, place):
    """Runs a command in its own group of processes, none of which is left."""
    env = dict(os.environ, KEYS=KEYS, ACCEL=boot.accelerator(),
               PATH=f"{machine.BUILD}:{os.environ['PATH']}")
    with open(place / "output", "wb") as output:
        process = subprocess.Popen(command, cwd=place, env=env, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=output, start_new_session=True)
        try:
            process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            pass
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            status = process.wait()
    return status, (place / "output").read_text(errors="replace")


def run(command, place):
    """Runs it, again where a fault of the emulator ended the guest (see boot.py)."""
    with boot.SLOTS:
        for _ in range(boot.EMULATOR_TRIES):
            status, output = once(command, place)
            log = place / "serial.log"
            text = log.read_text(errors="replace") if log.exists() else ""
            if not boot.emulator_fault_in(text, cpus=2):
                break
            log.unlink()
    assert status == 0, f"status {status}: {output}\n{text[-2000:]}"


def collect(path):
    done = subprocess.run([machine.BUILD / "tare", "collect", path], capture_output=True, check=False,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def measured(data):
    """The document of a run that measured the disk that the pages give it."""
    tare = json.loads(data)["tare"]
    assert tare["state"] == "done", tare
    assert tare["target"]["blocks"] == "written by us"
    return tare


def run_block(page, at, place):
    block = blocks(page, "sh")[at]
    assert block.words == ("run",)
    run(["bash", "-euc", block.text], place)


def test_every_block_that_is_marked_is_run_here():
    marked = {(page, at) for page in pages() for at, block in enumerate(blocks(page, "sh"))
              if "run" in block.words}
    assert marked == {("qemu.md", 0), ("qemu.md", 1), ("qemu.md", 2), ("gcp.md", 0), ("azure.md", 0)}


# Which block, by which other way the same result must have come, what the result must say.
@pytest.mark.parametrize("at, other, firmware, driver", [
    (0, "results.img", "BIOS", "virtio_scsi"),
    (1, "serial.log", "UEFI", "nvme"),
    (2, "serial.log", "BIOS", "virtio_blk"),
])
def test_qemu_commands_measure_and_bring_the_result(at, other, firmware, driver, place):
    run_block("qemu.md", at, place)
    data = (place / "result.json").read_bytes()
    tare = measured(data)
    assert tare["platform"]["firmware"] == firmware
    assert tare["target"]["disk"]["driver"] == driver
    assert tare["target"]["disk"]["serial"] == "SCRATCH0"
    assert collect(place / other) == data
    assert "randread" in (place / "output").read_text(), "the report"


def disk_words(paths):
    """virtio disks of QEMU, on PCI or not, in the order given."""
    words = []
    for at, path in enumerate(paths):
        words += ["-drive", f"if=none,id=d{at},format=raw,file={path}"]
    return words


def prepare(page, place):
    """The commands in front of the platform's own, as the page has them."""
    for words in commands(blocks(page, "sh")[0].text):
        if words[0] in ("truncate", "cp"):
            subprocess.run(words, cwd=place, check=True)


def smoke(arguments):
    assert "tare.suite=quick" in arguments
    return arguments.replace("tare.suite=quick", "tare.suite=smoke tare.wait=0 tare.linger=0")


def test_firecrackers_machine_runs_on_one_like_it(place):
    """virtio-mmio, no PCI, no ACPI, no firmware. A reset by the keyboard controller ends Firecracker; QEMU's
    machine has none, and a triple fault ends it."""
    config = json.loads((FOLDER / "firecracker.json").read_text())
    prepare("firecracker.md", place)
    source = config["boot-source"]
    arguments = source["boot_args"]
    assert "reboot=k" in arguments
    command = ["qemu-system-x86_64", "-machine", "microvm,acpi=off,rtc=on,isa-serial=on", "-accel",
               boot.accelerator(), "-cpu", "max", "-smp", "1,maxcpus=2", "-m",
               str(config["machine-config"]["mem_size_mib"]),
               "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
               "-kernel", source["kernel_image_path"], "-initrd", source["initrd_path"],
               "-append", smoke(arguments).replace("reboot=k", "reboot=t"),
               "-serial", "file:serial.log"]
    command += disk_words(drive["path_on_host"] for drive in config["drives"])
    for at in range(len(config["drives"])):
        command += ["-device", f"virtio-blk-device,drive=d{at}"]
    run(command, place)
    data = collect(place / "serial.log")
    assert measured(data)["label"] == "firecracker"
    assert collect(place / "results.img") == data


def test_cloud_hypervisors_machine_runs_on_one_like_it(place):
    prepare("cloud-hypervisor.md", place)
    words = next(words for words in commands(blocks("cloud-hypervisor.md", "sh")[0].text)
                 if words[0] == "cloud-hypervisor")
    value = {words[at]: words[at + 1] for at in range(len(words) - 1) if words[at].startswith("--")}
    first = words.index("--disk") + 1
    disks = [dict(part.split("=") for part in word.split(",")) for word in words[first:words.index("--serial")]]
    assert [disk["serial"] for disk in disks] == ["SCRATCH0", "RESULTS0"]
    command = ["qemu-system-x86_64", "-machine", "q35", "-accel", boot.accelerator(), "-cpu", "max", "-smp",
               "1,maxcpus=2", "-m", value["--memory"].removeprefix("size="), "-nodefaults", "-no-user-config",
               "-no-reboot", "-display", "none", "-kernel", value["--kernel"], "-initrd",
               value["--initramfs"], "-append", smoke(value["--cmdline"]),
               "-serial", "file:" + value["--serial"].removeprefix("file=")]
    command += disk_words(disk["path"] for disk in disks)
    for at, disk in enumerate(disks):
        command += ["-device", f"virtio-blk-pci,drive=d{at},serial={disk['serial']}"]
    run(command, place)
    data = collect(place / "serial.log")
    tare = measured(data)
    assert (tare["label"], tare["target"]["disk"]["serial"]) == ("cloud-hypervisor", "SCRATCH0")
    assert collect(place / "results.img") == data


def test_archive_for_google_cloud_is_what_it_asks_for(place):
    run_block("gcp.md", 0, place)
    listed = subprocess.run(["tar", "-tvzf", "tare.tar.gz"], cwd=place, capture_output=True, text=True,
                            check=True).stdout.split()
    assert listed[-1] == "disk.raw" and int(listed[2]) == 1 << 30
    (place / "disk.raw").unlink()
    subprocess.run(["tar", "-xzf", "tare.tar.gz"], cwd=place, check=True)
    iso = (machine.BUILD / "tare.iso").read_bytes()
    with open(place / "disk.raw", "rb") as file:
        assert file.read(len(iso)) == iso


def test_vhd_for_azure_is_what_it_asks_for(place):
    run_block("azure.md", 0, place)
    data = (place / "tare.vhd").read_bytes()
    iso = (machine.BUILD / "tare.iso").read_bytes()
    assert data[:len(iso)] == iso
    assert (len(data) - 512) % (1 << 20) == 0
    footer = data[-512:]
    assert footer[:8] == b"conectix"
    assert int.from_bytes(footer[48:56], "big") == len(data) - 512, "size as the guest sees it"
    assert int.from_bytes(footer[60:64], "big") == 2, "a fixed disk"


def test_sleeping_command_is_ended_with_all_its_children(place, monkeypatch):
    """What a page starts must not outlive its test."""
    monkeypatch.setattr(sys.modules[__name__], "TIMEOUT_S", 1)
    status, _ = once(["bash", "-c", "sleep 77 & echo $! > child; wait"], place)
    assert status == -signal.SIGKILL
    child = int((place / "child").read_text())
    for _ in range(50):
        try:
            state = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.1)
    pytest.fail(f"process {child} is left")
