/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paths.c - the walk's chances and the paths' intervals, origin by origin, beside what came true.
 *
 * usage: build/bench/paths FOLDER [FIRST LAST]     (FOLDER: panel.csv, outcomes.csv, holdout_countries.csv)
 *
 * Chances: Brier, log score, AUC, calibration error. Intervals: share that covers and mean width, by group, horizon,
 * index, and how often the index moved by a step lately. Beside them those of a plain interval: the value at the
 * origin plus and minus what held 90 % of the moves of the group in the twelve newest resolved origins, its level
 * corrected in the same way.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/stats.h>

#include "foresee/conformal.h"
#include "foresee/walk.h"

#define LAST_YEAR 2023
#define SEED 1
#define PLAIN_ORIGINS 12

struct world {
	struct history history;
	bool *held;
	signed char *outcome;       /* [unit][year][space][up, down]; -1 not known */
};

struct tally {
	double n, covered, width, plain_covered, plain_width;
};

struct report {
	struct tally all, group[N_PATH_GROUPS], horizon[PATH_YEARS], space[6], moved[3], cell[N_PATH_GROUPS][PATH_YEARS];
	double *p;
	unsigned char *y;
	size_t n;
};

static void fail(const struct err *err)
{
	fprintf(stderr, "%s\n", err->msg);
	exit(1);
}

static size_t unit_of(const struct history *history, const char *name)
{
	size_t u = 0;

	while (u < history->n_units && !str_eq(history->units[u].name, name))
		u++;
	return u;
}

static void open_table(const char *folder, const char *file, struct arena *arena, struct csv *csv, char **text, size_t *len)
{
	struct err err;

	if (file_read(arena_printf(arena, "%s/%s", folder, file), 1 << 28, arena, text, len, &err) < 0 ||
	    (csv && csv_open(csv, file, *text, *len, ',', arena, &err) < 0))
		fail(&err);
}

static void read_world(const char *folder, struct arena *arena, struct world *world)
{
	struct history *h = &world->history;
	struct csv csv;
	struct err err;
	size_t len;
	char *text;
	int r;

	open_table(folder, "panel.csv", arena, NULL, &text, &len);
	if (history_read("panel.csv", text, len, six_spaces, N_SIX_SPACES, LAST_YEAR, arena, h, &err) < 0)
		fail(&err);
	world->held = arena_array(arena, bool, h->n_units + 1);
	world->outcome = arena_array(arena, signed char, h->n_units * h->n_years * 12);
	memset(world->outcome, -1, h->n_units * h->n_years * 12);
	open_table(folder, "holdout_countries.csv", arena, &csv, &text, &len);
	while ((r = csv_next(&csv, arena, &err)) == 1)
		world->held[unit_of(h, csv_text(&csv, 0))] = true;
	open_table(folder, "outcomes.csv", arena, &csv, &text, &len);
	while (r == 0 && (r = csv_next(&csv, arena, &err)) == 1) {
		size_t u = unit_of(h, csv_text(&csv, 0));
		int64_t year = atoll(csv_text(&csv, 1)) - h->first;

		for (size_t i = 0; i < 12 && u < h->n_units; i++) {
			const char *cell = csv_text(&csv, csv_column(&csv, arena_printf(arena, "%s_%s", i % 2 ? "down" : "up",
											six_spaces[i / 2].name)));

			if (cell)
				world->outcome[(u * h->n_years + (size_t)year) * 12 + i] = (signed char)atoi(cell);
		}
		r = 0;
	}
	if (r < 0)
		fail(&err);
}

/* What held 90 % of the moves of each group and horizon, of origins resolved at `origin`, corrected in the same way. */
static void plain_reaches(const struct world *world, int64_t origin, double reach[N_PATH_GROUPS][PATH_YEARS])
{
	const struct history *h = &world->history;
	_cleanup_(arena_free) struct arena arena = {0};
	struct past_miss *moves = arena_array(&arena, struct past_miss, h->n_units * N_SIX_SPACES * PLAIN_ORIGINS);

	for (size_t g = 0; g < N_PATH_GROUPS; g++)
		for (int ahead = 1; ahead <= PATH_YEARS; ahead++) {
			size_t n = 0;

			for (int64_t at = origin - ahead - PLAIN_ORIGINS + 1; at <= origin - ahead; at++)
				for (size_t u = 0; u < h->n_units; u++)
					for (size_t k = 0; k < N_SIX_SPACES; k++) {
						double move = history_value(h, origin, k, u, at + ahead) -
							      history_value(h, origin, k, u, at);

						if (!isnan(move) && path_group(path_mean(h, N_SIX_SPACES, origin, u, at)) == g)
							moves[n++] = (struct past_miss){at, fabs(move)};
					}
			reach[g][ahead - 1] = conformal_sides(moves, n, PATH_LEVEL, &arena);
		}
}

/* Over the five years to the origin: 0 never moved by a step of its space, 1 once, 2 more often. */
static size_t moves_before(const struct world *world, int64_t origin, const struct path_interval *at)
{
	size_t moves = 0;

	for (int64_t year = origin - 4; year <= origin; year++)
		moves += fabs(history_value(&world->history, origin, at->space, at->unit, year) -
			      history_value(&world->history, origin, at->space, at->unit, year - 1)) > six_spaces[at->space].step;
	return moves < 2 ? moves : 2;
}

static void tally_add(struct tally *tally, const struct path_interval *at, double value, double plain)
{
	double low = fmax(at->now - plain, 0), high = fmin(at->now + plain, 1), eps = 1e-9;

	tally->n++;
	tally->covered += value >= at->low - eps && value <= at->high + eps;
	tally->width += at->high - at->low;
	tally->plain_covered += value >= low - eps && value <= high + eps;
	tally->plain_width += high - low;
}

static void score_intervals(const struct world *world, int64_t origin, const struct path_interval *intervals, size_t n,
			    bool public_only, struct report *report)
{
	double reach[N_PATH_GROUPS][PATH_YEARS];

	plain_reaches(world, origin, reach);
	for (size_t i = 0; i < n; i++) {
		const struct path_interval *at = &intervals[i];
		double value = history_value(&world->history, LAST_YEAR, at->space, at->unit, origin + at->horizon);
		double plain = reach[at->group][at->horizon - 1];
		struct tally *to[] = {&report->all, &report->group[at->group], &report->horizon[at->horizon - 1],
				      &report->space[at->space],
				      &report->moved[moves_before(world, origin, at)], &report->cell[at->group][at->horizon - 1]};

		if (isnan(value) || (public_only && world->held[at->unit]))
			continue;
		for (size_t k = 0; k < LENGTH(to); k++)
			tally_add(to[k], at, value, plain);
	}
}

static void add_chances(const struct world *world, int64_t origin, const double *chance, bool public_only,
			struct report *report)
{
	const struct history *h = &world->history;

	for (size_t u = 0; u < h->n_units; u++)
		for (size_t i = 0; i < 12; i++) {
			signed char y = world->outcome[(u * h->n_years + (size_t)(origin - h->first)) * 12 + i];

			if (y < 0 || isnan(chance[u * 12 + i]) || (public_only && world->held[u]))
				continue;
			report->p[report->n] = chance[u * 12 + i];
			report->y[report->n++] = (unsigned char)y;
		}
}

static double calibration_error(const double *p, const unsigned char *y, size_t n)
{
	double gap[10] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		gap[p[i] < 1 ? (int)(p[i] * 10) : 9] += p[i] - y[i];
	for (int k = 0; k < 10; k++)
		sum += fabs(gap[k]);
	return sum / (double)n;
}

static void print_tally(const char *what, size_t which, const struct tally *t)
{
	if (t->n > 0)
		printf("  %s %zu: n %.0f cover %.1f%% width %.4f | plain cover %.1f%% width %.4f\n", what,
		       which, t->n, 100 * t->covered / t->n, t->width / t->n, 100 * t->plain_covered / t->n,
		       t->plain_width / t->n);
}

static void print_report(const char *name, const struct report *r)
{
	printf("%s: chances n %zu Brier %.4f log %.4f AUC %.4f ECE %.4f\n", name, r->n, brier_score(r->p, r->y, r->n),
	       log_score(r->p, r->y, r->n), auc_score(r->p, r->y, r->n), calibration_error(r->p, r->y, r->n));
	print_tally("all", 0, &r->all);
	for (size_t i = 0; i < N_PATH_GROUPS; i++)
		print_tally("group", i + 1, &r->group[i]);
	for (size_t i = 0; i < PATH_YEARS; i++)
		print_tally("horizon", i + 1, &r->horizon[i]);
	for (size_t i = 0; i < N_SIX_SPACES; i++)
		print_tally("index", i + 1, &r->space[i]);
	for (size_t i = 0; i < 3; i++)
		print_tally(i < 2 ? "steps in five years" : "steps in five years, at least", i, &r->moved[i]);
	for (size_t i = 0; i < N_PATH_GROUPS * PATH_YEARS; i++)
		print_tally("group, horizon", (i / PATH_YEARS + 1) * 10 + i % PATH_YEARS + 1,
			    &r->cell[i / PATH_YEARS][i % PATH_YEARS]);
}

int main(int argc, char **argv)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct world world = {0};
	struct report report[2] = {0};
	double walk_seconds = 0, path_seconds = 0;
	int64_t first = argc > 2 ? atoll(argv[2]) : 2005, last = argc > 3 ? atoll(argv[3]) : 2021;

	if (argc < 2) {
		fprintf(stderr, "usage: paths FOLDER [FIRST LAST]\n");
		return 2;
	}
	read_world(argv[1], &arena, &world);
	for (int k = 0; k < 2; k++) {
		report[k].p = arena_array(&arena, double, world.history.n_units * 12 * 60);
		report[k].y = arena_array(&arena, unsigned char, world.history.n_units * 12 * 60);
	}
	for (int64_t origin = first; origin <= last; origin++) {
		_cleanup_(arena_free) struct arena room = {0};
		double *chance = arena_array(&room, double, world.history.n_units * 12);
		struct path_interval *intervals;
		struct err err;
		clock_t start = clock(), middle;
		size_t n;

		walk_chances(&world.history, six_spaces, N_SIX_SPACES, RULE_TWO_YEAR, origin, origin, SEED, &room, chance);
		middle = clock();
		if (paths_intervals(&world.history, six_spaces, N_SIX_SPACES, origin, SEED, &room, &intervals, &n, &err) < 0)
			fail(&err);
		walk_seconds += (double)(middle - start) / CLOCKS_PER_SEC;
		path_seconds += (double)(clock() - middle) / CLOCKS_PER_SEC;
		for (int k = 0; k < 2; k++) {
			add_chances(&world, origin, chance, k == 0, &report[k]);
			score_intervals(&world, origin, intervals, n, k == 0, &report[k]);
		}
	}
	printf("origins %lld-%lld; processor time %.2f s of chances, %.2f s of intervals\n", (long long)first, (long long)last,
	       walk_seconds, path_seconds);
	print_report("public countries", &report[0]);
	print_report("all that are known", &report[1]);
	return 0;
}
