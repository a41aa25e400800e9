// SPDX-License-Identifier: MIT
/* Puts documents together; looks into none. */
#include "collect/join.h"

void collect_join(struct buf *to, const struct buf *document, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (n > 1)
			buf_puts(to, i ? ",\n" : "[\n");
		buf_add(to, document[i].data, document[i].len);
	}
	if (n > 1)
		buf_puts(to, "]\n");
}
