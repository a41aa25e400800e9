// SPDX-License-Identifier: MIT
/* The sentences of a comparison. */
#include "render/compare_says.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "compare/likeness.h"
#include "compare/permute.h"
#include "compare/verdict.h"
#include "render/compare_words.h"

#define NOISY	   1.25 /* a floor above which "the same" says little */
#define LISTED_MAX 3	/* pairs that are the same, each with its evidence; more share a line */

static void say(const struct says *to, enum says_tone tone, const char *first, struct buf *text)
{
	to->line(to->ctx, tone, first, text->data ? text->data : "");
	buf_free(text);
}

/* --- like for like --- */

static bool is_alike(const struct comparison_difference *d, uint32_t a, uint32_t b)
{
	if (!d->value[a] || !d->value[b])
		return !d->value[a] && !d->value[b];
	return !strcmp(d->value[a], d->value[b]);
}

static void add_tags(struct buf *to, const struct comparison *c,
		     const struct comparison_difference *d, uint32_t like)
{
	bool first = true;
	char tag[8];

	for (uint32_t i = like; i < c->environments_n; i++) {
		if (!is_alike(d, like, i))
			continue;
		buf_printf(to, "%s%s", first ? "" : ", ", words_tag(tag, i));
		first = false;
	}
}

/* "; B: not the same in all its boots", of those whose first boot says what that of `like` says. */
static void add_varies(struct buf *to, const struct comparison *c,
		       const struct comparison_difference *d, uint32_t like)
{
	const char *between = "; ";
	char tag[8];

	for (uint32_t i = like; i < c->environments_n; i++) {
		if (!d->varies[i] || !is_alike(d, like, i))
			continue;
		buf_printf(to, "%s%s", between, words_tag(tag, i));
		between = ", ";
	}
	if (*between == ',')
		buf_puts(to, ": not the same in all its boots");
}

bool says_value(struct buf *tags, struct buf *value, const struct comparison *c,
		const struct comparison_difference *d, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (is_alike(d, k, i))
			return false;
	add_tags(tags, c, d, i);
	buf_puts(value, d->value[i] ? d->value[i] : "not said");
	add_varies(value, c, d, i);
	return true;
}

static enum says_told told_of(const struct comparison *c, enum sample_fact fact)
{
	for (uint32_t i = 0; i < c->differences_n; i++)
		if (c->difference[i].fact == fact)
			return SAYS_TOLD_BY_SOME;
	return c->environment[0].boot[0]->fact[fact] ? SAYS_TOLD_ALIKE : SAYS_TOLD_BY_NONE;
}

void says_told(struct buf *to, const struct comparison *c, enum says_told told)
{
	const char *between = "";

	for (int fact = 0; fact < SAMPLE_FACTS_N; fact++) {
		bool differs = false;

		for (uint32_t i = 0; i < c->differences_n; i++)
			differs = differs ||
				  ((int)c->difference[i].fact == fact && c->difference[i].differs);
		if (differs || told_of(c, fact) != told)
			continue;
		buf_printf(to, "%s%s", between, likeness_rows[fact].label);
		between = ", ";
	}
}

void says_likeness(struct buf *to, const struct comparison *c)
{
	uint32_t differ = 0, known = 0;

	for (uint32_t i = 0; i < c->differences_n; i++)
		differ += c->difference[i].differs;
	for (int fact = 0; fact < SAMPLE_FACTS_N; fact++)
		known += told_of(c, fact) == SAYS_TOLD_ALIKE;
	if (differ)
		buf_printf(to, "No: %u fact%s differ%s", differ, differ == 1 ? "" : "s",
			   differ == 1 ? "s" : "");
	else if (known * 2 >= SAMPLE_FACTS_N)
		buf_puts(to, "Yes, as far as the files tell");
	else
		buf_puts(to, "Not known: the files tell too little");
}

/* --- verdicts --- */

static double percent(double ratio)
{
	return (ratio - 1) * 100;
}

static void add_evidence(struct buf *line, const struct comparison_pair *pair)
{
	const char *what = pair->of_boots ? "boots" : "rounds";

	if (pair->slow_n == pair->fast_n)
		buf_printf(line, "; %u %s each", pair->slow_n, what);
	else
		buf_printf(line, "; %u and %u %s", pair->fast_n, pair->slow_n, what);
	if (!isnan(pair->p_corrected))
		buf_printf(line, ", p %.2g", pair->p_corrected);
	if (!isnan(pair->floor))
		buf_printf(line, ", noise floor %.1f %%", percent(pair->floor));
}

static void say_pair(const struct says *to, const struct comparison_pair *pair)
{
	struct buf line = BUF_INIT;
	char slow[8], fast[8];

	words_tag(slow, pair->slow);
	words_tag(fast, pair->fast);
	if (pair->verdict == COMPARISON_SAME)
		buf_printf(&line, "%s and %s the same within noise: %s %+.1f to %+.1f %%", slow,
			   fast, fast, percent(pair->low), percent(pair->high));
	else
		buf_printf(&line, "%s %s than %s by %.1f-%.1f %%", fast,
			   verdict_name(pair->verdict), slow, percent(pair->low),
			   percent(pair->high));
	add_evidence(&line, pair);
	if (pair->verdict == COMPARISON_SAME && pair->floor > NOISY)
		buf_printf(&line, "; too noisy to see less than a factor of %.1f", pair->floor);
	say(to,
	    pair->verdict == COMPARISON_FASTER		  ? SAYS_FASTER
	    : pair->verdict == COMPARISON_PROBABLY_FASTER ? SAYS_PROBABLY
							  : SAYS_PLAIN,
	    "", &line);
}

static uint32_t count(const struct comparison_group *g, enum comparison_verdict verdict)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->pairs_n; i++)
		n += g->pair[i].verdict == verdict;
	return n;
}

/* "A-B, A-C", or that it is all of them. */
static void add_pairs(struct buf *line, const struct comparison_group *g,
		      enum comparison_verdict verdict)
{
	uint32_t n = count(g, verdict);
	bool first = true;
	char a[8], b[8];

	if (n == g->pairs_n && n > LISTED_MAX) {
		buf_printf(line, "all %u pairs", n);
		return;
	}
	for (uint32_t i = 0; i < g->pairs_n; i++) {
		const struct comparison_pair *p = &g->pair[i];
		uint32_t low = p->slow < p->fast ? p->slow : p->fast;

		if (p->verdict != verdict)
			continue;
		buf_printf(line, "%s%s-%s", first ? "" : ", ", words_tag(a, low),
			   words_tag(b, low == p->slow ? p->fast : p->slow));
		first = false;
	}
}

/* Fewest and most samples of the pairs that have too few, and why they are too few. */
static void add_too_few(struct buf *line, const struct comparison_group *g)
{
	uint32_t least = UINT32_MAX, most = 0;
	bool of_boots = false;
	const char *why = "";

	for (uint32_t i = 0; i < g->pairs_n; i++) {
		const struct comparison_pair *p = &g->pair[i];

		if (p->verdict != COMPARISON_TOO_FEW)
			continue;
		least = p->slow_n < least ? p->slow_n : least;
		least = p->fast_n < least ? p->fast_n : least;
		most = p->slow_n > most ? p->slow_n : most;
		most = p->fast_n > most ? p->fast_n : most;
		of_boots = of_boots || p->of_boots;
		why = *why ? why : p->why;
	}
	buf_printf(line, " (%u", least);
	if (most > least)
		buf_printf(line, " to %u", most);
	buf_printf(line, " %s%s each; %s%s%u or more make it sure)", of_boots ? "boot" : "round",
		   most == 1 ? "" : "s", why, *why ? "; " : "", VERDICT_SURE_MIN);
}

/* All pairs of a verdict on one line, where there are any, and what is to be said of them. */
static void say_listed(const struct says *to, const struct comparison_group *g,
		       enum comparison_verdict verdict, const char *first, const char *words)
{
	struct buf line = BUF_INIT;

	if (!count(g, verdict))
		return;
	add_pairs(&line, g, verdict);
	if (verdict == COMPARISON_TOO_FEW)
		add_too_few(&line, g);
	buf_puts(&line, words);
	say(to, SAYS_PLAIN, first, &line);
}

void says_verdicts(const struct says *to, const struct comparison_group *g)
{
	static const enum comparison_verdict order[] = { COMPARISON_FASTER,
							 COMPARISON_PROBABLY_FASTER,
							 COMPARISON_SAME };
	for (size_t v = 0; v < sizeof(order) / sizeof(order[0]); v++) {
		if (order[v] == COMPARISON_SAME && count(g, order[v]) > LISTED_MAX)
			continue;
		for (uint32_t i = 0; i < g->pairs_n; i++)
			if (g->pair[i].verdict == order[v])
				say_pair(to, &g->pair[i]);
	}
	if (count(g, COMPARISON_SAME) > LISTED_MAX)
		say_listed(to, g, COMPARISON_SAME, "the same within noise: ", "");
	say_listed(to, g, COMPARISON_TWO_BUILDS,
		   "no difference seen: ", "; two builds are two instruments: not called the same");
	say_listed(to, g, COMPARISON_TOO_FEW, "too few rounds to say: ", "");
	say_listed(to, g, COMPARISON_NOT_RANKED, "not ranked: ", "; why: below the table");
}

const char says_columns[] =
	"IOPS: geometric mean of rounds; vs: ratio of speeds; CPU: time of the submitting "
	"threads; latencies in us, of completion; -: not told, or too few I/Os for it.";

/* What of the pairs was tested, and how. */
struct tested {
	bool any, drawn, of_rounds;
};

static struct tested tested_of(const struct comparison *c)
{
	struct tested t = { 0 };

	for (uint32_t i = 0; i < c->groups_n; i++)
		for (uint32_t k = 0; k < c->group[i].pairs_n; k++) {
			const struct comparison_pair *p = &c->group[i].pair[k];

			if (isnan(p->p))
				continue;
			t.any = true;
			t.drawn = t.drawn || !permute_is_exact(p->slow_n, p->fast_n);
			t.of_rounds = t.of_rounds || !p->of_boots;
		}
	return t;
}

void says_method(struct buf *to, const struct comparison *c)
{
	struct tested t = tested_of(c);

	if (!t.any)
		return;
	buf_printf(to,
		   "by x-y %%: 95 %% interval of the ratio of geometric means (Welch's t on "
		   "logarithms of rounds); p: %spermutation test%s, after Holm's correction over "
		   "all pairs tested; noise floor: twice the spread of single rounds, at least 1 "
		   "%%.",
		   t.drawn ? "" : "exact ",
		   t.drawn ? " (not of all splits where these are many)" : "");
}

const char *says_boots(const struct comparison *c)
{
	uint32_t boots = 0;

	for (uint32_t i = 0; i < c->environments_n; i++)
		boots += c->environment[i].boots_n;
	if (!tested_of(c).of_rounds)
		return NULL;
	return boots > c->environments_n
		       ? "Where rounds are the samples, a side has one boot or file "
			 "only: it holds for these boots. Another boot may differ by "
			 "more; give several files the same label."
	       : boots == 2 ? "One boot or file each: it holds for these two boots. Another "
			      "boot may differ by more; give several files the same label."
			    : "One boot or file each: it holds for these boots. Another boot "
			      "may differ by more; give several files the same label.";
}

/* --- doubts --- */

void says_doubts(struct notes *to, const struct comparison *c, const struct notes *notes)
{
	struct buf tags = BUF_INIT;
	char tag[8];

	for (uint32_t i = 0; i < c->environments_n; i++)
		if (c->environment[i].boot[0]->short_by_plan)
			buf_printf(&tags, "%s%s", tags.len ? ", " : "", words_tag(tag, i));
	if (tags.len)
		notes_add(to,
			  "%s: the suite is short by plan: a first answer; a longer suite ranks",
			  tags.data);
	for (uint32_t i = 0; i < c->groups_n; i++)
		if (c->group[i].says_less)
			notes_add(to,
				  "%s: not every file says all of what was done (engine, jobs, "
				  "depth, "
				  "direct): it is taken to be the same",
				  c->group[i].name);
	notes_merge(to, notes);
	buf_free(&tags);
}
