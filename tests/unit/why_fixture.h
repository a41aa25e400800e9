/* SPDX-License-Identifier: MIT */
/* Two environments with one workload each, to be told apart. */
#ifndef TARE_TESTS_WHY_FIXTURE_H
#define TARE_TESTS_WHY_FIXTURE_H

#include "compare_fixture.h"

#include "lib/str.h"

#define WHY_ROUNDS 8

struct why_fixture {
	struct samples samples;
	struct comparison c;
};

/* Rounds of about `iops`, a per mille apart. */
static inline struct sample_workload *why_workload(struct sample_run *run, const char *name,
						   enum sample_direction direction, double iops)
{
	struct sample_workload *w = samples_add_workload(run, name, direction);

	assert_non_null(w);
	samples_shape_from_name(&w->shape, name);
	w->shape.numjobs = sample_known(w->shape.numjobs) ? w->shape.numjobs : 1;
	str_copy(w->shape.engine, sizeof(w->shape.engine), "io_uring");
	for (int i = 0; i < WHY_ROUNDS; i++) {
		struct sample_round *r = samples_add_round(w);

		assert_non_null(r);
		r->iops = iops * (1 + (i - 3.5) / 1000);
	}
	w->iops = iops;
	w->ios = 1e6;
	w->measured_s = 60;
	w->span_bytes = 8e9;
	w->bytes = 4096e6;
	w->blocks = SAMPLE_BLOCKS_GOOD;
	w->account.whole_ns = 1e9 * w->shape.numjobs / iops;
	return w;
}

static inline struct sample_run *why_run(struct why_fixture *f, const char *label)
{
	struct sample_run *run = samples_add_run(&f->samples, "test");

	assert_non_null(run);
	assert_int_equal(samples_set_label(run, label), 0);
	return run;
}

static inline void why_part(struct sample_workload *w, enum account_part part, double us,
			    double error_us)
{
	w->account.part_ns[part] = us * 1e3;
	w->account.error_ns[part] = error_us * 1e3;
}

static inline void why_fact(struct sample_run *run, enum sample_fact fact, const char *text)
{
	assert_int_equal(samples_set_fact(run, fact, text), 0);
}

static inline void why_detect(struct sample_run *run, const char *name,
			      enum detection_verdict verdict, double confidence_pct)
{
	struct detection *d = &run->detectors.detection[run->detectors.n++];

	*d = (struct detection){ .verdict = verdict,
				 .value = NAN,
				 .confidence_pct = confidence_pct };
	str_copy(d->name, sizeof(d->name), name);
	snprintf(d->evidence, sizeof(d->evidence), "numbers of %s", name);
}

static inline void why_compare(struct why_fixture *f)
{
	assert_int_equal(compare(&f->c, &f->samples, NULL), 0);
}

static inline struct comparison_pair *why_pair(struct why_fixture *f)
{
	assert_int_equal(f->c.groups_n, 1);
	assert_int_equal(f->c.group[0].pairs_n, 1);
	return &f->c.group[0].pair[0];
}

static inline void why_free(struct why_fixture *f)
{
	compare_free(&f->c);
	samples_free(&f->samples);
	*f = (struct why_fixture){ 0 };
}

/* A cause of the pair by its rule; NULL: none. */
static inline const struct comparison_cause *why_cause(const struct comparison_pair *pair,
						       const char *rule)
{
	for (uint32_t i = 0; i < pair->causes_n; i++)
		if (!strcmp(pair->cause[i].rule, rule))
			return &pair->cause[i];
	return NULL;
}

static inline void assert_first(const struct comparison_pair *pair, const char *rule)
{
	if (!pair->causes_n || strcmp(pair->cause[0].rule, rule) != 0)
		print_error("first is \"%s\", should be \"%s\"\n",
			    pair->causes_n ? pair->cause[0].rule : "none", rule);
	assert_true(pair->causes_n > 0);
	assert_string_equal(pair->cause[0].rule, rule);
}

#endif
