// SPDX-License-Identifier: MIT
/* This test will check what is made of a port's answers, and that no port is asked where nothing
 * says VMware. */
#include "hw/host_backdoor.h"

#include <errno.h>

#include "unit.h"

#define MAGIC 0x564d5868u

static struct host_backdoor_answer answer;
static int answer_ret, asked;

static int fake_port(struct host_backdoor_answer *to)
{
	asked++;
	*to = answer;
	return answer_ret;
}

static void answers_should_be_worded(void **state)
{
	static const struct {
		bool vmware;
		int port_ret;
		struct host_backdoor_answer answer;
		int ret, asked;
		const char *text, *unknown;
	} cases[] = {
		{ true, 0, { 6, MAGIC, 2 }, 0, 1, "version 6, ESX", "" },
		{ true, 0, { 6, MAGIC, 4 }, 0, 1, "version 6, Workstation", "" },
		{ true, 0, { 6, MAGIC, 1 }, 0, 1, "version 6, Express", "" },
		{ true, 0, { 7, MAGIC, 0 }, 0, 1, "version 7, product 0", "" },
		{ true, 0, { 7, MAGIC, 5 }, 0, 1, "version 7, product 5", "" },
		/* Nobody is there: registers stay, and a bus reads as ones. */
		{ true, 0, { MAGIC, ~MAGIC, 10 }, 0, 1, "no answer", "" },
		{ true, 0, { UINT32_MAX, ~MAGIC, 10 }, 0, 1, "no answer", "" },
		{ true, 0, { UINT32_MAX, MAGIC, 2 }, 0, 1, "no answer", "" },
		{ true,
		  -EPERM,
		  { 6, MAGIC, 2 },
		  -EPERM,
		  1,
		  "",
		  "ports may not be used: Operation not permitted" },
		{ false, 0, { 6, MAGIC, 2 }, -ENODATA, 0, "", "not VMware" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct host_value value = { 0 };

		answer = cases[i].answer;
		answer_ret = cases[i].port_ret;
		asked = 0;
		assert_int_equal(host_backdoor_read(&value, cases[i].vmware, fake_port),
				 cases[i].ret);
		assert_int_equal(asked, cases[i].asked);
		assert_string_equal(value.text, cases[i].text);
		assert_string_equal(value.unknown, cases[i].unknown);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_should_be_worded),
	};

	return cmocka_run_group_tests_name("host_backdoor", tests, NULL, NULL);
}
