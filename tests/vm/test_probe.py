# SPDX-License-Identifier: MIT
"""These tests will check what probes say of a platform: that each row is there, with figures or a reason,
and, where time is counted in instructions, that the figures are right.

Nothing here is judged by the speed of this machine, but for what is counted."""

import pytest

# In the order of the table. Those in the second tuple may be missing, with a reason: this kernel, or this
# QEMU, may not have what they need.
FIGURES = {
    "tsc": (("invariant", "used", "read_ns", "tsc_mhz", "skew_ns", "skew_error_ns", "pm_ppm"), ("rtc_ppm",)),
    "clock": (("call_ns", "syscall_ns", "vdso"), ()),
    "syscall": (("getppid_ns", "nop_ns", "nop32_ns"), ()),
    "exit": (("cpuid_ns",), ("cpuid_ticks",)),  # ticks of a counter that proved steady
    "port": (("elcr_ns", "post_ns", "pm_timer_ns"), ()),
    "wake": (("same_cpu_ns", "sleep_ns", "spin_ns"), ()),
    "timer": (("late_50us_ns", "late_1ms_ns"), ()),
    "noise": (("lost_pct", "gap_ns", "longest_ns", "gaps_per_s", "steal_pct"), ()),
    "pages": (("fresh_2m_ns", "fault_2m_ns", "read_2m_ns", "fault_4k_ns", "read_4k_ns", "span_mib"), ()),
    "memory": (("copy_mib_per_s", "read_mib_per_s", "latency_ns"), ()),
    "speed": (("chain_mhz", "phases_mhz"), ()),
    "engine": (("null_qd1_ns", "null_qd64_ns", "null_user_ns", "null_system_ns", "null_submit_ns",
                "null_qd1_user_ns", "null_qd1_system_ns", "null_qd1_submit_ns"),
               ("ram_qd1_ns", "ram_qd64_ns")),
}
ALL_MS = 60000


def probes_of(run):
    document = run.document()
    assert document["tare"]["state"] == "done", document["tare"]["reason"]
    return {probe["name"]: probe for probe in document["tare"]["probes"]}


def p50(probes, probe, figure):
    value = probes[probe]["figures"][figure]
    assert not isinstance(value, str), f"{probe} {figure}: {value}"
    return value[0] if isinstance(value, list) else value


@pytest.mark.machine("probe")
def test_every_probe_has_its_figures_or_a_reason(run):
    probes = probes_of(run)
    assert list(probes) == list(FIGURES)
    for name, (wanted, may_miss) in FIGURES.items():
        figures = probes[name]["figures"]
        missing = [f for f in wanted if f not in figures or isinstance(figures[f], str)]
        assert not missing, (name, probes[name])
        assert all(figures.get(f) for f in may_miss), (name, figures)


@pytest.mark.machine("probe")
def test_all_probes_take_a_minute_at_most(run):
    probes = probes_of(run)
    assert sum(probe["took_ms"] for probe in probes.values()) <= ALL_MS


@pytest.mark.machine("probe")
def test_suite_probe_uses_no_disk_and_has_no_jobs(run):
    document = run.document()
    assert document["jobs"] == [] and document["tare"]["workloads"] == []
    assert document["tare"]["target"]["kind"] == "none"
    assert any("nothing was opened for writing" in line for line in document["tare"]["safety"])


@pytest.mark.machine("probe")
def test_figures_are_of_a_machine(run):
    """Whatever else this computer does: what holds on all of them."""
    probes = probes_of(run)
    for name, probe in probes.items():
        for figure, value in probe["figures"].items():
            if isinstance(value, list) and figure.endswith("_ns"):
                assert value[0] >= 0 and value[2] >= 0, (name, figure, value)
                assert value[1] is None or value[1] >= value[0], (name, figure, value)
    assert 1 <= p50(probes, "pages", "span_mib") <= 1024
    assert abs(p50(probes, "tsc", "pm_ppm")) < 1000  # QEMU counts both by one clock
    assert 0 <= p50(probes, "noise", "lost_pct") <= 100
    assert p50(probes, "syscall", "nop32_ns") < p50(probes, "syscall", "nop_ns")
    assert p50(probes, "pages", "fault_4k_ns") < p50(probes, "pages", "fault_2m_ns")


@pytest.mark.machine("probe")
def test_null_blk_is_told_of_and_taken_away(run):
    """It is a disk that was added, and locked as any."""
    document = run.document()
    assert any(line.startswith("nullb0") and "read-only" in line for line in document["tare"]["safety"])
    assert "nullb0" not in [disk["node"] for disk in document["tare"]["disks"]]
    assert "del_gendisk" not in run.text and "BUG:" not in run.text


# --- counted time: an instruction is a nanosecond

@pytest.fixture
def counted(run):
    return probes_of(run)


@pytest.mark.group("long")
@pytest.mark.machine("probe-counted")
def test_counter_has_the_rate_that_it_has(counted):
    assert p50(counted, "tsc", "tsc_mhz") == pytest.approx(1000, abs=0.1)
    assert abs(p50(counted, "tsc", "pm_ppm")) < 20


@pytest.mark.group("long")
@pytest.mark.machine("probe-counted")
def test_chain_of_additions_is_counted_to_the_instruction(counted):
    """A thousand of them in a row, and little around them."""
    assert 990 <= p50(counted, "speed", "chain_mhz") <= 1000
    assert 990 <= p50(counted, "speed", "phases_mhz") <= 1000
    assert p50(counted, "exit", "cpuid_ns") < 10  # without a hypervisor that must be asked


@pytest.mark.group("long")
@pytest.mark.machine("probe-counted")
def test_one_cpu_cannot_wake_another(counted):
    for probe, figure in (("wake", "sleep_ns"), ("wake", "spin_ns"), ("tsc", "skew_ns")):
        assert counted[probe]["figures"][figure] == "one CPU only"


# Cheaper first, and by which factor at least.
ORDER = [
    ("clock", "call_ns", "clock", "syscall_ns", 2),
    ("clock", "call_ns", "syscall", "getppid_ns", 2),
    ("syscall", "getppid_ns", "syscall", "nop_ns", 2),
    ("syscall", "nop32_ns", "syscall", "nop_ns", 2),
    ("syscall", "nop_ns", "engine", "null_qd1_ns", 2),
    ("engine", "null_qd64_ns", "engine", "null_qd1_ns", 1.1),
    ("pages", "read_2m_ns", "pages", "read_4k_ns", 0.99),  # counted instructions know no TLB
    ("pages", "fault_4k_ns", "pages", "fault_2m_ns", 2),
]


@pytest.mark.group("long")
@pytest.mark.machine("probe-counted")
@pytest.mark.parametrize("cheap, cheap_figure, dear, dear_figure, factor", ORDER)
def test_what_takes_more_instructions_costs_more(counted, cheap, cheap_figure, dear, dear_figure, factor):
    less, more = p50(counted, cheap, cheap_figure), p50(counted, dear, dear_figure)
    print(f"{cheap} {cheap_figure} {less}, {dear} {dear_figure} {more}: {more / less:.2f}")
    assert more >= factor * less


@pytest.mark.group("long")
@pytest.mark.machine("probe-counted")
def test_parts_of_an_io_make_the_whole(counted):
    parts = p50(counted, "engine", "null_user_ns") + p50(counted, "engine", "null_system_ns")
    assert parts == pytest.approx(p50(counted, "engine", "null_qd64_ns"), rel=0.05)
    parts = p50(counted, "engine", "null_qd1_user_ns") + p50(counted, "engine", "null_qd1_system_ns")
    latency = p50(counted, "engine", "null_qd1_ns") + p50(counted, "engine", "null_qd1_user_ns")
    assert parts == pytest.approx(latency, rel=0.1)
    for depth in ("", "qd1_"):
        submit = p50(counted, "engine", f"null_{depth}submit_ns")
        assert 0 < submit <= p50(counted, "engine", f"null_{depth}system_ns") * 1.05
