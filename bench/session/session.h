/* SPDX-License-Identifier: MIT */
/*
 * One invocation of `tare run`: what it gathers before any plan, and what it does with each result.
 */
#ifndef TARE_SESSION_SESSION_H
#define TARE_SESSION_SESSION_H

#include <signal.h>
#include <stdint.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "model/config.h"
#include "model/disk.h"
#include "model/host.h"
#include "model/result.h"
#include "plan/plan.h"
#include "session/args.h"
#include "ui/console.h"

struct session {
	struct args args;
	struct config config;
	struct host host;
	struct disk_list disks;
	struct clock_cost clock;
	struct plan_work work;
	struct buf work_text;
	struct notes warnings;
	struct consoles consoles;
	uint64_t start_unix_s;
	uint64_t first_io_ns; /* since boot, just before the first read of a disk */
	uint64_t seed;
	const volatile sig_atomic_t *stop; /* becomes not 0 on a request to end early */
};

/*
 * Gathers everything: in the appliance first of all locks every disk. Returns 0 or -errno with *e
 * set; what could be gathered until then is there. Free with session_free().
 */
int session_gather(struct session *s, struct err *e);
void session_free(struct session *s);

/* Eight hex digits that no other run has. */
void session_new_run(char run[RESULT_RUN_BYTES]);

/* Fails where the machine has less memory than the plan needs: *e says how much. */
int session_check_memory(const struct plan *plan, struct err *e);

/* Shows the plan; where it writes, waits tare.wait seconds for a key that cancels writing. Returns
 * true where the user cancelled. */
bool session_show_plan(struct session *s, const struct plan *plan);

/*
 * Brings a result out by every channel there is. In the appliance: screen, results partition,
 * serial frames. Else: report on standard output, JSON as --out says. Returns 0 where at least one
 * channel has it, or -errno with *e set.
 */
int session_deliver(struct session *s, const struct result *result, struct err *e);

#endif
