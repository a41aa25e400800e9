#!/bin/bash
# SPDX-License-Identifier: MIT
# Fetches the sources named in sources.lock by package name through apt, with an apt state of its
# own below build/. It reads the system's apt configuration and never changes it.
#
# fetch.sh [LOCK]   build/sources/PACKAGE/* and build/sources.used
# fetch.sh --boot   build/sources/{grub2,systemd}/*: the sources of the GRUB modules and of the EFI stub
#                   that this host put into the images
# fetch.sh --peer LOCK   build/peers/PACKAGE/*.deb and build/peers.used: Debian's kernel, which tests
#                   measure ours beside; it goes into no image
#
# build/sources.used has a line "package pinned-version used-version sha256 file" for each file.
set -eu
. "$(dirname "$0")/env.sh"

STATE=$B/apt
DEST=$B/sources
APT=(-o Dir::State::lists="$STATE/lists" -o Dir::State::status="$STATE/status"
	-o Dir::Etc::sourcelist="$STATE/sources.list" -o Dir::Etc::sourceparts=-
	-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
	-o Dir::Cache="$STATE/cache" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
	-o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3)

# The text of an entry of the system's apt configuration, given as FILE:NUMBER: a line of a .list, a
# paragraph of a .sources.
entry_text()
{
	case $1 in
	*.sources:*) sed '/^#/d' "${1%:*}" | awk -v RS= -v n="${1##*:}" 'NR == n' ;; # apt does not count comments
	*) sed -n "${1##*:}p" "${1%:*}" ;;
	esac
}

# How that entry is trusted, as options of a one-line entry: its keyrings and Debian's own, or
# without signature where the system's entry says so.
trust_of()
{
	local text keys
	text=$(entry_text "$1")

	if grep -qiE 'trusted[=:] *yes' <<< "$text"; then
		echo trusted=yes
		return
	fi
	keys=$({
		grep -ioE 'signed-by[=:] *[^]]+' <<< "$text" | grep -oE '/[^], ]+' || true
		printf '%s\n' /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}
	} | while read -r key; do
		if [ -r "$key" ]; then echo "$key"; fi
	done | awk '!seen[$0]++' | paste -sd,)
	if [ -n "$keys" ]; then echo "signed-by=$keys"; fi
}

# "SITE TRUST" of the first entry of the system whose release matches the pattern $1.
site_of()
{
	local release component site entry

	# shellcheck disable=SC2016  # apt's own variables
	apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(SITE) $(SOURCESENTRY)' \
		'Created-By: Packages' | while read -r release component site entry; do
		if [[ $component == main && $release =~ ^($1)$ ]]; then
			echo "$site $(trust_of "$entry")"
			break
		fi
	done
}

# Writes the private sources.list for Debian release $1 and reads its indexes, once a call.
prepare_state()
{
	local names='bookworm|trixie|forky|sid|oldstable|stable|testing|unstable'
	local main security kind

	if [ "${prepared:-}" = "$1" ]; then return; fi
	command -v apt-get > /dev/null || die "apt-get not found: sources come from Debian packages"
	main=$(site_of "$names")
	security=$(site_of "($names)(-security|/updates)")
	[ -n "$main" ] || die "apt has no Debian mirror (component main of $names): add one"

	rm -rf "$STATE"/get.*
	mkdir -p "$STATE/lists/partial" "$STATE/cache/archives/partial"
	: > "$STATE/status"
	for kind in deb deb-src; do
		list_line "$kind" "$main" "$1"
		list_line "$kind" "$main" "$1-updates"
		if [ -n "$security" ]; then list_line "$kind" "$security" "$1-security"; fi
	done > "$STATE/sources.list"
	if ! apt-get "${APT[@]}" -q update > "$STATE/update.log" 2>&1; then
		cat "$STATE/update.log" >&2
		die "apt could not read Debian $1 from the mirror that the system uses"
	fi
	prepared=$1
}

# $1 kind, $2 "SITE TRUST", $3 release.
list_line()
{
	local site trust

	read -r site trust <<< "$2"
	echo "$1 [arch=amd64${trust:+ $trust}] $site $3 main"
}

# Versions of package $2 (kind $1) in the mirror's index.
versions_of()
{
	if [ "$1" = deb ]; then
		apt-cache "${APT[@]}" show "$2" 2> /dev/null | sed -n 's/^Version: //p'
	else
		apt-cache "${APT[@]}" showsrc --only-source "$2" 2> /dev/null |
			awk -v p="$2" '/^Package:/ { ok = $2 == p } /^Version:/ && ok { print $2 }'
	fi | sort -u
}

# The newest of the versions on standard input in the upstream series (first two numbers) of $1.
newest_in_series()
{
	local series newest='' version

	series=$(sed -E 's/^[0-9]+://; s/^([0-9]+\.[0-9]+).*/\1/; s/\./\\./g' <<< "$1")
	while read -r version; do
		if [[ $version =~ ^([0-9]+:)?$series([^0-9]|$) ]]; then
			if [ -z "$newest" ] || dpkg --compare-versions "$version" gt "$newest"; then
				newest=$version
			fi
		fi
	done
	echo "$newest"
}

# How apt downloads each kind: a binary package; a source package; of that, the upstream tarball.
declare -A VERBS=(
	[deb]='download'
	[src]='source --download-only --only-source'
	[tar]='source --download-only --only-source --tar-only'
)

# Downloads package $2 version $3 (kind $1) into the folder $4; apt checks the signatures.
# Returns 1 when the mirror's index names the version but its files are gone.
download()
{
	local verb

	read -ra verb <<< "${VERBS[$1]}"
	(cd "$4" && apt-get "${APT[@]}" -q "${verb[@]}" "$2=$3") > "$STATE/download.log" 2>&1 ||
		if grep -qE ' 404 |File not found' "$STATE/download.log"; then
			return 1
		else
			cat "$STATE/download.log" >&2
			die "apt could not download $2 $3"
		fi
}

# Moves the file $1 into the cache; whoever comes second with the same content changes nothing.
keep()
{
	local dir
	dir=$TARE_CACHE/sources/$(sha256_of "$1")

	mkdir -p "$dir"
	chmod 444 "$1"
	cp -p "$1" "$dir/.$$.part"
	mv -f "$dir/.$$.part" "$dir/${1##*/}"
}

# Is every "sha256 file" line on standard input in the cache and sound?
all_kept()
{
	local sum file

	while read -r sum file; do
		[ -r "$TARE_CACHE/sources/$sum/$file" ] || return 1
		if [ "$(sha256_of "$TARE_CACHE/sources/$sum/$file")" != "$sum" ]; then
			rm -f "$TARE_CACHE/sources/$sum/$file"
			return 1
		fi
	done
}

# Links the "sha256 file" lines on standard input from the cache to build/sources/$1 and records
# them: $2 pinned version, $3 used version, $4 record.
publish()
{
	local dir=$DEST/$1 sum file

	mkdir -p "$dir.new"
	while read -r sum file; do
		ln -f "$TARE_CACHE/sources/$sum/$file" "$dir.new/$file" 2> /dev/null ||
			cp -f "$TARE_CACHE/sources/$sum/$file" "$dir.new/$file"
		echo "$1 $2 $3 $sum $file" >> "$4"
	done
	rm -rf "$dir"
	mv "$dir.new" "$dir"
}

# Downloads package $2, version $3 or else the newest of its series that the mirror still has.
# Prints the version, then the "sha256 file" lines.
download_and_keep()
{
	local versions version=$3 tmp file
	tmp=$(mktemp -d "$STATE/get.XXXXXX")

	versions=$(versions_of "$1" "$2")
	while ! grep -Fxq -e "$version" <<< "$versions" || ! download "$1" "$2" "$version" "$tmp"; do
		rm -rf "${tmp:?}"/*
		versions=$(grep -Fxv -e "$version" <<< "$versions" || true)
		version=$(newest_in_series "$3" <<< "$versions")
		[ -n "$version" ] || die "sources.lock: $2 $3 is gone and the mirror has nothing of" \
			"that series; its index has: $(versions_of "$1" "$2" | paste -sd' ')"
	done
	echo "$version"
	for file in "$tmp"/*; do
		keep "$file"
		echo "$(sha256_of "$file") ${file##*/}"
	done
	rm -rf "$tmp"
}

# Brings package $2 (kind $1), pinned to version $3 with the "sha256 file" lines $4 (may be empty:
# apt's signature decides), from release $5 to build/sources; records it in $6.
obtain()
{
	local kind=$1 package=$2 pinned=$3 lines=$4 release=$5 record=$6 used=$3 got missing
	local note=$TARE_CACHE/sources/instead/${package}_${pinned//[:\/]/_}

	if [ -n "$lines" ] && all_kept <<< "$lines"; then
		publish "$package" "$pinned" "$used" "$record" <<< "$lines"
		return
	fi
	# An earlier build found the pinned version gone: what it took instead makes this one equal.
	if [ -r "$note" ] && sed 1d "$note" | all_kept; then
		used=$(sed 1q "$note")
		echo "fetch: $package $pinned is gone from the mirror, using $used" >&2
		publish "$package" "$pinned" "$used" "$record" < <(sed 1d "$note")
		return
	fi

	prepare_state "$release"
	got=$(download_and_keep "$kind" "$package" "$pinned")
	used=$(sed 1q <<< "$got")
	got=$(sed 1d <<< "$got")
	if [ "$used" != "$pinned" ]; then
		echo "fetch: $package $pinned is gone from the mirror, using $used" >&2
		mkdir -p "${note%/*}"
		printf '%s\n' "$used" "$got" > "$note.$$"
		mv -f "$note.$$" "$note"
		lines=$got
	elif [ -n "$lines" ]; then
		missing=$(grep -Fxv -e "$got" <<< "$lines" || true)
		[ -z "$missing" ] || die "sources.lock: $package $pinned: sha256 differs from what the" \
			"mirror delivers, refused: wanted $(paste -sd';' <<< "$missing")," \
			"got $(paste -sd';' <<< "$got")"
	else
		lines=$got
	fi
	publish "$package" "$pinned" "$used" "$record" <<< "$lines"
}

# The lines of a lock must be "suite NAME" or four words; anything else is refused by line number.
check_lock()
{
	awk '/^#/ || /^$/ || (NF == 2 && $1 == "suite") { next }
		NF == 4 && $3 ~ /^[0-9a-f]+$/ && length($3) == 64 && $4 !~ /\// { next }
		{ print FILENAME ":" FNR ": \"" $0 "\": must be: package version sha256 file"; bad = 1 }
		END { exit bad }' "$1" >&2
}

fetch_lock()
{
	local lock=$1 suite package version kind record=$B/sources.used.new

	[ -r "$lock" ] || die "$lock: cannot be read"
	check_lock "$lock" || exit 1
	suite=$(awk '$1 == "suite" { print $2 }' "$lock")
	[ -n "$suite" ] || die "$lock: has no line \"suite NAME\""
	: > "$record"
	while read -r package version kind; do
		obtain "$kind" "$package" "$version" \
			"$(awk -v p="$package" '$1 == p && NF == 4 { print $3, $4 }' "$lock")" \
			"$suite" "$record"
	done < <(awk 'NF != 4 || /^#/ { next }
		!($1 in kind) { order[++n] = $1; version[$1] = $2; kind[$1] = "tar" }
		$4 ~ /\.deb$/ { kind[$1] = "deb" }
		$4 ~ /\.dsc$/ { kind[$1] = "src" }
		END { for (i = 1; i <= n; i++) print order[i], version[order[i]], kind[order[i]] }' "$lock")
	mv "$record" "$B/sources.used"
}

# The packages of this host that put something of theirs into the images.
fetch_boot()
{
	local package source version release

	release=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")
	rm -f "$B/sources.boot"
	for package in grub-pc-bin systemd-boot-efi; do
		read -r source version < <(dpkg-query -W \
			-f '${source:Package} ${source:Version}\n' "$package") ||
			die "package $package is not installed"
		obtain src "$source" "$version" '' "$release" "$B/sources.boot"
	done
}

# Debian's cloud kernel. Its package is named after its version and goes with it; PEER then says which
# is the one of today, and a note beside the cache that it was taken instead.
PEER=linux-image-cloud-amd64
fetch_peer()
{
	local lock=$1 suite package version sum file note

	[ -r "$lock" ] || die "$lock: cannot be read"
	check_lock "$lock" || exit 1
	suite=$(awk '$1 == "suite" { print $2 }' "$lock")
	read -r package version sum file < <(awk 'NF == 4 && !/^#/' "$lock") ||
		die "$lock: has no line \"package version sha256 file\""
	note=$TARE_CACHE/sources/instead/${PEER}_$version
	if [ -r "$note" ] && ! all_kept <<< "$sum $file"; then
		read -r package version sum file < "$note"
	fi
	if ! all_kept <<< "$sum $file"; then
		prepare_state "$suite"
		if ! versions_of deb "$package" | grep -Fxq -e "$version"; then
			echo "fetch: $package is gone from the mirror, asking $PEER" >&2
			sum=
			read -r package version < <(apt-cache "${APT[@]}" show "$PEER" 2> /dev/null |
				sed -n 's/^Depends: \([^ ]*\) (= \([^)]*\)).*/\1 \2/p') ||
				die "$lock: neither it nor $PEER is on the mirror"
		fi
	fi
	rm -rf "$B/peers" "$B/peers.used"
	DEST=$B/peers obtain deb "$package" "$version" "${sum:+$sum $file}" "$suite" "$B/peers.used"
	if [ -z "$sum" ]; then
		mkdir -p "${note%/*}"
		awk '{ print $1, $3, $4, $5 }' "$B/peers.used" > "$note.$$"
		mv -f "$note.$$" "$note"
	fi
}

mkdir -p "$B" "$STATE" "$TARE_CACHE/sources"
exec 9> "$B/apt/lock"
flock 9
case ${1:-} in
--boot) fetch_boot ;;
--peer) fetch_peer "${2:?fetch.sh --peer LOCK}" ;;
-*) die "$1: unknown option; known: --boot, --peer" ;;
*) fetch_lock "${1:-$TOP/image/sources.lock}" ;;
esac
