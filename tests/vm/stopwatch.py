# SPDX-License-Identifier: MIT
"""How long kernels take to process 1, and the appliance to its first request to a disk, by the kernel's
own clock, in a machine whose time is instructions: each takes a nanosecond, and where nothing runs, time
passes at once. Debian's kernel boots in the same machine.
"""

import functools
import json
import random
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import boot
import images
from machine import BUILD, HERE, TOP

WORDS = "console=ttyS0,115200 quiet"
CONFIG = "suite=smoke wait=0 linger=0 seed=7 write=no"
DISK_BYTES = 1 << 30  # the least that is measured
DATA_BYTES = 16 << 20
TIMEOUT_S = 240
# QEMU asks this computer's threads for each block of a disk while the machine's time goes on by leaps, and
# emulates one CPU without the barriers that those need: a boot may be late by that, or stop. None is early.
TRIES = 6


class Stopped(Exception):
    """A machine came to no end; with the end of its console."""


@dataclass
class Start:
    init_ns: int  # when process 1 got control
    log: list  # (us, text) of what the kernel had said by then


def folder(name):
    path = BUILD / "vm" / "stopwatch" / name
    path.mkdir(parents=True, exist_ok=True)
    return path


@functools.cache
def peer():
    """Debian's cloud kernel: its version and its file."""
    subprocess.run([TOP / "image/fetch.sh", "--peer", HERE / "peer.lock"], check=True)
    package, _, version, _, file = (BUILD / "peers.used").read_text().split()
    members = subprocess.run(["dpkg-deb", "--fsys-tarfile", BUILD / "peers" / package / file],
                             capture_output=True, check=True).stdout
    kernel = folder("peer") / "vmlinuz"
    kernel.write_bytes(subprocess.run(["tar", "-xO", "--wildcards", "./boot/vmlinuz-*"], input=members,
                                      capture_output=True, check=True).stdout)
    return version, kernel


@functools.cache
def _program():
    """stopwatch.c as process 1, not even compressed, in an archive of its own."""
    with tempfile.TemporaryDirectory() as work:
        program = Path(work) / "init"
        subprocess.run([BUILD / "sysroot/bin/musl-gcc", "-static", "-no-pie", "-Os", "-s", "-Wall", "-Wextra",
                        "-o", program, HERE / "stopwatch.c"], check=True)
        return images.cpio({"init": (0o755, program.read_bytes())})


@functools.cache
def _disk():
    """A disk with somebody's data: it may be read, and not written."""
    path = folder("init") / "data.img"
    with open(path, "wb") as image:
        image.write(random.Random(5).randbytes(DATA_BYTES))
        image.truncate(DISK_BYTES)
    return path


def _command(place, kernel, initramfs, words, disk):
    """The controller is there in any case. It answers the CPU that asks, not a thread of this computer
    (ioeventfd), for which a waiting machine's time would leap on: looking for 256 disks that are not there
    took our kernel 0.3 or 0.9 s, as this computer pleased.
    """
    return ["qemu-system-x86_64", "-name", "stopwatch", "-machine", "pc", "-accel", "tcg", "-cpu", "max",
            "-icount", "shift=0,sleep=off", "-smp", "1", "-m", "512", "-nodefaults", "-no-user-config",
            "-no-reboot", "-nic", "none", "-display", "none", "-vga", "std",
            "-kernel", str(kernel), "-initrd", str(initramfs), "-append", f"{WORDS} {words}".strip(),
            "-device", "virtio-scsi-pci,id=scsi,ioeventfd=off",
            "-fw_cfg", "name=opt/io.tare/config,string=" + CONFIG,
            "-debugcon", f"file:{place}/debug.log", "-serial", f"file:{place}/serial.log",
            *(["-drive", f"if=none,id=disk0,format=raw,snapshot=on,file={_disk()}",
               "-device", "scsi-hd,bus=scsi.0,drive=disk0,serial=DATA0"] if disk else [])]


def _run(name, kernel, initramfs, words="", disk=False):
    """Boots to the machine's own end. Raises Stopped."""
    place = folder(name)
    with boot.SLOTS, open(place / "qemu.log", "wb") as log:
        try:
            done = subprocess.run(
                ["setpriv", "--pdeathsig", "KILL", *_command(place, kernel, initramfs, words, disk)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=TIMEOUT_S)
            status = done.returncode
        except subprocess.TimeoutExpired:
            status = "late"
    if status:
        raise Stopped(f"{name}: {status}: {(place / 'qemu.log').read_text(errors='replace')}\n"
                      + (place / "serial.log").read_text(errors="replace")[-2000:])
    return place


def parse(said):
    """What stopwatch.c said, as a Start; None where it did not come to its end."""
    began = re.match(r"init (\d+)\.(\d{9})\n", said)
    if not began or not said.endswith("\nend\n"):
        return None
    records = re.findall(r"^\d+,\d+,(\d+),[^;\n]*;(.*)$", said, re.M)
    return Start(int(began[1] + began[2]), [(int(us), text) for us, text in records])


def to_init(name, kernel, words="", initramfs=b""):
    """A Start of this kernel; where an initramfs is given, with all of it but its process 1. Raises Stopped."""
    path = folder(name) / "initramfs"
    path.write_bytes(initramfs + bytes(-len(initramfs) % 4) + _program())
    place = _run(name, kernel, path, words)
    start = parse((place / "debug.log").read_text(errors="replace"))
    if not start:
        raise Stopped(f"{name}: did not start process 1\n"
                      + (place / "serial.log").read_text(errors="replace")[-2000:])
    return start


def ours(name, words=""):
    """A Start of the appliance's kernel with its own initramfs."""
    return to_init(name, BUILD / "vmlinuz", words, (BUILD / "initramfs").read_bytes())


def _to_first_io(name):
    """The result of one boot of the appliance, which only reads."""
    place = _run(name, BUILD / "vmlinuz", BUILD / "initramfs", disk=True)
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([BUILD / "tare", "collect", "--out", out, place / "serial.log"], check=True,
                       capture_output=True, timeout=120)
        found = [json.loads(path.read_text()) for path in Path(out).iterdir()]
    assert len(found) == 1, f"{name}: {len(found)} results"
    return found[0]


def first_io(enough_ns):
    """The result of the earliest of some boots of the appliance (TRIES); the first one that was early
    enough spares the rest."""
    results, problems = [], []
    while len(results) + len(problems) < TRIES:
        try:
            results.append(_to_first_io(f"tare{len(results) + len(problems)}"))
        except Stopped as problem:
            problems.append(problem)
        if results and results[-1]["tare"]["first_io_ns"] <= enough_ns:
            break
    if not results:
        raise problems[0]
    return min(results, key=lambda result: result["tare"]["first_io_ns"])
