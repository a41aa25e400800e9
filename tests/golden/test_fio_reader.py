# SPDX-License-Identifier: MIT
"""A reader of fio's JSON that knows nothing of tare: what fio's own tools look for must be there."""
import json
import math
import shutil
import subprocess

import pytest


def measured(document):
    """(job, direction) of everything that did I/O."""
    return [(job, job[direction]) for job in document["jobs"]
            for direction in ("read", "write", "trim") if job[direction]["total_ios"]]


def test_figures_agree_with_each_other(documents):
    """This test will check rates, sums and means as a reader would work them out again."""
    seen = 0
    for name, document in documents.items():
        for job, io in measured(document):
            seen += 1
            where = (name, job["jobname"])
            runtime_s = io["runtime"] / 1000
            # runtime is whole milliseconds, as fio's
            slack = 1.001 / max(io["runtime"], 1)
            assert io["iops"] == pytest.approx(io["total_ios"] / runtime_s, rel=slack), where
            assert io["bw_bytes"] == pytest.approx(io["io_bytes"] / runtime_s, rel=slack), where
            assert io["bw"] == io["bw_bytes"] // 1024, where
            assert io["io_kbytes"] == io["io_bytes"] // 1024, where
            assert io["clat_ns"]["N"] == io["total_ios"] == io["lat_ns"]["N"], where
            assert io["lat_ns"]["mean"] >= io["clat_ns"]["mean"], where
            if io["slat_ns"]["N"]:
                both = io["slat_ns"]["mean"] + io["clat_ns"]["mean"]
                assert io["lat_ns"]["mean"] == pytest.approx(both, rel=1e-9), where
    assert seen >= 8


def test_bins_hold_every_io(documents):
    """This test will check bins against count, mean and percentiles."""
    for name, document in documents.items():
        for job, io in measured(document):
            clat = io["clat_ns"]
            bins = {int(value): count for value, count in clat["bins"].items()}
            where = (name, job["jobname"])
            assert sum(bins.values()) == clat["N"], where
            mean = sum(value * count for value, count in bins.items()) / clat["N"]
            assert mean == pytest.approx(clat["mean"], rel=0.01, abs=2), where
            assert list(bins) == sorted(bins), where
            for pct, value in clat["percentile"].items():
                need, below = math.ceil(clat["N"] * float(pct) / 100 - 1e-6), 0
                for middle in sorted(bins):
                    below += bins[middle]
                    if below >= need:
                        break
                assert min(max(middle, clat["min"]), clat["max"]) == value, (where, pct)
            values = list(clat["percentile"].values())
            assert values == sorted(values), where
            assert clat["min"] <= values[0] and values[-1] <= clat["max"], where


def test_percentiles_are_named_as_fio_names_them(documents):
    """This test will check the keys that every plotting script has written into it."""
    clat = documents["smoke"]["jobs"][0]["read"]["clat_ns"]
    for name in ("1.000000", "50.000000", "95.000000", "99.000000", "99.900000", "99.990000"):
        assert clat["percentile"][name] > 0
    assert documents["jobs"]["jobs"][0]["read"]["clat_ns"]["percentile"].keys() == {
        "50.000000", "99.000000", "99.900000"}


def test_jobs_say_what_they_did(documents):
    """This test will check the options: as text, with fio's names."""
    read, mixed, none, odd = documents["jobs"]["jobs"]
    assert read["job options"]["rw"] == "randread"
    assert read["job options"]["iodepth"] == "8"
    assert mixed["job options"]["rwmixread"] == "70"
    assert mixed["job options"]["numjobs"] == "2"
    assert 0 < mixed["usr_cpu"] + mixed["sys_cpu"] <= 101
    assert none["read"]["slat_ns"]["N"] == none["read"]["total_ios"]
    assert mixed["read"]["slat_ns"]["N"] == 0  # a synchronous engine has none
    assert odd["read"]["total_ios"] == 0 and odd["job_runtime"] == 0
    assert documents["v1-partial.json"]["jobs"][1]["error"] == 27


def test_fio_tools_read_it(fresh, tmp_path):
    """This test will check fio's own converter of json+ bins on a result."""
    tool = shutil.which("fio_jsonplus_clat2csv")
    if not tool:
        pytest.skip("fio_jsonplus_clat2csv (package fio) is not installed")
    source = tmp_path / "result.json"
    source.write_text(fresh["smoke"])
    done = subprocess.run([tool, str(source), str(tmp_path / "out.csv")], capture_output=True,
                          text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    table = (tmp_path / "out_job0.csv").read_text().splitlines()
    job = json.loads(fresh["smoke"])["jobs"][0]
    assert len(table) - 1 == len(job["read"]["clat_ns"]["bins"])
