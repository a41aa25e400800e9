// SPDX-License-Identifier: MIT
/* The size of a document as a whole suite makes it. */
#include "result_fixture.h"

#include <math.h>

#include "lib/deflate.h"

#define PLAIN_MAX_BYTES (1u << 20) /* of a results slot */
#define ROUNDS		8
#define ROUND_NS	(5 * CLOCK_NS_PER_S)
#define TICK_NS		UINT64_C(10000000)

/* What a workload looks like: median latency, how it spreads (sigma of its logarithm: 0.3 covers
 * four octaves of bins, 0.5 six), and how much of it there is. */
struct kind {
	const char *text;
	double median_ns, sigma, iops;
	int reads_pct;
	bool flushes;
};

static const struct kind kinds[] = {
	{ "rw=randread\niodepth=1", 84000, 0.3, 11500, 100, false },
	{ "rw=randread\niodepth=4", 91000, 0.3, 42000, 100, false },
	{ "rw=randread\niodepth=16", 130000, 0.3, 118000, 100, false },
	{ "rw=randread\niodepth=64", 330000, 0.5, 172000, 100, false },
	{ "rw=randread\niodepth=256", 1300000, 0.5, 181000, 100, false },
	{ "rw=randread\niodepth=64\nnumjobs=2", 500000, 0.3, 240000, 100, false },
	{ "rw=randread\niodepth=64\nnumjobs=4", 900000, 0.3, 280000, 100, false },
	{ "rw=randread\niodepth=64\nnumjobs=8", 1800000, 0.3, 282000, 100, false },
	{ "rw=randread\niodepth=64\nioengine=libaio", 345000, 0.3, 166000, 100, false },
	{ "rw=randwrite\niodepth=1", 31000, 0.3, 30000, 0, false },
	{ "rw=randwrite\niodepth=64", 410000, 0.5, 150000, 0, false },
	{ "rw=write\niodepth=1", 29000, 0.3, 1900, 0, true },
	{ "rw=randrw\nrwmixread=70\niodepth=16", 190000, 0.5, 80000, 70, false },
	{ "rw=read\nbs=1m\niodepth=16", 5100000, 0.3, 3100, 100, false },
	{ "rw=write\nbs=1m\niodepth=16", 7600000, 0.3, 2100, 0, false },
	{ "rw=randread\nioengine=psync", 86000, 0.3, 11000, 100, false },
};

static double uniform(struct rng *rng)
{
	return ((double)rng_below(rng, 1u << 30) + 0.5) / (1u << 30);
}

static double gauss(struct rng *rng)
{
	return sqrt(-2 * log(uniform(rng))) * cos(2 * M_PI * uniform(rng));
}

/* Share of a log-normal distribution below `ns`. */
static double share_below(const struct kind *k, double ns)
{
	return 0.5 * erfc(-log(ns / k->median_ns) / k->sigma / sqrt(2));
}

/* What `n` random durations leave in the bins: so many as expected, with the noise of counting. */
static void draw(struct histogram *h, const struct kind *k, double n, double scale, struct rng *rng)
{
	for (unsigned int b = 1; b + 1 < HISTOGRAM_BUCKETS; b++) {
		double from = (double)histogram_value_ns(b - 1) / scale;
		double to = (double)histogram_value_ns(b) / scale;
		double expected = n * (share_below(k, to) - share_below(k, from));
		double count = floor(expected + sqrt(expected) * gauss(rng) + uniform(rng));

		if (count >= 1)
			histogram_add_n(h, histogram_value_ns(b), (uint64_t)count);
	}
}

static void draw_io(struct stats_io *io, const struct kind *k, double n, uint64_t bs_bytes,
		    struct rng *rng)
{
	draw(&io->slat, k, n, 0.02, rng);
	draw(&io->clat, k, n, 1, rng);
	draw(&io->lat, k, n, 1.02, rng);
	io->bytes = io->clat.n * bs_bytes;
}

static uint64_t as_bin(double ns)
{
	return histogram_value_ns(histogram_index((uint64_t)ns));
}

/* All the points a section has room for, each with noise of its own. */
static void draw_series(struct series *s, const struct kind *k, struct rng *rng)
{
	uint32_t each = s->limit / ROUNDS;

	for (uint32_t i = 0; i < each * ROUNDS; i++) {
		struct series_point *p = &s->point[s->n++];
		double ios, length_ns = (double)ROUND_NS / each + 4e5 * gauss(rng);

		p->round = i / each;
		p->at_ns = i % each ? p[-1].at_ns + p[-1].length_ns : 0;
		p->length_ns = (uint64_t)length_ns;
		ios = k->iops * length_ns / 1e9 * (1 + 0.02 * gauss(rng));
		p->ios[0] = (uint64_t)(ios * k->reads_pct / 100);
		p->ios[1] = (uint64_t)ios - p->ios[0];
		p->p99_ns = as_bin(k->median_ns * exp(k->sigma * (2.33 + 0.1 * gauss(rng))));
		p->max_ns = as_bin(k->median_ns * exp(k->sigma * (3.7 - log(uniform(rng)) / 3)));
	}
}

static void draw_calls(struct stats *s, const struct workload *w, double ios, struct rng *rng)
{
	for (uint32_t i = 1; i <= w->iodepth; i++) {
		double near = exp(-(double)(w->iodepth - i) / 4);

		s->depth[stats_depth(i)] += (uint64_t)(ios * near / 4 * (1 + 0.1 * gauss(rng)));
		s->submits[stats_depth(i)] += (uint64_t)(ios * exp(-(double)i) * uniform(rng));
		s->completes[stats_depth(i)] += (uint64_t)(ios * exp(-(double)i) * uniform(rng));
	}
}

static void draw_round(struct maker *m, uint32_t round, uint32_t section, struct rng *rng)
{
	const struct kind *k = &kinds[section];
	const struct workload *w = &m->plan.section[section];
	struct stats *s = maker_stats(m, round, section);
	double ios = k->iops * ROUND_NS / 1e9;

	draw_io(&s->io[0], k, ios * k->reads_pct / 100, w->bs_bytes, rng);
	draw_io(&s->io[1], k, ios * (100 - k->reads_pct) / 100, w->bs_bytes, rng);
	if (k->flushes)
		draw(&s->sync, k, ios, 20, rng);
	draw_calls(s, w, ios, rng);
	maker_end(m, round, section, BOARD_DONE, ROUND_NS - rng_below(rng, 30000), "");
}

static void draw_cpu(struct result_cpu *c, struct rng *rng)
{
	c->user_ns = rng_below(rng, 100) * TICK_NS;
	c->system_ns = rng_below(rng, 300) * TICK_NS;
	c->softirq_ns = rng_below(rng, 50) * TICK_NS;
	c->idle_ns = rng_below(rng, 2000) * TICK_NS;
	c->thread_ns = rng_below(rng, ROUND_NS);
	c->thread_user_ns = rng_below(rng, c->thread_ns + 1);
	c->thread_system_ns = c->thread_ns - c->thread_user_ns;
}

static void draw_kernel(struct board_section *to, struct rng *rng)
{
	for (int d = 0; d < 2; d++) {
		uint64_t bytes = to->stats.io[d].bytes;

		to->compared_bytes[d] = bytes;
		to->kernel_bytes[d] = bytes + rng_below(rng, 1000) * 4096;
		to->kernel.bytes[d] = to->kernel_bytes[d];
		to->kernel.ios[d] = to->stats.io[d].clat.n + rng_below(rng, 1000);
		to->kernel.ticks_ms[d] = rng_below(rng, 40000);
	}
	to->kernel.busy_ms = 40000 - rng_below(rng, 1000);
	to->kernel.queue_ms = rng_below(rng, 1000000);
	to->slack_bytes = rng_below(rng, 1u << 30);
}

static void make_jobs(char *text)
{
	for (size_t i = 0; i < N(kinds); i++)
		text += sprintf(text,
				"[workload-of-a-name-%zu]\nstonewall\ntime_based\nruntime=5\n%s\n",
				i, kinds[i].text);
}

/* This test will check that a whole suite fits a results slot: sixteen workloads in eight rounds,
 * with all the points that the board keeps. It says what goes over a serial line. */
static void whole_suite_should_fit_a_slot(void **state)
{
	struct buf json = BUF_INIT, packed = BUF_INIT, again = BUF_INIT;
	struct err e = ERR_INIT;
	static struct result back;
	static struct maker m;
	static char jobs[4096];
	uint32_t points = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7);
	make_jobs(jobs);
	maker_init(&m, jobs, ROUNDS);
	for (uint32_t section = 0; section < N(kinds); section++) {
		struct board_section *to = &m.board->section[section];

		for (uint32_t round = 0; round < ROUNDS; round++) {
			draw_round(&m, round, section, &rng);
			draw_cpu(&m.board->record[plan_record(&m.plan, round, section)].cpu, &rng);
		}
		draw_series(&to->series, &kinds[section], &rng);
		draw_kernel(to, &rng);
		points += to->series.n;
	}
	assert_int_equal(result_encode(&json, maker_make(&m, NULL)), 0);
	assert_int_equal(deflate_pack(&packed, json.data, json.len), 0);
	print_message("%zu workloads, %d rounds, %u points: %zu bytes, deflated %zu\n", N(kinds),
		      ROUNDS, points, json.len, packed.len);
	assert_true(points > 2000);
	assert_in_range(json.len, 1, PLAIN_MAX_BYTES);
	assert_int_equal(result_decode(&back, json.data, json.len, &e), 0);
	assert_int_equal(result_encode(&again, &back), 0);
	assert_string_equal(json.data, again.data);
	result_free(&back);
	buf_free(&again);
	buf_free(&json);
	buf_free(&packed);
	maker_free(&m);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_suite_should_fit_a_slot),
	};

	return cmocka_run_group_tests_name("result_size", tests, NULL, NULL);
}
