// SPDX-License-Identifier: MIT
/* Reads the table; everything in it was written by firmware and may be nonsense. */
#include "hw/spcr.h"

#include <errno.h>
#include <string.h>

#include "store/bytes.h"

/* Offsets of its fields. */
enum {
	AT_LENGTH = 4,
	AT_REVISION = 8,
	AT_SPACE = 40,
	AT_ADDRESS = 44,
	AT_BAUD = 58,
	AT_PRECISE_BAUD = 80,
	BYTES_MIN = 80,
	BYTES_PRECISE = 84,
};

enum { SPACE_MEMORY, SPACE_PORT };

#define REVISION_PRECISE 4
#define PORT_MAX	 0xffff

static const uint32_t configured_baud[] = { [3] = 9600, [4] = 19200, [6] = 57600, [7] = 115200 };

static bool sums_to_zero(const uint8_t *bytes, size_t len)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return !sum;
}

static uint32_t baud_of(const uint8_t *bytes, uint32_t length)
{
	uint8_t code = bytes[AT_BAUD];

	if (bytes[AT_REVISION] >= REVISION_PRECISE && length >= BYTES_PRECISE &&
	    bytes_le32(bytes + AT_PRECISE_BAUD))
		return bytes_le32(bytes + AT_PRECISE_BAUD);
	return code < sizeof(configured_baud) / sizeof(configured_baud[0]) ? configured_baud[code]
									   : 0;
}

int spcr_parse(struct spcr *to, const void *table, size_t len)
{
	const uint8_t *bytes = table;
	struct spcr spcr;
	uint32_t length;

	if (len < BYTES_MIN || memcmp(bytes, "SPCR", 4))
		return -EINVAL;
	length = bytes_le32(bytes + AT_LENGTH);
	if (length < BYTES_MIN || length > len || !sums_to_zero(bytes, length))
		return -EINVAL;
	spcr = (struct spcr){ .is_port = bytes[AT_SPACE] == SPACE_PORT,
			      .address = bytes_le64(bytes + AT_ADDRESS),
			      .baud = baud_of(bytes, length) };
	if (bytes[AT_SPACE] > SPACE_PORT || !spcr.address ||
	    (spcr.is_port && spcr.address > PORT_MAX))
		return -ENODATA;
	*to = spcr;
	return 0;
}
