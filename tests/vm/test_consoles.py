# SPDX-License-Identifier: MIT
"""These tests will check which serial ports get output, on bare metal as far as it can be imitated, and in
virtual machines; and what a person sees on the screen."""

import re
import subprocess

import pytest

import boot
import machine


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


LIVE = r"(watched-\w+) +\[[#.]{8}\] +(\d+) s +(\d+) IOPS +([\d.]+) us  run (\d+):(\d\d) left"


def settled(words, running, pattern):
    """What a screen shows at one moment is between two of ours, and may be half drawn: look again."""
    match = running.wait_screen(pattern, 60)
    assert match, f"{words}:\n{running.screen()}"
    return match


@pytest.fixture(scope="module")
def watched(machines):
    """The pictures of one run: before, while a window is open, at the end; and the run."""
    with boot.Boot(machines["screen"], machine.BUILD / "vm" / "screen") as running:
        settled("countdown", running, r"writing begins in \d s; c: cancel it")
        pictures = {"before": running.screen()}
        first = settled("first line", running, LIVE)
        settled("line moves", running, LIVE.replace(r"(\d+) s", rf"(?!{first[2]} )(\d+) s"))
        settled("table and line", running, r"watched-read +\d+ +[\d.]+ +[\d.]+ +[\d.]+  1/1\n[^$]*" + LIVE)
        pictures["during"] = running.screen()
        running.wait_end()
        pictures["end"] = running.screen()
    assert running.run.ending == "ended", running.run.tail()
    return pictures, running.run


def test_screen_keeps_machine_disks_and_plan(watched):
    for picture in (watched[0]["before"], watched[0]["during"]):
        assert re.search(r"^tare \S+; hypervisor (QEMU TCG|KVM); 1 x ", picture, re.M), picture
        assert re.search(r"^ 1  sda, 1 GiB, .* serial TARGET0: blank$", picture, re.M), picture
        assert re.search(r"^ -  sdb, .* serial RESULTS0: results disk$", picture, re.M), picture
        assert re.search(r"1 round of 2 workloads, at most 0:\d\d min of measuring$", picture, re.M)
    assert re.search(r"^  watched-write +randwrite, bs 4 KiB, iodepth 4", watched[0]["before"], re.M)


def test_line_lives_on_the_screen(watched):
    match = re.search(LIVE, watched[0]["during"])
    assert 0 <= int(match[2]) <= 8
    assert 50 < int(match[3]) <= 400  # of 200 asked for
    assert float(match[4]) > 0
    assert int(match[5]) == 0


def test_screen_ends_with_the_table(watched):
    end = watched[0]["end"]
    assert re.search(r"^workload +IOPS .* CPU us/IO +s$", end, re.M), end
    for way in ("read", "write"):
        assert re.search(rf"^watched-{way} +{way} +\d+ ", end, re.M), end
    assert not re.search(LIVE, end), end
    assert end.rindex("stored on the results partition") > end.rindex("watched-write")


def test_serial_line_has_progress_and_no_cursor_movement(watched):
    run = watched[1]
    data = (run.folder / "serial.log").read_bytes()
    assert b"\x1b" not in data[data.index(b"tare 0."):]
    assert "consoles: tty0, ttyS0 (port 0x3f8)" in run.text
    lines = re.findall(r"ev=round round=1 name=(\S+) ", run.text)
    assert sorted(lines) == ["watched-read", "watched-write"]
    for words in (r" done=1/2\b", r" done=2/2\b", r" left_s=[1-9]\b", r" left_s=0\b"):
        assert re.search(words, run.text), f"{words}: {run.tail()}"


@pytest.mark.machine("screen-cost")
def test_drawing_costs_less_than_a_thousandth_of_one_cpu(run):
    """Once a second, in a machine whose CPU time is instructions: 1 ns each."""
    log = subprocess.run(["mtype", "-i", f"{run.folder / 'results.img'}@@1M", "::run00.txt"],
                         capture_output=True, check=True).stdout.decode()
    match = re.search(r"the live line was drawn (\d+) times while windows were open: ([\d.]+) us of CPU each, "
                      r"at most ([\d.]+) us, (\d+) bytes", log)
    assert match, log[-3000:]
    assert 12 <= int(match[1]) <= 20  # of 16 s
    assert float(match[2]) < 1000
    assert float(match[3]) < 1000
    print(match[0])


@pytest.mark.machine("alive")
def test_heartbeat_tells_that_it_lingers(run):
    """Every 30 s between two copies of the result, which come every 60 s."""
    assert run.ending == "ended", run.tail()
    ups = [int(up) for up in re.findall(r'ev=alive up_s=(\d+) phase="lingering"', run.text)]
    assert 2 <= len(ups) <= 4, run.tail()
    assert ups == sorted(ups) and ups[1] - ups[0] >= 29
    assert run.text.count("ev=result ") >= 2


@pytest.mark.machine("alive")
def test_port_is_empty_before_the_machine_ends(run):
    """The last thing that was sent is whole: its last line has its checksum, and the kernel's word follows."""
    last = run.text.rindex("@@TARE1 S run=")
    assert re.match(r"@@TARE1 S run=\w+ .* \*[0-9a-f]{8}\nreboot: ", run.text[last:]), run.text[last:]
