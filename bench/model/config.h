/* SPDX-License-Identifier: MIT */
/* What the user asked for: every boot key with its value and where that came from. Plain data. */
#ifndef TARE_MODEL_CONFIG_H
#define TARE_MODEL_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#define CONFIG_TEXT_BYTES 512

/* Rows of the table in config/keys.c. */
enum config_key {
	CONFIG_SUITE,
	CONFIG_TARGET,
	CONFIG_WRITE,
	CONFIG_SPAN,
	CONFIG_LABEL,
	CONFIG_ROUNDS,
	CONFIG_SEED,
	CONFIG_WAIT,
	CONFIG_END,
	CONFIG_LINGER,
	CONFIG_VERIFY,
	CONFIG_DESTROY,
	CONFIG_CONFIRM,
	CONFIG_RESTORE,
	CONFIG_UPLOAD,
	CONFIG_KEYS_N,
};

/* Lowest to highest: a value replaces one from a lower source only. */
enum config_source {
	CONFIG_FROM_DEFAULT,
	CONFIG_FROM_EMBED,    /* embed area of the image */
	CONFIG_FROM_CONF,     /* tare.conf on the results partition */
	CONFIG_FROM_PLATFORM, /* fw_cfg, SMBIOS */
	CONFIG_FROM_CMDLINE,  /* kernel command line */
	CONFIG_FROM_ARGUMENT, /* command line of the program */
	CONFIG_SOURCES_N,
};

enum config_write {
	CONFIG_WRITE_NO,
	CONFIG_WRITE_MARKED, /* only a disk marked as ours */
	CONFIG_WRITE_BLANK,  /* also one proven blank */
	CONFIG_WRITE_YES,    /* an existing file named as the target; outside the appliance only */
};

/* At the end, read what was written and look at every stamp. */
enum config_verify { CONFIG_VERIFY_NO, CONFIG_VERIFY_YES };

/* At the end, zero the written span and take the mark away. */
enum config_restore { CONFIG_RESTORE_NO, CONFIG_RESTORE_YES };

enum config_end { CONFIG_END_POWEROFF, CONFIG_END_REBOOT, CONFIG_END_HALT, CONFIG_END_SHELL };

struct config {
	char suite[CONFIG_TEXT_BYTES];
	char target[CONFIG_TEXT_BYTES]; /* "auto", or names with commas */
	enum config_write write;
	uint64_t span_bytes; /* 0: by suite */
	char label[CONFIG_TEXT_BYTES];
	uint64_t rounds; /* 0: by suite */
	uint64_t seed;	 /* 0: chosen at random and recorded */
	uint64_t wait_s;
	enum config_end end;
	uint64_t linger_s;
	enum config_verify verify;
	char destroy[CONFIG_TEXT_BYTES]; /* SERIAL:BYTES, or "" */
	char confirm[CONFIG_TEXT_BYTES]; /* the token of that disk, or "" */
	enum config_restore restore;
	char upload[CONFIG_TEXT_BYTES]; /* URL for an HTTP PUT; "": none */
	enum config_source source[CONFIG_KEYS_N];
	/* A key about writing was not understood, or tare.destroy refused: nothing is written. */
	bool writing_off;
	char writing_off_why[CONFIG_TEXT_BYTES];
};

#endif
