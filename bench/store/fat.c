// SPDX-License-Identifier: MIT
/* Reads the root directory of FAT16 and FAT32 and follows cluster chains. Never writes. */
#include "store/fat.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "store/bytes.h"

#define ENTRY_BYTES	  32
#define ROOT_MAX_BYTES	  (65536 * ENTRY_BYTES) /* the format's limit for a directory */
#define WINDOW_BYTES	  4096
#define FAT12_MAX	  4085 /* clusters; fewer make it FAT12 */
#define FAT16_MAX	  65525
#define FAT32_MAX	  0x0ffffff5
#define LONG_NAME_UNITS	  13
#define LONG_NAME_ENTRIES 20
#define ATTR_LONG_NAME	  0x0f
#define ATTR_SKIPPED	  0x18 /* volume label, directory */

/* The piece of the allocation table read last, and which clusters were met so far. */
struct walk {
	const struct fat *fat;
	const struct block *partition;
	uint64_t window_at;
	size_t window_len;
	uint8_t window[WINDOW_BYTES];
	uint8_t *met;
};

struct boot {
	uint32_t sector_bytes, root_first_cluster;
	uint64_t root_bytes_at, root_bytes; /* FAT16: fixed place; FAT32: 0 */
};

static bool power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

static void label_parse(char label[12], const uint8_t *text)
{
	int len = 11;

	while (len && text[len - 1] == ' ')
		len--;
	for (int i = 0; i < len; i++)
		label[i] = (char)(text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?');
	label[len] = '\0';
}

static int boot_parse(struct fat *fat, struct boot *boot, const uint8_t *s, uint64_t size_bytes)
{
	uint32_t sector = bytes_le16(s + 11), per_cluster = s[13], reserved = bytes_le16(s + 14);
	uint32_t tables = s[16], root_entries = bytes_le16(s + 17);
	uint64_t sectors = bytes_le16(s + 19), table_sectors = bytes_le16(s + 22);
	uint64_t root_sectors, first_data, clusters;

	if (s[510] != 0x55 || s[511] != 0xaa || sector < 512 || sector > 4096 ||
	    !power_of_two(sector) || !power_of_two(per_cluster) || !reserved || !tables ||
	    tables > 2)
		return -EINVAL;
	if (!sectors)
		sectors = bytes_le32(s + 32);
	if (!table_sectors)
		table_sectors = bytes_le32(s + 36);
	root_sectors = ((uint64_t)root_entries * ENTRY_BYTES + sector - 1) / sector;
	first_data = reserved + tables * table_sectors + root_sectors;
	if (!table_sectors || first_data >= sectors || sectors * sector > size_bytes)
		return -EINVAL;
	clusters = (sectors - first_data) / per_cluster;
	fat->bits = clusters < FAT16_MAX ? 16 : 32;
	if (clusters < FAT12_MAX || clusters > FAT32_MAX || (fat->bits == 16) != !!root_entries ||
	    (clusters + 2) * (fat->bits / 8) > table_sectors * sector)
		return -EINVAL;
	fat->clusters = (uint32_t)clusters;
	fat->cluster_bytes = per_cluster * sector;
	fat->table_bytes = (uint64_t)reserved * sector;
	fat->data_bytes = first_data * sector;
	boot->sector_bytes = sector;
	boot->root_bytes = root_sectors * sector;
	boot->root_bytes_at = fat->data_bytes - boot->root_bytes;
	boot->root_first_cluster = fat->bits == 32 ? bytes_le32(s + 44) : 0;
	s += fat->bits == 32 ? 66 : 38; /* extended boot signature, serial, label */
	fat->label[0] = '\0';
	if (s[0] == 0x29)
		label_parse(fat->label, s + 5);
	return 0;
}

static uint64_t cluster_offset(const struct fat *fat, uint32_t cluster)
{
	return fat->data_bytes + (uint64_t)(cluster - 2) * fat->cluster_bytes;
}

static bool cluster_valid(const struct fat *fat, uint32_t cluster)
{
	return cluster >= 2 && cluster - 2 < fat->clusters;
}

/* The cluster behind `cluster`: *next is 0 at the chain's end. */
static int chain_next(struct walk *w, uint32_t cluster, uint32_t *next)
{
	const struct fat *fat = w->fat;
	uint32_t width = fat->bits / 8;
	uint64_t at = fat->table_bytes + (uint64_t)cluster * width;
	uint64_t window_at = at / WINDOW_BYTES * WINDOW_BYTES;
	const uint8_t *entry;

	if (!w->window_len || window_at != w->window_at) {
		uint64_t left = w->partition->size_bytes - window_at;
		int ret;

		w->window_len = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;
		ret = block_read(w->partition, w->window, w->window_len, window_at);
		if (ret) {
			w->window_len = 0;
			return ret;
		}
		w->window_at = window_at;
	}
	if (at - window_at + width > w->window_len)
		return -EBADMSG;
	entry = w->window + (at - window_at);
	*next = width == 2 ? bytes_le16(entry) : bytes_le32(entry) & 0x0fffffff;
	if (*next >= (width == 2 ? 0xfff8u : 0x0ffffff8u))
		*next = 0;
	else if (!cluster_valid(fat, *next))
		return -EBADMSG;
	return 0;
}

/* Marks a cluster as belonging to somebody; false where it did already (loop, cross link). */
static bool meet(struct walk *w, uint32_t cluster)
{
	uint8_t bit = (uint8_t)(1u << (cluster % 8));

	if (w->met[cluster / 8] & bit)
		return false;
	w->met[cluster / 8] |= bit;
	return true;
}

static int file_follow(struct walk *w, struct fat_file *file)
{
	const struct fat *fat = w->fat;
	uint64_t clusters = 0,
		 needed = (file->size_bytes + fat->cluster_bytes - 1) / fat->cluster_bytes;
	uint32_t cluster = file->first_cluster, next;
	bool one_run = true;

	if (!needed && !cluster)
		return 0;
	if (!cluster_valid(fat, cluster))
		return -EBADMSG;
	file->offset_bytes = cluster_offset(fat, cluster);
	for (;; cluster = next) {
		int ret = chain_next(w, cluster, &next);

		if (ret)
			return ret;
		if (!meet(w, cluster))
			return -EBADMSG;
		clusters++;
		if (!next)
			break;
		if (next != cluster + 1)
			one_run = false;
	}
	if (clusters < needed)
		return -EBADMSG;
	file->contiguous = one_run && file->size_bytes;
	return 0;
}

/* A long name, collected from the entries in front of the short one. */
struct long_name {
	char text[LONG_NAME_ENTRIES * LONG_NAME_UNITS + 1];
	uint8_t checksum;
	uint8_t expected; /* number of the entry that must come next; 0: name complete */
	bool valid;
};

static void long_name_add(struct long_name *name, const uint8_t *entry)
{
	static const uint8_t at[LONG_NAME_UNITS] = {
		1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30
	};
	uint8_t order = entry[0] & 0x3f;
	char *text;

	if (entry[0] & 0x40) {
		memset(name, 0, sizeof(*name));
		name->valid = order && order <= LONG_NAME_ENTRIES;
		name->expected = order;
		name->checksum = entry[13];
	}
	if (!name->valid || !order || order != name->expected || entry[13] != name->checksum) {
		name->valid = false;
		return;
	}
	name->expected--;
	text = name->text + (order - 1) * LONG_NAME_UNITS;
	for (int i = 0; i < LONG_NAME_UNITS; i++) {
		uint16_t c = bytes_le16(entry + at[i]);

		if (!c)
			break;
		text[i] = (char)(c >= 0x20 && c < 0x7f ? c : '?');
	}
}

static void short_name(char *to, const uint8_t *entry)
{
	for (int i = 0; i < 11; i++) {
		uint8_t c = entry[i];

		if (c == ' ')
			continue;
		if (i == 8)
			*to++ = '.';
		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		*to++ = (char)(c > 0x20 && c < 0x7f ? c : '?');
	}
	*to = '\0';
}

static void file_name(char to[FAT_NAME_BYTES], struct long_name *name, const uint8_t *entry)
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + entry[i]);
	if (name->valid && !name->expected && name->checksum == sum && name->text[0] &&
	    strlen(name->text) < FAT_NAME_BYTES)
		memcpy(to, name->text, strlen(name->text) + 1);
	else
		short_name(to, entry);
	name->valid = false;
}

static int directory_parse(struct fat *fat, struct walk *w, const uint8_t *root, size_t len)
{
	struct long_name name = { 0 };

	for (const uint8_t *entry = root; entry + ENTRY_BYTES <= root + len && entry[0];
	     entry += ENTRY_BYTES) {
		struct fat_file *file;
		int ret;

		if (entry[0] != 0xe5 && (entry[11] & 0x3f) == ATTR_LONG_NAME) {
			long_name_add(&name, entry);
			continue;
		}
		if (entry[0] == 0xe5 || entry[11] & ATTR_SKIPPED) {
			name.valid = false;
			continue;
		}
		file = realloc(fat->file, (fat->n + 1) * sizeof(*file));
		if (!file)
			return -ENOMEM;
		fat->file = file;
		file += fat->n++;
		*file = (struct fat_file){ .size_bytes = bytes_le32(entry + 28),
					   .first_cluster = bytes_le16(entry + 26) };
		if (fat->bits == 32)
			file->first_cluster |= (uint32_t)(bytes_le16(entry + 20) & 0x0fff) << 16;
		file_name(file->name, &name, entry);
		ret = file_follow(w, file);
		if (ret)
			return ret;
	}
	return 0;
}

/* Reads the root directory of FAT32, which is a chain of clusters. */
static int root_chain_read(struct walk *w, uint32_t cluster, uint8_t **root, size_t *len)
{
	const struct fat *fat = w->fat;

	while (cluster) {
		uint8_t *grown;
		uint32_t next;
		int ret;

		if (!cluster_valid(fat, cluster) || !meet(w, cluster) ||
		    *len + fat->cluster_bytes > ROOT_MAX_BYTES)
			return -EBADMSG;
		grown = realloc(*root, *len + fat->cluster_bytes);
		if (!grown)
			return -ENOMEM;
		*root = grown;
		ret = block_read(w->partition, *root + *len, fat->cluster_bytes,
				 cluster_offset(fat, cluster));
		if (!ret)
			ret = chain_next(w, cluster, &next);
		if (ret)
			return ret;
		*len += fat->cluster_bytes;
		cluster = next;
	}
	return 0;
}

static int root_read(struct walk *w, const struct boot *boot, uint8_t **root, size_t *len)
{
	if (!boot->root_bytes)
		return boot->root_first_cluster
			       ? root_chain_read(w, boot->root_first_cluster, root, len)
			       : -EBADMSG;
	*len = (size_t)boot->root_bytes;
	*root = malloc(*len);
	if (!*root)
		return -ENOMEM;
	return block_read(w->partition, *root, *len, boot->root_bytes_at);
}

int fat_read(struct fat *fat, const struct block *partition)
{
	struct walk w = { .fat = fat, .partition = partition };
	uint8_t sector[512], *root = NULL;
	struct boot boot;
	size_t len = 0;
	int ret;

	*fat = (struct fat){ 0 };
	if (partition->size_bytes < sizeof(sector))
		return -EINVAL;
	ret = block_read(partition, sector, sizeof(sector), 0);
	if (!ret)
		ret = boot_parse(fat, &boot, sector, partition->size_bytes);
	if (ret)
		return ret;
	w.met = calloc(1, (size_t)fat->clusters / 8 + 1 + 1);
	if (!w.met)
		return -ENOMEM;
	ret = root_read(&w, &boot, &root, &len);
	if (!ret)
		ret = directory_parse(fat, &w, root, len);
	free(root);
	free(w.met);
	if (ret)
		fat_free(fat);
	return ret;
}

void fat_free(struct fat *fat)
{
	free(fat->file);
	*fat = (struct fat){ 0 };
}

const struct fat_file *fat_find(const struct fat *fat, const char *name)
{
	for (uint32_t i = 0; i < fat->n; i++)
		if (!strcasecmp(fat->file[i].name, name))
			return &fat->file[i];
	return NULL;
}

int fat_load(const struct fat *fat, const struct block *partition, const struct fat_file *file,
	     void *to, size_t len)
{
	struct walk w = { .fat = fat, .partition = partition };
	uint32_t cluster = file->first_cluster;
	char *at = to;

	if (len > file->size_bytes)
		return -ERANGE;
	/* Bounded by len: a loop in the chain cannot hold it up. */
	while (len) {
		size_t n = len < fat->cluster_bytes ? len : fat->cluster_bytes;
		int ret;

		if (!cluster_valid(fat, cluster))
			return -EBADMSG;
		ret = block_read(partition, at, n, cluster_offset(fat, cluster));
		if (ret)
			return ret;
		at += n;
		len -= n;
		ret = len ? chain_next(&w, cluster, &cluster) : 0;
		if (ret)
			return ret;
	}
	return 0;
}

int fat_load_named(struct buf *to, const struct block *partition, const char *name,
		   size_t max_bytes)
{
	const struct fat_file *file;
	struct fat fat;
	int ret = fat_read(&fat, partition);

	if (ret)
		return ret;
	file = fat_find(&fat, name);
	if (!file)
		ret = -ENOENT;
	else if (file->size_bytes > max_bytes)
		ret = -EFBIG;
	if (!ret) {
		buf_reserve(to, (size_t)file->size_bytes);
		ret = buf_failed(to) ? -ENOMEM : 0;
	}
	if (!ret) {
		ret = fat_load(&fat, partition, file, to->data + to->len, (size_t)file->size_bytes);
		to->len += ret ? 0 : (size_t)file->size_bytes;
		to->data[to->len] = '\0';
	}
	fat_free(&fat);
	return ret;
}
