/* SPDX-License-Identifier: GPL-3.0-or-later */
/* walk.c - two axes learned, analogues found on a grid, their moves taken as paths. */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "foresee/walk.h"

#define HALF_LIFE_AXES 10.0      /* years: what is older counts less when the axes are learned */
#define HALF_LIFE_ROWS 20.0      /* and when its moves are taken */
#define RIDGE 5.0
#define LEAST_REACH .02
#define REACH_SHIFT .1           /* added before the log, so that small reaches lie close together */
#define CELL .035                /* width of a cell, log units */
#define LEAST_ROWS 200           /* to learn anything */
#define NEAR_ROWS 1200           /* in the square around a state; most of them of other spaces */
#define OTHER_SPACE .3           /* weight of an analogue of another space */
#define COMPLETIONS 5            /* analogues looked at for a third move that is not known yet */

static double axis(const struct walk *walk, const double *beta, const double *state)
{
	double sum = 0;

	for (size_t i = 0; i < walk->n_terms; i++)
		sum += beta[i] * state[i];
	return log(fmax(sum, LEAST_REACH) + REACH_SHIFT);
}

static size_t cell_of(double where)
{
	double cell = floor((where - log(LEAST_REACH + REACH_SHIFT)) / CELL);

	return cell < 0 ? 0 : cell >= WALK_CELLS ? WALK_CELLS - 1 : (size_t)cell;
}

static bool learn_axes(const struct walk *walk, int64_t cutoff, struct arena *arena, struct walk_lesson *lesson)
{
	size_t n = walk->n_terms;
	double *cross = arena_array(arena, double, n * n), *room = arena_array(arena, double, n * n);
	double *reach = arena_array(arena, double, 2 * n);

	for (size_t y = 0; y < walk->n_years && walk->first + (int64_t)y + 2 <= cutoff; y++) {
		double weight = exp2(-(double)(cutoff - walk->first - (int64_t)y) / HALF_LIFE_AXES);

		for (size_t i = 0; i < n * n; i++)
			cross[i] += weight * walk->cross[y * n * n + i];
		for (size_t i = 0; i < 2 * n; i++)
			reach[i] += weight * walk->reach[y * 2 * n + i];
	}
	for (size_t i = 0; i < n; i++)
		cross[i * n + i] += i ? RIDGE : 1e-6;   /* term 0 is the intercept */
	memcpy(room, cross, n * n * sizeof *cross);
	lesson->up = reach;
	lesson->down = reach + n;
	return symmetric_solve(room, lesson->up, n) && symmetric_solve(cross, lesson->down, n);
}

/* A row's moves; false when its next two years are not both known at the cutoff. */
static bool take_moves(const struct walk *walk, int64_t cutoff, size_t space, size_t unit, size_t year,
		       struct walk_row *row)
{
	const double *value = &walk->value[walk_at(walk, space, unit, year)];
	int64_t ahead = cutoff - walk->first - (int64_t)year;

	for (int64_t k = 0; k < WALK_STEPS; k++)
		row->move[k] = k < ahead ? (value[k + 1] - value[0]) / walk->spaces[space].step : NAN;
	return !isnan(value[0]) && !isnan(row->move[0]) && !isnan(row->move[1]) && (ahead < 3 || !isnan(row->move[2]));
}

static size_t take_rows(const struct walk_lesson *lesson, struct walk_row *rows)
{
	const struct walk *walk = lesson->walk;
	size_t n = 0;

	for (size_t k = 0; k < walk->n_spaces; k++)
		for (size_t u = 0; u < walk->n_units; u++)
			for (size_t y = 2; y < walk->n_years && walk->first + (int64_t)y + 2 <= lesson->cutoff; y++) {
				const double *state = &walk->state[walk_at(walk, k, u, y) * walk->n_terms];

				if (!take_moves(walk, lesson->cutoff, k, u, y, &rows[n]))
					continue;
				rows[n].up = axis(walk, lesson->up, state);
				rows[n].down = axis(walk, lesson->down, state);
				rows[n].weight = exp2(-(double)(lesson->cutoff - walk->first - (int64_t)y) / HALF_LIFE_ROWS);
				rows[n++].space = k;
			}
	return n;
}

/* Into the order of the cells, keeping the order within a cell; and how many lie before each corner. */
static void lay_grid(const struct walk_row *rows, struct arena *arena, struct walk_lesson *lesson)
{
	size_t cells = WALK_CELLS * WALK_CELLS, wide = WALK_CELLS + 1;
	uint32_t *next = arena_array(arena, uint32_t, cells + 1);

	lesson->row = arena_array(arena, struct walk_row, lesson->n + 1);
	lesson->start = arena_array(arena, uint32_t, cells + 1);
	lesson->below = arena_array(arena, uint32_t, wide * wide);
	for (size_t i = 0; i < lesson->n; i++)
		lesson->start[cell_of(rows[i].up) * WALK_CELLS + cell_of(rows[i].down) + 1]++;
	for (size_t up = 0; up < WALK_CELLS; up++)
		for (size_t down = 0; down < WALK_CELLS; down++)
			lesson->below[(up + 1) * wide + down + 1] = lesson->start[up * WALK_CELLS + down + 1] +
				lesson->below[up * wide + down + 1] + lesson->below[(up + 1) * wide + down] -
				lesson->below[up * wide + down];
	for (size_t c = 0; c < cells; c++)
		lesson->start[c + 1] += lesson->start[c];
	memcpy(next, lesson->start, (cells + 1) * sizeof *next);
	for (size_t i = 0; i < lesson->n; i++)
		lesson->row[next[cell_of(rows[i].up) * WALK_CELLS + cell_of(rows[i].down)]++] = rows[i];
}

void walk_learn(const struct walk *walk, int64_t cutoff, struct arena *arena, struct walk_lesson *ret)
{
	struct walk_lesson lesson = {.walk = walk, .cutoff = cutoff < walk->origin ? cutoff : walk->origin};
	struct walk_row *rows = arena_array(arena, struct walk_row, walk->n_spaces * walk->n_units * walk->n_years + 1);

	if (learn_axes(walk, lesson.cutoff, arena, &lesson))
		lesson.n = take_rows(&lesson, rows);
	if (lesson.n < LEAST_ROWS)
		lesson.n = 0;
	lay_grid(rows, arena, &lesson);
	*ret = lesson;
}

/* ---- analogues ---- */

struct square {
	size_t low_up, past_up, low_down, past_down;    /* cells */
	double reach;                                   /* from the state to the nearest side that is not the grid's */
};

static struct square square_of(double up, double down, size_t radius)
{
	size_t u = cell_of(up), d = cell_of(down);

	return (struct square){
		u > radius ? u - radius : 0, u + radius + 1 < WALK_CELLS ? u + radius + 1 : WALK_CELLS,
		d > radius ? d - radius : 0, d + radius + 1 < WALK_CELLS ? d + radius + 1 : WALK_CELLS,
		(double)radius * CELL,
	};
}

static size_t square_rows(const struct walk_lesson *lesson, const struct square *s)
{
	const uint32_t *below = lesson->below;
	size_t wide = WALK_CELLS + 1;

	return below[s->past_up * wide + s->past_down] + below[s->low_up * wide + s->low_down] -
	       below[s->low_up * wide + s->past_down] - below[s->past_up * wide + s->low_down];
}

/* The smallest square of cells around a state that holds enough rows. */
static struct square square_near(const struct walk_lesson *lesson, double up, double down)
{
	size_t wanted = lesson->n < NEAR_ROWS ? lesson->n : NEAR_ROWS, radius = 1;
	struct square square = square_of(up, down, radius);

	while (square_rows(lesson, &square) < wanted)
		square = square_of(up, down, ++radius);
	return square;
}

/* How much a row counts for a state: Epanechnikov's kernel, never quite 0. */
static double nearness(const struct walk_row *row, double up, double down, size_t space, double reach)
{
	double a = (row->up - up) / reach, b = (row->down - down) / reach, near = 1 - a * a - b * b;

	return row->weight * (row->space == space ? 1 : OTHER_SPACE) * (near > .01 ? near : .01);
}

/* The third move of an analogue whose second was most like this row's, of a few drawn. */
static double third_move(const struct walk_lesson *lesson, const struct square *square, const struct walk_row *row,
			 struct rng *rng)
{
	double best = INFINITY, third = row->move[1];

	for (int k = 0; k < COMPLETIONS; k++) {
		size_t up = square->low_up + rng_below(rng, square->past_up - square->low_up);
		size_t first = lesson->start[up * WALK_CELLS + square->low_down];
		size_t past = lesson->start[up * WALK_CELLS + square->past_down];
		const struct walk_row *other = past > first ? &lesson->row[first + rng_below(rng, past - first)] : NULL;
		double apart = other ? fabs(other->move[1] - other->move[0] - row->move[1] + row->move[0]) : INFINITY;

		if (!other || isnan(other->move[2]) || !(apart < best))
			continue;
		best = apart;
		third = row->move[1] + other->move[2] - other->move[1];
	}
	return third;
}

size_t walk_paths(const struct walk_lesson *lesson, size_t space, size_t unit, int64_t year, uint64_t seed,
		  struct walk_path *ret)
{
	const struct walk *walk = lesson->walk;
	size_t at = walk_at(walk, space, unit, (size_t)(year - walk->first)), n = 0;
	double now, up, down, step = walk->spaces[space].step;
	struct square square;
	struct rng rng;

	if (lesson->n == 0 || year < walk->first || year > walk->origin || isnan(now = walk->value[at]))
		return 0;
	rng_seed(&rng, seed + (uint64_t)(space * walk->n_units + unit));
	up = axis(walk, lesson->up, &walk->state[at * walk->n_terms]);
	down = axis(walk, lesson->down, &walk->state[at * walk->n_terms]);
	square = square_near(lesson, up, down);
	for (size_t cell = square.low_up; cell < square.past_up; cell++)
		for (size_t i = lesson->start[cell * WALK_CELLS + square.low_down];
		     i < lesson->start[cell * WALK_CELLS + square.past_down]; i++) {
			const struct walk_row *row = &lesson->row[i];
			double third = isnan(row->move[2]) ? third_move(lesson, &square, row, &rng) : row->move[2];
			double move[WALK_STEPS] = {row->move[0], row->move[1], third};

			ret[n].weight = nearness(row, up, down, space, square.reach);
			for (int k = 0; k < WALK_STEPS; k++) {
				double value = now + step * move[k];

				ret[n].value[k] = value < 0 ? 0 : value > 1 ? 1 : value;   /* fmin and fmax are slow calls */
			}
			n++;
		}
	return n;
}

/* ---- shares of paths that open or close ---- */

static bool path_event(const struct walk_path *path, enum space_rule rule, double before, double now, int direction,
		       double step)
{
	const double *value = path->value;
	double x[WALK_STEPS + 2] = {direction * before, direction * now, direction * value[0], direction * value[1],
				    direction * value[2]};

	if (rule == RULE_ONE_YEAR)
		return x[2] - x[1] > step || x[3] - x[2] > step;
	return (!isnan(before) && space_stepped(x, step)) || space_stepped(x + 1, step);
}

/* No rule counts what stays within a step: most paths need no closer look. */
static bool path_stays(const struct walk_path *path, double before, double now, double step)
{
	double least = before < now ? before : now, most = before > now ? before : now;

	for (int k = 0; k < WALK_STEPS; k++) {
		least = path->value[k] < least ? path->value[k] : least;
		most = path->value[k] > most ? path->value[k] : most;
	}
	return most - least <= step;
}

bool walk_share(const struct walk_lesson *lesson, enum space_rule rule, size_t space, size_t unit, int64_t year,
		uint64_t seed, struct walk_path *room, double ret[2])
{
	const struct walk *walk = lesson->walk;
	size_t n = walk_paths(lesson, space, unit, year, seed, room), at;
	double total = 0, share[2] = {0}, before, now;

	if (n == 0)
		return false;
	at = walk_at(walk, space, unit, (size_t)(year - walk->first));
	now = walk->value[at];
	before = year > walk->first ? walk->value[at - 1] : NAN;
	for (size_t i = 0; i < n; i++) {
		total += room[i].weight;
		if (path_stays(&room[i], before, now, walk->spaces[space].step))
			continue;
		for (int d = 0; d < 2; d++)
			if (path_event(&room[i], rule, before, now, d ? -1 : 1, walk->spaces[space].step))
				share[d] += room[i].weight;
	}
	ret[0] = share[0] / total;
	ret[1] = share[1] / total;
	return true;
}

void walk_chances(const struct history *history, const struct space *spaces, size_t n_spaces, enum space_rule rule,
		  int64_t cutoff, int64_t origin, uint64_t seed, struct arena *arena, double *ret)
{
	struct walk walk;
	struct walk_lesson lesson;
	struct walk_path *room;

	walk_read(history, spaces, n_spaces, origin, arena, &walk);
	walk_learn(&walk, cutoff, arena, &lesson);
	room = arena_array(arena, struct walk_path, lesson.n + 1);
	for (size_t i = 0; i < walk.n_units * n_spaces; i++)
		if (!walk_share(&lesson, rule, i % n_spaces, i / n_spaces, origin, seed, room, &ret[2 * i]))
			ret[2 * i] = ret[2 * i + 1] = NAN;
}
