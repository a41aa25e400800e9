/* SPDX-License-Identifier: MIT */
/*
 * CPU times as members of a JSON object: the machine's in milliseconds, which is finer than the
 * tick they are counted in, the threads' in microseconds. What the threads' user time leaves of
 * their total is system time, and has no member.
 */
#ifndef TARE_RESULT_CPU_JSON_H
#define TARE_RESULT_CPU_JSON_H

#include "lib/json.h"
#include "model/result.h"

/* Rounds to what a document has. */
void cpu_round(struct result_cpu *cpu);

/* Works out what has no member. */
void cpu_complete(struct result_cpu *cpu);

void cpu_encode(struct json *to, const struct result_cpu *cpu);
void cpu_decode(struct result_cpu *cpu, const struct json *from, uint64_t schema);

#endif
