# SPDX-License-Identifier: MIT
"""These tests will check `make run`'s script: what it leaves, and that it leaves no process."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import time

import pytest

import machine

RUN = machine.TOP / "image" / "run.sh"
RUN_DIR = str(machine.BUILD / "vm" / "run")  # the user's own last report stays where it is


@pytest.fixture(autouse=True, scope="module")
def empty_run_dir():
    shutil.rmtree(RUN_DIR, ignore_errors=True)


def start(**environment):
    return subprocess.Popen([RUN], start_new_session=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True,
                            env=os.environ | {"TARE_SUITE": "smoke", "TARE_RUN_DIR": RUN_DIR}
                            | environment)


def processes_naming(text):
    """Pids whose command line holds `text`."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read()
        except OSError:
            continue
        if text.encode() in line:
            found.append(int(pid))
    return found


def folder_of(messages):
    match = re.search(r"^tare: booting .*; (\S+)$", messages, re.MULTILINE)
    assert match, messages
    return machine.Path(match[1])


def test_two_runs_at_once_leave_a_result_each():
    runs = [start(TARE_LABEL=f"run {i}") for i in range(2)]
    folders = set()
    for i, run in enumerate(runs):
        out, messages = run.communicate(timeout=400)
        assert run.returncode == 0, messages
        folder = folder_of(messages)
        folders.add(folder)
        result = (folder / "result.json").read_bytes()
        assert json.loads(result)["tare"]["label"] == f"run {i}"
        assert f"serial and partition agree: sha256 {hashlib.sha256(result).hexdigest()}" in messages
        assert out == (folder / "report.txt").read_text()
        assert "randread-4k-qd8" in out
        assert re.search(r"in QEMU with (tcg|kvm) \(", out)
        assert (folder / "serial.log").stat().st_size > 0
        assert not (folder / "scratch.img").exists()
    assert len(folders) == 2
    assert (machine.Path(RUN_DIR) / "latest").resolve() in folders


def test_scratch_disk_is_what_was_asked_for():
    run = start(TARE_SCRATCH="qcow2", TARE_SUITE="detect")
    out, messages = run.communicate(timeout=400)
    assert run.returncode == 0, messages
    assert "format=qcow2" in (folder_of(messages) / "qemu.cmd").read_text()
    assert "unwritten" in out


def test_scratch_disk_that_there_is_none_of_is_refused():
    run = start(TARE_SCRATCH="qcow3")
    _, messages = run.communicate(timeout=60)
    assert run.returncode == 1
    assert messages == "tare: run.sh: TARE_SCRATCH: qcow3: should be raw, written or qcow2\n"


@pytest.mark.parametrize("name, to_group", [("SIGINT", True), ("SIGTERM", False),
                                            ("SIGHUP", True)])
def test_interrupted_run_leaves_no_qemu(name, to_group):
    """Ctrl-C reaches the whole group, `kill` only the script."""
    run = start()
    messages = ""
    try:
        while "tare: booting" not in messages:
            line = run.stderr.readline()
            assert line, messages
            messages += line
        folder = folder_of(messages)
        until = time.monotonic() + 30
        qemu = f"file={folder}/scratch.img"  # others name the disk too, and come and go: dd, truncate
        seen = []  # once is enough: between setpriv and QEMU the same process has no command line
        while not seen and time.monotonic() < until:
            time.sleep(0.1)
            seen = processes_naming(qemu)
        assert seen
        time.sleep(2)
        number = getattr(signal, name)
        (os.killpg if to_group else os.kill)(run.pid, number)
        run.communicate(timeout=30)
    finally:
        if run.poll() is None:
            run.kill()
    assert run.returncode not in (0, None)
    assert not processes_naming(str(folder))
    assert not (folder / "scratch.img").exists()


def test_appliance_that_hangs_is_ended_with_a_message():
    run = start(TARE_TIMEOUT_S="2")
    _, messages = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "did not power off within 2 s" in messages
    assert not processes_naming(str(folder_of(messages)))
