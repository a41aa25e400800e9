# SPDX-License-Identifier: MIT
"""What is done on the host around a boot: rows of a table, each with what is done before QEMU starts and while
it runs."""

import os
import time
from dataclasses import dataclass

PERIOD_S = 0.100
STOPPED_S = 0.040
STALL_EVERY_S = 0.5
STALL_S = 0.200
# What the program says before its first detector: the kernel and process 1 are through.
BEGUN = r"looking for what is behind the target"


def drop(image):
    """Takes a file out of the page cache."""
    fd = os.open(image, os.O_RDONLY)
    try:
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(fd)


def warm(image):
    """Puts a whole file into the page cache."""
    with open(image, "rb", buffering=0) as file:
        while file.read(1 << 20):
            pass


def _quota(boot):
    """As a cgroup's cpu.max: so much of each period, then nothing until the next one."""
    boot.stop()
    time.sleep(STOPPED_S)
    boot.go_on()
    boot.watch(PERIOD_S - STOPPED_S)


def _stalls(boot):
    """blkdebug knows no delay; it keeps back the next request of a kind until it is told to let go."""
    boot.keep_back("disk0")
    boot.watch(STALL_S)
    boot.let_go("disk0")
    boot.watch(STALL_EVERY_S - STALL_S)


@dataclass(frozen=True)
class Host:
    before: object = None  # f(image), of every disk
    again: object = None  # f(boot), over and over from when the program has begun


def what_makes(name):
    """All that a row does while QEMU runs, as text: where it changes, boots are others."""
    return f"{BEGUN} {PERIOD_S} {STOPPED_S} {STALL_EVERY_S} {STALL_S}" if name and HOST[name].again else ""


HOST = {
    "drop": Host(before=drop),
    "warm": Host(before=warm),
    "quota": Host(before=drop, again=_quota),
    "stalls": Host(before=drop, again=_stalls),
}


def during(row):
    """What is done with a boot of such a host until it ends."""
    def follow(boot):
        if row.again and boot.wait_text(BEGUN, boot.machine.timeout):
            while boot.run.ending == "killed" and boot.age_s() < boot.machine.timeout:
                row.again(boot)
    return follow
