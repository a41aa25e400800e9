/* SPDX-License-Identifier: MIT */
/* The end of the machine, and of init itself: neither function returns. */
#ifndef TARE_INIT_END_H
#define TARE_INIT_END_H

#include "init_words.h"

/*
 * Lets the consoles finish, then ends the machine as `end` says (not INIT_END_SHELL). A power-off
 * that has not happened after 30 s is asked for through sysrq, then becomes a reboot, then a reboot
 * that asks no driver.
 */
_Noreturn void init_end_machine(enum init_end end);

/* For what init cannot go on without: prints `what` and errno in words, and powers off. */
_Noreturn void init_panic(const char *what);

#endif
