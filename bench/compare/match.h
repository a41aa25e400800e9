/* SPDX-License-Identifier: MIT */
/* Which workloads of different sources are the same one: by what they do, not by name. */
#ifndef TARE_COMPARE_MATCH_H
#define TARE_COMPARE_MATCH_H

#include "model/comparison.h"

/*
 * Fills c->group and each figure's boots from the environments. Two workloads are the same one
 * where every part of the shape that both sources tell is alike; direction, kind and size of block
 * must be told, else the names decide. Of several that fit, the one of which most is known alike.
 * Returns 0 or -ENOMEM.
 */
int match(struct comparison *c);

/* A name by what it does, as the suites have them: "randread-4k-qd64-jobs4". Returns `to`. */
char *match_name(char *to, size_t to_bytes, const struct sample_shape *shape);

/* Whether `name` means the group: by what it does, or as one of its sources calls it. */
bool match_is_named(const struct comparison *c, const struct comparison_group *group,
		    const char *name);

#endif
