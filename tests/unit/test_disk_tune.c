// SPDX-License-Identifier: MIT
/* This test will check what is set on a disk and on the CPUs, what had been there, and that nothing
 * is set where it may not be, or on another disk. */
#include "hw/disk_tune.h"

#include "disk_image.h"
#include "lib/str.h"

#define QUEUE	"sys/class/block/sda/queue"
#define CPUFREQ "sys/devices/system/cpu/cpufreq"

static const struct disk sda = { .node = "sda", .major = 8, .minor = 0, .sequence = 5 };

/* A disk as a distribution leaves it; no wbt, as in a kernel without it. */
static void tree(const char *root)
{
	image_run("cd %s && rm -rf * && mkdir -p " QUEUE " " CPUFREQ "/policy0 " CPUFREQ
		  "/policy10 " CPUFREQ "/policy9 && cd sys/class/block/sda && echo 8:0 >dev && "
		  "echo 5 >diskseq && cd queue && echo 'none [mq-deadline]' >scheduler && "
		  "echo 0 >nomerges && echo 1 >rq_affinity && echo 1 >iostats && "
		  "echo 256 >nr_requests",
		  root);
	image_run("cd %s/" CPUFREQ " && for p in policy*; do echo powersave >$p/scaling_governor; "
		  "done && echo performance >policy0/scaling_governor",
		  root);
}

static void check_file(const char *root, const char *path, const char *want)
{
	char whole[PATH_MAX];
	uint8_t *text;
	size_t len;

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	text = image_load(whole, &len);
	text[len] = '\0';
	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	assert_string_equal((char *)text, want);
	free(text);
}

static void check_row(const struct tuned *tuned, const char *attribute, const char *before,
		      const char *after)
{
	for (uint32_t i = 0; i < tuned->n; i++) {
		if (strcmp(tuned->row[i].attribute, attribute))
			continue;
		assert_string_equal(tuned->row[i].before, before);
		assert_string_equal(tuned->row[i].after, after);
		return;
	}
	fail_msg("no row %s", attribute);
}

static void the_same_is_set_everywhere(void **state)
{
	struct notes notes = { 0 };
	struct tuned tuned;
	struct disk disk = sda;

	tree(*state);
	image_run("echo 75000 >%s/" QUEUE "/wbt_lat_usec", (char *)*state);
	disk_tune(&tuned, &disk, *state, true, &notes);
	assert_int_equal(notes.n, 0);
	assert_int_equal(tuned.n, 7);
	check_row(&tuned, "scheduler", "mq-deadline", "none");
	check_row(&tuned, "nomerges", "0", "2");
	check_row(&tuned, "rq_affinity", "1", "2");
	check_row(&tuned, "wbt_lat_usec", "75000", "0");
	check_row(&tuned, "iostats", "1", "1");
	check_row(&tuned, "nr_requests", "256", "256");
	check_row(&tuned, "governor", "powersave", "performance");
	check_file(*state, QUEUE "/scheduler", "none");
	check_file(*state, QUEUE "/wbt_lat_usec", "0");
	check_file(*state, CPUFREQ "/policy9/scaling_governor", "performance");
	check_file(*state, CPUFREQ "/policy10/scaling_governor", "performance");
	str_copy(tuned.row[5].after, sizeof(tuned.row[5].after), "64");
	disk_tune_show(&disk, &tuned);
	assert_string_equal(disk.scheduler, "none");
	assert_int_equal(disk.nr_requests, 64);
	/* A second time there is nothing left to do. */
	disk_tune(&tuned, &disk, *state, true, &notes);
	assert_int_equal(notes.n, 0);
	check_row(&tuned, "nomerges", "2", "2");
	check_row(&tuned, "governor", "performance", "performance");
}

static void an_installed_system_is_only_looked_at(void **state)
{
	struct notes notes = { 0 };
	struct tuned tuned;

	tree(*state);
	image_run("chmod -R a-w %s/sys && cp -r %s/sys %s/before", (char *)*state, (char *)*state,
		  (char *)*state);
	disk_tune(&tuned, &sda, *state, false, &notes);
	assert_int_equal(notes.n, 0);
	assert_int_equal(tuned.n, 6); /* wbt is not there */
	check_row(&tuned, "scheduler", "mq-deadline", "mq-deadline");
	check_row(&tuned, "nomerges", "0", "0");
	check_row(&tuned, "governor", "powersave", "powersave");
	image_run("diff -r %s/sys %s/before", (char *)*state, (char *)*state);
	image_run("chmod -R u+w %s", (char *)*state);
}

static void another_disk_is_left_alone(void **state)
{
	static const struct {
		struct disk disk;
		bool same;
	} cases[] = {
		{ { .node = "sda", .major = 8, .minor = 0, .sequence = 6 }, false },
		{ { .node = "sda", .major = 8, .minor = 16, .sequence = 5 }, false },
		{ { .node = "sdb", .major = 8, .minor = 0, .sequence = 5 }, false },
		{ { .node = "sda", .major = 8, .minor = 0 }, true }, /* before Linux 5.15 */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct notes notes = { 0 };
		struct tuned tuned;

		tree(*state);
		disk_tune(&tuned, &cases[i].disk, *state, true, &notes);
		check_file(*state, QUEUE "/nomerges", cases[i].same ? "2" : "0");
		assert_int_equal(notes.n, !cases[i].same);
		assert_int_equal(tuned.n, cases[i].same ? 6 : 1); /* the governor */
		notes_free(&notes);
		disk_tune(&tuned, &cases[i].disk, *state, false, &notes);
		assert_int_equal(notes.n, 0); /* nothing was to be set */
	}
}

static void what_is_not_taken_is_noted(void **state)
{
	struct notes notes = { 0 };
	struct tuned tuned;

	/* A sysfs file takes no value that it does not know. A regular file does: what stands there
	 * for it is something else. */
	tree(*state);
	image_run("cd %s/" QUEUE " && rm nomerges && echo 1 >one && ln -s one nomerges",
		  (char *)*state);
	image_run("cd %s/" CPUFREQ " && rm policy9/scaling_governor && "
		  "ln -s ../../../../../class/block/sda/queue/one policy9/scaling_governor",
		  (char *)*state);
	disk_tune(&tuned, &sda, *state, true, &notes);
	assert_int_equal(notes.n, 2);
	assert_string_equal(notes.text[0], "sda: nomerges: \"2\" was not taken (Invalid argument): "
					   "it was measured as it is");
	assert_non_null(strstr(notes.text[1], "CPUs: governor: \"performance\" was not taken"));
	check_row(&tuned, "nomerges", "1", "1");
	check_row(&tuned, "scheduler", "mq-deadline", "none"); /* one failure stops no other */
	check_row(&tuned, "governor", "1", "1");
	check_file(*state, QUEUE "/one", "1");
	notes_free(&notes);
}

static void a_machine_without_any_is_no_fault(void **state)
{
	struct notes notes = { 0 };
	struct tuned tuned;

	image_run("cd %s && mkdir -p sys/class/block/sda && cd sys/class/block/sda && "
		  "echo 8:0 >dev && echo 5 >diskseq",
		  (char *)*state);
	disk_tune(&tuned, &sda, *state, true, &notes);
	assert_int_equal(tuned.n, 0);
	assert_int_equal(notes.n, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_is_set_everywhere, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(an_installed_system_is_only_looked_at, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(another_disk_is_left_alone, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(what_is_not_taken_is_noted, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(a_machine_without_any_is_no_fault, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests_name("disk_tune", tests, NULL, NULL);
}
