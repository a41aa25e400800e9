// SPDX-License-Identifier: MIT
/* Means over boots, logarithms of rounds, ratios to the baseline. */
#include "compare/figures.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "compare/gap.h"
#include "compare/rank.h"
#include "lib/histogram.h"

/* In an open loop the rate is given, and the time to answer is what differs. */
static double speed(const struct comparison_group *g, double iops, const struct sample_latency *l)
{
	return g->open_loop ? 1e9 / l->mean_ns : iops;
}

static void add_logs(struct comparison_figure *f, const struct comparison_group *g,
		     const struct sample_workload *w, uint32_t boot)
{
	double sum = 0;
	uint32_t first = f->logs_n;

	for (uint32_t i = 0; i < w->rounds_n; i++) {
		double value = log(speed(g, w->round[i].iops, &w->round[i].latency));

		if (isfinite(value))
			f->round_log[f->logs_n++] = value;
	}
	if (f->logs_n == first) {
		double value = log(speed(g, w->iops, &w->latency));

		if (isfinite(value))
			f->round_log[f->logs_n++] = value;
	}
	for (uint32_t i = first; i < f->logs_n; i++)
		sum += f->round_log[i];
	f->boot_log[boot] = sum / (f->logs_n - first);
	f->rounds_n += w->rounds_n ? w->rounds_n : 1;
}

/* Sums of the boots; what one of them lacks, the mean lacks. */
static void add_boot(struct comparison_figure *f, const struct sample_workload *w)
{
	const struct sample_latency *from = &w->latency;
	struct sample_latency *l = &f->latency;

	f->bytes_per_s += w->bytes_per_s;
	f->usr_pct += w->usr_pct;
	f->sys_pct += w->sys_pct;
	f->cpu_ns_per_io += w->cpu_ns_per_io;
	f->measured_s += w->measured_s;
	f->ios += w->ios;
	l->slat_mean_ns += from->slat_mean_ns;
	l->mean_ns += from->mean_ns;
	l->p50_ns += histogram_percentile_holds(w->ios, 50) ? from->p50_ns : SAMPLE_ABSENT;
	l->p99_ns += histogram_percentile_holds(w->ios, 99) ? from->p99_ns : SAMPLE_ABSENT;
	l->p999_ns += histogram_percentile_holds(w->ios, 99.9) ? from->p999_ns : SAMPLE_ABSENT;
	l->p9999_ns += histogram_percentile_holds(w->ios, 99.99) ? from->p9999_ns : SAMPLE_ABSENT;
	l->max_ns = fmax(l->max_ns, from->max_ns);
	if (!f->not_ranked[0])
		rank_judge(f->not_ranked, sizeof(f->not_ranked), w);
}

static void divide(struct comparison_figure *f)
{
	double *const means[] = {
		&f->bytes_per_s,      &f->usr_pct,	   &f->sys_pct,
		&f->cpu_ns_per_io,    &f->latency.mean_ns, &f->latency.slat_mean_ns,
		&f->latency.p50_ns,   &f->latency.p99_ns,  &f->latency.p999_ns,
		&f->latency.p9999_ns,
	};

	for (size_t i = 0; i < sizeof(means) / sizeof(means[0]); i++)
		*means[i] /= f->boots_n;
	if (f->latency.max_ns <= 0)
		f->latency.max_ns = SAMPLE_ABSENT;
}

static double boot_rate_log(const struct sample_workload *w)
{
	double sum = 0;

	for (uint32_t i = 0; i < w->rounds_n; i++)
		sum += log(w->round[i].iops);
	return w->rounds_n ? sum / w->rounds_n : log(w->iops);
}

/* Logarithms of the rate, whatever speed is: of boots where there are several, else of rounds. */
static uint32_t rate_logs(double *to, const struct comparison_figure *f)
{
	const struct sample_workload *w = f->boot[0];

	for (uint32_t b = 0; f->boots_n > 1 && b < f->boots_n; b++)
		to[b] = boot_rate_log(f->boot[b]);
	for (uint32_t i = 0; f->boots_n == 1 && i < w->rounds_n; i++)
		to[i] = log(w->round[i].iops);
	return f->boots_n > 1 ? f->boots_n : w->rounds_n;
}

/* A round without a rate has no logarithm: the plain mean, which counts it, is told without an
 * interval. `logs` has room for all samples. */
static void set_rate(struct comparison_figure *f, double *logs)
{
	uint32_t n = rate_logs(logs, f);
	struct means s = means_of(logs, n);
	double plain = 0, half = means_half_width(&s);

	for (uint32_t b = 0; b < f->boots_n; b++)
		plain += f->boot[b]->iops / f->boots_n;
	f->iops = plain;
	f->iops_low = f->iops_high = SAMPLE_ABSENT;
	if (n < 2 || !isfinite(s.mean))
		return;
	f->iops = exp(s.mean);
	/* A row's two rates are of one kind of mean. */
	f->bytes_per_s *= f->iops / plain;
	f->iops_low = f->iops * exp(-half);
	f->iops_high = f->iops * exp(half);
}

static int fill(struct comparison_figure *f, const struct comparison_group *g)
{
	uint32_t rounds = 0;
	double *logs;

	for (uint32_t b = 0; b < f->boots_n; b++)
		rounds += f->boot[b]->rounds_n + 1;
	f->round_log = calloc(rounds + 1, sizeof(*f->round_log));
	f->boot_log = calloc(f->boots_n + 1, sizeof(*f->boot_log));
	if (!f->round_log || !f->boot_log)
		return -ENOMEM;
	for (uint32_t b = 0; b < f->boots_n; b++) {
		add_logs(f, g, f->boot[b], b);
		add_boot(f, f->boot[b]);
	}
	divide(f);
	f->account = gap_mean(f->boot, f->boots_n);
	logs = calloc(rounds, sizeof(*logs));
	if (!logs)
		return -ENOMEM;
	set_rate(f, logs);
	free(logs);
	return 0;
}

struct means figures_means(const struct comparison_figure *f, bool of_boots)
{
	return of_boots ? means_of(f->boot_log, f->boots_n) : means_of(f->round_log, f->logs_n);
}

static void set_ratios(struct comparison *c, struct comparison_group *g)
{
	const struct comparison_figure *base = &g->figure[c->baseline];

	for (uint32_t i = 0; i < c->environments_n; i++) {
		struct comparison_figure *f = &g->figure[i];
		bool of_boots = f->boots_n > 1 && base->boots_n > 1;
		struct means a, b;
		double half;

		f->ratio = f->ratio_low = f->ratio_high = SAMPLE_ABSENT;
		if (c->apart || !f->present || !base->present)
			continue;
		a = figures_means(base, of_boots);
		b = figures_means(f, of_boots);
		half = means_welch_half_width(&a, &b);
		f->ratio = exp(b.mean - a.mean);
		if (i == c->baseline)
			continue;
		f->ratio_low = f->ratio * exp(-half);
		f->ratio_high = f->ratio * exp(half);
	}
}

int figures_fill(struct comparison *c)
{
	int ret = 0;

	for (uint32_t i = 0; i < c->groups_n; i++) {
		struct comparison_group *g = &c->group[i];

		for (uint32_t env = 0; env < c->environments_n && !ret; env++)
			ret = g->figure[env].present ? fill(&g->figure[env], g) : 0;
		set_ratios(c, g);
	}
	return ret;
}
