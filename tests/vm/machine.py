# SPDX-License-Identifier: MIT
"""Machines as data: reads machines.ini strictly, and keeps the QEMU command that each section means.

    machine.py --list           names, groups, what each expects
    machine.py --print NAME     the command, for a shell; disks are made by --boot
    machine.py --boot NAME      boots it, shows its console, says where everything is
    machine.py --bless          rewrites golden/

What can be named there is in hardware.py; qemu.py makes the commands, boot.py runs them.
"""

import argparse
import configparser
import os
import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

import prepared
import qemu
from hardware import (ACPI, BUSES, CPU_FLAGS, MACHINE_OPTIONS, MACHINES, NICS, PORTS, SERIALS,
                      SERIALS_WITH_RESULT, SMBIOS, TIME, WITH_PCI, bus_of)

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
BUILD = TOP / os.environ.get("B", "build")  # an absolute B stays as it is

# Of each key of a disk: what its value must look like, and how that is said.
DISK_KEYS = {
    "serial": (r"\S+", "TEXT"),
    "content": (r"blank|erased|ext4|middle|qcow2|zeros", "blank|erased|ext4|middle|qcow2|zeros"),
    "block": (r"512|4096", "512|4096"),
    "count": (r"[1-9]\d?", "N"),
    "readonly": (r"yes", "yes"),
    "throttle": (r"(iops|bps)-(total|read|write)=[1-9]\d*", "iops-total=N|bps-total=N"),
    "latency": (r"\d+ms", "Nms"),
    "blkdebug": (r"[a-z-]+\.conf", "FILE.conf"),
    "nbd": (r"yes", "yes"),
    "direct": (r"yes", "yes"),
}
# What a disk can be behind; one of them at most.
LAYERS = ("throttle", "latency", "blkdebug", "nbd")
NETWORK = ("pxe", "http", "pxelinux")
# What is booted without a disk of its own, so that results cannot be stored on it.
WITHOUT_PARTITION = ("cd", "kernel") + NETWORK
CHOICES = {
    "firmware": ("bios", "uefi", "secure"),
    "machine": tuple(MACHINES),
    "slots": ("bus", "root-ports"),
    "media": WITHOUT_PARTITION + tuple(BUSES),
    "results": ("yes", "pieces", "read-only", "no"),
    "results_bus": tuple(BUSES),
    "serial": tuple(SERIALS) + ("no",),
    "acpi": ("",) + tuple(ACPI),
    "display": ("yes", "no"),
    "prepared": ("yes", "no"),
    "port": ("yes", "blocked", "no"),
    "icount": ("yes", "no"),
    "ends": ("off", "reset"),
    "expect": ("measured", "read-only", "facts", "own"),
}
NUMBERS = ("cpus", "memory", "timeout")
# Of each key that holds words: what every word must look like, and how that is said.
WORDS = {
    "options": (f"({'|'.join(MACHINE_OPTIONS)})=(on|off)", "=on|off, ".join(MACHINE_OPTIONS) + "=on|off"),
    "cpu": (f"({'|'.join(CPU_FLAGS)})=(on|off)", "=on|off, ".join(CPU_FLAGS) + "=on|off"),
    "nic": ("|".join(map(re.escape, NICS)), ", ".join(NICS)),
    "ports": ("|".join(PORTS), ", ".join(PORTS)),
    "groups": (r"\w+", "a name"),
}
TEXTS = ("config", "cmdline", "disk", "job", "smbios", "clock")


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
    direct: str = ""  # "yes": past the host's page cache
    overlay: bool = False  # writes would go to an empty qcow2 file in front of the image
    readonly: str = ""  # "yes": it takes no writes
    discard: bool = False  # the guest's discards reach the file
    name: str = ""  # of the drive and its image: disk0, disk1, ...


@dataclass
class Machine:
    name: str
    firmware: str
    machine: str
    options: list  # of QEMU's machine
    slots: str
    cpu: list  # flags
    cpus: int
    memory: int
    clock: str  # what its battery keeps, or ""
    smbios: list  # (type, [(field, text), ...])
    acpi: str  # a table of hardware.ACPI, or ""
    display: str
    media: str
    results: str
    results_bus: str
    line: str  # the serial line: a row of hardware.SERIALS, or "no"
    serial: bool  # results come by it
    ports: list  # rows of hardware.PORTS, beside that line
    prepared: bool
    port: str
    nic: list  # rows of hardware.NICS
    icount: bool
    job: str  # a file of tests/vm/jobs/ that the machine is given
    config: str
    cmdline: str
    timeout: int
    groups: list
    ends: str
    expect: str
    disks: list = field(default_factory=list)

    def boots_from_network(self):
        return self.media in NETWORK

    def partition(self):
        """The image that results are stored on: the results disk, or the medium booted from where
        that can be written. None: there is none."""
        if self.results in ("yes", "pieces"):
            return "results.img"
        return None if self.media in WITHOUT_PARTITION else "media.img"

    def ending(self):
        """What its boot must end with."""
        return {"off": "ended", "reset": "reset"}[self.ends]

    def asked(self):
        """The keys that it is booted with, by name without "tare."; the last one holds."""
        words = self.config.split() + [w for w in self.cmdline.split() if w.startswith("tare.")]
        return dict(word.removeprefix("tare.").split("=", 1) for word in words if "=" in word)

    def targets(self):
        """Serials of the disks that shall be measured: those that are asked for, or TARGET0, ..."""
        asked = self.asked().get("target")
        return asked.split(",") if asked else [disk.serial for disk in self.disks
                                               if disk.serial.startswith("TARGET")]

    def drivers(self):
        """(serial, driver) of every disk that the guest must find, sorted."""
        found = [(disk.serial, disk.bus) for disk in self.disks]
        if self.results != "no":
            found.append(("RESULTS0", self.results_bus))
        if self.media not in ("kernel",) + NETWORK:
            found.append(("" if self.media == "cd" else "MEDIA0", self.media))
        return sorted((serial, bus_of(self.machine, bus, self.slots).driver) for serial, bus in found)

    def nic_drivers(self):
        """Of every card that the guest must find, sorted."""
        models = (["virtio"] if self.boots_from_network() else []) + self.nic
        return sorted(NICS[model].driver for model in models)


def _size_bytes(text, where):
    match = re.fullmatch(r"(\d+)([MGT])", text)
    if not match:
        raise BadMachine(f'{where}: "{text}": a size such as 64M or 1G')
    return int(match[1]) << {"M": 20, "G": 30, "T": 40}[match[2]]


def _disk(line, where):
    """One line's disks: more than one where it has a count."""
    words = line.split()
    if len(words) < 2 or words[0] not in BUSES:
        raise BadMachine(f'{where}: "{line}": BUS SIZE KEY=VALUE..., BUS one of ' + ", ".join(BUSES))
    values = {}
    for word in words[2:]:
        key, _, value = word.partition("=")
        if key not in DISK_KEYS or not re.fullmatch(DISK_KEYS[key][0], value):
            raise BadMachine(f'{where}: "{word}": one of ' + ", ".join(
                f"{k}={says}" for k, (_, says) in DISK_KEYS.items()))
        values[key] = int(value) if key in ("block", "count") else value
    if "serial" not in values:
        raise BadMachine(f'{where}: "{line}": has no serial=')
    if len(set(LAYERS) & set(values)) > 1:
        raise BadMachine(f'{where}: "{line}": one of {", ".join(LAYERS)}')
    row = BUSES[words[0]]
    if row.serial and values["serial"] != row.serial:
        raise BadMachine(f'{where}: "{line}": every disk there has serial={row.serial}')
    if values.get("block", 512) != 512 and not row.blocks:
        raise BadMachine(f'{where}: "{line}": {words[0]} has blocks of 512 bytes only')
    count, serial = values.pop("count", 0), values.pop("serial")
    names = [f"{serial}{i}" for i in range(count)] or [serial]
    return [Disk(words[0], _size_bytes(words[1], where), name, **values) for name in names]


def _prepared(first):
    """A disk for each image of prepared.py."""
    return [Disk("virtio-scsi", image.size_bytes, image.serial, content=image.name, overlay=image.overlay,
                 discard=True, name=f"disk{i}") for i, image in enumerate(prepared.IMAGES, first)]


def _smbios(line, where):
    """TYPE FIELD=TEXT..., with quotes around texts that have blanks."""
    try:
        kind, *words = shlex.split(line)
    except ValueError as problem:
        raise BadMachine(f"{where}: {line}: {problem}") from None
    fields = [tuple(word.split("=", 1)) for word in words]
    if kind not in SMBIOS or not fields or any(f[0] not in SMBIOS[kind] or len(f) < 2 for f in fields):
        raise BadMachine(f"{where}: {line}: TYPE FIELD=TEXT..., with " + "; ".join(
            f"{k}: {', '.join(v)}" for k, v in SMBIOS.items()))
    return kind, fields


def _check_value(key, value, where):
    if key in CHOICES and value not in CHOICES[key]:
        raise BadMachine(f'{where}: "{value}": one of {", ".join(CHOICES[key])}')
    if key in NUMBERS and not re.fullmatch(r"[1-9]\d*", value):
        raise BadMachine(f'{where}: "{value}": a number above 0')
    for word in value.split() if key in WORDS else ():
        if not re.fullmatch(WORDS[key][0], word):
            raise BadMachine(f'{where}: "{word}": of {WORDS[key][1]}')
    if key == "clock" and value and not TIME.fullmatch(value):
        raise BadMachine(f'{where}: "{value}": a time such as 2026-01-31T23:59:00')


def _check_places(machine, where):
    """Everything has a place to be in."""
    used = [disk.bus for disk in machine.disks]
    used += [] if machine.media in ("kernel",) + NETWORK else [machine.media]
    used += [] if machine.results == "no" else [machine.results_bus]
    rows = [(bus, bus_of(machine.machine, bus, machine.slots)) for bus in used]
    for bus, row in rows:
        if not row:
            raise BadMachine(f'{where} machine: "{machine.machine}": has no {bus}')
        place = row.device.partition("bus=")[2]
        there = sum(other.device.partition("bus=")[2] == place for _, other in rows)
        if place and there > row.channels * row.per_channel:
            raise BadMachine(f"{where} disk: {there} on {bus}: there is room for "
                             f"{row.channels * row.per_channel}")


def _check_together(machine, where):
    """What each of several keys allows, all of them may not."""
    pci = machine.machine in WITH_PCI
    for key, wants_pci in (("nic", machine.nic), ("options", machine.options),
                           ("port", machine.port != "no"), ("media", machine.boots_from_network())):
        if wants_pci and not pci:
            raise BadMachine(f'{where} {key}: "{machine.machine}": only {" and ".join(WITH_PCI)} have that')
    if machine.slots == "root-ports" and machine.machine != "q35":
        raise BadMachine(f'{where} slots: "root-ports": only q35 has PCI Express')
    if machine.machine == "microvm" and machine.media != "kernel":
        raise BadMachine(f'{where} media: "{machine.media}": microvm has media = kernel only')
    if machine.machine == "microvm" and machine.config:
        raise BadMachine(f'{where} config: "{machine.config}": microvm without ACPI shows no '
                         "fw_cfg; use cmdline")
    if machine.media == "pxelinux" and machine.firmware != "bios":
        raise BadMachine(f'{where} media: "pxelinux": pxelinux.0 is for firmware = bios')
    if machine.media != "kernel" and machine.cmdline:
        raise BadMachine(f"{where} cmdline: only media = kernel can be given one")
    job = machine.job
    if job and machine.asked().get("suite") != job:
        raise BadMachine(f'{where} job: "{job}": neither config nor cmdline has suite={job}')
    if job and machine.results == "no" and machine.media != "kernel":
        raise BadMachine(f'{where} job: "{job}": needs results = yes or media = kernel to lie on')


def _machine(name, section):
    known = set(CHOICES) | set(NUMBERS) | set(TEXTS) | set(WORDS)
    values = {}
    for key, value in section.items():
        where = f"machines.ini: [{name}] {key}"
        if key not in known:
            raise BadMachine(f"{where}: no such key: one of {', '.join(sorted(known))}")
        _check_value(key, value, where)
        values[key] = value
    where = f"machines.ini: [{name}]"
    for key in known - set(values):
        raise BadMachine(f"{where} {key}: missing")
    disks = [disk for line in filter(None, values.pop("disk").splitlines())
             for disk in _disk(line, f"{where} disk")]
    for i, disk in enumerate(disks):
        disk.name = f"disk{i}"
    values["smbios"] = [_smbios(line, f"{where} smbios")
                        for line in filter(None, values["smbios"].splitlines())]
    values["line"] = values["serial"]
    values["serial"] = values["line"] in SERIALS_WITH_RESULT
    for key in ("prepared", "icount"):
        values[key] = values[key] == "yes"
    disks += _prepared(len(disks)) if values["prepared"] else []
    for key in NUMBERS:
        values[key] = int(values[key])
    for key in WORDS:
        values[key] = values[key].split()
    machine = Machine(name=name, disks=disks, **values)
    _check_together(machine, where)
    _check_places(machine, where)
    return machine


def load(path=HERE / "machines.ini"):
    """Every machine by name. Raises BadMachine."""
    parser = configparser.ConfigParser(interpolation=None, comment_prefixes=("#",))
    parser.read_string(Path(path).read_text())
    return {name: _machine(name, parser[name]) for name in parser.sections()}


def command(machine, folder, accel, build=BUILD):
    """QEMU's argument list. `folder` holds the machine's own files, `build` what was built."""
    return qemu.command(machine, folder, accel, build)


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
