# SPDX-License-Identifier: MIT
"""These tests will check that a disk that appears while a run goes on is read-only at once, named in the
result and never written, whatever name it takes."""

import pytest

import boot
import machine
from test_disks import assert_untouched
from test_machines import KERNEL_TROUBLE
from test_truth import wait_round, workload_of

GIB = 1 << 30


@pytest.fixture(scope="module")
def hot_added(machines):
    with boot.Boot(machines["hot-added"], machine.BUILD / "vm" / "hot-added") as running:
        wait_round(running, "first")
        running.add_disk("added0", GIB, "ADDED0")
        running.wait_end()
    assert running.run.ending == "ended", running.run.tail()
    return running.run


def test_added_disk_is_read_only_and_named(hot_added):
    safety = hot_added.document()["tare"]["safety"]
    [line] = [text for text in safety if "ADDED0" in text]
    assert line.endswith(" (serial ADDED0): added while the run went on: set read-only, and read back "
                         "as that"), line


def test_added_disk_is_not_written(hot_added):
    assert_untouched(hot_added, "added0")


def test_added_disk_is_no_target_and_is_not_looked_at(hot_added):
    document = hot_added.document()
    assert document["tare"]["target"]["disk"]["serial"] == "TARGET0"
    assert [d["serial"] for d in document["tare"]["disks"] if d["serial"] == "ADDED0"] == []


def test_run_goes_on_beside_an_added_disk(hot_added):
    tare = hot_added.document()["tare"]
    assert tare["state"] == "done", tare["reason"]
    for name in ("first", "during", "last"):
        workload = workload_of(hot_added.document(), name)
        assert workload["state"] == "done"
        assert workload["errors"] == []
    # Its own partition was added during the run as well, and was left writable: the span was filled.
    assert tare["target"]["written_bytes"] >= tare["target"]["span_bytes"]
    assert not [text for text in tare["safety"] if "(partition)" in text]


@pytest.mark.group("long")
def test_run_goes_on_beside_a_disk_that_comes_and_goes(machines):
    folder = machine.BUILD / "vm" / "hot-added-and-removed"
    with boot.Boot(machines["hot-added"], folder) as running:
        wait_round(running, "first")
        running.add_disk("added0", GIB, "ADDED0")
        wait_round(running, "during")
        running.unplug_disk("added0")
        running.wait_end()
    assert running.run.ending == "ended", running.run.tail()
    assert not KERNEL_TROUBLE.search(running.run.text), running.run.tail()
    document = running.run.document()
    assert document["tare"]["state"] == "done", document["tare"]["reason"]
    assert [w["state"] for w in document["tare"]["workloads"]] == ["done"] * 3
    [line] = [text for text in document["tare"]["safety"] if "ADDED0" in text]
    assert "set read-only" in line


@pytest.fixture(scope="module")
def swapped(machines):
    with boot.Boot(machines["swapped"], machine.BUILD / "vm" / "swapped") as running:
        assert running.wait_text("writing begins in 10 s", 60), running.text()[-3000:]
        running.unplug_disk("disk0")
        running.add_disk("added0", GIB, "TARGET0")
        running.wait_end()
    assert running.run.ending == "ended", running.run.tail()
    return running.run


def test_disk_that_takes_the_targets_name_is_not_written(swapped):
    # SCSI disks are addressed by place: the flush that the kernel sends when a disk goes may reach the
    # one that has come.
    assert_untouched(swapped, "added0", flushes=2)


def test_disk_that_takes_the_targets_name_is_told_apart_by_its_diskseq(swapped):
    tare = swapped.document()["tare"]
    node = tare["target"]["disk"]["node"]
    [line] = [text for text in tare["safety"] if "added while the run went on" in text]
    assert line.startswith(f"{node} (serial TARGET0): "), line  # the very name
    assert tare["state"] == "failed"
    assert "another device than the one scanned: diskseq" in tare["reason"]
    assert tare["target"]["wrote"] is False
