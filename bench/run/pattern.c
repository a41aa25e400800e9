// SPDX-License-Identifier: MIT
/* Sets up the order of blocks. */
#include "run/pattern.h"

#include <stddef.h>

void pattern_init(struct pattern *p, uint64_t base_bytes, uint32_t block_bytes, uint64_t blocks,
		  bool random, bool repeats, uint64_t seed)
{
	*p = (struct pattern){ .base_bytes = base_bytes,
			       .block_bytes = block_bytes,
			       .blocks = blocks,
			       .seed = seed,
			       .random = random,
			       .repeats = repeats };
	rng_seed(&p->rng, seed);
	permutation_init(&p->order, blocks, seed);
}

void pattern_use_found(struct pattern *p, const struct pattern_found *found)
{
	p->found = found->start;
	p->blocks = found->n;
	permutation_init(&p->order, p->blocks, p->seed);
}

void pattern_wrap(struct pattern *p)
{
	p->next = 0;
	p->pass++;
	if (p->random && !p->repeats)
		permutation_init(&p->order, p->blocks, rng_mix(p->seed, p->pass));
}
