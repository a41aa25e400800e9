// SPDX-License-Identifier: MIT
/* Fuzz target: any bytes as the words of every source of boot keys. Values keep to their ranges,
 * and whatever is said of writing and not understood turns it off. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
	if (!right)
		abort();
}

static void check_config(const struct config *config, const struct notes *notes)
{
	bool said_off = false;

	check(config->suite[0] && config->target[0]);
	check(config->write <= CONFIG_WRITE_YES && config->end <= CONFIG_END_SHELL);
	check(!config->span_bytes || config->span_bytes >= 1 << 20);
	check(config->rounds <= 1000 && config->seed < UINT64_C(1) << 53);
	check(config->wait_s <= 3600 && config->linger_s <= 86400);
	for (size_t i = 0; i < notes->n; i++)
		said_off = said_off || strstr(notes->text[i], "writing is off");
	check(config->writing_off == said_off);
	for (int i = 0; i < CONFIG_KEYS_N; i++) {
		struct buf value = BUF_INIT;
		struct config again = *config;
		struct err e = ERR_INIT;

		keys_value_text(&value, config, i);
		if (config->source[i] != CONFIG_FROM_DEFAULT)
			check(!keys_set(&again, keys_name(i), value.data, config->source[i], &e));
		check(!memcmp(&again, config, sizeof(again)));
		buf_free(&value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	check(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	for (int source = CONFIG_FROM_EMBED; source < CONFIG_SOURCES_N; source++) {
		struct notes notes = { 0 };
		struct config config;

		keys_default(&config, true);
		keys_set_words(&config, text, source, &notes);
		check_config(&config, &notes);
		notes_free(&notes);
	}
	free(text);
	return 0;
}
