/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_outlook.c - from the text of a panel to the forecasts of its origin. */
#include "foresee/panel_outlook.h"
#include "foresee/skill.h"

int panel_read(const struct foresee_panel *request, struct arena *arena, struct history *ret, struct err *err)
{
	struct history history;
	int64_t last;
	int r = history_read(request->name, request->text, request->len, six_spaces, N_SIX_SPACES, request->origin, arena,
			     &history, err);

	if (r < 0)
		return r;
	last = history.first + (int64_t)history.n_years - 1;
	if (last < request->origin)
		return err_hint(err, err_set(err, ERR_DATA, "%s: no row of %lld", request->name, (long long)request->origin),
				"The origin is the last year that is known; the newest row is of %lld.", (long long)last);
	*ret = history;
	return 0;
}

int panel_outlook(const struct foresee_panel *request, const struct history *history, struct arena *arena,
		  struct outlook *ret, struct err *err)
{
	struct outlook_setup setup = {.history = history, .spaces = six_spaces, .n_spaces = N_SIX_SPACES,
				      .rule = request->one_year ? RULE_ONE_YEAR : RULE_TWO_YEAR, .origin = request->origin,
				      .seed = request->seed, .threads = request->threads};

	setup.borders = history_borders(history, request->atlas, arena);
	return outlook_make(&setup, arena, ret, err);
}
