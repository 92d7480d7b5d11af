/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * score_table.c - tables of chances against tables of outcomes: the figures of score.py, without Python.
 *
 * A cell is a country, an origin and a column up_INDEX or down_INDEX. What is scored are the cells with an
 * outcome, a chance and, where there is a rival, its chance; in order of country, origin and column, which is the
 * order of every sum.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/learn.h>
#include <tocsin/stats.h>

struct cell {
	const char *unit;        /* as written, but 2.0 is 2 */
	double number;           /* of the unit; NAN: a name */
	int64_t origin;
	const char *column;
	double value;
	size_t place;            /* order of reading: the last counts */
};

struct cells {
	struct cell *v;
	size_t n, cap;
};

/* ---- reading ---- */

struct reading {
	struct csv csv;
	int unit, origin, version;
	const char *wanted;      /* version; NULL: any */
	bool outcomes;
};

static bool is_asked(const char *column)
{
	return str_starts(column, "up_") || str_starts(column, "down_");
}

static int read_open(struct reading *reading, const struct score_source *source, struct arena *arena, struct err *err)
{
	struct csv *csv = &reading->csv;
	size_t asked = 0;
	int r = csv_open(csv, source->name, source->text, source->len, ',', arena, err);

	if (r < 0)
		return r;
	reading->unit = csv_column(csv, "gwcode") >= 0 ? csv_column(csv, "gwcode") : csv_column(csv, "unit");
	if (reading->unit < 0)
		return err_set(err, ERR_DATA, "%s:1:1: no column \"gwcode\" or \"unit\"", csv->name);
	reading->origin = csv_need(csv, "origin", err);
	reading->version = csv_column(csv, "version");
	if (reading->origin < 0)
		return reading->origin;
	for (size_t k = 0; k < csv->n_columns; k++)
		asked += is_asked(csv->header[k]);
	if (asked == 0)
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: no column that begins with \"up_\" or \"down_\"", csv->name),
				"Each column is a direction and an index, such as \"up_v2x_pubcorr\".");
	return 0;
}

static int read_unit(const struct csv *csv, int column, struct arena *arena, struct cell *cell, struct err *err)
{
	const char *text = csv_text(csv, column);

	if (!text)
		return csv_error(csv, (size_t)column, err, "a row without a unit");
	cell->number = NAN;
	if (num_read(text, strlen(text), &cell->number) == 0 && fabs(cell->number) < 1e15) {
		cell->number = trunc(cell->number);
		cell->unit = arena_printf(arena, "%.0f", cell->number);
	} else {
		cell->unit = arena_dup(arena, text);
	}
	return 0;
}

static int read_values(const struct reading *reading, const struct cell *row, struct arena *arena, struct cells *cells,
		       struct err *err)
{
	const struct csv *csv = &reading->csv;

	for (size_t k = 0; k < csv->n_columns; k++) {
		const char *text = is_asked(csv->header[k]) ? csv_text(csv, (int)k) : NULL;
		struct cell cell = *row;

		if (!text || str_eq(text, "NA"))
			continue;
		if (num_read(text, strlen(text), &cell.value) < 0 || !(cell.value >= 0 && cell.value <= 1) ||
		    (reading->outcomes && cell.value != 0 && cell.value != 1))
			return csv_error(csv, k, err, "\"%.40s\" is no %s", text,
					 reading->outcomes ? "outcome, which is 0 or 1" : "chance, which lies within 0 and 1");
		cell.column = csv->header[k];
		cell.place = cells->n;
		*arena_push(arena, cells->v, cells->n, cells->cap) = cell;
	}
	return 0;
}

static int read_source(const struct score_source *source, const char *version, bool outcomes, struct arena *arena,
		       struct cells *cells, struct err *err)
{
	_cleanup_(arena_free) struct arena scratch = {0};
	struct reading reading = {.wanted = version, .outcomes = outcomes};
	struct csv *csv = &reading.csv;
	int r = read_open(&reading, source, arena, err);

	if (r < 0)
		return r;
	while ((r = csv_next(csv, &scratch, err)) == 1) {
		const char *of = csv_text(csv, reading.version), *year = csv_text(csv, reading.origin);
		struct cell row = {0};
		double origin;

		if (version && reading.version >= 0 && !str_eq(of, version)) {
			arena_reset(&scratch);
			continue;
		}
		if (!year || num_read(year, strlen(year), &origin) < 0 || fabs(origin) > 1e6)
			return csv_error(csv, (size_t)reading.origin, err, "a year was expected");
		row.origin = (int64_t)origin;
		if ((r = read_unit(csv, reading.unit, arena, &row, err)) < 0 ||
		    (r = read_values(&reading, &row, arena, cells, err)) < 0)
			return r;
		arena_reset(&scratch);
	}
	return r;
}

static int by_unit(const struct cell *a, const struct cell *b)
{
	if (isnan(a->number) != isnan(b->number))
		return isnan(a->number) ? 1 : -1;
	if (!isnan(a->number) && a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return strcmp(a->unit, b->unit);
}

static int by_key(const struct cell *a, const struct cell *b)
{
	int order = by_unit(a, b);

	if (order == 0)
		order = (a->origin > b->origin) - (a->origin < b->origin);
	return order ? order : strcmp(a->column, b->column);
}

static int by_place(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int order = by_key(x, y);

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Of all files in order, sorted, each cell once: the last. */
static int read_cells(const struct score_source *sources, size_t n, const char *version, bool outcomes,
		      struct arena *arena, struct cells *ret, struct err *err)
{
	struct cells cells = {0};
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		int r = read_source(&sources[i], version, outcomes, arena, &cells, err);

		if (r < 0)
			return r;
	}
	if (cells.n)
		qsort(cells.v, cells.n, sizeof *cells.v, by_place);
	for (size_t i = 0; i < cells.n; i++) {
		if (kept && by_key(&cells.v[kept - 1], &cells.v[i]) == 0)
			kept--;
		cells.v[kept++] = cells.v[i];
	}
	cells.n = kept;
	*ret = cells;
	return 0;
}

static int read_holdout(const struct score_source *source, struct arena *arena, struct cells *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena scratch = {0};
	struct csv csv;
	int r = csv_open(&csv, source->name, source->text, source->len, ',', arena, err), column;

	if (r < 0)
		return r;
	column = csv_column(&csv, "gwcode") >= 0 ? csv_column(&csv, "gwcode") : csv_need(&csv, "unit", err);
	if (column < 0)
		return column;
	while ((r = csv_next(&csv, &scratch, err)) == 1) {
		struct cell cell = {0};

		r = read_unit(&csv, column, arena, &cell, err);
		if (r < 0)
			return r;
		*arena_push(arena, ret->v, ret->n, ret->cap) = cell;
		arena_reset(&scratch);
	}
	return r;
}

/* ---- rows ---- */

struct scored {
	const struct cell *cell;
	double p, rival;
	unsigned char y;
};

struct scored_set {
	struct scored *v;
	size_t n, without;       /* outcomes that would count but have no chance */
};

static const struct cell *cell_find(const struct cells *cells, const struct cell *key)
{
	size_t low = 0, high = cells->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = by_key(&cells->v[middle], key);

		if (order == 0)
			return &cells->v[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool is_held(const struct cells *holdout, const struct cell *cell)
{
	for (size_t i = 0; i < holdout->n; i++)
		if (by_unit(&holdout->v[i], cell) == 0)
			return true;
	return false;
}

static void match(const struct score_request *request, const struct cells *outcomes, const struct cells *forecasts,
		  const struct cells *rivals, const struct cells *holdout, struct arena *arena, struct scored_set *ret)
{
	ret->v = arena_array(arena, struct scored, outcomes->n + 1);
	for (size_t i = 0; i < outcomes->n; i++) {
		const struct cell *cell = &outcomes->v[i], *p, *rival = NULL;

		if (cell->origin < request->from || cell->origin > request->to ||
		    (request->n_reference && !(rival = cell_find(rivals, cell))) ||
		    (request->countries != SCORE_ALL && is_held(holdout, cell) != (request->countries == SCORE_HELDOUT)))
			continue;
		p = cell_find(forecasts, cell);
		if (!p) {
			ret->without++;
			continue;
		}
		ret->v[ret->n++] = (struct scored){cell, p->value, rival ? rival->value : NAN, cell->value > .5};
	}
}

/* ---- figures ---- */

struct slots {
	double *p, *rival;
	unsigned char *y;
	size_t *cluster, n, n_clusters;
};

static const char *index_of(const struct cell *cell)
{
	return strchr(cell->column, '_') + 1;
}

static void slots_pick(const struct scored_set *set, const char *direction, const char *index, struct arena *arena,
		       struct slots *ret)
{
	const struct cell *last = NULL;

	*ret = (struct slots){arena_array(arena, double, set->n + 1), arena_array(arena, double, set->n + 1),
			      arena_array(arena, unsigned char, set->n + 1), arena_array(arena, size_t, set->n + 1), 0, 0};
	for (size_t i = 0; i < set->n; i++) {
		const struct scored *row = &set->v[i];

		if ((!str_eq(direction, "both") && !str_starts(row->cell->column, direction)) ||
		    (index && !str_eq(index_of(row->cell), index)))
			continue;
		ret->n_clusters += !last || by_unit(last, row->cell) != 0;
		last = row->cell;
		ret->p[ret->n] = row->p;
		ret->rival[ret->n] = row->rival;
		ret->y[ret->n] = row->y;
		ret->cluster[ret->n++] = ret->n_clusters - 1;
	}
}

static void put_figure(struct buf *table, double value)
{
	if (isnan(value))
		buf_putc(table, ',');
	else
		buf_printf(table, ",%.6f", value);
}

static void put_rival(const struct slots *slots, size_t draws, struct buf *table)
{
	struct paired paired = brier_paired(slots->p, slots->rival, slots->y, slots->cluster, slots->n, slots->n_clusters, draws);

	put_figure(table, brier_score(slots->rival, slots->y, slots->n));
	put_figure(table, log_score(slots->rival, slots->y, slots->n));
	put_figure(table, auc_score(slots->rival, slots->y, slots->n));
	put_figure(table, average_precision(slots->rival, slots->y, slots->n));
	put_figure(table, paired.diff);
	put_figure(table, paired.reach.low);
	put_figure(table, paired.reach.high);
}

static void put_row(const struct score_request *request, const struct slots *slots, const char *direction,
		    const char *index, struct buf *table)
{
	static const char *const countries[] = {"all", "public", "heldout"};
	struct reliability all;

	reliability_of(slots->p, slots->y, slots->n, &all);
	buf_printf(table, "%s,%lld-%lld,%s,%s,%zu,%zu", countries[request->countries], (long long)request->from,
		   (long long)request->to, direction, index ? index : "all", slots->n, all.events);
	put_figure(table, all.base);
	put_figure(table, brier_score(slots->p, slots->y, slots->n));
	put_figure(table, log_score(slots->p, slots->y, slots->n));
	put_figure(table, auc_score(slots->p, slots->y, slots->n));
	put_figure(table, average_precision(slots->p, slots->y, slots->n));
	put_figure(table, all.reliability);
	put_figure(table, all.resolution);
	put_figure(table, all.uncertainty);
	put_figure(table, all.ece);
	put_figure(table, ece_floor(slots->p, slots->n));
	put_figure(table, all.mean_p);
	for (int cost = 1; cost <= 3; cost++)
		put_figure(table, relative_value(slots->p, slots->y, slots->n, cost / 10.0));
	if (request->n_reference)
		put_rival(slots, request->draws, table);
	buf_putc(table, '\n');
}

/* ---- the table ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t indices_of(const struct scored_set *set, struct arena *arena, const char ***ret)
{
	const char **v = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < set->n; i++) {
		size_t k = 0;

		while (k < n && !str_eq(v[k], index_of(set->v[i].cell)))
			k++;
		if (k == n)
			*arena_push(arena, v, n, cap) = index_of(set->v[i].cell);
	}
	if (n)
		qsort(v, n, sizeof *v, by_text);
	*ret = v;
	return n;
}

static void put_table(const struct score_request *request, const struct scored_set *set, struct arena *arena,
		      struct buf *table)
{
	static const char *const directions[] = {"up", "down", "both"};
	const char **indices;
	size_t n_indices = request->per_space ? indices_of(set, arena, &indices) : 0;
	struct slots slots;

	buf_puts(table, "countries,years,direction,space,n,events,base,brier,log,auc_roc,auc_pr,rel,res,unc,ece,ece_floor,mean_p,"
			"value_10,value_20,value_30");
	buf_puts(table, request->n_reference ? ",ref_brier,ref_log,ref_auc_roc,ref_auc_pr,diff,diff_lo,diff_hi\n" : "\n");
	for (size_t d = 0; d < LENGTH(directions); d++) {
		slots_pick(set, directions[d], NULL, arena, &slots);
		put_row(request, &slots, directions[d], NULL, table);
	}
	for (size_t k = 0; k < n_indices; k++)
		for (size_t d = 0; d < 2; d++) {
			slots_pick(set, directions[d], indices[k], arena, &slots);
			put_row(request, &slots, directions[d], indices[k], table);
		}
}

static const char *look_for_alarm(const struct scored_set *set, struct arena *arena)
{
	struct slots slots;

	slots_pick(set, "both", NULL, arena, &slots);
	return learn_alarm(slots.n, brier_score(slots.p, slots.y, slots.n), auc_score(slots.p, slots.y, slots.n), arena);
}

int learn_score_table(const struct score_request *request, struct arena *arena, struct buf *table, size_t *ret_without,
		      const char **ret_alarm, struct err *err)
{
	struct cells outcomes = {0}, forecasts = {0}, rivals = {0}, holdout = {0};
	struct scored_set set = {0};
	int r;

	if ((r = read_cells(request->outcomes, request->n_outcomes, NULL, true, arena, &outcomes, err)) < 0 ||
	    (r = read_cells(request->forecasts, request->n_forecasts, request->version, false, arena, &forecasts, err)) < 0 ||
	    (r = read_cells(request->reference, request->n_reference, request->reference_version, false, arena, &rivals,
			    err)) < 0 ||
	    (request->holdout && (r = read_holdout(request->holdout, arena, &holdout, err)) < 0))
		return r;
	match(request, &outcomes, &forecasts, &rivals, &holdout, arena, &set);
	if (set.n == 0)
		return err_hint(err, err_set(err, ERR_DATA, "no rows to score: %zu outcomes, %zu chances%s", outcomes.n,
					     forecasts.n, request->n_reference ? ", and the rival's" : ""),
				"Country, origin and column must agree, and --years and --countries leave some.");
	put_table(request, &set, arena, table);
	*ret_without = set.without;
	*ret_alarm = look_for_alarm(&set, arena);
	return 0;
}
