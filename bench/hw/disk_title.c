// SPDX-License-Identifier: MIT
/* Puts together what a disk says of itself. */
#include "hw/disk_title.h"

#include <stdio.h>

#include "lib/str.h"

const char *disk_model_text(char to[DISK_MODEL_BYTES], const struct disk *disk)
{
	snprintf(to, DISK_MODEL_BYTES, "%s%s%s", disk->vendor,
		 disk->vendor[0] && disk->model[0] ? " " : "", disk->model);
	return to;
}

void disk_title(struct buf *to, const struct disk *disk)
{
	char size[32], model[DISK_MODEL_BYTES];

	disk_model_text(model, disk);
	buf_printf(to, "%s, %s, %s%sserial %s", disk->node,
		   str_from_bytes(size, sizeof(size), disk->size_bytes), model,
		   model[0] ? ", " : "", disk->serial[0] ? disk->serial : "none");
}
