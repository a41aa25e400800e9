// SPDX-License-Identifier: MIT
/* Accounts of two sides: made alike, and their difference in parts that add up. */
#include "why_fixture.h"

#include "compare/gap.h"
#include "lib/rng.h"

#define CLOSE_NS 1e-9

static double sum(const struct comparison_gap *gap)
{
	double all = gap->unexplained_ns;

	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		all += isnan(gap->part_ns[i]) ? 0 : gap->part_ns[i];
	return all;
}

static struct account account(double whole, double tool, double clock, double submission,
			      double completion, double wake, double host)
{
	struct account a = account_none();

	a.whole_ns = whole;
	a.part_ns[ACCOUNT_TOOL] = tool;
	a.part_ns[ACCOUNT_CLOCK] = clock;
	a.part_ns[ACCOUNT_SUBMISSION] = submission;
	a.part_ns[ACCOUNT_COMPLETION] = completion;
	a.part_ns[ACCOUNT_WAKE] = wake;
	a.part_ns[ACCOUNT_HOST] = host;
	return a;
}

/* This test will check that parts and remainder add up, whatever parts either side has. */
static void parts_should_add_up(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7);
	for (int n = 0; n < 20000; n++) {
		struct account side[2];
		struct comparison_gap gap;

		for (int s = 0; s < 2; s++) {
			bool split = rng_below(&rng, 2);

			side[s] = account_none();
			side[s].whole_ns = 1000 + (double)rng_below(&rng, 1000000) / 7;
			for (int i = 0; i < ACCOUNT_PARTS_N; i++) {
				bool is_kernel = i == ACCOUNT_KERNEL;
				bool is_split = i == ACCOUNT_SUBMISSION || i == ACCOUNT_COMPLETION;

				if ((is_kernel && split) || (is_split && !split) ||
				    (!is_kernel && !is_split && rng_below(&rng, 2)))
					continue;
				side[s].part_ns[i] = (double)rng_below(&rng, 100000) / 3;
				side[s].error_ns[i] = (double)rng_below(&rng, 100);
			}
		}
		gap = gap_of(&side[0], &side[1]);
		assert_true(fabs(sum(&gap) - gap.whole_ns) <= CLOSE_NS);
		assert_true(fabs(gap.whole_ns - side[0].whole_ns + side[1].whole_ns) <= CLOSE_NS);
		for (int i = 0; i < ACCOUNT_PARTS_N; i++)
			assert_int_equal(isnan(gap.slow.part_ns[i]), isnan(gap.fast.part_ns[i]));
	}
}

/* This test will check that a part of one side is sought where it is on the other. */
static void what_one_does_not_tell_apart_should_be_folded(void **state)
{
	struct account slow = account(100, 10, 2, 30, 20, 8, 25);
	struct account fast = account(60, 9, NAN, NAN, NAN, NAN, 15);
	struct comparison_gap gap;

	(void)state;
	fast.part_ns[ACCOUNT_KERNEL] = 30;
	gap = gap_of(&slow, &fast);
	assert_float_equal(gap.part_ns[ACCOUNT_TOOL], 12 - 9, CLOSE_NS);
	assert_float_equal(gap.part_ns[ACCOUNT_KERNEL], 50 - 30, CLOSE_NS);
	assert_float_equal(gap.part_ns[ACCOUNT_HOST], 33 - 15, CLOSE_NS);
	assert_true(isnan(gap.part_ns[ACCOUNT_CLOCK]) && isnan(gap.part_ns[ACCOUNT_WAKE]));
	assert_true(isnan(gap.part_ns[ACCOUNT_SUBMISSION]));
	assert_float_equal(gap.unexplained_ns, 5 - 6, CLOSE_NS);
	/* The accounts themselves are not touched. */
	assert_float_equal(slow.part_ns[ACCOUNT_WAKE], 8, CLOSE_NS);
}

/* This test will check that what only one side knows is unexplained, and not a difference. */
static void what_one_does_not_know_should_be_unexplained(void **state)
{
	struct account slow = account(100, 10, NAN, 30, 20, NAN, 40);
	struct account fast = account(60, 10, NAN, 30, 20, NAN, NAN);
	struct comparison_gap gap = gap_of(&slow, &fast);

	(void)state;
	assert_true(isnan(gap.part_ns[ACCOUNT_HOST]));
	assert_float_equal(gap.unexplained_ns, 40, CLOSE_NS);
	gap = gap_of(&slow, &(struct account){ .whole_ns = NAN });
	assert_true(isnan(gap.whole_ns) && isnan(gap.unexplained_ns));
	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		assert_true(isnan(gap.part_ns[i]));
}

/* This test will check means over boots: a part that one boot lacks is absent. */
static void boots_should_be_averaged(void **state)
{
	struct sample_workload a = { .account = account(100, 10, 2, 30, 20, 8, 25) };
	struct sample_workload b = { .account = account(200, 20, 4, 40, 10, NAN, 35) };
	const struct sample_workload *boot[] = { &a, &b };
	struct account mean = gap_mean(boot, 2);

	(void)state;
	assert_float_equal(mean.whole_ns, 150, CLOSE_NS);
	assert_float_equal(mean.part_ns[ACCOUNT_SUBMISSION], 35, CLOSE_NS);
	assert_true(isnan(mean.part_ns[ACCOUNT_WAKE]));
	b.account = account_none();
	mean = gap_mean(boot, 2);
	assert_false(account_known(&mean));
}

static void two(struct why_fixture *f, double slow, double fast)
{
	why_run(f, "a");
	why_run(f, "b");
	why_workload(&f->samples.run[0], "randread-4k-qd64", SAMPLE_READ, slow);
	why_workload(&f->samples.run[1], "randread-4k-qd64", SAMPLE_READ, fast);
}

/* This test will check which pairs are worth a question. */
static void only_differences_should_be_explained(void **state)
{
	static const struct {
		double slow, fast;
		uint32_t rounds;
		bool explained;
	} cases[] = {
		{ 1000, 1000, WHY_ROUNDS, false }, { 1000, 1200, WHY_ROUNDS, true },
		{ 1000, 1020, WHY_ROUNDS, false }, { 1000, 1050, 1, false },
		{ 1000, 1200, 1, true },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct why_fixture f = { 0 };

		two(&f, cases[i].slow, cases[i].fast);
		f.samples.run[0].workload->rounds_n = cases[i].rounds;
		f.samples.run[1].workload->rounds_n = cases[i].rounds;
		why_compare(&f);
		check_number("explained", why_pair(&f)->explained, cases[i].explained);
		why_free(&f);
	}
}

/* This test will check that an open loop, whose time per I/O was asked for, has no gap in it. */
static void an_open_loop_should_have_no_gap(void **state)
{
	struct why_fixture f = { 0 };

	(void)state;
	two(&f, 1000, 1000);
	for (int i = 0; i < 2; i++) {
		struct sample_workload *w = f.samples.run[i].workload;

		w->shape.rate_iops = 1000;
		w->latency.mean_ns = 1000 + 1000 * i;
		for (uint32_t r = 0; r < w->rounds_n; r++)
			w->round[r].latency.mean_ns = w->latency.mean_ns + r;
	}
	why_compare(&f);
	assert_true(f.c.group[0].open_loop);
	assert_true(isnan(why_pair(&f)->gap.whole_ns));
	why_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_should_add_up),
		cmocka_unit_test(what_one_does_not_tell_apart_should_be_folded),
		cmocka_unit_test(what_one_does_not_know_should_be_unexplained),
		cmocka_unit_test(boots_should_be_averaged),
		cmocka_unit_test(only_differences_should_be_explained),
		cmocka_unit_test(an_open_loop_should_have_no_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
