/* SPDX-License-Identifier: GPL-3.0-or-later */
/* effects.c - the rows: estimates of a group, pooled, by year and by unit, and what is said of them. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/effect_group.h"

#define MAX_VALUE 1e100      /* its square is a number */
#define POOR_SHARE 0.34      /* of the treated that fit poorly: their mean tells nothing */
#define DRIFT_P 0.01         /* what the years held out may not fall below */

struct rows {
	struct effect *v;
	size_t n, cap;
};

/* ---- rows ---- */

static double fit_error(const struct effect_group *group, size_t from, size_t past)
{
	double squares = 0;

	for (size_t i = from; i < past; i++)
		squares += pow(group->units[i].design->gaps[group->method].fit[group->units[i].row], 2);
	return sqrt(squares / (double)(past - from));
}

static struct effect *add_row(struct effect_group *group, struct rows *rows, enum effect_scope scope)
{
	struct effect *row = arena_push(group->arena, rows->v, rows->n, rows->cap);

	*row = (struct effect){.scope = scope, .manner = group->manner, .effect = NAN, .low = NAN, .high = NAN,
			       .p = NAN, .p_all = NAN, .fit_error = NAN, .held_error = NAN, .drift_p = NAN,
			       .method = group->method};
	return row;
}

/* Estimates of units[from..past) into a row. */
static void fill_row(const struct effect_group *group, struct effect *row, size_t from, size_t past)
{
	const struct placebo_unit *units = group->units + from;
	enum placebo_figure figure = row->scope == EFFECT_YEAR ? PLACEBO_YEAR : PLACEBO_MEAN;
	struct placebo_answer answer = placebo_compare(units, past - from, group->method, figure, row->year,
						       group->setup);
	struct placebo_answer held = placebo_compare(units, past - from, group->method, PLACEBO_HELD, 0,
						     group->setup);

	row->effect = answer.mean;
	row->low = answer.mean - answer.reach;
	row->high = answer.mean + answer.reach;
	row->p = row->p_all = answer.p;
	row->treated = answer.units;
	row->donors = past - from == 1 ? answer.donors : group->donors;
	row->drift_p = held.p;
	row->fit_error = fit_error(group, from, past);
	row->held_error = past - from == 1 ? sqrt(units->design->gaps[group->method].held_square)
			: effect_group_held_error(group, group->method);
	row->before = SIZE_MAX;
	for (size_t i = 0; i < past - from; i++) {
		row->before = units[i].design->before < row->before ? units[i].design->before : row->before;
		row->after = units[i].design->after > row->after ? units[i].design->after : row->after;
	}
}

/* Holm's p over rows[from..past) of one scope: no more than one time in 1 / p is any of them claimed by chance. */
static void holm(struct effect *rows, size_t from, size_t past, enum effect_scope scope)
{
	size_t n = 0;

	for (size_t i = from; i < past; i++)
		n += rows[i].scope == scope && !isnan(rows[i].p);
	for (size_t i = from; i < past; i++) {
		if (rows[i].scope != scope || isnan(rows[i].p))
			continue;
		rows[i].p_all = 0;
		for (size_t k = from; k < past; k++) {
			size_t less = 0;

			if (rows[k].scope != scope || isnan(rows[k].p) || rows[k].p > rows[i].p)
				continue;
			for (size_t l = from; l < past; l++)
				less += rows[l].scope == scope && rows[l].p < rows[k].p;
			rows[i].p_all = fmax(rows[i].p_all, fmin(1, (double)(n - less) * rows[k].p));
		}
	}
}

/* The reason to claim nothing of a row; pooled: the row of the group as a whole. */
static const char *doubt(const struct effect_group *group, const struct effect *row, const struct effect *pooled,
			 bool poor)
{
	const int percent = (int)lround(100 * group->setup->level);

	if (poor)
		return row->scope == EFFECT_UNIT
				? "the comparison does not fit it before its start, worse than it fits any donor"
				: "the comparison does not fit a third or more of the treated before their start";
	if (row->drift_p < DRIFT_P)
		return arena_printf(group->arena, "the treated had left their comparison before the start "
				    "(p %.3f in the %d years held out)", row->drift_p, EFFECT_HELD_OUT);
	if (!isfinite(row->low) || (row->low <= 0 && row->high >= 0))
		return arena_printf(group->arena, "the %d %% interval [%.3f, %.3f] holds 0", percent, row->low,
				    row->high);
	if (!(row->p_all <= 1 - group->setup->level + 1e-12))
		return arena_printf(group->arena, "p is %.3f alone but %.3f among the rows like it", row->p,
				    row->p_all);
	if (row != pooled && pooled->verdict == EFFECT_UNKNOWN)
		return arena_printf(group->arena, "p is %.3f, but all treated together show nothing", row->p);
	return NULL;
}

static void pronounce(const struct effect_group *group, struct effect *row, const struct effect *pooled, bool poor)
{
	const char *why = doubt(group, row, pooled, poor), *rest = "";
	const size_t lost = group->n_members - group->n_units;

	if (row->scope != EFFECT_UNIT && lost)
		rest = arena_printf(group->arena, "; %zu of %zu treated left out", lost, group->n_members);
	if (why) {
		row->why = arena_printf(group->arena, "cannot tell: %s%s", why, rest);
		return;
	}
	row->verdict = row->effect > 0 ? EFFECT_RISE : EFFECT_FALL;
	row->why = arena_printf(group->arena, "%s by %.3f [%.3f, %.3f] than the comparison, %zu treated, %zu donors%s",
				row->effect > 0 ? "higher" : "lower", fabs(row->effect),
				row->effect > 0 ? row->low : -row->high, row->effect > 0 ? row->high : -row->low,
				row->treated, row->donors, rest);
}

/* Of a group of which nobody can be judged: the reason of the one that came nearest. */
static const char *why_none(const struct effect_group *group)
{
	const struct effect_member *nearest = group->members;

	if (group->n_members == 0)
		return "cannot tell: nobody was treated";
	for (size_t i = 1; i < group->n_members; i++)
		if (group->members[i].donors > nearest->donors)
			nearest = &group->members[i];
	if (group->n_members == 1)
		return arena_printf(group->arena, "cannot tell: 1 treated, %s", nearest->left_out);
	return arena_printf(group->arena, "cannot tell: %zu treated, none can be judged; the nearest: %s",
			    group->n_members, nearest->left_out);
}

static void add_pooled(struct effect_group *group, struct rows *rows)
{
	struct effect *row = add_row(group, rows, EFFECT_POOLED);

	if (group->n_units) {
		fill_row(group, row, 0, group->n_units);
		return;
	}
	row->donors = group->donors;
	row->why = why_none(group);
}

static int heavier(const void *a, const void *b, void *user)
{
	const double *weight = user, x = weight[*(const size_t *)a], y = weight[*(const size_t *)b];

	if (x != y)
		return x < y ? 1 : -1;
	return (*(const size_t *)a > *(const size_t *)b) - (*(const size_t *)a < *(const size_t *)b);
}

static void put_weights(struct effect_group *group, struct effect *row, const struct effect_member *member)
{
	const struct effect_design *design = member->design;
	const double *own = design->gaps[group->method].weights + member->row * design->n_pool;
	size_t *order = arena_array(group->arena, size_t, design->n_pool), n = 0;
	double *weight = arena_array(group->arena, double, design->n_pool);

	for (size_t i = 0; i < design->n_pool; i++)
		if (own[i] > 0)
			order[n++] = i;
	qsort_r(order, n, sizeof *order, heavier, (void *)(uintptr_t)own);
	for (size_t i = 0; i < n; i++) {
		weight[i] = own[order[i]];
		order[i] = design->rows[order[i]];
	}
	row->donor = order;
	row->weight = weight;
	row->n_weights = n;
}

static void add_units(struct effect_group *group, struct rows *rows)
{
	for (size_t i = 0, judged = 0; i < group->n_members; i++) {
		const struct effect_member *member = &group->members[i];
		struct effect *row = add_row(group, rows, EFFECT_UNIT);

		row->unit = member->unit;
		row->start = member->start;
		if (member->left_out) {
			row->why = arena_printf(group->arena, "cannot tell: %s", member->left_out);
			row->donors = member->donors;
			row->before = member->before;
			row->after = member->after;
			continue;
		}
		fill_row(group, row, judged, judged + 1);
		put_weights(group, row, member);
		judged++;
	}
}

static bool is_poor(const struct effect_group *group, const struct effect *row)
{
	size_t poor = 0;

	for (size_t i = 0; i < group->n_members; i++) {
		if (row->scope == EFFECT_UNIT && group->members[i].unit == row->unit)
			return group->members[i].poor;
		poor += group->members[i].poor;
	}
	return (double)poor >= POOR_SHARE * (double)group->n_units;
}

static void group_run(struct effect_group *group, struct rows *rows)
{
	size_t from = rows->n, longest = 0;

	effect_group_make(group);
	for (size_t i = 0; i < group->n_designs; i++)
		longest = group->designs[i].after > longest ? group->designs[i].after : longest;
	add_pooled(group, rows);
	for (size_t year = 0; year < longest; year++) {
		struct effect *row = add_row(group, rows, EFFECT_YEAR);

		row->year = year;
		fill_row(group, row, 0, group->n_units);
	}
	add_units(group, rows);
	holm(rows->v, from, rows->n, EFFECT_YEAR);
	holm(rows->v, from, rows->n, EFFECT_UNIT);
}

static int check(const struct effect_panel *panel, const struct effect_start *starts, size_t n_starts,
		 size_t n_manners, struct err *err)
{
	for (size_t i = 0; i < n_starts; i++)
		if (starts[i].unit >= panel->units || starts[i].year >= panel->years || starts[i].manner >= n_manners)
			return err_set(err, ERR_DATA, "start %zu lies outside the panel", i);
	for (size_t i = 0; i < panel->units * panel->years; i++)
		if (fabs(panel->y[i]) > MAX_VALUE)
			return err_set(err, ERR_DATA, "unit %zu has a value beyond %g in year %zu", i / panel->years,
				       MAX_VALUE, i % panel->years);
	return 0;
}

int effects_estimate(const struct effect_panel *panel, const struct effect_start *starts, size_t n_starts,
		     size_t n_manners, const struct effect_setup *setup, struct arena *arena, struct effect **ret,
		     size_t *ret_n, struct err *err)
{
	size_t *first = arena_array(arena, size_t, panel->units + 1);
	struct effect_group *groups = arena_array(arena, struct effect_group, n_manners + 1);
	struct rows rows = {0};
	const size_t from = n_manners > 1 ? 0 : n_manners;
	size_t *begin = arena_array(arena, size_t, n_manners + 2), manners_from;
	int r = check(panel, starts, n_starts, n_manners, err);

	assert(setup->horizon > 0 && setup->draws > 0 && setup->level > 0 && setup->level < 1);
	if (r < 0)
		return r;
	for (size_t unit = 0; unit < panel->units; unit++)
		first[unit] = SIZE_MAX;
	for (size_t i = 0; i < n_starts; i++)
		if (starts[i].year < first[starts[i].unit])
			first[starts[i].unit] = starts[i].year;
	/* all manners together come first, then each */
	for (size_t i = 0; i <= n_manners - from; i++) {
		struct effect_group *group = &groups[i];

		*group = (struct effect_group){panel, starts, n_starts, n_manners, i == 0 ? n_manners : i - 1, setup, first,
					arena};
		begin[i] = rows.n;
		group_run(group, &rows);
	}
	begin[n_manners - from + 1] = rows.n;
	manners_from = n_manners > from ? begin[1] : rows.n;
	holm(rows.v, manners_from, rows.n, EFFECT_POOLED);
	for (size_t i = 0; i <= n_manners - from; i++)
		for (size_t k = begin[i]; k < begin[i + 1]; k++)
			if (!rows.v[k].why)
				pronounce(&groups[i], &rows.v[k], &rows.v[begin[i]], is_poor(&groups[i], &rows.v[k]));
	*ret = rows.v;
	*ret_n = rows.n;
	return 0;
}

const char *effect_method_name(enum effect_method method)
{
	static const char *const names[N_EFFECT_METHODS] = {"differences", "synthetic control"};

	return names[method];
}

const char *effect_verdict_name(enum effect_verdict verdict)
{
	static const char *const names[] = {"cannot tell", "rise", "fall"};

	return names[verdict];
}
