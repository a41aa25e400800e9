// SPDX-License-Identifier: MIT
/* Lists of CPUs from mq/N/cpu_list and /proc/irq/N (the kernel's core-api/irq/irq-affinity). */
#include "hw/disk_irq.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/disk_attr.h"
#include "lib/file.h"
#include "lib/str.h"

#define IRQS_MAX 4096
#define MORE	 " ..."

/* --- lists --- */

/* Adds an item to a list whole, or that there are more. */
static void add_item(char list[DISK_CPUS_BYTES], const char *item)
{
	size_t len = strlen(list), left = DISK_CPUS_BYTES - sizeof(MORE) - len;

	if (len >= strlen(MORE) && !strcmp(list + len - strlen(MORE), MORE))
		return;
	if (strlen(item) + 1 < left)
		snprintf(list + len, left, "%s%s", len ? " " : "", item);
	else
		strcpy(list + len, MORE);
}

/* "0, 1, 2, 5" of a queue as the kernel writes lists elsewhere: "0-2,5". False where it is none. */
static bool shorten(char *to, size_t to_bytes, const char *text)
{
	unsigned long first = 0, last = 0;
	size_t len = 0;
	bool open = false;

	for (char *end; *text; text = end + strspn(end, ", ")) {
		unsigned long cpu = strtoul(text, &end, 10);

		if (end == text || (*end && *end != ','))
			return false;
		if (open && cpu == last + 1) {
			last = cpu;
			continue;
		}
		if (open && last > first)
			len += (size_t)snprintf(to + len, to_bytes - len, "-%lu", last);
		if (len + 24 > to_bytes)
			return false;
		len += (size_t)snprintf(to + len, to_bytes - len, "%s%lu", open ? "," : "", cpu);
		first = last = cpu;
		open = true;
	}
	if (open && last > first && len + 24 <= to_bytes)
		snprintf(to + len, to_bytes - len, "-%lu", last);
	return open;
}

/* --- queues --- */

static void read_queues(struct disk *disk, const char *dir)
{
	char text[4096], item[512]; /* a page is what sysfs gives */

	for (uint32_t i = 0; i < disk->hw_queues; i++) {
		int ret = file_read_text(text, sizeof(text), dir, "mq/%" PRIu32 "/cpu_list", i);

		if (ret < 0)
			return disk_attr_unknown(disk, "queue_cpus",
						 ret == -ENOENT ? "not there" : strerror(-ret));
		add_item(disk->queue_cpus, shorten(item, sizeof(item), text) ? item : "none");
	}
}

/* --- interrupts --- */

static int by_number(const void *a, const void *b)
{
	int left = *(const int *)a, right = *(const int *)b;

	return (left > right) - (left < right);
}

/* The interrupts of one folder, in order; returns how many. */
static size_t irqs_of(int *irq, const char *dir)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *folder = NULL;
	uint64_t number;
	size_t n = 0;

	if (disk_attr_join(path, dir, "msi_irqs"))
		folder = opendir(path);
	while (folder && n < IRQS_MAX && (entry = readdir(folder)))
		if (!str_to_u64(entry->d_name, &number) && number <= INT_MAX)
			irq[n++] = (int)number;
	if (folder)
		closedir(folder);
	if (!n && !file_read_u64(&number, dir, "irq") && number && number <= INT_MAX)
		irq[n++] = (int)number;
	qsort(irq, n, sizeof(*irq), by_number);
	return n;
}

/* Where one interrupt goes, and may go. Kernels for one CPU have neither file, some only the
 * second. */
static void add_irq(char list[DISK_CPUS_BYTES], const char *root, int irq)
{
	char goes[256] = "", may[256] = "", item[520];

	file_read_text(may, sizeof(may), root, "proc/irq/%d/smp_affinity_list", irq);
	if (file_read_text(goes, sizeof(goes), root, "proc/irq/%d/effective_affinity_list", irq) <
	    0)
		str_copy(goes, sizeof(goes), may);
	if (!goes[0])
		return;
	snprintf(item, sizeof(item), "%s%s%s", goes, strcmp(goes, may) && may[0] ? "/" : "",
		 strcmp(goes, may) ? may : "");
	add_item(list, item);
}

static void read_irqs(struct disk *disk, const char *root, const char *dir)
{
	int *irq = malloc(IRQS_MAX * sizeof(*irq));
	char at[PATH_MAX];
	size_t n = 0;

	disk_attr_bus(at, dir);
	while (irq && !(n = irqs_of(irq, at)) && disk_attr_up(at))
		;
	for (size_t i = 0; i < n; i++)
		add_irq(disk->irq_cpus, root, irq[i]);
	if (!disk->irq_cpus[0])
		disk_attr_unknown(disk, "irq_cpus",
				  n ? "/proc/irq does not say"
				    : "its bus does not say which are its own");
	free(irq);
}

void disk_irq_read(struct disk *disk, const char *root, const char *dir)
{
	read_queues(disk, dir);
	read_irqs(disk, root, dir);
}
