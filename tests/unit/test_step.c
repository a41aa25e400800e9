// SPDX-License-Identifier: MIT
/* One step: jobs side by side, where they work, what cannot run, what ends up in the record. */
#include "step_site.h"

#include <errno.h>

static const struct board_record *run(struct site *s, uint32_t step)
{
	step_run(s->board, &s->plan, &s->target, 0, 3, step);
	return &s->board->record[s->plan.step[step].first];
}

/* What section `section` counted, over all that was run. */
static const struct stats *sums(const struct site *s, uint32_t section)
{
	return &s->board->section[section].stats;
}

/* This test will check that clones add up and their regions lie apart. */
static void clones_should_add_up(void **state)
{
	static struct site s;
	const struct board_record *record;

	(void)state;
	site_init(&s,
		  "[a]\nioengine=psync\nrw=write\nnumjobs=3\nsize=1m\noffset_increment=2m\n"
		  "offset=1m\n",
		  8 * MIB);
	record = run(&s, 0);
	assert_int_equal(atomic_load(&record->state), BOARD_DONE);
	assert_int_equal(record->position, 3);
	assert_int_equal(record->io[STATS_WRITE].ios, 3 * 256);
	assert_int_equal(record->io[STATS_WRITE].bytes, 3 * MIB);
	assert_int_equal(sums(&s, 0)->io[STATS_WRITE].clat.n, 3 * 256);
	assert_int_equal(sums(&s, 0)->measured_ns, record->measured_ns);
	assert_string_equal(s.board->section[0].words, "pread and pwrite");
	assert_true(record->start_unix_s > 0 && record->measured_ns > 0);
	assert_int_equal(atomic_load(&s.board->written_bytes), 3 * MIB);
	assert_true(atomic_load(&s.board->wrote));
	assert_int_equal(fcntl(s.target.fd, F_SETFL, 0), 0); /* no O_DIRECT for small reads */
	for (uint64_t mib = 0; mib < 8; mib++) {
		uint64_t magic;

		assert_int_equal(pread(s.target.fd, &magic, 8, (off_t)(mib * MIB)), 8);
		assert_int_equal(magic == STAMP_MAGIC, mib == 1 || mib == 3 || mib == 5);
	}
	site_free(&s);
}

/* This test will check how much a section does: its region, loops, io_size, number_ios. */
static void work_should_be_as_large_as_asked(void **state)
{
	static const struct {
		const char *options;
		uint64_t ios;
	} cases[] = {
		{ "size=1m", 256 },
		{ "size=1m\nloops=3", 768 },
		{ "size=1m\nio_size=2m", 512 },
		{ "io_size=40k", 10 },
		{ "number_ios=7", 7 },
		{ "size=1m\nnumber_ios=1000", 256 },
		{ "", 1024 },
		{ "offset=3m", 256 },
		{ "offset=4092k", 1 },
		{ "bs=3m", 1 },
		{ "runtime=100", 1024 }, /* the end of the region comes first */
		{ "number_ios=1500\nio_size=1g", 1500 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct board_record *record;
		static struct site s;
		char text[256];

		snprintf(text, sizeof(text), "[a]\nioengine=null\n%s\n", cases[i].options);
		site_init(&s, text, 4 * MIB);
		record = run(&s, 0);
		assert_int_equal(atomic_load(&record->state), BOARD_DONE);
		check_number(cases[i].options, record->io[STATS_READ].ios, cases[i].ios);
		site_free(&s);
	}
}

/* This test will check that a section that cannot run does not keep the others from it. */
static void sections_should_fail_alone(void **state)
{
	static struct site s;
	const struct board_record *record;

	(void)state;
	site_init(&s,
		  "[skipped]\nbs=513\n[beyond]\nioengine=null\nnumjobs=2\noffset_increment=4m\n"
		  "[fails]\nioengine=psync\nrw=write\n[runs]\nioengine=null\nnumber_ios=10\n",
		  4 * MIB);
	close(s.target.fd);
	s.target.fd = open("/proc/self/exe", O_RDONLY);
	record = run(&s, 0);
	assert_int_equal(atomic_load(&record[0].state), BOARD_SKIPPED);
	check_has(record[0].failure, "bs 513 is no multiple");
	assert_int_equal(atomic_load(&record[1].state), BOARD_SKIPPED);
	check_has(record[1].failure, "clone 2 beyond the span");
	assert_int_equal(atomic_load(&record[2].state), BOARD_FAILED);
	check_has(record[2].failure, "I/O failed: Bad file descriptor");
	assert_int_equal(sums(&s, 2)->error[0].error, EBADF);
	assert_int_equal(atomic_load(&record[3].state), BOARD_DONE);
	assert_int_equal(record[3].io[STATS_READ].ios, 10);
	site_free(&s);
}

/* This test will check that hipri on a target which cannot be polled is refused in words: nothing
 * that goes through the page cache can be. */
static void polling_should_be_refused_in_words(void **state)
{
	static struct site s;
	const struct board_record *record;

	(void)state;
	site_init(&s, "[a]\nioengine=io_uring\ndirect=0\nrw=randread\n", MIB);
	s.plan.section[0].hipri = true;
	record = run(&s, 0);
	assert_int_equal(atomic_load(&record->state), BOARD_FAILED);
	if (strstr(record->failure, "io_uring: "))
		print_message("left out: %s\n", record->failure);
	else
		check_has(record->failure, "hipri: the target cannot be polled");
	site_free(&s);
}

/* This test will check that a step of sections that all cannot run still ends. */
static void step_without_jobs_should_end(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[a]\nbs=513\nrw=write\n", 4 * MIB);
	assert_int_equal(atomic_load(&run(&s, 0)->state), BOARD_SKIPPED);
	assert_false(atomic_load(&s.board->wrote));
	site_free(&s);
}

/* This test will check windows of sections side by side: each ends with its own runtime. */
static void sections_should_end_with_their_runtime(void **state)
{
	static struct site s;
	const struct board_record *record;

	(void)state;
	site_init(&s,
		  "[global]\nioengine=null\ndirect=1\ntime_based\n[a]\nruntime=200ms\n[b]\nruntime="
		  "1\n"
		  "direct=0\n",
		  4 * MIB);
	record = run(&s, 0);
	assert_in_range(record[0].measured_ns, 1, CLOCK_NS_PER_S / 5);
	assert_in_range(record[1].measured_ns, CLOCK_NS_PER_S * 2 / 5, CLOCK_NS_PER_S);
	assert_int_equal(atomic_load(&s.board->notes_n), 1);
	check_has(s.board->note[0], "b: direct=0 does not hold beside a");
	site_free(&s);
}

/* This test will check that a stopped step says so and keeps what it had. */
static void stopped_step_should_say_so(void **state)
{
	static struct site s;
	const struct board_record *record;

	(void)state;
	site_init(&s, "[a]\nioengine=null\ntime_based\nruntime=60\n", 4 * MIB);
	atomic_store(&s.board->stop, 1);
	record = run(&s, 0);
	assert_int_equal(atomic_load(&record->state), BOARD_STOPPED);
	site_free(&s);
}

/* This test will check reads of found data: only where data are, none where no stretch is as long
 * as the block. */
static void found_data_should_limit_reads(void **state)
{
	static struct site s;
	uint8_t bitmap[] = { 0x0e }; /* 4 KiB blocks 1, 2 and 3 */
	struct found found = { .bitmap = bitmap, .blocks = 8, .found_bytes = 3 * 4096 };
	const struct board_record *record;

	(void)state;
	site_init(&s,
		  "[a]\nioengine=psync\nrw=randread\nbs=4k\n"
		  "[b]\nstonewall\nioengine=psync\nbs=16k\n",
		  MIB);
	s.target.found = &found;
	record = run(&s, 0);
	assert_int_equal(atomic_load(&record->state), BOARD_DONE);
	assert_int_equal(record->io[STATS_READ].ios, 3);
	record = run(&s, 1);
	assert_int_equal(atomic_load(&record->state), BOARD_FAILED);
	check_has(record->failure, "no stretch of data as long as its bs");
	site_free(&s);
}

/* This test will check found data with clones: each on a region of its own reads what was found in
 * it, and clones on one region read all of that region. */
static void clones_should_read_what_was_found_in_their_region(void **state)
{
	static const struct {
		const char *options;
		uint64_t ios[3]; /* of each clone */
	} cases[] = {
		{ "size=16k\noffset_increment=16k", { 3, 1, 4 } },
		{ "size=16k\noffset=4k\noffset_increment=16k", { 3, 2, 3 } },
		{ "size=16k", { 3, 3, 3 } },
		{ "", { 8, 8, 8 } },
	};
	uint8_t bitmap[] = { 0x4e, 0x0f }; /* 4 KiB blocks 1, 2, 3, 6 and 8 to 11 */
	struct found found = { .bitmap = bitmap, .blocks = 16, .found_bytes = 8 * 4096 };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct board_record *record;
		static struct site s;
		char text[256];

		snprintf(text, sizeof(text), "[a]\nioengine=null\nrw=randread\nnumjobs=3\n%s\n",
			 cases[i].options);
		site_init(&s, text, 64 << 10);
		s.target.found = &found;
		record = run(&s, 0);
		assert_int_equal(atomic_load(&record->state), BOARD_DONE);
		for (uint32_t j = 0; j < 3; j++)
			check_number(cases[i].options, s.board->job_stats[j].io[STATS_READ].clat.n,
				     cases[i].ios[j]);
		site_free(&s);
	}
}

/* This test will check that a clone which does not fit takes its section's others with it, and
 * leaves nothing behind for the section that runs in their place. */
static void clone_that_does_not_fit_should_leave_no_job(void **state)
{
	static const struct {
		bool found; /* the span is searched: no data for the second clone */
		uint64_t span_bytes;
		const char *failure;
		uint64_t ios; /* of the section that runs */
	} cases[] = {
		{ false, MIB / 2, "its region lies beyond the span", 4 }, /* less than planned */
		{ true, MIB, "no stretch of data as long as its bs", 3 },
	};
	uint8_t bitmap[32] = { 0x3f }; /* 4 KiB blocks 0 to 5 */
	struct found found = { .bitmap = bitmap, .blocks = 256, .found_bytes = 6 * 4096 };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct board_record *record;
		static struct site s;

		site_init(&s,
			  "[a]\nioengine=null\nrw=randread\nnumjobs=2\noffset_increment=512k\n"
			  "[b]\nioengine=null\nrw=randread\nbs=8k\nsize=32k\n",
			  2 * MIB);
		s.target.span_bytes = MIB; /* less than was planned with */
		s.target.span_bytes = cases[i].span_bytes;
		if (cases[i].found)
			s.target.found = &found;
		record = run(&s, 0);
		assert_int_equal(atomic_load(&record[0].state), BOARD_FAILED);
		check_has(record[0].failure, cases[i].failure);
		assert_int_equal(record[0].io[STATS_READ].ios, 0);
		assert_int_equal(sums(&s, 0)->io[STATS_READ].clat.n, 0);
		assert_int_equal(atomic_load(&record[1].state), BOARD_DONE);
		assert_int_equal(record[1].io[STATS_READ].ios, cases[i].ios);
		assert_int_equal(record[1].io[STATS_READ].bytes, cases[i].ios * 8192);
		assert_int_equal(s.board->job_section[0], 1);
		assert_int_equal(s.board->job_section[1], BOARD_NO_SECTION);
		site_free(&s);
	}
}

/* The order in which 64 blocks were written, by their stamps. */
static void written_order(uint64_t order[64], const char *options, uint64_t seed, bool given,
			  uint32_t round)
{
	static struct site s;
	char text[256];

	snprintf(text, sizeof(text), "[a]\nioengine=psync\nrw=randwrite\n%s\n", options);
	site_init(&s, text, 64 * 4096);
	s.plan.seed = seed;
	s.plan.seed_given = given;
	s.plan.rounds = 2;
	board_free(s.board);
	s.board = board_create(&s.plan);
	assert_non_null(s.board);
	step_run(s.board, &s.plan, &s.target, round, 0, 0);
	assert_int_equal(fcntl(s.target.fd, F_SETFL, 0), 0);
	for (uint64_t block = 0; block < 64; block++) {
		struct stamp stamp;

		assert_int_equal(pread(s.target.fd, &stamp, sizeof(stamp), (off_t)(block * 4096)),
				 sizeof(stamp));
		assert_int_equal(stamp.seed, seed); /* the data are the run's own, always */
		assert_true(stamp.sequence < 64);
		order[stamp.sequence] = block;
	}
	site_free(&s);
}

/* This test will check which seed the offsets come from: of their own, so that every run sees the
 * same, unless the user gave one, or asked for none that repeats. */
static void offsets_should_repeat_as_asked(void **state)
{
	static const struct {
		const char *options;
		bool given;
		bool same; /* with another seed of the run */
	} cases[] = {
		{ "", false, true }, /* randrepeat=1 is the default, as in fio */
		{ "randrepeat=1", false, true },
		{ "randrepeat=1", true, false },
		{ "randrepeat=0", false, false },
		{ "randrepeat=0\nrandseed=5", false, true },
		{ "randrepeat=0\nrandseed=5", true, true },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		uint64_t one[64], again[64], other[64];

		written_order(one, cases[i].options, 1, cases[i].given, 0);
		written_order(again, cases[i].options, 1, cases[i].given, 0);
		written_order(other, cases[i].options, 2, cases[i].given, 0);
		assert_memory_equal(one, again, sizeof(one));
		if (!memcmp(one, other, sizeof(one)) != cases[i].same)
			print_error("%s, seed_given=%d\n", cases[i].options, cases[i].given);
		assert_int_equal(!memcmp(one, other, sizeof(one)), cases[i].same);
	}
}

/* This test will check that rounds of a section differ in their order: else a cache would know it.
 */
static void rounds_should_differ_in_their_order(void **state)
{
	uint64_t first[64], second[64];

	(void)state;
	written_order(first, "", 1, false, 0);
	written_order(second, "", 1, false, 1);
	assert_memory_not_equal(first, second, sizeof(first));
}

/* This test will check that a file is not compared with the counters of any disk. */
static void file_should_have_no_kernel_counters(void **state)
{
	static struct site s;
	const struct board_section *section;

	(void)state;
	site_init(&s, "[a]\nioengine=psync\nrw=write\n", MIB);
	assert_int_equal(atomic_load(&run(&s, 0)->state), BOARD_DONE);
	section = &s.board->section[0];
	assert_int_equal(section->kernel.ios[1] + section->kernel.bytes[1], 0);
	assert_int_equal(section->compared_bytes[0] + section->compared_bytes[1], 0);
	assert_int_equal(section->slack_bytes, 0);
	site_free(&s);
}

/* This test will check that rounds add up in their section, and its series goes over all of them.
 */
static void rounds_should_add_up_in_their_section(void **state)
{
	static struct site s;
	uint64_t in_series[3] = { 0 };
	const struct series *series;

	(void)state;
	site_init(&s, "[a]\nioengine=null\nrw=randread\nnumjobs=2\nnumber_ios=300\n", 4 * MIB);
	s.plan.rounds = 3;
	board_free(s.board);
	s.board = board_create(&s.plan);
	assert_non_null(s.board);
	for (uint32_t round = 0; round < 3; round++)
		step_run(s.board, &s.plan, &s.target, round, 0, 0);
	assert_int_equal(sums(&s, 0)->io[STATS_READ].clat.n, 3 * 600);
	series = &s.board->section[0].series;
	for (uint32_t i = 0; i < series->n; i++)
		in_series[series->point[i].round] += series->point[i].ios[0];
	for (uint32_t round = 0; round < 3; round++) {
		assert_int_equal(s.board->record[round].io[STATS_READ].ios, 600);
		assert_int_equal(in_series[round], 600);
	}
	site_free(&s);
}

/* This test will check that a series has room for every round: its points are as long as leaves
 * each of them the same number, and none is folded. */
static void points_should_be_shared_by_the_rounds(void **state)
{
	static struct site s;
	const struct series *series;
	uint32_t points[2] = { 0 };

	(void)state;
	site_init(&s, "[a]\nioengine=null\nrw=randread\ntime_based\nruntime=400ms\n", 4 * MIB);
	s.plan.rounds = 110; /* of which two run; 300 points are two for each, not three */
	board_free(s.board);
	s.board = board_create(&s.plan);
	assert_non_null(s.board);
	for (uint32_t round = 0; round < 2; round++)
		step_run(s.board, &s.plan, &s.target, round, 0, 0);
	series = &s.board->section[0].series;
	for (uint32_t i = 0; i < series->n; i++) {
		points[series->point[i].round]++;
		assert_true(series->point[i].length_ns > 60 * CLOCK_NS_PER_S / 1000);
	}
	for (uint32_t round = 0; round < 2; round++) /* fewer, where a look came late */
		assert_in_range(points[round], 1, 2);
	site_free(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(clones_should_add_up),
		cmocka_unit_test(work_should_be_as_large_as_asked),
		cmocka_unit_test(sections_should_fail_alone),
		cmocka_unit_test(polling_should_be_refused_in_words),
		cmocka_unit_test(step_without_jobs_should_end),
		cmocka_unit_test(sections_should_end_with_their_runtime),
		cmocka_unit_test(stopped_step_should_say_so),
		cmocka_unit_test(found_data_should_limit_reads),
		cmocka_unit_test(clones_should_read_what_was_found_in_their_region),
		cmocka_unit_test(clone_that_does_not_fit_should_leave_no_job),
		cmocka_unit_test(offsets_should_repeat_as_asked),
		cmocka_unit_test(rounds_should_differ_in_their_order),
		cmocka_unit_test(file_should_have_no_kernel_counters),
		cmocka_unit_test(rounds_should_add_up_in_their_section),
		cmocka_unit_test(points_should_be_shared_by_the_rounds),
	};

	return cmocka_run_group_tests_name("step", tests, NULL, NULL);
}
