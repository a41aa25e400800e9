// SPDX-License-Identifier: MIT
/* This test will check that messages about new block devices are understood, that each device is
 * set read-only but the scratch partition of the released disk, and that the watching process dies
 * with the one that started it. */
#include "hw/disk_hotplug.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "unit.h"

#define MIB UINT64_C(1048576)

/* --- messages */

#define ADD(rest) "add@/devices/pci0/block/sdb\0ACTION=add\0SUBSYSTEM=block\0" rest
#define DISK	  "DEVPATH=/devices/pci0/block/sdb\0DEVNAME=sdb\0DEVTYPE=disk\0"
#define PART	  "DEVPATH=/devices/pci0/block/sdb/sdb1\0DEVNAME=sdb1\0DEVTYPE=partition\0"

static const struct {
	const char *name, *text;
	size_t len;
	bool taken, partition;
	const char *node;
	uint32_t major, minor;
	uint64_t sequence;
} messages[] = {
#define M(name, text, ...)                                                                         \
	{                                                                                          \
		name, text, sizeof(text) - 1, __VA_ARGS__                                          \
	}
#define NOT(name, text)                                                                            \
	{                                                                                          \
		name, text, sizeof(text) - 1, false, false, NULL, 0, 0, 0                          \
	}
	M("a disk", ADD(DISK "MAJOR=8\0MINOR=16\0DISKSEQ=12\0SEQNUM=900\0"), true, false, "sdb", 8,
	  16, 12),
	M("a partition", ADD(PART "MAJOR=8\0MINOR=17\0DISKSEQ=12\0PARTN=1\0"), true, true, "sdb1",
	  8, 17, 12),
	M("a name with a slash",
	  ADD("DEVPATH=/devices/x/block/cciss!c0d0\0DEVNAME=cciss/c0d0\0MAJOR=104\0MINOR=0\0"),
	  true, false, "cciss!c0d0", 104, 0, 0),
	M("keys in another order",
	  "MINOR=16\0MAJOR=8\0DISKSEQ=3\0" DISK "SUBSYSTEM=block\0ACTION=add\0", true, false, "sdb",
	  8, 16, 3),
	M("a card put into a reader",
	  "ACTION=change\0SUBSYSTEM=block\0" DISK
	  "MAJOR=8\0MINOR=16\0DISKSEQ=5\0DISK_MEDIA_CHANGE=1\0",
	  true, false, "sdb", 8, 16, 5),
	M("a diskseq that is none", ADD(DISK "MAJOR=8\0MINOR=16\0DISKSEQ=x1\0"), true, false, "sdb",
	  8, 16, 0),
	NOT("a resize", "ACTION=change\0SUBSYSTEM=block\0" DISK "MAJOR=8\0MINOR=16\0RESIZE=1\0"),
	NOT("a removal", "ACTION=remove\0SUBSYSTEM=block\0" DISK "MAJOR=8\0MINOR=16\0"),
	NOT("another subsystem", "ACTION=add\0SUBSYSTEM=scsi\0" DISK "MAJOR=8\0MINOR=16\0"),
	NOT("a longer word", "ACTION=add\0SUBSYSTEM=blockade\0" DISK "MAJOR=8\0MINOR=16\0"),
	NOT("no number", ADD(DISK "DISKSEQ=12\0")), /* a path of NVMe multipath: no node */
	NOT("half a number", ADD(DISK "MAJOR=8\0")),
	NOT("a number too large", ADD(DISK "MAJOR=8\0MINOR=4294967296\0")),
	NOT("a negative number", ADD(DISK "MAJOR=8\0MINOR=-1\0")),
	NOT("no path", ADD("MAJOR=8\0MINOR=16\0")),
	NOT("a path upwards", ADD("DEVPATH=/devices/../../etc/x\0MAJOR=8\0MINOR=16\0")),
	NOT("a path without a name", ADD("DEVPATH=/devices/\0MAJOR=8\0MINOR=16\0")),
	NOT("cut before the last NUL", ADD(DISK "MAJOR=8\0MINOR=1")),
	NOT("nothing", ""),
	NOT("udev's", "libudev\0\xfe\xed\xca\xfe\0\0\0"),
};

static void messages_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(messages); i++) {
		struct disk_hotplug_event event;
		/* Nothing behind the message may be read. */
		char *copy = malloc(messages[i].len + !messages[i].len);
		bool taken;

		assert_non_null(copy);
		memcpy(copy, messages[i].text, messages[i].len);
		taken = disk_hotplug_parse(&event, copy, messages[i].len);
		free(copy);
		check_number(messages[i].name, taken, messages[i].taken);
		if (!taken)
			continue;
		assert_string_equal(event.node, messages[i].node);
		check_number(messages[i].name, event.partition, messages[i].partition);
		check_number(messages[i].name, event.major, messages[i].major);
		check_number(messages[i].name, event.minor, messages[i].minor);
		check_number(messages[i].name, event.sequence, messages[i].sequence);
	}
}

static void paths_too_long_are_passed_over(void **state)
{
	char text[2000] = "ACTION=add";
	struct disk_hotplug_event event;
	size_t at = strlen(text) + 1;

	(void)state;
	at += (size_t)sprintf(text + at, "SUBSYSTEM=block%cMAJOR=8%cMINOR=16%cDEVPATH=", 0, 0, 0);
	memset(text + at, '/', 500);
	strcpy(text + at + 500, "/sdb");
	assert_false(disk_hotplug_parse(&event, text, at + 505));
}

/* --- the decision */

/* sda (8:0, diskseq 1) and sdb (8:16, diskseq 2) were there; of sdb 1 to 101 MiB is released. */
static struct disk there[] = {
	{ .node = "sda", .major = 8, .minor = 0, .sequence = 1 },
	{ .node = "sdb", .major = 8, .minor = 16, .sequence = 2 },
	{ .node = "old", .major = 9, .minor = 0, .sequence = 0 },
};
static const struct disk_list known = { there, N(there) };
static const struct disk_released on_sdb = { 8, 16, 2, MIB, 100 * MIB };

#define WHOLE(maj, min, seq)                                                                       \
	{                                                                                          \
		.major = maj, .minor = min, .sequence = seq                                        \
	}
#define PARTITION(maj, min, seq, start, size)                                                      \
	{                                                                                          \
		.major = maj, .minor = (min) + 1, .disk_major = maj, .disk_minor = min,            \
		.sequence = seq, .partition = true, .start_bytes = start, .size_bytes = size       \
	}

static const struct {
	const char *name;
	struct disk_hotplug_event event;
	const struct disk_released *released;
	enum disk_hotplug_act act;
} cases[] = {
	{ "a new disk", WHOLE(8, 32, 3), NULL, DISK_HOTPLUG_LOCK_NEW },
	{ "a new disk while one is released", WHOLE(8, 32, 3), &on_sdb, DISK_HOTPLUG_LOCK_NEW },
	{ "its partition", PARTITION(8, 32, 3, MIB, 100 * MIB), &on_sdb, DISK_HOTPLUG_LOCK },
	{ "a disk from the start", WHOLE(8, 0, 1), &on_sdb, DISK_HOTPLUG_LOCK },
	{ "the released disk", WHOLE(8, 16, 2), &on_sdb, DISK_HOTPLUG_LEAVE },
	{ "its scratch partition", PARTITION(8, 16, 2, MIB, 100 * MIB), &on_sdb,
	  DISK_HOTPLUG_LEAVE },
	{ "before it was released", PARTITION(8, 16, 2, MIB, 100 * MIB), NULL, DISK_HOTPLUG_LOCK },
	{ "another partition of it", PARTITION(8, 16, 2, 2 * MIB, 100 * MIB), &on_sdb,
	  DISK_HOTPLUG_LOCK },
	{ "a partition that goes on behind it", PARTITION(8, 16, 2, MIB, 101 * MIB), &on_sdb,
	  DISK_HOTPLUG_LOCK },
	{ "one whose place is not known", PARTITION(8, 16, 2, 0, 0), &on_sdb, DISK_HOTPLUG_LOCK },
	/* Unplugged, and another one took its name and number. */
	{ "a disk in its place", WHOLE(8, 16, 3), &on_sdb, DISK_HOTPLUG_LOCK_NEW },
	{ "the partition of a disk in its place", PARTITION(8, 16, 3, MIB, 100 * MIB), &on_sdb,
	  DISK_HOTPLUG_LOCK },
	{ "the same diskseq under another number", WHOLE(8, 32, 2), &on_sdb,
	  DISK_HOTPLUG_LOCK_NEW },
	{ "a partition of another disk", PARTITION(8, 0, 1, MIB, 100 * MIB), &on_sdb,
	  DISK_HOTPLUG_LOCK },
	{ "no diskseq", WHOLE(8, 16, 0), &on_sdb, DISK_HOTPLUG_LOCK_NEW },
	{ "no diskseq on either side", WHOLE(9, 0, 0), &on_sdb, DISK_HOTPLUG_LOCK_NEW },
};

static void each_device_is_locked_but_the_released_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		check_number(cases[i].name,
			     disk_hotplug_decide(&cases[i].event, &known, cases[i].released),
			     cases[i].act);
}

/* A release of a disk that was not there from the start does not count. */
static void unknown_disks_are_locked_even_if_released(void **state)
{
	const struct disk_released later = { 8, 32, 3, MIB, 100 * MIB };
	const struct disk_hotplug_event event = PARTITION(8, 32, 3, MIB, 100 * MIB);

	(void)state;
	assert_int_equal(disk_hotplug_decide(&event, &known, &later), DISK_HOTPLUG_LOCK);
}

/* --- what is done and said */

static struct {
	char nodes[256];
	int ret;
	bool was_writable;
} locked;

static int fake_lock(const char *node, uint32_t major, uint32_t minor, bool *was_writable)
{
	(void)major;
	(void)minor;
	snprintf(locked.nodes + strlen(locked.nodes), sizeof(locked.nodes) - strlen(locked.nodes),
		 "%s ", node);
	*was_writable = locked.was_writable;
	return locked.ret;
}

static void put(const char *root, const char *path, const char *text)
{
	temp_text(root, path, text);
}

/* A tree with the disks sdb (released) and sdc (new), each with a partition at 1 to 101 MiB. */
static void tree_make(char root[PATH_MAX])
{
	static const struct {
		const char *path, *text;
	} files[] = {
		{ "sys/devices/pci0/block/sdb/dev", "8:16\n" },
		{ "sys/devices/pci0/block/sdb/diskseq", "2\n" },
		{ "sys/devices/pci0/block/sdb/sdb1/dev", "8:17\n" },
		{ "sys/devices/pci0/block/sdb/sdb1/partition", "1\n" },
		{ "sys/devices/pci0/block/sdb/sdb1/start", "2048\n" },
		{ "sys/devices/pci0/block/sdb/sdb1/size", "204800\n" },
		{ "sys/devices/pci0/block/sdc/dev", "8:32\n" },
		{ "sys/devices/pci0/block/sdc/diskseq", "3\n" },
		{ "sys/devices/pci0/block/sdc/serial", "NEW1\n" },
		{ "sys/devices/pci0/block/sdc/sdc1/dev", "8:33\n" },
		{ "sys/devices/pci0/block/sdc/sdc1/partition", "1\n" },
		{ "sys/devices/pci0/block/sdc/sdc1/start", "2048\n" },
		{ "sys/devices/pci0/block/sdc/sdc1/size", "204800\n" },
		{ "sys/class/block/.keep", "" },
		{ DISK_RELEASED_FILE, "8:16 2 1048576 104857600\n" },
	};
	static const char *const links[] = { "sdb", "sdb/sdb1", "sdc", "sdc/sdc1" };

	temp_make(root);
	for (size_t i = 0; i < N(files); i++)
		put(root, files[i].path, files[i].text);
	for (size_t i = 0; i < N(links); i++) {
		char to[PATH_MAX + 256], link[PATH_MAX + 256];

		snprintf(to, sizeof(to), "%s/sys/devices/pci0/block/%s", root, links[i]);
		snprintf(link, sizeof(link), "%s/sys/class/block/%s", root, strrchr(to, '/') + 1);
		assert_int_equal(symlink(to, link), 0);
	}
	memset(&locked, 0, sizeof(locked));
}

static void what_was_done_is_said(void **state)
{
	static const struct {
		const char *path;
		uint32_t minor;
		uint64_t sequence;
		bool partition, was_writable;
		int ret;
		const char *locked, *line; /* NULL: nothing to tell */
	} rows[] = {
		{ "/devices/pci0/block/sdc", 32, 3, false, true, 0, "sdc ",
		  "sdc (serial NEW1): added while the run went on: set read-only, and read back as "
		  "that" },
		{ "/devices/pci0/block/sdc/sdc1", 33, 3, true, false, 0, "sdc1 ", NULL },
		{ "/devices/pci0/block/sdc", 32, 3, false, false, -EIO, "sdc ",
		  "sdc (serial NEW1): added while the run went on: could not be set read-only: "
		  "Input/output error" },
		{ "/devices/pci0/block/sdd", 48, 4, false, false, -ENOENT, "sdd ",
		  "sdd (serial none): added while the run went on: gone again" },
		{ "/devices/pci0/block/sdc/sdc1", 33, 3, true, false, -ENOENT, "sdc1 ", NULL },
		{ "/devices/pci0/block/sdc/sdc1", 33, 3, true, false, -EIO, "sdc1 ",
		  "sdc1 (partition): added while the run went on: could not be set read-only: "
		  "Input/output error" },
		{ "/devices/pci0/block/sdb/sdb1", 17, 2, true, true, 0, "", NULL },
		{ "/devices/pci0/block/sdb", 16, 2, false, true, 0, "", NULL },
		/* Not where the release says: sysfs has another disk above it. */
		{ "/devices/pci0/block/sdc/sdc1", 33, 2, true, true, 0, "sdc1 ",
		  "sdc1 (partition): added while the run went on: set read-only, and read back as "
		  "that" },
	};
	char root[PATH_MAX], line[DISK_HOTPLUG_LINE_BYTES];

	(void)state;
	tree_make(root);
	for (size_t i = 0; i < N(rows); i++) {
		const struct disk_hotplug_watch watch = { root, &known, fake_lock };
		struct disk_hotplug_event event = { .major = 8,
						    .minor = rows[i].minor,
						    .sequence = rows[i].sequence,
						    .partition = rows[i].partition };
		bool told;

		snprintf(event.path, sizeof(event.path), "%s", rows[i].path);
		snprintf(event.node, sizeof(event.node), "%s", strrchr(rows[i].path, '/') + 1);
		memset(&locked, 0, sizeof(locked));
		locked.ret = rows[i].ret;
		locked.was_writable = rows[i].was_writable;
		told = disk_hotplug_handle(&watch, &event, line);
		assert_string_equal(locked.nodes, rows[i].locked);
		assert_int_equal(told, rows[i].line != NULL);
		if (told)
			assert_string_equal(line, rows[i].line);
	}
	temp_remove(root);
}

static void add_note(void *context, const char *line)
{
	notes_add(context, "%s", line);
}

static void lost_messages_are_made_up_for(void **state)
{
	struct notes notes = { 0 };
	char root[PATH_MAX];

	(void)state;
	tree_make(root);
	{
		const struct disk_hotplug_watch watch = { root, &known, fake_lock };

		disk_hotplug_look_at_all(&watch, add_note, &notes);
	}
	check_has(locked.nodes, "sdc ");
	check_has(locked.nodes, "sdc1 ");
	check_has_not(locked.nodes, "sdb"); /* released, with its scratch partition */
	assert_int_equal(notes.n, 1);
	check_has(notes.text[0], "sdc (serial NEW1): added");
	notes_free(&notes);
	temp_remove(root);
}

/* --- the process */

static void watching_process_dies_with_its_parent(void **state)
{
	int pipe_ends[2], status;
	pid_t parent, watcher = 0;

	(void)state;
	/* So that the orphan is ours to wait for. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe(pipe_ends), 0);
	parent = fork();
	assert_true(parent >= 0);
	if (!parent) {
		struct notes notes = { 0 };
		struct disk_list none = { 0 };
		struct disk_hotplug h;

		if (!disk_hotplug_open(&h))
			disk_hotplug_start(&h, &none, &notes, &notes);
		if (write(pipe_ends[1], &h.pid, sizeof(h.pid)) < 0)
			_exit(1);
		pause();
	}
	assert_int_equal(read(pipe_ends[0], &watcher, sizeof(watcher)), sizeof(watcher));
	assert_true(watcher > 0);
	assert_int_equal(kill(watcher, 0), 0);
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_int_equal(waitpid(watcher, &status, 0), watcher);
	assert_true(WIFSIGNALED(status) || WIFEXITED(status));
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

static void watch_that_ended_is_told_once(void **state)
{
	struct disk_list none = { 0 };
	struct notes safety = { 0 }, warnings = { 0 };
	struct disk_hotplug h;

	(void)state;
	assert_int_equal(disk_hotplug_open(&h), 0);
	disk_hotplug_start(&h, &none, &safety, &warnings);
	assert_int_equal(warnings.n, 0);
	disk_hotplug_drain(&h, &safety);
	assert_int_equal(safety.n, 0);
	kill(h.pid, SIGKILL);
	for (int i = 0; i < 500 && !safety.n; i++) {
		usleep(10000);
		disk_hotplug_drain(&h, &safety);
	}
	disk_hotplug_drain(&h, &safety);
	assert_int_equal(safety.n, 1);
	check_has(safety.text[0], "no longer watched");
	disk_hotplug_end(&h);
	disk_hotplug_end(&h); /* closed: nothing to do */
	/* One that was never opened says so, and costs nothing else. */
	disk_hotplug_start(&h, &none, &safety, &warnings);
	assert_int_equal(warnings.n, 1);
	check_has(warnings.text[0], "added later are not set read-only");
	disk_hotplug_drain(&h, &safety);
	assert_int_equal(safety.n, 1);
	notes_free(&safety);
	notes_free(&warnings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_understood),
		cmocka_unit_test(paths_too_long_are_passed_over),
		cmocka_unit_test(each_device_is_locked_but_the_released_one),
		cmocka_unit_test(unknown_disks_are_locked_even_if_released),
		cmocka_unit_test(what_was_done_is_said),
		cmocka_unit_test(lost_messages_are_made_up_for),
		cmocka_unit_test(watching_process_dies_with_its_parent),
		cmocka_unit_test(watch_that_ended_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
