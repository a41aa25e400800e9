/* SPDX-License-Identifier: MIT */
/*
 * One invocation of `tare run`: what it gathers before any plan, and what it does with each result.
 */
#ifndef TARE_SESSION_SESSION_H
#define TARE_SESSION_SESSION_H

#include <signal.h>
#include <stdint.h>

#include "hw/disk_hotplug.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "model/config.h"
#include "model/disk.h"
#include "model/host.h"
#include "model/probe.h"
#include "model/result.h"
#include "plan/plan.h"
#include "result/checkpoint.h"
#include "result/result.h"
#include "session/args.h"
#include "session/picture.h"
#include "ui/console.h"

/* Who has a result: one bit each. */
enum taken_by {
	TAKEN_BY_SLOT = 1,   /* of a results partition, read back */
	TAKEN_BY_PORT = 2,   /* virtio-serial */
	TAKEN_BY_SERVER = 4, /* by HTTP PUT */
	TAKEN_BY_SERIAL = 8, /* sent; whether somebody listened is not known */
	TAKEN_FOR_SURE = TAKEN_BY_SLOT | TAKEN_BY_PORT | TAKEN_BY_SERVER,
};

/* A result in every form in which it goes out. */
struct parcel {
	char run[RESULT_RUN_BYTES];
	struct buf json, text, screen, summary;
	struct buf html;    /* for the results partition; empty where there is no memory for it */
	unsigned int taken; /* enum taken_by */
};

/* The checkpoints of one run. */
struct checkpoints {
	enum checkpoint_detail detail;	  /* of the last one */
	size_t last_bytes, allowed_bytes; /* on the line: of the last one; since it was sent */
};

struct session {
	struct args args;
	struct config config;
	struct host host;
	struct disk_list disks;
	struct clock_cost clock;
	struct plan_work work;
	struct buf work_text;
	struct notes warnings;
	struct probe_list probes;    /* what the platform costs; none where it was not asked for */
	struct disk_hotplug hotplug; /* of the appliance */
	struct notes added;	     /* devices that were added while it runs, and locked */
	struct consoles consoles;
	struct picture picture; /* of the appliance's screens */
	struct buf log;		/* what they were told, with times */
	uint64_t start_unix_s;
	uint64_t first_io_ns; /* since boot, just before the first read of a disk */
	uint64_t seed;
	const volatile sig_atomic_t *stop;	/* becomes not 0 on a request to end early */
	struct parcel parcel[PLAN_TARGETS_MAX]; /* what was delivered until now */
	uint32_t parcels_n;
};

/*
 * Gathers everything: in the appliance first of all locks every disk. Returns 0 or -errno with *e
 * set; what could be gathered until then is there. Free with session_free().
 */
int session_gather(struct session *s, struct err *e);
void session_free(struct session *s);

/* True where the target is a file of an installed system: its name has a / and is no device's. */
bool session_names_file(const struct session *s);

/* Eight random hex digits: two of a thousand runs are alike in one case of 8,600. */
void session_new_run(char run[RESULT_RUN_BYTES]);

/* Adds a warning where CLOCK_MONOTONIC advances in steps too long for latencies. */
void session_warn_of_coarse_clock(const struct session *s, struct notes *to);

/* Fails where the machine has less memory than the plan needs: *e says how much. */
int session_check_memory(const struct plan *plan, struct err *e);

/*
 * Shows every disk and the plans (n > 0; one for a file); where one of them writes, waits tare.wait
 * seconds for keys (session/pick.h) or a request to end. Returns NULL, and in picked[n] which of
 * them may run; or why none may, in words for the result. Who left a disk out is noted in the
 * session.
 */
const char *session_show_plans(struct session *s, const struct plan *const *plan, uint32_t n,
			       bool *picked);

/*
 * Plans, shows, runs and delivers, once for each target; or prints the plans (--dry-run). Returns
 * 0, or -errno with *e set where a result is not "done" (in the appliance: could not be delivered).
 */
int session_run(struct session *s, struct err *e);

/* Delivers a result that says why nothing was run, and the facts. Returns as session_run(). */
int session_run_nothing(struct session *s, const char *why, struct err *e);

/* Tells consoles, and keeps it for the log. */
void session_say(struct session *s, enum console_kind kind, const char *text);

/* Who gets lines about what the picture shows: all but the screens that it is on. */
enum console_kind session_lines(const struct session *s);

/* Tells what machine this is, and where the consoles are. */
void session_say_machine(struct session *s);

/* Sends one event to serial lines. */
void session_summary(struct session *s, const char *run, const char *text);

/* The same, with the time since boot: the run is alive, in a phase that does not measure. `total`
 * 0: how far it is is not known. */
void session_heartbeat(struct session *s, const char *run, const char *phase, uint64_t done_bytes,
		       uint64_t total_bytes);

/* Keeps kernel messages (but emergencies) off the consoles: they would break lines of a block in
 * two. False: as before. */
void session_console_level(bool quiet);

/*
 * After round `round` of a run, while nothing is measured: its state so far, as one framed copy on
 * serial lines. No more than 2 s of a line of 115200 baud for each round on average, whole
 * checkpoints at a time.
 */
void session_checkpoint(struct session *s, struct checkpoints *c, const struct result_parts *parts,
			const struct plan *plan, const struct board *board, uint32_t round);

/* Gives every result to the server that tare.upload names, where it does. What becomes of it is
 * told, and marked on the parcels. */
void session_upload(struct session *s);

/*
 * Brings a result out by every channel there is. In the appliance: screen, results partition,
 * virtio-serial port, serial frames. Else: report on standard output, JSON as --out says: a file
 * has all results up to this one, one as a document, several as an array. Returns 0 where at least
 * one channel has it, or -errno with *e set. At most PLAN_TARGETS_MAX times in a session.
 */
int session_deliver(struct session *s, const struct result *result, struct err *e);

/* After the last result: uploads; repeats on serial lines what nothing else took, for tare.linger
 * seconds; JSON to standard output where --out says so. Returns 0 or -errno with *e set. */
int session_deliver_end(struct session *s, struct err *e);

#endif
