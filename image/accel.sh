#!/bin/bash
# SPDX-License-Identifier: MIT
# Prints which accelerator QEMU can use here, and why: "kvm: ..." or "tcg: ...". KVM only where it is
# seen to work: a device that opens and a CPU flag prove nothing in nested or restricted hosts, so the
# appliance is booted once, without any disk.
set -eu
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"

PROBE_S=60 # a boot under KVM takes 2 s; a guest that hangs ends here

if [ ! -r /dev/kvm ] || [ ! -w /dev/kvm ]; then
	echo "tcg: /dev/kvm cannot be used"
	exit 0
fi
if ! grep -qwE 'vmx|svm' /proc/cpuinfo; then
	echo "tcg: the CPU has neither vmx nor svm"
	exit 0
fi
log=$(mktemp)
pid=
trap 'if [ -n "$pid" ]; then kill -TERM "$pid" 2> /dev/null || true; wait "$pid" || true; fi; rm -f "$log"' EXIT
trap 'exit 143' INT TERM HUP
timeout -k 5 "$PROBE_S" qemu-system-x86_64 -machine q35 -accel kvm -cpu host -m 512 \
	-nodefaults -no-user-config -no-reboot -nic none -display none \
	-kernel "$B/vmlinuz" -initrd "$B/initramfs" \
	-append "console=ttyS0,115200 quiet loglevel=3 tare.suite=smoke tare.write=no tare.wait=0 tare.linger=0" \
	-serial "file:$log" > /dev/null 2>&1 &
pid=$!
status=0
wait "$pid" || status=$?
pid=
if [ "$status" = 0 ] && grep -q '@@TARE1 E ' "$log"; then
	echo "kvm: a probe boot succeeded"
else
	echo "tcg: a probe boot under KVM failed (QEMU's status $status)"
fi
