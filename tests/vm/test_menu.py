# SPDX-License-Identifier: MIT
"""These tests will check the boot menu as a person works it, and loaders that start the ISO from a file."""

import shutil
import subprocess
import time

import pytest

import boot
import machine

TITLES = [line.split('"')[1] for line in
          (machine.TOP / "image" / "boot" / "menu.cfg").read_text().splitlines()
          if line.startswith("menuentry ")]
KEYS = {" ": ["spc"], ".": ["dot"], "=": ["equal"], "-": ["minus"]}  # others are named as they are


def choose(running, entry):
    """Waits for the menu and goes to an entry; any key stops the countdown."""
    assert running.wait_text("GNU GRUB", 90), running.text()[-2000:]
    time.sleep(1)  # drawn from the top: the keys count once the last line stands
    for _ in range(entry):
        running.press_keys("down")


def write(running, text):
    for key in text:
        running.press_keys(*KEYS.get(key, [key]))


def boots(row, drive, timeout_s=150):
    """Boots the machine of a row, works its menu by `drive`, and returns the result."""
    with boot.Boot(row, machine.BUILD / "vm" / row.name) as running:
        drive(running)
        run = running.wait_end(timeout_s)
    assert run.ending == "ended", run.tail()
    return run.document()["tare"]


def press_enter_on(entry):
    def drive(running):
        choose(running, entry)
        running.press_keys("ret")
    return drive


def test_menu_has_the_entries_that_these_tests_choose_from():
    assert [title.split(":")[1].split(",")[0].split()[0] for title in TITLES] == [
        "benchmark", "quick", "the", "read-only", "benchmark", "rescue"]
    assert "mitigations off" in TITLES[4]


@pytest.mark.parametrize("entry, suite", [(1, "quick"), pytest.param(
    2, "origin", marks=pytest.mark.group("long"))])
def test_entry_of_a_suite_asks_for_that_suite(machines, entry, suite):
    tare = boots(machines["menu"], press_enter_on(entry))
    assert tare["suite"] == suite
    assert {"name": "suite", "value": suite, "source": "kernel command line"} in tare["keys"]


@pytest.mark.group("long")
def test_entry_that_is_not_touched_is_the_benchmark(machines):
    tare = boots(machines["menu"], lambda running: None)
    assert tare["suite"] == "standard"


@pytest.mark.group("long")
def test_read_only_entry_writes_nothing(machines):
    tare = boots(machines["menu"], press_enter_on(3))
    assert {"name": "write", "value": "no", "source": "kernel command line"} in tare["keys"]


@pytest.mark.group("long")
def test_entry_without_mitigations_boots_without_them(machines):
    tare = boots(machines["menu"], press_enter_on(4))
    assert "mitigations=off" in tare["platform"]["kernel_command_line"].split()
    assert "Vulnerable" in tare["platform"]["mitigations"]


def test_rescue_entry_gives_a_shell(machines):
    row = machines["menu"]
    with boot.Boot(row, machine.BUILD / "vm" / "menu-rescue") as running:
        choose(running, 5)
        running.press_keys("ret")
        assert running.wait_text("tare rescue shell", 90), running.text()[-2000:]


@pytest.mark.parametrize("name", ["menu", "menu-uefi"])
def test_entry_can_be_edited(machines, name):
    """The end of the line that begins with "linux" is where the documents tell people to write."""
    def drive(running):
        choose(running, 1)
        running.press_keys("e")
        assert running.wait_text("linux /boot/vmlinuz", 30), running.text()[-2000:]
        running.press_keys("down")  # the first line says the title, the second is empty
        running.press_keys("down")
        running.press_keys("end")
        write(running, " tare.label=by-hand")
        running.press_keys("ctrl", "x")

    tare = boots(machines[name], drive)
    assert tare["label"] == "by-hand"
    assert tare["suite"] == "quick"


# --- from a file

LOADER = """serial --unit=0 --speed=115200
terminal_output console serial
loopback loop /tare.iso
set root=loop
configfile /boot/grub/loopback.cfg
"""


def stick_with_the_iso_as_a_file(path, folder):
    """Its own GRUB for both firmwares, as sticks that collect images have one."""
    (folder / "boot" / "grub").mkdir(parents=True)
    (folder / "boot" / "grub" / "grub.cfg").write_text(LOADER)
    shutil.copyfile(machine.BUILD / "tare.iso", folder / "tare.iso")
    done = subprocess.run(["grub-mkrescue", "-o", path, folder], capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["loopback-bios", pytest.param(
    "loopback-uefi", marks=pytest.mark.group("long"))])
def test_iso_boots_from_a_file_on_a_stick(machines, tmp_path, name):
    row = machines[name]
    stick_with_the_iso_as_a_file(tmp_path / "stick.img", tmp_path / "files")
    run = boot.boot_once(row, machine.BUILD / "vm" / name, medium=tmp_path / "stick.img")
    assert run.ending == "ended", run.tail()
    tare = run.document()["tare"]
    assert tare["state"] == "done"
    assert tare["target"]["disk"]["serial"] == "TARGET0"
    assert run.blockstats["media"]["wr_bytes"] == 0
