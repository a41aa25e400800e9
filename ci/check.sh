#!/bin/bash
# SPDX-License-Identifier: MIT
# `make check`: what can be told about the sources in seconds, without building them.
# Every check names the file and the line, and tests/meta/test_check.py makes each of them fail.
#
# check.sh [DIR]   the tree to check; default: the one this script stands in
# The checks are called by step(), by name:
# shellcheck disable=SC2317
set -u
cd "${1:-$(dirname "$0")/..}" || exit 1
failed=0

# step TITLE COMMAND...: runs one check; whatever it prints is shown where it fails.
step() {
	local title=$1 out
	shift
	if out=$("$@" 2>&1); then
		echo "  ok      $title"
	else
		printf '  FAILED  %s\n%s\n' "$title" "$out"
		failed=1
	fi
}

files() { # of the tree, tracked or about to be, that exist; patterns as git has them
	git ls-files --cached --others --exclude-standard -- "$@" | while read -r f; do
		[ ! -f "$f" ] || echo "$f"
	done
}

shell_scripts() {
	files | while read -r f; do
		head -c 64 "$f" | head -1 | grep -Eq '^#!.*(/| )(ba)?sh$' && echo "$f"
	done
}

check_shell() {
	local list
	mapfile -t list < <(shell_scripts)
	[ "${#list[@]}" -gt 0 ] || { echo "no shell scripts found"; return 1; }
	shellcheck -x "${list[@]}"
}

# Other versions format otherwise; the style file is written for this one.
check_format() {
	local list
	clang-format --version | grep -q 'version 14\.' || return 0
	mapfile -t list < <(files '*.c' '*.h')
	clang-format --dry-run -Werror "${list[@]}"
}

check_spdx() {
	local f bad=0
	while read -r f; do
		head -2 "$f" | grep -q 'SPDX-License-Identifier: MIT' ||
			{ echo "$f:1: no SPDX-License-Identifier: MIT"; bad=1; }
	done < <(files '*.c' '*.h' '*.sh' '*.py' '*.mk' '*.config' Makefile '*.ini' '.ci/run')
	return "$bad"
}

# One file opens a disk for writing or changes its lock; see bench/hw/disk_open.h. Plain files are
# lib/file.c's, and consoles are no disks.
check_writers() {
	! files 'bench/*.c' 'bench/*.h' 'init/*.c' |
		grep -vE '^bench/(hw/disk_open|lib/file|ui/console)\.[ch]$|^init/init_console\.c$|^init/init_end\.c$' |
		xargs grep -nE '\b(O_RDWR|O_WRONLY|O_CREAT|BLKROSET|BLKDISCARD|BLKZEROOUT|BLKPG|BLKRRPART)\b'
}

# In two halves each, so that this file passes its own check.
unfinished='\b(TO''DO|FIX''ME|X''XX)\b'

# The project speaks of itself alone, and is finished: no URL but a schema's name, so no host of a
# package registry; no path of the machine it is worked on; no note to do something later.
check_words() {
	local bad=0 place
	! files | xargs grep -nIE "$unfinished" || bad=1
	! files | xargs grep -noIE '[a-z]+://[^[:space:]"]*' | grep -v '://json-schema\.org/' || bad=1
	for place in "$PWD" "${HOME:-}"; do
		case $place in /*/*) ;; *) continue ;; esac # "/build" alone could mean anything
		! files | xargs grep -nIF "$place/" || bad=1
	done
	return "$bad"
}

check_sizes() { # of a function-per-file house: see HACKING.md
	local f lines bad=0
	while read -r f; do
		lines=$(wc -l < "$f")
		[ "$lines" -le 500 ] || { echo "$f: $lines lines, more than 500"; bad=1; }
	done < <(files 'bench/*.c' 'init/*.c')
	return "$bad"
}

step "shellcheck" check_shell
step "clang-format" check_format
step "licence of every source" check_spdx
step "layers of #include" ci/check_includes.py .
step "one file writes to disks" check_writers
step "words" check_words
step "file sizes" check_sizes
step "Python compiles" python3 -m compileall -q ci tests/vm tests/meta tests/golden image
exit $failed
