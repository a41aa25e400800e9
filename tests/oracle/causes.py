# SPDX-License-Identifier: MIT
"""Reads causes.ini strictly: of each cause the machine it is, and what must be found there."""

import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "vm"))

import hosting
import machine
from medium import CACHES, FIGURES
from verdict import DETECTORS, Expected

OWN = ("does", "finds", "may_find", "clears", "why", "says", "host", "cache", "boots", "part")


@dataclass(frozen=True)
class Cause:
    name: str
    does: str
    why: str
    expected: Expected
    host: str  # a row of hosting.HOST, or ""
    cache: str  # a row of medium.CACHES
    boots: int
    part: bool  # of `make test`
    machine: object
    sha256: str  # of all that makes it what it is: a boot of another cause says nothing of this one


def _names(section, key):
    names = tuple(section[key].split())
    for name in names:
        if name not in DETECTORS:
            raise machine.BadMachine(f'causes.ini: [{section.name}] {key}: "{name}": one of {", ".join(DETECTORS)}')
    return names


def _says(section):
    """{detector: words}, from lines "detector: words"."""
    says = {}
    for line in filter(None, section["says"].splitlines()):
        name, colon, words = line.partition(": ")
        if name not in section["finds"].split() or not colon:
            raise machine.BadMachine(f'causes.ini: [{section.name}] says: "{line}": a detector that finds, ": ", '
                                     "and words of its evidence")
        says[name] = words
    return says


def _cause(section, of):
    where = f"causes.ini: [{section.name}]"
    for key in ("does", "why"):
        if not section[key]:
            raise machine.BadMachine(f"{where} {key}: missing")
    if section["host"] not in ("", *hosting.HOST):
        raise machine.BadMachine(f'{where} host: "{section["host"]}": one of {", ".join(hosting.HOST)}')
    if section["cache"] not in CACHES:
        raise machine.BadMachine(f'{where} cache: "{section["cache"]}": one of {", ".join(filter(None, CACHES))}')
    if not re.fullmatch(r"[1-9]\d*", section["boots"]):
        raise machine.BadMachine(f'{where} boots: "{section["boots"]}": a number above 0')
    if section["part"] not in ("yes", "no"):
        raise machine.BadMachine(f'{where} part: "{section["part"]}": one of yes, no')
    expected = Expected(section.name, *(_names(section, key) for key in ("finds", "may_find", "clears")),
                        says=_says(section))
    if set(expected.finds) & (set(expected.may_find) | set(expected.clears)) or \
            set(expected.may_find) & set(expected.clears):
        raise machine.BadMachine(f"{where}: a detector stands in two of finds, may_find, clears")
    made = f"medium={FIGURES + CACHES[section['cache']]}\n" + "\n".join(f"{key}={section[key]}" for key in sorted(section)
                     if key not in (*OWN, "timeout") or key == "host")
    made += hosting.what_makes(section["host"])
    return Cause(section.name, section["does"], section["why"], expected, section["host"],
                 section["cache"], int(section["boots"]), section["part"] == "yes", of,
                 hashlib.sha256(made.encode()).hexdigest())


def load(path=HERE / "causes.ini"):
    """Every cause by name, in the file's order. Raises machine.BadMachine."""
    machines, parser = machine.load(path, OWN), machine.sections(path)
    return {name: _cause(parser[name], of) for name, of in machines.items()}


def page():
    """The table of docs/measuring.md."""
    lines = ["| cause | what is done | must be found | may be found | must not be found | why |",
             "| --- | --- | --- | --- | --- | --- |"]
    for cause in load().values():
        expected = cause.expected
        cells = [cause.name, cause.does, *(", ".join(names) or "–" for names in
                                           (expected.finds, expected.may_find, expected.clears)), cause.why]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
