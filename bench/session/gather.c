// SPDX-License-Identifier: MIT
/* Gathers: locks disks first, then keys, disks and verdicts, machine, work. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/keys.h"
#include "config/suites.h"
#include "hw/disk_consent.h"
#include "hw/disk_open.h"
#include "hw/disk_scan.h"
#include "hw/disk_verdict.h"
#include "hw/host.h"
#include "lib/file.h"
#include "lib/str.h"
#include "lib/tsc.h"
#include "session/session.h"
#include "session/user_files.h"

#define ROOT		   "/"
#define RUN_DIR		   "/run/tare"
#define SCRATCH_MIN_BYTES  (UINT64_C(64) << 20) /* the smallest suite's span, and the mark */
#define CLOCK_COARSE_NS	   10000		/* the fastest disks answer in that time */
#define JOB_FILE_MAX_BYTES (1u << 20)

/* init reads how to end from here, as soon as it is known. */
static void tell_init(const struct config *config)
{
	struct buf end = BUF_INIT;

	mkdir(RUN_DIR, 0755);
	keys_value_text(&end, config, CONFIG_END);
	buf_puts(&end, "\n");
	if (!buf_failed(&end))
		file_write_all(RUN_DIR "/end", end.data, end.len);
	buf_free(&end);
}

static int gather_keys(struct session *s, struct err *e)
{
	char conf[16384];

	keys_default(&s->config, s->args.appliance);
	if (s->args.appliance) {
		if (user_files_conf(conf, sizeof(conf), &s->disks, &s->warnings))
			keys_not_taken(&s->config, CONFIG_FROM_CONF, "not taken", &s->warnings);
		keys_read_boot(&s->config, ROOT, conf, &s->warnings);
	}
	if (args_set_keys(&s->args, &s->config, e))
		return -EINVAL;
	if (s->config.writing_off)
		s->config.write = CONFIG_WRITE_NO;
	if (s->args.appliance && s->config.write == CONFIG_WRITE_YES) {
		s->config.write = CONFIG_WRITE_NO;
		notes_add(&s->warnings,
			  "tare.write=yes: for files on an installed system only: writing is off");
	}
	if (s->args.appliance)
		tell_init(&s->config);
	return 0;
}

bool session_names_file(const struct session *s)
{
	return !s->args.appliance && strchr(s->config.target, '/') &&
	       strncmp(s->config.target, "/dev/", 5);
}

static void gather_verdicts(struct session *s)
{
	struct disk_verdict_config config = { .root = ROOT,
					      .minimum_bytes = DISK_MINIMUM_BYTES,
					      .seed = s->seed };
	char list[CONFIG_TEXT_BYTES], *save = NULL, *named[17] = { NULL };
	char serial[DISK_TEXT_BYTES];
	uint64_t size_bytes;
	int n = 0;

	if (strcmp(s->config.target, "auto")) {
		str_copy(list, sizeof(list), s->config.target);
		for (char *name = strtok_r(list, ",", &save); name && n < 16;
		     name = strtok_r(NULL, ",", &save))
			named[n++] = name;
		config.named = named;
	}
	if (!disk_consent_parse(serial, &size_bytes, s->config.destroy))
		config.destroy = serial;
	disk_verdict_all(&s->disks, &config);
}

/* Whoever names a disk to destroy and is not understood in full gets nothing written at all. */
static void gather_consent(struct session *s)
{
	struct err e = ERR_INIT;

	if (!disk_consent(&s->disks, &s->config, &e))
		return;
	s->config.write = CONFIG_WRITE_NO;
	s->config.writing_off = true;
	if (!s->config.writing_off_why[0])
		str_copy(s->config.writing_off_why, sizeof(s->config.writing_off_why), e.text);
	notes_add(&s->warnings, "%s: nothing is written in this run", e.text);
}

/* Several job files run one after another, as fio runs them: each waits for those before it. */
static int gather_job_files(struct session *s, struct err *e)
{
	struct jobfile *one = malloc(sizeof(*one)), *all = &s->work.job;
	int ret = one ? 0 : err_set(e, -ENOMEM, "no memory for job files");

	for (int i = 0; i < s->args.job_files_n && !ret; i++) {
		const char *name = s->args.job_file[i];
		size_t from = s->work_text.len;

		ret = file_read_all(&s->work_text, name, JOB_FILE_MAX_BYTES);
		if (ret) {
			err_set(e, ret, "%s: %s", name, strerror(-ret));
			break;
		}
		ret = jobfile_parse(one, name, s->work_text.data ? s->work_text.data + from : "",
				    s->work_text.len - from, e);
		if (!ret && all->n + one->n > JOBFILE_SECTIONS_MAX)
			ret = err_set(e, -EINVAL, "%s: more than %d sections in all", name,
				      JOBFILE_SECTIONS_MAX);
		if (ret)
			break;
		one->section[0].stonewall = true;
		memcpy(&all->section[all->n], one->section, sizeof(one->section[0]) * one->n);
		all->n += one->n;
	}
	free(one);
	return ret;
}

/* A suite that is built in. */
static int gather_built_in(struct session *s, const char *name, struct err *e)
{
	s->work.name = name;
	s->work.suite = suite_find(name);
	buf_puts(&s->work_text, s->work.suite->text);
	if (buf_failed(&s->work_text))
		return err_set(e, -ENOMEM, "no memory for the suite");
	if (!s->work.suite->text[0]) /* it uses no disk */
		return 0;
	return jobfile_parse(&s->work.job, name, s->work_text.data, s->work_text.len, e);
}

/* An appliance that was given a name without a meaning measures all the same, and says so. */
static int gather_suite(struct session *s, struct err *e)
{
	const char *name = s->config.suite;
	struct err why = ERR_INIT;
	char names[128];

	if (suite_find(name))
		return gather_built_in(s, name, e);
	if (!s->args.appliance)
		return err_set(e, -EINVAL,
			       "--suite: \"%s\": no such suite: one of %s; a job file stands by "
			       "itself: tare run FILE",
			       name, suite_names(names, sizeof(names)));
	if (!user_files_job(&s->work_text, &s->disks, ROOT, name, &why))
		return jobfile_parse(&s->work.job, name, s->work_text.data, s->work_text.len, e);
	buf_free(&s->work_text); /* what came of it before it failed */
	notes_add(&s->warnings, "tare.suite: %s: quick is run instead", why.text);
	return gather_built_in(s, "quick", e);
}

static int gather_work(struct session *s, struct err *e)
{
	int ret;

	s->work.cpus = (uint32_t)s->host.fact[HOST_CPUS].number;
	s->work.name = s->args.job_files_n ? s->args.job_file[0] : s->config.suite;
	ret = s->args.job_files_n ? gather_job_files(s, e) : gather_suite(s, e);
	s->work.text = s->work_text.data ? s->work_text.data : "";
	return ret;
}

static uint64_t random_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = clock_now_ns() ^ (uint64_t)getpid() << 32;
	seed &= (UINT64_C(1) << 53) - 1; /* JSON readers keep 53 bits */
	return seed ? seed : 1;
}

void session_new_run(char run[RESULT_RUN_BYTES])
{
	snprintf(run, RESULT_RUN_BYTES, "%08" PRIx32, (uint32_t)random_seed());
}

void session_warn_of_coarse_clock(const struct session *s, struct notes *to)
{
	uint64_t step_ns = clock_step_ns();
	char step[32];

	if (step_ns > CLOCK_COARSE_NS)
		notes_add(to,
			  "clock: it advances in steps of %s (clocksource %s): shorter latencies "
			  "cannot be told apart",
			  str_from_ns(step, sizeof(step), (double)step_ns),
			  s->host.fact[HOST_CLOCKSOURCE].text);
}

int session_gather(struct session *s, struct err *e)
{
	int ret;

	s->start_unix_s = clock_unix_s();
	if (s->args.appliance) /* before the scan: what comes after it is heard of */
		disk_hotplug_open(&s->hotplug);
	ret = disk_scan(&s->disks, ROOT, e);
	if (s->args.appliance) {
		consoles_open(&s->consoles, ROOT);
		disk_lock_all(&s->disks, &s->warnings);
		disk_hotplug_start(&s->hotplug, &s->disks, &s->added, &s->warnings);
	} else {
		consoles_stderr(&s->consoles);
	}
	if (ret)
		return ret;
	s->first_io_ns = clock_boot_ns();
	ret = gather_keys(s, e);
	if (ret)
		return ret;
	s->seed = s->config.seed ? s->config.seed : random_seed();
	host_probe(&s->host, ROOT);
	clock_measure(&s->clock);
	tsc_choose();
	session_warn_of_coarse_clock(s, &s->warnings);
	if (!session_names_file(s))
		gather_verdicts(s);
	gather_consent(s);
	return gather_work(s, e);
}

void session_free(struct session *s)
{
	consoles_close(&s->consoles);
	disk_hotplug_end(&s->hotplug);
	notes_free(&s->added);
	disk_list_free(&s->disks);
	notes_free(&s->warnings);
	buf_free(&s->work_text);
	buf_free(&s->log);
	args_free(&s->args);
}

int session_check_memory(const struct plan *plan, struct err *e)
{
	uint64_t available_kib = 0, need = plan->memory_bytes + (UINT64_C(4) << 20);
	char text[4096], *at;

	if (file_read_text(text, sizeof(text), ROOT, "proc/meminfo") > 0 &&
	    (at = strstr(text, "MemAvailable:")))
		available_kib = strtoull(at + strlen("MemAvailable:"), NULL, 10);
	if (!available_kib || available_kib * 1024 >= need)
		return 0;
	return err_set(e, -ENOMEM,
		       "suite %s needs %" PRIu64 " MiB of memory, %" PRIu64
		       " MiB are available: give the machine more, or choose a smaller suite",
		       plan->suite, need >> 20, available_kib >> 10);
}
