// SPDX-License-Identifier: MIT
/* Causes as numbered sentences, each with its evidence and what it leaves open. */
#include "render/compare_why.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/advice.h"
#include "compare/causes.h"
#include "compare/gap.h"
#include "render/compare_words.h"

#define CAUSES_TOLD 3 /* of a pair; documents for programs have all */
#define SHOWN_NS    5.0
#define US	    1e3

const char compare_why_title[] =
	"why (us of a submitting thread per I/O, by the files' own figures)";
const char compare_why_advice_title[] =
	"what to try next (advice: what usually helps there; then measure again)";

/* --- the gap --- */

static void add_part(struct buf *to, double ns, const char *name, bool *first)
{
	if (isnan(ns) || fabs(ns) < SHOWN_NS)
		return;
	if (*first)
		buf_printf(to, " %.2f %s", ns / US, name);
	else
		buf_printf(to, " %c %.2f %s", ns < 0 ? '-' : '+', fabs(ns) / US, name);
	*first = false;
}

void compare_why_gap(struct buf *to, const struct comparison_pair *pair)
{
	const struct comparison_gap *gap = &pair->gap;
	bool first = true;
	char tag[8];

	buf_printf(to, "%s takes %.2f us more per I/O =", words_tag(tag, pair->slow),
		   gap->whole_ns / US);
	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		add_part(to, gap->part_ns[i], gap_parts[i].label, &first);
	if (first)
		buf_printf(to, " %.2f unexplained", gap->unexplained_ns / US);
	else
		buf_printf(to, " %c %.2f unexplained", gap->unexplained_ns < 0 ? '-' : '+',
			   fabs(gap->unexplained_ns) / US);
}

/* --- causes --- */

/* Whom it is told to, and what was: evidence, and what is open and would decide it, is told once,
 * however often it is used. */
struct told {
	const struct why *to;
	const char *text[128];
	uint32_t n;
};

/* Frees the text. */
static void say(const struct why *to, enum why_level level, const char *head, struct buf *text)
{
	to->line(to->ctx, level, head, text->data ? text->data : "");
	buf_free(text);
}

static bool was_told(struct told *told, const char *text)
{
	for (uint32_t i = 0; i < told->n; i++)
		if (!strcmp(told->text[i], text))
			return true;
	if (told->n < sizeof(told->text) / sizeof(told->text[0]))
		told->text[told->n++] = text;
	return false;
}

static void add_open(const struct comparison_cause *cause, struct told *told)
{
	bool undecided = cause->strength == COMPARISON_UNDECIDED;
	bool cannot = cause->cannot[0] && (!was_told(told, cause->cannot) || undecided);
	bool measure = cause->measure[0] && !was_told(told, cause->measure);
	struct buf line = BUF_INIT;

	if (cannot)
		buf_printf(&line, "these data cannot tell %s", cause->cannot);
	if (measure)
		buf_printf(&line, "%sto decide: %s", cannot ? "; " : "", cause->measure);
	else if (cannot && cause->measure[0])
		buf_puts(&line, "; to decide: as above");
	if (line.len)
		say(told->to, WHY_OPEN, "", &line);
}

/* "1 submission, measured: ... (evidence)", and what is open below it. */
static void add_cause(const struct comparison_cause *cause, const char *head, const char *words,
		      struct told *told)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "%s%s: %s", cause->rule, words, cause->says);
	if (cause->evidence[0])
		buf_printf(&line, " (%s)",
			   was_told(told, cause->evidence) ? "as above" : cause->evidence);
	say(told->to, WHY_CAUSE, head, &line);
	add_open(cause, told);
}

static void add_head(const struct comparison_pair *pair, const struct why *to)
{
	struct buf line = BUF_INIT;
	char slow[8], fast[8];

	buf_printf(&line, "%s and %s: ", words_tag(fast, pair->fast), words_tag(slow, pair->slow));
	if (isnan(pair->gap.whole_ns))
		buf_printf(&line, "%s is %.2f times as fast", fast, pair->ratio);
	else
		compare_why_gap(&line, pair);
	if (pair->verdict == COMPARISON_TOO_FEW)
		buf_puts(&line, "; too few rounds to say that it is no chance");
	if (pair->verdict == COMPARISON_NOT_RANKED)
		buf_puts(&line, "; not ranked");
	say(to, WHY_PAIR, "", &line);
}

static void add_pair(const struct comparison_pair *pair, struct told *told)
{
	struct buf line = BUF_INIT;
	char head[16], words[24];

	add_head(pair, told->to);
	for (uint32_t i = 0; i < pair->causes_n && i < CAUSES_TOLD; i++) {
		snprintf(head, sizeof(head), "%u ", i + 1);
		snprintf(words, sizeof(words), ", %s", causes_strength(pair->cause[i].strength));
		add_cause(&pair->cause[i], head, words, told);
	}
	if (pair->causes_n > CAUSES_TOLD)
		buf_printf(&line, "%u more: --format json", pair->causes_n - CAUSES_TOLD);
	else if (!pair->causes_n)
		buf_puts(&line, "no cause: what was measured does not point at one");
	if (line.len)
		say(told->to, WHY_MORE, "", &line);
}

static bool add_group(const struct comparison_group *g, struct told *told)
{
	struct buf name = BUF_INIT;
	uint32_t explained = 0;

	for (uint32_t i = 0; i < g->pairs_n; i++)
		explained += g->pair[i].explained;
	if (!explained && !g->limits_n)
		return false;
	words_name(&name, g);
	say(told->to, WHY_ABOUT, "", &name);
	for (uint32_t i = 0; i < g->limits_n; i++)
		add_cause(&g->limit[i], "- ", "", told);
	for (uint32_t i = 0; i < g->pairs_n; i++)
		if (g->pair[i].explained)
			add_pair(&g->pair[i], told);
	return true;
}

bool compare_why_causes(const struct why *to, const struct comparison *c)
{
	struct told told = { .to = to };
	bool any = c->findings_n > 0;

	if (any)
		to->line(to->ctx, WHY_ABOUT, "", "behind the disks, by tare's detectors");
	for (uint32_t i = 0; i < c->findings_n; i++)
		add_cause(&c->finding[i], "- ", "", &told);
	for (uint32_t i = 0; i < c->groups_n; i++)
		any = add_group(&c->group[i], &told) || any;
	return any;
}

/* --- advice --- */

/* Causes that are told and that there is advice for. */
struct advised {
	const struct comparison_cause **cause;
	size_t n;
};

static void collect(struct advised *to, const struct comparison_cause *cause, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct comparison_cause **grown;

		if (!cause[i].advice)
			continue;
		grown = realloc(to->cause, (to->n + 1) * sizeof(*grown));
		if (!grown)
			return;
		to->cause = grown;
		to->cause[to->n++] = &cause[i];
	}
}

/* In the order in which they are told. */
static struct advised collect_all(const struct comparison *c)
{
	struct advised list = { NULL, 0 };

	collect(&list, c->finding, c->findings_n);
	for (uint32_t g = 0; g < c->groups_n; g++) {
		for (uint32_t k = 0; k < c->group[g].pairs_n; k++) {
			const struct comparison_pair *pair = &c->group[g].pair[k];
			uint32_t n = pair->causes_n < CAUSES_TOLD ? pair->causes_n : CAUSES_TOLD;

			if (pair->explained)
				collect(&list, pair->cause, n);
		}
	}
	return list;
}

static bool is_same(const struct comparison_cause *a, const struct comparison_cause *b)
{
	return a->advice == b->advice && !strcmp(a->rule, b->rule);
}

static bool was_given(const struct advised *list, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_same(list->cause[i], list->cause[at]))
			return true;
	return false;
}

/* Environments that it is for: "A, C". */
static void add_tags(struct buf *to, const struct comparison *c, const struct advised *list,
		     const struct comparison_cause *cause)
{
	const char *between = "";
	char tag[8];

	for (uint32_t i = 0; i < c->environments_n; i++) {
		bool is = false;

		for (size_t k = 0; k < list->n && !is; k++)
			is = list->cause[k]->where == i && is_same(list->cause[k], cause);
		if (!is)
			continue;
		buf_printf(to, "%s%s", between, words_tag(tag, i));
		between = ", ";
	}
}

static void add_advice(const struct why *to, const struct comparison *c, const struct advised *list,
		       const struct comparison_cause *cause)
{
	const char *platform = advice_platform(&c->environment[cause->where], NULL);
	struct buf first = BUF_INIT, line = BUF_INIT;

	add_tags(&first, c, list, cause);
	buf_puts(&first, "  ");
	buf_printf(&line, "%s%s%s%s: %s%s; %s", cause->rule, platform ? " on " : "",
		   platform ? platform : "", cause->advice_by_label ? " (by its label)" : "",
		   cause->strength == COMPARISON_UNDECIDED ? "if that is it: " : "",
		   cause->advice->text, cause->advice->page);
	say(to, WHY_CAUSE, first.data ? first.data : "", &line);
	buf_free(&first);
}

bool compare_why_advice(const struct why *to, const struct comparison *c)
{
	struct advised list = collect_all(c);

	for (size_t i = 0; i < list.n; i++)
		if (!was_given(&list, i))
			add_advice(to, c, &list, list.cause[i]);
	free(list.cause);
	return list.n > 0;
}
