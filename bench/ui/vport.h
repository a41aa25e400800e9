/* SPDX-License-Identifier: MIT */
/*
 * A virtio-serial port: bytes to a file or socket of the host, exactly as they are, with no kernel
 * messages between them. Opened for each write, so that the host sees when one is over.
 */
#ifndef TARE_UI_VPORT_H
#define TARE_UI_VPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VPORT_NAME	 "io.tare.0"
#define VPORT_PATH_BYTES 512

/* Path of the device (below ROOT/dev) of the port that ROOT/sys/class/virtio-ports names `name`.
 * False: there is none. */
bool vport_find(char path[VPORT_PATH_BYTES], const char *root, const char *name);

/*
 * Writes `len` bytes. Returns 0, -ETIMEDOUT (the host had not taken them by `deadline_ns` from now)
 * or -errno. 0 means that the host took all but at most the last VPORT_TAIL_BYTES from the queue
 * between the two, and that these are in it.
 */
#define VPORT_TAIL_BYTES 128
int vport_write(const char *path, const void *data, size_t len, uint64_t deadline_ns);

#endif
