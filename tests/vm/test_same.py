# SPDX-License-Identifier: MIT
"""Twenty boots of one machine, shared out between two labels by chance, again and again: they are one
environment, whatever else this computer did meanwhile, and must not be called two."""

import json
import random
import subprocess

import pytest

import boot
import machine

BOOTS = 20
SPLITS = 200
DIFFERENT = ("faster", "probably faster")
AT_MOST = 0.01  # of all verdicts

pytestmark = pytest.mark.group("long")


@pytest.fixture(scope="module")
def results(machines):
    """A file of each boot."""
    folder = machine.BUILD / "vm" / "same-again"
    files = []
    for nth in range(BOOTS):
        run = boot.boot_once(machines["same-again"], folder)
        assert run.ending == "ended", run.tail()
        [document] = run.documents()
        assert document["tare"]["state"] == "done", document["tare"]["reason"]
        files.append(machine.BUILD / "vm" / f"same-again-{nth}.json")
        files[-1].write_text(json.dumps(document))
    return files


def verdicts(words):
    """What is said of each workload."""
    done = subprocess.run([machine.BUILD / "tare", "compare", "--format", "json", *words], check=True,
                          capture_output=True, text=True)
    return [pair["verdict"] for group in json.loads(done.stdout)["workloads"] for pair in group["pairs"]]


def share(said):
    return sum(verdict in DIFFERENT for verdict in said) / len(said)


def test_boots_of_one_machine_are_not_called_different(results):
    draw = random.Random(1)
    said = []
    for _ in range(SPLITS):
        order = draw.sample(results, BOOTS)
        each = verdicts([f"a={file}" for file in order[::2]] + [f"b={file}" for file in order[1::2]])
        assert len(each) == 2
        said += each
    print(f"{len(said)} verdicts on labels of {BOOTS // 2} boots: {share(said):.2%} different")
    assert set(said) - set(DIFFERENT), "nothing was ever the same: too few boots, or not ranked"
    assert "not ranked" not in said and "too few rounds to say" not in said
    assert share(said) <= AT_MOST


def test_what_is_said_of_single_boots_is_said_of_those_boots(results):
    """Two boots may differ, by what else their computer did: that is true of them, and called so."""
    text = subprocess.run([machine.BUILD / "tare", "compare", f"a={results[0]}", f"b={results[1]}"],
                          check=True, capture_output=True, text=True).stdout
    assert "these two boots" in text
    said = [verdict for nth in range(1, BOOTS)
            for verdict in verdicts([f"a={results[nth - 1]}", f"b={results[nth]}"])]
    print(f"{len(said)} verdicts on single boots, one after the other: {share(said):.2%} different")
