// SPDX-License-Identifier: MIT
/*
 * JSON documents as trees of cJSON's: building, printing, reading. Printing is done here, because
 * cJSON prints doubles that read back differently.
 */
#include "lib/json.h"

#include <cJSON.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/str.h"

/* Bits of cJSON's `type` above those it uses: why the document must not be printed. */
#define JSON_NO_MEMORY	(1 << 16)
#define JSON_BAD_NUMBER (1 << 17)
#define JSON_BAD_MEMBER (1 << 18)

#define JSON_PATH_BYTES	 256
#define JSON_UNHELD_TOLD 3

static cJSON *item_of(struct json *value)
{
	return (cJSON *)value;
}

static const cJSON *const_item_of(const struct json *value)
{
	return (const cJSON *)value;
}

static const struct json *json_of(const cJSON *item)
{
	return (const struct json *)item;
}

/* Building. */

struct json *json_object(void)
{
	return (struct json *)cJSON_CreateObject();
}

struct json *json_array(void)
{
	return (struct json *)cJSON_CreateArray();
}

static void drop_below(cJSON *container, const char *key)
{
	cJSON *at, *next;

	for (at = container->child; at; at = next) {
		next = at->next;
		if (at->string && !strcmp(at->string, key))
			cJSON_Delete(cJSON_DetachItemViaPointer(container, at));
		else
			drop_below(at, key);
	}
}

void json_drop(struct json *root, const char *key)
{
	if (root)
		drop_below(item_of(root), key);
}

/* `path` has room for JSON_PATH_BYTES, and is used up to `used`; `n` were found before. Returns n
 * with those below. */
static uint32_t null_below(cJSON *container, char *path, size_t used, uint32_t n, struct buf *where)
{
	uint32_t index = 0;

	for (cJSON *at = container->child; at; at = at->next, index++) {
		char number[16];
		size_t len;

		snprintf(number, sizeof(number), "%u", index);
		snprintf(path + used, JSON_PATH_BYTES - used, "%s%s", used ? "." : "",
			 at->string ? at->string : number);
		len = strlen(path);
		if (at->type & JSON_BAD_NUMBER) {
			at->type = (at->type & ~(JSON_BAD_NUMBER | 0xff)) | cJSON_NULL;
			if (n++ < JSON_UNHELD_TOLD)
				buf_printf(where, "%s%s", where->len ? ", " : "", path);
		}
		n = null_below(at, path, len, n, where);
	}
	return n;
}

uint32_t json_null_unheld(struct json *root, struct buf *where)
{
	char path[JSON_PATH_BYTES] = "";

	return root ? null_below(item_of(root), path, 0, 0, where) : 0;
}

static void make_utf8(char *text)
{
	size_t left = strlen(text);

	while (left) {
		size_t len = str_utf8_length(text, left);

		if (!len) {
			*text = '?';
			len = 1;
		}
		text += len;
		left -= len;
	}
}

/* Takes `item` over, also where it fails. */
static struct json *add_item(struct json *to, const char *key, cJSON *item)
{
	cJSON *parent = item_of(to);
	bool added;

	if (!parent || !item) {
		if (parent)
			parent->type |= JSON_NO_MEMORY;
		cJSON_Delete(item);
		return NULL;
	}
	if (key ? !cJSON_IsObject(parent) : !cJSON_IsArray(parent)) {
		parent->type |= JSON_BAD_MEMBER;
		cJSON_Delete(item);
		return NULL;
	}
	added = key ? cJSON_AddItemToObject(parent, key, item) : cJSON_AddItemToArray(parent, item);
	if (added) {
		if (key)
			make_utf8(item->string);
		return (struct json *)item;
	}
	parent->type |= JSON_NO_MEMORY;
	cJSON_Delete(item);
	return NULL;
}

struct json *json_add_object(struct json *to, const char *key)
{
	return to ? add_item(to, key, cJSON_CreateObject()) : NULL;
}

struct json *json_add_array(struct json *to, const char *key)
{
	return to ? add_item(to, key, cJSON_CreateArray()) : NULL;
}

static void add_number(struct json *to, const char *key, double value, bool fits)
{
	struct json *added = to ? add_item(to, key, cJSON_CreateNumber(fits ? value : 0)) : NULL;

	if (added && !fits)
		item_of(added)->type |= JSON_BAD_NUMBER;
}

void json_add_u64(struct json *to, const char *key, uint64_t value)
{
	add_number(to, key, (double)value, value <= JSON_INTEGER_MAX);
}

void json_add_i64(struct json *to, const char *key, int64_t value)
{
	int64_t max = JSON_INTEGER_MAX;

	add_number(to, key, (double)value, value >= -max && value <= max);
}

void json_add_double(struct json *to, const char *key, double value)
{
	add_number(to, key, value, isfinite(value));
}

void json_add_digits(struct json *to, const char *key, double value, int digits)
{
	char text[40];

	snprintf(text, sizeof(text), "%.*g", digits, value);
	json_add_double(to, key, strtod(text, NULL));
}

void json_add_text(struct json *to, const char *key, const char *value)
{
	cJSON *item = to ? cJSON_CreateString(value) : NULL;

	if (item)
		make_utf8(item->valuestring);
	if (to)
		add_item(to, key, item);
}

void json_add_bool(struct json *to, const char *key, bool value)
{
	if (to)
		add_item(to, key, cJSON_CreateBool(value));
}

void json_add_null(struct json *to, const char *key)
{
	if (to)
		add_item(to, key, cJSON_CreateNull());
}

/* Printing. */

static void print_text(struct buf *to, const char *text)
{
	buf_puts(to, "\"");
	for (; *text; text++) {
		size_t plain = 0;

		while (text[plain] && (unsigned char)text[plain] >= ' ' && text[plain] != '"' &&
		       text[plain] != '\\' && text[plain] != 0x7f)
			plain++;
		buf_add(to, text, plain);
		text += plain;
		if (!*text)
			break;
		if (*text == '"' || *text == '\\')
			buf_printf(to, "\\%c", *text);
		else if (*text == '\n')
			buf_puts(to, "\\n");
		else if (*text == '\t')
			buf_puts(to, "\\t");
		else
			buf_printf(to, "\\u%04x", (unsigned char)*text);
	}
	buf_puts(to, "\"");
}

static void print_number(struct buf *to, double value)
{
	char text[40];

	if (value == floor(value) && fabs(value) <= (double)JSON_INTEGER_MAX) {
		buf_printf(to, "%.0f", value);
		return;
	}
	/* A decimal of up to 15 digits survives the way into a double and back, and %g drops zeros:
	 * where 15 digits read back the same, no shorter text does that is not this one. */
	for (int digits = DBL_DIG; digits <= DBL_DIG + 2; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_puts(to, text);
}

static void print_break(struct buf *to, int depth, bool indent)
{
	if (indent)
		buf_printf(to, "\n%*s", 2 * depth, "");
}

static int failure_of(const cJSON *item)
{
	if (item->type & JSON_NO_MEMORY)
		return -ENOMEM;
	if (item->type & JSON_BAD_NUMBER)
		return -ERANGE;
	return item->type & JSON_BAD_MEMBER ? -EINVAL : 0;
}

static int print_item(struct buf *to, const cJSON *item, int depth, bool indent);

static bool has_members(const cJSON *item)
{
	return (cJSON_IsObject(item) || cJSON_IsArray(item)) && item->child;
}

/* What holds no further object or array stands on one line: columns of figures, a job's bins. */
static bool is_row(const cJSON *parent)
{
	const cJSON *item = parent->child;

	while (item && !has_members(item))
		item = item->next;
	return parent->child && !item;
}

/* What stands on a line of its own, what follows it, and what comes first. */
static bool begins_line(const cJSON *parent, const cJSON *item)
{
	return item == parent->child || has_members(item) || has_members(item->prev);
}

static int print_members(struct buf *to, const cJSON *parent, int depth, bool indent)
{
	bool object = cJSON_IsObject(parent);
	int ret = 0;

	indent = indent && !is_row(parent);
	buf_puts(to, object ? "{" : "[");
	for (const cJSON *item = parent->child; item && !ret; item = item->next) {
		print_break(to, depth + 1, indent && begins_line(parent, item));
		if (object) {
			print_text(to, item->string);
			buf_puts(to, ":");
		}
		ret = print_item(to, item, depth + 1, indent);
		if (item->next)
			buf_puts(to, ",");
	}
	if (parent->child)
		print_break(to, depth, indent);
	buf_puts(to, object ? "}" : "]");
	return ret;
}

static int print_item(struct buf *to, const cJSON *item, int depth, bool indent)
{
	int ret = failure_of(item);

	if (ret)
		return ret;
	if (cJSON_IsObject(item) || cJSON_IsArray(item))
		return print_members(to, item, depth, indent);
	if (cJSON_IsString(item))
		print_text(to, item->valuestring);
	else if (cJSON_IsNumber(item))
		print_number(to, item->valuedouble);
	else
		buf_puts(to, cJSON_IsTrue(item) ? "true" : cJSON_IsFalse(item) ? "false" : "null");
	return 0;
}

int json_print(struct buf *to, const struct json *root, bool indent)
{
	struct buf text = BUF_INIT;
	int ret = root ? print_item(&text, const_item_of(root), 0, indent) : -ENOMEM;

	buf_puts(&text, "\n");
	if (!ret && buf_failed(&text))
		ret = -ENOMEM;
	if (!ret) {
		buf_add(to, text.data, text.len);
		ret = buf_failed(to) ? -ENOMEM : 0;
	}
	buf_free(&text);
	return ret;
}

/* Reading. */

const struct json *json_get(const struct json *object, const char *key)
{
	const cJSON *item = const_item_of(object);

	return cJSON_IsObject(item) ? json_of(cJSON_GetObjectItemCaseSensitive(item, key)) : NULL;
}

size_t json_count(const struct json *array_or_object)
{
	size_t n = 0;

	for (const struct json *at = json_first(array_or_object); at; at = json_next(at))
		n++;
	return n;
}

const struct json *json_at(const struct json *array_or_object, size_t i)
{
	const struct json *at = json_first(array_or_object);

	while (at && i--)
		at = json_next(at);
	return at;
}

const struct json *json_first(const struct json *array_or_object)
{
	return array_or_object ? json_of(const_item_of(array_or_object)->child) : NULL;
}

const struct json *json_next(const struct json *member)
{
	return member ? json_of(const_item_of(member)->next) : NULL;
}

const char *json_key(const struct json *member)
{
	return member ? const_item_of(member)->string : NULL;
}

bool json_u64(const struct json *value, uint64_t *to)
{
	double d;

	if (!json_double(value, &d) || !(d >= 0 && d <= (double)JSON_INTEGER_MAX) || d != floor(d))
		return false;
	*to = (uint64_t)d;
	return true;
}

bool json_double(const struct json *value, double *to)
{
	if (!cJSON_IsNumber(const_item_of(value)))
		return false;
	*to = const_item_of(value)->valuedouble;
	return true;
}

const char *json_text(const struct json *value)
{
	return cJSON_IsString(const_item_of(value)) ? const_item_of(value)->valuestring : NULL;
}

bool json_is_array(const struct json *value)
{
	return cJSON_IsArray(const_item_of(value));
}

bool json_is_true(const struct json *value)
{
	return cJSON_IsTrue(const_item_of(value));
}

uint64_t json_get_u64(const struct json *object, const char *key)
{
	uint64_t value = 0;

	json_u64(json_get(object, key), &value);
	return value;
}

double json_get_double(const struct json *object, const char *key)
{
	double value = 0;

	json_double(json_get(object, key), &value);
	return value;
}

const char *json_get_text(const struct json *object, const char *key)
{
	const char *text = json_text(json_get(object, key));

	return text ? text : "";
}
