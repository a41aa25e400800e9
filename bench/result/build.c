// SPDX-License-Identifier: MIT
/* The build id, in a file of its own: only this file is compiled again when it changes. */
#include "result/build.h"

#ifndef TARE_BUILD_ID
#error "the build defines TARE_BUILD_ID"
#endif

const char *build_id(void)
{
	return TARE_BUILD_ID;
}
