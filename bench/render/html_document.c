// SPDX-License-Identifier: MIT
/* The frame of an HTML page: its policy, looks, list of sections, data and scripts. */
#include <string.h>

#include "lib/base64.h"
#include "lib/digest.h"
#include "render/apart_page.h"
#include "render/compare_charts.h"
#include "render/compare_page.h"
#include "render/facts.h"
#include "render/html.h"
#include "render/html_parts.h"
#include "render/report_page.h"

#define SHA256_BYTES 32

static unsigned int hex_value(char c)
{
	return (unsigned int)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* " 'sha256-...'": this text, and no other, may be run or used. */
static void allow(struct buf *to, const char *text)
{
	char hex[DIGEST_SHA256_TEXT], base64[BASE64_TEXT_BYTES(SHA256_BYTES)];
	unsigned char digest[SHA256_BYTES];

	digest_sha256(hex, text, strlen(text));
	for (size_t i = 0; i < SHA256_BYTES; i++)
		digest[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
	base64_encode(base64, digest, sizeof(digest));
	buf_printf(to, " 'sha256-%s'", base64);
}

static void add_head(struct buf *to, const char *title)
{
	buf_puts(to, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "base-uri 'none'; form-action 'none'; script-src");
	allow(to, html_uplot_js);
	allow(to, html_report_js);
	buf_puts(to, "; style-src");
	allow(to, html_uplot_css);
	allow(to, html_report_css);
	buf_puts(to, "\">\n<meta name=\"viewport\" content=\"width=device-width, "
		     "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
		     "<title>");
	html_escape(to, title);
	buf_puts(to, "</title>\n<!-- uPlot, which draws the charts:\n");
	buf_puts(to, html_uplot_licence);
	buf_printf(to, "-->\n<style>%s</style>\n<style>%s</style>\n</head>\n", html_uplot_css,
		   html_report_css);
}

/* A link to each heading of the second level: the headings are ours, escaped text holds no tag. */
static void add_sections(struct buf *to, const char *body)
{
	static const char begin[] = "<h2 id=\"";
	const char *at = body;

	buf_puts(to, "<nav aria-label=\"Sections\">");
	while ((at = strstr(at, begin))) {
		const char *id = at + sizeof(begin) - 1, *title = strchr(id, '>');
		const char *end = title ? strstr(title, "</h2>") : NULL;

		if (!end)
			break;
		buf_puts(to, "<a href=\"#");
		buf_add(to, id, strcspn(id, "\""));
		buf_puts(to, "\">");
		buf_add(to, title + 1, (size_t)(end - title - 1));
		buf_puts(to, "</a>\n");
		at = end;
	}
	buf_puts(to, "</nav>\n");
}

/* JSON in which nothing can end the element that holds it, or begin another. */
static void add_data(struct buf *to, const struct buf *json)
{
	buf_puts(to, "<script type=\"application/json\" id=\"data\">");
	for (size_t i = 0; i < json->len; i++)
		if (strchr("<>&", json->data[i]))
			buf_printf(to, "\\u%04x", (unsigned int)json->data[i]);
		else
			buf_add(to, json->data + i, 1);
	buf_puts(to, "</script>\n");
}

static void add_document(struct buf *to, const char *title, const struct buf *body,
			 const struct comparison *charts)
{
	struct buf data = BUF_INIT;

	add_head(to, title);
	buf_puts(to, "<body>\n");
	add_sections(to, body->data ? body->data : "");
	buf_puts(to, "<main>\n");
	buf_add(to, body->data, body->len);
	buf_puts(to, "</main>\n");
	if (charts && !compare_charts_data(&data, charts)) {
		add_data(to, &data);
		buf_printf(to, "<script>%s</script>\n<script>%s</script>\n", html_uplot_js,
			   html_report_js);
	}
	buf_puts(to, "</body>\n</html>\n");
	to->failed |= buf_failed(body) || buf_failed(&data);
	buf_free(&data);
}

void html_comparison(struct buf *to, const struct comparison *c, const struct notes *notes)
{
	struct buf body = BUF_INIT, title = BUF_INIT;

	buf_puts(&title, "tare: ");
	for (uint32_t i = 0; i < c->environments_n && i < 3; i++)
		buf_printf(&title, "%s%s", i ? ", " : "", c->environment[i].label);
	if (c->environments_n > 3)
		buf_puts(&title, ", ...");
	if (c->apart)
		apart_page(&(struct page){ &html_style, &body }, c, notes);
	else
		compare_page(&(struct page){ &html_style, &body }, c, notes);
	add_document(to, title.data ? title.data : "", &body, c);
	buf_free(&body);
	buf_free(&title);
}

void html_report(struct buf *to, const struct result *result, const struct comparison *charts)
{
	struct buf body = BUF_INIT, title = BUF_INIT;

	facts_title(&title, result);
	report_page(&(struct page){ &html_style, &body }, result, charts);
	add_document(to, title.data ? title.data : "", &body, charts);
	buf_free(&body);
	buf_free(&title);
}
