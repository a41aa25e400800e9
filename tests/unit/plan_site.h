/* SPDX-License-Identifier: MIT */
/* A plan and all that it is made from, for the tests of plan/. */
#ifndef TARE_TESTS_PLAN_SITE_H
#define TARE_TESTS_PLAN_SITE_H

#include "run_fixture.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

struct site {
	struct config config;
	struct disk_list disks;
	struct plan_work work;
	struct notes notes;
	struct plan plan;
};

static inline void site_init(struct site *s, const char *text, struct disk *disks, uint32_t disks_n)
{
	struct err e = ERR_INIT;

	memset(s, 0, sizeof(*s));
	keys_default(&s->config, true);
	s->disks = (struct disk_list){ disks, disks_n };
	s->work.name = "t.fio";
	s->work.text = text;
	if (jobfile_parse(&s->work.job, "t.fio", text, strlen(text), &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
}

static inline void build(struct site *s, const struct disk *disk, const struct plan_file *file)
{
	plan_build(&s->plan, &s->work, &s->config, &s->disks, disk, file, 7, &s->notes);
}

#endif
