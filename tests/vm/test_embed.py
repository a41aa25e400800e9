# SPDX-License-Identifier: MIT
"""This test will check that settings written into the image as docs/booting.md says are obeyed."""

import re
import shutil
import subprocess

import boot
import images
import machine

EMBED_BYTES = 64 << 10
SETTINGS = b'suite=smoke\nlabel="from the image"\nwait=0\nlinger=0\nseed=7\n'


def embed_offset(iso):
    """Where /boot/config.img lies in the image; it must be all zeros as built."""
    done = subprocess.run(["xorriso", "-indev", iso, "-find", "/boot/config.img", "-exec",
                           "report_lba"], capture_output=True, text=True, check=True)
    [(lba, size)] = re.findall(r"^File data lba: *\d+ *, *(\d+) *, *\d+ *, *(\d+) *, ", done.stdout,
                               re.MULTILINE)
    assert int(size) == EMBED_BYTES
    return int(lba) * 2048


def test_settings_in_the_image_are_obeyed(machines):
    row = machines["embed-area"]
    folder = machine.BUILD / "vm" / row.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    images.CONTENTS["blank"](folder / "disk0.img", row.disks[0].size_bytes)
    shutil.copyfile(machine.BUILD / "tare.iso", folder / "media.img")
    archive = images.cpio({"tare.embed": (0o40755, b""),
                           "tare.embed/tare.conf": (0o100644, SETTINGS)})
    offset = embed_offset(folder / "media.img")
    with open(folder / "media.img", "r+b") as media:
        media.seek(offset)
        assert media.read(EMBED_BYTES) == bytes(EMBED_BYTES)
        media.seek(offset)
        media.write(archive)
    run = boot.boot_once(row, folder, fresh=False)
    assert run.ending == "ended", run.tail()
    tare = run.document()["tare"]
    assert tare["state"] == "done"
    assert tare["label"] == "from the image"
    assert {"suite", "label", "wait", "linger", "seed"} == {
        key["name"] for key in tare["keys"] if key["source"] == "embed area"}
