/* SPDX-License-Identifier: GPL-3.0-or-later */
/* effects_lesson.c - what the recorded responses did to the index: a score for each instrument and for all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/learn.h>

#define INDEX "v2x_polyarchy"

struct lesson {
	const struct learn_setup *setup;
	const struct records *in;
	struct arena *arena;             /* scratch */
	const char **units, **manners;
	size_t n_units, n_manners;
	int64_t first_year, last_year;
	struct effect_panel panel;
	struct effect_start *starts;
	size_t n_starts;
};

static const char unsaid[] = "";     /* a response by no named instrument: others are kept apart from it */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t sort_texts(const char **texts, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(texts, n, sizeof *texts, by_text);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(texts[kept - 1], texts[i]) != 0)
			texts[kept++] = texts[i];
	return kept;
}

static size_t place_of(const char *const *texts, size_t n, const char *text)
{
	const char *const *at = n ? bsearch(&text, texts, n, sizeof *texts, by_text) : NULL;

	return at ? (size_t)(at - texts) : SIZE_MAX;
}

static bool is_index(const struct lesson *lesson, const struct observation *o)
{
	return o->r.known.usec <= lesson->setup->as_of.usec && str_eq(o->indicator, INDEX) && o->r.unit &&
	       !isnan(o->value);
}

static bool is_done(const struct lesson *lesson, const struct response *response)
{
	return response->r.known.usec <= lesson->setup->as_of.usec && response->r.unit &&
	       instant_is_set(response->r.valid_from);
}

static const char *manner_of(const struct response *response)
{
	return response->instrument ? response->instrument : unsaid;
}

static void span(struct lesson *lesson, struct instant at)
{
	const int64_t year = instant_year(at);

	lesson->first_year = year < lesson->first_year ? year : lesson->first_year;
	lesson->last_year = year > lesson->last_year ? year : lesson->last_year;
}

/* Names of units and instruments, and the years; false when nothing was done or nothing is measured. */
static bool take_names(struct lesson *lesson)
{
	const struct observation *o;
	const struct response *response;
	size_t cap_units = 0, cap_manners = 0;

	for (size_t i = 0; (o = records_next(lesson->in, &kind_observation, &i));) {
		if (!is_index(lesson, o))
			continue;
		*arena_push(lesson->arena, lesson->units, lesson->n_units, cap_units) = o->r.unit;
		span(lesson, o->r.valid_from);
	}
	lesson->n_units = sort_texts(lesson->units, lesson->n_units);
	for (size_t i = 0; (response = records_next(lesson->in, &kind_response, &i));) {
		if (!is_done(lesson, response) ||
		    place_of(lesson->units, lesson->n_units, response->r.unit) == SIZE_MAX)
			continue;
		*arena_push(lesson->arena, lesson->manners, lesson->n_manners, cap_manners) = manner_of(response);
		span(lesson, response->r.valid_from);
	}
	lesson->n_starts = lesson->n_manners;
	lesson->n_manners = sort_texts(lesson->manners, lesson->n_manners);
	return lesson->n_starts > 0;
}

/* The index of each unit and year: of several the one that became known last. */
static void take_index(struct lesson *lesson)
{
	const size_t years = (size_t)(lesson->last_year - lesson->first_year) + 1;
	const struct observation **kept = arena_array(lesson->arena, const struct observation *, lesson->n_units * years);
	double *y = arena_array(lesson->arena, double, lesson->n_units * years);
	const struct observation *o;

	for (size_t i = 0; (o = records_next(lesson->in, &kind_observation, &i));) {
		const struct observation **place;

		if (!is_index(lesson, o))
			continue;
		place = &kept[place_of(lesson->units, lesson->n_units, o->r.unit) * years +
			      (size_t)(instant_year(o->r.valid_from) - lesson->first_year)];
		if (!*place || o->r.known.usec > (*place)->r.known.usec ||
		    (o->r.known.usec == (*place)->r.known.usec && str_cmp(o->r.id, (*place)->r.id) > 0))
			*place = o;
	}
	for (size_t i = 0; i < lesson->n_units * years; i++)
		y[i] = kept[i] ? kept[i]->value : NAN;
	lesson->panel = (struct effect_panel){lesson->n_units, years, y};
}

static void take_starts(struct lesson *lesson)
{
	const struct response *response;

	lesson->starts = arena_array(lesson->arena, struct effect_start, lesson->n_starts);
	lesson->n_starts = 0;
	for (size_t i = 0; (response = records_next(lesson->in, &kind_response, &i));) {
		size_t unit = is_done(lesson, response) ? place_of(lesson->units, lesson->n_units, response->r.unit)
							: SIZE_MAX;

		if (unit != SIZE_MAX)
			lesson->starts[lesson->n_starts++] = (struct effect_start){
				unit, (size_t)(instant_year(response->r.valid_from) - lesson->first_year),
				place_of(lesson->manners, lesson->n_manners, manner_of(response))};
	}
}

/* The score rests on the responses and on the index of all units. */
static void add_origins(const struct lesson *lesson, const char *instrument, struct arena *arena, struct score *score)
{
	const struct response *response;
	const struct observation *o;

	for (size_t i = 0; (response = records_next(lesson->in, &kind_response, &i));) {
		if (!is_done(lesson, response) || (instrument && !str_eq(response->instrument, instrument)) ||
		    place_of(lesson->units, lesson->n_units, response->r.unit) == SIZE_MAX)
			continue;
		record_from(arena, &score->r, response->r.id, "response");
		record_inherit_licence(&score->r, response->r.licence);
	}
	for (size_t i = 0; (o = records_next(lesson->in, &kind_observation, &i));)
		if (is_index(lesson, o))
			record_inherit_licence(&score->r, o->r.licence);
}

static void add_score(const struct lesson *lesson, const struct effect *row, struct records *out)
{
	const bool together = row->manner == lesson->n_manners;
	const char *instrument = together ? NULL : lesson->manners[row->manner];
	struct score *score;

	if (instrument && !*instrument)
		return;
	score = record_new(out->arena, &kind_score);
	score->r.known = lesson->setup->as_of;
	score->about = "effect";
	score->subject = instrument ? arena_dup(out->arena, instrument) : "all";
	score->member = "-";
	score->n = (double)row->treated;
	score->verdict = arena_dup(out->arena, row->why);
	score->skill = row->effect;
	score->skill_low = row->low;
	score->skill_high = row->high;
	if (isnan(row->effect))
		record_missing(out->arena, &score->r, "skill", row->why);
	add_origins(lesson, instrument, out->arena, score);
	record_identify(out->arena, score);
	records_add(out, score);
}

int learn_responses(const struct learn_setup *setup, const struct records *in, struct records *out, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct effect_setup how = {.horizon = 5, .most_before = 20, .draws = 1999, .level = 0.95,
					 .seed = setup->seed};
	struct lesson lesson = {setup, in, &arena, .first_year = INT64_MAX, .last_year = INT64_MIN};
	struct effect *rows;
	size_t n;
	int r;

	if (!take_names(&lesson))
		return 0;
	take_index(&lesson);
	take_starts(&lesson);
	r = effects_estimate(&lesson.panel, lesson.starts, lesson.n_starts, lesson.n_manners, &how, &arena, &rows, &n,
			     err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (rows[i].scope == EFFECT_POOLED)
			add_score(&lesson, &rows[i], out);
	/* one instrument alone: all is that one */
	for (size_t i = 0; i < n && lesson.n_manners == 1; i++)
		if (rows[i].scope == EFFECT_POOLED) {
			rows[i].manner = 0;
			add_score(&lesson, &rows[i], out);
		}
	return 0;
}
