// SPDX-License-Identifier: MIT
/* Platforms, and settings for them. */
#include "why_fixture.h"

#include "compare/advice.h"

/* This test will check that facts tell the platform, and labels only what facts leave open. */
static void platforms_should_be_told_by_facts_first(void **state)
{
	static const struct {
		const char *hypervisor, *machine, *label, *platform;
		bool by_label;
	} cases[] = {
		{ "none", "Dell Inc. PowerEdge", "x", "bare metal", false },
		{ "none", "Dell Inc. PowerEdge", "Proxmox host", "bare metal", false },
		{ "KVM", "QEMU Standard PC (Q35 + ICH9, 2009)", "x", "QEMU/KVM", false },
		{ "KVM", "QEMU Standard PC (Q35 + ICH9, 2009)", "pve 9", "Proxmox VE", true },
		{ "KVM", "QEMU Standard PC", "ESXi", "QEMU/KVM", false },
		{ "KVM", "Amazon EC2 m7i.large", "x", "Amazon EC2", false },
		{ "KVM", "Google Google Compute Engine", "x", "Google Cloud", false },
		{ "Hyper-V", "Microsoft Corporation Virtual Machine", "x", "Hyper-V", false },
		{ "Hyper-V", "Microsoft Corporation Virtual Machine", "Azure D4", "Azure", true },
		{ "VMware", "VMware, Inc. VMware20,1", "x", "VMware ESXi", false },
		{ "Xen", "Xen HVM domU", "x", "Xen", false },
		{ "VirtualBox", "innotek GmbH VirtualBox", "x", "VirtualBox", false },
		{ NULL, NULL, "Proxmox host, bare metal", "bare metal", true },
		{ NULL, NULL, "Proxmox VM, local-lvm (LVM-thin)", "Proxmox VE", true },
		{ NULL, NULL, "VMware 9 VM, ESXi (VMFS6)", "VMware ESXi", true },
		{ NULL, NULL, "RHEL 9 VM, KVM (host directory qcow2)", "QEMU/KVM", true },
		{ NULL, NULL, "my fast machine", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct sample_run run = { 0 };
		const struct sample_run *boot[] = { &run };
		struct comparison_environment e = { cases[i].label, boot, 1 };
		const char *platform;
		bool by_label;

		run.fact[SAMPLE_HYPERVISOR] = (char *)(uintptr_t)cases[i].hypervisor;
		run.fact[SAMPLE_MACHINE] = (char *)(uintptr_t)cases[i].machine;
		platform = advice_platform(&e, &by_label);
		if (cases[i].platform)
			assert_string_equal(platform, cases[i].platform);
		else
			assert_null(platform);
		check_number(cases[i].label, by_label, cases[i].by_label);
		assert_int_equal(advice_is_bare(&e),
				 cases[i].platform && !strcmp(cases[i].platform, "bare metal"));
	}
}

/* This test will check that every page is there, and that no row hides behind another. */
static void rows_should_name_pages_that_exist(void **state)
{
	size_t n;
	const struct comparison_advice *rows = advice_rows(&n);

	(void)state;
	assert_true(n > 40);
	for (size_t i = 0; i < n; i++) {
		if (access(rows[i].page, R_OK))
			print_error("%s: no such page\n", rows[i].page);
		assert_int_equal(access(rows[i].page, R_OK), 0);
		assert_true(rows[i].text[0]);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(rows[i].rule, rows[k].rule) != 0)
				continue;
			assert_non_null(rows[k].platform);
			assert_true(!rows[i].platform ||
				    strcmp(rows[i].platform, rows[k].platform) != 0);
		}
	}
}

static const struct comparison_cause *give(struct why_fixture *f, const char *label,
					   const char *rule)
{
	static struct comparison_cause cause;

	why_workload(why_run(f, label), "randread-4k-qd64", SAMPLE_READ, 1000);
	why_compare(f);
	cause = (struct comparison_cause){ .rule = rule };
	advice_give(&cause, &f->c);
	why_free(f);
	return &cause;
}

/* This test will check that advice is that of the platform, else of any, else none. */
static void advice_should_fit_the_platform(void **state)
{
	struct why_fixture f = { 0 };
	const struct comparison_cause *cause = give(&f, "Proxmox VM", "throttle");

	(void)state;
	assert_string_equal(cause->advice->page, "docs/platforms/proxmox.md");
	assert_true(cause->advice_by_label);
	cause = give(&f, "Proxmox VM", "kernel"); /* as for submission */
	assert_string_equal(cause->advice->page, "docs/platforms/proxmox.md");
	cause = give(&f, "Proxmox VM", "contention");
	assert_null(cause->advice->platform);
	assert_false(cause->advice_by_label);
	cause = give(&f, "something else", "allocation");
	assert_null(cause->advice->platform);
	cause = give(&f, "something else", "throttle");
	assert_null(cause->advice);
	cause = give(&f, "Proxmox VM", "unexplained");
	assert_null(cause->advice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(platforms_should_be_told_by_facts_first),
		cmocka_unit_test(rows_should_name_pages_that_exist),
		cmocka_unit_test(advice_should_fit_the_platform),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
