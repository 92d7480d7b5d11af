/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * features.c - what a country-year looked like when it ended.
 *
 * Each series is read once through its own year as origin, so the features of a case
 * of 1995 are those of a forecast made in 1995. "Same" is an event in the direction
 * asked about, "other" one against it; an event of the year itself counts as far as
 * the first two ways of the rule show it.
 */
#include <math.h>
#include <string.h>

#include "foresee/features.h"

#define LONGEST 25      /* years since an event, at most */
#define RATE_PRIOR 10.0

struct series {
	const struct cases *cases;
	size_t years, units, spaces;
	double *x;                 /* [space][unit][year] */
	signed char *event[2];     /* opening, closing; final or as the year itself showed it */
	unsigned short *hits[2], *known;   /* as x: events so far, of so many changes */
	unsigned char *since[2];   /* as x: years since an event, at most LONGEST */
	double *world_step, *world_event[2];            /* [space][year] */
	double *world_hits[2];     /* the same: events that the world's share so far makes of RATE_PRIOR years */
	double *region_sum, *region_step, *region_event[2], *region_n;   /* [space][region][year] */
	struct arena arena;
};

#define MOST_REGIONS 40

static size_t at(const struct series *s, size_t space, size_t unit, int64_t k)
{
	return (space * s->units + unit) * s->years + (size_t)k;
}

static double x_of(const struct series *s, size_t space, size_t unit, int64_t k)
{
	return k < 0 ? NAN : s->x[at(s, space, unit, k)];
}

static double step_of(const struct series *s, size_t space, size_t unit, int64_t k, int64_t back)
{
	return (x_of(s, space, unit, k) - x_of(s, space, unit, k - back)) / s->cases->spaces[space].step;
}

/* Did year k show an event when it ended, or has it shown one since, before `now`? */
static bool event_of(const struct series *s, int side, size_t space, size_t unit, int64_t k)
{
	return k >= 0 && s->event[side][at(s, space, unit, k)] == EVENT_YES;
}

static void read_series(struct series *s)
{
	const struct cases *cases = s->cases;
	const struct history *history = cases->history;

	for (size_t space = 0; space < s->spaces; space++)
		for (size_t unit = 0; unit < s->units; unit++)
			for (size_t k = 0; k < s->years; k++)
				s->x[at(s, space, unit, (int64_t)k)] =
					history_value(history, cases->origin, space, unit, history->first + (int64_t)k);
}

/* As a year shows it when it ends: one step, or two that go the same way. */
static bool shown(const struct series *s, size_t space, size_t unit, int64_t k, int direction)
{
	double last = direction * step_of(s, space, unit, k, 1), before = direction * step_of(s, space, unit, k - 1, 1);

	if (last > 1)
		return true;
	return s->cases->rule == RULE_TWO_YEAR && last > .1 && before > .1 && direction * step_of(s, space, unit, k, 2) > 1;
}

/* Bit 1: shown in the year itself; a slower change is seen only when its second year is. */
static void mark_events(struct series *s)
{
	for (int side = 0; side < 2; side++)
		for (size_t space = 0; space < s->spaces; space++)
			for (size_t unit = 0; unit < s->units; unit++)
				for (int64_t k = 1; k < (int64_t)s->years; k++)
					s->event[side][at(s, space, unit, k)] = shown(s, space, unit, k, side ? -1 : 1);
}

static size_t region_of(const struct series *s, size_t unit)
{
	int64_t region = s->cases->history->units[unit].region;

	return region == INT_MISSING || region < 0 || region >= MOST_REGIONS ? 0 : (size_t)region;
}

static void sum_regions(struct series *s)
{
	for (size_t space = 0; space < s->spaces; space++)
		for (size_t unit = 0; unit < s->units; unit++)
			for (int64_t k = 1; k < (int64_t)s->years; k++) {
				size_t to = (space * MOST_REGIONS + region_of(s, unit)) * s->years + (size_t)k;
				double step = step_of(s, space, unit, k, 1);

				if (isnan(step))
					continue;
				s->region_n[to]++;
				s->region_step[to] += step;
				s->region_sum[to] += x_of(s, space, unit, k);
				for (int side = 0; side < 2; side++)
					s->region_event[side][to] += event_of(s, side, space, unit, k);
			}
	for (size_t space = 0; space < s->spaces; space++)
		for (size_t k = 0; k < s->years; k++) {
			double n = 0, step = 0, event[2] = {0};

			for (size_t region = 0; region < MOST_REGIONS; region++) {
				size_t from = (space * MOST_REGIONS + region) * s->years + k;

				n += s->region_n[from];
				step += s->region_step[from];
				for (int side = 0; side < 2; side++)
					event[side] += s->region_event[side][from];
			}
			s->world_step[space * s->years + k] = n > 0 ? step / n : NAN;
			for (int side = 0; side < 2; side++)
				s->world_event[side][space * s->years + k] = n > 0 ? event[side] / n : NAN;
		}
}

/* Sums over the years up to each, the newest first. */
static void sum_world(struct series *s, int side, size_t space)
{
	for (size_t k = 0; k < s->years; k++) {
		double world = 0, years = 0;

		for (size_t back = 0; back <= k; back++) {
			double share = s->world_event[side][space * s->years + k - back];

			if (!isnan(share)) {
				world += share;
				years++;
			}
		}
		s->world_hits[side][space * s->years + k] = years > 0 ? RATE_PRIOR * world / years : NAN;
	}
}

static void count_years(struct series *s, int side, size_t space, size_t unit)
{
	unsigned short hits = 0, known = 0;
	unsigned char since = LONGEST;

	for (int64_t k = 0; k < (int64_t)s->years; k++) {
		size_t here = at(s, space, unit, k);
		bool event = event_of(s, side, space, unit, k);

		since = event ? 0 : since < LONGEST ? since + 1 : LONGEST;
		if (!isnan(step_of(s, space, unit, k, 1))) {
			hits += event;
			known++;
		}
		s->since[side][here] = since;
		s->hits[side][here] = hits;
		s->known[here] = known;
	}
}

static void series_open(struct series *s, const struct cases *cases)
{
	size_t n, per_space, per_region;

	*s = (struct series){.cases = cases, .years = cases->history->n_years, .units = cases->history->n_units,
			     .spaces = cases->n_spaces};
	n = s->spaces * s->units * s->years;
	per_space = s->spaces * s->years;
	per_region = per_space * MOST_REGIONS;
	s->x = arena_array(&s->arena, double, n + 1);
	s->world_step = arena_array(&s->arena, double, per_space + 1);
	s->region_sum = arena_array(&s->arena, double, per_region + 1);
	s->region_step = arena_array(&s->arena, double, per_region + 1);
	s->region_n = arena_array(&s->arena, double, per_region + 1);
	s->known = arena_array(&s->arena, unsigned short, n + 1);
	for (int side = 0; side < 2; side++) {
		s->event[side] = arena_array(&s->arena, signed char, n + 1);
		s->since[side] = arena_array(&s->arena, unsigned char, n + 1);
		s->hits[side] = arena_array(&s->arena, unsigned short, n + 1);
		s->world_hits[side] = arena_array(&s->arena, double, per_space + 1);
		s->world_event[side] = arena_array(&s->arena, double, per_space + 1);
		s->region_event[side] = arena_array(&s->arena, double, per_region + 1);
	}
	read_series(s);
	mark_events(s);
	sum_regions(s);
	for (int side = 0; side < 2; side++)
		for (size_t space = 0; space < s->spaces; space++) {
			sum_world(s, side, space);
			for (size_t unit = 0; unit < s->units; unit++)
				count_years(s, side, space, unit);
		}
}

/* ---- one space of one country ---- */

static double mean_moves(const struct series *s, size_t space, size_t unit, int64_t k, int64_t years)
{
	double sum = 0;
	int n = 0;

	for (int64_t back = 0; back < years; back++) {
		double step = step_of(s, space, unit, k - back, 1);

		if (!isnan(step)) {
			sum += fabs(step);
			n++;
		}
	}
	return n >= 2 ? sum / n : NAN;
}

static double years_still(const struct series *s, size_t space, size_t unit, int64_t k)
{
	int64_t back = 0;

	while (back < LONGEST && fabs(step_of(s, space, unit, k - back, 1)) < .1)
		back++;
	return (double)back;
}

static double years_since(const struct series *s, int side, size_t space, size_t unit, int64_t k)
{
	return s->since[side][at(s, space, unit, k)];
}

static double count_events(const struct series *s, int side, size_t space, size_t unit, int64_t k, int64_t years)
{
	double n = 0;

	for (int64_t back = 0; back < years; back++)
		n += event_of(s, side, space, unit, k - back);
	return n;
}

/* How far below the best (side 0) or above the worst (side 1) of the last years, in steps. */
static double from_extreme(const struct series *s, int side, size_t space, size_t unit, int64_t k, int64_t years)
{
	double now = x_of(s, space, unit, k), most = 0;

	for (int64_t back = 1; back <= years; back++) {
		double then = x_of(s, space, unit, k - back), gap = side ? now - then : then - now;

		if (!isnan(then) && gap > most)
			most = gap;
	}
	return most / s->cases->spaces[space].step;
}

/* Share of earlier years with an event, drawn towards the world's by ten years. */
static double country_rate(const struct series *s, int side, size_t space, size_t unit, int64_t k)
{
	size_t here = at(s, space, unit, k);

	return (s->hits[side][here] + s->world_hits[side][space * s->years + (size_t)k]) / (s->known[here] + RATE_PRIOR);
}

static void own(const struct series *s, const struct case_key *key, int64_t k, float *x)
{
	size_t space = key->space, unit = key->unit;
	int same = key->direction > 0 ? 0 : 1, other = 1 - same;
	double level = x_of(s, space, unit, k);
	static const struct { enum feature feature; int64_t back; } over[] = {
		{F_OVER_2, 2}, {F_OVER_3, 3}, {F_OVER_5, 5}, {F_OVER_10, 10},
	};

	x[F_LEVEL] = (float)level;
	x[F_ROOM] = (float)((key->direction > 0 ? 1 - level : level) / s->cases->spaces[space].step);
	for (int back = 0; back < 3; back++)
		x[F_STEP_1 + back] = (float)(key->direction * step_of(s, space, unit, k - back, 1));
	for (size_t i = 0; i < LENGTH(over); i++)
		x[over[i].feature] = (float)(key->direction * step_of(s, space, unit, k, over[i].back));
	x[F_MOVES_5] = (float)mean_moves(s, space, unit, k, 5);
	x[F_MOVES_10] = (float)mean_moves(s, space, unit, k, 10);
	x[F_MOVES_20] = (float)mean_moves(s, space, unit, k, 20);
	x[F_STILL] = (float)years_still(s, space, unit, k);
	x[F_SINCE_SAME] = (float)years_since(s, same, space, unit, k);
	x[F_SINCE_OTHER] = (float)years_since(s, other, space, unit, k);
	x[F_COUNT_SAME] = (float)count_events(s, same, space, unit, k, 10);
	x[F_COUNT_OTHER] = (float)count_events(s, other, space, unit, k, 10);
	x[F_NOW_SAME] = event_of(s, same, space, unit, k);
	x[F_NOW_OTHER] = event_of(s, other, space, unit, k);
	x[F_LOST_10] = (float)from_extreme(s, same, space, unit, k, 10);
	x[F_LOST_20] = (float)from_extreme(s, same, space, unit, k, 20);
	x[F_WON_10] = (float)from_extreme(s, other, space, unit, k, 10);
	x[F_COUNTRY_RATE] = (float)country_rate(s, same, space, unit, k);
}

/* ---- the other spaces of the country ---- */

static void others(const struct series *s, const struct case_key *key, int64_t k, float *x)
{
	size_t unit = key->unit, n = 0, levels = 0;
	int same = key->direction > 0 ? 0 : 1;
	double step = 0, most = -INFINITY, over = 0, level = 0, square = 0, moves = 0, same_now = 0, other_now = 0;
	double since[2] = {LONGEST, LONGEST};

	for (size_t space = 0; space < s->spaces; space++) {
		double now = x_of(s, space, unit, k), moved = key->direction * step_of(s, space, unit, k, 1);
		double moved3 = key->direction * step_of(s, space, unit, k, 3), size = mean_moves(s, space, unit, k, 5);

		if (space < N_SIX_SPACES) {
			x[F_LEVEL_0 + space] = (float)now;
			x[F_STEP_OF_0 + space] = (float)moved;
			x[F_OVER_OF_0 + space] = (float)moved3;
		}
		if (!isnan(now)) {
			level += now;
			square += now * now;
			levels++;
		}
		for (int side = 0; side < 2; side++)
			since[side] = fmin(since[side], years_since(s, side, space, unit, k));
		if (space == key->space || isnan(moved))
			continue;
		step += moved;
		most = fmax(most, moved);
		over += isnan(moved3) ? 0 : moved3;
		moves += isnan(size) ? 0 : size;
		same_now += event_of(s, same, space, unit, k) || event_of(s, same, space, unit, k - 1);
		other_now += event_of(s, 1 - same, space, unit, k) || event_of(s, 1 - same, space, unit, k - 1);
		n++;
	}
	level = levels ? level / (double)levels : NAN;
	x[F_ALL_STEP] = n ? (float)(step / (double)n) : NAN;
	x[F_ALL_MOST] = n ? (float)most : NAN;
	x[F_ALL_OVER_3] = n ? (float)(over / (double)n) : NAN;
	x[F_ALL_MOVES] = n ? (float)(moves / (double)n) : NAN;
	x[F_ALL_LEVEL] = (float)level;
	x[F_APART] = (float)(key->direction * (level - x_of(s, key->space, unit, k)));
	x[F_SPREAD] = levels > 1 ? (float)sqrt(fmax(square / (double)levels - level * level, 0)) : NAN;
	x[F_ALL_SAME] = (float)same_now;
	x[F_ALL_OTHER] = (float)other_now;
	x[F_ALL_SINCE_SAME] = (float)since[same];
	x[F_ALL_SINCE_OTHER] = (float)since[1 - same];
}

/* ---- neighbours, region, world ---- */

static void region(const struct series *s, const struct case_key *key, int64_t k, float *x)
{
	int same = key->direction > 0 ? 0 : 1;
	size_t in = (key->space * MOST_REGIONS + region_of(s, key->unit)) * s->years + (size_t)k;
	double step = step_of(s, key->space, key->unit, k, 1), level = x_of(s, key->space, key->unit, k);
	bool counted = !isnan(step);
	double n = s->region_n[in] - counted, before = k > 0 ? s->region_n[in - 1] : 0;

	if (region_of(s, key->unit) != 0)
		x[F_REGION] = (float)region_of(s, key->unit);
	if (region_of(s, key->unit) != 0 && n >= 1) {
		x[F_REGION_STEP] = (float)(key->direction * (s->region_step[in] - (counted ? step : 0)) / n);
		x[F_REGION_GAP] = (float)(key->direction * ((s->region_sum[in] - (counted ? level : 0)) / n - level));
		for (int side = 0; side < 2; side++) {
			double own_now = event_of(s, side, key->space, key->unit, k);

			x[side == same ? F_REGION_SAME : F_REGION_OTHER] =
				(float)((s->region_event[side][in] - own_now + (k > 0 ? s->region_event[side][in - 1] : 0)) /
					(n + before));
		}
	}
	x[F_WORLD_STEP] = (float)(key->direction * s->world_step[key->space * s->years + (size_t)k]);
	if (k >= 2) {
		const double *share = &s->world_event[same][key->space * s->years + (size_t)k];

		x[F_WORLD_SAME] = (float)((share[0] + share[-1] + share[-2]) / 3);
	}
}

static void neighbours(const struct series *s, const struct case_key *key, int64_t k, float *x)
{
	const bool *borders = s->cases->borders ? s->cases->borders + key->unit * s->units : NULL;
	int same = key->direction > 0 ? 0 : 1;
	double n = 0, step = 0, level = 0, events = 0;

	for (size_t unit = 0; borders && unit < s->units; unit++) {
		double moved = borders[unit] ? step_of(s, key->space, unit, k, 3) : NAN;

		if (isnan(moved))
			continue;
		n++;
		step += moved;
		level += x_of(s, key->space, unit, k);
		events += event_of(s, same, key->space, unit, k) || event_of(s, same, key->space, unit, k - 1);
	}
	if (n > 0) {
		x[F_NEAR_STEP] = (float)(key->direction * step / n);
		x[F_NEAR_GAP] = (float)(key->direction * (level / n - x[F_LEVEL]));
		x[F_NEAR_SAME] = (float)(events / n);
	}
}

/* ---- what other sources say ---- */

static const struct outside {
	const char *column;
	enum feature feature;
	bool log;
} outside[] = {
	{"gdp_pc", F_GDP_PC, true}, {"gdp_pc_growth", F_GROWTH, false}, {"infmort", F_INFMORT, true},
	{"infmort_yearadj", F_INFMORT_ADJ, false}, {"pop", F_POP, true}, {"state_age", F_STATE_AGE, true},
	{"years_since_last_pt_attempt", F_COUP_YEARS, false}, {"pt_attempt_num5yrs", F_COUPS_5, false},
	{"pt_attempt_num10yrs", F_COUPS_10, false}, {"internal_confl", F_CONFLICT, false},
	{"internal_confl_major", F_CONFLICT_MAJOR, false}, {"ext_conf", F_WAR, false}, {"ext_conf_major", F_WAR_MAJOR, false},
	{"internet_users_pct", F_INTERNET, false}, {"mobile_per100", F_MOBILE, false}, {"event_pressure", F_PRESSURE, false},
};

#define CARRIED_YEARS 3

static void from_outside(const struct series *s, const size_t *columns, size_t growth, const struct case_key *key, float *x)
{
	const struct history *history = s->cases->history;
	double sum = 0;
	int n = 0;

	for (size_t i = 0; i < LENGTH(outside); i++) {
		double value = columns[i] == history->n_columns ? NAN
			: history_carried(history, key->year, columns[i], key->unit, CARRIED_YEARS);

		x[outside[i].feature] = (float)(outside[i].log ? value > 0 ? log(value) : NAN : value);
	}
	for (int64_t year = key->year; growth < history->n_columns && year > key->year - 4; year--) {
		double value = history_value(history, key->year, growth, key->unit, year);

		if (!isnan(value)) {
			sum += value;
			n++;
		}
	}
	x[F_GROWTH_3] = n ? (float)(sum / n) : NAN;
}

void features_fill(struct cases *cases)
{
	struct series s;
	size_t columns[LENGTH(outside)], growth = history_column(cases->history, "gdp_pc_growth");

	series_open(&s, cases);
	for (size_t i = 0; i < LENGTH(outside); i++)
		columns[i] = history_column(cases->history, outside[i].column);
	for (size_t i = 0; i < cases->n; i++) {
		const struct case_key *key = &cases->key[i];
		float *x = &cases->x[i * N_CASE_FEATURES];
		int64_t k = key->year - cases->history->first;

		for (size_t f = 0; f < N_CASE_FEATURES; f++)
			x[f] = NAN;
		own(&s, key, k, x);
		others(&s, key, k, x);
		region(&s, key, k, x);
		neighbours(&s, key, k, x);
		from_outside(&s, columns, growth, key, x);
		x[F_UP] = key->direction > 0;
		for (size_t space = 0; space < N_SIX_SPACES; space++)
			x[F_SPACE_0 + space] = key->space == space;
	}
	arena_free(&s.arena);
}
