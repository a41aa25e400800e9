// SPDX-License-Identifier: MIT
/*
 * Finds, checks, writes and loads result slots. The only writer of the results partition, and it
 * writes slot files and headers only.
 */
#include "store/slots.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/digest.h"
#include "store/fat.h"
#include "store/gpt.h"
#include "store/slots_html.h"

#define LINE_BYTES   512
#define FAT_LABEL    "TARERES"
#define ID_LINE	     "TARE-RESULTS 1"
#define GUID_PREFIX  "54415245"
#define WHAT	     "results partition"
#define CAPACITY_MIN 4096
#define ALPHANUMERIC "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const char *const part_suffix[SLOTS_CHECKED_N] = { "json", "txt" };

/* The header's line; returns its length with the newline. */
static size_t header_format(char line[LINE_BYTES], const struct slot *slot)
{
	int n = snprintf(
		line, LINE_BYTES,
		"TARE-SLOT 1 sequence=%" PRIu64 " run=%s json=%" PRIu64 ":%s text=%" PRIu64 ":%s",
		slot->sequence, slot->run, slot->length_bytes[SLOTS_JSON], slot->sha256[SLOTS_JSON],
		slot->length_bytes[SLOTS_TEXT], slot->sha256[SLOTS_TEXT]);

	n += snprintf(line + n, LINE_BYTES - (size_t)n, " crc=%08" PRIx32 "\n",
		      digest_crc32(line, (size_t)n));
	return (size_t)n;
}

/* Accepts exactly what header_format() makes, byte for byte. */
static bool header_parse(struct slot *slot, const char text[LINE_BYTES])
{
	char line[LINE_BYTES + 1] = "", again[LINE_BYTES];
	struct slot read = { 0 };

	memcpy(line, text, LINE_BYTES);
	if (sscanf(line,
		   "TARE-SLOT 1 sequence=%20" SCNu64 " run=%8s json=%20" SCNu64
		   ":%64s text=%20" SCNu64 ":%64s",
		   &read.sequence, read.run, &read.length_bytes[SLOTS_JSON],
		   read.sha256[SLOTS_JSON], &read.length_bytes[SLOTS_TEXT],
		   read.sha256[SLOTS_TEXT]) != 6)
		return false;
	if (memcmp(line, again, header_format(again, &read)) || !read.sequence)
		return false;
	slot->sequence = read.sequence;
	memcpy(slot->run, read.run, sizeof(slot->run));
	memcpy(slot->length_bytes, read.length_bytes, sizeof(slot->length_bytes));
	memcpy(slot->sha256, read.sha256, sizeof(slot->sha256));
	return true;
}

static int body_check(const struct slot *slot, enum slots_part part, const struct block *disk,
		      char *scratch)
{
	uint64_t len = slot->length_bytes[part];
	char sha256[DIGEST_SHA256_TEXT];
	int ret;

	if (len > slot->file[part].capacity_bytes)
		return -EBADMSG;
	ret = block_read(disk, scratch, (size_t)len, slot->file[part].offset_bytes);
	if (ret)
		return ret;
	digest_sha256(sha256, scratch, (size_t)len);
	return strcmp(sha256, slot->sha256[part]) ? -EBADMSG : 0;
}

/* Fills sequence, run, lengths and `valid` of one slot. */
static int slot_read(struct slots *slots, uint32_t index, const struct block *disk)
{
	struct slot *slot = &slots->slot[index];
	char header[LINE_BYTES], *scratch;
	uint64_t largest = 0;
	int ret;

	ret = block_read(disk, header, sizeof(header),
			 slots->index_offset_bytes + (uint64_t)index * SLOTS_HEADER_BYTES);
	if (ret)
		return ret;
	slot->valid = header_parse(slot, header);
	for (int part = 0; part < SLOTS_CHECKED_N; part++)
		if (slot->file[part].capacity_bytes > largest)
			largest = slot->file[part].capacity_bytes;
	scratch = malloc((size_t)largest);
	if (!scratch)
		return -ENOMEM;
	for (int part = 0; part < SLOTS_CHECKED_N && slot->valid; part++) {
		ret = body_check(slot, part, disk, scratch);
		slot->valid = !ret;
	}
	free(scratch);
	return ret == -EBADMSG ? 0 : ret;
}

static int id_check(const struct fat *fat, const struct block *partition, struct err *e)
{
	const struct fat_file *file = fat_find(fat, "TARE.ID");
	char text[sizeof(ID_LINE)] = "";
	size_t len = sizeof(ID_LINE) - 1;
	int ret;

	if (!file || file->size_bytes < len)
		return err_set(e, -EINVAL, WHAT ": TARE.ID: %s: should begin with the line \"%s\"",
			       file ? "too short" : "missing", ID_LINE);
	if (file->size_bytes > len)
		len++;
	ret = fat_load(fat, partition, file, text, len);
	if (ret)
		return err_set(e, ret, WHAT ": TARE.ID: cannot be read: %s", strerror(-ret));
	if (memcmp(text, ID_LINE, sizeof(ID_LINE) - 1) ||
	    (len == sizeof(ID_LINE) && text[len - 1] != '\n' && text[len - 1] != '\r'))
		return err_set(e, -EINVAL, WHAT ": TARE.ID: \"%.14s\": should begin with \"%s\"",
			       text, ID_LINE);
	return 0;
}

/* A preallocated file: there, in one run, large enough. */
static int file_locate(struct slots_file *at, const struct fat_file *file, const char *name,
		       uint64_t min_bytes, struct err *e)
{
	if (!file)
		return err_set(e, -EINVAL, WHAT ": %s: missing", name);
	if (!file->contiguous)
		return err_set(e, -EINVAL,
			       WHAT ": %s: %s: slot files must stay as they were made (copies of "
				    "them can be changed)",
			       name, file->size_bytes ? "lies in several pieces" : "empty");
	if (file->size_bytes < min_bytes || file->size_bytes > SLOTS_FILE_MAX_BYTES)
		return err_set(e, -EINVAL,
			       WHAT ": %s: %" PRIu64 " bytes: should be %" PRIu64 " to %" PRIu64,
			       name, file->size_bytes, min_bytes, SLOTS_FILE_MAX_BYTES);
	*at = (struct slots_file){ .offset_bytes = file->offset_bytes,
				   .capacity_bytes = file->size_bytes };
	return 0;
}

static int files_locate(struct slots *slots, const struct fat *fat, struct err *e)
{
	struct slots_file index = { 0 };
	char name[32];
	int ret;

	for (slots->n = 0; slots->n < SLOTS_MAX; slots->n++) {
		snprintf(name, sizeof(name), "run%02" PRIu32 ".json", slots->n);
		if (!fat_find(fat, name))
			break;
		for (int part = 0; part < SLOTS_CHECKED_N; part++) {
			snprintf(name, sizeof(name), "run%02" PRIu32 ".%s", slots->n,
				 part_suffix[part]);
			ret = file_locate(&slots->slot[slots->n].file[part], fat_find(fat, name),
					  name, CAPACITY_MIN, e);
			if (ret)
				return ret;
		}
		slots_html_locate(&slots->slot[slots->n], fat, slots->n);
	}
	if (!slots->n)
		return err_set(e, -EINVAL, WHAT ": run00.json: missing");
	ret = file_locate(&index, fat_find(fat, "TARE.IDX"), "TARE.IDX",
			  (uint64_t)slots->n * SLOTS_HEADER_BYTES, e);
	slots->index_offset_bytes = index.offset_bytes;
	return ret;
}

static void conf_read(struct slots *slots, const struct fat *fat, const struct block *partition)
{
	const struct fat_file *file = fat_find(fat, "tare.conf");
	int ret;

	if (!file)
		return;
	if (file->size_bytes >= sizeof(slots->conf)) {
		snprintf(slots->conf_problem, sizeof(slots->conf_problem),
			 "tare.conf: %" PRIu64 " bytes: should be below %d", file->size_bytes,
			 SLOTS_CONF_BYTES);
		return;
	}
	ret = fat_load(fat, partition, file, slots->conf, (size_t)file->size_bytes);
	if (ret)
		snprintf(slots->conf_problem, sizeof(slots->conf_problem),
			 "tare.conf: cannot be read: %s", strerror(-ret));
	else if (memchr(slots->conf, '\0', (size_t)file->size_bytes))
		snprintf(slots->conf_problem, sizeof(slots->conf_problem),
			 "tare.conf: holds zero bytes: should be plain text");
	if (slots->conf_problem[0])
		slots->conf[0] = '\0';
}

/* Turns offsets within the partition into offsets within the disk. */
static void shift(struct slots *slots, uint64_t start_bytes)
{
	slots->start_bytes = start_bytes;
	slots->index_offset_bytes += start_bytes;
	for (uint32_t i = 0; i < slots->n; i++)
		for (int part = 0; part < SLOTS_PARTS_N; part++)
			slots->slot[i].file[part].offset_bytes += start_bytes;
}

/* *claims: the file system's label says that this is ours. */
static int partition_read(struct slots *slots, const struct block *partition, bool *claims,
			  struct err *e)
{
	struct fat fat;
	int ret;

	*claims = false;
	memset(slots, 0, sizeof(*slots));
	slots->size_bytes = partition->size_bytes;
	ret = fat_read(&fat, partition);
	if (ret == -EINVAL || ret == -EBADMSG)
		return err_set(e, ret, WHAT ": file system: %s: should be the FAT it was made with",
			       ret == -EINVAL ? "neither FAT16 nor FAT32" : "contradicts itself");
	if (ret)
		return err_set(e, ret, WHAT ": cannot be read: %s", strerror(-ret));
	*claims = !strcmp(fat.label, FAT_LABEL);
	if (!*claims)
		ret = err_set(e, -EINVAL, WHAT ": FAT label: \"%s\": should be %s", fat.label,
			      FAT_LABEL);
	if (!ret)
		ret = id_check(&fat, partition, e);
	if (!ret)
		ret = files_locate(slots, &fat, e);
	if (!ret)
		conf_read(slots, &fat, partition);
	fat_free(&fat);
	return ret;
}

static int all_read(struct slots *slots, const struct block *disk, struct err *e)
{
	for (uint32_t i = 0; i < slots->n; i++) {
		int ret = slot_read(slots, i, disk);

		if (ret)
			return err_set(e, ret, WHAT ": slot %" PRIu32 ": cannot be read: %s", i,
				       strerror(-ret));
	}
	return 0;
}

int slots_find_partition(struct slots *slots, const struct block *partition, struct err *e)
{
	struct err found = ERR_INIT;
	bool claims;
	int ret = partition_read(slots, partition, &claims, &found);

	if (!claims && (ret == -EINVAL || ret == -EBADMSG))
		return -ENOENT;
	if (ret)
		return err_set(e, ret, "%s", found.text);
	return all_read(slots, partition, e);
}

/* The one partition labelled TARE_RESULTS on a disk of ours. */
static int partition_find(const struct gpt_partition **found, const struct gpt *gpt, struct err *e)
{
	char guid[GPT_GUID_TEXT];

	*found = NULL;
	for (uint32_t i = 0; i < gpt->n; i++) {
		if (strcmp(gpt->partition[i].label, GPT_RESULTS_LABEL))
			continue;
		if (*found)
			return err_set(e, -EINVAL,
				       WHAT ": two partitions labelled " GPT_RESULTS_LABEL
					    ": should be one");
		*found = &gpt->partition[i];
	}
	if (!*found)
		return -ENOENT;
	gpt_guid_text(guid, gpt->disk_guid);
	if (strncmp(guid, GUID_PREFIX, strlen(GUID_PREFIX)))
		return err_set(e, -EINVAL, WHAT ": disk GUID: %s: should begin with " GUID_PREFIX,
			       guid);
	return 0;
}

int slots_find(struct slots *slots, const struct block *disk, struct err *e)
{
	const struct gpt_partition *partition;
	struct block_part part;
	bool claims;
	struct gpt *gpt = malloc(sizeof(*gpt));
	int ret;

	memset(slots, 0, sizeof(*slots));
	if (!gpt)
		return err_set(e, -ENOMEM, WHAT ": out of memory");
	ret = gpt_read(gpt, disk);
	if (ret == -EBADMSG)
		ret = -ENOENT; /* a table that cannot be trusted makes no claims */
	else if (ret && ret != -ENOENT)
		ret = err_set(e, ret, WHAT ": partition table cannot be read: %s", strerror(-ret));
	if (!ret)
		ret = partition_find(&partition, gpt, e);
	if (!ret) {
		ret = block_part_init(&part, disk, partition->start_bytes, partition->size_bytes);
		if (ret)
			ret = err_set(e, ret, WHAT ": reaches beyond the end of the disk");
	}
	if (!ret)
		ret = partition_read(slots, &part.block, &claims, e);
	if (!ret) {
		shift(slots, partition->start_bytes);
		ret = all_read(slots, disk, e);
	}
	free(gpt);
	return ret;
}

int slots_newest(const struct slots *slots)
{
	int newest = -ENOENT;

	for (uint32_t i = 0; i < slots->n; i++)
		if (slots->slot[i].valid &&
		    (newest < 0 || slots->slot[i].sequence > slots->slot[newest].sequence))
			newest = (int)i;
	return newest;
}

int slots_next(const struct slots *slots)
{
	int next = -ENOSPC, newest = slots_newest(slots);
	uint64_t best = UINT64_MAX;

	if (slots->n < 2)
		return -ENOSPC;
	for (uint32_t i = 0; i < slots->n; i++) {
		const struct slot *slot = &slots->slot[i];
		/* Order of preference: unused, invalid, valid by age. */
		uint64_t rank = !slot->sequence ? 0 : !slot->valid ? 1 : 1 + slot->sequence;

		if ((int)i != newest && rank < best) {
			best = rank;
			next = (int)i;
		}
	}
	return next;
}

/* The length to keep of a text that must fit: all of it, or whole lines. */
static size_t text_fit(const struct buf *body, uint64_t capacity)
{
	size_t len = body->len;

	if (len <= capacity)
		return len;
	len = (size_t)capacity;
	while (len && body->data[len - 1] != '\n')
		len--;
	return len ? len : (size_t)capacity; /* one endless line */
}

/* Writes one body, padded, and keeps the bytes for the comparison. */
static int body_write(const struct slot *slot, enum slots_part part, const struct block *disk,
		      const char *data, char **written)
{
	const struct slots_file *file = &slot->file[part];
	size_t len = (size_t)slot->length_bytes[part];

	*written = malloc((size_t)file->capacity_bytes);
	if (!*written)
		return -ENOMEM;
	if (len)
		memcpy(*written, data, len);
	memset(*written + len, '\n', (size_t)file->capacity_bytes - len);
	return block_write(disk, *written, (size_t)file->capacity_bytes, file->offset_bytes);
}

static int slot_write(const struct slots *slots, uint32_t index, const struct slot *slot,
		      const struct block *disk, const struct buf body[SLOTS_PARTS_N])
{
	uint64_t header_at = slots->index_offset_bytes + (uint64_t)index * SLOTS_HEADER_BYTES;
	char *written[SLOTS_CHECKED_N] = { NULL }, header[SLOTS_HEADER_BYTES] = { 0 };
	int ret = 0;

	for (int part = 0; part < SLOTS_CHECKED_N && !ret; part++)
		ret = body_write(slot, part, disk, body[part].data, &written[part]);
	if (!ret)
		ret = slots_html_empty(&slot->file[SLOTS_HTML], disk);
	if (!ret)
		ret = block_flush(disk);
	header_format(header, slot);
	if (!ret)
		ret = block_write(disk, header, sizeof(header), header_at);
	if (!ret)
		ret = block_flush(disk);
	for (int part = 0; part < SLOTS_CHECKED_N && !ret; part++)
		ret = block_verify(disk, written[part], (size_t)slot->file[part].capacity_bytes,
				   slot->file[part].offset_bytes);
	if (!ret)
		ret = block_verify(disk, header, sizeof(header), header_at);
	for (int part = 0; part < SLOTS_CHECKED_N; part++)
		free(written[part]);
	return ret;
}

/* Fills a slot for the new run; bodies are not written yet. */
static int slot_prepare(struct slot *slot, const struct slots *slots, const char *run,
			const struct buf body[SLOTS_PARTS_N], struct err *e)
{
	size_t run_len = strlen(run);

	if (!run_len || run_len >= SLOTS_RUN_BYTES || strspn(run, ALPHANUMERIC) != run_len)
		return err_set(e, -EINVAL,
			       WHAT ": run id: \"%s\": should be 1 to 8 letters and "
				    "digits",
			       run);
	if (body[SLOTS_JSON].len > slot->file[SLOTS_JSON].capacity_bytes)
		return err_set(e, -EFBIG, WHAT ": result: %zu bytes: should be at most %" PRIu64,
			       body[SLOTS_JSON].len, slot->file[SLOTS_JSON].capacity_bytes);
	memcpy(slot->run, run, run_len + 1);
	slot->length_bytes[SLOTS_JSON] = body[SLOTS_JSON].len;
	slot->length_bytes[SLOTS_TEXT] =
		text_fit(&body[SLOTS_TEXT], slot->file[SLOTS_TEXT].capacity_bytes);
	slot->sequence = 0;
	for (uint32_t i = 0; i < slots->n; i++)
		if (slots->slot[i].sequence > slot->sequence)
			slot->sequence = slots->slot[i].sequence;
	if (slot->sequence == UINT64_MAX)
		return err_set(e, -EOVERFLOW, WHAT ": sequence numbers are used up");
	slot->sequence++;
	for (int part = 0; part < SLOTS_CHECKED_N; part++)
		digest_sha256(slot->sha256[part], body[part].data ? body[part].data : "",
			      (size_t)slot->length_bytes[part]);
	return 0;
}

int slots_store(struct slots *slots, const struct block *disk, const char *run,
		const struct buf body[SLOTS_PARTS_N], struct err *e)
{
	int index = slots_next(slots), ret;
	struct slot slot;

	if (index < 0)
		return err_set(e, index, WHAT ": %" PRIu32 " slot: should have at least two",
			       slots->n);
	slot = slots->slot[index];
	ret = slot_prepare(&slot, slots, run, body, e);
	if (ret)
		return ret;
	slots->slot[index].valid = false;
	ret = slot_write(slots, (uint32_t)index, &slot, disk, body);
	if (ret)
		return err_set(e, ret, WHAT ": slot %d: %s", index,
			       ret == -EIO ? "not stored: an I/O error, or what was read back "
					     "differs from what was written"
					   : strerror(-ret));
	slot.valid = true;
	slots->slot[index] = slot;
	slots_html_store(&slot.file[SLOTS_HTML], disk, &body[SLOTS_HTML], e);
	return index;
}

int slots_load(struct buf *to, const struct slots *slots, uint32_t index, enum slots_part part,
	       const struct block *disk)
{
	const struct slot *slot;
	char *scratch;
	int ret;

	if (index >= slots->n || !slots->slot[index].valid || part >= SLOTS_CHECKED_N)
		return -EINVAL;
	slot = &slots->slot[index];
	scratch = malloc((size_t)slot->file[part].capacity_bytes);
	if (!scratch)
		return -ENOMEM;
	ret = body_check(slot, part, disk, scratch);
	if (!ret) {
		buf_add(to, scratch, (size_t)slot->length_bytes[part]);
		ret = buf_failed(to) ? -ENOMEM : 0;
	}
	free(scratch);
	return ret;
}
