# SPDX-License-Identifier: MIT
"""Tests in groups, for the conftest.py of each folder whose tests have them: "test" runs with `make test`,
"long" with `make test-long`."""


def add_option(parser):
    parser.addoption("--group", default="test", help="which groups, with commas")


def add_marker(config):
    config.addinivalue_line("markers", "group(name): runs where this group was chosen, not only \"test\"")


def deselect_others(config, items):
    """What is marked as of another group than those chosen is not run."""
    groups = set(config.getoption("group").split(","))
    marks = {item: item.get_closest_marker("group") for item in items}
    out = [item for item, mark in marks.items() if mark and mark.args[0] not in groups]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in out]
