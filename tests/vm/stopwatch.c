// SPDX-License-Identifier: MIT
/*
 * Process 1 of a kernel that is timed: says on QEMU's debug port when it got control, by the
 * kernel's own clock, then what the kernel had logged by then, and ends the machine.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEBUG_PORT 0xe9

static void say(const char *text)
{
	for (; *text; text++)
		outb((unsigned char)*text, DEBUG_PORT);
}

/* Records as the kernel gives them: "priority,number,microseconds,flags;text". */
static void say_log(void)
{
	char record[8192];
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	ssize_t n;

	while (fd >= 0 && (n = read(fd, record, sizeof(record) - 1)) > 0) {
		record[n] = '\0';
		say(record);
	}
}

int main(void)
{
	struct timespec now;
	char line[64];

	clock_gettime(CLOCK_BOOTTIME, &now);
	if (iopl(3))
		return 1;
	snprintf(line, sizeof(line), "init %lld.%09ld\n", (long long)now.tv_sec, now.tv_nsec);
	say(line);
	mkdir("/dev", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	say_log();
	say("end\n");
	reboot(RB_POWER_OFF);
	return 1;
}
