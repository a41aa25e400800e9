/* SPDX-License-Identifier: MIT */
/*
 * Gives bytes to a web server by HTTP PUT (RFC 9110): plain sockets, no TLS, no redirects. The body
 * of an answer is not read, so that it does not matter how its end is told.
 */
#ifndef TARE_NET_HTTP_PUT_H
#define TARE_NET_HTTP_PUT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "net/url.h"

struct http_put_limits {
	uint32_t tries;	 /* at least 1 */
	uint64_t try_ns; /* for each: connecting, sending, the answer's head; looking the name up
			    takes what the resolver takes, some 10 s at most */
	uint64_t gap_ns; /* between two */
};

/*
 * PUTs `len` bytes (application/json). Tries again after what may pass: no connection, no answer in
 * time, an answer cut short, 408, 429, 5xx; not after a redirect or another 4xx. Returns 0 where
 * the server answered 2xx after it had the whole body; else -errno with *e saying what became of
 * the last try, and of how many.
 */
int http_put(const struct url *url, const void *body, size_t len,
	     const struct http_put_limits *limits, struct err *e);

#endif
