/* SPDX-License-Identifier: MIT */
/* Arrays that grow by one, and take memory by twos. */
#ifndef TARE_LIB_GROW_H
#define TARE_LIB_GROW_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Room for one more behind the n elements of `bytes` each, all of which came one by one by this
 * function; `array` may be NULL where n is 0. Returns the array, which may have moved; NULL: no
 * memory, and the old one is as it was. */
static inline void *grow(void *array, uint32_t n, size_t bytes)
{
	return n & (n - 1) ? array : realloc(array, (n ? 2 * (size_t)n : 1) * bytes);
}

#endif
