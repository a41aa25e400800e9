# SPDX-License-Identifier: MIT
"""Boots each machine once for all tests that look at it, several at a time, and counts at the end."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

import boot
import groups
import machine

NEEDED = ("tare", "vmlinuz", "initramfs", "tare.iso", "tare-results.img")


def pytest_addoption(parser):
    groups.add_option(parser)


def pytest_configure(config):
    config.addinivalue_line("markers", "machine(name): looks at one boot of this machine")
    groups.add_marker(config)


def pytest_collection_modifyitems(config, items):
    """What boots machines by itself says by a mark that it belongs to another group than "test"."""
    groups.deselect_others(config, items)


class Farm:
    """Boots asked for beforehand, so that the next machine boots while a test looks at the last."""

    def __init__(self, names):
        self._machines = machine.load()
        self._pool = ThreadPoolExecutor(max_workers=2)
        self._runs = {name: self._pool.submit(boot.boot_once, self._machines[name],
                                              machine.BUILD / "vm" / name)
                      for name in dict.fromkeys(names)}

    def run(self, name):
        return self._runs[name].result()

    def close(self):
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def farm(request):
    missing = [name for name in NEEDED if not (machine.BUILD / name).exists()]
    if missing:
        pytest.exit(f"tare: tests/vm: not built: {', '.join(missing)}: run `make image`", 2)
    marks = [item.get_closest_marker("machine") for item in request.session.items]
    farm = Farm([mark.args[0] for mark in marks if mark])
    yield farm
    farm.close()


@pytest.fixture
def run(request, farm):
    """The finished boot of the machine that the test is marked with."""
    return farm.run(request.node.get_closest_marker("machine").args[0])


@pytest.fixture(scope="session")
def machines():
    return machine.load()


def pytest_generate_tests(metafunc):
    """A test that takes `every_run` looks at each machine of the chosen groups that ends by itself."""
    if "every_run" not in metafunc.fixturenames:
        return
    chosen = set(metafunc.config.getoption("group").split(","))
    names = [m.name for m in machine.load().values()
             if chosen & set(m.groups) and metafunc.function.concerns(m)]
    metafunc.parametrize("every_run", [
        pytest.param(name, marks=pytest.mark.machine(name)) for name in names], indirect=True)


@pytest.fixture
def every_run(request, farm):
    return farm.run(request.param)


def pytest_terminal_summary(terminalreporter):
    """The last line, in the form that all of tare's test scripts end with."""
    count = {kind: len(terminalreporter.stats.get(kind, [])) for kind in
             ("passed", "failed", "error", "skipped")}
    terminalreporter.write_line(
        f"tests/vm: {count['passed']} passed, {count['failed'] + count['error']} failed, "
        f"{count['skipped']} skipped")
