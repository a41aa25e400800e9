// SPDX-License-Identifier: MIT
/* Names the libraries that compute the checks; nothing else in the program does. */
#include "lib/digest.h"

#include <libdeflate.h>
#include <sha2.h>

uint32_t digest_crc32(const void *data, size_t len)
{
	return libdeflate_crc32(0, data, len);
}

void digest_sha256(char text[DIGEST_SHA256_TEXT], const void *data, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX context;

	SHA256Init(&context);
	if (len)
		SHA256Update(&context, data, len);
	SHA256Final(digest, &context);
	for (size_t i = 0; i < sizeof(digest); i++) {
		text[2 * i] = hex[digest[i] >> 4];
		text[2 * i + 1] = hex[digest[i] & 15];
	}
	text[2 * sizeof(digest)] = '\0';
}
