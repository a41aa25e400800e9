// SPDX-License-Identifier: MIT
/*
 * The size of a document as the suite `standard` makes it.
 *
 * What stands for a run: the suite's own sections as they are planned for a machine, all rounds,
 * all the points that the board keeps, a captured machine's facts. Latencies are drawn from a
 * narrow body and a sparse tail, both log-normal, whose figures are those of a run of the suite on
 * a busy computer: a virtual machine of two CPUs that shared both with a compiler, and its disk
 * with others. Its documents had 132 to 671 bins a direction, 445 on average, which are more than
 * half of what they weigh; an idle machine's have fewer. Four threads of other work for every CPU
 * made 581 of them. Sections for more jobs than it had CPUs look like the one for two, as much
 * slower as they have more I/Os in flight.
 */
#include "result_fixture.h"

#include <inttypes.h>
#include <math.h>

#include "config/suites.h"
#include "detect/detectors.h"
#include "hw/host.h"
#include "lib/deflate.h"
#include "lib/file.h"
#include "result/detections_json.h"
#include "result/probes_json.h"

#define PLAIN_MAX_BYTES	   (1u << 20)	/* of a results slot */
#define DEFLATED_MAX_BYTES (48u * 1024) /* of a serial line */
#define TICK_NS		   UINT64_C(10000000)
#define MACHINE		   "tests/fixtures/sys/bare-metal-nvme"
#define PROBES		   "tests/fixtures/probes.json"	   /* of a machine that has every figure */
#define DETECTORS	   "tests/fixtures/detectors.json" /* of a fresh qcow2 file on a busy host */

/* Log-normal: half of it lies below the median, two thirds within e^sigma of it. */
struct shape {
	double median_ns, sigma;
};

/* What runs the suite, and what must come of it. */
struct machine {
	const char *name;
	uint32_t cpus, workloads, points_a_round, bins; /* of a direction, on average, to 15 */
	double spread;					/* of the shapes: sigma times so much */
};

struct kind {
	const char *name; /* of the section */
	double iops;
	struct shape body, tail;
	double tail_share;
};

static const struct kind kinds[] = {
	{ "randread-4k-qd1", 14800, { 45e3, 0.21 }, { 130e3, 1.25 }, 0.012 },
	{ "randread-4k-qd4", 39900, { 80e3, 0.19 }, { 250e3, 0.95 }, 0.025 },
	{ "randread-4k-qd16", 65200, { 197e3, 0.11 }, { 200e3, 1.10 }, 0.018 },
	{ "randread-4k-qd64", 87500, { 643e3, 0.09 }, { 1500e3, 0.58 }, 0.050 },
	{ "randread-4k-qd256", 90200, { 2540e3, 0.30 }, { 5000e3, 0.56 }, 0.050 },
	{ "randread-4k-qd64-jobs2", 90400, { 1500e3, 0.14 }, { 2500e3, 0.58 }, 0.080 },
	{ "randread-4k-qd64-jobs4", 90400, { 3000e3, 0.14 }, { 5000e3, 0.58 }, 0.080 },
	{ "randread-4k-qd64-jobs8", 90400, { 6000e3, 0.14 }, { 10e6, 0.58 }, 0.080 },
	{ "randread-4k-qd64-jobs16", 90400, { 12e6, 0.14 }, { 20e6, 0.58 }, 0.080 },
	{ "randread-4k-qd64-jobs32", 90400, { 24e6, 0.14 }, { 40e6, 0.58 }, 0.080 },
	{ "randread-4k-qd64-jobs64", 90400, { 48e6, 0.14 }, { 80e6, 0.58 }, 0.080 },
	{ "randwrite-4k-qd1", 13600, { 53e3, 0.24 }, { 100e3, 1.20 }, 0.008 },
	{ "randwrite-4k-qd64", 72500, { 807e3, 0.17 }, { 1500e3, 0.58 }, 0.030 },
	{ "randwrite-4k-qd1-flush", 4050, { 65e3, 0.25 }, { 220e3, 0.95 }, 0.025 },
	{ "randrw70-4k-qd64", 79000, { 700e3, 0.14 }, { 1300e3, 0.74 }, 0.035 },
	{ "read-1m-qd16", 1320, { 11.7e6, 0.15 }, { 15e6, 0.28 }, 0.010 },
	{ "write-1m-qd16", 2620, { 5.9e6, 0.15 }, { 6e6, 0.55 }, 0.015 },
};

/* Of an fdatasync. */
static const struct kind flush = { "", 4050, { 63e3, 0.30 }, { 400e3, 0.90 }, 0.040 };

static double uniform(struct rng *rng)
{
	return ((double)rng_below(rng, 1u << 30) + 0.5) / (1u << 30);
}

static double gauss(struct rng *rng)
{
	return sqrt(-2 * log(uniform(rng))) * cos(2 * M_PI * uniform(rng));
}

static double share_below(const struct shape *s, double ns)
{
	return 0.5 * erfc(-log(ns / s->median_ns) / s->sigma / sqrt(2));
}

static struct kind spread_out(const struct kind *k, double spread)
{
	struct kind wide = *k;

	wide.body.sigma *= spread;
	wide.tail.sigma *= spread;
	return wide;
}

static double kind_below(const struct kind *k, double ns)
{
	return (1 - k->tail_share) * share_below(&k->body, ns) +
	       k->tail_share * share_below(&k->tail, ns);
}

static struct kind kind_of(const struct workload *w, const struct machine *machine)
{
	for (size_t i = 0; i < N(kinds); i++)
		if (!strcmp(kinds[i].name, w->name))
			return spread_out(&kinds[i], machine->spread);
	print_error("%s: say how it looks\n", w->name);
	fail();
	return kinds[0];
}

/* How many came, of so many expected. */
static uint64_t count_of(double expected, struct rng *rng)
{
	double left = exp(-expected);
	uint64_t n = 0;

	if (expected > 50)
		return (uint64_t)(expected + sqrt(expected) * gauss(rng));
	while ((left /= uniform(rng)) < 1)
		n++;
	return n;
}

/* What `n` random durations leave in the bins: as many as expected, with the noise of counting. */
static void draw(struct histogram *h, const struct kind *k, double n, double scale, struct rng *rng)
{
	for (unsigned int b = 1; b + 1 < HISTOGRAM_BUCKETS; b++) {
		double from = (double)histogram_value_ns(b - 1) / scale;
		double to = (double)histogram_value_ns(b) / scale;
		double expected = n * (kind_below(k, to) - kind_below(k, from));
		uint64_t count = count_of(expected, rng);

		if (count)
			histogram_add_n(h, histogram_value_ns(b), count);
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

static double reads_of(const struct workload *w)
{
	if (workload_mixes(w))
		return w->rwmixread_pct / 100.0;
	return workload_reads(w);
}

/* All points that the sampler makes: one an interval, the looks late by a millisecond or two. */
static void draw_series(struct series *s, const struct kind *k, const struct workload *w,
			uint32_t rounds, struct rng *rng)
{
	uint32_t each = s->limit / rounds;

	for (uint32_t i = 0; i < each * rounds; i++) {
		struct series_point *p = &s->point[s->n++];
		double late_ns = 1e6 * (i % each == each - 1 ? -1.0 * each : 1 + uniform(rng)), ios;

		p->round = i / each;
		p->at_ns = i % each ? p[-1].at_ns + p[-1].length_ns : 0;
		p->length_ns = w->runtime_ns / each + (uint64_t)(int64_t)late_ns;
		ios = k->iops * (double)p->length_ns / 1e9 * (1 + 0.04 * gauss(rng));
		p->ios[0] = (uint64_t)(ios * reads_of(w));
		p->ios[1] = (uint64_t)ios - p->ios[0];
		p->p99_ns = (uint64_t)(k->tail.median_ns * exp(0.2 * gauss(rng)));
		p->max_ns = (uint64_t)(4 * k->tail.median_ns * exp(0.3 * gauss(rng)));
		p->p99_ns = histogram_value_ns(histogram_index(p->p99_ns));
		p->max_ns = histogram_value_ns(histogram_index(p->max_ns));
	}
}

/* As many in flight as can be; batches of any size, most of them one or all. */
static void draw_calls(struct stats *s, const struct workload *w, double ios, struct rng *rng)
{
	uint32_t most = w->iodepth_batch_submit ? w->iodepth_batch_submit : w->iodepth;

	s->depth[stats_depth(w->iodepth)] += (uint64_t)ios;
	for (uint32_t i = 1; i <= most; i++) {
		double share = i == 1 || i == most ? 0.4 / i : exp(-7 - 8 * uniform(rng));

		s->submits[i] += (uint64_t)(ios * share);
		s->completes[i] += (uint64_t)(ios * share) + rng_below(rng, 3);
	}
}

static void draw_cpu(struct result_cpu *c, uint64_t measured_ns, struct rng *rng)
{
	c->user_ns = rng_below(rng, 600) * TICK_NS;
	c->system_ns = rng_below(rng, 300) * TICK_NS;
	c->softirq_ns = rng_below(rng, 50) * TICK_NS;
	c->steal_ns = rng_below(rng, 3) * TICK_NS;
	c->idle_ns = rng_below(rng, 2000) * TICK_NS;
	c->thread_ns = rng_below(rng, measured_ns);
	c->thread_user_ns = rng_below(rng, c->thread_ns / 8 + 1);
	c->thread_system_ns = c->thread_ns - c->thread_user_ns;
}

static void draw_kernel(struct board_section *to, struct rng *rng)
{
	for (int d = 0; d < 2; d++) {
		uint64_t bytes = to->stats.io[d].bytes;

		if (!bytes)
			continue;
		to->compared_bytes[d] = bytes;
		to->kernel_bytes[d] = bytes + rng_below(rng, 1000) * 4096;
		to->kernel.bytes[d] = to->kernel_bytes[d];
		to->kernel.ios[d] = to->stats.io[d].clat.n + rng_below(rng, 1000);
		to->kernel.merges[d] = rng_below(rng, 30);
		to->kernel.ticks_ms[d] = rng_below(rng, 40000000);
	}
	to->kernel.busy_ms = 40000 - rng_below(rng, 10000);
	to->kernel.queue_ms = rng_below(rng, 40000000);
	to->slack_bytes = rng_below(rng, 1u << 30);
}

/* `position`: in the order of its round. */
static void draw_round(struct maker *m, const struct machine *machine, uint32_t round,
		       uint32_t position, uint32_t section, struct rng *rng)
{
	const struct workload *w = &m->plan.section[section];
	struct board_record *record = &m->board->record[plan_record(&m->plan, round, section)];
	struct kind k = kind_of(w, machine), flushes = spread_out(&flush, machine->spread);
	struct stats *s = maker_stats(m, round, section);
	double ios = k.iops * (double)w->runtime_ns / 1e9 * (1 + 0.03 * gauss(rng));

	draw_io(&s->io[0], &k, ios * reads_of(w), w->bs_bytes, rng);
	draw_io(&s->io[1], &k, ios * (1 - reads_of(w)), w->bs_bytes, rng);
	if (w->fdatasync_writes)
		draw(&s->sync, &flushes, ios, 1, rng);
	draw_calls(s, w, ios, rng);
	maker_end(m, round, section, BOARD_DONE, w->runtime_ns - rng_below(rng, 600000), "");
	draw_cpu(&record->cpu, w->runtime_ns, rng);
	record->position = position;
	record->start_unix_s = 1700000000 + (round * m->plan.steps_n + position) * 9 / 2;
}

/* A disk with a queue and an interrupt for each CPU, and one more for its controller. */
static void give_queues(struct disk *disk, uint32_t cpus)
{
	disk->hw_queues = cpus;
	snprintf(disk->irq_cpus, sizeof(disk->irq_cpus), "0/0-%" PRIu32, cpus - 1);
	disk->queue_cpus[0] = '\0';
	for (uint32_t i = 0; i < cpus; i++) {
		size_t queue = strlen(disk->queue_cpus), irq = strlen(disk->irq_cpus);

		snprintf(disk->queue_cpus + queue, sizeof(disk->queue_cpus) - queue,
			 i ? " %" PRIu32 : "%" PRIu32, i);
		snprintf(disk->irq_cpus + irq, sizeof(disk->irq_cpus) - irq, " %" PRIu32, i);
	}
}

static void draw_run(struct maker *m, const struct machine *machine)
{
	struct plan_work *work = calloc(1, sizeof(*work));
	uint32_t order[PLAN_SECTIONS_MAX];
	struct err e = ERR_INIT;
	struct rng rng;

	assert_non_null(work);
	rng_seed(&rng, 7);
	work->suite = suite_find("standard");
	work->name = work->suite->name;
	work->text = work->suite->text;
	work->cpus = machine->cpus;
	assert_int_equal(jobfile_parse(&work->job, work->name, work->text, strlen(work->text), &e),
			 0);
	maker_init_work(m, work, work->suite->rounds);
	free(work);
	host_probe(&m->host, MACHINE);
	give_queues(&m->plan.disk, machine->cpus);
	give_queues(&m->disk[0], machine->cpus);
	for (uint32_t round = 0; round < m->plan.rounds; round++) {
		plan_order(order, &m->plan, round);
		for (uint32_t i = 0; i < m->plan.steps_n; i++)
			draw_round(m, machine, round, i, m->plan.step[order[i]].first, &rng);
	}
	for (uint32_t i = 0; i < m->plan.sections_n; i++) {
		struct board_section *to = &m->board->section[i];
		const struct workload *w = &m->plan.section[i];

		struct kind k = kind_of(w, machine);

		draw_series(&to->series, &k, w, m->plan.rounds, &rng);
		draw_kernel(to, &rng);
	}
}

static uint32_t bins_of(const struct histogram *h)
{
	uint32_t n = 0;

	for (unsigned int b = 0; b < HISTOGRAM_BUCKETS; b++)
		n += h->count[b] > 0;
	return n;
}

/* What the model must have, lest it be lighter than what it stands for. */
static void check_model(const struct result *r, const struct machine *machine)
{
	uint32_t bins = 0, directions = 0, points = 0;

	assert_int_equal(r->workloads_n, machine->workloads);
	for (uint32_t i = 0; i < r->workloads_n; i++) {
		for (int d = 0; d < 2; d++) {
			bins += bins_of(&r->workload[i].io[d].clat);
			directions += r->workload[i].io[d].ios > 0;
		}
		points += r->workload[i].series.n;
	}
	print_message("%s: %u workloads, %u rounds, %u points, %u bins in %u directions: ",
		      machine->name, r->workloads_n, r->rounds, points, bins, directions);
	check_number("points", points, r->workloads_n * r->rounds * machine->points_a_round);
	assert_in_range(bins / directions, machine->bins - 15, machine->bins + 15);
}

static struct json *read_array(const char *path)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct json *array;

	assert_int_equal(file_read_all(&text, path, 1 << 16), 0);
	array = json_parse(text.data, text.len, &e);
	assert_int_equal(e.code, 0);
	buf_free(&text);
	return array;
}

static void read_detectors(struct detection_list *list)
{
	struct json *array = read_array(DETECTORS);

	detections_decode(list, array);
	check_number("detectors", list->n, DETECTORS_N);
	json_free(array);
}

static void read_probes(struct probe_list *list)
{
	struct json *array = read_array(PROBES);
	uint32_t figures = 0;

	probes_decode(list, array);
	for (uint32_t i = 0; i < list->n; i++)
		figures += list->probe[i].figures_n;
	check_number("probes", list->n, PROBES_MAX);
	assert_in_range(figures, 45, PROBES_MAX * PROBE_FIGURES_MAX);
	json_free(array);
}

/* Encodes a run, says its size and returns it deflated. */
static size_t weigh(const struct machine *machine)
{
	struct buf json = BUF_INIT, packed = BUF_INIT, again = BUF_INIT;
	struct err e = ERR_INIT;
	static struct result back;
	static struct maker m;
	size_t deflated;

	draw_run(&m, machine);
	check_model(maker_make(&m, NULL), machine);
	read_probes(&m.result.probes);
	read_detectors(&m.result.detectors);
	assert_int_equal(result_encode(&json, &m.result), 0);
	assert_int_equal(deflate_pack(&packed, json.data, json.len), 0);
	deflated = packed.len;
	print_message("%zu bytes, deflated %zu\n", json.len, deflated);
	assert_in_range(json.len, 1, PLAIN_MAX_BYTES);
	assert_int_equal(result_decode(&back, json.data, json.len, &e), 0);
	assert_int_equal(result_encode(&again, &back), 0);
	assert_string_equal(json.data, again.data);
	result_free(&back);
	buf_free(&again);
	buf_free(&json);
	buf_free(&packed);
	maker_free(&m);
	return deflated;
}

/* This test will check that a run of `standard` on a machine of eight CPUs goes over a serial line
 * in the size that is promised. */
static void standard_should_fit_a_serial_line(void **state)
{
	static const struct machine machine = { "8 CPUs", 8, 14, 8, 445, 1 };

	(void)state;
	assert_in_range(weigh(&machine), 1, DEFLATED_MAX_BYTES);
}

/* This test will check that harder runs fit a results slot. It says what goes over a serial line.
 */
static void harder_runs_should_fit_a_slot(void **state)
{
	static const struct machine machines[] = {
		{ "8 CPUs, overloaded", 8, 14, 8, 580, 1.36 },
		{ "64 CPUs", 64, N(kinds), 7, 440, 1 },
		{ "64 CPUs, overloaded", 64, N(kinds), 7, 580, 1.36 },
	};

	(void)state;
	for (size_t i = 0; i < N(machines); i++)
		weigh(&machines[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(standard_should_fit_a_serial_line),
		cmocka_unit_test(harder_runs_should_fit_a_slot),
	};

	return cmocka_run_group_tests_name("result_size", tests, NULL, NULL);
}
