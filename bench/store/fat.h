/* SPDX-License-Identifier: MIT */
/*
 * Just enough FAT16/FAT32 to find preallocated files of the root directory and prove that their
 * clusters are contiguous. Reads only: nothing of the file system's own data is ever written.
 */
#ifndef TARE_STORE_FAT_H
#define TARE_STORE_FAT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "store/block.h"

#define FAT_NAME_BYTES 256

struct fat_file {
	char name[FAT_NAME_BYTES]; /* long name where there is one (ASCII; others become '?'), else
				      the short one in lower case */
	uint64_t offset_bytes;	   /* of the first byte, within the partition; 0 where empty */
	uint64_t size_bytes;
	int contiguous; /* 1 only where the whole chain was followed and is one run that holds
			   size_bytes; 0 for empty files */
	uint32_t first_cluster;
};

struct fat {
	char label[12]; /* of the boot sector, trimmed */
	struct fat_file *file;
	uint32_t n;

	/* Geometry, for fat_load(). */
	uint64_t table_bytes; /* where the first allocation table begins */
	uint64_t data_bytes;  /* where cluster 2 begins */
	uint32_t cluster_bytes;
	uint32_t clusters;
	uint32_t bits; /* 16 or 32 */
};

/*
 * Reads the root directory (plain files only; all their chains are followed). Returns 0, -EINVAL
 * (not FAT16 or FAT32), -EBADMSG (contradicts itself: points outside, loops, two files share a
 * cluster, a chain shorter than its file), -ENOMEM, or -errno of a read. Free with fat_free().
 */
int fat_read(struct fat *fat, const struct block *partition);
void fat_free(struct fat *fat);

/* The file of that name (in any case), or NULL. */
const struct fat_file *fat_find(const struct fat *fat, const char *name);

/* Reads the first `len` bytes of a file along its chain, contiguous or not. Returns 0, -ERANGE
 * (shorter than that), -EBADMSG (chain broken) or -errno of a read. */
int fat_load(const struct fat *fat, const struct block *partition, const struct fat_file *file,
	     void *to, size_t len);

/* Appends a whole file of the root directory to `to`. Returns 0, -ENOENT (no such file), -EFBIG
 * (larger than max_bytes), -ENOMEM, or as fat_read() and fat_load(). */
int fat_load_named(struct buf *to, const struct block *partition, const char *name,
		   size_t max_bytes);

#endif
