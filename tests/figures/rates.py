# SPDX-License-Identifier: MIT
"""What the instruments themselves take: both null engines, one run of the one after one of the other.

Other work on this computer slows a run by the clock, but hardly by its CPU time: what a second of CPU
time achieves is what "per core" means here. Rates by the clock stand beside it.
"""

import os
import statistics
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import jobs
import programs

RUNTIME_MS = 500  # short: the more likely that some runs had the computer for themselves
PAIRS = 7


@dataclass
class Spread:
    """Figures of several runs or pairs of runs, in the order they were measured."""
    values: list

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def best(self):
        return max(self.values)

    def __str__(self):
        return f"{min(self.values):.3g} to {max(self.values):.3g}"


@dataclass
class Rate:
    per_cpu_s: float  # operations in a second of CPU time
    per_s: float  # by the program's own clock


def _timed(name, numjobs=1):
    return jobs.text({**jobs.JOBS[name], "numjobs": numjobs, "time_based": 1,
                      "runtime": f"{RUNTIME_MS}ms", "group_reporting": 1})


def _idle_cpu_s(program, name, numjobs=1):
    """CPU time of a run that does next to nothing: starting, filling the target, the report."""
    return statistics.median(
        programs.run(program, jobs.counted(name, 64, numjobs=numjobs, group_reporting=1),
                     f"{name}-idle").cpu_s for _ in range(3))


def _rate(program, name, idle_cpu_s, numjobs=1, before=(), tag=""):
    got = programs.run(program, _timed(name, numjobs), f"{name}-rate{tag}", before)
    return Rate(got.read["total_ios"] / (got.cpu_s - idle_cpu_s), got.read["iops"])


@dataclass
class Comparison:
    rates: dict  # program: [Rate]
    per_core: Spread  # tare's operations per second of CPU time over fio's, of each pair
    by_clock: Spread  # the same ratio of rates by the clock


def against_fio(name, pairs=PAIRS):
    """tare and fio in turn; `name` is a null job of jobs.JOBS."""
    idle = {program: _idle_cpu_s(program, name) for program in programs.PROGRAMS}
    rates = {program: [] for program in programs.PROGRAMS}
    for _ in range(pairs):
        for program in programs.PROGRAMS:
            rates[program].append(_rate(program, name, idle[program]))
    both = list(zip(rates["tare"], rates["fio"]))
    return Comparison(rates, Spread([t.per_cpu_s / f.per_cpu_s for t, f in both]),
                      Spread([t.per_s / f.per_s for t, f in both]))


@dataclass
class Scaling:
    """Ratios of two at once to one alone; 2 would be perfect."""
    by_clock: float  # best rate of two threads, to the best of one
    per_core: Spread  # by CPU time, of each pair
    apart_by_clock: float  # the same of two processes that share nothing: what this computer can do
    apart_per_core: Spread

    @property
    def fair(self):
        """By the clock where this computer gives two processes two CPUs. Where it is busy
        otherwise, only CPU time tells what the threads cost each other."""
        return self.by_clock if self.clock_is_fair else self.per_core.median

    @property
    def clock_is_fair(self):
        return self.apart_by_clock >= 1.9


def _two_apart(program, name, idle_cpu_s, cpus):
    """Two processes at once, each on its own CPU."""
    with ThreadPoolExecutor(2) as pool:
        return [rate.result() for rate in
                [pool.submit(_rate, program, name, idle_cpu_s, 1, ["taskset", "-c", str(cpu)],
                             f"-cpu{cpu}") for cpu in cpus[:2]]]


def scaling(name, program="tare", pairs=9):
    """From one thread to two. By the clock the best of several runs each: what others take from a
    run makes it slower, never faster. None where this computer has one CPU."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        return None
    idle = {n: _idle_cpu_s(program, name, n) for n in (1, 2)}
    one, two, apart = [], [], []
    for _ in range(pairs):
        one.append(_rate(program, name, idle[1]))
        two.append(_rate(program, name, idle[2], 2))
        apart.append(_two_apart(program, name, idle[1], cpus))
    best = max(rate.per_s for rate in one)
    return Scaling(
        max(rate.per_s for rate in two) / best,
        Spread([2 * t.per_cpu_s / o.per_cpu_s for o, t in zip(one, two)]),
        max(a.per_s + b.per_s for a, b in apart) / best,
        Spread([(a.per_cpu_s + b.per_cpu_s) / o.per_cpu_s for o, (a, b) in zip(one, apart)]))
