// SPDX-License-Identifier: MIT
/* Result slots: whatever a results partition holds, storing writes only inside its preallocated
 * files and never over the newest result. */
#include "store/slots.h"
#include "tests/fuzz/sparse.h"

#define PARTITION_BYTES (UINT64_C(4) << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A disk that takes writes, checks them and forgets them. */
struct watched {
	struct sparse sparse; /* first: block.self is this */
	const struct slots *slots;
	int newest;
	int outside; /* a write that hit no slot and no header */
};

static int watched_write(void *self, const void *from, size_t len, uint64_t offset)
{
	struct watched *watched = self;
	const struct slots *slots = watched->slots;

	(void)from;
	if (offset >= slots->index_offset_bytes &&
	    offset + len <= slots->index_offset_bytes + (uint64_t)slots->n * SLOTS_HEADER_BYTES)
		return 0;
	for (uint32_t i = 0; i < slots->n; i++)
		for (int part = 0; part < SLOTS_PARTS_N; part++) {
			const struct slots_file *file = &slots->slot[i].file[part];

			/* HTML comes in two pieces. */
			if (offset < file->offset_bytes ||
			    offset + len > file->offset_bytes + file->capacity_bytes ||
			    (part != SLOTS_HTML && len != file->capacity_bytes))
				continue;
			SPARSE_DEMAND((int)i != watched->newest);
			return 0;
		}
	watched->outside++;
	return 0;
}

static int watched_flush(void *self)
{
	(void)self;
	return 0;
}

static void store(struct watched *watched, struct slots *slots)
{
	struct buf body[SLOTS_PARTS_N] = { BUF_INIT, BUF_INIT }, text = BUF_INIT;
	struct err e = ERR_INIT;

	watched->slots = slots;
	watched->newest = slots_newest(slots);
	for (uint32_t i = 0; i < slots->n; i++)
		slots_load(&text, slots, i, SLOTS_JSON, &watched->sparse.block);
	buf_puts(&body[SLOTS_JSON], "{}\n");
	buf_puts(&body[SLOTS_TEXT], "nothing\n");
	buf_puts(&body[SLOTS_HTML], "<!DOCTYPE html>\n");
	slots_store(slots, &watched->sparse.block, "fuzz", body, &e);
	SPARSE_DEMAND(!watched->outside);
	buf_free(&body[SLOTS_JSON]);
	buf_free(&body[SLOTS_TEXT]);
	buf_free(&body[SLOTS_HTML]);
	buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct slots *slots = malloc(sizeof(*slots));
	struct err e = ERR_INIT;
	struct watched watched = { .newest = -1 };

	if (!slots)
		return 0;
	sparse_init(&watched.sparse, data, len, PARTITION_BYTES, 512);
	watched.sparse.block.write = watched_write;
	watched.sparse.block.flush = watched_flush;
	if (!slots_find(slots, &watched.sparse.block, &e))
		store(&watched, slots);
	if (!slots_find_partition(slots, &watched.sparse.block, &e))
		store(&watched, slots);
	free(slots);
	return 0;
}
