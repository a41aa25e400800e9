/* SPDX-License-Identifier: MIT */
/* Files that every HTML page holds, as they are: its own and uPlot's. */
#ifndef TARE_RENDER_HTML_PARTS_H
#define TARE_RENDER_HTML_PARTS_H

extern const char html_uplot_licence[], html_uplot_css[], html_uplot_js[];
extern const char html_report_css[], html_report_js[];

#endif
