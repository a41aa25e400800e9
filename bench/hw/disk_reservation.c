// SPDX-License-Identifier: MIT
/* Asks disks for reservations and judges the answers. Sends no command that changes anything. */
#include "hw/disk_reservation.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/nvme_ioctl.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "store/bytes.h"

#define ANSWER_BYTES 4096 /* keys beyond it are counted, not read */
#define TIMEOUT_MS   5000
#define TRIES	     5 /* after a reset each queued unit attention answers a command once */

#define SCSI_PERSISTENT_RESERVE_IN 0x5e
#define SCSI_READ_KEYS		   0
#define SCSI_READ_RESERVATION	   1
#define SCSI_CHECK_CONDITION	   0x02
#define SCSI_RESERVATION_CONFLICT  0x18
#define SENSE_RECOVERED		   1
#define SENSE_ILLEGAL_REQUEST	   5
#define SENSE_UNIT_ATTENTION	   6
#define HOST_TIMED_OUT		   3 /* DID_TIME_OUT and DID_ERROR of <scsi/scsi_status.h> */
#define HOST_ERROR		   7

#define NVME_RESERVATION_REPORT	  0x0e
#define NVME_STATUS_MASK	  0x7ff /* type and code, without "do not retry" and the like */
#define NVME_HOST_ID_INCONSISTENT 0x18	/* the controller uses host ids of the other length */
#define NVME_RESERVATION_CONFLICT 0x83
#define NVME_PATH_STATUS	  0x300 /* type 3: the command did not come through */

/* --- what answers mean --- */

/* By the type's code; SPC-5 table 93. */
static const char *const scsi_types[] = {
	[1] = "write exclusive",
	[3] = "exclusive access",
	[5] = "write exclusive, registrants only",
	[6] = "exclusive access, registrants only",
	[7] = "write exclusive, all registrants",
	[8] = "exclusive access, all registrants",
};

static const char *const nvme_types[] = {
	[1] = "write exclusive",
	[2] = "exclusive access",
	[3] = "write exclusive, registrants only",
	[4] = "exclusive access, registrants only",
	[5] = "write exclusive, all registrants",
	[6] = "exclusive access, all registrants",
};

static const char *type_name(const char *const *names, size_t n, unsigned int type)
{
	if (!type)
		return "none";
	return type < n && names[type] ? names[type] : "unknown";
}

static bool say_keys(char *words, uint64_t keys, uint64_t first, const char *type)
{
	snprintf(words, DISK_RESERVATION_WORDS,
		 "%" PRIu64 " key%s registered, first 0x%016" PRIx64 ", type of reservation: %s",
		 keys, keys == 1 ? "" : "s", first, type);
	return true;
}

/* An answer without data. True where it counts as a reservation. */
static bool say_answer(char *words, int answer)
{
	if (answer == DISK_RESERVATION_REFUSED)
		return false;
	if (answer == DISK_RESERVATION_CONFLICT)
		snprintf(words, DISK_RESERVATION_WORDS,
			 "another machine's reservation keeps it from answering");
	else
		snprintf(words, DISK_RESERVATION_WORDS, "asked for reservations: %s%s",
			 strerror(-answer),
			 answer == -EPERM || answer == -EACCES ? " (should be run as root)" : "");
	return true;
}

static bool say_not_understood(char *words)
{
	snprintf(words, DISK_RESERVATION_WORDS,
		 "asked for reservations: the answer cannot be understood");
	return true;
}

/* The 8 bytes before the list: generation and the length of what follows. */
static bool scsi_header(uint32_t *length, const uint8_t *data, uint32_t got)
{
	if (got < 8)
		return false;
	*length = bytes_be32(data + 4);
	return *length % 8 == 0 && (!*length || got >= 16);
}

static bool find_scsi(char *words, const struct disk_reservation_transport *t)
{
	uint8_t data[ANSWER_BYTES] = { 0 }, held[ANSWER_BYTES] = { 0 };
	uint32_t got = 0, keys_bytes, held_bytes;
	unsigned int type = 0;
	int answer = t->scsi_in(t->context, SCSI_READ_KEYS, data, sizeof(data), &got);

	if (answer != DISK_RESERVATION_DATA)
		return say_answer(words, answer);
	if (!scsi_header(&keys_bytes, data, got))
		return say_not_understood(words);
	answer = t->scsi_in(t->context, SCSI_READ_RESERVATION, held, sizeof(held), &got);
	if (answer == DISK_RESERVATION_DATA) {
		if (!scsi_header(&held_bytes, held, got) || (held_bytes && got < 24))
			return say_not_understood(words);
		type = held_bytes ? held[21] & 0x0f : 0;
		if (held_bytes && !keys_bytes)
			return say_keys(words, 0, bytes_be64(held + 8),
					type_name(scsi_types,
						  sizeof(scsi_types) / sizeof(scsi_types[0]),
						  type));
	} else if (!keys_bytes) {
		return say_answer(words, answer);
	}
	if (!keys_bytes)
		return false;
	return say_keys(words, keys_bytes / 8, bytes_be64(data + 8),
			type_name(scsi_types, sizeof(scsi_types) / sizeof(scsi_types[0]), type));
}

static bool find_nvme(char *words, const struct disk_reservation_transport *t)
{
	uint8_t data[ANSWER_BYTES] = { 0 };
	bool extended = false;
	uint32_t got = 0, keys;
	int answer = t->nvme_report(t->context, extended, data, sizeof(data), &got);

	if (answer == -EPROTOTYPE) { /* host ids of the other length: ask as it wants it */
		extended = true;
		answer = t->nvme_report(t->context, extended, data, sizeof(data), &got);
	}
	if (answer != DISK_RESERVATION_DATA)
		return say_answer(words, answer);
	if (got < 24)
		return say_not_understood(words);
	keys = bytes_le16(data + 5);
	if (data[4] >= sizeof(nvme_types) / sizeof(nvme_types[0]) ||
	    (keys && got < (extended ? 128 : 48)))
		return say_not_understood(words);
	if (!keys && !data[4])
		return false;
	return say_keys(words, keys, bytes_le64(data + (extended ? 64 + 8 : 24 + 16)),
			type_name(nvme_types, sizeof(nvme_types) / sizeof(nvme_types[0]), data[4]));
}

bool disk_reservation_find(char words[DISK_RESERVATION_WORDS],
			   const struct disk_reservation_transport *transport)
{
	words[0] = '\0';
	return transport->nvme ? find_nvme(words, transport) : find_scsi(words, transport);
}

/* --- asking --- */

/* Errors of the ioctl itself: no such command for this device, or no answer. */
static int answer_of_errno(int error)
{
	return error == ENOTTY || error == EINVAL || error == EOPNOTSUPP || error == ENOSYS
		       ? DISK_RESERVATION_REFUSED
		       : -error;
}

static unsigned int sense_key(const uint8_t *sense)
{
	return (sense[0] & 0x7f) >= 0x72 ? sense[1] & 0x0f : sense[2] & 0x0f; /* SPC-5 4.4 */
}

int disk_reservation_of_scsi(const struct sg_io_hdr *io, const uint8_t *sense)
{
	/* Paravirtual SCSI as QEMU emulates it calls a refusal an error of the transfer, which came
	 * to less than was asked for. Sense data come from the disk alone. */
	if (io->host_status == HOST_ERROR && io->sb_len_wr &&
	    sense_key(sense) == SENSE_ILLEGAL_REQUEST)
		return DISK_RESERVATION_REFUSED;
	if (io->host_status)
		return io->host_status == HOST_TIMED_OUT ? -ETIMEDOUT : -EIO;
	if (io->status == SCSI_RESERVATION_CONFLICT)
		return DISK_RESERVATION_CONFLICT;
	if (io->status == SCSI_CHECK_CONDITION) {
		unsigned int key = io->sb_len_wr ? sense_key(sense) : 0;

		if (key == SENSE_UNIT_ATTENTION)
			return -EAGAIN;
		return key == SENSE_RECOVERED ? DISK_RESERVATION_DATA : DISK_RESERVATION_REFUSED;
	}
	return io->status ? -EBUSY : DISK_RESERVATION_DATA;
}

static int sg_in(void *context, uint8_t action, uint8_t *data, uint32_t len, uint32_t *got)
{
	int fd = *(const int *)context, answer = -EAGAIN;

	for (int i = 0; i < TRIES && answer == -EAGAIN; i++) {
		uint8_t command[10] = { SCSI_PERSISTENT_RESERVE_IN, action };
		uint8_t sense[32] = { 0 };
		struct sg_io_hdr io = { .interface_id = 'S',
					.dxfer_direction = SG_DXFER_FROM_DEV,
					.cmd_len = sizeof(command),
					.cmdp = command,
					.mx_sb_len = sizeof(sense),
					.sbp = sense,
					.dxfer_len = len,
					.dxferp = data,
					.timeout = TIMEOUT_MS };

		command[7] = (uint8_t)(len >> 8);
		command[8] = (uint8_t)len;
		if (ioctl(fd, SG_IO, &io))
			return answer_of_errno(errno);
		answer = disk_reservation_of_scsi(&io, sense);
		*got = io.resid > 0 && (uint32_t)io.resid <= len ? len - (uint32_t)io.resid : len;
	}
	return answer;
}

static int nvme_in(void *context, bool extended, uint8_t *data, uint32_t len, uint32_t *got)
{
	int fd = *(const int *)context, nsid = ioctl(fd, NVME_IOCTL_ID), status;
	struct nvme_passthru_cmd command = { .opcode = NVME_RESERVATION_REPORT,
					     .nsid = (uint32_t)nsid,
					     .addr = (uint64_t)(uintptr_t)data,
					     .data_len = len,
					     .cdw10 = len / 4 - 1,
					     .cdw11 = extended,
					     .timeout_ms = TIMEOUT_MS };

	if (nsid < 0)
		return answer_of_errno(errno);
	status = ioctl(fd, NVME_IOCTL_IO_CMD, &command);
	if (status < 0)
		return answer_of_errno(errno);
	status &= NVME_STATUS_MASK;
	*got = len;
	if (!status)
		return DISK_RESERVATION_DATA;
	if (status == NVME_RESERVATION_CONFLICT)
		return DISK_RESERVATION_CONFLICT;
	if (status == NVME_HOST_ID_INCONSISTENT && !extended)
		return -EPROTOTYPE;
	return (status & 0x700) == NVME_PATH_STATUS ? -EIO : DISK_RESERVATION_REFUSED;
}

bool disk_reservation_check(char words[DISK_RESERVATION_WORDS], int fd)
{
	const struct disk_reservation_transport transport = { .nvme = ioctl(fd, NVME_IOCTL_ID) > 0,
							      .scsi_in = sg_in,
							      .nvme_report = nvme_in,
							      .context = &fd };

	return disk_reservation_find(words, &transport);
}
