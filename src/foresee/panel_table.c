/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_table.c - forecasts of a panel as tables, and why some cells are empty. */
#include <math.h>

#include <tocsin/foresee.h>

#include "foresee/conformal.h"
#include "foresee/outlook_interval.h"
#include "foresee/panel_outlook.h"
#include "foresee/skill.h"

bool *history_borders(const struct history *history, const struct atlas *atlas, struct arena *arena)
{
	size_t n = history->n_units;
	bool *borders, any = false;

	for (size_t u = 0; u < n; u++)   /* beside regions, neighbours add more noise than news (docs/methods/spaces.md) */
		if (history->units[u].region != INT_MISSING)
			return NULL;
	if (!atlas)
		return NULL;
	borders = arena_array(arena, bool, n * n + 1);
	for (size_t i = 0; i < atlas->n_borders; i++)
		for (size_t a = 0; a < n; a++) {
			if (!history->units[a].iso3 || !str_eq(history->units[a].iso3, atlas->borders[i].unit))
				continue;
			for (size_t b = 0; b < n; b++)
				if (a != b && str_eq(history->units[b].iso3, atlas->borders[i].other))
					any = borders[a * n + b] = borders[b * n + a] = true;
		}
	return any ? borders : NULL;
}

static void put_rounded(struct buf *buf, double value)
{
	char number[32];

	if (!isnan(value) && num_write(num_round(value), number))
		buf_puts(buf, number);
}

/* Cases of the origin stand by unit, space, opening before closing; a missing one is passed over. */
static void put_forecasts(const struct outlook *outlook, struct buf *buf)
{
	const struct cases *cases = &outlook->cases;
	const struct history *history = cases->history;
	size_t at = 0;

	buf_puts(buf, "gwcode,origin");
	for (size_t space = 0; space < cases->n_spaces; space++)
		buf_printf(buf, ",up_%s,down_%s", cases->spaces[space].name, cases->spaces[space].name);
	buf_putc(buf, '\n');
	for (size_t unit = 0; unit < history->n_units; unit++) {
		if (!history_listed(history, unit, cases->origin))
			continue;
		csv_put(buf, history->units[unit].name, ',');
		buf_printf(buf, ",%lld", (long long)cases->origin);
		for (size_t cell = 0; cell < 2 * cases->n_spaces; cell++) {
			const struct case_key *key = at < outlook->now.n ? &cases->key[outlook->now.row[at]] : NULL;

			buf_putc(buf, ',');
			if (key && key->unit == unit && key->space == cell / 2 && (key->direction < 0) == cell % 2)
				put_rounded(buf, outlook->now.p[at++]);
		}
		buf_putc(buf, '\n');
	}
}

static void put_detail(const struct outlook *outlook, struct buf *buf)
{
	const struct cases *cases = &outlook->cases;
	struct chance_scatter scatter;
	struct skill_said skill[2];

	outlook_scatter(outlook, &scatter);
	skill_learn(outlook, 1, &skill[0]);
	skill_learn(outlook, -1, &skill[1]);
	buf_puts(buf, "gwcode,origin,index,direction,p,lo90,hi90,base_rate,country_rate");
	for (size_t m = 0; m < n_learners; m++)
		buf_printf(buf, ",%s", learners[m]->name);
	buf_puts(buf, ",skill\n");
	for (size_t i = 0; i < outlook->now.n; i++) {
		const struct case_key *key = &cases->key[outlook->now.row[i]];
		struct interval reach = outlook_interval(outlook, &scatter, i, .9);
		double numbers[] = {outlook->now.p[i], reach.low, reach.high, outlook->now.base_rate[i],
				    outlook->now.country_rate[i]};

		csv_put(buf, cases->history->units[key->unit].name, ',');
		buf_printf(buf, ",%lld,%s,%s", (long long)cases->origin, cases->spaces[key->space].name,
			   key->direction > 0 ? "opening" : "closing");
		for (size_t k = 0; k < LENGTH(numbers); k++) {
			buf_putc(buf, ',');
			put_rounded(buf, numbers[k]);
		}
		for (size_t m = 0; m < n_learners; m++) {
			buf_putc(buf, ',');
			put_rounded(buf, outlook->now.member[m][i]);
		}
		buf_putc(buf, ',');
		csv_put(buf, skill[key->direction < 0].words, ',');
		buf_putc(buf, '\n');
	}
}

/* Cells without a forecast, a line for each country. */
static void say_refused(const struct cases *cases, struct buf *said)
{
	const struct history *history = cases->history;

	for (size_t unit = 0; unit < history->n_units; unit++) {
		size_t blank = 0;

		if (!history_listed(history, unit, cases->origin))
			continue;
		for (size_t space = 0; space < cases->n_spaces; space++)
			blank += isnan(history_value(history, cases->origin, space, unit, cases->origin));
		if (blank == cases->n_spaces)
			buf_printf(said, "unit %s: no forecast: every index is blank in %lld\n", history->units[unit].name,
				   (long long)cases->origin);
		for (size_t space = 0; space < cases->n_spaces && blank < cases->n_spaces; space++)
			if (isnan(history_value(history, cases->origin, space, unit, cases->origin)))
				buf_printf(said, "unit %s: no forecast of %s: it is blank in %lld\n", history->units[unit].name,
					   cases->spaces[space].name, (long long)cases->origin);
	}
}

static void say_silent(const struct outlook *outlook, struct buf *said)
{
	for (size_t m = 0; m < n_learners; m++)
		if (outlook->silent[m])
			buf_printf(said, "%s does not speak: %s\n", learners[m]->name, outlook->silent[m]);
	if (!outlook->stacked)
		buf_puts(said, "too few resolved cases to weigh the models: all count the same, nothing is calibrated\n");
	for (int side = 0; side < 2; side++)
		if (outlook->drift[side].since != INT_MISSING)
			buf_printf(said, "%s come true otherwise than was said since %lld (drift)\n",
				   side ? "closings" : "openings", (long long)outlook->drift[side].since);
}

int foresee_panel_run(const struct foresee_panel *request, struct buf *ret, struct buf *detail, struct buf *paths,
		      struct buf *said, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	struct outlook outlook;
	int r = panel_read(request, &arena, &history, err);

	if (r == 0)
		r = panel_outlook(request, &history, &arena, &outlook, err);
	if (r < 0)
		return r;
	put_forecasts(&outlook, ret);
	if (detail)
		put_detail(&outlook, detail);
	say_refused(&outlook.cases, said);
	say_silent(&outlook, said);
	outlook_close(&outlook);
	if (paths)
		r = paths_forecast(&history, six_spaces, N_SIX_SPACES, request->origin, request->seed, &arena, paths, err);
	return r;
}
