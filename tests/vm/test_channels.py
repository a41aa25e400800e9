# SPDX-License-Identifier: MIT
"""These tests will check that a result comes out by whatever way is left: each channel is broken in
turn, the others bring the same bytes, and the run ends in bounded time."""

import dataclasses
import http.server
import json
import random
import re
import subprocess
import threading
import time

import pytest

import boot
import machine


class Server:
    """On the host's loopback interface, which a guest's user network shows as 10.0.2.2."""

    def __init__(self, status=201, hangs=False):
        self.bodies, self.paths, self.requests = [], [], 0
        outer, self._over = self, threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                outer.requests += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hangs:
                    outer._over.wait(300)
                    return
                outer.bodies.append(body)
                outer.paths.append(self.path)
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        port = self._server.server_port
        self.url = f"http://10.0.2.2:{port}/in/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._over.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def long_group(request):
    if "long" not in request.config.getoption("group").split(","):
        pytest.skip("runs with --group long")


def folder_of(name):
    return machine.BUILD / "vm" / name


def uploading(row, url):
    return dataclasses.replace(row, config=f"{row.config} upload={url}")


def collect(path):
    """Status, document or None, and what it says, of `tare collect` for one file."""
    done = subprocess.run([machine.BUILD / "tare", "collect", path], capture_output=True,
                          timeout=60, check=False)
    return (done.returncode, json.loads(done.stdout) if done.stdout else None,
            done.stderr.decode())


def slot_text(image, index=0, kind="txt"):
    """runNN.txt of a results disk, or another kind, without the newlines that pad it."""
    done = subprocess.run(["mtype", "-i", f"{image}@@1M", f"::run{index:02}.{kind}"],
                          capture_output=True, check=True)
    return done.stdout.decode().rstrip("\n") + "\n"


def fsck(image):
    """The file system on a results disk, as its own checker sees it."""
    part = image.parent / "part.fat"
    table = subprocess.run(["/usr/sbin/sgdisk", "-i", "1", image], capture_output=True, text=True,
                           check=True).stdout
    first = int(re.search(r"First sector: (\d+)", table)[1])
    count = int(re.search(r"Partition size: (\d+)", table)[1])
    with open(image, "rb") as whole:
        whole.seek(first * 512)
        part.write_bytes(whole.read(count * 512))
    done = subprocess.run(["/usr/sbin/fsck.fat", "-n", part], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout


def test_every_channel_brings_the_same_bytes(machines):
    with Server() as server:
        run = boot.boot_once(uploading(machines["all-channels"], server.url),
                             folder_of("all-channels"))
    assert run.ending == "ended", run.tail()
    assert run.elapsed_s < 90  # nothing lingers where the result was taken
    [(name, data)] = run.bytes_by_run("serial.log").items()
    assert json.loads(data)["tare"]["state"] == "done"
    assert run.bytes_by_run("results.img") == {name: data}
    assert (run.folder / "port.json").read_bytes() == data
    assert server.bodies == [data]
    assert server.paths == ["/in/" + name]
    assert run.bytes_by_run("port.json") == {name: data}


def test_report_on_the_results_partition_has_the_log_below_it(machines):
    folder = folder_of("all-channels")
    if not (folder / "results.img").exists():
        pytest.skip("the boot of all-channels comes first")
    report, _, log = slot_text(folder / "results.img").partition("\n--- log: ")
    assert report.startswith("tare ")
    assert re.search(r"^\[ +\d+\.\d{3}\] target: sda, ", log, re.M)
    assert "the kernel's warnings and errors of this boot ---" in log


def test_page_on_the_results_partition_is_the_report(machines):
    """This test will check that a browser finds there what `tare report --format html` makes of the result."""
    folder = folder_of("all-channels")
    if not (folder / "results.img").exists():
        pytest.skip("the boot of all-channels comes first")
    made = subprocess.run([machine.BUILD / "tare", "report", "--format", "html", folder / "port.json"],
                          capture_output=True, text=True, check=True).stdout
    assert made.startswith("<!DOCTYPE html>") and made.endswith("</html>\n")
    assert slot_text(folder / "results.img", kind="html") == made


def test_run_that_is_cut_off_loses_one_workload_at_most(machines):
    row = machines["interrupted"]
    with boot.Boot(row, folder_of("cut-off")) as running:
        assert running.wait_text(r"ev=checkpoint round=1 ", 120), running.text()[-3000:]
        assert running.wait_text(r"ev=round round=2 ", 60), running.text()[-3000:]
        time.sleep(0.3)
        running.kill()
    status, document, said = collect(running.folder / "serial.log")
    assert status == 1
    tare = document["tare"]
    assert tare["checkpoint"] is True and tare["state"] == "partial"
    assert tare["rounds_done"] == 1
    assert max(job["read"]["iops"] + job["write"]["iops"] for job in document["jobs"]) > 0
    assert "it ends before its result: this is its last checkpoint; it said later:" in said
    assert "ev=round round=2 " in said and "ev=round round=1 " not in said
    [name] = running.run.bytes_by_run("serial.log", only_whole=False)
    assert name.endswith(".partial.json")


@pytest.mark.usefixtures("long_group")
def test_virtio_port_alone_brings_the_result(machines):
    run = boot.boot_once(machines["port-alone"], folder_of("port-alone"))
    assert run.ending == "ended"
    assert run.elapsed_s < 120
    assert run.document()["tare"]["state"] == "done"


@pytest.mark.usefixtures("long_group")
def test_server_alone_gets_the_result(machines):
    with Server() as server:
        run = boot.boot_once(uploading(machines["upload-alone"], server.url + "one.json"),
                             folder_of("upload-alone"))
    assert run.ending == "ended"
    assert run.elapsed_s < 120
    [body] = server.bodies
    assert server.paths == ["/in/one.json"]
    assert json.loads(body)["tare"]["state"] == "done"


@pytest.mark.usefixtures("long_group")
@pytest.mark.parametrize("kind, options, said", [
    ("refuses", {"status": 403}, "answered 403 Forbidden (after 1 try)"),
    ("hangs", {"hangs": True}, "no answer within its time (after 3 tries)"),
    ("is-busy", {"status": 503}, "answered 503 Service Unavailable (after 3 tries)"),
    ("is-gone", None, "Connection refused (after 3 tries)"),
])
def test_server_and_port_that_fail_leave_the_serial_line(machines, kind, options, said):
    with Server(**(options or {})) as server:
        url = server.url if options else "http://10.0.2.2:9/"
        run = boot.boot_once(uploading(machines["upload-fails"], url),
                             folder_of(f"upload-{kind}"))
        requests = server.requests
    assert run.ending == "ended", run.tail()
    assert run.elapsed_s < 150
    assert run.document()["tare"]["state"] == "done"
    assert "warning: upload to 10.0.2.2" in run.text and said in run.text, run.tail()
    assert requests == {"refuses": 1, "hangs": 3, "is-busy": 3, "is-gone": 0}[kind]
    assert "virtio-serial port io.tare.0: Operation timed out" in run.text


@pytest.mark.usefixtures("long_group")
def test_serial_line_that_is_blocked_leaves_the_results_partition(machines):
    run = boot.boot_once(machines["serial-blocked"], folder_of("serial-blocked"))
    assert run.ending == "ended"
    print(f"ended after {run.elapsed_s:.0f} s")
    assert run.elapsed_s < 300
    [data] = run.bytes_by_run("results.img").values()
    assert json.loads(data)["tare"]["state"] == "done"


@pytest.mark.usefixtures("long_group")
def test_results_disk_that_is_read_only_is_told_and_left_alone(machines):
    run = boot.boot_once(machines["results-read-only"], folder_of("results-read-only"))
    assert run.ending == "ended", run.tail()
    assert run.document()["tare"]["state"] == "done"
    assert re.search(r"results partition on \w+: ", run.text), run.tail()
    fresh = (machine.BUILD / "tare-results.img").read_bytes()
    assert (run.folder / "results.img").read_bytes() == fresh


@pytest.mark.usefixtures("long_group")
def test_results_disk_that_is_pulled_out_leaves_the_serial_line(machines):
    with boot.Boot(machines["results-vanishes"], folder_of("results-vanishes")) as running:
        assert running.wait_text(r"ev=round round=1 ", 120), running.text()[-3000:]
        running.unplug_disk("results")
        running.wait_end()
    run = running.run
    assert run.ending == "ended", run.tail()
    assert run.document()["tare"]["state"] == "done"
    assert "stored on the results partition" not in run.text


def boot_on(row, folder, **options):
    """A boot that keeps the disks that lie in its folder."""
    return boot.Boot(row, folder, fresh=False, **options)


PAGE_BYTES = 256 << 10  # of the last part of a slot, which is as large as the first


def make_results(folder, slots):
    """A results disk of few slots, as its own disk of a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([machine.TOP / "tests/fixtures/results_image.sh", folder / "results.img",
                    str(slots), str(PAGE_BYTES), str(64 << 10)], check=True)


def check_pages(image, slots):
    """Each page is a whole one, or shows nothing."""
    for index in range(slots):
        page = slot_text(image, index, "html")
        assert page.startswith("\n") or page.endswith("</html>\n"), f"run{index:02}.html: {page[:80]!r}"


@pytest.mark.usefixtures("long_group")
def test_full_results_disk_gives_up_its_oldest_result(machines):
    folder = folder_of("results-full")
    make_results(folder, 2)
    runs = []
    for _ in range(4):
        with boot_on(machines["facts-again"], folder) as running:
            running.wait_end()
        assert running.run.ending == "ended", running.run.tail()
        runs += running.run.bytes_by_run("serial.log").items()
        assert running.run.bytes_by_run("results.img") == dict(runs[-2:])
    assert len(dict(runs)) == 4
    fsck(folder / "results.img")


def kill_while_storing(row, folder, at_bytes):
    """Boots and kills QEMU as soon as the results disk has taken `at_bytes`. Returns the boot and how
    many it had taken then."""
    with boot_on(row, folder) as running:
        running.slow_writes("results", 160 << 10)  # storing takes two seconds
        until, wrote = time.monotonic() + 100, 0
        while wrote < at_bytes:
            assert time.monotonic() < until, running.text()[-3000:]
            time.sleep(0.01)
            wrote = running.blockstats()["results"]["wr_bytes"]
        running.kill()
    return running.run, wrote


@pytest.mark.usefixtures("long_group")
def test_power_cut_while_storing_costs_no_other_result(machines):
    """Twelve times QEMU is killed at a random moment of storing: within the first body, the second, and
    around the header, as it comes; then within the page, and the last time when all is written."""
    seed = 20260
    random_ = random.Random(seed)
    row, folder = machines["facts-again"], folder_of("killed-while-storing")
    make_results(folder, 3)
    with boot_on(row, folder) as running:
        running.wait_end()
    known = running.run.bytes_by_run("results.img")
    assert len(known) == 1
    all_bytes = running.run.blockstats["results"]["wr_bytes"]
    assert all_bytes > 320 << 10
    cuts, whole, header_at = [], 0, all_bytes - PAGE_BYTES
    moments = [random_.randrange(1, header_at) for _ in range(9)]
    moments += [random_.randrange(header_at + (16 << 10), all_bytes) for _ in range(2)] + [all_bytes]
    for at_bytes in moments:
        run, wrote = kill_while_storing(row, folder, at_bytes)
        fsck(folder / "results.img")
        found = run.bytes_by_run("results.img", only_whole=False)
        new = {name: data for name, data in found.items() if name not in known}
        newest, data = list(known.items())[-1]
        print(f"seed {seed}: killed after {wrote} of {all_bytes} bytes: the new result is "
              f"{'whole' if new else 'absent'}")
        assert found.get(newest) == data, "the previous result is damaged"
        assert len(new) <= 1
        assert not new or wrote > header_at - (16 << 10), "a header before its bodies"
        check_pages(folder / "results.img", 3)
        for data in new.values():
            assert json.loads(data)["tare"]["state"] in ("not measured", "failed")
        cuts.append(wrote)
        whole += len(new)
        known = {name: data for name, data in known.items() if name in found} | new
    assert len([at for at in set(cuts) if at < header_at - (16 << 10)]) >= 6, f"not spread: {cuts}"
    assert whole >= 1, "nothing was stored though all was written"
