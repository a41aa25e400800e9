// SPDX-License-Identifier: MIT
/* The table of engines. */
#include <stddef.h>

#include "engine/engines.h"

static const struct engine_ops *const engines[] = {
	[WORKLOAD_LIBAIO] = &engine_libaio,
	[WORKLOAD_IO_URING] = &engine_io_uring,
	[WORKLOAD_PSYNC] = &engine_psync,
	[WORKLOAD_NULL] = &engine_null,
};

const struct engine_ops *engine_find(enum workload_engine id)
{
	return engines[id];
}
