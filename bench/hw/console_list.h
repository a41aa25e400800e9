/* SPDX-License-Identifier: MIT */
/*
 * Which consoles this machine has: the one list that process 1 and the program go by. Reads files,
 * opens no console.
 *
 * On bare metal a UART may lead to a device that takes our text for commands (a UPS, a controller),
 * so only what somebody named is written to: what the kernel uses (console= on its command line)
 * and the port of the firmware's SPCR table. What a virtual machine has was given to it for us:
 * every port.
 */
#ifndef TARE_HW_CONSOLE_LIST_H
#define TARE_HW_CONSOLE_LIST_H

#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#define CONSOLE_LIST_MAX 16
#define CONSOLE_BAUD	 115200 /* of a port whose speed nobody says */

enum console_reason {
	CONSOLE_BY_KERNEL,  /* it writes there: named by console=, or its own default */
	CONSOLE_BY_NAME,    /* console=, but of several serial ports the kernel takes only one */
	CONSOLE_BY_SPCR,    /* the firmware's serial console */
	CONSOLE_BY_MACHINE, /* of a virtual machine; named by nobody */
};

struct console_row {
	char name[32]; /* "tty0", "ttyS1", "hvc0" */
	enum console_reason reason;
	uint64_t port, memory; /* where the UART is; 0: not there, or it is no UART */
	uint32_t baud;	       /* to be set; 0: the kernel has set it */
};

struct console_list {
	struct console_row row[CONSOLE_LIST_MAX]; /* the kernel's first, in its order */
	uint32_t n;
};

/*
 * What ROOT/sys/class/tty, ROOT/proc/cmdline, ROOT's SPCR table and the machine's hypervisor
 * (hw/host_virt.c) say. UARTs that are configured but not there (type 0) are left out. Never fails;
 * the list may be empty.
 */
void console_list_read(struct console_list *list, const char *root);

/* The constant of a speed for cfsetspeed(); of CONSOLE_BAUD where there is none. */
speed_t console_speed(uint32_t baud);

/* "ttyS1 (port 0x2f8, 115200 baud, named by the firmware)" in at most to_bytes; returns `to`. */
char *console_row_words(char *to, size_t to_bytes, const struct console_row *row);

#endif
