// SPDX-License-Identifier: MIT
/* The job-file options: fio's notation, ranges, messages, and the echo that the result keeps. */
#include "unit.h"

#include <errno.h>

#include "config/option_rows.h"
#include "config/options.h"

/* What options_echo() says, as "name=value;" in a row. */
static void add_echo(void *context, const char *name, const char *value)
{
	buf_printf(context, "%s=%s;", name, value);
}

/* This test will check values one by one, by what the echo makes of them. */
static void values_should_be_read_as_fio_reads_them(void **state)
{
	static const struct {
		const char *name, *value, *echo;
	} cases[] = {
		{ "rw", "randread", "rw=randread;" },
		{ "readwrite", "write", "rw=write;" },
		{ "rw", "rw", "rw=readwrite;" },
		{ "rw", "readwrite", "rw=readwrite;" },
		{ "rw", "read", "" },
		{ "bs", "4k", "" },
		{ "blocksize", "1M", "bs=1048576;" },
		{ "bs", "512", "bs=512;" },
		{ "bs", "16m", "bs=16777216;" },
		{ "size", "10G", "size=10737418240;" },
		{ "bs", "0x1000", "" },
		{ "bs", "0x2K", "bs=2048;" },
		{ "size", "1k", "size=1024;" },
		{ "size", "1Kb", "size=1024;" },
		{ "size", "1Ki", "size=1024;" },
		{ "size", "1KiB", "size=1000;" }, /* fio's kb_base=1024 swaps the units */
		{ "size", "3mib", "size=3000000;" },
		{ "size", "7b", "size=7;" },
		{ "size", "50%", "size=50%;" },
		{ "io_size", "100%", "io_size=100%;" },
		{ "offset", "0%", "offset=0%;" },
		{ "offset_increment", "25%", "offset_increment=25%;" },
		{ "number_ios", "10k", "number_ios=10240;" },
		{ "iodepth", "1k", "iodepth=1024;" },
		{ "randseed", "0x89", "randseed=137;" },
		{ "rate_iops", "500", "rate_iops=500;" },
		{ "rate_iops", "1k,100", "rate_iops=1024,100;" },
		{ "rate_iops", ",100", "rate_iops=0,100;" },
		{ "rate_iops", "100,", "rate_iops=100,0;" },
		{ "rate_iops", "0", "" },
		{ "rate_process", "poisson", "rate_process=poisson;" },
		{ "rate_process", "linear", "" },
		{ "fsync", "1", "fsync=1;" },
		{ "fdatasync", "32", "fdatasync=32;" },
		{ "invalidate", "0", "invalidate=0;" },
		{ "hipri", NULL, "hipri=1;" },
		{ "sqthread_poll", "1", "sqthread_poll=1;" },
		{ "refill_buffers", NULL, "refill_buffers=1;" },
		{ "buffer_compress_percentage", "50", "buffer_compress_percentage=50;" },
		{ "iodepth_batch", "0", "iodepth_batch_submit=0;" },
		{ "name", "other", "" },
		{ "number_ios", "18446744073709551615", "number_ios=18446744073709551615;" },
		{ "runtime", "60", "runtime=60;" },
		{ "runtime", "1500ms", "runtime=1500000us;" },
		{ "runtime", "2m", "runtime=120;" },
		{ "ramp_time", "250us", "ramp_time=250us;" },
		{ "ramp_time", "1500ns", "ramp_time=1500ns;" },
		{ "iodepth", "4096", "iodepth=4096;" },
		{ "numjobs", "256", "numjobs=256;" },
		{ "ioengine", "io_uring", "ioengine=io_uring;" },
		{ "direct", "1", "direct=1;" },
		{ "time_based", NULL, "time_based=1;" },
		{ "time_based", "1", "time_based=1;" },
		{ "group_reporting", NULL, "group_reporting=1;" },
		{ "wait_for_previous", NULL, "stonewall=1;" },
		{ "rwmixread", "70", "rwmixread=70;" },
		{ "rwmixwrite", "30", "rwmixread=70;" },
		{ "rwmixread", "0", "rwmixread=0;" },
		{ "rwmixwrite", "0", "rwmixread=100;" },
		{ "iodepth_batch", "8", "iodepth_batch_submit=8;" },
		{ "iodepth_batch_complete", "0", "iodepth_batch_complete_min=0;" },
		{ "percentile_list", "99.9:50", "percentile_list=50:99.9;" },
		{ "percentile_list", "99.999999:100", "percentile_list=99.999999:100;" },
		{ "filename", "/dev/sda:/dev/sdb", "filename=/dev/sda:/dev/sdb;" },
		{ "description", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf echo = BUF_INIT;
		struct err e = ERR_INIT;
		struct workload w;

		options_default(&w);
		if (options_set(&w, cases[i].name, cases[i].value, "t.fio:1", &e))
			print_error("%s\n", e.text);
		assert_int_equal(e.code, 0);
		options_echo(&w, add_echo, &echo);
		assert_string_equal(echo.data ? echo.data : "", cases[i].echo);
		buf_free(&echo);
	}
}

static const struct {
	const char *name, *value;
	int ret;
	const char *want;
} nonsense[] = {
	{ "bs", "4x", -EINVAL,
	  "t.fio:7: option \"bs\": \"4x\": should be one size such as 4k or 1g, from 512 B "
	  "to 16 MiB: "
	  "bytes of one I/O" },
	{ "bs", "511", -EINVAL, "\"511\": should be one size" },
	{ "bs", "17m", -EINVAL, "\"17m\": should be one size" },
	{ "bs", "4k,8k", -EINVAL, "\"4k,8k\": should be one size" },
	{ "bs", "4k,8k,", -EINVAL, "\"4k,8k,\": should be one size" },
	{ "bs", "50%", -EINVAL, "\"50%\": should be one size" },
	{ "bs", "4kibi", -EINVAL, "\"4kibi\"" },
	{ "bs", "0x", -EINVAL, "\"0x\"" },
	{ "size", "101%", -EINVAL, "one size such as 4k or 1g, from 0 B to 1 EiB, or 0% to 100%" },
	{ "size", "50%%", -EINVAL, "\"50%%\"" },
	{ "size", "1.5g", -EINVAL, "\"1.5g\"" },
	{ "size", "2048p", -EINVAL, "\"2048p\"" },
	{ "size", "9223372036854775808", -EINVAL, "from 0 B to 1 EiB" },
	{ "size", "99999999999999999999x", -EINVAL, "from 0 B to 1 EiB" },
	{ "rate_iops", "1,2,3", -EINVAL, "one or two numbers (reads,writes) from 0 to 1000000000" },
	{ "rate_iops", ",", -EINVAL, "one or two numbers" },
	{ "rate_iops", "", -EINVAL, "one or two numbers" },
	{ "rate_iops", "1000000001", -EINVAL, "one or two numbers" },
	{ "rate_iops", "5,x", -EINVAL, "\"5,x\"" },
	{ "rate_process", "uniform", -EINVAL, "should be one of linear, poisson: when" },
	{ "fsync", "4294967296", -EINVAL, "a whole number from 0 to 4294967295" },
	{ "buffer_compress_percentage", "101", -EINVAL, "from 0 to 100" },
	{ "name", "", -EINVAL, "should be 1 to 63 characters" },
	{ "name", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -EINVAL,
	  "should be 1 to 63 characters" },
	{ "bs", "", -EINVAL, "option \"bs\": \"\"" },
	{ "bs", NULL, -EINVAL, "option \"bs\": without a value: should be one size" },
	{ "rw", "randrw:8", -EINVAL,
	  "\"randrw:8\": should be one of read, write, randread, randwrite, readwrite, randrw, "
	  "rw: " },
	{ "rw", "trim", -EINVAL, "\"trim\"" },
	{ "ioengine", "sync", -EINVAL, "should be one of libaio, io_uring, psync, null: how" },
	{ "iodepth", "0", -EINVAL, "\"0\": should be a whole number from 1 to 4096" },
	{ "iodepth", "4097", -EINVAL, "a whole number from 1 to 4096" },
	{ "iodepth", "99999999999999999999", -EINVAL, "from 1 to 4096" },
	{ "iodepth", "5k", -EINVAL, "\"5k\"" },
	{ "rate_iop", "5", -ENOENT, "did you mean rate_iops?" },
	{ "runtmie", "5", -ENOENT, "did you mean runtime?" },
	{ "numjobs", "-1", -EINVAL, "\"-1\"" },
	{ "loops", "0", -EINVAL, "from 1 to 1000000" },
	{ "direct", "2", -EINVAL, "\"2\": should be 0 or 1" },
	{ "direct", "", -EINVAL, "\"\"" },
	{ "runtime", "1.5", -EINVAL, "\"1.5\"" },
	{ "runtime", "31d", -EINVAL, "a time such as 30, 500ms or 2m, up to 30d" },
	{ "rwmixread", "101", -EINVAL, "from 0 to 100" },
	{ "rwmixwrite", "101", -EINVAL, "from 0 to 100" },
	{ "percentile_list", "", -EINVAL, "percentiles of latency" },
	{ "percentile_list", "50:abc", -EINVAL, "percentiles of latency" },
	{ "percentile_list", "0", -EINVAL, "percentiles of latency" },
	{ "percentile_list", "100.1", -EINVAL, "percentiles of latency" },
	{ "percentile_list", "nan", -EINVAL, "percentiles of latency" },
	{ "percentile_list", "1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17:18:19:20:21", -EINVAL,
	  "at most 20 numbers above 0 up to 100" },
	{ "iodeth", "1", -ENOENT,
	  "t.fio:7: option \"iodeth\": not supported: did you mean iodepth?" },
	{ "verify", "crc32c", -ENOENT, "option \"verify\": not supported" },
	{ "", "1", -ENOENT, "option \"\": not supported" },
	{ "BS", "4k", -ENOENT, "did you mean bs?" },
};

/* This test will check that nonsense is refused, named, and changes nothing. */
static void nonsense_should_be_refused(void **state)
{
	struct workload w, before;

	(void)state;
	memset(&before, 0, sizeof(before));
	options_default(&before);
	for (size_t i = 0; i < N(nonsense); i++) {
		struct err e = ERR_INIT;
		int ret;

		w = before;
		ret = options_set(&w, nonsense[i].name, nonsense[i].value, "t.fio:7", &e);
		if (ret != nonsense[i].ret)
			print_error("%s=%s: %d\n", nonsense[i].name, nonsense[i].value, ret);
		assert_int_equal(ret, nonsense[i].ret);
		check_has(e.text, nonsense[i].want);
		assert_memory_equal(&w, &before, sizeof(w));
	}
}

static void set_again(void *context, const char *name, const char *value)
{
	struct err e = ERR_INIT;

	if (options_set(context, name, value, "echo", &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
}

/* This test will check that what the echo says makes the same section again: a result names the
 * work it measured. */
static void echo_should_make_the_same_section(void **state)
{
	static const char *const set[][2] = {
		{ "description", "all at once" },
		{ "rw", "randrw" },
		{ "bs", "8k" },
		{ "size", "1g" },
		{ "io_size", "3g" },
		{ "number_ios", "12345" },
		{ "loops", "3" },
		{ "offset", "1m" },
		{ "offset_increment", "10%" },
		{ "iodepth", "32" },
		{ "numjobs", "4" },
		{ "ioengine", "libaio" },
		{ "direct", "1" },
		{ "runtime", "1234567ns" },
		{ "time_based", "1" },
		{ "ramp_time", "1500us" },
		{ "rwmixwrite", "20" },
		{ "randrepeat", "0" },
		{ "randseed", "18446744073709551615" },
		{ "norandommap", "1" },
		{ "stonewall", "1" },
		{ "group_reporting", "1" },
		{ "thread", "1" },
		{ "iodepth_batch_submit", "4" },
		{ "iodepth_batch_complete_min", "2" },
		{ "iodepth_batch_complete_max", "6" },
		{ "fixedbufs", "1" },
		{ "registerfiles", "1" },
		{ "zero_buffers", "1" },
		{ "invalidate", "0" },
		{ "rate_iops", "1000,7" },
		{ "rate_process", "poisson" },
		{ "fsync", "4" },
		{ "fdatasync", "5" },
		{ "hipri", "1" },
		{ "sqthread_poll", "1" },
		{ "refill_buffers", "1" },
		{ "buffer_compress_percentage", "33" },
		{ "percentile_list", "0.1:33.3333333:99.999999" },
		{ "filename", "/dev/x" },
		{ "directory", "/d" },
	};
	struct workload w, again;
	struct buf help = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	memset(&w, 0, sizeof(w));
	memset(&again, 0, sizeof(again));
	options_default(&w);
	options_default(&again);
	options_help(&help);
	for (size_t i = 0; i < N(set); i++) {
		assert_int_equal(options_set(&w, set[i][0], set[i][1], "t", &e), 0);
		check_has(help.data, set[i][0]);
	}
	options_echo(&w, set_again, &again);
	assert_memory_equal(&w, &again, sizeof(w));
	buf_free(&help);
}

/* The options that job files have: all of them, and no other. */
static const char *const closed_list[] = {
	"name",
	"description",
	"rw",
	"readwrite",
	"bs",
	"blocksize",
	"size",
	"io_size",
	"number_ios",
	"loops",
	"offset",
	"offset_increment",
	"iodepth",
	"numjobs",
	"ioengine",
	"direct",
	"invalidate",
	"runtime",
	"time_based",
	"ramp_time",
	"rate_iops",
	"rate_process",
	"rwmixread",
	"rwmixwrite",
	"fsync",
	"fdatasync",
	"randrepeat",
	"randseed",
	"norandommap",
	"stonewall",
	"wait_for_previous",
	"group_reporting",
	"thread",
	"iodepth_batch_submit",
	"iodepth_batch_complete_min",
	"iodepth_batch_complete_max",
	"fixedbufs",
	"registerfiles",
	"hipri",
	"sqthread_poll",
	"buffer_compress_percentage",
	"zero_buffers",
	"refill_buffers",
	"percentile_list",
	"filename",
	"directory",
	"iodepth_batch",
	"iodepth_batch_complete", /* fio's own aliases */
};

/* This test will check that the table has the closed list, each with a line of help. */
static void table_should_be_the_closed_list(void **state)
{
	struct buf help = BUF_INIT;
	char wanted[64];
	size_t names = 0;

	(void)state;
	options_help(&help);
	for (size_t i = 0; i < N(closed_list); i++) {
		const struct option_row *row = option_row_find(closed_list[i]);

		assert_non_null(row);
		snprintf(wanted, sizeof(wanted), "  %-28s ", row->name);
		check_has(help.data, wanted);
		if (strcmp(row->name, closed_list[i])) {
			snprintf(wanted, sizeof(wanted), "(also %s)", closed_list[i]);
			check_has(help.data, wanted);
		}
	}
	for (size_t i = 0; option_row_at(i); i++)
		names += 1 + (option_row_at(i)->alias != NULL);
	assert_int_equal(names, N(closed_list));
	buf_free(&help);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_should_be_the_closed_list),
		cmocka_unit_test(values_should_be_read_as_fio_reads_them),
		cmocka_unit_test(nonsense_should_be_refused),
		cmocka_unit_test(echo_should_make_the_same_section),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
