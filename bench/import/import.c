// SPDX-License-Identifier: MIT
/* The table of formats, and what their readers share: names of environments, lines in errors. */
#include "import/import.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/collect.h"
#include "import/accounts.h"
#include "import/collected.h"
#include "import/samples.h"
#include "lib/arena.h"
#include "lib/file.h"

/* Between two files: a document's tree, its result, and one to spare; and a text of common size. */
#define KEPT_PIECES	3
#define KEPT_TEXT_BYTES ((size_t)4 << 20)

/* The first that knows a file reads it: logs hold anything, and fio prints text around its JSON. */
static const struct import_format *const formats[] = {
	&import_store,
	&import_documents,
	&import_fio_text,
	&import_csv,
};

static const char *name_of(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

int import_error(struct err *e, const struct import_source *source, const char *at, const char *fmt,
		 ...)
{
	struct buf text = BUF_INIT;
	size_t line = 1;
	va_list args;

	for (const char *c = source->bytes->data; c < at; c++)
		line += *c == '\n';
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	err_set(e, -EINVAL, "%s: line %zu: %s", name_of(source->path), line,
		text.data ? text.data : "");
	buf_free(&text);
	return -EINVAL;
}

/* --- names of environments --- */

/* "bare metal, nvme, SAMSUNG MZ", as far as it is known. */
static void describe(struct buf *to, const struct sample_run *run)
{
	static const enum sample_fact facts[] = { SAMPLE_HYPERVISOR, SAMPLE_DRIVER,
						  SAMPLE_TARGET_MODEL };

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		const char *fact = run->fact[facts[i]];

		if (!fact)
			continue;
		if (facts[i] == SAMPLE_HYPERVISOR && !strcmp(fact, "none"))
			fact = "bare metal";
		buf_printf(to, "%s%s", to->len ? ", " : "", fact);
	}
}

/* A file's name without folders and ending; in "fio-3.42" there is none. */
static void file_name(struct buf *to, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	bool ending = dot && dot > name && !isdigit((unsigned char)dot[1]);

	buf_add(to, name, ending ? (size_t)(dot - name) : strlen(name));
}

/* "KVM, virtio_blk (stick, run 1a2b3c4d)": where a file holds several runs, each by its name. */
static void name_by_platform(struct buf *to, const struct sample_run *run, const char *file,
			     bool alone)
{
	bool described;

	describe(to, run);
	described = to->len > 0;
	if (described)
		buf_puts(to, " (");
	buf_puts(to, file);
	if (!alone && run->id[0])
		buf_printf(to, ", run %s", run->id);
	if (described)
		buf_puts(to, ")");
}

static bool is_same_run(const struct sample_run *a, const struct sample_run *b)
{
	return a->id[0] && !strcmp(a->id, b->id);
}

static bool is_taken(const struct samples *s, uint32_t i, const char *label)
{
	for (uint32_t k = 0; k < s->n; k++)
		if (k != i && s->run[k].label && !strcmp(s->run[k].label, label) &&
		    !is_same_run(&s->run[k], &s->run[i]))
			return true;
	return false;
}

/* Equal names would make boots of one environment of files that nobody called so: the file's name
 * is short where it is alone, else its path. */
static void name_by_file(struct buf *to, const struct samples *s, uint32_t i, bool alone)
{
	const char *path = name_of(s->run[i].source);
	struct buf file = BUF_INIT;

	file_name(&file, path);
	for (uint32_t n = 1; !buf_failed(&file) && !buf_failed(to); n++) {
		to->len = 0;
		name_by_platform(to, &s->run[i], file.data ? file.data : "", alone);
		if (!to->data || !is_taken(s, i, to->data))
			break;
		file.len = 0;
		buf_puts(&file, path);
		if (n > 1)
			buf_printf(&file, ", %u", n);
	}
	buf_free(&file);
}

static bool has_label(const struct sample_run *run)
{
	return run->label && run->label[0];
}

/*
 * What the caller gave counts; what several environments of one file call themselves stays behind
 * it. A platform's description names no environment by itself: two of them may look the same, and
 * would be taken for boots of one.
 */
static int name_run(struct samples *to, uint32_t i, const struct import_source *source,
		    bool several, bool alone)
{
	struct sample_run *run = &to->run[i];
	struct buf label = BUF_INIT;
	int ret;

	run->named_by_file = !source->label && !has_label(run);
	if (run->named_by_file)
		name_by_file(&label, to, i, alone);
	else if (!source->label)
		buf_puts(&label, run->label);
	else if (!has_label(run) || !several)
		buf_puts(&label, source->label);
	else
		buf_printf(&label, "%s: %s", source->label, run->label);
	ret = buf_failed(&label) ? -ENOMEM : samples_set_label(run, label.data ? label.data : "");
	buf_free(&label);
	return ret;
}

/* A label may be what an earlier file was called for want of one: that one makes room. */
static int make_room(struct samples *to, uint32_t i)
{
	int ret = 0;

	for (uint32_t k = 0; !to->run[i].named_by_file && k < i && !ret; k++) {
		struct buf label = BUF_INIT;

		if (!to->run[k].named_by_file || strcmp(to->run[k].label, to->run[i].label) ||
		    is_same_run(&to->run[k], &to->run[i]))
			continue;
		name_by_file(&label, to, k, false);
		ret = buf_failed(&label) || !label.data
			      ? -ENOMEM
			      : samples_set_label(&to->run[k], label.data);
		buf_free(&label);
	}
	return ret;
}

/* A run's log and its slot are not two boots. */
static bool is_there_before(const struct samples *s, uint32_t i)
{
	const struct sample_run *run = &s->run[i];

	for (uint32_t k = 0; k < i; k++)
		if (is_same_run(run, &s->run[k]) && !strcmp(s->run[k].label, run->label))
			return true;
	return false;
}

static int name_runs(struct samples *to, uint32_t first, const struct import_source *source)
{
	bool several = false, alone = to->n - first < 2;
	const char *own = NULL; /* the first that one of them has */
	int ret = 0;

	for (uint32_t i = first; i < to->n; i++) {
		const char *label = has_label(&to->run[i]) ? to->run[i].label : own;

		several = several || (own && strcmp(label, own) != 0);
		own = own ? own : label;
	}
	for (uint32_t i = first; i < to->n && !ret; i++) {
		ret = name_run(to, i, source, several, alone);
		ret = ret ? ret : make_room(to, i);
		if (ret || !is_there_before(to, i))
			continue;
		notes_add(&to->notes, "%s: run %s is there already: counted once",
			  name_of(source->path), to->run[i].id);
		samples_drop_run(to, i--);
	}
	return ret;
}

/* Charts show the first boot of an environment: a thousand others need no room for theirs. */
static void keep_first_details(struct samples *to, uint32_t first)
{
	for (uint32_t i = first; i < to->n; i++)
		for (uint32_t k = 0; k < i; k++) {
			if (!to->run[i].label || !to->run[k].label ||
			    strcmp(to->run[i].label, to->run[k].label))
				continue;
			for (uint32_t w = 0; w < to->run[i].workloads_n; w++)
				samples_drop_details(&to->run[i].workload[w]);
			break;
		}
}

/* --- reading --- */

static int read_with(struct samples *to, const struct import_format *format,
		     const struct import_source *source, struct err *e)
{
	uint32_t first = to->n, read_n;
	int ret = format->read(to, source, e), named;

	read_n = to->n - first; /* some of which may be there already */
	named = name_runs(to, first, source);
	accounts_derive(to, first);
	if (!ret && !read_n)
		ret = err_set(e, -EINVAL, "%s: no figure of a workload in it: it looks like %s",
			      name_of(source->path), format->name);
	return ret ? ret : named;
}

/* A byte order mark, as editors put one before any text, is none of its text. */
static void drop_mark(struct buf *bytes)
{
	if (bytes->len < 3 || memcmp(bytes->data, "\xef\xbb\xbf", 3) != 0)
		return;
	bytes->len -= 3;
	memmove(bytes->data, bytes->data + 3, bytes->len + 1);
}

int import_bytes(struct samples *to, const struct import_source *source, struct err *e)
{
	int ret;

	drop_mark(source->bytes);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!formats[i]->is(source))
			continue;
		ret = read_with(to, formats[i], source, e);
		return ret ? err_set(e, ret, "%s: %s", name_of(source->path), strerror(-ret)) : 0;
	}
	return err_set(
		e, -EINVAL,
		"%s: line 1: no result in it: should be a result of tare, what fio printed (text "
		"or JSON), or a CSV that begins with workload,environment,backend,iops; `tare "
		"compare` reads serial logs and results partitions, too",
		name_of(source->path));
}

/* A disk or its image: only what is on it is read. */
static int import_disk(struct samples *to, const char *path, const char *label, struct err *e)
{
	struct buf none = BUF_INIT;
	struct import_source source = { .path = path, .label = label, .bytes = &none };
	struct collect c = { 0 };
	uint32_t first = to->n;
	int ret = collect_file(&c, path, e), named;

	ret = collected_read(to, &c, &source, e) ? e->code : ret;
	named = name_runs(to, first, &source);
	keep_first_details(to, first);
	collect_free(&c);
	return ret ? ret : named;
}

int import_read(struct buf *to, const char *path, struct err *e)
{
	int ret = file_read_all(to, path, IMPORT_MAX_BYTES);

	buf_puts(to, "");
	buf_reserve(to, 1);
	if (!ret && (buf_failed(to) || !to->data))
		ret = -ENOMEM;
	if (ret)
		return err_set(e, ret, "%s: %s", name_of(path), strerror(-ret));
	drop_mark(to);
	return 0;
}

int import_file(struct samples *to, const char *path, const char *label, struct err *e)
{
	struct stat st;
	int ret;

	if (strcmp(path, "-") && !stat(path, &st) &&
	    (S_ISBLK(st.st_mode) || S_ISDIR(st.st_mode) || st.st_size > IMPORT_MAX_BYTES))
		return import_disk(to, path, label, e);
	arena_keep(KEPT_PIECES); /* until samples_free() */
	ret = import_read(&to->text, path, e);
	if (!ret)
		ret = import_bytes(to, &(struct import_source){ path, label, &to->text }, e);
	to->text.len = 0;
	if (buf_failed(&to->text) || to->text.cap > KEPT_TEXT_BYTES)
		buf_free(&to->text);
	return ret;
}
