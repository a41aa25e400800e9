# SPDX-License-Identifier: MIT
"""The same job file, given to fio and to tare on files of the same size, must do the same work: as many I/Os and bytes in each
direction, on the same sectors. Only what fio does alike in every run is compared."""
import json
import shutil
import subprocess

import pytest

FILE_BYTES = 2 << 20  # no multiple of 12 KiB, so that every rounding shows
SECTOR_BYTES = 512
# Of what ends by time. A thread that is woken late on a busy machine measures for less; what ended by anything else
# would have done so within a few milliseconds.
RUNTIME_S = 1
FILLED = b"\xaa" * FILE_BYTES

# Options of one section [a], as "name=value name=value ...". Sequential or whole, so exact to the sector.
EXACT = """
rw=read
rw=write
rw=randread
rw=randwrite
rw=write loops=2
rw=write bs=12k
rw=write bs=12k loops=2
rw=write bs=12k size=1m
rw=randwrite bs=12k size=1m
rw=randwrite bs=12k size=1m loops=3
rw=write bs=12k size=1m offset=1m
rw=write bs=12k size=1m offset=512k
rw=write bs=4k size=10k
rw=write size=1MiB bs=512
rw=write size=0x10000
rw=write size=64kb
rw=write size=50%
rw=write size=33%
rw=write bs=12k size=33%
rw=write bs=12k size=33% offset=33%
rw=write bs=12k size=50% offset=70%
rw=write bs=12k size=33% io_size=33%
rw=write offset=50%
rw=write offset=33%
rw=write offset=25% size=50%
rw=write offset=1m
rw=write offset=1m size=64k
rw=write io_size=64k
rw=write io_size=50%
rw=write offset=512k io_size=50%
rw=write size=512k io_size=50%
rw=write size=1m io_size=3m
rw=randwrite size=1m io_size=3m
rw=write size=1m io_size=512k loops=2
rw=write size=1m io_size=3m loops=2
rw=write io_size=10k
rw=write bs=12k size=1m io_size=1000k
rw=write bs=12k size=1m io_size=1000k loops=3
rw=write bs=12k size=1m io_size=1500k
rw=write bs=12k size=1m io_size=1500k loops=3
rw=write bs=12k size=1m io_size=2500k loops=2
rw=randwrite bs=12k size=1m io_size=2500k loops=2
rw=write bs=12k io_size=3m
rw=write bs=12k io_size=4090k
rw=write bs=12k io_size=2046k
rw=write number_ios=100
rw=write number_ios=1000
rw=write number_ios=100 loops=3
rw=write size=1m bs=12k number_ios=86 loops=3
rw=write size=1m number_ios=1k io_size=3m
rw=write size=1m number_ios=300 io_size=3m
rw=write numjobs=3 size=256k
rw=write numjobs=4 offset_increment=256k size=256k
rw=write numjobs=4 offset_increment=256k
rw=write numjobs=2 offset_increment=25% size=25%
rw=write numjobs=2 offset_increment=33% size=64k
rw=write numjobs=2 offset_increment=300k offset=100k size=200k bs=4k
rw=write numjobs=2 offset_increment=1m group_reporting
rw=rw rwmixread=0
rw=randrw rwmixread=100
rw=randrw rwmixwrite=100
rw=write iodepth=16 ioengine=libaio
rw=write iodepth=16 ioengine=libaio iodepth_batch=0
rw=write iodepth=8 ioengine=libaio iodepth_batch_submit=4 iodepth_batch_complete_min=2 iodepth_batch_complete_max=8
rw=randwrite iodepth=32 ioengine=libaio iodepth_batch_complete=0
rw=randwrite iodepth=8 ioengine=libaio bs=12k size=1m loops=2
rw=write runtime=60 ioengine=null size=2m
rw=read runtime=60
rw=write time_based
rw=write thread randrepeat=0
""".split("\n")[1:-1]

# Random offsets or directions, drawn from generators that differ: totals only.
TOTALS = """
rw=randwrite io_size=64k
rw=randwrite number_ios=64
rw=randwrite bs=12k norandommap
rw=randwrite bs=12k norandommap size=1m
rw=randwrite bs=12k norandommap size=1m loops=2
rw=randwrite bs=12k norandommap size=1m io_size=2500k
rw=randwrite bs=12k norandommap size=1m io_size=2500k loops=2
rw=randwrite bs=12k size=1m io_size=1500k
rw=rw rwmixread=70
rw=randrw rwmixread=70
rw=randrw rwmixwrite=10 loops=2
rw=rw bs=12k
rw=rw bs=12k size=1m loops=2
rw=rw bs=12k size=1m loops=3
rw=rw bs=12k io_size=4m
rw=randrw bs=12k size=1m io_size=3m
rw=randrw number_ios=64
rw=randrw iodepth=16 ioengine=libaio number_ios=100 loops=2
""".split("\n")[1:-1]

# What both refuse: nothing is done.
REFUSED = """
size=1k
bs=4k size=4095
bs=8k size=4k rw=randread
iodepth=0
bs=0
rw=raed
size=x
ioengine=nosuch
rwmixread=101
""".split("\n")[1:-1]

SECTIONS = {
    "two at once": "[a]\nrw=write\nsize=256k\n[b]\nrw=write\noffset=1m\nsize=128k\n",
    "one after another": "[a]\nrw=write\nsize=256k\n[b]\nstonewall\nrw=randread\nsize=128k\n",
    "global in the middle": "[a]\nrw=write\n[global]\nbs=8k\nio_size=64k\n[b]\nwait_for_previous\nrw=write\n",
    "a group": "[global]\ngroup_reporting\nnumjobs=2\nsize=128k\n[a]\nrw=write\n[b]\nrw=read\noffset=1m\n",
    "a name": "[a]\nname=other\nrw=write\nsize=64k\n",
    "comments": "; one\n[a]\n# two\nrw=write\n\n  size=64k  \n",
}


def section(words):
    return "[a]\n" + "".join(f"{word}\n" for word in words.split(" "))


@pytest.fixture(scope="module")
def fio():
    if not shutil.which("fio"):
        pytest.skip("fio is not installed")
    return "fio"


@pytest.fixture
def both(fio, tare, disk_path, tmp_path_factory):
    """Gives a job file to fio and to tare; returns what each did, or None where it refused."""
    folder = disk_path / tmp_path_factory.mktemp("semantics").name
    folder.mkdir()

    def call(text):
        head = "[global]\nfilename=target.img\nzero_buffers=1\ndirect=1\nioengine=psync\n"
        for tool in ("fio", "tare"):
            (folder / tool).mkdir(exist_ok=True)
            (folder / tool / "job.fio").write_text(head + text)
            (folder / tool / "target.img").write_bytes(FILLED)
        words = [fio, "--output-format=json", "--output=out.json", "job.fio"]
        with subprocess.Popen(words, cwd=folder / "fio", stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as other:
            done = tare("run", "job.fio", "--target", "./target.img", "--write=yes", "--out",
                        "out.json", cwd=folder / "tare")
            other.wait(timeout=60)
        by_fio = did(folder / "fio") if other.returncode == 0 else None
        by_tare = did(folder / "tare") if done.returncode == 0 else None
        return by_fio, by_tare, done.stderr
    yield call
    shutil.rmtree(folder)


def did(folder):
    """I/Os and bytes by direction over all sections, and the sectors that were written (with zeros)."""
    text = (folder / "out.json").read_text()
    jobs = json.loads(text[text.index("{"):])["jobs"]  # fio's messages may stand before it
    data = (folder / "target.img").read_bytes()
    zero = bytes(SECTOR_BYTES)
    counts = {way: (sum(job[way]["total_ios"] for job in jobs), sum(job[way]["io_bytes"] for job in jobs))
              for way in ("read", "write")}
    touched = {at // SECTOR_BYTES for at in range(0, len(data), SECTOR_BYTES) if data[at:at + SECTOR_BYTES] == zero}
    syncs = sum(job["sync"]["total_ios"] for job in jobs)
    return {"counts": counts, "touched": touched, "syncs": syncs, "names": {job["jobname"] for job in jobs}, "bytes": len(data),
            "seconds": max(job[way]["runtime"] for job in jobs for way in ("read", "write")) / 1000}


def total(work):
    return tuple(sum(way[i] for way in work["counts"].values()) for i in (0, 1))


@pytest.mark.parametrize("words", EXACT)
def test_same_work_on_the_same_sectors(words, both):
    """This test will check I/Os, bytes and sectors of one section."""
    by_fio, by_tare, said = both(section(words))
    assert by_fio and by_tare, said
    assert by_fio["bytes"] == by_tare["bytes"] == FILE_BYTES
    assert by_tare["counts"] == by_fio["counts"], said
    assert by_tare["touched"] == by_fio["touched"], sorted(by_tare["touched"] ^ by_fio["touched"])[:9]
    writes = by_fio["counts"]["write"][0] and "null" not in words
    assert bool(by_fio["touched"]) == bool(writes)


@pytest.mark.parametrize("words", TOTALS)
def test_same_totals(words, both):
    """This test will check sums over both directions, where chance decides between them or where."""
    by_fio, by_tare, said = both(section(words))
    assert by_fio and by_tare, said
    assert total(by_tare) == total(by_fio), said


@pytest.mark.parametrize("words", ["rw=write size=1m fsync=8", "rw=write size=1m fsync=1",
                                   "rw=randwrite size=1m fsync=7", "rw=write number_ios=100 fsync=10 loops=2"])
def test_same_flushes(words, both):
    """This test will check that an fsync follows so many writes, and none the last of them."""
    by_fio, by_tare, said = both(section(words))
    assert by_fio and by_tare, said
    assert by_tare["syncs"] == by_fio["syncs"] > 0


@pytest.mark.parametrize("words", REFUSED)
def test_both_refuse(words, both):
    """This test will check that what fio refuses is not measured here either."""
    by_fio, by_tare, said = both(section(words))
    assert by_fio is None and by_tare is None
    assert "tare: " in said


@pytest.mark.parametrize("name", SECTIONS)
def test_sections_mean_the_same(name, both):
    """This test will check several sections, what they inherit and how they are named."""
    by_fio, by_tare, said = both(SECTIONS[name])
    assert by_fio and by_tare, said
    assert by_tare["counts"] == by_fio["counts"], said
    assert by_tare["touched"] == by_fio["touched"]
    if "group" not in name:  # fio names a whole group after its first section; a workload keeps its name here
        assert by_tare["names"] == by_fio["names"]


@pytest.mark.parametrize("words", ["rw=read", "rw=read number_ios=5", "rw=randread loops=2 io_size=64k",
                                   "rw=randrw ramp_time=100ms"])
def test_time_based_runs_on(words, both):
    """This test will check that time_based goes over the region again and again, and that only time ends it."""
    for work in both(section(words + f" ioengine=null size=1m time_based runtime={RUNTIME_S}s"))[:2]:
        assert total(work)[0] > 2 * (1 << 20) // 4096
        assert RUNTIME_S / 2 < work["seconds"] < 5


def test_time_comes_first(both):
    """This test will check that runtime ends what has more to do, without time_based too."""
    for work in both(section(f"ioengine=null size=2m loops=1000000 runtime={RUNTIME_S}s"))[:2]:
        assert FILE_BYTES // 4096 < total(work)[0] < 1000000 * FILE_BYTES // 4096
        assert RUNTIME_S / 2 < work["seconds"] < 5
