/* SPDX-License-Identifier: MIT */
/*
 * May this disk be written to? A table of rules, first match wins, each with a reason in words.
 * Reads samples of the disk; writes nothing, and grants nothing: that takes the full proof of
 * hw/disk_proof.c.
 */
#ifndef TARE_HW_DISK_VERDICT_H
#define TARE_HW_DISK_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/disk_reservation.h"
#include "lib/err.h"
#include "model/disk.h"

/* The appliance's: smaller ones are no scratch disks. */
#define DISK_MINIMUM_BYTES (UINT64_C(1) << 30)

struct disk_verdict_config {
	const char *root;	/* "/" or a captured tree, whose dev/ holds files for disks */
	uint64_t minimum_bytes; /* below this a disk is too small (never below 4 MiB) */
	uint64_t seed;		/* of the random samples */
	char *const *named;	/* disks the user named (ends with NULL), or NULL. Only a named one
				   may be removable, on USB, or a loop device */
	const char *destroy;	/* serial of the disk to destroy (it may be removable, too), or NULL
				 */
	/* Asks an open disk for reservations; NULL: disk_reservation_check(). */
	bool (*reserved)(char words[DISK_RESERVATION_WORDS], int fd);
	const char *boot_guid; /* disk GUID (printed form, lower case) of the boot image, or NULL
				  where not known */
};

/* The word for a verdict, as reports and results print it: "blank", "boot medium", ... */
const char *disk_verdict_name(enum disk_verdict verdict);

/*
 * Sets verdict and reason of every disk, and the token of those that tare.destroy may name. A disk
 * that cannot be read gets DISK_UNREADABLE with the reason; nothing fails the list. Takes at most
 * about 30 s a disk.
 */
void disk_verdict_all(struct disk_list *list, const struct disk_verdict_config *config);

/*
 * True for null_blk devices: reads of one cost the kernel's block layer and nothing else, which is
 * what an instrument weighs itself on. Their verdict is DISK_VIRTUAL: never written.
 */
bool disk_is_null_blk(const struct disk *disk);

/* True for verdicts that let a run write once the proof succeeds: DISK_BLANK, DISK_MARKED. */
int disk_verdict_writable(enum disk_verdict verdict);

#endif
