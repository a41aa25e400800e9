// SPDX-License-Identifier: MIT
/* Puts files into the program as strings; paths are relative to the project's root, where the
 * compiler runs, or to build/npm. */
#include "render/html_parts.h"

#define PART(id, file)                                                                             \
	__asm__(".pushsection .rodata\n.global " #id "\n" #id ": .incbin \"" file "\"\n"           \
		".byte 0\n.popsection\n")

PART(html_uplot_licence, "uplot/LICENSE");
PART(html_uplot_css, "uplot/dist/uPlot.min.css");
PART(html_uplot_js, "uplot/dist/uPlot.iife.min.js");
PART(html_report_css, "bench/render/html/report.css");
PART(html_report_js, "bench/render/html/report.js");
