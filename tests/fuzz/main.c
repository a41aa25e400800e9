// SPDX-License-Identifier: MIT
/*
 * Runs a fuzz target without libFuzzer: replays the files given, then with --seconds damages them
 * at random until the time is up. The same seed and files give the same inputs. An input that
 * crashes or hangs the target is left in PROGRAM.crash, to be replayed as a file.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/file.h"
#include "lib/rng.h"
#include "lib/str.h"

#define INPUT_MAX_BYTES (64u << 20)
#define GROWTH_BYTES	65536 /* an input grows by no more over its file */
#define DAMAGES_MAX	8
#define HANG_S		30

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Shared with the process that runs the target: outlives it, however it ends. */
struct input {
	bool running;
	size_t len;
	char data[];
};

struct session {
	struct input *input;
	struct buf *file;
	size_t files_n;
	uint64_t seconds, seed;
};

/* The target gets a copy of exactly its size: a byte read too many is seen. */
static void run(const struct session *s, const struct buf *bytes)
{
	uint8_t *copy = malloc(bytes->len + !bytes->len);

	if (!copy)
		abort();
	if (bytes->len) {
		memcpy(copy, bytes->data, bytes->len);
		memcpy(s->input->data, bytes->data, bytes->len);
	}
	s->input->len = bytes->len;
	s->input->running = true;
	alarm(HANG_S);
	LLVMFuzzerTestOneInput(copy, bytes->len);
	alarm(0);
	s->input->running = false;
	free(copy);
}

/* A place in the input and a length from there, short ones more often. */
static size_t choose_part(struct rng *rng, const struct buf *input, size_t *len)
{
	size_t at = (size_t)rng_below(rng, input->len + 1), left = input->len - at;
	uint64_t most = UINT64_C(1) << rng_below(rng, 12);

	*len = (size_t)rng_below(rng, (left < most ? left : most) + 1);
	return at;
}

/* Replaces `len` bytes at `at` by others. */
static void replace(struct buf *input, size_t at, size_t len, const void *by, size_t by_len)
{
	struct buf made = BUF_INIT;

	buf_add(&made, input->data, at);
	buf_add(&made, by, by_len);
	buf_add(&made, input->data + at + len, input->len - at - len);
	if (buf_failed(&made))
		abort();
	buf_free(input);
	*input = made;
}

/* Numbers at the edges of what formats hold, in one to eight bytes, little-endian, or as text. */
static void put_number(struct buf *input, struct rng *rng, size_t at, size_t len)
{
	static const uint64_t numbers[] = {
		0,
		1,
		2,
		0x7f,
		0x80,
		0xff,
		0x100,
		0x7fff,
		0x8000,
		0xffff,
		0x10000,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		INT64_MAX,
		UINT64_C(1) << 63,
		UINT64_MAX,
	};
	uint64_t number = numbers[rng_below(rng, sizeof(numbers) / sizeof(numbers[0]))];
	size_t bytes = (size_t)1 << rng_below(rng, 4), left = input->len - at;
	char text[32];

	if (rng_below(rng, 2)) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
		replace(input, at, len, text, strlen(text));
	} else {
		replace(input, at, left < bytes ? left : bytes, &number, bytes);
	}
}

static void damage(struct buf *input, struct rng *rng, const struct buf *other)
{
	char bytes[16];
	size_t len, other_len, at = choose_part(rng, input, &len), from;

	switch (rng_below(rng, 8)) {
	case 0: /* a bit */
		if (at < input->len)
			input->data[at] ^= (char)(1 << rng_below(rng, 8));
		break;
	case 1: /* bytes of noise, for some or between them */
		rng_fill(rng, bytes, sizeof(bytes));
		replace(input, at, rng_below(rng, 2) ? 0 : len, bytes,
			(size_t)rng_below(rng, sizeof(bytes)));
		break;
	case 2:
		put_number(input, rng, at, len);
		break;
	case 3: /* a hole */
		replace(input, at, len, NULL, 0);
		break;
	case 4: /* the end missing */
		replace(input, at, input->len - at, NULL, 0);
		break;
	case 5: /* the same again */
		replace(input, at, 0, input->data + at, len);
		break;
	case 6: /* one byte many times */
		if (at < input->len)
			memset(input->data + at, input->data[at], len);
		break;
	default: /* a part of another file */
		from = choose_part(rng, other, &other_len);
		replace(input, at, len, other->data + from, other_len);
		break;
	}
}

static uint64_t fuzz(const struct session *s)
{
	uint64_t end_ns = clock_now_ns() + s->seconds * CLOCK_NS_PER_S, inputs = 0;

	while (clock_now_ns() < end_ns) {
		struct buf input = BUF_INIT;
		struct rng rng;
		const struct buf *file;
		size_t most;

		rng_seed(&rng, rng_mix(s->seed, inputs++));
		file = &s->file[rng_below(&rng, s->files_n)];
		most = file->len + GROWTH_BYTES;
		buf_add(&input, file->data, file->len);
		for (uint64_t left = 1 + rng_below(&rng, DAMAGES_MAX); left; left--)
			damage(&input, &rng, &s->file[rng_below(&rng, s->files_n)]);
		if (input.len > most)
			replace(&input, most, input.len - most, NULL, 0);
		run(s, &input);
		buf_free(&input);
	}
	return inputs;
}

static void run_all(const struct session *s)
{
	uint64_t inputs = 0;

	for (size_t i = 0; i < s->files_n; i++)
		run(s, &s->file[i]);
	if (s->seconds)
		inputs = fuzz(s);
	printf("%zu files replayed, %llu damaged inputs tried, seed %llu: clean\n", s->files_n,
	       (unsigned long long)inputs, (unsigned long long)s->seed);
	fflush(stdout);
}

static int usage(const char *program, const char *what)
{
	fprintf(stderr, "%s: %s: should be [--seconds N] [--seed N] FILE...\n", program, what);
	return 2;
}

/* 0 or the exit status. */
static int read_arguments(struct session *s, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		uint64_t *option = !strcmp(argv[i], "--seconds") ? &s->seconds
				   : !strcmp(argv[i], "--seed")	 ? &s->seed
								 : NULL;
		int ret;

		if (option) {
			if (i + 1 == argc || str_to_u64(argv[i + 1], option))
				return usage(argv[0], argv[i]);
			i++;
			continue;
		}
		ret = file_read_all(&s->file[s->files_n], argv[i], INPUT_MAX_BYTES);
		if (ret) {
			fprintf(stderr, "%s: %s: %s\n", argv[0], argv[i], strerror(-ret));
			return 1;
		}
		s->files_n++;
	}
	return s->files_n ? 0 : usage(argv[0], "no FILE");
}

/* Runs the target in a process of its own and keeps what it died of. */
static int supervise(const struct session *s, const char *program)
{
	char path[4096];
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		run_all(s);
		/* By exit(): it looks for leaks. */
		return 0;
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror(program);
		return 1;
	}
	if (!status)
		return 0;
	fprintf(stderr, "%s: ended with status %#x, seed %llu\n", program, (unsigned int)status,
		(unsigned long long)s->seed);
	snprintf(path, sizeof(path), "%s.crash", program);
	if (s->input->running && !file_write_all(path, s->input->data, s->input->len))
		fprintf(stderr, "%s: the input is in %s\n", program, path);
	return 1;
}

int main(int argc, char **argv)
{
	struct session s = { .seed = 1 };
	size_t most = 0;
	int ret = 1;

	s.file = calloc((size_t)argc, sizeof(*s.file));
	if (!s.file)
		return 1;
	ret = read_arguments(&s, argc, argv);
	if (ret)
		goto out;
	for (size_t i = 0; i < s.files_n; i++)
		most = s.file[i].len > most ? s.file[i].len : most;
	s.input = mmap(NULL, sizeof(*s.input) + most + GROWTH_BYTES, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s.input == MAP_FAILED) {
		perror(argv[0]);
		ret = 1;
		goto out;
	}
	ret = supervise(&s, argv[0]);
out:
	while (s.files_n)
		buf_free(&s.file[--s.files_n]);
	free(s.file);
	return ret;
}
