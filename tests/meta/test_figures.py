# SPDX-License-Identifier: MIT
"""What `make bench` makes of what its peers and tools say. Nothing is measured here."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "figures"))

import callgrind
import icount
import jobs
import memory
import programs
import rates
import starts
import table

# main (10 itself) calls work (300) twice, and work calls itself by its number.
CALLGRIND = """positions: line
events: Ir
fl=(1) a.c
fn=(1) main
10 4
+1 6
cfi=(2) b.c
cfn=(2) work
calls=2 20
+1 300
fn=(2)
20 100
* 150
cfn=(2)
calls=1 20
-3 50
25 50
totals: 310
"""


def test_profile_counts_each_function_without_what_it_calls():
    assert callgrind._profile(CALLGRIND) == {"main": 10, "work": 300}


def document(ios, iops):
    return json.dumps({"jobs": [{"read": {"total_ios": ios, "iops": iops}}]})


GUEST = (f"@figures machine\ntsc\n@figures a.tare\n{document(9, 100)}\n"
         f"@figures a.tare\nfio: a word before\n{document(9, 102)}\n@figures end\n")


@pytest.fixture
def said(monkeypatch):
    """Lets the machine say what a test wants it to have said."""
    def set_text(text):
        monkeypatch.setattr(icount, "_archive", lambda wanted, ios: b"")
        monkeypatch.setattr(icount, "_boot", lambda folder, archive, repeat: text)
        monkeypatch.setattr(Path, "read_text", lambda path, **_: "its console")
        return lambda ios=9: icount.icount_iops([("tare", "a")], ios)
    return set_text


def test_rates_of_a_machine_are_read_with_their_spread(said):
    rate = said(GUEST)()["tare", "a"]
    assert (rate.iops, rate.mean, rate.clocksource) == ([100, 102], 101, "tsc")
    assert rate.spread_pct == pytest.approx(2 / 101 * 100)


@pytest.mark.parametrize("text, ios, words", [
    (GUEST.replace("@figures end\n", ""), 9, "came to no end"),
    (GUEST, 10, "9 I/Os, not 10"),
    (GUEST.replace(document(9, 102), "fio: no such engine"), 9, "no document"),
], ids=["cut", "other work", "no document"])
def test_machine_that_did_other_work_gives_no_figure(said, text, ios, words):
    with pytest.raises(programs.Failed, match=words):
        said(text)(ios)


def test_run_that_fails_gives_no_figure(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "FOLDER", tmp_path)
    monkeypatch.setattr(programs, "TARE", Path("/bin/false"))
    with pytest.raises(programs.Failed, match="status 1"):
        programs.run("tare", jobs.counted("null-single", 1), "x")


@pytest.mark.parametrize("read, state, words", [
    ({"total_ios": 0}, "done", "nothing was read"),
    ({"total_ios": 5}, "partial", "partial: it broke"),
])
def test_document_of_a_failed_run_is_none(tmp_path, read, state, words):
    out = tmp_path / "o.json"
    out.write_text(json.dumps({"jobs": [{"read": read}],
                               "tare": {"state": state, "reason": "it broke"}}))
    with pytest.raises(programs.Failed, match=words):
        programs.document("tare", out, ["x"], "")


@pytest.mark.parametrize("peaks, bytes_per_job", [
    ({8: 100 << 20, 16: 140 << 20}, 1 << 20),  # 5 MiB a job, 4 of them buffers
    ({8: 100 << 20, 16: 100 << 20}, None),
    ({8: 100 << 20, 16: 132 << 20}, None),
], ids=["grows", "does not grow", "buffers only"])
def test_memory_that_does_not_grow_by_more_than_buffers_is_no_figure(monkeypatch, peaks,
                                                                     bytes_per_job):
    monkeypatch.setattr(memory, "_most_bytes", lambda program, numjobs: peaks[numjobs])
    if bytes_per_job:
        assert memory.bytes_per_job("tare") == bytes_per_job
        return
    with pytest.raises(programs.Failed, match="8 jobs had"):
        memory.bytes_per_job("tare")


def test_scaling_goes_by_the_clock_only_where_two_processes_get_two_cpus():
    spread = rates.Spread([1.8, 2.0, 1.7])
    assert rates.Scaling(1.5, spread, 1.95, spread).fair == 1.5
    assert rates.Scaling(1.5, spread, 1.4, spread).fair == 1.8


def test_table_shows_goals_that_are_missed_with_what_stands_beside_them():
    text = table.render([table.Row("a", "1", "2", "<= 3", True),
                         table.Row("b", "4", "2", "<= 3", False, ["loop 3"]),
                         table.Row("c", "5")], ["facts"])
    assert [line.split() for line in text.splitlines()] == [
        ["facts"], [], ["figure", "tare", "peer", "goal", "met"],
        ["------", "----", "----", "----", "-------"],
        ["a", "1", "2", "<=", "3", "met"], ["b", "4", "2", "<=", "3", "NOT", "MET"],
        ["loop", "3"], ["c", "5", "-", "-"], [],
        ["1", "goals", "met,", "1", "not", "met"]]


def test_a_start_is_taken_apart_by_what_the_kernel_logged():
    log = [(20_000, "Kernel command line: quiet"), (50_000, "Calibrating delay loop (skipped)"),
           (60_000, "initcall a_init+0x0/0x20 returned 0 after 900 usecs"),
           (90_000, "initcall b_init+0x0/0x20 returned -19 after 29500 usecs"),
           (95_000, "Run /init as init process")]
    got = starts.parts(starts.stopwatch.Start(96_000_000, log))
    assert list(got.phases.values()) == [20_000, 30_000, 40_000, 5_000]
    assert got.calls == [(29_500, "b_init"), (900, "a_init")]
    assert starts.calls_text(got.calls) == "b_init 29.5"
