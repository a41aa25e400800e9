/* SPDX-License-Identifier: MIT */
/* What one section of a job file asks for, in fio's names. Plain data. */
#ifndef TARE_MODEL_WORKLOAD_H
#define TARE_MODEL_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#define WORKLOAD_NAME_BYTES	 64
#define WORKLOAD_TEXT_BYTES	 256
#define WORKLOAD_PERCENTILES_MAX 20
/* Least random data that a job writes from. */
#define WORKLOAD_POOL_BYTES (UINT64_C(4) << 20)
/* In a field of bytes of a job file: the other bits are percent of the span (of io_size: of size).
 * plan_build() turns it into bytes. */
#define WORKLOAD_SHARE (UINT64_C(1) << 63)

enum workload_rw {
	WORKLOAD_READ,
	WORKLOAD_WRITE,
	WORKLOAD_RANDREAD,
	WORKLOAD_RANDWRITE,
	WORKLOAD_READWRITE,
	WORKLOAD_RANDRW,
};

enum workload_engine {
	WORKLOAD_LIBAIO,
	WORKLOAD_IO_URING,
	WORKLOAD_PSYNC,
	WORKLOAD_NULL,
};

/* When the I/Os of an open loop are due. */
enum workload_rate_process {
	WORKLOAD_RATE_LINEAR,  /* evenly */
	WORKLOAD_RATE_POISSON, /* as independent requests arrive: exponential gaps */
};

struct workload {
	char name[WORKLOAD_NAME_BYTES];
	char description[WORKLOAD_TEXT_BYTES];
	enum workload_rw rw;
	enum workload_engine ioengine;
	uint64_t bs_bytes;
	uint64_t size_bytes;	/* region of the span; 0: all of it */
	uint64_t io_size_bytes; /* bytes to transfer; 0: size_bytes */
	uint64_t number_ios;	/* stop after so many; 0: no such limit */
	uint64_t loops;
	uint64_t offset_bytes;
	uint64_t offset_increment_bytes; /* added once for each clone of numjobs */
	uint64_t runtime_ns;		 /* 0: until size_bytes are done */
	uint64_t ramp_time_ns;		 /* runs, unrecorded, before the measurement */
	uint32_t iodepth;
	uint32_t numjobs;
	uint32_t iodepth_batch_submit;
	uint32_t iodepth_batch_complete_min;
	uint32_t iodepth_batch_complete_max;
	uint32_t rwmixread_pct;
	uint32_t rate_iops[2]; /* reads, writes; 0: as fast as they complete */
	enum workload_rate_process rate_process;
	uint32_t fsync_writes;	   /* an fsync after so many writes; 0: none */
	uint32_t fdatasync_writes; /* likewise */
	uint32_t buffer_compress_pct;
	uint64_t randseed;
	bool randrepeat;
	bool norandommap;
	bool direct;
	bool time_based;
	bool stonewall; /* waits for the sections before it */
	bool group_reporting;
	bool fixedbufs;
	bool registerfiles;
	bool invalidate; /* drop the target's page cache before the job */
	bool hipri;	 /* io_uring: poll the device */
	bool sqthread_poll;
	bool zero_buffers;
	bool refill_buffers;			     /* new random data for every write */
	bool thread;				     /* accepted: jobs are threads here always */
	char filename[WORKLOAD_TEXT_BYTES];	     /* recorded, never opened */
	char directory[WORKLOAD_TEXT_BYTES];	     /* recorded, never opened */
	double percentile[WORKLOAD_PERCENTILES_MAX]; /* ascending */
	uint32_t percentiles_n;
};

static inline bool workload_reads(const struct workload *w)
{
	return w->rw != WORKLOAD_WRITE && w->rw != WORKLOAD_RANDWRITE;
}

static inline bool workload_writes(const struct workload *w)
{
	return w->rw != WORKLOAD_READ && w->rw != WORKLOAD_RANDREAD;
}

static inline bool workload_mixes(const struct workload *w)
{
	return w->rw == WORKLOAD_READWRITE || w->rw == WORKLOAD_RANDRW;
}

static inline bool workload_is_random(const struct workload *w)
{
	return w->rw == WORKLOAD_RANDREAD || w->rw == WORKLOAD_RANDWRITE ||
	       w->rw == WORKLOAD_RANDRW;
}

#endif
