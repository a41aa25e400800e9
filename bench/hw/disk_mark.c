// SPDX-License-Identifier: MIT
/* Judges the partition table of a disk: tare's mark, or somebody's. Reads only. */
#include "hw/disk_mark.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/disk_signature.h"

static void describe(char *words, size_t words_bytes, const struct gpt *gpt)
{
	int n = snprintf(words, words_bytes, "GPT with %s%" PRIu32 " partition%s",
			 gpt->cut ? "over " : "", gpt->n, gpt->n == 1 ? "" : "s");

	for (uint32_t i = 0; i < gpt->n && i < 3 && n > 0 && (size_t)n < words_bytes; i++)
		if (gpt->partition[i].label[0])
			n += snprintf(words + n, words_bytes - (size_t)n, "%s\"%.36s\"",
				      i ? ", " : ": ", gpt->partition[i].label);
}

/* Somebody's file system inside the marked partition. */
static int check_inside(const struct gpt_partition *partition, const struct block *block,
			char *words, size_t words_bytes)
{
	struct block_part part;
	const char *name;
	int ret = block_part_init(&part, block, partition->start_bytes, partition->size_bytes);

	if (!ret)
		ret = disk_signature_find(&name, &part.block);
	if (ret || !name)
		return ret;
	snprintf(words, words_bytes, "%s inside partition " GPT_SCRATCH_LABEL, name);
	return -EEXIST;
}

static int check(struct gpt_partition *partition, const struct gpt *gpt, const struct block *block,
		 char *words, size_t words_bytes)
{
	describe(words, words_bytes, gpt);
	if (gpt->n != 1 || gpt->cut || strcmp(gpt->partition[0].label, GPT_SCRATCH_LABEL))
		return -ENOENT;
	if (gpt->hybrid || gpt->sector_bytes != block->sector_bytes) {
		snprintf(words, words_bytes, "partition " GPT_SCRATCH_LABEL ", but %s",
			 gpt->hybrid ? "MBR partitions beside it"
				     : "its GPT is for another block size");
		return -ENOENT;
	}
	*partition = gpt->partition[0];
	return check_inside(partition, block, words, words_bytes);
}

int disk_mark_check(struct gpt_partition *partition, const struct block *block, char *words,
		    size_t words_bytes)
{
	struct gpt *gpt = malloc(sizeof(*gpt));
	int ret;

	words[0] = '\0';
	if (!gpt)
		return -ENOMEM;
	ret = gpt_read(gpt, block);
	if (ret == -EBADMSG) {
		snprintf(words, words_bytes, "damaged GPT");
		ret = -ENOENT;
	} else if (!ret) {
		ret = check(partition, gpt, block, words, words_bytes);
	}
	if (!ret)
		words[0] = '\0';
	free(gpt);
	return ret;
}
