// SPDX-License-Identifier: MIT
/* This test will check lists of CPUs made from trees with the odd cases; captured machines stand in
 * test_disk_scan.c. */
#include "hw/disk_irq.h"

#include "disk_image.h"

#define PCI "sys/devices/pci0000:00/0000:00:05.0"

/* A disk in DIR below a controller, and what there is to read about it. */
static void read_tree(struct disk *disk, const char *root, uint32_t queues, const char *make)
{
	char dir[PATH_MAX];

	image_run("cd %s && rm -rf * && mkdir -p " PCI "/host0/block/sda proc/irq && %s", root,
		  make);
	*disk = (struct disk){ .node = "sda", .hw_queues = queues };
	snprintf(dir, sizeof(dir), "%s/" PCI "/host0/block/sda", root);
	disk_irq_read(disk, root, dir);
}

#define QUEUE(list)                                                                                \
	"mkdir -p " PCI "/host0/block/sda/mq/0 && echo '" list "' >" PCI                           \
	"/host0/block/sda/mq/0/cpu_list"

static void queues_are_written_as_lists(void **state)
{
	static const struct {
		const char *list, *want;
	} cases[] = {
		{ "0", "0" },		{ "0, 1", "0-1" },
		{ "0, 2, 4", "0,2,4" }, { "0, 1, 2, 5, 7, 8", "0-2,5,7-8" },
		{ "3,4,5", "3-5" },	{ "", "none" }, /* all its CPUs are offline */
		{ "what", "none" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct disk disk;
		char make[512];

		snprintf(make, sizeof(make),
			 "mkdir -p " PCI "/host0/block/sda/mq/0 && echo '%s' >" PCI
			 "/host0/block/sda/mq/0/cpu_list",
			 cases[i].list);
		read_tree(&disk, *state, 1, make);
		assert_string_equal(disk.queue_cpus, cases[i].want);
	}
}

/* How vectors' files are made: NUMBER EFFECTIVE ALLOWED, a dash for no file; separated by commas.
 */
#define IRQS(list)                                                                                 \
	"mkdir -p " PCI "/msi_irqs && echo '" list "' | tr , '\\n' | while read -r n e a; do "     \
	"echo msix >" PCI "/msi_irqs/$n; mkdir -p proc/irq/$n; "                                   \
	"[ $e = - ] || echo $e >proc/irq/$n/effective_affinity_list; "                             \
	"[ $a = - ] || echo $a >proc/irq/$n/smp_affinity_list; done"

static void interrupts_are_in_order_and_say_where_they_go(void **state)
{
	static const struct {
		const char *make, *want, *unknown;
	} cases[] = {
		{ IRQS("30 0 0,9 2 0-3,100 1-2 1-2"), "2/0-3 0 1-2", "" },
		/* Older kernels show only where one may go. */
		{ IRQS("30 - 0-3,31 - 2"), "0-3 2", "" },
		/* A vector that nobody has asked for. */
		{ IRQS("30 1 1,31 - -"), "1", "" },
		{ IRQS("30 - -"), "", "irq_cpus: /proc/irq does not say" },
		{ "echo 11 >" PCI "/irq && mkdir proc/irq/11 && "
		  "echo 3 >proc/irq/11/effective_affinity_list",
		  "3", "" },
		{ "echo 0 >" PCI "/irq", "", "irq_cpus: its bus does not say which are its own" },
		{ "true", "", "irq_cpus: its bus does not say which are its own" },
		/* The bridge's interrupt is not the controller's, where that has its own. */
		{ "echo 7 >sys/devices/pci0000:00/irq && " IRQS("12 0 0"), "0", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct disk disk;

		read_tree(&disk, *state, 0, cases[i].make);
		assert_string_equal(disk.irq_cpus, cases[i].want);
		assert_string_equal(disk.unknown, cases[i].unknown);
	}
}

static void lists_that_are_too_long_say_so(void **state)
{
	struct disk disk;

	read_tree(&disk, *state, 0,
		  "mkdir -p " PCI "/msi_irqs && for i in $(seq 1 400); do : >" PCI "/msi_irqs/$i; "
		  "mkdir proc/irq/$i; echo 10$i >proc/irq/$i/effective_affinity_list; done");
	assert_in_range(strlen(disk.irq_cpus), DISK_CPUS_BYTES - 12, DISK_CPUS_BYTES - 1);
	assert_string_equal(disk.irq_cpus + strlen(disk.irq_cpus) - 4, " ...");
	assert_memory_equal(disk.irq_cpus, "101 102 103 ", 12);
	assert_null(strstr(disk.irq_cpus, "... "));
}

static void queues_without_a_list_say_so(void **state)
{
	struct disk disk;

	read_tree(&disk, *state, 2, QUEUE("0, 1"));
	assert_string_equal(disk.queue_cpus, "0-1");
	assert_string_equal(disk.unknown, "queue_cpus: not there; irq_cpus: its bus does not say "
					  "which are its own");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(queues_are_written_as_lists, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(interrupts_are_in_order_and_say_where_they_go,
						image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(lists_that_are_too_long_say_so, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(queues_without_a_list_say_so, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests_name("disk_irq", tests, NULL, NULL);
}
