/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conformal.c - the walk repeated at resolved origins, and how far its intervals must reach. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "foresee/conformal.h"
#include "foresee/walk.h"

#define REPLAYS 12           /* resolved origins learned from */
#define LEAST_MISSES 50
#define FIRST_ORIGINS 2      /* before the level is corrected */
#define RATE .2              /* of the correction */
#define LEAST_LEFT .02       /* what the corrected level may leave outside */
#define MOST_LEFT .3
#define GRAIN .001           /* what the indices are published to */
#define LEAST_SIDE .02       /* added to a side: without it most of the width would go to the few that move most */
#define N_GRAINS 1000
#define CORE_LEVEL .7       /* of the paths' own stretch, whose shape the interval has */

static const double cuts[N_PATH_GROUPS - 1] = {.3, .5, .75};

size_t path_group(double mean)
{
	size_t group = 0;

	if (isnan(mean))
		return N_PATH_GROUPS;
	while (group < LENGTH(cuts) && mean >= cuts[group])
		group++;
	return group;
}

double path_mean(const struct history *history, size_t n_spaces, int64_t origin, size_t unit, int64_t year)
{
	double sum = 0, known = 0;

	for (size_t k = 0; k < n_spaces; k++) {
		double value = history_value(history, origin, k, unit, year);

		if (isnan(value))
			continue;
		sum += value;
		known++;
	}
	return known > 0 ? sum / known : NAN;
}

/* ---- the level ---- */

/* past[0..n) as a quantile that n + 1 values in any order would keep. */
static double reach_of(const double *sorted, size_t n, double left)
{
	double rank = ceil((1 - left) * (double)(n + 1));

	return sorted[rank < 1 ? 0 : rank > (double)n ? n - 1 : (size_t)rank - 1];
}

double conformal_sides(const struct past_miss *past, size_t n, double level, struct arena *scratch)
{
	double left = 1 - level, *sorted = arena_array(scratch, double, n + 1);
	size_t origins = 0;

	if (n < LEAST_MISSES)
		return 1;
	for (size_t from = 0, to; from < n; from = to) {
		size_t missed = 0;
		double sides = 0;

		if (origins++ >= FIRST_ORIGINS && from >= LEAST_MISSES) {
			sort_numbers(sorted, from);
			sides = reach_of(sorted, from, left);
		}
		for (to = from; to < n && past[to].origin == past[from].origin; to++) {
			missed += past[to].miss > sides;
			sorted[to] = past[to].miss;
		}
		if (sides > 0) {
			left += RATE * (1 - level - (double)missed / (double)(to - from));
			left = fmin(fmax(left, LEAST_LEFT), MOST_LEFT);
		}
	}
	sort_numbers(sorted, n);
	return reach_of(sorted, n, left);
}

/* ---- the paths' own intervals ---- */

struct spread {
	double middle, low, high;
};

/* The middle of the paths after so many years, and the shortest stretch that holds the level, to a grain from `now`. */
static struct spread spread_of(const struct walk_path *path, size_t n, int horizon, double now)
{
	double heap[2 * N_GRAINS + 1] = {0}, total = 0, below = 0, held = 0;
	struct spread spread = {now, now, now};
	int shortest = INT_MAX, first = 2 * N_GRAINS, last = 0;
	bool has_middle = false;

	for (size_t i = 0; i < n; i++) {
		int at = (int)((path[i].value[horizon - 1] - now) / GRAIN + (N_GRAINS + .5));   /* lround is a slow call */

		heap[at] += path[i].weight;
		total += path[i].weight;
		first = at < first ? at : first;
		last = at > last ? at : last;
	}
	for (int from = first, to = first; to <= last; to++) {
		below += heap[to];
		held += heap[to];
		if (!has_middle && below >= total / 2) {
			spread.middle = now + (to - N_GRAINS) * GRAIN;
			has_middle = true;
		}
		for (; held - heap[from] >= CORE_LEVEL * total; from++)
			held -= heap[from];
		if (held >= CORE_LEVEL * total && to - from < shortest) {
			shortest = to - from;
			spread.low = now + (from - N_GRAINS) * GRAIN;
			spread.high = now + (to - N_GRAINS) * GRAIN;
		}
	}
	return spread;
}

static double miss_of(const struct spread *spread, double value)
{
	return value >= spread->middle ? (value - spread->middle) / (spread->high - spread->middle + LEAST_SIDE) :
	       (spread->middle - value) / (spread->middle - spread->low + LEAST_SIDE);
}

struct misses {
	struct past_miss *v;
	size_t n, cap;
};

struct replay {
	const struct history *history;
	struct walk walk;
	uint64_t seed;
	struct misses past[N_PATH_GROUPS][PATH_YEARS];
	struct arena *arena;
};

static void replay_origin(struct replay *replay, int64_t at, struct arena *scratch)
{
	const struct walk *walk = &replay->walk;
	struct walk_lesson lesson;
	struct walk_path *path;

	walk_learn(walk, at, scratch, &lesson);
	path = arena_array(scratch, struct walk_path, lesson.n + 1);
	for (size_t u = 0; u < walk->n_units; u++) {
		size_t g = path_group(path_mean(replay->history, walk->n_spaces, at, u, at));

		for (size_t k = 0; k < walk->n_spaces; k++) {
			const double *value = &walk->value[walk_at(walk, k, u, (size_t)(at - walk->first))];
			size_t n = walk_paths(&lesson, k, u, at, replay->seed, path);

			for (int h = 1; n && h <= PATH_YEARS && at + h <= walk->origin; h++) {
				struct spread spread = spread_of(path, n, h, value[0]);
				struct misses *to = &replay->past[g][h - 1];

				if (!isnan(value[h]))
					*arena_push(replay->arena, to->v, to->n, to->cap) =
						(struct past_miss){at, miss_of(&spread, value[h])};
			}
		}
	}
}

static double to_grain(double value)
{
	return fmin(fmax(num_round(value), 0), 1);
}

int paths_intervals(const struct history *history, const struct space *spaces, size_t n_spaces, int64_t origin,
		    uint64_t seed, struct arena *arena, struct path_interval **ret, size_t *ret_n, struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct replay replay = {.history = history, .seed = seed, .arena = &room};
	double sides[N_PATH_GROUPS][PATH_YEARS];
	struct path_interval *intervals = NULL;
	struct walk_lesson lesson;
	struct walk_path *path;
	size_t n = 0, cap = 0;

	walk_read(history, spaces, n_spaces, origin, &room, &replay.walk);
	walk_learn(&replay.walk, origin, &room, &lesson);
	if (lesson.n == 0)
		return err_set(err, ERR_DATA, "too little history up to %lld to draw paths from", (long long)origin);
	for (int64_t at = origin - REPLAYS; at < origin; at++) {
		_cleanup_(arena_free) struct arena scratch = {0};

		if (at >= history->first && at < replay.walk.origin)
			replay_origin(&replay, at, &scratch);
	}
	for (size_t g = 0; g < N_PATH_GROUPS; g++)
		for (int h = 0; h < PATH_YEARS; h++)
			sides[g][h] = conformal_sides(replay.past[g][h].v, replay.past[g][h].n, PATH_LEVEL, &room);
	path = arena_array(&room, struct walk_path, lesson.n + 1);
	for (size_t u = 0; u < history->n_units; u++)
		for (size_t k = 0; k < n_spaces; k++) {
			size_t m = walk_paths(&lesson, k, u, origin, seed, path);
			size_t g = path_group(path_mean(history, n_spaces, origin, u, origin));

			for (int h = 1; m && h <= PATH_YEARS; h++) {
				double now = history_value(history, origin, k, u, origin), reach = sides[g][h - 1];
				struct spread spread = spread_of(path, m, h, now);

				*arena_push(arena, intervals, n, cap) = (struct path_interval){
					.unit = u, .space = k, .group = g, .horizon = h, .now = now,
					.middle = to_grain(spread.middle),
					.low = to_grain(spread.middle - reach * (spread.middle - spread.low + LEAST_SIDE)),
					.high = to_grain(spread.middle + reach * (spread.high - spread.middle + LEAST_SIDE)),
				};
			}
		}
	*ret = intervals;
	*ret_n = n;
	return 0;
}

void paths_write(const struct history *history, const struct space *spaces, int64_t origin,
		 const struct path_interval *intervals, size_t n, struct buf *buf)
{
	buf_puts(buf, "gwcode,origin,index,horizon,lo90,hi90\n");
	for (size_t i = 0; i < n; i++) {
		const struct path_interval *at = &intervals[i];
		char low[32], high[32];

		num_write(at->low, low);
		num_write(at->high, high);
		csv_put(buf, history->units[at->unit].name, ',');
		buf_printf(buf, ",%lld,", (long long)origin);
		csv_put(buf, spaces[at->space].name, ',');
		buf_printf(buf, ",%d,%s,%s\n", at->horizon, low, high);
	}
}

int paths_forecast(const struct history *history, const struct space *spaces, size_t n_spaces, int64_t origin,
		   uint64_t seed, struct arena *arena, struct buf *ret_csv, struct err *err)
{
	struct path_interval *intervals;
	size_t n;
	int r = paths_intervals(history, spaces, n_spaces, origin, seed, arena, &intervals, &n, err);

	if (r == 0)
		paths_write(history, spaces, origin, intervals, n, ret_csv);
	return r;
}
