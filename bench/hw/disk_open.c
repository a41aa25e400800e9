// SPDX-License-Identifier: MIT
/*
 * The only file that opens a disk for writing or changes its read-only flag. Each function that
 * writes states what allows it to.
 */
#include "hw/disk_open.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hw/disk_device.h"
#include "hw/disk_partition.h"
#include "hw/disk_released.h"
#include "hw/disk_results.h"
#include "hw/disk_scan.h"
#include "hw/disk_write.h"
#include "lib/clock.h"
#include "lib/file.h"
#include "lib/str.h"
#include "lib/transfer.h"
#include "store/gpt.h"

#define PARTITION_WAIT_NS (5 * CLOCK_NS_PER_S)
#define PARTITION_POLL_NS (CLOCK_NS_PER_S / 50)

int disk_open_read(const char *path, bool direct, struct err *e)
{
	/* O_NONBLOCK: an empty drive is opened instead of waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (direct ? O_DIRECT : 0));

	return fd < 0 ? err_set(e, -errno, "%s: cannot be opened: %s", path, strerror(errno)) : fd;
}

bool disk_open_is_claimed(const struct disk *disk, const char *root)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (disk_device_path(path, root, disk->node) || stat(path, &st) || !S_ISBLK(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? errno == EBUSY : close(fd) != 0;
}

static int open_node(const char *node)
{
	char path[PATH_MAX];
	int ret = disk_device_path(path, "/", node);

	if (ret)
		return ret;
	ret = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return ret < 0 ? -errno : ret;
}

/* Sets or clears the kernel's read-only flag and reads it back. */
static int set_flag(int fd, bool read_only)
{
	int flag = read_only;

	if (ioctl(fd, BLKROSET, &flag) || ioctl(fd, BLKROGET, &flag))
		return -errno;
	return !!flag == read_only ? 0 : -EROFS; /* the device itself insists */
}

static bool has_number(int fd, uint32_t major, uint32_t minor)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISBLK(st.st_mode) && major(st.st_rdev) == major &&
	       minor(st.st_rdev) == minor;
}

int disk_lock_node(const char *node, uint32_t major, uint32_t minor, bool *was_writable)
{
	int fd = open_node(node), flag = 1, ret;

	ret = fd < 0 ? fd : has_number(fd, major, minor) ? 0 : -ENODEV;
	if (!ret && ioctl(fd, BLKROGET, &flag))
		ret = -errno;
	if (!ret)
		ret = set_flag(fd, true);
	if (fd >= 0)
		close(fd);
	if (was_writable)
		*was_writable = !flag;
	return ret;
}

struct lock_count {
	int failed;
	struct notes *notes;
};

static void lock_one(struct lock_count *count, const char *node, uint32_t major, uint32_t minor)
{
	int ret = disk_lock_node(node, major, minor, NULL);

	if (!ret || ret == -ENOMEDIUM || ret == -ENXIO)
		return; /* nothing in the drive, or gone: nothing to protect */
	count->failed++;
	notes_add(count->notes, "disk %s: could not be set read-only: %s", node, strerror(-ret));
}

static int lock_partition(const struct disk_partition_node *p, void *context)
{
	lock_one(context, p->node, p->major, p->minor);
	return 0;
}

int disk_lock_all(const struct disk_list *list, struct notes *notes)
{
	struct lock_count count = { .notes = notes };
	struct buf text = BUF_INIT;

	disk_released_set("/", NULL);
	for (uint32_t i = 0; i < list->n; i++) {
		const struct disk *disk = &list->disk[i];

		lock_one(&count, disk->node, disk->major, disk->minor);
		/* Partitions have a flag of their own, which holds while the disk is released. */
		disk_partition_each(disk->major, disk->minor, lock_partition, &count);
		if (!disk->read_only)
			buf_printf(&text, "%" PRIu32 ":%" PRIu32 "\n", disk->major, disk->minor);
	}
	if (buf_failed(&text) ||
	    file_write_all("/" DISK_LOCKED_FILE, text.data ? text.data : "", text.len))
		notes_add(notes,
			  "disks: /" DISK_LOCKED_FILE
			  " could not be written: a second run will take them for read-only");
	buf_free(&text);
	return count.failed;
}

/* Lets a disk be written to, on the very descriptor that was found to be the disk that is meant. */
static int release_disk(const struct disk *disk, struct err *e)
{
	int fd = open_node(disk->node);
	int ret = fd < 0 ? fd : disk_device_check(fd, disk, "/", e);

	if (!ret)
		ret = set_flag(fd, false);
	if (fd >= 0)
		close(fd);
	return ret ? err_set(e, ret, "disk %s: cannot be released for writing: %s", disk->node,
			     strerror(-ret))
		   : 0;
}

/* Releases a target, having told those who lock what is added (hw/disk_hotplug.h). */
static int release_target(const struct disk *disk, const struct disk_grant *grant, struct err *e)
{
	struct disk_released released = { grant->major, grant->minor, grant->sequence,
					  grant->partition_start_bytes,
					  grant->partition_size_bytes };
	int ret = disk_released_set("/", &released);

	return ret ? err_set(e, ret, "disk %s: /" DISK_RELEASED_FILE ": %s", disk->node,
			     strerror(-ret))
		   : release_disk(disk, e);
}

static int relock(const struct disk_partition_node *p, void *context)
{
	(void)context;
	return disk_lock_node(p->node, p->major, p->minor, NULL) &&
	       false; /* the next one all the same */
}

int disk_lock_target(const struct disk *disk)
{
	disk_partition_each(disk->major, disk->minor, relock, NULL);
	disk_released_set("/", NULL);
	return disk_lock_node(disk->node, disk->major, disk->minor, NULL);
}

/* Claims the whole disk for writing. Callers: a grant, or all marks of a results partition. */
static int open_whole(const struct disk *disk, int flags, struct err *e)
{
	char path[PATH_MAX];
	int fd, ret = disk_device_path(path, "/", disk->node);

	if (ret)
		return err_set(e, ret, "disk %s: path too long", disk->node);
	fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC | flags);
	if (fd < 0)
		return err_set(e, -errno, "disk %s: cannot be opened for writing: %s", disk->node,
			       errno == EBUSY ? "somebody else uses it" : strerror(errno));
	ret = disk_device_check(fd, disk, "/", e);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

/* Marks a proven disk, or one to be destroyed. The claim is held from before the last check to
 * after the writing. */
static int mark_disk(const struct disk_grant *grant, const struct disk *disk, _Atomic bool *wrote,
		     struct err *e)
{
	int fd = open_whole(disk, 0, e), ret;

	if (fd < 0)
		return fd;
	ret = grant->destroy ? disk_prove_token(grant, e) : disk_prove_edges(disk, e);
	*wrote = *wrote || !ret; /* before, lest it die while it writes */
	if (!ret && grant->destroy)
		ret = disk_write_clean(fd, grant, e);
	if (!ret)
		ret = disk_write_mark(fd, grant, e);
	/* EINVAL: a device whose partitions the kernel never reads; announce() tells it. */
	if (!ret && ioctl(fd, BLKRRPART) && errno != EINVAL)
		ret = err_set(e, -errno, "disk %s: the kernel does not reread its partitions: %s",
			      disk->node, strerror(errno));
	close(fd);
	return ret;
}

static bool find_partition(struct disk_partition_node *p, const struct disk_grant *grant)
{
	return disk_partition_find(p, grant->major, grant->minor, grant->partition_start_bytes,
				   grant->partition_size_bytes);
}

/*
 * Tells the kernel of the granted partition where it has not found it by itself: loop devices
 * without partition scan, kernels without GPT support. Returns 0 or -errno.
 */
static int announce(const struct disk_grant *grant, const struct disk *disk, struct err *e)
{
	struct blkpg_partition partition = { .start = (long long)grant->partition_start_bytes,
					     .length = (long long)grant->partition_size_bytes,
					     .pno = 1 };
	struct blkpg_ioctl_arg arg = { .op = BLKPG_ADD_PARTITION,
				       .datalen = sizeof(partition),
				       .data = &partition };
	struct disk_partition_node found;
	struct disk_device device;
	int ret;

	if (find_partition(&found, grant))
		return 0;
	ret = disk_device_open(&device, disk, "/", e);
	if (ret)
		return ret;
	/* EBUSY: found meanwhile; if it is another one, opening it will say so. */
	if (ioctl(device.fd, BLKPG, &arg) && errno != EBUSY)
		ret = err_set(e, -errno,
			      "disk %s: the kernel does not take partition " GPT_SCRATCH_LABEL
			      ": %s",
			      disk->node, strerror(errno));
	disk_device_close(&device);
	return ret;
}

/* The descriptor is that of the granted partition, on the granted disk. */
static bool is_granted(int fd, const struct disk_grant *grant, const struct disk_partition_node *p)
{
	uint64_t size = 0;

	return has_number(fd, p->major, p->minor) && !ioctl(fd, BLKGETSIZE64, &size) &&
	       size == grant->partition_size_bytes &&
	       disk_device_same_sequence(fd, grant->sequence);
}

/* Releases the granted partition, on a descriptor that was found to be its. Returns 0 or -errno. */
static int release_partition(const struct disk_grant *grant, const struct disk_partition_node *p)
{
	int fd = open_node(p->node), ret;

	if (fd < 0)
		return fd;
	ret = is_granted(fd, grant, p) ? set_flag(fd, false) : -ENODEV;
	close(fd);
	return ret;
}

/* One try to open the granted partition. Returns a descriptor or -errno. */
static int try_partition(const struct disk_grant *grant, bool direct, bool lock)
{
	struct disk_partition_node found;
	char path[PATH_MAX];
	int fd, ret;

	if (!find_partition(&found, grant))
		return -ENOENT;
	ret = disk_device_path(path, "/", found.node);
	if (!ret && lock)
		ret = release_partition(grant, &found);
	if (ret)
		return ret;
	fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC | (direct ? O_DIRECT : 0));
	if (fd < 0)
		return -errno;
	if (!is_granted(fd, grant, &found)) {
		close(fd);
		return -ENODEV;
	}
	return fd;
}

/* The node takes a moment, and as udev rereads the table after us, it may come, go and come again.
 */
static int open_partition(const struct disk_grant *grant, bool direct, bool lock, struct err *e)
{
	uint64_t deadline = clock_now_ns() + PARTITION_WAIT_NS;
	int fd;

	for (;;) {
		fd = try_partition(grant, direct, lock);
		if (fd >= 0 || clock_now_ns() > deadline ||
		    (fd != -ENOENT && fd != -ENXIO && fd != -EBUSY && fd != -ENODEV))
			break;
		clock_sleep_ns(PARTITION_POLL_NS);
	}
	if (fd == -ENOENT || fd == -ENXIO || fd == -ENODEV)
		return err_set(e, -ETIME,
			       "disk %s: partition " GPT_SCRATCH_LABEL " did not appear within 5 s",
			       grant->node);
	if (fd < 0)
		err_set(e, fd,
			"disk %s: partition " GPT_SCRATCH_LABEL " cannot be opened for writing: %s",
			grant->node, fd == -EBUSY ? "somebody else uses it" : strerror(-fd));
	return fd;
}

int disk_open_target(const struct disk_grant *grant, bool direct, bool lock, _Atomic bool *wrote,
		     struct err *e)
{
	struct disk disk;
	int fd = 0, ret;

	if (!disk_write_is_granted(grant))
		return err_set(e, -EPERM,
			       "disk %s: no grant: should be proven blank, marked, or confirmed",
			       grant->node);
	disk_proof_identity(&disk, grant);
	ret = lock ? release_target(&disk, grant, e) : 0;
	if (!ret && !grant->marked)
		ret = mark_disk(grant, &disk, wrote, e);
	if (!ret)
		ret = announce(grant, &disk, e);
	if (!ret) {
		fd = open_partition(grant, direct, lock, e);
		ret = fd < 0 ? fd : 0;
	}
	/* Checked while the partition is held: nobody can put a file system on it any more. */
	if (!ret) {
		ret = grant->marked ? disk_prove_mark(grant, e) : 0;
		if (ret)
			close(fd);
	}
	if (ret && lock)
		disk_lock_target(&disk);
	return ret ? ret : fd;
}

int disk_restore(const struct disk_grant *grant, bool lock,
		 const struct disk_proof_progress *progress, struct disk_restored *restored,
		 struct err *e)
{
	struct disk disk;
	int fd, ret;

	*restored = (struct disk_restored){ 0 };
	if (!disk_write_is_granted(grant))
		return err_set(e, -EPERM, "disk %s: no grant", grant->node);
	disk_proof_identity(&disk, grant);
	ret = lock ? release_target(&disk, grant, e) : 0;
	if (ret)
		return ret;
	fd = open_whole(&disk, O_DIRECT, e);
	/* The claim is held from before the check that the mark is ours to after the writing. */
	ret = fd < 0 ? fd : disk_prove_mark(grant, e);
	if (!ret)
		ret = disk_write_restore(fd, grant, progress, restored, e);
	if (!ret && restored->mark_removed && ioctl(fd, BLKRRPART) && errno != EINVAL)
		ret = err_set(e, -errno, "disk %s: the kernel does not reread its partitions: %s",
			      disk.node, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (lock)
		disk_lock_target(&disk);
	return ret;
}

static int file_create(const char *path, uint64_t span_bytes, int flags, struct err *e)
{
	int fd, ret = 0;

	if (!span_bytes)
		return err_set(e, -EINVAL,
			       "%s: does not exist: should be created with a size (--span)", path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
	if (fd < 0)
		return err_set(e, -errno, "%s: cannot be created: %s", path, strerror(errno));
	if (fallocate(fd, 0, 0, (off_t)span_bytes) &&
	    (errno != EOPNOTSUPP || ftruncate(fd, (off_t)span_bytes)))
		ret = err_set(e, -errno, "%s: %" PRIu64 " bytes: %s", path, span_bytes,
			      strerror(errno));
	if (ret) {
		close(fd);
		unlink(path);
		return ret;
	}
	return fd;
}

int disk_open_file(const char *path, uint64_t span_bytes, bool direct, bool write_existing,
		   bool *created, uint64_t *size_bytes, struct err *e)
{
	int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (direct ? O_DIRECT : 0), fd;
	struct stat st;

	*created = false;
	*size_bytes = 0;
	if (stat(path, &st)) {
		if (errno != ENOENT)
			return err_set(e, -errno, "%s: %s", path, strerror(errno));
		fd = file_create(path, span_bytes, flags, e);
		*created = fd >= 0;
	} else if (!S_ISREG(st.st_mode)) {
		return err_set(e, -EINVAL, "%s: %s: should be a regular file, or not exist", path,
			       S_ISBLK(st.st_mode)   ? "a block device (name disks with --target)"
			       : S_ISDIR(st.st_mode) ? "a folder"
						     : "no file");
	} else {
		fd = open(path, (write_existing ? O_RDWR : O_RDONLY) | flags);
		if (fd < 0)
			err_set(e, -errno, "%s: cannot be opened: %s", path,
				errno == EINVAL && direct
					? "its file system has no O_DIRECT: should be direct=0"
					: strerror(errno));
	}
	if (fd < 0)
		return e->code ? e->code : -EIO;
	/* Once more on what was opened: the path may have changed hands. */
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, -EINVAL, "%s: no longer a regular file", path);
	}
	/* What the page cache has of it the first I/O there that goes past it would have to drop,
	 * which takes long and looks like an allocation. What is not on the medium yet stays: that
	 * would have to be waited for. */
	if (direct)
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	*size_bytes = (uint64_t)st.st_size;
	return fd;
}

int disk_store_results(const struct disk *disk, const char *run,
		       const struct buf body[SLOTS_PARTS_N], bool lock, struct err *e)
{
	struct disk_device device;
	struct slots *slots;
	int fd, ret;

	/* All marks are checked read-only first: no other disk is ever opened for writing here. */
	ret = disk_device_open(&device, disk, "/", e);
	if (ret)
		return ret;
	slots = malloc(sizeof(*slots));
	ret = slots ? slots_find(slots, &device.block, e)
		    : err_set(e, -ENOMEM, "disk %s: out of memory", disk->node);
	free(slots);
	disk_device_close(&device);
	if (ret)
		return ret;
	ret = lock ? release_disk(disk, e) : 0;
	fd = ret ? ret : open_whole(disk, 0, e);
	ret = fd < 0 ? fd : disk_results_write(fd, transfer_write, disk, run, body, e);
	if (fd >= 0)
		close(fd);
	if (lock && disk_lock_node(disk->node, disk->major, disk->minor, NULL) && ret >= 0)
		ret = err_set(e, -EIO, "disk %s: could not be set read-only again", disk->node);
	return ret;
}
