#!/bin/sh
# SPDX-License-Identifier: MIT
# Process 1 of the machine that figures are counted in: runs /figures/*.fio by both programs on
# null_blk, as often as the kernel's command line says (figures.repeat), and puts what they say on
# the second serial port. A job named NAME.PROGRAM.fio is that program's.
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
port=/dev/ttyS1
stty raw -echo < "$port"

part() { # NAME: what follows is its text
	echo "@figures $1" > "$port"
}

measure() { # JOB PROGRAM
	rm -f /tmp/out.json
	case $2 in
	fio) fio --output-format=json --output=/tmp/out.json --eta=never --filename=/dev/nullb0 \
		--size="$span" "$1" ;;
	tare) tare run "$1" --target=/dev/nullb0 --span="$span" --seed=1 --out=/tmp/out.json ;;
	esac > /tmp/log 2>&1
	echo "figures: $1: status $?"
	if [ -s /tmp/out.json ]; then cat /tmp/out.json; else cat /tmp/log; fi > "$port"
}

repeat=$(sed -n 's/.*figures\.repeat=\([0-9]*\).*/\1/p' /proc/cmdline)
span=$(sed -n 's/.*figures\.span=\([0-9]*\).*/\1/p' /proc/cmdline)
part machine
cat /sys/devices/system/clocksource/clocksource0/current_clocksource > "$port"
for job in /figures/*.fio; do
	name=${job##*/}
	name=${name%.fio}
	n=0
	while [ "$n" -lt "${repeat:-1}" ]; do
		part "$name"
		measure "$job" "${name##*.}"
		n=$((n + 1))
	done
done
part end
echo o > /proc/sysrq-trigger
sleep 60
