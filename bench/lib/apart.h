/* SPDX-License-Identifier: MIT */
/*
 * Runs a function in a process of its own: what it does to itself (affinity, signals, memory) ends
 * with it, and one that hangs is ended; one that hangs in the kernel is left behind. What it finds
 * it leaves in memory that both share.
 */
#ifndef TARE_LIB_APART_H
#define TARE_LIB_APART_H

#include <stdbool.h>
#include <stdint.h>

enum apart_end {
	APART_ENDED,
	APART_SIGNALLED,   /* ended by a signal that nobody here sent */
	APART_CUT_OFF,	   /* ended at its limit */
	APART_STOPPED,	   /* ended because `asked` said so */
	APART_LEFT_BEHIND, /* killed, and hangs in the kernel: it may still write what it shares */
	APART_NOT_STARTED, /* `code` is -errno */
};

struct apart {
	const char *name; /* of the process */
	void (*work)(void *context);
	void *context;
	uint64_t limit_ms;
	bool (*asked)(void *of); /* true: end it now; NULL: nobody asks */
	void *of;
	/* How often `asked` is called where no signal wakes the waiting process; 0: after a signal
	 * only, so that nothing wakes its CPU meanwhile. */
	uint32_t look_ms;
	int code; /* set: of the signal, or -errno */
};

/* Returns once the process has gone, or is left behind. It dies with the caller's. */
enum apart_end apart_run(struct apart *apart);

#endif
