# SPDX-License-Identifier: MIT
"""These tests will check how a run ends early: by a button, by a crash, by a reboot key."""

import json
import time

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

# As if it crashed while it measures; process 1 sees only how its own child ended.
CRASH_IN_THE_MIDDLE = b"""#!/bin/sh
case $* in
*--failed*) exec /bin/tare.real "$@" ;;
esac
/bin/tare.real "$@" &
while read -r reads _ _ _ writes _ < /sys/block/sda/stat && [ $((reads + writes)) -lt 15000 ]; do
	sleep 0.2
done
kill -SEGV $!
wait $!
kill -SEGV $$
"""


def replaced_program(script):
    """An archive after the initramfs in which a script stands where the program stood."""
    real = (machine.BUILD / "tare").read_bytes()
    return images.cpio({"bin/tare": (0o755, script), "bin/tare.real": (0o755, real)})


def boot_folder(name):
    return machine.BUILD / "vm" / name


@pytest.mark.parametrize("press, ending", [
    (lambda running: running.press_power_button(), "ended"),
    (lambda running: running.press_keys("ctrl", "alt", "delete"), "reset"),
], ids=["power-button", "ctrl-alt-delete"])
def test_run_that_is_interrupted_delivers_what_it_has(request, machines, press, ending):
    with boot.Boot(machines["interrupted"], boot_folder(request.node.callspec.id)) as running:
        assert running.wait_text(r"@@TARE1 S run=\w+ ev=round round=1 ", 90), running.text()[-3000:]
        press(running)
        running.wait_end()
    run = running.run
    assert run.ending == ending, run.tail()
    document = run.document()
    assert document["tare"]["state"] == "partial"
    states = [state for w in document["tare"]["workloads"] for state in w["rounds"]["state"]]
    assert any(state == "done" for state in states)
    assert any(state != "done" for state in states)
    assert max(job["read"]["iops"] + job["write"]["iops"] for job in document["jobs"]) > 0
    assert run.bytes_by_run("results.img") == run.bytes_by_run("serial.log")


@pytest.mark.machine("reboot-key")
def test_key_for_a_reboot_is_obeyed_after_the_result(run):
    assert run.ending == "reset", run.tail()
    assert run.document()["tare"]["state"] == "done"


@pytest.mark.machine("no-s5")
def test_machine_that_cannot_switch_off_reboots(run):
    assert run.ending == "reset", run.tail()
    assert run.elapsed_s > 30  # after it was given time to switch off
    assert run.document()["tare"]["state"] == "done"
    assert run.bytes_by_run("results.img") == run.bytes_by_run("serial.log")


def test_rescue_shell_runs_nothing_and_ends_by_its_command(machines):
    row = machines["rescue"]
    with boot.Boot(row, boot_folder(row.name)) as running:
        assert running.wait_text("tare rescue shell", 60), running.text()[-3000:]
        time.sleep(1)  # the screen's shell starts beside the serial line's
        for key in (*"poweroff", "ret"):
            running.press_keys(key)
        running.wait_end(60)
    run = running.run
    assert run.ending == "ended", run.tail()
    assert "@@TARE1" not in run.text
    assert all(stats["wr_operations"] == 0 for stats in run.blockstats.values())


@pytest.mark.parametrize("script", [CRASH_ONCE, CRASH_IN_THE_MIDDLE],
                         ids=["crash-at-once", "crash-in-the-middle"])
def test_crash_of_the_program_is_a_result_that_says_so(request, machines, script):
    run = boot.boot_once(machines["crash"], boot_folder(request.node.callspec.id),
                         initrd_extra=replaced_program(script))
    assert run.ending == "ended", run.tail()
    from_serial = run.bytes_by_run("serial.log", only_whole=script == CRASH_ONCE)
    # Of the run that crashed there may be a checkpoint.
    from_serial = {name: data for name, data in from_serial.items() if ".partial." not in name}
    assert from_serial == run.bytes_by_run("results.img")
    [document] = [json.loads(data) for data in from_serial.values()]
    assert document["tare"]["state"] == "failed"
    assert "signal 11 (Segmentation fault)" in document["tare"]["reason"]
    assert document["tare"]["platform"]["cpu_model"]


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
], ids=["poweroff", "reboot"])
def test_commands_of_hypervisors_end_the_machine(machines, name, script, ending):
    run = boot.boot_once(machines["crash"], boot_folder(name),
                         initrd_extra=replaced_program(script))
    assert run.ending == ending, run.tail()
    assert run.elapsed_s < 60, run.tail()
