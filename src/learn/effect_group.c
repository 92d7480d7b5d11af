/* SPDX-License-Identifier: GPL-3.0-or-later */
/* effect_group.c - who was treated and may be judged, against whom, and by which method. */
#include <math.h>
#include <stdlib.h>

#include "learn/effect_group.h"

#define POOR_FIT 1.5         /* times the worst of the untreated */

/* ---- who may be judged ---- */

/* The first other start of the unit at or after `year`, as an index; `years` if none. */
static size_t next_other(const struct effect_group *group, size_t unit, size_t year)
{
	size_t next = group->panel->years;

	for (size_t i = 0; i < group->n_starts && group->manner < group->n_manners; i++) {
		const struct effect_start *start = &group->starts[i];

		if (start->unit == unit && start->manner != group->manner && start->year >= year && start->year < next)
			next = start->year;
	}
	return next;
}

static size_t known_before(const struct effect_panel *panel, const struct effect_member *member, size_t most)
{
	size_t n = 0;

	while (n < most && n < member->start &&
	       !isnan(panel->y[member->unit * panel->years + member->start - n - 1]))
		n++;
	return n;
}

/* The longest window that leaves enough donors; returns how many, of the shortest if none does. */
static size_t choose_window(const struct effect_group *group, struct effect_member *member, size_t *rows)
{
	for (;;) {
		size_t n = effect_pool(group->panel, group->first, member->start, member->before, member->after,
				       rows);

		if (n >= EFFECT_LEAST_DONORS || member->before <= EFFECT_LEAST_BEFORE)
			return n;
		member->before--;
	}
}

static void member_judge(const struct effect_group *group, struct effect_member *member, size_t *rows)
{
	const size_t other = next_other(group, member->unit, member->start);
	struct arena *arena = group->arena;

	if (group->first[member->unit] < member->start) {
		member->left_out = "it was treated otherwise before";
		return;
	}
	if (other == member->start && other < group->panel->years) {
		member->left_out = "it was treated otherwise in the same year";
		return;
	}
	member->before = known_before(group->panel, member, group->setup->most_before);
	while (member->after < group->setup->horizon && member->start + member->after < other &&
	       effect_known(group->panel, member->unit, member->start + member->after,
			    member->start + member->after + 1))
		member->after++;
	if (member->after == 0)
		member->left_out = "no year from its start on is known";
	else if (member->before < EFFECT_LEAST_BEFORE)
		member->left_out = arena_printf(arena, "%zu years on end are known before its start, %d are needed",
						member->before, EFFECT_LEAST_BEFORE);
	if (member->left_out)
		return;
	member->donors = choose_window(group, member, rows);
	if (member->donors < EFFECT_LEAST_DONORS)
		member->left_out = arena_printf(arena, "%zu donors, %d are needed", member->donors,
						EFFECT_LEAST_DONORS);
}

static int by_unit(const void *a, const void *b)
{
	const struct effect_member *x = a, *y = b;

	return (x->unit > y->unit) - (x->unit < y->unit);
}

static void gather(struct effect_group *group)
{
	_cleanup_(arena_free) struct arena room = {0};
	size_t *rows = arena_array(&room, size_t, group->panel->units);
	size_t *at = arena_array(&room, size_t, group->panel->units);

	group->members = arena_array(group->arena, struct effect_member, group->n_starts + 1);
	for (size_t i = 0; i < group->n_starts; i++) {
		const struct effect_start *start = &group->starts[i];
		size_t *place = &at[start->unit];

		if (group->manner < group->n_manners && start->manner != group->manner)
			continue;
		if (*place == 0) {
			group->members[group->n_members++] = (struct effect_member){start->unit, start->year};
			*place = group->n_members;
		} else if (start->year < group->members[*place - 1].start) {
			group->members[*place - 1].start = start->year;
		}
	}
	if (group->n_members)
		qsort(group->members, group->n_members, sizeof *group->members, by_unit);
	for (size_t i = 0; i < group->n_members; i++)
		member_judge(group, &group->members[i], rows);
}

/* ---- designs ---- */

static struct effect_design *design_of(struct effect_group *group, const struct effect_member *member)
{
	struct effect_design *design;

	for (size_t i = 0; i < group->n_designs; i++) {
		design = &group->designs[i];
		if (design->start == member->start && design->before == member->before &&
		    design->after == member->after)
			return design;
	}
	design = &group->designs[group->n_designs++];
	*design = (struct effect_design){member->start, member->before, member->after,
					 arena_array(group->arena, size_t, group->panel->units)};
	design->n_rows = design->n_pool = effect_pool(group->panel, group->first, member->start, member->before,
						      member->after, design->rows);
	return design;
}

static void make_designs(struct effect_group *group)
{
	_cleanup_(arena_free) struct arena room = {0};
	bool *gave = arena_array(&room, bool, group->panel->units);
	size_t most = 0;

	group->designs = arena_array(group->arena, struct effect_design, group->n_members + 1);
	group->units = arena_array(group->arena, struct placebo_unit, group->n_members + 1);
	group->which = arena_array(group->arena, size_t, group->n_members + 1);
	for (size_t i = 0; i < group->n_members; i++) {
		struct effect_member *member = &group->members[i];

		if (member->left_out) {
			most = member->donors > most ? member->donors : most;
			continue;
		}
		member->design = design_of(group, member);
		member->row = member->design->n_rows;
		member->design->rows[member->design->n_rows++] = member->unit;
		group->which[group->n_units] = i;
		group->units[group->n_units++] = (struct placebo_unit){member->design, member->row};
	}
	for (size_t i = 0; i < group->n_designs; i++) {
		effect_design_fill(group->panel, &group->designs[i], group->arena);
		for (size_t k = 0; k < group->designs[i].n_pool; k++)
			gave[group->designs[i].rows[k]] = true;
	}
	for (size_t unit = 0; unit < group->panel->units; unit++)
		group->donors += gave[unit];
	if (group->n_units == 0)
		group->donors = most;
}

double effect_group_held_error(const struct effect_group *group, enum effect_method method)
{
	double squares = 0;

	for (size_t i = 0; i < group->n_units; i++)
		squares += group->units[i].design->gaps[method].held_square / (double)group->n_units;
	return sqrt(squares);
}

static double held_steps(const struct effect_group *group, enum effect_method method)
{
	double squares = 0;

	for (size_t i = 0; i < group->n_units; i++)
		squares += group->units[i].design->gaps[method].held_steps;
	return squares;
}

/* The method that misses the untreated least in the years held out, each by its own yearly steps, so that the
   few restless ones do not decide; a tie goes to the simpler. */
static void choose_method(struct effect_group *group)
{
	for (enum effect_method method = 1; method < N_EFFECT_METHODS; method++)
		if (held_steps(group, method) < held_steps(group, group->method))
			group->method = method;
	for (size_t i = 0; i < group->n_units; i++) {
		struct effect_member *member = &group->members[group->which[i]];
		const double *fit = member->design->gaps[group->method].fit;
		double worst = 0;

		for (size_t k = 0; k < member->design->n_pool; k++)
			worst = fmax(worst, fit[k]);
		member->poor = fit[member->row] > POOR_FIT * worst;
	}
}

void effect_group_make(struct effect_group *group)
{
	gather(group);
	make_designs(group);
	choose_method(group);
}
