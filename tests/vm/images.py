# SPDX-License-Identifier: MIT
"""Contents of the disks that machines are given, and archives to add to an initramfs. Boots nothing."""

import errno
import hashlib
import json
import mmap
import os
import random
import re
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

# Neither at a GiB nor in the first or last 16 MiB, which every check looks at; within span=700M.
MIDDLE_OFFSET_BYTES = 512 * 1024 * 1024 + 77 * 4096
MIDDLE_BYTES = 4096
RESULTS_START_BYTES = 1024 * 1024  # of the partition, by image/results.sh
EXT4_DATA_BYTES = 64 * 1024 * 1024
DIGEST_BLOCK_BYTES = 65536


def _blank(path, size_bytes):
    with open(path, "wb") as image:
        image.truncate(size_bytes)


def _middle(path, size_bytes):
    _blank(path, size_bytes)
    with open(path, "r+b") as image:
        image.seek(MIDDLE_OFFSET_BYTES)
        image.write(random.Random(1).randbytes(MIDDLE_BYTES))


def _ext4(path, size_bytes):
    _blank(path, size_bytes)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").write_bytes(random.Random(2).randbytes(EXT4_DATA_BYTES))
        subprocess.run(["/sbin/mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,nodiscard",
                        "-L", "somebodys", "-d", folder, str(path)], check=True)


def _erased(path, size_bytes):
    """Every byte 0xFF, as erased flash: compressed, so that it costs half a second and 8 MiB a GiB."""
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-o",
                    "cluster_size=2M,compression_type=zstd", str(path), str(size_bytes)], check=True)
    writes = "".join(f"write -q -c -P 0xff {at} 2M\n" for at in range(0, size_bytes, 2 << 20))
    done = subprocess.run(["qemu-io", "-f", "qcow2", str(path)], input=writes, text=True,
                          capture_output=True, check=True)
    assert "fail" not in done.stdout + done.stderr, done.stdout + done.stderr


def _qcow2(path, size_bytes):
    """Blank, and as large as no file of the host's could be."""
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(path), str(size_bytes)], check=True)


def _zeros(path, size_bytes):
    """Blank, and every byte of it was written, past the page cache: the host has allocated all of it."""
    piece = mmap.mmap(-1, 1 << 20)  # aligned, as O_DIRECT wants it
    image = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_DIRECT, 0o644)
    for at in range(0, size_bytes, len(piece)):
        os.pwrite(image, piece, at)
    os.fsync(image)
    os.close(image)


CONTENTS = {"blank": _blank, "erased": _erased, "middle": _middle, "ext4": _ext4, "qcow2": _qcow2,
            "zeros": _zeros}
LAYOUTS = {"erased": "qcow2", "qcow2": "qcow2"}  # of the image, where it is not raw


def program(name):
    """Files of an archive that hold a program of this system with the libraries it names."""
    path = shutil.which(name)
    listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
    libraries = re.findall(r"(/\S+) \(0x", listed)
    return {file.lstrip("/"): (0o755, Path(file).read_bytes()) for file in [path] + libraries}


def put_on_results(image, path):
    """Copies a file into the root of a results disk's file system, as a user would."""
    subprocess.run(["mcopy", "-o", "-i", f"{image}@@{RESULTS_START_BYTES}", str(path), "::"],
                   check=True)


def _stretches(image, size_bytes):
    """Where a sparse file may hold anything but zeros."""
    at = 0
    while at < size_bytes:
        try:
            start = os.lseek(image.fileno(), at, os.SEEK_DATA)
        except OSError as problem:  # ENXIO: a hole to the end
            assert problem.errno == errno.ENXIO
            return
        at = os.lseek(image.fileno(), start, os.SEEK_HOLE)
        yield start // DIGEST_BLOCK_BYTES * DIGEST_BLOCK_BYTES, at


def sha256(path):
    """Of the whole contents: two files have the same exactly where every byte is. Holes are not read, and
    count as the zeros that they are."""
    digest = hashlib.sha256(str(os.path.getsize(path)).encode())
    done = 0
    with open(path, "rb") as image:
        for start, end in _stretches(image, os.path.getsize(path)):
            for at in range(max(start, done), end, DIGEST_BLOCK_BYTES):
                image.seek(at)
                block = image.read(DIGEST_BLOCK_BYTES)
                if block.strip(b"\0"):
                    digest.update(at.to_bytes(8, "little") + block)
                done = at + DIGEST_BLOCK_BYTES
    return digest.hexdigest()


def overlay(path, backing):
    """An empty qcow2 file in front of a raw image that it leaves as it is."""
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(backing), "-F", "raw", str(path)],
                   check=True)


def overlaid(path):
    """The stretches that a qcow2 file holds itself, zeroed and discarded ones included, as text."""
    done = subprocess.run(["qemu-img", "map", "--output=json", str(path)], capture_output=True, text=True,
                          check=True)
    return " ".join(f"{row['start']}+{row['length']}" for row in json.loads(done.stdout)
                    if row["depth"] == 0 and row["present"])


def cpio(files):
    """An uncompressed newc archive of {name: (mode, bytes)}, for the end of an initramfs; a mode
    without a type is a file's."""
    out = bytearray()
    folders = {str(folder) for name in files for folder in Path(name).parents} - {".", *files}
    entries = [(name, 0o40755, b"") for name in sorted(folders)]  # the kernel makes none by itself
    entries += [(name, mode if mode >> 12 else mode | 0o100000, data)
                for name, (mode, data) in files.items()]
    for inode, (name, mode, data) in enumerate(entries + [("TRAILER!!!", 0, b"")], 1):
        fields = [inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        out += b"070701" + b"".join(b"%08X" % field for field in fields)
        out += name.encode() + b"\0"
        out += bytes(-len(out) % 4)
        out += data
        out += bytes(-len(out) % 4)
    return bytes(out)
