#!/bin/bash
# SPDX-License-Identifier: MIT
# `make test`: unit tests, fuzz corpora, tests of programs and of machines. Logs stay in build/test/.
# What failed is named once more at the end, where the end is all that is kept of a log. The last line
# is `N passed, N failed, N skipped`; the exit status says the same.
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
failures=() # lines "WHERE: TEST: why"

add() { # PASSED FAILED SKIPPED
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# Remembers each line that is read as a failure of $1; of none, $2 is all that is known.
remember() { # WHERE WHAT < LINES
	local lines
	mapfile -t lines
	[ ${#lines[@]} -gt 0 ] || lines=("$2")
	failures+=("${lines[@]/#/$1: }")
}

# Each test that failed, from a log in TAP, with the comments that follow it.
tap_failures() { # LOG
	awk '/^(not )?ok / { if (line) print substr(line, 1, 300); line = "" }
		/^not ok / && !/# SKIP/ { line = $0; sub(/^not ok [0-9]+ - /, "", line) }
		/^# / && line { sub(/^# */, ""); line = line ": " $0 }
		END { if (line) print substr(line, 1, 300) }' "$1"
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
		remember "$name" "status $status" < <(tap_failures "$logs/$name.log")
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
			remember "$name" "status $(cat "$logs/$name.status")" < /dev/null
			echo "FAILED  $name"
			tail -40 "$logs/$name.log"
		fi
	done
}

python() { # NAME PATH...
	local name=$1 xml=$logs/$1.xml counts status
	local named=$logs/$1.failures
	shift
	/usr/bin/python3 -m pytest -q -rs -p no:cacheprovider --junitxml="$xml" "$@" 2>&1 |
		tee "$logs/$name.log" | sed 's/^/        /'
	status=${PIPESTATUS[0]}
	counts=$(/usr/bin/python3 ci/junit.py "$xml" "$named") || { counts="0 1 0"; : > "$named"; }
	# 0 and 1 are in the counts; anything else ended the run before its tests (pytest.ExitCode).
	case "$status $counts" in
	[01]' '*) ;;
	*' 0 '*) counts="${counts%% *} 1 ${counts##* }"
		echo "FAILED  $name (pytest ended with status $status)" ;;
	esac
	case $counts in
	*' 0 '*) ;;
	*) remember "$name" "pytest ended with status $status" < "$named" ;;
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
[ ${#failures[@]} -eq 0 ] || printf 'FAILED  %s\n' "${failures[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
