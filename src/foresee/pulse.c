/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pulse.c - a yearly chance moved by the events since its origin, month by month.
 *
 * The past is compared in the same months of the year, so that seasons cancel, and followed by an exponential mean,
 * which is what a level that walks and is read with error asks for (Muth 1960): an archive that grows or turns
 * is not taken for news for long.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "foresee/pulse.h"

#define FOLLOW 0.4            /* of an error goes into what is expected next */
#define POOLED_WORTH 4.0      /* errors of the unit's own */
#define MOST_NEWS 3.0
#define X_EDGE 1e-3           /* a pressure is held within it and 1 minus it */

/* ---- news: pure arithmetic ---- */

void pulse_past_of(const struct pulse_month *months, size_t n, int64_t origin, int64_t until, struct pulse_past *ret)
{
	const int64_t begin = 12 * (origin + 1);
	const int64_t length = until - begin < PULSE_MOST_MONTHS ? until - begin : PULSE_MOST_MONTHS;
	struct pulse_past past = {.now = NAN, .expected = NAN};
	size_t at = 0;

	for (int64_t start = n ? 12 * (months[0].month / 12) : begin; start <= begin && length > 0; start += 12) {
		double sum = 0, count = 0;

		if (start < begin && start + length > begin)
			continue;   /* it would hold months that are asked about */
		while (at < n && months[at].month < start)
			at++;
		for (size_t i = at; i < n && months[i].month < start + length; i++) {
			sum += months[i].x;
			count++;
		}
		if (count == 0)
			continue;
		if (start == begin) {
			past.now = sum / count;
		} else if (past.years++ == 0) {
			past.expected = sum / count;
		} else {
			const double error = sum / count - past.expected;

			past.squares += error * error;
			past.errors++;
			past.expected += FOLLOW * error;
		}
	}
	*ret = past;
}

double pulse_news(const struct pulse_past *past, double pooled)
{
	double scale;

	if (isnan(past->now) || past->years < PULSE_LEAST_YEARS || !(pooled > 0))
		return NAN;
	scale = sqrt((past->squares + POOLED_WORTH * pooled) / ((double)past->errors + POOLED_WORTH));
	return fmax(-MOST_NEWS, fmin(MOST_NEWS, (past->now - past->expected) / scale));
}

static double log_odds(double p)
{
	p = fmin(fmax(p, CHANCE_EDGE), 1 - CHANCE_EDGE);
	return log(p / (1 - p));
}

static double chance_of(double odds)
{
	return 1 / (1 + exp(-odds));
}

struct pulse_chance pulse_apply(const struct pulse_chance *before, double news, double beta, double sd)
{
	const double at = log_odds(before->p), shift = beta * news, reach = normal_reach(0.9) * sd * fabs(news);
	struct pulse_chance after = *before;

	if (shift == 0 && reach == 0)
		return after;
	after.p = shift == 0 ? before->p : chance_of(at + shift);
	after.low = fmin(after.p, chance_of(at + shift - hypot(at - log_odds(before->low), reach)));
	after.high = fmax(after.p, chance_of(at + shift + hypot(log_odds(before->high) - at, reach)));
	return after;
}

/* ---- the months of all units ---- */

struct pulse_unit {
	const char *unit;
	struct pulse_month *months;
	const struct observation **cells;    /* the records behind */
	size_t n;
};

struct pulse_book {
	struct pulse_unit *units;    /* by name */
	size_t n;
	int64_t origin;              /* that `pooled` is of; INT_MISSING: none yet */
	double pooled;
};

static int by_month(const void *a, const void *b)
{
	const struct observation *x = *(const struct observation *const *)a, *y = *(const struct observation *const *)b;
	int order = str_cmp(x->r.unit, y->r.unit);

	if (order == 0)
		order = (x->r.valid_from.usec > y->r.valid_from.usec) - (x->r.valid_from.usec < y->r.valid_from.usec);
	return order ? order : str_cmp(x->source, y->source);   /* of several sources the first by name */
}

/* Complete months of the indicator that were known; in the order of units and months. */
static size_t months_pick(const struct foresee_setup *setup, const struct records *known, const char *indicator,
			  const struct observation **ret)
{
	const struct observation *month;
	size_t n = 0;

	for (size_t i = 0; (month = records_next(known, &kind_observation, &i));)
		if (str_eq(month->indicator, indicator) && month->value >= 0 && month->value <= 1 && month->r.unit &&
		    month->r.known.usec <= setup->as_of.usec && instant_is_set(month->r.valid_from) &&
		    instant_month(month->r.valid_from) < instant_month(setup->as_of))
			ret[n++] = month;
	if (n)
		qsort(ret, n, sizeof *ret, by_month);
	return n;
}

static void book_build(const struct foresee_setup *setup, const struct records *known, const char *indicator,
		       struct arena *arena, struct pulse_book *book)
{
	const struct observation **cells = arena_array(arena, const struct observation *, known->n + 1);
	const size_t n = months_pick(setup, known, indicator, cells);
	struct pulse_month *months = arena_array(arena, struct pulse_month, n + 1);

	*book = (struct pulse_book){.units = arena_array(arena, struct pulse_unit, n + 1), .origin = INT_MISSING};
	for (size_t i = 0, kept = 0; i < n; i++) {
		const int64_t month = instant_month(cells[i]->r.valid_from);
		const double value = fmin(fmax(cells[i]->value, X_EDGE), 1 - X_EDGE);
		struct pulse_unit *unit = book->n ? &book->units[book->n - 1] : NULL;

		if (!unit || !str_eq(unit->unit, cells[i]->r.unit)) {
			unit = &book->units[book->n++];
			*unit = (struct pulse_unit){cells[i]->r.unit, &months[kept], &cells[kept], 0};
		} else if (unit->months[unit->n - 1].month == month) {
			continue;
		}
		months[kept] = (struct pulse_month){month, log(value / (1 - value))};
		cells[kept++] = cells[i];
		unit->n++;
	}
}

static int by_unit(const void *key, const void *unit)
{
	return str_cmp(key, ((const struct pulse_unit *)unit)->unit);
}

/* Mean square of the errors of all units, by which those of one are held. */
static double pooled_of(struct pulse_book *book, int64_t origin, int64_t until)
{
	double squares = 0, errors = 0;

	if (book->origin == origin)
		return book->pooled;
	for (size_t i = 0; i < book->n; i++) {
		struct pulse_past past;

		pulse_past_of(book->units[i].months, book->units[i].n, origin, until, &past);
		squares += past.squares;
		errors += (double)past.errors;
	}
	book->origin = origin;
	return book->pooled = errors > 0 ? squares / errors : NAN;
}

/* ---- records ---- */

struct pulse_settings {
	const struct setting *beta, *sd, *on;    /* NULL: none learned yet */
};

/* The settings of all questions: few, picked once. */
static struct records settings_pick(const struct foresee_setup *setup, const struct records *known, struct arena *arena)
{
	struct records picked = {.arena = arena};
	struct setting *setting;

	for (size_t i = 0; (setting = records_next(known, &kind_setting, &i));)
		if (str_starts(setting->name, "pulse.") && !isnan(setting->value) &&
		    setting->r.known.usec <= setup->as_of.usec)
			records_add(&picked, setting);
	return picked;
}

static void settings_find(const struct records *picked, const char *question, struct pulse_settings *ret)
{
	const size_t len = strlen(question);
	const struct setting *setting;

	*ret = (struct pulse_settings){0};
	for (size_t i = 0; (setting = records_next(picked, &kind_setting, &i));) {
		const char *rest = setting->name + 6;   /* behind "pulse." */

		if (strncmp(rest, question, len) != 0)
			continue;
		rest += len;
		if (str_eq(rest, ".beta"))
			ret->beta = setting;
		else if (str_eq(rest, ".beta_sd"))
			ret->sd = setting;
		else if (str_eq(rest, ".on"))
			ret->on = setting;
	}
}

static void add_origin(const struct record *r, const char *role, struct arena *arena, struct forecast *forecast)
{
	record_from(arena, &forecast->r, r->id, role);
	record_inherit_licence(&forecast->r, r->licence);
}

static void set_origins(const struct pulse_unit *unit, const struct pulse_settings *settings, int64_t until,
			struct arena *arena, struct forecast *forecast)
{
	const int64_t begin = 12 * (forecast->origin + 1);

	for (size_t i = 0; i < unit->n; i++)
		if (unit->months[i].month >= begin && unit->months[i].month < begin + PULSE_MOST_MONTHS &&
		    unit->months[i].month < until)
			add_origin(&unit->cells[i]->r, "pulse", arena, forecast);
	for (size_t i = 0; i < unit->n; i++) {   /* the past stands behind the news; named is what binds more */
		struct record would = forecast->r;

		record_inherit_licence(&would, unit->cells[i]->r.licence);
		if (unit->months[i].month < begin && !str_eq(would.licence, forecast->r.licence))
			add_origin(&unit->cells[i]->r, "pulse", arena, forecast);
	}
	if (settings->beta)
		add_origin(&settings->beta->r, "pulse", arena, forecast);
	if (settings->on)
		add_origin(&settings->on->r, "pulse", arena, forecast);
}

static void forecast_update(const struct pulse_settings *settings, double news, struct forecast *forecast)
{
	const struct pulse_chance before = {forecast->p, forecast->low, forecast->high};
	const double beta = settings->beta ? settings->beta->value : 0;
	const double sd = settings->sd ? settings->sd->value : 1 / sqrt(PULSE_RIDGE);
	const struct pulse_chance after = pulse_apply(&before, news, beta, sd);

	forecast->news = news;
	forecast->yearly = before.p;
	forecast->pulse = after.p;
	if (settings->on && settings->on->value == 1) {
		forecast->p = after.p;
		forecast->low = after.low;
		forecast->high = after.high;
	}
}

static const char *why_none(const struct pulse_past *past)
{
	if (isnan(past->now))
		return "no events of a whole month since the origin: no update";
	return past->years < PULSE_LEAST_YEARS ? "fewer than three earlier years with events in these months: no update"
					       : "the pressure of events never varied: no update";
}

static void pulse_one(const struct records *picked, int64_t until, struct pulse_book *book, struct arena *arena,
		      struct forecast *forecast)
{
	const struct pulse_unit *unit = book->n ? bsearch(forecast->r.unit, book->units, book->n, sizeof *book->units, by_unit)
						: NULL;
	struct pulse_past past = {.now = NAN};
	struct pulse_settings settings;
	double news;

	if (unit)
		pulse_past_of(unit->months, unit->n, forecast->origin, until, &past);
	news = unit ? pulse_news(&past, pooled_of(book, forecast->origin, until)) : NAN;
	if (isnan(news)) {
		record_missing(arena, &forecast->r, "pulse", why_none(&past));
		return;
	}
	settings_find(picked, forecast->question, &settings);
	forecast_update(&settings, news, forecast);
	set_origins(unit, &settings, until, arena, forecast);
	record_identify(arena, forecast);
}

void pulse_update(const struct foresee_setup *setup, const struct records *known, struct records *out)
{
	static const char *const starts[] = {"closing", "opening"};
	static const char *const indicators[] = {"pressure_threat", "pressure_opportunity"};
	_cleanup_(arena_free) struct arena arena = {0};
	const struct records picked = settings_pick(setup, known, &arena);
	struct forecast *forecast;

	for (size_t k = 0; k < LENGTH(starts); k++) {
		struct pulse_book book;

		book_build(setup, known, indicators[k], &arena, &book);
		for (size_t i = 0; (forecast = records_next(out, &kind_forecast, &i));)
			if (str_starts(forecast->question, starts[k]) && isnan(forecast->yearly) && !isnan(forecast->p) &&
			    forecast->as_of.usec == setup->as_of.usec)
				pulse_one(&picked, instant_month(setup->as_of), &book, out->arena, forecast);
	}
}
