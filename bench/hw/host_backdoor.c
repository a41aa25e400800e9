// SPDX-License-Identifier: MIT
/* The port's numbers are those that VMware's open-vm-tools has in backdoor_def.h. */
#include "hw/host_backdoor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>

#include "lib/str.h"

#define PORT	    0x5658
#define PORT_BYTES  4
#define MAGIC	    0x564d5868u /* "VMXh" */
#define GET_VERSION 10

/* By the number that the port gives in ECX. */
static const char *const products[] = { NULL, "Express", "ESX", "GSX", "Workstation" };

int host_backdoor_ask(struct host_backdoor_answer *answer)
{
	uint32_t command = GET_VERSION, port = PORT;

	if (ioperm(PORT, PORT_BYTES, 1))
		return -errno;
	/* EBX is asked with what no answer has: unchanged, nobody was there. */
	*answer = (struct host_backdoor_answer){ MAGIC, ~MAGIC, command };
	__asm__ volatile("inl %%dx, %%eax"
			 : "+a"(answer->eax), "+b"(answer->ebx), "+c"(answer->ecx), "+d"(port)
			 :
			 : "memory");
	ioperm(PORT, PORT_BYTES, 0);
	return 0;
}

int host_backdoor_read(struct host_value *value, bool vmware, host_backdoor_port *port)
{
	struct host_backdoor_answer answer;
	int ret;

	if (!vmware) {
		str_copy(value->unknown, sizeof(value->unknown), "not VMware");
		return -ENODATA;
	}
	ret = port(&answer);
	if (ret) {
		snprintf(value->unknown, sizeof(value->unknown), "ports may not be used: %s",
			 strerror(-ret));
		return ret;
	}
	if (answer.ebx != MAGIC || answer.eax == UINT32_MAX) {
		str_copy(value->text, sizeof(value->text), "no answer");
		return 0;
	}
	if (answer.ecx && answer.ecx < sizeof(products) / sizeof(products[0]))
		snprintf(value->text, sizeof(value->text), "version %u, %s", answer.eax,
			 products[answer.ecx]);
	else
		snprintf(value->text, sizeof(value->text), "version %u, product %u", answer.eax,
			 answer.ecx);
	return 0;
}
