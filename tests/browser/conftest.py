# SPDX-License-Identifier: MIT
"""Pages made of results, and what a browser saw of them."""
import copy
import json
import os
import pathlib
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / os.environ.get("B", "build")
PAIR = TOP / "tests/golden/compare/two-results"
# What must stay text wherever a page shows it.
HOSTILE = "</script><script>window.marked=1</script><img src=x onerror=window.marked=2>\"'&amp;`${1}"


def tare(*words):
    done = subprocess.run([str(BUILD / "tare"), *map(str, words)], capture_output=True, text=True,
                          timeout=120, check=False, stdin=subprocess.DEVNULL,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def swept(document, factor):
    """The same result with its first workload at other depths and with two jobs, each faster, so that there
    is something to draw for every kind of chart."""
    document = copy.deepcopy(document)
    jobs, workloads = document["jobs"], document["tare"]["workloads"]
    for name, depth, count in (("randread-4k-qd1", 1, 1), ("randread-4k-qd64", 64, 1), ("randread-4k-jobs2", 16, 2)):
        job, workload = copy.deepcopy(jobs[0]), copy.deepcopy(workloads[0])
        job["job options"].update(iodepth=str(depth), numjobs=str(count))
        job["jobname"] = workload["name"] = name
        rounds = workload["rounds"]
        rounds["read_ios"] = [int(n * factor * depth ** .5) + 1 for n in rounds["read_ios"]]
        jobs.append(job)
        workloads.append(workload)
    return document


def documents():
    a, b = (json.loads((PAIR / f"{name}.json").read_text()) for name in "ab")
    return swept(a, 1), swept(b, .8)


@pytest.fixture(scope="session")
def folder():
    """Pictures stay, to be looked at."""
    place = BUILD / "browser"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


@pytest.fixture(scope="session")
def browse(folder):
    """Makes a page of a name, lets the browser read it, and says what it saw; each once."""
    seen = {}
    subprocess.run([TOP / "image/npm.sh", TOP / "tests/browser/npm.lock"], check=True, timeout=300)

    def look(name, text):
        if name not in seen:
            place = folder / name
            place.mkdir()
            (place / "page.html").write_text(text)
            done = subprocess.run(["node", TOP / "tests/browser/drive.js", place / "page.html", place],
                                  capture_output=True, text=True, timeout=300, check=False)
            assert done.returncode == 0, done.stderr
            seen[name] = json.loads(done.stdout)
        return seen[name]
    return look


@pytest.fixture(scope="session")
def pages(folder):
    """The pages as text: two environments, one result, and both with names that must not be believed."""
    a, b = documents()
    for name, document in (("a", a), ("b", b)):
        (folder / f"{name}.json").write_text(json.dumps(document))
    bad = copy.deepcopy(a)
    bad["tare"]["label"] = HOSTILE
    bad["tare"]["run"] = "00000bad"
    for job, workload in zip(bad["jobs"], bad["tare"]["workloads"]):
        job["jobname"] = workload["name"] = (workload["name"] + HOSTILE)[:63]
    (folder / "bad.json").write_text(json.dumps(bad))
    return {
        "comparison": tare("compare", "--format", "html", folder / "a.json", folder / "b.json"),
        "report": tare("report", "--format", "html", folder / "a.json"),
        "hostile-comparison": tare("compare", "--format", "html", folder / "bad.json",
                                   f"{HOSTILE.replace('=', ':').replace('/', '|')}={folder / 'b.json'}"),
        "hostile-report": tare("report", "--format", "html", folder / "bad.json"),
    }
