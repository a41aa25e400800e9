/* SPDX-License-Identifier: MIT */
/* Waiting for devices that the kernel finds after it has started process 1. Opens no device. */
#ifndef TARE_INIT_DEVICES_H
#define TARE_INIT_DEVICES_H

/*
 * Waits until USB is quiet and every USB disk drive has its disk, for at most 15 s; at once where
 * there is no USB. Everything else (ATA, SCSI, NVMe, virtio) the kernel has waited for itself
 * (init/main.c, async_synchronize_full()).
 */
void init_devices_settle(void);

#endif
