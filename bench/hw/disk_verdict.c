// SPDX-License-Identifier: MIT
/*
 * The table of rules on which disks may be written to. Whatever no rule allows is DISK_DATA. Reads
 * samples only; grants nothing.
 */
#include "hw/disk_verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/disk_consent.h"
#include "hw/disk_device.h"
#include "hw/disk_mark.h"
#include "hw/disk_open.h"
#include "hw/disk_sample.h"
#include "hw/disk_scan.h"
#include "hw/disk_signature.h"
#include "hw/disk_token.h"
#include "lib/clock.h"
#include "lib/rng.h"
#include "lib/str.h"
#include "store/gpt.h"

#define FLOOR_BYTES	(UINT64_C(4) << 20) /* no room for a mark below */
#define SAMPLE_LIMIT_NS (30 * CLOCK_NS_PER_S)
#define ISO_VOLUME_AT	(32768 + 40) /* ECMA-119 8.4.7: volume identifier */
#define ISO_VOLUME_ID	"TARE_ISO"
#define BOOT_LABEL	"TARE_ESP"
#define NULL_BLK_PREFIX "nullb" /* drivers/block/null_blk names its devices nullb0, nullb1, ... */

/* What is known of the disk being judged; what takes reading is read when a rule first asks. */
struct judge {
	struct disk *disk;
	const struct disk_list *list;
	const struct disk_verdict_config *config;
	struct disk_device device;
	struct gpt *gpt; /* NULL: none there, or not readable */
	int opened;	 /* 1: not tried yet; 0; or -errno, and `problem` */
	struct err problem;
	struct disk_sample sample;
	char table[160]; /* the partition table in words, where it is not a mark */
};

static void say(struct judge *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct judge *j, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(j->disk->reason, sizeof(j->disk->reason), fmt, args);
	va_end(args);
}

/* Opens the disk and reads its partition table, once. Returns 0 or -errno. */
static int judge_open(struct judge *j)
{
	int ret;

	if (j->opened <= 0)
		return j->opened;
	j->opened = disk_device_open(&j->device, j->disk, j->config->root, &j->problem);
	if (j->opened)
		return j->opened;
	j->gpt = malloc(sizeof(*j->gpt));
	ret = j->gpt ? gpt_read(j->gpt, &j->device.block) : -ENOMEM;
	if (ret) {
		free(j->gpt);
		j->gpt = NULL;
	}
	if (ret && ret != -ENOENT && ret != -EBADMSG)
		j->opened = err_set(&j->problem, ret, "%s", strerror(-ret));
	return j->opened;
}

static bool is_named(const struct judge *j)
{
	char *const *named = j->config->named;
	bool ambiguous;

	for (; named && *named; named++)
		if (disk_find(j->list, *named, &ambiguous) == j->disk)
			return true;
	return false;
}

/* To be destroyed, if all of that fits. By its serial alone: a name in /dev says little. */
static bool is_to_destroy(const struct judge *j)
{
	return j->config->destroy && j->disk->serial[0] &&
	       !strcmp(j->disk->serial, j->config->destroy);
}

static bool has_label(const struct judge *j, const char *label)
{
	for (uint32_t i = 0; j->gpt && i < j->gpt->n; i++)
		if (!strcmp(j->gpt->partition[i].label, label))
			return true;
	return false;
}

static bool rule_optical(struct judge *j)
{
	say(j, "optical drive");
	return j->disk->optical;
}

static bool rule_empty(struct judge *j)
{
	say(j, "no medium, or size 0");
	return !j->disk->size_bytes;
}

/* Kernel names of virtual devices, for words; the decision rests on the bus. */
static const struct {
	const char *prefix, *words;
} virtual_names[] = {
	{ "loop", "loop device" },
	{ "ram", "RAM disk" },
	{ "zram", "compressed RAM disk" },
	{ NULL_BLK_PREFIX, "null_blk test device" },
	{ "pmem", "persistent memory" },
	{ "dm-", "device mapper volume" },
	{ "md", "software RAID array" },
	{ "nbd", "network block device" },
	{ "zd", "ZFS volume" },
	{ "drbd", "DRBD device" },
	{ "bcache", "bcache device" },
	{ "fd", "floppy drive" },
};

static bool is_loop(const struct disk *disk)
{
	return !strncmp(disk->node, "loop", 4) && disk->major == 7; /* LOOP_MAJOR */
}

static bool rule_virtual(struct judge *j)
{
	const char *transport = j->disk->transport, *words = NULL;

	if (transport[0] && strcmp(transport, "virtual"))
		return false;
	/* On an installed system a user may name a loop device, to try things out. */
	if (is_loop(j->disk) && is_named(j))
		return false;
	for (size_t i = 0; i < sizeof(virtual_names) / sizeof(virtual_names[0]); i++)
		if (!strncmp(j->disk->node, virtual_names[i].prefix,
			     strlen(virtual_names[i].prefix)))
			words = virtual_names[i].words;
	if (words)
		say(j, "%s, no physical disk", words);
	else
		say(j, "%s",
		    transport[0] ? "virtual device, no physical disk"
				 : "on no disk bus that tare knows");
	return true;
}

/* The ISO 9660 volume id at a place that would hold it. */
static bool iso_at(struct judge *j, uint64_t start_bytes)
{
	char id[sizeof(ISO_VOLUME_ID)] = "", magic[6] = "";
	uint64_t at = start_bytes + ISO_VOLUME_AT;

	if (block_read(&j->device.block, magic, 5, start_bytes + 32769) || strcmp(magic, "CD001") ||
	    block_read(&j->device.block, id, sizeof(id) - 1, at))
		return false;
	return !strcmp(id, ISO_VOLUME_ID);
}

static bool rule_boot(struct judge *j)
{
	char guid[GPT_GUID_TEXT];

	if (judge_open(j))
		return false;
	if (j->gpt && j->config->boot_guid) {
		gpt_guid_text(guid, j->gpt->disk_guid);
		if (!strcmp(guid, j->config->boot_guid)) {
			say(j, "tare's boot medium (disk GUID %s)", guid);
			return true;
		}
	}
	if (has_label(j, BOOT_LABEL)) {
		say(j, "a boot medium of tare (partition %s)", BOOT_LABEL);
		return true;
	}
	say(j, "a boot medium of tare (volume %s)", ISO_VOLUME_ID);
	return iso_at(j, 0) || (j->gpt && j->gpt->n && iso_at(j, j->gpt->partition[0].start_bytes));
}

static bool rule_results(struct judge *j)
{
	if (judge_open(j))
		return false;
	say(j, "holds results (partition %s)", GPT_RESULTS_LABEL);
	return has_label(j, GPT_RESULTS_LABEL);
}

static bool rule_mounted(struct judge *j)
{
	say(j, "%s", j->disk->use);
	return j->disk->mounted;
}

static bool rule_in_use(struct judge *j)
{
	if (j->disk->holders) {
		say(j, "%s", j->disk->use);
		return true;
	}
	say(j, "opened exclusively by another program, or part of a mounted volume");
	return !judge_open(j) && disk_open_is_claimed(j->disk, j->config->root);
}

static bool rule_read_only(struct judge *j)
{
	say(j, "read-only by hardware or hypervisor");
	return j->disk->read_only;
}

static bool rule_removable(struct judge *j)
{
	bool usb = !strcmp(j->disk->transport, "usb");

	say(j, "%s, and not named as a target", usb ? "USB" : "removable");
	return (usb || j->disk->removable) && !is_named(j) && !is_to_destroy(j);
}

static bool rule_too_small(struct judge *j)
{
	uint64_t minimum = j->config->minimum_bytes;
	char size[32], wanted[32];

	if (minimum < FLOOR_BYTES)
		minimum = FLOOR_BYTES;
	say(j, "%s: should be at least %s", str_from_bytes(size, sizeof(size), j->disk->size_bytes),
	    str_from_bytes(wanted, sizeof(wanted), minimum));
	return j->disk->size_bytes < minimum;
}

/* Behind the rules on what the user did not name: a bridge of a stick that nobody means to write is
 * asked nothing that it may not know. */
static bool rule_reserved(struct judge *j)
{
	char words[DISK_RESERVATION_WORDS];

	judge_open(j); /* where reading failed, a reservation may be why */
	if (j->device.fd < 0)
		return false;
	if (!(j->config->reserved ? j->config->reserved : disk_reservation_check)(words,
										  j->device.fd))
		return false;
	say(j, "%s", words);
	return true;
}

static bool rule_unreadable(struct judge *j)
{
	int ret = judge_open(j);

	if (!ret) {
		/* Each disk has its own places, so that equal disks do not hide the same byte. */
		ret = disk_sample(&j->sample, &j->device.block,
				  rng_mix(j->config->seed, j->disk->size_bytes ^
								   (uint64_t)j->disk->major << 32 ^
								   j->disk->minor),
				  SAMPLE_LIMIT_NS);
		if (ret)
			err_set(&j->problem, ret, "reading failed: %s", strerror(-ret));
	}
	say(j, "%.200s%s", j->problem.text,
	    ret == -EACCES || ret == -EPERM ? " (should be run as root)" : "");
	return ret;
}

/* Two entries of the list are the same disk: by WWN, or by serial where neither has a WWN. Serials
 * alone are not trusted to differ or agree: model and size must be the same, too. */
static bool same_disk(const struct disk *a, const struct disk *b)
{
	if (a->wwn[0] || b->wwn[0])
		return !strcmp(a->wwn, b->wwn);
	return a->serial[0] && !strcmp(a->serial, b->serial) && !strcmp(a->model, b->model) &&
	       a->size_bytes == b->size_bytes;
}

static bool rule_duplicate(struct judge *j)
{
	for (uint32_t i = 0; i < j->list->n; i++) {
		const struct disk *twin = &j->list->disk[i];

		if (twin == j->disk || !same_disk(twin, j->disk))
			continue;
		/* The first path stands for all, unless another one is in use. */
		if (twin < j->disk || twin->mounted || twin->holders) {
			say(j, "same %s as %s: another path to the same disk",
			    j->disk->wwn[0] ? "WWN" : "serial, model and size", twin->node);
			return true;
		}
	}
	return false;
}

static bool rule_marked(struct judge *j)
{
	struct gpt_partition partition;
	int ret = disk_mark_check(&partition, &j->device.block, j->table, sizeof(j->table));
	bool known;

	if (ret)
		return false;
	known = !j->disk->partitions_n ||
		(j->disk->partitions_n == 1 && !j->disk->partitions_cut &&
		 j->disk->partition[0].start_bytes == partition.start_bytes &&
		 j->disk->partition[0].size_bytes == partition.size_bytes);
	if (!known) {
		snprintf(j->table, sizeof(j->table),
			 "partition " GPT_SCRATCH_LABEL ", but the kernel knows other partitions");
		return false;
	}
	say(j, "marked as tare's: one partition, " GPT_SCRATCH_LABEL);
	return true;
}

static bool rule_blank(struct judge *j)
{
	char read[32];

	say(j, "%s read in %" PRIu32 " blocks, head and tail, all %s%s",
	    str_from_bytes(read, sizeof(read), j->sample.read_bytes), j->sample.blocks,
	    disk_sample_fill_words(j->sample.fill),
	    j->sample.cut ? " (slow disk: fewer than planned)" : "");
	j->disk->fill = j->sample.fill;
	return j->sample.blank && !j->disk->partitions_n && !j->disk->partitions_cut;
}

static bool rule_data(struct judge *j)
{
	const char *name = NULL;

	if (!j->table[0])
		disk_signature_find(&name, &j->device.block);
	if (j->table[0])
		say(j, "%s", j->table);
	else if (name && j->disk->partitions_n)
		say(j, "%s with %" PRIu32 " partition%s", name, j->disk->partitions_n,
		    j->disk->partitions_n == 1 ? "" : "s");
	else if (name)
		say(j, "%s", name);
	else if (!j->sample.blank)
		say(j, "unknown data at offset %" PRIu64, j->sample.data_offset_bytes);
	else
		say(j, "partitions that the kernel still knows");
	return true;
}

/* In the order of enum disk_verdict. */
static const struct {
	enum disk_verdict verdict;
	const char *name;
	bool (*applies)(struct judge *j); /* words the reason, also where it then says no */
} rules[] = {
	{ DISK_OPTICAL, "optical", rule_optical },
	{ DISK_EMPTY, "empty", rule_empty },
	{ DISK_VIRTUAL, "virtual", rule_virtual },
	{ DISK_BOOT, "boot medium", rule_boot },
	{ DISK_RESULTS, "results disk", rule_results },
	{ DISK_MOUNTED, "mounted", rule_mounted },
	{ DISK_IN_USE, "in use", rule_in_use },
	{ DISK_READ_ONLY, "read-only", rule_read_only },
	{ DISK_REMOVABLE, "removable", rule_removable },
	{ DISK_TOO_SMALL, "too small", rule_too_small },
	{ DISK_RESERVED, "reserved", rule_reserved },
	{ DISK_UNREADABLE, "unreadable", rule_unreadable },
	{ DISK_DUPLICATE, "duplicate", rule_duplicate },
	{ DISK_MARKED, "marked as ours", rule_marked },
	{ DISK_BLANK, "blank", rule_blank },
	{ DISK_DATA, "not blank", rule_data },
};

const char *disk_verdict_name(enum disk_verdict verdict)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].verdict == verdict)
			return rules[i].name;
	return "not judged";
}

/* Of a disk that cannot be named, or not be read, there is none. */
static void judge_token(struct judge *j)
{
	struct disk *disk = j->disk;
	uint32_t same = 0;

	if (disk->verdict != DISK_REMOVABLE && !disk_consent_reaches(disk->verdict))
		return;
	for (uint32_t i = 0; i < j->list->n; i++)
		same += !strcmp(j->list->disk[i].serial, disk->serial);
	if (same == 1 && disk_token_is_nameable(disk) && !judge_open(j))
		disk_token(disk->token, disk, &j->device.block);
}

static void judge(struct disk *disk, const struct disk_list *list,
		  const struct disk_verdict_config *config)
{
	struct judge j = {
		.disk = disk, .list = list, .config = config, .device = { .fd = -1 }, .opened = 1
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!rules[i].applies(&j))
			continue;
		disk->verdict = rules[i].verdict;
		break;
	}
	judge_token(&j);
	free(j.gpt);
	disk_device_close(&j.device);
}

void disk_verdict_all(struct disk_list *list, const struct disk_verdict_config *config)
{
	for (uint32_t i = 0; i < list->n; i++)
		judge(&list->disk[i], list, config);
}

bool disk_is_null_blk(const struct disk *disk)
{
	return disk->verdict == DISK_VIRTUAL && !strcmp(disk->transport, "virtual") &&
	       !strncmp(disk->node, NULL_BLK_PREFIX, strlen(NULL_BLK_PREFIX));
}

int disk_verdict_writable(enum disk_verdict verdict)
{
	return verdict == DISK_BLANK || verdict == DISK_MARKED;
}
