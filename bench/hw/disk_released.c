// SPDX-License-Identifier: MIT
/* One line, "MAJ:MIN SEQUENCE START SIZE", replaced as a whole. Touches no device. */
#include "hw/disk_released.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/file.h"

int disk_released_set(const char *root, const struct disk_released *released)
{
	char path[PATH_MAX], line[128];
	int n = snprintf(path, sizeof(path), "%s/%s", strcmp(root, "/") ? root : "",
			 DISK_RELEASED_FILE);

	if (n < 0 || n >= (int)sizeof(path))
		return -ENAMETOOLONG;
	if (!released)
		return unlink(path) && errno != ENOENT ? -errno : 0;
	n = snprintf(line, sizeof(line),
		     "%" PRIu32 ":%" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
		     released->major, released->minor, released->sequence, released->start_bytes,
		     released->size_bytes);
	return file_write_all(path, line, (size_t)n);
}

bool disk_released_get(struct disk_released *released, const char *root)
{
	char line[128];

	if (file_read_text(line, sizeof(line), root, DISK_RELEASED_FILE) <= 0)
		return false;
	return sscanf(line, "%" SCNu32 ":%" SCNu32 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		      &released->major, &released->minor, &released->sequence,
		      &released->start_bytes, &released->size_bytes) == 5 &&
	       released->sequence;
}
