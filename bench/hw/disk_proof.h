/* SPDX-License-Identifier: MIT */
/* Proof that a range of a disk may be overwritten, by reading all of it. Reads only. */
#ifndef TARE_HW_DISK_PROOF_H
#define TARE_HW_DISK_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"
#include "model/disk.h"
#include "store/block.h"

/*
 * The permission to write one byte range of one device, and what it rests on. Plain data, but only
 * hw/disk_proof.c makes one.
 */
struct disk_grant {
	char node[DISK_TEXT_BYTES]; /* kernel name of the whole disk */
	uint32_t major, minor;
	uint64_t sequence; /* as in struct disk */
	uint64_t size_bytes;
	uint32_t logical_block_bytes;
	bool marked;  /* by the mark (TARE_SCRATCH), no proof needed inside the partition */
	bool proven;  /* every byte of mark and span was read and is `fill` */
	uint8_t fill; /* as in struct disk */
	/* By its name and token (tare.destroy, tare.confirm): whatever stands there goes. */
	bool destroy;
	char token[DISK_TOKEN_BYTES]; /* where `destroy`: of the disk as it was then */
	char serial[DISK_TEXT_BYTES]; /* these four are part of the token */
	char wwn[DISK_TEXT_BYTES];
	char vendor[DISK_TEXT_BYTES];
	char model[DISK_TEXT_BYTES];
	uint64_t partition_start_bytes; /* TARE_SCRATCH, as it is or will be */
	uint64_t partition_size_bytes;
	uint64_t span_start_bytes; /* on the disk: where the partition starts */
	uint64_t span_bytes;
	char words[256]; /* the consent in words, for the safety log */
};

struct disk_proof_progress {
	void (*step)(void *context, uint64_t done_bytes, uint64_t total_bytes); /* may be NULL */
	void *context;
	const volatile int *stop; /* abandons the proof with -EINTR when not 0; may be NULL */
};

/*
 * Reads everything that marking the disk and writing `span_bytes` will overwrite (16 MiB at head
 * and tail, where the mark goes, and the span) past the page cache, and demands nothing but
 * disk->fill. Verdict must be DISK_BLANK or DISK_MARKED; then nothing needs proof, but the mark is
 * checked again. span_bytes is cut to what the partition holds; 0 means all of it. `progress` may
 * be NULL. Returns 0, -EPERM (not blank: *e names what was found, and where; or reserved by another
 * machine), -EINTR, or -errno.
 */
int disk_prove_blank(struct disk_grant *grant, const struct disk *disk, uint64_t span_bytes,
		     const struct disk_proof_progress *progress, struct err *e);

/* The same on an opened disk. */
int disk_prove_block(struct disk_grant *grant, const struct disk *disk, const struct block *block,
		     uint64_t span_bytes, const struct disk_proof_progress *progress,
		     struct err *e);

/*
 * Grants the writing of a disk that is named and confirmed: disk->destroy is set, its verdict is
 * not blank, blank or marked, and `confirm` is its token, worked out anew from the disk. Nothing is
 * proven. Its mark will hold span_bytes, or all the disk can give where that is less or span_bytes
 * is 0. Returns 0, -EPERM or -errno with *e set.
 */
int disk_prove_destroy(struct disk_grant *grant, const struct disk *disk, const char *confirm,
		       uint64_t span_bytes, struct err *e);

/* The parts of *disk by which a device is known again, from a grant; the rest is zero. */
void disk_proof_identity(struct disk *disk, const struct disk_grant *grant);

/* Right before the mark is written: reads 16 MiB at head and tail of the disk again. Returns 0,
 * -EPERM (not disk->fill any more, or reserved) or -errno with *e set. */
int disk_prove_edges(const struct disk *disk, struct err *e);

/* Right before a marked disk is written to: the mark is still there, and its partition is the
 * granted one. Returns 0, -EPERM or -errno with *e set. */
int disk_prove_mark(const struct disk_grant *grant, struct err *e);

/* Right before a disk is destroyed, while it is held exclusively: its token is still the granted
 * one. Returns 0, -EPERM or -errno with *e set. */
int disk_prove_token(const struct disk_grant *grant, struct err *e);

/* What was found at an offset that should be blank, in words: "ext4 file system" or "unknown data
 * at offset N". */
void disk_proof_words(char *words, size_t words_bytes, const struct block *block,
		      uint64_t offset_bytes);

#endif
