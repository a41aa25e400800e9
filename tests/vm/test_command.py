# SPDX-License-Identifier: MIT
"""These tests will check that machines.ini is read strictly and means the commands in golden/."""

import pytest

import hardware
import machine

GOOD = (machine.HERE / "machines.ini").read_text()
MICRO = "machine = microvm\nresults = no\nconfig =\n"


@pytest.mark.parametrize("name", machine.load())
def test_command_is_the_golden_one(name):
    want = machine.golden_path(name).read_text()
    got = machine.golden_text(machine.load()[name])
    assert got == want, "if this is wanted: tests/vm/machine.py --bless"


def test_no_golden_file_is_left_over():
    stems = {path.stem for path in machine.golden_path("x").parent.glob("*.cmd")}
    assert stems == set(machine.load())


def test_every_piece_of_hardware_is_in_a_machine_that_boots_by_itself():
    rows = [row for row in machine.load().values() if row.expect != "own"]
    assert {disk.bus for row in rows for disk in row.disks} == set(hardware.BUSES)
    assert {model for row in rows for model in row.nic} == set(hardware.NICS)
    assert {row.acpi for row in rows} - {""} == set(hardware.ACPI)
    assert {row.machine for row in rows} == set(hardware.MACHINES)


def test_drivers_are_those_of_the_machine_that_has_them():
    row = machine.load()["bare-metal"]
    assert row.drivers() == [("MEDIA0", "usb-storage"), ("TARGET0", "ahci"), ("TARGET1", "nvme")]
    assert row.nic_drivers() == ["e1000e"]
    row = machine.load()["pxe-uefi"]
    assert row.drivers() == [("RESULTS0", "virtio_scsi"), ("TARGET0", "virtio_scsi")]
    assert row.nic_drivers() == ["virtio_net"]  # the one that it is booted by
    assert machine.load()["xen"].drivers()[0] == ("", "ata_piix")  # the CD


def test_every_device_behind_a_port_has_one_of_its_own():
    words = machine.command(machine.load()["bare-metal"], "folder", "tcg", "build")
    ports = [word for word in words if word.startswith("pcie-root-port")]
    behind = [word.rpartition("bus=")[2] for word in words if "bus=port" in word]
    assert len(ports) == 4
    assert sorted(behind) == [f"port{i + 1}" for i in range(4)]


def test_a_count_makes_disks_with_serials_of_their_own():
    row = machine.load()["sixty-four-disks"]
    assert len({disk.serial for disk in row.disks}) == len({disk.name for disk in row.disks}) == 64
    assert row.targets() == ["TARGET0"]


def test_spcr_names_the_second_port():
    """By Microsoft's table: the address structure at 40, interrupts at 52, of the whole table."""
    table = bytes(36) + hardware.ACPI["spcr-com2"][2]
    assert len(table) == 80
    assert (table[36], table[40], int.from_bytes(table[44:52], "little")) == (0, 1, 0x2F8)
    assert (table[53], int.from_bytes(table[54:58], "little"), table[58]) == (3, 3, 7)
    assert table[64:68] == b"\xff\xff\xff\xff"  # no PCI device


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
    ("media = cd\ncmdline = x", ["[bad] cmdline", "kernel"]),
    ("disk = sd 1G serial=A", ["[bad] disk", '"sd 1G serial=A"', "serial=0xdeadbeef"]),
    ("disk = ide 1G serial=A block=4096", ["[bad] disk", "block=4096", "512 bytes only"]),
    ("disk = nvme 1G serial=A count=0", ["[bad] disk", '"count=0"', "count=N"]),
    ("disk = nvme 1G serial=A readonly=no", ["[bad] disk", '"readonly=no"', "readonly=yes"]),
    ("disk = ahci 1G serial=A count=7", ["[bad] disk", "7 on ahci", "room for 6"]),
    ("media = cd\ndisk = ahci 1G serial=A count=6", ["[bad] disk", "7 on", "room for 6"]),
    ("machine = pc\nmedia = cd\ndisk = ide 1G serial=A count=4", ["[bad] disk", "5 on", "room for 4"]),
    ("results_bus = lsi53c895a\ndisk = lsi53c895a 1G serial=A count=7", ["[bad] disk", "8 on", "for 7"]),
    ("results_bus = scsi", ["[bad] results_bus", '"scsi"', "virtio-scsi"]),
    ("options = vmport", ["[bad] options", '"vmport"', "vmport=on|off"]),
    ("options = vmport=on kvm=off", ["[bad] options", '"kvm=off"', "hpet=on|off"]),
    ("cpu = hypervisor=no", ["[bad] cpu", '"hypervisor=no"', "hypervisor=on|off"]),
    ("nic = virtio ne2k", ["[bad] nic", '"ne2k"', "e1000-82545em"]),
    ("clock = 1980-01-01", ["[bad] clock", '"1980-01-01"', "T23:59:00"]),
    ("acpi = spcr", ["[bad] acpi", '"spcr"', "spcr-com2"]),
    ("serial = com3", ["[bad] serial", '"com3"', "com2, socket"]),
    ("display = vga", ["[bad] display", '"vga"', "yes, no"]),
    ("ends = halt", ["[bad] ends", '"halt"', "off, reset"]),
    ("smbios = 4 vendor=A", ["[bad] smbios", "4 vendor=A", "1: manufacturer"]),
    ("smbios = 1", ["[bad] smbios", "TYPE FIELD=TEXT"]),
    ("smbios = 1 vendor=A", ["[bad] smbios", "vendor=A", "0: vendor"]),
    ("smbios = 1 product", ["[bad] smbios", "product", "FIELD=TEXT"]),
    ('smbios = 1 product="A', ["[bad] smbios", "quotation"]),
    ("slots = root-ports\nmachine = pc", ["[bad] slots", '"root-ports"', "q35"]),
    ("slots = pcie", ["[bad] slots", '"pcie"', "root-ports"]),
    ("media = pxelinux\nfirmware = uefi", ["[bad] media", '"pxelinux"', "bios"]),
    (MICRO + "disk = nvme 1G serial=A", ["[bad] machine", '"microvm"', "no nvme"]),
    (MICRO + "nic = virtio", ["[bad] nic", '"microvm"', "q35 and pc"]),
    (MICRO + "options = hpet=off", ["[bad] options", '"microvm"']),
    (MICRO + "media = cd", ["[bad] media", '"cd"', "kernel"]),
    (MICRO + "media = pxe", ["[bad] media", '"microvm"']),
    ("machine = microvm\nresults = no\nconfig = seed=7", ["[bad] config", '"seed=7"', "cmdline"]),
])
def test_mistakes_in_the_table_are_named(tmp_path, text, words):
    path = tmp_path / "machines.ini"
    path.write_text(GOOD + "\n[bad]\n" + text + "\n")
    with pytest.raises(machine.BadMachine) as problem:
        machine.load(path)
    for word in words:
        assert word in str(problem.value)
