/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_decide.c - what acting on the forecasts of a panel would have been worth. */
#include <math.h>

#include "foresee/decision.h"
#include "foresee/panel_outlook.h"

struct slice {
	int direction;       /* 0: both */
	size_t space;        /* n_spaces: all */
};

/* The resolved forecasts of a slice. */
static size_t take_rows(const struct outlook *outlook, const struct slice *slice, struct decision_row *rows)
{
	const struct cases *cases = &outlook->cases;
	size_t n = 0;

	for (size_t i = 0; i < outlook->past.n; i++) {
		size_t row = outlook->past.row[i];
		const struct case_key *key = &cases->key[row];
		bool event = cases->y[row] == EVENT_YES;

		if ((slice->direction && key->direction != slice->direction) ||
		    (slice->space < cases->n_spaces && key->space != slice->space))
			continue;
		rows[n++] = (struct decision_row){.p = outlook->past.p[i], .y = event, .unit = key->unit, .origin = key->year,
						  .years = !event ? 0 : cases->next[0][row] == EVENT_YES ? 1 : 2};
	}
	return n;
}

static void put_real(struct buf *buf, double value)
{
	char number[32];

	buf_putc(buf, ',');
	if (!isnan(value) && num_write(num_round(value), number))
		buf_puts(buf, number);
}

static void put_decision(struct buf *buf, const struct outlook *outlook, const struct slice *slice,
			 const struct decision *decision)
{
	const struct cases *cases = &outlook->cases;

	buf_printf(buf, "%s,%s", slice->direction > 0 ? "opening" : slice->direction < 0 ? "closing" : "all",
		   slice->space < cases->n_spaces ? cases->spaces[slice->space].name : "all");
	put_real(buf, decision->cost_loss);
	buf_printf(buf, ",%zu,%zu,%zu,%zu", decision->n, decision->origins, decision->events, decision->alerts);
	put_real(buf, decision->alerts_a_year);
	buf_printf(buf, ",%zu,%zu,%zu", decision->hits, decision->false_alarms, decision->misses);
	put_real(buf, decision->hit_rate);
	put_real(buf, decision->hit_reach.low);
	put_real(buf, decision->hit_reach.high);
	put_real(buf, decision->value);
	put_real(buf, decision->value_reach.low);
	put_real(buf, decision->value_reach.high);
	put_real(buf, decision->lead_months);
	buf_putc(buf, '\n');
}

static void put_table(const struct outlook *outlook, const double *costs, size_t n_costs, struct arena *arena, struct buf *buf)
{
	static const int directions[] = {-1, 1, 0};
	struct decision_row *rows = arena_array(arena, struct decision_row, outlook->past.n + 1);
	size_t spaces = outlook->cases.n_spaces, units = outlook->cases.history->n_units;

	buf_puts(buf, "direction,index,cost_loss,n,origins,events,alerts,alerts_a_year,hits,false_alarms,misses,"
		      "hit_rate,hit_lo90,hit_hi90,value,value_lo90,value_hi90,lead_months\n");
	for (size_t d = 0; d < LENGTH(directions); d++)
		for (size_t space = directions[d] ? 0 : spaces; space <= spaces; space++) {
			const struct slice slice = {directions[d], space};
			size_t n = take_rows(outlook, &slice, rows);

			for (size_t k = 0; k < n_costs; k++) {
				struct decision decision;

				decision_make(rows, n, units, costs[k], outlook->seed, &decision);
				put_decision(buf, outlook, &slice, &decision);
			}
		}
}

int foresee_panel_decide(const struct foresee_panel *request, const double *costs, size_t n_costs, struct buf *ret,
			 struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	struct outlook outlook;
	int r = panel_read(request, &arena, &history, err);

	if (r == 0)
		r = panel_outlook(request, &history, &arena, &outlook, err);
	if (r < 0)
		return r;
	if (outlook.past.n > 0)
		put_table(&outlook, costs, n_costs, &arena, ret);
	else
		r = err_hint(err, err_set(err, ERR_DATA, "%s: no forecast is resolved at %lld", request->name,
					  (long long)request->origin),
			     "Earlier origins need enough years before them to learn from; see \"tocsin foresee\".");
	outlook_close(&outlook);
	return r;
}
