// SPDX-License-Identifier: MIT
/* The conditions on a disk that is named to be destroyed: all of them, and each by itself. */
#include "run_fixture.h"

#include <errno.h>

#include "hw/disk_consent.h"

#define SIZE "2147483648"

struct scene {
	struct disk disk[3];
	struct disk_list disks;
	struct config config;
};

static void scene_init(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	s->disk[0] = fixture_disk("sda", DISK_BLANK);
	s->disk[1] = fixture_disk("sdb", DISK_DATA);
	s->disk[2] = fixture_disk("sdc", DISK_DATA);
	str_copy(s->disk[0].token, DISK_TOKEN_BYTES, "aaaaaaaa");
	str_copy(s->disk[1].token, DISK_TOKEN_BYTES, "bbbbbbbb");
	str_copy(s->disk[2].token, DISK_TOKEN_BYTES, "cccccccc");
	s->disks = (struct disk_list){ s->disk, 3 };
	keys_default(&s->config, true);
	str_copy(s->config.destroy, sizeof(s->config.destroy), "S-sdb:" SIZE);
	str_copy(s->config.confirm, sizeof(s->config.confirm), "bbbbbbbb");
}

static void check_refused(struct scene *s, const char *piece)
{
	struct err e = ERR_INIT;

	s->disk[2].destroy = true; /* of an earlier look */
	assert_int_equal(disk_consent(&s->disks, &s->config, &e), -EPERM);
	check_has(e.text, piece);
	for (uint32_t i = 0; i < s->disks.n; i++)
		assert_false(s->disk[i].destroy);
}

/* This test will check that a disk that fits in all is named, and no other. */
static void named_disk_should_be_the_only_one(void **state)
{
	static const enum disk_verdict reached[] = { DISK_DATA, DISK_BLANK, DISK_MARKED };

	(void)state;
	for (size_t i = 0; i < N(reached); i++) {
		static struct scene s;
		struct err e = ERR_INIT;

		scene_init(&s);
		s.disk[1].verdict = reached[i];
		assert_int_equal(disk_consent(&s.disks, &s.config, &e), 0);
		assert_true(s.disk[1].destroy);
		assert_false(s.disk[0].destroy || s.disk[2].destroy);
	}
}

/* This test will check that nothing asked for is no error and names no disk. */
static void nothing_asked_should_name_nothing(void **state)
{
	static struct scene s;
	struct err e = ERR_INIT;

	(void)state;
	scene_init(&s);
	s.config.destroy[0] = s.config.confirm[0] = '\0';
	s.disk[1].destroy = true;
	assert_int_equal(disk_consent(&s.disks, &s.config, &e), 0);
	assert_false(s.disk[1].destroy);
}

/* This test will check that words which do not fit are refused with what is wrong. */
static void words_that_do_not_fit_should_be_refused(void **state)
{
	static const struct {
		const char *destroy, *confirm, *want;
	} cases[] = {
		{ "S-sdb:" SIZE, "", "tare.confirm is missing" },
		{ "", "bbbbbbbb", "without tare.destroy" },
		{ "S-sdb:" SIZE, "cccccccc", "\"cccccccc\": not the token of sdb" },
		{ "S-sdb:" SIZE, "BBBBBBBB", "not the token" },
		{ "S-sdb:" SIZE, "bbbbbbb", "not the token" },
		{ "S-sdb:" SIZE, "bbbbbbbb0", "not the token" },
		{ "S-sdb:2147483647", "bbbbbbbb", "another size: should be " SIZE },
		{ "S-sdb:2g", "bbbbbbbb", "should be SERIAL:BYTES" },
		{ "S-sdb", "bbbbbbbb", "should be SERIAL:BYTES" },
		{ "S-sdb:", "bbbbbbbb", "should be SERIAL:BYTES" },
		{ ":" SIZE, "bbbbbbbb", "should be SERIAL:BYTES" },
		{ "sdb:" SIZE, "bbbbbbbb", "no disk has this serial" },
		{ "s-sdb:" SIZE, "bbbbbbbb", "no disk has this serial" },
		{ "all:" SIZE, "bbbbbbbb", "no disk has this serial" },
		{ "S-sdb,S-sdc:" SIZE, "bbbbbbbb", "no disk has this serial" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct scene s;

		scene_init(&s);
		str_copy(s.config.destroy, sizeof(s.config.destroy), cases[i].destroy);
		str_copy(s.config.confirm, sizeof(s.config.confirm), cases[i].confirm);
		check_refused(&s, cases[i].want);
	}
}

/* This test will check that every verdict but the three is out of reach, also where all else fits.
 */
static void other_verdicts_should_be_out_of_reach(void **state)
{
	(void)state;
	for (int verdict = 0; verdict < DISK_VERDICTS_N; verdict++) {
		static struct scene s;

		if (verdict == DISK_DATA || verdict == DISK_BLANK || verdict == DISK_MARKED)
			continue;
		scene_init(&s);
		s.disk[1].verdict = verdict;
		check_refused(&s, "reason of sdb");
	}
}

/* This test will check that a serial that two devices have names neither, whatever their sizes. */
static void shared_serial_should_name_no_disk(void **state)
{
	static struct scene s;

	(void)state;
	scene_init(&s);
	str_copy(s.disk[2].serial, sizeof(s.disk[2].serial), "S-sdb");
	s.disk[2].size_bytes /= 2;
	s.disk[2].verdict = DISK_OPTICAL;
	check_refused(&s, "sdb and sdc both have this serial");
}

/* This test will check that a disk without serial or token cannot be named by saying nothing. */
static void emptiness_should_match_nothing(void **state)
{
	static struct scene s;

	(void)state;
	scene_init(&s);
	s.disk[1].serial[0] = '\0';
	check_refused(&s, "no disk has this serial");
	scene_init(&s);
	s.disk[1].token[0] = '\0';
	check_refused(&s, "has no token");
	s.config.confirm[0] = '\0';
	check_refused(&s, "has no token");
}

/* This test will check that writing that is off stays off; the default of an installed system is no
 * word against the user's. */
static void writing_that_is_off_should_stay_off(void **state)
{
	static struct scene s;
	struct err e = ERR_INIT;

	(void)state;
	scene_init(&s);
	s.config.writing_off = true;
	check_refused(&s, "writing is off");
	scene_init(&s);
	assert_int_equal(keys_set(&s.config, "write", "no", CONFIG_FROM_EMBED, &e), 0);
	check_refused(&s, "tare.write=no says otherwise");
	scene_init(&s);
	s.config.write = CONFIG_WRITE_NO;
	assert_int_equal(disk_consent(&s.disks, &s.config, &e), 0);
	assert_true(s.disk[1].destroy);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(named_disk_should_be_the_only_one),
		cmocka_unit_test(nothing_asked_should_name_nothing),
		cmocka_unit_test(words_that_do_not_fit_should_be_refused),
		cmocka_unit_test(other_verdicts_should_be_out_of_reach),
		cmocka_unit_test(shared_serial_should_name_no_disk),
		cmocka_unit_test(emptiness_should_match_nothing),
		cmocka_unit_test(writing_that_is_off_should_stay_off),
	};

	return cmocka_run_group_tests_name("disk_consent", tests, NULL, NULL);
}
