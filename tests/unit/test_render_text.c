// SPDX-License-Identifier: MIT
/* The report, the line for a round, and the summary of a serial line. */
#include "result_fixture.h"

#include "render/screen.h"
#include "render/text.h"

static char *report(const struct result *result)
{
	struct buf b = BUF_INIT;

	render_text(&b, result);
	assert_false(buf_failed(&b));
	return b.data;
}

static char *summary(const struct result *result)
{
	struct buf b = BUF_INIT;

	render_summary(&b, result);
	assert_false(buf_failed(&b));
	return b.data;
}

/* Characters of the longest line; also checks that the text is UTF-8 and ends its last line. */
static size_t widest(const char *text)
{
	size_t most = 0, width = 0, len = strlen(text);

	assert_int_equal(text[len - 1], '\n');
	for (size_t at = 0, n; at < len; at += n) {
		n = str_utf8_length(text + at, len - at);
		if (!n)
			print_error("broken character in \"%.60s\"\n", text + at);
		assert_true(n > 0);
		width = text[at] == '\n' ? 0 : width + 1;
		most = width > most ? width : most;
	}
	return most;
}

/* This test will check what the report of a run says, row by row. */
static void report_should_say_what_was_measured(void **state)
{
	static const char *const pieces[] = {
		"tare " TARE_VERSION ", build test, run 0badcafe, a \"label\" of ours\n",
		"machine     QEMU Standard PC (Q35); hypervisor KVM; firmware UEFI, Secure Boot "
		"off\n",
		"cpu         4 x Some CPU @ 2 GHz (1 socket, 4 cores, 4 threads); memory 8 GiB\n",
		"kernel      6.12.1 #1 SMP; clock kvm-clock, 22 ns a call (180 ns as a system "
		"call)\n",
		"mitigations unknown\n",
		"sda, 2 GiB, QEMU QEMU HARDDISK, serial S-sda; virtio_scsi, 1 queue of 1023, "
		"depth 128,\n",
		"blocks 512/4096, scheduler none, cache unknown\n",
		"interrupts to CPUs 0/0-3 1/0-3 0-3; set: scheduler mq-deadline -> none, nomerges "
		"0 -> 2,\n",
		"rq_affinity 1 -> 2, nr_requests 256 -> 1023, governor powersave -> performance\n",
		"written; span 1 GiB; blocks read: written by us; filled once at 512 MiB/s\n",
		"suite       t.fio, 2 rounds, seed 42\n",
		"state       partial: fails: failed: I/O failed: Input/output error\n",
		"clock       tsc (invariant), 7 ns a read\n",
		"\nworkload        IOPS      MiB/s  depth    mean     p50    p99  p99.9  seconds\n",
		"\nCPU per I/O  user  system",
		"\nflushes, open loops      n",
		"\nmixed flush           1000  ",
		"\nmixed write response  1000  ",
		"\nrandread-4k    20000       78.1   ",
		"\nmixed read ",
		"\nmixed write ",
		"20.0\n",
		" 1.0*\n",
		"- : too few I/Os for this percentile\n",
		"* : less than 10 s were measured",
		"\nwarnings\n",
		"fails: failed: I/O failed: Input/output error",
		"\ndisks and what was done to them\n",
		"sdb (serial S-sdb): not blank: reason of sdb\n",
	};
	static struct maker m;
	char *text = report(maker_rich(&m));

	(void)state;
	for (size_t i = 0; i < N(pieces); i++)
		check_has(text, pieces[i]);
	check_has_not(text, "iostats");	  /* was as it should be */
	check_has_not(text, "\nnetwork"); /* unknown */
	check_has_not(text, "backdoor");
	check_has_not(text, "\nodd "); /* has no figures: it stands with the warnings */
	assert_in_range(widest(text), 80, 100);
	free(text);
	maker_free(&m);
}

/* This test will check what is said only where there is something to say. */
static void platform_should_be_told_where_it_is_known(void **state)
{
	static struct maker m;
	struct result *r = maker_rich(&m);
	char *text;

	(void)state;
	r->host.fact[HOST_HYPERVISOR_BACKDOOR] = (struct host_value){ .text = "version 6, ESX" };
	r->host.fact[HOST_NETWORK] = (struct host_value){ .text = "eth0: vmxnet3, eth1: e1000e" };
	r->target.irq_cpus[0] = '\0';
	text = report(r);
	check_has(text, "; hypervisor KVM (backdoor: version 6, ESX); firmware UEFI,");
	check_has(text, "\nnetwork     eth0: vmxnet3, eth1: e1000e\n");
	check_has(text, "\n            set: scheduler mq-deadline -> none, nomerges");
	free(text);
	r->tuned.n = 0;
	r->target.queue_depth = r->target.nr_requests = 0;
	text = report(r);
	check_has(text, "; virtio_scsi, 1 queue, blocks 512/4096");
	check_has_not(text, "set: ");
	free(text);
	maker_free(&m);
}

/* This test will check that a disk without vendor and model (virtio-blk) leaves no gap. */
static void nameless_target_should_leave_no_gap(void **state)
{
	static struct maker m;
	struct result *r = maker_rich(&m);
	struct buf screen = BUF_INIT;
	char *text;

	(void)state;
	r->target.vendor[0] = r->target.model[0] = '\0';
	text = report(r);
	render_screen(&screen, r);
	check_has(text, "sda, 2 GiB, serial S-sda; virtio_scsi, 1 queue");
	check_has(screen.data, "\nsda, 2 GiB, serial S-sda, written\n");
	buf_free(&screen);
	free(text);
	maker_free(&m);
}

/* This test will check that nothing is wider than a screen, whatever the names and the figures. */
static void screen_should_hold_its_table(void **state)
{
	static struct maker m;
	struct result *r = maker_rich(&m);
	struct buf screen = BUF_INIT;

	(void)state;
	for (uint32_t i = 0; i < r->workloads_n; i++) {
		memset(r->workload[i].work.name, 'a' + (int)i, 40);
		r->workload[i].work.name[40] = '\0';
	}
	memset(r->target.model, 'x', 100);
	render_screen(&screen, r);
	assert_in_range(widest(screen.data), 70, SCREEN_COLUMNS - 1);
	check_has(screen.data, "\naaaaaaaa"); /* enough to know it by */
	check_has(screen.data, " 20.0\n");    /* the last column */
	buf_free(&screen);
	maker_free(&m);
}

/* Cells of the row that begins with `name`; NULL past the end. */
static const char *cell(char *text, const char *name, int column)
{
	char *row = strstr(text, name), *save = NULL, *at;

	assert_non_null(row);
	row[1 + strcspn(row + 1, "\n")] = '\0';
	at = strtok_r(row + strlen(name), " ", &save);
	while (at && --column)
		at = strtok_r(NULL, " ", &save);
	return at;
}

/* This test will check figures whose value is known, and that percentiles need their I/Os. */
static void figures_should_be_in_their_columns(void **state)
{
	static const struct {
		const char *table, *row;
		int column;
		const char *want;
	} cases[] = {
		{ "\nworkload", "\nrandread-4k ", 1, "20000" }, /* IOPS */
		{ "\nworkload", "\nrandread-4k ", 2, "78.1" },	/* MiB/s */
		{ "\nworkload", "\nrandread-4k ", 3, "32.0" },	/* depth */
		{ "\nworkload", "\nrandread-4k ", 8, "20.0" },	/* seconds */
		{ "\nworkload", "\nmixed read ", 1, "1400" },
		{ "\nworkload", "\nmixed read ", 7, "-" },  /* p99.9 of 1400 */
		{ "\nworkload", "\nmixed write ", 6, "-" }, /* p99 of 600 */
		{ "\nworkload", "\nfails ", 1, "5000000" },
		{ "\nCPU per", "\nrandread-4k ", 1, "3.12" },  /* user: 1.25 s / 400001 */
		{ "\nCPU per", "\nrandread-4k ", 2, "9.37" },  /* system */
		{ "\nCPU per", "\nrandread-4k ", 3, "0.15" },  /* interrupts: 60 ms / 400001 */
		{ "\nCPU per", "\nrandread-4k ", 4, "0.40" },  /* 2 x 10 ms x 4 CPUs x 2 rounds */
		{ "\nCPU per", "\nrandread-4k ", 6, "25300" }, /* (5 s + 60 ms) x 2 GHz / 400001 */
		{ "\nflushes", "\nmixed flush ", 1, "1000" },
		{ "\nflushes", "\nmixed flush ", 5, "-" }, /* p99.9 of 1000 */
		{ "\nflushes", "\nmixed flush ", 6, "1500" },
		{ "\nflushes", "\nmixed write response ", 6, "1400000" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct maker m;
		char *text = report(maker_rich(&m)), *table = strstr(text, cases[i].table);

		assert_non_null(table);
		assert_string_equal(cell(table, cases[i].row, cases[i].column), cases[i].want);
		free(text);
		maker_free(&m);
	}
}

/* This test will check the words about clocks and steady state. */
static void clocks_and_steady_state_should_be_told(void **state)
{
	static struct maker m;
	struct result *r = maker_rich(&m);
	char *text;

	(void)state;
	text = report(r);
	check_has_not(text, "steady");
	free(text);
	r->until_steady = true;
	r->rounds = 25;
	r->rounds_done = 7;
	r->workload[0].steady = (struct result_steady){ true, true, 12.34, -3.21 };
	r->workload[1].steady = (struct result_steady){ true, false, 33, 11 };
	r->tsc.invariant = false;
	text = report(r);
	check_has(text, "t.fio, to steady state: 7 of at most 25 rounds, seed 42\n");
	check_has(text, "randread-4k: reached: spread 12.3 %, slope -3.2 %\n");
	check_has(text, "mixed: not reached: spread 33.0 %, slope 11.0 %\n");
	check_has(text, "clock       tsc (invariant bit hidden), 7 ns a read\n");
	free(text);
	r->tsc.used = false;
	str_copy(r->tsc.words, sizeof(r->tsc.words), "CPUs differ by 900 ns");
	text = report(r);
	check_has(text, "clock       the kernel's, 7 ns a read; tsc not used: CPUs differ by 900 "
			"ns\n");
	free(text);
	maker_free(&m);
}

/* This test will check that long and foreign texts keep to the width and stay whole characters. */
static void long_texts_should_be_wrapped(void **state)
{
	static const char *const fillers[] = { "word ", "x", "\xc3\xa4", "\xe2\x82\xac" };

	(void)state;
	for (size_t i = 0; i < N(fillers); i++) {
		static struct maker m;
		struct result *r = maker_rich(&m);
		char *text, *value = r->host.fact[HOST_KERNEL].text, *end;

		value[0] = '\0';
		while (strlen(value) + 4 < HOST_VALUE_BYTES - 8)
			strcat(value, fillers[i]);
		str_copy(r->reason, sizeof(r->reason), value);
		/* a cut must not end inside a character */
		end = r->reason + strlen(r->reason);
		while (end > r->reason && (*--end & 0xc0) == 0x80)
			*end = '\0';
		*end = '\0';
		notes_add(&r->warnings, "%s", value);
		text = report(r);
		assert_in_range(widest(text), 80, 100);
		free(text);
		maker_free(&m);
	}
}

/* This test will check that control characters of a document do not reach the terminal. */
static void control_characters_should_not_reach_the_terminal(void **state)
{
	static struct maker m;
	struct result *r = maker_rich(&m);
	char *text;

	(void)state;
	str_copy(r->target.serial, sizeof(r->target.serial), "a\x1b[2Jb");
	str_copy(r->label, sizeof(r->label), "l\x07m\rn");
	str_copy(r->workload[0].work.name, WORKLOAD_NAME_BYTES, "w\x1b]0;t\x07x\ny");
	notes_add(&r->warnings, "before\x1b[31mafter\nnext\x7f");
	text = report(r);
	for (const char *c = text; *c; c++)
		if (*c != '\n')
			assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
	check_has(text, "before?[31mafter");
	free(text);
	text = summary(r);
	for (const char *c = text; *c; c++)
		if (*c != '\n')
			assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
	free(text);
	maker_free(&m);
}

/* This test will check the report of a run that measured nothing. */
static void absence_of_figures_should_be_told(void **state)
{
	static struct maker m;
	const struct result *r;
	char *text;

	(void)state;
	maker_init(&m, "[a]\n", 1);
	board_free(m.board);
	m.board = NULL;
	m.plan.target = PLAN_TARGET_NONE;
	str_copy(m.plan.reason, sizeof(m.plan.reason), "no disk was found: attach one");
	r = maker_make(&m, NULL);
	text = report(r);
	check_has(text, "target      none\n");
	check_has(text, "state       not measured: no disk was found: attach one\n");
	check_has_not(text, "IOPS");
	check_has_not(text, "less than 10 s");
	free(text);
	text = summary(r);
	check_has(text, "ev=result state=\"not measured\"");
	check_has(text, "reason=\"no disk was found: attach one\"");
	free(text);
	maker_free(&m);
}

/* This test will check the line for one round, for people and for programs. */
static void rounds_should_be_told_in_one_line(void **state)
{
	static struct maker m;
	const struct result *r = maker_rich(&m);
	struct buf b = BUF_INIT;

	(void)state;
	render_round_line(&b, "randread-4k", &r->workload[0].round[1]);
	check_has(b.data, "round 2 randread-4k: done; read 20000 IOPS, 78.1 MiB/s, mean 1");
	assert_null(strchr(b.data, '\n'));
	buf_free(&b);
	render_round_line(&b, "fails", &r->workload[2].round[0]);
	check_has(b.data, "round 1 fails: failed");
	check_has(b.data, ": I/O failed: Input/output error");
	buf_free(&b);
	render_round_summary(&b, "randread-4k", &r->workload[0].round[1]);
	check_has(b.data, "ev=round round=2 name=randread-4k state=done read_iops=20000 ");
	buf_free(&b);
	render_round_summary(&b, "two words", &r->workload[3].round[0]);
	assert_string_equal(b.data, "ev=round round=1 name=\"two words\" state=skipped");
	buf_free(&b);
	maker_free(&m);
}

/* This test will check the summary: words that stay words, and a size that holds for any job file.
 */
static void summary_should_be_words_and_fit(void **state)
{
	static struct maker m;
	static char jobs[8192];
	struct result *r = maker_rich(&m);
	char *text = summary(r);

	(void)state;
	check_has(text, "ev=result state=\"partial\" suite=t.fio rounds=2 seed=42 build=test "
			"label=\"a 'label' of ours\" reason=");
	check_has(text, "ev=workload name=randread-4k rw=read iops=20000 mib_per_s=78.1 ");
	check_has(text, "ev=workload name=mixed rw=write ");
	free(text);
	str_copy(r->workload[0].work.name, WORKLOAD_NAME_BYTES, "two \"words\"");
	str_copy(r->suite, sizeof(r->suite), "my job.fio");
	text = summary(r);
	check_has(text, "suite=\"my job.fio\" ");
	check_has(text, "name=\"two 'words'\" ");
	free(text);
	maker_free(&m);
	for (int i = 0; i < 64; i++)
		sprintf(jobs + strlen(jobs), "[%063d]\nrw=randrw\n", i);
	maker_init(&m, jobs, 1);
	for (uint32_t i = 0; i < 64; i++) {
		maker_ios(&m, 0, i, 0, 20, 1000000000);
		maker_ios(&m, 0, i, 1, 20, 1000000000);
		maker_end(&m, 0, i, BOARD_DONE, CLOCK_NS_PER_S, "");
	}
	r = maker_make(&m, NULL);
	memset(r->label, 'l', sizeof(r->label) - 1);
	memset(r->reason, 'r', sizeof(r->reason) - 1);
	r->state = RESULT_PARTIAL;
	text = summary(r);
	assert_true(strlen(text) <= 8192);
	free(text);
	maker_free(&m);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_should_say_what_was_measured),
		cmocka_unit_test(platform_should_be_told_where_it_is_known),
		cmocka_unit_test(nameless_target_should_leave_no_gap),
		cmocka_unit_test(screen_should_hold_its_table),
		cmocka_unit_test(figures_should_be_in_their_columns),
		cmocka_unit_test(clocks_and_steady_state_should_be_told),
		cmocka_unit_test(long_texts_should_be_wrapped),
		cmocka_unit_test(control_characters_should_not_reach_the_terminal),
		cmocka_unit_test(absence_of_figures_should_be_told),
		cmocka_unit_test(rounds_should_be_told_in_one_line),
		cmocka_unit_test(summary_should_be_words_and_fit),
	};

	return cmocka_run_group_tests_name("render_text", tests, NULL, NULL);
}
