/* SPDX-License-Identifier: MIT */
/* Base64 of RFC 4648 section 4, with padding, without line breaks. */
#ifndef TARE_LIB_BASE64_H
#define TARE_LIB_BASE64_H

#include <stddef.h>
#include <stdint.h>

#define BASE64_TEXT_BYTES(len)	    (((len) + 2) / 3 * 4 + 1) /* with the NUL */
#define BASE64_DATA_BYTES(text_len) ((text_len) / 4 * 3)

/* `text` holds BASE64_TEXT_BYTES(len). Returns the length without the NUL. */
size_t base64_encode(char *text, const void *data, size_t len);

/* `data` holds BASE64_DATA_BYTES(text_len). Returns the length, or -EINVAL (bad character, length
 * or padding). */
int base64_decode(uint8_t *data, const char *text, size_t text_len);

#endif
