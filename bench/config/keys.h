/* SPDX-License-Identifier: MIT */
/*
 * The boot keys: one table row for each key, and the sources that set them. The same KEY=VALUE
 * words come from every source, with or without the `tare.` prefix.
 */
#ifndef TARE_CONFIG_KEYS_H
#define TARE_CONFIG_KEYS_H

#include "lib/buf.h"
#include "lib/err.h"
#include "model/config.h"

/* Fills in the defaults: those of the appliance, or (not `appliance`) of an installed system, where
 * nothing is written unasked. */
void keys_default(struct config *config, bool appliance);

/*
 * Sets one key from `value`. The value stays where a higher source has set it. Returns 0, -ENOENT
 * (no such key), -EPERM (a key that this source may not set) or -EINVAL (bad value), with *e naming
 * key, value and what would be right; the configuration is unchanged then.
 */
int keys_set(struct config *config, const char *key, const char *value, enum config_source source,
	     struct err *e);

/*
 * Sets every KEY=VALUE word of `text`: words are parted by blanks or line ends, `"` keeps blanks
 * together, `#` at a line's start begins a comment; a byte order mark at the start is passed over.
 * On the kernel command line (CONFIG_FROM_CMDLINE) only words with the `tare.` prefix are ours.
 * What is not understood becomes a note that quotes it; where it is (or resembles) a key about
 * writing, writing_off is set, and writing_off_why says why; also where a quote is not closed on
 * its line: it has swallowed words.
 */
void keys_set_words(struct config *config, const char *text, enum config_source source,
		    struct notes *notes);

/* A source, or a part of one, that is there and could not be taken, and `why`: nobody knows what it
 * says about writing, so writing_off is set, with a note. */
void keys_not_taken(struct config *config, enum config_source source, const char *why,
		    struct notes *notes);

/* Reads the sources of a booted appliance below `root`: embed area, SMBIOS strings, fw_cfg, kernel
 * command line. `conf` is the text of tare.conf ("" where there is none). A file above 16 KiB or
 * with zero bytes in it, and an SMBIOS string for us above 1 KiB, are not taken. */
void keys_read_boot(struct config *config, const char *root, const char *conf, struct notes *notes);

/* Name of key `i` without prefix, its value as text, and its source in words. */
const char *keys_name(enum config_key key);
void keys_value_text(struct buf *to, const struct config *config, enum config_key key);
const char *keys_source_name(enum config_source source);

/* One line of help for each key. */
void keys_help(struct buf *to);

#endif
