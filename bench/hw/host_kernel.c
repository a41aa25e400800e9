// SPDX-License-Identifier: MIT
/* Facts about the running kernel: release, command line, memory, clock sources. Reads only. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hw/host_readers.h"
#include "lib/file.h"

#define CLOCK_DIR "sys/devices/system/clocksource/clocksource0"

int host_kernel_release(struct host_value *value, const char *root)
{
	char release[256], version[256];
	uint64_t taint;
	int ret = file_read_text(release, sizeof(release), root, "proc/sys/kernel/osrelease");

	if (ret < 0)
		return ret;
	ret = file_read_text(version, sizeof(version), root, "proc/sys/kernel/version");
	if (ret < 0)
		return ret;
	ret = file_read_u64(&taint, root, "proc/sys/kernel/tainted");
	if (!ret && taint) /* it complained, or runs what is not its own */
		snprintf(value->text, sizeof(value->text), "%s %s, tainted %" PRIu64, release,
			 version, taint);
	else
		snprintf(value->text, sizeof(value->text), "%s %s", release, version);
	return 0;
}

int host_kernel_command_line(struct host_value *value, const char *root)
{
	return host_read_file(value, root, "proc/cmdline");
}

int host_kernel_memory(struct host_value *value, const char *root)
{
	char text[4096], *line;
	int ret = file_read_text(text, sizeof(text), root, "proc/meminfo");
	uint64_t kib;

	if (ret < 0)
		return ret;
	line = strstr(text, "MemTotal:");
	if (!line || sscanf(line, "MemTotal: %" SCNu64 " kB", &kib) != 1)
		return -ENODATA;
	value->number = kib * 1024;
	return 0;
}

int host_kernel_clocksource(struct host_value *value, const char *root)
{
	return host_read_file(value, root, CLOCK_DIR "/current_clocksource");
}

int host_kernel_clocksources(struct host_value *value, const char *root)
{
	return host_read_file(value, root, CLOCK_DIR "/available_clocksource");
}
