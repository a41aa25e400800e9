# SPDX-License-Identifier: MIT
"""From what the detectors said in each boot to what holds of them: a table of causes x detectors, and every
reason why it is not as it must be. Pure."""

import math
from dataclasses import dataclass, field

# In the order of the program's own table.
DETECTORS = {
    "unwritten": "finding", "allocation": "finding", "cache": "finding", "flush": "finding",
    "compress": "finding", "throttle": "finding", "queue": "finding", "punt": "finding",
    "submitter": "limit", "host-thread": "limit", "clock": "limit", "wake": "limit",
    "contention": "limit", "steady": "limit",
}
FINDINGS = [name for name, kind in DETECTORS.items() if kind == "finding"]
CONTROL = "control"
CLEAN_SHARE = 0.95  # of the control's boots are without a finding, at least: 19 of 20


@dataclass(frozen=True)
class Expected:
    """Of a cause, what must, may and must not be found."""

    name: str
    finds: tuple = ()
    may_find: tuple = ()
    clears: tuple = ()
    says: dict = field(default_factory=dict)  # of a detector that must be found: words of its evidence


@dataclass
class Judged:
    """A cause over its boots."""

    name: str
    boots: int
    found: dict  # of each detector: in how many boots
    clean: int  # boots without any finding
    reasons: list = field(default_factory=list)  # why it did not pass; empty: it did


def problem_of(detectors):
    """Why a boot's detectors cannot be judged, or "". `detectors`: tare.detectors[] of its result."""
    names = [row["name"] for row in detectors]
    if sorted(names) != sorted(DETECTORS):
        missing = [name for name in DETECTORS if name not in names]
        return f"detectors {', '.join(names) or 'none'}; missing {', '.join(missing) or 'none'}"
    wrong = [row["name"] for row in detectors if row["kind"] != DETECTORS[row["name"]]]
    return f"of another kind than they are: {', '.join(wrong)}" if wrong else ""


def found_in(detectors):
    return {row["name"] for row in detectors if row["verdict"] == "found"}


def _judge_control(judged):
    least = math.ceil(CLEAN_SHARE * judged.boots)
    if judged.clean < least:
        judged.reasons.append(f"{judged.clean} of {judged.boots} boots without a finding; {least} at least")


def _judge_cause(expected, judged, good):
    for name in expected.finds:
        if judged.found[name] < judged.boots:
            judged.reasons.append(f"{name} found in {judged.found[name]} of {judged.boots} boots")
    for name, words in expected.says.items():
        without = sum(words not in row["evidence"] for boot in good for row in boot
                      if row["name"] == name and row["verdict"] == "found")
        if without:
            judged.reasons.append(f'{name} does not say "{words}" in {without} of {judged.boots} boots')
    for name in expected.clears:
        if judged.found[name]:
            judged.reasons.append(f"{name} found in {judged.found[name]} boots, where it cannot be")
    for name in set(FINDINGS) - set(expected.finds) - set(expected.may_find):
        # Once is what the control is allowed, too.
        if 2 * judged.found[name] > judged.boots:
            judged.reasons.append(f"{name} found in {judged.found[name]} of {judged.boots} boots, "
                                  "where there is none")


def judge(expected, boots, wanted=0):
    """`boots`: of each boot its detectors, or a text that says why it has none; `wanted`: how many there
    must be."""
    good = [boot for boot in boots if not isinstance(boot, str) and not problem_of(boot)]
    found = [found_in(boot) for boot in good]
    judged = Judged(expected.name, len(boots),
                    {name: sum(name in row for row in found) for name in DETECTORS},
                    sum(not row & set(FINDINGS) for row in found))
    for i, boot in enumerate(boots, 1):
        problem = boot if isinstance(boot, str) else problem_of(boot)
        if problem:
            judged.reasons.append(f"boot {i}: {problem}")
    if boots and len(boots) < wanted:
        judged.reasons.append(f"{len(boots)} of {wanted} boots made")
    if not boots:
        judged.reasons.append("not booted")
    elif expected.name == CONTROL:
        _judge_control(judged)
    else:
        _judge_cause(expected, judged, good)
    return judged


def _cell(expected, judged, name):
    """How often it was found; "*" where it had to be, "!" where it must not, "." where never."""
    n = judged.found[name]
    wanted = name in expected.finds
    wrong = name in expected.clears or (DETECTORS[name] == "finding" and name not in expected.may_find)
    if not n and not wanted:
        return "."
    return f"{n}/{judged.boots}" + ("*" if wanted else "!" if wrong else "")


def table(rows):
    """`rows`: (Expected, Judged) of each cause. For a terminal of 132 columns."""
    cells = [["cause", *DETECTORS, ""]]
    for expected, judged in rows:
        cells.append([judged.name, *(_cell(expected, judged, name) for name in DETECTORS),
                      "FAILED" if judged.reasons else "ok"])
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells]
    lines.append("* had to be found   ! nothing there to find   . never found")
    for _, judged in rows:
        lines += [f"{judged.name}: {reason}" for reason in judged.reasons]
    return "\n".join(lines)
