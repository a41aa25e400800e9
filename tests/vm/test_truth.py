# SPDX-License-Identifier: MIT
"""These tests will check that what is measured is true: on disks whose rate or latency is known, and
against what fio, the kernel and QEMU counted on the same disk.

Nothing here is judged by the speed of this machine: a limit that QEMU keeps is far below what the path
can do, and where the path's own cost matters it is measured beside."""

import json
import re
import time
from dataclasses import dataclass, field

import pytest

import boot
import images
import machine

RATE_TOLERANCE = 0.03
LITTLE_TOLERANCE = 0.02
FIO_TOLERANCE = 0.02
CLOCKSOURCE_TOLERANCE = 0.02
CLOCKS_TOLERANCE = 0.005  # the guest's clock, calibrated on a machine with other work, and ours

# fio runs on a device with the same job file, then tare does its work. What tare sets before it measures
# is set for both.
FIO_FIRST = """#!/bin/sh
case $* in
*--failed*) ;;
*)
	cd /sys/class/block/{node}/queue
	echo none >scheduler
	echo 2 >nomerges
	echo 2 >rq_affinity
	echo "fio begins"
	fio --readonly --output-format=json --filename={device} {words} /tare.embed/{job}
	echo "fio ended"
	;;
esac
exec /bin/tare.real "$@"
"""


@dataclass
class Watched:
    """A boot with what was asked while it ran."""

    run: object
    stats: dict = field(default_factory=dict)  # of QEMU, by what had just ended
    stall_s: float = 0.0

    def result(self, serial=""):
        """The result of the disk with this serial number."""
        found = [d for d in self.run.documents()
                 if d["tare"]["target"]["disk"]["serial"] == serial]
        assert len(found) == 1, f"{serial}: {len(found)} results\n{self.run.tail()}"
        assert found[0]["tare"]["state"] == "done", found[0]["tare"]["reason"]
        return found[0]


def job_of(document, name):
    return next(job for job in document["jobs"] if job["jobname"] == name)


def workload_of(document, name):
    return next(w for w in document["tare"]["workloads"] if w["name"] == name)


def sides(document, name):
    """The directions in which a job transferred anything."""
    job = job_of(document, name)
    return [job[way] for way in ("read", "write") if job[way]["total_ios"]]


def side(document, name):
    """The only one."""
    [io] = sides(document, name)
    return io


def near(got, want, tolerance):
    return abs(got - want) <= tolerance * want


def wait_round(running, name, times=1, timeout_s=90):
    """Waits until a section was measured, for the times-th time in this boot."""
    pattern = rf"(?s)(ev=round round=1 name={re.escape(name)} .*?){{{times}}}"
    assert running.wait_text(pattern, timeout_s), f"{name}: not measured\n{running.text()[-3000:]}"


def watch(machines, name, during, **options):
    """Boots a machine, does `during` with it, waits for its end."""
    with boot.Boot(machines[name], machine.BUILD / "vm" / name, **options) as running:
        watched = Watched(running.run)
        during(running, watched)
        running.wait_end()
    assert watched.run.ending == "ended", watched.run.tail()
    return watched


def watch_with_fio(machines, name, device, words):
    script = FIO_FIRST.format(device=device, node=device.removeprefix("/dev/"), words=words,
                              job=machines[name].job)
    real = (machine.BUILD / "tare").read_bytes()
    files = {"bin/tare": (0o755, script.encode()), "bin/tare.real": (0o755, real)}
    return watch(machines, name, lambda *_: None,
                 initrd_extra=images.cpio(files | images.program("fio")))


def fio_read(watched, name):
    """What fio said of a job."""
    text = re.search(r"(?s)fio begins\n(.*?)fio ended", watched.run.text)
    assert text, watched.run.tail()
    read = job_of(json.loads(text[1][text[1].index("{"):]), name)["read"]
    assert read["total_ios"] > 0
    return read


# --- a known rate

@pytest.fixture(scope="module")
def throttled(machines):
    return watch_with_fio(machines, "throttled", "/dev/vda", "--section=compared")


def test_disk_throttled_to_a_rate_of_requests_measures_that_rate(throttled):
    iops = sum(io["iops"] for io in sides(throttled.result("TARGET0"), "mixed"))
    assert near(iops, 500, RATE_TOLERANCE)


def test_disk_throttled_to_a_rate_of_bytes_measures_that_rate(throttled):
    bytes_per_s = sum(io["bw_bytes"] for io in sides(throttled.result("TARGET1"), "mixed"))
    assert near(bytes_per_s, 8 << 20, RATE_TOLERANCE)


@pytest.mark.parametrize("serial", ["TARGET0", "TARGET1"])
def test_rate_times_latency_is_the_depth_of_a_throttled_disk(throttled, serial):
    assert_little(throttled.result(serial), "mixed", 8)


def assert_little(document, name, depth):
    """Little's law, with three figures that are counted apart: completions, latencies, and the time
    that I/Os were in flight."""
    product = sum(io["iops"] * io["lat_ns"]["mean"] / 1e9 for io in sides(document, name))
    assert near(product, depth, LITTLE_TOLERANCE)
    assert near(workload_of(document, name)["depth_mean"], depth, LITTLE_TOLERANCE)


def test_fio_measures_the_same_on_the_same_disk_with_the_same_job_file(throttled):
    fio = fio_read(throttled, "compared")
    tare = side(throttled.result("TARGET0"), "compared")
    assert fio["total_ios"] == tare["total_ios"] == 3500
    assert fio["io_bytes"] == tare["io_bytes"]
    assert near(tare["iops"], fio["iops"], FIO_TOLERANCE)
    assert near(tare["bw_bytes"], fio["bw_bytes"], FIO_TOLERANCE)
    assert near(tare["lat_ns"]["mean"], fio["lat_ns"]["mean"], FIO_TOLERANCE)


# --- a known latency

@pytest.fixture(scope="module")
def latency(machines):
    def ask(running, watched):
        for nth, drive in enumerate(("disk0", "disk1"), 1):
            for name in ("first", "qd1"):  # each is followed by a pause
                wait_round(running, name, nth)
                watched.stats[drive, name] = running.blockstats()[drive]
    return watch(machines, "latency", ask)


def qemu_mean_ns(watched, drive):
    """What QEMU's device saw of the latency of [qd1]."""
    began, ended = watched.stats[drive, "first"], watched.stats[drive, "qd1"]
    return ((ended["wr_total_time_ns"] - began["wr_total_time_ns"])
            / (ended["wr_operations"] - began["wr_operations"]))


def test_latency_of_a_disk_is_measured_with_the_cost_of_the_path(latency):
    """QEMU keeps a write back for 10 ms by this machine's clock and tells how late it was with that.
    What is left is the path between the device and the loop, and the other disk shows what that costs:
    as much as it costs its slowest permille at most, for here a machine that slept for 10 ms must wake
    for each (submitting alone took 324 us instead of 45), there for few.
    clat begins when the submitting call has returned: a vCPU that stood still there makes it shorter,
    lat never."""
    none = side(latency.result("TARGET0"), "qd1")
    slow = side(latency.result("TARGET1"), "qd1")
    path_ns, longest_path_ns = none["lat_ns"]["mean"], none["clat_ns"]["percentile"]["99.900000"]
    device_ns = qemu_mean_ns(latency, "disk1")
    print(f"path {path_ns:.0f} ns (99.9 %: {longest_path_ns}), device {device_ns:.0f} ns, "
          f"lat {slow['lat_ns']['mean']:.0f} ns (least {slow['lat_ns']['min']}), "
          f"clat {slow['clat_ns']['mean']:.0f} ns")
    assert device_ns >= 10e6
    assert slow["lat_ns"]["min"] >= 10e6 * (1 - CLOCKS_TOLERANCE)
    assert device_ns - path_ns <= slow["clat_ns"]["mean"] <= device_ns + longest_path_ns
    assert near(slow["slat_ns"]["mean"] + slow["clat_ns"]["mean"], slow["lat_ns"]["mean"], 0.001)


@pytest.mark.parametrize("name, depth", [("qd1", 1), ("qd8", 8)])
def test_rate_times_latency_is_the_depth_of_a_slow_disk(latency, name, depth):
    assert_little(latency.result("TARGET1"), name, depth)


# --- known counts

@pytest.fixture(scope="module")
def counted(machines):
    def ask(running, watched):
        for name in ("first", "counted-writes"):
            wait_round(running, name)
            watched.stats[name] = running.blockstats()["disk0"]
    return watch(machines, "counted", ask)


def test_job_file_on_the_results_partition_is_run(counted):
    tare = counted.result("TARGET0")["tare"]
    assert tare["suite"] == "counted.fio"
    assert {k["name"]: k["source"] for k in tare["keys"]}["suite"] == "platform"
    assert [w["name"] for w in tare["workloads"]] == [
        "first", "before", "counted-reads", "counted-writes", "after"]


def test_job_file_gives_the_number_of_requests(counted):
    document = counted.result("TARGET0")
    reads, writes = side(document, "counted-reads"), side(document, "counted-writes")
    assert (reads["total_ios"], reads["io_bytes"]) == (1500, 1500 * 4096)
    assert (writes["total_ios"], writes["io_bytes"]) == (700, 700 * 8192)


def test_qemu_counts_the_requests_that_tare_counts(counted):
    """Neighbours that the kernel made one of are one request less, of as many bytes."""
    began, ended = counted.stats["first"], counted.stats["counted-writes"]
    document = counted.result("TARGET0")
    for key, io in (("rd", side(document, "counted-reads")),
                    ("wr", side(document, "counted-writes"))):
        requests = ended[f"{key}_operations"] - began[f"{key}_operations"]
        assert ended[f"{key}_bytes"] - began[f"{key}_bytes"] == io["io_bytes"]
        assert 0.98 * io["total_ios"] <= requests <= io["total_ios"]


def test_kernel_counts_the_requests_that_tare_counts(counted):
    document = counted.result("TARGET0")
    [util] = document["disk_util"]
    reads, writes = side(document, "counted-reads"), side(document, "counted-writes")
    assert util["read_ios"] + util["read_merges"] == reads["total_ios"]
    assert util["write_ios"] + util["write_merges"] == writes["total_ios"]


# --- a known stall

STALL_S = 1.0


@pytest.fixture(scope="module")
def stall(machines):
    def stall_disk(running, watched):
        wait_round(running, "first")
        time.sleep(3)  # the ramp is over, and most of the window is to come
        began = time.monotonic()
        running.stop_disk("disk0")
        time.sleep(STALL_S)
        running.resume_disk("disk0")
        watched.stall_s = time.monotonic() - began
    return watch(machines, "stall", stall_disk)


def open_loop(watched):
    """Of the run: fio's part, the distribution from the intended start, requests, rate, and the part
    of the time that the disk is busy with as many."""
    document = watched.result("TARGET0")
    read, workload = side(document, "open-loop"), workload_of(document, "open-loop")
    busy = 200 * read["clat_ns"]["percentile"]["50.000000"] / 1e9
    return read, workload["response_ns"]["read"], busy


def test_requests_arrive_at_the_rate_asked_for_whatever_the_disk_does(stall):
    read, _, _ = open_loop(stall)
    expected = 200 * 8
    assert abs(read["total_ios"] - expected) <= 4 * expected ** 0.5  # a Poisson count


@pytest.mark.parametrize("percentile", [95, 99])
def test_stall_delays_the_requests_that_arrive_in_it_as_arithmetic_says(stall, percentile):
    """A request that arrives t after the disk stopped waits for the rest of the stall, S - t, and for
    those before it, t x busy; and so on until the queue is empty. So 200 (S - x) / (1 - busy) requests
    wait longer than x; the percentile is that x which (100 - p) % of all wait longer than. Arrivals
    are a Poisson process: the count varies by its root."""
    read, response, busy = open_loop(stall)
    beyond = read["total_ios"] * (100 - percentile) / 100
    expected_s = stall.stall_s - beyond * (1 - busy) / 200
    vary_s = 5 * beyond ** 0.5 * (1 - busy) / 200
    got_s = response["percentile"][f"{percentile:.6f}"] / 1e9
    print(f"p{percentile}: {got_s:.3f} s, by arithmetic {expected_s:.3f} +- {vary_s:.3f} s")
    assert abs(got_s - expected_s) <= vary_s


def test_longest_response_is_the_stall(stall):
    """The first request after the disk stopped: 5 ms after it on average, 50 ms once in 22000 times. It
    may have come before one that was already in flight."""
    _, response, busy = open_loop(stall)
    assert stall.stall_s - 0.050 <= response["max"] / 1e9 <= stall.stall_s * (1 + busy) + 0.050


def test_closed_loop_latency_hides_the_stall(stall):
    """One request only was in flight: the others had not begun."""
    read, response, _ = open_loop(stall)
    assert read["clat_ns"]["max"] / 1e9 >= stall.stall_s - 0.050
    assert read["clat_ns"]["percentile"]["99.000000"] < response["percentile"]["99.000000"] / 10


# --- a known cost of time

@pytest.fixture(scope="module")
def null_blk(machines):
    return watch_with_fio(machines, "null-blk", "/dev/nullb0", "--size=1g")


@pytest.mark.parametrize("name", ["io_uring", "libaio"])
def test_fio_is_never_faster_where_the_processor_is_the_limit(null_blk, name):
    tare, fio = side(null_blk.result(), name), fio_read(null_blk, name)
    print(f"{name}: tare {tare['iops']:.0f}, fio {fio['iops']:.0f}: {tare['iops'] / fio['iops']:.2f}")
    assert tare["total_ios"] == fio["total_ios"]
    assert tare["iops"] >= fio["iops"]


@pytest.mark.parametrize("name", ["io_uring", "libaio"])
@pytest.mark.machine("null-blk-acpi-pm")
def test_clock_that_costs_a_system_call_does_not_cost_requests(null_blk, run, name):
    slow = Watched(run).result()
    assert slow["tare"]["platform"]["clocksource"] == "acpi_pm"
    fast = side(null_blk.result(), name)["iops"]
    print(f"{name}: {fast:.0f}, by acpi_pm {side(slow, name)['iops']:.0f}")
    assert near(side(slow, name)["iops"], fast, CLOCKSOURCE_TOLERANCE)
