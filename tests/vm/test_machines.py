# SPDX-License-Identifier: MIT
"""These tests will check, for every machine, that a whole result comes back by every way it has."""

import json
import re

import jsonschema

import machine

SCHEMA = machine.TOP / "bench" / "result.schema.json"
KERNEL_TROUBLE = re.compile(r"(WARNING:|BUG:|Oops|Call Trace|Kernel panic|Out of memory).*")


def expects(*kinds, where=lambda machine: True):
    """Which machines a test looks at, by what machines.ini expects of them, and by a predicate."""
    def mark(function):
        function.concerns = lambda machine: machine.expect in kinds and where(machine)
        return function
    return mark


@expects("measured", "read-only", "facts")
def test_ends_by_itself(every_run):
    assert every_run.ending == "ended", every_run.tail()


@expects("measured", "read-only", "facts")
def test_result_follows_the_schema(every_run):
    schema = json.loads(SCHEMA.read_text())
    for document in every_run.documents():
        jsonschema.validate(document, schema)
        assert document["tare"]["platform"]["kernel"]


@expects("measured", "read-only", "facts", where=lambda m: m.partition() and m.serial)
def test_serial_line_and_partition_hold_the_same_bytes(every_run):
    assert every_run.bytes_by_run("serial.log") == every_run.bytes_by_run(
        every_run.machine.partition())


@expects("measured", "read-only", "facts", where=lambda m: m.media == "kernel" and m.serial)
def test_kernel_has_no_complaint(every_run):
    assert not KERNEL_TROUBLE.search(every_run.text), every_run.tail()


@expects("measured")
def test_workloads_have_figures_as_fio_gives_them(every_run):
    done = [d for d in every_run.documents() if d["tare"]["state"] == "done"]
    assert len(done) == 1, [(d["tare"]["state"], d["tare"]["reason"])
                            for d in every_run.documents()]
    document = done[0]
    target = document["tare"]["target"]
    assert target["disk"]["serial"] == "TARGET0"
    assert target["blocks"] == "written by us"
    assert document["jobs"][0]["write"]["total_ios"] == 0
    reads, writes = (next(job[way] for job in document["jobs"] if job[way]["total_ios"])
                     for way in ("read", "write"))
    for io in (reads, writes):
        assert io["iops"] > 0
        assert io["io_bytes"] == io["total_ios"] * 4096
        assert 0 < io["clat_ns"]["percentile"]["50.000000"] <= io["clat_ns"]["max"]
        assert sum(io["clat_ns"]["bins"].values()) == io["clat_ns"]["N"] == io["total_ios"]
    first_io_s = document["tare"]["first_io_ns"] / 1e9
    assert 0 < first_io_s < every_run.elapsed_s
    print(f"{every_run.machine.name}: first I/O {first_io_s:.1f} s after the kernel's start, "
          f"ended {every_run.elapsed_s:.1f} s after QEMU's")


@expects("read-only")
def test_data_are_read_only_where_there_are_any(every_run):
    document = every_run.document()
    assert document["tare"]["target"]["access"] == "read only"
    assert document["tare"]["target"]["blocks"] == "data found"
    assert document["tare"]["target"]["wrote"] is False
    assert document["jobs"][0]["read"]["iops"] > 0
    assert all(job["write"]["total_ios"] == 0 for job in document["jobs"])


@expects("facts")
def test_facts_come_with_a_reason(every_run):
    document = every_run.document()
    assert document["tare"]["state"] in ("not measured", "failed")
    assert len(document["tare"]["reason"]) > 20
    assert all(job["read"]["total_ios"] + job["write"]["total_ios"] == 0
               for job in document["jobs"])
