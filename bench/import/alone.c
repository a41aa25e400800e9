// SPDX-License-Identifier: MIT
/* A report with charts, from a result alone. */
#include "import/alone.h"

#include <errno.h>

#include "compare/compare.h"
#include "import/samples.h"
#include "import/tare_json.h"
#include "render/html.h"

int alone_html(struct buf *to, const struct result *result)
{
	struct samples samples = { .detailed = true };
	struct comparison c = { 0 };
	int ret = tare_json_add(&samples, result, "");

	if (!ret && !samples.run[0].label)
		ret = samples_set_label(&samples.run[0], result->run);
	ret = ret ? ret : compare(&c, &samples, NULL);
	if (!ret) {
		html_report(to, result, &c);
		compare_free(&c);
	}
	samples_free(&samples);
	return ret || buf_failed(to) ? -ENOMEM : 0;
}
