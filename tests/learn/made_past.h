/* SPDX-License-Identifier: GPL-3.0-or-later */
/* made_past.h - small histories for the tests of learn. Included by one file a program. */
#ifndef TESTS_LEARN_MADE_PAST_H
#define TESTS_LEARN_MADE_PAST_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <tocsin/learn.h>

struct past {
	struct arena arena;
	struct records in, out;
	struct learn_setup setup;
};

static inline struct instant day_of(const char *text)
{
	struct instant at = {0};

	assert_int_equal(instant_read(text, &at, NULL), 0);
	return at;
}

static inline void past_open(struct past *past, const char *as_of)
{
	*past = (struct past){.setup = {.as_of = day_of(as_of), .seed = 11}};
	past->in.arena = past->out.arena = &past->arena;
}

static inline void past_run(struct past *past)
{
	past->out = (struct records){.arena = &past->arena};
	assert_int_equal(learn_run(&past->setup, &past->in, &past->out, NULL), 0);
}

static inline struct observation *made_index(struct past *past, const char *unit, int64_t year, double value)
{
	struct observation *o = record_new(&past->arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = instant_of_year(year);
	o->r.known = instant_of_day(year + 1, 4, 1);
	o->indicator = "v2x_polyarchy";
	o->source = "index";
	o->value = value;
	record_identify(&past->arena, o);
	records_add(&past->in, o);
	return o;
}

/* An index that does not move, so that an alert of a year can come to nothing. */
static inline void made_calm(struct past *past, const char *unit, int64_t year)
{
	for (int64_t y = year - 1; y <= year + 1; y++)
		made_index(past, unit, y, 0.5);
}

/* Issued on 1 April after its origin; a member's chance may be NAN. */
static inline struct forecast *made_forecast(struct past *past, const char *unit, const char *question, int64_t origin,
					     double p, double base_rate, double persistence, double logit)
{
	struct forecast *forecast = record_new(&past->arena, &kind_forecast);

	forecast->r.unit = unit;
	forecast->r.known = forecast->as_of = instant_of_day(origin + 1, 4, 1);
	forecast->question = question;
	forecast->origin = origin;
	forecast->p = p;
	forecast->base_rate = base_rate;
	forecast->persistence = persistence;
	forecast->logit = logit;
	record_identify(&past->arena, forecast);
	records_add(&past->in, forecast);
	return forecast;
}

static inline struct alert *made_alert(struct past *past, const char *unit, const char *rule, const char *direction,
				       const char *issued)
{
	struct alert *alert = record_new(&past->arena, &kind_alert);

	alert->r.unit = unit;
	alert->r.valid_from = alert->r.known = alert->triggered = alert->issued = day_of(issued);
	alert->fingerprint = arena_printf(&past->arena, "%s %s", unit, rule);
	alert->rule = rule;
	alert->direction = direction;
	record_identify(&past->arena, alert);
	records_add(&past->in, alert);
	return alert;
}

static inline struct outcome *made_outcome(struct past *past, const char *unit, const char *direction, const char *day)
{
	struct outcome *outcome = record_new(&past->arena, &kind_outcome);

	outcome->r.unit = unit;
	outcome->r.valid_from = outcome->r.known = day_of(day);
	outcome->key = day;
	outcome->direction = direction;
	record_identify(&past->arena, outcome);
	records_add(&past->in, outcome);
	return outcome;
}

/* The score of that subject and member; `origin` INT_MISSING: of all years. NULL if there is none. */
static inline const struct score *score_of(const struct past *past, const char *subject, const char *member,
					   int64_t origin)
{
	const struct score *score;

	for (size_t i = 0; (score = records_next(&past->out, &kind_score, &i));)
		if (str_eq(score->subject, subject) && str_eq(score->member, member) && score->origin == origin)
			return score;
	return NULL;
}

static inline const struct setting *setting_of(const struct past *past, const char *name)
{
	const struct setting *setting;

	for (size_t i = 0; (setting = records_next(&past->out, &kind_setting, &i));)
		if (str_eq(setting->name, name))
			return setting;
	return NULL;
}

static inline bool comes_from(const struct record *r, const struct record *origin, const char *role)
{
	for (size_t i = 0; i < r->n_from; i++)
		if (str_eq(r->from[i].from_id, origin->id) && str_eq(r->from[i].role, role))
			return true;
	return false;
}

static inline void near(double a, double b)
{
	if (isnan(a) || fabs(a - b) > 1e-8)   /* what is kept has nine digits */
		fail_msg("%.17g is not %.17g", a, b);
}

#endif
