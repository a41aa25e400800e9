// SPDX-License-Identifier: MIT
/*
 * The time stamp counter: whether it says that it is invariant, what it does, what it costs.
 *
 *   invariant  CPUID 0x80000007, EDX bit 8; guests are often not shown it (1: it is there)
 *   used       tare found it steady at the start and reads it (1), or reads the kernel's clock (0)
 *   tsc_mhz    its rate against CLOCK_MONOTONIC_RAW, in pieces of 4 ms: the spread is its
 *              steadiness. Where that clock is the counter itself this shows what the kernel
 *              calibrated, and only the next two come from elsewhere.
 *   pm_ppm     how much faster the ACPI PM timer says it runs, in pieces of 100 ms. Error: one port
 *              read, some us of 100 ms.
 *   rtc_ppm    likewise the real time clock, over whole seconds. Error: rtc_error_ppm, what lies
 *              between the two readings around each second.
 *   skew_ns    how far the counters of other CPUs are from this one's: the closest of many
 *              exchanges with each, as network clocks do it. Error: half of the exchange,
 *              skew_error_ns at most; less than that is no difference.
 *   read_ns    one reading
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/io.h>
#include <time.h>
#include <x86intrin.h>

#include "lib/clock.h"
#include "lib/file.h"
#include "lib/tsc.h"
#include "probe/pm_timer.h"
#include "probe/probes.h"

#define PARTS		 6
#define TRIES		 8
#define RAW_PIECE_NS	 UINT64_C(4000000)
#define RAW_PIECES	 250
#define PM_PIECE_NS	 UINT64_C(100000000)
#define PM_PIECES	 8
#define RTC		 "sys/class/rtc/rtc0/since_epoch"
#define RTC_SECONDS	 2
#define RTC_SECONDS_MOST 60 /* it was set meanwhile */
#define RTC_NAP_NS	 UINT64_C(200000)
#define READ_BATCH	 64
#define SKEW_CPUS	 15 /* beside the first one; of more, an even choice */
#define SKEW_TRIPS	 2000

/* A moment by the counter and by another clock, the counter known to half of `width`. */
struct moment {
	uint64_t ticks, width;
	uint64_t other; /* ns, or ticks of the PM timer */
};

static uint64_t read_raw_ns(void *context)
{
	struct timespec ts;

	(void)context;
	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * CLOCK_NS_PER_S + (uint64_t)ts.tv_nsec;
}

static uint64_t read_pm(void *context)
{
	return inl(*(const uint16_t *)context);
}

static struct moment moment_of(uint64_t (*read)(void *), void *context)
{
	struct moment best = { .width = UINT64_MAX };

	for (int i = 0; i < TRIES; i++) {
		uint64_t before = __rdtsc(), other = read(context), after = __rdtsc();

		if (after - before < best.width)
			best = (struct moment){ before + (after - before) / 2, after - before,
						other };
	}
	return best;
}

/* Returns the median, MHz; 0 where there is none. */
static double take_rate(struct probing *p, uint64_t end_ns)
{
	double value[RAW_PIECES];
	struct readings s = { .value = value, .max = RAW_PIECES };
	struct moment from = moment_of(read_raw_ns, NULL), to;

	while (s.n < RAW_PIECES && tsc_now_ns() < end_ns) {
		clock_sleep_ns(RAW_PIECE_NS);
		to = moment_of(read_raw_ns, NULL);
		readings_add(&s, (double)(to.ticks - from.ticks) * 1e3 /
					 (double)(to.other - from.other));
		from = to;
	}
	probe_add(p->to, "tsc_mhz", &s);
	return s.n ? readings_at(&s, 50) : 0;
}

/* What lies between so many ticks and so many ns, against a rate of `mhz`: that of tsc_mhz, for
 * what tare found at the start is wrong where the counter was no good. */
static double ppm(double ticks, double ns, double mhz)
{
	return (ticks * 1e3 / mhz / ns - 1) * 1e6;
}

static void take_pm(struct probing *p, double mhz)
{
	char why[PM_TIMER_WHY_BYTES];
	uint16_t port = pm_timer_open(why);
	double value[PM_PIECES];
	struct readings s = { .value = value, .max = PM_PIECES };
	struct moment from, to;

	if (!port) {
		probe_add_why(p->to, "pm_ppm", "%s", why);
		return;
	}
	from = moment_of(read_pm, &port);
	for (int i = 0; i < PM_PIECES; i++, from = to) {
		clock_sleep_ns(PM_PIECE_NS);
		to = moment_of(read_pm, &port);
		if (to.other == from.other) {
			probe_add_why(p->to, "pm_ppm", "the ACPI timer stands still");
			return;
		}
		readings_add(&s, ppm((double)(to.ticks - from.ticks),
				     (double)((to.other - from.other) & PM_TIMER_MASK) * 1e9 /
					     PM_TIMER_HZ,
				     mhz));
	}
	probe_add(p->to, "pm_ppm", &s);
}

/* Waits for the next second of the RTC: the counter around it. Returns 0 or -errno. */
static int await_second(struct moment *at, uint64_t end_ns)
{
	uint64_t before, now, last = __rdtsc();
	int ret = file_read_u64(&before, "/", RTC);

	while (!ret) {
		uint64_t ticks = __rdtsc(), after;

		ret = file_read_u64(&now, "/", RTC);
		after = __rdtsc();
		if (!ret && now != before) {
			*at = (struct moment){ last + (after - last) / 2, after - last, now };
			return 0;
		}
		last = ticks;
		if (tsc_now_ns() > end_ns)
			ret = -ETIME;
		clock_sleep_ns(RTC_NAP_NS);
	}
	return ret;
}

static void take_rtc(struct probing *p, double mhz, uint64_t end_ns)
{
	struct moment at = { 0 }, first = { 0 };
	int64_t seconds;
	int ret = 0;

	for (int i = 0; i <= RTC_SECONDS && !ret; i++) {
		ret = await_second(&at, end_ns);
		first = i ? first : at;
	}
	seconds = (int64_t)(at.other - first.other);
	if (ret || seconds < RTC_SECONDS || seconds > RTC_SECONDS_MOST) {
		probe_add_why(p->to, "rtc_ppm", "/" RTC ": %s", ret ? strerror(-ret) : "it jumps");
		return;
	}
	probe_add_value(p->to, "rtc_ppm",
			ppm((double)(at.ticks - first.ticks), (double)seconds * 1e9, mhz));
	probe_add_value(p->to, "rtc_error_ppm",
			(double)(at.width + first.width) / 2 / mhz / (double)seconds);
}

/* --- between CPUs --- */

struct exchange {
	_Alignas(128) _Atomic uint64_t asked; /* the asking CPU's counter; 1: the end */
	_Alignas(128) _Atomic uint64_t answered;
	uint32_t cpu;
};

static uint64_t read_in_order(void)
{
	uint64_t ticks;

	_mm_lfence();
	ticks = __rdtsc();
	_mm_lfence();
	return ticks;
}

static void *answer(void *arg)
{
	struct exchange *x = arg;
	uint64_t seen = 0, asked;

	probing_pin(x->cpu);
	for (; seen != 1; seen = asked) {
		while ((asked = atomic_load_explicit(&x->asked, memory_order_acquire)) == seen)
			__builtin_ia32_pause();
		atomic_store_explicit(&x->answered, read_in_order(), memory_order_release);
	}
	return NULL;
}

/* The offset of the closest exchange, in ticks; *width is how long that took. False: no thread. */
static bool offset_of(uint32_t cpu, double *offset, double *width, uint64_t end_ns)
{
	struct exchange x = { .cpu = cpu };
	uint64_t last = 0;
	pthread_t thread;

	if (pthread_create(&thread, NULL, answer, &x))
		return false;
	*width = INFINITY;
	for (int i = 0; i < SKEW_TRIPS && (!i || tsc_now_ns() < end_ns); i++) {
		uint64_t asked = read_in_order(), there, back;

		atomic_store_explicit(&x.asked, asked, memory_order_release);
		while ((there = atomic_load_explicit(&x.answered, memory_order_acquire)) == last)
			__builtin_ia32_pause();
		back = read_in_order();
		last = there;
		if ((double)(back - asked) < *width) {
			*width = (double)(back - asked);
			*offset = (double)(int64_t)(there - asked) - *width / 2;
		}
	}
	atomic_store_explicit(&x.asked, 1, memory_order_release);
	pthread_join(thread, NULL);
	return true;
}

static void take_skew(struct probing *p, double mhz, uint64_t end_ns)
{
	uint32_t others = p->cpus_n - 1, n = others < SKEW_CPUS ? others : SKEW_CPUS;
	double value[SKEW_CPUS], error_ns = 0;
	struct readings s = { .value = value, .max = SKEW_CPUS };
	double ns = 1e3 / mhz;

	if (!others) {
		probe_add_why(p->to, "skew_ns", "one CPU only");
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		double offset = 0, width = 0;
		uint64_t now_ns = tsc_now_ns();
		uint64_t part_ns = end_ns > now_ns ? (end_ns - now_ns) / (n - i) : 0;

		if (!offset_of(p->cpu[1 + i * others / n], &offset, &width, now_ns + part_ns))
			continue;
		readings_add(&s, fabs(offset) * ns);
		error_ns = fmax(error_ns, width / 2 * ns);
	}
	probe_add(p->to, "skew_ns", &s);
	probe_add_value(p->to, "skew_error_ns", error_ns);
}

static void read_once(void *context)
{
	(void)context;
	__asm__ volatile("" : : "r"(__rdtsc()));
}

void probe_tsc(struct probing *p)
{
	static const char *const compared[] = { "skew_ns", "pm_ppm", "rtc_ppm" };
	double mhz;

	probing_pin(p->cpu[0]);
	probe_add_value(p->to, "invariant", tsc_state.invariant);
	probe_add_value(p->to, "used", tsc_state.used);
	probing_measure(p, "read_ns", read_once, NULL, READ_BATCH, probing_part_ns(p, 0, PARTS));
	mhz = take_rate(p, probing_part_ns(p, 1, PARTS));
	if (!(mhz > 0)) {
		probe_add_all_why(p->to, compared, sizeof(compared) / sizeof(compared[0]),
				  "the counter does not count");
		return;
	}
	take_skew(p, mhz, probing_part_ns(p, 2, PARTS));
	take_pm(p, mhz);
	take_rtc(p, mhz, p->until_ns);
}
