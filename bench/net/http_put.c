// SPDX-License-Identifier: MIT
/* HTTP PUT over a socket that never blocks beyond its deadline. */
#include "net/http_put.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/clock.h"

#define HEAD_MAX_BYTES 16384

/* One try. */
struct attempt {
	const struct url *url;
	struct buf head; /* of the request */
	const char *body;
	size_t body_len;
	size_t sent;	   /* of head and body */
	bool refuses;	   /* takes no more; an answer may be there all the same */
	struct buf answer; /* its head, as far as it came */
	uint64_t until_ns;
	bool again; /* what happened may pass */
};

static int left_ms(uint64_t until_ns)
{
	uint64_t now_ns = clock_now_ns();

	return now_ns >= until_ns ? 0 : (int)((until_ns - now_ns + 999999) / 1000000);
}

static int late(struct err *e, const char *what)
{
	return err_set(e, -ETIMEDOUT, "%s within its time", what);
}

static int connect_one(const struct addrinfo *to, uint64_t until_ns)
{
	int fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
			to->ai_protocol);
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int problem = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, to->ai_addr, to->ai_addrlen)) {
		problem = errno;
		if (problem == EINPROGRESS)
			problem = poll(&p, 1, left_ms(until_ns)) != 1 ? ETIMEDOUT
				  : getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) ? errno
											  : problem;
	}
	if (!problem)
		return fd;
	close(fd);
	return -problem;
}

/* Each address of a name gets its share of the time: the first may lead nowhere. */
static int connect_any(const struct attempt *a, const struct addrinfo *list, struct err *e)
{
	uint64_t n = 0, now_ns;
	int fd = -ENOENT;

	for (const struct addrinfo *at = list; at; at = at->ai_next)
		n++;
	for (; list && fd < 0; list = list->ai_next, n--) {
		now_ns = clock_now_ns();
		fd = connect_one(list, now_ns >= a->until_ns ? now_ns
							     : now_ns + (a->until_ns - now_ns) / n);
	}
	return fd >= 0 ? fd : err_set(e, fd, "no connection: %s", strerror(-fd));
}

static int open_connection(const struct attempt *a, struct err *e)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					       .ai_flags = AI_NUMERICSERV };
	struct addrinfo *list;
	int ret = getaddrinfo(a->url->host, a->url->port, &hints, &list), fd;

	if (ret)
		return err_set(e, -EHOSTUNREACH, "%s: %s", a->url->host, gai_strerror(ret));
	fd = connect_any(a, list, e);
	freeaddrinfo(list);
	return fd;
}

static bool is_all_sent(const struct attempt *a)
{
	return a->sent == a->head.len + a->body_len;
}

static void send_some(struct attempt *a, int fd)
{
	bool in_head = a->sent < a->head.len;
	const char *from = in_head ? a->head.data + a->sent : a->body + (a->sent - a->head.len);
	size_t len = in_head ? a->head.len - a->sent : a->head.len + a->body_len - a->sent;
	ssize_t n = send(fd, from, len, MSG_NOSIGNAL);

	if (n > 0)
		a->sent += (size_t)n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		a->refuses = true;
}

/* Length of the answer's head with the empty line that ends it, or 0: it is not whole. */
static size_t head_length(const struct buf *answer)
{
	const char *end = answer->len ? strstr(answer->data, "\n\r\n") : NULL;
	const char *bare = answer->len ? strstr(answer->data, "\n\n") : NULL;

	if (bare && (!end || bare < end))
		return (size_t)(bare - answer->data) + 2;
	return end ? (size_t)(end - answer->data) + 3 : 0;
}

/* 100 to 999, or 0: that is no status line of HTTP. */
static int status_of(const char *line)
{
	int status = 0;

	return sscanf(line, "HTTP/1.%*1[01] %3d", &status) == 1 && status >= 100 ? status : 0;
}

/* The status once a final answer's head is whole; 0: not yet; -EPROTO: that is no HTTP. */
static int take_answer(struct attempt *a)
{
	size_t len;

	while ((len = head_length(&a->answer))) {
		int status = status_of(a->answer.data);

		if (!status)
			return -EPROTO;
		if (status >= 200)
			return status;
		a->answer.len -= len; /* 1xx: the answer itself comes later */
		memmove(a->answer.data, a->answer.data + len, a->answer.len + 1);
	}
	return a->answer.len > HEAD_MAX_BYTES ? -EPROTO : 0;
}

/* As take_answer(), after reading; *e is set where nothing more can come. */
static int receive_some(struct attempt *a, int fd, struct err *e)
{
	char some[2048];
	ssize_t n = recv(fd, some, sizeof(some), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0)
		return err_set(e, -errno, "the connection broke: %s", strerror(errno));
	if (!n)
		return err_set(e, -ECONNRESET, "the server closed the connection %s",
			       a->answer.len ? "within its answer" : "without an answer");
	for (ssize_t i = 0; i < n; i++) /* heads are text */
		some[i] = some[i] ? some[i] : ' ';
	buf_add(&a->answer, some, (size_t)n);
	if (buf_failed(&a->answer))
		return err_set(e, -ENOMEM, "no memory for the answer");
	n = take_answer(a);
	return n < 0 ? err_set(e, (int)n, "what answered does not speak HTTP/1") : (int)n;
}

/* Returns the status of the answer, or -errno with *e set. */
static int exchange(struct attempt *a, int fd, struct err *e)
{
	int status = 0;

	while (!status) {
		bool sends = !is_all_sent(a) && !a->refuses;
		struct pollfd p = { .fd = fd,
				    .events = (short)(sends ? POLLIN | POLLOUT : POLLIN) };
		int ms = left_ms(a->until_ns);

		if (!ms || !poll(&p, 1, ms))
			return late(e, is_all_sent(a) ? "no answer" : "not all of it was taken");
		if (sends && (p.revents & POLLOUT))
			send_some(a, fd);
		if (p.revents & ~POLLOUT)
			status = receive_some(a, fd, e);
	}
	return status;
}

/* The text of a line of the answer's head that begins with `name`, its length in *len; "". */
static const char *field(const struct attempt *a, const char *name, int *len)
{
	const char *at = strcasestr(a->answer.data, name);

	at = at ? at + strlen(name) : "";
	at += strspn(at, " ");
	*len = (int)strcspn(at, "\r\n");
	return at;
}

static int judge(struct attempt *a, int status, struct err *e)
{
	int len, to_len;
	const char *words = field(a, " ", &len), *to = field(a, "\nlocation:", &to_len);

	a->again = status == 408 || status == 429 || status >= 500;
	if (status / 100 == 3)
		return err_set(e, -EREMOTEIO, "answered %.*s%s%.*s: redirects are not followed",
			       len > 80 ? 80 : len, words, to_len ? ", to " : "",
			       to_len > 200 ? 200 : to_len, to);
	if (status / 100 != 2)
		return err_set(e, -EREMOTEIO, "answered %.*s", len > 80 ? 80 : len, words);
	if (!is_all_sent(a)) {
		a->again = true;
		return err_set(e, -EPROTO, "answered %.*s before it had all of it",
			       len > 80 ? 80 : len, words);
	}
	return 0;
}

static int try_once(struct attempt *a, struct err *e)
{
	int fd, status;

	a->again = true;
	a->sent = a->answer.len = 0;
	a->refuses = false;
	fd = open_connection(a, e);
	if (fd < 0)
		return fd;
	status = exchange(a, fd, e);
	close(fd);
	return status < 0 ? status : judge(a, status, e);
}

static void make_head(struct attempt *a)
{
	const struct url *url = a->url;

	buf_printf(&a->head, "PUT %s HTTP/1.1\r\nHost: %s%s%s", url->path, url->ipv6 ? "[" : "",
		   url->host, url->ipv6 ? "]" : "");
	if (strcmp(url->port, "80"))
		buf_printf(&a->head, ":%s", url->port);
	buf_printf(&a->head,
		   "\r\nUser-Agent: tare\r\nContent-Type: application/json\r\n"
		   "Content-Length: %zu\r\nConnection: close\r\n\r\n",
		   a->body_len);
}

int http_put(const struct url *url, const void *body, size_t len,
	     const struct http_put_limits *limits, struct err *e)
{
	struct attempt a = { .url = url, .body = body, .body_len = len };
	struct err last = ERR_INIT;
	uint32_t tries = 0;
	int ret;

	make_head(&a);
	if (buf_failed(&a.head))
		return err_set(e, -ENOMEM, "no memory for a request");
	do {
		if (tries++)
			clock_sleep_ns(limits->gap_ns);
		last = ERR_INIT;
		a.until_ns = clock_now_ns() + limits->try_ns;
		ret = try_once(&a, &last);
	} while (ret && a.again && tries < limits->tries);
	buf_free(&a.head);
	buf_free(&a.answer);
	if (ret)
		return err_set(e, ret, "%s (after %" PRIu32 " %s)", last.text, tries,
			       tries == 1 ? "try" : "tries");
	return 0;
}
