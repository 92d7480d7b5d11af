/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detector.c - how likely a year is to be coded as an episode once later releases are out, learned from
 * the file at hand alone (docs/methods/episode-probability.md).
 *
 * To learn what a newest year is worth, past years are looked at as if they were newest: nothing after
 * them, and values off by as much as a release may be. What became of them is read off the whole file, up to
 * SETTLED_YEARS before its end. A country is judged by models that never saw it.
 */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "measure/detector.h"

#define SETTLED_YEARS 5
#define FIRST_LEARNED 30       /* years into the panel: before, sequences had no room */
#define MOST_ROWS 200000
#define LEAST_COUNTRIES 10
#define PRECISION_WANTED 0.8

/* ---- threads ---- */

struct pool {
	void (*job)(void *data, size_t i);
	void *data;
	size_t n;
	_Atomic size_t next;
};

static void *pool_work(void *data)
{
	struct pool *pool = data;

	for (size_t i; (i = pool->next++) < pool->n;)
		pool->job(pool->data, i);
	return NULL;
}

/* A thread that cannot be had is done without. */
void jobs_run(void (*job)(void *data, size_t i), void *data, size_t n, int threads)
{
	struct pool pool = {.job = job, .data = data, .n = n};
	pthread_t others[DETECTOR_THREADS];
	int started = 0;

	while (started < threads - 1 && started < DETECTOR_THREADS &&
	       pthread_create(&others[started], NULL, pool_work, &pool) == 0)
		started++;
	pool_work(&pool);
	for (int i = 0; i < started; i++)
		pthread_join(others[i], NULL);
}

/* ---- looks ---- */

struct detector {
	struct ert_table table;        /* countries by id: their order in the file changes no sum */
	const struct detector_setup *setup;
	struct world *worlds;          /* by year of the panel */
	struct sample sample;
	size_t *starts;                /* of each country's rows in the sample */
	struct detector_row *rows;
	const struct models *models;
	struct arena *arenas;          /* one a country, for its reasons */
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct ert_country *)a)->id, ((const struct ert_country *)b)->id);
}

static struct ert_table table_by_id(const struct ert_table *table, struct arena *arena)
{
	struct ert_table sorted = *table;

	sorted.countries = arena_array(arena, struct ert_country, table->n_countries + 1);
	for (size_t c = 0; c < table->n_countries; c++)
		sorted.countries[c] = table->countries[c];
	qsort(sorted.countries, table->n_countries, sizeof *sorted.countries, by_id);
	return sorted;
}

/* Random numbers of a country and year, whatever else is in the file. */
static void rng_of(struct rng *rng, uint64_t seed, const char *country, int year, bool learning)
{
	uint64_t hash = 0xcbf29ce484222325u ^ seed;   /* FNV-1a */

	for (; *country; country++)
		hash = (hash ^ (unsigned char)*country) * 0x100000001b3u;
	rng_seed(rng, hash + 2 * (uint64_t)year + learning);
}

static void learn_country(void *data, size_t c)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct detector *detector = data;
	const struct sample *sample = &detector->sample;
	const struct episode_rule *rule = &detector->setup->rule;
	size_t row = detector->starts[c];
	struct ert_room room;
	struct ert_input in;

	ert_room_make(&detector->table, &arena, &room);
	in = ert_table_country(&detector->table, c, &room);
	ert_run(&in, rule, &room);
	for (size_t i = FIRST_LEARNED; i + SETTLED_YEARS < in.n; i++) {
		struct look look, revised;
		struct rng rng;

		if (!look_at(&in, room.sd, in.first + (int)i, &look))
			continue;
		rng_of(&rng, detector->setup->seed, detector->table.countries[c].id, look.year, true);
		for (size_t k = 0; k < DETECTOR_LOOKS; k++, row++) {
			look_revise(&look, &rng, &revised);
			look_features(&revised, &detector->worlds[i], rule, &rng, sample->x + row * FEATURES);
			for (size_t side = 0; side < 2; side++)
				sample->y[side][row] = room.sides[side][i].ep == 1;
			sample->country[row] = (uint32_t)c;
		}
	}
}

/* Room for each country's rows, and where they begin. */
static int sample_make(struct detector *detector, struct arena *arena, struct err *err)
{
	struct ert_room room;
	struct sample *sample = &detector->sample;
	const struct ert_table *table = &detector->table;
	size_t countries = 0;

	detector->starts = arena_array(arena, size_t, table->n_countries + 1);
	ert_room_make(table, arena, &room);
	for (size_t c = 0; c < table->n_countries; c++) {
		const struct ert_input in = ert_table_country(table, c, &room);
		size_t before = sample->n;
		struct look look;

		detector->starts[c] = sample->n;
		for (size_t i = FIRST_LEARNED; i + SETTLED_YEARS < in.n; i++)
			if (look_at(&in, room.sd, in.first + (int)i, &look))
				sample->n += DETECTOR_LOOKS;
		countries += sample->n > before;
	}
	if (countries < LEAST_COUNTRIES)
		return err_hint(err,
				err_set(err, ERR_DATA, "cannot learn from %zu countries with values after %d years", countries,
					FIRST_LEARNED),
				"Give a whole release: decades of many countries.");
	sample->x = arena_array(arena, double, sample->n * FEATURES);
	for (size_t side = 0; side < 2; side++)
		sample->y[side] = arena_array(arena, unsigned char, sample->n);
	sample->country = arena_array(arena, uint32_t, sample->n);
	return 0;
}

/* ---- the threshold ---- */

struct judged {
	double p;
	unsigned char y;
};

static int by_chance_down(const void *a, const void *b)
{
	const struct judged *x = a, *y = b;

	return x->p != y->p ? (x->p < y->p) - (x->p > y->p) : y->y - x->y;
}

/* The lowest chance, in hundredths, from which on those who have it or more are episodes often enough. */
static void find_threshold(const struct judged *judged, size_t n, size_t positives, struct detector_threshold *ret)
{
	size_t hits = 0, at = 0;

	*ret = (struct detector_threshold){.chance = 0.5, .precision = NAN, .recall = NAN};
	for (int hundredth = 99; hundredth >= 5; hundredth--) {
		for (; at < n && judged[at].p >= hundredth / 100.0; at++)
			hits += judged[at].y;
		if (at < 50 || hits == 0)
			continue;
		if ((double)hits < PRECISION_WANTED * (double)at)
			break;
		*ret = (struct detector_threshold){hundredth / 100.0, (double)hits / (double)at,
						   (double)hits / (double)positives};
	}
}

/* By the chances of the years learned from, each without its country. */
static void set_thresholds(const struct detector *detector, struct arena *arena, struct detector_result *result)
{
	const struct sample *sample = &detector->sample;
	struct judged *judged = arena_array(arena, struct judged, sample->n);

	result->n_learned = sample->n / DETECTOR_LOOKS;
	for (size_t side = 0; side < 2; side++) {
		size_t positives = 0;

		for (size_t i = 0; i < sample->n; i++) {
			const struct model *model =
				&detector->models->v[side][detector->models->fold[sample->country[i]]];

			judged[i] = (struct judged){model_chance(model, sample->x + i * FEATURES), sample->y[side][i]};
			positives += judged[i].y;
		}
		qsort(judged, sample->n, sizeof *judged, by_chance_down);
		find_threshold(judged, sample->n, positives, &result->thresholds[side]);
		result->episodes[side] = positives / DETECTOR_LOOKS;
	}
}

/* ---- chances ---- */

static void judge(const struct detector *detector, const struct look *look, size_t c, struct detector_row *row)
{
	_cleanup_(buf_free) struct buf words = {0};
	const struct episode_rule *rule = &detector->setup->rule;
	const struct world *world = &detector->worlds[look->year - detector->table.first];
	const struct model *closing = &detector->models->v[1][detector->models->fold[c]];
	struct interval interval;
	double x[FEATURES];
	struct rng rng;

	rng_of(&rng, detector->setup->seed, row->country, row->year, false);
	look_features(look, world, rule, &rng, x);
	row->p[0] = model_chance(&detector->models->v[0][detector->models->fold[c]], x);
	row->p[1] = model_chance(closing, x);
	interval = model_interval(closing, x, 0.9);
	row->low = fmin(interval.low, row->p[1]);
	row->high = fmax(interval.high, row->p[1]);
	detector_reason(closing, look, world, rule, x, &words);
	row->reason = arena_dup(&detector->arenas[c], words.s);
}

/* Where nothing can be said: why. */
static const char *excuse(const struct ert_input *in, int year, struct arena *arena)
{
	int last = ERT_NONE;

	for (size_t i = 0; i < in->n; i++)
		if (!isnan(in->v[i]))
			last = in->first + (int)i;
	if (last == ERT_NONE)
		return "the country has no value in any year";
	if (!isnan(in->v[year - in->first]))
		return arena_printf(arena, "no value in %d, so that no change is known", year - 1);
	if (last < year)
		return arena_printf(arena, "no value in %d; the last is of %d", year, last);
	return arena_printf(arena, "no value in %d", year);
}

static void judge_country(void *data, size_t c)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct detector *detector = data;
	const struct ert_country *country = &detector->table.countries[c];
	struct ert_room room;
	struct ert_input in;

	ert_room_make(&detector->table, &arena, &room);
	in = ert_table_country(&detector->table, c, &room);
	for (size_t i = 0; i < (detector->setup->all_years ? country->n : 1); i++) {
		struct detector_row *row = &detector->rows[detector->setup->all_years ? country->first + i : c];
		struct look look;

		*row = (struct detector_row){.country = country->id, .p = {NAN, NAN}, .low = NAN, .high = NAN};
		row->year = detector->setup->all_years
				    ? detector->table.rows[detector->table.order[country->first + i]].year
				    : in.first + (int)in.n - 1;
		if (look_at(&in, room.sd, row->year, &look))
			judge(detector, &look, c, row);
		else
			row->reason = excuse(&in, row->year, &detector->arenas[c]);
	}
}

static int by_country(const void *a, const void *b)
{
	const struct detector_row *x = a, *y = b;
	int order = strcmp(x->country, y->country);

	return order ? order : x->year - y->year;
}

static void judge_all(struct detector *detector, struct arena *arena, struct detector_result *result)
{
	const size_t n = detector->table.n_countries;

	result->n = detector->setup->all_years ? detector->table.n_rows : n;
	detector->rows = result->rows = arena_array(arena, struct detector_row, result->n + 1);
	detector->arenas = arena_array(arena, struct arena, n + 1);
	jobs_run(judge_country, detector, n, detector->setup->threads);
	for (size_t i = 0; i < result->n; i++)
		result->rows[i].reason = arena_dup(arena, result->rows[i].reason);
	for (size_t c = 0; c < n; c++)
		arena_free(&detector->arenas[c]);
	qsort(result->rows, result->n, sizeof *result->rows, by_country);
}

int detector_run(const struct ert_table *table, const struct detector_setup *setup, struct arena *arena,
		 struct detector_result *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0};
	_cleanup_(models_free) struct models models = {0};
	struct detector detector = {.setup = setup, .table = table_by_id(table, &room), .models = &models};
	struct detector_result result = {0};
	unsigned char *folds = arena_array(&room, unsigned char, table->n_countries + 1);
	int r;

	if (table->n_rows > MOST_ROWS)
		return err_hint(err,
				err_set(err, ERR_DATA, "%zu country-years are too many to learn from, at most %d are taken",
					table->n_rows, MOST_ROWS),
				"Give one release; it has some twenty thousand since 1900.");
	detector.worlds = arena_array(&room, struct world, table->n_years + 1);
	worlds_fill(&detector.table, &setup->rule, setup->threads, detector.worlds);
	r = sample_make(&detector, &room, err);
	if (r < 0)
		return r;
	jobs_run(learn_country, &detector, table->n_countries, setup->threads);
	folds_deal(&detector.table, folds);
	r = models_train(&detector.sample, &detector.table, folds, setup->seed, setup->threads, &models, err);
	if (r < 0)
		return r;
	set_thresholds(&detector, &room, &result);
	judge_all(&detector, arena, &result);
	*ret = result;
	return 0;
}
