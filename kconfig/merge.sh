#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the symbols that the fragments ask for, one a line, sorted, without comments: what the
# kernel's KCONFIG_ALLCONFIG takes. It judges nothing; check.sh does.
#
# merge.sh [FRAGMENT...]   default: every fragment beside this script
set -eu
LC_ALL=C
export LC_ALL

[ $# -gt 0 ] || set -- "$(dirname "$0")"/*.config
grep -h '^CONFIG_' "$@" | sort
