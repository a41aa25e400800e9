#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes and starts a VirtualBox VM that boots tare.iso, with a blank disk and a copy of tare-results.img,
# all in the folder it is called in, and waits until it has switched itself off.
#
# virtualbox.sh [NAME [MIB]]   NAME: tare; MIB: 32768
set -eu

name=${1:-tare} mib=${2:-32768}
for file in tare.iso tare-results.img; do
	[ -s "$file" ] || { echo "virtualbox.sh: $file: not in $PWD" >&2; exit 1; }
done
architecture=()
case $(VBoxManage --version) in
[1-6].* | 7.0.*) ;;
*) architecture=(--platform-architecture=x86) ;;
esac

VBoxManage createvm --name "$name" --ostype Linux_64 "${architecture[@]}" --register
VBoxManage modifyvm "$name" --cpus 4 --memory 2048 --ioapic on --nic1 none --boot1 dvd \
	--uart1 0x3F8 4 --uart-mode1 file "$PWD/serial.log"
VBoxManage storagectl "$name" --name SATA --add sata --controller IntelAhci --portcount 3 \
	--hostiocache off
VBoxManage createmedium disk --filename "$PWD/scratch.vdi" --size "$mib" --variant Fixed
VBoxManage convertfromraw tare-results.img "$PWD/$name-results.vdi" --format VDI
VBoxManage storageattach "$name" --storagectl SATA --port 0 --device 0 --type hdd \
	--medium "$PWD/scratch.vdi"
VBoxManage storageattach "$name" --storagectl SATA --port 1 --device 0 --type hdd \
	--medium "$PWD/$name-results.vdi"
VBoxManage storageattach "$name" --storagectl SATA --port 2 --device 0 --type dvddrive \
	--medium "$PWD/tare.iso"
# Otherwise a flush ends before anything is on the host's disk.
VBoxManage setextradata "$name" "VBoxInternal/Devices/ahci/0/LUN#0/Config/IgnoreFlush" 0
VBoxManage startvm "$name" --type headless
until VBoxManage showvminfo "$name" --machinereadable | grep -q '^VMState="poweroff"'; do
	sleep 5
done
