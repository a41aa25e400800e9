#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the seeds in gpt/, fat/, slots/ and disk/ again: heads of small images by the real tools (what is
# cut off is zeros, or file contents that no parser looks at).
set -eu

cd "$(dirname "$0")"
PATH=$PATH:/usr/sbin:/sbin
export MTOOLS_SKIP_CHECK=1 TZ=UTC LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
disk=$work/disk
guid=54415245-0000-4000-8000-000000000001

fresh() {
	rm -f "$disk"
	truncate -s "$1" "$disk"
}
head_of() { head -c "$1" "$disk" >"$2"; }
filled() { head -c "$1" /dev/zero | tr '\0' "$2" >"$work/f"; }

fresh 16M
sgdisk -U $guid -n 1:2048:0 -u 1:$guid -c 1:TARE_SCRATCH "$disk" >/dev/null
head_of 17408 gpt/scratch
fresh 16M
sgdisk -U $guid -n 1:2048:+1M -u 1:$guid -c 1:one -n 2:0:+1M -u 2:$guid -c 2:TARE_RESULTS "$disk" \
	>/dev/null
head_of 17408 gpt/two-partitions

fresh 4M
mkfs.fat -F 16 -s 1 -f 1 -r 64 -n TARERES -i 54415245 --invariant "$disk" >/dev/null
filled 700 x
mcopy -i "$disk" "$work/f" ::a-long-name.json
mcopy -i "$disk" "$work/f" ::A
filled 3000 y
mdel -i "$disk" ::a-long-name.json
mcopy -i "$disk" "$work/f" ::pieces
head_of 20480 fat/fat16
fresh 40M
mkfs.fat -F 32 -s 1 -f 1 -n TARERES -i 54415245 --invariant "$disk" >/dev/null
head_of 17408 fat/fat32

# A whole results partition, small: two slots of 4 KiB each, one of them used by nobody.
fresh 3M
mkfs.fat -F 16 -s 1 -f 1 -r 32 -n TARERES -i 54415245 --invariant "$disk" >/dev/null
echo "TARE-RESULTS 1" >"$work/f"
mcopy -i "$disk" "$work/f" ::TARE.ID
filled 8192 '\0'
mcopy -i "$disk" "$work/f" ::TARE.IDX
filled 4096 '\n'
for file in run00.json run00.txt run01.json run01.txt; do mcopy -i "$disk" "$work/f" ::$file; done
echo "suite=quick" >"$work/f"
mcopy -i "$disk" "$work/f" ::tare.conf
head_of 45056 slots/partition
cp "$disk" "$work/fat"
fresh 3584K
sgdisk -a 1 -U $guid -n 1:34:+3M -u 1:$guid -c 1:TARE_RESULTS "$disk" >/dev/null
dd if="$work/fat" of="$disk" bs=512 seek=34 conv=notrunc status=none
head_of 62464 slots/disk

# The same partition with two results on it, as slots_store() leaves them: the newest must be spared.
/usr/bin/python3 - slots/partition slots/used <<'USED'
import hashlib, sys, zlib
image = bytearray(open(sys.argv[1], "rb").read())
index, first_slot, slot_bytes, header_bytes = 14336, 22528, 4096, 4096  # where mcopy has laid them
for slot, sequence in enumerate((8, 7)):
    bodies = b"{}\n", b"nothing\n"
    for part, body in enumerate(bodies):
        at = first_slot + (2 * slot + part) * slot_bytes
        image[at:at + len(body)] = body
    json, text = (f"{len(body)}:{hashlib.sha256(body).hexdigest()}" for body in bodies)
    line = f"TARE-SLOT 1 sequence={sequence} run=abcd000{sequence} json={json} text={text}".encode()
    line += b" crc=%08x\n" % zlib.crc32(line)
    image[index + slot * header_bytes:index + slot * header_bytes + len(line)] = line
open(sys.argv[2], "wb").write(image)
USED

# Heads and tails of the disks that machines boot beside: NAME BYTES, those of the tail below zero.
/usr/bin/python3 - ../../vm "$work" disk <<'SEEDS'
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import prepared
made = prepared.make_all(pathlib.Path(sys.argv[2]) / "prepared")
for word in ("ext4:2048 xfs:512 btrfs:66560 f2fs:2048 ntfs:512 fat32:512 exfat:512 iso9660:34816 apfs:1024 "
             "swap:4096 luks:512 lvm:1024 bcache:8192 zfs:132096 mbr:512 gpt:1536 md-1-2:4608 "
             "md-0-90:-65536 md-1-0:-8192 drbd:-4096 gpt-backup:-17408 tail:-1").split():
    name, size = word.split(":")
    with open(made / f"{name}.img", "rb") as image:
        image.seek(min(int(size), 0), 2 if int(size) < 0 else 0)
        pathlib.Path(sys.argv[3], name).write_bytes(image.read(abs(int(size))))
SEEDS
