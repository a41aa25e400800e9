/* SPDX-License-Identifier: MIT */
/*
 * The appliance's network: switched on after measuring, for an upload. On an installed system the
 * network is its owner's, and nothing here is called.
 */
#ifndef TARE_NET_LINKS_H
#define TARE_NET_LINKS_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"

#define LINKS_MAX 16

struct links {
	char name[LINKS_MAX][IF_NAMESIZE];
	uint32_t n;
};

/* Every Ethernet-like link below ROOT/sys/class/net, sorted by name; the first LINKS_MAX. */
void links_scan(struct links *links, const char *root);

/* True where ROOT's sysfs says that a cable (or its like) is there. A link that is down has none.
 */
bool links_has_carrier(const char *root, const char *name);

struct links_limits {
	uint64_t carrier_ns; /* to wait for the first carrier */
	uint64_t settle_ns;  /* from then on, for the others */
	uint64_t lease_ns;   /* for all DHCP clients, which run at once */
};

/*
 * Switches every link on, waits for carriers, and has a DHCP client ask for each link with a
 * carrier and without an IPv4 address. Notes say what became of which. Returns how many links have
 * an IPv4 address then. Takes no longer than the limits' sum, and a second.
 */
uint32_t links_up(const struct links_limits *limits, struct notes *notes);

#endif
