/* SPDX-License-Identifier: MIT */
/*
 * System calls of the loop, made in place: through libc's syscall() or a library's wrapper each
 * would cost some 20 instructions more, at every I/O.
 */
#ifndef TARE_ENGINE_ENTER_H
#define TARE_ENGINE_ENTER_H

/* A system call of up to five arguments. Returns what the kernel does: -errno where it failed. */
static inline long enter_kernel(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return ret;
}

#endif
