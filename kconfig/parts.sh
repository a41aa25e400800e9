#!/bin/bash
# SPDX-License-Identifier: MIT
# Takes from the kernel source the two things that are needed without a kernel build, keeps them in
# the cache beside the kernels and prints their folder: uapi/ (headers for user space) and
# gen_init_cpio.c (writes an initramfs from a text list).
set -eu
. "$(dirname "$0")/../image/env.sh"

sum=$(awk '$1 ~ /^linux-source-/ { print $4 }' "$B/sources.used")
[ -n "$sum" ] || die "$B/sources.used names no kernel source: run image/fetch.sh first"
dir=$TARE_CACHE/linux/$sum

if [ ! -e "$dir/gen_init_cpio.c" ]; then
	mkdir -p "$TARE_CACHE/linux"
	tmp=$(mktemp -d "$TARE_CACHE/linux/.tmp.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	mkdir "$tmp/src" "$tmp/out"
	dpkg-deb --fsys-tarfile "$B"/sources/linux-source-*/*.deb |
		tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
		tar -xJ -C "$tmp/src" --strip-components=1 --wildcards '*/Makefile' '*/Kbuild' \
			'linux-source-*/scripts' 'linux-source-*/include/uapi' \
			'linux-source-*/include/asm-generic' 'linux-source-*/arch/x86' \
			'linux-source-*/tools/include' 'linux-source-*/usr/gen_init_cpio.c'
	if ! make -s -C "$tmp/src" O="$tmp/build" ARCH=x86 headers > "$tmp/log" 2>&1; then
		cat "$tmp/log" >&2
		die "the kernel's headers could not be made"
	fi
	cp -r "$tmp/build/usr/include" "$tmp/out/uapi"
	cp "$tmp/src/usr/gen_init_cpio.c" "$tmp/out/"
	# Whoever comes second finds the folder there: the content is the same.
	mv -T "$tmp/out" "$dir" 2> /dev/null || [ -e "$dir/gen_init_cpio.c" ]
fi
echo "$dir"
