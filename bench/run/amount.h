/* SPDX-License-Identifier: MIT */
/* How much a job does: fio's rules of when a loop and when a job ends, as arithmetic. */
#ifndef TARE_RUN_AMOUNT_H
#define TARE_RUN_AMOUNT_H

#include <stdint.h>

#include "model/workload.h"

/*
 * Blocks of bs that the region of `size_bytes` has, of which `room_bytes` (>= size_bytes) are there
 * to the end of the span. As in fio, sequential I/O fills the region's last block even where that
 * lies only partly in it, as long as the span goes on; random I/O keeps within the region.
 */
uint64_t amount_blocks(const struct workload *w, uint64_t size_bytes, uint64_t room_bytes);

/*
 * I/Os of the whole job over such a region; UINT64_MAX: it ends by time alone. fio 3.33, backend.c
 * (do_io(), keep_running(), io_issue_bytes_exceeded()), held against fio itself by
 * tests/golden/test_fio_semantics.py:
 *
 * - A pass ends with the region, or with random blocks that may repeat after as many bytes.
 * - There are `loops` passes; then more until io_size lacks less than a block.
 * - It ends at the latest with loops x io_size (or x size) bytes, or loops x number_ios I/Os.
 *
 * Of readwrite and randrw in more than one loop with an io_size fio makes less regular numbers.
 */
uint64_t amount_ios(const struct workload *w, uint64_t size_bytes, uint64_t room_bytes);

#endif
