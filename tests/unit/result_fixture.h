/* SPDX-License-Identifier: MIT */
/* Results for the tests of result and render: made from a board that was filled in by hand. */
#ifndef TARE_TESTS_RESULT_FIXTURE_H
#define TARE_TESTS_RESULT_FIXTURE_H

#include "run_fixture.h"

#include <math.h>

#include "lib/rng.h"
#include "result/result.h"

struct maker {
	struct plan plan;
	struct board *board;
	struct config config;
	struct disk disk[3];
	struct disk_list disks;
	struct host host;
	struct clock_cost clock;
	struct notes warnings;
	struct stats *round; /* of each record, until it ends */
	struct result result;
};

static inline struct stats *maker_stats(struct maker *m, uint32_t round, uint32_t section)
{
	return &m->round[plan_record(&m->plan, round, section)];
}

/* I/Os of `ns` and more, in one direction of a record that has not ended. */
static inline void maker_ios(struct maker *m, uint32_t round, uint32_t section, int direction,
			     uint64_t ios, uint64_t ns)
{
	struct stats_io *io = &maker_stats(m, round, section)->io[direction];
	struct rng rng;

	rng_seed(&rng, ns);
	io->bytes += ios * m->plan.section[section].bs_bytes;
	for (uint64_t i = 0; i < ios; i++) {
		uint64_t clat_ns = ns + rng_below(&rng, ns), slat_ns = 1000 + rng_below(&rng, 300);

		histogram_add(&io->slat, slat_ns);
		histogram_add(&io->clat, clat_ns);
		histogram_add(&io->lat, slat_ns + clat_ns);
	}
}

/* Ends a record, after its I/Os. */
static inline void maker_end(struct maker *m, uint32_t round, uint32_t section,
			     enum board_state state, uint64_t measured_ns, const char *failure)
{
	struct board_record *r = &m->board->record[plan_record(&m->plan, round, section)];
	struct board_section *to = &m->board->section[section];
	struct stats *s = maker_stats(m, round, section);

	r->position = section;
	r->start_unix_s = 1700000000 + round;
	s->measured_ns = measured_ns;
	s->depth_ns = measured_ns * m->plan.section[section].iodepth / 2;
	s->thread_ns = measured_ns / 4;
	s->thread_user_ns = measured_ns / 16;
	s->thread_system_ns = measured_ns / 4 - measured_ns / 16;
	s->switches_voluntary = 12;
	s->cpu = (struct cpu_times){ measured_ns / 8, measured_ns / 4, 20000000, 10000000, 0,
				     measured_ns };
	board_settle(m->board, r, section, s);
	str_copy(to->words, sizeof(to->words), "SINGLE_ISSUER, registered buffers");
	str_copy(r->failure, sizeof(r->failure), failure);
	atomic_store(&r->state, state);
}

/* A point of `ios` I/Os for each direction, as long as the others of its round. */
static inline void maker_point(struct maker *m, uint32_t round, uint32_t section, uint64_t at_ns,
			       uint64_t length_ns, uint64_t reads, uint64_t writes)
{
	struct series *series = &m->board->section[section].series;

	assert_true(series->n < series->limit);
	series->point[series->n++] = (struct series_point){ .round = round,
							    .at_ns = at_ns,
							    .length_ns = length_ns,
							    .ios = { reads, writes },
							    .p99_ns = reads + writes ? 84480 : 0,
							    .max_ns = reads + writes ? 128512 : 0 };
}

/* A plan on a blank disk, with a board on which nothing has happened yet. */
static inline void maker_init_work(struct maker *m, const struct plan_work *work, uint32_t rounds)
{
	struct notes notes = { 0 };
	struct err e = ERR_INIT;

	memset(m, 0, sizeof(*m));
	keys_default(&m->config, true);
	keys_set(&m->config, "label", "a \"label\" of ours", CONFIG_FROM_CMDLINE, &e);
	m->config.rounds = rounds;
	m->disk[0] = fixture_disk("sda", DISK_BLANK);
	m->disk[1] = fixture_disk("sdb", DISK_DATA);
	m->disk[2] = fixture_disk("sr0", DISK_OPTICAL);
	m->disk[2].serial[0] = '\0';
	m->disks = (struct disk_list){ m->disk, 3 };
	plan_build(&m->plan, work, &m->config, &m->disks, &m->disk[0], NULL, 42, &notes);
	notes_free(&notes);
	fixture_host(&m->host);
	m->clock = (struct clock_cost){ 21.5, 180.25 };
	m->board = board_create(&m->plan);
	assert_non_null(m->board);
	m->board->rounds_done = m->plan.rounds;
	m->board->clock = (struct tsc){ .used = true,
					.invariant = true,
					.hz = 2e9,
					.skew_ns = 12.5,
					.call_ns = 7.25,
					.words = "invariant, steady" };
	m->board->tuned = (struct tuned){ .row = { { "scheduler", "mq-deadline", "none" },
						   { "nomerges", "0", "2" },
						   { "rq_affinity", "1", "2" },
						   { "iostats", "1", "1" },
						   { "nr_requests", "256", "1023" },
						   { "governor", "powersave", "performance" } },
					  .n = 6 };
	m->round = aligned_alloc(_Alignof(struct stats), m->board->records_n * sizeof(*m->round));
	assert_non_null(m->round);
	for (uint32_t i = 0; i < m->board->records_n; i++)
		stats_init(&m->round[i]);
	m->board->blocks = BOARD_BLOCKS_WRITTEN;
	m->board->span_bytes = 1 << 30;
	m->board->proven_bytes = 1 << 30;
	m->board->fill_ns = 2000000000;
	atomic_store(&m->board->wrote, true);
	atomic_store(&m->board->written_bytes, (1 << 30) + 4096);
	str_copy(m->board->consent, sizeof(m->board->consent), "blank");
}

/* The same for the text of a job file. */
static inline void maker_init(struct maker *m, const char *text, uint32_t rounds)
{
	struct plan_work *work = calloc(1, sizeof(*work));
	struct err e = ERR_INIT;

	assert_non_null(work);
	work->name = "t.fio";
	work->text = text;
	if (jobfile_parse(&work->job, work->name, text, strlen(text), &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
	maker_init_work(m, work, rounds);
	free(work);
}

static inline struct result *maker_make(struct maker *m, const char *failure)
{
	struct result_parts parts = { .run = "0badcafe",
				      .config = &m->config,
				      .disks = &m->disks,
				      .host = &m->host,
				      .clock = &m->clock,
				      .warnings = &m->warnings,
				      .start_unix_s = 1700000000,
				      .first_io_ns = 3210000000 };

	assert_int_equal(result_make(&m->result, &parts, &m->plan, m->board, failure), 0);
	return &m->result;
}

static inline void maker_free(struct maker *m)
{
	result_free(&m->result);
	notes_free(&m->warnings);
	board_free(m->board);
	free(m->round);
}

static inline void maker_encode(struct buf *to, const struct result *result)
{
	*to = BUF_INIT;
	assert_int_equal(result_encode(to, result), 0);
	assert_false(buf_failed(to));
}

static inline void maker_decode(struct result *to, const struct buf *json)
{
	struct err e = ERR_INIT;

	if (result_decode(to, json->data, json->len, &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
}

/* What a section has beside its I/Os: a series, flushes, an open loop, depths, kernel counters. */
static inline void maker_extras(struct maker *m, uint32_t section)
{
	struct board_section *to = &m->board->section[section];
	struct stats *s = maker_stats(m, 0, section);

	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 4; i++)
			maker_point(m, round, section, i * 125400000, 125400000, 70 * i, 30 * i);
	for (uint64_t i = 1; i <= 1000; i++) {
		histogram_add(&s->sync, 500000 + 1000 * i);
		histogram_add(&s->io[1].response, 400000000 + 1000000 * i);
	}
	s->depth[1] = s->depth[2] = 1;
	s->depth[64] = 3;
	s->depth[65] = 5;
	s->submits[4] = 6;
	s->submits[5] = s->submits[65] = 2;
	s->completes[0] = 1;
	s->completes[64] = 9;
	to->io_workers = 3;
	to->kernel = (struct diskstat){ { 1400, 620 },	{ 1, 20 }, { 91750400, 40632320 },
					{ 4200, 9000 }, 950,	   13200 };
	to->compared_bytes[0] = to->kernel_bytes[0] = 91750400;
	to->compared_bytes[1] = 39321600;
	to->kernel_bytes[1] = 40632320;
	to->slack_bytes = 1 << 20;
}

/* A run of everything: two rounds; a read, a mixed section, one that failed, one skipped. */
static inline struct result *maker_rich(struct maker *m)
{
	maker_init(m,
		   "[randread-4k]\nrw=randread\niodepth=64\nioengine=io_uring\nruntime=10\n"
		   "time_based\nfixedbufs\ndescription=a b c\npercentile_list=50:99:99.999999\n"
		   "[mixed]\nstonewall\nrw=randrw\nrwmixread=70\nbs=64k\nruntime=1500us\n"
		   "[fails]\nstonewall\nrw=write\nbs=1m\n"
		   "[odd]\nstonewall\nbs=513\n",
		   2);
	notes_add(&m->warnings, "kernel command line: tare.colour: no such key");
	board_note(m->board, "note of the board");
	m->board->detections = (struct detection_list){
		.detection = { { "allocation", DETECTION_FINDING, DETECTION_FOUND, 84.125, "us",
				 99.98, "the first write took 262.0 us" },
			       { "wake", DETECTION_LIMIT, DETECTION_SKIPPED, NAN, "", NAN,
				 "one CPU" } },
		.n = 2,
	};
	maker_extras(m, 1);
	for (uint32_t round = 0; round < 2; round++) {
		maker_ios(m, round, 0, 0, 200000 + round, 80000);
		maker_end(m, round, 0, BOARD_DONE, 10000000000, "");
		maker_ios(m, round, 1, 0, 700, 3000000);
		maker_ios(m, round, 1, 1, 300, 200000000);
		maker_end(m, round, 1, BOARD_DONE, 500000000, "");
		maker_ios(m, round, 2, 1, 5, 100);
		for (int i = 0; i < 3; i++)
			stats_error(maker_stats(m, round, 2), i ? 5 : 28);
		maker_end(m, round, 2, BOARD_FAILED, 1000, "I/O failed: Input/output error");
		maker_end(m, round, 3, BOARD_SKIPPED, 0, "bs 513 is no multiple");
	}
	return maker_make(m, NULL);
}

#endif
