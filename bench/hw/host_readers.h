/* SPDX-License-Identifier: MIT */
/*
 * What the readers of host_*.c share. A reader fills one fact from files below `root`; it returns
 * 0, or -errno (and may leave a reason in `unknown`, otherwise host.c words the errno).
 */
#ifndef TARE_HW_HOST_READERS_H
#define TARE_HW_HOST_READERS_H

#include "model/host.h"

typedef int host_reader(struct host_value *value, const char *root);

/* The machine's own tree, and so CPUID may be asked: root is "/". */
bool host_root_is_live(const char *root);

/* Copies one small file. Returns 0 or -errno; an empty file is -ENODATA. */
int host_read_file(struct host_value *value, const char *root, const char *path);

/* Appends "name: text" to a list of such, behind `separator` where it is not the first. Whole items
 * only: half of one could read as another. */
void host_add_item(struct host_value *value, const char *separator, const char *name,
		   const char *text);

/* Number of members of a kernel list ("0-3,8" is 5) in a file. */
int host_read_list_count(struct host_value *value, const char *root, const char *path);

/* First value of `key` in /proc/cpuinfo. Returns its length or -errno (-ENODATA: no such key). */
int host_cpuinfo(char *to, size_t to_bytes, const char *root, const char *key);

/* True where `flag` stands in a blank-separated list. */
bool host_has_word(const char *list, const char *word);

host_reader host_cpu_model, host_cpu_microcode, host_cpu_count, host_cpu_topology, host_cpu_mhz,
	host_cpu_frequency_driver, host_cpu_governor, host_cpu_numa_nodes, host_cpu_tsc,
	host_cpu_mitigations;
host_reader host_virt_hypervisor, host_virt_cpuid, host_virt_backdoor;
host_reader host_dmi_machine, host_dmi_board, host_dmi_bios, host_dmi_firmware,
	host_dmi_secure_boot;
host_reader host_kernel_release, host_kernel_command_line, host_kernel_memory,
	host_kernel_clocksource, host_kernel_clocksources;
host_reader host_network_drivers;

#endif
