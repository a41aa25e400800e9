# SPDX-License-Identifier: MIT
"""These tests will check that a boot counts only where it was of this image and of this cause, and that boots are
spread over the time that all of them take."""

import json
from dataclasses import replace

import pytest

import causes
import hosting
import keep
import oracle
import verdict

KNOWN = causes.load()
CONTROL = KNOWN[verdict.CONTROL]


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store of boots that nothing was booted for."""
    monkeypatch.setattr(oracle, "FOLDER", tmp_path)
    monkeypatch.setattr(oracle, "build_id", lambda: "one")

    def put(cause, n, problem="", found=(), **notes):
        folder = oracle.folder_of(cause, n)
        folder.mkdir(parents=True)
        rows = [{"name": name, "kind": kind, "verdict": "found" if name in found else "clear",
                 "evidence": cause.expected.says.get(name, "")}
                for name, kind in verdict.DETECTORS.items()]
        (folder / "result.json").write_text(json.dumps({"tare": {"detectors": rows}}))
        (folder / "boot.json").write_text(json.dumps(
            {"build_id": "one", "cause_sha256": cause.sha256, "problem": problem} | notes))
    return put


def test_boot_of_this_image_and_cause_is_not_made_again(store, monkeypatch):
    store(CONTROL, 1)
    monkeypatch.setattr(oracle, "boot", lambda *_: pytest.fail("booted"))
    assert oracle.ensure(CONTROL, 1)["problem"] == ""
    [(_, judged)] = oracle.judged([CONTROL], 1)
    assert judged.clean == 1 and not judged.reasons


@pytest.mark.parametrize("notes", [{"build_id": "two"}, {"cause_sha256": "another"},
                                   {"problem": "ended late after 240 s"}])
def test_boot_of_another_image_or_cause_or_without_a_result_is_made_again(store, monkeypatch, notes):
    booted = []
    store(CONTROL, 1, **notes)
    monkeypatch.setattr(oracle, "boot", lambda cause, n: booted.append(n) or {"problem": "not booted"})
    oracle.ensure(CONTROL, 1)
    assert booted == [1]


def test_boot_that_failed_fails_its_cause(store):
    store(CONTROL, 1, problem="ended late after 240 s")
    [(_, judged)] = oracle.judged([CONTROL], 1)
    assert "boot 1: ended late after 240 s" in judged.reasons


def test_cause_with_too_few_boots_says_so(store):
    cause = KNOWN["qcow2-64k"]
    store(cause, 1, found=cause.expected.finds)
    [(_, judged)] = oracle.judged([cause])
    assert judged.reasons == ["1 of 3 boots made"]


def test_what_makes_a_cause_another_one_changes_its_sum():
    sums = [cause.sha256 for cause in KNOWN.values()]
    assert len(set(sums)) == len(sums)


def test_boots_are_spread_over_the_whole():
    made = oracle.plan(list(KNOWN.values()))
    assert len(made) == len(set((cause.name, n) for cause, n in made)) == sum(c.boots for c in KNOWN.values())
    third = len(made) // 3
    for part in (made[:third], made[third:2 * third], made[2 * third:]):
        assert 6 <= sum(cause is CONTROL for cause, _ in part) <= 8
        assert len({cause.name for cause, _ in part}) >= len(KNOWN) - 1


def test_few_boots_of_each_can_be_asked_for():
    assert len(oracle.plan([CONTROL, replace(CONTROL, boots=3)], 2)) == 4


def test_kept_document_has_neither_bins_nor_series():
    slim = keep.slim({"jobs": [{"bins": {"1": 2}, "iops": 3}], "tare": {"workloads": [{"series": [], "name": "a"}]}})
    assert slim == {"jobs": [{"iops": 3}], "tare": {"workloads": [{"name": "a"}]}}
    assert keep.pack(slim) == keep.pack(slim)


def test_page_cache_is_filled_and_emptied(tmp_path):
    image = tmp_path / "image"
    image.write_bytes(bytes(1 << 20))
    for do in (hosting.warm, hosting.drop, hosting.warm):
        do(image)
    assert image.read_bytes() == bytes(1 << 20)
