# SPDX-License-Identifier: MIT
"""These tests will check, on a few of the oracle's causes, that the detectors find what QEMU was made to do, and
nothing where it does nothing. `make oracle` does all of them, many times."""

import pytest

import causes
import oracle
import verdict
from medium import NotPossible

PART = [cause for cause in causes.load().values() if cause.part]
CONTROLS = 2


@pytest.mark.parametrize("name", [cause.name for cause in PART])
def test_what_is_there_is_found_and_nothing_else(name):
    cause = causes.load()[name]
    boots = CONTROLS if name == verdict.CONTROL else 1
    try:
        for n in range(1, boots + 1):
            oracle.ensure(cause, n, print)
    except NotPossible as reason:
        pytest.skip(str(reason))
    [(expected, judged)] = oracle.judged([cause], boots)
    print(verdict.table([(expected, judged)]))
    assert not judged.reasons
