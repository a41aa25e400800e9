// SPDX-License-Identifier: MIT
/* The kernel's messages about new block devices, and the process that listens. Opens no device. */
#include "hw/disk_hotplug.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hw/disk_attr.h"
#include "hw/disk_open.h"
#include "lib/file.h"
#include "lib/str.h"

#define KERNEL_GROUP  1		 /* 2 is udev's */
#define MESSAGE_BYTES 8192	 /* UEVENT_BUFFER_SIZE is 2048, and the path stands before it */
#define QUEUE_BYTES   (1u << 20) /* some thousand messages */
#define SYSFS_SECTOR  512

/* --- messages --- */

static bool number(uint64_t *to, const char *text, uint64_t max)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *to <= max;
}

/* What a message says, by its keys. */
struct message {
	const char *action, *path, *subsystem, *type, *major, *minor, *sequence, *media;
};

static const struct {
	const char *key;
	size_t offset;
} keys[] = {
	{ "ACTION=", offsetof(struct message, action) },
	{ "DEVPATH=", offsetof(struct message, path) },
	{ "SUBSYSTEM=", offsetof(struct message, subsystem) },
	{ "DEVTYPE=", offsetof(struct message, type) },
	{ "MAJOR=", offsetof(struct message, major) },
	{ "MINOR=", offsetof(struct message, minor) },
	{ "DISKSEQ=", offsetof(struct message, sequence) },
	{ "DISK_MEDIA_CHANGE=", offsetof(struct message, media) },
};

static void read_keys(struct message *m, const char *text, size_t len)
{
	static const char nothing[] = "";

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		*(const char **)((char *)m + keys[i].offset) = nothing;
	/* A piece without its NUL is no whole message: it is passed over. */
	for (const char *at = text, *end; (end = memchr(at, '\0', len)); at = end + 1) {
		len -= (size_t)(end + 1 - at);
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (!strncmp(at, keys[i].key, strlen(keys[i].key)))
				*(const char **)((char *)m + keys[i].offset) = at +
									       strlen(keys[i].key);
	}
}

bool disk_hotplug_parse(struct disk_hotplug_event *event, const char *message, size_t len)
{
	uint64_t major, minor;
	struct message m;
	const char *slash;

	*event = (struct disk_hotplug_event){ 0 };
	read_keys(&m, message, len);
	/* A card put into a reader is a change of the reader, with a new diskseq. */
	if (strcmp(m.subsystem, "block") ||
	    (strcmp(m.action, "add") && (strcmp(m.action, "change") || strcmp(m.media, "1"))))
		return false;
	slash = strrchr(m.path, '/');
	if (m.path[0] != '/' || !slash[1] || strstr(m.path, "..") ||
	    !number(&major, m.major, UINT32_MAX) || !number(&minor, m.minor, UINT32_MAX) ||
	    !str_copy(event->path, sizeof(event->path), m.path) ||
	    !str_copy(event->node, sizeof(event->node), slash + 1))
		return false;
	event->major = (uint32_t)major;
	event->minor = (uint32_t)minor;
	event->partition = !strcmp(m.type, "partition");
	if (!number(&event->sequence, m.sequence, UINT64_MAX))
		event->sequence = 0;
	return true;
}

/* --- the decision --- */

static bool is_known(const struct disk_hotplug_event *event, const struct disk_list *known)
{
	uint32_t major = event->partition ? event->disk_major : event->major;
	uint32_t minor = event->partition ? event->disk_minor : event->minor;

	for (uint32_t i = 0; i < known->n; i++)
		if (known->disk[i].major == major && known->disk[i].minor == minor)
			return event->sequence && known->disk[i].sequence == event->sequence;
	return false;
}

static bool is_on_released(const struct disk_hotplug_event *event,
			   const struct disk_released *released)
{
	uint32_t major = event->partition ? event->disk_major : event->major;
	uint32_t minor = event->partition ? event->disk_minor : event->minor;

	return released && released->sequence == event->sequence && released->major == major &&
	       released->minor == minor;
}

enum disk_hotplug_act disk_hotplug_decide(const struct disk_hotplug_event *event,
					  const struct disk_list *known,
					  const struct disk_released *released)
{
	if (!is_known(event, known))
		return event->partition ? DISK_HOTPLUG_LOCK : DISK_HOTPLUG_LOCK_NEW;
	if (!is_on_released(event, released))
		return DISK_HOTPLUG_LOCK;
	return !event->partition || (event->start_bytes == released->start_bytes &&
				     event->size_bytes == released->size_bytes)
		       ? DISK_HOTPLUG_LEAVE
		       : DISK_HOTPLUG_LOCK;
}

/* ROOT/sys/PATH, or false where it does not fit. */
static bool folder(char dir[PATH_MAX], const char *root, const char *path)
{
	int n = snprintf(dir, PATH_MAX, "%s/sys%s", strcmp(root, "/") ? root : "", path);

	return n > 0 && n < PATH_MAX;
}

/* What only sysfs says of a partition: its disk, its place. */
static void locate(struct disk_hotplug_event *event, const char *dir)
{
	char text[32];

	if (!event->partition)
		return;
	if (file_read_text(text, sizeof(text), dir, "../dev") <= 0 ||
	    sscanf(text, "%" SCNu32 ":%" SCNu32, &event->disk_major, &event->disk_minor) != 2 ||
	    file_read_u64(&event->start_bytes, dir, "start") ||
	    file_read_u64(&event->size_bytes, dir, "size")) {
		event->disk_major = event->disk_minor = 0;
		return;
	}
	event->start_bytes *= SYSFS_SECTOR;
	event->size_bytes *= SYSFS_SECTOR;
}

static bool is_gone(int ret)
{
	return ret == -ENODEV || ret == -ENOENT || ret == -ENXIO;
}

static const char *outcome(char words[128], int ret)
{
	static const char when[] = "added while the run went on";

	if (!ret)
		snprintf(words, 128, "%s: set read-only, and read back as that", when);
	else if (is_gone(ret))
		snprintf(words, 128, "%s: gone again", when);
	else
		snprintf(words, 128, "%s: could not be set read-only: %.60s", when, strerror(-ret));
	return words;
}

bool disk_hotplug_handle(const struct disk_hotplug_watch *watch, struct disk_hotplug_event *event,
			 char line[DISK_HOTPLUG_LINE_BYTES])
{
	struct disk_released released;
	struct disk disk = { 0 };
	enum disk_hotplug_act act;
	bool was_writable = false;
	char dir[PATH_MAX], words[128];
	int ret;

	if (!folder(dir, watch->root, event->path))
		return false;
	locate(event, dir);
	act = disk_hotplug_decide(event, watch->known,
				  disk_released_get(&released, watch->root) ? &released : NULL);
	if (act == DISK_HOTPLUG_LEAVE)
		return false;
	ret = watch->lock(event->node, event->major, event->minor, &was_writable);
	if (act == DISK_HOTPLUG_LOCK && !was_writable && (!ret || is_gone(ret)))
		return false; /* its disk was locked, and so was it */
	disk_attr_read(&disk, dir);
	if (event->partition)
		snprintf(line, DISK_HOTPLUG_LINE_BYTES, "%s (partition): %s", event->node,
			 outcome(words, ret));
	else
		snprintf(line, DISK_HOTPLUG_LINE_BYTES, "%s (serial %s): %s", event->node,
			 disk.serial[0] ? disk.serial : "none", outcome(words, ret));
	return true;
}

/* The event that the kernel sent, or lost, for a device of sysfs. */
static bool event_of(struct disk_hotplug_event *event, const char *root, const char *name)
{
	char path[PATH_MAX], dir[PATH_MAX], text[32];
	size_t top = strcmp(root, "/") ? strlen(root) : 0;

	*event = (struct disk_hotplug_event){ 0 };
	if (snprintf(path, sizeof(path), "%s/sys/class/block/%s", top ? root : "", name) >=
		    (int)sizeof(path) ||
	    !realpath(path, dir) || strlen(dir) <= top + strlen("/sys") ||
	    file_read_text(text, sizeof(text), dir, "dev") <= 0 ||
	    sscanf(text, "%" SCNu32 ":%" SCNu32, &event->major, &event->minor) != 2)
		return false;
	event->partition = file_read_text(text, sizeof(text), dir, "partition") > 0;
	if (file_read_u64(&event->sequence, dir, event->partition ? "../diskseq" : "diskseq"))
		event->sequence = 0;
	locate(event, dir);
	return str_copy(event->path, sizeof(event->path), dir + top + strlen("/sys")) &&
	       str_copy(event->node, sizeof(event->node), name);
}

void disk_hotplug_look_at_all(const struct disk_hotplug_watch *watch,
			      void (*tell)(void *context, const char *line), void *context)
{
	char path[PATH_MAX], line[DISK_HOTPLUG_LINE_BYTES];
	struct disk_hotplug_event event;
	struct disk_released released;
	struct dirent *entry;
	DIR *class;

	if (!folder(path, watch->root, "/class/block"))
		return;
	class = opendir(path);
	while (class && (entry = readdir(class))) {
		if (entry->d_name[0] == '.' || !event_of(&event, watch->root, entry->d_name))
			continue;
		/* The results disk may be released for a moment, and stays as it is. */
		if (is_known(&event, watch->known) && !(disk_released_get(&released, watch->root) &&
							is_on_released(&event, &released)))
			continue;
		if (disk_hotplug_handle(watch, &event, line))
			tell(context, line);
	}
	if (class)
		closedir(class);
}

/* --- the socket and the process --- */

/* Handles what is there. Returns 0, or -errno where the socket is of no use any more. */
static int handle_queue(int fd, const struct disk_hotplug_watch *watch,
			void (*tell)(void *context, const char *line), void *context)
{
	char message[MESSAGE_BYTES], line[DISK_HOTPLUG_LINE_BYTES];
	struct disk_hotplug_event event;
	struct sockaddr_nl from;
	ssize_t n;

	for (;;) {
		socklen_t from_bytes = sizeof(from);

		n = recvfrom(fd, message, sizeof(message), MSG_DONTWAIT, (struct sockaddr *)&from,
			     &from_bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS) {
			disk_hotplug_look_at_all(watch, tell, context);
			continue;
		}
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0)
			return n ? -errno : -EPIPE;
		/* Programs can send to the group, too: only the kernel is listened to. */
		if (from_bytes == sizeof(from) && !from.nl_pid &&
		    disk_hotplug_parse(&event, message, (size_t)n) &&
		    disk_hotplug_handle(watch, &event, line))
			tell(context, line);
	}
}

int disk_hotplug_open(struct disk_hotplug *h)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int queue_bytes = QUEUE_BYTES, ret;

	*h = (struct disk_hotplug){ 0 };
	h->socket_fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (h->socket_fd < 0)
		return -errno;
	setsockopt(h->socket_fd, SOL_SOCKET, SO_RCVBUFFORCE, &queue_bytes, sizeof(queue_bytes));
	if (bind(h->socket_fd, (struct sockaddr *)&address, sizeof(address))) {
		ret = -errno;
		close(h->socket_fd);
		return ret;
	}
	h->open = true;
	return 0;
}

static void tell_notes(void *context, const char *line)
{
	notes_add(context, "%s", line);
}

static void tell_pipe(void *context, const char *line)
{
	char text[DISK_HOTPLUG_LINE_BYTES + 1];
	int n = snprintf(text, sizeof(text), "%s\n", line);

	/* At once or never (less than PIPE_BUF, not blocking): locking must not wait for a reader.
	 */
	if (write(*(const int *)context, text, (size_t)n) != n)
		return;
}

static void watching_process(int socket_fd, int notes_fd, const struct disk_hotplug_watch *watch,
			     pid_t parent)
{
	struct pollfd source = { .fd = socket_fd, .events = POLLIN };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "tare-hotplug");
	signal(SIGTERM, SIG_IGN); /* it ends with the run, not before */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	/* PR_SET_PDEATHSIG comes too late for a parent that has gone already. */
	while (getppid() == parent && !handle_queue(socket_fd, watch, tell_pipe, &notes_fd))
		poll(&source, 1, -1);
	_exit(0);
}

void disk_hotplug_start(struct disk_hotplug *h, const struct disk_list *known, struct notes *safety,
			struct notes *warnings)
{
	const struct disk_hotplug_watch watch = { .root = "/",
						  .known = known,
						  .lock = disk_lock_node };
	pid_t parent = getpid();
	int ends[2];

	if (!h->open) {
		notes_add(warnings, "disks: those that are added later are not set read-only: the "
				    "kernel tells nobody of them");
		return;
	}
	handle_queue(h->socket_fd, &watch, tell_notes, safety);
	h->pid = pipe2(ends, O_CLOEXEC | O_NONBLOCK) ? -1 : fork();
	if (!h->pid)
		watching_process(h->socket_fd, ends[1], &watch, parent);
	if (h->pid < 0) {
		notes_add(warnings, "disks: those that are added later are not set read-only: %s",
			  strerror(errno));
		h->pid = 0;
		return;
	}
	close(ends[1]);
	h->notes_fd = ends[0];
}

void disk_hotplug_drain(struct disk_hotplug *h, struct notes *safety)
{
	char text[DISK_HOTPLUG_LINE_BYTES * 8 + 1], *line, *save;
	size_t kept = 0;
	ssize_t n = -1;

	while (h->pid && (n = read(h->notes_fd, text + kept, sizeof(text) - 1 - kept)) > 0) {
		size_t len = kept + (size_t)n, whole;

		text[len] = '\0';
		line = strrchr(text, '\n');
		whole = line ? (size_t)(line - text) + 1 : 0;
		if (line)
			*line = '\0';
		for (line = whole ? strtok_r(text, "\n", &save) : NULL; line;
		     line = strtok_r(NULL, "\n", &save))
			notes_add(safety, "%s", line);
		kept = len - whole;
		memmove(text, text + whole, kept);
	}
	if (h->pid && !n)
		notes_add(safety, "disks that are added are no longer watched for");
}

void disk_hotplug_end(struct disk_hotplug *h)
{
	if (h->pid) {
		kill(h->pid, SIGKILL);
		waitpid(h->pid, NULL, 0);
		close(h->notes_fd);
	}
	if (h->open)
		close(h->socket_fd);
	*h = (struct disk_hotplug){ 0 };
}
