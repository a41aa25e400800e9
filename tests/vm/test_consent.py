# SPDX-License-Identifier: MIT
"""These tests will check that a disk with data on it is written only where all that names it fits,
that what was written can be put back, and that a person may leave a disk out."""

import dataclasses
import os
import re
import shutil

import pytest

import boot
import images
import machine
from test_disks import assert_untouched, disk_of

SIZE_BYTES = 1 << 30


def boot_again(row, folder, name, *, cmdline="", fresh=False, **changes):
    """Boots the disks of an earlier boot, in a copy of its folder."""
    to = machine.BUILD / "vm" / name
    if not fresh:
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(folder, to)
    row = dataclasses.replace(row, cmdline=cmdline, **changes)
    run = boot.boot_once(row, to, fresh=fresh)
    assert run.ending == "ended", run.tail()
    return run


def is_zero(path):
    with open(path, "rb") as image:
        while piece := image.read(1 << 20):
            if piece.count(0) != len(piece):
                return False
    return True


@pytest.fixture(scope="module")
def first(machines):
    """A boot that only reads the disk, and prints how it could be destroyed."""
    return boot_again(machines["destroy"], None, "destroy", fresh=True)


def words_of(run):
    """The line to give, as the result has it, once for the safety log and once for the report."""
    tare = run.document()["tare"]
    token = disk_of({"tare": tare}, "DATA0")["token"]
    words = f"tare.destroy=DATA0:{SIZE_BYTES} tare.confirm={token}"
    assert re.fullmatch("[0-9a-f]{8}", token)
    assert any(words in line for line in tare["safety"]), tare["safety"]
    assert words in run.text
    return words


def test_named_and_confirmed_disk_is_measured_and_then_marked(first, machines):
    words = words_of(first)
    assert_untouched(first, "disk0")
    row = machines["destroy"]
    run = boot_again(row, first.folder, "destroy-done", cmdline=words)
    tare = run.document()["tare"]
    assert tare["state"] == "done", run.tail()
    assert tare["target"]["disk"]["serial"] == "DATA0"
    assert tare["target"]["consent"].startswith("destroy: serial DATA0 of 1073741824 bytes")
    assert "ext4 file system" in tare["target"]["consent"]
    assert tare["target"]["proven_bytes"] == 0
    assert run.sha256_after["disk0"] != run.sha256_before["disk0"]

    # The words are used up: with them nothing is written to what is a scratch disk now.
    again = boot_again(row, run.folder, "destroy-again", cmdline=words)
    tare = again.document()["tare"]
    assert disk_of({"tare": tare}, "DATA0")["verdict"] == "marked as ours"
    assert any("not the token of" in line for line in tare["warnings"]), tare["warnings"]
    assert any("nothing may be written in this run" in line for line in tare["safety"])
    assert_untouched(again, "disk0")


def with_size(words):
    return words.replace(str(SIZE_BYTES), str(SIZE_BYTES - 512))


def with_token(words):
    return words[:-1] + ("0" if words[-1] != "0" else "1")


@pytest.mark.group("long")
@pytest.mark.parametrize("change, reason", [
    (lambda words: words.replace("destroy", "destory"), "did you mean tare.destroy?"),
    (lambda words: words.replace("confirm", "confrim"), "did you mean tare.confirm?"),
    (with_size, "has another size"),
    (with_token, "not the token of"),
    (lambda words: words.split(" ", maxsplit=1)[0], "tare.confirm is missing"),
    (lambda words: words.split(" ", maxsplit=1)[1], "without tare.destroy"),
    (lambda words: words.replace("DATA0", "DATA1"), "no disk has this serial"),
    (lambda words: words.replace("DATA0", "all"), "no disk has this serial"),
    (lambda words: words + " tare.write=no", "tare.write=no says otherwise"),
], ids=["misspelt", "confirm-misspelt", "size", "token", "no-token", "token-alone", "serial", "all",
        "write-no"])
def test_words_that_do_not_fit_write_nothing(request, first, machines, change, reason):
    run = boot_again(machines["destroy"], first.folder, f"destroy-{request.node.callspec.id}",
                     cmdline=change(words_of(first)))
    assert_refused(run, reason)


def assert_refused(run, reason):
    tare = run.document()["tare"]
    assert any(reason in line for line in tare["warnings"]), tare["warnings"]
    assert any(reason in line for line in tare["safety"]), tare["safety"]
    for drive in run.blockstats:
        if drive.startswith("disk"):
            assert_untouched(run, drive)


@pytest.mark.group("long")
@pytest.mark.parametrize("where", ["conf", "fw_cfg"])
def test_words_from_elsewhere_write_nothing(first, machines, where, tmp_path):
    row, words = machines["destroy"], words_of(first)
    destroy, confirm = words.split(" ")
    if where == "fw_cfg":
        run = boot_again(row, first.folder, "destroy-fw_cfg", cmdline=destroy,
                         config=f"{row.config} {confirm}")
    else:
        (tmp_path / "tare.conf").write_text(confirm + "\n")
        shutil.copytree(first.folder, tmp_path / "disks")
        images.put_on_results(tmp_path / "disks" / "results.img", tmp_path / "tare.conf")
        run = boot_again(row, tmp_path / "disks", "destroy-conf", cmdline=destroy)
    assert_refused(run, "tare.confirm")
    assert_refused(run, "never from here")


@pytest.mark.group("long")
def test_serial_of_two_disks_names_neither(machines):
    row = machines["destroy-twins"]
    run = boot_again(row, None, row.name, fresh=True,
                     cmdline=f"tare.destroy=DATA0:{SIZE_BYTES} tare.confirm=01234567")
    assert_refused(run, "both have this serial")
    assert {disk["token"] for disk in run.document()["tare"]["disks"]
            if disk["serial"] == "DATA0"} == {""}


def test_restored_disk_is_blank_again(machines):
    row = machines["restore"]
    run = boot_again(row, None, row.name, fresh=True)
    tare = run.document()["tare"]
    target = tare["target"]
    assert tare["state"] == "done"
    assert target["wrote"] and target["written_bytes"] > 0
    assert target["restored_bytes"] == target["span_bytes"]
    assert target["mark_removed"]
    assert any("restored: " in line for line in tare["safety"])
    assert is_zero(run.folder / "disk0.img")


@pytest.mark.group("long")
def test_restored_disk_is_found_blank_and_measured_again(machines):
    row = machines["restore"]
    run = boot_again(row, None, "restore-first", fresh=True)
    again = boot_again(row, run.folder, "restore-again")
    tare = again.document()["tare"]
    assert disk_of({"tare": tare}, "TARGET0")["verdict"] == "blank"
    assert tare["state"] == "done"
    assert tare["target"]["proven_bytes"] > 0
    assert is_zero(again.folder / "disk0.img")


@pytest.mark.group("long")
def test_erased_flash_is_put_back_as_erased_flash(machines):
    row = machines["erased-flash"]
    run = boot_again(row, None, "erased-restored", cmdline="tare.restore=yes", fresh=True)
    assert run.document()["tare"]["target"]["mark_removed"]
    again = boot_again(row, run.folder, "erased-again")
    disk = disk_of(again.document(), "TARGET0")
    assert disk["verdict"] == "blank"
    assert "all 0xFF" in disk["reason"]


@pytest.mark.group("long")
def test_run_that_is_ended_early_is_restored_all_the_same(machines):
    row = machines["restore-interrupted"]
    with boot.Boot(row, machine.BUILD / "vm" / row.name) as running:
        assert running.wait_text(r"@@TARE1 S run=\w+ ev=round round=1 ", 90), running.text()[-3000:]
        running.press_power_button()
        running.wait_end()
    run = running.run
    assert run.ending == "ended", run.tail()
    tare = run.document()["tare"]
    assert tare["state"] == "partial"
    assert tare["target"]["mark_removed"]
    assert is_zero(run.folder / "disk0.img")


@pytest.mark.group("long")
def test_destroyed_disk_that_is_restored_is_no_scratch_disk_any_more(first, machines):
    run = boot_again(machines["destroy"], first.folder, "destroy-restored",
                     cmdline=words_of(first) + " tare.restore=yes")
    tare = run.document()["tare"]
    assert tare["state"] == "done"
    assert tare["target"]["mark_removed"]
    with open(run.folder / "disk0.img", "rb") as image:
        assert image.read(16 << 20).count(0) == 16 << 20
        image.seek(-16 << 20, os.SEEK_END)
        assert image.read().count(0) == 16 << 20


def test_person_at_a_console_leaves_a_disk_out(machines):
    row = machines["pick"]
    with boot.Boot(row, machine.BUILD / "vm" / row.name) as running:
        assert running.wait_text("press Enter to begin at once", 60), running.text()[-3000:]
        shown = running.text()
        assert re.search(r"^ +1  sd\w, .*serial TARGET0: blank: ", shown, re.M), shown
        assert re.search(r"^ +2  sd\w, .*serial TARGET1: blank: ", shown, re.M), shown
        running.press_keys("1")
        assert running.wait_text("will NOT be measured", 20), running.text()[-3000:]
        running.press_keys("ret")
        running.wait_end()
    run = running.run
    assert run.ending == "ended", run.tail()
    document = run.document()  # of one target
    tare = document["tare"]
    assert tare["state"] == "done"
    assert tare["target"]["disk"]["serial"] == "TARGET1"
    assert any("TARGET0" in line and "unpicked by a key on tty0" in line
               for line in tare["warnings"]), tare["warnings"]
    assert "unpicked by a key on tty0" in disk_of(document, "TARGET0")["reason"]
    assert run.blockstats["disk1"]["wr_bytes"] > 0
    assert_untouched(run, "disk0")
