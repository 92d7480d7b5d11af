/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spaces.h - forecasts of the democratic spaces from the loop's records. */
#ifndef FORESEE_SPACES_H
#define FORESEE_SPACES_H

#include <tocsin/foresee.h>
#include <tocsin/stats.h>

/* Forecasts of every unit with an index of the newest year; none, without an error, where too little is known to learn. */
int foresee_spaces(const struct foresee_setup *setup, const struct records *known, const struct panel *pressure,
		   struct records *out, struct err *err);

#define LEARNED_SETTINGS 4

/*
 * The map that learn wrote for a question, if it is to be used: a drift was flagged, or somebody pinned it. `from`:
 * drift.QUESTION.since and calibration.QUESTION.a, b, c; NULL where there is none. The arena is for names.
 */
bool learned_map(const struct records *known, const char *question, struct arena *arena, struct beta_map *map,
		 const struct setting *from[LEARNED_SETTINGS]);

#endif
