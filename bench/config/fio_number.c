// SPDX-License-Identifier: MIT
/* Digits, then a suffix from a table. */
#include "config/fio_number.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "model/workload.h"

static int digit_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Reads the digits that `text` begins with; *end is what follows. */
static int read_digits(const char *text, const char **end, uint64_t *value)
{
	int base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
	const char *at = base == 16 ? text + 2 : text;
	uint64_t sum = 0;
	int ret = 0, digit;

	if (digit_value(*at) < 0 || digit_value(*at) >= base)
		return -EINVAL;
	for (; (digit = digit_value(*at)) >= 0 && digit < base; at++)
		if (__builtin_mul_overflow(sum, (uint64_t)base, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)digit, &sum))
			ret = -ERANGE;
	*end = at;
	*value = sum;
	return ret;
}

/* What a suffix multiplies by; 0: it is none. */
static uint64_t suffix_factor(const char *suffix)
{
	static const char letters[] = "kmgtp";
	uint64_t base = 1024, factor = 1;
	const char *letter;

	if (!*suffix || !strcasecmp(suffix, "b"))
		return 1;
	letter = strchr(letters, tolower((unsigned char)*suffix));
	if (!letter)
		return 0;
	if (!strcasecmp(suffix + 1, "ib"))
		base = 1000;
	else if (suffix[1] && strcasecmp(suffix + 1, "i") && strcasecmp(suffix + 1, "b"))
		return 0;
	for (ptrdiff_t power = 0; power <= letter - letters; power++)
		factor *= base;
	return factor;
}

int fio_number(const char *text, uint64_t *value)
{
	uint64_t number, factor;
	const char *end;
	int ret = read_digits(text, &end, &number);

	if (ret == -EINVAL)
		return ret;
	/* Nonsense behind digits is nonsense, however many digits there are. */
	factor = suffix_factor(end);
	if (!factor)
		return -EINVAL;
	if (ret || __builtin_mul_overflow(number, factor, &number))
		return -ERANGE;
	*value = number;
	return 0;
}

int fio_number_or_share(const char *text, uint64_t *value)
{
	uint64_t number;
	const char *end;
	int ret = read_digits(text, &end, &number);
	bool share = ret != -EINVAL && !strcmp(end, "%");

	if (!share)
		ret = fio_number(text, &number);
	if (!ret && (share ? number > 100 : number >= WORKLOAD_SHARE))
		ret = -ERANGE;
	if (!ret)
		*value = share ? WORKLOAD_SHARE | number : number;
	return ret;
}
