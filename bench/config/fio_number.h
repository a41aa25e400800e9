/* SPDX-License-Identifier: MIT */
/* Numbers as fio 3.33 reads them in job files, which is not how anybody else reads them. */
#ifndef TARE_CONFIG_FIO_NUMBER_H
#define TARE_CONFIG_FIO_NUMBER_H

#include <stdint.h>

/*
 * A whole number (HOWTO.rst: "int"): decimal digits, or hexadecimal ones behind 0x; then none or
 * one of the suffixes k, m, g, t, p in either case, for powers of 1024, with i or b behind it or
 * alone. With `ib` the same letters are powers of 1000: fio swaps what SI and IEC say, for old
 * scripts (kb_base=1024). What fio overlooks behind the number is refused here. Returns 0, -EINVAL
 * (no number) or -ERANGE (does not fit 64 bits); *value is untouched on error.
 */
int fio_number(const char *text, uint64_t *value);

/* The same, or a percentage ("25%", 0 to 100) as WORKLOAD_SHARE | percent. */
int fio_number_or_share(const char *text, uint64_t *value);

#endif
