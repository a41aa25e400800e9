# SPDX-License-Identifier: MIT
"""These tests will check that machines.ini is read strictly and means the commands in golden/."""

import pytest

import machine

GOOD = (machine.HERE / "machines.ini").read_text()


@pytest.mark.parametrize("name", machine.load())
def test_command_is_the_golden_one(name):
    want = machine.golden_path(name).read_text()
    got = machine.golden_text(machine.load()[name])
    assert got == want, "if this is wanted: tests/vm/machine.py --bless"


def test_no_golden_file_is_left_over():
    stems = {path.stem for path in machine.golden_path("x").parent.glob("*.cmd")}
    assert stems == set(machine.load())


@pytest.mark.parametrize("text, words", [
    ("frimware = uefi", ["[bad] frimware", "no such key", "firmware"]),
    ("firmware = efi", ["[bad] firmware", '"efi"', "bios, uefi"]),
    ("cpus = two", ["[bad] cpus", '"two"', "a number"]),
    ("disk = scsi 1G serial=A", ["[bad] disk", '"scsi 1G serial=A"', "virtio-scsi"]),
    ("disk = nvme 1000 serial=A", ["[bad] disk", '"1000"', "64M"]),
    ("disk = nvme 1G serial=A contents=ext4", ["[bad] disk", '"contents=ext4"', "content="]),
    ("disk = nvme 1G content=blank", ["[bad] disk", "serial="]),
    ("disk = nvme 1G serial=A throttle=iops=5", ["[bad] disk", '"throttle=iops=5"', "iops-total=N"]),
    ("disk = nvme 1G serial=A latency=1s", ["[bad] disk", '"latency=1s"', "latency=Nms"]),
    ("disk = nvme 1G serial=A blkdebug=../x", ["[bad] disk", '"blkdebug=../x"', "FILE.conf"]),
    ("disk = nvme 1G serial=A nbd=yes latency=1ms", ["[bad] disk", "one of throttle, latency"]),
    ("job = x.fio", ["[bad] job", '"x.fio"', "suite="]),
    ("job = x.fio\nconfig = suite=x.fio\nresults = no\nmedia = cd", ["[bad] job", "results = yes"]),
    ("icount = 1", ["[bad] icount", '"1"', "yes, no"]),
    ("machine = pc\ndisk = ahci 1G serial=A", ["[bad] machine", '"pc"', "q35"]),
    ("media = cd\ncmdline = x", ["[bad] cmdline", "kernel"]),
])
def test_mistakes_in_the_table_are_named(tmp_path, text, words):
    path = tmp_path / "machines.ini"
    path.write_text(GOOD + "\n[bad]\n" + text + "\n")
    with pytest.raises(machine.BadMachine) as problem:
        machine.load(path)
    for word in words:
        assert word in str(problem.value)
