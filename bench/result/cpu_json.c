// SPDX-License-Identifier: MIT
/* CPU times to JSON and back. */
#include "result/cpu_json.h"

#include "result/fields.h"

void cpu_complete(struct result_cpu *cpu)
{
	bool has_rest = cpu->thread_ns > cpu->thread_user_ns;

	cpu->thread_system_ns = has_rest ? cpu->thread_ns - cpu->thread_user_ns : 0;
}

void cpu_round(struct result_cpu *cpu)
{
	fields_round(cpu, &fields_cpu);
	cpu_complete(cpu);
}

void cpu_encode(struct json *to, const struct result_cpu *cpu)
{
	fields_encode(to, &fields_cpu, cpu);
}

void cpu_decode(struct result_cpu *cpu, const struct json *from, uint64_t schema)
{
	fields_decode(cpu, schema > 2 ? &fields_cpu : &fields_cpu_2, from);
	if (schema > 2)
		cpu_complete(cpu);
}
