# SPDX-License-Identifier: MIT
"""Rows of figures, their goals, and the table of them. Measures nothing."""

from dataclasses import asdict, dataclass, field

HEAD = ("figure", "tare", "peer", "goal", "met")
MET = {True: "met", False: "NOT MET", None: ""}


@dataclass
class Row:
    figure: str
    tare: str
    peer: str = "-"  # fio's figure, unless a note names another
    goal: str = "-"
    met: bool = None  # None: no goal, or not measured
    notes: list = field(default_factory=list)  # spread, profile, what to know of this figure

    def cells(self):
        return (self.figure, self.tare, self.peer, self.goal, MET[self.met])


def thousands(number):
    return f"{number / 1000:,.1f}k"


def profile(functions):
    """Functions with their share, most first, in one line."""
    return ", ".join(f"{name} {count:,.0f}" for count, name in functions)


def render(rows, facts):
    """The table as text: columns as wide as their widest cell, notes below their row."""
    cells = [HEAD] + [row.cells() for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]

    def line(words):
        return "  ".join(word.ljust(width) for word, width in zip(words, widths)).rstrip()

    out = [*facts, "", line(HEAD), line("-" * width for width in widths)]
    for row in rows:
        out.append(line(row.cells()))
        out.extend(f"    {note}" for note in row.notes)
    missed = sum(row.met is False for row in rows)
    met = sum(row.met is True for row in rows)
    return "\n".join(out + ["", f"{met} goals met, {missed} not met"]) + "\n"


def as_json(rows, facts):
    return {"facts": facts, "rows": [asdict(row) for row in rows]}
