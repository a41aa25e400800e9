// SPDX-License-Identifier: MIT
/* What a person sees before the first write. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/clock.h"
#include "session/session.h"

#define KEY_ESCAPE 27

static bool is_cancel(int key)
{
	return key == 'c' || key == 'C' || key == 'q' || key == KEY_ESCAPE;
}

/* Counts down in one line, as a serial log needs it. NULL: go on; else why not. */
static const char *count_down(struct session *s, uint32_t seconds, bool keys)
{
	uint64_t until_ns = clock_now_ns() + seconds * CLOCK_NS_PER_S, now_ns;
	char line[128];

	snprintf(line, sizeof(line), "writing begins in %" PRIu32 " s; %s\n", seconds,
		 keys ? "press c to cancel it" : "SIGINT or SIGTERM cancels it");
	consoles_puts(&s->consoles, CONSOLE_ALL, line);
	while ((now_ns = clock_now_ns()) < until_ns && !*s->stop) {
		uint64_t left_ns = until_ns - now_ns;

		if (is_cancel(consoles_key(&s->consoles, left_ns < CLOCK_NS_PER_S / 4
								 ? left_ns
								 : CLOCK_NS_PER_S / 4)))
			return "writing was cancelled by a key press";
	}
	return *s->stop ? "writing was cancelled by a request to end" : NULL;
}

static const char *wait_for_cancel(struct session *s, uint32_t seconds)
{
	const char *cancelled = count_down(s, seconds, consoles_listen(&s->consoles));

	consoles_deaf(&s->consoles);
	if (cancelled)
		consoles_puts(&s->consoles, CONSOLE_ALL, "cancelled: nothing will be written\n");
	return cancelled;
}

const char *session_show_plan(struct session *s, const struct plan *plan)
{
	struct buf text = BUF_INIT;
	const char *cancelled = NULL;

	plan_print(&text, plan);
	if (!buf_failed(&text) && text.data)
		consoles_puts(&s->consoles, CONSOLE_ALL, text.data);
	buf_free(&text);
	if (plan_writes(plan) && plan->wait_s)
		cancelled = wait_for_cancel(s, plan->wait_s);
	if (!cancelled && *s->stop)
		cancelled = "a request to end came before the run began";
	return cancelled;
}
