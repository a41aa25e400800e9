/* SPDX-License-Identifier: MIT */
/* Plans, disks and machines for the tests of plan, run, result and render. */
#ifndef TARE_TESTS_RUN_FIXTURE_H
#define TARE_TESTS_RUN_FIXTURE_H

#include "unit.h"

#include "config/jobfile.h"
#include "config/keys.h"
#include "lib/clock.h"
#include "lib/str.h"
#include "model/disk.h"
#include "model/host.h"
#include "plan/plan.h"
#include "run/board.h"

static inline struct disk fixture_disk(const char *node, enum disk_verdict verdict)
{
	struct disk disk = { .size_bytes = UINT64_C(2) << 30,
			     .logical_block_bytes = 512,
			     .physical_block_bytes = 4096,
			     .hw_queues = 1,
			     .nr_requests = 256,
			     .queue_depth = 128,
			     .queue_cpus = "0-3",
			     .irq_cpus = "0/0-3 1/0-3 0-3",
			     .numa_node = -1,
			     .verdict = verdict };

	str_copy(disk.node, sizeof(disk.node), node);
	snprintf(disk.serial, sizeof(disk.serial), "S-%s", node);
	str_copy(disk.vendor, sizeof(disk.vendor), "QEMU");
	str_copy(disk.model, sizeof(disk.model), "QEMU HARDDISK");
	str_copy(disk.driver, sizeof(disk.driver), "virtio_scsi");
	snprintf(disk.reason, sizeof(disk.reason), "reason of %s", node);
	return disk;
}

static inline void fixture_host(struct host *host)
{
	static const struct {
		enum host_fact fact;
		const char *text;
		uint64_t number;
	} facts[] = {
		{ HOST_HYPERVISOR, "KVM", 0 },
		{ HOST_MACHINE, "QEMU Standard PC (Q35)", 0 },
		{ HOST_FIRMWARE, "UEFI", 0 },
		{ HOST_SECURE_BOOT, "off", 0 },
		{ HOST_CPU_MODEL, "Some CPU @ 2 GHz", 0 },
		{ HOST_CPUS, "", 4 },
		{ HOST_CPU_TOPOLOGY, "1 socket, 4 cores, 4 threads", 0 },
		{ HOST_MEMORY_BYTES, "", UINT64_C(8) << 30 },
		{ HOST_KERNEL, "6.12.1 #1 SMP", 0 },
		{ HOST_CLOCKSOURCE, "kvm-clock", 0 },
	};

	memset(host, 0, sizeof(*host));
	for (int i = 0; i < HOST_FACTS_N; i++)
		str_copy(host->fact[i].unknown, sizeof(host->fact[i].unknown), "no such file");
	for (size_t i = 0; i < N(facts); i++) {
		struct host_value *value = &host->fact[facts[i].fact];

		str_copy(value->text, sizeof(value->text), facts[i].text);
		value->number = facts[i].number;
		value->unknown[0] = '\0';
	}
}

/* A plan for a job text on a file that exists (`size_bytes` > 0) or will be created. */
static inline void fixture_plan(struct plan *plan, const char *text, const char *path,
				uint64_t size_bytes, enum config_write write, uint64_t span_bytes)
{
	struct plan_work *work = calloc(1, sizeof(*work));
	struct plan_file file = { path, size_bytes > 0, size_bytes };
	struct disk_list none = { 0 };
	struct notes notes = { 0 };
	struct config config;
	struct err e = ERR_INIT;

	assert_non_null(work);
	work->name = "t.fio";
	work->text = text;
	keys_default(&config, false);
	config.write = write;
	config.span_bytes = span_bytes;
	if (jobfile_parse(&work->job, work->name, text, strlen(text), &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
	plan_build(plan, work, &config, &none, NULL, &file, 42, &notes);
	notes_free(&notes);
	free(work);
}

/* Empty counters, aligned as they want to be. Free with free(). */
static inline struct stats *fixture_stats(void)
{
	struct stats *s = aligned_alloc(_Alignof(struct stats), sizeof(*s));

	assert_non_null(s);
	stats_init(s);
	return s;
}

/* Notes hold a line with `piece` in it. */
static inline bool notes_have(const struct notes *notes, const char *piece)
{
	for (size_t i = 0; i < notes->n; i++)
		if (strstr(notes->text[i], piece))
			return true;
	return false;
}

static inline void check_note(const struct notes *notes, const char *piece)
{
	if (!notes_have(notes, piece)) {
		print_error("no note has \"%s\"; there are:\n", piece);
		for (size_t i = 0; i < notes->n; i++)
			print_error("  %s\n", notes->text[i]);
	}
	assert_true(notes_have(notes, piece));
}

#endif
