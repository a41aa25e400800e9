/* SPDX-License-Identifier: MIT */
/* fio's two outputs of a job, as tests read them, whole and edited. */
#ifndef TARE_TESTS_FIO_OUTPUTS_H
#define TARE_TESTS_FIO_OUTPUTS_H

#include "import_fixture.h"

#define CONFIG                                                                                     \
	"rr: (g=0): rw=randread, bs=(R) 4096B-4096B, (W) 4096B-4096B, (T) 4096B-4096B, "           \
	"ioengine=libaio, iodepth=64\nfio-3.35\nStarting 1 process\n\n"
#define JOB                                                                                        \
	"rr: (groupid=0, jobs=1): err= 0: pid=1: Tue Nov  4 10:11:12 2025\n"                       \
	"  read: IOPS=110k, BW=430MiB/s (451MB/s)(10.0GiB/23810msec)\n"                            \
	"    slat (nsec): min=1500, max=250k, avg=7700.50, stdev=10.00\n"                          \
	"    clat (usec): min=50, max=3000, avg=573.10, stdev=80.00\n"                             \
	"     lat (usec): min=60, max=3010, avg=580.80, stdev=80.10\n"                             \
	"    clat percentiles (usec):\n"                                                           \
	"     |  1.00th=[  404], 50.00th=[  570], 99.00th=[  824], 99.50th=[  873],\n"             \
	"     | 99.90th=[  988], 99.95th=[ 1037],\n     | 99.99th=[ 1123]\n"                       \
	"   bw (  KiB/s): min=1, max=2, per=100.00%, avg=3.00, stdev=4.00, samples=47\n"           \
	"  lat (usec)   : 500=12.00%, 750=87.00%, 1000=1.00%\n"                                    \
	"  cpu          : usr=15.73%, sys=84.21%, ctx=123, majf=0, minf=78\n"                      \
	"     issued rwts: total=2621440,0,0,0 short=0,0,0,0 dropped=0,0,0,0\n"                    \
	"     latency   : target=0, window=0, percentile=100.00%, depth=64\n"
#define END "\nRun status group 0 (all jobs):\n   READ: bw=430MiB/s (451MB/s), io=10.0GiB\n"

#define JSON_IO                                                                                    \
	"{\"io_bytes\":409600000,\"bw_bytes\":40960000,\"iops\":10000.0,\"runtime\":10000,"        \
	"\"total_ios\":100000,\"slat_ns\":{\"min\":0,\"max\":0,\"mean\":0.0,\"stddev\":0.0},"      \
	"\"clat_ns\":{\"min\":1000,\"max\":90000,\"mean\":50000.5,\"stddev\":1.0,"                 \
	"\"percentile\":{\"50.000000\":49000,\"99.000000\":80000,\"99.900000\":88000}}}"
#define JSON_NO_IO "{\"io_bytes\":0,\"bw_bytes\":0,\"iops\":0.0,\"runtime\":0,\"total_ios\":0}"
#define JSON_JOB(options)                                                                          \
	"{\"jobname\":\"x\",\"groupid\":0,\"error\":0,\"job options\":" options                    \
	",\"read\":" JSON_IO ",\"write\":" JSON_NO_IO                                              \
	",\"job_runtime\":20000,\"usr_cpu\":10.0,\"sys_cpu\":20.0}"
#define JSON(jobs)                                                                                 \
	"{\n  \"fio version\" : \"fio-3.0\",\n  \"global options\" : {\"bs\":\"16k\","             \
	"\"size\":\"10G\"},\n  \"jobs\" : [" jobs "]\n}\n"

/* `text` with every `before` made `after`; freed by the caller. */
static inline struct buf edited(const char *text, const char *before, const char *after)
{
	struct buf to = BUF_INIT;
	size_t len = strlen(before);

	for (; *text; text++) {
		if (!strncmp(text, before, len)) {
			buf_puts(&to, after);
			text += len - 1;
		} else {
			buf_add(&to, text, 1);
		}
	}
	return to;
}

#endif
