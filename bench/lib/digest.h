/* SPDX-License-Identifier: MIT */
/*
 * Checks of bytes: CRC-32 as in zlib and Ethernet (polynomial 0xEDB88320, reflected; by
 * libdeflate), SHA-256 (FIPS 180-4, by libmd).
 */
#ifndef TARE_LIB_DIGEST_H
#define TARE_LIB_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_SHA256_TEXT 65 /* 64 hex digits and the NUL */

uint32_t digest_crc32(const void *data, size_t len);
void digest_sha256(char text[DIGEST_SHA256_TEXT], const void *data, size_t len);

#endif
