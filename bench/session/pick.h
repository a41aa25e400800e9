/* SPDX-License-Identifier: MIT */
/* What a person decides while the plan is shown: which disks, now or never. A function from state
 * and key to state; it reads no console. */
#ifndef TARE_SESSION_PICK_H
#define TARE_SESSION_PICK_H

#include <stdbool.h>
#include <stdint.h>

#define PICK_MAX 9 /* as many as there are digits */

enum pick_state { PICK_WAITING, PICK_START, PICK_CANCELLED };

struct pick {
	uint32_t n; /* disks to choose from */
	bool picked[PICK_MAX];
	enum pick_state state;
};

/* All of `n` disks (PICK_MAX at most count) are picked, and nothing is decided. */
struct pick pick_begin(uint32_t n);

/*
 * A key: 1 to 9 pick a disk or unpick it, Enter starts at once, c, q and Escape cancel. Any other
 * key, -1 for none, a digit without a disk, and whatever comes after a decision change nothing.
 */
struct pick pick_key(struct pick before, int key);

/* How many are picked. */
uint32_t pick_count(const struct pick *pick);

#endif
