// SPDX-License-Identifier: MIT
/* CPU times of the machine. */
#include "unit.h"

#include <errno.h>

#include "run/cpu.h"

/* This test will check fields, their order and their unit; and what is no such file. */
static void fields_should_be_read_in_their_order(void **state)
{
	static const struct {
		const char *text;
		int ret;
	} cases[] = {
		{ "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 5\n", 0 },
		{ "cpu 1 2 3 4 5 6 7 8\n", 0 },
		{ "cpu 1 2 3 4 5 6 7\ncpu0 8\n", -EBADMSG },
		{ "cpu0 1 2 3 4 5 6 7 8\n", -EBADMSG },
		{ "intr 1\n", -EBADMSG },
		{ "", -EBADMSG },
	};
	uint64_t tick = cpu_tick_ns();
	struct cpu_times t;
	char root[PATH_MAX];

	(void)state;
	temp_make(root);
	assert_int_equal(cpu_read(&t, root), -ENOENT);
	for (size_t i = 0; i < N(cases); i++) {
		temp_text(root, "proc/stat", cases[i].text);
		t = (struct cpu_times){ 0 };
		if (cpu_read(&t, root) != cases[i].ret)
			print_error("case %zu\n", i);
		assert_int_equal(cpu_read(&t, root), cases[i].ret);
		if (cases[i].ret)
			continue;
		check_number("user", t.user_ns, 3 * tick);
		check_number("system", t.system_ns, 3 * tick);
		check_number("idle", t.idle_ns, 9 * tick);
		check_number("irq", t.irq_ns, 6 * tick);
		check_number("softirq", t.softirq_ns, 7 * tick);
		check_number("steal", t.steal_ns, 8 * tick);
	}
	temp_remove(root);
	assert_true(tick >= 1000000 && tick <= 10000000); /* 100 to 1000 Hz */
}

/* This test will check differences: a counter that ran backwards gives nothing, not a great deal.
 */
static void backward_counters_should_give_zero(void **state)
{
	struct cpu_times a = { 10, 20, 30, 40, 50, 60 }, b = { 11, 18, 30, 45, 50, 0 }, d,
			 sum = { 0 };

	(void)state;
	d = cpu_since(&b, &a);
	assert_int_equal(d.user_ns, 1);
	assert_int_equal(d.system_ns, 0);
	assert_int_equal(d.irq_ns, 0);
	assert_int_equal(d.softirq_ns, 5);
	assert_int_equal(d.steal_ns, 0);
	assert_int_equal(d.idle_ns, 0);
	cpu_add(&sum, &a);
	cpu_add(&sum, &b);
	assert_int_equal(sum.user_ns, 21);
	assert_int_equal(sum.system_ns, 38);
	assert_int_equal(sum.irq_ns, 60);
	assert_int_equal(sum.softirq_ns, 85);
	assert_int_equal(sum.steal_ns, 100);
	assert_int_equal(sum.idle_ns, 60);
}

/* This test will check that this machine's own times run on. */
static void own_times_should_run_on(void **state)
{
	struct cpu_times a, b, d;
	uint64_t sum;

	(void)state;
	assert_int_equal(cpu_read(&a, "/"), 0);
	usleep(200000);
	assert_int_equal(cpu_read(&b, "/"), 0);
	d = cpu_since(&b, &a);
	sum = d.user_ns + d.system_ns + d.irq_ns + d.softirq_ns + d.steal_ns + d.idle_ns;
	assert_true(sum >= 100000000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_should_be_read_in_their_order),
		cmocka_unit_test(backward_counters_should_give_zero),
		cmocka_unit_test(own_times_should_run_on),
	};

	return cmocka_run_group_tests_name("cpu", tests, NULL, NULL);
}
