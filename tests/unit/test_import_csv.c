// SPDX-License-Identifier: MIT
/* Tables of figures: the project's own, and what people make of its header. */
#include "import_fixture.h"

#include "compare/compare.h"
#include "lib/file.h"

#define ORIGIN "tests/fixtures/compare/origin.csv"
#define HEAD   "workload,environment,backend,iops,bw_mib_s,usr_pct,sys_pct\n"

/* This test will check every row of the origin's table, and the CPU time per I/O that follows. */
static void origin_should_be_read_whole(void **state)
{
	static const struct {
		const char *label;
		double iops[2], mib_per_s[2], cpu_us[2];
	} rows[] = {
		{ "Proxmox host, bare metal", { 166000, 5014 }, { 647, 5015 }, { 6.019, 50.12 } },
		{ "Proxmox VM, local (directory raw)",
		  { 173000, 5009 },
		  { 676, 5010 },
		  { 5.480, 20.72 } },
		{ "Proxmox VM, local-lvm (LVM-thin)",
		  { 109000, 4958 },
		  { 426, 4959 },
		  { 9.151, 22.47 } },
		{ "RHEL 9 host, bare metal (LVM/XFS)",
		  { 173000, 5004 },
		  { 678, 5005 },
		  { 4.447, 25.42 } },
		{ "RHEL 9 VM, KVM (host directory qcow2)",
		  { 158000, 1551 },
		  { 618, 1551 },
		  { 6.285, 53.00 } },
		{ "VMware 9 VM, ESXi (VMFS6)", { 197000, 4749 }, { 770, 4750 }, { 5.060, 27.56 } },
	};
	struct samples s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(import_file(&s, ORIGIN, NULL, &e), 0);
	check_number("environments", s.n, N(rows));
	for (size_t i = 0; i < N(rows); i++) {
		assert_string_equal(s.run[i].label, rows[i].label);
		check_number("workloads", s.run[i].workloads_n, 2);
		for (int w = 0; w < 2; w++) {
			const struct sample_workload *got = &s.run[i].workload[w];

			check_figure("iops", got->iops, rows[i].iops[w]);
			check_figure("rate", got->bytes_per_s, rows[i].mib_per_s[w] * 1048576);
			if (fabs(got->cpu_ns_per_io / 1000 / rows[i].cpu_us[w] - 1) > 2e-4)
				fail_msg("%s: %.5f us", rows[i].label, got->cpu_ns_per_io / 1000);
			assert_int_equal(got->direction, w ? SAMPLE_WRITE : SAMPLE_READ);
			assert_string_equal(got->shape.rw, w ? "write" : "randread");
			assert_string_equal(got->shape.bs, w ? "1 MiB" : "4 KiB");
			check_figure("depth", got->shape.iodepth, w ? 16 : 64);
			check_figure("seconds", got->measured_s, NAN);
			check_figure("latency", got->latency.mean_ns, NAN);
		}
	}
	samples_free(&s);
}

/* This test will check what may be said of the origin's table: no write is ranked, no read has
 * rounds enough. */
static void origin_should_not_be_ranked(void **state)
{
	struct samples s = { 0 };
	struct comparison c;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(import_file(&s, ORIGIN, NULL, &e), 0);
	assert_int_equal(compare(&c, &s, NULL), 0);
	check_number("workloads", c.groups_n, 2);
	for (uint32_t g = 0; g < 2; g++) {
		check_number("pairs", c.group[g].pairs_n, 15);
		for (uint32_t i = 0; i < 15; i++)
			assert_int_equal(c.group[g].pair[i].verdict,
					 g ? COMPARISON_NOT_RANKED : COMPARISON_TOO_FEW);
	}
	check_has(c.group[1].figure[4].not_ranked, "too short or over too few bytes");
	assert_string_equal(c.group[0].figure[4].not_ranked, "");
	check_figure("ratio", c.group[0].figure[2].ratio, 109.0 / 166);
	compare_free(&c);
	samples_free(&s);
}

/* This test will check quoting, order, empty cells, further columns, rounds, and a mark at the
 * begin. */
static void tables_should_be_free_in_form(void **state)
{
	struct samples s = { 0 };
	const struct sample_workload *w;

	(void)state;
	import_good(&s,
		    "\xef\xbb\xbfiops,environment, workload ,backend,io_bytes,bw_mib_s,colour\r\n"
		    "1000,\"a \"\"b\"\", c\",randread-4k-qd1,,,,red\r\n"
		    "\r\n"
		    "1010,\"a \"\"b\"\", c\",randread-4k-qd1,,,,\r\n"
		    ",other,write-1m-qd16,x,10737418240,5120,blue");
	check_number("environments", s.n, 2);
	assert_string_equal(s.run[0].label, "a \"b\", c");
	w = &s.run[0].workload[0];
	check_number("rounds", w->rounds_n, 2);
	check_figure("rate", w->bytes_per_s, 1005 * 4096.0);
	check_figure("seconds", w->measured_s, NAN);
	check_figure("usr", w->usr_pct, NAN);
	assert_string_equal(s.run[1].label, "other, x");
	w = &s.run[1].workload[0];
	check_figure("iops", w->iops, 5120);
	check_figure("seconds", w->measured_s, 2);
	check_number("notes", s.notes.n, 1);
	check_has(s.notes.text[0], "column \"colour\" is not known");
	samples_free(&s);
}

/* This test will check that a percentile which no repetition supports is none of their mean. */
static void percentiles_should_be_supported_by_each_round(void **state)
{
	struct samples s = { 0 };
	const struct sample_workload *w;

	(void)state;
	import_good(&s, "workload,environment,iops,ios,p50_us,p99_us\n"
			"randread-4k-qd1,a,1000,600,10,20\nrandread-4k-qd1,a,1000,600,30,40\n"
			"randread-4k-qd2,a,1000,1200,10,20\nrandread-4k-qd2,a,1000,1200,30,40\n");
	w = s.run[0].workload;
	check_figure("p50", w[0].latency.p50_ns, 20e3);
	check_figure("p99 of 600 each", w[0].latency.p99_ns, NAN);
	check_figure("p99 of a round", w[0].round[1].latency.p99_ns, NAN);
	check_figure("p99 of 1200 each", w[1].latency.p99_ns, 30e3);
	samples_free(&s);
}

/* This test will check that percentages are of all jobs, whatever the rate is told in. */
static void percentages_should_be_of_all_jobs(void **state)
{
	struct samples s = { 0 };

	(void)state;
	import_good(&s, HEAD "randread-4k-qd64-jobs4,a,,102400,,100,300\n"
			     "randread-4k-qd64-jobs4,b,,,400,100,300\n");
	for (int i = 0; i < 2; i++) {
		check_figure("cpu", s.run[i].workload[0].cpu_ns_per_io, 4e9 / 102400);
		check_figure("usr", s.run[i].workload[0].usr_pct, 25);
		check_figure("sys", s.run[i].workload[0].sys_pct, 75);
	}
	samples_free(&s);
}

/* This test will check that the label given stands before those of the rows. */
static void label_should_stand_before_its_own(void **state)
{
	struct samples s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(import_text(&s, "L", HEAD "x,a,,1,,,\nx,b,,1,,,\n", &e), 0);
	assert_string_equal(s.run[0].label, "L: a");
	assert_string_equal(s.run[1].label, "L: b");
	samples_free(&s);
	assert_int_equal(import_text(&s, "L", HEAD "x,a,,1,,,\n", &e), 0);
	assert_string_equal(s.run[0].label, "L");
	samples_free(&s);
}

/* This test will check that what is wrong is named with its line, and rows before it stay. */
static void wrong_rows_should_be_named(void **state)
{
	static const struct {
		const char *text, *error;
		uint32_t runs;
	} cases[] = {
		{ HEAD "x,a,b,1,2,3,4\nx,a,b,many,2,3,4\n",
		  "file: line 3: iops: \"many\": should be a number", 1 },
		{ HEAD "x,a,b,-1,2,3,4\n", "line 2: iops: \"-1\"", 0 },
		{ HEAD "x,a,b,nan,2,3,4\n", "line 2: iops: \"nan\"", 0 },
		{ HEAD "x,a,b,1\n", "line 2: 4 cells: the header names 7", 0 },
		{ HEAD "x,a,b,1,2,3,4,5\n", "line 2: more cells than the 7", 0 },
		{ HEAD ",a,b,1,2,3,4\n", "line 2: workload: should have a name", 0 },
		{ HEAD "x,\"a,b,1,2,3,4\n", "line 2: cell 2: no end of it", 0 },
		{ "workload,iops\nx,1\n", "line 1: header: should have workload, environment", 0 },
		{ "workload,environment,usr_pct\nx,a,1\n", "line 1: header: should have", 0 },
		{ "workload,environment,iops,iops\n", "line 1: header: iops stands there twice",
		  0 },
		{ HEAD, "no figure of a workload in it: it looks like a CSV", 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		check_number(cases[i].error, import_refused(cases[i].text, cases[i].error),
			     cases[i].runs);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(origin_should_be_read_whole),
		cmocka_unit_test(origin_should_not_be_ranked),
		cmocka_unit_test(tables_should_be_free_in_form),
		cmocka_unit_test(percentiles_should_be_supported_by_each_round),
		cmocka_unit_test(percentages_should_be_of_all_jobs),
		cmocka_unit_test(label_should_stand_before_its_own),
		cmocka_unit_test(wrong_rows_should_be_named),
	};

	return cmocka_run_group_tests_name("import_csv", tests, NULL, NULL);
}
