/* SPDX-License-Identifier: MIT */
/* The engines themselves, for the registry only. */
#ifndef TARE_ENGINE_ENGINES_H
#define TARE_ENGINE_ENGINES_H

#include "engine/engine.h"

extern const struct engine_ops engine_libaio;
extern const struct engine_ops engine_io_uring;
extern const struct engine_ops engine_psync;
extern const struct engine_ops engine_null;

#endif
