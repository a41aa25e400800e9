#!/bin/bash
# SPDX-License-Identifier: MIT
# Creates and starts a VM on a Proxmox VE node that boots tare.iso, beside this script's caller's
# tare-results.img. To be run as root on the node, in the folder that holds both.
#
# proxmox.sh VMID STORAGE [GIB]   a blank disk of GIB (32) on STORAGE; KEYS="suite=quick" sets boot keys
set -eu

[ $# -ge 2 ] || { echo "usage: proxmox.sh VMID STORAGE [GIB]" >&2; exit 2; }
vmid=$1 storage=$2 gib=${3:-32}
log=/var/log/tare-$vmid.log
iso_folder=${ISO_FOLDER:-/var/lib/vz/template/iso} # of storage "local"
for file in tare.iso tare-results.img; do
	[ -s "$file" ] || { echo "proxmox.sh: $file: not in $PWD" >&2; exit 1; }
done
cp tare.iso "$iso_folder/tare.iso"

# A file behind the serial port loses nothing; a socket drops what nobody reads.
args="-chardev file,id=tare,path=$log,append=on -device isa-serial,chardev=tare"
if [ -n "${KEYS:-}" ]; then
	args+=" -fw_cfg name=opt/io.tare/config,string='${KEYS//,/,,}'"
fi

qm create "$vmid" --name tare --ostype l26 --memory 2048 --cores 4 --cpu host \
	--scsihw virtio-scsi-single \
	--scsi0 "$storage:$gib,iothread=1,detect_zeroes=0,serial=SCRATCH0" \
	--scsi1 "$storage:0,import-from=$PWD/tare-results.img,serial=RESULTS0" \
	--ide2 local:iso/tare.iso,media=cdrom --boot order=ide2 --args "$args"
qm start "$vmid"
echo "VM $vmid runs; it switches itself off at the end. Its serial port: $log"
