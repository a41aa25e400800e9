# SPDX-License-Identifier: MIT
"""A reader of fio's JSON that knows nothing of tare: what fio's own tools look for must be there."""
import json
import math
import shutil
import subprocess

import pytest


# Filled in by a unit test: it has every member, and figures that do not belong together.
INVENTED = ("v2-partial.json", "v3-partial.json")


@pytest.fixture(scope="module", name="documents")
def measured_documents(documents):
    """Every document of a real run."""
    return {name: document for name, document in documents.items() if name not in INVENTED}


def measured(document):
    """(job, direction) of everything that did I/O."""
    return [(job, job[direction]) for job in document["jobs"]
            for direction in ("read", "write", "trim") if job[direction]["total_ios"]]


def edge_ios(document, job):
    """I/Os that may be in flight at both ends of all of a workload's windows."""
    options = job["job options"]
    jobs = int(options.get("iodepth", 1)) * int(options.get("numjobs", 1))
    return 2 * jobs * document["tare"]["rounds"]


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
            slat = io["slat_ns"]
            if slat["N"]:
                # as in fio, submissions count when they are made: those of a window's ends have no
                # completion in it, or the other way round
                edge = edge_ios(document, job)
                assert abs(slat["N"] - io["total_ios"]) <= edge, where
                both = slat["mean"] * slat["N"] + io["clat_ns"]["mean"] * io["total_ios"]
                assert io["lat_ns"]["mean"] * io["total_ios"] == pytest.approx(
                    both, rel=1e-9, abs=edge * slat["max"]), where
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
    missing = none["read"]["total_ios"] - none["read"]["slat_ns"]["N"]
    assert abs(missing) <= edge_ios(documents["jobs"], none)
    assert mixed["read"]["slat_ns"]["N"] == 0  # a synchronous engine has none
    assert odd["read"]["total_ios"] == 0 and odd["job_runtime"] == 0
    assert documents["v1-partial.json"]["jobs"][1]["error"] == 27


def test_shares_add_up(documents):
    """This test will check depths and latencies by share: all of the I/Os, in ranges that fit."""
    seen = 0
    for name, document in documents.items():
        for job in document["jobs"]:
            total = sum(job[direction]["total_ios"] for direction in ("read", "write"))
            if document["tare"]["schema"] < 2 or not total:
                continue
            seen += 1
            where = (name, job["jobname"])
            ranges = {unit: job[f"latency_{unit}"] for unit in ("ns", "us", "ms")}
            shares = sum(sum(r.values()) for r in ranges.values())
            assert shares == pytest.approx(100, abs=0.02), where  # of four digits each
            for levels in ("iodepth_level", "iodepth_submit", "iodepth_complete"):
                assert sum(job[levels].values()) == pytest.approx(100, abs=0.02), (where, levels)
            slow = sum(1 for io in (job["read"], job["write"]) if io["clat_ns"]["max"] >= 2.02e9)
            assert (ranges["ms"][">=2000"] > 0) == (slow > 0), where
    assert seen >= 6


def samples(document, workload, direction, block):
    """(rate in I/Os, in KiB) per second of the points of a series that are as fio's samples."""
    series = document["tare"]["workloads"][workload]["series"]
    lengths = series.get("length_ms", [])
    for ios, length in zip(series.get(f"{direction}_ios", []), lengths):
        if ios and length and length >= max(lengths) / 2:
            yield ios * 1000 // length, ios * block * 1000 // length // 1024


def test_samples_are_the_points_of_the_series(documents):
    """This test will check bw_* and iops_* against the series they are made from."""
    seen = 0
    for name, document in documents.items():
        for i, job in enumerate(document["jobs"]):
            for direction in ("read", "write") if document["tare"]["schema"] > 1 else ():
                io, where = job[direction], (name, job["jobname"], direction)
                block = int(job["job options"].get("bs", 4096))
                points = list(samples(document, i, direction, block))
                assert io["iops_samples"] == io["bw_samples"] == len(points), where
                seen += len(points)
                if points:
                    assert io["iops_min"] == min(p[0] for p in points), where
                    assert io["iops_max"] == max(p[0] for p in points), where
                    assert io["bw_max"] == pytest.approx(max(p[1] for p in points), abs=1), where
                    mean = sum(p[0] for p in points) / len(points)
                    assert io["iops_mean"] == pytest.approx(mean, rel=1e-6), where
                    assert 0 < io["bw_agg"] <= 100, where
    assert seen >= 20


def test_series_hold_the_ios(documents):
    """This test will check that no I/O of a round is missing from its points, save at the ends."""
    for name, document in documents.items():
        for job, work in zip(document["jobs"], document["tare"]["workloads"]):
            if document["tare"]["schema"] < 2 or "series" not in work:
                continue
            series = work["series"]
            for direction in ("read", "write"):
                total = sum(series.get(f"{direction}_ios", []))
                slack = max(edge_ios(document, job), job[direction]["total_ios"] * 0.02)
                assert abs(total - job[direction]["total_ios"]) <= slack, (name, job["jobname"])
            assert len({len(column) for column in series.values()}) == 1


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
