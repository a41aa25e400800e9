/* SPDX-License-Identifier: MIT */
/*
 * The block layer and the CPUs' frequency, set up the same for every measurement: what stays
 * between two results is the platform. The only file that writes to a disk's settings; it opens no
 * device.
 *
 * What is set, and why that (meaning of the values: the kernel's ABI/stable/sysfs-block):
 *
 *   scheduler    none         The kernel gives mq-deadline to disks with one queue and nothing to
 *                             those with several: how many queues a hypervisor shows would decide
 *                             how requests are sorted and which lock they share.
 *   nomerges     2            Never: an I/O that was asked for is a request that the disk sees, and
 *                             the kernel's counters are ours. 1 still joins neighbours.
 *   rq_affinity  2            An I/O ends on the CPU that began it, by whichever interrupt. 1, the
 *                             kernel's default, lets CPUs with a common cache end each other's: the
 *                             cache that a hypervisor pretends would decide. 0 leaves it to the
 *                             interrupt's CPU.
 *   wbt_lat_usec 0            Writeback throttling holds writes back by a guess at the disk's
 *                             latency; direct writes pass it, those of the page cache do not.
 *   iostats      1            The kernel's counters, which stand beside ours in the result.
 *   governor     performance  Of every CPU: no run measures a clock that is still rising.
 *
 * nr_requests is not set: it follows the scheduler, to what the driver asked for. Interrupts are
 * left where they are.
 */
#ifndef TARE_HW_DISK_TUNE_H
#define TARE_HW_DISK_TUNE_H

#include <stdbool.h>

#include "lib/err.h"
#include "model/disk.h"
#include "model/tuned.h"

/*
 * Reads every setting of the disk, sets it (`set`: only in the appliance; an installed system's
 * state is its owner's) and reads it again. What this machine has not is left out of *tuned. What
 * could not be set stays as it was, with a note, and so does everything where the node is another
 * device than *disk now. May wait for requests of the disk that are on their way: call it where a
 * disk that hangs holds up nobody else.
 */
void disk_tune(struct tuned *tuned, const struct disk *disk, const char *root, bool set,
	       struct notes *notes);

/* Brings *disk to what *tuned says of it as it was measured: scheduler and nr_requests. */
void disk_tune_show(struct disk *disk, const struct tuned *tuned);

#endif
