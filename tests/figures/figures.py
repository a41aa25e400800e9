# SPDX-License-Identifier: MIT
"""`make bench`: measures tare beside its peers, all in this run, and prints one table with goals.

    figures.py [GROUP...]    of GROUPS; default: all

The table goes to build/figures/table.txt, too, and to table.json. Exit status 0: everything could be
measured, whether or not a goal was met; 1: something could not.
"""

import json
import os
import sys
import time

import callgrind
import icount
import memory
import programs
import rates
import starts
import table
from table import Row, profile, thousands

WORDS = {
    "uring-batches": "io_uring, batches of 32, registered",
    "uring-single": "io_uring, one at a time, registered",
    "uring-plain": "io_uring, one at a time",
    "aio-batches": "libaio, batches of 32",
    "aio-plain": "libaio, one at a time",
    "null-batches": "null engine, batches of 32",
    "null-single": "null engine, one at a time",
}
INSTRUCTIONS = {"uring-batches": 120, "uring-single": 270, "aio-batches": None, "aio-plain": None,
                "null-batches": None, "null-single": None}
# On a kernel on which fio reaches the rates of FIO_IOPS.
IOPS = {"uring-batches": 365_000, "uring-single": 312_000, "uring-plain": None,
        "aio-batches": None, "aio-plain": None}
FIO_IOPS = {"uring-batches": ("uring-single", 177_000), "uring-single": ("uring-single", 177_000)}
TIMES_FIO = {"uring-single": 1.75, "aio-plain": 1.4}
NULL_TIMES_FIO = 5
SCALING = 1.9
MEMORY_BYTES = 2 << 20
FIRST_IO_TIMES_PEER = 0.5


def _shortfall(name, count):
    """What stands beside a goal that was not met."""
    return f"instructions an I/O in {WORDS[name]}: {profile(count.functions)}"


# --- one function a group; each returns rows, and may use `seen`, what groups before it counted

def instructions(seen):
    rows = []
    for name, goal in INSTRUCTIONS.items():
        ours = seen[name] = callgrind.instructions_per_io("tare", name)
        fio = callgrind.instructions_per_io("fio", name)
        row = Row(f"instructions an I/O: {WORDS[name]}", f"{ours.per_io:,.0f}",
                  f"{fio.per_io:,.0f}")
        if goal:
            row.goal, row.met = f"<= {goal}", ours.per_io <= goal
        if row.met is not True:
            row.notes.append(profile(ours.functions))
        rows.append(row)
    return rows


def _on_this_kernel(rated, name, goal):
    """The same goal in instructions, beside a kernel that costs more or less than the one it was
    set for: by how much shows in fio, which is the same program on both."""
    reference, fio_iops = FIO_IOPS[name]
    costlier = 1e9 / rated["fio", reference].mean - 1e9 / fio_iops
    return 1e9 / (1e9 / goal + costlier), costlier


def _iops_row(rated, seen, name, goal):
    ours, fio = rated["tare", name], rated["fio", name]
    row = Row(f"IOPS a core: {WORDS[name]}", thousands(ours.mean), thousands(fio.mean))
    spread = max(ours.spread_pct, fio.spread_pct)
    row.notes.append(f"{len(ours.iops)} runs each differ by {spread:.2f} %; {1e9 / ours.mean:,.0f} "
                     f"instructions an I/O, fio's {1e9 / fio.mean:,.0f}")
    if goal:
        here, costlier = _on_this_kernel(rated, name, goal)
        row.goal, row.met = f">= {thousands(here)}", ours.mean >= here
        row.notes.append(f"the goal is {thousands(goal)} where fio reaches "
                         f"{thousands(FIO_IOPS[name][1])}; this kernel costs {costlier:+,.0f} "
                         "instructions an I/O")
    if name in seen and row.met is False:
        row.notes.append(f"{seen[name].per_io:,.0f} of them in user space: "
                         f"{profile(seen[name].functions)}")
    return row


def _times_fio_row(rated, seen, name, goal):
    times = rated["tare", name].mean / rated["fio", name].mean
    row = Row(f"IOPS a core, times fio's: {WORDS[name]}", f"{times:.2f}", "1",
              f">= {goal}", times >= goal)
    if name in seen and not row.met:
        row.notes.append(_shortfall(name, seen[name]))
    return row


def iops(seen):
    rated = icount.icount_iops([(program, name) for name in IOPS for program in programs.PROGRAMS])
    clocksource = rated["tare", "uring-single"].clocksource
    rows = [_iops_row(rated, seen, name, goal) for name, goal in IOPS.items()]
    rows += [_times_fio_row(rated, seen, name, goal) for name, goal in TIMES_FIO.items()]
    rows[0].notes.append(f"clocksource of the kernel: {clocksource}")
    return rows


def null(seen):
    rows = []
    for name in ("null-single", "null-batches"):
        got = rates.against_fio(name)
        ops = {program: rates.Spread([rate.per_cpu_s for rate in got.rates[program]]).median / 1e6
               for program in programs.PROGRAMS}
        row = Row(f"operations a CPU second: {WORDS[name]}",
                  f"{got.per_core.median:.2f} x ({ops['tare']:.2f}M)", f"1 ({ops['fio']:.2f}M)",
                  f">= {NULL_TIMES_FIO} x", got.per_core.median >= NULL_TIMES_FIO)
        row.notes.append(f"median of {len(got.per_core.values)} pairs ({got.per_core}); by the clock "
                         f"{got.by_clock.median:.2f} x ({got.by_clock})")
        if name in seen and not row.met:
            row.notes.append(_shortfall(name, seen[name]))
        rows.append(row)
    return rows


def scaling(seen):
    rows = []
    for name in ("null-single", "null-batches"):
        ours = rates.scaling(name)
        if not ours:
            return [Row("operations of 2 threads over 1", "one CPU here: not measured")]
        fio = rates.scaling(name, "fio", 5)
        way = "by the clock" if ours.clock_is_fair else "by CPU time"
        row = Row(f"2 threads to 1, {way}: {WORDS[name]}", f"{ours.fair:.2f}",
                  f"{fio.by_clock if ours.clock_is_fair else fio.per_core.median:.2f}",
                  f">= {SCALING}", ours.fair >= SCALING)
        row.notes.append(f"by the clock {ours.by_clock:.2f} (best run of each), two processes apart "
                         f"{ours.apart_by_clock:.2f}; by CPU time {ours.per_core.median:.2f} "
                         f"({ours.per_core}), apart {ours.apart_per_core.median:.2f} "
                         f"({ours.apart_per_core})")
        if name in seen and not row.met:
            row.notes.append(_shortfall(name, seen[name]))
        rows.append(row)
    return rows


def memory_rows(_):
    ours, fio = (memory.bytes_per_job(program) for program in programs.PROGRAMS)
    return [Row(f"memory of a job at depth {memory.DEPTH}, beside its buffers",
                f"{ours / 2**20:.2f} MiB", f"{fio / 2**20:.2f} MiB",
                f"<= {MEMORY_BYTES >> 20} MiB", ours <= MEMORY_BYTES)]


def _start_row(got):
    ours, peer = got.first_io_ns, got.peer_init_ns
    return Row("boot, M instructions to the first request to a disk", f"{ours / 1e6:.1f}",
               f"{peer / 1e6:.1f}", f"<= {FIRST_IO_TIMES_PEER * peer / 1e6:.1f}",
               ours <= FIRST_IO_TIMES_PEER * peer,
               [f"peer: Debian's cloud kernel {got.peer_version}, only to process 1; the parts below are of "
                "boots that log them, which costs some"])


def boot_rows(_):
    got = starts.measure(FIRST_IO_TIMES_PEER)
    ours, peer = starts.parts(got.ours), starts.parts(got.peer)
    rows = [_start_row(got)]
    for name, _ in starts.PHASES:
        us = [parts.phases.get(name) for parts in (ours, peer)]
        rows.append(Row(f"- {name}", *("-" if part is None else f"{part / 1000:.1f}" for part in us)))
    rows.append(Row("- init and tare, to the request", f"{(got.first_io_ns - got.init_ns) / 1e6:.1f}"))
    drivers = next(row for row in rows if row.figure == "- drivers")
    drivers.notes = [f"the longest initcalls, unpacking of the initramfs between them: "
                     f"{starts.calls_text(ours.calls)}",
                     f"peer's: {starts.calls_text(peer.calls)}"]
    return rows


GROUPS = {"instructions": instructions, "iops": iops, "null": null, "scaling": scaling,
          "memory": memory_rows, "boot": boot_rows}


def _facts():
    return [f"{programs.version('tare')} beside {programs.version('fio')}; load of this computer "
            f"{os.getloadavg()[0]:.1f}",
            "4K random reads, depth 64; instructions: user space, by callgrind; IOPS: null_blk in the "
            "appliance's kernel,",
            "a nanosecond an instruction; \"one at a time\": all batch options at fio's defaults"]


def main(names):
    rows, failed, seen, facts = [], False, {}, _facts()
    for name in names or GROUPS:
        began = time.monotonic()
        print(f"figures: {name} ...", file=sys.stderr, flush=True)
        try:
            rows += GROUPS[name](seen)
        except (programs.Failed, starts.stopwatch.Stopped, OSError) as problem:
            failed = True
            rows.append(Row(name, "could not be measured", notes=str(problem).splitlines()))
        print(f"figures: {name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    programs.FOLDER.mkdir(parents=True, exist_ok=True)
    text = table.render(rows, facts)
    (programs.FOLDER / "table.txt").write_text(text)
    (programs.FOLDER / "table.json").write_text(json.dumps(table.as_json(rows, facts), indent=1))
    print(text, end="")
    return 1 if failed else 0


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - set(GROUPS)
    if unknown:
        sys.exit(f"tare: figures.py: {' '.join(sorted(unknown))}: no such group: one of "
                 + ", ".join(GROUPS))
    sys.exit(main(sys.argv[1:]))
