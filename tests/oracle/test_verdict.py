# SPDX-License-Identifier: MIT
"""These tests will check that a detector which misses a cause, or sees one that is not there, fails the oracle."""

import pytest

import causes
import machine
import verdict
from verdict import DETECTORS, Expected, judge


def said(*found, drop=(), kinds=None):
    """What the detectors say of a boot in which these were found."""
    return [{"name": name, "kind": (kinds or DETECTORS)[name],
             "verdict": "found" if name in found else "clear"} for name in DETECTORS if name not in drop]


CLEAN = said()
CONTROL = Expected("control")
QCOW2 = Expected("qcow2", finds=("allocation", "unwritten"), may_find=("cache",))
POLL = Expected("poll", clears=("wake",))


# --- the control

@pytest.mark.parametrize("boots, unclean, passes", [
    (20, 0, True), (20, 1, True), (20, 2, False),
    (19, 1, False), (2, 0, True), (2, 1, False), (1, 1, False),
])
def test_control_is_without_a_finding_in_nineteen_of_twenty_boots(boots, unclean, passes):
    got = judge(CONTROL, [said("compress")] * unclean + [CLEAN] * (boots - unclean))
    assert got.clean == boots - unclean
    assert bool(got.reasons) != passes


def test_limits_of_a_control_are_no_findings():
    limits = [name for name, kind in DETECTORS.items() if kind == "limit"]
    assert not judge(CONTROL, [said(*limits)] * 20).reasons


@pytest.mark.parametrize("word", ["clear", "undecided", "skipped"])
def test_only_found_is_a_finding(word):
    boot = [dict(row, verdict=word) for row in said()]
    assert judge(CONTROL, [boot] * 20).clean == 20
    assert judge(QCOW2, [boot] * 3).reasons


# --- a cause

def test_cause_passes_where_all_that_is_there_is_found_in_every_boot():
    got = judge(QCOW2, [said("allocation", "unwritten", "wake")] * 3)
    assert not got.reasons
    assert (got.found["allocation"], got.found["wake"], got.found["cache"]) == (3, 3, 0)


@pytest.mark.parametrize("evidence, passes", [("it holds 64 MiB and not 128 MiB", True), ("no size shows up", False)])
def test_cause_passes_where_what_is_found_says_what_it_must(evidence, passes):
    cause = Expected("disk", finds=("cache",), says={"cache": "holds 64 MiB and not 128"})
    boot = [dict(row, evidence=evidence) for row in said("cache")]
    assert judge(cause, [boot] * 3).reasons == \
        ([] if passes else ['cache does not say "holds 64 MiB and not 128" in 3 of 3 boots'])


def test_cause_fails_where_one_boot_misses_what_is_there():
    whole = said("allocation", "unwritten")
    got = judge(QCOW2, [whole, said("unwritten"), whole])
    assert got.reasons == ["allocation found in 2 of 3 boots"]


def test_what_may_be_found_need_not_be():
    whole = said("allocation", "unwritten")
    assert not judge(QCOW2, [whole, said("allocation", "unwritten", "cache"), whole]).reasons


@pytest.mark.parametrize("times, passes", [(0, True), (1, True), (2, False), (3, False)])
def test_finding_that_is_not_there_fails_where_most_boots_have_it(times, passes):
    boots = [said("allocation", "unwritten", "throttle")] * times
    got = judge(QCOW2, boots + [said("allocation", "unwritten")] * (3 - times))
    assert bool(got.reasons) != passes


def test_what_cannot_be_fails_once_it_is_found():
    assert not judge(POLL, [CLEAN] * 3).reasons
    assert judge(POLL, [CLEAN, said("wake"), CLEAN]).reasons == ["wake found in 1 boots, where it cannot be"]


# --- boots that say nothing

@pytest.mark.parametrize("boot", [
    "ended late after 120 s", [], said(drop=("punt",)), said() + said()[:1],
    said(kinds=dict(DETECTORS, wake="finding")),
])
@pytest.mark.parametrize("expected", [CONTROL, Expected("nothing")])
def test_boot_without_a_word_of_every_detector_fails(expected, boot):
    got = judge(expected, [CLEAN, boot, CLEAN])
    assert got.reasons and got.reasons[0].startswith("boot 2: ")


@pytest.mark.parametrize("expected", [CONTROL, QCOW2, POLL])
def test_cause_that_was_not_booted_fails(expected):
    assert judge(expected, []).reasons == ["not booted"]


# --- the table

def test_table_shows_what_was_found_what_had_to_be_and_what_is_not_there():
    rows = [(CONTROL, judge(CONTROL, [CLEAN] * 2)),
            (QCOW2, judge(QCOW2, [said("unwritten", "throttle")] * 3))]
    lines = verdict.table(rows).splitlines()
    cells = dict(zip(lines[0].split()[1:], lines[2].split()[1:]))
    assert cells["unwritten"] == "3/3*" and cells["allocation"] == "0/3*"
    assert cells["throttle"] == "3/3!" and cells["cache"] == "."
    assert lines[1].endswith("ok") and lines[2].endswith("FAILED")
    assert "qcow2: allocation found in 0 of 3 boots" in lines


# --- the causes themselves

def test_every_finding_has_a_cause_that_must_show_it():
    known = causes.load().values()
    shown = {name for cause in known for name in cause.expected.finds}
    assert set(verdict.FINDINGS) <= shown
    assert known and next(iter(known)).name == verdict.CONTROL


def test_what_make_test_boots_is_five_causes_and_the_control():
    assert [cause.name for cause in causes.load().values() if cause.part][0] == verdict.CONTROL
    assert sum(cause.part for cause in causes.load().values()) == 6


def test_page_shows_the_causes_as_they_are():
    text = (machine.TOP / "docs" / "measuring.md").read_text()
    assert causes.page() in text, "python3 -c 'import causes; print(causes.page())' in tests/oracle"


@pytest.mark.parametrize("key, value", [
    ("finds", "alocation"), ("host", "cold"), ("boots", "0"), ("part", "maybe"), ("does", ""),
    ("may_find", "unwritten"), ("disk", "virtio-blk 1G"), ("nonsense", "1"),
])
def test_mistake_in_a_cause_is_told(tmp_path, key, value):
    text = (causes.HERE / "causes.ini").read_text()
    begin = text.index("[qcow2-64k]")
    end = text.index("[qcow2-1m]")
    lines = [line for line in text[begin:end].splitlines() if line.split("=")[0].strip() != key]
    path = tmp_path / "causes.ini"
    path.write_text(text[:begin] + "\n".join(lines + [f"{key} = {value}"]) + "\n\n" + text[end:])
    with pytest.raises(machine.BadMachine, match=r"causes.ini: \[qcow2-64k\]"):
        causes.load(path)
