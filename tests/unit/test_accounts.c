// SPDX-License-Identifier: MIT
/* Accounts of sources that are not tare's. */
#include "unit.h"

#include <math.h>

#include "import/accounts.h"
#include "import/samples.h"
#include "lib/str.h"

static struct sample_workload *make(struct samples *s, const char *name)
{
	struct sample_workload *w =
		samples_add_workload(samples_add_run(s, "test"), name, SAMPLE_READ);

	samples_shape_from_name(&w->shape, name);
	w->iops = 125000; /* 8 us */
	w->usr_pct = 25;
	w->sys_pct = 50;
	return w;
}

static void assert_us(const struct sample_workload *w, enum account_part part, double us)
{
	assert_true(fabs(w->account.part_ns[part] - us * 1e3) < 1e-6);
}

/* This test will check the split with and without submission latencies: the rest is not waiting. */
static void shares_of_a_thread_should_be_parts(void **state)
{
	struct samples s = { 0 };
	struct sample_workload *w = make(&s, "randread-4k-qd64");

	(void)state;
	accounts_derive(&s, 0);
	assert_us(w, ACCOUNT_TOOL, 2);
	assert_us(w, ACCOUNT_KERNEL, 4);
	assert_true(isnan(w->account.part_ns[ACCOUNT_HOST]));
	assert_true(isnan(w->account.part_ns[ACCOUNT_SUBMISSION]));
	assert_true(fabs(account_unexplained_ns(&w->account) - 2000) < 1e-6);

	w->account = account_none();
	w->latency.slat_mean_ns = 3000;
	accounts_derive(&s, 0);
	assert_us(w, ACCOUNT_SUBMISSION, 3);
	assert_us(w, ACCOUNT_COMPLETION, 1);

	w->account = account_none();
	w->latency.slat_mean_ns = 5000; /* some of it in the tool's own code */
	w->shape.numjobs = 4;
	accounts_derive(&s, 0);
	assert_us(w, ACCOUNT_TOOL, 8); /* of four threads' time */
	assert_us(w, ACCOUNT_COMPLETION, 11);
	samples_free(&s);
}

/* This test will check what has no account: what is not told, not one direction's, not its own. */
static void others_should_have_none(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		struct samples s = { 0 };
		struct sample_workload *w =
			make(&s, i == 1 ? "randrw70-4k-qd64" : "randread-4k-qd1");

		w->iops = i == 0 ? SAMPLE_ABSENT : w->iops;
		w->shape.rate_iops = i == 2 ? 1000 : SAMPLE_ABSENT;
		w->usr_pct = i == 3 ? SAMPLE_ABSENT : 25;
		if (i == 4) { /* tare's own stays as it is */
			w->account.whole_ns = 1;
			accounts_derive(&s, 0);
			assert_true(w->account.whole_ns == 1);
			assert_true(isnan(w->account.part_ns[ACCOUNT_TOOL]));
		} else {
			accounts_derive(&s, 0);
			assert_true(isnan(w->account.part_ns[ACCOUNT_TOOL]));
			assert_int_equal(account_known(&w->account), i == 3);
		}
		samples_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_of_a_thread_should_be_parts),
		cmocka_unit_test(others_should_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
