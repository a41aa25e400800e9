/* SPDX-License-Identifier: MIT */
/* Documents and logs for the tests of frames; includes cmocka. */
#ifndef TARE_TESTS_FRAME_LOG_H
#define TARE_TESTS_FRAME_LOG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frame/frame.h"
#include "lib/rng.h"

#define RUN "7f3c21aa"

/* Bytes that do not deflate, so that the number of lines follows from the length. */
static inline void noise(struct buf *to, size_t len, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	buf_reserve(to, len);
	rng_fill(&rng, to->data, len);
	to->len = len;
}

static inline void send_copy(struct buf *log, const struct buf *document, unsigned int copy)
{
	assert_int_equal(frame_document(log, RUN, copy, 3, document->data, document->len), 0);
}

static inline void check_whole(const struct buf *log, const struct buf *document)
{
	struct frame_log found;

	assert_int_equal(frame_decode(&found, log->data, log->len), 0);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.run[0].run, RUN);
	assert_string_equal(found.run[0].problem, "");
	assert_true(found.run[0].complete);
	assert_int_equal(found.run[0].document.len, document->len);
	if (document->len)
		assert_memory_equal(found.run[0].document.data, document->data, document->len);
	assert_int_equal(found.run[0].missing_n, 0);
	frame_log_free(&found);
}

#endif
