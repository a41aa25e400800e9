// SPDX-License-Identifier: MIT
/* Keeps what was told, and reads what the kernel said. */
#include "session/log.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

#include "lib/clock.h"

#define KLOG_READ_ALL	 3 /* syslog(2) */
#define KLOG_SIZE_BUFFER 10
#define LEVELS_N	 5 /* of those that are kept */

static const char *const levels[LEVELS_N] = { "emergency", "alert", "critical", "error",
					      "warning" };

void log_add(struct buf *log, uint64_t boot_ns, const char *text)
{
	while (*text && log->len < LOG_MAX_BYTES) {
		size_t len = strcspn(text, "\n");

		if (strspn(text, " \r") < len)
			buf_printf(log, "[%5llu.%03llu] %.*s\n",
				   (unsigned long long)(boot_ns / CLOCK_NS_PER_S),
				   (unsigned long long)(boot_ns % CLOCK_NS_PER_S / 1000000),
				   (int)(len < 1000 ? len : 1000), text);
		text += len + (text[len] == '\n');
		if (log->len >= LOG_MAX_BYTES)
			buf_puts(log, "(more was told than is kept here)\n");
	}
}

/* One record: its level, and where its text begins. -1: it has no level. */
static int level_of(const char **at)
{
	char *end;
	unsigned long value;

	if (**at != '<' || !isdigit((unsigned char)(*at)[1]))
		return -1;
	value = strtoul(*at + 1, &end, 10);
	if (*end != '>')
		return -1;
	*at = end + 1;
	return (int)(value & 7); /* the rest is the facility */
}

static void add_clean(struct buf *to, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = iscntrl((unsigned char)text[i]) ? ' ' : text[i];

		buf_add(to, &c, 1);
	}
}

void log_add_kernel(struct buf *to, const char *records)
{
	for (const char *at = records; *at;) {
		size_t len = strcspn(at, "\n"), stamp = 0;
		const char *text = at;
		int level = level_of(&text);

		len -= (size_t)(text - at);
		if (level >= 0 && level < LEVELS_N) {
			if (*text == '[')
				stamp = strcspn(text, "]\n") + 2;
			stamp = stamp < len ? stamp : 0;
			add_clean(to, text, stamp);
			buf_printf(to, "%s: ", levels[level]);
			add_clean(to, text + stamp, len - stamp);
			buf_puts(to, "\n");
		}
		at = text + len;
		at += *at == '\n';
	}
}

void log_read_kernel(struct buf *to)
{
	int size = klogctl(KLOG_SIZE_BUFFER, NULL, 0), len;
	char *records = size > 0 ? malloc((size_t)size + 1) : NULL;

	if (!records)
		return;
	len = klogctl(KLOG_READ_ALL, records, size);
	records[len > 0 ? len : 0] = '\0';
	log_add_kernel(to, records);
	free(records);
}
