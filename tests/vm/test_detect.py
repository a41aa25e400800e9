# SPDX-License-Identifier: MIT
"""These tests will check what detectors say of disks whose nature is known: that it is named where it is
there, with its size, and that nothing is named where there is nothing.

Limits are about this computer, which has other work: only what must be true of any is looked at. Where
its own disk decides, which has its own caches and moods, the group is "long"; with each `make test` the
oracle asks the same of a medium whose speed is known (tests/oracle)."""

import re

import pytest

ORDER = ["unwritten", "allocation", "cache", "flush", "compress", "throttle", "queue", "punt",
         "submitter", "host-thread", "clock", "wake", "contention", "steady"]
GRANULE_BYTES = 64 * 1024  # of a qcow2 file, by default
LIMIT_IOPS = 1000
RATE_TOLERANCE = 0.05
QUEUE = 4  # of null_blk, by its option


def detectors_of(run):
    document = run.document()
    assert document["tare"]["state"] == "done", document["tare"]["reason"]
    detectors = document["tare"]["detectors"]
    for d in detectors:
        print(f"{d['name']}: {d['verdict']}: {d['value']} {d['unit']}, {d['confidence_pct']}: {d['evidence']}")
    assert [d["name"] for d in detectors] == ORDER
    return {d["name"]: d for d in detectors}


def findings(detectors):
    return [name for name, d in detectors.items() if d["kind"] == "finding" and d["verdict"] == "found"]


@pytest.mark.group("long")
@pytest.mark.machine("detect-control")
def test_nothing_is_found_where_there_is_nothing(run):
    detectors = detectors_of(run)
    assert not findings(detectors)
    for name, d in detectors.items():
        assert d["verdict"] != "skipped", (name, d["evidence"])
        assert "not measured" not in d["evidence"] and "overran" not in d["evidence"], (name, d["evidence"])
    for name in ("unwritten", "cache", "queue", "punt"):
        assert detectors[name]["verdict"] == "clear", detectors[name]


@pytest.mark.machine("detect-control")
def test_report_and_serial_line_tell_it(run):
    assert "behind the target: no finding" in run.text
    assert "looked for, and not there:" in run.text


@pytest.mark.machine("detect-control")
def test_every_block_was_filled_afterwards(run):
    """What detectors wrote is no part of what was measured, and their time is told before."""
    document = run.document()
    assert document["tare"]["target"]["blocks"] == "written by us"
    assert "detectors: what is behind it, at most" in run.text


@pytest.mark.group("long")
@pytest.mark.machine("detect-qcow2")
def test_allocation_is_found_with_its_granule(run):
    detectors = detectors_of(run)
    assert set(findings(detectors)) <= {"allocation", "unwritten"}
    assert detectors["unwritten"]["verdict"] == "found", detectors["unwritten"]
    # A computer that is busy enough hides the time of single writes, but must not deny it.
    assert detectors["allocation"]["verdict"] in ("found", "undecided"), detectors["allocation"]
    if detectors["allocation"]["verdict"] == "found":
        # Of two granules the smaller may show. There may be one below the file's clusters: ext4 fills up
        # to 32 KiB around the first write to an extent that was only set aside (extent_max_zeroout_kb).
        told = re.search(r"granule (\d+) KiB", detectors["allocation"]["evidence"])
        assert told and int(told[1]) << 10 <= GRANULE_BYTES, detectors["allocation"]


@pytest.mark.machine("detect-queue")
def test_findings_are_on_the_serial_line(run):
    assert "ev=detector" in run.text and "name=queue kind=finding" in run.text


@pytest.mark.group("long")
@pytest.mark.machine("detect-throttle")
def test_limit_is_found_with_its_rate(run):
    detectors = detectors_of(run)
    assert findings(detectors) == ["throttle"]
    throttle = detectors["throttle"]
    assert throttle["unit"] == "iops"
    assert abs(throttle["value"] / LIMIT_IOPS - 1) <= RATE_TOLERANCE, throttle


@pytest.mark.machine("detect-queue")
def test_short_queue_is_found_and_what_io_uring_makes_of_it(run):
    """null_blk keeps no data and is only read: what writes is skipped, and says so."""
    detectors = detectors_of(run)
    assert detectors["queue"]["verdict"] == "found", detectors["queue"]
    assert detectors["queue"]["value"] == QUEUE
    assert detectors["punt"]["verdict"] == "found", detectors["punt"]
    assert detectors["punt"]["value"] >= 1
    for name in ("unwritten", "allocation", "flush", "compress"):
        assert detectors[name]["verdict"] == "skipped"
        assert "only read" in detectors[name]["evidence"]
