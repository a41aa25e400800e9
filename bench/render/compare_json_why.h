/* SPDX-License-Identifier: MIT */
/* Accounts, gaps and causes of a comparison, for programs. */
#ifndef TARE_RENDER_COMPARE_JSON_WHY_H
#define TARE_RENDER_COMPARE_JSON_WHY_H

#include "lib/json.h"
#include "model/comparison.h"

/* Significant digits of figures. */
#define COMPARE_JSON_DIGITS 7

/* Each adds one member, in us; what is not known is not there. */
void compare_json_account(struct json *to, const struct account *account);
void compare_json_gap(struct json *to, const struct comparison_gap *gap);
/* An array of that name, empty where there is none. */
void compare_json_causes(struct json *to, const char *key, const struct comparison *c,
			 const struct comparison_cause *cause, uint32_t n);

#endif
