/* SPDX-License-Identifier: MIT */
/* The part of a slot that no header tells of: see store/slots.h, whose own this is. */
#ifndef TARE_STORE_SLOTS_HTML_H
#define TARE_STORE_SLOTS_HTML_H

#include "lib/buf.h"
#include "lib/err.h"
#include "store/block.h"
#include "store/fat.h"
#include "store/slots.h"

/* Finds the file of slot `index`, whose JSON is known; leaves the slot without where there is none,
 * or one that is not as it was made: it may be a user's. */
void slots_html_locate(struct slot *slot, const struct fat *fat, uint32_t index);

/* Before the header: what stood there is gone, with the next flush. Returns 0 or -errno. */
int slots_html_empty(const struct slots_file *file, const struct block *disk);

/* After the header, and with its own flushes. Sets *e where a place for it is there and it could
 * not be written: then the file shows nothing. */
void slots_html_store(const struct slots_file *file, const struct block *disk,
		      const struct buf *html, struct err *e);

#endif
