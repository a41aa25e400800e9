# SPDX-License-Identifier: MIT
"""These tests will check, for every machine, that a whole result comes back by every way it has, of the run
that was asked for, and that every piece of hardware has found its driver."""

import calendar
import hashlib
import json
import re
import time

import jsonschema

import machine

SCHEMA = machine.TOP / "bench" / "result.schema.json"
SUITES = machine.TOP / "bench" / "suites"
KERNEL_TROUBLE = re.compile(r"(WARNING:|BUG:|Oops|Call Trace|Kernel panic|Out of memory).*")


def expects(*kinds, where=lambda machine: True):
    """Which machines a test looks at, by what machines.ini expects of them, and by a predicate."""
    def mark(function):
        function.concerns = lambda machine: machine.expect in kinds and where(machine)
        return function
    return mark


@expects("measured", "read-only", "facts")
def test_ends_by_itself(every_run):
    assert every_run.ending == every_run.machine.ending(), every_run.tail()


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


@expects("measured", "read-only", "facts")
def test_kernel_is_ours_and_has_no_taint(every_run):
    """A warning taints it, and that is told where the console is kept quiet, too."""
    manifest = json.loads((machine.BUILD / "manifest.json").read_text())
    [linux] = [row for row in manifest["sources"] if row["package"].startswith("linux-source")]
    for document in every_run.documents():
        kernel = document["tare"]["platform"]["kernel"]
        assert kernel.startswith(linux["version"].split("-")[0] + "-tare ")
        assert "tainted" not in kernel


@expects("measured", "read-only", "facts")
def test_result_is_of_the_build_and_the_run_that_were_asked_for(every_run):
    asked = every_run.machine.asked()
    job = every_run.machine.job
    suite = (machine.HERE / "jobs" / job if job else SUITES / f"{asked['suite']}.fio").read_bytes()
    for document in every_run.documents():
        tare = document["tare"]
        assert tare["build_id"] == json.loads((machine.BUILD / "manifest.json").read_text())["build_id"]
        assert tare["suite"] == asked["suite"]
        assert tare["suite_sha256"] == hashlib.sha256(suite).hexdigest()
        assert tare["seed"] == int(asked.get("seed", tare["seed"]))
        assert tare["seed"] > 0
        source = "kernel command line" if "tare.suite=" in every_run.machine.cmdline else "platform"
        assert {"name": "suite", "value": asked["suite"], "source": source} in tare["keys"]


@expects("measured", "read-only", "facts")
def test_every_disk_has_the_driver_of_its_controller(every_run):
    for document in every_run.documents():
        found = sorted((disk["serial"], disk["driver"]) for disk in document["tare"]["disks"])
        assert found == every_run.machine.drivers()
        blocks = {disk["serial"]: disk["logical_block_bytes"] for disk in document["tare"]["disks"]}
        assert {disk.serial: blocks[disk.serial] for disk in every_run.machine.disks} == {
            disk.serial: disk.block for disk in every_run.machine.disks}


@expects("measured", "read-only", "facts")
def test_every_network_card_has_its_driver(every_run):
    for document in every_run.documents():
        links = document["tare"]["platform"]["network"]
        found = [] if links == "none" else [link.split(": ")[1] for link in links.split(", ")]
        assert sorted(found) == every_run.machine.nic_drivers(), links


@expects("measured", "read-only", "facts", where=lambda m: m.smbios)
def test_machine_is_called_what_its_firmware_calls_it(every_run):
    said = {kind: [text for _, text in fields] for kind, fields in every_run.machine.smbios}
    platform = every_run.documents()[0]["tare"]["platform"]
    for fact, kind in (("bios", "0"), ("machine", "1"), ("board", "2")):
        for text in said.get(kind, [])[:2]:
            assert text in platform[fact]


@expects("measured", where=lambda m: m.clock)
def test_start_is_what_the_clock_says_and_durations_are_not(every_run):
    began = calendar.timegm(time.strptime(every_run.machine.clock, "%Y-%m-%dT%H:%M:%S"))
    document = every_run.document()
    assert 0 <= document["tare"]["start_unix_s"] - began < every_run.elapsed_s + 2
    assert all(0 < workload["measured_ns"] < 60e9 for workload in document["tare"]["workloads"])


@expects("measured")
def test_workloads_have_figures_as_fio_gives_them(every_run):
    done = [d for d in every_run.documents() if d["tare"]["state"] == "done"]
    serials = sorted(d["tare"]["target"]["disk"]["serial"] for d in done)
    assert serials == sorted(every_run.machine.targets()), [
        (d["tare"]["state"], d["tare"]["reason"]) for d in every_run.documents()]
    for document in done:
        assert document["tare"]["target"]["blocks"] == "written by us"
        assert document["jobs"][0]["write"]["total_ios"] == 0
        # Without ACPI an emulated machine has nothing to tell what its TSC counts in; and says so.
        coarse = any("advances in steps of" in text for text in document["tare"]["warnings"])
        assert not coarse or every_run.machine.machine == "microvm"
        reads, writes = (next(job[way] for job in document["jobs"] if job[way]["total_ios"])
                         for way in ("read", "write"))
        for io in (reads, writes):
            assert io["iops"] > 0
            assert io["io_bytes"] == io["total_ios"] * 4096
            assert (0 if coarse else 1) <= io["clat_ns"]["percentile"]["50.000000"] <= io["clat_ns"]["max"]
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
