/* SPDX-License-Identifier: MIT */
/* What detectors conclude from their samples: pure, so that any sample one can think of can be
 * tried. Times are ns. */
#ifndef TARE_DETECT_CONCLUDE_H
#define TARE_DETECT_CONCLUDE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/detection.h"

/* --- allocation: first against later writes --- */

#define ALLOCATION_LEVELS    11 /* 4 KiB, 8 KiB ... 4 MiB */
#define ALLOCATION_UNITS_MAX 64
#define ALLOCATION_PLACES    4 /* of a level in a unit, at most */

struct allocation_samples {
	/* Level l, unit u: the first write of a place after which 4 KiB << l around it have been
	 * touched; and, next to it in time, of a place that was written before, or the median of
	 * three. */
	double first[ALLOCATION_LEVELS][ALLOCATION_UNITS_MAX][ALLOCATION_PLACES];
	double second[ALLOCATION_LEVELS][ALLOCATION_UNITS_MAX][ALLOCATION_PLACES];
	uint32_t n;	 /* units, the same of each level */
	uint32_t levels; /* that a unit has room for; at least 2 */
	uint32_t places; /* of a level in a unit: 2 or 4, where there is room */
	bool fresh;	 /* nothing was written there before, for all that is known */
};

/* How many places a unit has of level l: its start, its middle, both quarters, then s->places. */
static inline uint32_t allocation_places(const struct allocation_samples *s, uint32_t l)
{
	uint32_t above = s->levels - 1 - l; /* levels */

	return above < 2 ? 1 : above == 2 ? 2 : s->places;
}

void conclude_allocation(struct detection *to, const struct allocation_samples *s);

/* --- pairs --- */

/* unwritten: reads of written and never-written places. */
void conclude_unwritten(struct detection *to, const double *written, const double *unwritten,
			uint32_t n);

/* wake: `reads` QD1 reads together with CPUs as they are, and kept awake. */
void conclude_wake(struct detection *to, const double *asleep, const double *awake, uint32_t n);

/* --- cache: first and second reads, then what adds to them --- */

#define CACHE_SPANS_MAX 19 /* 8 MiB to 2 TiB */

enum cache_hold { CACHE_HELD, CACHE_GONE, CACHE_OPEN }; /* OPEN: held in part, or too noisy */

/* A span that was read whole, and whether its oldest part is in the cache after that. */
struct cache_span {
	uint64_t bytes;
	enum cache_hold oldest;
};

void conclude_cache(struct detection *to, const double *first, const double *second, uint32_t n);

/* Reads of a span's oldest part, beside some of its newest and of places never read. */
struct cache_reads {
	const double *oldest, *newest, *never;
};

/* `ratio`: of reads that the cache does not answer to those that it does. */
enum cache_hold conclude_cache_span(const struct cache_reads *r, uint32_t n, double ratio);

/* The size, where spans up to one are held and those from the next one on, or the next but one, are
 * not; `span`: each twice the one before. */
void conclude_cache_knee(struct detection *to, const struct cache_span *span, uint32_t n);

/* Reads of other places, and of what was just written. `adds`: *to has a verdict of reads;
 * `holds_data`: no other place held zeros alone. */
void conclude_cache_of_writes(struct detection *to, bool adds, bool holds_data,
			      const double *others, const double *written, uint32_t n);

/* --- flush: a write, a synchronous one, a flush behind a write, and one more behind that --- */

struct flush_samples {
	const double *write, *sync, *flush, *empty;
	const double *asked;	 /* the way to the disk and back alone; NULL: not known */
	uint32_t n;		 /* of each, 150 at most */
	const char *write_cache; /* as the kernel says: "write back", "write through"; "": not known
				  */
};

void conclude_flush(struct detection *to, const struct flush_samples *s);

/* --- compress --- */

enum compress_kind { COMPRESS_UNIQUE, COMPRESS_REPEAT, COMPRESS_ZERO, COMPRESS_KINDS };

struct compress_samples {
	const double *write[COMPRESS_KINDS], *read[COMPRESS_KINDS];
	uint32_t writes_n, reads_n; /* of each kind */
};

void conclude_compress(struct detection *to, const struct compress_samples *s);

/* --- throttle: trains of reads after a rest --- */

#define THROTTLE_SIZES	    2
#define THROTTLE_TRAINS_MAX 24

struct throttle_samples {
	uint32_t bytes; /* of an I/O */
	uint32_t n;	/* trains */
	/* I/Os per second: over the first of a train, and at its end. */
	double early[THROTTLE_TRAINS_MAX], late[THROTTLE_TRAINS_MAX];
	double burst[THROTTLE_TRAINS_MAX]; /* I/Os that came before the late rate did */
};

void conclude_throttle(struct detection *to, const struct throttle_samples s[THROTTLE_SIZES]);

/* --- punt --- */

void conclude_punt(struct detection *to, uint32_t reads, uint32_t depth, uint32_t threads);

/* --- queue --- */

/* in_flight[i]: what the kernel had in flight, right after it was given `asked`. */
void conclude_queue(struct detection *to, const uint32_t *in_flight, uint32_t n, uint32_t asked);

#endif
