#!/bin/bash
# SPDX-License-Identifier: MIT
# `make test`: unit tests, fuzz corpora, tests of programs and of machines. Logs stay in build/test/.
# The last line is `N passed, N failed, N skipped`; the exit status says the same.
#
# test.sh [long]   long: the whole matrix of machines
set -u
cd "$(dirname "$0")/.." || exit 1
B=${B:-build}
groups='test'
[ "${1:-}" != long ] || groups=test,long
logs=$B/test
rm -rf "$logs"
mkdir -p "$logs"
passed=0 failed=0 skipped=0

add() { # PASSED FAILED SKIPPED
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# One cmocka program: counts its tests, and counts a crash as a failure.
unit() {
	local name=${1##*/} ok bad skip status
	CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$1" > "$logs/$name.log" 2>&1
	status=$?
	# cmocka writes a skipped test as "not ok N # SKIP"
	ok=$(grep -E '^ok ' "$logs/$name.log" | grep -vc '# SKIP')
	bad=$(grep -E '^not ok ' "$logs/$name.log" | grep -vc '# SKIP')
	skip=$(grep -cE '^(not )?ok .*# SKIP' "$logs/$name.log")
	[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	[ $((ok + bad + skip)) -gt 0 ] || bad=1
	add "$ok" "$bad" "$skip"
	if [ "$bad" -gt 0 ]; then
		echo "FAILED  $name (status $status)"
		tail -40 "$logs/$name.log"
	else
		echo "ok      $name ($ok)"
	fi
}

# One fuzz target: its corpus, then so many seconds of damage to it. Its verdict is left in a file.
fuzz() { # PROGRAM SECONDS
	local name=${1##*/}
	local corpus=tests/fuzz/corpus/${name#fuzz_}
	timeout 120 "$1" --seconds "$2" --seed 1 "$corpus"/* > "$logs/$name.log" 2>&1
	echo $? > "$logs/$name.status"
}

# All of them, two at a time: each uses one CPU.
fuzz_all() { # SECONDS
	local names=() name t
	for t in tests/fuzz/fuzz_*.c; do
		t=${t##*/}
		names+=("${t%.c}")
		while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
		fuzz "$B/tests/${t%.c}" "$1" &
	done
	wait
	for name in "${names[@]}"; do
		if [ "$(cat "$logs/$name.status")" = 0 ]; then
			add 1 0 0
			echo "ok      $name"
		else
			add 0 1 0
			echo "FAILED  $name"
			tail -40 "$logs/$name.log"
		fi
	done
}

python() { # NAME PATH...
	local name=$1 xml=$logs/$1.xml counts status
	shift
	/usr/bin/python3 -m pytest -q -rs -p no:cacheprovider --junitxml="$xml" "$@" 2>&1 |
		tee "$logs/$name.log" | sed 's/^/        /'
	status=${PIPESTATUS[0]}
	counts=$(/usr/bin/python3 ci/junit_counts.py "$xml") || counts="0 1 0"
	# 0 and 1 are in the counts; anything else ended the run before its tests (pytest.ExitCode).
	case "$status $counts" in
	[01]' '*) ;;
	*' 0 '*) counts="${counts%% *} 1 ${counts##* }"
		echo "FAILED  $name (pytest ended with status $status)" ;;
	esac
	# shellcheck disable=SC2086
	add $counts
}

# By their sources: a program whose source is gone stays in the build folder and is no test.
for t in tests/unit/test_*.c; do
	t=${t##*/}
	unit "$B/tests/${t%.c}"
done
fuzz_all 20
python meta tests/meta --group "$groups"
python golden tests/golden
python browser tests/browser
python vm tests/vm --group "$groups"
python oracle tests/oracle

[ $((passed + failed)) -gt 0 ] || failed=1
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
