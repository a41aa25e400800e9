// SPDX-License-Identifier: MIT
/* Which consoles a machine has, over trees as sysfs shows them. */
#include "unit.h"

#include "hw/console_list.h"
#include "spcr_table.h"

/* A UART of a tree. */
struct uart {
	uint32_t number, type;
	const char *port, *memory;
};

#define COM(n, type, port)                                                                         \
	{                                                                                          \
		n, type, port, "0x0"                                                               \
	}

struct tree {
	const char *what;
	const char *active;  /* NULL: no such file */
	const char *cmdline; /* likewise */
	struct uart uart[4]; /* up to the first without a port */
	bool hvc;
	const char *vendor; /* as DMI says it */
	const char *spcr;   /* "port" or "memory"; NULL: none */
	uint64_t spcr_address;
	const char *want;
};

static void make(const char *root, const struct tree *tree)
{
	char path[128], text[64];

	if (tree->active)
		temp_text(root, "sys/class/tty/console/active", tree->active);
	if (tree->cmdline)
		temp_text(root, "proc/cmdline", tree->cmdline);
	for (size_t i = 0; i < N(tree->uart) && tree->uart[i].port; i++) {
		const struct uart *u = &tree->uart[i];

		snprintf(path, sizeof(path), "sys/class/tty/ttyS%u/type", u->number);
		snprintf(text, sizeof(text), "%u\n", u->type);
		temp_text(root, path, text);
		snprintf(path, sizeof(path), "sys/class/tty/ttyS%u/port", u->number);
		temp_text(root, path, u->port);
		snprintf(path, sizeof(path), "sys/class/tty/ttyS%u/iomem_base", u->number);
		temp_text(root, path, u->memory);
	}
	if (tree->hvc)
		temp_text(root, "sys/class/tty/hvc0/dev", "229:0\n");
	if (tree->vendor)
		temp_text(root, "sys/class/dmi/id/sys_vendor", tree->vendor);
	if (tree->spcr) {
		struct spcr_table t =
			spcr_table_make(!strcmp(tree->spcr, "port"), tree->spcr_address, 6);

		temp_write(root, "sys/firmware/acpi/tables/SPCR", t.bytes, 80);
	}
}

static const struct tree trees[] = {
	{ .what = "nothing at all", .want = "" },
	{ .what = "a screen, bare metal",
	  .active = "tty0\n",
	  .uart = { COM(0, 0, "0x3F8\n"), COM(1, 0, "0x2F8\n") },
	  .want = "tty0" },
	{ .what = "bare metal: no port that nobody named",
	  .active = "tty0\n",
	  .uart = { COM(0, 4, "0x3F8\n"), COM(1, 4, "0x2F8\n") },
	  .want = "tty0" },
	{ .what = "console= names a port",
	  .active = "tty0 ttyS1\n",
	  .uart = { COM(0, 0, "0x3F8\n"), COM(1, 4, "0x2F8\n") },
	  .want = "tty0 ttyS1@0" },
	{ .what = "console= names a port that is not there",
	  .active = "tty0 ttyS0\n",
	  .uart = { COM(0, 0, "0x3F8\n"), COM(1, 4, "0x2F8\n") },
	  .want = "tty0" },
	{ .what = "console= names two ports, of which the kernel takes one",
	  .active = "tty0 ttyS0\n",
	  .cmdline =
		  "quiet console=tty0 console=ttyS0,115200 console=ttyS1,57600n8 xconsole=ttyS2\n",
	  .uart = { COM(0, 4, "0x3F8\n"), COM(1, 4, "0x2F8\n"), COM(2, 4, "0x3E8\n") },
	  .want = "tty0 ttyS0@0 ttyS1@57600" },
	{ .what = "console= without a speed, and what is no port of ours",
	  .active = "tty0\n",
	  .cmdline = "console=ttyS1 console=../x console=hvc0/x console=tty7 console=uart,io,0x3f8 "
		     "console=ttyS0,115200 console=ttyS1",
	  .uart = { COM(0, 0, "0x3F8\n"), COM(1, 4, "0x2F8\n") },
	  .want = "tty0 ttyS1@115200" },
	{ .what = "the firmware names COM2",
	  .active = "tty0\n",
	  .uart = { COM(0, 0, "0x3F8\n"), COM(1, 4, "0x2F8\n"), COM(2, 4, "0x3E8\n") },
	  .spcr = "port",
	  .spcr_address = 0x2f8,
	  .want = "tty0 ttyS1@57600" },
	{ .what = "its number says nothing: a card took the place of COM2",
	  .active = "tty0\n",
	  .uart = { COM(0, 0, "0x3F8\n"), COM(1, 4, "0xC3B0\n"), COM(2, 4, "0x2F8\n") },
	  .spcr = "port",
	  .spcr_address = 0x2f8,
	  .want = "tty0 ttyS2@57600" },
	{ .what = "the firmware names a port in memory",
	  .active = "tty0\n",
	  .uart = { COM(0, 0, "0x3F8\n"), { 1, 4, "0x0\n", "0xFE034000\n" } },
	  .spcr = "memory",
	  .spcr_address = 0xfe034000,
	  .want = "tty0 ttyS1@57600" },
	{ .what = "an address in memory is no port",
	  .active = "tty0\n",
	  .uart = { COM(0, 0, "0x3F8\n"), COM(1, 4, "0x2F8\n") },
	  .spcr = "memory",
	  .spcr_address = 0x2f8,
	  .want = "tty0" },
	{ .what = "the firmware names what the kernel uses already, at the kernel's speed",
	  .active = "tty0 ttyS0\n",
	  .uart = { COM(0, 4, "0x3F8\n"), COM(1, 4, "0x2F8\n") },
	  .spcr = "port",
	  .spcr_address = 0x3f8,
	  .want = "tty0 ttyS0@0" },
	{ .what = "the firmware names a port without a UART behind it",
	  .active = "tty0\n",
	  .uart = { COM(0, 0, "0x3F8\n"), COM(1, 0, "0x2F8\n") },
	  .spcr = "port",
	  .spcr_address = 0x2f8,
	  .want = "tty0" },
	{ .what = "a virtual machine: every port",
	  .active = "tty0 ttyS0\n",
	  .uart = { COM(0, 4, "0x3F8\n"), COM(1, 4, "0x2F8\n"), COM(2, 0, "0x3E8\n"),
		    COM(3, 4, "0x2E8\n") },
	  .hvc = true,
	  .vendor = "QEMU\n",
	  .want = "tty0 ttyS0@0 ttyS1@115200 ttyS3@115200 hvc0" },
	{ .what = "a virtual machine whose firmware names a port's speed",
	  .active = "tty0\n",
	  .uart = { COM(0, 4, "0x3F8\n"), COM(1, 4, "0x2F8\n") },
	  .vendor = "VMware, Inc.\n",
	  .spcr = "port",
	  .spcr_address = 0x2f8,
	  .want = "tty0 ttyS1@57600 ttyS0@115200" },
	{ .what = "hvc0 named by console= is there once",
	  .active = "hvc0\n",
	  .hvc = true,
	  .vendor = "QEMU\n",
	  .want = "hvc0" },
};

/* The list as "name@baud" for UARTs, else "name". */
static void words(char *to, size_t to_bytes, const struct console_list *list)
{
	size_t len = 0;

	to[0] = '\0';
	for (uint32_t i = 0; i < list->n && len < to_bytes; i++) {
		const struct console_row *row = &list->row[i];

		len += (size_t)snprintf(to + len, to_bytes - len, "%s%s", i ? " " : "", row->name);
		if (row->port || row->memory)
			len += (size_t)snprintf(to + len, to_bytes - len, "@%u", row->baud);
	}
}

/* This test will check who gets output, on bare metal and in virtual machines. */
static void consoles_should_be_those_that_were_named(void **state)
{
	char root[PATH_MAX], got[256];
	struct console_list list;

	(void)state;
	for (size_t i = 0; i < N(trees); i++) {
		temp_make(root);
		make(root, &trees[i]);
		console_list_read(&list, root);
		words(got, sizeof(got), &list);
		if (strcmp(got, trees[i].want))
			print_error("%s: got \"%s\", want \"%s\"\n", trees[i].what, got,
				    trees[i].want);
		assert_string_equal(got, trees[i].want);
		temp_remove(root);
	}
}

/* This test will check that a table that is damaged names no port. */
static void damaged_table_should_name_no_port(void **state)
{
	struct spcr_table t = spcr_table_make(1, 0x2f8, 7);
	char root[PATH_MAX];
	struct console_list list;

	(void)state;
	temp_make(root);
	temp_text(root, "sys/class/tty/ttyS0/type", "0\n");
	temp_text(root, "sys/class/tty/ttyS1/type", "4\n");
	temp_text(root, "sys/class/tty/ttyS1/port", "0x2F8\n");
	for (size_t i = 0; i < 80; i++) {
		t.bytes[i] ^= 1;
		temp_write(root, "sys/firmware/acpi/tables/SPCR", t.bytes, 80);
		console_list_read(&list, root);
		check_number("damaged", list.n, 0);
		t.bytes[i] ^= 1;
	}
	temp_write(root, "sys/firmware/acpi/tables/SPCR", t.bytes, 80);
	console_list_read(&list, root);
	check_number("whole", list.n, 1);
	temp_remove(root);
}

/* This test will check that more consoles than the list holds are left out, and names too long. */
static void list_should_end_where_it_is_full(void **state)
{
	char root[PATH_MAX], active[256] = "a_name_that_is_longer_than_any_terminal_has";
	struct console_list list;

	(void)state;
	for (int i = 0; i < 20; i++)
		snprintf(active + strlen(active), sizeof(active) - strlen(active), " tty%d", i);
	temp_make(root);
	temp_text(root, "sys/class/tty/console/active", active);
	console_list_read(&list, root);
	check_number("rows", list.n, CONSOLE_LIST_MAX);
	assert_string_equal(list.row[0].name, "tty0");
	temp_remove(root);
}

/* This test will check what a person reads about a console. */
static void words_should_say_where_a_port_is(void **state)
{
	static const struct {
		struct console_row row;
		const char *want;
	} cases[] = {
		{ { .name = "tty0" }, "tty0" },
		{ { .name = "ttyS0", .port = 0x3f8 }, "ttyS0 (port 0x3f8)" },
		{ { .name = "ttyS1", .port = 0x2f8, .baud = 57600, .reason = CONSOLE_BY_SPCR },
		  "ttyS1 (port 0x2f8, 57600 baud, named by the firmware)" },
		{ { .name = "ttyS4",
		    .memory = 0xfe034000,
		    .baud = 115200,
		    .reason = CONSOLE_BY_MACHINE },
		  "ttyS4 (memory 0xfe034000, 115200 baud)" },
	};
	char got[96];

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(console_row_words(got, sizeof(got), &cases[i].row),
				    cases[i].want);
	assert_int_equal(console_speed(9600), B9600);
	assert_int_equal(console_speed(921600), B921600);
	assert_int_equal(console_speed(12345), B115200);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(consoles_should_be_those_that_were_named),
		cmocka_unit_test(damaged_table_should_name_no_port),
		cmocka_unit_test(list_should_end_where_it_is_full),
		cmocka_unit_test(words_should_say_where_a_port_is),
	};

	return cmocka_run_group_tests_name("console_list", tests, NULL, NULL);
}
