/* SPDX-License-Identifier: MIT */
/* What a row of the option table is. For options.c and its test: everybody else asks that. */
#ifndef TARE_CONFIG_OPTION_ROWS_H
#define TARE_CONFIG_OPTION_ROWS_H

#include <stddef.h>
#include <stdint.h>

#define OPTION_DAY_NS (UINT64_C(86400) * 1000000000)

enum option_type {
	OPTION_TEXT,
	OPTION_NAME, /* the section's: the echo leaves it out, the result has it beside */
	OPTION_U32,
	OPTION_U64,
	OPTION_BYTES,
	OPTION_SHARE, /* bytes, or WORKLOAD_SHARE | percent */
	OPTION_TIME,
	OPTION_BOOL,
	OPTION_CHOICE,
	OPTION_READ_PCT,  /* rwmixread */
	OPTION_WRITE_PCT, /* rwmixwrite: the same field, seen from the other side */
	OPTION_RATES,	  /* reads,writes */
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

/* The i-th row, or NULL past the last. */
const struct option_row *option_row_at(size_t i);

/* By name or alias; NULL: there is none. */
const struct option_row *option_row_find(const char *name);

/* The name or alias most like `name`, or NULL. */
const char *option_row_nearest(const char *name);

#endif
