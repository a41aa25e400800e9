# SPDX-License-Identifier: MIT
"""These tests will check, on boots that `make oracle` made and keep.py kept, that `tare compare` names what was
done to a disk first where it stands beside the control, and names nothing between two controls."""

import gzip
import json
import subprocess
from functools import cache

import pytest

import causes
import keep
import machine
import verdict

if not keep.FIXTURES.exists():
    pytest.skip("no stored boots: `make oracle`, then tests/oracle/keep.py", allow_module_level=True)

LEAST_SHARE = 0.90
STORED = {name: sorted(keep.FIXTURES.glob(f"{name}.*.json.gz")) for name in causes.load()}
CONTROLS = STORED[verdict.CONTROL]
TO_NAME = [name for name, cause in causes.load().items() if cause.expected.finds]


@cache
def unpacked(packed, folder):
    path = folder / packed.name.removesuffix(".gz")
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """What the comparison of two stored boots names, first things first."""
    folder = tmp_path_factory.mktemp("pairs")

    def compare(a, b):
        words = [machine.BUILD / "tare", "compare", "--format", "json",
                 f"a={unpacked(a, folder)}", f"b={unpacked(b, folder)}"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return [row["rule"] for row in json.loads(done.stdout)["findings"]]
    return compare


def test_every_cause_is_stored():
    assert len(CONTROLS) >= 4
    assert all(STORED[name] for name in TO_NAME), [name for name in TO_NAME if not STORED[name]]


def test_what_was_done_is_named_first(named):
    said = [(packed.name, named(CONTROLS[i % len(CONTROLS)], packed), causes.load()[name].expected.finds)
            for name in TO_NAME for i, packed in enumerate(STORED[name])]
    wrong = [(file, rules, finds) for file, rules, finds in said if not rules or rules[0] not in finds]
    print(f"{len(said) - len(wrong)} of {len(said)} named first; not: {wrong}")
    assert len(said) - len(wrong) >= LEAST_SHARE * len(said), wrong


@pytest.mark.parametrize("i", range(0, len(CONTROLS) - 1, 2))
def test_nothing_is_found_between_two_controls(named, i):
    rules = named(CONTROLS[i], CONTROLS[i + 1])
    assert not set(rules) & set(verdict.FINDINGS), rules
