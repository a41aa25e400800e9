// SPDX-License-Identifier: MIT
/* Plans: which disks and files, and what may be done to them. */
#include "plan_site.h"

#include "config/suites.h"

/* This test will check what becomes of a disk by its verdict and tare.write. */
static void access_should_follow_verdict_and_key(void **state)
{
	static const struct {
		enum disk_verdict verdict;
		enum config_write write;
		int access; /* -1: not chosen by tare.target=auto */
	} cases[] = {
		{ DISK_BLANK, CONFIG_WRITE_BLANK, PLAN_PROVE_AND_WRITE },
		{ DISK_BLANK, CONFIG_WRITE_MARKED, -1 },
		{ DISK_BLANK, CONFIG_WRITE_NO, -1 },
		{ DISK_MARKED, CONFIG_WRITE_BLANK, PLAN_WRITE_MARKED },
		{ DISK_MARKED, CONFIG_WRITE_MARKED, PLAN_WRITE_MARKED },
		{ DISK_MARKED, CONFIG_WRITE_NO, PLAN_READ_FOUND },
		{ DISK_DATA, CONFIG_WRITE_BLANK, PLAN_READ_FOUND },
		{ DISK_DATA, CONFIG_WRITE_YES, PLAN_READ_FOUND },
		{ DISK_READ_ONLY, CONFIG_WRITE_BLANK, PLAN_READ_FOUND },
		{ DISK_MOUNTED, CONFIG_WRITE_YES, PLAN_READ_FOUND },
		{ DISK_IN_USE, CONFIG_WRITE_YES, PLAN_READ_FOUND },
		{ DISK_UNKNOWN, CONFIG_WRITE_YES, -1 },
		{ DISK_OPTICAL, CONFIG_WRITE_YES, -1 },
		{ DISK_EMPTY, CONFIG_WRITE_YES, -1 },
		{ DISK_VIRTUAL, CONFIG_WRITE_YES, -1 },
		{ DISK_BOOT, CONFIG_WRITE_YES, -1 },
		{ DISK_RESULTS, CONFIG_WRITE_YES, -1 },
		{ DISK_REMOVABLE, CONFIG_WRITE_YES, -1 },
		{ DISK_TOO_SMALL, CONFIG_WRITE_YES, -1 },
		{ DISK_UNREADABLE, CONFIG_WRITE_YES, -1 },
		{ DISK_DUPLICATE, CONFIG_WRITE_YES, -1 },
	};
	static struct site s;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct disk disk = fixture_disk("sda", cases[i].verdict);
		const struct disk *chosen[PLAN_TARGETS_MAX];
		uint32_t n;

		site_init(&s, "[a]\n", &disk, 1);
		s.config.write = cases[i].write;
		n = plan_choose_disks(chosen, &s.config, &s.disks, &s.notes);
		if (n != (cases[i].access >= 0))
			print_error("verdict %d, write %d: %u chosen\n", cases[i].verdict,
				    cases[i].write, n);
		assert_int_equal(n, cases[i].access >= 0);
		if (!n)
			continue;
		build(&s, chosen[0], NULL);
		assert_int_equal(s.plan.target, PLAN_TARGET_DISK);
		assert_int_equal(s.plan.access, cases[i].access);
		assert_int_equal(plan_writes(&s.plan), cases[i].access != PLAN_READ_FOUND);
		assert_true(s.plan.reason[0]);
		notes_free(&s.notes);
	}
}

/* This test will check auto: writable disks by serial, at most four, the others named; readable
 * ones only where none may be written. */
static void auto_should_take_writable_disks_by_serial(void **state)
{
	static struct site s;
	static const char *const nodes[] = { "sdf", "sdb", "sde", "sda", "sdd", "sdc" };
	struct disk disks[7];
	const struct disk *chosen[PLAN_TARGETS_MAX];

	(void)state;
	for (size_t i = 0; i < N(nodes); i++)
		disks[i] = fixture_disk(nodes[i], i % 2 ? DISK_BLANK : DISK_MARKED);
	disks[6] = fixture_disk("sdg", DISK_DATA);
	site_init(&s, "[a]\n", disks, 7);
	assert_int_equal(plan_choose_disks(chosen, &s.config, &s.disks, &s.notes), 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(chosen[i]->node[2], 'a' + i);
	assert_int_equal(s.notes.n, 2);
	check_note(&s.notes, "sde (serial S-sde): not measured: at most 4 disks");
	check_note(&s.notes, "sdf (serial S-sdf): not measured");
	s.config.write = CONFIG_WRITE_NO;
	notes_free(&s.notes);
	/* sdb... are marked or data, and may be read; the blank ones hold nothing. */
	assert_int_equal(plan_choose_disks(chosen, &s.config, &s.disks, &s.notes), 4);
	for (int i = 0; i < 4; i++)
		assert_int_not_equal(chosen[i]->verdict, DISK_BLANK);
	notes_free(&s.notes);
}

/* This test will check names: what is meant, unknown, ambiguous or refused is said. */
static void named_disks_should_be_found_or_noted(void **state)
{
	static struct site s;
	struct disk disks[3] = { fixture_disk("sda", DISK_DATA), fixture_disk("sdb", DISK_BOOT),
				 fixture_disk("sdc", DISK_BLANK) };
	const struct disk *chosen[PLAN_TARGETS_MAX];

	(void)state;
	str_copy(disks[0].serial, sizeof(disks[0].serial), "TWIN");
	str_copy(disks[1].serial, sizeof(disks[1].serial), "TWIN");
	site_init(&s, "[a]\n", disks, 3);
	str_copy(s.config.target, sizeof(s.config.target), "S-sdc,nope,TWIN,sdb,sda");
	assert_int_equal(plan_choose_disks(chosen, &s.config, &s.disks, &s.notes), 2);
	assert_string_equal(chosen[0]->node, "sdc");
	assert_string_equal(chosen[1]->node, "sda");
	check_note(&s.notes, "\"nope\": no such disk");
	check_note(&s.notes, "\"TWIN\": several disks have this name");
	check_note(&s.notes, "\"sdb\": boot medium: reason of sdb");
	assert_int_equal(s.notes.n, 3);
	notes_free(&s.notes);
}

/* This test will check that null_blk is read where it is named, by its verdict and bus, and that
 * nothing makes it be written. */
static void null_blk_should_be_read_only_where_named(void **state)
{
	static const struct {
		const char *node, *transport, *target;
		enum disk_verdict verdict;
		uint32_t chosen;
	} cases[] = {
		{ "nullb0", "virtual", "nullb0", DISK_VIRTUAL, 1 },
		{ "nullb0", "virtual", "/dev/nullb0", DISK_VIRTUAL, 1 },
		{ "nullb0", "virtual", "auto", DISK_VIRTUAL, 0 },
		{ "nullb0", "virtual", "nullb0", DISK_BOOT, 0 },
		{ "nullb0", "", "nullb0", DISK_VIRTUAL, 0 },
		{ "ram0", "virtual", "ram0", DISK_VIRTUAL, 0 },
	};
	static struct site s;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct disk disk = fixture_disk(cases[i].node, cases[i].verdict);
		const struct disk *chosen[PLAN_TARGETS_MAX];

		str_copy(disk.transport, sizeof(disk.transport), cases[i].transport);
		site_init(&s, "[r]\nrw=randread\n[w]\nrw=randwrite\n", &disk, 1);
		s.config.write = CONFIG_WRITE_YES;
		str_copy(s.config.target, sizeof(s.config.target), cases[i].target);
		check_number(cases[i].target,
			     plan_choose_disks(chosen, &s.config, &s.disks, &s.notes),
			     cases[i].chosen);
		if (cases[i].chosen) {
			build(&s, chosen[0], NULL);
			assert_int_equal(s.plan.access, PLAN_READ_ANY);
			assert_false(plan_writes(&s.plan));
			assert_string_equal(s.plan.skip[0], "");
			check_has(s.plan.skip[1], "it writes, and this target is read only");
			check_has(s.plan.reason, "null_blk keeps no data");
		}
		notes_free(&s.notes);
	}
}

/* This test will check that a disk named twice is measured once. */
static void disk_named_twice_should_run_once(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);
	const struct disk *chosen[PLAN_TARGETS_MAX];

	(void)state;
	site_init(&s, "[a]\n", &disk, 1);
	str_copy(s.config.target, sizeof(s.config.target), "sda,S-sda,sda,sda,sda,sda");
	assert_int_equal(plan_choose_disks(chosen, &s.config, &s.disks, &s.notes), 1);
	notes_free(&s.notes);
}

/* This test will check why there is no target, in words that tell what to do. */
static void absence_of_a_target_should_be_explained(void **state)
{
	static const struct {
		enum disk_verdict verdict; /* DISK_VERDICTS_N: no disk at all */
		bool off;
		const char *want;
	} cases[] = {
		{ DISK_VERDICTS_N, false, "no disk was found: attach one" },
		{ DISK_OPTICAL, false, "no disk was found: attach one" },
		{ DISK_BOOT, false, "no disk was found: attach one" },
		{ DISK_RESULTS, false, "no disk was found: attach one" },
		{ DISK_TOO_SMALL, false, "no disk may be measured: see the verdicts" },
		{ DISK_BLANK, false, "boot with tare.write=blank" },
		{ DISK_BLANK, true, "a key about writing was not understood" },
	};
	static struct site s;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct disk disk = fixture_disk("sda", cases[i].verdict);

		site_init(&s, "[a]\n", &disk, cases[i].verdict != DISK_VERDICTS_N);
		s.config.write = CONFIG_WRITE_NO;
		s.config.writing_off = cases[i].off;
		build(&s, NULL, NULL);
		assert_int_equal(s.plan.target, PLAN_TARGET_NONE);
		assert_false(plan_writes(&s.plan));
		check_has(s.plan.reason, cases[i].want);
	}
}

/* This test will check that there is a plan for a result even where gathering failed before there
 * was any work. */
static void absence_of_work_should_be_a_plan_too(void **state)
{
	static struct site s;

	(void)state;
	memset(&s, 0, sizeof(s));
	keys_default(&s.config, true);
	plan_build(&s.plan, &s.work, &s.config, &s.disks, NULL, NULL, 1, &s.notes);
	assert_int_equal(s.plan.sections_n, 0);
	assert_int_equal(s.plan.steps_n, 0);
	assert_string_equal(s.plan.suite, "");
	assert_int_equal(s.plan.rounds, 1);
}

/* This test will check files: new ones are written, existing ones only when that was said. */
static void files_should_be_written_as_said(void **state)
{
	static const struct {
		uint64_t size_bytes; /* 0: does not exist */
		enum config_write write;
		enum plan_access access;
		bool existing;
		uint64_t span_bytes;
	} cases[] = {
		{ 0, CONFIG_WRITE_NO, PLAN_WRITE_FILE, false, 8 * MIB },
		{ 0, CONFIG_WRITE_YES, PLAN_WRITE_FILE, false, 8 * MIB },
		{ 4 * MIB, CONFIG_WRITE_NO, PLAN_READ_FOUND, false, 4 * MIB },
		{ 4 * MIB, CONFIG_WRITE_BLANK, PLAN_READ_FOUND, false, 4 * MIB },
		{ 64 * MIB, CONFIG_WRITE_YES, PLAN_WRITE_FILE, true, 8 * MIB },
	};
	static struct plan plan;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		fixture_plan(&plan, "[a]\n", "/x/y", cases[i].size_bytes, cases[i].write, 8 * MIB);
		assert_int_equal(plan.target, PLAN_TARGET_FILE);
		assert_string_equal(plan.path, "/x/y");
		assert_int_equal(plan.access, cases[i].access);
		assert_int_equal(plan.write_existing, cases[i].existing);
		assert_int_equal(plan.span_bytes, cases[i].span_bytes);
	}
}

/* This test will check the span: by key, suite or job file, cut to the target, room for the mark.
 */
static void span_should_fit_the_target(void **state)
{
	static const struct {
		const char *text;
		const char *suite;
		uint64_t key_bytes, disk_bytes;
		enum disk_verdict verdict;
		uint64_t span_bytes;
		bool note;
	} cases[] = {
		{ "[a]\n", NULL, 0, 4 * GIB, DISK_BLANK, GIB, false },
		{ "[a]\nsize=3g\noffset=1m\n", NULL, 0, 4 * GIB, DISK_BLANK, 3 * GIB + MIB, false },
		{ "[a]\nsize=64m\n", NULL, 0, 4 * GIB, DISK_BLANK, 64 * MIB, false },
		{ "[a]\nsize=1000\n", NULL, 0, 4 * GIB, DISK_BLANK, MIB, false },
		{ "[a]\noffset=1m\n", NULL, 0, 4 * GIB, DISK_BLANK, GIB + MIB, false },
		{ "[a]\nsize=64m\n[b]\nsize=2g\n", NULL, 0, 4 * GIB, DISK_BLANK, 2 * GIB, false },
		{ "[a]\nsize=50%\noffset=25%\n", NULL, 0, 4 * GIB, DISK_BLANK, GIB, false },
		{ "[a]\nsize=64m\nnumjobs=4\noffset_increment=100m\noffset=1m\n", NULL, 0, 4 * GIB,
		  DISK_BLANK, 365 * MIB, false },
		{ "[a]\nnumjobs=256\noffset_increment=512p\n", NULL, 0, 4 * GIB, DISK_BLANK,
		  4 * GIB - 2 * MIB, true },
		{ "[a]\n", "smoke", 0, 4 * GIB, DISK_BLANK, 64 * MIB, false },
		{ "[a]\n", "origin", 0, 4 * GIB, DISK_BLANK, 4 * GIB - 2 * MIB, true },
		{ "[a]\n", "smoke", 2 * GIB, 4 * GIB, DISK_BLANK, 2 * GIB, false },
		{ "[a]\n", NULL, 8 * GIB, 2 * GIB + 4096, DISK_BLANK, 2 * GIB - 2 * MIB, true },
		{ "[a]\n", NULL, 8 * GIB, 2 * GIB + 4096, DISK_DATA, 2 * GIB + 4096, true },
	};
	static struct site s;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct disk disk = fixture_disk("sda", cases[i].verdict);

		disk.size_bytes = cases[i].disk_bytes;
		site_init(&s, cases[i].text, &disk, 1);
		s.work.suite = cases[i].suite ? suite_find(cases[i].suite) : NULL;
		s.config.span_bytes = cases[i].key_bytes;
		build(&s, &disk, NULL);
		check_number("span", s.plan.span_bytes, cases[i].span_bytes);
		assert_int_equal(notes_have(&s.notes, "cut to what the target holds"),
				 cases[i].note);
		notes_free(&s.notes);
	}
}

/* This test will check that a target which no section can run on is left alone, with the reason. */
static void target_that_nothing_runs_on_should_not_be_touched(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);
	struct plan_file file = { "/x/y", true, MIB };

	(void)state;
	site_init(&s, "[a]\nbs=513\n[b]\nbs=514\n", &disk, 1);
	build(&s, &disk, NULL);
	assert_int_equal(s.plan.target, PLAN_TARGET_NONE);
	assert_false(plan_writes(&s.plan));
	assert_string_equal(s.plan.disk.node, "");
	check_has(s.plan.reason, "sda: not touched: no workload can run on it: a: bs 513 is no");
	assert_int_equal(s.plan.measure_ns, 0);
	check_note(&s.notes, "b: skipped: bs 514");
	notes_free(&s.notes);
	site_init(&s, "[a]\nrw=write\n", &disk, 1);
	build(&s, NULL, &file);
	assert_int_equal(s.plan.target, PLAN_TARGET_NONE);
	check_has(s.plan.reason, "/x/y: not touched: no workload can run on it: a: it writes");
	notes_free(&s.notes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_should_follow_verdict_and_key),
		cmocka_unit_test(auto_should_take_writable_disks_by_serial),
		cmocka_unit_test(named_disks_should_be_found_or_noted),
		cmocka_unit_test(null_blk_should_be_read_only_where_named),
		cmocka_unit_test(disk_named_twice_should_run_once),
		cmocka_unit_test(absence_of_a_target_should_be_explained),
		cmocka_unit_test(absence_of_work_should_be_a_plan_too),
		cmocka_unit_test(files_should_be_written_as_said),
		cmocka_unit_test(span_should_fit_the_target),
		cmocka_unit_test(target_that_nothing_runs_on_should_not_be_touched),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
