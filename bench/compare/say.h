/* SPDX-License-Identifier: MIT */
/* Sentences about environments, which stand with a letter in them. */
#ifndef TARE_COMPARE_SAY_H
#define TARE_COMPARE_SAY_H

#include "model/comparison.h"

/* The letter of an environment: A to Z, then AA and on. Returns `to`, of 8 bytes. */
char *say_tag(char *to, uint32_t environment);

/* Appends to a text of COMPARISON_TEXT_BYTES; what does not fit is cut and ends in "...". */
void say(char *to, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends the letters of those environments whose flag is set: "A, C and D". */
void say_tags(char *to, const bool *is, uint32_t n);

#endif
