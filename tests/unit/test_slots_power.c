// SPDX-License-Identifier: MIT
/* This test will check that power lost at any moment of storing a result costs at most the slot
 * being written: the previous result is intact, the new one whole or absent. */
#include "slots_disk.h"

#define CUTS 10000

/* One power cut while the next run is stored. Returns 1 where the new run made it. */
static int cut_once(struct disk *disk, const uint8_t *before, size_t cut_after, struct rng *rng,
		    unsigned int run)
{
	struct err e = ERR_INIT;
	struct slots slots;
	int ret, newest;

	copy_allowed(disk, disk->durable, before);
	copy_allowed(disk, disk->cached, before);
	disk->dead = false;
	disk->pending_n = 0;
	disk->written = 0;
	disk->cut_after = cut_after;
	disk->rng = rng;
	assert_int_equal(slots_find(&slots, &disk->block, &e), 0);
	ret = store(&slots, disk, run, 3000, &e);
	if (!disk->dead) /* power goes right after storing said so, or between its last steps */
		power_off(disk);
	assert_false(disk->strayed);

	copy_allowed(disk, disk->cached, disk->durable);
	disk->dead = false;
	e = ERR_INIT;
	assert_int_equal(slots_find(&slots, &disk->block, &e), 0);
	newest = slots_newest(&slots);
	assert_true(newest >= 0);
	if (ret >= 0)
		assert_int_equal(newest, ret);
	/* The previous result is intact, the new one whole or absent; older ones but the one being
	 * replaced are there too. */
	check_run(&slots, (run - 2) % SLOTS_IN_TEST, &disk->block, run - 1, 3000);
	check_run(&slots, (run - 3) % SLOTS_IN_TEST, &disk->block, run - 2, 3000);
	assert_true(check_html(&slots, (run - 2) % SLOTS_IN_TEST, disk, run - 1));
	assert_true(check_html(&slots, (run - 3) % SLOTS_IN_TEST, disk, run - 2));
	if (slots.slot[newest].sequence == run) {
		check_run(&slots, (uint32_t)newest, &disk->block, run, 3000);
		check_html(&slots, (uint32_t)newest, disk, run);
	} else {
		assert_int_equal(slots.slot[newest].sequence, run - 1);
		/* of the run that stood there, as long as its header may */
		check_html(&slots, (run - 1) % SLOTS_IN_TEST, disk, run - SLOTS_IN_TEST);
	}
	return slots.slot[newest].sequence == run;
}

static void power_cuts_cost_one_slot(void **state)
{
	unsigned int made_it = 0, cases = 0, run = SLOTS_IN_TEST + 2;
	struct err e = ERR_INIT;
	struct slots slots;
	struct disk disk;
	struct rng rng;
	size_t len, all;
	uint8_t *image = image_of(*state, "", &len);

	disk_open(&disk, image, len);
	rng_seed(&rng, 1);
	assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
	allow_slots(&disk, &slots);
	for (unsigned int old = 1; old < run; old++) /* all slots in use, one used twice */
		assert_true(store(&slots, &disk, old, 3000, &e) >= 0);
	memcpy(image, disk.durable, len);
	disk.written = 0;
	assert_true(store(&slots, &disk, run, 3000, &e) >= 0);
	all = disk.written;
	/* Every prefix of the writes, then every prefix in turn with random parts of the cache
	 * lost: those written since the last flush, in any combination. */
	for (size_t cut = 0; cut <= all; cut++, cases++)
		made_it += (unsigned int)cut_once(&disk, image, cut, NULL, run);
	for (; cases < CUTS; cases++)
		made_it += (unsigned int)cut_once(&disk, image, cases % (all + 1), &rng, run);
	print_message("%u power cuts over %zu sectors, in %u the new run was whole\n", cases, all,
		      made_it);
	assert_true(made_it > 0 && made_it < cases);
	disk_close(&disk);
	free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(power_cuts_cost_one_slot, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
