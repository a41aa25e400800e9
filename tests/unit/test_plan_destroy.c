// SPDX-License-Identifier: MIT
/* Plans for a disk that is named to be destroyed, and for runs in which nothing may be written. */
#include "plan_site.h"

/* This test will check that the named disk joins those that may be written, also where nothing else
 * may, and that the plan says by which right. */
static void named_disk_should_be_planned(void **state)
{
	static const struct {
		enum config_write write;
		uint32_t chosen;
	} cases[] = { { CONFIG_WRITE_NO, 1 },
		      { CONFIG_WRITE_MARKED, 1 },
		      { CONFIG_WRITE_BLANK, 2 } };
	static struct site s;
	struct disk disks[] = { fixture_disk("sda", DISK_BLANK), fixture_disk("sdb", DISK_DATA),
				fixture_disk("sdc", DISK_DATA) };
	const struct disk *chosen[PLAN_TARGETS_MAX];

	(void)state;
	disks[1].destroy = true;
	for (size_t i = 0; i < N(cases); i++) {
		site_init(&s, "[a]\nrw=write\nsize=64m\n", disks, 3);
		s.config.write = cases[i].write;
		str_copy(s.config.confirm, sizeof(s.config.confirm), "0123abcd");
		assert_int_equal(plan_choose_disks(chosen, &s.config, &s.disks, &s.notes),
				 cases[i].chosen);
		assert_ptr_equal(chosen[cases[i].chosen - 1], &disks[1]);
		build(&s, &disks[1], NULL);
		assert_int_equal(s.plan.access, PLAN_DESTROY);
		assert_true(plan_writes(&s.plan));
		assert_string_equal(s.plan.confirm, "0123abcd");
		assert_int_equal(s.plan.span_bytes, 64 * MIB);
		check_has(s.plan.reason, "not blank: reason of sdb goes");
		notes_free(&s.notes);
	}
}

/* This test will check that a disk with a mark is destroyed whole, not inside its partition. */
static void marked_disk_should_be_replaced(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_MARKED);

	(void)state;
	disk.partitions_n = 1;
	disk.partition[0].size_bytes = 8 * MIB;
	disk.destroy = true;
	site_init(&s, "[a]\nsize=64m\n", &disk, 1);
	build(&s, &disk, NULL);
	assert_int_equal(s.plan.access, PLAN_DESTROY);
	assert_int_equal(s.plan.span_bytes, 64 * MIB);
	notes_free(&s.notes);
}

/* This test will check that writing that is off leaves every disk unwritten, the named one and the
 * blank one too, and makes no file. */
static void writing_that_is_off_should_plan_no_write(void **state)
{
	static struct site s;
	struct disk disks[] = { fixture_disk("sda", DISK_BLANK), fixture_disk("sdb", DISK_DATA),
				fixture_disk("sdc", DISK_MARKED) };
	const struct plan_file file = { "/x/y", false, 0 };
	const struct disk *chosen[PLAN_TARGETS_MAX];
	uint32_t n;

	(void)state;
	disks[1].destroy = true;
	site_init(&s, "[a]\n", disks, 3);
	s.config.write = CONFIG_WRITE_NO;
	s.config.writing_off = true;
	str_copy(s.config.writing_off_why, sizeof(s.config.writing_off_why), "tare.destroy: no");
	n = plan_choose_disks(chosen, &s.config, &s.disks, &s.notes);
	assert_int_equal(n, 2); /* to be read */
	for (uint32_t i = 0; i < n; i++) {
		build(&s, chosen[i], NULL);
		assert_false(plan_writes(&s.plan));
	}
	build(&s, NULL, &file);
	assert_int_equal(s.plan.target, PLAN_TARGET_NONE);
	check_has(s.plan.reason, "a new file, and writing is off: tare.destroy: no");
	notes_free(&s.notes);
}

/* This test will check that the wish to have it put back reaches the plan. */
static void restoring_should_be_planned(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);

	(void)state;
	site_init(&s, "[a]\n", &disk, 1);
	build(&s, &disk, NULL);
	assert_false(s.plan.restore);
	s.config.restore = CONFIG_RESTORE_YES;
	build(&s, &disk, NULL);
	assert_true(s.plan.restore);
	notes_free(&s.notes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(named_disk_should_be_planned),
		cmocka_unit_test(marked_disk_should_be_replaced),
		cmocka_unit_test(writing_that_is_off_should_plan_no_write),
		cmocka_unit_test(restoring_should_be_planned),
	};

	return cmocka_run_group_tests_name("plan_destroy", tests, NULL, NULL);
}
