// SPDX-License-Identifier: MIT
/* This test will check that tare.suite=NAME.fio finds the user's job file on the results partition
 * or in the embed area, whole, and says by name what keeps it from being read. */
#include "session/user_files.h"

#include <errno.h>

#include "disk_image.h"

/* A results disk of four slots; `environment` spoils one of its marks. */
static void make(const char *dir, const char *environment)
{
	image_need("mkfs.fat mcopy mdel sgdisk");
	image_run("%s tests/fixtures/results_image.sh %s/disk", environment, dir);
}

static void put(const char *dir, const char *name, const char *make)
{
	image_run("cd %s && %s >f && export MTOOLS_SKIP_CHECK=1 && mcopy -o -i disk@@1M f ::%s",
		  dir, make, name);
}

static int load(struct buf *to, const char *dir, const char *name, struct err *e)
{
	struct block_memory memory;
	char path[PATH_MAX];
	size_t len;
	uint8_t *image;
	int ret;

	snprintf(path, sizeof(path), "%s/disk", dir);
	image = image_load(path, &len);
	block_from_memory(&memory, image, len, 512);
	ret = user_files_job_of_disk(to, &memory.block, name, e);
	free(image);
	return ret;
}

static void job_files_of_the_partition_are_whole(void **state)
{
	static const struct {
		const char *name, *make;
		int ret;
		const char *want; /* the text, or words of the message; NULL: neither */
	} cases[] = {
		{ "mine.fio", "printf '[a]\\nrw=read\\n'", 0, "[a]\nrw=read\n" },
		{ "a-long-name-of-a-job.fio", "printf '[b]\\n'", 0, "[b]\n" },
		{ "empty.fio", ":", 0, "" },
		{ "large.fio", "head -c 1048577 /dev/zero", -EFBIG,
		  "\"large.fio\": results partition: more than 1048576 bytes" },
		{ "absent.fio", NULL, -ENOENT, NULL },
	};

	make(*state, "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = BUF_INIT;
		struct err e = ERR_INIT;

		if (cases[i].make)
			put(*state, cases[i].name, cases[i].make);
		assert_int_equal(load(&text, *state, cases[i].name, &e), cases[i].ret);
		if (!cases[i].ret)
			assert_string_equal(text.data, cases[i].want);
		assert_string_equal(e.text, cases[i].ret && cases[i].want ? cases[i].want : "");
		buf_free(&text);
	}
}

static void disk_that_is_none_of_ours_has_no_job_file(void **state)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	make(*state, "LABEL=OTHER");
	put(*state, "mine.fio", "printf '[a]\\n'");
	assert_int_equal(load(&text, *state, "mine.fio", &e), -ENOENT);
	assert_int_equal(e.code, 0);
	make(*state, "ID=TARE-RESULTS"); /* it claims to be, and is damaged */
	put(*state, "mine.fio", "printf '[a]\\n'");
	assert_int_equal(load(&text, *state, "mine.fio", &e), -EINVAL);
	assert_non_null(strstr(e.text, "\"mine.fio\": results partition: TARE.ID"));
	assert_int_equal(text.len, 0);
	buf_free(&text);
}

static void names_are_judged_and_the_embed_area_is_read(void **state)
{
	static const struct {
		const char *name;
		int ret;
		const char *want;
	} cases[] = {
		{ "mine.fio", 0, "[c]\n" },
		{ "other.fio", -ENOENT, "\"other.fio\": no such file in the root of a results" },
		{ "quik", -EINVAL, "\"quik\": neither a built-in suite nor NAME.fio" },
		{ ".fio", -EINVAL, "\".fio\": neither a built-in suite nor NAME.fio" },
		{ "../tare.embed/mine.fio", -EINVAL, "neither a built-in suite nor NAME.fio" },
		{ "folder.fio", -EISDIR, "\"folder.fio\": tare.embed: Is a directory" },
	};
	struct disk_list none = { 0 };

	image_run("cd %s && mkdir -p tare.embed/folder.fio && printf '[c]\\n' >tare.embed/mine.fio",
		  (char *)*state);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = BUF_INIT;
		struct err e = ERR_INIT;

		assert_int_equal(user_files_job(&text, &none, *state, cases[i].name, &e),
				 cases[i].ret);
		if (cases[i].ret)
			assert_non_null(strstr(e.text, cases[i].want));
		else
			assert_string_equal(text.data, cases[i].want);
		buf_free(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(job_files_of_the_partition_are_whole, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(disk_that_is_none_of_ours_has_no_job_file,
						image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(names_are_judged_and_the_embed_area_is_read,
						image_setup, image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
