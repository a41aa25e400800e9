// SPDX-License-Identifier: MIT
/* Checks the words of a JSON text: strings and numbers. How they nest is the parser's concern. */
#include "lib/json_scan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/str.h"

#define JSON_NUMBER_CHARS 63 /* what cJSON 1.7 reads of a number */
#define JSON_SHOWN_CHARS  24 /* of the offending text */

int json_scan_error(struct err *e, const struct json_scan *scan)
{
	size_t line = 1, start = 0, shown = 0;

	for (size_t i = 0; i < scan->at; i++) {
		if (scan->text[i] == '\n') {
			line++;
			start = i + 1;
		}
	}
	while (scan->at + shown < scan->len && shown < JSON_SHOWN_CHARS &&
	       scan->text[scan->at + shown] >= ' ' && scan->text[scan->at + shown] < 0x7f)
		shown++;
	return err_set(e, -EINVAL, "line %zu, column %zu: \"%.*s\": %s", line, scan->at - start + 1,
		       (int)shown, scan->text + scan->at, scan->wrong);
}

static char char_at(const struct json_scan *scan, size_t at)
{
	return at < scan->len ? scan->text[at] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Every other character of a document: no call for each of them. */
static bool is_structure(char c)
{
	switch (c) {
	case '{':
	case '}':
	case '[':
	case ']':
	case ':':
	case ',':
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return true;
	default:
		return false;
	}
}

/* ASCII that stands for itself in a string: most of it. */
static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7f && c != '\\' && c != '"';
}

/* From the opening quote to behind the closing one. */
static void scan_string(struct json_scan *scan)
{
	for (scan->at++; scan->at < scan->len && scan->text[scan->at] != '"';) {
		const char *at = scan->text + scan->at;
		size_t left = scan->len - scan->at, len;

		if (is_plain(*at)) {
			scan->at++;
			continue;
		}
		len = str_utf8_length(at, left);
		if ((unsigned char)*at < ' ')
			scan->wrong = "a control character must be written \\u00XX in a string";
		else if (!len)
			scan->wrong = "not UTF-8";
		else if (left >= 6 && !memcmp(at, "\\u0000", 6))
			scan->wrong = "the character U+0000 is not supported";
		if (scan->wrong)
			return;
		scan->at += *at == '\\' && left > 1 ? 2 : len;
	}
	scan->at++;
}

static size_t digits_from(const struct json_scan *scan, size_t at)
{
	while (is_digit(char_at(scan, at)))
		at++;
	return at;
}

/* End of the number of RFC 8259 that begins at scan->at; scan->at: none. *exponent: it has one. */
static size_t number_end(const struct json_scan *scan, bool *exponent)
{
	size_t at = scan->at + (char_at(scan, scan->at) == '-'), end;

	*exponent = false;
	end = char_at(scan, at) == '0' ? at + 1 : digits_from(scan, at);
	if (end == at)
		return scan->at;
	if (char_at(scan, end) == '.') {
		at = end + 1;
		end = digits_from(scan, at);
		if (end == at)
			return scan->at;
	}
	if (char_at(scan, end) == 'e' || char_at(scan, end) == 'E') {
		*exponent = true;
		at = end + 1;
		at += char_at(scan, at) == '+' || char_at(scan, at) == '-';
		end = digits_from(scan, at);
		if (end == at)
			return scan->at;
	}
	return end;
}

/* What can only be more of a number. */
static bool is_of_number(char c)
{
	return is_digit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
}

static void scan_number(struct json_scan *scan)
{
	char text[JSON_NUMBER_CHARS + 1];
	bool exponent;
	size_t end = number_end(scan, &exponent), len = end - scan->at;

	if (!len || is_of_number(char_at(scan, end))) {
		scan->wrong = "not a number: want digits, then .digits, then e and digits";
		return;
	}
	if (len > JSON_NUMBER_CHARS) {
		scan->wrong = "a number of more than 63 characters is not supported";
		return;
	}
	/* Without an exponent, so few digits are always within a double's range. */
	if (exponent) {
		memcpy(text, scan->text + scan->at, len);
		text[len] = '\0';
		if (!isfinite(strtod(text, NULL))) {
			scan->wrong = "a number this large is not supported";
			return;
		}
	}
	scan->at = end;
}

int json_scan(struct json_scan *scan)
{
	while (scan->at < scan->len && !scan->wrong) {
		char c = scan->text[scan->at];

		if (c == '"')
			scan_string(scan);
		else if (c == '-' || is_digit(c))
			scan_number(scan);
		else if (is_structure(c))
			scan->at++;
		else if (c >= 'a' && c <= 'z')
			scan->at++;
		else
			scan->wrong = "no JSON value begins like this";
	}
	return scan->wrong ? -EINVAL : 0;
}
