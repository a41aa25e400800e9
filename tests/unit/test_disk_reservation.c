// SPDX-License-Identifier: MIT
/* This test will check what answers of disks to questions for reservations mean, and that whatever
 * cannot be understood counts as a reservation. */
#include "hw/disk_reservation.h"

#include <errno.h>
#include <scsi/sg.h>

#include "unit.h"

/* One answer: what comes back, and how much of `data` is there. */
struct reply {
	int answer;
	const char *data;
	uint32_t len;
};

#define BYTES(text)                                                                                \
	{                                                                                          \
		DISK_RESERVATION_DATA, text, sizeof(text) - 1                                      \
	}
#define NO_DATA(answer)                                                                            \
	{                                                                                          \
		answer, "", 0                                                                      \
	}

struct script {
	struct reply reply[2];
	int asked;
	bool extended;
};

static int give(const struct reply *reply, uint8_t *data, uint32_t len, uint32_t *got)
{
	assert_true(reply->len <= len);
	memcpy(data, reply->data, reply->len);
	*got = reply->len;
	return reply->answer;
}

static int scsi_in(void *context, uint8_t action, uint8_t *data, uint32_t len, uint32_t *got)
{
	struct script *script = context;

	assert_int_equal(action, script->asked);
	assert_true(script->asked < 2);
	return give(&script->reply[script->asked++], data, len, got);
}

static int nvme_report(void *context, bool extended, uint8_t *data, uint32_t len, uint32_t *got)
{
	struct script *script = context;

	assert_int_equal(extended, script->asked == 1);
	assert_true(script->asked < 2);
	script->extended = extended;
	return give(&script->reply[script->asked++], data, len, got);
}

#define KEY_A	   "\0\0\0\0\xde\xad\xbe\xef"
#define KEY_B	   "\x12\x34\x56\x78\x9a\xbc\xde\xf0"
#define NO_KEYS	   BYTES("\0\0\0\x05\0\0\0\0")
#define ONE_KEY	   BYTES("\0\0\0\x05\0\0\0\x08" KEY_A)
#define TWO_KEYS   BYTES("\0\0\0\x05\0\0\0\x10" KEY_A KEY_B)
#define NOT_HELD   BYTES("\0\0\0\x05\0\0\0\0")
#define HELD(type) BYTES("\0\0\0\x05\0\0\0\x10" KEY_A "\0\0\0\0\0" type "\0\0")

static const struct {
	const char *name;
	struct reply keys, held;
	const char *words; /* NULL: not reserved */
} scsi[] = {
	{ "knows the command, nobody there", NO_KEYS, NOT_HELD, NULL },
	{ "does not know the command", NO_DATA(DISK_RESERVATION_REFUSED), NOT_HELD, NULL },
	{ "knows half of it", NO_KEYS, NO_DATA(DISK_RESERVATION_REFUSED), NULL },
	{ "registered, not held", ONE_KEY, NOT_HELD,
	  "1 key registered, first 0x00000000deadbeef, type of reservation: none" },
	{ "held", TWO_KEYS, HELD("\x01"),
	  "2 keys registered, first 0x00000000deadbeef, type of reservation: write exclusive" },
	{ "held by registrants", TWO_KEYS, HELD("\x06"), "exclusive access, registrants only" },
	{ "scope beside the type", ONE_KEY, HELD("\x18"), "exclusive access, all registrants" },
	{ "type that nobody defined", ONE_KEY, HELD("\x0f"), "type of reservation: unknown" },
	{ "held without a key", NO_KEYS, HELD("\x03"),
	  "0 keys registered, first 0x00000000deadbeef, type of reservation: exclusive access" },
	{ "registered, the holder not told", ONE_KEY, NO_DATA(DISK_RESERVATION_REFUSED),
	  "1 key registered" },
	{ "registered, then no answer", ONE_KEY, NO_DATA(-EIO), "1 key registered" },
	{ "no keys, then no answer", NO_KEYS, NO_DATA(-EIO), "Input/output error" },
	{ "reserved as SCSI-2 does it", NO_DATA(DISK_RESERVATION_CONFLICT), NOT_HELD,
	  "another machine's reservation" },
	{ "conflict at the second question", NO_KEYS, NO_DATA(DISK_RESERVATION_CONFLICT),
	  "another machine's reservation" },
	{ "no answer", NO_DATA(-ETIMEDOUT), NOT_HELD, "timed out" },
	{ "not allowed to ask", NO_DATA(-EPERM), NOT_HELD, "should be run as root" },
	{ "an empty answer", BYTES(""), NOT_HELD, "cannot be understood" },
	{ "an answer cut in its header", BYTES("\0\0\0\x05\0\0\0"), NOT_HELD,
	  "cannot be understood" },
	{ "a key that is not there", BYTES("\0\0\0\x05\0\0\0\x08\0\0"), NOT_HELD,
	  "cannot be understood" },
	{ "keys of a broken length", BYTES("\0\0\0\x05\0\0\0\x09" KEY_A "\0"), NOT_HELD,
	  "cannot be understood" },
	{ "more keys than were read", BYTES("\0\0\0\x05\0\x01\0\0" KEY_B), NOT_HELD,
	  "8192 keys registered, first 0x123456789abcdef0" },
	{ "a holder cut short", NO_KEYS, BYTES("\0\0\0\x05\0\0\0\x10" KEY_A "\0\0"),
	  "cannot be understood" },
	{ "a holder of a broken length", NO_KEYS, BYTES("\0\0\0\x05\0\0\0\x01" KEY_A),
	  "cannot be understood" },
	{ "no bytes of the second answer", NO_KEYS, BYTES("\0"), "cannot be understood" },
};

static void scsi_answers_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(scsi); i++) {
		struct script script = { .reply = { scsi[i].keys, scsi[i].held } };
		const struct disk_reservation_transport transport = { .scsi_in = scsi_in,
								      .context = &script };
		char words[DISK_RESERVATION_WORDS];

		check_number(scsi[i].name, disk_reservation_find(words, &transport),
			     scsi[i].words != NULL);
		if (scsi[i].words)
			check_has(words, scsi[i].words);
	}
}

#define GEN	"\x01\0\0\0"
#define REST_24 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" /* bytes 7 to 23 */
#define ENTRY                                                                                      \
	"\x01\0\x01\0\0\0\0\0"                                                                     \
	"HOSTHOST"                                                                                 \
	"\xef\xbe\xad\xde\0\0\0\0"
#define REST_64                                                                                    \
	REST_24 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ENTRY_64                                                                                   \
	"\x01\0\x01\0\0\0\0\0"                                                                     \
	"\xef\xbe\xad\xde\0\0\0\0"                                                                 \
	"HOSTHOSTHOSTHOST"                                                                         \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const struct {
	const char *name;
	struct reply first, second;
	const char *words;
} nvme[] = {
	{ "nobody there", BYTES(GEN "\0\0\0" REST_24), NO_DATA(0), NULL },
	{ "does not know the command", NO_DATA(DISK_RESERVATION_REFUSED), NO_DATA(0), NULL },
	{ "registered, not held", BYTES(GEN "\0\x01\0" REST_24 ENTRY), NO_DATA(0),
	  "1 key registered, first 0x00000000deadbeef, type of reservation: none" },
	{ "held", BYTES(GEN "\x05\x02\x01" REST_24 ENTRY), NO_DATA(0),
	  "258 keys registered, first 0x00000000deadbeef, type of reservation: write exclusive, "
	  "all "
	  "registrants" },
	{ "held by nobody registered", BYTES(GEN "\x02\0\0" REST_24 ENTRY), NO_DATA(0),
	  "0 keys registered" },
	{ "type that nobody defined", BYTES(GEN "\x07\x01\0" REST_24 ENTRY), NO_DATA(0),
	  "cannot be understood" },
	{ "conflict", NO_DATA(DISK_RESERVATION_CONFLICT), NO_DATA(0),
	  "another machine's reservation" },
	{ "no answer", NO_DATA(-EIO), NO_DATA(0), "Input/output error" },
	{ "cut short", BYTES(GEN "\0\0\0"), NO_DATA(0), "cannot be understood" },
	{ "an entry that is not there", BYTES(GEN "\0\x01\0" REST_24), NO_DATA(0),
	  "cannot be understood" },
	{ "long host ids, nobody there", NO_DATA(-EPROTOTYPE), BYTES(GEN "\0\0\0" REST_64), NULL },
	{ "long host ids", NO_DATA(-EPROTOTYPE), BYTES(GEN "\x03\x01\0" REST_64 ENTRY_64),
	  "1 key registered, first 0x00000000deadbeef, type of reservation: write exclusive, "
	  "registrants only" },
	{ "an entry of the wrong length", NO_DATA(-EPROTOTYPE), BYTES(GEN "\x03\x01\0" REST_64),
	  "cannot be understood" },
};

static void nvme_answers_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(nvme); i++) {
		struct script script = { .reply = { nvme[i].first, nvme[i].second } };
		const struct disk_reservation_transport transport = { .nvme = true,
								      .nvme_report = nvme_report,
								      .context = &script };
		char words[DISK_RESERVATION_WORDS];

		check_number(nvme[i].name, disk_reservation_find(words, &transport),
			     nvme[i].words != NULL);
		if (nvme[i].words)
			check_has(words, nvme[i].words);
	}
}

static void what_the_kernel_says_is_told_from_what_the_disk_says(void **state)
{
	static const struct {
		unsigned short host;
		unsigned char status, sense_len, sense_key;
		int answer;
	} cases[] = {
		{ 0, 0, 0, 0, DISK_RESERVATION_DATA },
		{ 0, 2, 18, 5, DISK_RESERVATION_REFUSED },
		{ 0, 2, 18, 1, DISK_RESERVATION_DATA },
		{ 0, 2, 18, 6, -EAGAIN },
		{ 0, 0x18, 0, 0, DISK_RESERVATION_CONFLICT },
		{ 0, 8, 0, 0, -EBUSY },
		{ 1, 0, 0, 0, -EIO }, /* no such disk any more */
		{ 3, 0, 0, 0, -ETIMEDOUT },
		/* An error of the transfer: the disk's own word counts, where it said that it does
		 * not know the command; nothing else does. */
		{ 7, 0, 18, 5, DISK_RESERVATION_REFUSED },
		{ 7, 2, 18, 5, DISK_RESERVATION_REFUSED },
		{ 7, 0, 0, 5, -EIO },
		{ 7, 0, 18, 4, -EIO },
		{ 7, 0, 18, 6, -EIO },
		{ 7, 0x18, 0, 0, -EIO },
		{ 1, 0, 18, 5, -EIO },
		{ 3, 0, 18, 5, -ETIMEDOUT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint8_t fixed[32] = { 0x70, 0, cases[i].sense_key };
		const uint8_t descriptors[32] = { 0x72, cases[i].sense_key };
		const struct sg_io_hdr io = { .host_status = cases[i].host,
					      .status = cases[i].status,
					      .sb_len_wr = cases[i].sense_len };

		assert_int_equal(disk_reservation_of_scsi(&io, fixed), cases[i].answer);
		assert_int_equal(disk_reservation_of_scsi(&io, descriptors), cases[i].answer);
	}
}

static void what_is_no_disk_has_no_reservation(void **state)
{
	char words[DISK_RESERVATION_WORDS] = "x";
	int fd = temp_fd(4096);

	(void)state;
	assert_false(disk_reservation_check(words, fd)); /* ENOTTY */
	assert_string_equal(words, "");
	close(fd);
	/* A descriptor that is none is no answer. */
	assert_true(disk_reservation_check(words, -1));
	check_has(words, "asked for reservations");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scsi_answers_are_judged),
		cmocka_unit_test(nvme_answers_are_judged),
		cmocka_unit_test(what_the_kernel_says_is_told_from_what_the_disk_says),
		cmocka_unit_test(what_is_no_disk_has_no_reservation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
