// SPDX-License-Identifier: MIT
/* Fuzz target: any bytes as what a booted machine hands over: SMBIOS structures, fw_cfg, the embed
 * area, the kernel command line. Words that cannot be read to the end turn writing off. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/keys.h"
#include "lib/file.h"

#define SOURCE_BYTES 16384 /* what a source may hold */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const sources[] = {
	"sys/firmware/dmi/entries/11-0/raw",
	"sys/firmware/qemu_fw_cfg/by_name/opt/io.tare/config/raw",
	"tare.embed/tare.conf",
	"proc/cmdline",
};

#define SOURCES (sizeof(sources) / sizeof(sources[0]))

static char root[64];

static void check(bool right)
{
	if (!right)
		abort();
}

static void remove_root(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	check(!system(command));
}

/* One tree for the whole run, in memory where there is /dev/shm. */
static void make_root(void)
{
	char command[512];

	snprintf(root, sizeof(root), "%s/tare-fuzz-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	check(mkdtemp(root) != NULL);
	atexit(remove_root);
	for (size_t i = 0; i < SOURCES; i++) {
		snprintf(command, sizeof(command), "mkdir -p \"$(dirname '%s/%s')\"", root,
			 sources[i]);
		check(!system(command));
	}
}

static void put(const char *source, const uint8_t *data, size_t size)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, source);
	file = fopen(path, "wb");
	check(file && fwrite(data, 1, size, file) == size && !fclose(file));
}

/* A byte behind a zero byte that is not zero: nothing reads that far. */
static bool is_cut(const uint8_t *data, size_t size)
{
	const uint8_t *zero = memchr(data, '\0', size);

	while (zero && zero < data + size && !*zero)
		zero++;
	return zero && zero < data + size;
}

static void read_from(size_t source, const uint8_t *data, size_t size)
{
	struct notes notes = { 0 };
	struct config config, again;
	bool said_off = false;

	put(sources[source], data, size);
	keys_default(&config, true);
	keys_read_boot(&config, root, "", &notes);
	for (size_t i = 0; i < notes.n; i++)
		said_off = said_off || strstr(notes.text[i], "writing is off");
	check(config.writing_off == said_off);
	if (size > SOURCE_BYTES || (source && is_cut(data, size)))
		check(config.writing_off);
	/* And the highest source still has the last word. */
	again = config;
	keys_set_words(&again, "tare.write=no", CONFIG_FROM_CMDLINE, &notes);
	check(again.write == CONFIG_WRITE_NO);
	put(sources[source], data, 0);
	notes_free(&notes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!root[0])
		make_root();
	for (size_t i = 0; i < SOURCES; i++)
		read_from(i, data, size);
	return 0;
}
