// SPDX-License-Identifier: MIT
/* From what sysfs, firmware and hypervisor say to the list of consoles. */
#include "hw/console_list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/host_readers.h"
#include "hw/spcr.h"
#include "lib/file.h"
#include "lib/str.h"

#define UARTS_MAX 32

static bool is_listed(const struct console_list *list, const char *name)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (!strcmp(list->row[i].name, name))
			return true;
	return false;
}

/* An attribute as the kernel's serial drivers print addresses: "0x2F8"; 0 where it is not there. */
static uint64_t read_hex(const char *root, const char *name, const char *attribute)
{
	char text[32];

	if (file_read_text(text, sizeof(text), root, "sys/class/tty/%s/%s", name, attribute) <= 0)
		return 0;
	return strtoull(text, NULL, 16);
}

static bool has_head(const char *text, const char *head)
{
	return !strncmp(text, head, strlen(head));
}

static bool is_uart(const char *name)
{
	return has_head(name, "ttyS");
}

/* A UART that is configured but not there has type 0 and no use. */
static bool is_absent(const char *root, const char *name)
{
	uint64_t type;

	return is_uart(name) && !file_read_u64(&type, root, "sys/class/tty/%s/type", name) && !type;
}

static void add(struct console_list *list, const char *root, const char *name,
		enum console_reason reason, uint32_t baud)
{
	struct console_row *row = &list->row[list->n];

	if (list->n == CONSOLE_LIST_MAX || strlen(name) >= sizeof(row->name) ||
	    is_listed(list, name) || is_absent(root, name))
		return;
	*row = (struct console_row){ .reason = reason, .baud = baud };
	str_copy(row->name, sizeof(row->name), name);
	if (is_uart(name)) {
		row->port = read_hex(root, name, "port");
		row->memory = read_hex(root, name, "iomem_base");
	}
	list->n++;
}

static void add_kernels(struct console_list *list, const char *root)
{
	char active[256], *save = NULL;

	if (file_read_text(active, sizeof(active), root, "sys/class/tty/console/active") <= 0)
		return;
	for (char *name = strtok_r(active, " ", &save); name; name = strtok_r(NULL, " ", &save))
		add(list, root, name, CONSOLE_BY_KERNEL, 0);
}

/* One that takes bytes, and is written to whether the kernel does or not. */
static bool is_serial(const char *name)
{
	return is_uart(name) || has_head(name, "ttyUSB") || has_head(name, "hvc");
}

/* "console=ttyS1,57600n8", as the kernel's documentation has it. */
static void add_word(struct console_list *list, const char *root, char *word)
{
	char *comma = strchr(word, ',');
	unsigned long baud = comma ? strtoul(comma + 1, NULL, 10) : 0;

	if (comma)
		*comma = '\0';
	if (is_serial(word) && !strchr(word, '/'))
		add(list, root, word, CONSOLE_BY_NAME,
		    baud && baud <= UINT32_MAX ? (uint32_t)baud : CONSOLE_BAUD);
}

static void add_named(struct console_list *list, const char *root)
{
	char line[4096], *save = NULL; /* the kernel's has at most 2048 */

	if (file_read_text(line, sizeof(line), root, "proc/cmdline") <= 0)
		return;
	for (char *word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (has_head(word, "console="))
			add_word(list, root, word + strlen("console="));
}

/* False: no such table, or it names no port. */
static bool read_spcr(struct spcr *spcr, const char *root)
{
	char path[sizeof(SPCR_PATH) + 256];
	struct buf table = BUF_INIT;
	bool found;

	snprintf(path, sizeof(path), "%s/" SPCR_PATH, root);
	found = !file_read_all(&table, path, SPCR_MAX_BYTES) &&
		!spcr_parse(spcr, table.data, table.len);
	buf_free(&table);
	return found;
}

/* The ports of the serial drivers, numbered without gaps. False: there is no port of this number.
 */
static bool uart_name(char name[32], const char *root, uint32_t number)
{
	char type[32];

	snprintf(name, 32, "ttyS%" PRIu32, number);
	return file_read_text(type, sizeof(type), root, "sys/class/tty/%s/type", name) >= 0;
}

static void add_firmwares(struct console_list *list, const char *root)
{
	struct spcr spcr;
	char name[32];

	if (!read_spcr(&spcr, root))
		return;
	for (uint32_t i = 0; i < UARTS_MAX && uart_name(name, root, i); i++)
		if (read_hex(root, name, spcr.is_port ? "port" : "iomem_base") == spcr.address)
			add(list, root, name, CONSOLE_BY_SPCR,
			    spcr.baud ? spcr.baud : CONSOLE_BAUD);
}

static bool is_virtual(const char *root)
{
	struct host_value hypervisor = { 0 };

	return !host_virt_hypervisor(&hypervisor, root) && strcmp(hypervisor.text, "none");
}

static void add_machines(struct console_list *list, const char *root)
{
	char name[32], type[32];

	if (!is_virtual(root))
		return;
	for (uint32_t i = 0; i < UARTS_MAX && uart_name(name, root, i); i++)
		add(list, root, name, CONSOLE_BY_MACHINE, CONSOLE_BAUD);
	if (file_read_text(type, sizeof(type), root, "sys/class/tty/hvc0/dev") > 0)
		add(list, root, "hvc0", CONSOLE_BY_MACHINE, 0);
}

void console_list_read(struct console_list *list, const char *root)
{
	*list = (struct console_list){ 0 };
	add_kernels(list, root);
	add_named(list, root);
	add_firmwares(list, root);
	add_machines(list, root);
}

speed_t console_speed(uint32_t baud)
{
	static const struct {
		uint32_t baud;
		speed_t speed;
	} rows[] = { { 9600, B9600 },	  { 19200, B19200 },   { 38400, B38400 },
		     { 57600, B57600 },	  { 115200, B115200 }, { 230400, B230400 },
		     { 460800, B460800 }, { 921600, B921600 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].baud == baud)
			return rows[i].speed;
	return B115200;
}

char *console_row_words(char *to, size_t to_bytes, const struct console_row *row)
{
	static const char *const because[] = { [CONSOLE_BY_KERNEL] = "",
					       [CONSOLE_BY_NAME] = "",
					       [CONSOLE_BY_SPCR] = ", named by the firmware",
					       [CONSOLE_BY_MACHINE] = "" };
	char baud[32] = "";

	if (row->baud)
		snprintf(baud, sizeof(baud), ", %" PRIu32 " baud", row->baud);
	if (row->port || row->memory)
		snprintf(to, to_bytes, "%s (%s 0x%" PRIx64 "%s%s)", row->name,
			 row->port ? "port" : "memory", row->port ? row->port : row->memory, baud,
			 because[row->reason]);
	else
		snprintf(to, to_bytes, "%s", row->name);
	return to;
}
