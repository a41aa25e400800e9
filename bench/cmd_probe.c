// SPDX-License-Identifier: MIT
/* `tare probe`: what machine this is, and what its platform costs. Changes nothing on it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "hw/host.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/tsc.h"
#include "probe/probe.h"
#include "render/probes.h"
#include "render/text.h"
#include "result/probes_json.h"

static const char usage[] =
	"usage: tare probe [--out FILE]\n"
	"\n"
	"Says what machine this is, and measures what its platform costs: clocks, system calls,\n"
	"exits to a hypervisor, waking, timers, noise, memory, an I/O without storage. Takes up to "
	"a\n"
	"minute and changes nothing; without root less is possible, and it says what.\n"
	"\n"
	"  --out FILE   the figures as JSON, as they stand in a result's tare.probes\n";

static volatile sig_atomic_t stop_requested; /* set by the handler */

static void on_signal(int number)
{
	(void)number;
	stop_requested = 1;
}

static void tell(void *context, const char *name, uint32_t budget_ms)
{
	(void)context;
	fprintf(stderr, "%s (at most %u s)\n", name, (budget_ms + 999) / 1000);
}

static int write_json(const char *path, const struct probe_list *list, struct err *e)
{
	struct json *root = json_array();
	struct buf text = BUF_INIT;
	int ret;

	probes_encode(root, list);
	ret = json_print(&text, root, true);
	json_free(root);
	if (!ret)
		ret = file_write_all(path, text.data, text.len);
	buf_free(&text);
	return ret ? err_set(e, ret, "--out: %s: %s", path, strerror(-ret)) : 0;
}

static void measure(struct result *result)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct probe_site site = { .stop = &stop_requested, .begins = tell };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	host_probe(&result->host, "/");
	clock_measure(&result->clock);
	tsc_choose();
	result->tsc = tsc_state;
	probe_run(&result->probes, &site);
}

static int print(const struct result *result, struct err *e)
{
	struct buf text = BUF_INIT;
	int ret = 0;

	render_machine(&text, result);
	buf_puts(&text, "\n");
	render_probes(&text, &result->probes);
	if (buf_failed(&text) || fwrite(text.data, 1, text.len, stdout) != text.len ||
	    fflush(stdout))
		ret = err_set(e, -1, "standard output: the figures could not be written");
	buf_free(&text);
	return ret;
}

int cmd_probe(int argc, char **argv)
{
	static struct result result;
	struct err e = ERR_INIT;
	const char *out = NULL;

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(usage, stdout);
		return EXIT_OK;
	}
	if (argc == 3 && !strcmp(argv[1], "--out"))
		out = argv[2];
	else if (argc != 1) {
		fprintf(stderr,
			"tare: probe: unknown argument: \"%s\": should be --out FILE or --help\n",
			argv[1]);
		return EXIT_USAGE;
	}
	measure(&result);
	print(&result, &e);
	if (out)
		write_json(out, &result.probes, &e);
	if (e.code)
		fprintf(stderr, "tare: probe: %s\n", e.text);
	return e.code ? EXIT_FAILED : EXIT_OK;
}
