#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes and starts a VM on XCP-ng that boots tare.iso, with a blank disk and a copy of tare-results.img, and
# writes its serial port to serial.log until it has switched itself off. As root in dom0, in the folder
# that holds both files.
#
# xcp-ng.sh SR-UUID [GIB]   GIB: 32
set -eu

[ $# -ge 1 ] || { echo "usage: xcp-ng.sh SR-UUID [GIB]" >&2; exit 2; }
sr=$1 gib=${2:-32} name=tare
isos=$PWD/tare-isos
mkdir -p "$isos"
cp tare.iso "$isos/tare.iso"
results_bytes=$(stat -c %s tare-results.img)

iso_sr=$(xe sr-list name-label=tare-isos params=uuid --minimal)
if [ -z "$iso_sr" ]; then
	iso_sr=$(xe sr-create name-label=tare-isos type=iso content-type=iso \
		device-config:location="$isos" device-config:legacy_mode=true)
fi
xe sr-scan uuid="$iso_sr"

vm=$(xe vm-install template="Other install media" new-name-label="$name" sr-uuid="$sr")
xe vm-memory-set uuid="$vm" memory=2GiB
xe vm-param-set uuid="$vm" VCPUs-max=4
xe vm-param-set uuid="$vm" VCPUs-at-startup=4
xe vm-param-set uuid="$vm" HVM-boot-params:order=dc
xe vm-cd-add uuid="$vm" cd-name=tare.iso device=3
xe vm-disk-add uuid="$vm" sr-uuid="$sr" device=0 disk-size="${gib}GiB"
vdi=$(xe vdi-create sr-uuid="$sr" name-label="$name-results" type=user \
	virtual-size="$results_bytes")
xe vdi-import uuid="$vdi" filename=tare-results.img format=raw
xe vbd-create vm-uuid="$vm" vdi-uuid="$vdi" device=1 type=Disk mode=RW bootable=false
xe vm-start uuid="$vm"
xl console -t serial "$(xe vm-param-get uuid="$vm" param-name=dom-id)" | tee serial.log
