// SPDX-License-Identifier: MIT
/* Uploads to a server on the loopback interface that does, in order, what each case says. */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "net/http_put.h"

#define MS	   (CLOCK_NS_PER_S / 1000)
#define ACTS_MAX   4
#define BODY_BYTES 300000

/* What the server does with one connection. */
enum act {
	ACT_NONE,
	ACT_SAY,   /* read all, answer, close */
	ACT_RUDE,  /* answer at once, close with most of the body unread */
	ACT_MUTE,  /* read all, never answer */
	ACT_DEAF,  /* neither read nor answer */
	ACT_CLOSE, /* close at once */
	ACT_SLOW,  /* read all, answer a byte at a time */
};

struct scene {
	int fd;
	uint16_t port;
	bool ipv6;
	struct {
		enum act act;
		const char *answer;
	} step[ACTS_MAX];
	uint32_t connections;
	struct buf got; /* the last request */
	pthread_t thread;
	atomic_bool over;
};

/* True while the client is there and the test goes on. */
static bool is_there(struct scene *c, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return !atomic_load(&c->over) && poll(&p, 1, 20) == 0;
}

/* Reads head and body by Content-Length. */
static void read_request(struct scene *c, int fd)
{
	char some[65536], *end, *length;
	ssize_t n;

	c->got.len = 0;
	while ((n = read(fd, some, sizeof(some))) > 0) {
		buf_add(&c->got, some, (size_t)n);
		end = strstr(c->got.data, "\r\n\r\n");
		length = strstr(c->got.data, "Content-Length: ");
		if (end && length &&
		    c->got.len >= (size_t)(end + 4 - c->got.data) + strtoul(length + 16, NULL, 10))
			return;
	}
}

static void serve_one(struct scene *c, int fd, enum act act, const char *answer)
{
	if (act == ACT_SAY || act == ACT_MUTE || act == ACT_SLOW)
		read_request(c, fd);
	if (act == ACT_SAY || act == ACT_RUDE)
		assert_int_equal(send(fd, answer, strlen(answer), MSG_NOSIGNAL), strlen(answer));
	for (; act == ACT_SLOW && *answer; answer++) {
		assert_int_equal(send(fd, answer, 1, MSG_NOSIGNAL), 1);
		clock_sleep_ns(MS);
	}
	while (act == ACT_MUTE && is_there(c, fd))
		;
	if (act == ACT_DEAF) /* whose closed connection cannot be seen behind what is unread */
		clock_sleep_ns(350 * MS);
	close(fd);
}

static void *serve(void *context)
{
	struct scene *c = context;

	while (!atomic_load(&c->over)) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };
		int fd;

		if (poll(&p, 1, 20) != 1)
			continue;
		fd = accept(c->fd, NULL, NULL);
		assert_true(fd >= 0 && c->connections < ACTS_MAX);
		serve_one(c, fd, c->step[c->connections].act, c->step[c->connections].answer);
		c->connections++;
	}
	return NULL;
}

static void scene_listen(struct scene *c)
{
	struct sockaddr_in six_or_four = { .sin_family = AF_INET,
					   .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr *at = c->ipv6 ? (struct sockaddr *)&six : (struct sockaddr *)&six_or_four;
	socklen_t size = c->ipv6 ? sizeof(six) : sizeof(six_or_four);

	c->fd = socket(at->sa_family, SOCK_STREAM, 0);
	assert_true(c->fd >= 0);
	assert_int_equal(bind(c->fd, at, size), 0);
	assert_int_equal(getsockname(c->fd, at, &size), 0);
	c->port = ntohs(c->ipv6 ? six.sin6_port : six_or_four.sin_port);
	assert_int_equal(listen(c->fd, 8), 0);
}

static struct url url_of(const struct scene *c, const char *host)
{
	struct err e = ERR_INIT;
	char text[128];
	struct url url;

	snprintf(text, sizeof(text), "http://%s:%u/in?x=1", host, c->port);
	assert_int_equal(url_parse(&url, text, &e), 0);
	return url;
}

static char body[BODY_BYTES];

static void body_make(void)
{
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (char)('a' + i * 7 % 26);
}

static int put(struct scene *c, const char *host, struct err *e)
{
	static const struct http_put_limits limits = { 3, 300 * MS, 10 * MS };
	struct url url = url_of(c, host);
	int ret;

	assert_int_equal(pthread_create(&c->thread, NULL, serve, c), 0);
	ret = http_put(&url, body, sizeof(body), &limits, e);
	atomic_store(&c->over, true);
	assert_int_equal(pthread_join(c->thread, NULL), 0);
	close(c->fd);
	return ret;
}

static void check_request(const struct scene *c, const char *host)
{
	char head[512];
	int len = snprintf(head, sizeof(head),
			   "PUT /in?x=1 HTTP/1.1\r\nHost: %s:%u\r\nUser-Agent: tare\r\n"
			   "Content-Type: application/json\r\nContent-Length: %d\r\n"
			   "Connection: close\r\n\r\n",
			   host, c->port, BODY_BYTES);

	assert_int_equal(c->got.len, (size_t)len + sizeof(body));
	assert_memory_equal(c->got.data, head, len);
	assert_memory_equal(c->got.data + len, body, sizeof(body));
}

#define OK_CHUNKED                                                                                 \
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nthank\r\n1\r\ns\r\n0\r\n\r\n"
#define OK_NO_LENGTH "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nthanks, and no length"

static const struct put_case {
	const char *name;
	struct {
		enum act act;
		const char *answer;
	} step[ACTS_MAX];
	uint32_t connections;
	int ret;
	const char *want;
} put_cases[] = {
	{ "created",
	  { { ACT_SAY, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n" } },
	  1,
	  0,
	  "" },
	{ "no content, bare line feeds", { { ACT_SAY, "HTTP/1.1 204\n\n" } }, 1, 0, "" },
	{ "chunked", { { ACT_SAY, OK_CHUNKED } }, 1, 0, "" },
	{ "no Content-Length", { { ACT_SAY, OK_NO_LENGTH } }, 1, 0, "" },
	{ "byte by byte", { { ACT_SLOW, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n" } }, 1, 0, "" },
	{ "after an interim answer",
	  { { ACT_SAY, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" } },
	  1,
	  0,
	  "" },
	{ "500 then success",
	  { { ACT_SAY, "HTTP/1.1 500 Oops\r\n\r\n" }, { ACT_SAY, "HTTP/1.1 200 OK\r\n\r\n" } },
	  2,
	  0,
	  "" },
	{ "closed, mute, then success",
	  { { ACT_CLOSE, NULL }, { ACT_MUTE, NULL }, { ACT_SAY, "HTTP/1.1 200 OK\r\n\r\n" } },
	  3,
	  0,
	  "" },
	{ "always 503",
	  { { ACT_SAY, "HTTP/1.1 503 Busy\r\n\r\n" },
	    { ACT_SAY, "HTTP/1.1 503 Busy\r\n\r\n" },
	    { ACT_SAY, "HTTP/1.1 503 Still busy\r\n\r\n" } },
	  3,
	  -EREMOTEIO,
	  "answered 503 Still busy (after 3 tries)" },
	{ "never an answer",
	  { { ACT_MUTE, NULL }, { ACT_MUTE, NULL }, { ACT_MUTE, NULL } },
	  3,
	  -ETIMEDOUT,
	  "no answer within its time (after 3 tries)" },
	{ "never reads",
	  { { ACT_DEAF, NULL }, { ACT_DEAF, NULL }, { ACT_DEAF, NULL } },
	  3,
	  -ETIMEDOUT,
	  "within its time (after 3 tries)" },
	{ "closes early",
	  { { ACT_SAY, "" }, { ACT_SAY, "" }, { ACT_SAY, "HTTP/1.1 200 OK\r\nServ" } },
	  3,
	  -ECONNRESET,
	  "the server closed the connection within its answer (after 3 tries)" },
	{ "redirect",
	  { { ACT_SAY, "HTTP/1.1 301 Moved\r\nX: y\r\nLocation: http://elsewhere/\r\n\r\n" } },
	  1,
	  -EREMOTEIO,
	  "answered 301 Moved, to http://elsewhere/: redirects are not followed (after 1 try)" },
	{ "not allowed",
	  { { ACT_SAY, "HTTP/1.1 405 Method Not Allowed\r\n\r\n" } },
	  1,
	  -EREMOTEIO,
	  "answered 405 Method Not Allowed (after 1 try)" },
	{ "no HTTP",
	  { { ACT_SAY, "220 mail\r\n\r\n" },
	    { ACT_SAY, "\r\n\r\n" },
	    { ACT_SAY, "HTTP/2 200\n\n" } },
	  3,
	  -EPROTO,
	  "what answered does not speak HTTP/1 (after 3 tries)" },
};

/* This test will check what becomes of an upload for everything that a server can do: only a 2xx
 * answer to the whole body confirms, what may pass is tried three times, and each ends in time. */
static void servers_should_confirm_or_be_told(void **state)
{
	(void)state;
	body_make();
	for (size_t i = 0; i < N(put_cases); i++) {
		const struct put_case *want = &put_cases[i];
		struct scene c = { 0 };
		struct err e = ERR_INIT;
		uint64_t began_ns = clock_now_ns();

		memcpy(c.step, want->step, sizeof(c.step));
		scene_listen(&c);
		if (put(&c, "127.0.0.1", &e) != want->ret)
			print_error("%s: %d \"%s\"\n", want->name, e.code, e.text);
		assert_int_equal(e.code, want->ret);
		check_has(e.text, want->want);
		assert_int_equal(c.connections, want->connections);
		if (!want->ret)
			check_request(&c, "127.0.0.1");
		assert_true(clock_now_ns() - began_ns < 3 * CLOCK_NS_PER_S);
		buf_free(&c.got);
	}
}

/* This test will check that an answer to what was not yet sent confirms nothing. */
static void early_praise_should_not_confirm(void **state)
{
	struct scene c = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		c.step[i].act = ACT_RUDE;
		c.step[i].answer = "HTTP/1.1 200 OK\r\n\r\n";
	}
	scene_listen(&c);
	/* A body that no socket's buffers hold. */
	{
		static const struct http_put_limits limits = { 3, 300 * MS, 10 * MS };
		struct url url = url_of(&c, "127.0.0.1");
		size_t len = 64u << 20;
		char *large = calloc(1, len);

		assert_non_null(large);
		assert_int_equal(pthread_create(&c.thread, NULL, serve, &c), 0);
		assert_true(http_put(&url, large, len, &limits, &e) < 0);
		atomic_store(&c.over, true);
		assert_int_equal(pthread_join(c.thread, NULL), 0);
		free(large);
	}
	close(c.fd);
	assert_int_equal(c.connections, 3);
	check_has(e.text, "(after 3 tries)");
	buf_free(&c.got);
}

/* This test will check that a port where nobody listens is told as that. */
static void refused_connections_should_be_told(void **state)
{
	static const struct http_put_limits limits = { 2, 300 * MS, MS };
	struct scene c = { 0 };
	struct err e = ERR_INIT;
	struct url url;

	(void)state;
	scene_listen(&c);
	close(c.fd);
	url = url_of(&c, "127.0.0.1");
	assert_int_equal(http_put(&url, "x", 1, &limits, &e), -ECONNREFUSED);
	assert_string_equal(e.text, "no connection: Connection refused (after 2 tries)");
}

/* This test will check names and IPv6: "localhost" may have both kinds of addresses, of which one
 * has a server. */
static void names_and_ipv6_should_be_reached(void **state)
{
	static const struct {
		const char *host;
		bool ipv6;
	} cases[] = { { "localhost", false }, { "[::1]", true } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct scene c = { .ipv6 = cases[i].ipv6,
				   .step = { { ACT_SAY, "HTTP/1.1 200 OK\r\n\r\n" } } };
		struct err e = ERR_INIT;

		scene_listen(&c);
		assert_int_equal(put(&c, cases[i].host, &e), 0);
		check_request(&c, cases[i].host);
		buf_free(&c.got);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_should_confirm_or_be_told),
		cmocka_unit_test(early_praise_should_not_confirm),
		cmocka_unit_test(refused_connections_should_be_told),
		cmocka_unit_test(names_and_ipv6_should_be_reached),
	};

	return cmocka_run_group_tests_name("http_put", tests, NULL, NULL);
}
