// SPDX-License-Identifier: MIT
/* Probes to JSON and back. */
#include "result/probes_json.h"

#include <math.h>

#include "lib/str.h"
#include "result/fields.h"

#define DIGITS 4

static void add_number(struct json *to, const char *name, double value)
{
	if (isnan(value))
		json_add_null(to, name);
	else
		json_add_digits(to, name, value, DIGITS);
}

static void add_figure(struct json *to, const struct probe_figure *f)
{
	struct json *samples;

	if (f->kind == PROBE_IMPOSSIBLE) {
		json_add_text(to, f->name, f->why);
	} else if (f->kind == PROBE_VALUE) {
		add_number(to, f->name, f->p50);
	} else {
		samples = json_add_array(to, f->name);
		add_number(samples, NULL, f->p50);
		add_number(samples, NULL, f->p99);
		add_number(samples, NULL, f->spread);
	}
}

void probes_encode(struct json *array, const struct probe_list *list)
{
	for (uint32_t i = 0; i < list->n; i++) {
		const struct probe *probe = &list->probe[i];
		struct json *to = json_add_object(array, NULL), *figures;

		fields_encode(to, &fields_probe, probe);
		if (probe->note[0])
			json_add_text(to, "note", probe->note);
		figures = json_add_object(to, "figures");
		for (uint32_t k = 0; k < probe->figures_n; k++)
			add_figure(figures, &probe->figure[k]);
	}
}

static void decode_figure(struct probe_figure *f, const struct json *from)
{
	*f = (struct probe_figure){ .p99 = NAN };
	str_copy(f->name, sizeof(f->name), json_key(from));
	if (json_text(from)) {
		f->kind = PROBE_IMPOSSIBLE;
		str_copy(f->why, sizeof(f->why), json_text(from));
	} else if (json_is_array(from)) {
		f->kind = PROBE_SAMPLES;
		f->p50 = f->spread = NAN;
		json_double(json_at(from, 0), &f->p50);
		json_double(json_at(from, 1), &f->p99);
		json_double(json_at(from, 2), &f->spread);
	} else {
		f->kind = PROBE_VALUE;
		f->p50 = NAN;
		json_double(from, &f->p50);
	}
}

void probes_decode(struct probe_list *list, const struct json *array)
{
	*list = (struct probe_list){ 0 };
	for (const struct json *at = json_first(array); at && list->n < PROBES_MAX;
	     at = json_next(at)) {
		struct probe *probe = &list->probe[list->n++];
		const struct json *figure = json_first(json_get(at, "figures"));

		fields_decode(probe, &fields_probe, at);
		str_copy(probe->note, sizeof(probe->note), json_get_text(at, "note"));
		for (; figure && probe->figures_n < PROBE_FIGURES_MAX; figure = json_next(figure))
			if (json_key(figure))
				decode_figure(&probe->figure[probe->figures_n++], figure);
	}
}
