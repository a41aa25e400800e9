// SPDX-License-Identifier: MIT
/* Facts about the processors, from /proc/cpuinfo and /sys/devices/system/cpu. Reads only. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/host_readers.h"
#include "lib/file.h"
#include "lib/str.h"

#define CPU_DIR "sys/devices/system/cpu"

static int reason(struct host_value *value, int ret, const char *words)
{
	if (ret)
		str_copy(value->unknown, sizeof(value->unknown), words);
	return ret;
}

int host_cpu_model(struct host_value *value, const char *root)
{
	int ret = host_cpuinfo(value->text, sizeof(value->text), root, "model name");

	return ret < 0 ? ret : ret ? 0 : -ENODATA;
}

int host_cpu_microcode(struct host_value *value, const char *root)
{
	int ret = host_cpuinfo(value->text, sizeof(value->text), root, "microcode");

	return ret < 0 ? ret : ret ? 0 : -ENODATA;
}

int host_cpu_count(struct host_value *value, const char *root)
{
	return host_read_list_count(value, root, CPU_DIR "/online");
}

/* Packages and cores met so far: (package, core) pairs, each once. */
struct topology {
	uint64_t *pair;
	size_t pairs_n, packages_n, threads_n;
};

static int topology_add(struct topology *t, uint64_t package, uint64_t core)
{
	uint64_t pair = package << 32 | (core & UINT32_MAX), *grown;
	bool new_package = true;

	t->threads_n++;
	for (size_t i = 0; i < t->pairs_n; i++) {
		if (t->pair[i] == pair)
			return 0;
		if (t->pair[i] >> 32 == package)
			new_package = false;
	}
	grown = realloc(t->pair, (t->pairs_n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	t->pair = grown;
	t->pair[t->pairs_n++] = pair;
	t->packages_n += new_package;
	return 0;
}

static int topology_read(struct topology *t, const char *root)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/" CPU_DIR, root);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!ret && (entry = readdir(dir))) {
		uint64_t cpu, package, core;

		if (strncmp(entry->d_name, "cpu", 3) || str_to_u64(entry->d_name + 3, &cpu))
			continue;
		/* A CPU that is offline has no topology folder. */
		if (file_read_u64(&package, root,
				  CPU_DIR "/cpu%" PRIu64 "/topology/physical_package_id", cpu) ||
		    file_read_u64(&core, root, CPU_DIR "/cpu%" PRIu64 "/topology/core_id", cpu))
			continue;
		ret = topology_add(t, package, core);
	}
	closedir(dir);
	return ret ? ret : t->threads_n ? 0 : -ENODATA;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

int host_cpu_topology(struct host_value *value, const char *root)
{
	struct topology t = { 0 };
	int ret = topology_read(&t, root);

	if (!ret)
		snprintf(value->text, sizeof(value->text), "%zu socket%s, %zu core%s, %zu thread%s",
			 t.packages_n, plural(t.packages_n), t.pairs_n, plural(t.pairs_n),
			 t.threads_n, plural(t.threads_n));
	free(t.pair);
	return ret;
}

int host_cpu_mhz(struct host_value *value, const char *root)
{
	char text[64];
	double mhz;
	int ret = host_cpuinfo(text, sizeof(text), root, "cpu MHz");

	if (ret < 0)
		return ret;
	if (str_to_double(text, &mhz) || mhz < 1 || mhz > 1e6)
		return -EINVAL;
	value->number = (uint64_t)(mhz + 0.5);
	return 0;
}

int host_cpu_frequency_driver(struct host_value *value, const char *root)
{
	return reason(value, host_read_file(value, root, CPU_DIR "/cpu0/cpufreq/scaling_driver"),
		      "no frequency control (usual in a virtual machine)");
}

int host_cpu_governor(struct host_value *value, const char *root)
{
	return reason(value, host_read_file(value, root, CPU_DIR "/cpu0/cpufreq/scaling_governor"),
		      "no frequency control (usual in a virtual machine)");
}

int host_cpu_numa_nodes(struct host_value *value, const char *root)
{
	return reason(value, host_read_list_count(value, root, "sys/devices/system/node/online"),
		      "the kernel was built without NUMA");
}

int host_cpu_tsc(struct host_value *value, const char *root)
{
	static const char *const wanted[] = { "constant_tsc",	"nonstop_tsc", "tsc_reliable",
					      "tsc_known_freq", "tsc_adjust",  "tsc_deadline_timer",
					      "rdtscp" };
	char flags[4096];
	int ret = host_cpuinfo(flags, sizeof(flags), root, "flags");
	size_t len = 0;

	if (ret < 0)
		return ret;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (host_has_word(flags, wanted[i]))
			len += (size_t)snprintf(value->text + len, sizeof(value->text) - len,
						"%s%s", len ? " " : "", wanted[i]);
	if (!len)
		str_copy(value->text, sizeof(value->text), "none");
	return 0;
}

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int host_cpu_mitigations(struct host_value *value, const char *root)
{
	char path[PATH_MAX], state[256];
	struct dirent **entry;
	int n;

	snprintf(path, sizeof(path), "%s/" CPU_DIR "/vulnerabilities", root);
	n = scandir(path, &entry, is_file, alphasort);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		int ret = file_read_text(state, sizeof(state), root, CPU_DIR "/vulnerabilities/%s",
					 entry[i]->d_name);

		if (ret > 0 && strcmp(state, "Not affected"))
			host_add_item(value, "; ", entry[i]->d_name, state);
		free(entry[i]);
	}
	free(entry);
	if (!n)
		return -ENODATA;
	if (!value->text[0])
		str_copy(value->text, sizeof(value->text), "none needed");
	return 0;
}
