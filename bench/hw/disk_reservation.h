/* SPDX-License-Identifier: MIT */
/*
 * Has another machine reserved this disk, or registered for it? Clusters and storage arrays say so
 * by SCSI persistent reservations and by NVMe reservations, and nothing on the disk tells. Only
 * asks.
 *
 * Emulated disks know neither command (QEMU answers both with an error), so the answers of real
 * ones come from tests/unit/test_disk_reservation.c alone.
 */
#ifndef TARE_HW_DISK_RESERVATION_H
#define TARE_HW_DISK_RESERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_RESERVATION_WORDS 192

/* What came back; a negative errno instead: nothing did. */
enum disk_reservation_answer {
	DISK_RESERVATION_DATA,
	DISK_RESERVATION_REFUSED,  /* an error: the device does not know the command */
	DISK_RESERVATION_CONFLICT, /* RESERVATION CONFLICT: somebody's reservation is in the way */
};

/* How a device is asked. Each fills at most `len` bytes of `data` (zeros before) and sets *got. */
struct disk_reservation_transport {
	bool nvme; /* which of the two it understands */
	/* PERSISTENT RESERVE IN (SPC-5 6.16): 0 READ KEYS, 1 READ RESERVATION. */
	int (*scsi_in)(void *context, uint8_t action, uint8_t *data, uint32_t len, uint32_t *got);
	/* Reservation Report (NVM Command Set 1.0, 3.2.5). `extended`: with host ids of 128 bits.
	 */
	int (*nvme_report)(void *context, bool extended, uint8_t *data, uint32_t len,
			   uint32_t *got);
	void *context;
};

/*
 * True where anybody holds a reservation or a registration: `words` says whose ("2 keys registered,
 * first 0x..., type write exclusive"). A device that knows no reservations has none; an answer that
 * cannot be understood, or none at all, counts as one.
 */
bool disk_reservation_find(char words[DISK_RESERVATION_WORDS],
			   const struct disk_reservation_transport *transport);

/* The same by SG_IO or NVME_IOCTL_IO_CMD on an open descriptor (read-only will do) of a whole disk;
 * for root. Devices and files that know neither have no reservation. Takes 5 s a command at most.
 */
bool disk_reservation_check(char words[DISK_RESERVATION_WORDS], int fd);

/* What SG_IO brought back: one of enum disk_reservation_answer, -errno, or -EAGAIN (a unit
 * attention: ask again). `sense` holds io->sb_len_wr bytes. */
struct sg_io_hdr;
int disk_reservation_of_scsi(const struct sg_io_hdr *io, const uint8_t *sense);

#endif
