# SPDX-License-Identifier: MIT
"""Boots a machine in QEMU, follows it, always ends it, and brings back what it left."""

import fcntl
import functools
import http.server
import json
import os
import re
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import images
import prepared
from hardware import ACPI, FIRMWARE, OVMF
from machine import BUILD, HERE, TOP, WITHOUT_PARTITION, command
from qemu import nbd_command

# Emulated machines need a CPU each; more at once only makes every one of them late.
SLOTS = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))


# Of Debian's packages pxelinux and syslinux-common.
PXELINUX = ("/usr/lib/PXELINUX/pxelinux.0", "/usr/lib/syslinux/modules/bios/ldlinux.c32")


class QemuDied(Exception):
    """QEMU ended without having been asked to, or did not start; with its own words."""


@functools.cache
def accelerator():
    """"kvm" or "tcg", as image/accel.sh found out."""
    done = subprocess.run([TOP / "image" / "accel.sh"], capture_output=True, text=True, check=True)
    return done.stdout.split(":")[0]


@dataclass
class Run:
    """What a boot left behind."""

    machine: object
    folder: Path
    ending: str = "killed"  # "ended" by the guest, "reset" by the guest, "late", "killed"
    elapsed_s: float = 0.0
    text: str = ""  # of the serial line, without screen control
    blockstats: dict = field(default_factory=dict)  # by drive name, at the end
    # Of disks with content; of one behind an overlay, what the overlay holds.
    sha256_before: dict = field(default_factory=dict)
    sha256_after: dict = field(default_factory=dict)

    def bytes_by_run(self, name, only_whole=True):
        """The exact documents that `tare collect` finds in a file of this boot, by run id; beside
        runs of which only pieces came, where that is to be expected."""
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([BUILD / "tare", "collect", "--out", folder, self.folder / name],
                                  capture_output=True, text=True, timeout=120)
            assert done.returncode == 0 or not only_whole, \
                f"tare collect {name}: {done.stderr}\n{self.tail()}"
            found = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
        assert found, f"tare collect {name}: nothing\n{self.tail()}"
        return found

    def documents(self):
        """The results, parsed, by whichever way this machine has; several targets give several."""
        name = "serial.log" if self.machine.serial else self.machine.partition() or "port.json"
        return [json.loads(data) for _, data in sorted(self.bytes_by_run(name).items())]

    def document(self):
        documents = self.documents()
        assert len(documents) == 1, f"{len(documents)} results, one expected\n{self.tail()}"
        return documents[0]

    def tail(self, lines=40):
        return "\n".join(["--- end of " + str(self.folder / "serial.log")]
                         + self.text.splitlines()[-lines:])


def plain(data):
    """Console bytes as text: no screen control, no carriage returns."""
    text = data.decode(errors="replace")
    return re.sub(r"\x1b\[[0-9;?=]*[A-Za-z]|\x1bc|[\r\0]", "", text)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Says nothing."""


class Boot:
    """A machine that is running. Use with `with`: QEMU is gone after the block, whatever happens.
    `medium`: what is on the disk it boots from, instead of tare.iso itself; `rewrite`: makes of
    QEMU's command the one that is started; `disks`: a folder for the images of its disks, which is
    left as it then is, instead of the machine's own."""

    def __init__(self, machine, folder, *, fresh=True, initrd_extra=b"", medium=BUILD / "tare.iso",
                 rewrite=lambda words: words, disks=None):
        self.machine = machine
        self.folder = Path(folder)
        self.disks = Path(disks or folder)
        self.run = Run(machine, self.folder)
        self._initrd_extra = initrd_extra
        self._medium = medium
        self._rewrite = rewrite
        self._fresh = fresh
        self._process = None
        self._socket = None
        self._buffer = b""
        self._nbd = {}  # servers by drive name
        self._http = None
        self._pipes = []  # descriptors that keep pipes small and unread

    def __enter__(self):
        SLOTS.acquire()
        try:
            self._prepare()
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_):
        self._end()

    # --- before

    def _prepare(self):
        """Makes the machine's files. A boot that is not fresh keeps the disks of the one before."""
        machine, folder = self.machine, self.folder
        if self._fresh:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for disk in machine.disks:
                self._fill(disk)
                if disk.blkdebug:
                    shutil.copyfile(HERE / "blkdebug" / disk.blkdebug, self.disks / disk.blkdebug)
            if machine.results != "no":
                shutil.copyfile(BUILD / "tare-results.img", folder / "results.img")
                if machine.job:
                    images.put_on_results(folder / "results.img", HERE / "jobs" / machine.job)
            if machine.media not in WITHOUT_PARTITION:
                shutil.copyfile(self._medium, folder / "media.img")
            if machine.firmware != "bios":
                shutil.copyfile(OVMF / FIRMWARE[machine.firmware][1], folder / "ovmf-vars.fd")
            if machine.acpi:
                (folder / f"{machine.acpi}.bin").write_bytes(ACPI[machine.acpi][2])
            if machine.media == "pxelinux":
                self._serve_pxelinux(folder / "pxe")
        (folder / "serial.log").write_bytes(b"")
        if machine.media == "kernel":
            initramfs = (BUILD / "initramfs").read_bytes()
            pad = bytes(-len(initramfs) % 4)  # the kernel looks for archives at multiples of 4
            (folder / "initramfs").write_bytes(initramfs + pad + self._embedded()
                                               + self._initrd_extra)
        for disk in machine.disks:
            if disk.content != "blank":
                self.run.sha256_before[disk.name] = self._digest(disk)

    def _fill(self, disk):
        path = self.disks / f"{disk.name}.img"
        if disk.content in images.CONTENTS:
            images.CONTENTS[disk.content](path, disk.size_bytes)
            return
        made = prepared.make_all(BUILD / "vm" / "prepared") / f"{disk.content}.img"
        if disk.overlay:
            images.overlay(path.with_suffix(".qcow2"), made)
        else:
            subprocess.run(["cp", "--sparse=always", str(made), str(path)], check=True)

    def _serve_pxelinux(self, pxe):
        """What a TFTP server has that boots by pxelinux: its loader and the module that it asks for
        first, beside what we hand out."""
        shutil.copytree(BUILD / "pxe", pxe)
        for path in PXELINUX:
            shutil.copy(path, pxe)

    def _digest(self, disk):
        path = self.disks / f"{disk.name}.img"
        return images.overlaid(path.with_suffix(".qcow2")) if disk.overlay else images.sha256(path)

    def _embedded(self):
        """The embed area of a machine without a results partition to put its job file on."""
        name = self.machine.job
        if not name or self.machine.results != "no":
            return b""
        return images.cpio({f"tare.embed/{name}": (0o644, (HERE / "jobs" / name).read_bytes())})

    def _start_nbd(self, disk):
        server = self.folder / f"{disk.name}.nbd"
        server.unlink(missing_ok=True)
        with open(self.folder / f"{disk.name}.nbd.log", "wb") as log:
            self._nbd[disk.name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL"] + nbd_command(disk, self.folder),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until = time.monotonic() + 10
        while not server.exists():
            if time.monotonic() > until or self._nbd[disk.name].poll() is not None:
                raise QemuDied((self.folder / f"{disk.name}.nbd.log").read_text(errors="replace"))
            time.sleep(0.05)

    def _start_http(self):
        """Hands out build/pxe on a loopback address, which the guest reaches as 10.0.2.2."""
        handler = functools.partial(QuietHandler, directory=BUILD / "pxe")
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        (self.folder / "http.port").write_text(str(self._http.server_port))

    def _make_pipe(self, name):
        """NAME.in and NAME.out, as QEMU wants them, which nobody reads and which hold little."""
        for way in ("in", "out"):
            path = self.folder / f"{name}.{way}"
            path.unlink(missing_ok=True)
            os.mkfifo(path)
            pipe = os.open(path, os.O_RDWR)
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 4096)
            self._pipes.append(pipe)

    def _start(self):
        if self.machine.line == "blocked":
            self._make_pipe("serial")
        if self.machine.port == "blocked":
            self._make_pipe("port")
        if self.machine.media == "http":
            self._start_http()
        for disk in self.machine.disks:
            if disk.nbd:
                self._start_nbd(disk)
        ours, qemus = socket.socketpair()
        # The paused end leaves time to ask for figures; a monitor over an inherited descriptor
        # needs no name that another run could take.
        words = self._rewrite(command(self.machine, self.folder, accelerator(), BUILD, self.disks)) + [
            "-no-shutdown", "-chardev", f"socket,id=qmp,fd={qemus.fileno()}",
            "-mon", "chardev=qmp,mode=control"]
        (self.folder / "qemu.cmd").write_text(shlex.join(words) + "\n")
        with open(self.folder / "qemu.log", "wb") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL"] + words, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, pass_fds=(qemus.fileno(),))
        qemus.close()
        self._socket = ours
        self._began = time.monotonic()
        self._message(10)  # the greeting
        self.qmp("qmp_capabilities")

    # --- during

    def _message(self, timeout_s):
        """The next message of QEMU, or None in time."""
        until = time.monotonic() + timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                left_s = until - time.monotonic()
                if left_s <= 0 or not selector.select(left_s):
                    return None
                try:
                    data = self._socket.recv(65536)
                except ConnectionResetError:
                    data = b""
                if not data:
                    self._process.wait(10)
                    words = (self.folder / "qemu.log").read_text(errors="replace")
                    raise QemuDied(f"status {self._process.returncode}: {words}")
                self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return json.loads(line)

    def _note(self, message):
        if message.get("event") == "SHUTDOWN" and self.run.ending == "killed":
            reset = message["data"]["reason"] == "guest-reset"
            self.run.ending = "reset" if reset else "ended"
            self.run.elapsed_s = time.monotonic() - self._began

    def qmp(self, name, timeout_s=10, **arguments):
        """Executes a command of QEMU's monitor and returns its answer."""
        request = {"execute": name, "arguments": arguments}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            message = self._message(timeout_s)
            if message is None:
                raise QemuDied(f"no answer to {name} within {timeout_s} s")
            if "error" in message:
                raise QemuDied(f"{name}: {message['error']}")
            if "return" in message:
                return message["return"]
            self._note(message)

    def text(self):
        return plain((self.folder / "serial.log").read_bytes())

    def wait_text(self, pattern, timeout_s):
        """Waits until the serial line matches; returns the match, or None where it never does."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until and self.run.ending == "killed":
            match = re.search(pattern, self.text())
            if match:
                return match
            message = self._message(0.1)
            if message:
                self._note(message)
        return re.search(pattern, self.text())

    def watch(self, for_s):
        """Takes note of what QEMU says, for so long or until the guest has ended itself."""
        until = time.monotonic() + for_s
        while self.run.ending == "killed" and (left_s := until - time.monotonic()) > 0:
            message = self._message(left_s)
            if message:
                self._note(message)

    def screen(self):
        """The text on a VGA screen in text mode, from all of its memory: what it shows is in there,
        after what it showed before."""
        path = self.folder / "screen.bin"
        self.qmp("pmemsave", val=0xB8000, size=0x8000, filename=str(path))
        text = path.read_bytes()[::2].decode("cp437").replace("\0", " ")
        return "\n".join(text[i:i + 80].rstrip() for i in range(0, len(text), 80))

    def age_s(self):
        return time.monotonic() - self._began

    def blockstats(self):
        """QEMU's figures of each drive, by its name; those of add_disk() have one, too."""
        rows = {row.get("device") or row.get("node-name"): row["stats"]
                for row in self.qmp("query-blockstats")}
        return {name: stats for name, stats in rows.items() if name}

    def stop_disk(self, name):
        """A disk with nbd=yes answers no more, until resume_disk()."""
        self._nbd[name].send_signal(signal.SIGSTOP)

    def resume_disk(self, name):
        self._nbd[name].send_signal(signal.SIGCONT)

    def resume_all(self):
        for name in self._nbd:
            self.resume_disk(name)

    def unplug_disk(self, name):
        """Takes the device of a drive out of the running machine; one of add_disk(), too."""
        for row in self.qmp("query-block"):
            if name in (row["device"], row.get("qdev")):
                self.qmp("device_del", id=row["qdev"])

    def add_disk(self, name, size_bytes, serial):
        """Plugs a blank disk into the virtio-scsi bus of the running machine."""
        path = self.folder / f"{name}.img"
        images.CONTENTS["blank"](path, size_bytes)
        self.qmp("blockdev-add", **{"driver": "raw", "node-name": name,
                                    "file": {"driver": "file", "filename": str(path)}})
        self.qmp("device_add", driver="scsi-hd", id=name, bus="scsi.0", drive=name, serial=serial)

    def keep_back(self, name):
        """Of a drive with blkdebug, the next read and the next write get no answer, until let_go()."""
        for event in ("read_aio", "write_aio"):
            self._qemu_io(name, f"break {event} {event}")

    def let_go(self, name):
        for event in ("read_aio", "write_aio"):
            self._qemu_io(name, f"remove_break {event}")

    def _qemu_io(self, name, words):
        self.qmp("human-monitor-command", **{"command-line": f'qemu-io {name} "{words}"'})

    def slow_writes(self, name, bytes_per_s):
        """From now on a drive takes no more than that."""
        self.qmp("block_set_io_throttle", device=name, bps=0, bps_rd=0, bps_wr=bytes_per_s,
                 iops=0, iops_rd=0, iops_wr=0)

    def stop(self):
        """QEMU gets no time, until go_on(): as on a host that has too much to do."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self._process.send_signal(signal.SIGCONT)

    def kill(self):
        """As a power cut: QEMU is gone at once, and what it had not written yet."""
        self._process.kill()
        self._process.wait()
        self.run.elapsed_s = time.monotonic() - self._began

    def press_power_button(self):
        self.qmp("system_powerdown")

    def press_keys(self, *keys):
        """All at once, on the keyboard; by QEMU's names ("ctrl", "a", "ret")."""
        self.qmp("send-key", keys=[{"type": "qcode", "data": key} for key in keys])
        time.sleep(0.2)  # QEMU holds them for 0.1 s

    def wait_end(self, timeout_s=None):
        """Waits for the guest to end itself and takes the figures of its disks."""
        until = self._began + (timeout_s or self.machine.timeout)
        while self.run.ending == "killed":
            message = self._message(max(0, until - time.monotonic()))
            if message is None:
                self.run.ending = "late"
                self.run.elapsed_s = time.monotonic() - self._began
                break
            self._note(message)
        self.run.blockstats = self.blockstats()
        return self.run

    # --- after

    def _end(self):
        """Ends this QEMU and no other."""
        try:
            self.resume_all()  # QEMU waits for what it still asked of its disks
            if self._process and self._process.poll() is None:
                self.go_on()
                self._quit()
        finally:
            if self._http:
                self._http.shutdown()
                self._http.server_close()
            for server in self._nbd.values():
                server.kill()
                server.wait()
            for pipe in self._pipes:
                os.close(pipe)
            if self._socket:
                self._socket.close()
            if self._process:
                self.run.text = self.text()
                self.run.sha256_after = {disk.name: self._digest(disk) for disk in self.machine.disks
                                         if disk.name in self.run.sha256_before}
            SLOTS.release()

    def _quit(self):
        try:
            self._socket.sendall(b'{"execute": "quit"}\n')
            self._process.wait(10)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()


# Faults of the emulator, which say nothing about the machine: what the kernel says, how many CPUs it takes,
# and what it is.
# QEMU before 8.1 translates code of one CPU while another one changes it (fixed by its commit deba78709a):
# a kernel that switches a jump label with several CPUs running then steps on the breakpoint that had
# been there meanwhile.
# The kernel waits a tenth of a second for ticks; a computer with too much to do may run QEMU's CPU in
# that time, but not its timer. Under a hypervisor that it knows the kernel does not look.
EMULATOR_FAULTS = (
    (re.compile(r"Oops: int3: 0000"), 2, "code that changes"),
    (re.compile(r"Kernel panic - not syncing: IO-APIC \+ timer doesn't work"), 1, "a timer without time"),
)
EMULATOR_TRIES = 3


def emulator_fault_in(text, cpus):
    """What the emulator did by a serial line of a machine with so many CPUs; or ""."""
    faults = [what for pattern, least, what in EMULATOR_FAULTS if cpus >= least and pattern.search(text)]
    return faults[0] if faults and accelerator() == "tcg" else ""


def emulator_fault(run):
    """The same where nothing else ended a boot."""
    return emulator_fault_in(run.text, run.machine.cpus) if run.ending == "reset" else ""


def boot_once(machine, folder, *, fresh=True, during=lambda boot: None, **options):
    """Boots, does `during` with it, waits for the end, returns the Run; again where nothing but a fault
    of the emulator ended the boot."""
    for left in reversed(range(EMULATOR_TRIES)):
        with Boot(machine, folder, fresh=fresh, **options) as boot:
            during(boot)
            boot.wait_end()
        fault = emulator_fault(boot.run)
        if not (left and fresh and fault):
            return boot.run
        print(f"{machine.name}: the emulator's fault: {fault}: booted again", file=sys.stderr)
