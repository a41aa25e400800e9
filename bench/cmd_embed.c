// SPDX-License-Identifier: MIT
/*
 * `tare embed IMAGE [KEY=VALUE... NAME.fio...]`: settings and job files into the embed area of a
 * tare.iso, a file of zeros that the boot loader hands to the kernel as a second archive. What was
 * there is replaced. Works on image files only: the settings of a stick are those of the image it
 * is made from.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "config/jobfile.h"
#include "config/keys.h"
#include "lib/buf.h"
#include "lib/cpio.h"
#include "lib/file.h"
#include "store/block.h"
#include "store/iso.h"

#define IMAGE_MAX_BYTES	   (UINT64_C(1) << 30)
#define JOB_FILE_MAX_BYTES (1u << 20)
#define AREA		   "BOOT/CONFIG.IMG"
#define LABEL		   "TARE_ISO"
#define FOLDER		   "tare.embed"
#define CONF		   FOLDER "/tare.conf"
#define JOB_SUFFIX	   ".fio"

/* An image in memory, and its area within. */
struct image {
	struct buf bytes;
	uint64_t offset_bytes, size_bytes;
};

static int read_image(struct image *image, const char *path, struct err *e)
{
	struct block_memory memory;
	char label[33];
	int ret = file_read_all(&image->bytes, path, IMAGE_MAX_BYTES);

	if (ret)
		return err_set(e, ret, "%s", strerror(-ret));
	block_from_memory(&memory, image->bytes.data, image->bytes.len, 512);
	ret = iso_label(label, sizeof(label), &memory.block);
	if (ret || strcmp(label, LABEL))
		return err_set(e, -EINVAL, "%s: should be a tare.iso (ISO 9660, volume " LABEL ")",
			       ret ? "no ISO 9660 file system" : label);
	ret = iso_find(&image->offset_bytes, &image->size_bytes, &memory.block, AREA);
	return ret ? err_set(e, ret, "its embed area (" AREA ") was not found: %s", strerror(-ret))
		   : 0;
}

/* One KEY=VALUE word as a line of tare.conf; it must be one that the appliance will understand. */
static int add_key(struct buf *conf, struct config *config, const char *word, struct err *e)
{
	const char *value = strchr(word, '=');
	char key[64];

	if (strpbrk(word, "\"\n\r"))
		return err_set(e, -EINVAL, "\"%s\": neither quotes nor line ends are possible",
			       word);
	if ((size_t)(value - word) >= sizeof(key))
		return err_set(e, -EINVAL, "\"%.80s\": no such key", word);
	memcpy(key, word, (size_t)(value - word));
	key[value - word] = '\0';
	if (keys_set(config, key, value + 1, CONFIG_FROM_EMBED, e))
		return e->code;
	buf_printf(conf, "%s=\"%s\"\n", key, value + 1);
	return 0;
}

static int add_job(struct buf *archive, const char *path, struct err *e)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	static struct jobfile job; /* too large for a stack */
	struct buf text = BUF_INIT;
	char to[256];
	int ret = file_read_all(&text, path, JOB_FILE_MAX_BYTES);

	if (ret)
		err_set(e, ret, "%s: %s", path, strerror(-ret));
	else
		ret = jobfile_parse(&job, path, text.data ? text.data : "", text.len, e);
	if (!ret && snprintf(to, sizeof(to), FOLDER "/%s", name) >= (int)sizeof(to))
		ret = err_set(e, -ENAMETOOLONG, "%s: its name is too long", path);
	if (!ret)
		cpio_add_file(archive, to, text.data ? text.data : "", text.len);
	buf_free(&text);
	return ret;
}

static bool is_job(const char *word)
{
	size_t len = strlen(word);

	return len > strlen(JOB_SUFFIX) && !strcmp(word + len - strlen(JOB_SUFFIX), JOB_SUFFIX) &&
	       !strchr(word, '=');
}

static int make_archive(struct buf *archive, char *const *word, struct err *e)
{
	struct buf conf = BUF_INIT;
	struct config config;
	int ret = 0;

	keys_default(&config, true);
	cpio_add_folder(archive, FOLDER);
	for (; *word && !ret; word++) {
		if (is_job(*word))
			ret = add_job(archive, *word, e);
		else if (strchr(*word, '='))
			ret = add_key(&conf, &config, *word, e);
		else
			ret = err_set(e, -EINVAL,
				      "\"%s\": should be KEY=VALUE or a job file NAME" JOB_SUFFIX,
				      *word);
	}
	if (!ret)
		cpio_add_file(archive, CONF, conf.data ? conf.data : "", conf.len);
	cpio_end(archive);
	if (!ret && (buf_failed(&conf) || buf_failed(archive)))
		ret = err_set(e, -ENOMEM, "no memory");
	buf_free(&conf);
	return ret;
}

/* Nothing of it is written where it does not fit. */
static int write_image(struct image *image, const char *path, const struct buf *archive,
		       struct err *e)
{
	char *area = image->bytes.data + image->offset_bytes;
	int ret;

	if (archive->len > image->size_bytes)
		return err_set(e, -EFBIG, "%zu bytes: the image has room for %llu", archive->len,
			       (unsigned long long)image->size_bytes);
	memset(area, 0, image->size_bytes);
	if (archive->len)
		memcpy(area, archive->data, archive->len);
	ret = file_write_all(path, image->bytes.data, image->bytes.len);
	return ret ? err_set(e, ret, "%s", strerror(-ret)) : 0;
}

static int print_area(const struct image *image, struct err *e)
{
	const char *area = image->bytes.data + image->offset_bytes;
	struct cpio_entry entry;
	size_t at = 0;
	bool any = false;

	while (cpio_next(&entry, area, image->size_bytes, &at)) {
		if (!entry.is_file)
			continue;
		any = true;
		printf("# %s\n%.*s", entry.name, (int)entry.len, entry.data);
	}
	if (!any)
		puts("# nothing is embedded");
	return fflush(stdout) ? err_set(e, -errno, "standard output: %s", strerror(errno)) : 0;
}

static int embed(const char *path, char *const *word, struct err *e)
{
	struct image image = { .bytes = BUF_INIT };
	struct buf archive = BUF_INIT;
	bool clear = *word && !strcmp(*word, "--clear") && !word[1];
	int ret = read_image(&image, path, e);

	if (!ret && *word && !clear)
		ret = make_archive(&archive, word, e);
	if (!ret)
		ret = *word ? write_image(&image, path, &archive, e) : print_area(&image, e);
	buf_free(&archive);
	buf_free(&image.bytes);
	return ret;
}

int cmd_embed(int argc, char **argv)
{
	bool help = argc == 2 && !strcmp(argv[1], "--help");
	struct err e = ERR_INIT;
	int ret;

	if (argc < 2 || help) {
		fputs("usage: tare embed IMAGE                            what is embedded in it\n"
		      "       tare embed IMAGE KEY=VALUE... NAME.fio...   embed this instead\n"
		      "       tare embed IMAGE --clear                    embed nothing\n\n"
		      "IMAGE is a tare.iso; the keys are those of `tare run --help`. A job file is "
		      "chosen by\nsuite=NAME.fio.\n",
		      help ? stdout : stderr);
		return help ? EXIT_OK : EXIT_USAGE;
	}
	ret = embed(argv[1], argv + 2, &e);
	if (ret)
		fprintf(stderr, "tare: embed: %s: %s\n", argv[1], e.text);
	return !ret ? EXIT_OK : ret == -EINVAL || ret == -ENOENT ? EXIT_USAGE : EXIT_FAILED;
}
