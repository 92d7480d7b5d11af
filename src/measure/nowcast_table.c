/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nowcast_table.c - the nowcast of a yearly table, from monthly tables and events. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/civic.h"
#include "measure/nowcast.h"
#include "measure/source_table.h"

#define MAX_YEARS 1000

struct job {
	const struct nowcast_request *request;
	struct arena *arena;
	struct unit_finder finder;
	struct source_table index, *indicators;
	size_t n_indicators;
	struct nowcast_panel panel;
	double **inputs;             /* by unit */
	int64_t last;                /* month */
	struct civic_unit *with_events;
	size_t n_with_events;
	struct nowcast_models models;
	struct nowcast_score score;
};

static void newest_month(const struct source_table *table, int64_t *last)
{
	for (size_t i = 0; i < table->n_cells; i++)
		if (table->cells[i].month != INT_MISSING && table->cells[i].month > *last)
			*last = table->cells[i].month;
}

static int read_tables(struct job *job, struct err *err)
{
	const struct nowcast_request *request = job->request;
	int r = source_table_read(request->index, &job->finder, job->arena, &job->index, err);

	job->indicators = arena_array(job->arena, struct source_table, request->n_indicators + 1);
	for (size_t i = 0; i < request->n_indicators && r == 0; i++) {
		r = source_table_read(&request->indicators[i], &job->finder, job->arena, &job->indicators[i], err);
		job->n_indicators += r == 0;
	}
	if (r < 0)
		return r;
	if (job->index.n_indicators > 1)
		return err_hint(err, err_set(err, ERR_DATA, "%s: %zu indicators, expected one index", job->index.file,
					     job->index.n_indicators), "Name its column: --index NAME:COLUMN=FILE.");
	for (size_t i = 0; i < job->index.n_cells; i++)
		if (job->index.cells[i].month == INT_MISSING)
			return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: no column \"year\"", job->index.file),
					"The index needs a unit, a year and a value in each row.");
	return 0;
}

static void find_last(struct job *job)
{
	const struct nowcast_request *request = job->request;

	job->last = request->until;
	if (job->last != INT_MISSING)
		return;
	job->last = INT64_MIN;
	newest_month(&job->index, &job->last);
	for (size_t i = 0; i < job->n_indicators; i++)
		newest_month(&job->indicators[i], &job->last);
	for (size_t i = 0; request->events && i < request->events->n; i++) {
		const struct record *r = request->events->v[i];

		if (r->kind == &kind_event && instant_is_set(r->valid_from) &&
		    instant_month(r->valid_from) > job->last)
			job->last = instant_month(r->valid_from);
	}
}

/* ---- units ---- */

/* The years of one unit; false when none has a value. */
static bool read_years(const struct job *job, size_t first, size_t past, struct nowcast_unit *unit)
{
	const struct source_cell *cells = job->index.cells;
	double *y, *sd;
	int64_t last = cells[past - 1].month / 12;

	unit->unit = cells[first].unit;
	unit->first_year = cells[first].month / 12;
	while (last * 12 + 11 > job->last)   /* a year that ends after the last month asked for */
		last--;
	if (last < unit->first_year || last - unit->first_year >= MAX_YEARS)
		return false;
	unit->years = (size_t)(last - unit->first_year + 1);
	unit->months = (size_t)(job->last - unit->first_year * 12 + 1);
	if (unit->months > (MAX_YEARS + 2) * 12)
		return false;
	y = arena_array(job->arena, double, unit->years);
	sd = arena_array(job->arena, double, unit->years);
	for (size_t i = 0; i < unit->years; i++)
		y[i] = sd[i] = NAN;
	for (size_t i = first; i < past; i++) {
		int64_t year = cells[i].month / 12 - unit->first_year;

		if (year >= 0 && (size_t)year < unit->years) {
			y[year] = cells[i].value;
			sd[year] = cells[i].sd;
		}
	}
	unit->y = y;
	unit->sd = sd;
	return true;
}

/* One indicator of a unit by month, into every `width`th cell of v. */
static void read_indicator(const struct source_table *table, uint32_t indicator, const struct nowcast_unit *unit,
			   double *v,
			   size_t width)
{
	size_t first, past;

	for (size_t t = 0; t < unit->months; t++)
		v[t * width] = NAN;
	if (!source_table_unit(table, unit->unit, &first, &past))
		return;
	for (size_t i = first; i < past; i++) {
		int64_t t = table->cells[i].month - unit->first_year * 12;

		if (table->cells[i].indicator == indicator && table->cells[i].month != INT_MISSING && t >= 0 &&
		    (size_t)t < unit->months)
			v[(size_t)t * width] = table->cells[i].value;
	}
}

static double *read_raw(const struct job *job, const struct nowcast_unit *unit)
{
	size_t width = job->panel.inputs / 2, k = 0;
	double *raw = arena_array(job->arena, double, unit->months * width + 1);
	double *balance = arena_array(job->arena, double, unit->months + 1);

	for (size_t i = 0; i < job->n_indicators; i++)
		for (uint32_t n = 0; n < job->indicators[i].n_indicators; n++, k++)
			read_indicator(&job->indicators[i], n, unit, raw + k, width);
	if (job->request->events) {
		nowcast_balance(civic_unit_find(job->with_events, job->n_with_events, unit->unit),
				unit->first_year * 12,
				unit->months, balance);
		for (size_t t = 0; t < unit->months; t++)
			raw[t * width + k] = balance[t];
	}
	return raw;
}

static int make_panel(struct job *job, struct err *err)
{
	struct nowcast_panel *panel = &job->panel;
	size_t n_inputs = job->request->events ? 1 : 0;
	double **raw;

	for (size_t i = 0; i < job->n_indicators; i++)
		n_inputs += job->indicators[i].n_indicators;
	if (2 * n_inputs > NOWCAST_INPUTS)
		return err_hint(err, err_set(err, ERR_DATA, "%zu monthly indicators, expected at most %d", n_inputs,
					     NOWCAST_INPUTS / 2),
							"Name those that count: --indicator NAME:COLUMN+COLUMN=FILE.");
	panel->inputs = 2 * n_inputs;
	panel->lag = job->request->lag;
	panel->units = arena_array(job->arena, struct nowcast_unit, job->index.n_cells + 1);
	job->inputs = arena_array(job->arena, double *, job->index.n_cells + 1);
	raw = arena_array(job->arena, double *, job->index.n_cells + 1);
	for (size_t first = 0, past; first < job->index.n_cells; first = past) {
		struct nowcast_unit *unit = &panel->units[panel->n];

		for (past = first; past < job->index.n_cells &&
		     job->index.cells[past].unit == job->index.cells[first].unit; past++)
			;
		if (!read_years(job, first, past, unit))
			continue;
		raw[panel->n] = read_raw(job, unit);
		job->inputs[panel->n++] = arena_array(job->arena, double, unit->months * panel->inputs + 1);
	}
	nowcast_inputs(panel, raw, job->inputs);
	return 0;
}

/* ---- writing ---- */

static void put_cell(struct buf *buf, double value)
{
	char text[32];

	num_write(num_round(value), text);
	buf_printf(buf, ",%s", text);
}

static void put_unit(const struct job *job, const struct nowcast_unit *unit, struct buf *table)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct nowcast_point *now = arena_array(&room, struct nowcast_point, unit->months);
	struct nowcast_point *then = arena_array(&room, struct nowcast_point, unit->months);
	double carried = NAN;
	int64_t newest = -1;

	nowcast_run(&job->panel, &job->models, unit, now, then, NULL);
	for (size_t t = 0; t < unit->months; t++) {
		int64_t end = (int64_t)t - job->panel.lag;
		char month[40];

		if (end >= 11 && end % 12 == 11 && (size_t)(end / 12) < unit->years && !isnan(unit->y[end / 12])) {
			carried = unit->y[end / 12];
			newest = end / 12;
		}
		if (isnan(now[t].value))
			continue;
		instant_write(instant_of_month(unit->first_year * 12 + (int64_t)t), month);
		buf_printf(table, "%s,%s", unit->unit, month);
		put_cell(table, now[t].value);
		put_cell(table, now[t].low);
		put_cell(table, now[t].high);
		put_cell(table, then[t].value);
		put_cell(table, then[t].low);
		put_cell(table, then[t].high);
		put_cell(table, carried);
		buf_printf(table, ",%lld\n", (long long)(unit->first_year + newest));
	}
}

static void say_score(const struct job *job, struct buf *said)
{
	const struct nowcast_score *s = &job->score;

	buf_printf(said, "units: %zu, with releases foretold: %zu; releases: %zu\n", job->panel.n, s->units,
		   s->releases);
	if (s->releases == 0) {
		buf_puts(said, "no skill shown: too few units or releases to judge\n");
		return;
	}
	buf_printf(said, "releases foretold by models of other units: RMSE %.5f; last release carried forward %.5f; "
		   "without monthly inputs %.5f\n", s->rmse, s->rmse_carried, s->rmse_without);
	buf_printf(said,
		   "gain on the last release %.1f %% (90 %%: %.1f to %.1f); of the inputs %.1f %% (%.1f to %.1f)\n",
		   100 * s->gain, 100 * s->gain_low, 100 * s->gain_high, 100 * s->input_gain, 100 * s->input_low,
		   100 * s->input_high);
	buf_printf(said, "releases inside the 90 %% interval: %.1f %%\n", 100 * s->coverage);
	buf_printf(said, "%s\n", s->skill ? "skill shown"
		   : "no skill shown against carrying the last release forward");
}

static void say_model(const struct job *job, struct buf *said)
{
	const struct nowcast_models *models = &job->models;
	const struct nowcast_model *m = &models->of[models->chance[1] > models->chance[0]];

	buf_printf(said,
		   "a release speaks of the year's mean (%.0f %%) or of December (%.0f %%); %g of its stated error counts\n",
		   100 * models->chance[0], 100 * models->chance[1], m->error_scale);
	if (!models->taught)
		buf_puts(said, "no unit has moved between two releases: intervals are not known\n");
	if (m->inputs == 0) {
		buf_puts(said, "monthly inputs: left out\n");
		return;
	}
	buf_puts(said, "loadings of the monthly inputs:");
	for (size_t i = 0; i < m->inputs; i++)
		buf_printf(said, " %.5f (sd %.5f)", m->loading[i], sqrt(m->loading_cov[i * m->inputs + i]));
	buf_putc(said, '\n');
}

static int run(struct job *job, struct buf *table, struct buf *said, struct err *err)
{
	int r = read_tables(job, err);

	if (r < 0)
		return r;
	find_last(job);
	if (job->request->events)
		civic_add_events(civic_frame_new(job->arena), job->request->events,
				 (struct instant){.usec = instant_last(instant_of_month(job->last)),
						.precision = INSTANT_SECOND},
				 job->arena, &job->with_events, &job->n_with_events);
	r = make_panel(job, err);
	if (r < 0)
		return r;
	nowcast_learn(&job->panel, NULL, &job->models);
	nowcast_judge(&job->panel, job->request->seed, &job->score);
	buf_puts(table, "unit,month,nowcast,low,high,revised,revised_low,revised_high,carried,last_release\n");
	for (size_t i = 0; i < job->panel.n; i++)
		put_unit(job, &job->panel.units[i], table);
	say_model(job, said);
	say_score(job, said);
	return 0;
}

int measure_nowcast(const struct nowcast_request *request, struct buf *table, struct buf *said, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct job job = {.request = request, .arena = &arena};
	int r;

	unit_finder_open(&job.finder, request->atlas, &arena);
	r = run(&job, table, said, err);
	source_table_free(&job.index);
	for (size_t i = 0; i < job.n_indicators; i++)
		source_table_free(&job.indicators[i]);
	return r;
}
