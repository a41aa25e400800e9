/* SPDX-License-Identifier: MIT */
/* A block device as sysfs describes it, and the verdict on writing to it. Plain data. */
#ifndef TARE_MODEL_DISK_H
#define TARE_MODEL_DISK_H

#include <stdbool.h>
#include <stdint.h>

#define DISK_TEXT_BYTES	    128
#define DISK_PARTITIONS_MAX 16
#define DISK_TOKEN_BYTES    9 /* eight lower-case hex digits and the NUL */
#define DISK_CPUS_BYTES	    1024

struct disk_partition {
	char node[DISK_TEXT_BYTES];  /* kernel name: "sda1" */
	char label[DISK_TEXT_BYTES]; /* GPT PARTLABEL; "" where there is none */
	uint64_t start_bytes;
	uint64_t size_bytes;
	bool mounted;
	bool holders;
};

/*
 * In the order of the rule table in hw/disk_verdict.c, first match wins: what needs no look at the
 * disk, whose disk it is, who uses it, what the user would have to say, and last what is on it.
 */
enum disk_verdict {
	DISK_UNKNOWN, /* not judged yet */
	DISK_OPTICAL,
	DISK_EMPTY,	/* no medium, size 0 */
	DISK_VIRTUAL,	/* loop, ram, zram, null_blk, pmem, device mapper, md, and whatever is not
			   on a disk bus known here */
	DISK_BOOT,	/* the medium tare booted from, or a copy of it */
	DISK_RESULTS,	/* holds a results partition */
	DISK_MOUNTED,	/* it, or a partition of it, is mounted or swap */
	DISK_IN_USE,	/* holders, or opened exclusively by somebody */
	DISK_READ_ONLY, /* hardware or hypervisor says so (not our own lock) */
	DISK_REMOVABLE, /* removable or USB, and not named by the user */
	DISK_TOO_SMALL,
	DISK_RESERVED, /* another machine holds a SCSI or NVMe reservation, or is registered */
	DISK_UNREADABLE,
	DISK_DUPLICATE, /* another path to a disk of the list */
	DISK_MARKED,	/* one partition, TARE_SCRATCH: ours */
	DISK_BLANK,	/* samples are all zero or all 0xFF; every block to be written is still to
			   be proven */
	DISK_DATA,	/* everything else */
	DISK_VERDICTS_N,
};

struct disk {
	char node[DISK_TEXT_BYTES];   /* kernel name: "sda", "nvme0n1" */
	char serial[DISK_TEXT_BYTES]; /* "" where the device has none */
	char wwn[DISK_TEXT_BYTES];
	char vendor[DISK_TEXT_BYTES];
	char model[DISK_TEXT_BYTES];
	char firmware[DISK_TEXT_BYTES];
	char driver[DISK_TEXT_BYTES];	   /* of the controller: "virtio_scsi", "nvme", "ahci" */
	char transport[DISK_TEXT_BYTES];   /* "nvme", "scsi", "ata", "usb", "virtio", "mmc", "xen",
					      "pci", "virtual", "" unknown */
	char path[DISK_TEXT_BYTES];	   /* of the bus: PCI address, "0000:00:04.0", or "" */
	char scheduler[DISK_TEXT_BYTES];   /* the one in force */
	char write_cache[DISK_TEXT_BYTES]; /* "write back", "write through" */
	uint32_t major, minor;
	uint64_t sequence; /* the kernel's diskseq: never given twice in a boot; 0: unknown */
	uint64_t size_bytes;
	uint32_t logical_block_bytes;
	uint32_t physical_block_bytes;
	uint64_t max_transfer_bytes; /* largest request the device takes (max_sectors_kb) */
	uint32_t hw_queues;
	uint32_t nr_requests; /* in each; without a scheduler as many as the driver asked for */
	uint32_t
		queue_depth; /* SCSI: of the device; NVMe: of a queue; 0: the driver does not say */
	/* Lists of CPUs as the kernel writes them ("0-3,8"), separated by blanks; "..." where there
	 * are more. Of each hardware queue, in order; of each interrupt of the controller, in order
	 * of their numbers: where it goes, and behind a slash where it may go, if that is more. */
	char queue_cpus[DISK_CPUS_BYTES];
	char irq_cpus[DISK_CPUS_BYTES];
	int32_t numa_node; /* -1: none */
	bool rotational;   /* as claimed: hypervisors say yes for anything */
	bool fua;
	bool removable;
	bool read_only; /* as it was before tare locked anything */
	bool discard;
	struct disk_partition partition[DISK_PARTITIONS_MAX];
	uint32_t partitions_n;
	bool partitions_cut; /* more than fit */
	bool mounted;	     /* whole disk or a partition */
	bool holders;
	bool optical;
	/* Of what is 0 or empty because it could not be read: "fua, discard: not there; irq_cpus:
	 * ..." */
	char unknown[256];
	char use[256]; /* by whom, in words: "sda1 mounted on /boot", "sda2 held by dm-0"; or "" */

	enum disk_verdict verdict;
	char reason[256]; /* in words, always set with the verdict */
	/* What tare.confirm must say for it (hw/disk_token.h); "" where tare.destroy cannot name it
	 */
	char token[DISK_TOKEN_BYTES];
	bool destroy; /* named by tare.destroy, with its token (hw/disk_consent.h) */
	uint8_t fill; /* of DISK_BLANK: the one byte value it is full of, 0x00 or 0xFF (erased
			 flash) */
};

struct disk_list {
	struct disk *disk; /* sorted by node, numbers by value */
	uint32_t n;
};

#endif
