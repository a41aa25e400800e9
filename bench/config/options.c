// SPDX-License-Identifier: MIT
/* Reads, writes and explains options by their rows of the table. */
#include "config/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/fio_number.h"
#include "config/option_rows.h"
#include "lib/str.h"

static const char *choice_name(const struct option_choice *choices, unsigned int value)
{
	while (choices->name && choices->value != value)
		choices++;
	return choices->name;
}

const char *options_rw_name(enum workload_rw rw)
{
	return choice_name(option_row_find("rw")->choices, rw);
}

const char *options_engine_name(enum workload_engine engine)
{
	return choice_name(option_row_find("ioengine")->choices, engine);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int set_percentiles(struct workload *w, const char *value)
{
	char copy[256], *save = NULL;
	double list[WORKLOAD_PERCENTILES_MAX];
	uint32_t n = 0;

	if (!str_copy(copy, sizeof(copy), value))
		return -ERANGE;
	for (char *p = strtok_r(copy, ":", &save); p; p = strtok_r(NULL, ":", &save)) {
		if (n == WORKLOAD_PERCENTILES_MAX)
			return -ERANGE;
		if (str_to_double(p, &list[n]) || list[n] <= 0 || list[n] > 100)
			return -EINVAL;
		n++;
	}
	if (!n)
		return -EINVAL;
	qsort(list, n, sizeof(list[0]), compare_doubles);
	memcpy(w->percentile, list, sizeof(list[0]) * n);
	w->percentiles_n = n;
	return 0;
}

/* One side of "reads,writes"; an empty one has no limit. */
static int set_rate(uint32_t *rate, const char *value, uint64_t max)
{
	uint64_t number = 0;
	int ret = *value ? fio_number(value, &number) : 0;

	if (ret)
		return ret;
	if (number > max)
		return -ERANGE;
	*rate = (uint32_t)number;
	return 0;
}

static int set_rates(uint32_t rate[2], const char *value, uint64_t max)
{
	char copy[64], *comma;
	uint32_t reads, writes;

	if (!str_copy(copy, sizeof(copy), value))
		return -ERANGE;
	comma = strchr(copy, ',');
	if (comma)
		*comma++ = '\0';
	if (!*copy && (!comma || !*comma))
		return -EINVAL;
	if (set_rate(&reads, copy, max) || set_rate(&writes, comma ? comma : copy, max))
		return -EINVAL;
	rate[0] = reads;
	rate[1] = writes;
	return 0;
}

static int set_choice(const struct option_row *row, char *at, const char *value)
{
	for (const struct option_choice *c = row->choices; c->name; c++) {
		if (!strcmp(c->name, value)) {
			*(unsigned int *)at = c->value;
			return 0;
		}
	}
	return -EINVAL;
}

static int set_number(const struct option_row *row, char *at, const char *value)
{
	uint64_t number;
	bool share;
	int ret = row->type == OPTION_SHARE  ? fio_number_or_share(value, &number)
		  : row->type == OPTION_TIME ? str_to_ns(value, &number)
					     : fio_number(value, &number);

	if (ret)
		return ret;
	share = row->type == OPTION_SHARE && (number & WORKLOAD_SHARE);
	if (number < row->min || (number > row->max && !share))
		return -ERANGE;
	if (row->type == OPTION_WRITE_PCT)
		number = 100 - number;
	if (row->type == OPTION_BYTES || row->type == OPTION_SHARE || row->type == OPTION_TIME ||
	    row->type == OPTION_U64)
		*(uint64_t *)at = number;
	else
		*(uint32_t *)at = (uint32_t)number;
	return 0;
}

static int set_row(struct workload *w, const struct option_row *row, const char *value)
{
	char *at = (char *)w + row->offset;

	switch (row->type) {
	case OPTION_NAME:
	case OPTION_TEXT:
		if (strlen(value) < row->min || strlen(value) >= row->max)
			return -ERANGE;
		str_copy(at, row->max, value);
		return 0;
	case OPTION_BOOL:
		return str_to_bool(value, (bool *)at);
	case OPTION_CHOICE:
		return set_choice(row, at, value);
	case OPTION_RATES:
		return set_rates((uint32_t *)at, value, row->max);
	case OPTION_PERCENTILES:
		return set_percentiles(w, value);
	default:
		return set_number(row, at, value);
	}
}

void options_default(struct workload *w)
{
	const struct option_row *row;

	*w = (struct workload){ 0 };
	for (size_t i = 0; (row = option_row_at(i)); i++)
		if (row->def)
			set_row(w, row, row->def);
}

/* "read, write, ...": every word that a choice may be. */
static char *say_choices(char *to, size_t to_bytes, const struct option_choice *c)
{
	size_t len = 0;

	for (const char *comma = ""; c->name && len < to_bytes; comma = ", ", c++)
		len += (size_t)snprintf(to + len, to_bytes - len, "%s%s", comma, c->name);
	return to;
}

/* What a value should be, for messages. */
static void say_wanted(char *to, size_t to_bytes, const struct option_row *row)
{
	char least[32], most[32], words[96];

	switch (row->type) {
	case OPTION_NAME:
	case OPTION_TEXT:
		snprintf(to, to_bytes, "%" PRIu64 " to %" PRIu64 " characters", row->min,
			 row->max - 1);
		break;
	case OPTION_BYTES:
	case OPTION_SHARE:
		snprintf(to, to_bytes, "one size such as 4k or 1g, from %s to %s%s",
			 str_from_bytes(least, sizeof(least), row->min),
			 str_from_bytes(most, sizeof(most), row->max),
			 row->type == OPTION_SHARE ? ", or 0% to 100%" : "");
		break;
	case OPTION_TIME:
		snprintf(to, to_bytes, "a time such as 30, 500ms or 2m, up to %" PRIu64 "d",
			 row->max / OPTION_DAY_NS);
		break;
	case OPTION_BOOL:
		snprintf(to, to_bytes, "0 or 1");
		break;
	case OPTION_CHOICE:
		snprintf(to, to_bytes, "one of %s",
			 say_choices(words, sizeof(words), row->choices));
		break;
	case OPTION_RATES:
		snprintf(to, to_bytes,
			 "one or two numbers (reads,writes) from 0 to %" PRIu64 ", such as 500 or "
			 "500,100",
			 row->max);
		break;
	case OPTION_PERCENTILES:
		snprintf(to, to_bytes, "at most %d numbers above 0 up to 100, with colons between",
			 WORKLOAD_PERCENTILES_MAX);
		break;
	default:
		snprintf(to, to_bytes, "a whole number from %" PRIu64 " to %" PRIu64, row->min,
			 row->max);
	}
}

int options_set(struct workload *w, const char *name, const char *value, const char *where,
		struct err *e)
{
	const struct option_row *row = option_row_find(name);
	const char *near = row ? NULL : option_row_nearest(name);
	char wanted[128];

	if (!row)
		return err_set(e, -ENOENT, "%s: option \"%s\": not supported: %s%s%s", where, name,
			       near ? "did you mean " : "`tare run --help` lists what is",
			       near ? near : "", near ? "?" : "");
	say_wanted(wanted, sizeof(wanted), row);
	if (!value && row->type != OPTION_BOOL)
		return err_set(e, -EINVAL, "%s: option \"%s\": without a value: should be %s: %s",
			       where, name, wanted, row->help);
	if (set_row(w, row, value ? value : "1"))
		return err_set(e, -EINVAL, "%s: option \"%s\": \"%.60s\": should be %s: %s", where,
			       name, value, wanted, row->help);
	return 0;
}

/* In the largest unit that loses nothing. */
static void print_time(struct buf *to, uint64_t ns)
{
	if (ns % 1000000000 == 0)
		buf_printf(to, "%" PRIu64, ns / 1000000000);
	else if (ns % 1000 == 0)
		buf_printf(to, "%" PRIu64 "us", ns / 1000);
	else
		buf_printf(to, "%" PRIu64 "ns", ns);
}

static void print_bytes(struct buf *to, uint64_t bytes)
{
	bool share = (bytes & WORKLOAD_SHARE) != 0;

	buf_printf(to, "%" PRIu64 "%s", bytes & ~WORKLOAD_SHARE, share ? "%" : "");
}

static void print_rates(struct buf *to, const uint32_t rate[2])
{
	buf_printf(to, "%" PRIu32, rate[0]);
	if (rate[1] != rate[0])
		buf_printf(to, ",%" PRIu32, rate[1]);
}

static void row_text(char *to, size_t to_bytes, const struct workload *w,
		     const struct option_row *row)
{
	const char *at = (const char *)w + row->offset;
	struct buf b = BUF_INIT;

	switch (row->type) {
	case OPTION_NAME:
	case OPTION_TEXT:
		buf_puts(&b, at);
		break;
	case OPTION_BOOL:
		buf_printf(&b, "%d", *(const bool *)at);
		break;
	case OPTION_CHOICE:
		buf_puts(&b, choice_name(row->choices, *(const unsigned int *)at));
		break;
	case OPTION_TIME:
		print_time(&b, *(const uint64_t *)at);
		break;
	case OPTION_PERCENTILES:
		for (uint32_t i = 0; i < w->percentiles_n; i++)
			buf_printf(&b, "%s%.15g", i ? ":" : "", w->percentile[i]);
		break;
	case OPTION_RATES:
		print_rates(&b, (const uint32_t *)at);
		break;
	case OPTION_SHARE:
		print_bytes(&b, *(const uint64_t *)at);
		break;
	case OPTION_BYTES:
	case OPTION_U64:
		buf_printf(&b, "%" PRIu64, *(const uint64_t *)at);
		break;
	default:
		buf_printf(&b, "%" PRIu32, *(const uint32_t *)at);
	}
	str_copy(to, to_bytes, b.data ? b.data : "");
	buf_free(&b);
}

void options_echo(const struct workload *w,
		  void (*add)(void *context, const char *name, const char *value), void *context)
{
	struct workload def;
	char now[WORKLOAD_TEXT_BYTES], was[WORKLOAD_TEXT_BYTES];
	const struct option_row *row;

	options_default(&def);
	for (size_t i = 0; (row = option_row_at(i)); i++) {
		if (row->type == OPTION_WRITE_PCT || row->type == OPTION_NAME)
			continue;
		row_text(now, sizeof(now), w, row);
		row_text(was, sizeof(was), &def, row);
		if (strcmp(now, was))
			add(context, row->name, now);
	}
}

static void help_row(struct buf *to, const struct option_row *row)
{
	char words[128];

	buf_printf(to, "  %-28s %s", row->name, row->help);
	if (row->choices)
		buf_printf(to, ": %s", say_choices(words, sizeof(words), row->choices));
	if (row->alias)
		buf_printf(to, " (also %s)", row->alias);
	if (row->def)
		buf_printf(to, " [%s]", row->def);
	buf_puts(to, "\n");
}

void options_help(struct buf *to)
{
	const struct option_row *row;

	for (size_t i = 0; (row = option_row_at(i)); i++)
		help_row(to, row);
}
