// SPDX-License-Identifier: MIT
/* The words init reads and writes. Pure functions; decides nothing about processes. */
#include "init_words.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* What the child's side of a failed execve() exits with, as in shells. */
#define STATUS_NOT_STARTED 127

static const struct way {
	const char *word;
	int signo; /* 0: no signal asks for it */
	enum init_end end;
} ways[] = {
	{ "poweroff", SIGUSR2, INIT_END_POWEROFF },
	{ "reboot", SIGTERM, INIT_END_REBOOT },
	{ "halt", SIGUSR1, INIT_END_HALT },
	{ "shell", 0, INIT_END_SHELL },
	{ "", SIGINT, INIT_END_REBOOT }, /* Ctrl-Alt-Del */
};

#define WAYS_N (sizeof(ways) / sizeof(ways[0]))

bool init_has_word(const char *line, const char *word)
{
	size_t len = strlen(word);
	bool quoted = false;

	while (*line) {
		const char *start;

		line += strspn(line, " \t\r\n");
		for (start = line; *line && (quoted || !strchr(" \t\r\n", *line)); line++)
			if (*line == '"')
				quoted = !quoted;
		if (len && (size_t)(line - start) == len && !memcmp(start, word, len))
			return true;
	}
	return false;
}

enum init_end init_end_of_word(const char *text)
{
	size_t len = strcspn(text, " \t\r\n");

	for (size_t i = 0; i < WAYS_N; i++)
		if (len && strlen(ways[i].word) == len && !memcmp(ways[i].word, text, len))
			return ways[i].end;
	return INIT_ENDS_N;
}

enum init_end init_end_of_signal(int signo)
{
	for (size_t i = 0; i < WAYS_N; i++)
		if (signo && ways[i].signo == signo)
			return ways[i].end;
	return INIT_ENDS_N;
}

int init_signal_of_name(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');
	const char *name = slash ? slash + 1 : argv0;

	for (size_t i = 0; i < WAYS_N; i++)
		if (*name && ways[i].signo && !strcmp(ways[i].word, name))
			return ways[i].signo;
	return -1;
}

void init_status_text(char *to, size_t bytes, int status)
{
	if (WIFSIGNALED(status))
		snprintf(to, bytes, "was killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_NOT_STARTED)
		snprintf(to, bytes, "could not be started");
	else if (WIFEXITED(status))
		snprintf(to, bytes, "exited with status %d", WEXITSTATUS(status));
	else
		snprintf(to, bytes, "ended with wait status 0x%x", (unsigned int)status);
}

bool init_record_has_s5(const char *record)
{
	/* drivers/acpi/sleep.c, acpi_sleep_init(): "ACPI: PM: (supports S0 S3 S5)" */
	const char *list = strstr(record, "ACPI: PM: (supports ");
	const char *s5 = list ? strstr(list, " S5") : NULL;

	return s5 && strchr(" )", s5[3]) && s5[3] && s5 < list + strcspn(list, "\n");
}
