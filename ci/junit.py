#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Prints `PASSED FAILED SKIPPED` of a pytest run from its JUnit XML; a run without tests fails.

junit.py XML FAILURES   FAILURES: a file to write a line to for each test that failed: its name and why
"""
import sys
import xml.etree.ElementTree

MOST_CHARS = 300

suite = xml.etree.ElementTree.parse(sys.argv[1]).getroot().find("testsuite")
total, bad, skipped = (
    int(suite.get("tests")),
    int(suite.get("failures")) + int(suite.get("errors")),
    int(suite.get("skipped")),
)
with open(sys.argv[2], "w", encoding="utf-8") as failures:
    for case in suite.iter("testcase"):
        for kind in ("failure", "error"):
            for found in case.findall(kind):
                why = " ".join((found.get("message") or "").split())
                print(f"{case.get('classname')}.{case.get('name')}: {why}"[:MOST_CHARS], file=failures)
if total == 0:
    bad = 1
print(max(total - bad - skipped, 0), bad, skipped)
