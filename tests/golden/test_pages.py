# SPDX-License-Identifier: MIT
"""What HTML pages hold, apart from scripts, styles and data, which a browser tests (tests/browser). A golden
file each, to be read as text; `--bless` or BLESS=1 writes them anew."""
import difflib
import os
import pathlib
import re

import pytest

HERE = pathlib.Path(__file__).resolve().parent
CASES = {
    "comparison": ["compare", "--format", "html", "compare/two-results/a.json", "compare/two-results/b.json"],
    "origin": ["compare", "--format", "html", "compare/origin/origin.csv"],
    "report": ["report", "--format", "html", "report/every-member/result.json"],
    "report-fio": ["report", "--format", "html", "report/fio-json/3.42.json"],
    "report-csv": ["report", "--format", "html", "report/csv/origin.csv"],
    "not-measured": ["report", "--format", "html", "report/not-measured/result.json"],
}


def body(page):
    """From <body> to the data."""
    return re.search(r"<body>\n(.*?)(?:<script|</body>)", page, re.S)[1]


@pytest.mark.parametrize("name", CASES)
def test_page_says_what_it_said(name, tare, request):
    """This test will check each page's sections, tables and text, to the byte."""
    done = tare(*CASES[name], cwd=HERE)
    assert (done.returncode, done.stderr) == (0, "")
    file, got = HERE / "pages" / f"{name}.html", body(done.stdout)
    if request.config.getoption("--bless") or os.environ.get("BLESS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(got)
    want = file.read_text()
    assert got == want, "\n".join(difflib.unified_diff(want.splitlines(), got.splitlines(), name, "now", lineterm=""))


@pytest.mark.parametrize("name", CASES)
def test_page_is_one_whole_document(name, tare):
    """This test will check the frame: nothing from elsewhere, elements closed in their order."""
    page = tare(*CASES[name], cwd=HERE).stdout
    assert page.startswith("<!DOCTYPE html>\n<html lang=\"en\">") and page.endswith("</body>\n</html>\n")
    assert len(page) < 1 << 20
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)|@import|url\(""", re.sub(r"<script>.*?</script>", "", page, flags=re.S))
    open_ = []
    for close, tag, rest in re.findall(r"<(/?)([a-z][a-z0-9]*)([^>]*)>", body(page)):
        if close:
            assert open_.pop() == tag
        elif tag != "br" and not rest.endswith("/"):
            open_.append(tag)
    assert open_ == []
