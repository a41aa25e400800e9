// SPDX-License-Identifier: MIT
/* A condition variable: unlike a barrier, the count need not be known before all threads run. */
#include "run/gate.h"

void gate_init(struct gate *gate)
{
	*gate = (struct gate){ .lock = PTHREAD_MUTEX_INITIALIZER,
			       .changed = PTHREAD_COND_INITIALIZER };
}

void gate_destroy(struct gate *gate)
{
	pthread_cond_destroy(&gate->changed);
	pthread_mutex_destroy(&gate->lock);
}

bool gate_wait(struct gate *gate)
{
	bool begins;

	pthread_mutex_lock(&gate->lock);
	gate->ready++;
	pthread_cond_broadcast(&gate->changed);
	while (gate->state == GATE_SHUT)
		pthread_cond_wait(&gate->changed, &gate->lock);
	begins = gate->state == GATE_OPEN;
	pthread_mutex_unlock(&gate->lock);
	return begins;
}

void gate_await(struct gate *gate, uint32_t n)
{
	pthread_mutex_lock(&gate->lock);
	while (gate->ready < n)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

void gate_open(struct gate *gate, enum gate_state state)
{
	pthread_mutex_lock(&gate->lock);
	gate->state = state;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}
