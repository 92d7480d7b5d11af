/* SPDX-License-Identifier: GPL-3.0-or-later */
/* skill.h - what the ensemble was worth on the resolved cases beside the base rate and the country rate. */
#ifndef FORESEE_SKILL_H
#define FORESEE_SKILL_H

#include "foresee/outlook.h"

struct skill_said {
	size_t n, events;
	double brier;
	double gain[2];              /* Brier of the base rate, of the country rate, minus ours; NAN without cases */
	struct interval reach[2];    /* 90 %, countries resampled */
	char words[300];             /* "no skill shown" unless both intervals lie above 0 */
};

/* Of one direction: 1 opening, -1 closing; 0 both. */
void skill_learn(const struct outlook *outlook, int direction, struct skill_said *ret);

/* Whose land touches whose, by iso3; NULL when the atlas knows none, or the panel has regions. */
struct atlas;
bool *history_borders(const struct history *history, const struct atlas *atlas, struct arena *arena);

#endif
