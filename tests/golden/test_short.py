# SPDX-License-Identifier: MIT
"""These tests will check transfers that bring less than was asked for: a target that loses its second
half while it is read."""
import json
import os
import subprocess
import time

import pytest

from golden_places import BUILD

FULL_BYTES = 32 << 20
# More than what is left in one block, so that the block across the new end is short, not empty.
KEPT_BYTES = (16 << 20) + 512


@pytest.mark.parametrize("engine", ["io_uring", "libaio", "psync"])
def test_short_transfers_are_counted_and_are_no_errors(disk_path, engine):
    target, out = disk_path / f"short-{engine}.img", disk_path / f"short-{engine}.json"
    job = disk_path / f"short-{engine}.fio"
    job.write_text(f"[shrinks]\nioengine={engine}\nrw=read\nbs=64k\niodepth=4\ndirect=1\n"
                   "time_based\nruntime=2s\n")
    target.write_bytes(os.urandom(FULL_BYTES))
    process = subprocess.Popen([BUILD / "tare", "run", job, f"--target={target}", f"--out={out}",
                                "--seed=1"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(0.8)  # it reads by now
    os.truncate(target, KEPT_BYTES)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 0, said
    document = json.loads(out.read_text())
    read = document["jobs"][0]["read"]
    assert document["tare"]["workloads"][0]["errors"] == []
    assert document["jobs"][0]["error"] == 0
    # about half of the blocks, from then on; the byte count is what really came
    assert 0 < read["short_ios"] < read["total_ios"]
    whole = read["total_ios"] - read["short_ios"]
    assert whole * 65536 <= read["io_bytes"] <= whole * 65536 + read["short_ios"] * 512
    assert read["io_bytes"] % 512 == 0
