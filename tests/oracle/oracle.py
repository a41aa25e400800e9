#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`make oracle`: QEMU makes each cause of causes.ini on purpose, the suite `detect` is booted on it, and what
it finds is held against what is there. Prints a table of causes x detectors; exits 1 where a row failed.

    oracle.py [NAME...]   these causes only; also by ORACLE="NAME..."
    BOOTS=N               so many boots of each, instead of what causes.ini says
    oracle.py --table     no boot: the table of what was booted before

A boot that is done is kept in build/oracle/NAME/N/ and not made again, unless the image or the cause is another
by now."""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import causes
import hosting
import verdict
from boot import QemuDied, boot_once
from machine import BUILD, BadMachine
from medium import Medium, NotPossible

FOLDER = BUILD / "oracle"


def build_id():
    return json.loads((BUILD / "manifest.json").read_text())["build_id"]


def folder_of(cause, n):
    return FOLDER / cause.name / str(n)


def stored(cause, n):
    """The notes on a boot that still holds, or None."""
    try:
        notes = json.loads((folder_of(cause, n) / "boot.json").read_text())
    except FileNotFoundError:
        return None
    return notes if (notes["build_id"], notes["cause_sha256"]) == (build_id(), cause.sha256) else None


def detectors(cause, n):
    """Of a stored boot: what the detectors said, or why they did not."""
    notes = stored(cause, n)
    if notes["problem"]:
        return notes["problem"]
    return json.loads((folder_of(cause, n) / "result.json").read_text())["tare"].get("detectors", [])


def _result(run):
    """(document, "") or (None, problem)."""
    if run.ending != run.machine.ending():
        return None, f"ended {run.ending} after {run.elapsed_s:.0f} s"
    try:
        document = run.document()
    except AssertionError as problem:
        return None, str(problem).splitlines()[0]
    state = document["tare"]["state"]
    return document, "" if state == "done" else f"{state}: {document['tare']['reason']}"


def _boot(cause, folder):
    """The Run, with the images on a medium of its own, which is new."""
    with Medium(FOLDER / "medium", cause.cache) as medium:
        host = hosting.HOST.get(cause.host, hosting.Host(before=hosting.drop))

        def ready(words):
            for disk in cause.machine.disks:
                host.before(medium.images / f"{disk.name}.img")
            medium.in_its_time()
            return words

        return boot_once(cause.machine, folder, disks=medium.images, rewrite=ready,
                         during=hosting.during(host))


def boot(cause, n):
    """Boots, and stores what came of it."""
    folder = folder_of(cause, n)
    shutil.rmtree(folder, ignore_errors=True)
    notes = {"cause": cause.name, "cause_sha256": cause.sha256, "build_id": build_id(),
             "load_before": os.getloadavg()[0]}
    try:
        run = _boot(cause, folder)
        document, notes["problem"] = _result(run)
        notes.update(ending=run.ending, elapsed_s=round(run.elapsed_s, 1))
    except QemuDied as died:
        document, notes["problem"] = None, f"QEMU: {died}"
    if document:
        (folder / "result.json").write_text(json.dumps(document) + "\n")
    (folder / "initramfs").unlink(missing_ok=True)
    (folder / "boot.json").write_text(json.dumps(notes, indent=1) + "\n")
    return notes


def boots_of(cause, boots=0):
    return boots or cause.boots


def ensure(cause, n, say=lambda text: None):
    """The notes on that boot, which is made where it has not been, or came to nothing."""
    notes = stored(cause, n)
    if not notes or notes["problem"]:
        notes = boot(cause, n)
        found = notes["problem"] or ", ".join(sorted(verdict.found_in(detectors(cause, n)))) or "nothing"
        say(f"{cause.name} {n}: {notes.get('elapsed_s', 0):.0f} s: {found}")
    return notes


def plan(chosen, boots=0):
    """Every (cause, n), the boots of each spread evenly over the whole: a computer that changes while this
    runs changes for all of them."""
    all_of = [(cause, n) for cause in chosen for n in range(1, boots_of(cause, boots) + 1)]
    return sorted(all_of, key=lambda pair: (pair[1] - 0.5) / boots_of(pair[0], boots))


def judged(chosen, boots=0):
    """(Expected, Judged) of each cause, from what is stored."""
    rows = []
    for cause in chosen:
        wanted = boots_of(cause, boots)
        done = [detectors(cause, n) for n in range(1, wanted + 1) if stored(cause, n)]
        rows.append((cause.expected, verdict.judge(cause.expected, done, wanted)))
    return rows


def main(arguments):
    known = causes.load()
    names = [word for word in arguments if word != "--table"] or os.environ.get("ORACLE", "").split()
    for name in names:
        if name not in known:
            raise BadMachine(f'"{name}": no such cause: one of {", ".join(known)}')
    chosen = [known[name] for name in names] if names else list(known.values())
    boots = int(os.environ.get("BOOTS", "0"))
    began = time.monotonic()
    todo = plan(chosen, boots) if "--table" not in arguments else []
    for i, (cause, n) in enumerate(todo, 1):
        ensure(cause, n, lambda text, i=i: print(f"[{i}/{len(todo)}] {text}", flush=True))
    rows = judged(chosen, boots)
    print(verdict.table(rows))
    if todo:
        took = [stored(cause, n).get("elapsed_s", 0) for cause, n in todo]
        print(f"{len(todo)} boots, the longest {max(took):.0f} s; {(time.monotonic() - began) / 60:.0f} minutes")
    return 1 if any(row.reasons for _, row in rows) else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # QEMU and the medium are taken away first
    try:
        sys.exit(main(sys.argv[1:]))
    except (BadMachine, NotPossible) as problem:
        sys.exit(f"tare: oracle.py: {problem}")
