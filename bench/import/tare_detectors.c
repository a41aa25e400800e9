// SPDX-License-Identifier: MIT
/* Detections from JSON. */
#include "import/tare_detectors.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "lib/str.h"

/* Index of a word in a list; false: it is not there. */
static bool index_of(int *i, const char *const *words, int n, const char *word)
{
	for (*i = 0; *i < n; (*i)++)
		if (!strcmp(words[*i], word))
			return true;
	return false;
}

static bool read_one(struct detection *d, const struct json *from)
{
	static const char *const kinds[] = { "finding", "limit" };
	static const char *const verdicts[] = { "found", "clear", "undecided", "skipped" };
	int kind, verdict;

	if (!index_of(&kind, kinds, 2, json_get_text(from, "kind")) ||
	    !index_of(&verdict, verdicts, 4, json_get_text(from, "verdict")))
		return false;
	*d = (struct detection){ .kind = (enum detection_kind)kind,
				 .verdict = (enum detection_verdict)verdict,
				 .value = NAN,
				 .confidence_pct = NAN };
	str_copy(d->name, sizeof(d->name), json_get_text(from, "name"));
	str_copy(d->unit, sizeof(d->unit), json_get_text(from, "unit"));
	str_copy(d->evidence, sizeof(d->evidence), json_get_text(from, "evidence"));
	json_double(json_get(from, "value"), &d->value);
	json_double(json_get(from, "confidence_pct"), &d->confidence_pct);
	return d->name[0];
}

void tare_detectors_read(struct detection_list *list, const struct json *array)
{
	const struct json *at = json_first(array);

	*list = (struct detection_list){ .n = 0 };
	for (; at && list->n < DETECTIONS_MAX; at = json_next(at))
		list->n += read_one(&list->detection[list->n], at);
}
