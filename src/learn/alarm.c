/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alarm.c - scores that nobody reaches who does not know the future.
 *
 * The published test scores of the field, Brier .068 and AUC .887, come from labels that hold half of the years
 * being forecast; the same forest without them has .102 and .758, the best honest one .093 and .81. So what comes
 * near the former leaks. A round is kept all the same: the score says so, and the commands that learn fail in the end.
 */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/resolved.h"

#define TWO_YEARS 2

const char *learn_alarm(size_t n, double brier, double auc, struct arena *arena)
{
	if (n < LEARN_ALARM_ROWS || !(auc > LEARN_ALARM_AUC || brier < LEARN_ALARM_BRIER))
		return NULL;
	return arena_printf(arena, "%s: AUC %.3f and Brier %.4f on %zu resolved chances of spaces; above %.2f, or below %.3f, "
				   "something that was not known then was read", LEARN_ALARM, auc, brier, n, LEARN_ALARM_AUC,
			    LEARN_ALARM_BRIER);
}

bool score_alarms(const struct score *score)
{
	return score->verdict && str_starts(score->verdict, LEARN_ALARM);
}

void learn_alarms(const struct resolved_set *set, struct records *out)
{
	_cleanup_(arena_free) struct arena scratch = {0};
	double *p = arena_array(&scratch, double, set->n + 1);
	unsigned char *y = arena_array(&scratch, unsigned char, set->n + 1);

	for (size_t m = 0; m < n_learn_members; m++) {
		struct score *score = pooled_find(out, "all", learn_members[m].name);
		const char *alarm;
		size_t n = 0;

		for (size_t i = 0; i < set->n && score; i++) {
			const struct resolved *row = &set->v[i];

			if (!row->asked.is_space || row->horizon != TWO_YEARS || isnan(row->p[m]))
				continue;
			p[n] = row->p[m];
			y[n++] = row->y;
		}
		alarm = learn_alarm(n, brier_score(p, y, n), auc_score(p, y, n), out->arena);
		if (alarm)
			score->verdict = alarm;
	}
}
