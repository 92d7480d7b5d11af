/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ert_draws.c - how likely an episode is, given how sure the index is (docs/methods/episode-probability.md).
 *
 * A draw adds to each year of a country its sd times an error that follows the year
 * before's (AR(1), anew after a year without a value), and finds the episodes of what comes out. Regimes,
 * elections and the end of the coding stay as they are. Where a sequence is under way in the last year, the
 * draw goes on: the yearly changes that followed somewhere in the past upon a sequence of the same direction
 * that had stood still for as long are added, and it is seen whether that last year is then in an episode.
 *
 * Each country and draw has random numbers of its own: neither threads nor other countries change a chance of the
 * years known. Threads take whole countries.
 */
#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "measure/ert.h"

/* A past year in which a sequence was under way, known for as many years after as the tolerance. */
struct donor {
	const double *v;             /* of that year; the years after follow */
};

struct donors {
	struct donor *v;
	size_t n, cap;
};

struct work {
	const struct ert_table *table;
	const struct ert_drawing *setup;
	struct donors *donors;       /* by direction, then years of stasis: 2 * tolerance */
	struct ert_chance *chances;
	struct ert_outlook *outlooks;
	_Atomic size_t next;         /* country */
};

/* ---- random numbers ---- */

/* Polar method (Marsaglia and Bray 1964); the second of a pair is kept. */
struct normals {
	struct rng rng;
	double kept;
	bool has;
};

static double normal_next(struct normals *normals)
{
	double x, y, s;

	if (normals->has) {
		normals->has = false;
		return normals->kept;
	}
	do {
		x = 2 * rng_unit(&normals->rng) - 1;
		y = 2 * rng_unit(&normals->rng) - 1;
		s = x * x + y * y;
	} while (s >= 1 || s == 0);
	s = sqrt(-2 * log(s) / s);
	normals->kept = y * s;
	normals->has = true;
	return x * s;
}

static uint64_t stream_of(const char *country, uint64_t seed)
{
	uint64_t hash = 0xcbf29ce484222325u ^ seed;   /* FNV-1a */

	for (; *country; country++)
		hash = (hash ^ (unsigned char)*country) * 0x100000001b3u;
	return hash;
}

/* ---- one draw ---- */

struct sketch {                      /* of one country: what is known, and room for draws that go on */
	struct ert_input in;
	double *v;
	const double *mean, *sd;
	struct ert_regime *regimes;
	struct ert_side *sides;
	size_t known;                /* years of the panel */
	size_t last;                 /* index of the last year with a value */
};

static double within(double v)
{
	return v < 0 ? 0 : v > 1 ? 1 : v;
}

static void draw_values(const struct sketch *sketch, double correlation, struct normals *normals)
{
	double error = 0, fresh = sqrt(1 - correlation * correlation);
	bool begun = false;

	for (size_t i = 0; i < sketch->known; i++) {
		double z;

		if (isnan(sketch->mean[i])) {
			sketch->v[i] = NAN;
			begun = false;
			continue;
		}
		z = normal_next(normals);
		error = begun ? correlation * error + fresh * z : z;
		begun = true;
		/* Without a width nothing is known to be uncertain. */
		sketch->v[i] = isnan(sketch->sd[i]) || sketch->sd[i] == 0
				       ? sketch->mean[i] : within(sketch->mean[i] + sketch->sd[i] * error);
	}
}

/* Years of stasis when a sequence is under way in year `last`, else -1. */
static int under_way(const struct ert_input *in, const struct ert_regime *regimes, const struct episode_rule *rule,
		     int direction, size_t last)
{
	struct ert_input cut = *in;
	struct ert_span span;
	size_t at = 0, found = SIZE_MAX, step;

	cut.n = last + 1;
	while (ert_candidate(&cut, regimes, rule, direction, &at, &span) == 1)
		found = span.last == last ? span.first : SIZE_MAX;
	if (found == SIZE_MAX)
		return -1;
	for (step = last; step > found; step--) {
		double d = in->v[step] - in->v[step - 1];

		if (direction > 0 ? d >= rule->start_incl : d <= -rule->start_incl)
			break;
	}
	return last - step < (size_t)rule->tolerance ? (int)(last - step) : -1;
}

/* Add a donor's changes after the last year; the regime stays, for what it will be is not known. */
static void go_on(struct sketch *sketch, const struct donor *donor, int years)
{
	for (int k = 1; k <= years; k++)
		sketch->v[sketch->last + (size_t)k] = within(sketch->v[sketch->last] + donor->v[k] - donor->v[0]);
}

/* Would the last year be in an episode once as many years more as the tolerance are known? */
static bool is_confirmed(struct sketch *sketch, const struct episode_rule *rule, int direction, const struct donor *donor)
{
	struct ert_input later = sketch->in;
	size_t n = sketch->known;

	go_on(sketch, donor, rule->tolerance);
	later.n = sketch->last + (size_t)rule->tolerance + 1;
	later.coding_end = later.first + (int)later.n - 1;
	ert_episodes(&later, sketch->regimes, rule, direction, sketch->sides);
	for (size_t i = sketch->last + 1; i < n; i++)
		sketch->v[i] = NAN;
	return sketch->sides[sketch->last].ep == 1;
}

static void look_on(const struct work *work, struct sketch *sketch, int side, struct rng *rng, struct ert_outlook *outlook)
{
	const struct episode_rule *rule = &work->setup->rule;
	int direction = side ? -1 : 1, stasis = under_way(&sketch->in, sketch->regimes, rule, direction, sketch->last);
	const struct donors *donors;

	if (stasis < 0)
		return;
	outlook->open[side]++;
	donors = &work->donors[side * rule->tolerance + stasis];
	if (donors->n == 0)
		return;
	outlook->asked[side]++;
	outlook->confirmed[side] += is_confirmed(sketch, rule, direction, &donors->v[rng_below(rng, donors->n)]);
}

/* ---- a country ---- */

static void count_episodes(const struct work *work, const struct ert_country *country, const struct sketch *sketch,
			   int side)
{
	ert_episodes(&sketch->in, sketch->regimes, &work->setup->rule, side ? -1 : 1, sketch->sides);
	for (size_t i = country->first; i < country->first + country->n; i++) {
		size_t row = work->table->order[i];

		work->chances[row].p[side] += sketch->sides[work->table->rows[row].year - work->table->first].ep;
	}
}

static void divide(const struct work *work, const struct ert_country *country, struct ert_outlook *outlook)
{
	double n = (double)work->setup->draws;

	for (size_t side = 0; side < 2; side++) {
		for (size_t i = country->first; i < country->first + country->n; i++)
			work->chances[work->table->order[i]].p[side] /= n;
		outlook->confirmed[side] = outlook->asked[side] > 0 ? outlook->confirmed[side] / outlook->asked[side] : NAN;
		outlook->open[side] /= n;
	}
}

static struct sketch sketch_make(const struct work *work, size_t c, struct arena *arena)
{
	size_t n = work->table->n_years, room = n + (size_t)work->setup->rule.tolerance;
	struct ert_room known;
	struct sketch sketch = {.known = n, .last = SIZE_MAX};
	int8_t *regime = arena_array(arena, int8_t, room);
	uint8_t *flags = arena_array(arena, uint8_t, room);

	ert_room_make(work->table, arena, &known);
	sketch.in = ert_table_country(work->table, c, &known);
	sketch.v = arena_array(arena, double, room);
	sketch.mean = known.v;
	sketch.sd = known.sd;
	sketch.regimes = arena_array(arena, struct ert_regime, room);
	sketch.sides = arena_array(arena, struct ert_side, room);
	memcpy(regime, known.regime, n);
	memset(regime + n, ERT_NONE, room - n);
	memcpy(flags, known.flags, n);
	sketch.in.v = sketch.v;
	sketch.in.regime = regime;
	sketch.in.flags = flags;
	ert_regimes(&sketch.in, &work->setup->rule, sketch.regimes);
	for (size_t i = n; i < room; i++)
		sketch.regimes[i] = (struct ert_regime){.change = ERT_NONE, .event = ERT_NONE, .type = ERT_NONE};
	for (size_t i = 0; i < n; i++)
		if (!isnan(known.v[i]))
			sketch.last = i;
	return sketch;
}

static void draw_country(const struct work *work, size_t c)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct ert_country *country = &work->table->countries[c];
	struct ert_outlook *outlook = &work->outlooks[c];
	struct sketch sketch = sketch_make(work, c, &arena);
	uint64_t stream = stream_of(country->id, work->setup->seed);

	/* Of a country that has ended, or lacks the last year, nothing is under way. */
	outlook->last_year = sketch.last + 1 == sketch.known ? work->table->first + (int)sketch.last : ERT_NONE;
	for (size_t draw = 0; draw < work->setup->draws && sketch.last != SIZE_MAX; draw++) {
		struct normals normals = {.has = false};

		rng_seed(&normals.rng, stream + draw * 0x9e3779b97f4a7c15u);
		draw_values(&sketch, work->setup->correlation, &normals);
		for (int side = 0; side < 2; side++)
			count_episodes(work, country, &sketch, side);
		for (int side = 0; side < 2 && sketch.last + 1 == sketch.known; side++)
			look_on(work, &sketch, side, &normals.rng, outlook);
	}
	divide(work, country, outlook);
}

/* ---- what followed in the past ---- */

static void find_donors(const struct work *work, const struct ert_input *in, const struct ert_regime *regimes, int side,
			struct arena *arena)
{
	int tolerance = work->setup->rule.tolerance;

	for (size_t i = 1; i + (size_t)tolerance < in->n; i++) {
		struct donors *donors;
		bool known = true;
		int stasis;

		for (int k = 0; k <= tolerance; k++)
			known &= !isnan(in->v[i + (size_t)k]);
		if (!known || (stasis = under_way(in, regimes, &work->setup->rule, side ? -1 : 1, i)) < 0)
			continue;
		donors = &work->donors[side * tolerance + stasis];
		*arena_push(arena, donors->v, donors->n, donors->cap) = (struct donor){&in->v[i]};
	}
}

static void gather_donors(struct work *work, struct arena *arena)
{
	work->donors = arena_array(arena, struct donors, 2 * (size_t)work->setup->rule.tolerance);
	for (size_t c = 0; c < work->table->n_countries; c++) {
		struct ert_room room;
		struct ert_input in;

		ert_room_make(work->table, arena, &room);
		in = ert_table_country(work->table, c, &room);
		ert_regimes(&in, &work->setup->rule, room.regimes);
		for (int side = 0; side < 2; side++)
			find_donors(work, &in, room.regimes, side, arena);
	}
}

static void *draw_countries(void *data)
{
	struct work *work = data;

	for (;;) {
		size_t c = work->next++;

		if (c >= work->table->n_countries)
			return NULL;
		draw_country(work, c);
	}
}

int ert_draw(const struct ert_table *table, const struct ert_drawing *setup, struct arena *arena,
	     struct ert_chance **ret_chances, struct ert_outlook **ret_outlooks, struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct work work = {.table = table, .setup = setup};
	pthread_t threads[ERT_THREADS];
	int started = 0;

	assert(setup->draws > 0 && setup->correlation >= 0 && setup->correlation < 1);
	assert(setup->threads >= 1 && setup->threads <= ERT_THREADS);
	work.chances = arena_array(arena, struct ert_chance, table->n_rows);
	work.outlooks = arena_array(arena, struct ert_outlook, table->n_countries);
	gather_donors(&work, &room);
	while (started < setup->threads - 1 && pthread_create(&threads[started], NULL, draw_countries, &work) == 0)
		started++;
	draw_countries(&work);
	for (int i = 0; i < started; i++)
		if (pthread_join(threads[i], NULL) != 0)
			return err_set(err, ERR_FAILED, "a thread could not be waited for");
	*ret_chances = work.chances;
	*ret_outlooks = work.outlooks;
	return 0;
}
