/* SPDX-License-Identifier: MIT */
/* For fuzzers of disk formats: the input stands at the start of a disk of zeros. */
#ifndef TARE_TESTS_SPARSE_H
#define TARE_TESTS_SPARSE_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/block.h"

struct sparse {
	struct block block;
	const uint8_t *data;
	size_t len;
};

static inline int sparse_read(void *self, void *to, size_t len, uint64_t offset)
{
	const struct sparse *sparse = self;
	size_t n = 0;

	if (offset < sparse->len) {
		n = sparse->len - (size_t)offset < len ? sparse->len - (size_t)offset : len;
		memcpy(to, sparse->data + offset, n);
	}
	memset((char *)to + n, 0, len - n);
	return 0;
}

/* `size_bytes` at least, more where the input is longer. */
static inline void sparse_init(struct sparse *sparse, const uint8_t *data, size_t len,
			       uint64_t size_bytes, uint32_t sector_bytes)
{
	*sparse = (struct sparse){
		.block = { .self = sparse,
			   .size_bytes = len > size_bytes ? len : size_bytes,
			   .sector_bytes = sector_bytes,
			   .read = sparse_read },
		.data = data,
		.len = len,
	};
}

/* Stops the fuzzer at what must never be. */
#define SPARSE_DEMAND(condition)                                                                   \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

#endif
