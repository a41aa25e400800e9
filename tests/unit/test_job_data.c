// SPDX-License-Identifier: MIT
/* What one job writes, when it flushes that, and what it makes of what it reads back. */
#include "job_bench.h"

#include <errno.h>

#include "lib/deflate.h"
#include "run/stamp.h"

/* Every 4 KiB of the file is stamped with its own offset. */
static void check_stamps_only(int fd, uint64_t bytes, uint64_t writes)
{
	for (uint64_t at = 0; at < bytes; at += STAMP_EVERY_BYTES) {
		struct stamp stamp;

		assert_int_equal(pread(fd, &stamp, sizeof(stamp), (off_t)at), sizeof(stamp));
		assert_true(stamp.magic == STAMP_MAGIC);
		check_number("offset", stamp.offset_bytes, at);
		assert_true(stamp.seed == BENCH_SEED);
		assert_true(stamp.sequence < writes);
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The same, and beside their stamps they differ, or hold at least a pool of different data. */
static void check_stamps(int fd, uint64_t bytes, uint64_t writes)
{
	uint64_t blocks = bytes / STAMP_EVERY_BYTES, different = 0;
	uint64_t *body = calloc(blocks, sizeof(*body));

	assert_non_null(body);
	check_stamps_only(fd, bytes, writes);
	for (uint64_t i = 0; i < blocks; i++)
		assert_int_equal(
			pread(fd, &body[i], sizeof(*body), (off_t)(i * STAMP_EVERY_BYTES + 2048)),
			sizeof(*body));
	qsort(body, blocks, sizeof(*body), compare);
	assert_true(body[0] != 0);
	for (uint64_t i = 0; i < blocks; i++)
		different += !i || body[i] != body[i - 1];
	assert_true(different == blocks || different >= WORKLOAD_POOL_BYTES / STAMP_EVERY_BYTES);
	free(body);
}

/* This test will check what writing leaves in a file: every block once, stamped with its place, of
 * data that do not compress. */
static void every_block_should_be_stamped_with_its_place(void **state)
{
	/* 12 MiB: the pool is used three times over; 3 MiB: each of its slices once at most. */
	static const struct {
		const char *options;
		uint64_t mib;
	} cases[] = {
		{ "ioengine=psync\nrw=write\nbs=4k", 12 },
		{ "ioengine=psync\nrw=randwrite\nbs=4k", 12 },
		{ "ioengine=psync\nrw=randwrite\nbs=4k", 3 },
		{ "ioengine=libaio\nrw=write\nbs=64k\niodepth=16\niodepth_batch_submit=4", 12 },
		{ "ioengine=libaio\nrw=randwrite\nbs=12k\niodepth=7", 12 },
		{ "ioengine=libaio\nrw=randwrite\nbs=12k\niodepth=7", 3 },
		{ "ioengine=io_uring\nrw=randwrite\nbs=1m\niodepth=4\nfixedbufs\nregisterfiles",
		  12 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		uint64_t bytes = cases[i].mib << 20;
		int fd = temp_fd(bytes);
		static struct bench b;
		struct buf packed = BUF_INIT;
		static char sample[1 << 20];
		uint64_t blocks;

		if (strstr(cases[i].options, "io_uring") && !io_uring_works()) {
			close(fd);
			continue;
		}
		bench_init(&b, cases[i].options, fd, 1);
		blocks = bytes / b.work.bs_bytes;
		bench_free(&b);
		bench_init(&b, cases[i].options, fd, blocks);
		b.job.total_ios = blocks;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		assert_int_equal(b.stats->io[STATS_WRITE].bytes, bytes);
		check_stamps(fd, bytes, blocks);
		assert_int_equal(pread(fd, sample, sizeof(sample), 1 << 20), sizeof(sample));
		assert_int_equal(deflate_pack(&packed, sample, sizeof(sample)), 0);
		/* a slice that comes again at random may do so within deflate's reach */
		if (!workload_is_random(&b.work) || bytes <= WORKLOAD_POOL_BYTES)
			assert_true(packed.len > sizeof(sample) / 100 * 99);
		buf_free(&packed);
		bench_free(&b);
		close(fd);
	}
}

/* This test will check that zero_buffers writes zeros and reading writes nothing at all. */
static void zeros_and_reads_should_leave_no_stamp(void **state)
{
	static const struct {
		const char *options;
		uint8_t want;
	} cases[] = { { "rw=write\nzero_buffers", 0 }, { "rw=randread", 0xa5 } };
	static uint8_t data[1 << 20];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		int fd = temp_fd(sizeof(data));
		static struct bench b;
		char options[128];

		memset(data, 0xa5, sizeof(data));
		assert_int_equal(pwrite(fd, data, sizeof(data), 0), sizeof(data));
		snprintf(options, sizeof(options), "ioengine=psync\n%s", cases[i].options);
		bench_init(&b, options, fd, sizeof(data) / 4096);
		b.job.total_ios = sizeof(data) / 4096;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		assert_int_equal(pread(fd, data, sizeof(data), 0), sizeof(data));
		assert_int_equal(data[0], cases[i].want);
		assert_memory_equal(data, data + 1, sizeof(data) - 1);
		bench_free(&b);
		close(fd);
	}
}

/* This test will check that data are as compressible as asked for, whether they come from the pool
 * or are made anew. */
static void data_should_compress_as_asked(void **state)
{
	static const uint32_t pcts[] = { 0, 25, 50, 75, 100 };
	static char sample[1 << 20];
	static struct bench b;

	(void)state;
	for (size_t i = 0; i < 2 * N(pcts); i++) {
		struct buf packed = BUF_INIT;
		int fd = temp_fd(sizeof(sample));
		double packed_pct, want_pct = 100 - pcts[i / 2];

		bench_init(&b, "ioengine=psync\nrw=write\nbs=64k", fd, 16);
		b.work.buffer_compress_pct = pcts[i / 2];
		b.work.refill_buffers = i % 2;
		b.job.total_ios = 16;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		assert_int_equal(pread(fd, sample, sizeof(sample), 0), sizeof(sample));
		assert_int_equal(deflate_pack(&packed, sample, sizeof(sample)), 0);
		packed_pct = 100.0 * (double)packed.len / sizeof(sample);
		if (packed_pct < want_pct - 1 || packed_pct > want_pct + 3)
			print_error("%u %%, refill=%zu: deflates to %f %%\n", pcts[i / 2], i % 2,
				    packed_pct);
		/* stamps and the codes of deflate take their share too */
		assert_true(packed_pct >= want_pct - 1 && packed_pct <= want_pct + 3);
		check_stamps_only(fd, sizeof(sample), 16);
		buf_free(&packed);
		bench_free(&b);
		close(fd);
	}
}

/* Of two parts of a file: 4 KiB blocks that differ beside their stamps. */
static uint32_t differing(int fd, uint64_t a, uint64_t b, uint64_t bytes)
{
	uint32_t n = 0;

	for (uint64_t at = 0; at < bytes; at += STAMP_EVERY_BYTES) {
		uint8_t one[STAMP_EVERY_BYTES], other[STAMP_EVERY_BYTES];

		assert_int_equal(pread(fd, one, sizeof(one), (off_t)(a + at)), sizeof(one));
		assert_int_equal(pread(fd, other, sizeof(other), (off_t)(b + at)), sizeof(other));
		n += memcmp(one + sizeof(struct stamp), other + sizeof(struct stamp),
			    sizeof(one) - sizeof(struct stamp)) != 0;
	}
	return n;
}

/* This test will check that refill_buffers makes data anew for every write, where they repeat after
 * the pool's length without it; and that zero_buffers wins over it, as in fio. */
static void refilled_data_should_never_repeat(void **state)
{
	static const struct {
		bool refill, zero;
		uint32_t want; /* blocks that differ from those a pool's length before */
	} cases[] = { { false, false, 0 }, { true, false, 1024 }, { true, true, 0 } };
	static struct bench b;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		int fd = temp_fd(8 << 20);
		uint64_t first;

		bench_init(&b, "ioengine=psync\nrw=write\nbs=64k", fd, 128);
		b.work.refill_buffers = cases[i].refill;
		b.work.zero_buffers = cases[i].zero;
		b.job.total_ios = 128;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		assert_int_equal(differing(fd, 0, 4 << 20, 4 << 20), cases[i].want);
		assert_int_equal(pread(fd, &first, sizeof(first), 0), sizeof(first));
		assert_true(first == (cases[i].zero ? 0 : STAMP_MAGIC));
		if (!cases[i].zero)
			check_stamps(fd, 8 << 20, 128);
		bench_free(&b);
		close(fd);
	}
}

/* --- flushes --- */

static struct flushes {
	uint32_t fsyncs, fdatasyncs;
	uint32_t beside; /* while I/Os were in flight */
	int error;	 /* what they fail with; 0: they succeed */
} flushes;

static int flush(uint32_t *n)
{
	++*n;
	flushes.beside += spy.in_flight > 0;
	errno = flushes.error;
	return flushes.error ? -1 : 0;
}

/* Before the C library's. */
int fsync(int fd)
{
	(void)fd;
	return flush(&flushes.fsyncs);
}

int fdatasync(int fd)
{
	(void)fd;
	return flush(&flushes.fdatasyncs);
}

/* This test will check flushes: one after every so many writes, of the kind that was asked for,
 * each timed, with nothing else in flight. */
static void flushes_should_come_after_so_many_writes(void **state)
{
	static const struct {
		const char *options;
		uint32_t fsync, fdatasync, ios, want;
	} cases[] = {
		{ "ioengine=psync\nrw=write", 1, 0, 100, 99 },
		{ "ioengine=psync\nrw=randwrite", 0, 4, 100, 24 },
		{ "ioengine=libaio\nrw=write\niodepth=8", 3, 0, 100, 33 },
		{ "ioengine=null\nrw=write\niodepth=32\niodepth_batch_submit=8", 0, 20, 100, 4 },
		{ "ioengine=null\nrw=write\niodepth=8\niodepth_batch_submit=8", 64, 0, 640, 9 },
		{ "ioengine=null\nrw=write", 1000, 0, 100, 0 },
		{ "ioengine=psync\nrw=randread", 1, 0, 100, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct bench b;
		int fd = temp_fd(4 << 20);

		flushes = (struct flushes){ 0 };
		spy = (struct spy){ 0 };
		bench_init(&b, cases[i].options, fd, 1024);
		b.work.fsync_writes = cases[i].fsync;
		b.work.fdatasync_writes = cases[i].fdatasync;
		b.ready = spy_stand_in;
		b.job.total_ios = cases[i].ios;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		check_number(cases[i].options, bench_ios(&b, 0) + bench_ios(&b, 1), cases[i].ios);
		assert_int_equal(flushes.fsyncs, cases[i].fsync ? cases[i].want : 0);
		assert_int_equal(flushes.fdatasyncs, cases[i].fdatasync ? cases[i].want : 0);
		check_number(cases[i].options, b.stats->sync.n, cases[i].want);
		assert_int_equal(flushes.beside, 0);
		assert_int_equal(spy.in_flight, 0);
		/* no deeper than the writes between two of them, and as deep as those allow */
		assert_true(spy.most <= b.work.iodepth);
		if (b.work.iodepth <= cases[i].fsync)
			assert_int_equal(spy.most, b.job.depth);
		bench_free(&b);
		close(fd);
	}
}

/* This test will check that mixed workloads flush by their writes alone. */
static void reads_should_not_be_flushed(void **state)
{
	static struct bench b;

	(void)state;
	flushes = (struct flushes){ 0 };
	spy = (struct spy){ 0 };
	bench_init(&b, "ioengine=null\nrw=randrw\niodepth=4\niodepth_batch_submit=4", -1, 1024);
	b.work.fsync_writes = 10;
	b.ready = spy_stand_in;
	b.job.total_ios = 2000;
	bench_run(&b, 0, 0);
	assert_true(bench_ios(&b, STATS_READ) > 500 && bench_ios(&b, STATS_WRITE) > 500);
	assert_int_equal(flushes.fsyncs, bench_ios(&b, STATS_WRITE) / 10);
	assert_int_equal(flushes.beside, 0);
	bench_free(&b);
}

/* This test will check that a flush that fails ends the job, in words. */
static void failed_flush_should_end_the_job(void **state)
{
	static struct bench b;

	(void)state;
	flushes = (struct flushes){ .error = EIO };
	bench_init(&b, "ioengine=null\nrw=write", -1, 1024);
	b.work.fdatasync_writes = 3;
	b.job.total_ios = 100;
	bench_run(&b, 0, 0);
	assert_true(b.job.failed);
	assert_int_equal(b.job.err.code, -EIO);
	check_has(b.job.err.text, "fdatasync: Input/output error");
	assert_int_equal(flushes.fdatasyncs, 1);
	assert_int_equal(b.stats->sync.n, 0);
	assert_int_equal(bench_ios(&b, STATS_WRITE), 3);
	bench_free(&b);
	flushes.error = 0;
}

/* This test will check that a sequence stays one, whatever batches it goes in: what goes to the
 * engine goes in order. */
static void sequence_should_be_kept_in_batches(void **state)
{
	static const uint32_t fsyncs[] = { 0, 1, 10, 16, 100 };
	static struct bench b;

	(void)state;
	for (size_t i = 0; i < N(fsyncs); i++) {
		spy = (struct spy){ 0 };
		bench_init(&b, "ioengine=null\nrw=write\niodepth=16\niodepth_batch_submit=16", -1,
			   1024);
		b.work.fsync_writes = fsyncs[i];
		b.ready = spy_stand_in;
		b.job.total_ios = 1024;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		assert_int_equal(spy.end_bytes, 1024 * 4096);
		check_number("jumps", spy.jumps, 0);
		bench_free(&b);
	}
}

/* This test will check that a sequential mix has a position for reads and one for writes, as fio:
 * what is written is written without gaps, from the beginning. */
static void sequential_mix_should_go_forward_both_ways(void **state)
{
	static const char *const engines[] = { "psync",
					       "libaio\niodepth=8\niodepth_batch_submit=4" };

	(void)state;
	for (size_t i = 0; i < N(engines); i++) {
		int fd = temp_fd(256 * 4096);
		static struct bench b;
		char options[128];
		uint64_t writes;

		snprintf(options, sizeof(options), "rw=rw\nrwmixread=70\nioengine=%s", engines[i]);
		bench_init(&b, options, fd, 256);
		b.job.total_ios = 256;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		writes = bench_ios(&b, STATS_WRITE);
		assert_true(writes > 20 && writes < 200);
		for (uint64_t block = 0; block < 256; block++) {
			struct stamp stamp;

			assert_int_equal(pread(fd, &stamp, sizeof(stamp), (off_t)(block * 4096)),
					 sizeof(stamp));
			assert_int_equal(stamp.magic == STAMP_MAGIC, block < writes);
			if (block < writes)
				check_number("offset", stamp.offset_bytes, block * 4096);
		}
		bench_free(&b);
		close(fd);
	}
}

/* --- reading back --- */

/* A file whose blocks are all stamped. */
static int stamped_file(uint64_t blocks)
{
	int fd = temp_fd(blocks * 4096);
	static struct bench b;

	bench_init(&b, "ioengine=psync\nrw=write", fd, blocks);
	b.job.total_ios = blocks;
	bench_run(&b, 0, 0);
	assert_false(b.job.failed);
	bench_free(&b);
	return fd;
}

/* Reads all of it back. `reverse`: of what completes together, the last comes first. */
static void verify(struct bench *b, int fd, uint64_t blocks, uint64_t seed, bool reverse)
{
	spy = (struct spy){ .reverse = reverse };
	bench_init(b,
		   "ioengine=libaio\nrw=read\niodepth=16\niodepth_batch_submit=16\n"
		   "iodepth_batch_complete_min=8\niodepth_batch_complete_max=16",
		   fd, blocks);
	b->job.verify = true;
	b->job.stamp_seed = seed;
	b->job.total_ios = blocks;
	b->ready = spy_stand_in;
	bench_run(b, 0, 0);
}

/* This test will check reading back: right stamps pass; of wrong ones the first in place is told,
 * in whatever order they come. */
static void first_wrong_block_should_be_told(void **state)
{
	static const struct {
		uint64_t from, to; /* block `to` is overwritten by this; both 0: nothing is */
		uint64_t seed;
		uint64_t want; /* first wrong block; UINT64_MAX: none */
		const char *words;
	} cases[] = {
		{ 0, 0, BENCH_SEED, UINT64_MAX, "" },
		{ 3, 20, BENCH_SEED, 20,
		  "block at offset 81920: expected its own stamp of seed 77, found the stamp of "
		  "offset 12288, write 3 of seed 77" },
		{ 63, 0, BENCH_SEED, 0, "found the stamp of offset 258048, write 63" },
		{ 0, 0, 78, 0,
		  "block at offset 0: expected its own stamp of seed 78, found the stamp of offset "
		  "0, write 0 of seed 77" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * N(cases); i++) {
		uint64_t from = cases[i / 2].from, to = cases[i / 2].to;
		int fd = stamped_file(64);
		uint8_t block[4096];
		static struct bench b;
		char words[256];

		assert_int_equal(pread(fd, block, sizeof(block), (off_t)(from * 4096)), 4096);
		for (uint64_t k = to; from != to && k < to + 3; k++) /* the first is to be told */
			assert_int_equal(pwrite(fd, block, sizeof(block), (off_t)(k * 4096)), 4096);
		verify(&b, fd, 64, cases[i / 2].seed, i % 2);
		assert_int_equal(b.job.failed, cases[i / 2].want != UINT64_MAX);
		assert_int_equal(b.job.fault.found, cases[i / 2].want != UINT64_MAX);
		if (b.job.fault.found) {
			check_number("offset", b.job.fault.offset_bytes, cases[i / 2].want * 4096);
			stamp_fault_words(words, sizeof(words), &b.job.fault);
			check_has(words, cases[i / 2].words);
		} else {
			assert_int_equal(bench_ios(&b, STATS_READ), 64);
		}
		bench_free(&b);
		close(fd);
	}
}

/* This test will check that a device which answers without a transfer does not pass. */
static void nothing_read_should_not_pass(void **state)
{
	static struct bench b;

	(void)state;
	bench_init(&b, "ioengine=null\nrw=read", -1, 64);
	b.job.verify = true;
	b.job.total_ios = 64;
	bench_run(&b, 0, 0);
	assert_true(b.job.failed);
	assert_true(b.job.fault.found);
	assert_int_equal(b.job.fault.offset_bytes, 0);
	bench_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_block_should_be_stamped_with_its_place),
		cmocka_unit_test(zeros_and_reads_should_leave_no_stamp),
		cmocka_unit_test(data_should_compress_as_asked),
		cmocka_unit_test(refilled_data_should_never_repeat),
		cmocka_unit_test(flushes_should_come_after_so_many_writes),
		cmocka_unit_test(reads_should_not_be_flushed),
		cmocka_unit_test(failed_flush_should_end_the_job),
		cmocka_unit_test(sequence_should_be_kept_in_batches),
		cmocka_unit_test(sequential_mix_should_go_forward_both_ways),
		cmocka_unit_test(first_wrong_block_should_be_told),
		cmocka_unit_test(nothing_read_should_not_pass),
	};

	return cmocka_run_group_tests_name("job data", tests, NULL, NULL);
}
