# SPDX-License-Identifier: MIT
"""How soon after the kernel's start a disk is asked: beside Debian's cloud kernel, which by then has not
even come to process 1. Both counted in this run, in one machine, in instructions.
"""

import pytest

import stopwatch

AT_MOST = 0.5  # of what Debian's kernel takes to process 1


@pytest.fixture(scope="module")
def starts():
    """(figure, ns) in the order of the table, and the result of the run behind the last one."""
    version, kernel = stopwatch.peer()
    peer = stopwatch.to_init("peer", kernel)
    result = stopwatch.first_io(AT_MOST * peer.init_ns)
    return result, [
        (f"Debian's cloud kernel {version}, to process 1", peer.init_ns),
        ("tare's kernel, to process 1", stopwatch.ours("tare").init_ns),
        ("tare, to its first request to a disk", result["tare"]["first_io_ns"])]


def test_first_request_comes_in_half_the_time_that_debian_needs_to_process_1(starts, capsys):
    _, rows = starts
    limit = AT_MOST * rows[0][1]
    with capsys.disabled():
        print("\n        million instructions, of which each takes a nanosecond")
        for figure, ns in rows:
            print(f"        {ns / 1e6:8.1f}  {figure}")
        print(f"        {limit / 1e6:8.1f}  the most that the last may be")
    assert 0 < rows[-1][1] <= limit, rows


def test_that_request_belongs_to_a_run_that_read_the_disk(starts):
    """Not: that it measured. A disk that answers by this computer's clock may give no I/O in time."""
    result, _ = starts
    target = result["tare"]["target"]
    assert (target["disk"]["serial"], target["access"]) == ("DATA0", "read only")
    assert (target["found_bytes"], target["written_bytes"]) == (stopwatch.DATA_BYTES, 0)


@pytest.mark.parametrize("said, start", [
    ("init 0.640102559\n6,1,0,-;Linux version\n SUBSYSTEM=x\n6,2,15,-;a;b\nend\n",
     stopwatch.Start(640102559, [(0, "Linux version"), (15, "a;b")])),
    ("init 0.640102559\n6,1,0,-;Linux version\n", None),
    ("6,1,0,-;Linux version\nend\n", None),
], ids=["whole", "cut", "no clock"])
def test_stopwatch_is_read_only_when_it_came_to_its_end(said, start):
    assert stopwatch.parse(said) == start
