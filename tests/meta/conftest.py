# SPDX-License-Identifier: MIT
"""What the tests of the build's own scripts share: where things are and how a script is called."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))

import groups


def pytest_addoption(parser):
    groups.add_option(parser)


def pytest_configure(config):
    groups.add_marker(config)


def pytest_collection_modifyitems(config, items):
    groups.deselect_others(config, items)


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
