/* SPDX-License-Identifier: MIT */
/* Judges tare.destroy and tare.confirm against the disks there are. Opens nothing. */
#ifndef TARE_HW_DISK_CONSENT_H
#define TARE_HW_DISK_CONSENT_H

#include "lib/err.h"
#include "model/config.h"
#include "model/disk.h"

/*
 * The serial in SERIAL:BYTES (the last colon parts them; BYTES are decimal digits without a unit).
 * Returns 0 or -EINVAL; on error neither is set.
 */
int disk_consent_parse(char serial[DISK_TEXT_BYTES], uint64_t *size_bytes, const char *destroy);

/*
 * Of judged disks, marks (`destroy`) the one that config names, where all of it fits: exactly one
 * device has that serial, its size is the one given to the byte, its verdict is not blank, blank or
 * marked, the token is that of the disk as it is now, and writing is not off. Returns 0 (also where
 * nothing was asked for; then no disk is marked), or -EPERM with *e saying what does not fit: then
 * nothing at all may be written in this run.
 */
int disk_consent(struct disk_list *disks, const struct config *config, struct err *e);

/* True for verdicts that tare.destroy may overrule. */
bool disk_consent_reaches(enum disk_verdict verdict);

#endif
