// SPDX-License-Identifier: MIT
/* What the readers of facts share; process 1 needs it too, to know what machine it is on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/host_readers.h"
#include "lib/file.h"
#include "lib/str.h"

bool host_root_is_live(const char *root)
{
	return !strcmp(root, "/");
}

int host_read_file(struct host_value *value, const char *root, const char *path)
{
	int ret = file_read_text(value->text, sizeof(value->text), root, "%s", path);

	return ret < 0 ? ret : ret ? 0 : -ENODATA;
}

void host_add_item(struct host_value *value, const char *separator, const char *name,
		   const char *text)
{
	size_t len = strlen(value->text), left = sizeof(value->text) - len;
	int add = snprintf(value->text + len, left, "%s%s: %s", len ? separator : "", name, text);

	if ((size_t)add >= left)
		value->text[len] = '\0';
}

int host_read_list_count(struct host_value *value, const char *root, const char *path)
{
	char list[HOST_VALUE_BYTES];
	int ret = file_read_text(list, sizeof(list), root, "%s", path);
	const char *at = list;

	if (ret < 0)
		return ret;
	while (*at) {
		char *end;
		unsigned long first = strtoul(at, &end, 10), last = first;

		if (end == at)
			return -EINVAL;
		if (*end == '-') {
			at = end + 1;
			last = strtoul(at, &end, 10);
			if (end == at || last < first)
				return -EINVAL;
		}
		if (*end && *end != ',')
			return -EINVAL;
		value->number += last - first + 1;
		at = *end ? end + 1 : end;
	}
	return value->number ? 0 : -ENODATA;
}

int host_cpuinfo(char *to, size_t to_bytes, const char *root, const char *key)
{
	/* The first processor's paragraph is enough, and stays below 8 KiB with all its flags. */
	char text[8192], *line, *next;
	int ret = file_read_text(text, sizeof(text), root, "proc/cpuinfo");
	size_t key_len = strlen(key);

	if (ret < 0)
		return ret;
	for (line = text; line; line = next) {
		char *colon = strchr(line, ':');

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (!colon || strncmp(line, key, key_len) ||
		    strspn(line + key_len, " \t") != (size_t)(colon - line) - key_len)
			continue;
		str_copy(to, to_bytes, str_trim(colon + 1));
		return (int)strlen(to);
	}
	return -ENODATA;
}

bool host_has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += len)
		if ((at == list || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}
