// SPDX-License-Identifier: MIT
/* Patterns over pasted text. */
#include "import/pasted.h"

#include <string.h>

#include "lib/str.h"

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void pasted_clean(struct buf *to, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *line = memchr(text, '\n', (size_t)(end - text));

		line = line ? line : end;
		while (text < line && (is_white(*text) || *text == '>'))
			text++;
		for (; text < line; text++) {
			/* U+00A0 */
			if (*text == '\xc2' && text + 1 < line && text[1] == '\xa0')
				text++;
			buf_add(to, *text == '\xa0' || *text == '\r' || !*text ? " " : text, 1);
		}
		buf_puts(to, "\n");
		text = line + 1;
	}
}

bool pasted_take(struct pasted *p, const char *pattern)
{
	const char *at = p->at;

	for (; *pattern; pattern++) {
		if (*pattern == ' ') {
			while (at < p->end && is_white(*at))
				at++;
		} else if (at == p->end || *at++ != *pattern) {
			return false;
		}
	}
	p->at = at;
	return true;
}

bool pasted_find(struct pasted *p, const char *pattern, const char **begin)
{
	struct pasted here = *p;

	while (here.at < here.end &&
	       (here.at = memchr(here.at, *pattern, (size_t)(here.end - here.at)))) {
		const char *found = here.at;

		if (pasted_take(&here, pattern)) {
			if (begin)
				*begin = found;
			*p = here;
			return true;
		}
		here.at = found + 1;
	}
	return false;
}

bool pasted_number(struct pasted *p, double *value)
{
	struct pasted here = *p;
	char text[32];
	size_t n = 0;

	pasted_take(&here, " ");
	while (here.at < here.end && n + 1 < sizeof(text) && strchr("0123456789.", *here.at))
		text[n++] = *here.at++;
	text[n] = '\0';
	if (!n || str_to_double(text, value))
		return false;
	*p = here;
	return true;
}

/* The power of 10^3 that a letter stands for, 0 for none. */
static int power_of(const struct pasted *p)
{
	static const char letters[] = "kMGTP";
	const char *letter = p->at < p->end ? strchr(letters, *p->at) : NULL;

	return letter && *letter ? (int)(letter - letters) + 1 : 0;
}

bool pasted_count(struct pasted *p, double *value)
{
	int power;

	if (!pasted_number(p, value))
		return false;
	power = power_of(p);
	p->at += power > 0;
	while (power--)
		*value *= 1000;
	return true;
}

bool pasted_bytes(struct pasted *p, double *bytes)
{
	struct pasted here = *p;
	double scale = 1000, value;
	int power;

	if (!pasted_number(&here, &value))
		return false;
	if (here.at < here.end && *here.at == 'K')
		power = 1;
	else
		power = power_of(&here);
	here.at += power > 0;
	if (pasted_take(&here, "iB"))
		scale = 1024;
	else if (!pasted_take(&here, "B"))
		return false;
	while (power--)
		value *= scale;
	*bytes = value;
	*p = here;
	return true;
}

bool pasted_word(struct pasted *p, const char *stop, char *to, size_t to_bytes)
{
	size_t n = 0;

	while (p->at + n < p->end && n + 1 < to_bytes && !strchr(stop, p->at[n]))
		n++;
	if (p->at + n == p->end || !strchr(stop, p->at[n]))
		return false;
	memcpy(to, p->at, n);
	to[n] = '\0';
	p->at += n;
	return true;
}
