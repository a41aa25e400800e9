// SPDX-License-Identifier: MIT
/* The tables of fields. */
#include "result/fields.h"

#include "model/series.h"

#define NAMED(key, kind, type, member)                                                             \
	{                                                                                          \
		key, FIELD_##kind, offsetof(struct type, member), 0, 0                             \
	}
#define U64(type, member)    NAMED(#member, U64, type, member)
#define U32(type, member)    NAMED(#member, U32, type, member)
#define I32(type, member)    NAMED(#member, I32, type, member)
#define DOUBLE(type, member) NAMED(#member, DOUBLE, type, member)
#define BOOL(type, member)   NAMED(#member, BOOL, type, member)
#define TEXT(type, member)                                                                         \
	{                                                                                          \
#member, FIELD_TEXT, offsetof(struct type, member),                                \
			sizeof(((struct type *)0)->member), 0                                      \
	}
#define TEXT_IF_ANY(type, member)                                                                  \
	{                                                                                          \
#member, FIELD_TEXT_IF_ANY, offsetof(struct type, member),                         \
			sizeof(((struct type *)0)->member), 0                                      \
	}
#define MS(key, type, member)                                                                      \
	{                                                                                          \
		key, FIELD_ROUNDED, offsetof(struct type, member), 0, 1000000                      \
	}
#define US(key, type, member)                                                                      \
	{                                                                                          \
		key, FIELD_ROUNDED, offsetof(struct type, member), 0, 1000                         \
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
	U32(disk, queue_depth),
	TEXT_IF_ANY(disk, queue_cpus),
	TEXT_IF_ANY(disk, irq_cpus),
	I32(disk, numa_node),
	BOOL(disk, rotational),
	BOOL(disk, fua),
	BOOL(disk, removable),
	BOOL(disk, read_only),
	BOOL(disk, discard),
	TEXT_IF_ANY(disk, unknown),
	TEXT(disk, reason),
	TEXT(disk, token),
};
TABLE(disk);

static const struct field rows_tuned[] = {
	TEXT(tuned_row, attribute),
	TEXT(tuned_row, before),
	TEXT(tuned_row, after),
};
TABLE(tuned);

/* The members of a struct result_cpu, `in` a struct. */
#define CPU(type, in)                                                                              \
	MS("user_ms", type, in user_ns), MS("system_ms", type, in system_ns),                      \
		MS("irq_ms", type, in irq_ns), MS("softirq_ms", type, in softirq_ns),              \
		MS("steal_ms", type, in steal_ns), MS("idle_ms", type, in idle_ns),                \
		US("thread_us", type, in thread_ns), US("thread_user_us", type, in thread_user_ns)

static const struct field rows_cpu[] = { CPU(result_cpu, ) };
TABLE(cpu);

static const struct field rows_cpu_2[] = {
	U64(result_cpu, user_ns),	   U64(result_cpu, system_ns),
	U64(result_cpu, irq_ns),	   U64(result_cpu, softirq_ns),
	U64(result_cpu, steal_ns),	   U64(result_cpu, idle_ns),
	U64(result_cpu, thread_ns),	   U64(result_cpu, thread_user_ns),
	U64(result_cpu, thread_system_ns),
};
TABLE(cpu_2);

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

#define ROUND_IO(d, n)                                                                             \
	NAMED(d "_ios", U64, result_round, io[n].ios),                                             \
		NAMED(d "_clat_mean_us", MEAN_US, result_round, io[n].clat_mean_ns),               \
		NAMED(d "_clat_p50_us", BUCKET_US, result_round, io[n].clat_p50_ns),               \
		NAMED(d "_clat_p99_us", BUCKET_US, result_round, io[n].clat_p99_ns),               \
		NAMED(d "_clat_p999_us", BUCKET_US, result_round, io[n].clat_p999_ns),             \
		NAMED(d "_clat_max_us", BUCKET_US, result_round, io[n].clat_max_ns)

static const struct field rows_rounds[] = {
	U32(result_round, round),   U32(result_round, position),
	TEXT(result_round, state),  TEXT(result_round, failure),
	U64(result_round, start_s), US("measured_us", result_round, measured_ns),
	ROUND_IO("read", 0),	    ROUND_IO("write", 1),
	CPU(result_round, cpu.),
};
TABLE(rounds);

static const struct field rows_rounds_bytes[] = {
	NAMED("read_bytes", U64, result_round, io[0].bytes),
	NAMED("write_bytes", U64, result_round, io[1].bytes),
};
TABLE(rounds_bytes);

/* Up to schema 2: an object for each round. */
static const struct field rows_round_2[] = {
	U32(result_round, round),
	U32(result_round, position),
	TEXT(result_round, state),
	TEXT(result_round, failure),
	NAMED("start_unix_s", U64, result_round, start_s),
	U64(result_round, measured_ns),
};
TABLE(round_2);

static const struct field rows_round_io_2[] = {
	U64(result_round_io, ios),
	U64(result_round_io, bytes),
	DOUBLE(result_round_io, clat_mean_ns),
	U64(result_round_io, clat_p50_ns),
	U64(result_round_io, clat_p99_ns),
	U64(result_round_io, clat_p999_ns),
	U64(result_round_io, clat_max_ns),
};
TABLE(round_io_2);

static const struct field rows_series[] = {
	U32(series_point, round),
	MS("length_ms", series_point, length_ns),
	NAMED("read_ios", U64, series_point, ios[0]),
	NAMED("write_ios", U64, series_point, ios[1]),
	NAMED("p99_us", BUCKET_US, series_point, p99_ns),
	NAMED("max_us", BUCKET_US, series_point, max_ns),
};
TABLE(series);

/* Schema 2. */
static const struct field rows_series_2[] = {
	U32(series_point, round),
	MS("at_ms", series_point, at_ns),
	MS("length_ms", series_point, length_ns),
	NAMED("read_ios", U64, series_point, ios[0]),
	NAMED("write_ios", U64, series_point, ios[1]),
	U64(series_point, p99_ns),
	U64(series_point, max_ns),
};
TABLE(series_2);

static const struct field rows_key[] = {
	TEXT(result_key, name),
	TEXT(result_key, value),
	TEXT(result_key, source),
};
TABLE(key);

static const struct field rows_error[] = {
	NAMED("errno", I32, result_error, error),
	NAMED("count", U64, result_error, n),
};
TABLE(error);

static const struct field rows_tsc[] = {
	TEXT(tsc, words),     BOOL(tsc, invariant), DOUBLE(tsc, hz),
	DOUBLE(tsc, skew_ns), DOUBLE(tsc, call_ns),
};
TABLE(tsc);

static const struct field rows_clock[] = {
	NAMED("monotonic_call_ns", DOUBLE, clock_cost, call_ns),
	NAMED("monotonic_syscall_ns", DOUBLE, clock_cost, syscall_ns),
};
TABLE(clock);

/* Schema 1, whose loop had no clock of its own. */
static const struct field rows_clock_1[] = {
	DOUBLE(clock_cost, call_ns),
	DOUBLE(clock_cost, syscall_ns),
};
TABLE(clock_1);

static const struct field rows_kernel[] = {
	NAMED("busy_ms", U64, result_kernel, disk.busy_ms),
	NAMED("queue_ms", U64, result_kernel, disk.queue_ms),
	U64(result_kernel, slack_bytes),
};
TABLE(kernel);

static const struct field rows_steady[] = {
	BOOL(result_steady, reached),
	DOUBLE(result_steady, excursion_pct),
	DOUBLE(result_steady, slope_pct),
};
TABLE(steady);

static const struct field rows_probe[] = {
	TEXT(probe, name),
	U32(probe, took_ms),
};
TABLE(probe);
