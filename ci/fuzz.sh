#!/bin/bash
# SPDX-License-Identifier: MIT
# Fuzzes every parser for so many seconds each (default 600), two at a time; a new seed each time, printed.
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-600}
seed=$(date +%s)
echo "seed $seed, $seconds s each"
bad=0

one() { # TARGET
	local name=${1##*/}
	if "$1" --seconds "$seconds" --seed "$seed" "tests/fuzz/corpus/${name#fuzz_}"/*; then
		echo "clean: $name"
	else
		echo "FOUND: $name"
		return 1
	fi
}

pids=()
for t in tests/fuzz/fuzz_*.c; do
	t=${t##*/}
	t=${B:-build}/tests/${t%.c}
	while [ "$(jobs -rp | wc -l)" -ge 2 ]; do sleep 1; done
	one "$t" &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	wait "$pid" || bad=1
done
exit $bad
