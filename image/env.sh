# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced by every build script: where things are, and an environment that cannot leak into what is
# built. It creates nothing.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
B=${B:-build}
case $B in /*) ;; *) B=$TOP/$B ;; esac
TARE_CACHE=${TARE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tare}

# One moment for every time stamp in every artefact, 2026-01-01T00:00:00Z; the kernel's build date
# is the same.
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
# fails, or everything with V=1. Never call it in a condition: bash then ignores the command's own
# "set -e". Nor does it use the background, where Ctrl-C would not reach the command.
logged()
{
	local log=$1 status
	shift

	set +e
	if [ "${V:-0}" = 1 ]; then
		(set -e; "$@") 2>&1 | tee "$log"
		status=${PIPESTATUS[0]}
	else
		(set -e; "$@") > "$log" 2>&1
		status=$?
		if [ "$status" != 0 ]; then tail -n 30 "$log" >&2; fi
	fi
	set -e
	if [ "$status" != 0 ]; then die "failed: $* (whole output: $log)"; fi
}

sha256_of()
{
	sha256sum "$1" | cut -d' ' -f1
}
