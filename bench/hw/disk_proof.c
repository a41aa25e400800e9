// SPDX-License-Identifier: MIT
/* Reads all that will be overwritten and grants the writing where it is blank. Never writes. */
#include "hw/disk_proof.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hw/disk_consent.h"
#include "hw/disk_device.h"
#include "hw/disk_mark.h"
#include "hw/disk_reservation.h"
#include "hw/disk_sample.h"
#include "hw/disk_signature.h"
#include "hw/disk_token.h"
#include "hw/disk_verdict.h"
#include "lib/str.h"
#include "store/gpt.h"

struct proof {
	const struct disk_proof_progress *progress;
	uint64_t done_bytes, total_bytes;
};

static int stopped(const struct disk_proof_progress *progress)
{
	return progress && progress->stop && *progress->stop ? -EINTR : 0;
}

static int proof_step(void *context, uint64_t bytes)
{
	struct proof *proof = context;

	proof->done_bytes += bytes;
	if (proof->progress && proof->progress->step)
		proof->progress->step(proof->progress->context, proof->done_bytes,
				      proof->total_bytes);
	return stopped(proof->progress);
}

void disk_proof_words(char *words, size_t words_bytes, const struct block *block,
		      uint64_t offset_bytes)
{
	const char *name = NULL;

	if (!disk_signature_find(&name, block) && name)
		snprintf(words, words_bytes, "%s (first byte at offset %" PRIu64 ")", name,
			 offset_bytes);
	else
		snprintf(words, words_bytes, "unknown data at offset %" PRIu64, offset_bytes);
}

static void grant_begin(struct disk_grant *grant, const struct disk *disk)
{
	*grant = (struct disk_grant){ .major = disk->major,
				      .minor = disk->minor,
				      .sequence = disk->sequence,
				      .size_bytes = disk->size_bytes,
				      .logical_block_bytes = disk->logical_block_bytes,
				      .fill = disk->fill };
	str_copy(grant->node, sizeof(grant->node), disk->node);
	str_copy(grant->serial, sizeof(grant->serial), disk->serial);
	str_copy(grant->wwn, sizeof(grant->wwn), disk->wwn);
	str_copy(grant->vendor, sizeof(grant->vendor), disk->vendor);
	str_copy(grant->model, sizeof(grant->model), disk->model);
}

static void grant_span(struct disk_grant *grant, uint64_t start_bytes, uint64_t size_bytes,
		       uint64_t span_bytes)
{
	grant->partition_start_bytes = start_bytes;
	grant->partition_size_bytes = size_bytes;
	grant->span_start_bytes = start_bytes;
	grant->span_bytes = span_bytes && span_bytes < size_bytes ? span_bytes : size_bytes;
}

static int grant_marked(struct disk_grant *grant, const struct block *block, uint64_t span_bytes,
			struct err *e)
{
	struct gpt_partition partition;
	char words[160];
	int ret = disk_mark_check(&partition, block, words, sizeof(words));

	if (ret == -ENOENT || ret == -EEXIST)
		return err_set(
			e, -EPERM,
			"disk %s: the mark is gone: %s: should be one partition " GPT_SCRATCH_LABEL,
			grant->node, words[0] ? words : "no GPT");
	if (ret)
		return err_set(e, ret, "disk %s: cannot be read: %s", grant->node, strerror(-ret));
	grant_span(grant, partition.start_bytes, partition.size_bytes, span_bytes);
	grant->marked = true;
	snprintf(grant->words, sizeof(grant->words),
		 "marked: the disk has one partition, " GPT_SCRATCH_LABEL);
	return 0;
}

/*
 * Where the mark's partition will be: as large as what is proven and no larger, because a marked
 * partition is written to without a new proof.
 */
static int plan_mark(struct disk_grant *grant, uint64_t span_bytes, struct err *e)
{
	struct gpt_mark mark;
	int ret = gpt_mark_layout(&mark, grant->size_bytes, grant->logical_block_bytes, span_bytes,
				  0);

	if (ret)
		return err_set(e, ret, "disk %s: no room for a mark: %s", grant->node,
			       strerror(-ret));
	grant_span(grant, mark.partition_start_bytes, mark.partition_size_bytes, 0);
	gpt_mark_free(&mark);
	return 0;
}

static const char *fill_bytes(uint8_t fill)
{
	return fill == DISK_FILL_ERASED ? "bytes 0xFF, as on erased flash" : "zeros";
}

static int grant_blank(struct disk_grant *grant, const struct block *block,
		       const struct disk_proof_progress *progress, struct err *e)
{
	uint64_t size = grant->size_bytes, edge = DISK_SAMPLE_EDGE_BYTES, data = 0;
	uint64_t head_end = grant->span_start_bytes + grant->span_bytes, tail;
	struct proof proof = { .progress = progress };
	uint8_t fill = grant->fill;
	char words[160];
	int ret;

	/* Only these two are what nobody has written to. */
	if (fill != DISK_FILL_ZERO && fill != DISK_FILL_ERASED)
		return err_set(e, -EINVAL, "disk %s: fill 0x%02x: should be 0x00 or 0xFF",
			       grant->node, fill);
	/* Head and span overlap, so both are one range; what the tail has beyond it is another. */
	if (head_end < edge)
		head_end = edge < size ? edge : size;
	tail = size - head_end > edge ? size - edge : head_end;
	proof.total_bytes = head_end + (size - tail);
	ret = stopped(progress);
	if (!ret)
		ret = disk_sample_range(block, fill, 0, head_end, &data, proof_step, &proof);
	if (!ret)
		ret = disk_sample_range(block, fill, tail, size, &data, proof_step, &proof);
	if (ret == 1) {
		disk_proof_words(words, sizeof(words), block, data);
		return err_set(e, -EPERM, "disk %s: not blank: %s: should be nothing but %s",
			       grant->node, words, fill_bytes(fill));
	}
	if (ret == -EINTR)
		return err_set(e, ret, "disk %s: proof of blankness: stopped by the user",
			       grant->node);
	if (ret)
		return err_set(e, ret, "disk %s: cannot be read: %s", grant->node, strerror(-ret));
	grant->proven = true;
	snprintf(grant->words, sizeof(grant->words),
		 "blank: bytes 0 to %" PRIu64 " and %" PRIu64 " to %" PRIu64
		 " were read and are %s",
		 head_end, tail, size, disk_sample_fill_words(fill));
	return 0;
}

int disk_prove_block(struct disk_grant *grant, const struct disk *disk, const struct block *block,
		     uint64_t span_bytes, const struct disk_proof_progress *progress, struct err *e)
{
	int ret;

	grant_begin(grant, disk);
	if (!disk_verdict_writable(disk->verdict))
		return err_set(e, -EPERM, "disk %s: %s: %s: should be blank or marked as ours",
			       disk->node, disk_verdict_name(disk->verdict), disk->reason);
	if (block->size_bytes != disk->size_bytes)
		return err_set(e, -ENODEV, "disk %s: size %" PRIu64 ": should be %" PRIu64,
			       disk->node, block->size_bytes, disk->size_bytes);
	if (disk->verdict == DISK_MARKED)
		return grant_marked(grant, block, span_bytes, e);
	ret = plan_mark(grant, span_bytes, e);
	return ret ? ret : grant_blank(grant, block, progress, e);
}

/* Opens a disk that nobody has reserved since it was judged. */
static int open_unreserved(struct disk_device *device, const struct disk *disk, struct err *e)
{
	char words[DISK_RESERVATION_WORDS];
	int ret = disk_device_open(device, disk, "/", e);

	if (ret || !disk_reservation_check(words, device->fd))
		return ret;
	disk_device_close(device);
	return err_set(e, -EPERM, "disk %s: reserved: %s: should be free", disk->node, words);
}

int disk_prove_blank(struct disk_grant *grant, const struct disk *disk, uint64_t span_bytes,
		     const struct disk_proof_progress *progress, struct err *e)
{
	struct disk_device device;
	int ret;

	grant_begin(grant, disk);
	ret = open_unreserved(&device, disk, e);
	if (ret)
		return ret;
	ret = disk_prove_block(grant, disk, &device.block, span_bytes, progress, e);
	disk_device_close(&device);
	return ret;
}

/* The token of the disk as it is now, and what stands on it. */
static int check_token(const struct disk *disk, const char *want, char *words, size_t words_bytes,
		       struct err *e)
{
	char token[DISK_TOKEN_BYTES];
	const char *name = NULL;
	struct disk_device device;
	int ret = open_unreserved(&device, disk, e);

	if (ret)
		return ret;
	ret = disk_token(token, disk, &device.block);
	if (!ret)
		ret = disk_signature_find(&name, &device.block);
	disk_device_close(&device);
	if (ret)
		return err_set(e, ret, "disk %s: cannot be read: %s", disk->node, strerror(-ret));
	snprintf(words, words_bytes, "%s", name ? name : "whatever stood there");
	if (!want[0] || strcmp(token, want))
		return err_set(e, -EPERM,
			       "disk %s: its token is no longer \"%.16s\": written to since it was "
			       "confirmed",
			       disk->node, want);
	return 0;
}

int disk_prove_destroy(struct disk_grant *grant, const struct disk *disk, const char *confirm,
		       uint64_t span_bytes, struct err *e)
{
	char words[80];
	int ret;

	grant_begin(grant, disk);
	if (!disk->destroy || !disk_consent_reaches(disk->verdict))
		return err_set(e, -EPERM, "disk %s: %s: %s: not named and confirmed", disk->node,
			       disk_verdict_name(disk->verdict), disk->reason);
	ret = plan_mark(grant, span_bytes, e);
	if (!ret)
		ret = check_token(disk, confirm, words, sizeof(words), e);
	if (ret)
		return ret;
	grant->destroy = true;
	str_copy(grant->token, sizeof(grant->token), confirm);
	snprintf(grant->words, sizeof(grant->words),
		 "destroy: serial %.60s of %" PRIu64 " bytes, token %s: overwrites %s, "
		 "16 MiB at both ends and the span",
		 disk->serial, disk->size_bytes, grant->token, words);
	return 0;
}

int disk_prove_token(const struct disk_grant *grant, struct err *e)
{
	struct disk disk;
	char words[80];

	disk_proof_identity(&disk, grant);
	return check_token(&disk, grant->token, words, sizeof(words), e);
}

void disk_proof_identity(struct disk *disk, const struct disk_grant *grant)
{
	memset(disk, 0, sizeof(*disk));
	str_copy(disk->node, sizeof(disk->node), grant->node);
	str_copy(disk->serial, sizeof(disk->serial), grant->serial);
	str_copy(disk->wwn, sizeof(disk->wwn), grant->wwn);
	str_copy(disk->vendor, sizeof(disk->vendor), grant->vendor);
	str_copy(disk->model, sizeof(disk->model), grant->model);
	disk->major = grant->major;
	disk->minor = grant->minor;
	disk->sequence = grant->sequence;
	disk->size_bytes = grant->size_bytes;
	disk->logical_block_bytes = grant->logical_block_bytes;
	disk->fill = grant->fill;
}

int disk_prove_edges(const struct disk *disk, struct err *e)
{
	uint64_t size = disk->size_bytes, data = 0;
	uint64_t edge = size < DISK_SAMPLE_EDGE_BYTES ? size : DISK_SAMPLE_EDGE_BYTES;
	struct disk_device device;
	char words[160];
	int ret = open_unreserved(&device, disk, e);

	if (ret)
		return ret;
	ret = disk_sample_range(&device.block, disk->fill, 0, edge, &data, NULL, NULL);
	if (!ret)
		ret = disk_sample_range(&device.block, disk->fill, size - edge, size, &data, NULL,
					NULL);
	if (ret == 1) {
		disk_proof_words(words, sizeof(words), &device.block, data);
		ret = err_set(e, -EPERM,
			      "disk %s: no longer blank: %s: written to since it was checked",
			      disk->node, words);
	} else if (ret) {
		err_set(e, ret, "disk %s: cannot be read: %s", disk->node, strerror(-ret));
	}
	disk_device_close(&device);
	return ret;
}

int disk_prove_mark(const struct disk_grant *grant, struct err *e)
{
	struct gpt_partition partition;
	struct disk_device device;
	struct disk disk;
	char words[160];
	int ret;

	disk_proof_identity(&disk, grant);
	ret = open_unreserved(&device, &disk, e);
	if (ret)
		return ret;
	ret = disk_mark_check(&partition, &device.block, words, sizeof(words));
	if (!ret && (partition.start_bytes != grant->partition_start_bytes ||
		     partition.size_bytes != grant->partition_size_bytes)) {
		snprintf(words, sizeof(words), "partition " GPT_SCRATCH_LABEL " has moved");
		ret = -ENOENT;
	}
	disk_device_close(&device);
	if (ret == -ENOENT || ret == -EEXIST)
		return err_set(e, -EPERM, "disk %s: no longer marked as it was: %s", disk.node,
			       words[0] ? words : "no GPT");
	if (ret)
		err_set(e, ret, "disk %s: cannot be read: %s", disk.node, strerror(-ret));
	return ret;
}
