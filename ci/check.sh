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
# Without git's list of files every check would pass, having looked at nothing.
[ -n "$(git ls-files --cached --others --exclude-standard)" ] || { echo "tare: check.sh: $PWD: not a git checkout of tare" >&2; exit 1; }
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

# absent COMMAND...: passes where the command prints nothing; what it prints is the fault. The exit
# status of grep behind xargs says nothing as soon as there are several batches of files.
absent() {
	local out
	out=$("$@") || true
	[ -z "$out" ] || { echo "$out"; return 1; }
}

check_format() {
	local list
	mapfile -t list < <(files '*.c' '*.h')
	clang-format --dry-run -Werror "${list[@]}"
}

check_spdx() {
	local f bad=0
	while read -r f; do
		head -2 "$f" | grep -q 'SPDX-License-Identifier: MIT' ||
			{ echo "$f:1: no SPDX-License-Identifier: MIT"; bad=1; }
	done < <(files '*.c' '*.h' '*.js' '*.css' '*.sh' '*.py' '*.mk' '*.config' Makefile '*.ini' '.ci/run')
	return "$bad"
}

find_writers() {
	files 'bench/*.c' 'bench/*.h' 'init/*.c' |
		grep -vE '^bench/(hw/disk_open|hw/disk_tune|lib/file|ui/console|ui/vport)\.[ch]$|^init/init_console\.c$|^init/init_end\.c$' |
		xargs grep -nE '\b(O_RDWR|O_WRONLY|O_CREAT|BLKROSET|BLKDISCARD|BLKZEROOUT|BLKPG|BLKRRPART)\b'
}

# One file opens a disk for writing or changes its lock; see bench/hw/disk_open.h. Plain files are
# lib/file.c's, hw/disk_tune.c writes regular files of sysfs alone, and consoles and virtio-serial
# ports are no disks.
check_writers() {
	absent find_writers
}

# Commands that pass the block layer by would not see the kernel's read-only flag: one file has them,
# and it asks for reservations.
check_passthrough() {
	absent find_passthrough
}

find_passthrough() {
	files 'bench/*.c' 'bench/*.h' 'init/*.c' | grep -vE '^bench/hw/disk_reservation\.[ch]$' |
		xargs grep -nE '\b(SG_IO|SCSI_IOCTL_SEND_COMMAND|NVME_(IOCTL|URING_CMD)_[A-Z0-9_]+|IORING_OP_URING_CMD)\b'
}

# In two halves each, so that this file passes its own check.
unfinished='\b(TO''DO|FIX''ME|X''XX)\b'

# The project speaks of itself alone, and is finished: no URL of a named host but a schema's, so
# none of a package registry; no path of the machine it is worked on; no note to do something later.
check_words() {
	absent find_words
}

find_words() {
	local place
	files | xargs grep -nIE "$unfinished"
	files | xargs grep -noIE '[a-z]+://[^[:space:]"]*' |
		grep -vE '://(json-schema\.org|schemas\.dmtf\.org|www\.vmware\.com/interfaces|10\.0\.2\.2)[:/]' |
		grep -E '://[^/]*[[:alnum:]-]\.[[:alpha:]]{2}'
	for place in "$PWD" "${HOME:-}"; do
		case $place in /*/*) ;; *) continue ;; esac # "/build" alone could mean anything
		files | xargs grep -nIF "$place/"
	done
}

check_scripts() { # of HTML pages, and of the tests that drive a browser
	local f bad=0
	while read -r f; do
		node --check "$f" || bad=1
	done < <(files '*.js')
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
# Other versions format otherwise; the style file is written for this one.
if clang-format --version | grep -q 'version 14\.'; then
	step "clang-format" check_format
else
	echo "  skipped clang-format: not version 14"
fi
step "licence of every source" check_spdx
step "layers of #include" ci/check_includes.py .
step "one file writes to disks" check_writers
step "one file sends raw commands" check_passthrough
step "words" check_words
step "JavaScript parses" check_scripts
step "file sizes" check_sizes
compiled=$(mktemp -d) # nothing is left in the tree, which may not be ours to write to
step "Python compiles" env PYTHONPYCACHEPREFIX="$compiled" \
	python3 -m compileall -q ci tests/groups.py tests/vm tests/meta tests/golden tests/browser tests/figures tests/oracle image
rm -rf "$compiled"
exit $failed
