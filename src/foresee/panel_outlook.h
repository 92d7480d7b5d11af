/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_outlook.h - a panel read, and the outlook of its origin. */
#ifndef FORESEE_PANEL_OUTLOOK_H
#define FORESEE_PANEL_OUTLOOK_H

#include <tocsin/foresee.h>

#include "foresee/outlook.h"

/* ERR_DATA when the table is bad or has no row of the origin. */
int panel_read(const struct foresee_panel *request, struct arena *arena, struct history *ret, struct err *err);
/* ERR_DATA when no model can learn. To be closed; the history and the arena must outlive it. */
int panel_outlook(const struct foresee_panel *request, const struct history *history, struct arena *arena,
		  struct outlook *ret, struct err *err);

#endif
