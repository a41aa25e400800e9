# SPDX-License-Identifier: MIT
"""Memory of one more job, beside the buffers of its I/Os."""

import statistics
import sys

import jobs
import programs

DEPTH = 256
# Depth times block is then 4 MiB, which is also the least that tare's random data take: nothing of
# what is left over can be buffers.
BLOCK_BYTES = 16 << 10
# The fewest take more than filling the target does, whose buffers are gone by then.
FEW, MANY = 8, 16
RUNTIME_S = 1  # by time: all jobs use all their buffers at once


PEAK = programs.FOLDER / "memory.peak"
# A child begins with its parent's peak, so a small process must be the parent, not this one.
WATCHER = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as peak:
    peak.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)
"""


def _most_bytes(program, numjobs):
    """The most that any one process of the program had in memory."""
    job = jobs.text({"ioengine": "io_uring", "rw": "randread", "bs": BLOCK_BYTES,
                     "iodepth": DEPTH, "direct": 1, "norandommap": 1, "time_based": 1,
                     "runtime": RUNTIME_S, "numjobs": numjobs, "thread": 1,
                     "group_reporting": 1})
    programs.run(program, job, f"memory-{numjobs}", [sys.executable, "-c", WATCHER, str(PEAK)])
    return int(PEAK.read_text()) * 1024


def _bytes_per_job(program):
    few, many = _most_bytes(program, FEW), _most_bytes(program, MANY)
    beside_bytes = (many - few) / (MANY - FEW) - DEPTH * BLOCK_BYTES
    if beside_bytes <= 0:
        raise programs.Failed(f"memory: {program}: {FEW} jobs had {few} bytes at most, {MANY} had "
                              f"{many}: less than their buffers more")
    return beside_bytes


def bytes_per_job(program):
    """What a process had in memory at most with many jobs, less what it had with few; by job,
    without the buffers. The median of three."""
    return statistics.median(_bytes_per_job(program) for _ in range(3))
