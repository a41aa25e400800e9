// SPDX-License-Identifier: MIT
/* File systems: any bytes give an error or files whose contiguous ones lie inside the partition and
 * apart from each other. */
#include "store/fat.h"
#include "tests/fuzz/sparse.h"

#define PARTITION_BYTES (UINT64_C(64) << 20)
#define TEXT_BYTES	4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_file(const struct fat *fat, uint32_t i, const struct block *block)
{
	const struct fat_file *file = &fat->file[i];
	char text[TEXT_BYTES];

	SPARSE_DEMAND(memchr(file->name, '\0', sizeof(file->name)));
	if (file->size_bytes)
		fat_load(fat, block, file, text,
			 file->size_bytes < sizeof(text) ? (size_t)file->size_bytes : sizeof(text));
	if (!file->contiguous)
		return;
	SPARSE_DEMAND(file->offset_bytes >= fat->data_bytes);
	SPARSE_DEMAND(file->size_bytes <= block->size_bytes - file->offset_bytes);
	for (uint32_t j = 0; j < i; j++) {
		const struct fat_file *other = &fat->file[j];

		SPARSE_DEMAND(!other->contiguous ||
			      other->offset_bytes + other->size_bytes <= file->offset_bytes ||
			      file->offset_bytes + file->size_bytes <= other->offset_bytes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sparse sparse;
	struct fat fat;

	sparse_init(&sparse, data, len, PARTITION_BYTES, 512);
	if (fat_read(&fat, &sparse.block))
		return 0;
	for (uint32_t i = 0; i < fat.n && i < 256; i++)
		check_file(&fat, i, &sparse.block);
	if (fat.n) {
		struct buf text = BUF_INIT;

		if (!fat_load_named(&text, &sparse.block, fat.file[fat.n - 1].name, TEXT_BYTES))
			SPARSE_DEMAND(text.len <= TEXT_BYTES);
		buf_free(&text);
	}
	fat_free(&fat);
	return 0;
}
