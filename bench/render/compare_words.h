/* SPDX-License-Identifier: MIT */
/* Words and lines that the text of a comparison is made of. */
#ifndef TARE_RENDER_COMPARE_WORDS_H
#define TARE_RENDER_COMPARE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "model/comparison.h"

#define COMPARE_WIDTH 100

/* The letter of an environment: A to Z, then AA and on. Returns `to`, of 8 bytes. */
char *words_tag(char *to, uint32_t environment);

/* The name of a workload; a mixed one is two, and says which. */
void words_name(struct buf *to, const struct comparison_group *g);

/* The same on a line of its own, over what is said of it. */
void words_group(struct buf *to, const struct comparison_group *g);

/* "random read, 4 KiB, 64 in flight, 1 job, libaio": what is known of it. */
void words_shape(struct buf *to, const struct sample_shape *s);

/* Foreign text, cleaned and wrapped at blanks to COMPARE_WIDTH: `first` begins its first line,
 * blanks of the same width all others. */
void words_wrap(struct buf *to, const char *first, const char *foreign);

/* A count with its thousands apart: "166,000". Returns `to`, of 32 bytes. */
char *words_count(char *to, double value);

/* With so many decimals; of a damaged file anything can come: it must not burst a table. */
void words_fixed(struct buf *to, int decimals, double value);

/* These print nothing of what is absent: I/Os or bytes per second; ns, as microseconds. */
void words_rate(struct buf *to, double value);
void words_us(struct buf *to, double ns);

#endif
