// SPDX-License-Identifier: MIT
/* A virtio-serial port, played by pipes: found by its name, fed whole, given up in time. */
#include "unit.h"

#include <errno.h>
#include <pthread.h>

#include "lib/clock.h"
#include "ui/vport.h"

#define MS    (CLOCK_NS_PER_S / 1000)
#define BYTES 200000

/* This test will check that the port is found by its name among others, and that it may be absent.
 */
static void port_should_be_found_by_name(void **state)
{
	char root[PATH_MAX], path[VPORT_PATH_BYTES], want[2 * PATH_MAX];

	(void)state;
	temp_make(root);
	assert_false(vport_find(path, root, VPORT_NAME));
	temp_text(root, "sys/class/virtio-ports/vport1p1/name", "org.qemu.guest_agent.0\n");
	temp_text(root, "sys/class/virtio-ports/vport2p1/other", "io.tare.0\n");
	assert_false(vport_find(path, root, VPORT_NAME));
	temp_text(root, "sys/class/virtio-ports/vport1p2/name", "io.tare.0\n");
	temp_text(root, "sys/class/virtio-ports/vport1p3/name", "io.tare.01\n");
	assert_true(vport_find(path, root, VPORT_NAME));
	snprintf(want, sizeof(want), "%s/dev/vport1p2", root);
	assert_string_equal(path, want);
	temp_remove(root);
}

struct reader {
	int fd;
	char *got;
	size_t n;
};

static void *read_slowly(void *context)
{
	struct reader *r = context;
	ssize_t n;

	while ((n = read(r->fd, r->got + r->n, 5000)) > 0) {
		r->n += (size_t)n;
		clock_sleep_ns(MS);
	}
	return NULL;
}

static void make_port(char dir[PATH_MAX], char path[PATH_MAX + 16])
{
	temp_make(dir);
	snprintf(path, PATH_MAX + 16, "%s/port", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
}

/* This test will check that every byte arrives as it is where the host reads slower than we write.
 */
static void slow_host_should_get_every_byte(void **state)
{
	char dir[PATH_MAX], path[PATH_MAX + 16], *sent = malloc(BYTES);
	struct reader r = { .got = calloc(1, BYTES + 5000) };
	pthread_t thread;

	(void)state;
	assert_true(sent && r.got);
	for (size_t i = 0; i < BYTES; i++)
		sent[i] = (char)(i * 31 + i / 256);
	make_port(dir, path);
	r.fd = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(r.fd >= 0);
	assert_int_equal(fcntl(r.fd, F_SETFL, 0), 0);
	{
		int keep =
			open(path, O_WRONLY); /* or the reader would see an end before the begin */

		assert_int_equal(pthread_create(&thread, NULL, read_slowly, &r), 0);
		assert_int_equal(vport_write(path, sent, BYTES, 10 * CLOCK_NS_PER_S), 0);
		close(keep);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(r.n, BYTES);
	assert_memory_equal(r.got, sent, BYTES);
	close(r.fd);
	free(sent);
	free(r.got);
	temp_remove(dir);
}

/* This test will check that a host that does not read, or is not there, holds nothing up for longer
 * than was said. */
static void host_that_does_not_read_should_be_given_up(void **state)
{
	char dir[PATH_MAX], path[PATH_MAX + 16], *sent = calloc(1, BYTES);
	uint64_t began_ns = clock_now_ns(), took_ns;
	int fd;

	(void)state;
	make_port(dir, path);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	assert_int_equal(vport_write(path, sent, BYTES, 300 * MS), -ETIMEDOUT);
	took_ns = clock_now_ns() - began_ns;
	assert_in_range(took_ns, 300 * MS, 2 * CLOCK_NS_PER_S);
	close(fd);
	/* Nobody there at all: a pipe says so at once. */
	assert_int_equal(vport_write(path, sent, 1, 300 * MS), -ENXIO);
	/* A file by that name is no port, and stays as it is. */
	temp_text(dir, "file", "as it was");
	snprintf(path, sizeof(path), "%s/file", dir);
	assert_int_equal(vport_write(path, sent, 1, 300 * MS), -ENXIO);
	{
		char text[32] = "";

		fd = open(path, O_RDONLY);
		assert_int_equal(read(fd, text, sizeof(text) - 1), 9);
		assert_string_equal(text, "as it was");
		close(fd);
	}
	free(sent);
	temp_remove(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(port_should_be_found_by_name),
		cmocka_unit_test(slow_host_should_get_every_byte),
		cmocka_unit_test(host_that_does_not_read_should_be_given_up),
	};

	return cmocka_run_group_tests_name("vport", tests, NULL, NULL);
}
