// SPDX-License-Identifier: MIT
/* Network links and their drivers, from /sys/class/net. Reads only; no link is touched. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/host_readers.h"
#include "lib/file.h"
#include "lib/str.h"

#define NET_DIR "sys/class/net"

static int is_link(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* By number where names have one: eth2 before eth10. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

/* The driver behind a link; false for lo, bridges and others without a device. */
static bool driver_of(char *to, size_t to_bytes, const char *root, const char *link)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/" NET_DIR "/%s/device/driver", root, link) <
		       (int)sizeof(path) &&
	       file_link_name(to, to_bytes, path);
}

int host_network_drivers(struct host_value *value, const char *root)
{
	char path[PATH_MAX], driver[128];
	struct dirent **entry;
	int n;

	snprintf(path, sizeof(path), "%s/" NET_DIR, root);
	n = scandir(path, &entry, is_link, by_name);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		if (driver_of(driver, sizeof(driver), root, entry[i]->d_name))
			host_add_item(value, ", ", entry[i]->d_name, driver);
		free(entry[i]);
	}
	free(entry);
	if (!value->text[0])
		str_copy(value->text, sizeof(value->text), "none");
	return 0;
}
