// SPDX-License-Identifier: MIT
/*
 * Which hypervisor runs this machine: by CPUID signature first, by DMI where CPUID is silent or
 * cannot be asked. Reads only.
 */
#include <cpuid.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hw/host_backdoor.h"
#include "hw/host_readers.h"
#include "lib/file.h"
#include "lib/str.h"

#define LEAF_FIRST 0x40000000u
#define LEAF_STEP  0x100u /* hypervisors that imitate another show their own leaves further up */
#define LEAF_END   0x40010000u
#define SIGNATURES 4

#define UNASKED "captured tree: CPUID cannot be asked"

/* In order of preference: those that imitate others (Hyper-V's interface mostly) first. */
static const struct {
	const char *signature; /* 12 bytes of EBX, ECX, EDX; trailing zeros left out */
	const char *name;
} by_cpuid[] = {
	{ "XenVMMXenVMM", "Xen" },	  { "KVMKVMKVM", "KVM" },
	{ "VBoxVBoxVBox", "VirtualBox" }, { "VMwareVMware", "VMware" },
	{ "bhyve bhyve ", "bhyve" },	  { "ACRNACRNACRN", "ACRN" },
	{ "TCGTCGTCGTCG", "QEMU TCG" },	  { "QNXQVMBSQG", "QNX" },
	{ "Jailhouse", "Jailhouse" },	  { " lrpepyh vr", "Parallels" },
	{ "Microsoft Hv", "Hyper-V" },
};

/* `beats`: DMI is right even where CPUID names that hypervisor, whose interface it uses. */
static const struct {
	const char *file, *prefix, *name, *beats;
} by_dmi[] = {
	{ "product_name", "VirtualBox", "VirtualBox", "KVM" },
	{ "sys_vendor", "VMware", "VMware", NULL },
	{ "sys_vendor", "innotek GmbH", "VirtualBox", "KVM" },
	{ "sys_vendor", "QEMU", "QEMU", NULL },
	{ "product_name", "Virtual Machine", "Hyper-V", NULL },
	{ "product_name", "Google Compute", "KVM", NULL },
	{ "product_name", "KVM", "KVM", NULL },
	{ "sys_vendor", "Xen", "Xen", NULL },
	{ "bios_version", "bhyve", "bhyve", NULL },
	{ "sys_vendor", "BHYVE", "bhyve", NULL },
	{ "sys_vendor", "Parallels", "Parallels", NULL },
	{ "sys_vendor", "OpenStack", "KVM", NULL },
	{ "product_name", "OpenStack", "KVM", NULL },
	{ "product_name", "RHEL", "KVM", NULL },
	{ "product_name", "Standard PC", "QEMU", NULL },
	{ "sys_vendor", "Nutanix", "KVM", NULL },
	{ "sys_vendor", "DigitalOcean", "KVM", NULL },
};

/* Signatures of all hypervisor leaves, NUL-terminated; returns how many, 0 without a hypervisor. */
static int cpuid_signatures(char signature[SIGNATURES][13])
{
	unsigned int eax, ebx, ecx, edx;
	int n = 0;

	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx >> 31))
		return 0;
	for (unsigned int leaf = LEAF_FIRST; leaf < LEAF_END && n < SIGNATURES; leaf += LEAF_STEP) {
		__cpuid(leaf, eax, ebx, ecx, edx);
		/* Leaves that do not exist give zeros, or what the highest basic leaf gives. */
		if (eax < leaf || eax >= leaf + LEAF_STEP)
			if (leaf != LEAF_FIRST)
				continue;
		memcpy(signature[n], &ebx, 4);
		memcpy(signature[n] + 4, &ecx, 4);
		memcpy(signature[n] + 8, &edx, 4);
		signature[n][12] = '\0';
		n++;
	}
	return n;
}

int host_virt_cpuid(struct host_value *value, const char *root)
{
	char signature[SIGNATURES][13];
	size_t len = 0;
	int n;

	if (!host_root_is_live(root)) {
		str_copy(value->unknown, sizeof(value->unknown), UNASKED);
		return -ENODATA;
	}
	n = cpuid_signatures(signature);
	if (!n)
		str_copy(value->text, sizeof(value->text), "none");
	for (int i = 0; i < n; i++) {
		if (i && len + 2 < sizeof(value->text))
			len += (size_t)snprintf(value->text + len, 3, ", ");
		for (const char *c = signature[i]; *c && len + 1 < sizeof(value->text); c++)
			value->text[len++] = *c >= 0x20 && *c < 0x7f ? *c : '?';
		value->text[len] = '\0';
	}
	return 0;
}

static const char *name_by_cpuid(void)
{
	char signature[SIGNATURES][13];
	int n = cpuid_signatures(signature);

	for (size_t row = 0; row < sizeof(by_cpuid) / sizeof(by_cpuid[0]); row++)
		for (int i = 0; i < n; i++)
			if (!strcmp(signature[i], by_cpuid[row].signature))
				return by_cpuid[row].name;
	return n ? "unknown" : NULL;
}

/* What DMI says; only rows that overrule `known` where it is not NULL. */
static const char *name_by_dmi(const char *root, const char *known)
{
	for (size_t row = 0; row < sizeof(by_dmi) / sizeof(by_dmi[0]); row++) {
		char text[256];

		if (known && (!by_dmi[row].beats || strcmp(known, by_dmi[row].beats)))
			continue;
		if (file_read_text(text, sizeof(text), root, "sys/class/dmi/id/%s",
				   by_dmi[row].file) > 0 &&
		    !strncmp(text, by_dmi[row].prefix, strlen(by_dmi[row].prefix)))
			return by_dmi[row].name;
	}
	return NULL;
}

static bool says_vmware(const char *root)
{
	char signature[SIGNATURES][13], vendor[64];
	int n = cpuid_signatures(signature);

	for (int i = 0; i < n; i++)
		if (!strcmp(signature[i], "VMwareVMware"))
			return true;
	return file_read_text(vendor, sizeof(vendor), root, "sys/class/dmi/id/sys_vendor") > 0 &&
	       !strncmp(vendor, "VMware", strlen("VMware"));
}

int host_virt_backdoor(struct host_value *value, const char *root)
{
	if (!host_root_is_live(root)) {
		str_copy(value->unknown, sizeof(value->unknown),
			 "captured tree: ports cannot be asked");
		return -ENODATA;
	}
	return host_backdoor_read(value, says_vmware(root), host_backdoor_ask);
}

static bool amazon_guest(const char *root)
{
	char vendor[64], product[64];

	/* The same vendor string stands on metal instances, whose product names end in ".metal". */
	return file_read_text(vendor, sizeof(vendor), root, "sys/class/dmi/id/sys_vendor") > 0 &&
	       !strcmp(vendor, "Amazon EC2") &&
	       file_read_text(product, sizeof(product), root, "sys/class/dmi/id/product_name") >
		       0 &&
	       !strstr(product, ".metal");
}

int host_virt_hypervisor(struct host_value *value, const char *root)
{
	const char *known = host_root_is_live(root) ? name_by_cpuid() : NULL;
	const char *dmi = name_by_dmi(root, known);
	char flags[4096];

	if (dmi)
		known = dmi;
	if (!known && file_read_text(flags, sizeof(flags), root, "sys/hypervisor/type") > 0 &&
	    !strcmp(flags, "xen"))
		known = "Xen";
	if (!known && amazon_guest(root))
		known = "KVM";
	if (!known && host_cpuinfo(flags, sizeof(flags), root, "flags") > 0 &&
	    host_has_word(flags, "hypervisor"))
		known = "unknown";
	str_copy(value->text, sizeof(value->text), known ? known : "none");
	return 0;
}
