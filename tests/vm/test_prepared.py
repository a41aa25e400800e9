# SPDX-License-Identifier: MIT
"""These tests will check on disks prepared with real tools that nobody's data are written over, and that
the result names what stands on each disk."""

import re
import time

import pytest

import boot
import images
import machine
import prepared
from prepared import GIB, MIB
from test_disks import disk_of

# The kernel's at power-off (sd_shutdown()), one for each disk with a write cache: any other is one more.
FLUSHES = 1


def drives(run):
    """The drive of each image by its serial, and that of the blank disk."""
    return {disk.serial: disk.name for disk in run.machine.disks}


def assert_unwritten(run, serial):
    stats = run.blockstats[drives(run)[serial]]
    assert {key: stats[key] for key in ("wr_operations", "wr_bytes", "unmap_operations",
                                        "flush_operations")} == {
        "wr_operations": 0, "wr_bytes": 0, "unmap_operations": 0, "flush_operations": FLUSHES}, serial
    assert stats["rd_bytes"] > 0, serial  # the figures are those of a disk that the guest has seen


def assert_images_as_before(run):
    before, after = run.sha256_before, run.sha256_after
    assert len(before) == len(prepared.IMAGES)
    assert {name for name in before if before[name] != after[name]} == set()
    for disk in run.machine.disks:
        if disk.overlay:
            assert after[disk.name] == "", f"{disk.serial}: clusters allocated"


@pytest.fixture(scope="module")
def made():
    return prepared.make_all(machine.BUILD / "vm" / "prepared")


@pytest.mark.parametrize("image", prepared.IMAGES, ids=lambda image: image.name)
def test_image_is_what_its_row_says_to_another_program(made, image):
    assert prepared.blkid(made / f"{image.name}.img") == image.blkid


@pytest.mark.machine("prepared-disks")
def test_only_the_blank_disk_of_many_is_written(run):
    assert run.ending == "ended", run.tail()
    assert run.blockstats[drives(run)["TARGET0"]]["wr_bytes"] > 64 << 20  # the span, once at least
    for image in prepared.IMAGES:
        assert_unwritten(run, image.serial)
    assert_images_as_before(run)


@pytest.mark.machine("prepared-disks")
def test_result_names_what_stands_on_each_disk(run):
    for document in run.documents():
        for image in prepared.IMAGES:
            disk = disk_of(document, image.serial)
            assert disk["verdict"] == image.verdict, disk
            if image.verdict != "blank":
                assert re.fullmatch(image.says, disk["reason"]), disk
            assert any(f"(serial {image.serial}): {image.verdict}: " in line
                       for line in document["tare"]["safety"])


@pytest.mark.machine("prepared-disks")
def test_one_byte_that_every_sample_misses_is_found_by_the_proof(run):
    results = {d["tare"]["target"]["disk"]["serial"]: d["tare"] for d in run.documents()}
    missed = [image for image in prepared.IMAGES if image.verdict == "blank"]
    assert set(results) == {image.serial for image in missed} | {"TARGET0"}
    assert results["TARGET0"]["state"] == "done"
    for image in missed:
        tare = results[image.serial]
        # Judged by samples alone it is blank ...
        assert re.search("read in [0-9]+ blocks, head and tail, all zero",
                         disk_of({"tare": tare}, image.serial)["reason"])
        # ... and yet it is not measured.
        assert tare["state"] == "failed"
        assert tare["target"]["wrote"] is False
        assert re.search(f"not blank: {image.says}", tare["reason"])


@pytest.mark.machine("prepared-disks-unwritten")
def test_with_writing_off_no_disk_at_all_is_written(run):
    assert run.ending == "ended", run.tail()
    for serial in [image.serial for image in prepared.IMAGES] + ["TARGET0"]:
        assert_unwritten(run, serial)
    assert_images_as_before(run)
    for document in run.documents():
        assert document["tare"]["target"].get("wrote", False) is False
        assert all(job["write"]["total_ios"] == 0 for job in document["jobs"])


def stop_after_reading(running, read_bytes):
    """Stops the guest once so many bytes of the disk were read; returns how many were."""
    until = time.monotonic() + 120
    while running.blockstats()["disk0"]["rd_bytes"] < read_bytes:
        assert time.monotonic() < until, running.text()
        time.sleep(0.05)
    running.qmp("stop")  # lets what is under way end first
    return running.blockstats()["disk0"]


# What is read of a blank disk of 1 GiB before the first write, in order, with a span of 64 MiB: samples,
# 96 MiB; the proof, from the start to the span's end at 65 MiB, then 16 MiB at the tail; and once more 16 MiB
# at the head, then the tail. Tables and signatures are another MiB.
SAMPLED, PROVEN, TAIL_PROVEN = 96 * MIB, (96 + 65) * MIB, (96 + 81) * MIB


@pytest.mark.parametrize("at, after, before", [
    (8 * MIB, SAMPLED + 20 * MIB, TAIL_PROVEN),  # the head, while the proof reads behind it
    (GIB - 1, TAIL_PROVEN + 2 * MIB, TAIL_PROVEN + 31 * MIB)])  # the tail, when all is proven
def test_disk_that_turns_into_data_between_proof_and_mark_is_refused(machines, at, after, before):
    folder = machine.BUILD / "vm" / "turns-data" / str(at)
    with boot.Boot(machines["turns-data"], folder) as running:
        stats = stop_after_reading(running, after)
        assert after <= stats["rd_bytes"] < before
        assert stats["wr_operations"] == 0
        with open(folder / "disk0.img", "r+b") as image:
            image.seek(at)
            image.write(b"\x01")
        running.qmp("cont")
        run = running.wait_end()
    assert run.ending == "ended", run.tail()
    tare = run.document()["tare"]
    assert disk_of({"tare": tare}, "TARGET0")["verdict"] == "blank"  # when it was judged
    assert tare["state"] == "failed"
    assert f"no longer blank: unknown data at offset {at}" in tare["reason"]
    assert tare["target"]["wrote"] is False
    stats = run.blockstats["disk0"]
    assert stats["rd_bytes"] > TAIL_PROVEN  # the proof itself had found nothing
    assert (stats["wr_operations"], stats["unmap_operations"], stats["flush_operations"]) == (0, 0, FLUSHES)
    with open(folder / "disk0.img", "r+b") as image:
        image.seek(at)
        image.write(b"\0")
    assert images.sha256(folder / "disk0.img") == images.sha256(blank(folder / "blank.img"))


def blank(path):
    with open(path, "wb") as image:
        image.truncate(GIB)
    return path
