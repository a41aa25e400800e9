# SPDX-License-Identifier: MIT
"""User-space instructions per I/O, exactly: two runs that differ in the number of I/Os alone."""

import re
from collections import Counter
from dataclasses import dataclass

import jobs
import programs

FEW, MANY = 20_000, 120_000
NAME = re.compile(r"(c?fn)=(\(\d+\))(?: (.+))?$")
COST = re.compile(r"[-+*\d]\S* \d+$")  # position (a number, a step, or as before), instructions


@dataclass
class Count:
    per_io: float  # instructions
    functions: list  # (instructions per I/O, function), most first


def _profile(text):
    """Instructions of each function, without those it calls, from the text of one output file of
    callgrind. A name is written out once and then known by its number: fn=(7) main, later fn=(7)."""
    counts, names = Counter(), {}
    function, of_a_call = None, False
    for line in text.splitlines():
        name = NAME.match(line)
        if name:
            if name[3]:
                names[name[2]] = name[3]
            if name[1] == "fn":
                function = names[name[2]]
        elif line.startswith("calls="):
            of_a_call = True  # the next line is the cost of the called
        elif COST.match(line):
            if not of_a_call:
                counts[function] += int(line.split()[1])
            of_a_call = False
    return counts


def _measuring_process(program, name, ios, options):
    """The profile of the process that does the I/O: the one with the most instructions. Those that
    watch it poll by time, whatever the number of I/Os."""
    stem = f"{name}.{program}.callgrind"
    for stale in programs.FOLDER.glob(f"{stem}.*"):
        stale.unlink()
    outcome = programs.run(
        program, jobs.counted(name, ios, **options), name,
        ["valgrind", "-q", "--tool=callgrind",
         f"--callgrind-out-file={programs.FOLDER}/{stem}.%p"])
    if outcome.read["total_ios"] != ios:
        raise programs.Failed(f"{program}: {name}: {outcome.read['total_ios']} I/Os, not {ios}")
    profiles = [_profile(path.read_text()) for path in programs.FOLDER.glob(f"{stem}.*")]
    return max(profiles, key=Counter.total)


def instructions_per_io(program, name, **options):
    """Instructions in user space that one more I/O costs; `name` is one of jobs.JOBS, `options` are
    added to it. System calls count as one instruction each, and under valgrind the clock is one."""
    many = _measuring_process(program, name, MANY, options)
    few = _measuring_process(program, name, FEW, options)
    ios = MANY - FEW
    many.subtract(few)
    return Count(many.total() / ios,
                 [(count / ios, function) for function, count in many.most_common(8)
                  if count > ios / 2])
