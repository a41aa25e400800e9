# SPDX-License-Identifier: MIT
"""These tests will check that nothing is written but to a disk proven blank or marked, and that the
results say what was decided about every disk."""

import shutil

import pytest

import boot
import images
import machine


def disk_of(document, serial):
    found = [d for d in document["tare"]["disks"] if d["serial"] == serial]
    assert len(found) == 1, f"{serial}: {len(found)} disks"
    return found[0]


def assert_untouched(run, drive, flushes=1):
    """By the bytes of its image, and by the requests that QEMU saw."""
    if drive in run.sha256_before:
        assert run.sha256_after[drive] == run.sha256_before[drive]
    stats = run.blockstats[drive]
    assert stats["wr_operations"] == 0
    assert stats["wr_bytes"] == 0
    assert stats["flush_operations"] <= flushes  # the kernel's at power-off (sd_shutdown()), of nothing
    assert stats["unmap_operations"] == 0


@pytest.mark.machine("data-disk")
def test_disk_with_a_file_system_is_named_and_not_written(run):
    disk = disk_of(run.document(), "DATA0")
    assert disk["verdict"] == "not blank"
    assert "ext" in disk["reason"]
    assert_untouched(run, "disk0")


@pytest.mark.machine("blank-unwritten")
def test_blank_disk_without_permission_is_not_measured_but_told_how(run):
    document = run.document()
    assert "tare.write" in document["tare"]["reason"]
    assert disk_of(document, "TARGET0")["verdict"] == "blank"
    assert_untouched(run, "disk0")


@pytest.mark.machine("data-in-the-middle")
def test_one_page_in_the_middle_keeps_a_disk_unwritten(run):
    assert_untouched(run, "disk0")
    offset = str(images.MIDDLE_OFFSET_BYTES)
    said = []
    for document in run.documents():
        tare = document["tare"]
        said += [tare["reason"], disk_of(document, "MIDDLE0")["reason"]] + tare["safety"]
    assert any(offset in text for text in said), said
    assert run.blockstats["disk1"]["wr_bytes"] > 0  # the other one was measured


@pytest.mark.machine("erased-flash")
def test_erased_flash_is_blank_after_the_same_full_read(run):
    document = run.document()
    tare = document["tare"]
    disk = disk_of(document, "TARGET0")
    assert disk["verdict"] == "blank"
    assert "all 0xFF" in disk["reason"]
    assert "were read and are 0xFF" in tare["target"]["consent"]
    # The span and what the mark needs at both ends, not the samples alone.
    assert tare["target"]["proven_bytes"] >= tare["target"]["span_bytes"] + (16 << 20)
    assert run.blockstats["disk0"]["wr_bytes"] >= tare["target"]["span_bytes"]


@pytest.mark.machine("bad-write")
def test_mistyped_word_about_writing_turns_writing_off(run):
    tare = run.document()["tare"]
    assert any('"yess"' in warning for warning in tare["warnings"])
    assert any("writing is off" in warning for warning in tare["warnings"])
    assert_untouched(run, "disk0")


@pytest.mark.machine("bad-keys")
def test_unknown_keys_and_bad_values_are_quoted(run):
    warnings = run.document()["tare"]["warnings"]
    assert any("tare.rounds" in w and '"abc"' in w for w in warnings), warnings
    assert any("tare.nonsense" in w for w in warnings), warnings


@pytest.mark.machine("no-disk")
def test_machine_without_disks_says_so(run):
    assert "no disk" in run.document()["tare"]["reason"]


@pytest.mark.machine("low-memory")
def test_too_little_memory_is_told_before_anything_is_written(run):
    reason = run.document()["tare"]["reason"]
    assert "memory" in reason
    assert "MiB" in reason
    assert_untouched(run, "disk0")


@pytest.mark.parametrize("name", [
    pytest.param("bios-usb", marks=pytest.mark.machine("bios-usb")),
    pytest.param("bios-disk", marks=pytest.mark.machine("bios-disk")),
    pytest.param("uefi-disk", marks=pytest.mark.machine("uefi-disk"))])
def test_medium_booted_from_is_only_written_inside_its_results(run, name):
    """Everything but the third partition is as it was built."""
    assert name == run.machine.name
    built, used = machine.BUILD / "tare.iso", run.folder / "media.img"
    start, end = results_range(built)
    with open(built, "rb") as a, open(used, "rb") as b:
        assert a.read(start) == b.read(start)
        assert a.read(end - start) != b.read(end - start)
        assert a.read() == b.read()


def results_range(path):
    """First byte and end of the partition TARE_RESULTS, from the GPT."""
    with open(path, "rb") as image:
        image.seek(1024)
        for _ in range(128):
            entry = image.read(128)
            if entry[56:].decode("utf-16-le").rstrip("\0") == "TARE_RESULTS":
                first, last = (int.from_bytes(entry[at:at + 8], "little") for at in (32, 40))
                return first * 512, (last + 1) * 512
    raise AssertionError(f"{path}: no partition TARE_RESULTS")


@pytest.mark.machine("two-targets")
def test_two_disks_give_a_result_each_and_are_repeated_once(run):
    assert run.ending == "ended", run.tail()
    found = {d["tare"]["target"]["disk"]["serial"]: d["tare"] for d in run.documents()}
    assert set(found) == {"TARGET0", "TARGET1"}
    cuts = set()
    for tare in found.values():
        assert tare["state"] == "done"
        [cut] = [w for w in tare["warnings"] if w.startswith("span ")]  # its own only
        cuts.add(cut)
    assert len(cuts) == 2
    assert run.text.count("is repeated here for 4 s") == 1
    assert run.text.index("is repeated here") > run.text.rindex(" ev=round ")


@pytest.mark.machine("second-boot")
def test_disk_that_tare_marked_is_measured_again_without_proof(run, machines, tmp_path):
    first = run.document()["tare"]
    assert first["target"]["proven_bytes"] > 0
    folder = machine.BUILD / "vm" / "second-boot-again"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(run.folder, folder)
    again = boot.boot_once(machines["second-boot"], folder, fresh=False)
    assert again.ending == "ended", again.tail()
    second = again.document()["tare"]
    assert second["state"] == "done"
    assert second["run"] != first["run"]
    assert disk_of({"tare": second}, "TARGET0")["verdict"] == "marked as ours"
    assert second["target"]["proven_bytes"] == 0
    assert set(again.bytes_by_run("results.img")) == {f"{first['run']}.json",
                                                      f"{second['run']}.json"}
