// SPDX-License-Identifier: MIT
/* Every engine on a file: carries what it is given, in batches, and tells of errors. */
#include "unit.h"

#include <errno.h>
#include <sys/mman.h>

#include "engine/engine.h"
#include "lib/clock.h"

#define DEPTH	    16
#define BLOCK_BYTES 4096

/* One way to carry I/Os; the tests below run for each. */
struct way {
	enum workload_engine id;
	bool fixedbufs, registerfiles, sqthread_poll;
};

static const struct way ways[] = {
	{ WORKLOAD_PSYNC, false, false, false },    { WORKLOAD_LIBAIO, false, false, false },
	{ WORKLOAD_IO_URING, false, false, false }, { WORKLOAD_IO_URING, true, false, false },
	{ WORKLOAD_IO_URING, false, true, false },  { WORKLOAD_IO_URING, true, true, false },
	{ WORKLOAD_IO_URING, false, false, true },  { WORKLOAD_IO_URING, true, true, true },
};

struct rig {
	const struct engine_ops *ops;
	struct engine *engine;
	uint8_t *pool;
	struct io io[DEPTH];
	struct io *ptr[DEPTH];
	uint32_t depth;
};

/* False: this kernel forbids the engine. */
static bool rig_open(struct rig *r, const struct way *way, int fd)
{
	struct engine_setup setup = { .fd = fd,
				      .batch = DEPTH,
				      .io_bytes = BLOCK_BYTES,
				      .fixedbufs = way->fixedbufs,
				      .registerfiles = way->registerfiles,
				      .sqthread_poll = way->sqthread_poll };
	struct err e = ERR_INIT;
	int ret;

	*r = (struct rig){ .ops = engine_find(way->id) };
	assert_non_null(r->ops);
	assert_int_equal(r->ops->id, way->id);
	r->depth = r->ops->depth_max < DEPTH ? r->ops->depth_max : DEPTH;
	r->pool = mmap(NULL, DEPTH * BLOCK_BYTES, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(r->pool, MAP_FAILED);
	setup.depth = r->depth;
	setup.pool = r->pool;
	setup.pool_bytes = DEPTH * BLOCK_BYTES;
	for (uint32_t i = 0; i < DEPTH; i++) {
		r->io[i] = (struct io){ .data = r->pool + i * BLOCK_BYTES,
					.len_bytes = BLOCK_BYTES,
					.offset_bytes = i * BLOCK_BYTES,
					.index = i };
		r->ptr[i] = &r->io[i];
	}
	ret = r->ops->open(&r->engine, &setup, &e);
	if (!ret)
		return true;
	munmap(r->pool, DEPTH * BLOCK_BYTES);
	if (way->id != WORKLOAD_IO_URING || (ret != -ENOSYS && ret != -EPERM && ret != -ENOMEM))
		print_error("%s: %s\n", r->ops->name, e.text);
	assert_true(way->id == WORKLOAD_IO_URING &&
		    (ret == -ENOSYS || ret == -EPERM || ret == -ENOMEM));
	print_message("left out: %s\n", e.text);
	return false;
}

static void rig_close(struct rig *r)
{
	r->ops->close(r->engine);
	munmap(r->pool, DEPTH * BLOCK_BYTES);
}

/* Submits n I/Os from `first` on, as many at a time as the engine takes, and reaps them all. */
static void carry(struct rig *r, uint32_t first, uint32_t n)
{
	struct io *done[DEPTH];
	uint32_t sent = 0, reaped = 0;

	while (reaped < n) {
		uint32_t room = r->depth - (sent - reaped),
			 batch = n - sent < room ? n - sent : room;
		int got;

		if (batch)
			assert_int_equal(r->ops->submit(r->engine, &r->ptr[first + sent], batch),
					 0);
		sent += batch;
		got = r->ops->reap(r->engine, done, 1, DEPTH, CLOCK_NS_PER_S);
		assert_true(got >= 0 && reaped + (uint32_t)got <= sent);
		for (int i = 0; i < got; i++)
			assert_in_range(done[i]->index, first, first + n - 1);
		reaped += (uint32_t)got;
	}
}

/* This test will check that blocks written are the blocks read, and land where they should. */
static void blocks_should_come_back_as_written(void **state)
{
	(void)state;
	for (size_t w = 0; w < N(ways); w++) {
		int fd = temp_fd(2 * DEPTH * BLOCK_BYTES);
		uint8_t expect[BLOCK_BYTES];
		struct rig r;

		if (!rig_open(&r, &ways[w], fd)) {
			close(fd);
			continue;
		}
		assert_true(r.ops->words(r.engine)[0]);
		for (uint32_t i = 0; i < DEPTH; i++) {
			r.io[i].write = true;
			r.io[i].offset_bytes = (DEPTH + (i * 7) % DEPTH) * BLOCK_BYTES;
			memset(r.io[i].data, (int)('A' + i), BLOCK_BYTES);
		}
		carry(&r, 0, DEPTH);
		for (uint32_t i = 0; i < DEPTH; i++) {
			assert_int_equal(r.io[i].result, BLOCK_BYTES);
			assert_int_equal(
				pread(fd, expect, BLOCK_BYTES, (off_t)r.io[i].offset_bytes),
				BLOCK_BYTES);
			assert_memory_equal(expect, r.io[i].data, BLOCK_BYTES);
			memset(r.io[i].data, 0, BLOCK_BYTES);
			r.io[i].write = false;
		}
		carry(&r, 0, DEPTH);
		for (uint32_t i = 0; i < DEPTH; i++) {
			assert_int_equal(r.io[i].result, BLOCK_BYTES);
			memset(expect, (int)('A' + i), BLOCK_BYTES);
			assert_memory_equal(expect, r.io[i].data, BLOCK_BYTES);
		}
		rig_close(&r);
		/* nothing outside the blocks that were written */
		assert_int_equal(pread(fd, expect, BLOCK_BYTES, 0), BLOCK_BYTES);
		assert_int_equal(expect[0], 0);
		assert_memory_equal(expect, expect + 1, BLOCK_BYTES - 1);
		close(fd);
	}
}

/* This test will check that no more is reaped than asked for and the rest comes later, each once.
 */
static void reaping_should_stop_at_its_limit(void **state)
{
	(void)state;
	for (size_t w = 0; w < N(ways); w++) {
		int fd = temp_fd(DEPTH * BLOCK_BYTES);
		uint32_t seen = 0, n = 0;
		struct io *done[DEPTH];
		struct rig r;

		if (!rig_open(&r, &ways[w], fd)) {
			close(fd);
			continue;
		}
		assert_int_equal(r.ops->submit(r.engine, r.ptr, r.depth), 0);
		while (n < r.depth) {
			int got = r.ops->reap(r.engine, done, 1, 3, CLOCK_NS_PER_S);

			assert_in_range(got, 1, 3);
			for (int i = 0; i < got; i++) {
				assert_false(seen & 1u << done[i]->index);
				seen |= 1u << done[i]->index;
			}
			n += (uint32_t)got;
		}
		assert_int_equal(n, r.depth);
		assert_int_equal(r.ops->reap(r.engine, done, 0, DEPTH, 0), 0);
		rig_close(&r);
		close(fd);
	}
}

/* This test will check that an engine without I/Os comes back from a wait. */
static void waiting_for_nothing_should_end(void **state)
{
	(void)state;
	for (size_t w = 0; w < N(ways); w++) {
		int fd = temp_fd(BLOCK_BYTES);
		struct io *done[1];
		uint64_t start_ns;
		struct rig r;

		if (rig_open(&r, &ways[w], fd)) {
			start_ns = clock_now_ns();
			assert_int_equal(r.ops->reap(r.engine, done, 1, 1, CLOCK_NS_PER_S / 20), 0);
			assert_true(clock_now_ns() - start_ns < 5 * CLOCK_NS_PER_S);
			rig_close(&r);
		}
		close(fd);
	}
}

/* This test will check that failed and short I/Os are told as such. */
static void errors_should_be_told(void **state)
{
	static const struct {
		uint64_t offset_bytes;
		bool write;
		int32_t result;
	} cases[] = {
		{ 0, true, -EBADF },		  /* the file is open for reading only */
		{ 0, false, BLOCK_BYTES },	  /* the engine goes on after an error */
		{ BLOCK_BYTES + 4096, false, 0 }, /* past the end */
	};
	char dir[PATH_MAX], path[PATH_MAX + 8];

	(void)state;
	temp_make(dir);
	snprintf(path, sizeof(path), "%s/f", dir);
	temp_write(dir, "f", (char[BLOCK_BYTES + 100]){ 0 }, BLOCK_BYTES + 100);
	for (size_t w = 0; w < N(ways); w++) {
		int fd = open(path, O_RDONLY);
		struct rig r;

		assert_true(fd >= 0);
		if (!rig_open(&r, &ways[w], fd)) {
			close(fd);
			continue;
		}
		for (size_t i = 0; i < N(cases); i++) {
			struct io *done[1];
			int ret;

			r.io[0].write = cases[i].write;
			r.io[0].offset_bytes = cases[i].offset_bytes;
			ret = r.ops->submit(r.engine, r.ptr, 1);
			if (ret) { /* io_submit(2) itself says it: nothing more comes of it */
				assert_int_equal(ret, cases[i].result);
				rig_close(&r);
				assert_true(rig_open(&r, &ways[w], fd));
				continue;
			}
			assert_int_equal(r.ops->reap(r.engine, done, 1, 1, CLOCK_NS_PER_S), 1);
			assert_int_equal(done[0]->result, cases[i].result);
		}
		r.io[0].write = false;
		r.io[0].offset_bytes = BLOCK_BYTES;
		carry(&r, 0, 1);
		assert_int_equal(r.io[0].result, 100);
		rig_close(&r);
		close(fd);
	}
	temp_remove(dir);
}

/* This test will check the null engine: everything is done at once, in order, nothing is touched.
 */
static void null_engine_should_complete_in_order(void **state)
{
	const struct engine_ops *ops = engine_find(WORKLOAD_NULL);
	struct engine_setup setup = { .fd = -1, .depth = 4, .batch = 4 };
	struct io io[6] = { 0 }, *ptr[6], *done[4];
	struct engine *engine;
	struct err e = ERR_INIT;

	(void)state;
	for (uint32_t i = 0; i < 6; i++) {
		io[i] = (struct io){ .index = i, .len_bytes = 512 * (i + 1) };
		ptr[i] = &io[i];
	}
	assert_int_equal(ops->open(&engine, &setup, &e), 0);
	/* more than once around its ring of four */
	for (int round = 0; round < 5; round++) {
		assert_int_equal(ops->submit(engine, ptr, 3), 0);
		assert_int_equal(ops->reap(engine, done, 1, 2, 0), 2);
		assert_ptr_equal(done[0], &io[0]);
		assert_ptr_equal(done[1], &io[1]);
		assert_int_equal(ops->submit(engine, &ptr[3], 3), 0);
		assert_int_equal(ops->reap(engine, done, 4, 4, 0), 4);
		for (int i = 0; i < 4; i++) {
			assert_ptr_equal(done[i], &io[2 + i]);
			assert_int_equal(done[i]->result, 512 * (3 + i));
		}
		assert_int_equal(ops->reap(engine, done, 0, 4, 0), 0);
	}
	ops->close(engine);
}

/* This test will check that no I/O is lost where the kernel takes a part of a batch: the rest goes
 * with later calls, each once. A write to a file open for reading stops io_submit(2); the same
 * descriptor is open for writing when it tries again. */
static void part_of_a_batch_should_not_be_lost(void **state)
{
	static const struct way libaio = { WORKLOAD_LIBAIO, false, false, false };
	static const uint8_t mark[] = "written after all";
	uint32_t seen = 0, n = 0;
	struct io *done[DEPTH];
	char dir[PATH_MAX], path[PATH_MAX + 8], found[sizeof(mark)];
	struct rig r;
	int fd, both;

	(void)state;
	temp_make(dir);
	snprintf(path, sizeof(path), "%s/f", dir);
	both = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(both >= 0);
	assert_int_equal(ftruncate(both, DEPTH * BLOCK_BYTES), 0);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_true(rig_open(&r, &libaio, fd));
	r.io[2].write = true;
	memcpy(r.io[2].data, mark, sizeof(mark));
	assert_int_equal(r.ops->submit(r.engine, r.ptr, 5), 0); /* takes two of them */
	assert_int_equal(dup2(both, fd), fd);
	assert_int_equal(r.ops->submit(r.engine, &r.ptr[5], 3), 0); /* these wait behind the rest */
	for (int tries = 0; n < 8 && tries < 100; tries++) {
		int got = r.ops->reap(r.engine, done, 1, 3, CLOCK_NS_PER_S);

		assert_in_range(got, 0, 3);
		for (int i = 0; i < got; i++) {
			assert_int_equal(done[i]->result, BLOCK_BYTES);
			assert_false(seen & 1u << done[i]->index);
			seen |= 1u << done[i]->index;
		}
		n += (uint32_t)got;
	}
	assert_int_equal(seen, 0xff);
	assert_int_equal(r.ops->reap(r.engine, done, 0, DEPTH, 0), 0);
	assert_int_equal(pread(both, found, sizeof(found), 2 * BLOCK_BYTES), sizeof(found));
	assert_memory_equal(found, mark, sizeof(mark));
	rig_close(&r);
	close(fd);
	close(both);
	temp_remove(dir);
}

/* This test will check that what the kernel still refuses is an error of the next call, not a wait
 * for ever. */
static void rest_of_a_batch_should_fail_in_words(void **state)
{
	static const struct way libaio = { WORKLOAD_LIBAIO, false, false, false };
	int fd = open("/proc/self/exe", O_RDONLY);
	struct io *done[DEPTH];
	struct rig r;

	(void)state;
	assert_true(fd >= 0);
	assert_true(rig_open(&r, &libaio, fd));
	r.io[1].write = true;
	assert_int_equal(r.ops->submit(r.engine, r.ptr, 3), 0); /* takes the first */
	assert_int_equal(r.ops->reap(r.engine, done, 2, DEPTH, CLOCK_NS_PER_S), -EBADF);
	rig_close(&r);
	close(fd);
}

/* This test will check that batches of every size come through a ring that goes around many times.
 */
static void rings_should_go_around(void **state)
{
	(void)state;
	for (size_t w = 0; w < N(ways); w++) {
		int fd = temp_fd(DEPTH * BLOCK_BYTES);
		struct rig r;

		if (rig_open(&r, &ways[w], fd)) {
			for (uint32_t round = 0; round < 200; round++) {
				carry(&r, 0, 1 + round % r.depth);
				for (uint32_t i = 0; i < 1 + round % r.depth; i++) {
					assert_int_equal(r.io[i].result, BLOCK_BYTES);
					r.io[i].result = -1;
				}
			}
			rig_close(&r);
		}
		close(fd);
	}
}

/* This test will check that every way says what it was granted. */
static void ways_should_say_what_they_are(void **state)
{
	int fd = temp_fd(BLOCK_BYTES);

	(void)state;
	for (size_t w = 0; w < N(ways); w++) {
		const struct way *way = &ways[w];
		const char *words;
		struct rig r;

		if (!rig_open(&r, way, fd))
			continue;
		words = r.ops->words(r.engine);
		assert_true(strlen(words) > 4);
		assert_int_equal(!!strstr(words, "registered buffers"), way->fixedbufs);
		assert_int_equal(!!strstr(words, "registered file"), way->registerfiles);
		assert_int_equal(!!strstr(words, "SQPOLL"), way->sqthread_poll);
		rig_close(&r);
	}
	close(fd);
}

/* This test will check that what the kernel refuses is an error in words. */
static void refusal_should_be_an_error(void **state)
{
	struct engine_setup setup = { .fd = 1 << 20, /* no such descriptor */
				      .depth = UINT32_MAX / 1024,
				      .batch = 1,
				      .registerfiles = true };
	struct engine *engine = NULL;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(engine_find(WORKLOAD_LIBAIO)->open(&engine, &setup, &e) < 0);
	check_has(e.text, "libaio: ");
	e = ERR_INIT;
	setup.depth = 1;
	assert_true(engine_find(WORKLOAD_IO_URING)->open(&engine, &setup, &e) < 0);
	check_has(e.text, "io_uring: ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_should_come_back_as_written),
		cmocka_unit_test(reaping_should_stop_at_its_limit),
		cmocka_unit_test(waiting_for_nothing_should_end),
		cmocka_unit_test(errors_should_be_told),
		cmocka_unit_test(null_engine_should_complete_in_order),
		cmocka_unit_test(part_of_a_batch_should_not_be_lost),
		cmocka_unit_test(rest_of_a_batch_should_fail_in_words),
		cmocka_unit_test(rings_should_go_around),
		cmocka_unit_test(ways_should_say_what_they_are),
		cmocka_unit_test(refusal_should_be_an_error),
	};

	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
