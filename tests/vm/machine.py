# SPDX-License-Identifier: MIT
"""Machines as data: reads machines.ini and says which QEMU command each section means.

    machine.py --list           names, groups, what each expects
    machine.py --print NAME     the command, for a shell; disks are made by --boot
    machine.py --boot NAME      boots it, shows its console, says where everything is
    machine.py --bless          rewrites golden/

Builds commands only; boot.py runs them.
"""

import argparse
import configparser
import os
import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

import images
import prepared

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
BUILD = TOP / os.environ.get("B", "build")  # an absolute B stays as it is
OVMF = Path("/usr/share/OVMF")

DISK_BUSES = ("virtio-scsi", "virtio-blk", "nvme", "ahci")
# Of each key of a disk: what its value must look like, and how that is said.
DISK_KEYS = {
    "serial": (r"\S+", "TEXT"),
    "content": (r"blank|erased|ext4|middle", "blank|erased|ext4|middle"),
    "block": (r"512|4096", "512|4096"),
    "throttle": (r"(iops|bps)-(total|read|write)=[1-9]\d*", "iops-total=N|bps-total=N"),
    "latency": (r"\d+ms", "Nms"),
    "blkdebug": (r"[a-z-]+\.conf", "FILE.conf"),
    "nbd": (r"yes", "yes"),
}
# What a disk can be behind; one of them at most.
LAYERS = ("throttle", "latency", "blkdebug", "nbd")
CHOICES = {
    "firmware": ("bios", "uefi", "secure"),
    "machine": ("q35", "pc", "microvm"),
    "media": ("cd", "usb", "kernel", "pxe", "http") + DISK_BUSES,
    "results": ("yes", "pieces", "read-only", "no"),
    "serial": ("yes", "blocked", "no"),
    "prepared": ("yes", "no"),
    "port": ("yes", "blocked", "no"),
    "nic": ("user", "no"),
    "icount": ("yes", "no"),
    "expect": ("measured", "read-only", "facts", "own"),
}
NUMBERS = ("cpus", "memory", "timeout")
TEXTS = ("acpitable", "cmdline", "config", "cpu", "disk", "groups", "job", "ports", "smbios")
# Further serial ports, each with a log of its own name.
PORTS = {"com1": "isa-serial,index=0", "com2": "isa-serial,index=1", "com3": "isa-serial,index=2",
         "com4": "isa-serial,index=3", "hvc0": "virtconsole"}
# Code and variables. `secure`: Secure Boot enforced, with the keys that OVMF ships for tests.
FIRMWARE = {"uefi": ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
            "secure": ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.snakeoil.fd")}
# What is booted without a disk of its own, so that results cannot be stored on it.
WITHOUT_PARTITION = ("cd", "kernel", "pxe", "http")
# Without ACPI there is no S5; without its own port the serial one is ours to connect.
MACHINES = {"microvm": "microvm,acpi=off,rtc=on,isa-serial=off"}
CMDLINE = "console=tty0 console=ttyS0,115200 loglevel=5"


class BadMachine(Exception):
    """Says section, key, the offending text and what would be right."""


@dataclass
class Disk:
    bus: str
    size_bytes: int
    serial: str
    content: str = "blank"
    block: int = 512
    throttle: str = ""  # QEMU's throttling.* option with its value
    latency: str = ""  # of every write: "10ms"
    blkdebug: str = ""  # a file of tests/vm/blkdebug/
    nbd: str = ""  # "yes": the image is served by a process of its own
    overlay: bool = False  # writes would go to an empty qcow2 file in front of the image
    discard: bool = False  # the guest's discards reach the file
    name: str = ""  # of the drive and its image: disk0, disk1, ...


@dataclass
class Machine:
    name: str
    firmware: str
    machine: str
    cpus: int
    memory: int
    media: str
    results: str
    serial: bool
    prepared: bool
    serial_blocked: bool
    port: str
    nic: str
    icount: bool
    job: str  # a file of tests/vm/jobs/ that the machine is given
    config: str
    cmdline: str
    timeout: int
    groups: list
    expect: str
    cpu: str  # what is taken from or added to QEMU's best CPU
    smbios: str
    acpitable: str  # of images.ACPI_TABLES
    ports: list  # of PORTS
    disks: list = field(default_factory=list)

    def partition(self):
        """The image that results are stored on: the results disk, or the medium booted from where
        that can be written. None: there is none."""
        if self.results in ("yes", "pieces"):
            return "results.img"
        return None if self.media in WITHOUT_PARTITION else "media.img"


def _size_bytes(text, where):
    match = re.fullmatch(r"(\d+)([MG])", text)
    if not match:
        raise BadMachine(f'{where}: "{text}": a size such as 64M or 1G')
    return int(match[1]) << {"M": 20, "G": 30}[match[2]]


def _disk(line, index, where):
    words = line.split()
    if len(words) < 2 or words[0] not in DISK_BUSES:
        raise BadMachine(f'{where}: "{line}": BUS SIZE KEY=VALUE..., BUS one of '
                         + ", ".join(DISK_BUSES))
    disk = Disk(words[0], _size_bytes(words[1], where), "", name=f"disk{index}")
    for word in words[2:]:
        key, _, value = word.partition("=")
        if key not in DISK_KEYS or not re.fullmatch(DISK_KEYS[key][0], value):
            raise BadMachine(f'{where}: "{word}": one of ' + ", ".join(
                f"{k}={says}" for k, (_, says) in DISK_KEYS.items()))
        setattr(disk, key, int(value) if key == "block" else value)
    if not disk.serial:
        raise BadMachine(f'{where}: "{line}": has no serial=')
    if sum(bool(getattr(disk, layer)) for layer in LAYERS) > 1:
        raise BadMachine(f'{where}: "{line}": one of {", ".join(LAYERS)}')
    return disk


def _prepared(first):
    """A disk for each image of prepared.py."""
    return [Disk("virtio-scsi", image.size_bytes, image.serial, content=image.name, overlay=image.overlay,
                 discard=True, name=f"disk{i}") for i, image in enumerate(prepared.IMAGES, first)]


def _machine(name, section):
    known = set(CHOICES) | set(NUMBERS) | set(TEXTS)
    values = {}
    for key, value in section.items():
        where = f"machines.ini: [{name}] {key}"
        if key not in known:
            raise BadMachine(f"{where}: no such key: one of {', '.join(sorted(known))}")
        if key in CHOICES and value not in CHOICES[key]:
            raise BadMachine(f'{where}: "{value}": one of {", ".join(CHOICES[key])}')
        if key in NUMBERS and not re.fullmatch(r"[1-9]\d*", value):
            raise BadMachine(f'{where}: "{value}": a number above 0')
        values[key] = value
    where = f"machines.ini: [{name}]"
    for key in known - set(values):
        raise BadMachine(f"{where} {key}: missing")
    disks = [_disk(line, i, f"{where} disk")
             for i, line in enumerate(filter(None, values.pop("disk").splitlines()))]
    buses = [disk.bus for disk in disks] + [values["media"]]
    if values["machine"] == "pc" and "ahci" in buses:
        raise BadMachine(f'{where} machine: "pc": has no AHCI; q35 has')
    if values["machine"] == "microvm" and set(buses) - {"virtio-blk", "kernel"}:
        raise BadMachine(f'{where} machine: "microvm": has virtio-blk disks and media = kernel only')
    if values["machine"] == "microvm" and values["config"]:
        raise BadMachine(f'{where} config: "{values["config"]}": microvm without ACPI shows no '
                         "fw_cfg; use cmdline")
    if values["media"] != "kernel" and values["cmdline"]:
        raise BadMachine(f"{where} cmdline: only media = kernel can be given one")
    job = values["job"]
    if job and f"suite={job}" not in values["config"] + " " + values["cmdline"]:
        raise BadMachine(f'{where} job: "{job}": neither config nor cmdline has suite={job}')
    if job and values["results"] == "no" and values["media"] != "kernel":
        raise BadMachine(f'{where} job: "{job}": needs results = yes or media = kernel to lie on')
    if values["acpitable"] and values["acpitable"] not in images.ACPI_TABLES:
        raise BadMachine(f'{where} acpitable: "{values["acpitable"]}": one of '
                         + ", ".join(images.ACPI_TABLES))
    values["ports"] = values["ports"].split()
    for port in values["ports"]:
        if port not in PORTS or (port == "com1" and values["serial"] != "no"):
            raise BadMachine(f'{where} ports: "{port}": of {", ".join(PORTS)}; com1 is "serial" already')
    values["serial_blocked"] = values["serial"] == "blocked"
    for key in ("serial", "prepared", "icount"):
        values[key] = values[key] == "yes"
    disks += _prepared(len(disks)) if values["prepared"] else []
    for key in NUMBERS:
        values[key] = int(values[key])
    values["groups"] = values["groups"].split()
    return Machine(name=name, disks=disks, **values)


def load(path=HERE / "machines.ini"):
    """Every machine by name. Raises BadMachine."""
    parser = configparser.ConfigParser(interpolation=None, comment_prefixes=("#",))
    parser.read_string(Path(path).read_text())
    return {name: _machine(name, parser[name]) for name in parser.sections()}


def _image(disk, folder):
    """The options of -drive that say where the data are, and through what they go."""
    path = f"{folder}/{disk.name}.img".replace(",", ",,")
    if disk.latency:
        # Data need a place to stay and null-co has none: writes go to both and end with the later one,
        # reads come from the file.
        return ("file.driver=quorum,file.vote-threshold=1,file.read-pattern=fifo,"
                f"file.children.0.driver=file,file.children.0.filename={path},"
                f"file.children.1.driver=null-co,file.children.1.size={disk.size_bytes},"
                f"file.children.1.latency-ns={int(disk.latency[:-2]) * 1000000},"
                "file.children.1.read-zeroes=on")
    if disk.blkdebug:
        rules = f"{folder}/{disk.blkdebug}".replace(",", ",,")
        return (f"file.driver=blkdebug,file.config={rules},"
                f"file.image.driver=file,file.image.filename={path}")
    if disk.nbd:
        server = f"{folder}/{disk.name}.nbd".replace(",", ",,")
        return f"file.driver=nbd,file.server.type=unix,file.server.path={server}"
    if disk.overlay:
        path = path.removesuffix("img") + "qcow2"
    return f"file={path}" + (f",throttling.{disk.throttle}" if disk.throttle else "")


def nbd_command(disk, folder):
    """The server of a disk with nbd=yes."""
    return ["qemu-nbd", "--persistent", "--format=raw", f"--socket={folder}/{disk.name}.nbd",
            f"{folder}/{disk.name}.img"]


class _Options:
    """Collects options; knows which controllers are there already and which port is free."""

    def __init__(self, machine):
        self.words = []
        self.micro = machine.machine == "microvm"
        self.scsi = False
        self.ide = 0

    def add(self, *words):
        self.words += words

    def drive(self, name, image, bus, *, serial="", block=512, bootindex=None, media="disk",
              readonly=False, overlay=False, discard=False, layout="raw", pieces=False):
        """`image`: a path, or the options that _image() made."""
        if not image.startswith("file"):
            image = "file=" + image.replace(",", ",,")
        drive = f"if=none,id={name},format={'qcow2' if overlay else layout},{image}"
        if discard:
            drive += ",discard=unmap,detect-zeroes=off"
        if media == "cdrom":
            drive += ",media=cdrom"
        if readonly:
            drive += ",readonly=on"
        self.add("-drive", drive)
        device = {"virtio-scsi": "scsi-hd,bus=scsi.0", "virtio-blk": "virtio-blk-pci",
                  "nvme": "nvme", "usb": "usb-storage,removable=on", "ahci": "ide-hd",
                  "cd": "ide-cd"}[bus]
        if self.micro:
            device = "virtio-blk-device"  # virtio-mmio: there is no PCI
        if bus == "virtio-scsi" and not self.scsi:
            self.add("-device", "virtio-scsi-pci,id=scsi")
            self.scsi = True
        if bus == "usb":
            self.add("-device", "qemu-xhci")
        if bus in ("ahci", "cd"):
            device += f",bus=ide.{self.ide}"
            self.ide += 1
        device += f",drive={name}"
        if serial:
            device += f",serial={serial}"
        if block != 512:
            device += f",logical_block_size={block},physical_block_size={block}"
        if pieces:  # a throttle lets a request through whole, whatever its size
            device += ",max_io_size=16384"
        if bootindex is not None:
            device += f",bootindex={bootindex}"
        self.add("-device", device)


    def network_boot(self, machine, folder, build):
        """QEMU's own DHCP and TFTP: no host but this one is asked. Under BIOS the card's ROM is iPXE;
        UEFI has PXE of its own. `http`: a web server of the test's, on the port that http.port says."""
        uefi = machine.firmware != "bios"
        file = "tare.efi" if uefi else "boot.ipxe"
        if machine.media == "http":
            port = Path(f"{folder}/http.port")
            file = f"http://10.0.2.2:{port.read_text() if port.exists() else '{port}'}/{file}"
        pxe = f"{folder}/pxe" if machine.firmware == "secure" else f"{build}/pxe"
        reach = "" if machine.media == "http" else ",restrict=on"
        self.add("-netdev", f"user,id=net,tftp={pxe},bootfile={file}{reach}",
                 "-device", "virtio-net-pci,netdev=net,bootindex=0" + (",romfile=" if uefi else ""))


def _smp(cpus, accel):
    """QEMU before 8.1 leaves the guest's memory barriers out where a machine can have one CPU only,
    although its I/O runs in another thread: now and then a virtio disk answers no more (QEMU commit
    c914d46d0a64). Room for a second CPU brings them back."""
    return "1,maxcpus=2" if accel == "tcg" and cpus == 1 else str(cpus)


def command(machine, folder, accel, build=BUILD):
    """QEMU's argument list. `folder` holds the machine's own files, `build` what was built."""
    opt = _Options(machine)
    accel = "tcg" if machine.icount else accel
    opt.add("qemu-system-x86_64", "-name", machine.name, "-machine",
            MACHINES.get(machine.machine, machine.machine),
            "-accel", accel, "-cpu", ",".join(
                filter(None, ("host" if accel == "kvm" else "max", machine.cpu))),
            "-smp", _smp(machine.cpus, accel), "-m", str(machine.memory),
            "-nodefaults", "-no-user-config", "-no-reboot", "-nic", "none", "-display", "none")
    if machine.icount:  # time is counted in instructions, and passes at once where nothing runs
        opt.add("-icount", "shift=0,sleep=off")
    if not opt.micro:
        opt.add("-vga", "std")
    if machine.firmware == "secure":  # the firmware's variables are safe from the guest
        opt.words[opt.words.index("-machine") + 1] += ",smm=on"
        opt.add("-global", "driver=cfi.pflash01,property=secure,value=on")
    if machine.firmware != "bios":
        code = FIRMWARE[machine.firmware][0]
        opt.add("-drive", f"if=pflash,format=raw,readonly=on,file={OVMF}/{code}",
                "-drive", f"if=pflash,format=raw,file={folder}/ovmf-vars.fd")
    if machine.media in ("pxe", "http"):
        opt.network_boot(machine, folder, build)
    elif machine.media == "kernel":
        line = " ".join(filter(None, (CMDLINE, machine.cmdline)))
        opt.add("-kernel", f"{build}/vmlinuz", "-initrd", f"{folder}/initramfs", "-append", line)
    elif machine.media == "cd":
        opt.drive("media", f"{build}/tare.iso", "cd", bootindex=0, media="cdrom", readonly=True)
    else:
        serial = "" if machine.media == "usb" else "MEDIA0"
        opt.drive("media", f"{folder}/media.img", machine.media, serial=serial, bootindex=0)
    for disk in machine.disks:
        opt.drive(disk.name, _image(disk, folder), disk.bus, serial=disk.serial,
                  block=disk.block, overlay=disk.overlay, discard=disk.discard,
                  layout=images.LAYOUTS.get(disk.content, "raw"))
    if machine.results != "no":
        opt.drive("results", f"{folder}/results.img", "virtio-blk" if opt.micro else "virtio-scsi",
                  serial="RESULTS0", readonly=machine.results == "read-only",
                  pieces=machine.results == "pieces")
    if machine.serial_blocked:
        opt.add("-chardev", f"pipe,id=serial0,path={folder}/serial",
                "-device", "isa-serial,chardev=serial0")
    if machine.port != "no":
        backend = "file,id=port0,path={}/port.json" if machine.port == "yes" else \
            "pipe,id=port0,path={}/port"
        opt.add("-device", "virtio-serial-pci", "-chardev", backend.format(folder),
                "-device", "virtserialport,chardev=port0,name=io.tare.0")
    if machine.nic == "user":
        opt.add("-netdev", "user,id=net0", "-device", "virtio-net-pci,netdev=net0,romfile=")
    if machine.serial:
        opt.add("-chardev", f"file,id=serial0,path={folder}/serial.log",
                "-device", "isa-serial,chardev=serial0")
    if "hvc0" in machine.ports:
        opt.add("-device", "virtio-serial-pci")
    for port in machine.ports:
        opt.add("-chardev", f"file,id={port},path={folder}/{port}.log",
                "-device", f"{PORTS[port]},chardev={port}")
    if machine.smbios:
        opt.add("-smbios", machine.smbios)
    if machine.acpitable:
        opt.add("-acpitable", f"sig=SPCR,rev=2,data={folder}/{machine.acpitable}")
    if machine.config:
        opt.add("-fw_cfg", "name=opt/io.tare/config,string=" + machine.config.replace(",", ",,"))
    return opt.words


def golden_text(machine):
    """The command under TCG with the paths of this checkout left out, one option a line."""
    lines = []
    for word in command(machine, "{folder}", "tcg", build="{build}"):
        if word.startswith("-") or not lines:
            lines.append(shlex.quote(word) if " " in word else word)
        else:
            lines[-1] += " " + (shlex.quote(word) if " " in word else word)
    return "\n".join(lines) + "\n"


def golden_path(name):
    return HERE / "golden" / f"{name}.cmd"


def bless(machines):
    golden_path("x").parent.mkdir(exist_ok=True)
    for stale in golden_path("x").parent.glob("*.cmd"):
        if stale.stem not in machines:
            stale.unlink()
    for name, machine in machines.items():
        golden_path(name).write_text(golden_text(machine))


def main():
    parser = argparse.ArgumentParser(description="Machines of machines.ini.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--list", action="store_true", help="names, groups and expectations")
    which.add_argument("--print", metavar="NAME", help="the QEMU command")
    which.add_argument("--boot", metavar="NAME", help="boot it, show its console")
    which.add_argument("--bless", action="store_true", help="rewrite golden/")
    args = parser.parse_args()
    machines = load()
    name = args.print or args.boot
    if name and name not in machines:
        raise BadMachine(f'"{name}": no such machine: one of {", ".join(machines)}')
    if args.list:
        for machine in machines.values():
            print(f"{machine.name:20} {' '.join(machine.groups):6} {machine.expect}")
    elif args.bless:
        bless(machines)
    elif args.print:
        from boot import accelerator
        print(shlex.join(command(machines[name], BUILD / "vm" / name, accelerator())))
    else:
        from boot import boot_once
        run = boot_once(machines[name], BUILD / "vm" / name)
        sys.stdout.write(run.text)
        print(f"\n{name}: {run.ending} after {run.elapsed_s:.1f} s; {run.folder}")
        return 0 if run.ending == "ended" else 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BadMachine as problem:
        sys.exit(f"tare: machine.py: {problem}")
