// SPDX-License-Identifier: MIT
/* Fuzz target: any bytes as a job file. What parses keeps to its ranges, is planned, and its echo
 * makes the same section again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/jobfile.h"
#include "config/keys.h"
#include "config/options.h"
#include "plan/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
	if (!right)
		abort();
}

static void set_again(void *context, const char *name, const char *value)
{
	struct err e = ERR_INIT;

	check(!options_set(context, name, value, "echo", &e));
}

static void check_section(const struct workload *w)
{
	struct workload again;

	check(w->name[0] && memchr(w->name, '\0', sizeof(w->name)));
	check(w->bs_bytes >= 512 && w->bs_bytes <= 16 << 20);
	check(w->iodepth >= 1 && w->iodepth <= 4096 && w->numjobs >= 1 && w->numjobs <= 256);
	check(w->rwmixread_pct <= 100 && w->percentiles_n >= 1);
	for (uint32_t i = 0; i < w->percentiles_n; i++)
		check(w->percentile[i] > 0 && w->percentile[i] <= 100);
	options_default(&again);
	options_echo(w, set_again, &again);
	check(again.bs_bytes == w->bs_bytes && again.runtime_ns == w->runtime_ns);
	check(again.randseed == w->randseed && again.rwmixread_pct == w->rwmixread_pct);
	check(!strcmp(again.filename, w->filename) && again.percentiles_n == w->percentiles_n);
	check(again.size_bytes == w->size_bytes && again.offset_bytes == w->offset_bytes);
	check(again.rate_iops[0] == w->rate_iops[0] && again.rate_iops[1] == w->rate_iops[1]);
	check(again.fsync_writes == w->fsync_writes && again.hipri == w->hipri);
}

/* What the run takes for granted of a section that it gets to see. */
static void check_planned(const struct plan *plan, const struct workload *w)
{
	uint64_t last = w->offset_bytes + (w->numjobs - 1) * w->offset_increment_bytes;

	check(last + w->bs_bytes <= plan->span_bytes && last >= w->offset_bytes);
	check(w->size_bytes <= plan->span_bytes - w->offset_bytes);
	check(!(w->io_size_bytes & WORKLOAD_SHARE));
	check(w->iodepth_batch_submit >= 1 && w->iodepth_batch_submit <= w->iodepth);
	check(w->iodepth_batch_complete_max >= w->iodepth_batch_complete_min);
	check(!w->time_based || w->runtime_ns);
}

/* Plans the work for a new file and for an old one; prints both plans. */
static void plan_both(struct plan_work *work)
{
	static struct plan plan;
	struct plan_file file = { .path = "/x", .size_bytes = 1 << 20 };
	struct disk_list none = { 0 };
	struct config config;

	keys_default(&config, false);
	for (int exists = 0; exists < 2; exists++) {
		struct notes notes = { 0 };
		struct buf text = BUF_INIT;

		file.exists = exists;
		plan_build(&plan, work, &config, &none, NULL, &file, 1, &notes);
		check(plan.steps_n >= 1 && plan.steps_n <= plan.sections_n);
		for (uint32_t i = 0; i < plan.sections_n; i++)
			if (!plan.skip[i][0])
				check_planned(&plan, &plan.section[i]);
		plan_print(&text, &plan);
		check(text.len && text.data[text.len - 1] == '\n');
		buf_free(&text);
		notes_free(&notes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct plan_work work;
	struct err e = ERR_INIT;
	int ret;

	work.name = "fuzz.fio";
	work.text = "";
	ret = jobfile_parse(&work.job, work.name, (const char *)data, size, &e);
	check(ret ? e.code && !strncmp(e.text, "fuzz.fio", 8) : !e.code && work.job.n >= 1);
	if (ret)
		return 0;
	for (uint32_t i = 0; i < work.job.n; i++)
		check_section(&work.job.section[i]);
	plan_both(&work);
	return 0;
}
