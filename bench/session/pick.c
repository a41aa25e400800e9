// SPDX-License-Identifier: MIT
/* Keys to decisions. */
#include "session/pick.h"

#include <string.h>

#define KEY_ESCAPE 27

struct pick pick_begin(uint32_t n)
{
	struct pick pick = { .n = n < PICK_MAX ? n : PICK_MAX };

	for (uint32_t i = 0; i < pick.n; i++)
		pick.picked[i] = true;
	return pick;
}

struct pick pick_key(struct pick before, int key)
{
	struct pick after = before;

	if (before.state != PICK_WAITING || key <= 0)
		return before;
	if (key >= '1' && key <= '9' && (uint32_t)(key - '1') < before.n)
		after.picked[key - '1'] = !before.picked[key - '1'];
	else if (key == '\r' || key == '\n')
		after.state = PICK_START;
	else if (key == KEY_ESCAPE || strchr("cCqQ", key))
		after.state = PICK_CANCELLED;
	return after;
}

uint32_t pick_count(const struct pick *pick)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < pick->n; i++)
		count += pick->picked[i];
	return count;
}
