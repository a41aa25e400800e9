# SPDX-License-Identifier: MIT
"""The reference in docs/ is generated: it must be what the program says now."""
import os
import re
import shutil
import subprocess

import pytest

from golden_places import TOP

PAGES = ("job-options.md", "boot-keys.md")


@pytest.mark.parametrize("page", PAGES)
def test_reference_is_current(page, tmp_path, tare):
    """This test will check that ci/gen-docs.sh would change nothing."""
    assert tare("version").returncode == 0
    subprocess.run([TOP / "ci" / "gen-docs.sh", tmp_path], check=True, timeout=60)
    now, committed = (tmp_path / page).read_text(), (TOP / "docs" / page).read_text()
    assert committed == now, f"docs/{page} is out of date: run ci/gen-docs.sh"


def test_reference_has_every_option_and_key(tare):
    """This test will check that no line of the help was lost on the way."""
    text = tare("run", "--help").stdout
    keys, options = text.split("\nsuites:")[0], text.split("options of job files")[1]
    for name in re.findall(r"^  --(\w+) ", keys.split("keys (")[1], re.M):
        assert f"| `tare.{name}` |" in (TOP / "docs" / "boot-keys.md").read_text()
    for name in re.findall(r"^  (\w+) ", options, re.M):
        assert f"| `{name}` |" in (TOP / "docs" / "job-options.md").read_text()


def test_help_in_another_form_is_told(tmp_path):
    """This test will check that a help the script cannot read fails it, instead of an empty page."""
    shutil.copytree(TOP / "ci", tmp_path / "ci")
    (tmp_path / "docs").mkdir()
    program = tmp_path / "build" / "tare"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'usage: something else'\n")
    program.chmod(0o755)
    env = {key: value for key, value in os.environ.items() if key != "B"}
    done = subprocess.run([tmp_path / "ci" / "gen-docs.sh"], capture_output=True, text=True,
                          check=False, timeout=60, env=env)
    assert done.returncode != 0
    assert "gen-docs.sh: option_rows: no rows" in done.stderr
