// SPDX-License-Identifier: MIT
/* The job-file options: fio's notation, ranges, messages, and the echo that the result keeps. */
#include "unit.h"

#include <errno.h>

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
		{ "size", "1KiB", "size=1024;" },
		{ "number_ios", "18446744073709551615", "number_ios=18446744073709551615;" },
		{ "runtime", "60", "runtime=60;" },
		{ "runtime", "1500ms", "runtime=1500000us;" },
		{ "runtime", "2m", "runtime=120;" },
		{ "ramp_time", "250us", "ramp_time=250us;" },
		{ "ramp_time", "1500ns", "ramp_time=1500ns;" },
		{ "iodepth", "4096", "iodepth=4096;" },
		{ "numjobs", "256", "numjobs=256;" },
		{ "ioengine", "io_uring", "ioengine=io_uring;" },
		{ "direct", "0", "direct=0;" },
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
	  "t.fio:7: option \"bs\": \"4x\": should be a size such as 4k or 1g, from 512 B "
	  "to 16 MiB: "
	  "bytes of one I/O" },
	{ "bs", "511", -EINVAL, "\"511\": should be a size" },
	{ "bs", "17m", -EINVAL, "\"17m\": should be a size" },
	{ "bs", "4k,8k", -EINVAL, "\"4k,8k\"" },
	{ "bs", "", -EINVAL, "option \"bs\": \"\"" },
	{ "bs", NULL, -EINVAL, "option \"bs\": without a value: should be a size" },
	{ "rw", "randrw:8", -EINVAL,
	  "\"randrw:8\": should be one of these: read, write, randread" },
	{ "rw", "trim", -EINVAL, "\"trim\"" },
	{ "ioengine", "sync", -EINVAL, "libaio, io_uring, psync or null" },
	{ "iodepth", "0", -EINVAL, "\"0\": should be a whole number from 1 to 4096" },
	{ "iodepth", "4097", -EINVAL, "a whole number from 1 to 4096" },
	{ "iodepth", "99999999999999999999", -EINVAL, "from 1 to 4096" },
	{ "iodepth", "1k", -EINVAL, "\"1k\"" },
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
		{ "offset_increment", "2m" },
		{ "iodepth", "32" },
		{ "numjobs", "4" },
		{ "ioengine", "psync" },
		{ "direct", "0" },
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_should_be_read_as_fio_reads_them),
		cmocka_unit_test(nonsense_should_be_refused),
		cmocka_unit_test(echo_should_make_the_same_section),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
