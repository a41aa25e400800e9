/* SPDX-License-Identifier: MIT */
/*
 * SPCR: where the firmware has its serial console. Linux on x86 uses this table for its early
 * console alone and never makes a console of it. Works on bytes, opens nothing.
 */
#ifndef TARE_HW_SPCR_H
#define TARE_HW_SPCR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPCR_PATH      "sys/firmware/acpi/tables/SPCR"
#define SPCR_MAX_BYTES 4096 /* without the name of its device at the end it has 84 */

struct spcr {
	bool is_port;	  /* address is one of I/O space, else of memory */
	uint64_t address; /* of the UART's first register; never 0 */
	uint32_t baud;	  /* 0: as the firmware has set it, or a speed that has no meaning */
};

/*
 * Microsoft's "Serial Port Console Redirection Table", revisions 1 to 4: configured baud rate, and
 * the precise one of revision 4, which goes before it. Returns 0; -EINVAL where this is no such
 * table, it is cut or its checksum is wrong; -ENODATA where it names no port (redirection is off,
 * or it is neither in memory nor in I/O space).
 */
int spcr_parse(struct spcr *to, const void *table, size_t len);

#endif
