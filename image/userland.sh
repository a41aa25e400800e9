#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds what the program links and what stands beside it, from build/sources/. It touches only the
# folder that it is asked for, and nothing at all when the inputs are those of the last time.
#
# userland.sh sysroot   build/sysroot: musl with the kernel's user headers; static liburing,
#                       libdeflate, cJSON and libmd made with its bin/musl-gcc
# userland.sh native    build/native: the same four libraries by the host's compiler, with
#                       sanitizers, for the unit tests
# userland.sh busybox   build/busybox and build/busybox.links (one applet path a line)
set -eu
. "$(dirname "$0")/env.sh"

OBJ=$B/userland
REPRODUCIBLE="-ffile-prefix-map=$OBJ=."
SANITIZE="-fsanitize=address,undefined -fno-omit-frame-pointer"
DEFLATE_PARTS="crc32 deflate_compress deflate_decompress utils x86/cpu_features"

# The hash of everything that decides the content of $1: sources, recipe, compiler, place.
key_of()
{
	{
		cat "$B/sources.used" "$TOP/image/userland.sh" "$TOP/image/env.sh"
		if [ "$1" = busybox ]; then cat "$TOP/image/busybox.config"; fi
		gcc --version
		ld --version
		echo "$B"
	} | sha256sum | cut -d' ' -f1
}

# Unpacks source package $1 to $OBJ/$2, with Debian's patches where it has them.
unpack()
{
	local from=$B/sources/$1 to=$OBJ/$2

	rm -rf "$to"
	mkdir -p "$OBJ"
	if compgen -G "$from/*.dsc" > /dev/null; then
		dpkg-source --no-check -x "$from"/*.dsc "$to"
	else
		mkdir "$to"
		tar -C "$to" --strip-components=1 -xf "$from"/*.orig.tar.*
	fi
}

# Compiles the sources $3... (without .c, in the current folder) with the command $1 into the
# archive $2.
archive()
{
	local cc=$1 lib=$2 name objects=()
	shift 2

	for name; do
		$cc -c "$name.c" -o "${name##*/}.o"
		objects+=("${name##*/}.o")
	done
	rm -f "$lib"
	ar rcD "$lib" "${objects[@]}"
}

build_musl()
{
	local root=$1

	unpack musl musl
	cd "$OBJ/musl"
	CFLAGS=$REPRODUCIBLE ./configure --prefix="$root" --syslibdir="$root/lib" --disable-shared \
		--enable-wrapper=gcc
	make -j"$JOBS"
	make install
}

# Kernel headers beside musl's own: what linux/ and asm/ say about the very kernel of the image.
install_uapi()
{
	local root=$1 uapi
	uapi=$("$TOP/kconfig/parts.sh")/uapi

	cp -r "$uapi/linux" "$uapi/asm" "$uapi/asm-generic" "$uapi/mtd" "$root/include/"
}

# The four libraries for the folder $1 with the compile command $2; $3 for liburing's configure.
build_libs()
{
	local root=$1 cc=$2 uring_option=$3 tag part parts=()
	tag=$(basename "$root")
	mkdir -p "$root/include" "$root/lib"

	unpack liburing "liburing-$tag"
	cd "$OBJ/liburing-$tag"
	./configure --cc="${cc%% *}" ${uring_option:+"$uring_option"}
	make -C src -j"$JOBS" ENABLE_SHARED=0 CFLAGS="${cc#* }" liburing.a
	cp src/liburing.a "$root/lib/"
	cp -r src/include/liburing.h src/include/liburing "$root/include/"

	unpack libdeflate "libdeflate-$tag"
	cd "$OBJ/libdeflate-$tag"
	for part in $DEFLATE_PARTS; do parts+=("lib/$part"); done
	archive "$cc -I." "$root/lib/libdeflate.a" "${parts[@]}"
	cp libdeflate.h "$root/include/"

	unpack cjson "cjson-$tag"
	cd "$OBJ/cjson-$tag"
	archive "$cc" "$root/lib/libcjson.a" cJSON
	cp cJSON.h "$root/include/"

	unpack libmd "libmd-$tag"
	cd "$OBJ/libmd-$tag"
	: > config.h
	archive "$cc -DHAVE_UNISTD_H -I. -Iinclude" "$root/lib/libmd.a" src/sha2 src/sha256hl
	cp include/sha2.h include/sha256.h "$root/include/"
}

build_sysroot()
{
	local root=$B/sysroot

	rm -rf "$root"
	build_musl "$root"
	install_uapi "$root"
	build_libs "$root" "$root/bin/musl-gcc -O2 $REPRODUCIBLE" ""
}

build_native()
{
	rm -rf "$B/native"
	# The raw system calls of a build without libc would be invisible to the sanitizers.
	build_libs "$B/native" "gcc -g -O1 $SANITIZE $REPRODUCIBLE" --use-libc
}

# busybox's allnoconfig ignores a list of exceptions, and its oldconfig says yes to whatever is new:
# so every switch there is becomes a "no" first, then the request is laid over it.
configure_busybox()
{
	export KCONFIG_NOTIMESTAMP=1
	make allyesconfig
	awk -F= 'NR == FNR { if (/^CONFIG_/) asked[$1] = $0; next }
		/^CONFIG_/ && !($1 in asked) { print $2 == "y" ? "# " $1 " is not set" : $0 }
		END { for (symbol in asked) print asked[symbol] }' \
		"$TOP/image/busybox.config" .config > .config.new
	mv .config.new .config
	yes '' | make oldconfig
}

build_busybox()
{
	unpack busybox busybox
	cd "$OBJ/busybox"
	configure_busybox
	"$TOP/kconfig/check.sh" .config "$TOP/image/busybox.config"
	make -j"$JOBS" CC="$B/sysroot/bin/musl-gcc" \
		CFLAGS="$REPRODUCIBLE" busybox busybox.links
	if readelf -lW busybox | grep -q INTERP; then die "busybox is not static"; fi
	sort busybox.links > "$B/busybox.links.new"
	cp busybox "$B/busybox.new"
	mv "$B/busybox.links.new" "$B/busybox.links"
	mv "$B/busybox.new" "$B/busybox"
}

# Builds $1, whose stamp is the file $2, unless the stamp says that it is there already.
bring()
{
	local key
	key=$(key_of "$1")

	if [ "$(cat "$2" 2> /dev/null)" != "$key" ]; then
		rm -f "$2"
		logged "$OBJ/$1.log" "build_$1"
		echo "$key" > "$2"
	fi
	touch "$2"
}

mkdir -p "$OBJ"
case ${1:-} in
sysroot | native) bring "$1" "$B/$1/.done" ;;
busybox) bring "$1" "$OBJ/busybox.done" ;;
*) die "usage: userland.sh sysroot|native|busybox" ;;
esac
