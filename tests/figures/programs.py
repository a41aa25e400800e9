# SPDX-License-Identifier: MIT
"""Runs tare and its peers on a file, on the same job, and says what they measured and used."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "vm"))

from machine import BUILD  # noqa: E402

FOLDER = BUILD / "figures"
TARGET_BYTES = 16 << 20
TARE = BUILD / "tare.debug"  # the program as it is linked, with its symbols
PROGRAMS = ("tare", "fio")


class Failed(Exception):
    """Says which command failed, and its own words."""


@dataclass
class Outcome:
    document: dict  # fio's JSON, or tare's, which is the same
    cpu_s: float  # of the program and all its children, from start to end

    @property
    def read(self):
        return self.document["jobs"][0]["read"]


def target():
    """A file of data on the disk that the build folder is on."""
    path = FOLDER / "target"
    if not path.exists() or path.stat().st_size != TARGET_BYTES:
        path.write_bytes(os.urandom(TARGET_BYTES))
    return path


def command(program, job, name, span_bytes=TARGET_BYTES):
    """The command that runs `job`, and where it will put its document."""
    file, out = FOLDER / f"{name}.fio", FOLDER / f"{name}.{program}.json"
    FOLDER.mkdir(parents=True, exist_ok=True)
    file.write_text(job)
    out.unlink(missing_ok=True)
    if program == "fio":
        words = ["fio", "--output-format=json", f"--output={out}", "--eta=never",
                 f"--filename={target()}", f"--size={span_bytes}", str(file)]
    else:
        words = [str(TARE), "run", str(file), f"--target={target()}", "--write=yes",
                 f"--span={span_bytes}", "--seed=1", f"--out={out}"]
    return words, out


def document(program, out, words, said):
    """Reads what a program left; a document of a run that failed is none."""
    try:
        parsed = json.loads(out.read_text()[out.read_text().index("{"):])
    except (OSError, ValueError) as problem:
        raise Failed(f"{' '.join(words)}: no document: {problem}\n{said}") from None
    if program == "tare" and parsed["tare"]["state"] != "done":
        raise Failed(f"{' '.join(words)}: {parsed['tare']['state']}: {parsed['tare']['reason']}")
    if not parsed["jobs"][0]["read"]["total_ios"] or parsed["jobs"][0].get("error"):
        raise Failed(f"{' '.join(words)}: nothing was read\n{said}")
    return parsed


def run(program, job, name, before=()):
    """Runs a job to its end. `before`: words in front of the command."""
    words, out = command(program, job, name)
    words = [*before, *words]
    with open(FOLDER / f"{name}.{program}.log", "w+") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        said = log.read()
    if process.returncode:
        raise Failed(f"{' '.join(words)}: status {process.returncode}\n{said}")
    return Outcome(document(program, out, words, said), usage.ru_utime + usage.ru_stime)


def version(program):
    words = [str(TARE), "version"] if program == "tare" else ["fio", "--version"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("\n")[0]
