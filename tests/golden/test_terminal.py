# SPDX-License-Identifier: MIT
"""These tests will check `tare run` as a person at a terminal has it: the countdown before a write."""
import os
import pty
import select
import signal
import subprocess
import termios
import time

import pytest

from golden_places import BUILD


class Terminal:
    """The program on a terminal of its own, in the foreground."""

    def __init__(self, folder, *words):
        self.shown = b""
        pid, self.master = pty.fork()
        if not pid:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may ignore it
            os.chdir(folder)
            os.execv(BUILD / "tare", ["tare", "run", *words])
        self.pid = pid

    def modes(self):
        return termios.tcgetattr(self.master)

    def wait_for(self, text, seconds=20):
        until = time.monotonic() + seconds
        while text not in self.shown and time.monotonic() < until:
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            try:
                self.shown += os.read(self.master, 4096)
            except OSError:  # its other end is closed
                break
        assert text in self.shown, self.shown.decode(errors="replace")

    def end(self):
        """Its exit status; what it printed until then is in `shown`."""
        self.wait_for(b"tare: run: ")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.mark.parametrize("act", [
    lambda t: os.write(t.master, b"c"),
    lambda t: os.write(t.master, b"\x1b"),
    lambda t: os.write(t.master, b"\x03"),  # the terminal makes SIGINT of it
    lambda t: os.kill(t.pid, signal.SIGTERM),
    lambda t: os.kill(t.pid, signal.SIGHUP),
], ids=["c", "escape", "ctrl-c", "sigterm", "sighup"])
def test_countdown_can_be_cancelled(tmp_path, act):
    terminal = Terminal(tmp_path, "--suite", "smoke", "--target", "./new", "--span", "1m",
                        "--wait", "60")
    before = terminal.modes()
    terminal.wait_for(b"writing begins in 60 s; press c to cancel it")
    start = time.monotonic()
    act(terminal)
    assert terminal.end() == 1
    assert time.monotonic() - start < 20
    assert terminal.modes() == before
    assert b"failed: writing was cancelled by " in terminal.shown
    assert not (tmp_path / "new").exists()
    os.close(terminal.master)


def test_other_keys_cancel_nothing(tmp_path):
    terminal = Terminal(tmp_path, "--suite", "smoke", "--target", "./no/new", "--span", "1m",
                        "--wait", "2")
    terminal.wait_for(b"press c to cancel it")
    os.write(terminal.master, b"x\r \x1a\x1c")  # Ctrl-Z and Ctrl-\\ would leave it without echo
    assert terminal.end() == 1
    assert b"./no/new: cannot be created" in terminal.shown
    os.close(terminal.master)


def test_job_in_the_background_leaves_the_terminal_alone(tmp_path):
    """It would be stopped for reading from it or changing it, and not come back."""
    script = (f"set -m; {BUILD}/tare run --suite smoke --target ./no/new --span 1m --wait 2 &\n"
              "wait $!; echo status $?\n")
    pid, master = pty.fork()
    if not pid:
        os.chdir(tmp_path)
        os.execv("/bin/bash", ["bash", "--norc", "-c", script])
    text = b""
    until = time.monotonic() + 20
    while b"status" not in text and time.monotonic() < until:
        if select.select([master], [], [], 0.1)[0]:
            text += os.read(master, 4096)
    os.kill(pid, signal.SIGHUP)
    os.close(master)
    os.waitpid(pid, 0)
    assert b"status 1" in text, text
    assert b"writing begins in 2 s; SIGINT or SIGTERM cancels it" in text


def test_messages_in_a_file_have_plain_lines(tmp_path):
    with open(tmp_path / "err", "wb") as err:
        subprocess.run([BUILD / "tare", "run", "--suite", "smoke", "--target", "./no/new",
                        "--wait", "1"], cwd=tmp_path, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=err, timeout=60, check=False)
    told = (tmp_path / "err").read_bytes()
    assert b"\r" not in told
    assert b"writing begins in 1 s; SIGINT or SIGTERM cancels it\n" in told
