// SPDX-License-Identifier: MIT
/* What a person sees before the first write, and may still decide. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/str.h"
#include "session/pick.h"
#include "session/session.h"

struct showing {
	struct session *s;
	const struct plan *const *plan;
	struct pick pick;
	char by[PICK_MAX][32]; /* on which console it was unpicked */
};

static void say(struct showing *show, const char *text)
{
	session_say(show->s, CONSOLE_ALL, text);
}

/* One key, and a line about what it did: no cursor is moved, as a serial log needs it. */
static void take_key(struct showing *show, int key, const char *console)
{
	struct pick before = show->pick;
	char line[DISK_TEXT_BYTES + 64];

	show->pick = pick_key(before, key);
	for (uint32_t i = 0; i < show->pick.n; i++) {
		if (show->pick.picked[i] == before.picked[i])
			continue;
		str_copy(show->by[i], sizeof(show->by[i]), console[0] ? console : "a console");
		snprintf(line, sizeof(line), "%" PRIu32 "  %s: will %sbe measured\n", i + 1,
			 show->plan[i]->disk.node, show->pick.picked[i] ? "" : "NOT ");
		say(show, line);
	}
}

/* On a screen the seconds go down. */
static void show_seconds(struct showing *show, uint64_t left_ns, bool keys)
{
	uint64_t seconds = (left_ns + CLOCK_NS_PER_S - 1) / CLOCK_NS_PER_S;
	char line[128];

	snprintf(line, sizeof(line), "writing begins in %" PRIu64 " s%s%s", seconds,
		 keys ? "; c: cancel it, Enter: begin now" : "",
		 keys && show->pick.n ? ", 1-9: leave a disk out" : "");
	picture_line(&show->s->picture, &show->s->consoles, line);
}

static void count_down(struct showing *show, uint32_t seconds, bool keys)
{
	uint64_t until_ns = clock_now_ns() + seconds * CLOCK_NS_PER_S, now_ns;
	struct session *s = show->s;
	char line[128], console[32];

	snprintf(line, sizeof(line), "writing begins in %" PRIu32 " s; %s\n", seconds,
		 keys ? "press c to cancel it" : "SIGINT or SIGTERM cancels it");
	session_say(s, session_lines(s), line);
	if (keys && show->pick.n)
		session_say(s, session_lines(s),
			    "press Enter to begin at once, a disk's number to leave it out\n");
	while (show->pick.state == PICK_WAITING && (now_ns = clock_now_ns()) < until_ns &&
	       !*s->stop) {
		uint64_t left_ns = until_ns - now_ns;
		int key;

		show_seconds(show, left_ns, keys);
		key = consoles_key_from(&s->consoles,
					left_ns < CLOCK_NS_PER_S / 4 ? left_ns : CLOCK_NS_PER_S / 4,
					console, sizeof(console));

		take_key(show, key, console);
	}
}

/* Who is left out is said with the disk, so that every result of this boot has it. */
static void note_unpicked(struct showing *show)
{
	for (uint32_t i = 0; i < show->pick.n; i++) {
		const struct disk *disk = &show->plan[i]->disk;

		if (show->pick.picked[i])
			continue;
		notes_add(&show->s->warnings,
			  "%s (serial %s): not measured: unpicked by a key on %s", disk->node,
			  disk->serial[0] ? disk->serial : "none", show->by[i]);
		for (uint32_t k = 0; k < show->s->disks.n; k++) {
			struct disk *known = &show->s->disks.disk[k];
			size_t len = strlen(known->reason);

			if (!strcmp(known->node, disk->node))
				snprintf(known->reason + len, sizeof(known->reason) - len,
					 "; not measured: unpicked by a key on %s", show->by[i]);
		}
	}
}

static const char *decide(struct showing *show, uint32_t seconds)
{
	const char *cancelled = NULL;

	count_down(show, seconds, consoles_listen(&show->s->consoles));
	consoles_deaf(&show->s->consoles);
	if (show->pick.state == PICK_CANCELLED)
		cancelled = "writing was cancelled by a key press";
	else if (*show->s->stop)
		cancelled = "writing was cancelled by a request to end";
	else if (show->pick.n && !pick_count(&show->pick))
		cancelled = "writing was cancelled: every disk was unpicked by a key press";
	if (cancelled)
		say(show, "cancelled: nothing will be written\n");
	note_unpicked(show);
	return cancelled;
}

const char *session_show_plans(struct session *s, const struct plan *const *plan, uint32_t n,
			       bool *picked)
{
	struct showing show = { .s = s, .plan = plan };
	struct buf text = BUF_INIT;
	const char *cancelled = NULL;
	bool disks = false, writes = false;

	for (uint32_t i = 0; i < n; i++) {
		disks = disks || plan[i]->target == PLAN_TARGET_DISK;
		writes = writes || plan_writes(plan[i]);
	}
	show.pick = pick_begin(disks ? n : 0);
	if (s->args.appliance) {
		picture_begin(
			&s->picture, &s->consoles,
			&(struct live){
				.host = &s->host, .disks = &s->disks, .plan = plan, .plans_n = n });
		session_say_machine(s);
	}
	if (disks)
		plan_print_disks(&text, &s->disks, plan, n);
	for (uint32_t i = 0; i < n; i++)
		plan_print(&text, plan[i]);
	if (!buf_failed(&text) && text.data)
		session_say(s, session_lines(s), text.data);
	buf_free(&text);
	if (writes && plan[0]->wait_s)
		cancelled = decide(&show, plan[0]->wait_s);
	if (!cancelled && *s->stop)
		cancelled = "a request to end came before the run began";
	for (uint32_t i = 0; i < n; i++)
		picked[i] = i >= show.pick.n || show.pick.picked[i];
	return cancelled;
}
