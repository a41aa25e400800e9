// SPDX-License-Identifier: MIT
/* Collecting: what files are, which of several documents of a run is kept, what is told of the
 * rest. */
#include <errno.h>

#include "collect/collect.h"
#include "collect/join.h"
#include "disk_image.h"
#include "frame/frame.h"
#include "lib/file.h"
#include "store/slots.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/tare-collect-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "a", "b", "c" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

/* Writes a file of the folder; its path lasts as long as `path`. */
static void put(char path[128], const char *name, const void *data, size_t len)
{
	snprintf(path, 128, "%s/%s", folder, name);
	assert_int_equal(file_write_all(path, data, len), 0);
}

static void make_result(struct buf *to, const char *run, const char *state, int padding)
{
	buf_printf(to, "{\n  \"jobs\": [],\n  \"tare\": { \"run\": \"%s\", \"state\": \"%s\"", run,
		   state);
	for (int i = 0; i < padding; i++)
		buf_printf(to, ", \"k%d\": %d", i, i * i * 7919 % 1009);
	buf_puts(to, " }\n}\n");
}

static void check_run(const struct collect_run *run, const char *id, enum collect_rank rank,
		      const struct buf *document)
{
	assert_string_equal(run->run, id);
	assert_int_equal(run->rank, rank);
	assert_null(run->contradicted);
	if (!document)
		return;
	assert_int_equal(run->document.len, document->len);
	assert_memory_equal(run->document.data, document->data, document->len);
}

/* This test will check that a result is taken from a log, from itself and from a copy of its slot's
 * file, and is the same run with the same bytes. */
static void one_run_should_be_one_from_all_sources(void **state)
{
	struct buf result = BUF_INIT, log = BUF_INIT, slot = BUF_INIT;
	struct collect c = { 0 };
	struct err e = ERR_INIT;
	char path[3][128];

	(void)state;
	make_result(&result, "7f3c21aa", "done", 50);
	buf_puts(&log, "{ a log may begin with a brace\r\n");
	assert_int_equal(frame_document(&log, "7f3c21aa", 1, 1, result.data, result.len), 0);
	buf_add(&slot, result.data, result.len);
	for (int i = 0; i < 5000; i++)
		buf_puts(&slot, "\n");
	put(path[0], "a", log.data, log.len);
	put(path[1], "b", result.data, result.len);
	put(path[2], "c", slot.data, slot.len);
	for (int i = 0; i < 3; i++) {
		struct collect alone = { 0 };

		assert_int_equal(collect_file(&alone, path[i], &e), 0);
		assert_int_equal(alone.n, 1);
		check_run(&alone.run[0], "7f3c21aa", COLLECT_WHOLE, &result);
		collect_free(&alone);
		assert_int_equal(collect_file(&c, path[i], &e), 0);
	}
	assert_int_equal(c.n, 1);
	check_run(&c.run[0], "7f3c21aa", COLLECT_WHOLE, &result);
	assert_string_equal(c.run[0].source, path[0]);
	collect_free(&c);
	buf_free(&result);
	buf_free(&log);
	buf_free(&slot);
}

/* This test will check that a better document takes the place of a worse one in either order, and
 * that two as good that differ are told with both names. */
static void better_documents_should_win(void **state)
{
	struct buf partial = BUF_INIT, whole = BUF_INIT, other = BUF_INIT;
	char path[3][128];
	struct err e = ERR_INIT;

	(void)state;
	make_result(&partial, "7f3c21aa", "partial", 3);
	make_result(&whole, "7f3c21aa", "done", 5);
	make_result(&other, "7f3c21aa", "done", 6);
	put(path[0], "a", partial.data, partial.len);
	put(path[1], "b", whole.data, whole.len);
	put(path[2], "c", other.data, other.len);
	for (int first = 0; first < 2; first++) {
		struct collect c = { 0 };

		assert_int_equal(collect_file(&c, path[first], &e), 0);
		assert_int_equal(c.run[0].rank, first ? COLLECT_WHOLE : COLLECT_PARTIAL);
		assert_int_equal(collect_file(&c, path[!first], &e), 0);
		assert_int_equal(c.n, 1);
		check_run(&c.run[0], "7f3c21aa", COLLECT_WHOLE, &whole);
		assert_int_equal(collect_file(&c, path[2], &e), 0);
		assert_string_equal(c.run[0].contradicted, path[2]);
		assert_string_equal(c.run[0].source, path[1]);
		collect_free(&c);
	}
	buf_free(&partial);
	buf_free(&whole);
	buf_free(&other);
}

/* A copy of a document without those data lines. */
static void send_without(struct buf *log, const struct buf *document, const uint32_t *lost,
			 size_t n)
{
	struct buf whole = BUF_INIT;

	assert_int_equal(frame_document(&whole, "7f3c21aa", 1, 1, document->data, document->len),
			 0);
	for (char *at = whole.data; *at; at = strchr(at, '\n') + 1) {
		bool drop = false;

		for (size_t i = 0; i < n && at[8] == 'D'; i++)
			drop |= strtoul(at + 16, NULL, 16) == lost[i];
		if (!drop)
			buf_add(log, at, (size_t)(strchr(at, '\n') + 1 - at));
	}
	buf_free(&whole);
}

/* This test will check that a run whose last document is not whole is told by line, with its
 * summary and its last whole checkpoint, and that another source makes good for it. */
static void losses_should_be_told_and_made_good(void **state)
{
	/* With 40 lines or so there are three groups: two lost in each cannot be recovered. */
	static const uint32_t lost[] = { 3, 4, 5, 6, 7, 8, 10, 11, 13, 14, 20, 23 };
	struct buf checkpoint = BUF_INIT, result = BUF_INIT, log = BUF_INIT;
	struct collect c = { 0 };
	struct err e = ERR_INIT;
	char path[2][128];

	(void)state;
	make_result(&checkpoint, "7f3c21aa", "partial", 3);
	make_result(&result, "7f3c21aa", "done", 300);
	frame_summary(&log, "7f3c21aa", "event=start");
	assert_int_equal(frame_document(&log, "7f3c21aa", 1, 1, checkpoint.data, checkpoint.len),
			 0);
	send_without(&log, &result, lost, sizeof(lost) / sizeof(lost[0]));
	put(path[0], "a", log.data, log.len);
	put(path[1], "b", result.data, result.len);
	assert_int_equal(collect_file(&c, path[0], &e), 0);
	assert_int_equal(c.n, 1);
	check_run(&c.run[0], "7f3c21aa", COLLECT_CHECKPOINT, &checkpoint);
	assert_string_equal(c.run[0].broken_source, path[0]);
	assert_string_equal(c.run[0].missing.data, "3-8, 10, 11, 13, 14, 20, 23");
	assert_string_equal(c.run[0].summary.data, "event=start\n");
	assert_non_null(strstr(c.run[0].problem, "lines are missing"));
	assert_int_equal(collect_file(&c, path[1], &e), 0);
	check_run(&c.run[0], "7f3c21aa", COLLECT_WHOLE, &result);
	collect_free(&c);
	buf_free(&checkpoint);
	buf_free(&result);
	buf_free(&log);
}

/* This test will check that an array of results gives its runs back, each with its bytes. */
static void arrays_should_be_taken_apart(void **state)
{
	static const char *const runs[] = { "0000000c", "0000000a", "0000000b" };
	struct buf result[3] = { BUF_INIT, BUF_INIT, BUF_INIT }, array = BUF_INIT;
	struct collect c = { 0 };
	struct err e = ERR_INIT;
	char path[128];

	(void)state;
	for (int i = 0; i < 3; i++) {
		make_result(&result[i], runs[i], "done", 9 * i);
	}
	collect_join(&array, result, 3);
	put(path, "a", array.data, array.len);
	assert_int_equal(collect_file(&c, path, &e), 0);
	assert_int_equal(c.n, 3);
	for (int i = 0; i < 3; i++) {
		check_run(&c.run[i], runs[i], COLLECT_WHOLE, &result[i]);
		buf_free(&result[i]);
	}
	collect_free(&c);
	buf_free(&array);
}

/* This test will check that several boots in one log are several runs, in their order. */
static void boots_should_be_runs(void **state)
{
	struct buf log = BUF_INIT, result[3] = { BUF_INIT, BUF_INIT, BUF_INIT };
	struct collect c = { 0 };
	struct err e = ERR_INIT;
	char path[128], run[FRAME_RUN_BYTES];

	(void)state;
	for (int i = 0; i < 3; i++) {
		snprintf(run, sizeof(run), "0000000%d", 9 - i);
		make_result(&result[i], run, "done", i);
		assert_int_equal(frame_document(&log, run, 1, 1, result[i].data, result[i].len), 0);
	}
	put(path, "a", log.data, log.len);
	assert_int_equal(collect_file(&c, path, &e), 0);
	assert_int_equal(c.n, 3);
	for (int i = 0; i < 3; i++) {
		snprintf(run, sizeof(run), "0000000%d", 9 - i);
		check_run(&c.run[i], run, COLLECT_WHOLE, &result[i]);
		buf_free(&result[i]);
	}
	collect_free(&c);
	buf_free(&log);
}

/* This test will check that what holds no result is refused in words that say what would be right.
 */
static void other_files_should_be_refused(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *told;
	} cases[] = {
		{ "", 0, "a: no tare result in it: should be a serial log" },
		{ "\n\n\n\n", 4, "a: no tare result in it: should be a serial log" },
		{ "Linux version 6.12\n", 19, "a: no tare result in it: should be a serial log" },
		{ "\0\0\0\0\0", 5, "a: no tare result in it: should be a serial log" },
		{ "{\"jobs\":[]}", 11, "a: no tare result in it: should be a serial log" },
		{ "{\"tare\":{\"run\":\"../../x\"}}", 26, "a: no tare result in it: should be" },
		{ "{\"tare\":{\"run\":\"7F3C21AA\"}}", 27, "a: no tare result in it: should be" },
		{ "{\"tare\":\n[1,}", 13, "a: no tare result in it: line 2, column 4: \"}\": " },
		{ "[\n]\n", 4, "a: no tare result in it: should be a serial log" },
		{ "[\n{}\n]\n", 7, "a: no tare result in it: should be a serial log" },
		{ "[\n{\n,\n}\n]\n", 10, "a: no tare result in it: should be a serial log" },
		{ "[    0.000000] Linux\n", 21, "a: no tare result in it: should be a serial" },
		{ "QFI\xfb\0\0\0\3", 8, "a: a qcow2 image: should be a raw one" },
		{ "KDMV\1\0\0\0", 8, "a: a vmdk image: should be a raw one" },
		{ "vhdxfile", 8, "a: a vhdx image: should be a raw one" },
	};
	struct collect c = { 0 };
	struct err e = ERR_INIT;
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		e = ERR_INIT;
		put(path, "a", cases[i].text, cases[i].len);
		assert_int_equal(collect_file(&c, path, &e), -EINVAL);
		print_message("%s\n", e.text);
		assert_int_equal(strncmp(e.text, path, strlen(path) - 1), 0);
		assert_int_equal(
			strncmp(e.text + strlen(path) - 1, cases[i].told, strlen(cases[i].told)),
			0);
	}
	e = ERR_INIT;
	assert_int_equal(collect_file(&c, folder, &e), -EISDIR);
	e = ERR_INIT;
	assert_int_equal(collect_file(&c, "/nonexistent/x", &e), -ENOENT);
	assert_string_equal(e.text, "/nonexistent/x: No such file or directory");
	assert_int_equal(c.n, 0);
	collect_free(&c);
}

/* This test will check that a pipe is read like a file. */
static void pipes_should_be_read(void **state)
{
	struct buf result = BUF_INIT;
	struct collect c = { 0 };
	struct err e = ERR_INIT;
	int ends[2], before = dup(STDIN_FILENO);

	(void)state;
	make_result(&result, "7f3c21aa", "done", 3);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], result.data, result.len), result.len);
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(collect_file(&c, "-", &e), 0);
	dup2(before, STDIN_FILENO);
	close(before);
	close(ends[0]);
	check_run(&c.run[0], "7f3c21aa", COLLECT_WHOLE, &result);
	assert_string_equal(c.run[0].source, "standard input");
	collect_free(&c);
	buf_free(&result);
}

static int fd_read(void *self, void *to, size_t len, uint64_t offset)
{
	return pread(*(int *)self, to, len, (off_t)offset) == (ssize_t)len ? 0 : -EIO;
}

static int fd_write(void *self, const void *from, size_t len, uint64_t offset)
{
	return pwrite(*(int *)self, from, len, (off_t)offset) == (ssize_t)len ? 0 : -EIO;
}

static int fd_flush(void *self)
{
	return fsync(*(int *)self) ? -errno : 0;
}

/* Stores a run as the appliance does. */
static void store(const char *path, const char *run, const struct buf *result)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct block disk = { &fd, 6 * MIB, 512, fd_read, fd_write, fd_flush };
	struct slots *slots = calloc(1, sizeof(*slots));
	struct buf body[SLOTS_PARTS_N] = { *result, BUF_INIT };
	struct err e = ERR_INIT;

	assert_true(fd >= 0);
	buf_puts(&body[SLOTS_TEXT], "report\n");
	assert_int_equal(slots_find(slots, &disk, &e), 0);
	assert_true(slots_store(slots, &disk, run, body, &e) >= 0);
	buf_free(&body[SLOTS_TEXT]);
	free(slots);
	close(fd);
}

/* This test will check that a results disk, as an image and as a bare partition, gives its runs,
 * the newest first and each once, and that a damaged slot or mark is told. */
static void results_disks_should_give_their_runs(void **state)
{
	struct buf first = BUF_INIT, other = BUF_INIT, last = BUF_INIT;
	const char *dir = *state;
	char path[3][PATH_MAX];
	struct err e = ERR_INIT;
	struct collect c = { 0 };

	image_need("mkfs.fat mcopy sgdisk");
	image_run("tests/fixtures/results_image.sh %s/disk && "
		  "ID='TARE-RESULTS 2' tests/fixtures/results_image.sh %s/damaged",
		  dir, dir);
	snprintf(path[0], PATH_MAX, "%s/disk", dir);
	snprintf(path[1], PATH_MAX, "%s/part", dir);
	snprintf(path[2], PATH_MAX, "%s/damaged", dir);
	assert_int_equal(collect_file(&c, path[0], &e), -ENOENT);
	assert_non_null(strstr(e.text, "/disk: a results partition with 4 slots, none of which"));
	make_result(&first, "0000000a", "partial", 3);
	make_result(&other, "0000000b", "done", 4);
	make_result(&last, "0000000a", "done", 5);
	store(path[0], "0000000a", &first);
	store(path[0], "0000000b", &other);
	store(path[0], "0000000a", &last);
	image_run("dd if=%s of=%s bs=1M skip=1 count=4", path[0], path[1]);
	for (int i = 0; i < 2; i++) {
		e = ERR_INIT;
		assert_int_equal(collect_file(&c, path[i], &e), 0);
		assert_int_equal(c.n, 2);
		check_run(&c.run[0], "0000000a", COLLECT_WHOLE, &last);
		check_run(&c.run[1], "0000000b", COLLECT_WHOLE, &other);
		collect_free(&c);
	}
	assert_int_equal(collect_file(&c, path[2], &e), -EINVAL);
	assert_non_null(strstr(e.text, "/damaged: results partition: TARE.ID: \"TARE-RESULTS 2"));
	assert_int_equal(c.n, 0);
	buf_free(&first);
	buf_free(&other);
	buf_free(&last);
}

static void check_told(const struct err *e, const char *piece)
{
	if (!strstr(e->text, piece))
		print_error("got \"%s\", want \"...%s...\"\n", e->text, piece);
	assert_non_null(strstr(e->text, piece));
}

/* Changes a byte of a slot's JSON, whose place the word `marker` tells. */
static void damage(const char *path, const char *marker)
{
	struct buf image = BUF_INIT;
	char *at;
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(file_read_all(&image, path, 8 * MIB), 0);
	at = memmem(image.data, image.len, marker, strlen(marker));
	assert_non_null(at);
	assert_int_equal(pwrite(fd, "#", 1, at - image.data), 1);
	close(fd);
	buf_free(&image);
}

/* This test will check that slots which hold no run that can be taken are named, each, and that the
 * runs of all the others are taken, older ones too. */
static void damaged_slots_should_cost_their_own_run_only(void **state)
{
	struct buf good = BUF_INIT, torn = BUF_INIT, strange = BUF_INIT, again = BUF_INIT;
	const char *dir = *state;
	struct collect c = { 0 };
	struct err e = ERR_INIT;
	char path[PATH_MAX];

	image_need("mkfs.fat mcopy sgdisk");
	image_run("tests/fixtures/results_image.sh %s/disk", dir);
	snprintf(path, sizeof(path), "%s/disk", dir);
	make_result(&good, "0000000a", "done", 3);
	make_result(&torn, "0000000b", "done", 4);
	make_result(&strange, "0000000c", "done", 5);
	make_result(&again, "0000000d", "done", 6);
	store(path, "0000000a", &good);
	store(path, "0000000b", &torn);
	store(path, "SURPRISE", &strange);
	store(path, "0000000d", &again);
	damage(path, "\"0000000b\"");
	assert_int_equal(collect_file(&c, path, &e), -EINVAL);
	check_told(&e, "/disk: slot 2: run \"SURPRISE\": should be eight hex digits");
	check_told(&e, "; slot 1: run 0000000b: not the bytes that were stored");
	assert_int_equal(c.n, 2);
	check_run(&c.run[0], "0000000d", COLLECT_WHOLE, &again);
	check_run(&c.run[1], "0000000a", COLLECT_WHOLE, &good);
	collect_free(&c);
	/* A run stored again is no loss. */
	store(path, "0000000b", &torn);
	e = ERR_INIT;
	assert_int_equal(collect_file(&c, path, &e), -EINVAL);
	assert_null(strstr(e.text, "0000000b"));
	assert_int_equal(c.n, 3);
	collect_free(&c);
	buf_free(&good);
	buf_free(&torn);
	buf_free(&strange);
	buf_free(&again);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_run_should_be_one_from_all_sources),
		cmocka_unit_test(better_documents_should_win),
		cmocka_unit_test(losses_should_be_told_and_made_good),
		cmocka_unit_test(arrays_should_be_taken_apart),
		cmocka_unit_test(boots_should_be_runs),
		cmocka_unit_test(other_files_should_be_refused),
		cmocka_unit_test(pipes_should_be_read),
		cmocka_unit_test_setup_teardown(results_disks_should_give_their_runs, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(damaged_slots_should_cost_their_own_run_only,
						image_setup, image_teardown),
	};

	return cmocka_run_group_tests_name("collect", tests, make_folder, remove_folder);
}
