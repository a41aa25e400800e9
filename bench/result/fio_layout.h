/* SPDX-License-Identifier: MIT */
/*
 * The part of a document that is fio's: fio 3.33's own layout (output format json+), member by
 * member and in its order. Where fio has a member that has no sense here, it holds what fio prints
 * where the feature is not used.
 */
#ifndef TARE_RESULT_FIO_LAYOUT_H
#define TARE_RESULT_FIO_LAYOUT_H

#include "lib/json.h"
#include "model/result.h"

/* Adds every member but "tare" to a document. */
void fio_layout_add(struct json *root, const struct result *result);

/* Adds a distribution as fio's clat_ns: with bins, and the percentiles that the workload asks for.
 */
void fio_layout_add_distribution(struct json *to, const char *key, const struct histogram *h,
				 const struct workload *w);

#endif
