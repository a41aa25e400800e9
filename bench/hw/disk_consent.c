// SPDX-License-Identifier: MIT
/* Every condition on a disk that is named to be destroyed; what no condition lets pass is refused.
 */
#include "hw/disk_consent.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "hw/disk_verdict.h"
#include "lib/str.h"

int disk_consent_parse(char serial[DISK_TEXT_BYTES], uint64_t *size_bytes, const char *destroy)
{
	const char *colon = strrchr(destroy, ':');
	size_t len = colon ? (size_t)(colon - destroy) : 0;

	if (!len || len >= DISK_TEXT_BYTES || str_to_u64(colon + 1, size_bytes))
		return -EINVAL;
	memcpy(serial, destroy, len);
	serial[len] = '\0';
	return 0;
}

bool disk_consent_reaches(enum disk_verdict verdict)
{
	return verdict == DISK_DATA || verdict == DISK_BLANK || verdict == DISK_MARKED;
}

static int refuse(struct err *e, const struct config *config, const char *why)
{
	return err_set(e, -EPERM, "tare.destroy: \"%.160s\": %s", config->destroy, why);
}

/* The disk that bears the serial, if it is one alone. Returns 0 or -EPERM. */
static int find(struct disk **found, struct disk_list *disks, const struct config *config,
		const char *serial, struct err *e)
{
	*found = NULL;
	for (uint32_t i = 0; i < disks->n; i++) {
		struct disk *disk = &disks->disk[i];

		if (strcmp(disk->serial, serial))
			continue;
		if (*found)
			return err_set(e, -EPERM,
				       "tare.destroy: \"%.160s\": %s and %s both have this serial",
				       config->destroy, (*found)->node, disk->node);
		*found = disk;
	}
	return *found ? 0 : refuse(e, config, "no disk has this serial");
}

static int check(const struct disk *disk, const struct config *config, uint64_t size_bytes,
		 struct err *e)
{
	if (disk->size_bytes != size_bytes)
		return err_set(e, -EPERM,
			       "tare.destroy: \"%.160s\": %s has another size: should be %" PRIu64,
			       config->destroy, disk->node, disk->size_bytes);
	if (!disk_consent_reaches(disk->verdict))
		return err_set(e, -EPERM, "tare.destroy: \"%.160s\": %s: %s: %.120s",
			       config->destroy, disk->node, disk_verdict_name(disk->verdict),
			       disk->reason);
	if (!disk->token[0])
		return refuse(e, config, "the disk has no token");
	if (!config->confirm[0])
		return refuse(e, config,
			      "tare.confirm is missing: should be the token that a run prints for "
			      "this disk");
	if (strcmp(config->confirm, disk->token))
		return err_set(e, -EPERM,
			       "tare.confirm: \"%.40s\": not the token of %s as it is now: another "
			       "disk's, or it was written to since",
			       config->confirm, disk->node);
	return 0;
}

int disk_consent(struct disk_list *disks, const struct config *config, struct err *e)
{
	char serial[DISK_TEXT_BYTES];
	uint64_t size_bytes;
	struct disk *disk;

	for (uint32_t i = 0; i < disks->n; i++)
		disks->disk[i].destroy = false;
	if (!config->destroy[0] && !config->confirm[0])
		return 0;
	if (!config->destroy[0])
		return err_set(e, -EPERM, "tare.confirm: \"%.40s\": without tare.destroy",
			       config->confirm);
	if (disk_consent_parse(serial, &size_bytes, config->destroy))
		return refuse(e, config, "should be SERIAL:BYTES, the exact size in bytes");
	if (config->writing_off)
		return refuse(e, config, "writing is off");
	/* The default of an installed system is no word against it. */
	if (config->write == CONFIG_WRITE_NO && config->source[CONFIG_WRITE] != CONFIG_FROM_DEFAULT)
		return refuse(e, config, "tare.write=no says otherwise");
	if (find(&disk, disks, config, serial, e) || check(disk, config, size_bytes, e))
		return -EPERM;
	disk->destroy = true;
	return 0;
}
