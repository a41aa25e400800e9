// SPDX-License-Identifier: MIT
/*
 * A disk whose speed is known: one file, kept in memory, of which every read, write and flush takes
 * a set time. What lies above it (file system, page cache, QEMU's layers) is real; only the medium
 * is made, so that whatever a detector finds was put there, and not by a disk that others use, too.
 *
 *   medium SIZE_BYTES READ_US WRITE_US FLUSH_US NS_PER_KIB SPREAD_PCT CACHE_MIB CACHE_READS FILE
 *
 * Mounts over FILE by FUSE (linux/fuse.h; needs root), says "ready", serves until SIGTERM. SIGUSR1
 * takes the times away, SIGUSR2 brings them back, with an empty cache. Times vary evenly by
 * +-SPREAD_PCT, for a medium that answers to the microsecond looks like a limit that somebody set.
 *
 * A cache of CACHE_MIB (0: none) keeps what was written, and with CACHE_READS 1 what was read, too;
 * first in, first out. A read that it holds whole takes as long as a write.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifndef FOPEN_PARALLEL_DIRECT_WRITES /* Linux 6.2; older kernels pass it over */
#define FOPEN_PARALLEL_DIRECT_WRITES (1 << 6)
#endif

#define WORKERS	     64 /* requests at once; more wait, as at a disk's own queue */
#define REQUEST_MAX  (1 << 20)
#define PAGE	     4096
#define BUFFER_BYTES (REQUEST_MAX + PAGE)
#define VALID_S	     86400

struct medium {
	int fuse;
	char *data;
	uint64_t size_bytes;
	int64_t read_ns, write_ns, flush_ns, ns_per_kib;
	int64_t spread_pct;
	atomic_bool idle; /* no request takes any time */
	uint64_t cache_pages;
	bool cache_reads;
	/* How many pages had entered the cache when this one did, itself among them; 0: never. */
	_Atomic uint64_t *entered;
	_Atomic uint64_t entered_n;
};

static struct medium medium;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "tare: medium: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* xorshift64*, by Vigna, "An experimental exploration of Marsaglia's xorshift generators". */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static void take_time(int64_t base_ns, uint64_t bytes, const struct timespec *began,
		      uint64_t *random)
{
	int64_t ns = base_ns + (int64_t)(bytes / 1024) * medium.ns_per_kib;
	int64_t vary = ns * medium.spread_pct / 100;
	struct timespec until = *began;

	if (atomic_load_explicit(&medium.idle, memory_order_relaxed) || ns <= 0)
		return;
	if (vary > 0)
		ns += (int64_t)(next_random(random) % (uint64_t)(2 * vary + 1)) - vary;
	until.tv_sec += (until.tv_nsec + ns) / 1000000000;
	until.tv_nsec = (until.tv_nsec + ns) % 1000000000;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

/* `error`: 0 or -errno. A reader that gave up is no fault. */
static void reply(const struct fuse_in_header *in, int error, const void *body, size_t bytes)
{
	struct fuse_out_header out = { .len = sizeof(out), .error = error, .unique = in->unique };
	struct iovec parts[2] = { { &out, sizeof(out) }, { (void *)(uintptr_t)body, bytes } };

	if (!error)
		out.len += (uint32_t)bytes;
	if (writev(medium.fuse, parts, error || !bytes ? 1 : 2) < 0 && errno != ENOENT)
		die("reply");
}

static struct fuse_attr_out attributes(void)
{
	return (struct fuse_attr_out){
		.attr_valid = VALID_S,
		.attr = { .ino = FUSE_ROOT_ID,
			  .size = medium.size_bytes,
			  .blocks = medium.size_bytes / 512,
			  .mode = S_IFREG | 0600,
			  .nlink = 1,
			  .blksize = PAGE },
	};
}

static void init(const struct fuse_in_header *in, const struct fuse_init_in *asked)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = asked->max_readahead,
		.flags = asked->flags &
			 (FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_ASYNC_DIO | FUSE_MAX_PAGES),
		.max_background = 2 * WORKERS,
		.congestion_threshold = 2 * WORKERS,
		.max_write = REQUEST_MAX,
		.time_gran = 1,
		.max_pages = REQUEST_MAX / PAGE,
	};

	reply(in, 0, &out, sizeof(out));
}

static bool within(uint64_t offset, uint64_t bytes)
{
	return offset <= medium.size_bytes && bytes <= medium.size_bytes - offset;
}

/* Whether the cache holds all of it; what it lacks enters it, where it is to. */
static bool cached(uint64_t offset, uint64_t bytes, bool enter)
{
	uint64_t pages = (offset + bytes + PAGE - 1) / PAGE;
	bool all = true;

	if (!medium.cache_pages || !bytes)
		return false;
	for (uint64_t page = offset / PAGE; page < pages; page++) {
		uint64_t at = atomic_load(&medium.entered[page]);

		if (at && atomic_load(&medium.entered_n) - at < medium.cache_pages)
			continue;
		all = false;
		if (enter)
			atomic_store(&medium.entered[page],
				     atomic_fetch_add(&medium.entered_n, 1) + 1);
	}
	return all;
}

static void do_read(const struct fuse_in_header *in, const struct fuse_read_in *arg,
		    const struct timespec *began, uint64_t *random)
{
	uint64_t bytes = arg->size;

	if (arg->offset > medium.size_bytes)
		bytes = 0;
	else if (bytes > medium.size_bytes - arg->offset)
		bytes = medium.size_bytes - arg->offset;
	take_time(cached(arg->offset, bytes, medium.cache_reads) ? medium.write_ns : medium.read_ns,
		  bytes, began, random);
	reply(in, 0, medium.data + arg->offset, bytes);
}

static void do_write(const struct fuse_in_header *in, const struct fuse_write_in *arg,
		     const struct timespec *began, uint64_t *random)
{
	struct fuse_write_out out = { .size = arg->size };

	if (!within(arg->offset, arg->size)) {
		reply(in, -ENOSPC, NULL, 0);
		return;
	}
	memcpy(medium.data + arg->offset, arg + 1, arg->size);
	cached(arg->offset, arg->size, true);
	take_time(medium.write_ns, arg->size, began, random);
	reply(in, 0, &out, sizeof(out));
}

static void serve(char *request, uint64_t *random)
{
	const struct fuse_in_header *in = (const void *)request;
	const void *arg = in + 1;
	struct fuse_attr_out attr;
	struct fuse_open_out opened = { .open_flags = FOPEN_DIRECT_IO |
						      FOPEN_PARALLEL_DIRECT_WRITES };
	struct timespec began;

	clock_gettime(CLOCK_MONOTONIC, &began);
	switch (in->opcode) {
	case FUSE_INIT:
		init(in, arg);
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR: /* times; nothing else can be set */
		attr = attributes();
		reply(in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		reply(in, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		do_read(in, arg, &began, random);
		break;
	case FUSE_WRITE:
		do_write(in, arg, &began, random);
		break;
	case FUSE_FSYNC:
		take_time(medium.flush_ns, 0, &began, random);
		reply(in, 0, NULL, 0);
		break;
	case FUSE_FLUSH: /* a descriptor was closed */
	case FUSE_RELEASE:
		reply(in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break; /* wait for no answer */
	default:
		reply(in, -ENOSYS, NULL, 0);
	}
}

static void *work(void *seed)
{
	uint64_t random = UINT64_C(0x9e3779b97f4a7c15) * ((uintptr_t)seed + 1);
	char *request = aligned_alloc(PAGE, BUFFER_BYTES);

	if (!request)
		die("memory");
	prctl(PR_SET_TIMERSLACK, 1); /* 50 us otherwise */
	for (;;) {
		ssize_t n = read(medium.fuse, request, BUFFER_BYTES);

		if (n > 0)
			serve(request, &random);
		else if (errno == ENODEV) /* unmounted */
			break;
		else if (errno != EINTR && errno != ENOENT && errno != EAGAIN)
			die("/dev/fuse");
	}
	free(request);
	return NULL;
}

static int64_t number(const char *text)
{
	char *end;
	long long value = strtoll(text, &end, 10);

	if (*text == '\0' || *end || value < 0) {
		fprintf(stderr, "tare: medium: \"%s\": a number of 0 or more\n", text);
		exit(2);
	}
	return value;
}

/* What the times and the cache are. */
static void set_up(char **argv)
{
	medium.size_bytes = (uint64_t)number(argv[1]);
	medium.read_ns = number(argv[2]) * 1000;
	medium.write_ns = number(argv[3]) * 1000;
	medium.flush_ns = number(argv[4]) * 1000;
	medium.ns_per_kib = number(argv[5]);
	medium.spread_pct = number(argv[6]);
	medium.cache_pages = (uint64_t)number(argv[7]) * 1048576 / PAGE;
	medium.cache_reads = number(argv[8]) != 0;
	medium.data = mmap(NULL, medium.size_bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	medium.entered = calloc(medium.size_bytes / PAGE + 1, sizeof(*medium.entered));
	if (medium.data == MAP_FAILED || !medium.entered)
		die("memory");
}

static void mount_over(const char *file)
{
	char options[128];

	medium.fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (medium.fuse < 0)
		die("/dev/fuse");
	snprintf(options, sizeof(options), "fd=%d,rootmode=%o,user_id=%u,group_id=%u", medium.fuse,
		 S_IFREG, getuid(), getgid());
	if (mount("tare-medium", file, "fuse", MS_NODEV | MS_NOSUID, options))
		die(file);
}

int main(int argc, char **argv)
{
	sigset_t signals;
	int signal;

	if (argc != 10) {
		fprintf(stderr, "usage: medium SIZE_BYTES READ_US WRITE_US FLUSH_US NS_PER_KIB "
				"SPREAD_PCT CACHE_MIB CACHE_READS FILE\n");
		return 2;
	}
	set_up(argv);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	mount_over(argv[9]);
	for (uintptr_t i = 0; i < WORKERS; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, work, (void *)i))
			die("thread");
	}
	puts("ready");
	fflush(stdout);
	while (!sigwait(&signals, &signal) && (signal == SIGUSR1 || signal == SIGUSR2)) {
		atomic_fetch_add(&medium.entered_n, medium.cache_pages);
		atomic_store(&medium.idle, signal == SIGUSR1);
	}
	umount2(argv[9], MNT_DETACH);
	return 0;
}
