#!/bin/bash
# SPDX-License-Identifier: MIT
# Fuzzes every parser for so many seconds each (default 600), two at a time; a new seed each time, printed.
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-600}
seed=$(date +%s)
echo "seed $seed, $seconds s each"
found=$(mktemp) # names of targets that are not clean: the shell forgets how early ones ended
trap 'rm -f "$found"' EXIT

one() { # TARGET
	local name=${1##*/}
	if "$1" --seconds "$seconds" --seed "$seed" "tests/fuzz/corpus/${name#fuzz_}"/*; then
		echo "clean: $name"
	else
		echo "FOUND: $name"
		echo "$name" >> "$found"
	fi
}

for t in tests/fuzz/fuzz_*.c; do
	t=${t##*/}
	t=${B:-build}/tests/${t%.c}
	while [ "$(jobs -rp | wc -l)" -ge 2 ]; do sleep 1; done
	one "$t" &
done
wait
[ ! -s "$found" ]
