# SPDX-License-Identifier: MIT
"""Comparisons: their schema, fio's two outputs of one run, a thousand results at once."""
import copy
import json
import math
import os
import re
import shutil
import subprocess

import pytest
from jsonschema import Draft202012Validator

from golden_places import BUILD, FIXTURES, RESULTS, TOP

SCHEMA = json.loads((TOP / "bench" / "comparison.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
CASES = TOP / "tests" / "golden" / "compare"
STORED = sorted(path.stem for path in (FIXTURES / "fio").glob("*.json"))
CPU_S = 5
MEMORY_BYTES = 300 << 20


def compared(tare, *words):
    done = tare("compare", "--format", "json", *words)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert not list(VALIDATOR.iter_errors(document)), words
    return document


def test_schema_is_a_schema():
    """This test will check that the schema itself holds what it is written in."""
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("words", [
    ["origin/origin.csv"], ["rounds/rounds.csv"], ["two-results/a.json", "two-results/b.json"],
    ["x=fio-pair/3.33.json", "x=fio-pair/3.42.json", "y=fio-pasted/paste.txt"],
    ["schemas/v2-done.json", "schemas/v3-done.json", "rounds/rounds.csv"]])
def test_comparisons_are_valid(tare, words):
    """This test will check documents of every importer against the schema."""
    label = [re.sub(r"[^=]*=|^", lambda m: m.group() + str(CASES) + "/", word, count=1)
             for word in words]
    document = compared(tare, *label)
    labels = {e["label"] for e in document["environments"]}
    assert document["baseline"] in labels
    for workload in document["workloads"]:
        assert {f["environment"] for f in workload["figures"]} <= labels
        for pair in workload["pairs"]:
            assert {pair["faster"], pair["slower"]} <= labels


@pytest.mark.parametrize("file", [
    "fio-pair/3.33.json", "fio-pasted/paste.txt", "origin/origin.csv", "rounds/rounds.csv"])
def test_reports_are_comparisons_without_pairs(tare, file):
    """This test will check the document that a report makes of what is not tare's own: figures as
    `tare compare` has them, and nothing that sets them beside each other."""
    done = tare("report", "--format", "json", CASES / file)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert not list(VALIDATOR.iter_errors(document))
    assert (document["tests"], document["differences"], document["findings"]) == (0, [], [])
    whole = compared(tare, CASES / file)
    assert document["environments"] == whole["environments"] and document["workloads"]
    for workload, same in zip(document["workloads"], whole["workloads"], strict=True):
        assert workload["pairs"] == [] and workload["limits"] == same["limits"]
        for figure in same["figures"]:
            figure.pop("ratio", None), figure.pop("ratio_95", None)
        assert workload["figures"] == same["figures"]


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_reports_come_from_standard_input_too(tare, form):
    """This test will check that a pipe is read as the file is, but for its name."""
    file = FIXTURES / "fio" / "3.33.txt"
    piped = subprocess.run([BUILD / "tare", "report", "--format", form, "-"], input=file.read_bytes(),
                           capture_output=True, check=True, timeout=60).stdout.decode()
    named = tare("report", "--format", form, file.name, cwd=file.parent).stdout
    # the source in JSON and the label everywhere else
    assert piped.replace("standard input", "3.33").replace('"source":"-"', '"source":"3.33.txt"') == named


def test_byte_order_marks_are_none_of_a_result(tare, disk_path):
    """This test will check that what an editor put before a result of tare hides it from no report."""
    result = TOP / "tests" / "golden" / "report" / "done" / "result.json"
    marked = disk_path / "marked.json"
    marked.write_bytes(b"\xef\xbb\xbf" + result.read_bytes())
    assert tare("report", marked).stdout == tare("report", result).stdout != ""


OWN = (TOP / "tests" / "golden" / "report" / "done" / "result.json").read_text()
FIO = (FIXTURES / "fio" / "3.33.json").read_text()


@pytest.mark.parametrize("text", [
    "[root@pve ~]# cat result.json\n" + OWN, OWN + "[root@pve ~]#\n", FIO + OWN, OWN + FIO, OWN + OWN,
    f"[\n{OWN}]\nDone.\n"], ids=["prompt-before", "prompt-behind", "fio-before", "fio-behind", "two", "array"])
def test_results_among_other_things_are_called_so(tare, disk_path, text):
    """This test will check that a result of tare is told from an array of them by more than a bracket,
    and that nothing is shown of it where it does not stand alone."""
    file = disk_path / "paste.json"
    file.write_text(text)
    done = tare("report", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{file}: results of tare among other things: should be one result by itself" in done.stderr


@pytest.mark.parametrize("text, told", [
    (f"[\n{OWN},\n{OWN}]\n", "an array of results"), (OWN + "}\n", "nothing may follow the document"),
    (OWN[:len(OWN) // 2] + '{ "tare": ', "cut off"), (OWN.replace('"jobs": [', '"jobs": []},', 1), "nothing may follow the document")],
    ids=["array", "brace-behind", "cut", "brace-inside"])
def test_damaged_results_stay_results(tare, disk_path, text, told):
    """This test will check that a result of tare with a brace too many is not read as one of fio."""
    file = disk_path / "result.json"
    file.write_text(text)
    done = tare("report", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{file}: " in done.stderr and told in done.stderr


def test_schema_refuses_what_is_wrong(tare):
    """This test will check that the schema can fail."""
    good = compared(tare, CASES / "origin" / "origin.csv")
    for path, value in (("baseline", None), ("tests", -1), ("workloads", [{"name": "x"}])):
        bad = copy.deepcopy(good)
        bad[path] = value
        assert list(VALIDATOR.iter_errors(bad)), path
    bad = copy.deepcopy(good)
    bad["workloads"][0]["pairs"][0]["verdict"] = "better"
    assert list(VALIDATOR.iter_errors(bad))


# What fio's text has of each figure, in so many significant digits or steps of a unit.
DIGITS = {"iops": 1e-6, "bytes_per_s": 1e-6, "ios": 1e-9, "measured_s": 1e-9}
STEPS = {"slat_mean_us": 0.01, "clat_mean_us": 0.01, "usr_pct": 0.005, "sys_pct": 0.005,
         # these it rounds up
         "clat_p50_us": 1, "clat_p99_us": 1, "clat_p999_us": 1, "clat_p9999_us": 1}


def check_same(text, document):
    """Figure by figure; what text lacks is absent there, not zero."""
    seen = 0
    assert len(text["workloads"]) == len(document["workloads"]) == 4
    for a, b in zip(text["workloads"], document["workloads"]):
        assert a["name"] == b["name"] and a["does"]["direction"] == b["does"]["direction"]
        for key in ("rw", "bs", "ioengine", "iodepth", "numjobs"):
            assert a["does"][key] == b["does"][key], (a["name"], key)
        one, other = a["figures"][0], b["figures"][0]
        assert set(one) <= set(other)
        for key in set(one) & set(DIGITS):
            assert one[key] == pytest.approx(other[key], rel=DIGITS[key]), (a["name"], key)
            seen += 1
        for key in set(one) & set(STEPS):
            # beyond 99,999 the text's unit is the next one, with no digit behind the point
            step = max(STEPS[key] * 1.01, other[key] * 6e-6,
                       1000 if other[key] > 1e5 and "clat_p" in key else 0)
            assert abs(one[key] - other[key]) <= step, (a["name"], key, one[key], other[key])
            seen += 1
        for key in ("iops", "measured_s", "usr_pct", "clat_mean_us", "cpu_us_per_io"):
            assert key in one, (a["name"], key)
    assert seen >= 30


@pytest.mark.parametrize("version", STORED)
def test_text_and_json_of_one_run_say_the_same(tare, version):
    """This test will check outputs of old and new releases of fio, stored."""
    assert STORED == ["3.33", "3.42"]
    check_same(compared(tare, FIXTURES / "fio" / f"{version}.txt"),
               compared(tare, FIXTURES / "fio" / f"{version}.json"))


def test_installed_fio_says_the_same_twice(tare, disk_path):
    """This test will check the fio that is installed here: one run, both outputs."""
    if not shutil.which("fio"):
        pytest.skip("no fio installed")
    both = disk_path / "fio.both"
    job = ["--direct=1", "--size=8M", "--runtime=1", "--time_based", "--stonewall"]
    subprocess.run(["fio", "--output-format=normal,json+", f"--output={both}",
                    f"--directory={disk_path}",
                    "--name=randread", "--ioengine=libaio", "--rw=randread", "--bs=4k",
                    "--iodepth=8", *job,
                    "--name=mix", "--ioengine=psync", "--rw=randrw", "--bs=4k", "--numjobs=2", *job,
                    "--name=write", "--ioengine=libaio", "--rw=write", "--bs=256k", "--iodepth=4",
                    *job], check=True, capture_output=True, timeout=120)
    whole = both.read_text()
    begin, end = whole.index("\n{\n") + 1, whole.index("\n}\n") + 3
    (disk_path / "fio.json").write_text(whole[begin:end])
    (disk_path / "fio.txt").write_text(whole[:begin] + whole[end:])
    document = compared(tare, disk_path / "fio.json")
    check_same(compared(tare, disk_path / "fio.txt"), document)
    # and with text before and after
    assert compared(tare, both)["workloads"] == [
        {**w, "figures": [{**w["figures"][0], "environment": "fio"}]} for w in document["workloads"]]


def big_document():
    """A result of 200 KB: one that was measured, its workloads repeated at other depths."""
    document = json.loads((RESULTS / "v3-done.json").read_text())
    jobs, workloads = document["jobs"], document["tare"]["workloads"]
    pairs = list(zip(jobs, workloads))
    while len(json.dumps(document, indent=1)) < 200_000:
        job, workload = map(copy.deepcopy, pairs[len(jobs) % len(pairs)])
        job["job options"]["iodepth"] = str(len(jobs))
        job["jobname"] = workload["name"] = f"w{len(jobs)}"
        jobs.append(job)
        workloads.append(workload)
    return document


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_thousand_results_at_once(disk_path, form):
    """This test will check CPU time and memory of 1,000 results of 200 KB, ten environments of 100
    boots, as figures alone and with what charts need. CPU time, not the time that passes: others may use the machine."""
    document, folder = big_document(), disk_path / "thousand"
    folder.mkdir()
    for n in range(1000):
        document["tare"].update(run=f"{n:08x}", label=f"environment {n % 10}")
        (folder / f"{n}.json").write_text(json.dumps(document, indent=1))
    words = [BUILD / "tare", "compare", "--format", form, *map(str, folder.iterdir())]
    least_s = math.inf
    for _ in range(3):  # neighbours on the same core stretch CPU time: the least counts
        with subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
            out = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        least_s = min(least_s, used.ru_utime + used.ru_stime)
        if least_s <= CPU_S:
            break
    shutil.rmtree(folder)
    if form == "json":
        assert [len(e["boots"]) for e in json.loads(out)["environments"]] == [100] * 10
    else:
        assert out.count(b"<td class=\"n\">100</td>") == 10 and out.endswith(b"</html>\n")
    print(f"1,000 results as {form}, {len(out)} bytes: {least_s:.2f} s of CPU, {used.ru_maxrss / 1024:.0f} MiB")
    assert used.ru_maxrss * 1024 <= MEMORY_BYTES
    assert least_s <= CPU_S
