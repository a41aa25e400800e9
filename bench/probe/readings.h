/* SPDX-License-Identifier: MIT */
/* Samples of one figure, and what is said of them. */
#ifndef TARE_PROBE_READINGS_H
#define TARE_PROBE_READINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/histogram.h"
#include "model/probe.h"

struct readings {
	double *value;
	uint32_t n, max;
};

/* Room for `max` values, touched once, so that adding costs no page fault. Returns 0 or -ENOMEM.
 * Free with readings_free() in both cases. */
int readings_init(struct readings *s, uint32_t max);
void readings_free(struct readings *s);

/* Beyond `max`, values are lost. */
static inline void readings_add(struct readings *s, double value)
{
	if (s->n < s->max)
		s->value[s->n++] = value;
}

/* Ascending. */
void readings_sort(struct readings *s);

/* Of sorted samples: the smallest value with at least `pct` percent of them at or below it (nearest
 * rank). 0 < pct <= 100; NAN where there are none. */
double readings_at(const struct readings *s, double pct);

/* --- figures of a probe; those beyond PROBE_FIGURES_MAX are lost --- */

/* Sorts. No samples: "nothing was counted". A figure that is no number, by a clock that did not
 * move, is not possible. */
void probe_add(struct probe *to, const char *name, struct readings *s);
/* The same of a histogram of ns, to within its buckets. */
void probe_add_histogram(struct probe *to, const char *name, const struct histogram *h);
void probe_add_value(struct probe *to, const char *name, double value);
void probe_add_why(struct probe *to, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same of `n` figures. */
void probe_add_all_why(struct probe *to, const char *const *names, uint32_t n, const char *why);

/* The figure of that name, or NULL. */
const struct probe_figure *probe_figure(const struct probe *probe, const char *name);

#endif
