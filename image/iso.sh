#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes build/tare.iso from the kernel, the initramfs and results.fat: one file that boots as CD, as
# USB stick and as disk of a virtual machine, by BIOS and by UEFI. GPT: 1 the ISO file system, 2 the
# EFI system partition with GRUB, 3 the results file system.
set -eu
. "$(dirname "$0")/env.sh"
. "$(dirname "$0")/ids.sh"

WORK=$B/iso.tmp
ROOT=$WORK/root
GRUB=/usr/lib/grub
MODULES="iso9660 fat part_gpt part_msdos search search_fs_file configfile normal linux serial
	terminal echo boot test halt reboot"

# $1 target of grub-mkimage, $2 output, $3... modules beside the common ones.
grub_image()
{
	local target=$1 out=$2
	shift 2

	# shellcheck disable=SC2086  # a list of names
	grub-mkimage -O "$target" -o "$out" -p /boot/grub -c "$WORK/early.cfg" $MODULES "$@"
}

# Everything that is a file in the ISO file system. early.cfg finds the medium by the build id in
# a file name, so that a second stick of another build is not taken for it.
make_root()
{
	local id file
	id=$(cat "$B/build-id")

	mkdir -p "$ROOT/boot/grub"
	cp "$B/vmlinuz" "$B/initramfs" "$ROOT/boot/"
	head -c "$EMBED_BYTES" /dev/zero > "$ROOT/boot/config.img"
	cp "$TOP"/image/boot/{grub,menu,loopback}.cfg "$ROOT/boot/grub/"
	: > "$ROOT/.tare-media-$id"
	for file in "$TOP"/LICENSE "$TOP"/THIRD-PARTY*; do
		if [ -f "$file" ]; then cp "$file" "$ROOT/"; fi
	done
	sed "s/@BUILD_ID@/$id/" "$TOP/image/boot/early.cfg.in" > "$WORK/early.cfg"
	grub_image i386-pc-eltorito "$ROOT/boot/grub/eltorito.img" biosdisk
	grub_image x86_64-efi "$WORK/bootx64.efi" efi_gop
}

# 2 MiB: El Torito's sector count cannot describe 32 MiB or more.
make_esp()
{
	truncate -s 2M "$WORK/esp.fat"
	mkfs.fat --invariant -i "$ESP_FAT_ID" -n "$ESP_FAT_LABEL" "$WORK/esp.fat"
	mmd -i "$WORK/esp.fat" ::/EFI ::/EFI/BOOT
	mcopy -i "$WORK/esp.fat" "$WORK/bootx64.efi" ::/EFI/BOOT/BOOTX64.EFI
}

# mbr-force-bootable: old BIOSes want an active entry. partition_offset: partition 1 can be mounted.
# no-pad: no gap that would become a partition. The Linux type keeps Windows from offering to format
# partition 1.
make_iso()
{
	local date
	date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)

	xorriso -as mkisofs -r -J -V "$ISO_LABEL" --modification-date="$date" \
		--set_all_file_dates "$date" -c boot/grub/boot.cat \
		-b boot/grub/eltorito.img -no-emul-boot -boot-load-size 4 -boot-info-table \
		--grub2-boot-info --grub2-mbr "$GRUB/i386-pc/boot_hybrid.img" \
		--mbr-force-bootable -no-pad -partition_offset 16 -appended_part_as_gpt \
		-iso_mbr_part_type "$TYPE_LINUX" --gpt_disk_guid "$ISO_DISK_GUID" \
		-append_partition 2 "$TYPE_ESP" "$WORK/esp.fat" \
		-append_partition 3 "$TYPE_BASIC_DATA" "$B/results.fat" \
		-eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot \
		-o "$WORK/tare.iso" "$ROOT"
	# xorriso has no option for the names.
	sgdisk --change-name="2:$ESP_PARTLABEL" --change-name="3:$RESULTS_PARTLABEL" \
		"$WORK/tare.iso"
}

make_all()
{
	make_root
	make_esp
	make_iso
}

rm -rf "$WORK"
mkdir -p "$WORK"
logged "$B/iso.log" make_all
mv "$WORK/tare.iso" "$B/tare.iso"
rm -rf "$WORK"
