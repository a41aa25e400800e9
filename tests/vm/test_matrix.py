# SPDX-License-Identifier: MIT
"""These tests will check what single rows of the matrix of machines are there for, beyond what holds for
every machine."""

import dataclasses

import pytest

import boot
import machine
from test_disks import assert_untouched

# Four are measured in one run; the row itself has those of the other four.
REST = ["VIRTIO-BLK,VIRTIO-SCSI,NVME,AHCI", "IDE,USB,UAS,0xdeadbeef"]


@pytest.mark.group("long")
@pytest.mark.parametrize("targets", REST, ids=["everyday", "small"])
def test_every_controller_measures_beside_all_others(machines, targets):
    row = machines["every-controller"]
    row = dataclasses.replace(row, config=row.config.rpartition("target=")[0] + f"target={targets}")
    run = boot.boot_once(row, machine.BUILD / "vm" / f"every-controller-{targets.split(',')[0]}")
    assert run.ending == "ended", run.tail()
    documents = {d["tare"]["target"]["disk"]["serial"]: d for d in run.documents()}
    assert sorted(documents) == sorted(targets.split(","))
    for document in documents.values():
        assert document["tare"]["state"] == "done", document["tare"]["reason"]
        assert document["tare"]["target"]["blocks"] == "written by us"
        assert all(job["read"]["iops"] + job["write"]["iops"] > 0 for job in document["jobs"])
    for disk in row.disks:
        if disk.serial not in documents:
            assert_untouched(run, disk.name)


@pytest.mark.machine("bare-metal")
def test_machine_that_hides_nothing_is_no_virtual_one(run):
    platform = run.documents()[0]["tare"]["platform"]
    assert platform["hypervisor"] == "none"
    assert platform["hypervisor_cpuid"] == "none"


@pytest.mark.machine("bare-metal")
def test_disks_behind_ports_are_told_by_their_place(run):
    paths = {disk["serial"]: disk["path"] for disk in run.documents()[0]["tare"]["disks"]}
    assert len(set(paths.values())) == len(paths) == 3
    assert not [path for path in paths.values() if path.startswith("0000:00:")], paths


@pytest.mark.group("long")
@pytest.mark.machine("read-only-disk")
def test_disk_that_takes_no_writes_is_said_to(run):
    [disk] = [d for d in run.document()["tare"]["disks"] if d["serial"] == "DATA0"]
    assert disk["read_only"] is True
    assert run.sha256_after == run.sha256_before


@pytest.mark.group("long")
@pytest.mark.machine("disk-15t")
def test_disk_of_many_tebibytes_has_its_size_and_keeps_what_was_not_ours(run):
    target = run.document()["tare"]["target"]
    assert target["disk"]["size_bytes"] == 15 << 40
    # The image holds what was written and no more: the mark's two ends, the span, and QEMU's tables.
    assert (run.folder / "disk0.img").stat().st_blocks * 512 < target["span_bytes"] + (16 << 20)


@pytest.mark.group("long")
@pytest.mark.machine("disk-1m")
def test_disk_that_is_too_small_says_so(run):
    document = run.document()
    [line] = [text for text in document["tare"]["safety"] if "(serial TARGET0)" in text]
    assert "1 MiB" in line or "small" in line, line
    assert_untouched(run, "disk0")


@pytest.mark.group("long")
@pytest.mark.machine("sixty-four-disks")
def test_sixty_three_disks_that_nobody_named_are_not_written(run):
    assert len(run.document()["tare"]["disks"]) == 65
    for disk in run.machine.disks[:63]:
        assert_untouched(run, disk.name)


@pytest.mark.group("long")
@pytest.mark.parametrize("name", [
    pytest.param(name, marks=pytest.mark.machine(name))
    for name in ("sixteen-cpus", "sixty-four-cpus", "memory-16g")])
def test_all_that_a_large_machine_has_is_there(run, name):
    platform = run.document()["tare"]["platform"]
    assert platform["cpus"] == run.machine.cpus
    assert 0.9 * run.machine.memory < platform["memory_bytes"] / (1 << 20) <= run.machine.memory
