#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks that includes point one way: a folder of bench/ includes only folders below it.

check_includes.py [DIR]   the tree to check
"""
import pathlib
import re
import sys

# Lowest first. A folder may include itself and whatever stands before it; equals stand in one row.
LAYERS = [
    ["lib"],
    ["model", "net"],
    ["compare"],
    ["config", "store", "frame"],
    ["hw"],
    ["plan", "engine"],
    ["run"],
    ["probe", "result"],
    ["detect"],
    ["render", "collect"],
    ["import"],
    ["ui"],
    ["session"],
]
RANK = {folder: rank for rank, row in enumerate(LAYERS) for folder in row}
# Headers that only one file may know.
ONLY = {"cJSON.h": ["bench/lib/json.c", "bench/lib/json_parse.c"], "liburing.h": ["bench/engine/uring.c", "bench/probe/probe_syscall.c"]}
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]')


def problems(root):
    for path in sorted((root / "bench").rglob("*.[ch]")):
        name = path.relative_to(root).as_posix()
        folder = path.parent.name if path.parent.name != "bench" else None
        if folder is not None and folder not in RANK:
            yield f"{name}:1: folder {folder} has no layer in ci/check_includes.py"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            header = match.group(1)
            if header in ONLY and name not in ONLY[header]:
                yield f"{name}:{number}: {header} is for {', '.join(ONLY[header])} alone"
            target = header.split("/")[0]
            if target not in RANK or folder is None:
                continue
            if target != folder and RANK[target] >= RANK[folder]:
                yield f"{name}:{number}: {folder} must not include {header}: it is above it"


def main():
    found = list(problems(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
    print("\n".join(found))
    return 1 if found else 0


sys.exit(main())
