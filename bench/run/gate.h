/* SPDX-License-Identifier: MIT */
/* Where the threads of a step wait until all of them are ready: they begin together, or not at all.
 */
#ifndef TARE_RUN_GATE_H
#define TARE_RUN_GATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum gate_state { GATE_SHUT, GATE_OPEN, GATE_CANCELLED };

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint32_t ready; /* threads that have arrived */
	enum gate_state state;
};

void gate_init(struct gate *gate);
void gate_destroy(struct gate *gate);

/* A thread is ready: waits. Returns true where it shall begin, false where all is cancelled. */
bool gate_wait(struct gate *gate);

/* Waits until n threads are ready. */
void gate_await(struct gate *gate, uint32_t n);

/* Lets all of them go. */
void gate_open(struct gate *gate, enum gate_state state);

#endif
