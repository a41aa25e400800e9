// SPDX-License-Identifier: MIT
/*
 * What it costs when a device of the host answers: reading ports. Reads only, of ports that answer
 * without side effects:
 *
 *   0x4d0  ELCR of the interrupt controller (which lines are level triggered): a register that is
 *          what was written to it. KVM answers in the kernel.
 *   0x80   the latch of POST codes, which the kernel itself uses to wait: reading gives the last
 *          byte, or 0xff. No kernel answers it: QEMU does, in user space.
 *   FADT   the PM timer: a running counter. QEMU, in user space, with its clock read.
 *
 * The difference of the first two is the way from the host's kernel to its user space and back, as
 * a disk that is emulated there takes it. Without a hypervisor these are the chipset's own times,
 * about 1 us. Typical on KVM (2012): 7,237 ticks in the kernel, 20,574 in user space.
 *
 * Error: single reads, less what the clock costs; to 1 ns.
 */
#include <errno.h>
#include <string.h>
#include <sys/io.h>

#include "probe/pm_timer.h"
#include "probe/probes.h"

#define PORT_ELCR 0x4d0
#define PORT_POST 0x80

static void read_byte(void *context)
{
	__asm__ volatile("" : : "r"(inb(*(const uint16_t *)context)));
}

static void read_word(void *context)
{
	__asm__ volatile("" : : "r"(inl(*(const uint16_t *)context)));
}

static void take_byte(struct probing *p, const char *name, uint16_t port, uint32_t part)
{
	if (ioperm(port, 1, 1))
		probe_add_why(p->to, name, "ioperm: %s%s", strerror(errno),
			      errno == EPERM ? ": needs root" : "");
	else
		probing_measure(p, name, read_byte, &port, 1, probing_part_ns(p, part, 3));
}

void probe_port(struct probing *p)
{
	char why[PM_TIMER_WHY_BYTES];
	uint16_t timer;

	probing_pin(p->cpu[0]);
	take_byte(p, "elcr_ns", PORT_ELCR, 0);
	take_byte(p, "post_ns", PORT_POST, 1);
	timer = pm_timer_open(why);
	if (timer)
		probing_measure(p, "pm_timer_ns", read_word, &timer, 1, p->until_ns);
	else
		probe_add_why(p->to, "pm_timer_ns", "%s", why);
}
