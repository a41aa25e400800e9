// SPDX-License-Identifier: MIT
/*
 * What it costs to have a write on stable media: a write alone, a synchronous one (RWF_DSYNC, which
 * Linux carries out as a write with FUA where the device has that, and a flush), a flush behind a
 * write, and one more behind that, which has nothing to do. 4 KiB at depth 1, in an order that is
 * drawn; among them, of a virtio disk, the question for its serial number, which takes the same way
 * and no medium (VIRTIO_BLK_T_GET_ID, virtio 1.2, 5.2.6).
 *
 * Without protection against power loss a flush must at least program flash, which takes no flash
 * less than FLASH_NS. Where it is faster, what was written is either protected by other means or
 * not stable at all; no guest can tell those two apart. So it is where it takes longer, but not by
 * that more than the way there and back. That is what the question takes, as long as it takes no
 * longer than a write. Without one it may be what a flush with nothing to do takes, if a write is
 * too short for a way and flash, too. Where a write by itself takes longer than FLASH_NS, a flush
 * is that of flash only if it takes longer than a write, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/tsc.h"

#define ROUNDS_MAX  150
#define BLOCK_BYTES 4096u
#define PLACES_MAX  256
#define PLACES_MIN  16
#define FLASH_NS    100e3
#define WORDS_BYTES 256
#define LOOKS	    2 /* a flush itself, and what it adds: each may find it */

enum way { WRITE, SYNC, FLUSH, ASK, WAYS };

struct samples {
	double ns[WAYS][ROUNDS_MAX], empty[ROUNDS_MAX];
	uint32_t n;
};

static void fill(double *ns, uint32_t n, double with_ns)
{
	for (uint32_t i = 0; i < n; i++)
		ns[i] = with_ns;
}

/* Whether a flush behind a write takes less than flash needs beside the way to the disk and back.
 * *sure_pct is set where it does. */
static bool adds_little(const struct flush_samples *s, double *sure_pct)
{
	const double *way = s->asked ? s->asked : s->empty;
	double most_ns[ROUNDS_MAX], both_ns[ROUNDS_MAX];
	struct contrast test[3]; /* all must hold */
	int tests = 2;

	for (uint32_t i = 0; i < s->n; i++)
		both_ns[i] = way[i] + FLASH_NS;
	contrast_pairs(&test[0], both_ns, s->flush, s->n, 1);
	contrast_pairs(&test[1], s->write, way, s->n, 1 / DETECT_RATIO);
	if (!s->asked) {
		fill(most_ns, s->n, 2 * FLASH_NS);
		contrast_pairs(&test[tests++], most_ns, s->write, s->n, 1);
	}
	*sure_pct = 100;
	for (int i = 0; i < tests; i++) {
		if (contrast_verdict(&test[i], LOOKS) != DETECTION_FOUND)
			return false;
		*sure_pct = fmin(*sure_pct, contrast_confidence_pct(&test[i], LOOKS));
	}
	return true;
}

/* What each took. Returns its argument. */
static const char *times(char words[WORDS_BYTES], const struct flush_samples *s)
{
	char asked[64] = "";

	if (s->asked)
		snprintf(asked, sizeof(asked), "a question that needs no medium %.1f, ",
			 contrast_median(s->asked, s->n) / 1e3);
	snprintf(words, WORDS_BYTES,
		 "a flush behind a write takes %.1f us, one with nothing to do %.1f, %sa write "
		 "alone %.1f, a synchronous one %.1f; %u of each",
		 contrast_median(s->flush, s->n) / 1e3, contrast_median(s->empty, s->n) / 1e3,
		 asked, contrast_median(s->write, s->n) / 1e3, contrast_median(s->sync, s->n) / 1e3,
		 s->n);
	return words;
}

static void say_found(struct detection *to, const struct flush_samples *s, double sure_pct,
		      const char *what)
{
	char words[WORDS_BYTES];

	detection_say(to, DETECTION_FOUND, sure_pct,
		      "%s: %s less than the %.0f us that flash needs: a cache protected against "
		      "power loss, or a flush that is ignored",
		      times(words, s), what, FLASH_NS / 1e3);
}

void conclude_flush(struct detection *to, const struct flush_samples *s)
{
	double flash_ns[ROUNDS_MAX], write_ns = contrast_median(s->write, s->n), sure_pct;
	struct contrast fast, slow, beside;
	enum detection_verdict verdict;
	char words[WORDS_BYTES];

	if (!strcmp(s->write_cache, "write through")) {
		detection_say(to, DETECTION_CLEAR, NAN,
			      "the device says that it has no volatile cache: no flush is sent; a "
			      "write takes %.1f us, a synchronous one %.1f us",
			      write_ns / 1e3, contrast_median(s->sync, s->n) / 1e3);
		return;
	}
	fill(flash_ns, s->n, FLASH_NS);
	contrast_pairs(&fast, flash_ns, s->flush, s->n, 1);
	contrast_pairs(&slow, s->flush, flash_ns, s->n, 1);
	contrast_pairs(&beside, s->flush, s->write, s->n, DETECT_RATIO);
	detection_size(to, fast.b / 1e3, "us");
	if (contrast_verdict(&fast, LOOKS) == DETECTION_FOUND) {
		say_found(to, s, contrast_confidence_pct(&fast, LOOKS), "that is");
		return;
	}
	if (adds_little(s, &sure_pct)) {
		say_found(to, s, sure_pct, s->asked ? "beside the way that is" : "it adds");
		return;
	}
	/* To be flash's it must be slower, also than the way to the disk and back. */
	verdict = contrast_verdict(&slow, 1) == DETECTION_FOUND &&
				  (write_ns < FLASH_NS ||
				   contrast_verdict(&beside, 1) == DETECTION_FOUND)
			  ? DETECTION_CLEAR
			  : DETECTION_UNDECIDED;
	detection_say(to, verdict,
		      verdict == DETECTION_CLEAR ? contrast_confidence_pct(&slow, 1) : NAN, "%s%s",
		      times(words, s),
		      verdict == DETECTION_CLEAR
			      ? ""
			      : ": not more than the way to the disk and back alone may take");
}

/* Returns 0 or -errno. */
static int write_synchronous(int fd, struct pulse *p, uint64_t offset_bytes, double *ns)
{
	struct iovec piece = { .iov_base = p->pool, .iov_len = BLOCK_BYTES };
	uint64_t begin_ns;
	ssize_t got;

	if (!pulse_may_write(p, offset_bytes, BLOCK_BYTES))
		return -EPERM;
	begin_ns = tsc_now_ns();
	got = pwritev2(fd, &piece, 1, (off_t)offset_bytes, RWF_DSYNC);
	*ns = (double)(tsc_now_ns() - begin_ns);
	return got < 0 ? -errno : got != BLOCK_BYTES ? -EIO : 0;
}

static int flush_after(int fd, double *ns)
{
	uint64_t begin_ns = tsc_now_ns();
	int ret = fdatasync(fd);

	*ns = (double)(tsc_now_ns() - begin_ns);
	return ret ? -errno : 0;
}

/* Opens what asks a virtio disk for its serial number whenever it is read; -1: there is no such. */
static int open_question(const struct detecting *d)
{
	char path[64];

	if (!d->node || strcmp(d->plan->disk.transport, "virtio"))
		return -1;
	snprintf(path, sizeof(path), "/sys/block/%s/serial", d->node);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Neither the answer matters, nor that a disk may have none: it was asked. */
static void ask(int question, double *ns)
{
	char answer[64];
	uint64_t begin_ns = tsc_now_ns();
	ssize_t got = pread(question, answer, sizeof(answer), 0);

	(void)got;
	*ns = (double)(tsc_now_ns() - begin_ns);
}

/* One of each, in an order that is drawn, to one of so many places. */
static int take_one(struct detecting *d, struct samples *s, struct pulse *p, int question,
		    uint64_t from, uint32_t places, struct rng *rng)
{
	uint32_t order[WAYS], i = s->n;
	double unused;
	int ret = 0;

	rng_shuffle(rng, order, WAYS);
	for (int k = 0; k < WAYS && !ret; k++) {
		struct shot shot = { .offset_bytes = from + rng_below(rng, places) * BLOCK_BYTES,
				     .write = true };

		if (order[k] == ASK) {
			if (question >= 0)
				ask(question, &s->ns[ASK][i]);
			continue;
		}
		if (order[k] == SYNC)
			ret = write_synchronous(d->fd, p, shot.offset_bytes, &s->ns[SYNC][i]);
		else
			ret = pulse_one(p, &shot, order[k] == WRITE ? &s->ns[WRITE][i] : &unused);
		if (!ret && order[k] == FLUSH)
			ret = flush_after(d->fd, &s->ns[FLUSH][i]);
		if (!ret && order[k] == FLUSH)
			ret = flush_after(d->fd, &s->empty[i]);
	}
	s->n += !ret;
	return ret;
}

int detect_flush(struct detecting *d, struct err *e)
{
	/* Three quarters into its part: behind it cache's, then compress's. */
	uint32_t places = (uint32_t)fmin((double)(d->bytes / 16 / BLOCK_BYTES), PLACES_MAX);
	uint64_t from = d->from_bytes + d->bytes / 4 * 3 / BLOCK_BYTES * BLOCK_BYTES;
	struct flush_samples samples = { .write_cache = d->node ? d->plan->disk.write_cache : "" };
	static struct samples s;
	struct pulse p;
	struct rng rng;
	int question, ret;

	if (places < PLACES_MIN) {
		detection_say(d->to, DETECTION_SKIPPED, NAN, "the span is too small");
		return 0;
	}
	ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);
	pulse_let_write(&p, d->from_bytes, d->bytes);
	rng_seed(&rng, d->seed);
	for (uint32_t i = 0; i < places && !ret; i++) {
		struct shot shot = { .offset_bytes = from + i * BLOCK_BYTES, .write = true };
		double unused;

		ret = pulse_one(&p, &shot, &unused);
	}
	question = open_question(d);
	while (s.n < ROUNDS_MAX && !ret && tsc_now_ns() < d->until_ns)
		ret = take_one(d, &s, &p, question, from, places, &rng);
	if (question >= 0)
		close(question);
	pulse_close(&p);
	samples.write = s.ns[WRITE];
	samples.sync = s.ns[SYNC];
	samples.flush = s.ns[FLUSH];
	samples.empty = s.empty;
	samples.asked = question < 0 ? NULL : s.ns[ASK];
	samples.n = s.n;
	if (!ret && !s.n)
		detection_say(d->to, DETECTION_UNDECIDED, NAN,
			      "writing its places took all of its time");
	else if (!ret)
		conclude_flush(d->to, &samples);
	return ret;
}
