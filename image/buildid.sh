#!/bin/bash
# SPDX-License-Identifier: MIT
# Writes build/build-id: the first 16 hex digits of a hash over everything that decides what the
# image does (our sources by content, the sources fetched, the kernel's key). It is the same in
# every folder and for every user, and the file changes only when the id does.
set -eu
. "$(dirname "$0")/env.sh"

PARTS=(bench init image kconfig Makefile VERSION)

# With git, what git does not ignore; without (an unpacked archive), every file.
list_files()
{
	if git rev-parse --git-dir > /dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard -- "${PARTS[@]}"
	else
		find "${PARTS[@]}" -type f ! -path '*/__pycache__/*'
	fi
}

cd "$TOP"
# A file that git knows but that was deleted is no input.
list_files | sort -u | while read -r file; do
	if [ -f "$file" ]; then echo "$file"; fi
done | xargs -d '\n' sha256sum > "$B/build-id.inputs"
id=$({
	cat "$B/build-id.inputs" "$B/sources.used"
	kconfig/build.sh --key
} | sha256sum | cut -c1-16)
if [ "$(cat "$B/build-id" 2> /dev/null || true)" != "$id" ]; then
	echo "$id" > "$B/build-id"
fi
