#!/bin/bash
# SPDX-License-Identifier: MIT
# Fetches the packages that a lock names by name through npm, checks each against the lock, and
# unpacks it. What was fetched once is kept beside the sources; npm is asked only for what is not.
# No script of a package runs.
#
# npm.sh [LOCK]   build/npm/NAME/*, for each line "name version sha512-BASE64"; default: npm.lock
set -eu
. "$(dirname "$0")/env.sh"

KEPT=$TARE_CACHE/sources

# Is the file $1 there, with the integrity $2?
is_kept()
{
	local hex

	hex=$(base64 -d <<< "${2#sha512-}" | od -An -vtx1 | tr -d ' \n')
	[ -r "$1" ] && [ "$(sha512sum < "$1")" = "$hex  -" ]
}

# Downloads package $1 version $2 to the file $3.
download()
{
	local dir

	command -v npm > /dev/null || die "npm not found: $1 comes from its registry"
	dir=$(mktemp -d "$B/npm/get.XXXXXX")
	if ! npm pack --silent --pack-destination "$dir" "$1@$2" > "$dir/log" 2>&1; then
		cat "$dir/log" >&2
		rm -rf "$dir"
		die "npm could not download $1 $2"
	fi
	mkdir -p "${3%/*}"
	mv "$dir"/*.tgz "$3.$$"
	mv -f "$3.$$" "$3"
	rm -rf "$dir"
}

# Brings package $1 version $2 with integrity $3 to build/npm/$1.
obtain()
{
	local file=$KEPT/npm/$1-$2.tgz

	is_kept "$file" "$3" || download "$1" "$2" "$file"
	is_kept "$file" "$3" || die "$1 $2: integrity differs from the lock's, refused: wanted $3"
	rm -rf "$B/npm/$1.new"
	mkdir -p "$B/npm/$1.new"
	tar -xzf "$file" -C "$B/npm/$1.new" --strip-components=1 --no-same-owner
	rm -rf "${B:?}/npm/$1"
	mv "$B/npm/$1.new" "$B/npm/$1"
}

lock=${1:-$TOP/image/npm.lock}
[ -r "$lock" ] || die "$lock: cannot be read"
awk '/^#/ || /^$/ { next }
	NF == 3 && $1 ~ /^[a-z0-9-]+$/ && $3 ~ /^sha512-[A-Za-z0-9+\/]+==$/ { next }
	{ print FILENAME ":" FNR ": \"" $0 "\": must be: name version sha512-BASE64"; bad = 1 }
	END { exit bad }' "$lock" >&2 || exit 1
mkdir -p "$B/npm"
while read -r name version integrity; do
	obtain "$name" "$version" "$integrity"
done < <(sed '/^#/d; /^$/d' "$lock")
