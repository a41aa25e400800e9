# SPDX-License-Identifier: MIT
"""These tests will check how a run ends early: by a button, by a crash, by a reboot key."""

import pytest

import boot
import images
import machine

CRASH_ONCE = b"""#!/bin/sh
if [ ! -e /run/crashed ]; then
	: > /run/crashed
	kill -SEGV $$
fi
exec /bin/tare.real "$@"
"""


def replaced_program(script):
    """An archive after the initramfs in which a script stands where the program stood."""
    real = (machine.BUILD / "tare").read_bytes()
    return images.cpio({"bin/tare": (0o755, script), "bin/tare.real": (0o755, real)})


def boot_folder(name):
    return machine.BUILD / "vm" / name


def test_power_button_brings_partial_results(machines):
    row = machines["power-button"]
    with boot.Boot(row, boot_folder(row.name)) as running:
        assert running.wait_text(r"@@TARE1 S .*randread", 90), running.text()[-3000:]
        running.press_power_button()
        running.wait_end()
    run = running.run
    assert run.ending == "ended", run.tail()
    document = run.document()
    assert document["tare"]["state"] == "partial"
    done = [r for w in document["tare"]["workloads"] for r in w["rounds"] if r["state"] == "done"]
    pending = [r for w in document["tare"]["workloads"] for r in w["rounds"]
               if r["state"] != "done"]
    assert done and pending
    assert max(job["read"]["iops"] + job["write"]["iops"] for job in document["jobs"]) > 0
    assert run.from_partition()[1] == run.from_serial()[1]


def test_crash_of_the_program_is_a_result_that_says_so(machines):
    row = machines["crash"]
    run = boot.boot_once(row, boot_folder(row.name), initrd_extra=replaced_program(CRASH_ONCE))
    assert run.ending == "ended", run.tail()
    document = run.document()
    assert document["tare"]["state"] == "failed"
    assert "signal 11 (Segmentation fault)" in document["tare"]["reason"]
    assert document["tare"]["platform"]["cpu_model"]
    assert run.from_partition()[1] == run.from_serial()[1]


def test_program_that_always_crashes_leaves_a_line_and_a_machine_switched_off(machines):
    row = machines["crash"]
    run = boot.boot_once(row, boot_folder("crash-always"), initrd_extra=replaced_program(
        b"#!/bin/sh\nkill -SEGV $$\n"))
    assert run.ending == "ended", run.tail()
    assert "the program was killed by signal 11" in run.text
    assert "no result" in run.text


def test_program_that_is_missing_leaves_a_line_and_a_machine_switched_off(machines):
    row = machines["crash"]
    run = boot.boot_once(row, boot_folder("no-program"), initrd_extra=images.cpio(
        {"bin/tare": (0o644, b"")}))
    assert run.ending == "ended", run.tail()
    assert "could not be started" in run.text


@pytest.mark.parametrize("name, script, ending", [
    # What hypervisors call for "shut down" and "restart".
    ("poweroff-called", b"#!/bin/sh\n/sbin/poweroff\nsleep 600\n", "ended"),
    ("reboot-called", b"#!/bin/sh\n/sbin/reboot\nsleep 600\n", "reset"),
])
def test_commands_of_hypervisors_end_the_machine(machines, name, script, ending):
    run = boot.boot_once(machines["crash"], boot_folder(name),
                         initrd_extra=replaced_program(script))
    assert run.ending == ending, run.tail()
    assert run.elapsed_s < 60, run.tail()
