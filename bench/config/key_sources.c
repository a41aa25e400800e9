// SPDX-License-Identifier: MIT
/* Where a booted appliance finds its keys: files below a given root. Reads them lowest first. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/keys.h"
#include "lib/file.h"

#define SOURCE_BYTES 16384
/* Offset of the count byte in a type 11 structure (SMBIOS 3.6, 7.12). */
#define SMBIOS_OEM_STRINGS_COUNT 4
#define SMBIOS_HEADER_BYTES	 5

/* Why a file that is there is not taken as words; NULL: it is. */
static const char *refusal(int ret, const struct buf *text)
{
	size_t len;

	if (ret == -EFBIG)
		return "more than 16 KiB";
	if (ret)
		return "cannot be read";
	len = text->len ? strnlen(text->data, text->len) : 0;
	while (len < text->len && !text->data[len]) /* zeros at the end hide nothing */
		len++;
	return len < text->len ? "holds zero bytes: should be plain text" : NULL;
}

/* The strings of one type 11 structure that begin with `tare:`, each as a line of words. */
static void read_oem_strings(struct config *config, const uint8_t *data, size_t len,
			     struct notes *notes)
{
	size_t at = len > SMBIOS_OEM_STRINGS_COUNT ? data[1] : len;
	char text[1024];

	if (at < SMBIOS_HEADER_BYTES)
		return;
	while (at < len && data[at]) {
		size_t n = strnlen((const char *)data + at, len - at);

		if (n - 5 >= sizeof(text) && n > 5 && !memcmp(data + at, "tare:", 5)) {
			keys_not_taken(config, CONFIG_FROM_PLATFORM,
				       "SMBIOS string: more than 1 KiB", notes);
		} else if (n > 5 && !memcmp(data + at, "tare:", 5)) {
			memcpy(text, data + at + 5, n - 5);
			text[n - 5] = '\0';
			keys_set_words(config, text, CONFIG_FROM_PLATFORM, notes);
		}
		at += n + 1;
	}
}

static void read_smbios(struct config *config, const char *root, struct notes *notes)
{
	char path[512];

	for (int i = 0; i < 16; i++) {
		struct buf raw = BUF_INIT;
		int ret;

		snprintf(path, sizeof(path), "%s/sys/firmware/dmi/entries/11-%d/raw", root, i);
		ret = file_read_all(&raw, path, SOURCE_BYTES);
		if (!ret)
			read_oem_strings(config, (const uint8_t *)raw.data, raw.len, notes);
		else if (ret != -ENOENT)
			keys_not_taken(config, CONFIG_FROM_PLATFORM,
				       "SMBIOS strings: cannot be read, or more than 16 KiB",
				       notes);
		buf_free(&raw);
	}
}

static void read_words(struct config *config, const char *root, const char *path,
		       enum config_source source, struct notes *notes)
{
	struct buf text = BUF_INIT;
	char full[512];
	const char *why;
	int ret;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	ret = file_read_all(&text, full, SOURCE_BYTES);
	why = ret == -ENOENT ? NULL : refusal(ret, &text);
	if (why)
		keys_not_taken(config, source, why, notes);
	else if (text.len)
		keys_set_words(config, text.data, source, notes);
	buf_free(&text);
}

void keys_read_boot(struct config *config, const char *root, const char *conf, struct notes *notes)
{
	static const struct {
		const char *path;
		enum config_source source;
	} file[] = {
		{ "tare.embed/tare.conf", CONFIG_FROM_EMBED },
		{ "sys/firmware/qemu_fw_cfg/by_name/opt/io.tare/config/raw", CONFIG_FROM_PLATFORM },
		{ "proc/cmdline", CONFIG_FROM_CMDLINE },
	};

	keys_set_words(config, conf, CONFIG_FROM_CONF, notes);
	read_smbios(config, root, notes);
	for (size_t i = 0; i < sizeof(file) / sizeof(file[0]); i++)
		read_words(config, root, file[i].path, file[i].source, notes);
}
