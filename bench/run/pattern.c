// SPDX-License-Identifier: MIT
/* Sets up the order of blocks. */
#include "run/pattern.h"

#include <stddef.h>

void pattern_wrap(struct pattern *p)
{
	p->next = 0;
	p->pass++;
	if (p->random && !p->repeats && !p->again)
		permutation_init(&p->order, p->blocks, rng_mix(p->seed, p->pass));
}

static void take_in_order(struct pattern *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		p->ahead[i] = p->base_bytes + (p->next + i) * p->block_bytes;
}

static void take_with_repeats(struct pattern *p, uint32_t n)
{
	uint64_t base_bytes = p->base_bytes, block_bytes = p->block_bytes, blocks = p->blocks;
	struct rng rng = p->rng; /* in a register */

	for (uint32_t i = 0; i < n; i++)
		p->ahead[i] = base_bytes + rng_below(&rng, blocks) * block_bytes;
	p->rng = rng;
}

static void take_permuted(struct pattern *p, uint32_t n)
{
	uint64_t base_bytes = p->base_bytes, block_bytes = p->block_bytes;
	struct permutation order = p->order; /* in registers */

	for (uint32_t i = 0; i < n; i++)
		p->ahead[i] = base_bytes + permutation_next(&order) * block_bytes;
	p->order.state = order.state;
}

/* Until now the offsets are places in the list. */
static void take_where_found(struct pattern *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		p->ahead[i] = (uint64_t)p->found[p->ahead[i]] << 12;
}

void pattern_init(struct pattern *p, uint64_t base_bytes, uint32_t block_bytes, uint64_t blocks,
		  const struct pattern_found *found, bool random, bool repeats, uint64_t seed)
{
	*p = (struct pattern){ .base_bytes = found ? 0 : base_bytes,
			       .block_bytes = found ? 1 : block_bytes,
			       .blocks = found ? found->n : blocks,
			       .found = found ? found->start : NULL,
			       .seed = seed,
			       .random = random,
			       .repeats = repeats };
	p->take = !random ? take_in_order : repeats ? take_with_repeats : take_permuted;
	rng_seed(&p->rng, seed);
	permutation_init(&p->order, p->blocks, seed);
}

void pattern_refill(struct pattern *p)
{
	uint32_t n = PATTERN_AHEAD;

	if (p->next == p->blocks)
		pattern_wrap(p);
	if (n > p->blocks - p->next)
		n = (uint32_t)(p->blocks - p->next);
	p->take(p, n);
	if (p->found)
		take_where_found(p, n);
	p->next += n;
	p->at = 0;
	p->ahead_n = n;
}
