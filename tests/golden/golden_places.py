# SPDX-License-Identifier: MIT
"""Where the golden tests find things."""
import os
import pathlib

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / os.environ.get("B", "build")
FIXTURES = TOP / "tests" / "fixtures"
RESULTS = FIXTURES / "results"
