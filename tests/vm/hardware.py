# SPDX-License-Identifier: MIT
"""What hardware a machine of machines.ini can be given: tables, one row a thing, with QEMU's words for it and
the Linux driver that must be found bound to it. Data only."""

import re
from dataclasses import dataclass
from pathlib import Path

OVMF = Path("/usr/share/OVMF")
# Code and variables. `secure`: Secure Boot enforced, with the keys that OVMF ships for tests.
FIRMWARE = {"uefi": ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
            "secure": ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.snakeoil.fd")}
# microvm without ACPI: there is no S5; without its own port the serial one is ours to connect.
MACHINES = {"q35": "q35", "pc": "pc", "microvm": "microvm,acpi=off,rtc=on,isa-serial=off"}
WITH_PCI = ("q35", "pc")
MACHINE_OPTIONS = ("vmport", "hpet", "smm", "i8042")  # each on or off
CPU_FLAGS = ("hypervisor", "tcg-cpuid")  # each on or off


@dataclass(frozen=True)
class Bus:
    """What disks hang on. A device that names no bus is a PCI device itself."""

    device: str  # QEMU's disk; {name} of the drive, {i} its number on the bus, {n} that of its channel
    driver: str  # in Linux, of the controller
    controllers: tuple = ()  # in this order, each once for all disks
    channels: int = 1  # disks take turns
    per_channel: int = 256
    serial: str = ""  # the one that every disk here has
    blocks: bool = True  # can have others than of 512 bytes
    queue: str = ""  # the option that says how many requests it takes at once: the disk's, or
    queue_of_all: bool = False  # that of the (one) controller


XHCI = "qemu-xhci,id=xhci"
BUSES = {
    "virtio-scsi": Bus("scsi-hd,bus=scsi.0", "virtio_scsi", ("virtio-scsi-pci,id=scsi",), queue="cmd_per_lun",
                       queue_of_all=True),
    "virtio-blk": Bus("virtio-blk-pci", "virtio_blk", queue="queue-size"),
    "nvme": Bus("nvme", "nvme"),
    "ahci": Bus("ide-hd,bus=ahci.{n}", "ahci", ("ahci,id=ahci",), 6, 1),
    "ide": Bus("ide-hd,bus=pata.{n}", "ata_piix", ("piix3-ide,id=pata",), 2, 2, blocks=False),
    "pvscsi": Bus("scsi-hd,bus=pvscsi.0", "vmw_pvscsi", ("pvscsi,id=pvscsi",), per_channel=15),
    # Without a name of its own a SAS disk is none to the driver.
    "mptsas1068": Bus("scsi-hd,bus=mptsas.0,wwn=0x5000c500000000{i:02x}", "mptsas", ("mptsas1068,id=mptsas",),
                      per_channel=8),
    "lsi53c895a": Bus("scsi-hd,bus=lsi.0", "sym53c8xx", ("lsi53c895a,id=lsi",), per_channel=7),
    "megasas": Bus("scsi-hd,bus=megasas.0", "megaraid_sas", ("megasas,id=megasas",)),
    # With a name, so that its own SCSI bus is not the next "scsi.0".
    "usb": Bus("usb-storage,id=usb-{name},bus=xhci.0,removable=on", "usb-storage", (XHCI,), per_channel=4),
    "uas": Bus("scsi-hd,bus=uas.0", "uas", (XHCI, "usb-uas,id=uas,bus=xhci.0")),
    # The card's number is QEMU's, and so are its blocks.
    "sd": Bus("sd-card,bus=sd-bus", "sdhci-pci", ("sdhci-pci",), per_channel=1, serial="0xdeadbeef",
              blocks=False),
}
# What a machine has of its own, on its chipset and not in a slot.
OWN = {
    ("q35", "ahci"): Bus("ide-hd,bus=ide.{n}", "ahci", channels=6, per_channel=1),
    ("q35", "cd"): Bus("ide-cd,bus=ide.{n}", "ahci", channels=6, per_channel=1),
    ("pc", "ide"): Bus("ide-hd,bus=ide.{n}", "ata_piix", channels=2, per_channel=2, blocks=False),
    ("pc", "cd"): Bus("ide-cd,bus=ide.{n}", "ata_piix", channels=2, per_channel=2),
    ("microvm", "virtio-blk"): Bus("virtio-blk-device", "virtio_blk"),  # virtio-mmio
}


def bus_of(machine, name, slots="bus"):
    """The row of a bus on a machine, or None where that machine cannot have it. `slots`: where the
    chipset's own AHCI is left for one in a slot."""
    own = OWN.get((machine, name))
    if own and not (slots == "root-ports" and name in BUSES):
        return own
    return BUSES.get(name) if machine in WITH_PCI else None


@dataclass(frozen=True)
class Nic:
    device: str
    driver: str
    controllers: tuple = ()


NICS = {
    "virtio": Nic("virtio-net-pci", "virtio_net"),
    "vmxnet3": Nic("vmxnet3", "vmxnet3"),
    "e1000": Nic("e1000", "e1000"),
    "e1000-82545em": Nic("e1000-82545em", "e1000"),
    "e1000e": Nic("e1000e", "e1000e"),
    "rtl8139": Nic("rtl8139", "8139cp"),
    "pcnet": Nic("pcnet", "pcnet32"),
    "tulip": Nic("tulip", "tulip"),
    "usb": Nic("usb-net,bus=xhci.0", "cdc_ether", (XHCI,)),
}

# A serial port: where it leads, which it is.
SERIALS = {
    "yes": ("file,id=serial0,path={folder}/serial.log", "isa-serial"),
    "com2": ("file,id=serial0,path={folder}/serial.log", "isa-serial,index=1"),
    # As Proxmox connects it: a reader may come and go; the log keeps what nobody read.
    "socket": ("socket,id=serial0,path={folder}/serial.sock,server=on,wait=off,"
               "logfile={folder}/serial.log", "isa-serial"),
    "blocked": ("pipe,id=serial0,path={folder}/serial", "isa-serial"),
}
# On these the result comes without a word to the kernel: on the second port because SPCR names it.
SERIALS_WITH_RESULT = ("yes", "socket", "com2")


@dataclass(frozen=True)
class Port:
    """A further serial port, with a log of its own."""

    device: str
    controllers: tuple = ()


PORTS = {
    "com2": Port("isa-serial,index=1"),
    "com3": Port("isa-serial,index=2"),
    "com4": Port("isa-serial,index=3"),
    "hvc0": Port("virtconsole", ("virtio-serial-pci",)),
}

# Of SMBIOS types, what can be said in each.
SMBIOS = {
    "0": ("vendor", "version", "date"),
    "1": ("manufacturer", "product", "version", "serial", "family"),
    "2": ("manufacturer", "product", "version", "serial"),
    "3": ("manufacturer", "version", "serial"),
}

# ACPI tables that a machine is given: signature, revision, the bytes after the header.
# SPCR, by Microsoft's "Serial Port Console Redirection Table", revision 2: a 16550 (type 0) at I/O port 0x2f8, interrupt 3 of
# the 8259s and the I/O APIC, 115200 baud, 8N1, no flow control, a VT100+ terminal, no PCI device.
ACPI = {
    "spcr-com2": ("SPCR", 2, bytes((0, 0, 0, 0)) + bytes((1, 8, 0, 1)) + (0x2F8).to_bytes(8, "little")
                  + bytes((3, 3)) + (3).to_bytes(4, "little") + bytes((7, 0, 1, 0, 1, 0))
                  + b"\xff\xff\xff\xff" + bytes(12)),
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
