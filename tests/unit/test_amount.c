// SPDX-License-Identifier: MIT
/* How much a job does: what fio 3.33 did with the same options. */
#include "unit.h"

#include "config/options.h"
#include "run/amount.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

/* Sets "name=value name=value" on a section at its defaults. */
static void set_all(struct workload *w, const char *options)
{
	char copy[256], *save = NULL;
	struct err e = ERR_INIT;

	options_default(w);
	snprintf(copy, sizeof(copy), "%s", options);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *value = strchr(word, '=');

		if (value)
			*value++ = '\0';
		assert_int_equal(options_set(w, word, value, "t", &e), 0);
	}
}

/* This test will check numbers of I/Os that fio was seen to make: blocks of 12 KiB do not divide
 * the sizes, so every rounding shows. The file has 2 MiB. */
static void jobs_should_do_as_much_as_with_fio(void **state)
{
	static const struct {
		const char *options;
		uint64_t size_kib; /* 0: the whole file */
		uint64_t ios;
	} cases[] = {
		{ "rw=read", 0, 170 },
		{ "rw=read loops=2", 0, 340 },
		{ "rw=read", 1024, 86 },
		{ "rw=randread", 0, 170 },
		{ "rw=randread", 1024, 85 },
		{ "rw=randread loops=3", 1024, 255 },
		{ "rw=randread norandommap", 0, 171 },
		{ "rw=randread norandommap", 1024, 86 },
		{ "rw=randread norandommap loops=2", 0, 342 },
		{ "rw=read io_size=3m", 1024, 256 },
		{ "rw=randread io_size=3m", 1024, 256 },
		{ "rw=randwrite io_size=3m norandommap", 1024, 256 },
		{ "rw=read io_size=1000k", 1024, 84 },
		{ "rw=read io_size=1000k loops=3", 1024, 250 },
		{ "rw=read io_size=1500k", 1024, 125 },
		{ "rw=read io_size=1500k loops=3", 1024, 258 },
		{ "rw=randread io_size=1500k", 1024, 125 },
		{ "rw=read io_size=2500k loops=2", 1024, 258 },
		{ "rw=randread io_size=2500k", 1024, 209 },
		{ "rw=randread io_size=2500k loops=2", 1024, 255 },
		{ "rw=randread io_size=4097k", 1024, 342 },
		{ "rw=randread norandommap io_size=2500k", 1024, 209 },
		{ "rw=randread norandommap io_size=2500k loops=2", 1024, 417 },
		{ "rw=read io_size=3m", 0, 256 },
		{ "rw=read io_size=5m", 0, 427 },
		{ "rw=read io_size=4090k", 0, 340 },
		{ "rw=read io_size=2050k", 0, 170 },
		{ "rw=read io_size=2046k", 0, 170 },
		{ "rw=read io_size=10k", 0, 1 },
		{ "rw=read number_ios=50 loops=3", 1024, 150 },
		{ "rw=read number_ios=86 loops=3", 1024, 256 },
		{ "rw=read number_ios=500 io_size=3m", 1024, 256 },
		{ "rw=read number_ios=100 io_size=3m", 1024, 100 },
		{ "rw=read number_ios=100", 1024, 86 },
		{ "rw=rw", 0, 171 },
		{ "rw=rw rwmixread=90", 0, 171 },
		{ "rw=rw rwmixread=100", 0, 170 },
		{ "rw=rw", 1024, 86 },
		{ "rw=rw loops=2", 1024, 171 },
		{ "rw=rw loops=3", 1024, 256 },
		{ "rw=rw io_size=3m", 1024, 256 },
		{ "rw=rw io_size=4m", 0, 342 },
		{ "rw=rw io_size=1500k", 1024, 125 },
		{ "rw=randrw", 1024, 85 },
		{ "rw=randrw io_size=3m", 1024, 256 },
		{ "rw=read time_based runtime=1 number_ios=5", 1024, UINT64_MAX },
		{ "rw=randread time_based runtime=1", 0, UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		uint64_t size = cases[i].size_kib ? cases[i].size_kib * KIB : 2 * MIB;
		struct workload w;

		set_all(&w, cases[i].options);
		w.bs_bytes = 12 * KIB;
		check_number(cases[i].options, amount_ios(&w, size, 2 * MIB), cases[i].ios);
	}
}

/* This test will check the blocks of a region: sequential I/O may end beyond it, nothing beyond the
 * span. */
static void regions_should_have_their_blocks(void **state)
{
	static const struct {
		enum workload_rw rw;
		uint64_t size_kib, room_kib, blocks;
	} cases[] = {
		{ WORKLOAD_READ, 1024, 2048, 86 },     { WORKLOAD_READ, 1024, 1032, 86 },
		{ WORKLOAD_READ, 1024, 1031, 85 },     { WORKLOAD_READ, 1024, 1024, 85 },
		{ WORKLOAD_READ, 1020, 2048, 85 },     { WORKLOAD_READWRITE, 1024, 2048, 86 },
		{ WORKLOAD_RANDREAD, 1024, 2048, 85 }, { WORKLOAD_RANDRW, 1020, 2048, 85 },
		{ WORKLOAD_RANDWRITE, 11, 2048, 0 },   { WORKLOAD_READ, 11, 11, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct workload w = { .rw = cases[i].rw, .bs_bytes = 12 * KIB };

		check_number("blocks",
			     amount_blocks(&w, cases[i].size_kib * KIB, cases[i].room_kib * KIB),
			     cases[i].blocks);
	}
}

/* This test will check that the largest values neither wrap round nor hang. */
static void largest_values_should_saturate(void **state)
{
	struct workload w;

	(void)state;
	set_all(&w, "rw=read bs=512 size=1024p io_size=1024p loops=1000000");
	check_number("bytes", amount_ios(&w, UINT64_C(1) << 60, UINT64_C(1) << 60),
		     UINT64_MAX / 512 + 1);
	set_all(&w, "rw=read bs=512 io_size=1024p");
	check_number("passes", amount_ios(&w, 512, 512), UINT64_C(1) << 51);
	set_all(&w, "rw=read bs=512 number_ios=18446744073709551615 loops=1000000");
	check_number("number", amount_ios(&w, 1024, 1024), 2000000);
	set_all(&w, "rw=randread bs=16m io_size=1g");
	check_number("no block", amount_ios(&w, MIB, MIB), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_should_do_as_much_as_with_fio),
		cmocka_unit_test(regions_should_have_their_blocks),
		cmocka_unit_test(largest_values_should_saturate),
	};

	return cmocka_run_group_tests_name("amount", tests, NULL, NULL);
}
