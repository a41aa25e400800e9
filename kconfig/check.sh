#!/bin/sh
# SPDX-License-Identifier: MIT
# Does a configuration hold everything that was asked for? Kconfig drops a symbol whose parent is
# missing without a word; this names every one that did not survive. It changes nothing.
#
# check.sh CONFIG FRAGMENT...   exit 1 after naming every offender: lost, of another value,
#                               requested twice, or no request at all. "=n" asks for "not set".
set -eu
LC_ALL=C
export LC_ALL

if [ $# -lt 2 ]; then
	echo "tare: check.sh: usage: check.sh CONFIG FRAGMENT..." >&2
	exit 2
fi
for file; do
	if [ ! -r "$file" ]; then
		echo "tare: check.sh: $file: cannot be read" >&2
		exit 2
	fi
done
config=$1
shift

awk -v config="$config" '
	function offence(text) { print "tare: check.sh: " text; bad++ }
	BEGIN {
		while ((getline line < config) > 0)
			if (line ~ /^CONFIG_[A-Za-z0-9_]+=/) {
				at = index(line, "=")
				have[substr(line, 1, at - 1)] = substr(line, at + 1)
			}
	}
	/^#/ || /^$/ { next }
	!/^CONFIG_[A-Za-z0-9_]+=[^ ].*$/ && !/^CONFIG_[A-Za-z0-9_]+="[^"]*"$/ {
		offence(FILENAME ":" FNR ": \"" $0 "\": must be CONFIG_SYMBOL=value")
		next
	}
	{
		at = index($0, "=")
		symbol = substr($0, 1, at - 1)
		want = substr($0, at + 1)
		got = symbol in have ? have[symbol] : "n"
		here = FILENAME ":" FNR
		count++
		if (symbol in seen)
			offence(here ": " symbol ": requested before at " seen[symbol])
		else
			seen[symbol] = here
		if (got != want)
			offence(here ": " symbol ": wanted " want ", " config " has " \
				(got == "n" ? "it not set" : got))
	}
	END {
		if (!count)
			offence("no request in: " ARGV[1])
		if (bad) {
			print "tare: check.sh: " bad " of " count " requests failed"
			exit 1
		}
	}' "$@" >&2
