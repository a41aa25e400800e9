// SPDX-License-Identifier: MIT
/* Platforms by facts and labels; the table of settings. */
#include "compare/advice.h"

#include <string.h>

#define BARE	   "bare metal"
#define PROXMOX	   "Proxmox VE"
#define QEMU	   "QEMU/KVM"
#define LIBVIRT	   "libvirt"
#define ESXI	   "VMware ESXi"
#define HYPER_V	   "Hyper-V"
#define XEN	   "Xen"
#define VIRTUALBOX "VirtualBox"
#define AWS	   "Amazon EC2"
#define AZURE	   "Azure"
#define GCP	   "Google Cloud"

#define PAGE(name) "docs/platforms/" name ".md"
#define ANY_PAGE   "docs/booting.md" /* the list of them */

struct word {
	const char *word, *platform;
};

/* The first that fits. */
static const struct word machines[] = {
	{ "Amazon EC2", AWS },	      { "Google", GCP },	 { "VMware", ESXI },
	{ "VirtualBox", VIRTUALBOX }, { "innotek", VIRTUALBOX }, { "Xen", XEN },
};
static const struct word hypervisors[] = {
	{ "none", BARE }, { "VMware", ESXI },		{ "Hyper-V", HYPER_V }, { "Xen", XEN },
	{ "KVM", QEMU },  { "VirtualBox", VIRTUALBOX }, { "QEMU", QEMU },
};
/* Of labels; whoever says "bare metal" or "host" means the machine itself. */
static const struct word labels[] = {
	{ "bare metal", BARE },
	{ "bare-metal", BARE },
	{ "Proxmox", PROXMOX },
	{ "PVE", PROXMOX },
	{ "ESXi", ESXI },
	{ "VMware", ESXI },
	{ "vSphere", ESXI },
	{ "Hyper-V", HYPER_V },
	{ "XCP", XEN },
	{ "Xen", XEN },
	{ "VirtualBox", VIRTUALBOX },
	{ "libvirt", LIBVIRT },
	{ "virt-manager", LIBVIRT },
	{ "Azure", AZURE },
	{ "EC2", AWS },
	{ "AWS", AWS },
	{ "Google", GCP },
	{ "KVM", QEMU },
	{ "QEMU", QEMU },
};

#define FIND(table, text) find(table, sizeof(table) / sizeof((table)[0]), text)

static const char *find(const struct word *rows, size_t n, const char *text)
{
	for (size_t i = 0; text && i < n; i++)
		if (strcasestr(text, rows[i].word))
			return rows[i].platform;
	return NULL;
}

/* Whether a label may refine what the facts say: Azure is a Hyper-V, Proxmox a KVM. */
static bool is_kind_of(const char *label, const char *facts)
{
	if (!strcmp(facts, QEMU))
		return !strcmp(label, PROXMOX) || !strcmp(label, LIBVIRT);
	return !strcmp(facts, HYPER_V) && !strcmp(label, AZURE);
}

const char *advice_platform(const struct comparison_environment *e, bool *by_label)
{
	const struct sample_run *run = e->boot[0];
	const char *facts = FIND(hypervisors, run->fact[SAMPLE_HYPERVISOR]);
	const char *label = FIND(labels, e->label);

	if (facts && strcmp(facts, BARE) != 0 && FIND(machines, run->fact[SAMPLE_MACHINE]))
		facts = FIND(machines, run->fact[SAMPLE_MACHINE]);
	if (facts && (!label || !is_kind_of(label, facts)))
		label = NULL;
	if (by_label)
		*by_label = label != NULL;
	return label ? label : facts;
}

bool advice_is_bare(const struct comparison_environment *e)
{
	const char *platform = advice_platform(e, NULL);

	return platform && !strcmp(platform, BARE);
}

/* The first row that fits a cause and a platform. Rows of any platform stand behind those of one.
 */
static const struct comparison_advice rows[] = {
	{ "throttle", PROXMOX,
	  "look for iops and mbps limits on the disk (`qm config`), and take them off",
	  PAGE("proxmox") },
	{ "throttle", LIBVIRT, "look for <iotune> in the domain's disk, and take it out",
	  PAGE("libvirt") },
	{ "throttle", QEMU, "start without throttling.* and throttle groups", PAGE("qemu") },
	{ "throttle", ESXI,
	  "set the disk's IOPS limit to unlimited, and look whether the datastore has Storage I/O "
	  "Control",
	  PAGE("esxi") },
	{ "throttle", HYPER_V, "take MaximumIOPS off the disk (Set-VMHardDiskDrive)",
	  PAGE("hyper-v") },
	{ "throttle", AWS,
	  "the volume's and the instance type's own limits: provision more IOPS and throughput, or "
	  "let credits refill",
	  PAGE("aws") },
	{ "throttle", AZURE, "the limits of disk tier and VM size: take a larger one",
	  PAGE("azure") },
	{ "throttle", GCP, "limits grow with the disk's size and the machine type", PAGE("gcp") },

	{ "allocation", PROXMOX,
	  "a disk that is allocated beforehand: raw on thick LVM, or qcow2 with preallocation=full",
	  PAGE("proxmox") },
	{ "allocation", LIBVIRT, "raw, fully allocated (`qemu-img create -o preallocation=full`)",
	  PAGE("libvirt") },
	{ "allocation", QEMU, "raw or qcow2 with preallocation=full, or write the disk once before",
	  PAGE("qemu") },
	{ "allocation", ESXI, "an eager zeroed thick disk", PAGE("esxi") },
	{ "allocation", HYPER_V, "a fixed VHDX instead of a dynamic one", PAGE("hyper-v") },
	{ "allocation", XEN, "a storage repository of thick LVM instead of VHD chains",
	  PAGE("xcp-ng") },
	{ "allocation", VIRTUALBOX, "a disk of --variant Fixed", PAGE("virtualbox") },
	{ "allocation", NULL, "write the whole disk once before it is measured or used", ANY_PAGE },

	{ "cache", PROXMOX, "cache=none on the disk (\"No cache\", the default)", PAGE("proxmox") },
	{ "cache", LIBVIRT, "<driver cache='none'/>", PAGE("libvirt") },
	{ "cache", QEMU, "cache=none,aio=native (or io_uring)", PAGE("qemu") },
	{ "cache", VIRTUALBOX, "--hostiocache off on the controller", PAGE("virtualbox") },
	{ "cache", NULL,
	  "measure over more bytes than the cache holds, or switch it off in the host", ANY_PAGE },

	{ "flush", PROXMOX, "cache=none or writethrough, never unsafe, where data matter",
	  PAGE("proxmox") },
	{ "flush", QEMU, "cache=none or writethrough, never unsafe, where data matter",
	  PAGE("qemu") },
	{ "flush", LIBVIRT, "cache='none' or 'writethrough', never 'unsafe', where data matter",
	  PAGE("libvirt") },
	{ "flush", VIRTUALBOX, "IgnoreFlush 0, as the recipe sets it", PAGE("virtualbox") },

	{ "compress", PROXMOX, "detect_zeroes=0 on the disk", PAGE("proxmox") },
	{ "compress", QEMU, "detect-zeroes=off", PAGE("qemu") },
	{ "compress", LIBVIRT, "<driver detect_zeroes='off'/>", PAGE("libvirt") },

	{ "queue", QEMU, "num-queues= as many as CPUs, queue-size=1024", PAGE("qemu") },
	{ "queue", PROXMOX, "VirtIO SCSI single or VirtIO block, with iothread=1",
	  PAGE("proxmox") },
	{ "queue", LIBVIRT, "<driver queues='N' queue_size='1024'/>", PAGE("libvirt") },
	{ "queue", ESXI, "an NVMe or PVSCSI controller; more PVSCSI ring pages", PAGE("esxi") },

	{ "host-thread", QEMU,
	  "iothread-vq-mapping with several I/O threads (QEMU 9.0 and newer), or several disks",
	  PAGE("qemu") },
	{ "host-thread", PROXMOX,
	  "VirtIO SCSI single with iothread=1; several disks, one thread each", PAGE("proxmox") },
	{ "host-thread", LIBVIRT, "<iothreads> and a <driver iothreads> mapping, or several disks",
	  PAGE("libvirt") },
	{ "host-thread", ESXI, "several disks on several PVSCSI or NVMe controllers",
	  PAGE("esxi") },

	{ "wake", PROXMOX,
	  "the host's governor `performance` and shallow idle states; halt_poll_ns of kvm",
	  PAGE("proxmox") },
	{ "wake", QEMU, "halt_poll_ns of the host's kvm module, or cpuidle-haltpoll in the guest",
	  PAGE("qemu") },
	{ "wake", LIBVIRT,
	  "halt_poll_ns of the host's kvm module, or cpuidle-haltpoll in the guest",
	  PAGE("libvirt") },
	{ "wake", ESXI,
	  "latency sensitivity High, with its CPU reserved; power policy High Performance",
	  PAGE("esxi") },
	{ "wake", BARE,
	  "shallow idle states: the firmware's performance profile, or intel_idle.max_cstate=1",
	  PAGE("usb") },

	{ "clock", QEMU, "-cpu host,migratable=no,+invtsc, so that the guest may use the counter",
	  PAGE("qemu") },
	{ "clock", PROXMOX, "CPU type host; kvm-clock or tsc as the guest's clock source",
	  PAGE("proxmox") },
	{ "clock", LIBVIRT, "<cpu mode='host-passthrough' migratable='off'> with invtsc required",
	  PAGE("libvirt") },
	{ "clock", XEN, "clocksource=tsc in the guest where the host's counter is steady",
	  PAGE("xcp-ng") },
	{ "clock", NULL, "clocksource=tsc, if the counter proves steady (`tare probe`)", ANY_PAGE },

	{ "submission", PROXMOX,
	  "CPU type host (a lesser one makes exits and mitigations dearer), VirtIO SCSI single "
	  "with "
	  "iothread=1",
	  PAGE("proxmox") },
	{ "submission", QEMU, "-cpu host; virtio-blk or virtio-scsi with an iothread",
	  PAGE("qemu") },
	{ "submission", LIBVIRT, "<cpu mode='host-passthrough'/>; virtio with an iothread",
	  PAGE("libvirt") },
	{ "submission", ESXI, "an NVMe or PVSCSI controller instead of LSI Logic", PAGE("esxi") },
	{ "submission", HYPER_V, "a generation 2 machine: its SCSI controller, no emulated IDE",
	  PAGE("hyper-v") },
	{ "submission", XEN, "the paravirtual disk (xen-blkfront), no emulated IDE",
	  PAGE("xcp-ng") },
	{ "submission", VIRTUALBOX, "a virtio-scsi or NVMe controller", PAGE("virtualbox") },

	{ "host", PROXMOX, "cache=none with aio=native or io_uring, and iothread=1",
	  PAGE("proxmox") },
	{ "host", QEMU, "cache=none,aio=native or io_uring, with an iothread; raw instead of qcow2",
	  PAGE("qemu") },
	{ "host", LIBVIRT, "<driver cache='none' io='native' iothread='1'/>; raw instead of qcow2",
	  PAGE("libvirt") },
	{ "host", ESXI, "an NVMe or PVSCSI controller; no snapshots under the disk", PAGE("esxi") },
	{ "host", HYPER_V, "a fixed VHDX without checkpoints, or a pass-through disk",
	  PAGE("hyper-v") },
	{ "host", AWS, "another volume type; volumes from snapshots are slow until read once",
	  PAGE("aws") },

	{ "contention", NULL,
	  "CPUs for this machine alone on its host (pinned, not overcommitted); rerun", ANY_PAGE },
	{ "unwritten", NULL, "let tare write its span first: a blank disk, and no tare.write=no",
	  ANY_PAGE },
	{ "cpu", BARE, "governor performance; the firmware's performance profile", PAGE("usb") },
	{ "cpu", PROXMOX, "CPU type host", PAGE("proxmox") },
	{ "cpu", QEMU, "-cpu host", PAGE("qemu") },
	{ "cpu", LIBVIRT, "<cpu mode='host-passthrough'/>", PAGE("libvirt") },
};

/* Causes that the settings of another remove. */
static const struct {
	const char *rule, *like;
} likes[] = {
	{ "completion", "submission" },	 { "kernel", "submission" }, { "stolen", "contention" },
	{ "first-write", "allocation" }, { "guest-ahead", "cache" },
};

static const char *rule_of(const struct comparison_cause *cause)
{
	for (size_t i = 0; i < sizeof(likes) / sizeof(likes[0]); i++)
		if (!strcmp(cause->rule, likes[i].rule))
			return likes[i].like;
	return cause->rule;
}

void advice_give(struct comparison_cause *cause, const struct comparison *c)
{
	const struct comparison_environment *e = &c->environment[cause->where];
	const char *platform = advice_platform(e, &cause->advice_by_label);
	const char *rule = rule_of(cause);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct comparison_advice *row = &rows[i];

		if (strcmp(row->rule, rule) != 0)
			continue;
		if (row->platform && (!platform || strcmp(row->platform, platform) != 0))
			continue;
		cause->advice = row;
		if (!row->platform)
			cause->advice_by_label = false;
		return;
	}
	cause->advice_by_label = false;
}

const struct comparison_advice *advice_rows(size_t *n)
{
	*n = sizeof(rows) / sizeof(rows[0]);
	return rows;
}
