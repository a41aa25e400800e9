// SPDX-License-Identifier: MIT
/* The FADT, as sysfs has it. */
#include "probe/pm_timer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>

#include "lib/buf.h"
#include "lib/file.h"

#define FADT		 "/sys/firmware/acpi/tables/FACP"
#define FADT_PM_TMR_BLK	 76 /* 4 bytes */
#define FADT_PM_TMR_LEN	 91
#define FADT_LEAST_BYTES 116

uint16_t pm_timer_open(char why[PM_TIMER_WHY_BYTES])
{
	struct buf fadt = BUF_INIT;
	int ret = file_read_all(&fadt, FADT, 4096);
	uint32_t port = 0;

	if (!ret && fadt.len >= FADT_LEAST_BYTES && fadt.data[FADT_PM_TMR_LEN] == 4)
		memcpy(&port, fadt.data + FADT_PM_TMR_BLK, sizeof(port));
	buf_free(&fadt);
	if (ret)
		snprintf(why, PM_TIMER_WHY_BYTES, "PM timer: FADT: %s", strerror(-ret));
	else if (!port || port > 0xfffc)
		snprintf(why, PM_TIMER_WHY_BYTES, "PM timer: the FADT has none");
	else if (ioperm(port, 4, 1))
		snprintf(why, PM_TIMER_WHY_BYTES, "PM timer: ioperm: %s", strerror(errno));
	else
		return (uint16_t)port;
	return 0;
}
