/* SPDX-License-Identifier: MIT */
/* Addresses of the form http://HOST[:PORT][/PATH]. Looks nothing up. */
#ifndef TARE_NET_URL_H
#define TARE_NET_URL_H

#include <stdbool.h>

#include "lib/err.h"

#define URL_TEXT_BYTES 512

struct url {
	char host[256]; /* a name, an IPv4 address, or an IPv6 address without its brackets */
	char port[6];	/* decimal, 1 to 65535; "80" where none was given */
	char path[URL_TEXT_BYTES]; /* begins with /, with the query */
	bool ipv6;		   /* the host stood in brackets */
};

/* Takes `text` apart. Returns 0 or -EINVAL with *e quoting the text and what would be right. */
int url_parse(struct url *url, const char *text, struct err *e);

#endif
