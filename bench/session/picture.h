/* SPDX-License-Identifier: MIT */
/* The picture of a run on the appliance's screens: when it is drawn, and what that costs. */
#ifndef TARE_SESSION_PICTURE_H
#define TARE_SESSION_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "render/live.h"
#include "ui/console.h"

struct picture {
	struct live live;
	struct sheet shown;
	uint32_t line_row;	  /* of the line that lives */
	bool on;		  /* there is a screen, and it is ours */
	struct live_count before; /* at the last look at running jobs */
	uint64_t phase_ns;	  /* since when bytes are read or written beside measuring */
	uint32_t phase;		  /* enum board_phase */
	/* Of lines that were drawn while a window was open: how many, how many bytes, and the CPU
	 * time they took of this thread, the terminal's driver included. */
	uint64_t drawn_n, drawn_bytes, drawn_cpu_ns, drawn_most_ns;
};

/* Takes the screens, where there are any that are large enough, and shows all but the line. */
void picture_begin(struct picture *p, struct consoles *consoles, const struct live *live);

/* Shows everything as it is now; the line becomes `line`. Not while a window is open. */
void picture_draw(struct picture *p, struct consoles *consoles, const char *line);

/* Shows another line, and leaves the rest as it is. */
void picture_line(struct picture *p, struct consoles *consoles, const char *line);

/* The line of a running step, while its window is open. */
void picture_tick(struct picture *p, struct consoles *consoles, const struct plan *plan,
		  const struct board *board);

/* The line while `what` is done beside measuring. */
void picture_progress(struct picture *p, struct consoles *consoles, const char *what,
		      const struct board *board);

/* Gives the screens back, empty. */
void picture_end(struct picture *p, struct consoles *consoles);

#endif
