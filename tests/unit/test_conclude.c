// SPDX-License-Identifier: MIT
/* What detectors conclude from samples: clean, noisy, and with each effect. */
#include "conclude_fixture.h"

/* --- allocation --- */

static double first_ratio, larger_ratio;
static uint32_t granule_level, larger_level = ALLOCATION_LEVELS;
static bool is_fresh = true;

static double median_of_3(double ns)
{
	double a = noise_time(&noise, ns), b = noise_time(&noise, ns), c = noise_time(&noise, ns);

	return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

static void allocation(struct detection *d)
{
	static struct allocation_samples s;

	s.levels = ALLOCATION_LEVELS;
	s.places = ALLOCATION_PLACES;
	s.n = 29;
	s.fresh = is_fresh;
	for (uint32_t u = 0; u < s.n; u++)
		for (uint32_t l = 0; l < s.levels; l++)
			for (uint32_t i = 0; i < allocation_places(&s, l); i++) {
				double first = l >= larger_level    ? larger_ratio
					       : l >= granule_level ? first_ratio
								    : 1;

				noise_step(&noise);
				s.first[l][u][i] = noise_time(&noise, 1e5 * first);
				s.second[l][u][i] = median_of_3(1e5);
			}
	conclude_allocation(d, &s);
}

/* This test will check the granule that is told, and what a first write costs. */
static void granule_should_be_told(void **state)
{
	static const char *const words[] = {
		"granule 4 KiB or less", "granule 8 KiB",   "granule 16 KiB",  "granule 32 KiB",
		"granule 64 KiB",	 "granule 128 KiB", "granule 256 KiB", "granule 512 KiB",
		"granule 1 MiB",	 "granule 2 MiB",   "granule 4 MiB"
	};

	(void)state;
	first_ratio = 2.5;
	for (granule_level = 0; granule_level < ALLOCATION_LEVELS; granule_level++) {
		struct detection d = { 0 };

		noise = noise_begin(granule_level, 0.1);
		allocation(&d);
		assert_int_equal(d.verdict, DETECTION_FOUND);
		check_has(d.evidence, words[granule_level]);
		assert_string_equal(d.unit, "us");
		assert_true(d.value > 100 && d.value < 220);
	}
}

/* This test will check storage upon storage that allocates: both granules are told. */
static void two_granules_should_be_told(void **state)
{
	struct detection d = { 0 };

	(void)state;
	granule_level = 0;
	first_ratio = 2;
	larger_level = 8;
	larger_ratio = 5;
	noise = noise_begin(3, 0.1);
	allocation(&d);
	larger_level = ALLOCATION_LEVELS;
	assert_int_equal(d.verdict, DETECTION_FOUND);
	check_has(d.evidence, "granule 1 MiB, ");
	check_has(d.evidence, "within it 4 KiB or less, ");
	assert_true(d.value > 350 && d.value < 520);
}

/* This test will check that equal writes are hardly ever told apart, that a small
 * effect of 64 KiB is found, and that clear is not said of what was written before. */
static void allocation_should_be_found_where_it_is(void **state)
{
	(void)state;
	first_ratio = 1;
	assert_in_range(count(allocation, DETECTION_FOUND, DRAWS, 0.2), 0, DRAWS / 100);
	assert_in_range(count(allocation, DETECTION_FOUND, DRAWS, 0.8), 0, DRAWS / 100);
	assert_in_range(count(allocation, DETECTION_CLEAR, 100, 0.05), 60, 100);
	is_fresh = false;
	assert_in_range(count(allocation, DETECTION_CLEAR, 100, 0.05), 0, 0);
	is_fresh = true;
	granule_level = 4;
	first_ratio = 1.4;
	assert_in_range(count(allocation, DETECTION_FOUND, 100, 0.2), 95, 100);
}

/* This test will check that a tenth more is found where it is sure: less than what makes other
 * figures other ones, and the start of a unit shows no more of it than any other place. */
static void cheap_allocation_should_be_found(void **state)
{
	(void)state;
	first_ratio = 1.1;
	for (granule_level = 0; granule_level < ALLOCATION_LEVELS - 3; granule_level += 4)
		assert_in_range(count(allocation, DETECTION_FOUND, 100, 0.02), 95, 100);
	granule_level = 0;
	assert_in_range(count(allocation, DETECTION_FOUND, 100, 0.1), 90, 100);
}

/* This test will check that a busy host, whose times spread by a quarter, one in
 * twenty tenfold, does not move the
 * granule of a small effect. */
static void granule_should_stand_in_noise(void **state)
{
	static const struct {
		uint32_t level;
		const char *words;
	} cases[] = { { 4, "granule 64 KiB, " },
		      { 6, "granule 256 KiB, " },
		      { 8, "granule 1 MiB, " } };

	(void)state;
	first_ratio = 1.45;
	for (size_t i = 0; i < N(cases); i++) {
		uint32_t found = 0, right = 0;

		granule_level = cases[i].level;
		noise = noise_begin(i, 0.25);
		for (int n = 0; n < 200; n++) {
			struct detection d = { 0 };

			allocation(&d);
			found += d.verdict == DETECTION_FOUND;
			right += strstr(d.evidence, cases[i].words) != NULL;
		}
		print_message("%sfound in %u of 200, so told in %u\n", cases[i].words, found,
			      right);
		assert_in_range(found, 190, 200);
		assert_in_range(right, 180, found);
	}
}

/* This test will check that what only pools show, while a unit's start is as fast as ever, is no
 * allocation. */
static void start_of_unit_should_be_slow(void **state)
{
	static struct allocation_samples s = {
		.n = 31, .levels = ALLOCATION_LEVELS, .places = ALLOCATION_PLACES, .fresh = true
	};
	struct detection d = { 0 };

	(void)state;
	for (uint32_t u = 0; u < s.n; u++)
		for (uint32_t l = 0; l < s.levels; l++)
			for (uint32_t i = 0; i < ALLOCATION_PLACES; i++) {
				s.first[l][u][i] = l < ALLOCATION_LEVELS - 1 ? 2e5 : 1e5;
				s.second[l][u][i] = 1e5;
			}
	conclude_allocation(&d, &s);
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
}

/* --- pairs --- */

static void unwritten(struct detection *d)
{
	double a[PAIRS], b[PAIRS];

	draw(a, b);
	conclude_unwritten(d, a, b, PAIRS);
}

static void cache(struct detection *d)
{
	double a[PAIRS], b[PAIRS];

	draw(a, b);
	conclude_cache(d, a, b, PAIRS);
}

static void wake(struct detection *d)
{
	double a[PAIRS], b[PAIRS];

	draw(a, b);
	conclude_wake(d, a, b, PAIRS);
}

/* This test will check those that compare one kind of read with another. */
static void pairs_should_be_told_apart(void **state)
{
	void (*const how[])(struct detection *) = { unwritten, cache, wake };

	(void)state;
	for (size_t i = 0; i < N(how); i++) {
		ratio = 1;
		assert_in_range(count(how[i], DETECTION_FOUND, DRAWS, 0.2), 0, DRAWS / 100);
		assert_in_range(count(how[i], DETECTION_FOUND, DRAWS, 0.8), 0, DRAWS / 100);
		ratio = 1.5;
		assert_in_range(count(how[i], DETECTION_FOUND, 100, 0.2), 99, 100);
		ratio = 0.5; /* the other way round is nothing */
		assert_in_range(count(how[i], DETECTION_CLEAR, 100, 0.2), 99, 100);
	}
}

/* --- flush --- */

static double write_ns, flush_ns, empty_ns, asked_ns; /* 0: no question is asked */
static const char *write_cache = "write back";

static void flush(struct detection *d)
{
	double write[120], sync[120], both[120], empty[120], asked[120];
	struct flush_samples s = { write, sync,	      both, empty, asked_ns > 0 ? asked : NULL,
				   120,	  write_cache };

	for (uint32_t i = 0; i < s.n; i++) {
		noise_step(&noise);
		write[i] = noise_time(&noise, write_ns);
		sync[i] = noise_time(&noise, write_ns + flush_ns);
		both[i] = noise_time(&noise, flush_ns);
		empty[i] = noise_time(&noise, empty_ns);
		asked[i] = noise_time(&noise, asked_ns);
	}
	conclude_flush(d, &s);
}

/* This test will check flushes faster and slower than flash can be, on platforms that are fast and
 * slow themselves. */
static void flush_should_be_held_against_flash(void **state)
{
	static const struct {
		double write_us, flush_us, empty_us, asked_us; /* 0: none asked */
		const char *cache;
		enum detection_verdict verdict;
	} cases[] = {
		{ 20, 5, 5, 0, "write back", DETECTION_FOUND },
		{ 20, 30, 30, 0, "", DETECTION_FOUND },
		{ 20, 800, 20, 0, "write back", DETECTION_CLEAR },
		{ 20, 5000, 4950, 0, "write back", DETECTION_CLEAR }, /* always slow */
		{ 20, 5, 5, 0, "write through", DETECTION_CLEAR },
		/* Emulated: all of it is the way there. */
		{ 130, 102, 100, 0, "write back", DETECTION_FOUND },
		{ 130, 140, 105, 0, "write back", DETECTION_FOUND },
		{ 130, 320, 100, 0, "write back", DETECTION_CLEAR }, /* and flash */
		{ 90, 480, 440, 0, "write back", DETECTION_CLEAR },
		/* A write may be stable by itself. */
		{ 250, 260, 240, 0, "write back", DETECTION_UNDECIDED },
		{ 1000, 900, 890, 0, "write back", DETECTION_UNDECIDED },
		{ 200, 4000, 200, 0, "write back", DETECTION_CLEAR },
		/* A question tells the way, however long. */
		{ 300, 257, 240, 230, "write back", DETECTION_FOUND },
		{ 600, 570, 560, 550, "write back", DETECTION_FOUND },
		{ 20, 5, 5, 4, "write back", DETECTION_FOUND },
		{ 500, 2100, 250, 230, "write back", DETECTION_CLEAR },
		{ 250, 520, 480, 230, "write back", DETECTION_CLEAR },
		{ 20, 800, 20, 15, "write back", DETECTION_CLEAR },
		{ 240, 350, 235, 230, "write back", DETECTION_CLEAR }, /* and flash, hardly */
		/* It is answered near by, the disk far away; or it takes longer than both. */
		{ 1000, 900, 890, 20, "write back", DETECTION_UNDECIDED },
		{ 150, 160, 155, 200, "write back", DETECTION_UNDECIDED },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		write_ns = cases[i].write_us * 1e3;
		flush_ns = cases[i].flush_us * 1e3;
		empty_ns = cases[i].empty_us * 1e3;
		asked_ns = cases[i].asked_us * 1e3;
		write_cache = cases[i].cache;
		print_message("a write of %.0f us, a flush of %.0f us\n", cases[i].write_us,
			      cases[i].flush_us);
		assert_in_range(count(flush, cases[i].verdict, 100, 0.1), 90, 100);
	}
}

/* --- compress --- */

static double written[COMPRESS_KINDS], read_back[COMPRESS_KINDS];

static void compress(struct detection *d)
{
	static double w[COMPRESS_KINDS][80], r[COMPRESS_KINDS][80];
	struct compress_samples s = { { w[0], w[1], w[2] }, { r[0], r[1], r[2] }, 80, 80 };

	for (int i = 0; i < 80; i++) {
		noise_step(&noise);
		for (int k = 0; k < COMPRESS_KINDS; k++) {
			w[k][i] = noise_time(&noise, written[k]);
			r[k][i] = noise_time(&noise, read_back[k]);
		}
	}
	conclude_compress(d, &s);
}

/* This test will check that each kind is found, whether it shows in writes or in reads, and whether
 * it is faster or slower. */
static void kinds_of_data_should_be_told_apart(void **state)
{
	static const struct {
		double written[COMPRESS_KINDS], read[COMPRESS_KINDS];
		enum detection_verdict verdict;
		const char *words;
	} cases[] = {
		{ { 300, 300, 300 }, { 200, 200, 200 }, DETECTION_CLEAR, "difference of four" },
		{ { 300, 300, 150 }, { 200, 200, 200 }, DETECTION_FOUND, "zeros are not stored" },
		{ { 300, 300, 600 }, { 200, 200, 200 }, DETECTION_FOUND, "zeros are not stored" },
		{ { 300, 300, 300 }, { 200, 200, 100 }, DETECTION_FOUND, "zeros are not stored" },
		{ { 300, 150, 150 }, { 200, 100, 200 }, DETECTION_FOUND, "" },
		{ { 300, 150, 300 }, { 200, 200, 200 }, DETECTION_FOUND, "compressed" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct detection d = { 0 };

		for (int k = 0; k < COMPRESS_KINDS; k++) {
			written[k] = cases[i].written[k] * 1e3;
			read_back[k] = cases[i].read[k] * 1e3;
		}
		noise = noise_begin(i, 0.05);
		compress(&d);
		check_has(d.evidence, cases[i].words);
		assert_in_range(count(compress, cases[i].verdict, 100, 0.05), 90, 100);
	}
	for (int k = 0; k < COMPRESS_KINDS; k++)
		written[k] = read_back[k] = 1e5;
	assert_in_range(count(compress, DETECTION_FOUND, DRAWS, 0.2), 0, DRAWS / 100);
}

/* --- throttle --- */

static double early, late, large = 500;
static uint32_t large_n = 16;
static bool small_is_free;

static void throttle(struct detection *d)
{
	struct throttle_samples s[THROTTLE_SIZES] = { { .bytes = 4096, .n = 16 },
						      { .bytes = 65536, .n = large_n } };

	for (int i = 0; i < THROTTLE_SIZES; i++)
		for (int t = 0; t < 16; t++) {
			/* A window of many I/Os: no tail of single ones. */
			s[i].early[t] = (i		 ? large * early / late
					 : small_is_free ? late
							 : early) *
					exp(noise.sigma * noise_gauss(&noise));
			s[i].late[t] = (i ? large : late) *
				       exp(0.1 * noise.sigma * noise_gauss(&noise));
			s[i].burst[t] = 100;
		}
	conclude_throttle(d, s);
}

/* This test will check limits, devices without one, and rates that are not level. */
static void limits_should_be_found(void **state)
{
	struct detection d = { 0 };

	(void)state;
	early = 8000;
	late = 1000;
	assert_in_range(count(throttle, DETECTION_FOUND, 100, 0.3), 99, 100);
	noise = noise_begin(1, 0.2);
	throttle(&d);
	assert_true(d.value > 950 && d.value < 1050);
	assert_string_equal(d.unit, "iops");
	check_has(d.evidence, "a limit on I/Os, with a burst of about 100");
	large = late / 16; /* the same bytes */
	throttle(&d);
	assert_true(d.value > 3.7 && d.value < 4.1);
	assert_string_equal(d.unit, "mib_per_s");
	check_has(d.evidence, "a limit on bytes");
	large_n = 10; /* too few to be sure of, at 8 MiB/s */
	early = 8192;
	late = 2048;
	large = 128;
	throttle(&d);
	assert_string_equal(d.unit, "mib_per_s");
	check_has(d.evidence, "a limit on bytes");
	large = 2000; /* as many of the large ones: one on I/Os */
	throttle(&d);
	assert_string_equal(d.unit, "iops");
	large_n = 16;
	small_is_free = true; /* 64 MiB/s hold back large reads alone */
	early = 64000;
	late = 8000;
	large = 1024;
	throttle(&d);
	assert_true(d.value > 62 && d.value < 66);
	check_has(d.evidence, "a limit on bytes");
	small_is_free = false;
	large = 500;
	late = early;
	assert_in_range(count(throttle, DETECTION_FOUND, DRAWS, 0.3), 0, DRAWS / 100);
	assert_in_range(count(throttle, DETECTION_CLEAR, 100, 0.1), 95, 100);
	early = late * 3; /* of late rates that lie all over the place */
	assert_in_range(count(throttle, DETECTION_FOUND, 100, 5), 0, 1);
}

/* --- queue --- */

/* This test will check queues that end below what is asked, that hold it, and I/Os that were too
 * fast to be seen. */
static void queues_should_end_where_they_do(void **state)
{
	static const uint32_t full[] = { 60, 64, 61, 64, 64, 30 };
	uint32_t limited[40], fast[40], batches[40];
	struct detection d = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		limited[i] = i % 4 ? 16 : 12;
		fast[i] = 1 + i % 40;
	}
	conclude_queue(&d, full, N(full), 64);
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	conclude_queue(&d, limited, 40, 64);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	assert_true(d.value == 16);
	conclude_queue(&d, fast, 40, 64);
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
	for (uint32_t i = 0; i < 40; i++)
		fast[i] = i % 4 > 0;
	conclude_queue(&d, fast, 40, 64);
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
	for (uint32_t i = 0; i < 40; i++)
		fast[i] = 1; /* a stick of USB takes one at a time */
	conclude_queue(&d, fast, 40, 64);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	for (uint32_t i = 0; i < 40; i++) {
		limited[i] = i % 3 ? 2 + i % 12
				   : 16; /* a busy host: seen late, two of three times */
		fast[i] = i % 2 ? 7 : 8;
		batches[i] = 56 - 8 * (i % 3); /* interrupts that bring eight at once */
	}
	conclude_queue(&d, limited, 40, 64);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	conclude_queue(&d, fast, 40, 64); /* as often one less: no end of a queue */
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
	conclude_queue(&d, batches, 40, 64);
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
	conclude_queue(&d, limited, 5, 64);
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
	check_has(d.evidence, "too few to tell");
	for (uint32_t i = 0; i < 8; i++)
		limited[i] = 32; /* a slow disk, eight looks */
	conclude_queue(&d, limited, 8, 64);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	conclude_queue(&d, limited, 0, 64);
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
}

/* This test will check that one thread is one too many. */
static void threads_should_be_found(void **state)
{
	struct detection d = { 0 };

	(void)state;
	conclude_punt(&d, 256, 16, 0);
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	conclude_punt(&d, 256, 16, 1);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	assert_true(d.value == 1);
	check_has(d.evidence, "1 threads of the kernel");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(granule_should_be_told),
		cmocka_unit_test(two_granules_should_be_told),
		cmocka_unit_test(allocation_should_be_found_where_it_is),
		cmocka_unit_test(cheap_allocation_should_be_found),
		cmocka_unit_test(granule_should_stand_in_noise),
		cmocka_unit_test(start_of_unit_should_be_slow),
		cmocka_unit_test(pairs_should_be_told_apart),
		cmocka_unit_test(flush_should_be_held_against_flash),
		cmocka_unit_test(kinds_of_data_should_be_told_apart),
		cmocka_unit_test(limits_should_be_found),
		cmocka_unit_test(queues_should_end_where_they_do),
		cmocka_unit_test(threads_should_be_found),
	};

	return cmocka_run_group_tests_name("conclude", tests, NULL, NULL);
}
