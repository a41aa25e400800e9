# SPDX-License-Identifier: MIT
"""Where the modules of this folder and of tests/vm are found, and the count at the end."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "vm")]


def pytest_terminal_summary(terminalreporter):
    """The last line, in the form that all of tare's test scripts end with."""
    count = {kind: len(terminalreporter.stats.get(kind, [])) for kind in
             ("passed", "failed", "error", "skipped")}
    terminalreporter.write_line(
        f"tests/oracle: {count['passed']} passed, {count['failed'] + count['error']} failed, "
        f"{count['skipped']} skipped")
