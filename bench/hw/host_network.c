// SPDX-License-Identifier: MIT
/* Network links and their drivers, from /sys/class/net. Reads only; no link is touched. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hw/host_readers.h"
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
	char path[PATH_MAX], target[PATH_MAX];
	const char *slash;
	ssize_t n;

	if (snprintf(path, sizeof(path), "%s/" NET_DIR "/%s/device/driver", root, link) >=
	    (int)sizeof(path))
		return false;
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return false;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return str_copy(to, to_bytes, slash ? slash + 1 : target);
}

int host_network_drivers(struct host_value *value, const char *root)
{
	char path[PATH_MAX], driver[128];
	struct dirent **entry;
	size_t len = 0;
	int n;

	snprintf(path, sizeof(path), "%s/" NET_DIR, root);
	n = scandir(path, &entry, is_link, by_name);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		size_t left = sizeof(value->text) - len;
		int add = 0;

		if (driver_of(driver, sizeof(driver), root, entry[i]->d_name))
			add = snprintf(value->text + len, left, "%s%s: %s", len ? ", " : "",
				       entry[i]->d_name, driver);
		/* Whole links only. */
		if ((size_t)add < left)
			len += (size_t)add;
		else
			value->text[len] = '\0';
		free(entry[i]);
	}
	free(entry);
	if (!len)
		str_copy(value->text, sizeof(value->text), "none");
	return 0;
}
