// SPDX-License-Identifier: MIT
/* The table of settings. Opens files of sysfs only, for writing where asked to set. */
#include "hw/disk_tune.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/str.h"

#define CPUFREQ_DIR "sys/devices/system/cpu/cpufreq"
#define GOVERNOR    "performance"

/* In the order they are set; NULL: only looked at. */
static const struct {
	const char *attribute, *wanted;
} settings[] = {
	{ "scheduler", "none" }, { "nomerges", "2" }, { "rq_affinity", "2" },
	{ "wbt_lat_usec", "0" }, { "iostats", "1" },  { "nr_requests", NULL },
};

_Static_assert(sizeof(settings) / sizeof(settings[0]) < TUNED_MAX, "one more is the governor");

/* --- one file --- */

/* One value of a file; of a list the one in brackets. Returns 0 or -errno. */
static int read_value(char *to, size_t to_bytes, const char *root, const char *path)
{
	char text[256], *open, *close;
	int ret = file_read_text(text, sizeof(text), root, "%s", path);

	if (ret < 0)
		return ret;
	open = strchr(text, '[');
	close = open ? strchr(open, ']') : NULL;
	if (close)
		*close = '\0';
	str_copy(to, to_bytes, close ? open + 1 : text);
	return 0;
}

/* Settings are regular files: whatever else stands there is not written to. */
static int write_value(const char *root, const char *path, const char *value)
{
	char whole[PATH_MAX];
	size_t len = strlen(value);
	struct stat st;
	ssize_t n;
	int fd, ret;

	if (snprintf(whole, sizeof(whole), "%s/%s", root, path) >= (int)sizeof(whole))
		return -ENAMETOOLONG;
	if (lstat(whole, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	fd = open(whole, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	n = write(fd, value, len);
	ret = n == (ssize_t)len ? 0 : n < 0 ? -errno : -EIO;
	close(fd);
	return ret;
}

/* Sets one file and looks whether it holds. */
static int set_value(const char *root, const char *path, const char *wanted)
{
	char now[32];
	int ret = write_value(root, path, wanted);

	if (!ret)
		ret = read_value(now, sizeof(now), root, path);
	return ret ? ret : strcmp(now, wanted) ? -EIO : 0;
}

static void note_not_set(struct notes *notes, const char *of, const char *attribute,
			 const char *wanted, int ret)
{
	notes_add(notes, "%s: %s: \"%s\" was not taken (%s): it was measured as it is", of,
		  attribute, wanted, strerror(-ret));
}

/* --- the disk --- */

static void queue_path(char path[PATH_MAX], const struct disk *disk, const char *attribute)
{
	snprintf(path, PATH_MAX, "sys/class/block/%s/queue/%s", disk->node, attribute);
}

/* The node is still the device that was scanned. */
static bool is_same(const struct disk *disk, const char *root)
{
	char dev[32], want[32];
	uint64_t sequence;

	snprintf(want, sizeof(want), "%" PRIu32 ":%" PRIu32, disk->major, disk->minor);
	if (file_read_text(dev, sizeof(dev), root, "sys/class/block/%s/dev", disk->node) < 0 ||
	    strcmp(dev, want))
		return false;
	return !disk->sequence ||
	       (!file_read_u64(&sequence, root, "sys/class/block/%s/diskseq", disk->node) &&
		sequence == disk->sequence);
}

static struct tuned_row *add_row(struct tuned *tuned, const char *attribute)
{
	struct tuned_row *row = &tuned->row[tuned->n++];

	*row = (struct tuned_row){ 0 };
	str_copy(row->attribute, sizeof(row->attribute), attribute);
	return row;
}

static void read_queue(struct tuned *tuned, const struct disk *disk, const char *root)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		char path[PATH_MAX], value[32];
		struct tuned_row *row;

		queue_path(path, disk, settings[i].attribute);
		/* Not there, or there but off for good (wbt_lat_usec: EINVAL). */
		if (read_value(value, sizeof(value), root, path))
			continue;
		row = add_row(tuned, settings[i].attribute);
		str_copy(row->before, sizeof(row->before), value);
	}
}

static void set_queue(const struct tuned *tuned, const struct disk *disk, const char *root,
		      struct notes *notes)
{
	uint32_t at = 0; /* of the rows, which stand in the order of the table */

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]) && at < tuned->n; i++) {
		const char *attribute = settings[i].attribute, *wanted = settings[i].wanted;
		const struct tuned_row *row = &tuned->row[at];
		char path[PATH_MAX];
		int ret;

		if (strcmp(row->attribute, attribute))
			continue;
		at++;
		if (!wanted || !strcmp(row->before, wanted))
			continue;
		queue_path(path, disk, attribute);
		ret = set_value(root, path, wanted);
		if (ret)
			note_not_set(notes, disk->node, attribute, wanted, ret);
	}
}

static void read_again(struct tuned *tuned, const struct disk *disk, const char *root)
{
	for (uint32_t i = 0; i < tuned->n; i++) {
		struct tuned_row *row = &tuned->row[i];
		char path[PATH_MAX];

		queue_path(path, disk, row->attribute);
		read_value(row->after, sizeof(row->after), root, path);
	}
}

/* --- the CPUs --- */

static int is_policy(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "policy", strlen("policy"));
}

/* CPUs share a policy where they share a clock. Shown is the first that differs from what is
 * wanted, or else the first. */
static void show_policy(char shown[32], const char *value)
{
	if (!shown[0] || !strcmp(shown, GOVERNOR))
		str_copy(shown, 32, value);
}

static void tune_governor(struct tuned *tuned, const char *root, bool set, struct notes *notes)
{
	struct tuned_row row = { .attribute = "governor" };
	char path[PATH_MAX];
	struct dirent **policy;
	int n, failed = 0;

	snprintf(path, sizeof(path), "%s/" CPUFREQ_DIR, root);
	n = scandir(path, &policy, is_policy, versionsort);
	for (int i = 0; i < n; i++) {
		char value[32] = "";

		snprintf(path, sizeof(path), CPUFREQ_DIR "/%s/scaling_governor", policy[i]->d_name);
		if (!read_value(value, sizeof(value), root, path)) {
			show_policy(row.before, value);
			if (set && strcmp(value, GOVERNOR)) {
				int ret = set_value(root, path, GOVERNOR);

				failed = ret ? ret : failed;
			}
			read_value(value, sizeof(value), root, path);
			show_policy(row.after, value);
		}
		free(policy[i]);
	}
	if (n >= 0)
		free(policy);
	if (row.before[0])
		*add_row(tuned, row.attribute) = row;
	if (failed)
		note_not_set(notes, "CPUs", "governor", GOVERNOR, failed);
}

void disk_tune(struct tuned *tuned, const struct disk *disk, const char *root, bool set,
	       struct notes *notes)
{
	*tuned = (struct tuned){ 0 };
	if (is_same(disk, root)) {
		read_queue(tuned, disk, root);
		if (set)
			set_queue(tuned, disk, root, notes);
		read_again(tuned, disk, root);
	} else if (set) {
		notes_add(notes,
			  "%s: another device has its name now: its block layer was left as it is",
			  disk->node);
	}
	tune_governor(tuned, root, set, notes);
}

void disk_tune_show(struct disk *disk, const struct tuned *tuned)
{
	uint64_t number;

	for (uint32_t i = 0; i < tuned->n; i++) {
		const struct tuned_row *row = &tuned->row[i];

		if (!strcmp(row->attribute, "scheduler"))
			str_copy(disk->scheduler, sizeof(disk->scheduler), row->after);
		else if (!strcmp(row->attribute, "nr_requests") && !str_to_u64(row->after, &number))
			disk->nr_requests = (uint32_t)number;
	}
}
