# SPDX-License-Identifier: MIT
"""The images: made again elsewhere they are the same bytes, and they carry the marks by which the
appliance knows them."""
import hashlib
import json
import os
import shutil
import struct
import subprocess
import uuid

import pytest

INPUTS = ["vmlinuz", "init", "tare", "busybox", "busybox.links", "sources.used", "build-id"]
MADE = ["initramfs", "results.fat", "tare-results.img", "tare.iso", "tare.efi"]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("TARE_CACHE") or os.path.join(base, "tare")


@pytest.fixture
def copy(top, build, tmp_path):
    """The image scripts, and what they work on, in another folder; for any user to read."""
    for folder in ("image", "kconfig"):
        shutil.copytree(top / folder, tmp_path / folder)
    for file in [*top.glob("LICENSE"), *top.glob("THIRD-PARTY*"), top / "VERSION"]:
        shutil.copy(file, tmp_path)
    (tmp_path / "out").mkdir()
    for name in INPUTS:
        shutil.copy(build / name, tmp_path / "out")
    shutil.copytree(os.path.join(cache_folder(), "linux"), tmp_path / "cache/linux")
    return tmp_path


def make_images(run, copy, user):
    """initramfs, results and ISO by another user, under another clock, language and umask."""
    env = {"B": str(copy / "out"), "TARE_CACHE": str(copy / "cache"), "TZ": "Asia/Kathmandu",
           "LC_ALL": "C.UTF-8", "HOME": "/", "CFLAGS": "-O0 -g"}
    if user:
        for path in [copy, *copy.rglob("*")]:
            os.chown(path, user, user)
        # pytest's own folders are closed to others.
        for path in list(copy.parents)[:2]:
            if path.name.startswith("pytest-"):
                path.chmod(0o755)
    words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
    for script in ("initramfs", "results", "iso", "efi"):
        got = run(*words, "bash", "-c", f"umask 077; exec image/{script}.sh", env=env, cwd=copy)
        assert got.returncode == 0, got.stderr


def test_images_made_elsewhere_are_the_same_bytes(run, build, copy):
    make_images(run, copy, 65534 if os.getuid() == 0 else None)
    for name in MADE:
        assert sha256(copy / "out" / name) == sha256(build / name), name


def test_a_program_that_is_not_static_is_refused(run, copy):
    shutil.copy("/bin/sh", copy / "out/tare")
    got = run(copy / "image/initramfs.sh", env={"B": str(copy / "out")})
    assert got.returncode == 1
    assert "out/tare: needs an interpreter" in got.stderr
    assert not (copy / "out/initramfs").exists()


def test_a_missing_program_is_named(run, copy):
    (copy / "out/init").unlink()
    got = run(copy / "image/initramfs.sh", env={"B": str(copy / "out")})
    assert got.returncode == 1
    assert "out/init: missing" in got.stderr


def gpt_of(path):
    """Disk GUID and {partition label: (offset, size) in bytes}, for sectors of 512 bytes."""
    with open(path, "rb") as file:
        file.seek(512)
        header = file.read(92)
        assert header[:8] == b"EFI PART"
        guid = uuid.UUID(bytes_le=header[56:72])
        first, count, size = struct.unpack("<QII", header[72:88])
        file.seek(first * 512)
        table = file.read(count * size)
    labels = {}
    for at in range(0, len(table), size):
        start, end = struct.unpack("<QQ", table[at + 32:at + 48])
        if start:
            label = table[at + 56:at + 128].decode("utf-16-le").rstrip("\0")
            labels[label] = (start * 512, (end - start + 1) * 512)
    return str(guid), labels


@pytest.mark.parametrize("name", ["tare.iso", "tare-results.img"])
def test_both_images_carry_the_same_results_file_system_under_all_four_marks(build, name):
    guid, labels = gpt_of(build / name)
    assert guid.startswith("54415245")
    offset, size = labels["TARE_RESULTS"]
    data = (build / name).read_bytes()[offset:offset + size]
    assert hashlib.sha256(data).hexdigest() == sha256(build / "results.fat")
    assert data[43:54] == b"TARERES    " and data[54:62] == b"FAT16   "
    mark = subprocess.run(["mtype", "-i", f"{build / name}@@{offset}", "::TARE.ID"], check=True,
                          capture_output=True).stdout
    assert mark == b"TARE-RESULTS 1\n"


def test_the_two_disks_have_different_guids(build):
    assert gpt_of(build / "tare.iso")[0] != gpt_of(build / "tare-results.img")[0]


def test_every_slot_is_preallocated_with_newlines_and_the_index_is_empty(build):
    def content(file):
        return subprocess.run(["mtype", "-i", build / "results.fat", f"::{file}"], check=True,
                              capture_output=True).stdout
    for slot in range(8):
        assert content(f"run{slot:02}.json") == b"\n" * (1 << 20)
        assert content(f"run{slot:02}.txt") == b"\n" * (256 << 10)
    assert content("TARE.IDX") == bytes(64 * 4096)


@pytest.mark.parametrize("name, without, most_bytes", [
    ("vmlinuz", None, 9_000_000),
    ("initramfs", None, 1_500_000),
    ("tare.iso", "results.fat", 14_000_000),
])
def test_what_is_downloaded_and_loaded_stays_small(build, name, without, most_bytes):
    sizes = {entry["file"]: entry["size_bytes"]
             for entry in json.loads((build / "manifest.json").read_text())["outputs"]}
    size = sizes[name] - (sizes[without] if without else 0)
    assert 0 < size <= most_bytes, f"{name}: {size:,} bytes"


def test_manifest_and_checksums_describe_the_files_that_are_there(build):
    manifest = json.loads((build / "manifest.json").read_text())
    assert manifest["build_id"] == (build / "build-id").read_text().strip()
    for entry in manifest["outputs"]:
        assert entry["sha256"] == sha256(build / entry["file"]), entry["file"]
        assert entry["size_bytes"] == (build / entry["file"]).stat().st_size
    used = [line.split() for line in (build / "sources.used").read_text().splitlines()]
    assert [(s["package"], f["sha256"]) for s in manifest["sources"] for f in s["files"]] == \
        [(line[0], line[3]) for line in used]
    [uplot] = manifest["npm"]
    assert uplot["package"] == "uplot" and uplot["integrity"].startswith("sha512-")
    version = json.loads((build / "npm/uplot/package.json").read_text())["version"]
    assert uplot["version"] == version
    got = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=build, check=False)
    assert got.returncode == 0


def test_the_build_id_depends_on_content_and_on_nothing_else(run, top, build, tmp_path):
    def build_id(folder):
        got = run(folder / "image/buildid.sh", env={"B": str(folder / "out")})
        assert got.returncode == 0, got.stderr
        return (folder / "out/build-id").read_text()

    for name in ("plain", "with-git"):
        for folder in ("bench", "init", "image", "kconfig"):
            shutil.copytree(top / folder, tmp_path / name / folder,
                            ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("Makefile", "VERSION"):
            shutil.copy(top / file, tmp_path / name)
        (tmp_path / name / "out").mkdir()
        shutil.copy(build / "sources.used", tmp_path / name / "out")
    subprocess.run(["git", "init", "-q", tmp_path / "with-git"], check=True)
    (tmp_path / "with-git/.gitignore").write_text("out/\n")
    plain = build_id(tmp_path / "plain")
    assert plain == build_id(tmp_path / "with-git")
    with open(tmp_path / "with-git/image/boot/menu.cfg", "a", encoding="ascii") as file:
        file.write("\n")
    assert plain != build_id(tmp_path / "with-git")
