# SPDX-License-Identifier: MIT
"""I/Os per second of one core, in a machine whose time is instructions: each takes a nanosecond.

The appliance's own kernel boots in QEMU with -icount, and both programs read null_blk in the same
boot, so the figures depend neither on this computer nor on what else it does.
"""

import json
import re
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

import jobs
import programs
import images  # of tests/vm, which programs.py has put on the path

HERE = Path(__file__).resolve().parent
SPAN_BYTES = 1 << 30
TIMEOUT_S = 900
CMDLINE = ("console=ttyS0,115200 quiet rdinit=/figures/guest.sh mitigations=off "
           "null_blk.nr_devices=1 null_blk.queue_mode=2 null_blk.irqmode=0 null_blk.gb=4")


@dataclass
class Rate:
    """Of one job by one program, over all repetitions."""
    iops: list
    clocksource: str  # of the kernel it ran on

    @property
    def mean(self):
        return statistics.mean(self.iops)

    @property
    def spread_pct(self):
        return 100 * (max(self.iops) - min(self.iops)) / self.mean


def _file(path):
    path = Path(path)
    return str(path).lstrip("/"), (path.stat().st_mode & 0o777, path.read_bytes())


def _program_with_libraries(path):
    """A dynamic program and what it needs to start, under the names by which it asks for it."""
    listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
    libraries = re.findall(r"(?:=> |^\s*)(/\S+) \(", listed, re.M)
    assert libraries, f"{path}: no libraries in: {listed}"
    return dict(_file(name) for name in [path, *libraries])


def _folders(files):
    """The kernel makes no folder that an archive does not name."""
    return {str(parent): (0o40755, b"") for name in files
            for parent in reversed(Path(name).parents) if parent.name}


def _archive(wanted, ios):
    files = {}
    if any(program == "fio" for program, _ in wanted):
        files.update(_program_with_libraries("/usr/bin/fio"))
    files["figures/guest.sh"] = (0o755, (HERE / "guest.sh").read_bytes())
    for program, name in wanted:
        files[f"figures/{name}.{program}.fio"] = (0o644, jobs.counted(name, ios).encode())
    return images.cpio({**_folders(files), **files})


def _command(folder, repeat):
    return ["qemu-system-x86_64", "-name", "figures", "-machine", "q35", "-accel", "tcg",
            "-cpu", "max", "-icount", "shift=0,sleep=off", "-smp", "1", "-m", "1024",
            "-nodefaults", "-no-user-config", "-no-reboot", "-nic", "none", "-display", "none",
            "-kernel", f"{programs.BUILD}/vmlinuz", "-initrd", f"{folder}/initramfs",
            "-append", f"{CMDLINE} figures.repeat={repeat} figures.span={SPAN_BYTES}",
            "-serial", f"file:{folder}/serial.log", "-serial", f"file:{folder}/figures.log"]


def _boot(folder, archive, repeat):
    folder.mkdir(parents=True, exist_ok=True)
    initramfs = (programs.BUILD / "initramfs").read_bytes()
    pad = bytes(-len(initramfs) % 4)  # the kernel looks for archives at multiples of 4
    (folder / "initramfs").write_bytes(initramfs + pad + archive)
    with open(folder / "qemu.log", "wb") as log:
        subprocess.run(["setpriv", "--pdeathsig", "KILL", *_command(folder, repeat)],
                       stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=TIMEOUT_S,
                       check=True)
    return (folder / "figures.log").read_text(errors="replace").replace("\r", "")


def _parts(text, folder):
    """[(name, text)] of what guest.sh said; a machine that did not come to its end said nothing."""
    parts = re.findall(r"^@figures (\S+)\n(.*?)(?=^@figures |\Z)", text, re.M | re.S)
    if not parts or parts[-1][0] != "end":
        console = (folder / "serial.log").read_text(errors="replace")
        raise programs.Failed(f"icount: the machine came to no end: {folder}\n{text[-2000:]}\n"
                              + console[-2000:])
    return parts[:-1]


def _iops(program, name, said, ios):
    try:
        document = json.loads(said[said.index("{"):])
        read = document["jobs"][0]["read"]
    except (ValueError, KeyError, IndexError):
        raise programs.Failed(f"icount: {name} by {program}: no document: {said}") from None
    if read["total_ios"] != ios:
        raise programs.Failed(f"icount: {name} by {program}: {read['total_ios']} I/Os, not {ios}")
    return read["iops"]


def icount_iops(wanted, ios=150_000, repeat=2):
    """{(program, name): Rate} for pairs of a program and one of jobs.JOBS, all from one boot."""
    folder = programs.FOLDER / "icount"
    rates = {}
    clocksource = ""
    for part, said in _parts(_boot(folder, _archive(wanted, ios), repeat), folder):
        if part == "machine":
            clocksource = said.strip()
            continue
        name, program = part.split(".")
        rate = rates.setdefault((program, name), Rate([], clocksource))
        rate.iops.append(_iops(program, name, said, ios))
    assert set(rates) == set(wanted), f"asked for {wanted}, got {list(rates)}"
    return rates
