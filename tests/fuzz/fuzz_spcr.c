// SPDX-License-Identifier: MIT
/* The firmware's table of its serial console: any bytes give an error or a port that can be. */
#include <stdlib.h>
#include <string.h>

#include "hw/spcr.h"
#include "store/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const uint8_t *data, size_t len)
{
	struct spcr spcr;

	if (!spcr_parse(&spcr, data, len) &&
	    (!spcr.address || (spcr.is_port && spcr.address > 0xffff)))
		abort();
}

/* Makes the checksum right, so that what lies behind it is reached. */
static void seal(uint8_t *data, size_t len)
{
	uint32_t length = len >= 10 ? bytes_le32(data + 4) : 0;
	uint8_t sum = 0;

	if (length < 10 || length > len)
		return;
	data[9] = 0;
	for (uint32_t i = 0; i < length; i++)
		sum = (uint8_t)(sum + data[i]);
	data[9] = (uint8_t)-sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len + !len);

	if (!copy)
		return 0;
	check(data, len);
	memcpy(copy, data, len);
	seal(copy, len);
	check(copy, len);
	free(copy);
	return 0;
}
