// SPDX-License-Identifier: MIT
/* The option table of job files. The only place where an option is described. */
#include "config/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/str.h"

enum option_type {
	OPTION_TEXT,
	OPTION_U32,
	OPTION_U64,
	OPTION_BYTES,
	OPTION_TIME,
	OPTION_BOOL,
	OPTION_CHOICE,
	OPTION_READ_PCT,  /* rwmixread */
	OPTION_WRITE_PCT, /* rwmixwrite: the same field, seen from the other side */
	OPTION_PERCENTILES,
};

struct option_choice {
	const char *name;
	unsigned int value;
};

struct option_row {
	const char *name, *alias;
	enum option_type type;
	size_t offset;
	uint64_t min, max;
	const struct option_choice *choices; /* ends with a NULL name */
	const char *def;		     /* as in a job file; NULL: zero or empty */
	const char *help;
};

static const struct option_choice rw_choices[] = {
	{ "read", WORKLOAD_READ },	     { "write", WORKLOAD_WRITE },
	{ "randread", WORKLOAD_RANDREAD },   { "randwrite", WORKLOAD_RANDWRITE },
	{ "readwrite", WORKLOAD_READWRITE }, { "randrw", WORKLOAD_RANDRW },
	{ "rw", WORKLOAD_READWRITE },	     { NULL, 0 },
};

static const struct option_choice engine_choices[] = {
	{ "libaio", WORKLOAD_LIBAIO },
	{ "io_uring", WORKLOAD_IO_URING },
	{ "psync", WORKLOAD_PSYNC },
	{ "null", WORKLOAD_NULL },
	{ NULL, 0 },
};

#define AT(member) offsetof(struct workload, member)
#define U64_BYTES  (UINT64_C(1) << 60)
#define DAY_NS	   (UINT64_C(86400) * 1000000000)

/* fio's defaults, but for ioengine (fio's psync would weigh a depth of 1 only) and direct (a page
 * cache is no disk). */
static const struct option_row rows[] = {
	{ "description", NULL, OPTION_TEXT, AT(description), 0, WORKLOAD_TEXT_BYTES, NULL, NULL,
	  "what the section is for" },
	{ "rw", "readwrite", OPTION_CHOICE, AT(rw), 0, 0, rw_choices, "read",
	  "read, write, randread, randwrite, readwrite (rw), randrw" },
	{ "bs", "blocksize", OPTION_BYTES, AT(bs_bytes), 512, 16 << 20, NULL, "4k",
	  "bytes of one I/O" },
	{ "size", NULL, OPTION_BYTES, AT(size_bytes), 0, U64_BYTES, NULL, NULL,
	  "bytes of the region; cut to the span; all of it where not given" },
	{ "io_size", NULL, OPTION_BYTES, AT(io_size_bytes), 0, U64_BYTES, NULL, NULL,
	  "bytes to transfer, where not size" },
	{ "number_ios", NULL, OPTION_U64, AT(number_ios), 0, UINT64_MAX, NULL, NULL,
	  "end after so many I/Os" },
	{ "loops", NULL, OPTION_U64, AT(loops), 1, 1000000, NULL, "1", "times over the region" },
	{ "offset", NULL, OPTION_BYTES, AT(offset_bytes), 0, U64_BYTES, NULL, NULL,
	  "start of the region" },
	{ "offset_increment", NULL, OPTION_BYTES, AT(offset_increment_bytes), 0, U64_BYTES, NULL,
	  NULL, "added to offset for each further clone of numjobs" },
	{ "iodepth", NULL, OPTION_U32, AT(iodepth), 1, 4096, NULL, "1", "I/Os in flight" },
	{ "numjobs", NULL, OPTION_U32, AT(numjobs), 1, 256, NULL, "1",
	  "clones of the section, a thread each" },
	{ "ioengine", NULL, OPTION_CHOICE, AT(ioengine), 0, 0, engine_choices, "libaio",
	  "libaio, io_uring, psync or null" },
	{ "direct", NULL, OPTION_BOOL, AT(direct), 0, 1, NULL, "1", "past the page cache" },
	{ "runtime", NULL, OPTION_TIME, AT(runtime_ns), 0, 30 * DAY_NS, NULL, NULL,
	  "longest time; without time_based the region's end comes first" },
	{ "time_based", NULL, OPTION_BOOL, AT(time_based), 0, 1, NULL, "0",
	  "run for the whole runtime, over the region again and again" },
	{ "ramp_time", NULL, OPTION_TIME, AT(ramp_time_ns), 0, DAY_NS, NULL, NULL,
	  "runs before the measurement, unrecorded" },
	{ "rwmixread", NULL, OPTION_READ_PCT, AT(rwmixread_pct), 0, 100, NULL, "50",
	  "percent of reads in readwrite and randrw" },
	{ "rwmixwrite", NULL, OPTION_WRITE_PCT, AT(rwmixread_pct), 0, 100, NULL, NULL,
	  "percent of writes in readwrite and randrw" },
	{ "randrepeat", NULL, OPTION_BOOL, AT(randrepeat), 0, 1, NULL, "1",
	  "the same random order in every run" },
	{ "randseed", NULL, OPTION_U64, AT(randseed), 0, UINT64_MAX, NULL, NULL,
	  "seed of the random order; the run's own where not given" },
	{ "norandommap", NULL, OPTION_BOOL, AT(norandommap), 0, 1, NULL, "0",
	  "random blocks may repeat before all were touched" },
	{ "stonewall", "wait_for_previous", OPTION_BOOL, AT(stonewall), 0, 1, NULL, "0",
	  "begin after the sections before it have ended" },
	{ "group_reporting", NULL, OPTION_BOOL, AT(group_reporting), 0, 1, NULL, "0",
	  "clones are always reported as one" },
	{ "thread", NULL, OPTION_BOOL, AT(thread), 0, 1, NULL, "0", "jobs are always threads" },
	{ "iodepth_batch_submit", "iodepth_batch", OPTION_U32, AT(iodepth_batch_submit), 1, 4096,
	  NULL, "1", "I/Os submitted at once" },
	{ "iodepth_batch_complete_min", "iodepth_batch_complete", OPTION_U32,
	  AT(iodepth_batch_complete_min), 0, 4096, NULL, "1", "I/Os waited for at once" },
	{ "iodepth_batch_complete_max", NULL, OPTION_U32, AT(iodepth_batch_complete_max), 0, 4096,
	  NULL, NULL, "I/Os reaped at once; the minimum where not given" },
	{ "fixedbufs", NULL, OPTION_BOOL, AT(fixedbufs), 0, 1, NULL, "0",
	  "io_uring: register the buffers" },
	{ "registerfiles", NULL, OPTION_BOOL, AT(registerfiles), 0, 1, NULL, "0",
	  "io_uring: register the file" },
	{ "zero_buffers", NULL, OPTION_BOOL, AT(zero_buffers), 0, 1, NULL, "0",
	  "write zeros, not random data" },
	{ "percentile_list", NULL, OPTION_PERCENTILES, AT(percentile), 0, 0, NULL,
	  "1:5:10:20:30:40:50:60:70:80:90:95:99:99.5:99.9:99.95:99.99",
	  "percentiles of latency to report" },
	{ "filename", NULL, OPTION_TEXT, AT(filename), 0, WORKLOAD_TEXT_BYTES, NULL, NULL,
	  "recorded, never opened: the target is chosen outside the job file" },
	{ "directory", NULL, OPTION_TEXT, AT(directory), 0, WORKLOAD_TEXT_BYTES, NULL, NULL,
	  "recorded, never opened" },
};

#define ROWS_N (sizeof(rows) / sizeof(rows[0]))

static const char *choice_name(const struct option_choice *choices, unsigned int value)
{
	while (choices->name && choices->value != value)
		choices++;
	return choices->name;
}

const char *options_rw_name(enum workload_rw rw)
{
	return choice_name(rw_choices, rw);
}

const char *options_engine_name(enum workload_engine engine)
{
	return choice_name(engine_choices, engine);
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
	int ret = row->type == OPTION_BYTES  ? str_to_bytes(value, &number)
		  : row->type == OPTION_TIME ? str_to_ns(value, &number)
					     : str_to_u64(value, &number);

	if (ret)
		return ret;
	if (number < row->min || number > row->max)
		return -ERANGE;
	if (row->type == OPTION_WRITE_PCT)
		number = 100 - number;
	if (row->type == OPTION_BYTES || row->type == OPTION_TIME || row->type == OPTION_U64)
		*(uint64_t *)at = number;
	else
		*(uint32_t *)at = (uint32_t)number;
	return 0;
}

static int set_row(struct workload *w, const struct option_row *row, const char *value)
{
	char *at = (char *)w + row->offset;

	switch (row->type) {
	case OPTION_TEXT:
		return str_copy(at, row->max, value) ? 0 : -ERANGE;
	case OPTION_BOOL:
		return str_to_bool(value, (bool *)at);
	case OPTION_CHOICE:
		return set_choice(row, at, value);
	case OPTION_PERCENTILES:
		return set_percentiles(w, value);
	default:
		return set_number(row, at, value);
	}
}

void options_default(struct workload *w)
{
	*w = (struct workload){ 0 };
	for (size_t i = 0; i < ROWS_N; i++)
		if (rows[i].def)
			set_row(w, &rows[i], rows[i].def);
}

static const struct option_row *find_row(const char *name)
{
	for (size_t i = 0; i < ROWS_N; i++)
		if (!strcmp(rows[i].name, name) || (rows[i].alias && !strcmp(rows[i].alias, name)))
			return &rows[i];
	return NULL;
}

/* What a value should be, for messages. */
static void say_wanted(char *to, size_t to_bytes, const struct option_row *row)
{
	char least[32], most[32];

	switch (row->type) {
	case OPTION_TEXT:
		snprintf(to, to_bytes, "at most %" PRIu64 " characters", row->max - 1);
		break;
	case OPTION_BYTES:
		snprintf(to, to_bytes, "a size such as 4k or 1g, from %s to %s",
			 str_from_bytes(least, sizeof(least), row->min),
			 str_from_bytes(most, sizeof(most), row->max));
		break;
	case OPTION_TIME:
		snprintf(to, to_bytes, "a time such as 30, 500ms or 2m, up to %" PRIu64 "d",
			 row->max / DAY_NS);
		break;
	case OPTION_BOOL:
		snprintf(to, to_bytes, "0 or 1");
		break;
	case OPTION_CHOICE:
		snprintf(to, to_bytes, "one of these");
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
	const struct option_row *row = find_row(name);
	const char *names[2 * ROWS_N + 1], *near;
	char wanted[128];
	size_t n = 0;

	if (!row) {
		for (size_t i = 0; i < ROWS_N; i++) {
			names[n++] = rows[i].name;
			if (rows[i].alias)
				names[n++] = rows[i].alias;
		}
		names[n] = NULL;
		near = str_nearest(name, names);
		return err_set(e, -ENOENT, "%s: option \"%s\": not supported: %s%s%s", where, name,
			       near ? "did you mean " : "`tare run --help` lists what is",
			       near ? near : "", near ? "?" : "");
	}
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

static void row_text(char *to, size_t to_bytes, const struct workload *w,
		     const struct option_row *row)
{
	const char *at = (const char *)w + row->offset;
	struct buf b = BUF_INIT;

	switch (row->type) {
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
		  void (*row)(void *context, const char *name, const char *value), void *context)
{
	struct workload def;
	char now[WORKLOAD_TEXT_BYTES], was[WORKLOAD_TEXT_BYTES];

	options_default(&def);
	for (size_t i = 0; i < ROWS_N; i++) {
		if (rows[i].type == OPTION_WRITE_PCT)
			continue;
		row_text(now, sizeof(now), w, &rows[i]);
		row_text(was, sizeof(was), &def, &rows[i]);
		if (strcmp(now, was))
			row(context, rows[i].name, now);
	}
}

void options_help(struct buf *to)
{
	for (size_t i = 0; i < ROWS_N; i++)
		buf_printf(to, "  %-28s %s%s%s%s%s%s%s\n", rows[i].name, rows[i].help,
			   rows[i].alias ? " (also " : "", rows[i].alias ? rows[i].alias : "",
			   rows[i].alias ? ")" : "", rows[i].def ? " [" : "",
			   rows[i].def ? rows[i].def : "", rows[i].def ? "]" : "");
}
