# SPDX-License-Identifier: MIT
"""Contents of the disks that machines are given, and archives to add to an initramfs. Boots nothing."""

import hashlib
import random
import subprocess
import tempfile
from pathlib import Path

# Neither at a GiB nor in the first or last 16 MiB, which every check looks at; within span=700M.
MIDDLE_OFFSET_BYTES = 512 * 1024 * 1024 + 77 * 4096
MIDDLE_BYTES = 4096
EXT4_DATA_BYTES = 64 * 1024 * 1024


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


CONTENTS = {"blank": _blank, "middle": _middle, "ext4": _ext4}


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cpio(files):
    """An uncompressed newc archive of {name: (mode, bytes)}, for the end of an initramfs; a mode
    without a type is a file's."""
    out = bytearray()
    entries = [(name, mode if mode >> 12 else mode | 0o100000, data)
               for name, (mode, data) in files.items()]
    for inode, (name, mode, data) in enumerate(entries + [("TRAILER!!!", 0, b"")], 1):
        fields = [inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        out += b"070701" + b"".join(b"%08X" % field for field in fields)
        out += name.encode() + b"\0"
        out += bytes(-len(out) % 4)
        out += data
        out += bytes(-len(out) % 4)
    return bytes(out)
