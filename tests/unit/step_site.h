/* SPDX-License-Identifier: MIT */
/* A plan, its board and a file to run steps on. */
#ifndef TARE_TESTS_STEP_SITE_H
#define TARE_TESTS_STEP_SITE_H

#include "run_fixture.h"

#include "run/stamp.h"
#include "run/step.h"

#define MIB (UINT64_C(1) << 20)

struct site {
	struct plan plan;
	struct board *board;
	struct step_target target;
};

static inline void site_init(struct site *s, const char *text, uint64_t span_bytes)
{
	fixture_plan(&s->plan, text, "/x", 0, CONFIG_WRITE_NO, span_bytes);
	s->board = board_create(&s->plan);
	assert_non_null(s->board);
	s->target = (struct step_target){ .fd = temp_fd(span_bytes), .span_bytes = span_bytes };
}

static inline void site_free(struct site *s)
{
	close(s->target.fd);
	board_free(s->board);
}

#endif
