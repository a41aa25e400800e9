#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes build/tare.efi: systemd's EFI stub with kernel, initramfs and command line in it, one program
# that UEFI firmware starts by itself: over the network (PXE, HTTP) or from any EFI system partition.
# Where the firmware does not enforce Secure Boot, the stub takes a command line given to it (EFI
# shell, boot entry) instead of its own.
set -eu
. "$(dirname "$0")/env.sh"

STUB=/usr/lib/systemd/boot/efi/linuxx64.efi.stub
WORK=$B/efi.tmp

# The first free address behind the sections of the stub; newer stubs have more of them.
end_of_stub()
{
	local size vma most=0

	while read -r size vma; do
		if [ $((0x$size + 0x$vma)) -gt "$most" ]; then most=$((0x$size + 0x$vma)); fi
	done < <(objdump -h "$STUB" | awk '/^ +[0-9]+ / { print $3, $4 }')
	echo "$most"
}

# Adds the file $2 as section $1 at the next multiple of 64 KiB (sections must not overlap, and the
# stub reads them where they say they are).
AT=0
ARGUMENTS=()
place()
{
	AT=$(((AT + 65535) / 65536 * 65536))
	ARGUMENTS+=(--add-section "$1=$2" --change-section-vma "$1=$AT")
	AT=$((AT + $(stat -c %s "$2")))
}

# Writes the number $3 as four bytes, little-endian, at offset $2 of the file $1.
put_le32()
{
	local hex
	hex=$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($3 & 255)) $(($3 >> 8 & 255)) \
		$(($3 >> 16 & 255)) $(($3 >> 24 & 255)))
	printf '%b' "$hex" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# objcopy puts the time of day into the COFF header, and over it the checksum of the optional header,
# which 0 leaves out: firmware does not look at it, and whoever signs the file works it out anew.
make_reproducible()
{
	local header
	header=$(od -An -tu4 -j 60 -N 4 "$1") # e_lfanew
	put_le32 "$1" $((header + 8)) "$SOURCE_DATE_EPOCH"
	put_le32 "$1" $((header + 24 + 64)) 0
}

make_efi()
{
	AT=$(end_of_stub)
	[ "$AT" -gt 0 ] || die "$STUB: no sections found in it"
	printf 'ID=tare\nPRETTY_NAME="tare"\nVERSION_ID=%s\nBUILD_ID=%s\n' "$(cat "$TOP/VERSION")" \
		"$(cat "$B/build-id")" > "$WORK/osrel"
	# Without the newline: it would be the last word's.
	tr -d '\n' < "$TOP/image/boot/efi.cmdline" > "$WORK/cmdline"
	place .osrel "$WORK/osrel"
	place .cmdline "$WORK/cmdline"
	place .linux "$B/vmlinuz"
	place .initrd "$B/initramfs"
	objcopy "${ARGUMENTS[@]}" "$STUB" "$WORK/tare.efi"
	make_reproducible "$WORK/tare.efi"
}

rm -rf "$WORK"
mkdir -p "$WORK"
logged "$B/efi.log" make_efi
mv "$WORK/tare.efi" "$B/tare.efi"
rm -rf "$WORK"
