// SPDX-License-Identifier: MIT
/* A plan in words: what will be done to which disk is said before it is done. */
#include "run_fixture.h"

static char *print(const struct plan *plan)
{
	struct buf b = BUF_INIT;

	plan_print(&b, plan);
	assert_false(buf_failed(&b));
	assert_int_equal(b.data[b.len - 1], '\n');
	return b.data;
}

/* This test will check that every way to a target is told apart. */
static void access_should_be_in_words(void **state)
{
	static const struct {
		enum plan_access access;
		const char *want;
	} cases[] = {
		{ PLAN_PROVE_AND_WRITE, "serial S-sda: will be PROVEN BLANK, then marked and" },
		{ PLAN_WRITE_MARKED, "will be written (our own scratch partition)" },
		{ PLAN_DESTROY, "serial S-sda: will be DESTROYED: wiped at both ends" },
		{ PLAN_PROVE_AND_WRITE, "writes bytes 0 to 1074790400, and the table" },
		{ PLAN_DESTROY, "writes bytes 0 to 1074790400, and the last 16 MiB\n" },
		{ PLAN_WRITE_MARKED, "writes inside partition TARE_SCRATCH alone\n" },
		{ PLAN_READ_FOUND, "will only be read" },
		{ PLAN_READ_ANY, "will only be read" },
	};
	static struct plan plan;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		char *text;

		plan = (struct plan){ .target = PLAN_TARGET_DISK,
				      .access = cases[i].access,
				      .disk = fixture_disk("sda", DISK_BLANK),
				      .reason = "because",
				      .span_bytes = 1 << 30 };
		text = print(&plan);
		check_has(text, "target: sda, 2 GiB, QEMU QEMU HARDDISK, ");
		check_has(text, cases[i].want);
		check_has(text, "span 1 GiB; because\n");
		free(text);
	}
}

/* This test will check that detectors are told with their time, and that what they write goes where
 * writing is. */
static void detectors_should_be_told(void **state)
{
	static struct plan plan = { .target = PLAN_TARGET_DISK,
				    .access = PLAN_PROVE_AND_WRITE,
				    .detects = true,
				    .detect_ms = 40100 };
	char *text = print(&plan);

	(void)state;
	check_has(text,
		  "detectors: what is behind it, at most 41 s; what they write is filled over\n");
	free(text);
	plan.access = PLAN_READ_FOUND;
	text = print(&plan);
	check_has(text, "detectors: what is behind it, at most 41 s\n");
	free(text);
	plan.detects = false;
	text = print(&plan);
	check_has_not(text, "detectors");
	free(text);
}

/* This test will check that a disk which names no vendor, no model or no serial leaves no gap. */
static void nameless_disks_should_leave_no_gap(void **state)
{
	static const struct {
		const char *vendor, *model, *serial, *want;
	} cases[] = {
		{ "QEMU", "QEMU HARDDISK", "S1",
		  "target: vda, 2 GiB, QEMU QEMU HARDDISK, serial S1: will" },
		{ "", "WDC WD40", "S1", "target: vda, 2 GiB, WDC WD40, serial S1: will" },
		{ "VMware", "", "S1", "target: vda, 2 GiB, VMware, serial S1: will" },
		{ "", "", "S1", "target: vda, 2 GiB, serial S1: will" },
		{ "", "", "", "target: vda, 2 GiB, serial none: will" },
	};
	static struct plan plan;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		char *text;

		plan = (struct plan){ .target = PLAN_TARGET_DISK,
				      .access = PLAN_WRITE_MARKED,
				      .disk = fixture_disk("vda", DISK_MARKED) };
		str_copy(plan.disk.vendor, sizeof(plan.disk.vendor), cases[i].vendor);
		str_copy(plan.disk.model, sizeof(plan.disk.model), cases[i].model);
		str_copy(plan.disk.serial, sizeof(plan.disk.serial), cases[i].serial);
		text = print(&plan);
		check_has(text, cases[i].want);
		free(text);
	}
}

/* This test will check a plan for a file: whether it is written, sections, skips, time. */
static void file_and_sections_should_be_in_words(void **state)
{
	static struct plan plan;
	char *text;

	(void)state;
	fixture_plan(&plan,
		     "[r]\nrw=randread\niodepth=64\nruntime=1500ms\n"
		     "[w]\nstonewall\nrw=randwrite\nbs=1m\nnumjobs=2\nruntime=1\nioengine=psync\n",
		     "/x/y", 8 << 20, CONFIG_WRITE_NO, 1 << 20);
	text = print(&plan);
	check_has(text, "target: file /x/y, span 1 MiB: will only be read\n");
	check_has(text, "read only: the file exists");
	check_has(text, "suite:  t.fio, 1 round, at most 2 s of measuring, seed 42\n");
	check_has(text, "r                      randread, bs 4 KiB, iodepth 64, jobs 1, psync\n");
	check_has(text, "w                      randwrite, bs 1 MiB, iodepth 1, jobs 2, psync: "
			"skipped: it writes, and this target is read only\n");
	free(text);
	fixture_plan(&plan, "[r]\n", "/x/y", 0, CONFIG_WRITE_NO, 1 << 20);
	text = print(&plan);
	check_has(text, "target: file /x/y, span 1 MiB: will be written\n");
	check_has(text, "a new file");
	free(text);
}

/* This test will check that a run to steady state says that its rounds are a limit. */
static void steady_state_should_be_told(void **state)
{
	static struct plan plan;
	char *text;

	(void)state;
	fixture_plan(&plan, "[r]\nruntime=1\n", "/x/y", 0, CONFIG_WRITE_NO, 1 << 20);
	plan.until_steady = true;
	plan.rounds = 25;
	text = print(&plan);
	check_has(text,
		  "suite:  t.fio, at most 25 rounds (until steady), at most 1 s of measuring");
	free(text);
}

/* This test will check that restoring is told where something is written. */
static void restoring_should_be_told(void **state)
{
	static struct plan plan;
	char *text;

	(void)state;
	fixture_plan(&plan, "[r]\n", "/x/y", 0, CONFIG_WRITE_NO, 1 << 20);
	plan.restore = true;
	text = print(&plan);
	check_has(text, "at the end what was written is wiped (tare.restore=yes)\n");
	free(text);
	plan.access = PLAN_READ_FOUND;
	text = print(&plan);
	check_has_not(text, "wiped");
	free(text);
}

/* This test will check that every disk is shown with verdict and reason, those of the plans with
 * the digit that picks them, and the words that would destroy one. */
static void disks_should_be_shown_with_their_digits(void **state)
{
	static struct plan first, second;
	const struct plan *const plan[] = { &first, &second };
	struct disk disk[] = { fixture_disk("sda", DISK_BLANK), fixture_disk("sdb", DISK_DATA),
			       fixture_disk("sdc", DISK_BLANK) };
	const struct disk_list disks = { disk, N(disk) };
	struct buf text = BUF_INIT;

	(void)state;
	str_copy(disk[1].token, sizeof(disk[1].token), "0123abcd");
	first.disk = disk[2];
	second.disk = disk[0];
	plan_print_disks(&text, &disks, plan, 2);
	check_has(text.data, "disks:\n     2  sda, 2 GiB, QEMU QEMU HARDDISK, serial S-sda: blank: "
			     "reason of sda\n     -  sdb, ");
	check_has(text.data, "serial S-sdb: not blank: reason of sdb\n        to overwrite it: "
			     "tare.destroy=S-sdb:2147483648 tare.confirm=0123abcd\n     1  sdc, ");
	buf_free(&text);
}

/* This test will check that the lack of a target is told. */
static void absence_of_a_target_should_be_told(void **state)
{
	static struct plan plan = { .reason = "no disk was found" };
	char *text = print(&plan);

	(void)state;
	check_has(text, "target: none: no disk was found\n");
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_should_be_in_words),
		cmocka_unit_test(detectors_should_be_told),
		cmocka_unit_test(nameless_disks_should_leave_no_gap),
		cmocka_unit_test(file_and_sections_should_be_in_words),
		cmocka_unit_test(steady_state_should_be_told),
		cmocka_unit_test(restoring_should_be_told),
		cmocka_unit_test(disks_should_be_shown_with_their_digits),
		cmocka_unit_test(absence_of_a_target_should_be_told),
	};

	return cmocka_run_group_tests_name("plan_print", tests, NULL, NULL);
}
