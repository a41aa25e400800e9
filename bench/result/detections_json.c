// SPDX-License-Identifier: MIT
/* Detections to JSON and back. */
#include "result/detections_json.h"

#include <math.h>
#include <string.h>

#include "lib/str.h"

#define DIGITS 4

static const char *const verdict_names[] = { [DETECTION_FOUND] = "found",
					     [DETECTION_CLEAR] = "clear",
					     [DETECTION_UNDECIDED] = "undecided",
					     [DETECTION_SKIPPED] = "skipped" };

const char *detection_verdict_name(enum detection_verdict verdict)
{
	return verdict_names[verdict];
}

const char *detection_kind_name(enum detection_kind kind)
{
	return kind == DETECTION_FINDING ? "finding" : "limit";
}

static void add_number(struct json *to, const char *key, double value)
{
	if (isfinite(value))
		json_add_digits(to, key, value, DIGITS);
	else
		json_add_null(to, key);
}

void detections_encode(struct json *array, const struct detection_list *list)
{
	for (uint32_t i = 0; i < list->n; i++) {
		const struct detection *d = &list->detection[i];
		struct json *to = json_add_object(array, NULL);

		json_add_text(to, "name", d->name);
		json_add_text(to, "kind", detection_kind_name(d->kind));
		json_add_text(to, "verdict", detection_verdict_name(d->verdict));
		add_number(to, "value", d->value);
		json_add_text(to, "unit", d->unit);
		add_number(to, "confidence_pct", d->confidence_pct);
		json_add_text(to, "evidence", d->evidence);
	}
}

static enum detection_verdict verdict_of(const char *name)
{
	for (enum detection_verdict v = DETECTION_FOUND; v <= DETECTION_SKIPPED; v++)
		if (!strcmp(name, verdict_names[v]))
			return v;
	return DETECTION_UNDECIDED;
}

void detections_decode(struct detection_list *list, const struct json *array)
{
	*list = (struct detection_list){ 0 };
	for (const struct json *at = json_first(array); at && list->n < DETECTIONS_MAX;
	     at = json_next(at)) {
		struct detection *d = &list->detection[list->n++];

		*d = (struct detection){ .value = NAN, .confidence_pct = NAN };
		str_copy(d->name, sizeof(d->name), json_get_text(at, "name"));
		d->kind = strcmp(json_get_text(at, "kind"), "finding") ? DETECTION_LIMIT
								       : DETECTION_FINDING;
		d->verdict = verdict_of(json_get_text(at, "verdict"));
		json_double(json_get(at, "value"), &d->value);
		str_copy(d->unit, sizeof(d->unit), json_get_text(at, "unit"));
		json_double(json_get(at, "confidence_pct"), &d->confidence_pct);
		str_copy(d->evidence, sizeof(d->evidence), json_get_text(at, "evidence"));
	}
}
