/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pulse_lesson.c - the events of the months since the origin: what they add to the yearly chance, what the
 * update was worth, and whether it is used.
 *
 * Every forecast kept its chance before the update, the news and the chance after it, made with what had been
 * learned by its date: the score is out of time without more ado. The update is used when the paired difference of
 * Brier scores lies below 0 with its whole 90 % interval, whether countries are resampled whole or years are (which have
 * their shocks in common), and enough of both had news; else it is not, and the setting says why. Forecasts of one
 * origin and unit share one weight.
 */
#include <math.h>

#include <tocsin/stats.h>

#include "learn/resolved.h"

#define DRAWS 1000
#define LEVEL 0.9
#define LEAST_COUNTRIES 20    /* resampled, fewer are surer of themselves than they may be: bench/pulse.c */
#define LEAST_ORIGINS 8

struct pulse_rows {
	const struct resolved **row;
	double *offset, *news, *weight;
	unsigned char *y;
	size_t *country, n;
};

struct pulse_worth {
	double brier, gain;          /* of the update; what the yearly chance lost more */
	struct interval reach, by_year;    /* 90 %, countries resampled; origins resampled */
	size_t positives, origins, countries;    /* the last two: in which the update moved a chance */
	bool shown;
};

static double log_odds(double p)
{
	p = fmin(fmax(p, CHANCE_EDGE), 1 - CHANCE_EDGE);
	return log(p / (1 - p));
}

static bool same_case(const struct resolved *a, const struct resolved *b)
{
	return a->forecast->origin == b->forecast->origin && a->country == b->country;
}

/* Rows of the question that had news, in order of origin and unit. */
static struct pulse_rows rows_pick(const struct resolved_set *set, const char *question, struct arena *arena)
{
	struct pulse_rows rows = {arena_array(arena, const struct resolved *, set->n + 1),
				  arena_array(arena, double, set->n + 1), arena_array(arena, double, set->n + 1),
				  arena_array(arena, double, set->n + 1), arena_array(arena, unsigned char, set->n + 1),
				  arena_array(arena, size_t, set->n + 1), 0};

	for (size_t i = 0; i < set->n; i++) {
		const struct forecast *forecast = set->v[i].forecast;

		if (set->v[i].asked.text != question || isnan(forecast->pulse) || isnan(forecast->yearly) ||
		    isnan(forecast->news))
			continue;
		rows.row[rows.n] = &set->v[i];
		rows.offset[rows.n] = log_odds(forecast->yearly);
		rows.news[rows.n] = forecast->news;
		rows.country[rows.n] = set->v[i].country;
		rows.y[rows.n++] = set->v[i].y;
	}
	for (size_t first = 0, past; first < rows.n; first = past) {
		for (past = first + 1; past < rows.n && same_case(rows.row[past], rows.row[first]); past++)
			;
		for (size_t i = first; i < past; i++)
			rows.weight[i] = 1 / (double)(past - first);
	}
	return rows;
}

/* Gains and weights of whole clusters, and in how many of them a chance was moved. */
struct clusters {
	double *total, *size;
	bool *moved;
	size_t n, n_moved;
};

static struct clusters clusters_new(size_t n, struct arena *arena)
{
	return (struct clusters){arena_array(arena, double, n + 1), arena_array(arena, double, n + 1),
				 arena_array(arena, bool, n + 1), n, 0};
}

static void clusters_add(struct clusters *clusters, size_t at, double gain, double weight, bool moved)
{
	clusters->total[at] += gain;
	clusters->size[at] += weight;
	clusters->n_moved += moved && !clusters->moved[at];
	clusters->moved[at] |= moved;
}

static struct interval clusters_reach(const struct clusters *clusters, uint64_t seed)
{
	if (clusters->n_moved < 2)
		return (struct interval){NAN, NAN};
	return bootstrap_ratio(clusters->total, clusters->size, clusters->n, DRAWS, seed, LEVEL);
}

static struct pulse_worth worth_of(const struct learn_setup *setup, const struct pulse_rows *rows, size_t n_countries,
				   struct arena *arena)
{
	struct clusters countries = clusters_new(n_countries, arena), years = clusters_new(rows->n, arena);
	struct pulse_worth worth = {0};
	size_t year = 0;
	double weight = 0;

	for (size_t i = 0; i < rows->n; i++) {
		const struct forecast *forecast = rows->row[i]->forecast;
		const double loss = (forecast->pulse - rows->y[i]) * (forecast->pulse - rows->y[i]);
		const double before = (forecast->yearly - rows->y[i]) * (forecast->yearly - rows->y[i]);
		const double gain = rows->weight[i] * (before - loss);
		const bool moved = forecast->pulse != forecast->yearly;

		year += i && forecast->origin != rows->row[i - 1]->forecast->origin;
		weight += rows->weight[i];
		worth.brier += rows->weight[i] * loss;
		worth.gain += gain;
		worth.positives += rows->y[i];
		clusters_add(&countries, rows->country[i], gain, rows->weight[i], moved);
		clusters_add(&years, year, gain, rows->weight[i], moved);
	}
	worth.brier /= weight;
	worth.gain /= weight;
	worth.countries = countries.n_moved;
	worth.origins = years.n_moved;
	years.n = year + 1;
	worth.reach = clusters_reach(&countries, setup->seed);
	worth.by_year = clusters_reach(&years, setup->seed);
	worth.shown = worth.origins >= LEAST_ORIGINS && worth.countries >= LEAST_COUNTRIES && worth.reach.low > 0 &&
		      worth.by_year.low > 0;
	return worth;
}

static const char *verdict_of(const struct pulse_worth *worth)
{
	if (worth->shown)
		return "better than the yearly chance: used";
	if (worth->origins < LEAST_ORIGINS)
		return "no skill shown: not used; fewer than eight origins were updated";
	if (worth->countries < LEAST_COUNTRIES)
		return "no skill shown: not used; fewer than twenty countries were updated";
	if (worth->reach.low > 0)
		return "no skill shown: not used; what was gained hangs on few years";
	return worth->reach.high < 0 ? "worse than the yearly chance: not used" : "no skill shown: not used";
}

static struct score *score_keep(const struct learn_setup *setup, const char *question, const struct pulse_rows *rows,
				const struct pulse_worth *worth, struct records *out)
{
	struct score *score = record_new(out->arena, &kind_score);

	score->r.known = setup->as_of;
	score->about = "pulse";
	score->subject = arena_dup(out->arena, question);
	score->member = "pulse";
	score->n = (double)rows->n;
	score->positives = (double)worth->positives;
	score->brier = worth->brier;
	score->skill = worth->gain;
	score->skill_low = worth->reach.low;
	score->skill_high = worth->reach.high;
	if (isnan(worth->reach.low)) {
		record_missing(out->arena, &score->r, "skill_low", "fewer than two countries were updated");
		record_missing(out->arena, &score->r, "skill_high", "fewer than two countries were updated");
	}
	score->verdict = verdict_of(worth);
	for (size_t i = 0; i < rows->n; i++) {
		record_from(out->arena, &score->r, rows->row[i]->forecast->r.id, "forecast");
		record_inherit_licence(&score->r, rows->row[i]->forecast->r.licence);
	}
	record_identify(out->arena, score);
	records_add(out, score);
	return score;
}

static void setting_keep(const struct learn_setup *setup, const char *question, const char *part, double value,
			 const char *reason, const struct score *score, struct records *out)
{
	struct setting *setting = record_new(out->arena, &kind_setting);

	setting->r.known = setup->as_of;
	setting->name = arena_printf(out->arena, "pulse.%s.%s", question, part);
	setting->value = value;
	setting->reason = reason;
	if (score) {
		record_from(out->arena, &setting->r, score->r.id, "score");
		record_inherit_licence(&setting->r, score->r.licence);
	}
	record_identify(out->arena, setting);
	records_add(out, setting);
}

static const char *worth_words(const struct pulse_worth *worth, size_t n, struct arena *arena)
{
	if (isnan(worth->reach.low))
		return arena_printf(arena, "%s; %zu resolved forecasts", verdict_of(worth), n);
	return arena_printf(arena, "%s; Brier gain over the yearly chance %.5f (90 %%: %.5f to %.5f), %zu resolved forecasts, "
			    "%zu origins and %zu countries updated", verdict_of(worth), worth->gain, worth->reach.low,
			    worth->reach.high, n, worth->origins, worth->countries);
}

static void learn_one(const struct learn_setup *setup, const struct resolved_set *set, const char *question,
		      struct arena *arena, struct records *out)
{
	const struct pulse_rows rows = rows_pick(set, question, arena);
	struct offset_slope effect;
	struct pulse_worth worth;
	struct score *score;
	const char *said;

	if (rows.n == 0) {
		setting_keep(setup, question, "on", 0, "no skill shown: not used; no resolved forecast had monthly events", NULL,
			     out);
		return;
	}
	effect = offset_slope_fit(rows.offset, rows.news, rows.y, rows.weight, rows.country, rows.n, set->n_countries,
				  PULSE_RIDGE);
	worth = worth_of(setup, &rows, set->n_countries, arena);
	score = score_keep(setup, question, &rows, &worth, out);
	said = arena_printf(out->arena, "%zu resolved forecasts with monthly events: a month one deviation above the unit's own "
			    "past multiplies the odds by %.2f", rows.n, exp(effect.slope));
	setting_keep(setup, question, "beta", effect.slope, said, score, out);
	setting_keep(setup, question, "beta_sd", effect.sd, said, score, out);
	setting_keep(setup, question, "on", worth.shown, worth_words(&worth, rows.n, out->arena), score, out);
}

void learn_pulse(const struct learn_setup *setup, const struct records *in, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct resolved_set set;

	resolved_every(setup, in, &arena, &set);
	for (size_t i = 0; i < set.n; i++)
		if (i == 0 || set.v[i].asked.text != set.v[i - 1].asked.text)
			learn_one(setup, &set, set.v[i].asked.text, &arena, out);
}
