#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes and starts a VM on ESXi or vSphere by govc that boots tare.iso, with a blank disk and a copy of
# tare-results.img. GOVC_URL, GOVC_USERNAME ... say where; both files are in the folder it is called in.
#
# esxi.sh DATASTORE [NAME [GB]]   NAME: tare; GB: 32
set -eu

[ $# -ge 1 ] || { echo "usage: esxi.sh DATASTORE [NAME [GB]]" >&2; exit 2; }
ds=$1 name=${2:-tare} gb=${3:-32}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
qemu-img convert -f raw -O vmdk -o subformat=streamOptimized,adapter_type=lsilogic \
	tare-results.img "$results/results.vmdk"

govc vm.create -on=false -ds "$ds" -c 4 -m 2048 -g otherLinux64Guest -firmware efi \
	-disk.controller pvscsi -disk "${gb}GB" -disk.thick -disk.eager \
	-net.adapter vmxnet3 "$name"
govc datastore.upload -ds "$ds" tare.iso "$name/tare.iso"
govc import.vmdk -ds "$ds" "$results/results.vmdk" "$name"
# Without -link=false the VM would write into a delta and the results would not be in the file.
govc vm.disk.attach -vm "$name" -ds "$ds" -disk "$name/results.vmdk" -link=false
govc device.cdrom.add -vm "$name"
govc device.cdrom.insert -vm "$name" -ds "$ds" "$name/tare.iso"
govc device.serial.add -vm "$name"
govc device.serial.connect -vm "$name" "[$ds] $name/serial.log"
govc vm.change -vm "$name" -e answer.msg.serial.file.open=Append
govc device.boot -vm "$name" -firmware efi -secure=false -order cdrom,disk
govc vm.power -on "$name"
