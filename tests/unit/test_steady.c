// SPDX-License-Identifier: MIT
/* Steady state: which five rounds are level. */
#include "unit.h"

#include <math.h>

#include "run/steady.h"

/* This test will check known series, at the limits to the last digit. */
static void level_rounds_should_be_told_from_others(void **state)
{
	static const struct {
		const char *about;
		double iops[8];
		uint32_t n;
		bool judged, reached;
		double excursion_pct, slope_pct;
	} cases[] = {
		{ "level", { 100, 100, 100, 100, 100 }, 5, true, true, 0, 0 },
		{ "no round", { 0 }, 0, false, false, 0, 0 },
		{ "four rounds", { 100, 100, 100, 100 }, 4, false, false, 0, 0 },
		{ "nothing measured", { 0, 0, 0, 0, 0 }, 5, false, false, 0, 0 },
		{ "excursion of 20 %", { 100, 90, 110, 90, 110 }, 5, true, true, 20, 8 },
		{ "above it", { 100, 89.5, 110, 90.5, 110 }, 5, true, false, 20.5, 8.4 },
		{ "a dip", { 100, 100, 80, 100, 100 }, 5, true, false, 100.0 / 4.8, 0 },
		{ "a peak of 20 %", { 95, 95, 115, 95, 100 }, 5, true, true, 20, 4 },
		{ "a peak above it", { 95, 95, 116, 95, 99 }, 5, true, false, 21, 3.2 },
		/* A straight line: excursion and rise are the same. */
		{ "rise of 10 %", { 95, 97.5, 100, 102.5, 105 }, 5, true, true, 10, 10 },
		{ "fall of 10 %", { 105, 102.5, 100, 97.5, 95 }, 5, true, true, 10, -10 },
		{ "rise above 10 %", { 94, 97, 100, 103, 106 }, 5, true, false, 12, 12 },
		{ "fall above 10 %", { 106, 103, 100, 97, 94 }, 5, true, false, 12, -12 },
		{ "a step", { 90, 90, 90, 110, 110 }, 5, true, false, 2000.0 / 98, 2400.0 / 98 },
		{ "the last five alone",
		  { 900, 1, 500, 100, 100, 100, 100, 100 },
		  8,
		  true,
		  true,
		  0,
		  0 },
		{ "the last five alone, one bad",
		  { 100, 100, 100, 100, 100, 100, 100, 300 },
		  8,
		  true,
		  false,
		  20000.0 / 140,
		  16000.0 / 140 },
		{ "small figures", { 0.5, 0.5, 0.5, 0.5, 0.5 }, 5, true, true, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct steady s = { true, -1, -1 };
		bool judged = steady_window(&s, cases[i].iops, cases[i].n);

		assert_int_equal(steady_reached(cases[i].iops, cases[i].n), cases[i].reached);
		if (judged != cases[i].judged || s.reached != cases[i].reached ||
		    fabs(s.excursion_pct - cases[i].excursion_pct) > 1e-9 ||
		    fabs(s.slope_pct - cases[i].slope_pct) > 1e-9)
			fail_msg("%s: judged %d, reached %d, excursion %.12f, slope %.12f",
				 cases[i].about, judged, s.reached, s.excursion_pct, s.slope_pct);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(level_rounds_should_be_told_from_others),
	};

	return cmocka_run_group_tests_name("steady", tests, NULL, NULL);
}
