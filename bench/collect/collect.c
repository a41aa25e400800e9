// SPDX-License-Identifier: MIT
/* Tells what a file is and takes the runs out of it. Writes nothing. */
#include "collect/collect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/json.h"
#include "lib/str.h"
#include "store/block.h"
#include "store/slots.h"

#define WANTED                                                                                     \
	"should be a serial log with lines that begin with " FRAME_PREFIX ", a results partition " \
	"or a raw image of its disk, or the JSON of a result"

static const char *name_of(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

static struct collect_run *run_of(struct collect *c, const char *run)
{
	struct collect_run *grown;

	for (size_t i = 0; i < c->n; i++) {
		if (!strcmp(c->run[i].run, run))
			return &c->run[i];
	}
	grown = realloc(c->run, (c->n + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	c->run = grown;
	grown += c->n++;
	*grown = (struct collect_run){ 0 };
	str_copy(grown->run, sizeof(grown->run), run);
	return grown;
}

/* Takes `document` over. */
static int add_document(struct collect *c, const char *run, struct buf *document,
			enum collect_rank rank, const char *source)
{
	struct collect_run *known = run_of(c, run);

	if (!known) {
		buf_free(document);
		return -ENOMEM;
	}
	if (rank == known->rank && rank > COLLECT_UNFINISHED &&
	    (known->document.len != document->len ||
	     memcmp(known->document.data, document->data, document->len)))
		known->contradicted = source;
	if (rank > known->rank) {
		buf_free(&known->document);
		known->document = *document;
		*document = BUF_INIT;
		known->rank = rank;
		known->source = source;
		known->contradicted = NULL;
	}
	buf_free(document);
	return 0;
}

static bool is_run(const char *text)
{
	return strlen(text) == FRAME_RUN_BYTES - 1 &&
	       strspn(text, "0123456789abcdef") == FRAME_RUN_BYTES - 1;
}

/* What a document says of itself; `run` becomes "" where it is no result. */
static enum collect_rank judge(const struct buf *document, char run[FRAME_RUN_BYTES], struct err *e)
{
	struct json *root = json_parse(document->data, document->len, e);
	const struct json *tare = json_get(root, "tare");
	const char *id = json_get_text(tare, "run");
	enum collect_rank rank = COLLECT_WHOLE;

	if (json_is_true(json_get(tare, "checkpoint")))
		rank = COLLECT_UNFINISHED;
	else if (!strcmp(json_get_text(tare, "state"), "partial"))
		rank = COLLECT_PARTIAL;
	str_copy(run, FRAME_RUN_BYTES, is_run(id) ? id : "");
	json_free(root);
	return rank;
}

/* "3-5, 17" */
static void list_ranges(struct buf *to, const uint32_t *index, uint32_t n)
{
	for (uint32_t i = 0; i < n;) {
		uint32_t last = i;

		while (last + 1 < n && index[last + 1] == index[last] + 1)
			last++;
		buf_printf(to, "%s%u", i ? ", " : "", index[i]);
		if (last > i)
			buf_printf(to, "%s%u", last > i + 1 ? "-" : ", ", index[last]);
		i = last + 1;
	}
}

/* Keeps why a run's last document is not whole, of the first source that has it so. */
static int add_problem(struct collect *c, struct frame_run *found, const char *source)
{
	struct collect_run *known = run_of(c, found->run);

	if (!known)
		return -ENOMEM;
	if (known->broken_source)
		return 0;
	known->broken_source = source;
	str_copy(known->problem, sizeof(known->problem), found->problem);
	list_ranges(&known->missing, found->missing, found->missing_n);
	known->summary = found->summary;
	found->summary = BUF_INIT;
	return buf_failed(&known->missing) ? -ENOMEM : 0;
}

/* What a run said after its checkpoint: figures that the document has not. */
static int add_later(struct collect *c, const struct frame_run *found)
{
	struct collect_run *known = run_of(c, found->run);

	if (!known)
		return -ENOMEM;
	if (found->said_bytes >= found->summary.len)
		return 0;
	known->later.len = 0;
	buf_puts(&known->later, found->summary.data + found->said_bytes);
	return buf_failed(&known->later) ? -ENOMEM : 0;
}

static int add_frames(struct collect *c, const struct buf *text, const char *path, size_t *n)
{
	struct frame_log log;
	int ret = frame_decode(&log, text->data, text->len);

	if (ret)
		return ret;
	*n = log.n;
	for (size_t i = 0; i < log.n && !ret; i++) {
		struct frame_run *found = &log.run[i];
		enum collect_rank rank = COLLECT_CHECKPOINT;
		char run[FRAME_RUN_BYTES];
		struct err ignored = ERR_INIT;

		if (!found->complete)
			ret = add_problem(c, found, name_of(path));
		if (ret || !found->document.data)
			continue;
		/* Its bytes are proven; that it is a result is for its reader to find. */
		if (found->complete)
			rank = judge(&found->document, run, &ignored);
		if (rank == COLLECT_UNFINISHED)
			ret = add_later(c, found);
		if (ret)
			break;
		ret = add_document(c, found->run, &found->document, rank, name_of(path));
	}
	frame_log_free(&log);
	return ret;
}

/* A result itself, or a copy of its slot's file: then newlines follow it. */
static int add_json(struct collect *c, const struct buf *text, const char *path, struct err *e)
{
	struct buf document = BUF_INIT;
	enum collect_rank rank;
	char run[FRAME_RUN_BYTES];
	size_t len = text->len;

	while (len > 1 && text->data[len - 1] == '\n' && text->data[len - 2] == '\n')
		len--;
	buf_add(&document, text->data, len);
	if (buf_failed(&document))
		return -ENOMEM;
	rank = judge(&document, run, e);
	if (e->code || !run[0]) {
		buf_free(&document);
		return -EINVAL;
	}
	return add_document(c, run, &document, rank, name_of(path));
}

/* What came out of a virtio-serial port: documents one after another, each on lines of its own. The
 * last may be cut off; the others count all the same. */
static int add_documents(struct collect *c, const struct buf *text, const char *path, struct err *e)
{
	static const char between[] = "\n}\n{";
	char *at = text->data, *end = at + text->len, *next;
	int ret = 0;

	for (; !ret && at < end; at = next) {
		next = memmem(at, (size_t)(end - at), between, strlen(between));
		next = next ? next + 3 : end;
		ret = add_json(c, &(struct buf){ .data = at, .len = (size_t)(next - at) }, path, e);
	}
	return ret;
}

/* What collect_join() makes of several: between documents stands a line of its own. */
static int add_array(struct collect *c, const struct buf *text, const char *path)
{
	static const char head[] = "[\n", between[] = "\n,\n", tail[] = "\n]\n";
	size_t head_n = strlen(head), tail_n = strlen(tail), n;
	char *at = text->data, *end = at + text->len, *next;
	struct err e = ERR_INIT; /* of a piece: its lines are not the file's */
	int ret = 0;

	if (text->len < head_n + tail_n || memcmp(at, head, head_n) ||
	    memcmp(end - tail_n, tail, tail_n))
		return -EINVAL;
	end -= tail_n;
	for (at += head_n; !ret && at < end; at = next + strlen(between)) {
		next = memmem(at, (size_t)(end - at), between, strlen(between));
		next = next ? next : end;
		n = (size_t)(next - at) + 1; /* with its newline */
		ret = add_json(c, &(struct buf){ .data = at, .len = n }, path, &e);
	}
	return ret;
}

/* What people may give instead of a raw image, by its first bytes. */
static const char *packed_image(const struct buf *text)
{
	static const struct {
		const char *magic;
		const char *name;
	} images[] = {
		{ "QFI\xfb", "qcow2" }, { "KDMV", "vmdk" },    { "# Disk Desc", "vmdk" },
		{ "vhdxfile", "vhdx" }, { "conectix", "vhd" }, { "<<< Oracle VM", "vdi" },
	};

	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		size_t len = strlen(images[i].magic);

		if (text->len >= len && !memcmp(text->data, images[i].magic, len))
			return images[i].name;
	}
	return NULL;
}

static int add_text(struct collect *c, struct buf *text, const char *path, struct err *e)
{
	size_t start = text->len ? strspn(text->data, " \t\r\n") : 0, n = 0;
	const char *packed = packed_image(text);
	struct err json = ERR_INIT;
	int ret = -EINVAL;

	if (start < text->len && text->data[start] == '{')
		ret = add_documents(c, text, path, &json);
	else if (start < text->len && text->data[start] == '[')
		ret = add_array(c, text, path);
	/* A log can begin with a brace or a bracket too. */
	if (ret == -EINVAL)
		ret = add_frames(c, text, path, &n);
	else
		n = 1;
	if (ret == -E2BIG)
		return err_set(e, ret, "%s: lines of more than %d runs: cut it up by boots",
			       name_of(path), FRAME_RUNS_MAX);
	if (ret)
		return err_set(e, ret, "%s: %s", name_of(path), strerror(-ret));
	if (n)
		return 0;
	if (packed)
		return err_set(e, -EINVAL,
			       "%s: a %s image: should be a raw one (qemu-img convert -O raw)",
			       name_of(path), packed);
	if (json.code)
		return err_set(e, -EINVAL, "%s: no tare result in it: %s: " WANTED, name_of(path),
			       json.text);
	return err_set(e, -EINVAL, "%s: no tare result in it: " WANTED, name_of(path));
}

static bool has_run(const char (*runs)[FRAME_RUN_BYTES], size_t n, const char *run)
{
	while (n--) {
		if (!strcmp(runs[n], run))
			return true;
	}
	return false;
}

/* Appends why slot `index` gives no run: "slot 3: ...", one after another. */
__attribute__((format(printf, 3, 4))) static void name_slot(struct buf *damaged, uint32_t index,
							    const char *fmt, ...)
{
	va_list args;

	buf_printf(damaged, "%sslot %u: ", damaged->len ? "; " : "", index);
	va_start(args, fmt);
	buf_vprintf(damaged, fmt, args);
	va_end(args);
}

/* Takes the run of one slot, or names the slot in `damaged`. Returns 0 or -ENOMEM. */
static int add_slot(struct collect *c, const struct slots *slots, uint32_t index,
		    const struct block *disk, const char *path, struct buf *damaged)
{
	const struct slot *slot = &slots->slot[index];
	struct buf document = BUF_INIT;
	struct err json = ERR_INIT;
	enum collect_rank rank;
	char run[FRAME_RUN_BYTES];
	int ret;

	if (!is_run(slot->run)) {
		name_slot(damaged, index, "run \"%s\": should be eight hex digits", slot->run);
		return 0;
	}
	ret = slots_load(&document, slots, index, SLOTS_JSON, disk);
	if (ret) {
		buf_free(&document);
		name_slot(damaged, index, "run %s: cannot be read: %s", slot->run, strerror(-ret));
		return 0;
	}
	rank = judge(&document, run, &json);
	return add_document(c, slot->run, &document, rank, name_of(path));
}

/* The newest valid slot that is older than `below`, or NULL. */
static const struct slot *newest_below(const struct slots *slots, uint64_t below)
{
	const struct slot *newest = NULL;

	for (uint32_t i = 0; i < slots->n; i++) {
		const struct slot *at = &slots->slot[i];

		if (at->valid && at->sequence < below &&
		    (!newest || at->sequence > newest->sequence))
			newest = at;
	}
	return newest;
}

/* Newest first; of a run that was stored more than once the newest only. A slot that gives no run
 * costs no other one: it is named once the others are taken. */
static int add_slots(struct collect *c, const struct slots *slots, const struct block *disk,
		     const char *path, struct err *e)
{
	struct buf damaged = BUF_INIT;
	char runs[SLOTS_MAX][FRAME_RUN_BYTES];
	const struct slot *newest = NULL;
	size_t n = 0;
	int ret = 0;

	while (!ret && (newest = newest_below(slots, newest ? newest->sequence : UINT64_MAX))) {
		if (has_run(runs, n, newest->run))
			continue;
		str_copy(runs[n++], sizeof(runs[0]), newest->run);
		ret = add_slot(c, slots, (uint32_t)(newest - slots->slot), disk, path, &damaged);
	}
	for (uint32_t i = 0; n && i < slots->n; i++)
		if (slots->slot[i].sequence && !slots->slot[i].valid &&
		    !has_run(runs, n, slots->slot[i].run))
			name_slot(&damaged, i, "run %s: not the bytes that were stored",
				  slots->slot[i].run);
	if (ret || buf_failed(&damaged))
		ret = err_set(e, -ENOMEM, "%s: %s", name_of(path), strerror(ENOMEM));
	else if (damaged.len)
		ret = err_set(e, -EINVAL, "%s: %s", name_of(path), damaged.data);
	else if (!n)
		ret = err_set(e, -ENOENT,
			      "%s: a results partition with %u slots, none of which holds a "
			      "whole result: should come from a finished run",
			      name_of(path), slots->n);
	buf_free(&damaged);
	return ret;
}

/* 0: done; -ENOENT: the bytes are no results disk or partition; otherwise *e is set. */
static int try_slots(struct collect *c, struct block *disk, const char *path, struct err *e)
{
	static const uint32_t sector_bytes[] = { 512, 4096 };
	struct slots *slots = calloc(1, sizeof(*slots));
	struct err found = ERR_INIT;
	int ret = -ENOENT;

	if (!slots)
		return err_set(e, -ENOMEM, "%s: %s", name_of(path), strerror(ENOMEM));
	for (size_t i = 0; i < 2 && ret == -ENOENT; i++) {
		disk->sector_bytes = sector_bytes[i];
		ret = slots_find(slots, disk, &found);
	}
	if (ret == -ENOENT)
		ret = slots_find_partition(slots, disk, &found);
	if (!ret)
		ret = add_slots(c, slots, disk, path, e);
	else if (ret != -ENOENT)
		ret = err_set(e, ret, "%s: %s", name_of(path), found.text);
	free(slots);
	return e->code ? e->code : ret;
}

int collect_bytes(struct collect *c, struct buf *bytes, const char *path, struct err *e)
{
	struct block_memory disk;
	int ret;

	block_from_memory(&disk, bytes->data, bytes->len, 512);
	ret = try_slots(c, &disk.block, path, e);
	return ret == -ENOENT && !e->code ? add_text(c, bytes, path, e) : ret;
}

/* Bytes that cannot be read twice. */
static int collect_stream(struct collect *c, const char *path, struct err *e)
{
	struct buf bytes = BUF_INIT;
	int ret = file_read_all(&bytes, path, COLLECT_LOG_MAX_BYTES);

	if (ret)
		err_set(e, ret, "%s: %s", name_of(path), strerror(-ret));
	else
		ret = collect_bytes(c, &bytes, path, e);
	buf_free(&bytes);
	return ret;
}

static int collect_disk(struct collect *c, const char *path, int fd, off_t size, struct err *e)
{
	struct buf bytes = BUF_INIT;
	struct block disk;
	int ret;

	block_from_fd(&disk, &fd, (uint64_t)size, 512);
	ret = try_slots(c, &disk, path, e);
	if (ret != -ENOENT || e->code)
		return ret;
	ret = file_read_all(&bytes, path, COLLECT_LOG_MAX_BYTES);
	if (!ret)
		ret = add_text(c, &bytes, path, e);
	else if (ret == -EFBIG)
		err_set(e, ret,
			"%s: no results partition in it, and %lld bytes are no log: " WANTED, path,
			(long long)size);
	else
		err_set(e, ret, "%s: %s", path, strerror(-ret));
	buf_free(&bytes);
	return ret;
}

int collect_file(struct collect *c, const char *path, struct err *e)
{
	struct stat st;
	off_t size;
	int fd, ret;

	if (!strcmp(path, "-"))
		return collect_stream(c, path, e);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	/* Devices say their size by seeking only. */
	size = lseek(fd, 0, SEEK_END);
	if (fstat(fd, &st))
		ret = err_set(e, -errno, "%s: %s", path, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		ret = err_set(e, -EISDIR, "%s: a folder: should be a file", path);
	else if (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))
		ret = collect_disk(c, path, fd, size, e);
	else
		ret = collect_stream(c, path, e);
	close(fd);
	return ret;
}

void collect_free(struct collect *c)
{
	for (size_t i = 0; i < c->n; i++) {
		buf_free(&c->run[i].document);
		buf_free(&c->run[i].missing);
		buf_free(&c->run[i].summary);
		buf_free(&c->run[i].later);
	}
	free(c->run);
	*c = (struct collect){ 0 };
}
