# SPDX-License-Identifier: MIT
"""These tests will check that a disk that fails, goes or hangs costs what was asked of it and no more:
the run ends in bounded time with what was measured, the errors are counted, the workload is marked,
and whatever can still run does."""

import errno
import time

import pytest

import boot
import machine
from test_truth import job_of, side, wait_round, workload_of


def documents_by_serial(run):
    return {d["tare"]["target"]["disk"]["serial"]: d for d in run.documents()}


# --- a sector that cannot be read

@pytest.mark.machine("bad-sector")
def test_error_of_a_sector_is_counted_by_its_errno_and_marks_the_workload(run):
    assert run.ending == "ended", run.tail()
    document = run.document()
    hit = workload_of(document, "hits-it")
    assert hit["state"] == "failed"
    assert "I/O error" in hit["reason"]
    [error] = hit["errors"]
    assert error["errno"] == errno.EIO
    assert 1 <= error["count"] <= 4  # one block holds the sector; no more than its depth failed with it
    assert job_of(document, "hits-it")["error"] == errno.EIO
    # Read in order from the beginning: 512 blocks before the sector. Up to three are in flight beside
    # the one that fails; the device may finish them before it or after it, when nothing counts more.
    assert 512 - 3 <= side(document, "hits-it")["total_ios"] < 512 + 4


@pytest.mark.machine("bad-sector")
@pytest.mark.parametrize("name", ["reads-before", "reads-after", "writes-after"])
def test_other_workloads_run_on_a_disk_with_a_bad_sector(run, name):
    document = run.document()
    assert workload_of(document, name)["state"] == "done"
    assert workload_of(document, name)["errors"] == []
    assert side(document, name)["total_ios"] == 1024


@pytest.mark.machine("bad-sector")
def test_run_with_a_failed_workload_is_partial_and_says_which(run):
    tare = run.document()["tare"]
    assert tare["state"] == "partial"
    assert "hits-it" in tare["reason"]
    assert run.bytes_by_run("results.img") == run.bytes_by_run("serial.log")


# --- a disk that is pulled out, and one that hangs

def lose(machines, name, how, **wait):
    """Boots a machine whose first disk is lost while [long] runs on it. Returns the finished boot, and
    how long the first disk's result took from then on."""
    with boot.Boot(machines[name], machine.BUILD / "vm" / name) as running:
        wait_round(running, "first")
        time.sleep(0.3)  # [long] has begun
        how(running)
        began = time.monotonic()
        wait_round(running, "long", **wait)
        took_s = time.monotonic() - began
        wait_round(running, "last", **wait)  # of the other disk
        running.resume_all()
        running.wait_end()
    assert running.run.ending == "ended", running.run.tail()
    return running.run, took_s


@pytest.fixture(scope="module")
def vanished(machines):
    return lose(machines, "vanishes", lambda running: running.unplug_disk("disk0"))


def test_disk_that_vanishes_ends_its_workload_at_once(vanished):
    run, took_s = vanished
    assert took_s < 5  # [long] would have gone on for 8 s
    lost = workload_of(documents_by_serial(run)["TARGET0"], "long")
    assert lost["state"] == "failed"
    assert sum(error["count"] for error in lost["errors"]) >= 1


# --- a disk that answers no more

@pytest.fixture(scope="module")
def hung(machines):
    return lose(machines, "hangs", lambda running: running.stop_disk("disk0"), timeout_s=200)


@pytest.fixture(scope="module")
def hung_in_call(machines):
    return lose(machines, "hangs-in-call", lambda running: running.stop_disk("disk0"), timeout_s=200)


@pytest.mark.parametrize("case, why", [
    ("hung", "none completed for 120 s"),
    ("hung_in_call", "the measuring process was killed"),  # it hangs in the kernel, and is left behind
])
def test_disk_that_hangs_is_given_up_after_its_patience(request, case, why):
    run, _ = request.getfixturevalue(case)
    document = documents_by_serial(run)["TARGET0"]
    lost = workload_of(document, "long")
    assert lost["state"] == "failed"
    assert why in lost["reason"]
    assert "answers no more" in document["tare"]["reason"]
    assert workload_of(document, "last")["state"] == "pending"  # nothing further was tried


# --- all of them

LOST = ["vanished", "hung", "hung_in_call"]


@pytest.mark.parametrize("case", LOST)
def test_what_was_measured_before_a_disk_was_lost_is_kept(request, case):
    run, _ = request.getfixturevalue(case)
    document = documents_by_serial(run)["TARGET0"]
    assert document["tare"]["state"] == "partial"
    assert workload_of(document, "first")["state"] == "done"
    for name in ("first", "long"):
        assert side(document, name)["total_ios"] > 0


@pytest.mark.parametrize("case", LOST)
def test_other_disk_is_measured_after_one_was_lost(request, case):
    run, _ = request.getfixturevalue(case)
    document = documents_by_serial(run)["TARGET1"]
    assert document["tare"]["state"] == "done"
    assert all(w["state"] == "done" and not w["errors"] for w in document["tare"]["workloads"])


@pytest.mark.parametrize("case", LOST)
def test_result_of_a_lost_disk_is_stored_as_any_other(request, case):
    run, _ = request.getfixturevalue(case)
    assert run.bytes_by_run("results.img") == run.bytes_by_run("serial.log")
