# SPDX-License-Identifier: MIT
"""These tests will check that the oracle's medium takes the time that it is told to, and that what is above it
is a real file system: no read of a hole, and none of a cached page, reaches it. Least times are compared:
whatever else this computer does only adds to them."""

import mmap
import os
import subprocess
import time

import pytest

import images
from medium import FLUSH_US, PROGRAM, READ_US, SPREAD_PCT, WRITE_US, Medium, NotPossible

BLOCK = 4096
BLOCKS = 64
LEAST = 1 - SPREAD_PCT / 100
SPARED_US = (READ_US - WRITE_US) / 2  # by a cache, at least; what the path adds is in both
PATH_US = 400  # what the kernel's path may add to the least time, at most


@pytest.fixture(scope="module", params=[""])
def medium(tmp_path_factory, request):
    try:
        with Medium(tmp_path_factory.mktemp("medium"), request.param) as made:
            images.CONTENTS["written"](made.images / "written", BLOCK * BLOCKS)
            images.CONTENTS["blank"](made.images / "hole", BLOCK * BLOCKS)
            made.in_its_time()
            yield made
    except NotPossible as reason:
        pytest.skip(str(reason))


def least_us(path, call, flags=os.O_DIRECT):
    """Of one call on each block."""
    fd, page = os.open(path, os.O_RDWR | flags), mmap.mmap(-1, BLOCK)
    took = []
    try:
        for at in range(0, BLOCK * BLOCKS, BLOCK):
            began = time.monotonic_ns()
            call(fd, page, at)
            took.append((time.monotonic_ns() - began) / 1000)
    finally:
        os.close(fd)
    print(f"{path.name}: least {min(took):.0f} us")
    return min(took)


def read(fd, page, at):
    assert os.preadv(fd, [page], at) == BLOCK


def write(fd, page, at):
    assert os.pwritev(fd, [page], at) == BLOCK


def write_and_flush(fd, page, at):
    write(fd, page, at)
    os.fdatasync(fd)


@pytest.mark.parametrize("call, takes_us", [(read, READ_US), (write, WRITE_US),
                                            (write_and_flush, WRITE_US + FLUSH_US)])
def test_request_takes_its_time(medium, call, takes_us):
    assert LEAST * takes_us <= least_us(medium.images / "written", call) <= takes_us + PATH_US


def test_read_of_a_hole_does_not_reach_it(medium):
    assert least_us(medium.images / "hole", read) < LEAST * READ_US


def test_read_of_a_cached_page_does_not_reach_it(medium):
    path = medium.images / "written"
    path.read_bytes()
    assert least_us(path, read, flags=0) < LEAST * READ_US


@pytest.mark.parametrize("medium, keeps_reads", [("reads-and-writes", True), ("writes", False)],
                         indirect=["medium"])
def test_cache_of_the_medium_keeps_what_it_is_to(medium, keeps_reads):
    path = medium.images / "written"
    first, again = least_us(path, read), least_us(path, read)  # it began empty
    least_us(path, write)
    after_write = least_us(path, read)
    assert first >= LEAST * READ_US
    assert (first - again > SPARED_US) == keeps_reads
    assert first - after_write > SPARED_US


def test_what_was_written_is_read(medium):
    path = medium.images / "kept"
    data = os.urandom(BLOCK * BLOCKS)
    path.write_bytes(data)
    os.sync()
    fd = os.open(path, os.O_RDONLY)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)
    assert path.read_bytes() == data


@pytest.mark.parametrize("words", [[], ["1"] * 10, ["1", "1", "x", "1", "1", "1", "0", "0", "file"],
                                   ["-1", "1", "1", "1", "1", "1", "0", "0", "file"]])
def test_mistake_is_told(words):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr
