// SPDX-License-Identifier: MIT
/* Mounts, swap areas and tare's own locks, from procfs and the lock list. Reads only. */
#include "hw/disk_uses.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/disk_scan.h"
#include "lib/buf.h"
#include "lib/file.h"
#include "lib/str.h"

#define TABLE_MAX_BYTES (16u << 20)

static int add(struct disk_uses *uses, const struct disk_use *use)
{
	struct disk_use *grown = realloc(uses->use, (uses->n + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	uses->use = grown;
	uses->use[uses->n++] = *use;
	return 0;
}

/* "36 35 98:0 /root /mount/point options - type source super-options" (proc(5)). */
static int add_mount(struct disk_uses *uses, const char *line)
{
	struct disk_use use = { 0 };
	const char *dash = strstr(line, " - ");

	if (sscanf(line, "%*s %*s %" SCNu32 ":%" SCNu32 " %*s %255s", &use.major, &use.minor,
		   use.where) != 3)
		return 0;
	if (dash)
		sscanf(dash, " - %*s %255s", use.source);
	return add(uses, &use);
}

/* "/dev/sda2 partition 1000 0 -2", below a line of headings. */
static int add_swap(struct disk_uses *uses, const char *line)
{
	struct disk_use use = { .swap = true };

	if (sscanf(line, "%255s", use.source) != 1 || use.source[0] != '/')
		return 0;
	return add(uses, &use);
}

static int each_line(struct disk_uses *uses, const char *root, const char *file,
		     int (*take)(struct disk_uses *, const char *))
{
	struct buf text = BUF_INIT;
	char path[PATH_MAX], *line, *next;
	int ret;

	if (snprintf(path, sizeof(path), "%s/%s", root, file) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	ret = file_read_all(&text, path, TABLE_MAX_BYTES);
	if (ret == -ENOENT && strcmp(root, "/"))
		ret = 0;
	for (line = text.data; !ret && line && *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		ret = take(uses, line);
	}
	buf_free(&text);
	return ret;
}

int disk_uses_read(struct disk_uses *uses, const char *root)
{
	int ret;

	*uses = (struct disk_uses){ 0 };
	ret = each_line(uses, root, "proc/self/mountinfo", add_mount);
	if (ret)
		return ret;
	ret = each_line(uses, root, "proc/swaps", add_swap);
	if (ret && ret != -ENOENT) /* a kernel without swap has no such file */
		return ret;
	uses->locked[0] = '\n';
	ret = file_read_text(uses->locked + 1, sizeof(uses->locked) - 2, root, DISK_LOCKED_FILE);
	if (ret > 0)
		strcat(uses->locked, "\n");
	return 0;
}

void disk_uses_free(struct disk_uses *uses)
{
	free(uses->use);
	*uses = (struct disk_uses){ 0 };
}

/* "/dev/cciss/c0d0" is "cciss!c0d0" in sysfs. */
static bool same_node(const char *source, const char *node)
{
	if (strncmp(source, "/dev/", 5))
		return false;
	for (source += 5; *source && *node; source++, node++)
		if (*source != *node && !(*source == '/' && *node == '!'))
			return false;
	return !*source && !*node;
}

const struct disk_use *disk_uses_find(const struct disk_uses *uses, uint32_t major, uint32_t minor,
				      const char *node)
{
	for (size_t i = 0; i < uses->n; i++) {
		const struct disk_use *use = &uses->use[i];

		if ((use->major && use->major == major && use->minor == minor) ||
		    same_node(use->source, node))
			return use;
	}
	return NULL;
}

bool disk_uses_locked(const struct disk_uses *uses, uint32_t major, uint32_t minor)
{
	char line[32];

	snprintf(line, sizeof(line), "\n%" PRIu32 ":%" PRIu32 "\n", major, minor);
	return strstr(uses->locked, line);
}
