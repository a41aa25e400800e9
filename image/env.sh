# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced by every build script: where things are, and an environment that cannot leak into what is
# built. It creates nothing.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
B=${B:-build}
case $B in /*) ;; *) B=$TOP/$B ;; esac
TARE_CACHE=${TARE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tare}

# One moment for every time stamp in every artefact: 2026-01-01T00:00:00Z, the kernel's build date too.
export SOURCE_DATE_EPOCH=1767225600
export TZ=UTC LC_ALL=C LANG=C
umask 022

# Flags and jobs of the caller's make or shell would change the output or its order.
unset CFLAGS CPPFLAGS LDFLAGS ASFLAGS MAKEFLAGS MFLAGS MAKEOVERRIDES GNUMAKEFLAGS
unset CROSS_COMPILE ARCH KBUILD_OUTPUT KCONFIG_CONFIG KCFLAGS HOSTCFLAGS GCC_COLORS MTOOLSRC CDPATH

# shellcheck disable=SC2034  # for the scripts that source this
JOBS=$(($(nproc) + 1))

die()
{
	echo "tare: ${0##*/}: $*" >&2
	exit 1
}

# Runs the command $2... with its output in the log $1; shows the end of the log only when it
# fails, or everything with V=1. In the background, because "set -e" is off inside conditions.
logged()
{
	local log=$1
	shift

	if [ "${V:-0}" = 1 ]; then
		"$@" > >(tee "$log") 2>&1 &
	else
		"$@" > "$log" 2>&1 &
	fi
	if ! wait $!; then
		if [ "${V:-0}" != 1 ]; then tail -n 30 "$log" >&2; fi
		die "failed: $* (whole output: $log)"
	fi
}

sha256_of()
{
	sha256sum "$1" | cut -d' ' -f1
}
