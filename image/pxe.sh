#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes build/pxe/: what a TFTP or HTTP server hands out to boot tare over the network.
set -eu
. "$(dirname "$0")/env.sh"

rm -rf "$B/pxe.tmp"
mkdir -p "$B/pxe.tmp/pxelinux.cfg"
cp "$B/vmlinuz" "$B/initramfs" "$B/tare.efi" "$TOP/image/boot/boot.ipxe" "$B/pxe.tmp/"
cp "$TOP/image/boot/pxelinux.cfg" "$B/pxe.tmp/pxelinux.cfg/default"
rm -rf "$B/pxe"
mv "$B/pxe.tmp" "$B/pxe"
