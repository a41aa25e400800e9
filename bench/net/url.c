// SPDX-License-Identifier: MIT
/* Takes addresses apart. */
#include "net/url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/str.h"

#define SCHEME	   "http://"
#define WANTED	   "should be http://HOST[:PORT][/PATH]"
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
#define PORT_MAX   65535

/* What is no part of an address, though people write it; NULL: none of that. */
static const char *foreign_part(const char *text)
{
	if (!strncmp(text, "https://", 8))
		return "https: there is no TLS here";
	if (strncmp(text, SCHEME, strlen(SCHEME)))
		return "no scheme that is known";
	if (strchr(text, '#'))
		return "a fragment (#) is not sent";
	for (; *text; text++)
		if (*text <= ' ' || *text == 0x7f)
			return "blanks and characters beyond ASCII must be written as %XX";
	return NULL;
}

static int set_port(struct url *url, const char *at, size_t len)
{
	char digits[8];
	uint64_t port;

	if (!len || len >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, at, len);
	digits[len] = '\0';
	if (str_to_u64(digits, &port) || !port || port > PORT_MAX)
		return -EINVAL;
	snprintf(url->port, sizeof(url->port), "%u", (unsigned int)(uint16_t)port);
	return 0;
}

/* HOST[:PORT]. Returns what is wrong with it, or NULL. */
static const char *set_place(struct url *url, const char *at, size_t len)
{
	const char *host = at, *colon = memchr(at, ':', len), *close;
	size_t host_len = colon ? (size_t)(colon - at) : len;
	struct in6_addr address;

	if (memchr(at, '@', len))
		return "user names are not supported";
	url->ipv6 = len && *at == '[';
	if (url->ipv6) {
		close = memchr(at, ']', len);
		if (!close)
			return "[ without ]";
		host++;
		host_len = (size_t)(close - host);
		colon = close + 1 < at + len ? close + 1 : NULL;
		if (colon && *colon != ':')
			return "after ] comes :PORT or /PATH";
	}
	if (!host_len || host_len >= sizeof(url->host))
		return "the host's name: 1 to 255 characters";
	memcpy(url->host, host, host_len);
	url->host[host_len] = '\0';
	if (url->ipv6 && inet_pton(AF_INET6, url->host, &address) != 1)
		return "in brackets stands an IPv6 address";
	if (!url->ipv6 && strspn(url->host, NAME_CHARS) != host_len)
		return "the host's name: letters, digits, dots and dashes";
	str_copy(url->port, sizeof(url->port), "80");
	if (colon && set_port(url, colon + 1, (size_t)(at + len - colon - 1)))
		return "the port: a number from 1 to 65535";
	return NULL;
}

int url_parse(struct url *url, const char *text, struct err *e)
{
	const char *problem = foreign_part(text), *at = text + strlen(SCHEME);
	size_t len;

	*url = (struct url){ 0 };
	if (!problem) {
		len = strcspn(at, "/?");
		problem = set_place(url, at, len);
		at += len;
	}
	if (!problem && snprintf(url->path, sizeof(url->path), "%s%s", *at == '/' ? "" : "/", at) >=
				(int)sizeof(url->path))
		problem = "too long";
	if (problem)
		return err_set(e, -EINVAL, "\"%.200s\": %s: " WANTED, text, problem);
	return 0;
}
