# SPDX-License-Identifier: MIT
"""Where the time from the kernel's start to the first request to a disk goes, from its own log.

The appliance's kernel and Debian's boot with the same words in the same machine, whose time is
instructions (tests/vm/stopwatch.py).
"""

import re
from dataclasses import dataclass

import stopwatch  # of tests/vm, which programs.py has put on the path

# initcall_debug has the kernel log each of its parts; that costs both kernels some millions.
WORDS = "initcall_debug log_buf_len=8M"
CALL = re.compile(r"initcall (\w+)\+\S+ returned -?\d+ after (\d+) usecs")
# What is over with the message that matches. A kernel without that message shows it in the next line.
PHASES = [
    ("memory map, unwinder's tables, CPU areas", r"Kernel command line: "),
    ("allocators, scheduler, RCU, console", r"APIC: Switch to symmetric I/O mode"),
    ("does the timer interrupt", r"Calibrating delay loop"),
    ("code fitted to this CPU and its mitigations", r"Freeing SMP alternatives memory"),
    ("timer of the local APIC calibrated", r"smpboot: CPU0: "),
    ("ACPI and PCI", r"clocksource: Switched to clocksource"),
    ("drivers", CALL.pattern),  # the last of many
    ("waiting for their probes: idle PATA channels", r"Freeing unused kernel image \(initmem\)"),
    ("memory protection", r"Run \S+ as init process"),
]
NOTED_US = 1000


@dataclass
class Parts:
    phases: dict  # us by name, in order
    calls: list  # (us, name) of initcalls, longest first


def parts(start):
    """Takes a Start apart. Phases add up to the last message's time."""
    times = {}
    for name, pattern in PHASES:
        matches = [us for us, text in start.log if re.match(pattern, text)]
        if matches:
            times[name] = matches[-1]
    ends = sorted((us, name) for name, us in times.items())
    assert [name for _, name in ends] == [name for name, _ in PHASES if name in times], ends
    befores = [0] + [us for us, _ in ends]
    found = (CALL.match(text) for _, text in start.log)
    return Parts({name: us - before for (us, name), before in zip(ends, befores)},
                 sorted(((int(call[2]), call[1]) for call in found if call), reverse=True))


@dataclass
class Starts:
    ours: stopwatch.Start
    peer: stopwatch.Start
    peer_version: str
    peer_init_ns: int  # without the cost of logging
    init_ns: int  # of ours, likewise
    first_io_ns: int


def measure(times_peer):
    """`times_peer`: the goal; a boot that meets it spares others (stopwatch.first_io)."""
    version, kernel = stopwatch.peer()
    peer_ns = stopwatch.to_init("peer", kernel).init_ns
    return Starts(stopwatch.ours("ours-calls", WORDS), stopwatch.to_init("peer-calls", kernel, WORDS),
                  version, peer_ns, stopwatch.ours("ours").init_ns,
                  stopwatch.first_io(times_peer * peer_ns)["tare"]["first_io_ns"])


def calls_text(calls):
    """The longest initcalls in one line, in millions."""
    return ", ".join(f"{name} {us / 1000:.1f}" for us, name in calls if us >= NOTED_US)
