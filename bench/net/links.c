// SPDX-License-Identifier: MIT
/* Switches links on and starts DHCP clients: busybox's udhcpc, whose script is part of the image.
 */
#include "net/links.h"

#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/file.h"
#include "lib/str.h"

#define CLIENT	      "/bin/busybox"
#define CLIENT_SCRIPT "/etc/udhcpc.script"
#define TYPE_ETHERNET 1 /* ARPHRD_ETHER */
#define POLL_NS	      (CLOCK_NS_PER_S / 10)
#define ROOT	      "/"

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

void links_scan(struct links *links, const char *root)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;

	*links = (struct links){ 0 };
	snprintf(path, sizeof(path), "%s/sys/class/net", root);
	dir = opendir(path);
	while (dir && links->n < LINKS_MAX && (entry = readdir(dir))) {
		uint64_t type;

		if (entry->d_name[0] == '.' || strlen(entry->d_name) >= IF_NAMESIZE ||
		    file_read_u64(&type, root, "sys/class/net/%s/type", entry->d_name) ||
		    type != TYPE_ETHERNET)
			continue;
		str_copy(links->name[links->n++], IF_NAMESIZE, entry->d_name);
	}
	if (dir)
		closedir(dir);
	qsort(links->name, links->n, sizeof(links->name[0]), by_name);
}

bool links_has_carrier(const char *root, const char *name)
{
	uint64_t carrier;

	return !file_read_u64(&carrier, root, "sys/class/net/%s/carrier", name) && carrier;
}

static int switch_on(int fd, const char *name)
{
	struct ifreq request = { 0 };

	str_copy(request.ifr_name, sizeof(request.ifr_name), name);
	if (ioctl(fd, SIOCGIFFLAGS, &request))
		return -errno;
	request.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &request) ? -errno : 0;
}

static uint32_t carriers(const struct links *links)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < links->n; i++)
		n += links_has_carrier(ROOT, links->name[i]);
	return n;
}

static void wait_for_carriers(const struct links *links, const struct links_limits *limits)
{
	uint64_t until_ns = clock_now_ns() + limits->carrier_ns;
	bool any = false;

	while (clock_now_ns() < until_ns && carriers(links) < links->n) {
		if (!any && carriers(links)) {
			any = true;
			until_ns = clock_now_ns() + limits->settle_ns;
		}
		clock_sleep_ns(POLL_NS);
	}
}

static bool has_address(const char *name)
{
	struct ifaddrs *list, *at;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (at = list; at && !found; at = at->ifa_next)
		found = at->ifa_addr && at->ifa_addr->sa_family == AF_INET &&
			!strcmp(at->ifa_name, name);
	freeifaddrs(list);
	return found;
}

/* A process group of its own: its script must end with it. */
static pid_t start_client(const char *name)
{
	pid_t pid = fork();
	int nowhere;

	if (pid)
		return pid;
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	nowhere = memfd_create("udhcpc", MFD_CLOEXEC);
	for (int fd = 0; nowhere >= 0 && fd < 3; fd++)
		dup2(nowhere, fd);
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	execl(CLIENT, "udhcpc", "-i", name, "-s", CLIENT_SCRIPT, "-f", "-n", "-q", "-t", "4", "-T",
	      "2", (char *)NULL);
	_exit(127);
}

/* Waits for all; ends those that take too long. */
static void wait_for_clients(pid_t *pid, uint32_t n, uint64_t lease_ns)
{
	uint64_t until_ns = clock_now_ns() + lease_ns;
	bool running = true;

	while (running) {
		bool late = clock_now_ns() >= until_ns;

		running = false;
		for (uint32_t i = 0; i < n; i++) {
			if (pid[i] > 0 && late)
				kill(-pid[i], SIGKILL);
			if (pid[i] > 0 && waitpid(pid[i], NULL, late ? 0 : WNOHANG) == pid[i])
				pid[i] = 0;
			running |= pid[i] > 0;
		}
		if (running)
			clock_sleep_ns(POLL_NS);
	}
}

uint32_t links_up(const struct links_limits *limits, struct notes *notes)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	pid_t pid[LINKS_MAX] = { 0 };
	uint32_t with_address = 0;
	struct links links;

	links_scan(&links, ROOT);
	for (uint32_t i = 0; i < links.n; i++) {
		int ret = switch_on(fd, links.name[i]);

		if (ret)
			notes_add(notes, "%s: cannot be switched on: %s", links.name[i],
				  strerror(-ret));
	}
	if (fd >= 0)
		close(fd);
	wait_for_carriers(&links, limits);
	for (uint32_t i = 0; i < links.n; i++)
		if (links_has_carrier(ROOT, links.name[i]) && !has_address(links.name[i]))
			pid[i] = start_client(links.name[i]);
	wait_for_clients(pid, links.n, limits->lease_ns);
	for (uint32_t i = 0; i < links.n; i++) {
		bool has = has_address(links.name[i]);

		with_address += has;
		notes_add(notes, "%s: %s", links.name[i],
			  has					   ? "has an address"
			  : links_has_carrier(ROOT, links.name[i]) ? "no answer by DHCP"
								   : "no carrier");
	}
	if (!links.n)
		notes_add(notes, "no network card that this kernel knows");
	return with_address;
}
