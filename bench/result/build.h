/* SPDX-License-Identifier: MIT */
/* What this program was built from. Its values come from the build alone (build.c is compiled with
 * them). */
#ifndef TARE_RESULT_BUILD_H
#define TARE_RESULT_BUILD_H

#ifndef TARE_VERSION
#error "the build defines TARE_VERSION from the file VERSION"
#endif

/* Hash over every input of the image, as in manifest.json. */
const char *build_id(void);

#endif
