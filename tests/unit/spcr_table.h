/* SPDX-License-Identifier: MIT */
/* SPCR tables for tests, as firmware makes them. */
#ifndef TARE_TESTS_SPCR_TABLE_H
#define TARE_TESTS_SPCR_TABLE_H

#include <stdint.h>
#include <string.h>

#include "store/bytes.h"

#define SPCR_TABLE_BYTES 90 /* of revision 4, with a name of two characters */

struct spcr_table {
	uint8_t bytes[SPCR_TABLE_BYTES];
};

/* Makes the checksum right again after a change. */
static inline void spcr_table_seal(struct spcr_table *t)
{
	uint32_t length = bytes_le32(t->bytes + 4);
	uint8_t sum = 0;

	t->bytes[9] = 0;
	for (uint32_t i = 0; i < length && i < sizeof(t->bytes); i++)
		sum = (uint8_t)(sum + t->bytes[i]);
	t->bytes[9] = (uint8_t)-sum;
}

/* Revision 2: a 16550 at `address` of `space` (0 memory, 1 I/O), `baud` as the table codes it. */
static inline struct spcr_table spcr_table_make(uint8_t space, uint64_t address, uint8_t baud)
{
	struct spcr_table t = { { 'S', 'P', 'C', 'R', 80 } };

	t.bytes[8] = 2;
	memcpy(t.bytes + 10, "ACME  SERVER01", 14);
	t.bytes[40] = space;
	t.bytes[41] = 8; /* bits */
	t.bytes[43] = 1; /* accessed by bytes */
	bytes_put_le32(t.bytes + 44, (uint32_t)address);
	bytes_put_le32(t.bytes + 48, (uint32_t)(address >> 32));
	t.bytes[52] = 1;
	t.bytes[53] = 3;
	t.bytes[58] = baud;
	t.bytes[60] = 1;
	t.bytes[62] = 3;
	memset(t.bytes + 64, 0xff, 4); /* no PCI device */
	spcr_table_seal(&t);
	return t;
}

#endif
