// SPDX-License-Identifier: MIT
/* What is called a difference, and what is not: on rounds as they were recorded, and as they are
 * simulated. */
#include "compare_fixture.h"

#include "compare/student.h"
#include "compare/verdict.h"
#include "recorded_rounds.h"

#define PAIRS 1000

/* Rounds of one environment: drawn from those recorded, with a drift over the run that all
 * environments have alike, and now and then a round that something else disturbed. */
static void draw_rounds(double *iops, uint32_t n, size_t series, double drift, struct rng *rng)
{
	const struct recorded *from = &recorded[series];

	for (uint32_t i = 0; i < n; i++) {
		iops[i] = from->iops[rng_below(rng, from->n)];
		iops[i] *= exp(drift * i / n);
		if (!rng_below(rng, 20))
			iops[i] *= 0.7;
	}
}

/* This test will check A/A: 1,000 pairs that are the same but for chance, for each number of
 * rounds; at most 1 % may be told apart. */
static void the_same_should_not_be_told_apart(void **state)
{
	static const uint32_t rounds[] = { 4, 5, 8, 12, 20 };

	(void)state;
	for (size_t k = 0; k < N(rounds); k++) {
		uint32_t n = rounds[k], different = 0;
		struct rng rng;

		rng_seed(&rng, 100 + k);
		for (int i = 0; i < PAIRS; i++) {
			double a[20], b[20], drift = 0.02 * draw_normal(&rng);
			size_t series = (size_t)i % N(recorded);
			struct comparison_pair pair;

			draw_rounds(a, n, series, drift, &rng);
			draw_rounds(b, n, series, drift, &rng);
			pair = compare_two(a, n, b, n);
			different += is_different(&pair);
			assert_true(n >= 8 || pair.verdict != COMPARISON_FASTER);
		}
		print_message("A/A, %u rounds: %u of %d told apart\n", n, different, PAIRS);
		assert_true(different <= PAIRS / 100);
	}
}

/* This test will check A/A of normal rounds without any outlier to hide behind: at most 1 %. */
static void plain_noise_should_not_be_told_apart(void **state)
{
	struct rng rng;
	uint32_t different = 0;

	(void)state;
	rng_seed(&rng, 3);
	for (int i = 0; i < PAIRS; i++) {
		double a[8], b[8];
		struct comparison_pair pair;

		for (int k = 0; k < 8; k++) {
			a[k] = 1e5 * exp(0.02 * draw_normal(&rng));
			b[k] = 1e5 * exp(0.02 * draw_normal(&rng));
		}
		pair = compare_two(a, 8, b, 8);
		different += is_different(&pair);
	}
	print_message("A/A, normal, 8 rounds: %u of %d told apart\n", different, PAIRS);
	assert_true(different <= PAIRS / 100);
}

/*
 * What theory says of the test: with n rounds each, deviation s and true effect d (logarithms), t =
 * effect / (s' sqrt(2 / n)) is Student's, noncentral by d / (s sqrt(2 / n)), with 2n - 2 degrees of
 * freedom. It is told apart above the floor, t > 2 / sqrt(2 / n) = sqrt(2n), which for 8 rounds is
 * 4 and above what a p of 5 % asks for (2.14). The probability is the integral over s'.
 */
static double power_by_theory(double effect, double sd, uint32_t n)
{
	double df = 2.0 * n - 2, delta = effect / (sd * sqrt(2.0 / n)), critical = sqrt(2.0 * n);
	double sum = 0, step = 1e-3;

	/* chi with df degrees of freedom, over sqrt(df) */
	for (double s = step / 2; s < 4; s += step) {
		double x = s * s * df;
		double density =
			2 * s * df *
			exp((df / 2 - 1) * log(x) - x / 2 - df / 2 * log(2) - lgamma(df / 2));

		sum += density * step * erfc((critical * s - delta) / sqrt(2)) / 2;
	}
	return fmin(sum, 1); /* the sum of steps has an error */
}

/* This test will check power at 8 rounds: what is 10 % faster is found in 95 %, 20 % in 99 %, and 5
 * % as often as theory says, less three standard errors of 1,000 draws and one draw. The least
 * floor of 1 % is far below all of these. */
static void differences_should_be_found(void **state)
{
	static const double sds[] = { 0.01, 0.02, 0.03 }, effects[] = { 0.05, 0.10, 0.20 };
	static const double least[] = { 0, 0.95, 0.99 };

	(void)state;
	for (size_t e = 0; e < N(effects); e++) {
		for (size_t k = 0; k < N(sds); k++) {
			double effect = log1p(effects[e]);
			double theory = power_by_theory(effect, sds[k], 8), found = 0, error;
			struct rng rng;

			rng_seed(&rng, 1000 * e + k);
			for (int i = 0; i < PAIRS; i++) {
				double a[8], b[8];
				struct comparison_pair pair;

				for (int r = 0; r < 8; r++) {
					a[r] = 1e5 * exp(sds[k] * draw_normal(&rng));
					b[r] = 1e5 * exp(sds[k] * draw_normal(&rng) + effect);
				}
				pair = compare_two(a, 8, b, 8);
				found += pair.verdict == COMPARISON_FASTER && pair.fast == 1;
			}
			found /= PAIRS;
			error = 3 * sqrt(theory * (1 - theory) / PAIRS) + 1.0 / PAIRS;
			print_message(
				"power, %2.0f %% at CoV %.0f %%: found %.1f %%, theory %.1f %%\n",
				effects[e] * 100, sds[k] * 100, found * 100, theory * 100);
			assert_true(found >= least[e]);
			assert_true(found >= theory - error);
		}
	}
}

static const double level[] = { 100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1, 99.9, 100.3 };

static void scale(double *to, double by)
{
	for (size_t i = 0; i < N(level); i++)
		to[i] = level[i] * by;
}

/* This test will check each verdict's border: rounds enough for it, and one fewer. */
static void few_rounds_should_not_be_sure(void **state)
{
	static const struct {
		uint32_t na, nb;
		double faster;
		enum comparison_verdict verdict;
	} cases[] = {
		{ 8, 8, 1.2, COMPARISON_FASTER },
		{ 8, 7, 1.2, COMPARISON_PROBABLY_FASTER },
		{ 7, 8, 1.2, COMPARISON_PROBABLY_FASTER },
		{ 10, 8, 1.2, COMPARISON_FASTER },
		{ 4, 4, 1.2, COMPARISON_PROBABLY_FASTER },
		{ 3, 4, 1.2, COMPARISON_PROBABLY_FASTER },
		{ 3, 3, 1.2, COMPARISON_TOO_FEW },
		{ 1, 8, 1.2, COMPARISON_TOO_FEW },
		{ 1, 1, 1.2, COMPARISON_TOO_FEW },
		{ 2, 2, 2, COMPARISON_TOO_FEW },
		{ 8, 8, 1.003, COMPARISON_SAME },
		{ 5, 5, 1, COMPARISON_SAME },
		{ 8, 8, 1.009, COMPARISON_SAME }, /* below the least floor */
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		double other[N(level)];
		struct comparison_pair pair;

		scale(other, cases[i].faster);
		pair = compare_two(level, cases[i].na, other, cases[i].nb);
		if (pair.verdict != cases[i].verdict)
			fail_msg("%u and %u, %g: %s", cases[i].na, cases[i].nb, cases[i].faster,
				 verdict_name(pair.verdict));
		if (!is_different(&pair))
			continue;
		assert_int_equal(pair.fast, 1);
		assert_true(pair.low > 1 && pair.low < cases[i].faster &&
			    pair.high > cases[i].faster);
		assert_true(pair.p_corrected < VERDICT_LEVEL && pair.ratio > pair.floor);
	}
}

/* This test will check that boots are the samples where both labels have several, and that rounds
 * are where one has a single boot. */
static void boots_should_be_samples(void **state)
{
	static const double boots[2][5] = { { 1, 1.3, 0.8, 1.1, 0.9 },
					    { 1.2, 1.0, 1.4, 0.9, 1.1 } };
	struct samples s = { 0 };
	struct comparison c;
	double rounds[N(level)];

	(void)state;
	for (int env = 0; env < 2; env++) {
		for (int boot = 0; boot < 5; boot++) {
			scale(rounds, boots[env][boot]);
			add_boot(&s, env ? "b" : "a", rounds, N(level));
		}
	}
	assert_int_equal(compare(&c, &s, NULL), 0);
	assert_int_equal(c.environments_n, 2);
	assert_true(c.group[0].pair[0].of_boots);
	assert_int_equal(c.group[0].pair[0].fast_n, 5);
	assert_int_equal(c.group[0].figure[0].rounds_n, 50);
	/* As rounds, these 10 % would be beyond doubt. */
	assert_int_equal(c.group[0].pair[0].verdict, COMPARISON_SAME);
	compare_free(&c);
	samples_drop_run(&s, 9);
	samples_drop_run(&s, 8);
	samples_drop_run(&s, 7);
	samples_drop_run(&s, 6);
	assert_int_equal(compare(&c, &s, "b"), 0);
	assert_int_equal(c.baseline, 1);
	assert_false(c.group[0].pair[0].of_boots);
	assert_int_equal(c.group[0].pair[0].slow_n + c.group[0].pair[0].fast_n, 60);
	compare_free(&c);
	samples_free(&s);
}

/* This test will check that two builds are never called the same, that an unknown build is not held
 * against anybody, and that a difference stays one. */
static void two_builds_should_not_be_called_the_same(void **state)
{
	static const struct {
		const char *a, *b;
		double factor;
		enum comparison_verdict want;
	} cases[] = {
		{ "0612c1a19ac386fe", "0612c1a19ac386fe", 1, COMPARISON_SAME },
		{ "0612c1a19ac386fe", "3a4b9b7f658ed6e1", 1, COMPARISON_TWO_BUILDS },
		{ "0612c1a19ac386fe", NULL, 1, COMPARISON_SAME },
		{ "0612c1a19ac386fe", "3a4b9b7f658ed6e1", 1.2, COMPARISON_FASTER },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct samples s = { 0 };
		struct comparison c;
		double rounds[N(level)];

		scale(rounds, 1);
		add_boot(&s, "a", rounds, N(level));
		scale(rounds, cases[i].factor);
		add_boot(&s, "b", rounds, N(level));
		assert_int_equal(samples_set_fact(&s.run[0], SAMPLE_BUILD, cases[i].a), 0);
		if (cases[i].b)
			assert_int_equal(samples_set_fact(&s.run[1], SAMPLE_BUILD, cases[i].b), 0);
		assert_int_equal(compare(&c, &s, NULL), 0);
		assert_int_equal(c.group[0].pair[0].verdict, cases[i].want);
		compare_free(&c);
		samples_free(&s);
	}
}

/* This test will check that more comparisons ask for more: a p that is enough alone is not among
 * many, and rounds that cannot be enough are called too few. */
static void comparisons_should_be_corrected_for(void **state)
{
	char label[16];
	double rounds[N(level)];
	uint32_t too_few = 0;
	struct comparison c;

	(void)state;
	for (uint32_t environments = 2; environments < 8; environments++) {
		struct samples s = { 0 };
		double p = 0;

		for (uint32_t i = 0; i < environments; i++) {
			snprintf(label, sizeof(label), "%u", i);
			scale(rounds, 1 + 0.2 * i);
			add_boot(&s, label, rounds, 5);
		}
		assert_int_equal(compare(&c, &s, NULL), 0);
		check_number("pairs", c.group[0].pairs_n,
			     environments > COMPARE_ALL_PAIRS_MAX
				     ? environments - 1
				     : environments * (environments - 1) / 2);
		check_number("tests", c.tests_n, c.group[0].pairs_n);
		for (uint32_t i = 0; i < c.group[0].pairs_n; i++) {
			p = fmax(p, c.group[0].pair[i].p_corrected);
			assert_true(fabs(c.group[0].pair[i].p - 2.0 / 252) < 1e-12);
			too_few += c.group[0].pair[i].verdict == COMPARISON_TOO_FEW;
		}
		assert_true(fabs(p - c.tests_n * 2.0 / 252) < 1e-12);
		compare_free(&c);
		samples_free(&s);
	}
	check_number("too few", too_few, 10 + 15); /* of 5 and 6 environments */
}

/* This test will check that Holm's correction is of the rank a p has: few rounds that are enough at
 * theirs are not called too few, with seven workloads of many rounds beside them. */
static void few_rounds_should_be_enough_at_their_rank(void **state)
{
	struct samples s = { 0 };
	struct comparison c;
	double rounds[N(level)];

	(void)state;
	for (int env = 0; env < 2; env++) {
		scale(rounds, env ? 2 : 1);
		add_boot(&s, env ? "b" : "a", rounds, N(level));
		for (uint32_t k = 1; k < 8; k++) {
			struct sample_workload *w =
				add_workload(&s.run[env], rounds, k < 7 ? N(level) : 5);

			w->shape.iodepth = k;
		}
	}
	assert_int_equal(compare(&c, &s, NULL), 0);
	check_number("tests", c.tests_n, 8);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(c.group[i].pair[0].verdict,
				 i < 7 ? COMPARISON_FASTER : COMPARISON_PROBABLY_FASTER);
	compare_free(&c);
	samples_free(&s);
}

/* This test will check that a round in which nothing was completed counts, whoever measured it:
 * left out, it would flatter the rest. */
static void empty_rounds_should_not_be_ranked(void **state)
{
	static const struct {
		double iops;
		const char *why;
	} none[] = { { 0, "in round 3 nothing was completed" }, { NAN, "round 3 has no rate" } };

	(void)state;
	for (size_t i = 0; i < N(none); i++) {
		struct samples s = { 0 };
		struct comparison c;
		double rounds[N(level)];

		scale(rounds, 1.5);
		rounds[2] = none[i].iops;
		add_boot(&s, "a", level, N(level));
		add_boot(&s, "b", rounds, N(level))->iops = 1234;
		assert_int_equal(compare(&c, &s, NULL), 0);
		assert_string_equal(c.group[0].figure[1].not_ranked, none[i].why);
		assert_int_equal(c.group[0].pair[0].verdict, COMPARISON_NOT_RANKED);
		check_number("rounds", c.group[0].figure[1].rounds_n, N(level));
		assert_true(c.group[0].figure[1].iops == 1234);
		assert_true(isnan(c.group[0].figure[1].iops_low));
		compare_free(&c);
		samples_free(&s);
	}
}

/* This test will check that what must not be ranked is not, whatever its rounds say. */
static void figures_without_ground_should_not_be_ranked(void **state)
{
	static const struct {
		const char *why;
		enum sample_direction direction;
		double measured_s, ios, span_bytes, bytes;
		enum sample_blocks blocks;
		const char *failure;
	} cases[] = {
		{ "", SAMPLE_READ, 10, 1000, 1073741824, 1, SAMPLE_BLOCKS_GOOD, "" },
		{ "too short: 9.9 s", SAMPLE_READ, 9.94, 1000, NAN, 1, SAMPLE_BLOCKS_GOOD, "" },
		{ "too few I/Os: 999", SAMPLE_READ, 10, 999, NAN, 1, SAMPLE_BLOCKS_GOOD, "" },
		{ "over too few bytes: 1023 MiB", SAMPLE_READ, 10, 1000, 1023.0 * 1048576, 1,
		  SAMPLE_BLOCKS_GOOD, "" },
		{ "ever been written", SAMPLE_READ, 10, 1000, NAN, 1, SAMPLE_BLOCKS_UNKNOWN, "" },
		{ "not whole: failed", SAMPLE_READ, 10, 1000, NAN, 1, SAMPLE_BLOCKS_GOOD,
		  "failed" },
		{ "", SAMPLE_READ, NAN, NAN, NAN, NAN, SAMPLE_BLOCKS_ABSENT, "" },
		{ "neither time nor bytes", SAMPLE_WRITE, NAN, NAN, NAN, NAN, SAMPLE_BLOCKS_ABSENT,
		  "" },
		{ "", SAMPLE_WRITE, 10, NAN, NAN, NAN, SAMPLE_BLOCKS_ABSENT, "" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct samples s = { 0 };
		struct comparison c;
		double rounds[N(level)];

		scale(rounds, 1.5);
		for (int env = 0; env < 2; env++) {
			struct sample_workload *w =
				add_boot(&s, env ? "b" : "a", env ? rounds : level, N(level));

			w->direction = cases[i].direction;
			w->blocks = cases[i].blocks;
			if (env)
				continue;
			w->measured_s = cases[i].measured_s;
			w->ios = cases[i].ios;
			w->span_bytes = cases[i].span_bytes;
			w->bytes = cases[i].bytes;
			str_copy(w->failure, sizeof(w->failure), cases[i].failure);
		}
		assert_int_equal(compare(&c, &s, NULL), 0);
		assert_int_equal(c.groups_n, 1);
		check_has(c.group[0].figure[0].not_ranked, cases[i].why);
		if ((c.group[0].pair[0].verdict == COMPARISON_NOT_RANKED) !=
		    (*cases[i].why != '\0'))
			fail_msg("case %zu: %s", i, verdict_name(c.group[0].pair[0].verdict));
		compare_free(&c);
		samples_free(&s);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_should_not_be_told_apart),
		cmocka_unit_test(plain_noise_should_not_be_told_apart),
		cmocka_unit_test(differences_should_be_found),
		cmocka_unit_test(few_rounds_should_not_be_sure),
		cmocka_unit_test(boots_should_be_samples),
		cmocka_unit_test(two_builds_should_not_be_called_the_same),
		cmocka_unit_test(comparisons_should_be_corrected_for),
		cmocka_unit_test(few_rounds_should_be_enough_at_their_rank),
		cmocka_unit_test(empty_rounds_should_not_be_ranked),
		cmocka_unit_test(figures_without_ground_should_not_be_ranked),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
