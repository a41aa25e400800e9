// SPDX-License-Identifier: MIT
/* Partition tables: any bytes give an error or partitions that lie inside the disk. */
#include "hw/disk_mark.h"
#include "hw/disk_signature.h"
#include "lib/digest.h"
#include "store/bytes.h"
#include "store/gpt.h"
#include "tests/fuzz/sparse.h"

#define DISK_BYTES (UINT64_C(16) << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const uint8_t *data, size_t len, uint32_t sector_bytes)
{
	struct gpt_partition partition;
	struct sparse sparse;
	char words[160];
	struct gpt gpt;

	sparse_init(&sparse, data, len, DISK_BYTES, sector_bytes);
	if (!gpt_read(&gpt, &sparse.block)) {
		SPARSE_DEMAND(gpt.n <= GPT_PARTITIONS_MAX);
		for (uint32_t i = 0; i < gpt.n; i++) {
			const struct gpt_partition *p = &gpt.partition[i];

			SPARSE_DEMAND(p->size_bytes && p->start_bytes <= sparse.block.size_bytes &&
				      p->size_bytes <= sparse.block.size_bytes - p->start_bytes);
			/* Never over the header. */
			SPARSE_DEMAND(p->start_bytes >= 3 * (uint64_t)gpt.sector_bytes);
			SPARSE_DEMAND(memchr(p->label, '\0', sizeof(p->label)));
		}
	}
	if (!disk_mark_check(&partition, &sparse.block, words, sizeof(words)))
		SPARSE_DEMAND(!strcmp(partition.label, GPT_SCRATCH_LABEL));
}

/* Makes the CRCs right, so that what lies behind them is reached. */
static void seal(uint8_t *data, size_t len, size_t sector_bytes)
{
	uint8_t *header = data + sector_bytes;
	uint64_t entries_at, entries_bytes;
	uint32_t header_bytes;

	if (len < 2 * sector_bytes)
		return;
	entries_at = bytes_le64(header + 72) * sector_bytes;
	entries_bytes = (uint64_t)bytes_le32(header + 80) * bytes_le32(header + 84);
	if (entries_at <= len && entries_bytes <= len - entries_at)
		bytes_put_le32(header + 88, digest_crc32(data + entries_at, (size_t)entries_bytes));
	header_bytes = bytes_le32(header + 12);
	if (header_bytes < 92 || header_bytes > sector_bytes)
		return;
	bytes_put_le32(header + 16, 0);
	bytes_put_le32(header + 16, digest_crc32(header, header_bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint32_t sectors[] = { 512, 4096 };
	uint8_t *copy = malloc(len + 1);

	if (!copy)
		return 0;
	for (int i = 0; i < 2; i++) {
		check(data, len, sectors[i]);
		memcpy(copy, data, len);
		seal(copy, len, sectors[i]);
		check(copy, len, sectors[i]);
	}
	disk_signature(data, len, 0, DISK_BYTES);
	disk_signature(data, len, DISK_BYTES - len, DISK_BYTES);
	free(copy);
	return 0;
}
