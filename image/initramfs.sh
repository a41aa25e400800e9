#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes build/initramfs from initramfs.list, without root: owners, modes, device nodes and times
# stand in the list, not in the file system. It proves first that every program in it is static.
set -eu
. "$(dirname "$0")/env.sh"

WORK=$B/initramfs.tmp

prove_static()
{
	local headers

	headers=$(readelf -lW "$1") || die "$1: not an ELF program"
	if grep -qE '^ +(INTERP|DYNAMIC) ' <<< "$headers"; then
		die "$1: needs an interpreter or shared libraries; everything in the image must be static"
	fi
}

# An applet whose name the list has already (poweroff) is left to the list.
applet_links()
{
	local path

	while read -r path; do
		if ! grep -qE "^[a-z]+ $path " "$TOP/image/initramfs.list"; then
			echo "slink $path /bin/busybox 0777 0 0"
		fi
	done < "$B/busybox.links"
}

for program in init tare busybox; do
	[ -e "$B/$program" ] || die "$B/$program: missing, build it first"
	prove_static "$B/$program"
done
rm -rf "$WORK"
mkdir -p "$WORK"
{ cat "$TOP/image/initramfs.list" && applet_links; } > "$WORK/list"
gcc -O1 -o "$WORK/gen_init_cpio" "$("$TOP/kconfig/parts.sh")/gen_init_cpio.c"
B=$B TOP=$TOP "$WORK/gen_init_cpio" -t "$SOURCE_DATE_EPOCH" "$WORK/list" > "$WORK/cpio"
# One thread: the output of several depends on their number.
zstd -q -19 -T1 "$WORK/cpio" -o "$WORK/initramfs"
mv "$WORK/initramfs" "$B/initramfs"
rm -rf "$WORK"
