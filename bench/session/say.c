// SPDX-License-Identifier: MIT
/* What a session says beside its results. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/klog.h>

#include "frame/frame.h"
#include "lib/clock.h"
#include "result/build.h"
#include "session/log.h"
#include "session/session.h"

#define KLOG_CONSOLE_LEVEL 8 /* syslog(2): SYSLOG_ACTION_CONSOLE_LEVEL */
#define KLOG_EMERGENCIES   1
#define KLOG_WARNINGS	   4

void session_say(struct session *s, enum console_kind kind, const char *text)
{
	log_add(&s->log, clock_boot_ns(), text);
	consoles_puts(&s->consoles, kind, text);
}

enum console_kind session_lines(const struct session *s)
{
	return s->picture.on ? CONSOLE_SERIAL : CONSOLE_ALL;
}

static const char *fact(const struct session *s, enum host_fact i)
{
	const struct host_value *value = &s->host.fact[i];

	return value->unknown[0] ? "unknown" : value->text;
}

void session_say_machine(struct session *s)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "tare " TARE_VERSION ", build %s\n", build_id());
	buf_printf(&text, "machine: %s; hypervisor %s; firmware %s\n", fact(s, HOST_MACHINE),
		   fact(s, HOST_HYPERVISOR), fact(s, HOST_FIRMWARE));
	buf_printf(&text, "         %" PRIu64 " x %s; memory %" PRIu64 " MiB\n",
		   s->host.fact[HOST_CPUS].number, fact(s, HOST_CPU_MODEL),
		   s->host.fact[HOST_MEMORY_BYTES].number >> 20);
	buf_puts(&text, "consoles:");
	for (uint32_t i = 0; i < s->consoles.n; i++)
		buf_printf(&text, "%s %s", i ? "," : "", s->consoles.console[i].words);
	buf_puts(&text, "\n");
	if (!buf_failed(&text))
		session_say(s, session_lines(s), text.data);
	buf_free(&text);
}

void session_summary(struct session *s, const char *run, const char *text)
{
	struct buf frame = BUF_INIT;

	frame_summary(&frame, run, text);
	if (!buf_failed(&frame))
		consoles_write(&s->consoles, CONSOLE_SERIAL, frame.data, frame.len);
	buf_free(&frame);
}

void session_heartbeat(struct session *s, const char *run, const char *phase, uint64_t done_bytes,
		       uint64_t total_bytes)
{
	uint64_t boot_ns = clock_boot_ns();
	char text[160];
	int n = snprintf(text, sizeof(text), "ev=alive up_s=%" PRIu64 " phase=\"%s\"",
			 boot_ns / CLOCK_NS_PER_S, phase);

	if (total_bytes)
		snprintf(text + n, sizeof(text) - (size_t)n, " mib=%" PRIu64 " of_mib=%" PRIu64,
			 done_bytes >> 20, total_bytes >> 20);
	session_summary(s, run, text);
	log_add(&s->log, boot_ns, text);
}

void session_console_level(bool quiet)
{
	klogctl(KLOG_CONSOLE_LEVEL, NULL, quiet ? KLOG_EMERGENCIES : KLOG_WARNINGS);
}
