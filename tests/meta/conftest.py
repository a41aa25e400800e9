# SPDX-License-Identifier: MIT
"""What the tests of the build's own scripts share: where things are and how a script is called."""
import json
import os
import pathlib
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]


def pytest_addoption(parser):
    parser.addoption("--group", default="test", help="tests of which groups, with commas")


def pytest_configure(config):
    config.addinivalue_line("markers", "group(name): runs where this group was chosen, not only \"test\"")


def pytest_collection_modifyitems(config, items):
    groups = set(config.getoption("group").split(","))
    marks = {item: item.get_closest_marker("group") for item in items}
    out = [item for item, mark in marks.items() if mark and mark.args[0] not in groups]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in out]


@pytest.fixture
def top():
    return TOP


@pytest.fixture
def build():
    """The build folder, for tests that look at finished artefacts."""
    folder = TOP / os.environ.get("B", "build")
    if not (folder / "tare.iso").exists():
        pytest.skip(f"{folder}/tare.iso is not built")
    manifest = json.loads((folder / "manifest.json").read_text())
    if manifest["build_id"] != (folder / "build-id").read_text().strip():
        pytest.fail(f"{folder} is out of date: make image")
    return folder


@pytest.fixture
def run():
    """Runs a command, returns the finished process with its text; never raises on failure."""
    def call(*command, **options):
        env = dict(os.environ, **options.pop("env", {}))
        env.pop("MAKEFLAGS", None)
        return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                              env=env, timeout=600, check=False, **options)
    return call
