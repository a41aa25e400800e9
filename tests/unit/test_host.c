// SPDX-License-Identifier: MIT
/* This test will check that facts are read right from captured machines, and that what cannot be
 * read says why. */
#include "hw/host.h"

#include "disk_image.h"

#define FIXTURES "tests/fixtures/sys/"

static void captured_machines_are_read(void **state)
{
	static const struct {
		const char *machine;
		enum host_fact fact;
		const char *text;
		uint64_t number;
	} cases[] = {
		{ "q35-virtio-scsi", HOST_HYPERVISOR, "QEMU", 0 },
		{ "q35-virtio-scsi", HOST_MACHINE, "QEMU Standard PC (Q35 + ICH9, 2009) pc-q35-7.2",
		  0 },
		{ "q35-virtio-scsi", HOST_FIRMWARE, "BIOS", 0 },
		{ "q35-virtio-scsi", HOST_SECURE_BOOT, "off", 0 },
		{ "q35-virtio-scsi", HOST_CPU_MODEL, "QEMU Virtual CPU version 2.5+", 0 },
		{ "q35-virtio-scsi", HOST_CPUS, "", 2 },
		{ "q35-virtio-scsi", HOST_CPU_TOPOLOGY, "1 socket, 2 cores, 2 threads", 0 },
		{ "q35-virtio-scsi", HOST_NUMA_NODES, "", 1 },
		{ "q35-virtio-scsi", HOST_MEMORY_BYTES, "", 494690304 },
		{ "q35-virtio-scsi", HOST_KERNEL, "6.12.117-tare #1 SMP 2026-01-01", 0 },
		{ "q35-virtio-scsi", HOST_CLOCKSOURCE, "tsc", 0 },
		{ "q35-virtio-scsi", HOST_CLOCKSOURCES, "tsc hpet acpi_pm", 0 },
		{ "q35-virtio-scsi", HOST_NETWORK, "eth0: virtio_net", 0 },
		{ "bare-metal-nvme", HOST_NETWORK, "eth0: e1000e, eth1: e1000e", 0 },
		{ "bare-metal-nvme", HOST_HYPERVISOR, "none", 0 },
		{ "bare-metal-nvme", HOST_MACHINE, "Supermicro SYS-6029P 0123456789", 0 },
		{ "bare-metal-nvme", HOST_BOARD, "Supermicro X11DPi-N 1.21", 0 },
		{ "bare-metal-nvme", HOST_BIOS, "American Megatrends Inc., 3.4, 10/30/2023", 0 },
		{ "bare-metal-nvme", HOST_FIRMWARE, "UEFI", 0 },
		{ "bare-metal-nvme", HOST_CPU_TOPOLOGY, "2 sockets, 4 cores, 4 threads", 0 },
		{ "bare-metal-nvme", HOST_TSC, "rdtscp", 0 },
		{ "vmware", HOST_HYPERVISOR, "VMware", 0 },
		{ "vmware", HOST_MACHINE, "VMware, Inc. VMware7,1 pc-i440fx-7.2", 0 },
		{ "vmware", HOST_CPU_TOPOLOGY, "1 socket, 1 core, 1 thread", 0 },
		{ "vmware", HOST_CPU_MHZ, "", 2594 },
		{ "vmware", HOST_NETWORK, "eth0: vmxnet3", 0 },
	};
	struct host *host = malloc(sizeof(*host));

	(void)state;
	assert_non_null(host);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char root[256];

		snprintf(root, sizeof(root), FIXTURES "%s", cases[i].machine);
		host_probe(host, root);
		assert_string_equal(host->fact[cases[i].fact].unknown, "");
		assert_string_equal(host->fact[cases[i].fact].text, cases[i].text);
		assert_int_equal(host->fact[cases[i].fact].number, cases[i].number);
	}
	free(host);
}

/* What else it had found stays. */
static void clocks_are_read_again(void **state)
{
	struct host *host = malloc(sizeof(*host));

	assert_non_null(host);
	host_probe(host, FIXTURES "q35-virtio-scsi");
	strcpy(host->fact[HOST_CLOCKSOURCE].text, "tsc-early");
	host_probe_clocks(host, FIXTURES "q35-virtio-scsi");
	assert_string_equal(host->fact[HOST_CLOCKSOURCE].text, "tsc");
	host_probe_clocks(host, *state); /* an empty folder */
	assert_string_equal(host->fact[HOST_CLOCKSOURCE].text, "");
	assert_string_equal(host->fact[HOST_CLOCKSOURCE].unknown, "not there");
	assert_string_equal(host->fact[HOST_FIRMWARE].text, "BIOS");
	free(host);
}

static void unknown_facts_say_why(void **state)
{
	struct host *host = malloc(sizeof(*host));

	assert_non_null(host);
	host_probe(host, *state); /* an empty folder */
	for (int i = 0; i < HOST_FACTS_N; i++) {
		if (i == HOST_HYPERVISOR || i == HOST_SECURE_BOOT)
			continue;
		assert_string_equal(host->fact[i].text, "");
		assert_int_equal(host->fact[i].number, 0);
		assert_int_not_equal(strlen(host->fact[i].unknown), 0);
	}
	host_probe(host, FIXTURES "vmware");
	assert_non_null(strstr(host->fact[HOST_HYPERVISOR_CPUID].unknown, "captured"));
	assert_non_null(strstr(host->fact[HOST_HYPERVISOR_BACKDOOR].unknown, "captured"));
	assert_non_null(strstr(host->fact[HOST_CPU_GOVERNOR].unknown, "no frequency control"));
	free(host);
}

static void put(const char *root, const char *path, const char *text)
{
	image_run("mkdir -p \"$(dirname %s/%s)\" && printf '%s' >%s/%s", root, path, text, root,
		  path);
}

static void hypervisors_are_told_by_dmi(void **state)
{
	static const struct {
		const char *vendor, *product, *hypervisor;
	} cases[] = {
		{ "VMware, Inc.", "VMware20,1", "VMware" },
		{ "innotek GmbH", "VirtualBox", "VirtualBox" },
		{ "Microsoft Corporation", "Virtual Machine", "Hyper-V" },
		{ "Microsoft Corporation", "Surface Pro", "none" },
		{ "Xen", "HVM domU", "Xen" },
		{ "Amazon EC2", "m5.large", "KVM" },
		{ "Amazon EC2", "m5.metal", "none" },
		{ "Google", "Google Compute Engine", "KVM" },
		{ "QEMU", "Standard PC (i440FX + PIIX, 1996)", "QEMU" },
		{ "Dell Inc.", "PowerEdge R740", "none" },
	};
	struct host *host = malloc(sizeof(*host));

	assert_non_null(host);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put(*state, "sys/class/dmi/id/sys_vendor", cases[i].vendor);
		put(*state, "sys/class/dmi/id/product_name", cases[i].product);
		host_probe(host, *state);
		assert_string_equal(host->fact[HOST_HYPERVISOR].text, cases[i].hypervisor);
	}
	/* Without DMI the CPU's flag still tells that there is one. */
	image_run("rm -r %s/sys", (char *)*state);
	put(*state, "proc/cpuinfo", "flags\\t\\t: fpu hypervisor tsc\\n");
	host_probe(host, *state);
	assert_string_equal(host->fact[HOST_HYPERVISOR].text, "unknown");
	put(*state, "proc/cpuinfo", "flags\\t\\t: fpu nohypervisor hypervisors\\n");
	host_probe(host, *state);
	assert_string_equal(host->fact[HOST_HYPERVISOR].text, "none");
	free(host);
}

static void texts_are_parsed(void **state)
{
	static const struct {
		const char *path, *content;
		enum host_fact fact;
		const char *text;
		uint64_t number;
		bool known;
	} cases[] = {
		{ "sys/devices/system/cpu/online", "0-3,8,10-11\\n", HOST_CPUS, "", 7, true },
		{ "sys/devices/system/cpu/online", "0\\n", HOST_CPUS, "", 1, true },
		{ "sys/devices/system/cpu/online", "3-1\\n", HOST_CPUS, "", 0, false },
		{ "sys/devices/system/cpu/online", "x\\n", HOST_CPUS, "", 0, false },
		{ "proc/cpuinfo", "model name\\t: A  B\\ncpu MHz\\t\\t: 2899.51\\n", HOST_CPU_MHZ,
		  "", 2900, true },
		{ "proc/cpuinfo", "cpu MHz\\t\\t: fast\\n", HOST_CPU_MHZ, "", 0, false },
		{ "proc/cpuinfo", "flags\\t: constant_tsc tsc nonstop_tsc\\n", HOST_TSC,
		  "constant_tsc nonstop_tsc", 0, true },
		{ "proc/meminfo", "MemFree: 1 kB\\nMemTotal:   2048 kB\\n", HOST_MEMORY_BYTES, "",
		  2097152, true },
		{ "proc/meminfo", "MemTotal: much\\n", HOST_MEMORY_BYTES, "", 0, false },
		{ "sys/class/dmi/id/board_name", "To Be Filled By O.E.M.\\n", HOST_BOARD, "", 0,
		  false },
		{ "sys/devices/system/cpu/vulnerabilities/b", "Not affected\\n", HOST_MITIGATIONS,
		  "none needed", 0, true },
		{ "sys/devices/system/cpu/vulnerabilities/a", "Mitigation: X\\n", HOST_MITIGATIONS,
		  "a: Mitigation: X", 0, true },
		{ "proc/sys/kernel/osrelease", "6.12\\n", HOST_KERNEL, "", 0, false },
		{ "proc/sys/kernel/version", "#1\\n", HOST_KERNEL, "6.12 #1", 0, true },
		{ "proc/sys/kernel/tainted", "0\\n", HOST_KERNEL, "6.12 #1", 0, true },
		{ "proc/sys/kernel/tainted", "512\\n", HOST_KERNEL, "6.12 #1, tainted 512", 0,
		  true },
		{ "sys/firmware/efi/vars", "", HOST_FIRMWARE, "UEFI", 0, true },
		{ "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		  "\\006\\000\\000\\000\\001", HOST_SECURE_BOOT, "on", 0, true },
		{ "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		  "\\006\\000\\000\\000\\000", HOST_SECURE_BOOT, "off", 0, true },
		{ "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		  "\\006", HOST_SECURE_BOOT, "", 0, false },
	};
	struct host *host = malloc(sizeof(*host));

	assert_non_null(host);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct host_value *value = &host->fact[cases[i].fact];

		put(*state, cases[i].path, cases[i].content);
		host_probe(host, *state);
		assert_string_equal(value->text, cases[i].text);
		assert_int_equal(value->number, cases[i].number);
		assert_int_equal(!value->unknown[0], cases[i].known);
	}
	free(host);
}

/* Links in the order of their numbers; those without a device are none of the machine's. */
static void links_are_named_with_their_drivers(void **state)
{
	struct host *host = malloc(sizeof(*host));

	assert_non_null(host);
	image_run("cd %s && mkdir -p sys/class/net/lo sys/class/net/eth3/device", (char *)*state);
	host_probe(host, *state);
	assert_string_equal(host->fact[HOST_NETWORK].text, "none");
	image_run("cd %s/sys/class/net && for n in 2:igc 10:atlantic; do mkdir -p "
		  "eth${n%%:*}/device && ln -s ../../../bus/pci/drivers/${n#*:} "
		  "eth${n%%:*}/device/driver; done",
		  (char *)*state);
	host_probe(host, *state);
	assert_string_equal(host->fact[HOST_NETWORK].text, "eth2: igc, eth10: atlantic");
	/* More than fit: whole ones. */
	image_run("cd %s/sys/class/net && for i in $(seq 100 300); do mkdir -p eth$i/device && "
		  "ln -s drivers/virtio_net eth$i/device/driver; done",
		  (char *)*state);
	host_probe(host, *state);
	assert_in_range(strlen(host->fact[HOST_NETWORK].text), HOST_VALUE_BYTES - 30,
			HOST_VALUE_BYTES - 1);
	assert_string_equal(host->fact[HOST_NETWORK].text + strlen(host->fact[HOST_NETWORK].text) -
				    12,
			    ": virtio_net");
	free(host);
}

static void every_fact_has_its_row(void **state)
{
	(void)state;
	for (int i = 0; i < HOST_FACTS_N; i++) {
		assert_non_null(host_fact_rows[i].key);
		assert_non_null(host_fact_rows[i].label);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(host_fact_rows[i].key, host_fact_rows[j].key);
	}
}

static void live_machine_is_read(void **state)
{
	struct host *host = malloc(sizeof(*host));

	(void)state;
	assert_non_null(host);
	host_probe(host, "/");
	assert_int_not_equal(strlen(host->fact[HOST_HYPERVISOR].text), 0);
	assert_int_not_equal(strlen(host->fact[HOST_HYPERVISOR_CPUID].text), 0);
	assert_int_not_equal(strlen(host->fact[HOST_KERNEL].text), 0);
	assert_true(host->fact[HOST_CPUS].number > 0);
	assert_true(host->fact[HOST_MEMORY_BYTES].number > 64 * MIB);
	free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captured_machines_are_read),
		cmocka_unit_test_setup_teardown(clocks_are_read_again, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(unknown_facts_say_why, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(hypervisors_are_told_by_dmi, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(texts_are_parsed, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(links_are_named_with_their_drivers, image_setup,
						image_teardown),
		cmocka_unit_test(every_fact_has_its_row),
		cmocka_unit_test(live_machine_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
