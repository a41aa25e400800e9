# SPDX-License-Identifier: MIT
"""Verbs by what they print: each folder tests/golden/VERB/NAME is a case.

args      the words behind `tare VERB`, one a line
stdout    what it prints; absent: nothing
stderr    likewise
status    its exit status; absent: 0
fixture   a machine captured below tests/fixtures/, copied to ./root
anything else is an input: the program runs in a copy of the folder

Lines that end in " (re)" are regular expressions for one line; "..." stands for any lines. `pytest tests/golden --bless` (or
BLESS=1) writes the files anew, and keeps such lines where they still match.
"""
import difflib
import os
import pathlib
import re
import shutil

import pytest

from golden_places import FIXTURES

HERE = pathlib.Path(__file__).resolve().parent
CASES = sorted(path.parent.relative_to(HERE).as_posix() for path in HERE.glob("*/*/args"))
EXPECTED = ("stdout", "stderr", "status")


def matches(want, got):
    if want.endswith(" (re)"):
        return re.fullmatch(want[:-len(" (re)")], got) is not None
    return want == got


def same(want, got):
    for n, line in enumerate(want):
        if line == "...":
            return any(same(want[n + 1:], got[m:]) for m in range(n, len(got) + 1))
        if n >= len(got) or not matches(line, got[n]):
            return False
    return len(want) == len(got)


def bless(path, want, got):
    """Keeps the patterns of `want` for the lines that they still match."""
    if same(want, got):
        return
    patterns = [line for line in want if line.endswith(" (re)")]
    lines = [next((p for p in patterns if matches(p, line)), line) for line in got]
    if lines:
        path.write_text("\n".join(lines) + "\n")
    elif path.exists():
        path.unlink()


def read(path):
    return path.read_text().splitlines() if path.exists() else []


def test_there_are_cases_for_every_verb(tare):
    """This test will check that no verb of the usage text is without a golden case."""
    usage = tare("--help").stdout
    verbs = re.findall(r"^  (\w+)", usage, re.M)
    assert {"run", "disks", "collect", "report", "version"} <= set(verbs)
    assert {case.split("/")[0] for case in CASES} >= set(verbs)


@pytest.mark.parametrize("case", CASES)
def test_verb_says_what_it_said(case, tare, disk_path, request):
    """This test will check output, messages and exit status of one case, to the byte."""
    folder = HERE / case
    work = disk_path / case
    shutil.copytree(folder, work, ignore=lambda *_: EXPECTED)
    for name in read(folder / "fixture"):
        shutil.copytree(FIXTURES / name, work / "root", symlinks=True)
    words = (folder / "args").read_text().splitlines()
    verb = [] if case.startswith("main/") else [case.split("/")[0]]
    done = tare(*verb, *words, cwd=work)
    got = {"stdout": done.stdout.splitlines(), "stderr": done.stderr.splitlines(),
           "status": [str(done.returncode)] if done.returncode else []}
    want = {name: read(folder / name) for name in EXPECTED}
    if request.config.getoption("--bless") or os.environ.get("BLESS"):
        for name in EXPECTED:
            bless(folder / name, want[name], got[name])
        return
    for name in EXPECTED:
        diff = "\n".join(difflib.unified_diff(want[name], got[name], f"{case}/{name}", "now",
                                              lineterm=""))
        assert same(want[name], got[name]), diff
    for stream in (done.stdout, done.stderr):
        assert not stream or stream.endswith("\n"), f"{case}: the last line does not end"


@pytest.mark.parametrize("case", [case for case in CASES if (HERE / case / "status").exists()])
def test_errors_are_told_once_and_apart(case):
    """This test will check that what fails says so on standard error, in one form."""
    folder = HERE / case
    told = read(folder / "stderr")
    assert told, f"{case}: exit status {read(folder / 'status')} without a word"
    named = [line for line in told if line.startswith("tare: ") or line.startswith("usage: ")]
    assert named, f"{case}: no line begins with `tare: `"


def test_patterns_match_whole_lines():
    """This test will check the comparison itself: that it can fail."""
    assert same(["a", r"b \d+ (re)"], ["a", "b 12"])
    assert not same(["a"], ["a", "b"])
    assert not same([r"b \d+ (re)"], ["b 12 c"])
    assert not same(["a"], ["A"])
    assert not same(["a b (re)"], ["a b (re)x"])
    assert same(["a", "...", "c"], ["a", "b", "b", "c"]) and same(["a", "..."], ["a"])
    assert not same(["a", "...", "c"], ["a", "c", "b"])
