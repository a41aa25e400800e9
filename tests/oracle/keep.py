#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts the boots that `make oracle` has stored into tests/fixtures/oracle/, small: what `tare compare` says of a
cause beside its control can then be tested without booting anything.

    keep.py [N]   at most N boots of a cause, and twice as many of the control (3)

Left out are the bins of distributions and the series over time, which no comparison reads."""

import gzip
import json
import sys

import causes
import oracle
import verdict
from machine import TOP

FIXTURES = TOP / "tests" / "fixtures" / "oracle"
LEFT_OUT = ("bins", "series")


def slim(value):
    if isinstance(value, dict):
        return {key: slim(inner) for key, inner in value.items() if key not in LEFT_OUT}
    return [slim(inner) for inner in value] if isinstance(value, list) else value


def pack(document):
    """The same bytes for the same document, whenever it is packed."""
    return gzip.compress(json.dumps(slim(document), separators=(",", ":")).encode(), mtime=0)


def main(most):
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for stale in FIXTURES.glob("*.json.gz"):
        stale.unlink()
    total = 0
    for cause in causes.load().values():
        many = 2 * most if cause.name == verdict.CONTROL else most
        good = [n for n in range(1, cause.boots + 1)
                if (notes := oracle.stored(cause, n)) and not notes["problem"]]
        for n in good[:many]:
            data = pack(json.loads((oracle.folder_of(cause, n) / "result.json").read_text()))
            (FIXTURES / f"{cause.name}.{n}.json.gz").write_bytes(data)
            total += len(data)
        print(f"{cause.name}: {len(good[:many])}")
    print(f"{total} bytes")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
