// SPDX-License-Identifier: MIT
/* Accounts, gaps and causes as JSON. */
#include "render/compare_json_why.h"

#include <math.h>

#include "compare/advice.h"
#include "compare/causes.h"
#include "compare/gap.h"

static void add_us(struct json *to, const char *key, double ns)
{
	if (isfinite(ns))
		json_add_digits(to, key, ns / 1e3, COMPARE_JSON_DIGITS);
}

static void add_text(struct json *to, const char *key, const char *text)
{
	if (text && *text)
		json_add_text(to, key, text);
}

void compare_json_account(struct json *to, const struct account *account)
{
	struct json *object, *parts;

	if (!account_known(account))
		return;
	object = json_add_object(to, "account");
	add_us(object, "whole_us", account->whole_ns);
	parts = json_add_object(object, "parts");
	for (int i = 0; i < ACCOUNT_PARTS_N; i++) {
		struct json *part;

		if (isnan(account->part_ns[i]))
			continue;
		part = json_add_object(parts, gap_parts[i].key);
		add_us(part, "us", account->part_ns[i]);
		add_us(part, "error_us", account->error_ns[i]);
	}
	add_us(object, "unexplained_us", account_unexplained_ns(account));
}

void compare_json_gap(struct json *to, const struct comparison_gap *gap)
{
	struct json *object, *parts;

	if (isnan(gap->whole_ns))
		return;
	object = json_add_object(to, "gap");
	add_us(object, "whole_us", gap->whole_ns);
	parts = json_add_object(object, "parts");
	for (int i = 0; i < ACCOUNT_PARTS_N; i++) {
		struct json *part;

		if (isnan(gap->part_ns[i]))
			continue;
		part = json_add_object(parts, gap_parts[i].key);
		add_us(part, "us", gap->part_ns[i]);
		add_us(part, "error_us", gap->error_ns[i]);
		add_us(part, "slower_us", gap->slow.part_ns[i]);
		add_us(part, "faster_us", gap->fast.part_ns[i]);
	}
	add_us(object, "unexplained_us", gap->unexplained_ns);
}

static void add_advice(struct json *to, const struct comparison *c,
		       const struct comparison_cause *cause)
{
	struct json *advice;

	if (!cause->advice)
		return;
	advice = json_add_object(to, "advice");
	json_add_text(advice, "text", cause->advice->text);
	json_add_text(advice, "page", cause->advice->page);
	add_text(advice, "platform", advice_platform(&c->environment[cause->where], NULL));
	json_add_bool(advice, "platform_by_label", cause->advice_by_label);
}

void compare_json_causes(struct json *to, const char *key, const struct comparison *c,
			 const struct comparison_cause *cause, uint32_t n)
{
	struct json *list = json_add_array(to, key);

	for (uint32_t i = 0; i < n; i++) {
		struct json *object = json_add_object(list, NULL);

		json_add_text(object, "rule", cause[i].rule);
		json_add_text(object, "strength", causes_strength(cause[i].strength));
		json_add_text(object, "environment", c->environment[cause[i].where].label);
		add_us(object, "accounts_for_us", cause[i].gap_ns);
		json_add_text(object, "says", cause[i].says);
		add_text(object, "evidence", cause[i].evidence);
		add_text(object, "cannot_tell", cause[i].cannot);
		add_text(object, "to_decide", cause[i].measure);
		add_advice(object, c, &cause[i]);
	}
}
