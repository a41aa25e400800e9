#!/bin/bash
# SPDX-License-Identifier: MIT
# Boots build/tare.iso itself in QEMU with a blank scratch disk and the results disk, waits for its
# end, and prints the report: `make run`. It leaves everything in build/run/latest, and no process.
#
# Variables, all optional:
#   TARE_SUITE       what to run (quick)
#   TARE_LABEL       the name of this environment in the result (make run)
#   TARE_CPUS        of the machine (2)
#   TARE_MEMORY_MIB  of the machine (512)
#   TARE_SCRATCH     what the scratch disk is: a sparse file (raw), one that was written whole with zeros
#                    (written), a fresh qcow2 image (qcow2)
#   TARE_TIMEOUT_S   seconds until a machine that has not ended by itself is taken for hung (3600)
#   TARE_RUN_DIR     the folder that gets a folder for each run, and latest (build/run)
#   KEEP=1           leaves the scratch disk in the run's folder
set -eu
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"

SUITE=${TARE_SUITE:-quick}
LABEL=${TARE_LABEL:-make run}
CPUS=${TARE_CPUS:-2}
MEMORY_MIB=${TARE_MEMORY_MIB:-512}
SCRATCH=${TARE_SCRATCH:-raw}
SCRATCH_BYTES=2147483648
# Far above what any suite takes: smoke 5 s, quick and origin 1 to 2 minutes, and as much again for
# boot and preparation where there is no KVM.
TIMEOUT_S=${TARE_TIMEOUT_S:-3600}
RUN_DIR=${TARE_RUN_DIR:-$B/run}
KEEP=${KEEP:-0}

qemu_pid=
tail_pid=
dir=

say()
{
	echo "tare: $*" >&2
}

# Whatever ends this script ends QEMU first, and what it left is found in latest.
cleanup()
{
	trap '' INT TERM HUP
	for pid in $qemu_pid $tail_pid; do
		kill -TERM "$pid" 2> /dev/null || continue
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			kill -0 "$pid" 2> /dev/null || break
			sleep 0.2
		done
		kill -KILL "$pid" 2> /dev/null || true
		wait "$pid" 2> /dev/null || true
	done
	[ -n "$dir" ] || return 0
	[ "$KEEP" = 1 ] || rm -f "$dir/scratch.img"
	ln -sfn "$(basename "$dir")" "$dir.link"
	mv -T "$dir.link" "$RUN_DIR/latest"
}

# Two runs at once get two folders.
make_run_dir()
{
	local stamp n=1

	stamp=$(date +%Y%m%dT%H%M%SZ)
	mkdir -p "$RUN_DIR"
	until mkdir "$RUN_DIR/$stamp-$n" 2> /dev/null; do
		n=$((n + 1))
		[ "$n" -lt 100 ] || die "$RUN_DIR/$stamp-*: cannot be made"
	done
	dir=$RUN_DIR/$stamp-$n
}

# Sets `format`, as QEMU is told it.
make_scratch()
{
	format=raw
	case $SCRATCH in
	raw) truncate -s "$SCRATCH_BYTES" "$dir/scratch.img" ;;
	written) dd if=/dev/zero of="$dir/scratch.img" bs=1M count=$((SCRATCH_BYTES >> 20)) conv=fsync status=none ;;
	qcow2)
		format=qcow2
		qemu-img create -q -f qcow2 "$dir/scratch.img" "$SCRATCH_BYTES"
		;;
	esac
}

# The host's page cache must not answer for the disk.
choose_cache()
{
	if dd if="$dir/scratch.img" of=/dev/null bs=4096 count=1 iflag=direct 2> /dev/null; then
		cache=none
	else
		cache=writeback
		say "this file system has no O_DIRECT: the scratch disk is cached by the host"
	fi
}

start_qemu()
{
	local cpu=max smp=$CPUS

	[ "$accel" = tcg ] || cpu=host
	# QEMU before 8.1 leaves out memory barriers of a machine that can have one CPU only, and its
	# disks may stop to answer (QEMU commit c914d46d0a64).
	[ "$accel $CPUS" != "tcg 1" ] || smp=1,maxcpus=2
	set -- qemu-system-x86_64 -name tare -machine q35 -accel "$accel" -cpu "$cpu" \
		-smp "$smp" -m "$MEMORY_MIB" -nodefaults -no-user-config -no-reboot \
		-nic none -display none -vga std \
		-drive "if=none,id=cd,format=raw,readonly=on,media=cdrom,file=${B//,/,,}/tare.iso" \
		-device "ide-cd,drive=cd,bootindex=0" \
		-device virtio-scsi-pci,id=scsi \
		-drive "if=none,id=scratch,format=$format,cache=$cache,detect-zeroes=off,file=${dir//,/,,}/scratch.img" \
		-device scsi-hd,bus=scsi.0,drive=scratch,serial=SCRATCH0 \
		-drive "if=none,id=results,format=raw,file=${dir//,/,,}/results.img" \
		-device scsi-hd,bus=scsi.0,drive=results,serial=RESULTS0 \
		-chardev "file,id=serial0,path=${dir//,/,,}/serial.log" \
		-device isa-serial,chardev=serial0 \
		-fw_cfg "name=opt/io.tare/config,file=${dir//,/,,}/tare.conf"
	printf '%q ' "$@" > "$dir/qemu.cmd"
	echo >> "$dir/qemu.cmd"
	: > "$dir/serial.log"
	# Should this script be killed outright, the kernel ends QEMU.
	setpriv --pdeathsig KILL "$@" < /dev/null 2> "$dir/qemu.log" &
	qemu_pid=$!
}

# The serial log as a person wants to see it: no screen control, no frames but the lines of progress,
# each in one piece, and not the report, which comes at the end.
readable()
{
	local line text number status pending='' in_report=

	while :; do
		status=0
		IFS= read -r -t 1 line || status=$?
		if [ "$status" != 0 ]; then
			[ -z "$pending" ] || echo "$pending"
			pending=
			[ "$status" -gt 128 ] || break # the end; above it is only a pause
			continue
		fi
		text=${line#*@@TARE1 S run=* }
		text=${text% \**}
		case $line in
		*'@@TARE1 S run='*' +'[0-9]*)
			number=${text#+}
			text=${text#+"${number%%[ -]*}"}
			[ -z "$pending" ] || pending+=${text#-}
			continue
			;;
		esac
		[ -z "$pending" ] || echo "$pending"
		pending=
		case $line in
		*'@@TARE1 S run='*' ev=round '*) pending=${text#ev=round } ;;
		*'@@TARE1 '*) in_report= ;;
		'tare '*', build '*', run '*) in_report=1 ;;
		'stored on '*) in_report=; echo "$line" ;;
		'GNU GRUB '* | +---* | *'Press enter to boot'* | *'before booting or'* | *'previous menu.'*) ;;
		*) [ -n "$in_report" ] || [ -z "${line// /}" ] || echo "$line" ;;
		esac
	done
}

no_screen_control()
{
	sed -u -e 's/\x1b\[[0-9;?=]*[A-Za-z]//g' -e 's/\x1bc//g' -e 's/[\r\x00]//g'
}

follow()
{
	local start_s=$SECONDS reader_pid

	exec 3> >(no_screen_control | readable >&2)
	reader_pid=$!
	tail -f -n +1 --pid="$qemu_pid" "$dir/serial.log" >&3 2> /dev/null &
	tail_pid=$!
	exec 3>&-
	while kill -0 "$qemu_pid" 2> /dev/null; do
		if [ $((SECONDS - start_s)) -ge "$TIMEOUT_S" ]; then
			die "the appliance did not power off within $TIMEOUT_S s (TARE_TIMEOUT_S)," \
				"its console so far: $dir/serial.log"
		fi
		sleep 0.5 &
		wait $! # a signal is heard while waiting, not while a command runs
	done
	wait "$qemu_pid" || die "QEMU failed: $(cat "$dir/qemu.log")"
	qemu_pid=
	wait "$tail_pid" || true
	tail_pid=
	wait "$reader_pid" || true
}

# QEMU before 8.1 emulates code that changes wrongly where there are several CPUs; it shows as this panic.
check_panic()
{
	if grep -aq 'Oops: int3' "$dir/serial.log"; then
		die "the emulated machine crashed on a known fault of QEMU before 8.1:" \
			"run it again, or with TARE_CPUS=1; $dir/serial.log"
	fi
}

# The same run came back on both ways, and it is a whole one.
collect()
{
	check_panic
	"$B/tare" collect "$dir/serial.log" > "$dir/result.json" ||
		die "no result on the serial line: $dir/serial.log"
	"$B/tare" collect "$dir/results.img" > "$dir/partition.json" ||
		die "no result on the results disk: $dir/results.img"
	cmp -s "$dir/result.json" "$dir/partition.json" ||
		die "serial line and results disk hold different results:" \
			"$dir/result.json, $dir/partition.json"
	rm "$dir/partition.json"
	"$B/tare" report "$dir/result.json" > "$dir/report.txt"
	"$B/tare" report --format html "$dir/result.json" > "$dir/report.html"
	echo "Booted $(basename "$B")/tare.iso in QEMU with $accel ($why)." >> "$dir/report.txt"
	cat "$dir/report.txt"
	say "serial and partition agree: sha256 $(sha256_of "$dir/result.json")"
	say "with charts, for a browser: $dir/report.html"
	state=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["tare"]["state"])' \
		< "$dir/result.json")
	[ "$state" = "done" ] || die "the run is $state, not done; the report says why: $dir/report.txt"
}

for file in tare.iso tare-results.img tare vmlinuz initramfs; do
	[ -s "$B/$file" ] || die "$B/$file: missing: run make image"
done
case $SCRATCH in raw | written | qcow2) ;; *) die "TARE_SCRATCH: $SCRATCH: should be raw, written or qcow2" ;; esac
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
make_run_dir
why=$("$TOP/image/accel.sh")
accel=${why%%:*}
why=${why#*: }
make_scratch
cp --sparse=always "$B/tare-results.img" "$dir/results.img"
printf 'suite=%s\nwait=0\nlinger=0\nlabel="%s"\n' "$SUITE" "$LABEL" > "$dir/tare.conf"
choose_cache
start_qemu
say "booting tare.iso with $accel ($why), suite $SUITE; $dir"
follow
collect
