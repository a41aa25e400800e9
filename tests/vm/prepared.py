# SPDX-License-Identifier: MIT
"""Disks with somebody's data on them: a table, one row an image, made with the tools that make such disks.

What no tool of Debian makes in a plain file is written here after its documented layout, checksums
included, or kept as the bytes that the tool wrote on a loop device. test_prepared.py asks libblkid, which
knows nothing of tare, whether every image is what its row says. Boots nothing.
"""

import base64
import hashlib
import os
import random
import struct
import subprocess
import tempfile
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

KIB, MIB, GIB, TIB = (1 << shift for shift in (10, 20, 30, 40))
TOOLS = os.environ["PATH"] + ":/usr/sbin:/sbin"
# The span of suite smoke is 64 MiB from 1 MiB on; its first 15 MiB are read by every check.
IN_SPAN_BYTES = random.Random(23).randrange(17 * MIB, 65 * MIB)


@dataclass
class Image:
    """One disk: how it is made, and what tare and libblkid must call it."""

    name: str  # of the file; in capitals the disk's serial
    make: Callable  # (path, size_bytes), on a sparse file of zeros
    says: str  # the reason that tare must give, a regular expression
    blkid: str = ""  # TYPE or PTTYPE by libblkid; "": it knows none
    size_bytes: int = GIB
    verdict: str = "not blank"  # before the proof

    @property
    def serial(self):
        return self.name.upper()

    @property
    def overlay(self):
        """Large ones are the backing file of an empty overlay, which must stay empty."""
        return self.size_bytes > GIB


def _tool(*words, **options):
    """Calls a tool; {} stands for the image."""
    def make(path, _):
        # Output only where it fails, as part of the exception.
        done = subprocess.run([word.replace("{}", str(path)) for word in words], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=os.environ | {"PATH": TOOLS}, check=False, **options)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}"
    return make


def _at(*pieces):
    """Bytes at offsets; those below zero count from the end."""
    def make(path, size_bytes):
        with open(path, "r+b") as image:
            for offset, data in pieces:
                image.seek(offset if offset >= 0 else size_bytes + offset)
                image.write(data)
    return make


def _noise(offset, size_bytes):
    """What encryption without a header leaves: nothing but noise."""
    return _at((offset, random.Random(offset).randbytes(size_bytes)))


def _recorded(offset, text):
    """Bytes that a tool has written where it wants a device, or root."""
    return _at((offset, zlib.decompress(base64.b64decode(text))))


def _iso(path, size_bytes):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "file").write_text("somebody's\n")
        _tool("xorriso", "-as", "mkisofs", "-quiet", "-o", "{}", folder)(path, size_bytes)
    os.truncate(path, size_bytes)


def _gpt_backup(path, size_bytes):
    _tool("sgdisk", "-n", "1:2048:+100M", "-c", "1:somebodys", "{}")(path, size_bytes)
    _at((0, bytes(34 * 512)))(path, size_bytes)


def _words_sum(data):
    return sum(struct.unpack(f"<{len(data) // 4}I", data))


def _md_0(path, size_bytes):
    """drivers/md: mdp_super_t of <linux/raid/md_p.h>, 1,024 words 64 to 128 KiB before the end."""
    words = [0] * 1024
    words[0:8] = 0xA92B4EFC, 0, 90, 0, 0, 0x7461726F, 0x60000000, 1  # magic, version, UUID, time, level
    words[8:16] = size_bytes // KIB - 64, 2, 2, 0, 0, 1, 2, 3  # size in KiB, disks, minor, UUID
    words[32:40] = 0x60000000, 1, 2, 2, 0, 0, 0, 1  # time, clean, active, working, failed, spare, sum, events
    for disk in range(2):  # number, major, minor, slot, state: active and in sync
        words[128 + 32 * disk:128 + 32 * disk + 5] = disk, 8, 16 * disk, disk, 6
    words[992:997] = 0, 8, 0, 0, 6  # this disk
    total = sum(words)
    words[38] = (total & 0xFFFFFFFF) + (total >> 32) & 0xFFFFFFFF
    _at((size_bytes // (64 * KIB) * 64 * KIB - 64 * KIB, struct.pack("<1024I", *words)))(path, 0)


def _md_1(minor):
    """mdp_superblock_1 of <linux/raid/md_p.h>: 1.0 from 8 KiB before the end, 1.2 at 4 KiB."""
    def make(path, size_bytes):
        sectors = size_bytes // 512
        at = (sectors - 16) & ~7 if minor == 0 else 8
        data = (0, at) if minor == 0 else (2048, sectors - 2048)
        block = bytearray(256 + 2 * 128)
        struct.pack_into("<4I16s32s", block, 0, 0xA92B4EFC, 1, 0, 0, b"tare-md-array-id", b"host:0")
        struct.pack_into("<QIIQII", block, 64, 0x60000000, 1, 0, data[1], 0, 2)
        struct.pack_into("<4QII16s", block, 128, *data, at, 0, 0, 0, b"tare-md-device-0")
        struct.pack_into("<QQQII", block, 192, 0x60000000, 1, (1 << 64) - 1, 0, 128)
        struct.pack_into("<128H", block, 256, 0, 1, *[0xFFFF] * 126)  # the role of each device
        total = _words_sum(block)
        struct.pack_into("<I", block, 216, (total & 0xFFFFFFFF) + (total >> 32) & 0xFFFFFFFF)
        _at((at * 512, block))(path, size_bytes)
    return make


def _zfs(*labels):
    """"ZFS On-Disk Specification" 1.1-1.3: labels of 256 KiB, two at the head, two at the end, each with
    a list of names and values at 16 KiB and 128 uberblocks of 1 KiB from 128 KiB on."""
    def make(path, size_bytes):
        name = b"name".ljust(4) + struct.pack(">III", 9, 1, 4) + b"tank"
        pairs = struct.pack(">II", 40, 40) + struct.pack(">I", 4) + name
        values = bytes((1, 1, 0, 0)) + struct.pack(">II", 0, 1) + pairs + bytes(8)
        checksum_at = 112 * KIB - 40
        label = bytearray(256 * KIB)
        label[16 * KIB:16 * KIB + len(values)] = values
        struct.pack_into("<Q", label, 16 * KIB + checksum_at, 0x0210DA7AB10C7A11)  # zec_magic
        for slot in range(128):  # magic, version, transaction, sum of GUIDs, time
            struct.pack_into("<5Q", label, 128 * KIB + slot * KIB, 0x00BAB10C, 5000, slot + 4, 99,
                             0x60000000)
        end = size_bytes // (256 * KIB) * 256 * KIB
        starts = 0, 256 * KIB, end - 512 * KIB, end - 256 * KIB
        _at(*((starts[i], label) for i in labels))(path, size_bytes)
    return make


def _bitlocker(path, size_bytes):
    """Since Windows 7: a boot sector with three places of metadata, whose blocks begin as it does."""
    places = 32 * MIB, 64 * MIB, 96 * MIB
    sector = bytearray(512)
    sector[0:11] = b"\xeb\x58\x90-FVE-FS-"
    struct.pack_into("<16s3Q", sector, 0xA0, bytes.fromhex("3bd667492e29d84a8399f6a339e3d001"), *places)
    sector[510:512] = b"\x55\xaa"
    block = struct.pack("<8sHH", b"-FVE-FS-", 80, 2).ljust(64, b"\0") + struct.pack("<4I", 48, 1, 48, 48)
    _at((0, sector), *((place, block) for place in places))(path, size_bytes)


def _asm(path, size_bytes):
    """kfbh, the head of a block of type 1, then kfdhdb, whose driver says ORCLDISK and a label."""
    _at((0, bytes((1, 130, 1, 1)) + bytes(28) + b"ORCLDISKVOL1".ljust(32, b"\0") + bytes(8) + b"DATA_0000"))(
        path, size_bytes)


UNKNOWN = "unknown data at offset {}"
LVM_HEAD = ("eNrzcXRy9fH3c2VkgIDp3MxKCkDaJ8zXSMHAwLCsxNjfozA4y9M5Oz0syCw7OSe1ysM9zNXAwjTSyN01EajUAaJTgAEv"
            "gEl/4McqzcQwCkbBKBgFo2AUjIJRMApGwSgYBaOAlkDsWt9tBXBnryLa1FG1yMBPy46RiP7aKBgeAABTlRhg")
DRBD_END = ("eNrt16ENhEAQQNHZCwJ5rV0RCIJBUAAJhiJOXSUoDEUNaygARy7vJZMRu2rc74/uF9X43T+ZAQAAAPyhXv8DAACA/gcAAAD0"
            "PwAAAKD/AQAAAP0PAAAA6H8AAABA/wMAAAB3NTf+zsv0GupeM3OLKKXuOeJ9vZc6rZM+2wl0VDym")

IMAGES = (
    Image("ext4", _tool("mkfs.ext4", "-q", "-F", "-E", "nodiscard", "{}"), "ext4 file system", "ext4"),
    Image("ext3", _tool("mkfs.ext4", "-q", "-F", "-t", "ext3", "-E", "nodiscard", "{}"),
          "ext3 file system", "ext3"),
    Image("xfs", _tool("mkfs.xfs", "-q", "-K", "{}"), "xfs file system", "xfs"),
    Image("btrfs", _tool("mkfs.btrfs", "-q", "-K", "{}"), "btrfs file system", "btrfs"),
    Image("f2fs", _tool("mkfs.f2fs", "-q", "-t", "0", "{}"), "f2fs file system", "f2fs"),
    Image("ntfs", _tool("mkfs.ntfs", "-q", "-Q", "-F", "{}"), "NTFS file system", "ntfs"),
    Image("fat32", _tool("mkfs.fat", "-F", "32", "{}"), "FAT file system", "vfat"),
    Image("exfat", _tool("mkfs.exfat", "{}"), "exFAT file system", "exfat"),
    Image("udf", _tool("mkudffs", "-b", "2048", "{}"), "UDF file system", "udf"),
    Image("iso9660", _iso, "iso9660 file system", "iso9660"),
    Image("apfs", _tool("mkapfs", "{}"), "APFS container", "apfs"),
    Image("refs", _at((0, b"\0\0\0ReFS\0\0\0\0\0\0\0\0\0FSRS\0\x02")), "ReFS file system", "ReFS"),
    Image("swap", _tool("mkswap", "{}"), "swap space", "swap"),
    Image("luks", _tool("cryptsetup", "luksFormat", "-q", "--pbkdf", "pbkdf2",
                        "--pbkdf-force-iterations", "1000", "{}", "-", input="somebody's"),
          "LUKS encryption", "crypto_LUKS"),
    Image("plain-crypt", _noise(0, 8 * MIB), UNKNOWN.format(0)),
    # A file system in a container whose header is kept elsewhere and whose first sectors were never used.
    Image("headless-crypt", _noise(300 * MIB, 64 * MIB), r"unknown data at offset (3[0-7]\d{7})"),
    Image("bitlocker", _bitlocker, "BitLocker encryption", "BitLocker"),
    # By pvcreate of LVM 2.03.16.
    Image("lvm", _recorded(512, LVM_HEAD), "LVM2 physical volume", "LVM2_member"),
    Image("md-0-90", _md_0, r"Linux RAID \(md 0\.90\)", "linux_raid_member"),
    Image("md-1-0", _md_1(0), r"Linux RAID \(md 1\.0\)", "linux_raid_member"),
    Image("md-1-2", _md_1(2), r"Linux RAID \(md 1\.2\)", "linux_raid_member"),
    # By drbdmeta of DRBD's tools 9.22, for DRBD 8.4.
    Image("drbd", _recorded(-36 * KIB, DRBD_END), "DRBD device", "drbd"),
    Image("bcache", _tool("make-bcache", "-B", "{}"), "bcache device", "bcache"),
    Image("zfs", _zfs(0, 1, 2, 3), "ZFS pool", "zfs_member"),
    Image("zfs-end", _zfs(2, 3), "ZFS pool", "zfs_member"),
    Image("vmfs", _at((MIB, b"\x0d\xd0\x01\xc0" + struct.pack("<I", 5)),
                      (2 * MIB, b"\x5e\xf1\xab\x2f" + struct.pack("<I", 23))), "VMFS volume", "VMFS_volume_member"),
    Image("bluestore", _at((0, b"bluestore block device\n3bd66749-2e29-d84a-8399-f6a339e3d001\n")),
          "Ceph bluestore", "ceph_bluestore"),
    Image("asm", _asm, "Oracle ASM disk", "oracleasm"),
    Image("gpt", _tool("sgdisk", "-n", "1:2048:+100M", "-c", "1:somebodys", "-n", "2:0:0", "{}"),
          'GPT with 2 partitions: "somebodys"', "gpt"),
    Image("gpt-backup", _gpt_backup, "backup of a GPT partition table"),
    Image("mbr", _tool("sfdisk", "-q", "{}", input="2048,4096,83\n"), "MBR partition table with 1 partition",
          "dos"),
    Image("head", _at((0, b"\x01")), UNKNOWN.format(0)),
    Image("tail", _at((-1, b"\x80")), UNKNOWN.format(15 * GIB - 1), size_bytes=15 * GIB),
    Image("gib", _at((7 * GIB, b"\x10")), UNKNOWN.format(7 * GIB), size_bytes=15 * GIB),
    # Samples see one place of 240, or one of 12,000, and judge these blank: the proof must not.
    Image("span-15g", _at((IN_SPAN_BYTES, b"\x02")), UNKNOWN.format(IN_SPAN_BYTES), "", 15 * GIB, "blank"),
    Image("span-3t", _at((IN_SPAN_BYTES + 1, b"\x04")), UNKNOWN.format(IN_SPAN_BYTES + 1), "", 3 * TIB,
          "blank"),
    Image("md-3t", _md_1(0), r"Linux RAID \(md 1\.0\)", "linux_raid_member", 3 * TIB),
)

_lock = threading.Lock()  # two machines with these disks may be made ready at a time


def make_all(folder):
    """Makes the images in a folder, once for all machines; returns the folder."""
    mark = folder / "made-by"
    digest = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    with _lock:
        if mark.exists() and mark.read_text() == digest:
            return folder
        folder.mkdir(parents=True, exist_ok=True)
        mark.unlink(missing_ok=True)
        for image in IMAGES:
            path = folder / f"{image.name}.img"
            path.unlink(missing_ok=True)
            with open(path, "wb") as file:
                file.truncate(image.size_bytes)
            image.make(path, image.size_bytes)
            assert path.stat().st_size == image.size_bytes, f"{image.name}: its tool changed its size"
        mark.write_text(digest)
    return folder


def blkid(path):
    """What libblkid calls the contents of an image: TYPE, else PTTYPE, else nothing."""
    done = subprocess.run(["blkid", "-p", "-o", "export", str(path)], capture_output=True, text=True,
                          env=os.environ | {"PATH": TOOLS}, check=False)
    assert done.returncode in (0, 2), done.stderr  # 2: nothing known
    found = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    return found.get("TYPE", found.get("PTTYPE", ""))
