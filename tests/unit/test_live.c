// SPDX-License-Identifier: MIT
/* The picture of a run: what a person reads on a screen, before and while jobs run. */
#include "plan_site.h"

#include "render/live.h"

#define JOBS                                                                                       \
	"[global]\nioengine=libaio\nruntime=10\n[one]\nrw=randread\nbs=4k\niodepth=8\nstonewall\n" \
	"[both]\nrw=randrw\nstonewall\n"

/* A disk to write, one that nobody touches, and a board. */
struct scene {
	struct site site;
	struct disk disk[40];
	struct host host;
	const struct plan *plan;
	struct live live;
	struct board *board;
	struct sheet sheet;
};

static void scene_init(struct scene *s, const char *jobs, uint32_t disks_n)
{
	char node[16];

	for (uint32_t i = 0; i < disks_n; i++) {
		snprintf(node, sizeof(node), "sd%c", 'a' + i % 26);
		s->disk[i] = fixture_disk(i ? node : "vda", i ? DISK_DATA : DISK_BLANK);
	}
	site_init(&s->site, jobs, s->disk, disks_n);
	s->site.config.rounds = 2;
	build(&s->site, &s->disk[0], NULL);
	fixture_host(&s->host);
	s->plan = &s->site.plan;
	s->live = (struct live){
		.host = &s->host, .disks = &s->site.disks, .plan = &s->plan, .plans_n = 1
	};
	s->board = board_create(s->plan);
	assert_non_null(s->board);
}

static void scene_free(struct scene *s)
{
	board_free(s->board);
	notes_free(&s->site.notes);
}

/* All of it, a line each; the live line says "<live>". */
static const char *picture(struct scene *s, uint32_t rows)
{
	static char text[SHEET_ROWS_MAX * SHEET_LINE_BYTES];
	uint32_t row;
	size_t len = 0;

	sheet_init(&s->sheet, rows, 80);
	row = live_sheet(&s->sheet, &s->live);
	assert_true(row < rows - live_messages(rows));
	assert_string_equal(s->sheet.line[row], "");
	sheet_set(&s->sheet, row, "<live>");
	for (uint32_t i = 0; i < rows; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\n", s->sheet.line[i]);
	return text;
}

/* This test will check what is seen before the first write: machine, disks, verdicts, plan. */
static void plan_should_be_seen(void **state)
{
	static struct scene s;
	const char *text;

	(void)state;
	scene_init(&s, JOBS, 2);
	text = picture(&s, 25);
	check_has(text, "hypervisor KVM; 4 x Some CPU @ 2 GHz; 8192 MiB\n");
	check_has(text, "QEMU Standard PC (Q35); UEFI; kernel 6.12.1\n");
	check_has(text, "\n 1  vda, 2 GiB, QEMU QEMU HARDDISK, serial S-vda: blank\n");
	check_has(text, "    will be PROVEN BLANK, then marked and written, span ");
	check_has(text, "\n -  sdb, 2 GiB, QEMU QEMU HARDDISK, serial S-sdb: ");
	check_has(text, "2 rounds of 2 workloads, at most 0:40 min of measuring\n");
	check_has(text,
		  "\n  one                      randread, bs 4 KiB, iodepth 8, jobs 1, libaio\n");
	check_has(text, "\n\n<live>\n");
	scene_free(&s);
}

/* Ends the record of a section's round, as step.c does. */
static void settle(struct scene *s, uint32_t round, uint32_t section, uint64_t reads,
		   uint64_t writes)
{
	struct board_record *record = &s->board->record[plan_record(s->plan, round, section)];
	struct stats *stats = fixture_stats();

	stats->measured_ns = 10 * CLOCK_NS_PER_S;
	for (uint64_t i = 0; i < reads; i++)
		histogram_add(&stats->io[0].clat, 100000);
	for (uint64_t i = 0; i < writes; i++)
		histogram_add(&stats->io[1].clat, 250000);
	stats->io[0].bytes = reads << 12;
	stats->io[1].bytes = writes << 12;
	board_settle(s->board, record, section, stats);
	atomic_store(&record->state, BOARD_DONE);
	free(stats);
}

/* This test will check that the table fills: a row for each direction, over the rounds so far. */
static void table_should_fill(void **state)
{
	static struct scene s;
	const char *text;

	(void)state;
	scene_init(&s, JOBS, 1);
	s.live.board = s.board;
	settle(&s, 0, 1, 10240, 5120);
	text = picture(&s, 25);
	check_has(text, "\n  one                      randread, bs 4 KiB");
	check_has(text, "\n  both                          1024       4.0     100.0     ");
	check_has(text, "1/2 read\n");
	check_has(text, "\n  both                           512       2.0     250.0     ");
	check_has(text, "1/2 write\n");
	settle(&s, 0, 0, 20480, 0);
	settle(&s, 1, 0, 40960, 0);
	text = picture(&s, 25);
	check_has(text, "\n  one                           3072      12.0     100.0     ");
	check_has(text, "2/2\n");
	scene_free(&s);
}

/* This test will check that on a small screen everything that matters has room, and what gives way
 * first. */
static void small_screen_should_hold_what_matters(void **state)
{
	static struct scene s;
	char jobs[2048] = "[global]\nioengine=libaio\nruntime=10\nrw=randread\n";
	const char *text;

	(void)state;
	for (int i = 0; i < 17; i++)
		snprintf(jobs + strlen(jobs), sizeof(jobs) - strlen(jobs), "[job%02d]\nstonewall\n",
			 i);
	scene_init(&s, jobs, 30);
	text = picture(&s, 25);
	check_has(text, "vda, 2 GiB");
	check_has(text, " -  29 other disks, not touched\n");
	check_has(text, "17 workloads");
	check_has(text, "job00");
	check_has(text, "job16");
	text = picture(&s, 20); /* not all workloads fit: the one that runs is among them */
	check_has(text, "job00");
	check_has_not(text, "job16");
	s.live.board = s.board;
	atomic_store(&s.board->step, 16);
	text = picture(&s, 20);
	check_has(text, "vda, 2 GiB");
	check_has(text, "job16");
	check_has_not(text, "job00");
	text = picture(&s, 60);
	check_has(text, "job00");
	check_has(text, "sdb");
	check_has(text, "job16");
	scene_free(&s);
}

static const char *line_of(struct scene *s, const struct live_count *now,
			   const struct live_count *before)
{
	static char text[256];
	struct buf b = BUF_INIT;

	live_line(&b, s->plan, s->board, now, before);
	assert_false(buf_failed(&b));
	assert_true(b.len < 80);
	snprintf(text, sizeof(text), "%s", b.data);
	buf_free(&b);
	return text;
}

static void count_one(struct scene *s, uint64_t ns, uint64_t n)
{
	histogram_add_n(&s->board->job_stats[0].io[0].clat, ns, n);
}

/* This test will check the line that lives: rate and latency since the last look, time left. */
static void line_should_live(void **state)
{
	static struct scene s;
	const uint64_t t = UINT64_C(1000) * CLOCK_NS_PER_S;
	struct live_count none = { 0 }, first, second;
	uint32_t done, total;

	(void)state;
	scene_init(&s, JOBS, 1);
	atomic_store(&s.board->step, 0);
	atomic_store(&s.board->measure_ns, UINT64_MAX);
	check_number("left before", live_left_ns(s.plan, s.board, t), 40 * CLOCK_NS_PER_S);
	assert_string_equal(line_of(&s, &(struct live_count){ .at_ns = t }, &none),
			    "one                    [........]  10 s       - IOPS        - us  run "
			    "0:40 left");
	s.board->job_section[0] = 0;
	stats_init(&s.board->job_stats[0]);
	atomic_store(&s.board->record[0].state, BOARD_RUNNING);
	atomic_store(&s.board->measure_ns, t);
	atomic_store(&s.board->end_ns, t + 10 * CLOCK_NS_PER_S);
	count_one(&s, 100000, 5000);
	first = live_count(s.board, t + 5 * CLOCK_NS_PER_S);
	assert_string_equal(line_of(&s, &first, &none),
			    "one                    [####....]   5 s    1000 IOPS    100.0 us  run "
			    "0:35 left");
	count_one(&s, 300000, 20000);
	second = live_count(s.board, t + 7 * CLOCK_NS_PER_S);
	assert_string_equal(line_of(&s, &second, &first),
			    "one                    [######..]   3 s   10000 IOPS    300.0 us  run "
			    "0:33 left");
	/* counters of the next step begin anew, whatever they were */
	atomic_store(&s.board->step, 1);
	atomic_store(&s.board->record[0].state, BOARD_DONE);
	atomic_store(&s.board->record[1].state, BOARD_RUNNING);
	atomic_store(&s.board->measure_ns, t + 20 * CLOCK_NS_PER_S);
	atomic_store(&s.board->end_ns, t + 30 * CLOCK_NS_PER_S);
	stats_init(&s.board->job_stats[0]);
	count_one(&s, 50000, 60000);
	first = live_count(s.board, t + 22 * CLOCK_NS_PER_S);
	assert_string_equal(line_of(&s, &first, &second),
			    "both                   [##......]   8 s   30000 IOPS     50.0 us  run "
			    "0:28 left");
	live_steps(&done, &total, s.plan, s.board);
	check_number("done", done, 1);
	check_number("of", total, 4);
	scene_free(&s);
}

/* This test will check the line while bytes are filled in: how much, how fast, how long. */
static void progress_should_have_time_left(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	live_progress(&b, "writing", 256 * MIB, GIB, 2 * CLOCK_NS_PER_S);
	assert_string_equal(b.data, "writing [##......]  25 %    128.0 MiB/s  0:06 left");
	b.len = 0;
	live_progress(&b, "writing", 0, GIB, 0);
	assert_string_equal(b.data, "writing [........]   0 %      0.0 MiB/s");
	b.len = 0;
	live_progress(&b, "starting", 0, 0, CLOCK_NS_PER_S);
	assert_string_equal(b.data, "starting");
	buf_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_should_be_seen),
		cmocka_unit_test(table_should_fill),
		cmocka_unit_test(small_screen_should_hold_what_matters),
		cmocka_unit_test(line_should_live),
		cmocka_unit_test(progress_should_have_time_left),
	};

	return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
