# SPDX-License-Identifier: MIT
"""Boots each machine once for all tests that look at it, several at a time, and counts at the end."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import boot
import machine

NEEDED = ("tare", "vmlinuz", "initramfs", "tare.iso", "tare-results.img")


def pytest_addoption(parser):
    parser.addoption("--group", default="test", help="machines of which groups, with commas")


def pytest_configure(config):
    config.addinivalue_line("markers", "machine(name): looks at one boot of this machine")
    config.addinivalue_line("markers", "group(name): runs where this group was chosen")


def pytest_collection_modifyitems(config, items):
    """What boots machines by itself says by a mark that it belongs to another group than "test"."""
    groups = set(config.getoption("group").split(","))
    marks = {item: item.get_closest_marker("group") for item in items}
    out = [item for item, mark in marks.items() if mark and mark.args[0] not in groups]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in out]


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
    groups = set(metafunc.config.getoption("group").split(","))
    names = [m.name for m in machine.load().values()
             if groups & set(m.groups) and metafunc.function.concerns(m)]
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
