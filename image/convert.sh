#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes of build/tare.iso the disk image that a hypervisor imports: build/tare.FORMAT. The bytes inside
# are those of tare.iso. qcow2, vmdk and ova are the same every time; vhdx has GUIDs drawn by qemu-img.
#
# convert.sh qcow2|vmdk|vhdx|ova
set -eu
. "$(dirname "$0")/env.sh"

WORK=$B/convert.$$
ISO=$B/tare.iso

# The content id that qemu-img draws stands in the descriptor as text, without leading zeros: one in
# sixteen is shorter than the one that takes its place, and the image is made again.
make_vmdk()
{
	local at='' tries=0

	while [ -z "$at" ]; do
		tries=$((tries + 1))
		[ "$tries" -le 20 ] || die "no content id of eight digits in the vmdk's descriptor"
		qemu-img convert -f raw -O vmdk -o subformat=streamOptimized,adapter_type=lsilogic \
			"$ISO" "$WORK/tare.vmdk"
		at=$(head -c 65536 "$WORK/tare.vmdk" | grep -abo '^CID=[0-9a-f]\{8\}$' | cut -d: -f1)
	done
	printf 'CID=7a726531' | dd of="$WORK/tare.vmdk" bs=1 seek="$at" conv=notrunc status=none
}

make_qcow2()
{
	qemu-img convert -f raw -O qcow2 -c "$ISO" "$WORK/tare.qcow2"
}

make_vhdx()
{
	qemu-img convert -f raw -O vhdx -o subformat=dynamic "$ISO" "$WORK/tare.vhdx"
}

# An OVF package: descriptor, checksums, disk, in this order in one archive.
make_ova()
{
	make_vmdk
	sed -e "s/@VMDK_BYTES@/$(stat -c %s "$WORK/tare.vmdk")/" \
		-e "s/@DISK_BYTES@/$(stat -c %s "$ISO")/" -e "s/@VERSION@/$(cat "$TOP/VERSION")/" \
		-e "s/@BUILD_ID@/$(cat "$B/build-id")/" "$TOP/image/boot/tare.ovf.in" \
		> "$WORK/tare.ovf"
	(cd "$WORK" && sha256sum --tag tare.ovf tare.vmdk | sed 's/ (/(/; s/) =/)=/' > tare.mf)
	tar -C "$WORK" --format=ustar --owner=0 --group=0 --numeric-owner --mode=0644 \
		--mtime="@$SOURCE_DATE_EPOCH" -cf "$WORK/tare.ova" tare.ovf tare.mf tare.vmdk
}

case ${1:-} in
qcow2 | vmdk | vhdx | ova) ;;
*) die "\"${1:-}\": should be qcow2, vmdk, vhdx or ova" ;;
esac
trap 'rm -rf "$WORK"' EXIT
mkdir -p "$WORK"
logged "$B/convert-$1.log" "make_$1"
mv "$WORK/tare.$1" "$B/tare.$1"
