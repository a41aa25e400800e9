// SPDX-License-Identifier: MIT
/* What a thread used between two moments, and the mean depth between them. */
#include "run/job_window.h"

#include "lib/clock.h"

static void read_usage(struct job_usage *u)
{
	u->thread_ns = clock_thread_ns();
	getrusage(RUSAGE_THREAD, &u->ru);
}

/*
 * The integral of the depth over time is the sum of all moments at which an I/O ended, less those
 * at which one began; what is in flight at `now_ns` counts as if it ended then. Modulo 2^64.
 */
static uint64_t depth_until(const struct job *job, uint64_t now_ns)
{
	return job->depth_moments + job_in_flight(job) * now_ns;
}

void job_window_open(struct job *job, uint64_t now_ns)
{
	read_usage(&job->from);
	job->measuring = true;
	job->own_ns = 0;
	job->depth_before = depth_until(job, now_ns);
	job->window.measure_ns = now_ns;
	job->ramp_ios = job->total_ios - job->left_ios;
	job->left_ios = job->total_ios; /* what ran before does not count towards the work */
	if (!job->arrival.used && !job->verify)
		job->plain_until_ns = job->window.end_ns;
}

/*
 * The thread's CPU time is exact; its split is by the loop's own stamps: between the engine's calls
 * the thread is in user space (with the interrupts that hit it there, so this is an upper bound).
 */
void job_window_close(struct job *job, uint64_t end_ns)
{
	struct stats *s = job->stats;
	struct job_usage now;
	int64_t depth_ns; /* below 0 where all that was in flight began behind the end */

	read_usage(&now);
	job->measuring = false;
	job->plain_until_ns = 0;
	s->measured_ns = end_ns - job->window.measure_ns;
	depth_ns = (int64_t)(depth_until(job, end_ns) - job->depth_before);
	s->depth_ns = depth_ns > 0 ? (uint64_t)depth_ns : 0;
	s->thread_ns = now.thread_ns - job->from.thread_ns;
	s->thread_user_ns = job->own_ns < s->thread_ns ? job->own_ns : s->thread_ns;
	s->thread_system_ns = s->thread_ns - s->thread_user_ns;
	s->switches_voluntary = (uint64_t)(now.ru.ru_nvcsw - job->from.ru.ru_nvcsw);
	s->switches_involuntary = (uint64_t)(now.ru.ru_nivcsw - job->from.ru.ru_nivcsw);
}
