// SPDX-License-Identifier: MIT
/* Brings results to a web server; in the appliance switches the network on for it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collect/join.h"
#include "lib/clock.h"
#include "lib/str.h"
#include "net/http_put.h"
#include "net/links.h"
#include "session/session.h"

#define S CLOCK_NS_PER_S

/* Somebody who wants the machine to end gets one try: process 1 waits for a minute. */
static const struct {
	struct links_limits links;
	struct http_put_limits put;
} patience[] = {
	{ { 8 * S, 3 * S, 12 * S }, { 3, 10 * S, S } },
	{ { 3 * S, S, 6 * S }, { 1, 5 * S, 0 } },
};

static void switch_network_on(struct session *s, bool hurry)
{
	char line[ERR_TEXT_BYTES + 16];
	struct notes notes = { 0 };

	session_say(s, CONSOLE_ALL, "network: switched on for the upload\n");
	links_up(&patience[hurry].links, &notes);
	for (size_t i = 0; i < notes.n; i++) {
		snprintf(line, sizeof(line), "network: %s\n", notes.text[i]);
		session_say(s, CONSOLE_ALL, line);
	}
	notes_free(&notes);
}

static bool put_one(struct session *s, const struct url *url, const struct buf *body, bool hurry)
{
	char line[ERR_TEXT_BYTES + 2 * URL_TEXT_BYTES];
	struct err e = ERR_INIT;

	if (buf_failed(body))
		err_set(&e, -1, "no memory");
	else
		http_put(url, body->data, body->len, &patience[hurry].put, &e);
	snprintf(line, sizeof(line), "%supload to %s%s port %s: %s\n", e.code ? "warning: " : "",
		 url->host, url->path, url->port, e.code ? e.text : "taken");
	session_say(s, CONSOLE_ALL, line);
	return !e.code;
}

/* All of them by one name: one document as it is, several as an array. */
static void put_together(struct session *s, const struct url *url, bool hurry)
{
	struct buf document[PLAN_TARGETS_MAX], all = BUF_INIT;

	for (uint32_t i = 0; i < s->parcels_n; i++)
		document[i] = s->parcel[i].json;
	collect_join(&all, document, s->parcels_n);
	if (put_one(s, url, &all, hurry))
		for (uint32_t i = 0; i < s->parcels_n; i++)
			s->parcel[i].taken |= TAKEN_BY_SERVER;
	buf_free(&all);
}

/* Each by a name of its own, in the folder that the URL is. */
static void put_each(struct session *s, const struct url *url, bool hurry)
{
	for (uint32_t i = 0; i < s->parcels_n; i++) {
		struct parcel *p = &s->parcel[i];
		struct url own = *url;
		size_t len = strlen(own.path);

		snprintf(own.path + len, sizeof(own.path) - len, "%s.json", p->run);
		if (put_one(s, &own, &p->json, hurry))
			p->taken |= TAKEN_BY_SERVER;
	}
}

void session_upload(struct session *s)
{
	bool hurry = *s->stop;
	struct err e = ERR_INIT;
	struct url url;
	size_t len;

	if (!s->config.upload[0] || !s->parcels_n || url_parse(&url, s->config.upload, &e))
		return; /* the key's parser has taken it: it is an address */
	if (s->args.appliance)
		switch_network_on(s, hurry);
	len = strlen(url.path);
	if (url.path[len - 1] == '/' && len + sizeof("00000000.json") <= sizeof(url.path))
		put_each(s, &url, hurry);
	else
		put_together(s, &url, hurry);
}
