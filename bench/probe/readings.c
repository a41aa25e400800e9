// SPDX-License-Identifier: MIT
/* Order statistics: they need no distribution to be assumed, and one interrupt does not move them.
 */
#include "probe/readings.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/str.h"

#define P99_SAMPLES 1000 /* ten lie beyond it */
#define TOO_COARSE  "the clock is too coarse"

int readings_init(struct readings *s, uint32_t max)
{
	*s = (struct readings){ .value = malloc(max * sizeof(*s->value)), .max = max };
	if (!s->value)
		return -ENOMEM;
	memset(s->value, 1, max * sizeof(*s->value)); /* zeros would make it a calloc() */
	return 0;
}

void readings_free(struct readings *s)
{
	free(s->value);
	*s = (struct readings){ 0 };
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void readings_sort(struct readings *s)
{
	if (s->n)
		qsort(s->value, s->n, sizeof(*s->value), ascending);
}

double readings_at(const struct readings *s, double pct)
{
	uint32_t rank = (uint32_t)ceil(s->n * pct / 100 * (1 - 1e-12));

	return s->n ? s->value[rank ? rank - 1 : 0] : NAN;
}

static struct probe_figure *next_figure(struct probe *to, const char *name)
{
	struct probe_figure *f = &to->figure[to->figures_n];

	if (to->figures_n == PROBE_FIGURES_MAX)
		return NULL;
	*f = (struct probe_figure){ .p99 = NAN };
	str_copy(f->name, sizeof(f->name), name);
	return f;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && !strcmp(text + len - n, end);
}

static bool is_rate(const char *name)
{
	return ends_with(name, "_per_s") || ends_with(name, "_mhz");
}

void probe_add(struct probe *to, const char *name, struct readings *s)
{
	struct probe_figure *f;

	if (!s->n) {
		probe_add_why(to, name, "nothing was counted");
		return;
	}
	readings_sort(s);
	if (!isfinite(readings_at(s, 25)) || !isfinite(readings_at(s, 75))) {
		probe_add_why(to, name, TOO_COARSE);
		return;
	}
	f = next_figure(to, name);
	if (!f)
		return;
	f->kind = PROBE_SAMPLES;
	f->p50 = readings_at(s, 50);
	if (s->n >= P99_SAMPLES && isfinite(readings_at(s, is_rate(name) ? 1 : 99)))
		f->p99 = readings_at(s, is_rate(name) ? 1 : 99);
	f->spread = readings_at(s, 75) - readings_at(s, 25);
	to->figures_n++; /* last: a probe that is killed leaves whole figures only */
}

void probe_add_histogram(struct probe *to, const char *name, const struct histogram *h)
{
	struct probe_figure *f;

	if (!h->n) {
		probe_add_why(to, name, "nothing was counted");
		return;
	}
	f = next_figure(to, name);
	if (!f)
		return;
	f->kind = PROBE_SAMPLES;
	f->p50 = (double)histogram_percentile_ns(h, 50);
	if (h->n >= P99_SAMPLES)
		f->p99 = (double)histogram_percentile_ns(h, 99);
	f->spread = (double)histogram_percentile_ns(h, 75) - (double)histogram_percentile_ns(h, 25);
	to->figures_n++;
}

void probe_add_value(struct probe *to, const char *name, double value)
{
	struct probe_figure *f;

	if (!isfinite(value)) {
		probe_add_why(to, name, TOO_COARSE);
		return;
	}
	f = next_figure(to, name);
	if (!f)
		return;
	f->kind = PROBE_VALUE;
	f->p50 = value;
	to->figures_n++;
}

void probe_add_why(struct probe *to, const char *name, const char *fmt, ...)
{
	struct probe_figure *f = next_figure(to, name);
	va_list args;

	if (!f)
		return;
	f->kind = PROBE_IMPOSSIBLE;
	va_start(args, fmt);
	vsnprintf(f->why, sizeof(f->why), fmt, args);
	va_end(args);
	to->figures_n++;
}

void probe_add_all_why(struct probe *to, const char *const *names, uint32_t n, const char *why)
{
	for (uint32_t i = 0; i < n; i++)
		probe_add_why(to, names[i], "%s", why);
}

const struct probe_figure *probe_figure(const struct probe *probe, const char *name)
{
	for (uint32_t i = 0; i < probe->figures_n; i++)
		if (!strcmp(probe->figure[i].name, name))
			return &probe->figure[i];
	return NULL;
}
