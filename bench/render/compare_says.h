/* SPDX-License-Identifier: MIT */
/* What a comparison says in sentences, whatever it is printed as. Labels and values in them are as
 * their files have them: whoever prints them cleans them. */
#ifndef TARE_RENDER_COMPARE_SAYS_H
#define TARE_RENDER_COMPARE_SAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "model/comparison.h"

enum says_tone { SAYS_PLAIN, SAYS_FASTER, SAYS_PROBABLY };

/* Takes sentences one by one. A line that is wrapped goes on below the end of `first`, which may be
 * empty. */
struct says {
	void (*line)(void *ctx, enum says_tone tone, const char *first, const char *text);
	void *ctx;
};

/* Facts that all tell alike, some leave out, or nobody tells. */
enum says_told { SAYS_TOLD_ALIKE, SAYS_TOLD_BY_SOME, SAYS_TOLD_BY_NONE };

/* "No: 3 facts differ" */
void says_likeness(struct buf *to, const struct comparison *c);
/* Labels of such facts, but of those that differ: "driver, span"; nothing where there is none. */
void says_told(struct buf *to, const struct comparison *c, enum says_told told);
/* What environment `i` says of a fact, and the letters of all that say the same. False: it stands
 * with one before it. */
bool says_value(struct buf *tags, struct buf *value, const struct comparison *c,
		const struct comparison_difference *d, uint32_t i);

/* On each pair of a group, those alike in one line. */
void says_verdicts(const struct says *to, const struct comparison_group *g);

extern const char says_columns[]; /* what the columns of the tables are */
/* How pairs were tested; nothing where none was. */
void says_method(struct buf *to, const struct comparison *c);
/* For how many boots it holds; NULL where no pair was tested by rounds. */
const char *says_boots(const struct comparison *c);

/* Adds what is to be doubted: of the comparison, then `notes`. */
void says_doubts(struct notes *to, const struct comparison *c, const struct notes *notes);

#endif
