#!/bin/bash
# SPDX-License-Identifier: MIT
# Writes docs/job-options.md and docs/boot-keys.md from what `tare run --help` says, so that they
# cannot say otherwise.
#
# gen-docs.sh [DIR]   into DIR instead of docs/
# Backquotes here are Markdown:
# shellcheck disable=SC2016
set -eu
cd "$(dirname "$0")/.."
to=${1:-docs}
help=$("${B:-build}/tare" run --help)

# Lines of one section of the help, from its title to the next blank line.
section() { # TITLE
	awk -v title="$1" 'index($0, title) == 1 { found = 1; next } found && !NF { exit } found' \
		<<< "$help"
}

# "  name   words [default]" to rows of a table.
option_rows() {
	section "options of job files" | sed -E \
		-e 's/\|/\\|/g' \
		-e 's/^  ([a-z_]+) +(.*) \[([^]]*)\]$/| `\1` | \2 | `\3` |/' \
		-e 's/^  ([a-z_]+) +(.*)$/| `\1` | \2 | |/'
}

key_rows() {
	section "keys" | sed -E \
		-e 's/\|/\\|/g' \
		-e 's/^  --([a-z]+) +(.*) \[([^]]*)\]$/| `tare.\1` | \2 | \3 |/' \
		-e 's/^  --([a-z]+) +(.*)$/| `tare.\1` | \2 | |/'
}

suite_rows() {
	section "suites" | sed -E 's/^  ([a-z]+) +(.*)$/| `\1` | \2 |/'
}

# An empty table means that the help reads otherwise than this script expects.
table() { # COMMAND HEAD RULE
	local rows
	rows=$("$1")
	if [ -z "$rows" ] || grep -qv '^|' <<< "$rows"; then
		echo "tare: gen-docs.sh: $1: no rows, or lines that are none, in \`tare run --help\`" >&2
		exit 1
	fi
	printf '%s\n%s\n%s\n' "$2" "$3" "$rows"
}

# Before anything is written: a table that fails must not leave half a page.
options=$(table option_rows '| option | meaning | default |' '| --- | --- | --- |')
suites=$(table suite_rows '| suite | holds |' '| --- | --- |')
keys=$(table key_rows '| key | meaning | default |' '| --- | --- | --- |')

cat > "$to/job-options.md" <<EOF
<!-- SPDX-License-Identifier: MIT -->
<!-- Written by ci/gen-docs.sh from \`tare run --help\`: change bench/config/option_rows.c instead. -->
# Options of job files

Job files have fio's format: \`[global]\` sets what later sections begin with, every other \`[name]\` is a workload, \`#\` and \`;\`
begin comments. Names, units, meaning and defaults are fio's. Any other option is an error.

$options

Built-in suites (\`bench/suites/\`):

$suites
EOF

cat > "$to/boot-keys.md" <<EOF
<!-- SPDX-License-Identifier: MIT -->
<!-- Written by ci/gen-docs.sh from \`tare run --help\`: change bench/config/keys.c instead. -->
# Boot keys

No key is needed. Sources, lowest to highest: built-in, embed area of the image, \`tare.conf\` on the results partition, platform
channel (fw_cfg \`opt/io.tare/config\`, SMBIOS type 11 strings that begin with \`tare:\`), kernel command line. Every source takes \`KEY=VALUE\` words, quotes
around values with blanks; on the kernel command line only those with the prefix \`tare.\` are read. On an installed system the same keys are
options: \`tare run --KEY=VALUE\`. \`destroy\` and \`confirm\` count only on the kernel command line, in the embed area, or as such an option
([safety.md](safety.md)).

A key that is not known or a value that cannot be read is a warning in the result, and the run goes on with the default (\`quick\` in place of a suite that is not there). Where the
key is about writing, writing is turned off.

$keys
EOF
