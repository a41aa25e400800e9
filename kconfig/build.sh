#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds build/vmlinuz and build/kernel.config from Debian's kernel source and the fragments, or
# takes them from the cache outside the checkout. The key is a hash of every input, so a kernel is
# built once for all checkouts.
#
# build.sh         make the two files
# build.sh --key   print the key
set -eu
. "$(dirname "$0")/../image/env.sh"

# Date, user, host and count that the kernel would otherwise take from the machine. Tools that it does
# not need here, but whose version it writes into its configuration where it finds them, it shall not find.
FLAGS=(ARCH=x86 KBUILD_BUILD_TIMESTAMP=2026-01-01 KBUILD_BUILD_USER=tare KBUILD_BUILD_HOST=tare
	KBUILD_BUILD_VERSION=1 RUSTC=not-needed BINDGEN=not-needed PAHOLE=not-needed)
FRAGMENTS=("$TOP"/kconfig/*.config)
WORK=$B/kernel

key()
{
	{
		awk '$1 ~ /^linux-source-/ { print $4 }' "$B/sources.used"
		"$TOP/kconfig/merge.sh" "${FRAGMENTS[@]}"
		cat "$TOP/kconfig/VERSION"
		gcc --version | head -n 1
		ld --version | head -n 1
		echo "${FLAGS[@]}"
	} | sha256sum | cut -d' ' -f1
}

unpack()
{
	mkdir -p "$WORK/src" "$WORK/obj"
	dpkg-deb --fsys-tarfile "$B"/sources/linux-source-*/*.deb |
		tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
		tar -xJ -C "$WORK/src" --strip-components=1
}

compile()
{
	local make=(make -C "$WORK/src" O="$WORK/obj" "${FLAGS[@]}")

	unpack
	"$TOP/kconfig/merge.sh" "${FRAGMENTS[@]}" > "$WORK/request"
	"${make[@]}" KCONFIG_ALLCONFIG="$WORK/request" allnoconfig
	"$TOP/kconfig/check.sh" "$WORK/obj/.config" "${FRAGMENTS[@]}"
	nice "${make[@]}" -j"$JOBS" bzImage
}

# Puts the finished kernel into the cache folder $1 in one step.
keep()
{
	local tmp
	tmp=$(mktemp -d "$TARE_CACHE/kernel/.tmp.XXXXXX")

	cp "$WORK/obj/arch/x86/boot/bzImage" "$tmp/bzImage"
	cp "$WORK/obj/.config" "$tmp/kernel.config"
	chmod 755 "$tmp"
	mv -T "$tmp" "$1"
}

export_file()
{
	cp "$1" "$2.new"
	mv "$2.new" "$2"
}

[ -r "$B/sources.used" ] || die "$B/sources.used is missing: run image/fetch.sh first"
key=$(key)
case ${1:-} in
'') ;;
--key)
	echo "$key"
	exit
	;;
*) die "$1: unknown option; known: --key" ;;
esac

cached=$TARE_CACHE/kernel/$key
mkdir -p "$TARE_CACHE/kernel"
exec 9> "$cached.lock"
flock 9
if [ ! -e "$cached/bzImage" ]; then
	echo "tare: building the kernel: 10 to 20 minutes on two cores, once for these sources" >&2
	rm -rf "$WORK"
	logged "$B/kernel.log" compile
	keep "$cached"
	rm -rf "$WORK"
fi
export_file "$cached/kernel.config" "$B/kernel.config"
export_file "$cached/bzImage" "$B/vmlinuz"
