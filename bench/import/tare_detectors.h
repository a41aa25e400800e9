/* SPDX-License-Identifier: MIT */
/* What the detectors of a result of tare found, for a comparison. */
#ifndef TARE_IMPORT_TARE_DETECTORS_H
#define TARE_IMPORT_TARE_DETECTORS_H

#include "lib/json.h"
#include "model/detection.h"

/* Reads the array "detectors" of a document's "tare"; NULL or empty: none ran. What has no known
 * kind or verdict is passed over, as is what does not fit. */
void tare_detectors_read(struct detection_list *list, const struct json *array);

#endif
