/* SPDX-License-Identifier: MIT */
/* Where the time of an I/O goes, as bars in pieces: in formats that have charts. */
#ifndef TARE_RENDER_COMPARE_ACCOUNT_H
#define TARE_RENDER_COMPARE_ACCOUNT_H

#include "model/comparison.h"
#include "render/page.h"

/* A section with a figure for each workload, a bar for each environment; of one environment alone
 * a figure with a bar for each workload. Nothing where there is no account. */
void compare_account(const struct page *p, const struct comparison *c);

#endif
