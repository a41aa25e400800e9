// SPDX-License-Identifier: MIT
/* The option table of job files. The only place where an option is described. */
#include "config/option_rows.h"

#include <string.h>

#include "lib/str.h"
#include "model/workload.h"

static const struct option_choice rw_choices[] = {
	{ "read", WORKLOAD_READ },	     { "write", WORKLOAD_WRITE },
	{ "randread", WORKLOAD_RANDREAD },   { "randwrite", WORKLOAD_RANDWRITE },
	{ "readwrite", WORKLOAD_READWRITE }, { "randrw", WORKLOAD_RANDRW },
	{ "rw", WORKLOAD_READWRITE },	     { NULL, 0 },
};

static const struct option_choice engine_choices[] = {
	{ "libaio", WORKLOAD_LIBAIO },
	{ "io_uring", WORKLOAD_IO_URING },
	{ "psync", WORKLOAD_PSYNC },
	{ "null", WORKLOAD_NULL },
	{ NULL, 0 },
};

static const struct option_choice rate_choices[] = {
	{ "linear", WORKLOAD_RATE_LINEAR },
	{ "poisson", WORKLOAD_RATE_POISSON },
	{ NULL, 0 },
};

#define AT(member) offsetof(struct workload, member)
#define U64_BYTES  (UINT64_C(1) << 60)
#define DAY_NS	   OPTION_DAY_NS

/* The defaults are fio's. */
static const struct option_row rows[] = {
	{ "name", NULL, OPTION_NAME, AT(name), 1, WORKLOAD_NAME_BYTES, NULL, NULL,
	  "the workload's name, where not the section's" },
	{ "description", NULL, OPTION_TEXT, AT(description), 0, WORKLOAD_TEXT_BYTES, NULL, NULL,
	  "what the section is for" },
	{ "rw", "readwrite", OPTION_CHOICE, AT(rw), 0, 0, rw_choices, "read",
	  "direction and order of the I/Os" },
	{ "bs", "blocksize", OPTION_BYTES, AT(bs_bytes), 512, 16 << 20, NULL, "4k",
	  "bytes of one I/O" },
	{ "size", NULL, OPTION_SHARE, AT(size_bytes), 0, U64_BYTES, NULL, NULL,
	  "bytes of the region, or percent of the span; cut to it; all of it where not given" },
	{ "io_size", NULL, OPTION_SHARE, AT(io_size_bytes), 0, U64_BYTES, NULL, NULL,
	  "bytes to transfer, or percent of the region, where not the region once" },
	{ "number_ios", NULL, OPTION_U64, AT(number_ios), 0, UINT64_MAX, NULL, NULL,
	  "a loop ends after so many I/Os" },
	{ "loops", NULL, OPTION_U64, AT(loops), 1, 1000000, NULL, "1", "times the work is done" },
	{ "offset", NULL, OPTION_SHARE, AT(offset_bytes), 0, U64_BYTES, NULL, NULL,
	  "start of the region, in bytes or percent of the span" },
	{ "offset_increment", NULL, OPTION_SHARE, AT(offset_increment_bytes), 0, U64_BYTES, NULL,
	  NULL, "added to offset for each further clone of numjobs" },
	{ "iodepth", NULL, OPTION_U32, AT(iodepth), 1, 4096, NULL, "1", "I/Os in flight" },
	{ "numjobs", NULL, OPTION_U32, AT(numjobs), 1, 256, NULL, "1",
	  "clones of the section, a thread each" },
	{ "ioengine", NULL, OPTION_CHOICE, AT(ioengine), 0, 0, engine_choices, "psync",
	  "how I/Os reach the kernel; null completes at once without it" },
	{ "direct", NULL, OPTION_BOOL, AT(direct), 0, 1, NULL, "0", "past the page cache" },
	{ "invalidate", NULL, OPTION_BOOL, AT(invalidate), 0, 1, NULL, "1",
	  "drop the target's page cache before the job begins" },
	{ "runtime", NULL, OPTION_TIME, AT(runtime_ns), 0, 30 * DAY_NS, NULL, NULL,
	  "longest time; without time_based the region's end comes first" },
	{ "time_based", NULL, OPTION_BOOL, AT(time_based), 0, 1, NULL, "0",
	  "run for the whole runtime, over the region again and again" },
	{ "ramp_time", NULL, OPTION_TIME, AT(ramp_time_ns), 0, DAY_NS, NULL, NULL,
	  "runs before the measurement, unrecorded" },
	{ "rate_iops", NULL, OPTION_RATES, AT(rate_iops), 0, 1000000000, NULL, NULL,
	  "I/Os due each second in every clone, as reads,writes (one number: each of both); "
	  "response_ns counts from when they were due" },
	{ "rate_process", NULL, OPTION_CHOICE, AT(rate_process), 0, 0, rate_choices, "linear",
	  "when the I/Os of rate_iops are due: evenly, or as independent requests arrive" },
	{ "rwmixread", NULL, OPTION_READ_PCT, AT(rwmixread_pct), 0, 100, NULL, "50",
	  "percent of reads in readwrite and randrw" },
	{ "rwmixwrite", NULL, OPTION_WRITE_PCT, AT(rwmixread_pct), 0, 100, NULL, "50",
	  "percent of writes in readwrite and randrw" },
	{ "fsync", NULL, OPTION_U32, AT(fsync_writes), 0, UINT32_MAX, NULL, "0",
	  "an fsync after so many writes; 0: none" },
	{ "fdatasync", NULL, OPTION_U32, AT(fdatasync_writes), 0, UINT32_MAX, NULL, "0",
	  "an fdatasync after so many writes; 0: none" },
	{ "randrepeat", NULL, OPTION_BOOL, AT(randrepeat), 0, 1, NULL, "1",
	  "the same random order in every run" },
	{ "randseed", NULL, OPTION_U64, AT(randseed), 0, UINT64_MAX, NULL, NULL,
	  "seed of the random order; the run's own where not given" },
	{ "norandommap", NULL, OPTION_BOOL, AT(norandommap), 0, 1, NULL, "0",
	  "random blocks may repeat before all were touched" },
	{ "stonewall", "wait_for_previous", OPTION_BOOL, AT(stonewall), 0, 1, NULL, "0",
	  "begin after the sections before it have ended" },
	{ "group_reporting", NULL, OPTION_BOOL, AT(group_reporting), 0, 1, NULL, "0",
	  "clones are always reported as one" },
	{ "thread", NULL, OPTION_BOOL, AT(thread), 0, 1, NULL, "0", "jobs are always threads" },
	{ "iodepth_batch_submit", "iodepth_batch", OPTION_U32, AT(iodepth_batch_submit), 0, 4096,
	  NULL, "1", "I/Os submitted at once; 0: iodepth" },
	{ "iodepth_batch_complete_min", "iodepth_batch_complete", OPTION_U32,
	  AT(iodepth_batch_complete_min), 0, 4096, NULL, "1", "I/Os waited for at once" },
	{ "iodepth_batch_complete_max", NULL, OPTION_U32, AT(iodepth_batch_complete_max), 0, 4096,
	  NULL, NULL, "I/Os reaped at once; the minimum where not given" },
	{ "fixedbufs", NULL, OPTION_BOOL, AT(fixedbufs), 0, 1, NULL, "0",
	  "io_uring: register the buffers" },
	{ "registerfiles", NULL, OPTION_BOOL, AT(registerfiles), 0, 1, NULL, "0",
	  "io_uring: register the file" },
	{ "hipri", NULL, OPTION_BOOL, AT(hipri), 0, 1, NULL, "0",
	  "io_uring: poll the device, no interrupts" },
	{ "sqthread_poll", NULL, OPTION_BOOL, AT(sqthread_poll), 0, 1, NULL, "0",
	  "io_uring: a thread of the kernel's submits" },
	{ "zero_buffers", NULL, OPTION_BOOL, AT(zero_buffers), 0, 1, NULL, "0",
	  "write zeros, not random data" },
	{ "refill_buffers", NULL, OPTION_BOOL, AT(refill_buffers), 0, 1, NULL, "0",
	  "new random data for every write; else a pool of at least 4 MiB is written in turn" },
	{ "buffer_compress_percentage", NULL, OPTION_U32, AT(buffer_compress_pct), 0, 100, NULL,
	  "0", "percent of each written block that compresses away" },
	{ "percentile_list", NULL, OPTION_PERCENTILES, AT(percentile), 0, 0, NULL,
	  "1:5:10:20:30:40:50:60:70:80:90:95:99:99.5:99.9:99.95:99.99",
	  "percentiles of latency to report" },
	{ "filename", NULL, OPTION_TEXT, AT(filename), 0, WORKLOAD_TEXT_BYTES, NULL, NULL,
	  "recorded, never opened: the target is chosen outside the job file" },
	{ "directory", NULL, OPTION_TEXT, AT(directory), 0, WORKLOAD_TEXT_BYTES, NULL, NULL,
	  "recorded, never opened" },
};

#define ROWS_N (sizeof(rows) / sizeof(rows[0]))

const struct option_row *option_row_at(size_t i)
{
	return i < ROWS_N ? &rows[i] : NULL;
}

const struct option_row *option_row_find(const char *name)
{
	for (size_t i = 0; i < ROWS_N; i++)
		if (!strcmp(rows[i].name, name) || (rows[i].alias && !strcmp(rows[i].alias, name)))
			return &rows[i];
	return NULL;
}

const char *option_row_nearest(const char *name)
{
	const char *names[2 * ROWS_N + 1];
	size_t n = 0;

	for (size_t i = 0; i < ROWS_N; i++) {
		names[n++] = rows[i].name;
		if (rows[i].alias)
			names[n++] = rows[i].alias;
	}
	names[n] = NULL;
	return str_nearest(name, names);
}
