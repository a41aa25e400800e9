// SPDX-License-Identifier: MIT
/* Which workloads are the same one, which facts differ, which limits are crossed. */
#include "compare_fixture.h"

#include "compare/likeness.h"
#include "compare/match.h"
#include "compare/threshold.h"
#include "render/compare_words.h"

static const double rounds[] = { 100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1 };

static void set_shape(struct sample_shape *s, const char *rw, const char *bs, const char *engine,
		      double depth, double jobs)
{
	str_copy(s->rw, sizeof(s->rw), rw);
	str_copy(s->bs, sizeof(s->bs), bs);
	str_copy(s->engine, sizeof(s->engine), engine);
	s->iodepth = depth;
	s->numjobs = jobs;
}

/* This test will check pairs of workloads, by all that makes them another one. */
static void workloads_should_be_matched_by_what_they_do(void **state)
{
	static const struct {
		const char *about, *rw, *bs, *engine;
		double depth, jobs;
		enum sample_direction direction;
		bool same, says_less;
	} cases[] = {
		{ "the same", "randread", "4 KiB", "libaio", 64, 1, SAMPLE_READ, true, false },
		{ "another engine", "randread", "4 KiB", "io_uring", 64, 1, SAMPLE_READ, false,
		  false },
		{ "another depth", "randread", "4 KiB", "libaio", 32, 1, SAMPLE_READ, false,
		  false },
		{ "more jobs", "randread", "4 KiB", "libaio", 64, 2, SAMPLE_READ, false, false },
		{ "other blocks", "randread", "8 KiB", "libaio", 64, 1, SAMPLE_READ, false, false },
		{ "in order", "read", "4 KiB", "libaio", 64, 1, SAMPLE_READ, false, false },
		{ "writes", "randread", "4 KiB", "libaio", 64, 1, SAMPLE_WRITE, false, false },
		{ "no engine told", "randread", "4 KiB", "", 64, 1, SAMPLE_READ, true, true },
		{ "little told", "randread", "4 KiB", "", NAN, NAN, SAMPLE_READ, true, true },
		{ "no blocks told", "randread", "", "libaio", 64, 1, SAMPLE_READ, false, false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct samples s = { 0 };
		struct sample_workload *w;
		struct comparison c;

		w = add_boot(&s, "a", rounds, N(rounds));
		set_shape(&w->shape, "randread", "4 KiB", "libaio", 64, 1);
		w = add_boot(&s, "b", rounds, N(rounds));
		strcpy(w->name, "by another name");
		w->direction = cases[i].direction;
		set_shape(&w->shape, cases[i].rw, cases[i].bs, cases[i].engine, cases[i].depth,
			  cases[i].jobs);
		assert_int_equal(compare(&c, &s, NULL), 0);
		if ((c.groups_n == 1) != cases[i].same ||
		    c.group[0].says_less != cases[i].says_less)
			fail_msg("%s: %u groups, says less %d", cases[i].about, c.groups_n,
				 c.group[0].says_less);
		/* What one does not tell, the other did. */
		assert_string_equal(c.group[0].shape.engine, "libaio");
		compare_free(&c);
		samples_free(&s);
	}
}

/* This test will check that writes which wait for the disk, or come at a given rate, are others; a
 * rate given is an open loop. */
static void sync_and_rate_should_be_told_apart(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct samples s = { 0 };
		struct comparison c;
		struct buf words = BUF_INIT;

		for (int env = 0; env < 2; env++) {
			struct sample_workload *w =
				add_boot(&s, env ? "b" : "a", rounds, N(rounds));

			strcpy(w->shape.sync, env && i == 1 ? "dsync" : "none");
			w->shape.rate_bytes = env && i == 2 ? 1048576 : 0;
		}
		assert_int_equal(compare(&c, &s, NULL), 0);
		check_number("groups", c.groups_n, i ? 2 : 1);
		assert_int_equal(c.group[c.groups_n - 1].open_loop, i == 2);
		words_shape(&words, &c.group[c.groups_n - 1].shape);
		assert_int_equal(strstr(words.data, ", dsync") != NULL, i == 1);
		assert_int_equal(strstr(words.data, ", at 1.0 MiB/s") != NULL, i == 2);
		buf_free(&words);
		compare_free(&c);
		samples_free(&s);
	}
}

/* This test will check that one boot's repeated workload is a second one, in order, and that the
 * one known best is taken. */
static void twins_should_be_matched_in_order(void **state)
{
	struct samples s = { 0 };
	struct comparison c;

	(void)state;
	for (int env = 0; env < 2; env++) {
		struct sample_workload *w = add_boot(&s, env ? "b" : "a", rounds, N(rounds));
		struct sample_shape shape = w->shape;

		w = samples_add_workload(&s.run[env], "again", SAMPLE_READ);
		w->shape = shape;
		w->iops = 5;
		w = samples_add_workload(&s.run[env], "uring", SAMPLE_READ);
		w->shape = shape;
		strcpy(w->shape.engine, "io_uring");
		w->iops = 7;
	}
	assert_int_equal(compare(&c, &s, NULL), 0);
	check_number("groups", c.groups_n, 3);
	for (uint32_t g = 0; g < 3; g++)
		for (uint32_t env = 0; env < 2; env++)
			check_number("boots", c.group[g].figure[env].boots_n, 1);
	assert_true(c.group[1].figure[1].iops == 5);
	assert_true(c.group[2].figure[1].iops == 7);
	compare_free(&c);
	samples_free(&s);
}

/* This test will check names made from what is done, as the suites have them. */
static void names_should_say_what_is_done(void **state)
{
	static const char *const names[] = { "randread-4k-qd64", "write-1m-qd16",
					     "randread-4k-qd64-jobs4", "randrw70-4k-qd64",
					     "randwrite-512b-qd1" };
	char name[128];

	(void)state;
	for (size_t i = 0; i < N(names); i++) {
		struct sample_shape shape = samples_shape();

		samples_shape_from_name(&shape, names[i]);
		match_name(name, sizeof(name), &shape);
		if (strcmp(name, names[i]) && i != 4)
			fail_msg("%s became %s", names[i], name);
	}
}

/* This test will check facts that differ, are told by some, and vary between boots. */
static void facts_that_differ_should_be_found(void **state)
{
	struct samples s = { 0 };
	struct comparison c;

	(void)state;
	for (int i = 0; i < 3; i++) {
		add_boot(&s, i ? "b" : "a", rounds, N(rounds));
		samples_set_fact(&s.run[i], SAMPLE_KERNEL, "6.12");
		samples_set_fact(&s.run[i], SAMPLE_DRIVER, i ? "nvme" : "virtio_blk");
		samples_set_fact(&s.run[i], SAMPLE_CPU, i < 2 ? "one" : "other");
		samples_set_fact(&s.run[i], SAMPLE_QUEUES, i ? "" : "4");
	}
	assert_int_equal(compare(&c, &s, NULL), 0);
	check_number("rows", c.differences_n, 3);
	assert_int_equal(c.difference[0].fact, SAMPLE_DRIVER);
	assert_true(c.difference[0].differs);
	assert_string_equal(c.difference[0].value[1], "nvme");
	assert_int_equal(c.difference[1].fact, SAMPLE_QUEUES);
	assert_false(c.difference[1].differs);
	assert_null(c.difference[1].value[1]);
	assert_int_equal(c.difference[2].fact, SAMPLE_CPU);
	assert_true(c.difference[2].differs && c.difference[2].varies[1]);
	for (int fact = 0; fact < SAMPLE_FACTS_N; fact++) {
		assert_non_null(likeness_rows[fact].key);
		assert_non_null(likeness_rows[fact].label);
		assert_true(strlen(likeness_rows[fact].effect) > 20);
	}
	compare_free(&c);
	samples_free(&s);
}

/* This test will check that rows of the like-for-like table and limits are read, or refused with
 * the reason. */
static void limits_should_be_read(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "randread-4k-qd64.iops < -5%", NULL },
		{ "*.p99_us>500", NULL },
		{ "a.b.iops <5", NULL },
		{ "randread.iops", "no < or > in it" },
		{ "randread < 5", "no metric" },
		{ "randread.speed < 5", "no such metric" },
		{ "randread.iops < much", "no number as its limit" },
		{ "randread.iops < ", "no number as its limit" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = ERR_INIT;
		struct threshold t;
		int ret = threshold_parse(&t, cases[i].text, &e);

		if (!cases[i].error != !ret)
			fail_msg("%s: %s", cases[i].text, e.text);
		if (ret)
			check_has(e.text, cases[i].error);
	}
}

/* This test will check limits against figures: changes, figures themselves, noise, absence. */
static void limits_should_be_held_against_figures(void **state)
{
	static const struct {
		const char *text;
		double scale; /* of b's rounds, to a's */
		bool crossed, error;
	} cases[] = {
		{ "randread-4k-qd64.iops < -5%", 0.9, true, false },
		{ "randread-4k-qd64.iops < -5%", 0.97, false, false },
		{ "*.iops < -0.1%", 0.995, false, false }, /* the same within noise */
		{ "*.iops < -0.1%", 0.97, true, false },
		{ "*.iops > 5%", 1.2, true, false },
		{ "*.iops > 5%", 0.9, false, false },
		{ "*.iops < 95", 0.9, true, false },
		{ "*.iops < 85", 0.9, false, false },
		{ "*.p99_us > 500", 1, true, false },
		{ "*.p99_us > 1%", 1, false, false },
		{ "*.p999_us > 5", 1, false, true },
		{ "other.iops < -5%", 0.9, false, true },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		double scaled[N(rounds)];
		struct samples s = { 0 };
		struct comparison c;
		struct threshold t;
		struct buf said = BUF_INIT;
		struct err e = ERR_INIT;
		bool crossed = false;
		int ret;

		for (size_t k = 0; k < N(rounds); k++)
			scaled[k] = rounds[k] * cases[i].scale;
		add_boot(&s, "a", rounds, N(rounds))->latency.p99_ns = 600e3;
		add_boot(&s, "b", scaled, N(rounds))->latency.p99_ns = 600e3;
		assert_int_equal(compare(&c, &s, NULL), 0);
		assert_int_equal(threshold_parse(&t, cases[i].text, &e), 0);
		ret = threshold_check(&t, &c, &said, &crossed, &e);
		if (crossed != cases[i].crossed || !ret != !cases[i].error)
			fail_msg("%s at %g: crossed %d, %s", cases[i].text, cases[i].scale, crossed,
				 e.text);
		assert_int_equal(said.len > 0, crossed);
		buf_free(&said);
		compare_free(&c);
		samples_free(&s);
	}
}

/* This test will check an open loop: speed is by latency there, but a rate and its interval are of
 * rates, and a verdict on latency excuses no rate that fell. */
static void open_loops_should_keep_their_rates(void **state)
{
	struct samples s = { 0 };
	struct err e = ERR_INIT;
	struct buf said = BUF_INIT;
	struct comparison c;
	struct threshold t;
	bool crossed = false;

	(void)state;
	for (int boot = 0; boot < 4; boot++) {
		double rates[N(rounds)];
		struct sample_workload *w;

		for (size_t k = 0; k < N(rounds); k++)
			rates[k] = rounds[k] * (boot < 2 ? 1 : 0.5);
		w = add_boot(&s, boot < 2 ? "a" : "b", rates, N(rounds));
		w->shape.rate_iops = 100;
		for (size_t k = 0; k < N(rounds); k++)
			w->round[k].latency.mean_ns = 1e6 * (1 + 0.3 * (double)(k % 2));
		w->latency.mean_ns = 1.15e6;
	}
	/* Boots weigh alike, however many rounds each has. */
	s.run[1].workload[0].rounds_n = 2;
	for (int runs = 4; runs >= 3; runs--) {
		const struct comparison_figure *f;

		if (runs == 3)
			samples_drop_run(&s, 1);
		assert_int_equal(compare(&c, &s, NULL), 0);
		assert_true(c.group[0].open_loop);
		f = &c.group[0].figure[0];
		assert_true(fabs(f->iops / 100 - 1) < 0.01);
		/* Rounds are within 1 % of each other, their latencies are not. */
		assert_true(f->iops_low > 0.9 * f->iops && f->iops_high < 1.1 * f->iops);
		assert_true(fabs(f->iops_low * f->iops_high / f->iops / f->iops - 1) < 1e-9);
		compare_free(&c);
	}
	assert_int_equal(compare(&c, &s, NULL), 0);
	assert_int_equal(c.group[0].pair[0].verdict, COMPARISON_SAME);
	assert_int_equal(threshold_parse(&t, "*.iops < -5%", &e), 0);
	assert_int_equal(threshold_check(&t, &c, &said, &crossed, &e), 0);
	assert_true(crossed);
	buf_free(&said);
	compare_free(&c);
	samples_free(&s);
}

/* This test will check that the rate of several boots is the mean of theirs, as the ratio is. */
static void boots_should_weigh_alike(void **state)
{
	static const double high[] = { 200, 200 }, low[] = { 50, 50, 50, 50 };
	struct samples s = { 0 };
	struct comparison c;

	(void)state;
	add_boot(&s, "a", high, 2);
	add_boot(&s, "a", low, 4);
	assert_int_equal(compare(&c, &s, NULL), 0);
	assert_true(fabs(c.group[0].figure[0].iops - 100) < 1e-9);
	compare_free(&c);
	samples_free(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(workloads_should_be_matched_by_what_they_do),
		cmocka_unit_test(sync_and_rate_should_be_told_apart),
		cmocka_unit_test(twins_should_be_matched_in_order),
		cmocka_unit_test(names_should_say_what_is_done),
		cmocka_unit_test(facts_that_differ_should_be_found),
		cmocka_unit_test(limits_should_be_read),
		cmocka_unit_test(limits_should_be_held_against_figures),
		cmocka_unit_test(open_loops_should_keep_their_rates),
		cmocka_unit_test(boots_should_weigh_alike),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
