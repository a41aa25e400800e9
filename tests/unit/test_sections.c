// SPDX-License-Identifier: MIT
/* Sections of a plan: which can run, what is cut, adapted or taken out. */
#include "plan_site.h"

/* This test will check which sections cannot run, that each says why, and that the others run. */
static void sections_that_cannot_run_should_say_why(void **state)
{
	static const struct {
		const char *options;
		enum disk_verdict verdict;
		const char *why; /* "": it runs */
	} cases[] = {
		{ "rw=randwrite", DISK_BLANK, "" },
		{ "rw=randwrite", DISK_DATA, "it writes, and this target is read only" },
		{ "rw=randrw", DISK_DATA, "it writes, and this target is read only" },
		{ "rw=randread", DISK_DATA, "" },
		{ "bs=512", DISK_BLANK, "bs 512 is no multiple of the target's block of 4096" },
		{ "bs=12k", DISK_BLANK, "" },
		{ "size=2k", DISK_BLANK, "size 2048 is smaller than bs 4096" },
		{ "offset=1g", DISK_BLANK, "offset and bs lie beyond the span" },
		{ "offset=1023m\nbs=1m", DISK_BLANK, "" },
		{ "offset=1000", DISK_BLANK, "offset 1000 is no multiple" },
		{ "offset_increment=1m", DISK_BLANK, "" },
		{ "offset_increment=512m\nnumjobs=2", DISK_BLANK, "" },
		{ "offset_increment=512m\nnumjobs=3", DISK_BLANK,
		  "offset_increment puts clone 3 beyond the span" },
		{ "offset_increment=33%\nnumjobs=3", DISK_BLANK, "" },
		{ "offset_increment=34%\nnumjobs=4", DISK_BLANK, "puts clone 4 beyond the span" },
		{ "offset_increment=6k", DISK_BLANK, "offset_increment 6144 is no multiple" },
	};
	static struct site s;
	char text[256];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct disk disk = fixture_disk("sda", cases[i].verdict);

		disk.logical_block_bytes = 4096;
		snprintf(text, sizeof(text), "[a]\n%s\n[b]\n", cases[i].options);
		site_init(&s, text, &disk, 1);
		s.config.span_bytes = GIB;
		build(&s, &disk, NULL);
		if (!cases[i].why[0])
			assert_string_equal(s.plan.skip[0], "");
		else
			check_has(s.plan.skip[0], cases[i].why);
		assert_int_equal(notes_have(&s.notes, "a: skipped: "), cases[i].why[0] != 0);
		assert_string_equal(s.plan.skip[1], "");
		notes_free(&s.notes);
	}
}

/* This test will check that sizes beyond the span are cut, with a warning. */
static void sizes_should_be_cut_with_a_warning(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);

	(void)state;
	site_init(&s, "[global]\ndirect=1\n[a]\nsize=10g\noffset=1m\n[b]\nsize=10m\n", &disk, 1);
	s.config.span_bytes = 16 * MIB;
	build(&s, &disk, NULL);
	assert_int_equal(s.plan.section[0].size_bytes, 15 * MIB);
	assert_int_equal(s.plan.section[1].size_bytes, 10 * MIB);
	assert_int_equal(s.notes.n, 1);
	check_note(&s.notes, "a: size 10737418240 cut to the span, 15728640 bytes");
	notes_free(&s.notes);
}

/* This test will check percentages: of the span, offsets up to whole blocks as fio has them;
 * io_size is of the region. */
static void shares_should_become_bytes(void **state)
{
	static const struct {
		const char *options;
		uint64_t offset_bytes, size_bytes, io_size_bytes, increment_bytes;
	} cases[] = {
		{ "size=50%", 0, MIB, 0, 0 },
		{ "size=33%", 0, 688128, 0, 0 },
		{ "offset=33%", 692224, 0, 0, 0 },
		{ "offset=25%\nsize=100%", 512 << 10, 1536 << 10, 0, 0 },
		{ "offset=25%\nio_size=50%", 512 << 10, 0, 768 << 10, 0 },
		{ "size=512k\nio_size=50%", 0, 512 << 10, 256 << 10, 0 },
		{ "size=1m\nio_size=3m", 0, MIB, 3 * MIB, 0 },
		{ "numjobs=2\noffset_increment=33%", 0, 0, 0, 692224 },
	};
	static struct plan plan;
	char text[128];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct workload *w = &plan.section[0];

		snprintf(text, sizeof(text), "[a]\n%s\n", cases[i].options);
		fixture_plan(&plan, text, "/x", 0, CONFIG_WRITE_NO, 2 * MIB);
		assert_string_equal(plan.skip[0], "");
		check_number(cases[i].options, w->offset_bytes, cases[i].offset_bytes);
		check_number(cases[i].options, w->size_bytes, cases[i].size_bytes);
		check_number(cases[i].options, w->io_size_bytes, cases[i].io_size_bytes);
		check_number(cases[i].options, w->offset_increment_bytes, cases[i].increment_bytes);
	}
}

/* This test will check that the sizes of clones are cut one by one, with a warning. */
static void sizes_of_clones_should_be_cut_with_a_warning(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);

	(void)state;
	site_init(&s, "[a]\ndirect=1\nsize=6m\nnumjobs=4\noffset_increment=4m\n", &disk, 1);
	s.config.span_bytes = 16 * MIB;
	build(&s, &disk, NULL);
	assert_string_equal(s.plan.skip[0], "");
	assert_int_equal(s.plan.section[0].size_bytes, 6 * MIB);
	assert_int_equal(s.notes.n, 1);
	check_note(&s.notes,
		   "a: size 6291456 cut to the span for the later of 4 clones, to 4194304 "
		   "bytes for the last");
	notes_free(&s.notes);
}

/* This test will check options of io_uring beside another engine: said, and taken out. */
static void options_of_another_engine_should_have_no_effect(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);

	(void)state;
	site_init(&s,
		  "[global]\ndirect=1\nfixedbufs\nregisterfiles\nhipri\nsqthread_poll\n"
		  "[a]\nioengine=io_uring\n[b]\nioengine=libaio\n[c]\nioengine=null\nhipri=0\n",
		  &disk, 1);
	build(&s, &disk, NULL);
	for (uint32_t i = 0; i < 3; i++) {
		const struct workload *w = &s.plan.section[i];

		assert_int_equal(w->fixedbufs, i == 0);
		assert_int_equal(w->registerfiles, i == 0);
		assert_int_equal(w->hipri, i == 0);
		assert_int_equal(w->sqthread_poll, i == 0);
	}
	assert_int_equal(s.notes.n, 4 + 3);
	check_note(&s.notes, "b: fixedbufs is an option of io_uring: without effect for libaio");
	check_note(&s.notes, "c: sqthread_poll is an option of io_uring: without effect for null");
	notes_free(&s.notes);
}

/* This test will check that a plan says what fio's defaults mean where a job file leaves them. */
static void defaults_of_fio_should_be_told(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);

	(void)state;
	site_init(&s,
		  "[a]\niodepth=4\n[b]\ndirect=1\n[c]\ndirect=1\nioengine=libaio\niodepth=4\n"
		  "[d]\nioengine=null\niodepth=4\n",
		  &disk, 1);
	build(&s, &disk, NULL);
	assert_int_equal(s.notes.n, 2);
	check_note(&s.notes, "a: direct=0: its I/Os go through the page cache");
	check_note(&s.notes, "a: iodepth=4: psync keeps one I/O in flight");
	notes_free(&s.notes);
}

/* This test will check what fio adapts: time_based without an end, and batches beyond the depth. */
static void values_that_fio_adapts_should_be_adapted(void **state)
{
	static const struct {
		const char *options;
		uint32_t submit, complete_min, complete_max;
	} cases[] = {
		{ "iodepth=8", 1, 1, 1 },
		{ "iodepth=8\niodepth_batch=0", 8, 1, 1 },
		{ "iodepth=8\niodepth_batch=9", 8, 1, 1 },
		{ "iodepth=8\niodepth_batch=8", 8, 1, 1 },
		{ "iodepth=8\niodepth_batch_complete_min=4", 1, 4, 4 },
		{ "iodepth=8\niodepth_batch_complete_min=4\niodepth_batch_complete_max=2", 1, 4,
		  4 },
		{ "iodepth=8\niodepth_batch_complete=0", 1, 0, 0 },
		{ "iodepth=8\niodepth_batch_complete_max=6", 1, 1, 6 },
	};
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);
	char text[128];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct workload *w = &s.plan.section[0];

		snprintf(text, sizeof(text), "[a]\ndirect=1\nioengine=libaio\n%s\n",
			 cases[i].options);
		site_init(&s, text, &disk, 1);
		build(&s, &disk, NULL);
		check_number(cases[i].options, w->iodepth_batch_submit, cases[i].submit);
		check_number(cases[i].options, w->iodepth_batch_complete_min,
			     cases[i].complete_min);
		check_number(cases[i].options, w->iodepth_batch_complete_max,
			     cases[i].complete_max);
		assert_int_equal(s.notes.n, 0);
	}
	site_init(&s, "[global]\ndirect=1\n[a]\ntime_based\n[b]\ntime_based\nruntime=1\n", &disk,
		  1);
	build(&s, &disk, NULL);
	assert_false(s.plan.section[0].time_based);
	assert_true(s.plan.section[1].time_based);
	assert_int_equal(s.notes.n, 1);
	check_note(&s.notes, "a: time_based without a runtime: ignored, as fio does");
	notes_free(&s.notes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_that_cannot_run_should_say_why),
		cmocka_unit_test(sizes_should_be_cut_with_a_warning),
		cmocka_unit_test(shares_should_become_bytes),
		cmocka_unit_test(sizes_of_clones_should_be_cut_with_a_warning),
		cmocka_unit_test(options_of_another_engine_should_have_no_effect),
		cmocka_unit_test(defaults_of_fio_should_be_told),
		cmocka_unit_test(values_that_fio_adapts_should_be_adapted),
	};

	return cmocka_run_group_tests_name("sections", tests, NULL, NULL);
}
