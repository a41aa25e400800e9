/* SPDX-License-Identifier: MIT */
/* Which CPUs have to do with a disk: those that submit to each of its queues, and those that its
 * controller interrupts. Reads only; nothing is moved. */
#ifndef TARE_HW_DISK_IRQ_H
#define TARE_HW_DISK_IRQ_H

#include "model/disk.h"

/*
 * Fills queue_cpus and irq_cpus of *disk from its folder `dir` (a resolved path) and from
 * ROOT/proc/irq; what is not there is empty, and `unknown` says why. The controller is the first
 * folder above the disk that has interrupts (msi_irqs, or one line: irq). An interrupt that nobody
 * has asked for is left out: it goes nowhere.
 */
void disk_irq_read(struct disk *disk, const char *root, const char *dir);

#endif
