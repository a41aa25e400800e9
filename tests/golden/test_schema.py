# SPDX-License-Identifier: MIT
"""Results against bench/result.schema.json, and the schema against documents that are wrong."""
import copy
import json
import re

import pytest
from jsonschema import Draft202012Validator

from golden_places import RESULTS, TOP

SCHEMA = json.loads((TOP / "bench" / "result.schema.json").read_text())
# Schemas of numbers that are written no more stand with their fixtures.
VALIDATORS = {1: Draft202012Validator(json.loads((RESULTS / "v1.schema.json").read_text())),
              2: Draft202012Validator(json.loads((RESULTS / "v2.schema.json").read_text())),
              3: Draft202012Validator(SCHEMA)}
# Numbers that are counts, or that fio named.
COUNTS = {"schema", "rounds", "seed", "round", "position", "ios", "hw_queues", "nr_requests", "queue_depth",
          "numa_node", "switches_voluntary", "switches_involuntary", "depth_mean", "errno", "count",
          "cpus", "numa_nodes", "value", "bytes", "rounds_done", "io_workers", "cycles", "merges",
          "submits", "completes", "read_ios", "write_ios"}
UNITS = ("_ns", "_us", "_ms", "_s", "_bytes", "_mhz", "_pct", "_per_s", "hz")


def problems(document):
    validator = VALIDATORS.get(document.get("tare", {}).get("schema"), VALIDATORS[3])
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)]


def test_schema_is_a_schema():
    """This test will check that the schema itself holds what it is written in."""
    for validator in VALIDATORS.values():
        Draft202012Validator.check_schema(validator.schema)
    assert SCHEMA["$defs"]["tare"]["properties"]["schema"]["const"] == max(VALIDATORS)


def test_every_document_is_valid(documents):
    """This test will check fresh results and those of every release."""
    for number in VALIDATORS:
        assert len([name for name in documents if name.startswith(f"v{number}-")]) >= 3
    for name, document in documents.items():
        assert not problems(document), name


def test_documents_cover_the_states(documents):
    """This test will check that what is validated is more than the fair-weather run."""
    states = {document["tare"]["state"] for document in documents.values()}
    assert {"done", "partial", "not measured"} <= states
    kinds = {document["tare"]["target"]["kind"] for document in documents.values()}
    assert {"file", "none"} <= kinds
    assert any(w["errors"] for d in documents.values() for w in d["tare"]["workloads"])


def test_every_known_member_is_in_the_schema_and_named_with_its_unit():
    """This test will check that tare's own objects are closed, and numbers say their unit."""
    def walk(schema, name):
        properties = schema.get("properties", {})
        if properties:
            assert schema.get("additionalProperties") is False, name
        for key, member in properties.items():
            value = member.get("items", member) if isinstance(member, dict) else {}
            number = value.get("type") in ("integer", "number") or "value" == key
            number = number or re.search("/(whole|real)", value.get("$ref", "")) is not None
            if number and key not in COUNTS:
                assert key.endswith(UNITS), f"{name}.{key} has no unit"
            if isinstance(member, dict):
                walk(member, f"{name}.{key}")
                walk(member.get("items", {}), f"{name}.{key}")
    for name in ("tare", "key", "target", "disk", "cpu", "workload", "detector", "probe",
                 "kernel_direction"):
        walk(SCHEMA["$defs"][name], name)


def test_columns_are_of_one_length(documents):
    """This test will check what the schema cannot say: that columns hold one value a round or point."""
    seen = 0
    for name, document in documents.items():
        for work in document["tare"]["workloads"] if document["tare"]["schema"] > 2 else ():
            for columns in (work["rounds"], work["series"]):
                lengths = {len(column) for column in columns.values()}
                assert lengths == {len(columns["round"])}, (name, work["name"])
            assert work["rounds"]["round"] == list(range(document["tare"]["rounds"])), name
            seen += 1
    assert seen >= 8


def test_documents_are_small_and_exact(fresh):
    """This test will check size and numbers as they stand in the text."""
    for name, text in fresh.items():
        assert len(text.encode()) <= 1 << 20, name
        for number in re.findall(r"[:\[,]\s*(-?[0-9][0-9.eE+-]*)", text):
            if re.fullmatch(r"-?[0-9]+", number):
                assert abs(int(number)) < 2 ** 53, (name, number)


# One thing wrong each, in a result that is right: where, and what stands there instead.
DELETED = object()
MUTATIONS = [
    (["tare"], DELETED),
    (["jobs"], DELETED),
    (["fio version"], "fio-3.33"),
    (["surprise"], 1),
    (["timestamp"], -1),
    (["timestamp"], "now"),
    (["jobs", 0, "read"], DELETED),
    (["jobs", 0, "jobname"], ""),
    (["jobs", 0, "read", "iops"], DELETED),
    (["jobs", 0, "read", "iops"], -1),
    (["jobs", 0, "read", "total_ios"], 1.5),
    (["jobs", 0, "read", "total_ios"], 2 ** 53),
    (["jobs", 0, "read", "clat_ns", "percentile"], {"99": 5}),
    (["jobs", 0, "read", "clat_ns", "percentile"], DELETED),
    (["jobs", 0, "read", "clat_ns", "bins"], {"5": 0}),
    (["jobs", 0, "read", "clat_ns", "bins"], {"x": 1}),
    (["jobs", 0, "job options", "bs"], 4096),
    (["time"], DELETED),
    (["disk_util", 0, "util"], 101),
    (["disk_util", 0, "in_queue"], DELETED),
    (["disk_util", 0, "name"], ""),
    (["jobs", 1, "sync"], DELETED),
    (["jobs", 1, "sync", "lat_ns", "bins"], {"x": 1}),
    (["jobs", 1, "write", "bw_agg"], 100.5),
    (["jobs", 1, "write", "iops_samples"], -1),
    (["jobs", 0, "iodepth_level", "1"], -1),
    (["jobs", 0, "iodepth_submit", "64"], DELETED),
    (["jobs", 0, "latency_us", "3"], 1),
    (["jobs", 0, "latency_ms", ">=2000"], DELETED),
    (["jobs", 0, "latency_window"], DELETED),
    (["tare", "schema"], 1),
    (["tare", "schema"], 2),
    (["tare", "schema"], 4),
    (["tare", "state"], "fine"),
    (["tare", "run"], "XYZ"),
    (["tare", "run"], DELETED),
    (["tare", "suite_sha256"], "00"),
    (["tare", "rounds"], 0),
    (["tare", "surprise"], 1),
    (["tare", "rounds_done"], -1),
    (["tare", "until_steady"], 1),
    (["tare", "clock", "source"], "hpet"),
    (["tare", "clock", "hz"], -1),
    (["tare", "clock", "monotonic_call_ns"], DELETED),
    (["tare", "platform", "cpus"], "four"),
    (["tare", "platform", "cpus"], DELETED),
    (["tare", "platform", "colour"], "red"),
    (["tare", "platform", "network"], ["eth0"]),
    (["tare", "platform_unknown", "colour"], "red"),
    (["tare", "platform_unknown", "network"], ""),
    (["tare", "target", "kind"], "tape"),
    (["tare", "target", "kind"], "file"),
    (["tare", "target", "blocks"], "zeros"),
    (["tare", "target", "span_bytes"], "64M"),
    (["tare", "target", "disk"], {}),
    (["tare", "disks", 0, "verdict"], "nice"),
    (["tare", "disks", 0, "size_bytes"], DELETED),
    (["tare", "disks", 0, "numa_node"], -2),
    (["tare", "disks", 0, "queue_depth"], -1),
    (["tare", "disks", 0, "irq_cpus"], ""),
    (["tare", "disks", 0, "unknown"], {}),
    (["tare", "target", "tuned"], {"attribute": ["nomerges"], "before": ["0"]}),
    (["tare", "target", "tuned"], {"attribute": [""], "before": ["0"], "after": ["2"]}),
    (["tare", "target", "tuned"], {"attribute": ["nomerges"], "before": [0], "after": ["2"]}),
    (["tare", "keys", 0, "source"], "hearsay"),
    (["tare", "workloads", 0, "state"], "running"),
    (["tare", "workloads", 0, "blocks"], "some"),
    (["tare", "workloads", 0, "cpu", "irq_ms"], DELETED),
    (["tare", "workloads", 0, "cpu_per_io", "irq_us"], DELETED),
    (["tare", "workloads", 0, "cpu_per_io", "machine_error_us"], DELETED),
    (["tare", "workloads", 0, "cpu_per_io", "cycles"], "many"),
    (["tare", "workloads", 0, "depth", "ios"], [0] * 67),
    (["tare", "workloads", 0, "depth", "submits"], [-1]),
    (["tare", "workloads", 0, "depth", "completes"], DELETED),
    (["tare", "workloads", 0, "io_workers"], 0.5),
    (["tare", "workloads", 0, "steady"], {"reached": "no", "excursion_pct": 1, "slope_pct": 1}),
    (["tare", "workloads", 0, "steady", "slope_pct"], DELETED),
    (["tare", "workloads", 1, "kernel", "read", "agrees"], 1),
    (["tare", "workloads", 1, "kernel", "write"], DELETED),
    (["tare", "workloads", 1, "kernel", "slack_bytes"], -1),
    (["tare", "workloads", 1, "response_ns"], {}),
    (["tare", "workloads", 1, "response_ns", "write", "N"], DELETED),
    (["tare", "workloads", 1, "response_ns", "trim"], {}),
    (["tare", "workloads", 1, "series", "round"], DELETED),
    (["tare", "workloads", 1, "series", "length_ms"], [0.5]),
    (["tare", "workloads", 1, "series", "max_us"], ["84.5"]),
    (["tare", "workloads", 1, "series", "round"], [0] * 301),
    (["tare", "workloads", 1, "series", "bytes"], [1]),
    (["tare", "target", "verified_bytes"], DELETED),
    (["tare", "target", "restored_bytes"], DELETED),
    (["tare", "disks", 0, "token"], DELETED),
    (["tare", "workloads", 0, "errors"], [{"errno": 0, "count": 1}]),
    (["tare", "workloads", 0, "errors"], [{"errno": 5, "count": 0}]),
    (["tare", "workloads", 0, "rounds", "read_ios"], [-5]),
    (["tare", "workloads", 0, "rounds", "position"], [64]),
    (["tare", "workloads", 0, "rounds", "state"], ["fine"]),
    (["tare", "workloads", 0, "rounds", "round"], DELETED),
    (["tare", "workloads", 0, "rounds", "round"], [0] * 1001),
    (["tare", "workloads", 0, "rounds", "read_clat_p50_ns"], [1]),
    (["tare", "probes"], {}),
    (["tare", "probes"], [{"name": "x", "took_ms": 1}]),
    (["tare", "probes"], [{"name": "x", "took_ms": 0.5, "figures": {}}]),
    (["tare", "probes"], [{"name": "x", "took_ms": 1, "figures": {"call": 1}}]),
    (["tare", "probes"], [{"name": "x", "took_ms": 1, "figures": {"call_ns": [1, 2]}}]),
    (["tare", "probes"], [{"name": "x", "took_ms": 1, "figures": {"call_ns": [1, 2, -3]}}]),
    (["tare", "probes"], [{"name": "x", "took_ms": 1, "figures": {"call_ns": [None, 2, 3]}}]),
    (["tare", "probes"], [{"name": "x", "took_ms": 1, "figures": {"call_ns": ""}}]),
    (["tare", "probes"], [{"name": "x", "took_ms": 1, "note": "", "figures": {}}]),
    (["tare", "detectors"], [{"name": "x", "kind": "guess", "verdict": "found", "value": 1,
                              "unit": "ns", "evidence": "e"}]),
    (["tare", "detectors"], [{"name": "x", "kind": "limit", "verdict": "maybe", "value": 1,
                              "unit": "ns", "evidence": "e"}]),
    (["tare", "warnings"], "none"),
    (["tare", "warnings"], [""]),
]


def test_probes_are_valid():
    """This test will check what probes say on a machine that has every figure."""
    document = json.loads((RESULTS / "v3-partial.json").read_text())
    document["tare"]["probes"] = json.loads((RESULTS.parent / "probes.json").read_text())
    assert len(document["tare"]["probes"]) == 12
    assert not problems(document)


@pytest.mark.parametrize("path,value", MUTATIONS, ids=lambda v: str(v)[:60])
def test_wrong_documents_are_refused(path, value):
    """This test will check that the schema sees one wrong thing in a result that is right."""
    document = json.loads((RESULTS / "v3-partial.json").read_text())
    assert not problems(document)
    broken = copy.deepcopy(document)
    at = broken
    for key in path[:-1]:
        at = at[key]
    if value is DELETED:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    assert problems(broken), path


def test_old_releases_stay_readable(tare):
    """This test will check that every result of a release still makes a report."""
    for path in sorted(RESULTS.glob("v*-*.json")):
        done = tare("report", path)
        assert done.returncode == 0, (path.name, done.stderr)
        run = json.loads(path.read_text())["tare"]["run"]
        assert f"run {run}" in done.stdout
