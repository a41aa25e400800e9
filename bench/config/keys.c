// SPDX-License-Identifier: MIT
/* The table of boot keys, and the words that set them. Knows names, types and ranges; decides
 * nothing about disks. */
#include "config/keys.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/suites.h"
#include "lib/str.h"
#include "net/url.h"

enum key_type { KEY_TEXT, KEY_URL, KEY_U64, KEY_BYTES, KEY_CHOICE };

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* UTF-8 */

struct key_row {
	const char *name;
	enum key_type type;
	size_t offset;
	uint64_t min, max;
	const char *const *choices; /* KEY_CHOICE: the value is its index; ends with NULL */
	bool about_writing;
	const char *help;
	bool by_hand; /* only from where somebody sets it who means this very machine */
};

static const char *const write_choices[] = { "no", "marked", "blank", "yes", NULL };
static const char *const verify_choices[] = { "no", "yes", NULL };
static const char *const restore_choices[] = { "no", "yes", NULL };
static const char *const end_choices[] = { "poweroff", "reboot", "halt", "shell", NULL };

#define AT(member) offsetof(struct config, member)

static const struct key_row rows[CONFIG_KEYS_N] = {
	[CONFIG_SUITE] = { "suite", KEY_TEXT, AT(suite), 0, 0, NULL, false,
			   "workloads to run: the name of a suite, or NAME.fio, a job file in the "
			   "root of the results partition" },
	[CONFIG_TARGET] = { "target", KEY_TEXT, AT(target), 0, 0, NULL, true,
			    "auto, or serials, WWNs, PCI paths or names with commas" },
	[CONFIG_WRITE] = { "write", KEY_CHOICE, AT(write), 0, 0, write_choices, true,
			   "what may be written to: no, marked (ours), blank (proven); yes: the "
			   "file named" },
	[CONFIG_SPAN] = { "span", KEY_BYTES, AT(span_bytes), 1 << 20, UINT64_C(1) << 60, NULL, true,
			  "bytes of the target to use (by suite)" },
	[CONFIG_LABEL] = { "label", KEY_TEXT, AT(label), 0, 0, NULL, false,
			   "free text that names this environment" },
	[CONFIG_ROUNDS] = { "rounds", KEY_U64, AT(rounds), 1, 1000, NULL, false,
			    "repetitions of the suite (by suite)" },
	[CONFIG_SEED] = { "seed", KEY_U64, AT(seed), 1, (UINT64_C(1) << 53) - 1, NULL, false,
			  "seed of offsets, data and order (random, recorded)" },
	[CONFIG_WAIT] = { "wait", KEY_U64, AT(wait_s), 0, 3600, NULL, true,
			  "seconds that the plan is shown before the first write" },
	[CONFIG_END] = { "end", KEY_CHOICE, AT(end), 0, 0, end_choices, false,
			 "then: poweroff, reboot, halt or shell" },
	[CONFIG_LINGER] = { "linger", KEY_U64, AT(linger_s), 0, 86400, NULL, false,
			    "seconds to repeat the result on the serial port if nothing else took "
			    "it" },
	[CONFIG_VERIFY] = { "verify", KEY_CHOICE, AT(verify), 0, 0, verify_choices, false,
			    "yes: at the end, read the written span and look at every block's "
			    "stamp" },
	[CONFIG_DESTROY] = { "destroy", KEY_TEXT, AT(destroy), 0, 0, NULL, true, .by_hand = true,
			     .help = "SERIAL:BYTES of the one disk with data on it that may be "
				     "written all the same; needs confirm" },
	[CONFIG_CONFIRM] = { "confirm", KEY_TEXT, AT(confirm), 0, 0, NULL, true, .by_hand = true,
			     .help = "the token that an earlier run printed for the disk to "
				     "destroy" },
	[CONFIG_RESTORE] = { "restore", KEY_CHOICE, AT(restore), 0, 0, restore_choices, true,
			     "yes: at the end, zero the written span and remove the mark" },
	[CONFIG_UPLOAD] = { "upload", KEY_URL, AT(upload), 0, 0, NULL, false,
			    "http://HOST[:PORT][/PATH] that gets the result by an HTTP PUT, after "
			    "measuring; where it ends with a / a name is added" },
};

/* Whoever mistypes one of these expects something about writing that will not happen. */
static const char *const writing_words[] = { "destroy", "confirm", "restore",
					     "write",	"target",  NULL };

static const char *const source_names[CONFIG_SOURCES_N] = {
	[CONFIG_FROM_DEFAULT] = "default",
	[CONFIG_FROM_EMBED] = "embed area",
	[CONFIG_FROM_CONF] = "tare.conf",
	[CONFIG_FROM_PLATFORM] = "platform",
	[CONFIG_FROM_CMDLINE] = "kernel command line",
	[CONFIG_FROM_ARGUMENT] = "argument",
};

void keys_default(struct config *config, bool appliance)
{
	*config = (struct config){ .write = appliance ? CONFIG_WRITE_BLANK : CONFIG_WRITE_NO,
				   .wait_s = appliance ? 10 : 0,
				   .linger_s = 600 };
	str_copy(config->suite, sizeof(config->suite), SUITE_DEFAULT);
	str_copy(config->target, sizeof(config->target), "auto");
}

const char *keys_name(enum config_key key)
{
	return rows[key].name;
}

const char *keys_source_name(enum config_source source)
{
	return source_names[source];
}

void keys_value_text(struct buf *to, const struct config *config, enum config_key key)
{
	const struct key_row *row = &rows[key];
	const char *at = (const char *)config + row->offset;

	if (row->type == KEY_TEXT || row->type == KEY_URL)
		buf_puts(to, at);
	else if (row->type == KEY_CHOICE)
		buf_puts(to, row->choices[*(const unsigned int *)at]);
	else
		buf_printf(to, "%" PRIu64, *(const uint64_t *)at);
}

/* Nothing where the default is no value: the help says then what happens. */
static void add_default(struct buf *to, const struct config *appliance, const struct config *here,
			enum config_key key)
{
	struct buf there = BUF_INIT, other = BUF_INIT;

	keys_value_text(&there, appliance, key);
	keys_value_text(&other, here, key);
	if (there.data && other.data && strcmp(there.data, other.data))
		buf_printf(to, " [%s; %s on an installed system]", there.data, other.data);
	else if (there.len && strcmp(there.data, "0"))
		buf_printf(to, " [%s]", there.data);
	buf_free(&there);
	buf_free(&other);
}

void keys_help(struct buf *to)
{
	struct config appliance, here;

	keys_default(&appliance, true);
	keys_default(&here, false);
	for (int i = 0; i < CONFIG_KEYS_N; i++) {
		buf_printf(to, "  --%-8s %s", rows[i].name, rows[i].help);
		add_default(to, &appliance, &here, i);
		buf_puts(to, "\n");
	}
}

static void key_names(const char *names[CONFIG_KEYS_N + 1])
{
	for (int i = 0; i < CONFIG_KEYS_N; i++)
		names[i] = rows[i].name;
	names[CONFIG_KEYS_N] = NULL;
}

static int choice_index(const struct key_row *row, const char *value, unsigned int *index)
{
	for (unsigned int i = 0; row->choices[i]; i++) {
		if (!strcmp(row->choices[i], value)) {
			*index = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int bad_choice(const struct key_row *row, const char *value, struct err *e)
{
	char list[128] = "";

	for (unsigned int i = 0; row->choices[i]; i++) {
		strncat(list, i ? ", " : "", sizeof(list) - strlen(list) - 1);
		strncat(list, row->choices[i], sizeof(list) - strlen(list) - 1);
	}
	return err_set(e, -EINVAL, "tare.%s: \"%s\": one of %s", row->name, value, list);
}

static int set_number(const struct key_row *row, const char *value, uint64_t *to, struct err *e)
{
	uint64_t number;
	int ret = row->type == KEY_BYTES ? str_to_bytes(value, &number)
					 : str_to_u64(value, &number);

	if (ret || number < row->min || number > row->max)
		return err_set(e, -EINVAL, "tare.%s: \"%s\": a number from %" PRIu64 " to %" PRIu64,
			       row->name, value, row->min, row->max);
	*to = number;
	return 0;
}

static int set_text(const struct key_row *row, const char *value, char *to, struct err *e)
{
	struct err why = ERR_INIT;
	struct url url;

	if (!*value || strlen(value) >= CONFIG_TEXT_BYTES)
		return err_set(e, -EINVAL, "tare.%s: \"%.40s\": 1 to %d characters", row->name,
			       value, CONFIG_TEXT_BYTES - 1);
	if (row->type == KEY_URL && url_parse(&url, value, &why))
		return err_set(e, -EINVAL, "tare.%s: %s", row->name, why.text);
	str_copy(to, CONFIG_TEXT_BYTES, value);
	return 0;
}

static int set_value(struct config *config, const struct key_row *row, const char *value,
		     struct err *e)
{
	char *at = (char *)config + row->offset;
	unsigned int index;

	switch (row->type) {
	case KEY_TEXT:
	case KEY_URL:
		return set_text(row, value, at, e);
	case KEY_CHOICE:
		if (choice_index(row, value, &index))
			return bad_choice(row, value, e);
		*(unsigned int *)at = index;
		return 0;
	default:
		return set_number(row, value, (uint64_t *)at, e);
	}
}

int keys_set(struct config *config, const char *key, const char *value, enum config_source source,
	     struct err *e)
{
	const char *names[CONFIG_KEYS_N + 1], *near;
	struct config trial = *config;
	int i;

	key_names(names);
	if (!strncmp(key, "tare.", 5))
		key += 5;
	for (i = 0; i < CONFIG_KEYS_N && strcmp(rows[i].name, key); i++)
		;
	if (i == CONFIG_KEYS_N) {
		near = str_nearest(key, names);
		return err_set(e, -ENOENT, "tare.%s: no such key%s%s%s", key,
			       near ? ": did you mean tare." : "", near ? near : "",
			       near ? "?" : "");
	}
	if (rows[i].by_hand && (source == CONFIG_FROM_CONF || source == CONFIG_FROM_PLATFORM))
		return err_set(e, -EPERM,
			       "tare.%s: \"%.80s\": never from here: only from the kernel command "
			       "line or the image's embed area",
			       key, value);
	/* One disk, said once. */
	if (rows[i].by_hand && source == config->source[i] &&
	    strcmp((const char *)config + rows[i].offset, value))
		return err_set(e, -EINVAL, "tare.%s: \"%.80s\": given twice: should be one", key,
			       value);
	if (set_value(&trial, &rows[i], value, e))
		return -EINVAL;
	if (source < config->source[i])
		return 0;
	*config = trial;
	config->source[i] = source;
	return 0;
}

/* A key that is about writing, or that somebody may have mistyped for one. */
static bool is_about_writing(const char *key)
{
	for (int i = 0; i < CONFIG_KEYS_N; i++)
		if (!strcmp(rows[i].name, key))
			return rows[i].about_writing;
	return str_nearest(key, writing_words) != NULL;
}

static void set_word(struct config *config, char *word, enum config_source source,
		     struct notes *notes)
{
	bool prefixed = !strncmp(word, "tare.", 5);
	char *key = prefixed ? word + 5 : word, *value = strchr(word, '=');
	struct err e = ERR_INIT;

	if (source == CONFIG_FROM_CMDLINE && !prefixed)
		return; /* the kernel's own words */
	if (prefixed && !strcmp(key, "rescue"))
		return; /* asks init for a shell; nothing to set here */
	if (!value) {
		err_set(&e, -EINVAL, "\"%s\": not KEY=VALUE", word);
	} else {
		*value++ = '\0';
		if (!keys_set(config, key, value, source, &e))
			return;
	}
	notes_add(notes, "%s: %s", source_names[source], e.text);
	if (is_about_writing(key) && !config->writing_off) {
		config->writing_off = true;
		snprintf(config->writing_off_why, sizeof(config->writing_off_why), "%s: %.480s",
			 source_names[source], e.text);
		notes_add(notes, "%s: %s: writing is off because this key was not understood",
			  source_names[source], key);
	}
}

void keys_not_taken(struct config *config, enum config_source source, const char *why,
		    struct notes *notes)
{
	notes_add(notes, "%s: %s: writing is off because it may have said so", source_names[source],
		  why);
	if (!config->writing_off)
		snprintf(config->writing_off_why, sizeof(config->writing_off_why), "%s: %.480s",
			 source_names[source], why);
	config->writing_off = true;
}

static void quote_left_open(struct config *config, const char *word, enum config_source source,
			    struct notes *notes)
{
	char why[128];

	snprintf(why, sizeof(why), "\"%.60s\": quote not closed on its line", word);
	keys_not_taken(config, source, why, notes);
}

void keys_set_words(struct config *config, const char *text, enum config_source source,
		    struct notes *notes)
{
	char word[CONFIG_TEXT_BYTES + 32];
	bool line_start = true, quoted;
	size_t n;

	if (!strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
		text += strlen(BYTE_ORDER_MARK); /* Windows editors put it into tare.conf */
	while (*text) {
		if (strchr(" \t\r\n", *text)) {
			line_start = line_start || *text == '\n';
			text++;
			continue;
		}
		if (*text == '#' && line_start) {
			text += strcspn(text, "\n");
			continue;
		}
		line_start = false;
		quoted = false;
		for (n = 0; *text && *text != '\n' && (quoted || !strchr(" \t\r", *text)); text++) {
			if (*text == '"')
				quoted = !quoted;
			else if (n < sizeof(word) - 1)
				word[n++] = *text;
		}
		word[n] = '\0';
		if (quoted)
			quote_left_open(config, word, source, notes);
		else
			set_word(config, word, source, notes);
	}
}
