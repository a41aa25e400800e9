/* SPDX-License-Identifier: MIT */
/* What to try next: the setting that usually removes a cause, by platform. */
#ifndef TARE_COMPARE_ADVICE_H
#define TARE_COMPARE_ADVICE_H

#include "model/comparison.h"

/*
 * Name of the platform of an environment: "Proxmox VE", "bare metal"; NULL: not known. By what its
 * first boot says of hypervisor and machine; where that leaves it open (no facts, or a hypervisor
 * that several products use), by words in its label, and then *by_label (or NULL) is set.
 */
const char *advice_platform(const struct comparison_environment *e, bool *by_label);

bool advice_is_bare(const struct comparison_environment *e);

/* Sets the advice of a cause, if the table has one for it. */
void advice_give(struct comparison_cause *cause, const struct comparison *c);

/* The table, for tests. */
const struct comparison_advice *advice_rows(size_t *n);

#endif
