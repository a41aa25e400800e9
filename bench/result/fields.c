// SPDX-License-Identifier: MIT
/* The tables of fields, and the two walks over them. */
#include "result/fields.h"

#include <string.h>

#include "lib/str.h"

#define U64(type, member)                                                                          \
	{                                                                                          \
#member, FIELD_U64, offsetof(struct type, member), 0                               \
	}
#define U32(type, member)                                                                          \
	{                                                                                          \
#member, FIELD_U32, offsetof(struct type, member), 0                               \
	}
#define I32(type, member)                                                                          \
	{                                                                                          \
#member, FIELD_I32, offsetof(struct type, member), 0                               \
	}
#define DOUBLE(type, member)                                                                       \
	{                                                                                          \
#member, FIELD_DOUBLE, offsetof(struct type, member), 0                            \
	}
#define BOOL(type, member)                                                                         \
	{                                                                                          \
#member, FIELD_BOOL, offsetof(struct type, member), 0                              \
	}
#define TEXT(type, member)                                                                         \
	{                                                                                          \
#member, FIELD_TEXT, offsetof(struct type, member),                                \
			sizeof(((struct type *)0)->member)                                         \
	}
#define TABLE(name)                                                                                \
	const struct fields fields_##name = { rows_##name,                                         \
					      sizeof(rows_##name) / sizeof(rows_##name[0]) }

static const struct field rows_result[] = {
	TEXT(result, run),   TEXT(result, version),	 TEXT(result, build_id),
	TEXT(result, label), U64(result, start_unix_s),	 TEXT(result, reason),
	TEXT(result, suite), TEXT(result, suite_sha256), BOOL(result, short_by_plan),
	U32(result, rounds), U32(result, rounds_done),	 BOOL(result, until_steady),
	U64(result, seed),   U64(result, first_io_ns),	 U64(result, cpu_error_ns),
};
TABLE(result);

static const struct field rows_target[] = {
	TEXT(result, path),	    TEXT(result, access),	 TEXT(result, consent),
	U64(result, span_bytes),    U64(result, proven_bytes),	 U64(result, written_bytes),
	U64(result, found_bytes),   U64(result, searched_bytes), U64(result, verified_bytes),
	BOOL(result, wrote),	    U64(result, fill_ns),	 U64(result, restored_bytes),
	BOOL(result, mark_removed),
};
TABLE(target);

static const struct field rows_disk[] = {
	TEXT(disk, node),
	TEXT(disk, serial),
	TEXT(disk, wwn),
	TEXT(disk, vendor),
	TEXT(disk, model),
	TEXT(disk, firmware),
	TEXT(disk, driver),
	TEXT(disk, transport),
	TEXT(disk, path),
	TEXT(disk, scheduler),
	TEXT(disk, write_cache),
	U64(disk, size_bytes),
	U32(disk, logical_block_bytes),
	U32(disk, physical_block_bytes),
	U64(disk, max_transfer_bytes),
	U32(disk, hw_queues),
	U32(disk, nr_requests),
	I32(disk, numa_node),
	BOOL(disk, rotational),
	BOOL(disk, fua),
	BOOL(disk, removable),
	BOOL(disk, read_only),
	BOOL(disk, discard),
	TEXT(disk, reason),
	TEXT(disk, token),
};
TABLE(disk);

static const struct field rows_cpu[] = {
	U64(result_cpu, user_ns),	   U64(result_cpu, system_ns),
	U64(result_cpu, irq_ns),	   U64(result_cpu, softirq_ns),
	U64(result_cpu, steal_ns),	   U64(result_cpu, idle_ns),
	U64(result_cpu, thread_ns),	   U64(result_cpu, thread_user_ns),
	U64(result_cpu, thread_system_ns),
};
TABLE(cpu);

static const struct field rows_workload[] = {
	TEXT(result_workload, state),
	TEXT(result_workload, reason),
	TEXT(result_workload, engine),
	U32(result_workload, io_workers),
	U64(result_workload, measured_ns),
	U64(result_workload, depth_ns),
	U64(result_workload, switches_voluntary),
	U64(result_workload, switches_involuntary),
};
TABLE(workload);

static const struct field rows_round[] = {
	U32(result_round, round),	 U32(result_round, position),
	TEXT(result_round, state),	 TEXT(result_round, failure),
	U64(result_round, start_unix_s), U64(result_round, measured_ns),
};
TABLE(round);

static const struct field rows_round_io[] = {
	U64(result_round_io, ios),
	U64(result_round_io, bytes),
	DOUBLE(result_round_io, clat_mean_ns),
	U64(result_round_io, clat_p50_ns),
	U64(result_round_io, clat_p99_ns),
	U64(result_round_io, clat_p999_ns),
	U64(result_round_io, clat_max_ns),
};
TABLE(round_io);

static const struct field rows_key[] = {
	TEXT(result_key, name),
	TEXT(result_key, value),
	TEXT(result_key, source),
};
TABLE(key);

static const struct field rows_error[] = {
	{ "errno", FIELD_I32, offsetof(struct result_error, error), 0 },
	{ "count", FIELD_U64, offsetof(struct result_error, n), 0 },
};
TABLE(error);

static const struct field rows_tsc[] = {
	TEXT(tsc, words),     BOOL(tsc, invariant), DOUBLE(tsc, hz),
	DOUBLE(tsc, skew_ns), DOUBLE(tsc, call_ns),
};
TABLE(tsc);

static const struct field rows_clock[] = {
	{ "monotonic_call_ns", FIELD_DOUBLE, offsetof(struct clock_cost, call_ns), 0 },
	{ "monotonic_syscall_ns", FIELD_DOUBLE, offsetof(struct clock_cost, syscall_ns), 0 },
};
TABLE(clock);

/* Schema 1, whose loop had no clock of its own. */
static const struct field rows_clock_1[] = {
	DOUBLE(clock_cost, call_ns),
	DOUBLE(clock_cost, syscall_ns),
};
TABLE(clock_1);

static const struct field rows_kernel[] = {
	{ "busy_ms", FIELD_U64, offsetof(struct result_kernel, disk.busy_ms), 0 },
	{ "queue_ms", FIELD_U64, offsetof(struct result_kernel, disk.queue_ms), 0 },
	U64(result_kernel, slack_bytes),
};
TABLE(kernel);

static const struct field rows_steady[] = {
	BOOL(result_steady, reached),
	DOUBLE(result_steady, excursion_pct),
	DOUBLE(result_steady, slope_pct),
};
TABLE(steady);

void fields_encode(struct json *to, const struct fields *fields, const void *from)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->field[i];
		const char *at = (const char *)from + f->offset;

		switch (f->type) {
		case FIELD_U64:
			json_add_u64(to, f->key, *(const uint64_t *)at);
			break;
		case FIELD_U32:
			json_add_u64(to, f->key, *(const uint32_t *)at);
			break;
		case FIELD_I32:
			json_add_i64(to, f->key, *(const int32_t *)at);
			break;
		case FIELD_DOUBLE:
			json_add_double(to, f->key, *(const double *)at);
			break;
		case FIELD_BOOL:
			json_add_bool(to, f->key, *(const bool *)at);
			break;
		case FIELD_TEXT:
			json_add_text(to, f->key, at);
			break;
		}
	}
}

static void decode_field(char *at, const struct field *f, const struct json *value)
{
	uint64_t number = 0;
	double real;

	switch (f->type) {
	case FIELD_U64:
		if (json_u64(value, &number))
			*(uint64_t *)at = number;
		break;
	case FIELD_U32:
		if (json_u64(value, &number) && number <= UINT32_MAX)
			*(uint32_t *)at = (uint32_t)number;
		break;
	case FIELD_I32:
		if (json_double(value, &real) && real >= INT32_MIN && real <= INT32_MAX)
			*(int32_t *)at = (int32_t)real;
		break;
	case FIELD_DOUBLE:
		json_double(value, (double *)at);
		break;
	case FIELD_BOOL:
		if (value)
			*(bool *)at = json_is_true(value);
		break;
	case FIELD_TEXT:
		if (json_text(value))
			str_copy(at, f->bytes, json_text(value));
		break;
	}
}

void fields_decode(void *to, const struct fields *fields, const struct json *from)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->field[i];

		decode_field((char *)to + f->offset, f, json_get(from, f->key));
	}
}
