// SPDX-License-Identifier: MIT
/*
 * From text to a tree. cJSON parses; words are checked before (lib/json_scan.h), for it takes
 * malformed numbers and strings. What it takes meanwhile comes from an arena, and goes with it: a
 * document of 200 KB is thousands of pieces.
 */
#include <cJSON.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/json.h"
#include "lib/json_scan.h"

/* A bit of cJSON's `type` above those that it and lib/json.c use: the root of what was parsed. */
#define JSON_PARSED (1 << 20)

static _Thread_local struct arena *parsing;

static void *take(size_t bytes)
{
	return parsing ? arena_alloc(parsing, bytes) : malloc(bytes);
}

static void give_back(void *memory)
{
	if (!parsing)
		free(memory);
}

/* Before any thread can be in cJSON. */
static void __attribute__((constructor)) hook(void)
{
	cJSON_InitHooks(&(cJSON_Hooks){ .malloc_fn = take, .free_fn = give_back });
}

/* A root has its arena right before it. */
struct parsed {
	struct arena *arena;
	cJSON root;
};

void json_free(struct json *root)
{
	cJSON *item = (cJSON *)root;
	struct parsed *parsed;

	if (!item || !(item->type & JSON_PARSED)) {
		cJSON_Delete(item);
		return;
	}
	parsed = (struct parsed *)((char *)item - offsetof(struct parsed, root));
	arena_free(parsed->arena);
}

/* A text takes about so many times its bytes as a tree: most of it are numbers and their names.
 * More than a little is not taken for a text that may be none. */
#define JSON_TREE_PER_TEXT  8
#define JSON_FIRST_TEXT_MAX ((size_t)256 << 10)

static struct json *parse(const char *text, size_t len, const char **end)
{
	size_t first = len < JSON_FIRST_TEXT_MAX ? len : JSON_FIRST_TEXT_MAX;
	struct arena *arena = arena_new(JSON_TREE_PER_TEXT * first);
	struct parsed *parsed = arena ? arena_alloc(arena, sizeof(*parsed)) : NULL;
	cJSON *root = NULL;

	if (parsed) {
		parsing = arena;
		root = cJSON_ParseWithLengthOpts(text, len, end, false);
		parsing = NULL;
	}
	if (!root) {
		arena_free(arena);
		return NULL;
	}
	parsed->arena = arena;
	parsed->root = *root;
	parsed->root.type |= JSON_PARSED;
	return (struct json *)&parsed->root;
}

struct json *json_parse(const char *text, size_t len, struct err *e)
{
	struct json_scan scan = { .text = text, .len = len };
	const char *end = NULL;
	struct json *root;

	if (json_scan(&scan)) {
		json_scan_error(e, &scan);
		return NULL;
	}
	root = parse(text, len, &end);
	scan.at = end ? (size_t)(end - text) : 0;
	scan.wrong = "not JSON, or cut off";
	while (scan.at < len && strchr(" \t\r\n", text[scan.at]))
		scan.at++;
	if (root && scan.at < len) {
		scan.wrong = "nothing may follow the document";
		json_free(root);
		root = NULL;
	}
	if (!root)
		json_scan_error(e, &scan);
	return root;
}
