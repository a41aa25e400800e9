// SPDX-License-Identifier: MIT
/* Fuzz target: any bytes at the head, the tail or in the middle of a disk. A name only for what is
 * there, and a proof only of zeros. */
#include "hw/disk_proof.h"
#include "hw/disk_signature.h"
#include "tests/fuzz/sparse.h"

#define NAMED_BYTES  (UINT64_C(128) << 10)
#define PROVEN_BYTES (UINT64_C(4) << 20) /* no room for a mark below */
#define SECTOR	     512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The input at `at` of a disk, zeros around it. */
struct placed {
	struct sparse sparse;
	uint64_t at;
};

static int placed_read(void *self, void *to, size_t len, uint64_t offset)
{
	const struct placed *placed = self;
	uint64_t skip = offset < placed->at ? placed->at - offset : 0;

	memset(to, 0, len);
	if (skip >= len)
		return 0;
	return sparse_read(self, (char *)to + skip, len - (size_t)skip, offset + skip - placed->at);
}

static bool is_zero(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i])
			return false;
	return true;
}

static void place(struct placed *placed, const uint8_t *data, size_t len, uint64_t size_bytes,
		  uint64_t at)
{
	*placed = (struct placed){ .at = at };
	sparse_init(&placed->sparse, data, len, size_bytes, SECTOR);
	placed->sparse.block.read = placed_read;
}

static const char *check_name(const uint8_t *data, size_t len, uint64_t size_bytes, uint64_t at)
{
	struct placed placed;
	const char *name;

	place(&placed, data, len, size_bytes, at);
	SPARSE_DEMAND(!disk_signature_find(&name, &placed.sparse.block));
	SPARSE_DEMAND(!name || (*name && !is_zero(data, len)));
	return name;
}

/* Smaller than head and tail together: the proof reads all of it. */
static void check_proof(const uint8_t *data, size_t len, uint64_t size_bytes, uint64_t at)
{
	struct disk disk = { .node = "sda",
			     .size_bytes = size_bytes,
			     .logical_block_bytes = SECTOR,
			     .verdict = DISK_BLANK };
	const char *name = check_name(data, len, size_bytes, at);
	struct err e = ERR_INIT;
	struct disk_grant grant;
	struct placed placed;
	int ret;

	place(&placed, data, len, size_bytes, at);
	ret = disk_prove_block(&grant, &disk, &placed.sparse.block, 0, NULL, &e);
	SPARSE_DEMAND(ret == (is_zero(data, len) ? 0 : -EPERM));
	SPARSE_DEMAND(grant.proven == !ret && !grant.marked && !e.code == !ret);
	if (name)
		SPARSE_DEMAND(strstr(e.text, name) != NULL);
}

/* Reading megabytes of zeros is what takes the time: the size says which check an input gets. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint64_t size = NAMED_BYTES + len / SECTOR * SECTOR + SECTOR, tail = size - len;

	check_name(data, len, size, 0);
	check_name(data, len, size, tail);
	size = PROVEN_BYTES + len / SECTOR * SECTOR + SECTOR;
	if (len % 16 == 0)
		check_proof(data, len, size, len % 32 ? 0 : size - len);
	if (len % 16 == 1)
		check_proof(data, len, size, size / 2);
	return 0;
}
