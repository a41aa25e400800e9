# SPDX-License-Identifier: MIT
"""These tests will check what a result says of the machine, and that every disk is measured on the same
settings of the block layer."""

import dataclasses

import pytest

import boot
import machine
from test_machines import expects

# As bench/hw/disk_tune.h has it; our kernel has no writeback throttling and no frequency of its own.
SETTINGS = {"scheduler": "none", "nomerges": "2", "rq_affinity": "2", "iostats": "1"}
FOUND = {"nomerges": "0", "rq_affinity": "1", "iostats": "1"}  # the kernel's defaults

# VMware's port and names, as QEMU can show them, and a network card of VMware's.
VMWARE = ["-machine", "vmport=on", "-smbios", "type=1,manufacturer=VMware,, Inc.,product=VMware7,,1",
          "-netdev", "user,id=net9,restrict=on", "-device", "vmxnet3,netdev=net9,romfile="]


def tuned(document):
    """Of each setting what was there before and while measuring."""
    columns = document["tare"]["target"]["tuned"]
    return {name: (before, after) for name, before, after in
            zip(columns["attribute"], columns["before"], columns["after"], strict=True)}


def measured(run):
    found = [d["tare"] for d in run.documents() if d["tare"]["workloads"]
             and d["tare"]["target"]["kind"] == "disk"]
    assert found
    return found


@expects("measured", "read-only")
def test_block_layer_is_the_same_everywhere(every_run):
    for tare in measured(every_run):
        settings, disk = tuned({"tare": tare}), tare["target"]["disk"]
        # The kernel's own choice: mq-deadline for one queue, nothing for several.
        alone = "mq-deadline" if disk["hw_queues"] == 1 else "none"
        for name, value in SETTINGS.items():
            assert settings[name] == (FOUND.get(name, alone), value), (name, settings)
        assert settings["nr_requests"][1] == str(disk["nr_requests"])
        assert disk["scheduler"] == "none"
        [found] = [d for d in tare["disks"] if d["node"] == disk["node"]]
        assert found["scheduler"] == alone
        assert str(found["nr_requests"]) == settings["nr_requests"][0]
        assert not [note for note in tare["warnings"] if "was not taken" in note]


def test_block_layer_is_set_where_nothing_may_be_written():
    row = machine.load()["data-disk"]
    row = dataclasses.replace(row, name="data-disk-unwritten", config=row.config + " write=no")
    run = boot.boot_once(row, machine.BUILD / "vm" / row.name)
    [tare] = measured(run)
    assert tare["target"]["wrote"] is False
    assert {name: after for name, (_, after) in tuned({"tare": tare}).items()}.items() >= SETTINGS.items()


@expects("measured", "read-only")
def test_cpus_of_queues_and_interrupts_are_told(every_run):
    cpus = {str(cpu) for cpu in range(every_run.machine.cpus)}
    for tare in measured(every_run):
        disk = tare["target"]["disk"]
        assert len(disk["queue_cpus"].split()) == disk["hw_queues"]
        if "irq_cpus" not in disk:
            assert "irq_cpus" in disk["unknown"]
            continue
        for vector in disk["irq_cpus"].split():
            assert vector.split("/")[0] in cpus, disk["irq_cpus"]


@pytest.mark.machine("two-cpus")
def test_each_of_two_cpus_has_a_queue_of_its_own(run):
    [tare] = measured(run)
    disk = tare["target"]["disk"]
    assert disk["queue_cpus"] == "0 1"
    # Virtio gives a queue's interrupt to its CPU, and the kernel holds it there.
    assert disk["irq_cpus"].split()[-2:] == ["0", "1"]
    assert disk["queue_depth"] == 128
    assert "unknown" not in disk


@pytest.fixture(scope="module")
def vmware():
    """A machine that says it is VMware's, and answers as one."""
    row = dataclasses.replace(machine.load()["two-cpus"], name="says-vmware", machine="pc", cpus=1)
    command = boot.command
    boot.command = lambda *args: command(*args) + VMWARE
    try:
        yield boot.boot_once(row, machine.BUILD / "vm" / row.name)
    finally:
        boot.command = command


def test_port_is_asked_where_the_machine_says_vmware(vmware):
    platform = vmware.document()["tare"]["platform"]
    assert platform["machine"].startswith("VMware, Inc. VMware7,1")
    assert platform["hypervisor_backdoor"] == "version 6, ESX"
    assert platform["network"] == "eth0: vmxnet3"


@pytest.mark.machine("two-cpus")
def test_port_is_left_alone_elsewhere(run):
    tare = run.document()["tare"]
    assert tare["platform"]["hypervisor_backdoor"] is None
    assert tare["platform_unknown"]["hypervisor_backdoor"] == "not VMware"
    assert tare["platform"]["network"] == "none"
