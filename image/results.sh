#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes build/results.fat, the file system that takes results, and build/tare-results.img, a disk
# that holds it. Every slot is allocated here and in one piece, so that the appliance can write
# results in place by offset and never has to mount or change a FAT.
set -eu
. "$(dirname "$0")/env.sh"
. "$(dirname "$0")/ids.sh"

WORK=$B/results.tmp
FAT=$WORK/results.fat
IMG=$WORK/tare-results.img

# $1 bytes of newline: a slot is valid text before it is used and after its end.
newlines()
{
	head -c "$1" /dev/zero | tr '\0' '\n'
}

readme()
{
	sed 's/$/\r/' <<- END
		tare writes the results of its runs into this file system.

		run00.json to run07.json   the last runs, one JSON document each; empty lines fill the file
		run00.html to run07.html   the same runs as a page for a browser, with charts; no network needed
		run00.txt to run07.txt     the same runs as text, with what the machine said meanwhile
		TARE.IDX                   which slot holds which run, with checksums
		TARE.ID                    marks this file system; without it tare writes nothing here

		Copy the files; do not move, delete or resize them: tare overwrites them in place, the
		oldest first. You may add a file tare.conf with lines KEY=VALUE, and job files: tare.conf
		with suite=NAME.fio runs one.
	END
}

# Copies the file $1 into the root of the file system and proves that it lies in one piece.
put()
{
	mcopy -i "$FAT" "$1" "::${1##*/}"
	if [ "$(mshowfat -i "$FAT" "::${1##*/}" | grep -o '<[^>]*>' | wc -l)" != 1 ]; then
		die "${1##*/} is not in one piece in the results file system"
	fi
}

make_fat()
{
	local slot

	truncate -s "${RESULTS_MIB}M" "$FAT"
	mkfs.fat --invariant -F 16 -s "$RESULTS_CLUSTER_SECTORS" -i "$RESULTS_FAT_ID" \
		-n "$RESULTS_FAT_LABEL" "$FAT"
	echo "$RESULTS_ID_LINE" > "$WORK/TARE.ID"
	head -c "$INDEX_BYTES" /dev/zero > "$WORK/TARE.IDX"
	readme > "$WORK/README.TXT"
	put "$WORK/TARE.ID"
	put "$WORK/TARE.IDX"
	for ((slot = 0; slot < SLOTS; slot++)); do
		newlines "$SLOT_JSON_BYTES" > "$WORK/run0$slot.json"
		newlines "$SLOT_TEXT_BYTES" > "$WORK/run0$slot.txt"
		newlines "$SLOT_JSON_BYTES" > "$WORK/run0$slot.html" # equal size marks it as ours: bench/store/slots.h
		put "$WORK/run0$slot.json"
		put "$WORK/run0$slot.html"
		put "$WORK/run0$slot.txt"
	done
	put "$WORK/README.TXT"
}

# One partition from 1 MiB on, and 1 MiB for the second table.
make_disk()
{
	truncate -s "$((RESULTS_MIB + 2))M" "$IMG"
	sgdisk --disk-guid="$RESULTS_DISK_GUID" --new="1:2048:+${RESULTS_MIB}M" \
		--typecode="1:$TYPE_BASIC_DATA" --change-name="1:$RESULTS_PARTLABEL" \
		--partition-guid="1:$RESULTS_PART_GUID" "$IMG"
	dd if="$FAT" of="$IMG" bs=1M seek=1 conv=notrunc,sparse status=none
}

rm -rf "$WORK"
mkdir -p "$WORK"
logged "$B/results.log" make_fat
logged "$B/results.log" make_disk
mv "$FAT" "$B/results.fat"
mv "$IMG" "$B/tare-results.img"
rm -rf "$WORK"
