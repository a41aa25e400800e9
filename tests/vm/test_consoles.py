# SPDX-License-Identifier: MIT
"""These tests will check which serial ports get output, on bare metal as far as it can be imitated, and in
virtual machines."""

import pytest

import boot


def text_of(run, port):
    return boot.plain((run.folder / f"{port}.log").read_bytes())


def assert_whole(run, *ports):
    """Each port has what a person reads and the whole result, the same as the results disk."""
    stored = run.bytes_by_run("results.img")
    for port in ports:
        assert run.bytes_by_run(f"{port}.log") == stored
        text = text_of(run, port)
        assert "writing begins" in text or "target: " in text
        assert "@@TARE1 S run=" in text


@pytest.mark.machine("spcr-com2")
def test_firmwares_console_gets_everything(run):
    assert_whole(run, "com2")
    assert "ttyS1 (port 0x2f8, 115200 baud, named by the firmware)" in text_of(run, "com2")
    assert run.documents()[0]["tare"]["platform"]["hypervisor"] == "none"


@pytest.mark.machine("unnamed-com2")
def test_nothing_is_sent_to_a_port_that_nobody_named(run):
    assert (run.folder / "com2.log").read_bytes() == b""
    assert run.documents()[0]["tare"]["platform"]["hypervisor"] == "none"


@pytest.mark.machine("named-com2")
def test_port_named_on_the_command_line_gets_everything(run):
    assert_whole(run, "com2")


@pytest.mark.machine("all-ports")
def test_virtual_machine_writes_to_every_port(run):
    assert_whole(run, "serial", "com2", "com3", "com4", "hvc0")
    for words in ("ttyS0 (port 0x3f8)", "ttyS3 (port 0x2e8, 115200 baud)", "hvc0"):
        assert words in text_of(run, "serial")
