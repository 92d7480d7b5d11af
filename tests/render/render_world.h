/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render_world.h - a country with some of everything, and the same with nothing known. */
#ifndef TESTS_RENDER_RENDER_WORLD_H
#define TESTS_RENDER_RENDER_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <tocsin/render.h>

/* Markup, a terminal escape, a sign XML does not have, and both quotes. */
#define NASTY "<script>alert('1')</script> & \"q\" \x1b[31m \xc2\x9b \xef\xbf\xbe"

struct world {
	struct arena arena;
	struct buf text;
	struct country_view view;
	struct situation_view situation;
	struct unit *unit;
	struct forecast *closing;
	struct alert *alert;
	struct plan *plan;
	struct alert_view alerts[1];
	struct observation *series[4];
	struct page_setup page;
};

static inline struct observation *made_observation(struct world *w, int year, double value, double low, double high)
{
	struct observation *o = record_new(&w->arena, &kind_observation);

	o->r.unit = "GEO";
	o->r.valid_from = instant_of_year(year);
	o->r.known = instant_of_day(year + 1, 4, 1);
	o->indicator = "v2x_polyarchy";
	o->source = "V-Dem";
	o->value = value;
	o->low = low;
	o->high = high;
	record_identify(&w->arena, o);
	return o;
}

/* The chance is 0.2345 in one place only: no form may print it. */
static inline struct forecast *made_forecast(struct world *w, const char *question)
{
	struct forecast *f = record_new(&w->arena, &kind_forecast);

	f->r.unit = "GEO";
	f->question = question;
	f->origin = 2023;
	f->as_of = instant_of_day(2024, 4, 1);
	f->r.valid_from = instant_of_year(2024);
	f->r.valid_past = instant_of_year(2026);
	f->p = f->persistence = f->logit = 0.2345;
	f->low = 0.12;
	f->high = 0.31;
	f->base_rate = 0.08;
	f->n = 512;
	f->positives = 41;
	record_identify(&w->arena, f);
	return f;
}

static inline void made_alert(struct world *w)
{
	struct alert *a = w->alert = record_new(&w->arena, &kind_alert);
	struct plan *p = w->plan = record_new(&w->arena, &kind_plan);

	a->r.unit = p->r.unit = "GEO";
	a->r.valid_from = instant_of_day(2024, 2, 1);
	a->fingerprint = "f";
	a->labels = "{}";
	a->rule = "calm";
	a->title = "Georgia: " NASTY;
	a->level = 3;
	a->direction = "threat";
	record_identify(&w->arena, a);
	p->alert = a->r.id;
	p->steps = "[{\"order\":1,\"instrument\":\"TWIN\",\"name\":\"Twinning\",\"why\":\"" "<b>" "\",\"rule\":\"r\","
		   "\"lead_min_days\":10,\"lead_max_days\":30,\"first_step_by\":\"2024-05-01\"},{\"order\":2}]";
	p->rejected = "[{\"instrument\":\"EOM\",\"reason\":\"too slow\"},{}]";
	p->unknown = "[{\"instrument\":\"MFA\",\"what\":\"its lead time\"}]";
	record_identify(&w->arena, p);
	w->alerts[0] = (struct alert_view){a, "new", p};
	w->view.alerts = w->alerts;
	w->view.n_alerts = w->view.n_open = 1;
}

static inline void world_bare(struct world *w)
{
	*w = (struct world){0};
	w->unit = record_new(&w->arena, &kind_unit);
	w->unit->r.unit = "GEO";
	w->unit->name = "Georgia";
	w->unit->type = "state";
	w->view.unit = w->unit;
	w->view.as_of = instant_of_day(2024, 4, 1);
}

static inline void world_full(struct world *w)
{
	static const double values[] = {0.3, NAN, 0.4, 0.5};

	world_bare(w);
	w->unit->name = "Georgia " NASTY;
	for (size_t i = 0; i < LENGTH(values); i++)
		w->series[i] = made_observation(w, 2020 + (int)i, values[i], values[i] - 0.05, values[i] + 0.05);
	w->view.series = (const struct observation **)w->series;
	w->view.n_series = LENGTH(values);
	w->view.closing = w->closing = made_forecast(w, "closing");
	w->view.opening = made_forecast(w, "opening");
	made_alert(w);
	w->situation = (struct situation_view){.as_of = w->view.as_of, .countries = &w->view, .n_countries = 1,
					       .alerts = w->alerts, .n_alerts = 1};
}

static inline void world_close(struct world *w)
{
	buf_free(&w->text);
	arena_free(&w->arena);
}

static inline const char *printed(struct world *w)
{
	return w->text.len ? w->text.s : "";
}

static inline void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" lacks \"%s\"", text, part);
}

static inline void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" has \"%s\"", text, part);
}

/* No missing number, no missing text, no bare chance has slipped through. */
static inline void assert_said_in_words(const char *text)
{
	static const char *const slips[] = {"nan", "(null)", "inf ", "922337203685", "0.2345", "0.23 ", "23 %", "23.4"};

	for (size_t i = 0; i < LENGTH(slips); i++)
		assert_lacks(text, slips[i]);
}

#endif
