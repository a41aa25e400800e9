# SPDX-License-Identifier: MIT
"""A file system for disk images on a medium whose speed is known: ext4 on a loop device on medium.c.

Real disks have causes of their own: a cache, a limit, other users. Here there is none but what a test put
there, and what lies above the medium is the kernel's own: ext4's holes and flushes, and the page cache."""

import fcntl
import os
import signal
import subprocess
from pathlib import Path

import machine

SIZE_BYTES = 3 << 30
# As an SSD that writes into a cache which a flush must empty: what a read, a write and a flush take.
READ_US, WRITE_US, FLUSH_US = 200, 20, 1500
NS_PER_KIB = 500  # 2 GB/s for one request
SPREAD_PCT = 15
FIGURES = (SIZE_BYTES, READ_US, WRITE_US, FLUSH_US, NS_PER_KIB, SPREAD_PCT)
CACHES = {"": (0, 0), "reads-and-writes": (96, 1), "writes": (96, 0)}  # MiB; whether it keeps what was read
PROGRAM = machine.BUILD / "medium"


class NotPossible(Exception):
    """What this system lacks."""


def _call(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise NotPossible(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


class Medium:
    """Use with `with`: it is gone after the block, whatever happens. `folder`: of its own; `cache`: one of
    CACHES."""

    def __init__(self, folder, cache=""):
        self.folder = Path(folder)
        self._cache = CACHES[cache]
        self.images = self.folder / "images"  # where images go
        self._disk = self.folder / "disk"
        self._process = None
        self._loop = ""

    def __enter__(self):
        if os.geteuid():
            raise NotPossible("the medium is mounted, which takes root")
        if not os.path.exists("/dev/fuse"):
            raise NotPossible("the medium is a FUSE file system, and there is no /dev/fuse")
        self.images.mkdir(parents=True, exist_ok=True)
        self._lock = open(self.folder / "lock", "w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)  # one at a time: a second waits
        self._take_away()  # what one left that was killed
        self._disk.write_bytes(b"")
        try:
            self._put_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._take_away()
        self._lock.close()

    def _put_up(self):
        words = [PROGRAM, *FIGURES, *self._cache, self._disk]
        self._process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self._process.stdout.readline() != "ready\n":
            raise NotPossible(self._process.stderr.read().strip())
        self.in_no_time()
        self._loop = _call("losetup", "--direct-io=on", "--show", "--find", str(self._disk))
        _call("/sbin/mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0", self._loop)
        _call("mount", self._loop, str(self.images))

    def in_no_time(self):
        """Requests take no time, so that images are made fast; until in_its_time()."""
        self._process.send_signal(signal.SIGUSR1)

    def in_its_time(self):
        """What was written before has reached the medium, which from now on takes its time; its
        cache is empty."""
        os.sync()
        self._process.send_signal(signal.SIGUSR2)

    def _take_away(self):
        if self._process:
            self.in_no_time()
        while os.path.ismount(self.images):
            subprocess.run(["umount", "--lazy", str(self.images)], check=True)
        if self._loop:
            subprocess.run(["losetup", "--detach", self._loop], check=True)
            self._loop = ""
        if self._process:
            self._process.terminate()
            self._process.communicate()
            self._process = None
        while os.path.ismount(self._disk):
            subprocess.run(["umount", "--lazy", str(self._disk)], check=True)
