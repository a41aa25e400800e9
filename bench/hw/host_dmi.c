// SPDX-License-Identifier: MIT
/* Facts that the firmware tells: DMI strings, EFI, Secure Boot. Reads only. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hw/host_readers.h"
#include "lib/file.h"
#include "lib/str.h"

#define DMI_DIR	   "sys/class/dmi/id"
#define SECURE_VAR "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c" /* UEFI 2.10, 3.3 */

/* Firmware fills fields that nobody set with these. */
static bool placeholder(const char *text)
{
	static const char *const none[] = { "",
					    "To Be Filled By O.E.M.",
					    "Default string",
					    "Not Specified",
					    "Not Applicable",
					    "None",
					    "N/A",
					    "System Product Name",
					    "System manufacturer",
					    "System Version" };

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (!strcmp(text, none[i]))
			return true;
	return false;
}

/* The fields that say something, joined by `joint`. */
static int join(struct host_value *value, const char *root, const char *joint,
		const char *const *field)
{
	size_t len = 0;
	int ret = -ENODATA, failed = 0;

	for (; *field; field++) {
		char text[256];
		int got = file_read_text(text, sizeof(text), root, DMI_DIR "/%s", *field);

		if (got < 0)
			failed = got;
		if (got < 0 || placeholder(text))
			continue;
		len += (size_t)snprintf(value->text + len, sizeof(value->text) - len, "%s%s",
					len ? joint : "", text);
		ret = 0;
	}
	if (ret && failed == -ENOENT)
		str_copy(value->unknown, sizeof(value->unknown), "the firmware does not say");
	return ret;
}

int host_dmi_machine(struct host_value *value, const char *root)
{
	static const char *const fields[] = { "sys_vendor", "product_name", "product_version",
					      NULL };

	return join(value, root, " ", fields);
}

int host_dmi_board(struct host_value *value, const char *root)
{
	static const char *const fields[] = { "board_vendor", "board_name", "board_version", NULL };

	return join(value, root, " ", fields);
}

int host_dmi_bios(struct host_value *value, const char *root)
{
	static const char *const fields[] = { "bios_vendor", "bios_version", "bios_date", NULL };

	return join(value, root, ", ", fields);
}

static bool has_efi(const char *root)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/sys/firmware/efi", root);
	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

int host_dmi_firmware(struct host_value *value, const char *root)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/sys/firmware", root);
	if (stat(path, &st))
		return -errno;
	str_copy(value->text, sizeof(value->text), has_efi(root) ? "UEFI" : "BIOS");
	return 0;
}

int host_dmi_secure_boot(struct host_value *value, const char *root)
{
	char path[512];
	uint8_t var[5]; /* four bytes of attributes, then the value */
	ssize_t n;
	int fd;

	if (!has_efi(root)) {
		str_copy(value->text, sizeof(value->text), "off");
		return 0;
	}
	snprintf(path, sizeof(path), "%s/sys/firmware/efi/efivars/" SECURE_VAR, root);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(value->unknown, sizeof(value->unknown),
			 "EFI variable SecureBoot cannot be read: %s", strerror(errno));
		return -ENOENT;
	}
	n = read(fd, var, sizeof(var));
	close(fd);
	if (n != (ssize_t)sizeof(var))
		return -EINVAL;
	str_copy(value->text, sizeof(value->text), var[4] ? "on" : "off");
	return 0;
}
