#!/bin/sh
# SPDX-License-Identifier: MIT
# Sees to it that the packages of packages.list are there: as root on Debian it installs what is
# missing, otherwise it names that and fails. With everything present it needs neither root nor
# network.
#
# deps.sh [GROUP...]   build, image, sign, run, test, bench; default: all but bench
set -eu
LC_ALL=C
export LC_ALL
list=$(dirname "$0")/packages.list

for group; do
	if ! grep -q "^${group}[[:space:]]" "$list"; then
		echo "tare: deps.sh: $group: no such group; known: build image sign run test bench" >&2
		exit 2
	fi
done

wanted=$(awk -v groups="$*" '
	BEGIN { all = split(groups, name, " ") == 0; for (i in name) ask[name[i]] }
	/^[a-z]/ && (all ? $1 != "bench" : $1 in ask) { print $2 }' "$list")

# Installed means "installed": a removed package with its configuration left is missing. What another
# package provides is there: some bring npm with Node.js itself.
present=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' |
	sed -n 's/^installed //p' | tr ',' '\n' | awk 'NF { print $1 }')
missing=
for package in $wanted; do
	case "
$present
" in
	*"
$package
"*) ;;
	*) missing="$missing $package" ;;
	esac
done

[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
	echo "tare: these packages are missing (install them as root, on Debian with apt-get):" >&2
	echo "${missing# }"
	exit 1
fi

echo "tare: installing$missing" >&2
DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
apt-get -qq update
# shellcheck disable=SC2086
apt-get -qq install -y --no-install-recommends $missing > /dev/null
