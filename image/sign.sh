#!/bin/bash
# SPDX-License-Identifier: MIT
# Signs build/tare.efi for Secure Boot with a key of the user's own: build/tare.signed.efi. The
# certificate must be enrolled in the firmware's db of the machines that shall boot it.
#
# sign.sh KEY CERT   PEM files
set -eu
. "$(dirname "$0")/env.sh"

[ $# = 2 ] || die "usage: make sign KEY=FILE CERT=FILE (private key and certificate, PEM)"
for file; do
	[ -r "$file" ] || die "\"$file\": cannot be read; should be a PEM file"
done
# sbsign signs with any pair; only one whose halves belong together verifies.
public=$(openssl x509 -in "$2" -noout -pubkey) || die "\"$2\": not a certificate in PEM"
[ "$public" = "$(openssl pkey -in "$1" -pubout)" ] ||
	die "\"$1\": is not the key of the certificate \"$2\""
sbsign --key "$1" --cert "$2" --output "$B/tare.signed.efi.new" "$B/tare.efi"
sbverify --cert "$2" "$B/tare.signed.efi.new"
mv "$B/tare.signed.efi.new" "$B/tare.signed.efi"
echo "  $B/tare.signed.efi"
