// SPDX-License-Identifier: MIT
/* Text to numbers and back. Independent of the locale. */
#include "lib/str.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define STR_NEAREST_MAX 64 /* longer words get no suggestion */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Reads leading digits; *end is what follows. -EINVAL: none; -ERANGE: the digits do not fit. */
static int digits_to_u64(const char *text, const char **end, uint64_t *value)
{
	uint64_t sum = 0;
	int ret = 0;

	if (!is_digit(*text))
		return -EINVAL;
	for (; is_digit(*text); text++) {
		if (__builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(*text - '0'), &sum))
			ret = -ERANGE;
	}
	*end = text;
	*value = sum;
	return ret;
}

/* Power of two of a size's suffix: "", "b", "k", "kb", "kib" and so on; -1: none of them. */
static int size_shift(const char *suffix)
{
	static const char letters[] = "kmgtp";
	const char *letter = *suffix ? strchr(letters, lower(*suffix)) : NULL;

	if (!letter)
		return *suffix && strcasecmp(suffix, "b") ? -1 : 0;
	suffix++;
	if (*suffix && strcasecmp(suffix, "b") && strcasecmp(suffix, "ib"))
		return -1;
	return 10 * (int)(letter - letters + 1);
}

int str_to_bytes(const char *text, uint64_t *bytes)
{
	uint64_t value;
	const char *end;
	int shift, ret = digits_to_u64(text, &end, &value);

	if (ret == -EINVAL)
		return ret;
	/* Nonsense behind digits is nonsense, however many digits there are. */
	shift = size_shift(end);
	if (shift < 0)
		return -EINVAL;
	if (ret || value > UINT64_MAX >> shift)
		return -ERANGE;
	*bytes = value << shift;
	return 0;
}

int str_to_ns(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "ns", 1 },
		{ "nsec", 1 },
		{ "us", 1000 },
		{ "usec", 1000 },
		{ "ms", 1000000 },
		{ "msec", 1000000 },
		{ "", 1000000000 },
		{ "s", 1000000000 },
		{ "sec", 1000000000 },
		{ "m", UINT64_C(60000000000) },
		{ "h", UINT64_C(3600000000000) },
		{ "d", UINT64_C(86400000000000) },
	};
	uint64_t value;
	const char *end;
	int ret = digits_to_u64(text, &end, &value);

	if (ret == -EINVAL)
		return ret;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcasecmp(end, units[i].name))
			continue;
		if (ret || __builtin_mul_overflow(value, units[i].ns, &value))
			return -ERANGE;
		*ns = value;
		return 0;
	}
	return -EINVAL;
}

int str_to_u64(const char *text, uint64_t *value)
{
	uint64_t parsed;
	const char *end;
	int ret = digits_to_u64(text, &end, &parsed);

	if (ret == -EINVAL || *end)
		return -EINVAL;
	if (!ret)
		*value = parsed;
	return ret;
}

/* strtod() also takes blanks, hexadecimal, "inf" and "nan": the shape is checked first. */
static bool is_decimal(const char *text)
{
	size_t digits = 0;

	text += *text == '+' || *text == '-';
	for (; is_digit(*text); text++)
		digits++;
	if (*text == '.') {
		for (text++; is_digit(*text); text++)
			digits++;
	}
	if (!digits)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '+' || *text == '-';
		if (!is_digit(*text))
			return false;
		while (is_digit(*text))
			text++;
	}
	return !*text;
}

int str_to_double(const char *text, double *value)
{
	double d;

	if (!is_decimal(text))
		return -EINVAL;
	d = strtod(text, NULL);
	if (!isfinite(d))
		return -ERANGE;
	*value = d;
	return 0;
}

int str_to_bool(const char *text, bool *value)
{
	static const char *const words[][2] = {
		{ "0", "1" },
		{ "no", "yes" },
		{ "off", "on" },
		{ "false", "true" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (int v = 0; v < 2; v++) {
			if (!strcasecmp(text, words[i][v])) {
				*value = v;
				return 0;
			}
		}
	}
	return -EINVAL;
}

bool str_copy(char *to, size_t to_bytes, const char *text)
{
	size_t len = strlen(text);
	bool whole = len < to_bytes;

	if (!to_bytes)
		return false;
	if (!whole)
		len = to_bytes - 1;
	memcpy(to, text, len);
	to[len] = '\0';
	return whole;
}

char *str_trim(char *text)
{
	size_t len;

	while (is_blank(*text))
		text++;
	len = strlen(text);
	while (len && is_blank(text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* Three significant digits of a value below 1024, without trailing zeros. */
static void print_short(char *to, size_t to_bytes, double value, const char *unit)
{
	char number[32];
	size_t len;

	snprintf(number, sizeof(number), "%.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
	len = strlen(number);
	if (strchr(number, '.')) {
		while (number[len - 1] == '0')
			number[--len] = '\0';
		if (number[len - 1] == '.')
			number[--len] = '\0';
	}
	snprintf(to, to_bytes, "%s %s", number, unit);
}

char *str_from_bytes(char *to, size_t to_bytes, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t i = 0;

	/* 1023.5 and above print as 1024: one of the next unit. */
	while (value >= (i ? 1023.5 : 1024) && i + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1024;
		i++;
	}
	print_short(to, to_bytes, value, units[i]);
	return to;
}

char *str_from_number(char *to, size_t to_bytes, double value)
{
	snprintf(to, to_bytes, fabs(value) < 1000 ? "%.4g" : "%.0f", value);
	return to;
}

char *str_from_ns(char *to, size_t to_bytes, double ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	double value = ns;
	size_t i = 0;
	int digits;

	/* 999.5 and above round to 1000: one of the next unit. */
	while (fabs(value) >= 999.5 && i + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1000;
		i++;
	}
	digits = fabs(value) < 9.995 ? 2 : fabs(value) < 99.95 ? 1 : 0;
	/* Nanoseconds are counted whole: "7 ns", unless a mean has a fraction. */
	if (!i && value == floor(value))
		digits = 0;
	snprintf(to, to_bytes, "%.*f %s", digits, value, units[i]);
	return to;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Changes, insertions, losses and swaps of neighbours between two words, case apart. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[3][STR_NEAREST_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *now = row[i % 3], *last = row[(i - 1) % 3], *before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);

			now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + !same);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
	}
	return row[a_len % 3][b_len];
}

const char *str_nearest(const char *text, const char *const *candidates)
{
	size_t len = strlen(text), best, limit = len / 3 > 2 ? len / 3 : 2;
	const char *found = NULL;

	if (!len || len > STR_NEAREST_MAX)
		return NULL;
	/* A word with every letter changed is no likeness. */
	best = (limit < len ? limit : len - 1) + 1;
	for (; *candidates; candidates++) {
		size_t candidate_len = strlen(*candidates), d;

		if (candidate_len > STR_NEAREST_MAX)
			continue;
		d = distance(text, len, *candidates, candidate_len);
		if (d < best) {
			best = d;
			found = *candidates;
		}
	}
	return found;
}

size_t str_utf8_length(const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;
	/* The well-formed sequences: Unicode 15, table 3-7. */
	static const struct {
		unsigned char first, last; /* range of the first byte */
		unsigned char from, to;	   /* range of the second */
		size_t len;
	} rows[] = {
		{ 0x00, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (at[0] < rows[i].first || at[0] > rows[i].last)
			continue;
		if (rows[i].len > len)
			return 0;
		if (rows[i].len > 1 && (at[1] < rows[i].from || at[1] > rows[i].to))
			return 0;
		for (size_t k = 2; k < rows[i].len; k++) {
			if ((at[k] & 0xc0) != 0x80)
				return 0;
		}
		return rows[i].len;
	}
	return 0;
}

size_t str_utf8_head(const char *text, size_t len, size_t chars)
{
	size_t at = 0;

	while (chars-- && at < len) {
		size_t n = str_utf8_length(text + at, len - at);

		at += n ? n : 1;
	}
	return at;
}

size_t str_utf8_count(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}
