// SPDX-License-Identifier: MIT
/* Brings results out. Each channel is tried whatever became of the others. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/join.h"
#include "frame/frame.h"
#include "hw/disk_open.h"
#include "import/alone.h"
#include "lib/clock.h"
#include "lib/file.h"
#include "lib/str.h"
#include "render/screen.h"
#include "render/text.h"
#include "result/result.h"
#include "session/log.h"
#include "session/session.h"
#include "ui/vport.h"

#define COPIES	     3
#define COPY_GAP_NS  (CLOCK_NS_PER_S)
#define REPEAT_NS    (UINT64_C(60) * CLOCK_NS_PER_S)
#define HEARTBEAT_NS (UINT64_C(30) * CLOCK_NS_PER_S)
#define PORT_NS	     (UINT64_C(15) * CLOCK_NS_PER_S) /* for the host to take a result */
#define ROOT	     "/"
#define DELIVERED    "/run/tare/delivered"

/* Of the document, not of what it was made of: `tare report` shall make the same page of it. What
 * there is no memory for is left out. */
static void make_html(struct buf *to, const struct buf *json)
{
	struct result *result = calloc(1, sizeof(*result));
	struct err e = ERR_INIT;

	if (!result || result_decode(result, json->data, json->len, &e)) {
		free(result);
		return;
	}
	if (alone_html(to, result))
		buf_free(to);
	result_free(result);
	free(result);
}

static int parcel_make(struct parcel *p, const struct result *result, bool with_html, struct err *e)
{
	int ret;

	*p = (struct parcel){ 0 };
	str_copy(p->run, sizeof(p->run), result->run);
	ret = result_encode(&p->json, result);
	render_text(&p->text, result);
	render_screen(&p->screen, result);
	render_summary(&p->summary, result);
	if (ret || buf_failed(&p->json) || buf_failed(&p->text) || buf_failed(&p->screen) ||
	    buf_failed(&p->summary))
		return err_set(e, ret ? ret : -ENOMEM, "the result cannot be written down: %s",
			       strerror(ret ? -ret : ENOMEM));
	if (with_html)
		make_html(&p->html, &p->json);
	return 0;
}

static void parcel_free(struct parcel *p)
{
	buf_free(&p->json);
	buf_free(&p->text);
	buf_free(&p->screen);
	buf_free(&p->summary);
	buf_free(&p->html);
}

/* --- results partition --- */

/* The report, and below it what was said until now: slots keep as much as they have room for. */
static void make_text(struct buf *to, const struct session *s, const struct parcel *p)
{
	buf_add(to, p->text.data, p->text.len);
	buf_puts(to, "\n--- log: what the consoles were told; seconds since boot ---\n");
	buf_add(to, s->log.data, s->log.len);
	buf_puts(to, "\n--- log: the kernel's warnings and errors of this boot ---\n");
	log_read_kernel(to);
}

static bool store_body(struct session *s, const struct parcel *p,
		       const struct buf body[SLOTS_PARTS_N])
{
	char line[ERR_TEXT_BYTES + DISK_TEXT_BYTES + 64];

	for (uint32_t i = 0; i < s->disks.n; i++) {
		struct err e = ERR_INIT;
		int slot = disk_store_results(&s->disks.disk[i], p->run, body, true, &e);

		if (slot == -ENOENT)
			continue; /* no results partition on this disk */
		if (slot < 0)
			snprintf(line, sizeof(line), "results partition on %s: %s\n",
				 s->disks.disk[i].node, e.text);
		else
			snprintf(line, sizeof(line),
				 "stored on the results partition of %s as run%02d.json\n",
				 s->disks.disk[i].node, slot);
		session_say(s, CONSOLE_ALL, line);
		if (slot >= 0 && e.code) {
			snprintf(line, sizeof(line), "%s\n", e.text);
			session_say(s, CONSOLE_ALL, line);
		}
		if (slot >= 0)
			return true;
	}
	return false;
}

static bool store_on_partition(struct session *s, const struct parcel *p)
{
	struct buf body[SLOTS_PARTS_N] = { [SLOTS_JSON] = p->json, [SLOTS_HTML] = p->html };
	bool stored;

	make_text(&body[SLOTS_TEXT], s, p);
	if (buf_failed(&body[SLOTS_TEXT])) { /* no memory for a log: the report alone */
		buf_free(&body[SLOTS_TEXT]);
		buf_add(&body[SLOTS_TEXT], p->text.data, p->text.len);
	}
	stored = store_body(s, p, body);
	buf_free(&body[SLOTS_TEXT]);
	return stored;
}

/* --- virtio-serial port --- */

static bool send_port(struct session *s, const struct parcel *p)
{
	char path[VPORT_PATH_BYTES], line[VPORT_PATH_BYTES + 128];
	int ret;

	if (!vport_find(path, ROOT, VPORT_NAME))
		return false;
	ret = vport_write(path, p->json.data, p->json.len, PORT_NS);
	snprintf(line, sizeof(line), "virtio-serial port " VPORT_NAME ": %s\n",
		 ret ? strerror(-ret) : "the host took the result");
	session_say(s, CONSOLE_ALL, line);
	return !ret;
}

/* --- serial --- */

static bool send_copy(struct session *s, const struct parcel *p, unsigned int copy)
{
	struct buf frames = BUF_INIT;
	uint32_t ports = 0;

	if (!frame_document(&frames, p->run, copy, COPIES, p->json.data, p->json.len) &&
	    !buf_failed(&frames))
		ports = consoles_write(&s->consoles, CONSOLE_SERIAL, frames.data, frames.len);
	buf_free(&frames);
	return ports > 0;
}

/* The readable figures come last: a log that keeps only its end still has them. */
static void send_summary(struct session *s, const struct parcel *p)
{
	struct buf frames = BUF_INIT;
	const char *line = p->summary.data, *end;
	char text[1024];

	for (; line && *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		snprintf(text, sizeof(text), "%.*s", (int)(end - line), line);
		if (*text)
			frame_summary(&frames, p->run, text);
	}
	if (!buf_failed(&frames) && frames.len)
		consoles_write(&s->consoles, CONSOLE_SERIAL, frames.data, frames.len);
	buf_free(&frames);
}

/* Kernel messages would break lines of a block in two. */
static bool send_serial(struct session *s, const struct parcel *p)
{
	bool sent = true;

	session_console_level(true);
	for (unsigned int copy = 1; copy <= COPIES && sent; copy++) {
		sent = send_copy(s, p, copy);
		if (sent && copy < COPIES)
			clock_sleep_ns(COPY_GAP_NS);
	}
	if (sent)
		send_summary(s, p);
	consoles_drain(&s->consoles);
	session_console_level(false);
	return sent;
}

/* What only serial lines have got, once more. False: they take nothing any more. */
static bool repeat(struct session *s)
{
	bool sent = true;

	for (uint32_t i = 0; i < s->parcels_n && sent; i++)
		if (!(s->parcel[i].taken & TAKEN_FOR_SURE))
			sent = send_serial(s, &s->parcel[i]);
	return sent;
}

/* Until a key is pressed or `until_ns`. The heartbeat tells a watcher that there is one. */
static void wait_for_key(struct session *s, uint64_t until_ns)
{
	uint64_t beat_ns = clock_now_ns() + HEARTBEAT_NS;

	while (clock_now_ns() < until_ns && !*s->stop) {
		if (consoles_key(&s->consoles, CLOCK_NS_PER_S / 4) >= 0)
			return;
		if (clock_now_ns() < beat_ns)
			continue;
		session_heartbeat(s, s->parcel[0].run, "lingering", 0, 0);
		beat_ns += HEARTBEAT_NS;
	}
}

/* For a console that somebody attaches afterwards: nothing else has confirmed these results, so
 * they are said again and again. */
static void linger(struct session *s)
{
	uint64_t until_ns = clock_now_ns() + s->config.linger_s * CLOCK_NS_PER_S, next_ns;
	char line[160];

	snprintf(line, sizeof(line),
		 "what nothing else took is repeated here for %" PRIu64
		 " s; any key repeats it at once\n",
		 s->config.linger_s);
	session_say(s, CONSOLE_ALL, line);
	do {
		next_ns = clock_now_ns() + REPEAT_NS;
		wait_for_key(s, next_ns < until_ns ? next_ns : until_ns);
	} while (!*s->stop && clock_now_ns() < until_ns && repeat(s));
}

/* In the order in which they are tried: what a power cut does not take first. */
static const struct {
	bool (*give)(struct session *s, const struct parcel *p);
	enum taken_by taken;
} channels[] = {
	{ store_on_partition, TAKEN_BY_SLOT },
	{ send_port, TAKEN_BY_PORT },
	{ send_serial, TAKEN_BY_SERIAL },
};

/* process 1 looks for this. */
static void tell_delivered(void)
{
	file_write_all(DELIVERED, "yes\n", 4);
}

static int no_channel(struct err *e)
{
	return err_set(
		e, -EIO,
		"no channel took the result: no results partition, no virtio-serial port, no "
		"serial port, no server");
}

static int deliver_appliance(struct session *s, struct parcel *p, struct err *e)
{
	consoles_revive(&s->consoles);
	consoles_puts(&s->consoles, CONSOLE_ALL, "\n");
	consoles_puts(&s->consoles, CONSOLE_SERIAL, p->text.data);
	consoles_puts(&s->consoles, CONSOLE_SCREEN, p->screen.data);
	for (size_t i = 0; i < sizeof(channels) / sizeof(channels[0]); i++)
		if (channels[i].give(s, p))
			p->taken |= channels[i].taken;
	if (p->taken)
		tell_delivered();
	return p->taken || s->config.upload[0] ? 0 : no_channel(e);
}

static int end_appliance(struct session *s, struct err *e)
{
	bool all = true, sure = true;

	session_upload(s);
	for (uint32_t i = 0; i < s->parcels_n; i++) {
		all &= s->parcel[i].taken != 0;
		sure &= (s->parcel[i].taken & TAKEN_FOR_SURE) != 0;
	}
	if (all && s->parcels_n)
		tell_delivered();
	if (!sure && s->config.linger_s) {
		consoles_listen(&s->consoles);
		linger(s);
		consoles_deaf(&s->consoles);
	}
	return all ? 0 : no_channel(e);
}

/* --- installed system --- */

static bool to_stdout(const struct session *s)
{
	return s->args.out && !strcmp(s->args.out, "-");
}

static int all_documents(struct buf *to, const struct session *s)
{
	struct buf document[PLAN_TARGETS_MAX];

	for (uint32_t i = 0; i < s->parcels_n; i++)
		document[i] = s->parcel[i].json;
	collect_join(to, document, s->parcels_n);
	return buf_failed(to) ? -ENOMEM : 0;
}

/* Written anew for each target: what was measured is safe, whatever becomes of the next one. */
static int write_out(const struct session *s, struct err *e)
{
	struct buf all = BUF_INIT;
	int ret = all_documents(&all, s);

	if (!ret)
		ret = file_write_all(s->args.out, all.data, all.len);
	buf_free(&all);
	return ret ? err_set(e, ret, "--out: %s: %s", s->args.out, strerror(-ret)) : 0;
}

/* The report never shares a stream with the JSON, and comes out whatever became of the file. */
static int deliver_here(const struct session *s, const struct parcel *p, struct err *e)
{
	FILE *to = to_stdout(s) ? stderr : stdout;
	int ret = s->args.out && !to_stdout(s) ? write_out(s, e) : 0;

	if ((fputs(p->text.data, to) < 0 || fflush(to)) && to == stdout)
		ret = err_set(e, -errno, "standard output: %s", strerror(errno));
	return ret;
}

static int end_here(const struct session *s, struct err *e)
{
	struct buf all = BUF_INIT;
	int ret = 0;

	if (!to_stdout(s) || !s->parcels_n)
		return 0;
	ret = all_documents(&all, s);
	if (!ret && (fwrite(all.data, 1, all.len, stdout) != all.len || fflush(stdout)))
		ret = -errno;
	buf_free(&all);
	return ret ? err_set(e, ret, "standard output: %s", strerror(-ret)) : 0;
}

int session_deliver(struct session *s, const struct result *result, struct err *e)
{
	struct parcel *p = &s->parcel[s->parcels_n];
	int ret = parcel_make(p, result, s->args.appliance, e);

	if (ret) {
		parcel_free(p);
		return ret;
	}
	s->parcels_n++;
	return s->args.appliance ? deliver_appliance(s, p, e) : deliver_here(s, p, e);
}

int session_deliver_end(struct session *s, struct err *e)
{
	int ret = 0;

	if (s->args.appliance) {
		ret = end_appliance(s, e);
	} else {
		ret = end_here(s, e);
		session_upload(s);
	}
	while (s->parcels_n)
		parcel_free(&s->parcel[--s->parcels_n]);
	return ret;
}
