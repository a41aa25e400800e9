// SPDX-License-Identifier: MIT
/* The comparison for people: who is who, whether it is like for like, tables, verdicts, doubts. */
#include "render/compare_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "compare/likeness.h"
#include "compare/permute.h"
#include "compare/verdict.h"
#include "render/compare_tables.h"
#include "render/compare_why.h"
#include "render/compare_words.h"

#define FACT_COLUMNS 20
#define NOISY	     1.25 /* a floor above which "the same" says little */
#define LISTED_MAX   3	  /* pairs that are the same, each with its evidence; more share a line */

static void add_title(struct buf *to, const char *title, bool colour)
{
	buf_puts(to, colour ? "\n\033[1m" : "\n");
	words_wrap(to, "", title);
	if (colour)
		buf_puts(to, "\033[0m");
}

/* --- who is who --- */

static void add_environment(struct buf *to, const struct comparison *c, uint32_t i)
{
	const struct comparison_environment *e = &c->environment[i];
	struct buf first = BUF_INIT, line = BUF_INIT;
	char tag[8];

	buf_printf(&first, "  %-3s", words_tag(tag, i));
	buf_printf(&line, "%s", e->label);
	if (e->boots_n > 1)
		buf_printf(&line, "; %u boots", e->boots_n);
	if (i == c->baseline && c->environments_n > 1)
		buf_puts(&line, "  (baseline)");
	words_wrap(to, first.data ? first.data : "", line.data ? line.data : "");
	buf_free(&first);
	buf_free(&line);
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

/* "A, B  virtio_blk", a line for each value. */
static void add_values(struct buf *to, const struct comparison *c,
		       const struct comparison_difference *d)
{
	const char *label = likeness_rows[d->fact].label;

	for (uint32_t i = 0; i < c->environments_n; i++) {
		struct buf first = BUF_INIT, tags = BUF_INIT;
		bool told = false;

		for (uint32_t k = 0; k < i; k++)
			told = told || is_alike(d, k, i);
		if (told)
			continue;
		add_tags(&tags, c, d, i);
		buf_printf(&first, "  %-*s%s  ", FACT_COLUMNS, label, tags.data ? tags.data : "");
		if (first.len < COMPARE_WIDTH / 2) {
			struct buf value = BUF_INIT;

			buf_puts(&value, d->value[i] ? d->value[i] : "not said");
			add_varies(&value, c, d, i);
			words_wrap(to, first.data ? first.data : "", value.data ? value.data : "");
			buf_free(&value);
		} else {
			struct buf value = BUF_INIT;

			buf_printf(&value, "%s: %s", tags.data ? tags.data : "",
				   d->value[i] ? d->value[i] : "not said");
			add_varies(&value, c, d, i);
			buf_printf(&first, "%s", "");
			first.len = 0;
			buf_printf(&first, "  %-*s", FACT_COLUMNS, label);
			words_wrap(to, first.data, value.data ? value.data : "");
			buf_free(&value);
		}
		label = "";
		buf_free(&first);
		buf_free(&tags);
	}
}

static void add_difference(struct buf *to, const struct comparison *c,
			   const struct comparison_difference *d, bool colour)
{
	char first[FACT_COLUMNS + 8];

	add_values(to, c, d);
	snprintf(first, sizeof(first), "  %*s", FACT_COLUMNS, "");
	if (colour)
		buf_puts(to, "\033[2m");
	words_wrap(to, first, likeness_rows[d->fact].effect);
	if (colour)
		buf_puts(to, "\033[0m");
}

/* Facts that all tell alike, some leave out, or nobody tells. */
enum told { TOLD_ALIKE, TOLD_BY_SOME, TOLD_BY_NONE };

static enum told told_of(const struct comparison *c, enum sample_fact fact)
{
	for (uint32_t i = 0; i < c->differences_n; i++)
		if (c->difference[i].fact == fact)
			return TOLD_BY_SOME;
	return c->environment[0].boot[0]->fact[fact] ? TOLD_ALIKE : TOLD_BY_NONE;
}

static void add_list(struct buf *to, const struct comparison *c, const char *first, enum told told)
{
	struct buf line = BUF_INIT;

	for (int fact = 0; fact < SAMPLE_FACTS_N; fact++) {
		bool differs = false;

		for (uint32_t i = 0; i < c->differences_n; i++)
			differs = differs ||
				  ((int)c->difference[i].fact == fact && c->difference[i].differs);
		if (!differs && told_of(c, fact) == told)
			buf_printf(&line, "%s%s", line.len ? ", " : "", likeness_rows[fact].label);
	}
	if (line.len)
		words_wrap(to, first, line.data);
	buf_free(&line);
}

static void add_likeness(struct buf *to, const struct comparison *c, bool colour)
{
	uint32_t differ = 0, known = 0;
	char title[100];

	for (uint32_t i = 0; i < c->differences_n; i++)
		differ += c->difference[i].differs;
	for (int fact = 0; fact < SAMPLE_FACTS_N; fact++)
		known += told_of(c, fact) == TOLD_ALIKE;
	if (differ)
		snprintf(title, sizeof(title), "like for like?  No: %u fact%s differ%s", differ,
			 differ == 1 ? "" : "s", differ == 1 ? "s" : "");
	else if (known * 2 >= SAMPLE_FACTS_N)
		snprintf(title, sizeof(title), "like for like?  Yes, as far as the files tell");
	else
		snprintf(title, sizeof(title),
			 "like for like?  Not known: the files tell too little");
	add_title(to, title, colour);
	for (uint32_t i = 0; i < c->differences_n; i++)
		if (c->difference[i].differs)
			add_difference(to, c, &c->difference[i], colour);
	add_list(to, c, "  the same          : ", TOLD_ALIKE);
	add_list(to, c, "  told by some only : ", TOLD_BY_SOME);
	add_list(to, c, "  told by none      : ", TOLD_BY_NONE);
}

/* --- tables --- */

static void add_group(struct buf *to, const struct comparison *c, const struct comparison_group *g,
		      bool colour)
{
	struct buf title = BUF_INIT;

	words_name(&title, g);
	buf_puts(&title, ": ");
	words_shape(&title, &g->shape);
	add_title(to, title.data ? title.data : "", colour);
	compare_table(to, c, g);
	buf_free(&title);
}

/* --- verdicts --- */

static const char *colour_of(enum comparison_verdict verdict)
{
	return verdict == COMPARISON_FASTER	       ? "\033[32m"
	       : verdict == COMPARISON_PROBABLY_FASTER ? "\033[33m"
						       : "";
}

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

static void add_verdict(struct buf *to, const struct comparison_pair *pair, bool colour)
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
	if (colour)
		buf_puts(to, colour_of(pair->verdict));
	words_wrap(to, "    ", line.data ? line.data : "");
	if (colour && *colour_of(pair->verdict))
		buf_puts(to, "\033[0m");
	buf_free(&line);
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
static void add_listed(struct buf *to, const struct comparison_group *g,
		       enum comparison_verdict verdict, const char *first, const char *words)
{
	struct buf line = BUF_INIT;

	if (!count(g, verdict))
		return;
	add_pairs(&line, g, verdict);
	if (verdict == COMPARISON_TOO_FEW)
		add_too_few(&line, g);
	buf_puts(&line, words);
	words_wrap(to, first, line.data ? line.data : "");
	buf_free(&line);
}

static void add_group_verdicts(struct buf *to, const struct comparison_group *g, bool colour)
{
	static const enum comparison_verdict order[] = { COMPARISON_FASTER,
							 COMPARISON_PROBABLY_FASTER,
							 COMPARISON_SAME };

	words_group(to, g);
	for (size_t v = 0; v < sizeof(order) / sizeof(order[0]); v++) {
		if (order[v] == COMPARISON_SAME && count(g, order[v]) > LISTED_MAX)
			continue;
		for (uint32_t i = 0; i < g->pairs_n; i++)
			if (g->pair[i].verdict == order[v])
				add_verdict(to, &g->pair[i], colour);
	}
	if (count(g, COMPARISON_SAME) > LISTED_MAX)
		add_listed(to, g, COMPARISON_SAME, "    the same within noise: ", "");
	add_listed(to, g, COMPARISON_TWO_BUILDS, "    no difference seen: ",
		   "; two builds are two instruments: not called the same");
	add_listed(to, g, COMPARISON_TOO_FEW, "    too few rounds to say: ", "");
	add_listed(to, g, COMPARISON_NOT_RANKED, "    not ranked: ", "; why: below the table");
}

static void add_method(struct buf *to, bool drawn)
{
	struct buf line = BUF_INIT;

	buf_printf(&line,
		   "by x-y %%: 95 %% interval of the ratio of geometric means (Welch's t on "
		   "logarithms of rounds); p: %spermutation test%s, after Holm's correction over "
		   "all pairs tested; noise floor: twice the spread of single rounds, at least 1 "
		   "%%.",
		   drawn ? "" : "exact ", drawn ? " (not of all splits where these are many)" : "");
	words_wrap(to, "  ", line.data ? line.data : "");
	buf_free(&line);
}

static void add_verdicts(struct buf *to, const struct comparison *c, bool colour)
{
	bool single = false, tested = false, drawn = false;
	uint32_t pairs = 0, boots = 0;

	for (uint32_t i = 0; i < c->environments_n; i++)
		boots += c->environment[i].boots_n;
	for (uint32_t i = 0; i < c->groups_n; i++)
		pairs += c->group[i].pairs_n;
	if (c->environments_n < 2)
		return;
	add_title(to, "verdicts", colour);
	if (!pairs)
		words_wrap(to, "  ", "none: no workload was measured in more than one environment");
	for (uint32_t i = 0; i < c->groups_n; i++) {
		for (uint32_t k = 0; k < c->group[i].pairs_n; k++) {
			const struct comparison_pair *p = &c->group[i].pair[k];

			tested = tested || !isnan(p->p);
			drawn = drawn || (!isnan(p->p) && !permute_is_exact(p->slow_n, p->fast_n));
			single = single || (!p->of_boots && !isnan(p->p));
		}
		if (c->group[i].pairs_n)
			add_group_verdicts(to, &c->group[i], colour);
	}
	buf_puts(to, "\n");
	words_wrap(
		to, "  ",
		"IOPS: geometric mean of rounds; vs: ratio of speeds; CPU: time of the submitting "
		"threads; latencies in us, of completion; -: not told, or too few I/Os for it.");
	if (!tested)
		return;
	buf_puts(to, "\n");
	add_method(to, drawn);
	if (single)
		words_wrap(
			to, "  ",
			boots > c->environments_n
				? "Where rounds are the samples, a side has one boot or file "
				  "only: it holds for these boots. Another boot may differ by "
				  "more; give several files the same label."
			: boots == 2
				? "One boot or file each: it holds for these two boots. Another "
				  "boot may differ by more; give several files the same label."
				: "One boot or file each: it holds for these boots. Another boot "
				  "may differ by more; give several files the same label.");
}

/* --- why, and what then --- */

static void add_section(struct buf *to, const struct comparison *c, const char *title, bool colour,
			bool (*add)(struct buf *to, const struct comparison *c))
{
	struct buf section = BUF_INIT;

	if (add(&section, c)) {
		add_title(to, title, colour);
		buf_add(to, section.data, section.len);
	}
	to->failed |= buf_failed(&section);
	buf_free(&section);
}

/* --- doubts --- */

static void add_doubts(struct buf *to, const struct comparison *c, const struct notes *notes,
		       bool colour)
{
	struct notes all = { 0 };
	struct buf tags = BUF_INIT;
	char tag[8];

	for (uint32_t i = 0; i < c->environments_n; i++)
		if (c->environment[i].boot[0]->short_by_plan)
			buf_printf(&tags, "%s%s", tags.len ? ", " : "", words_tag(tag, i));
	if (tags.len)
		notes_add(&all,
			  "%s: the suite is short by plan: a first answer; a longer suite ranks",
			  tags.data);
	for (uint32_t i = 0; i < c->groups_n; i++)
		if (c->group[i].says_less)
			notes_add(&all,
				  "%s: not every file says all of what was done (engine, jobs, "
				  "depth, "
				  "direct): it is taken to be the same",
				  c->group[i].name);
	notes_merge(&all, notes);
	if (all.n)
		add_title(to, "doubts", colour);
	for (size_t i = 0; i < all.n; i++)
		words_wrap(to, "  ", all.text[i]);
	notes_free(&all);
	buf_free(&tags);
}

void compare_text(struct buf *to, const struct comparison *c, const struct notes *notes,
		  bool colour)
{
	buf_printf(to, "%u environment%s, %u workload%s\n", c->environments_n,
		   c->environments_n == 1 ? "" : "s", c->groups_n, c->groups_n == 1 ? "" : "s");
	for (uint32_t i = 0; i < c->environments_n; i++)
		add_environment(to, c, i);
	if (c->environments_n > 1)
		add_likeness(to, c, colour);
	for (uint32_t i = 0; i < c->groups_n; i++)
		add_group(to, c, &c->group[i], colour);
	add_verdicts(to, c, colour);
	add_section(to, c, "why (us of a submitting thread per I/O, by the files' own figures)",
		    colour, compare_why_causes);
	add_section(to, c,
		    "what to try next (advice: what usually helps there; then measure again)",
		    colour, compare_why_advice);
	add_doubts(to, c, notes, colour);
}
