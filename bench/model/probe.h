/* SPDX-License-Identifier: MIT */
/* What the platform costs, as the probes of bench/probe/ found it. Plain data. */
#ifndef TARE_MODEL_PROBE_H
#define TARE_MODEL_PROBE_H

#include <stdint.h>

#define PROBE_NAME_BYTES  24
#define PROBE_TEXT_BYTES  96
#define PROBE_FIGURES_MAX 10
#define PROBES_MAX	  12

enum probe_figure_kind {
	PROBE_SAMPLES,	  /* a distribution */
	PROBE_VALUE,	  /* one value: p50 alone is set */
	PROBE_IMPOSSIBLE, /* not here; `why` says why */
};

/* In the unit that the name ends with: _ns, _ticks, _mhz, _ppm, _pct, _per_s, _mib. */
struct probe_figure {
	char name[PROBE_NAME_BYTES];
	enum probe_figure_kind kind;
	double p50;
	/* What 99 % of the samples are no worse than: of rates (_mhz, _per_s) the low side. NAN
	 * below 1,000 samples, which do not hold it. */
	double p99;
	double spread; /* p75 - p25 */
	char why[PROBE_TEXT_BYTES];
};

struct probe {
	char name[PROBE_NAME_BYTES];
	uint32_t took_ms;
	char note[PROBE_TEXT_BYTES]; /* that it took more than its share, that it was cut off; "" */
	struct probe_figure figure[PROBE_FIGURES_MAX];
	uint32_t figures_n;
};

struct probe_list {
	struct probe probe[PROBES_MAX]; /* in the order of bench/probe/registry.c */
	uint32_t n;			/* 0: none ran */
};

#endif
