// SPDX-License-Identifier: MIT
/* Accounts from rate, shares of CPU time and submission latency. */
#include "import/accounts.h"

#include <string.h>

static bool is_mixed(const struct sample_shape *shape)
{
	return strstr(shape->rw, "rw") || !strcmp(shape->rw, "readwrite");
}

static struct account derive(const struct sample_workload *w)
{
	double jobs = sample_known(w->shape.numjobs) ? w->shape.numjobs : 1;
	double user_ns, system_ns, submit_ns = w->latency.slat_mean_ns;
	struct account a = account_none();

	if (!(w->iops > 0) || is_mixed(&w->shape) || w->shape.rate_iops > 0 ||
	    w->shape.rate_bytes > 0)
		return a;
	a.whole_ns = jobs * 1e9 / w->iops;
	user_ns = w->usr_pct / 100 * a.whole_ns;
	system_ns = w->sys_pct / 100 * a.whole_ns;
	if (!sample_known(user_ns) || !sample_known(system_ns))
		return a;
	a.part_ns[ACCOUNT_TOOL] = user_ns;
	if (!(submit_ns > 0)) { /* synchronous engines have none */
		a.part_ns[ACCOUNT_KERNEL] = system_ns;
		return a;
	}
	a.part_ns[ACCOUNT_SUBMISSION] = submit_ns;
	a.part_ns[ACCOUNT_COMPLETION] = system_ns > submit_ns ? system_ns - submit_ns : 0;
	return a;
}

void accounts_derive(struct samples *s, uint32_t first)
{
	for (uint32_t i = first; i < s->n; i++) {
		struct sample_run *run = &s->run[i];

		for (uint32_t k = 0; k < run->workloads_n; k++)
			if (!account_known(&run->workload[k].account))
				run->workload[k].account = derive(&run->workload[k]);
	}
}
