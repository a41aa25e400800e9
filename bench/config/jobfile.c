// SPDX-License-Identifier: MIT
/* Reads job files line by line. What an option means is the option table's concern. */
#include "config/jobfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/options.h"
#include "lib/str.h"

#define LINE_BYTES 1024

struct parser {
	struct jobfile *job;
	struct workload global;
	struct workload *now; /* the section being filled, or the global one; NULL before any */
	char where[128];
};

static int begin_section(struct parser *p, char *name, struct err *e)
{
	char *end = strchr(name, ']');

	if (!end || end == name || *str_trim(end + 1))
		return err_set(e, -EINVAL, "%s: \"[%.60s\": a section is [name]", p->where, name);
	*end = '\0';
	if (!strcmp(name, "global")) {
		p->now = &p->global;
		return 0;
	}
	if (p->job->n == JOBFILE_SECTIONS_MAX)
		return err_set(e, -EINVAL, "%s: [%.60s]: more than %d sections", p->where, name,
			       JOBFILE_SECTIONS_MAX);
	p->now = &p->job->section[p->job->n++];
	*p->now = p->global;
	if (!str_copy(p->now->name, sizeof(p->now->name), name))
		return err_set(e, -EINVAL, "%s: [%.60s...]: a name has at most %d characters",
			       p->where, name, WORKLOAD_NAME_BYTES - 1);
	return 0;
}

static int set_option(struct parser *p, char *line, struct err *e)
{
	char *value = strchr(line, '='), *name;

	if (!p->now)
		return err_set(e, -EINVAL, "%s: \"%.60s\": an option before any [section]",
			       p->where, line);
	if (value)
		*value++ = '\0';
	name = str_trim(line);
	if (value)
		value = str_trim(value);
	return options_set(p->now, name, value, p->where, e);
}

static int parse_line(struct parser *p, char *line, struct err *e)
{
	line = str_trim(line);
	if (!*line || *line == '#' || *line == ';')
		return 0;
	if (*line == '[')
		return begin_section(p, line + 1, e);
	return set_option(p, line, e);
}

int jobfile_parse(struct jobfile *job, const char *name, const char *text, size_t len,
		  struct err *e)
{
	struct parser p = { .job = job };
	size_t number = 0;
	char line[LINE_BYTES];

	job->n = 0;
	options_default(&p.global);
	for (size_t at = 0, n; at < len; at += n + 1) {
		const char *end = memchr(text + at, '\n', len - at);

		n = end ? (size_t)(end - (text + at)) : len - at;
		snprintf(p.where, sizeof(p.where), "%.100s:%zu", name, ++number);
		if (n >= sizeof(line) || memchr(text + at, '\0', n))
			return err_set(e, -EINVAL, "%s: not a line of text below %d bytes", p.where,
				       LINE_BYTES);
		memcpy(line, text + at, n);
		line[n] = '\0';
		if (parse_line(&p, line, e))
			return -EINVAL;
	}
	if (!job->n)
		return err_set(e, -EINVAL,
			       "%.100s: no job section: a job file has [name] and options", name);
	return 0;
}
