# SPDX-License-Identifier: MIT
"""What the golden tests share: the program, its schema, finished results."""
import json
import os
import pathlib
import subprocess
import tempfile

import pytest

from golden_places import BUILD, RESULTS


def pytest_addoption(parser):
    parser.addoption("--bless", action="store_true",
                     help="write what the program says now into the golden files")


@pytest.fixture(scope="session")
def tare():
    """Runs the program; returns the finished process with its text."""
    program = BUILD / "tare"
    if not program.exists():
        pytest.exit(f"tare: tests/golden: {program} is not built: run `make`", 2)

    def call(*words, **options):
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        return subprocess.run([str(program), *map(str, words)], capture_output=True, text=True,
                              env=env, timeout=120, check=False, stdin=subprocess.DEVNULL,
                              **options)
    return call


@pytest.fixture(scope="session")
def disk_path():
    """A folder on the disk that holds the build: temporary ones may be in memory, without O_DIRECT."""
    with tempfile.TemporaryDirectory(prefix="golden-", dir=BUILD) as folder:
        yield pathlib.Path(folder)


@pytest.fixture(scope="session")
def fresh(tare, disk_path):
    """The documents of runs just made, by name: each as text."""
    folder = disk_path / "fresh"
    folder.mkdir()
    job = folder / "mixed.fio"
    job.write_text("[global]\nruntime=200ms\ntime_based\n"
                   "[read]\nrw=randread\niodepth=8\npercentile_list=50:99:99.9\n"
                   "[mixed]\nstonewall\nrw=randrw\nrwmixread=70\nnumjobs=2\nioengine=psync\n"
                   "[none]\nstonewall\nioengine=null\n"
                   "[odd]\nstonewall\nbs=513\n")
    runs = {
        "smoke": ["--suite", "smoke", "--target", folder / "smoke.img"],
        "jobs": [job, "--target", folder / "jobs.img", "--span", "8m", "--rounds", "3",
                 "--label", "a label: äöü \"quoted\""],
        "no-disk": ["--suite", "quick", "--target", "no-such-serial"],
        "read-only": [job, "--target", folder / "jobs.img"],
    }
    texts = {}
    for name, words in runs.items():
        out = folder / f"{name}.json"
        done = tare("run", *words, "--seed", "7", "--out", out)
        assert done.returncode == (1 if name == "no-disk" else 0), (name, done.stderr)
        texts[name] = out.read_text()
    return texts


def fixture_texts():
    return {path.name: path.read_text() for path in sorted(RESULTS.glob("v*-*.json"))}


@pytest.fixture(scope="session")
def documents(fresh):
    """Every document there is, fresh and of old releases, parsed."""
    return {name: json.loads(text) for name, text in {**fresh, **fixture_texts()}.items()}
