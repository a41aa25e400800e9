// SPDX-License-Identifier: MIT
/* Addresses of web servers: what they hold, and what is wrong with them. */
#include "unit.h"

#include <errno.h>

#include "net/url.h"

/* This test will check that addresses are taken apart: names, both kinds of numbers, ports, paths.
 */
static void addresses_should_be_taken_apart(void **state)
{
	static const struct {
		const char *text, *host, *port, *path;
		bool ipv6;
	} cases[] = {
		{ "http://example", "example", "80", "/", false },
		{ "http://a-b.c_d.e1/", "a-b.c_d.e1", "80", "/", false },
		{ "http://10.0.2.2:8000/in/x.json?k=v&l=", "10.0.2.2", "8000",
		  "/in/x.json?k=v&l=", false },
		{ "http://h?q", "h", "80", "/?q", false },
		{ "http://h:65535", "h", "65535", "/", false },
		{ "http://h:080/p", "h", "80", "/p", false },
		{ "http://[::1]", "::1", "80", "/", true },
		{ "http://[2001:db8::7]:81/a:b@c[d]", "2001:db8::7", "81", "/a:b@c[d]", true },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = ERR_INIT;
		struct url url;

		assert_int_equal(url_parse(&url, cases[i].text, &e), 0);
		assert_string_equal(url.host, cases[i].host);
		assert_string_equal(url.port, cases[i].port);
		assert_string_equal(url.path, cases[i].path);
		assert_int_equal(url.ipv6, cases[i].ipv6);
	}
}

/* This test will check that what is no address is refused with the reason, and quoted. */
static void other_texts_should_be_refused(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "no scheme that is known: should be http://HOST[:PORT][/PATH]" },
		{ "h/p", "no scheme that is known" },
		{ "HTTP:/h", "no scheme that is known" },
		{ "https://h/", "there is no TLS here" },
		{ "http://", "the host's name: 1 to 255 characters" },
		{ "http:///p", "the host's name: 1 to 255 characters" },
		{ "http://:80/", "the host's name: 1 to 255 characters" },
		{ "http://u:p@h/", "user names are not supported" },
		{ "http://h h/", "blanks and characters beyond ASCII must be written as %XX" },
		{ "http://h/\xc3\xa4", "must be written as %XX" },
		{ "http://h/a\r\nX: y", "must be written as %XX" },
		{ "http://h/#top", "a fragment (#) is not sent" },
		{ "http://h\"/", "letters, digits, dots and dashes" },
		{ "http://h:/", "the port: a number from 1 to 65535" },
		{ "http://h:0/", "the port: a number from 1 to 65535" },
		{ "http://h:65536/", "the port: a number from 1 to 65535" },
		{ "http://h:8o/", "the port: a number from 1 to 65535" },
		{ "http://::1/", "the host's name: 1 to 255 characters" },
		{ "http://[::1/", "[ without ]" },
		{ "http://[::1]x/", "after ] comes :PORT or /PATH" },
		{ "http://[h]/", "in brackets stands an IPv6 address" },
		{ "http://[]/", "1 to 255 characters" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = ERR_INIT;
		struct url url;

		if (url_parse(&url, cases[i].text, &e) != -EINVAL)
			print_error("\"%s\" was taken\n", cases[i].text);
		assert_int_equal(e.code, -EINVAL);
		check_has(e.text, cases[i].want);
		check_has(e.text, "should be http://HOST[:PORT][/PATH]");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_should_be_taken_apart),
		cmocka_unit_test(other_texts_should_be_refused),
	};

	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
