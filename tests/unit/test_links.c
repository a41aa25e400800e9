// SPDX-License-Identifier: MIT
/* Which network links there are, from sysfs trees. Switching them on is for the machine tests. */
#include "unit.h"

#include "net/links.h"

/* This test will check that links like Ethernet are found in order, and nothing else. */
static void links_should_be_found(void **state)
{
	char root[PATH_MAX];
	struct links links;

	(void)state;
	temp_make(root);
	links_scan(&links, root);
	assert_int_equal(links.n, 0);
	temp_text(root, "sys/class/net/lo/type", "772\n");
	temp_text(root, "sys/class/net/eth1/type", "1\n");
	temp_text(root, "sys/class/net/eth0/type", "1\n");
	temp_text(root, "sys/class/net/sit0/type", "776\n");
	temp_text(root, "sys/class/net/odd/type", "?\n");
	temp_text(root, "sys/class/net/a-name-that-is-too-long/type", "1\n");
	links_scan(&links, root);
	assert_int_equal(links.n, 2);
	assert_string_equal(links.name[0], "eth0");
	assert_string_equal(links.name[1], "eth1");
	temp_remove(root);
}

/* This test will check that only a 1 is a carrier; a link that is down cannot be asked. */
static void carriers_should_be_read(void **state)
{
	char root[PATH_MAX];

	(void)state;
	temp_make(root);
	temp_text(root, "sys/class/net/eth0/carrier", "1\n");
	temp_text(root, "sys/class/net/eth1/carrier", "0\n");
	temp_text(root, "sys/class/net/eth2/type", "1\n");
	assert_true(links_has_carrier(root, "eth0"));
	assert_false(links_has_carrier(root, "eth1"));
	assert_false(links_has_carrier(root, "eth2"));
	temp_remove(root);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_should_be_found),
		cmocka_unit_test(carriers_should_be_read),
	};

	return cmocka_run_group_tests_name("links", tests, NULL, NULL);
}
