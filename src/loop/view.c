/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.c - what people are shown, gathered once from the store: of a country, of
 * all, of the alerts. Everything a view points to lives in the caller's arena.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/respond.h>

#include "loop/stages.h"

static int read_where(struct store *store, const struct kind *kind, int64_t as_of, const char *unit,
		      const char *field, const char *value, enum store_order order, struct records *list,
		      struct err *err)
{
	struct query query = QUERY(kind, as_of);
	int r;

	query.unit = unit;
	query.order = order;
	if (field)
		query.where[0] = (struct condition){field, value};
	r = store_read(store, &query, list, err);
	return r < 0 ? r : 0;
}

/* The records of a list as an array of their kind's pointers. */
static const void **as_array(const struct records *list, struct arena *arena, size_t *n)
{
	const void **v = arena_array(arena, const void *, list->n + 1);

	for (size_t i = 0; i < list->n; i++)
		v[i] = list->v[i];
	*n = list->n;
	return v;
}

static const void **reversed(const void **v, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		const void *swap = v[i];

		v[i] = v[n - 1 - i];
		v[n - 1 - i] = swap;
	}
	return v;
}

/* What is shown as of "now" is read without end, so that people's own steps count. */
static int view_time(struct store *store, int64_t as_of, struct instant *ret, struct err *err)
{
	if (as_of == AS_OF_ALL)
		return store_newest(store, ret, err);
	*ret = (struct instant){.usec = as_of, .precision = INSTANT_SECOND};
	return 0;
}

/* ---- alerts ---- */

static int graver(const void *a, const void *b)
{
	const struct alert_view *x = a, *y = b;
	bool open_x = alert_is_open(x->state), open_y = alert_is_open(y->state);
	int64_t changed_x = x->alert->changed.usec, changed_y = y->alert->changed.usec;

	if (open_x != open_y)
		return open_x ? -1 : 1;
	if (x->alert->level != y->alert->level)
		return x->alert->level > y->alert->level ? -1 : 1;
	if (changed_x != changed_y)
		return changed_x > changed_y ? -1 : 1;
	return str_cmp(x->alert->r.id, y->alert->r.id);
}

static const struct plan *plan_of(const struct records *plans, const char *alert)
{
	const struct plan *plan;

	for (size_t i = 0; (plan = records_next(plans, &kind_plan, &i));)
		if (str_eq(plan->alert, alert))
			return plan;
	return NULL;
}

int view_alerts(struct store *store, int64_t as_of, const char *unit, bool with_closed,
		struct arena *arena, struct alert_view **ret, size_t *ret_n, struct err *err)
{
	struct records alerts = {.arena = arena}, steps = {.arena = arena}, plans = {.arena = arena};
	struct alert_view *views;
	size_t n = 0;
	int r;

	if ((r = read_where(store, &kind_alert, as_of, unit, NULL, NULL, ORDER_ID, &alerts, err)) < 0 ||
	    (r = read_where(store, &kind_transition, as_of, NULL, NULL, NULL, ORDER_ID, &steps, err)) < 0 ||
	    (r = read_where(store, &kind_plan, as_of, unit, NULL, NULL, ORDER_ID, &plans, err)) < 0)
		return r;
	views = arena_array(arena, struct alert_view, alerts.n + 1);
	for (size_t i = 0; i < alerts.n; i++) {
		const struct alert *alert = (const struct alert *)alerts.v[i];
		const char *state = alert_state(&steps, alert->r.id);

		if (!with_closed && !alert_is_open(state))
			continue;
		views[n++] = (struct alert_view){alert, state ? state : "new", plan_of(&plans, alert->r.id)};
	}
	if (n)
		qsort(views, n, sizeof *views, graver);
	*ret = views;
	*ret_n = n;
	return 0;
}

/* ---- one country ---- */

static const struct forecast *latest_forecast(const struct records *list, const char *question)
{
	const struct forecast *forecast, *latest = NULL;

	for (size_t i = 0; (forecast = records_next(list, &kind_forecast, &i));)
		if (str_eq(forecast->question, question) &&
		    (!latest || forecast->as_of.usec > latest->as_of.usec))
			latest = forecast;
	return latest;
}

static const struct observation *last_of(const struct records *list)
{
	return list->n ? (const struct observation *)list->v[list->n - 1] : NULL;
}

static int by_year_source(const struct observation *a, const struct observation *b)
{
	return a->r.valid_from.usec == b->r.valid_from.usec;
}

static int read_series(struct store *store, int64_t as_of, const char *unit, struct arena *arena,
		       struct country_view *view, struct err *err)
{
	struct records value = {.arena = arena}, one = {.arena = arena}, five = {.arena = arena};
	struct records pressure = {.arena = arena};
	int r;

	if ((r = read_where(store, &kind_observation, as_of, unit, "indicator", "v2x_polyarchy", ORDER_VALID, &value, err)) < 0 ||
	    (r = read_where(store, &kind_observation, as_of, unit, "indicator", "v2x_polyarchy_change1", ORDER_VALID, &one, err)) < 0 ||
	    (r = read_where(store, &kind_observation, as_of, unit, "indicator", "v2x_polyarchy_change5", ORDER_VALID, &five, err)) < 0 ||
	    (r = read_where(store, &kind_observation, as_of, unit, "indicator", "pressure_threat", ORDER_VALID, &pressure, err)) < 0)
		return r;
	view->series = arena_array(arena, const struct observation *, value.n + 1);
	for (size_t i = 0; i < value.n; i++) {   /* one value a year: the first source */
		const struct observation *next = (const struct observation *)value.v[i];

		if (!isnan(next->value) && (!view->n_series || !by_year_source(view->series[view->n_series - 1], next)))
			view->series[view->n_series++] = next;
	}
	view->change1 = last_of(&one);
	view->change5 = last_of(&five);
	view->pressure = (const struct observation **)as_array(&pressure, arena, &view->n_pressure);
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct record *x = *(const struct record *const *)a, *y = *(const struct record *const *)b;

	if (x->valid_from.usec != y->valid_from.usec)
		return x->valid_from.usec < y->valid_from.usec ? -1 : 1;
	return str_cmp(x->id, y->id);
}

/* Junctures from the view's day on, the unit's and those of the EU level. */
static int read_junctures(struct store *store, int64_t as_of, const char *unit, struct arena *arena,
			  struct country_view *view, struct err *err)
{
	struct records list = {.arena = arena};
	int r = read_where(store, &kind_juncture, as_of, unit, NULL, NULL, ORDER_VALID, &list, err);

	if (r < 0)
		return r;
	view->junctures = arena_array(arena, const struct juncture *, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		if (list.v[i]->valid_from.usec > view->as_of.usec)
			view->junctures[view->n_junctures++] = (const struct juncture *)list.v[i];
	if (view->n_junctures)
		qsort(view->junctures, view->n_junctures, sizeof *view->junctures, by_start);
	return 0;
}

/* All of a kind for the unit, newest first. */
static int read_newest(struct store *store, const struct kind *kind, int64_t as_of, const char *unit,
		       struct arena *arena, const void ***ret, size_t *ret_n, struct err *err)
{
	struct records list = {.arena = arena};
	int r = read_where(store, kind, as_of, unit, NULL, NULL, ORDER_VALID, &list, err);

	if (r < 0)
		return r;
	*ret = reversed(as_array(&list, arena, ret_n), list.n);
	return 0;
}

static const struct score *pooled_score(const struct records *scores, const char *question)
{
	const struct score *score;

	for (size_t i = 0; (score = records_next(scores, &kind_score, &i));)
		if (str_eq(score->about, "forecast") && str_eq(score->member, "ensemble") &&
		    str_eq(score->subject, question) && score->origin == INT_MISSING)
			return score;
	return NULL;
}

static int read_country(struct store *store, const char *unit, int64_t as_of, struct arena *arena,
			struct country_view *view, struct err *err)
{
	struct records forecasts = {.arena = arena}, scores = {.arena = arena};
	int r;

	if ((r = read_series(store, as_of, unit, arena, view, err)) < 0 ||
	    (r = read_newest(store, &kind_episode, as_of, unit, arena, (const void ***)&view->episodes, &view->n_episodes, err)) < 0 ||
	    (r = read_newest(store, &kind_event, as_of, unit, arena, (const void ***)&view->events, &view->n_events, err)) < 0 ||
	    (r = read_newest(store, &kind_response, as_of, unit, arena, (const void ***)&view->responses, &view->n_responses, err)) < 0 ||
	    (r = read_newest(store, &kind_outcome, as_of, unit, arena, (const void ***)&view->outcomes, &view->n_outcomes, err)) < 0 ||
	    (r = read_newest(store, &kind_contribution, as_of, unit, arena, (const void ***)&view->contributions, &view->n_contributions, err)) < 0 ||
	    (r = read_junctures(store, as_of, unit, arena, view, err)) < 0 ||
	    (r = view_alerts(store, as_of, unit, true, arena, &view->alerts, &view->n_alerts, err)) < 0 ||
	    (r = read_where(store, &kind_forecast, as_of, unit, NULL, NULL, ORDER_KNOWN, &forecasts, err)) < 0 ||
	    (r = read_where(store, &kind_score, as_of, NULL, "about", "forecast", ORDER_ID, &scores, err)) < 0)
		return r;
	reversed((const void **)view->episodes, view->n_episodes);   /* by year */
	for (size_t i = 0; i < view->n_alerts; i++)
		view->n_open += alert_is_open(view->alerts[i].state);
	view->closing = latest_forecast(&forecasts, "closing");
	view->opening = latest_forecast(&forecasts, "opening");
	view->closing_score = pooled_score(&scores, "closing");
	view->opening_score = pooled_score(&scores, "opening");
	return 0;
}

static const struct unit *find_unit(struct store *store, const struct atlas *atlas, const char *unit,
				    struct arena *arena)
{
	const struct unit *known = atlas ? atlas_unit(atlas, unit) : NULL;
	struct records units = {.arena = arena};

	if (known)
		return known;
	if (read_where(store, &kind_unit, AS_OF_ALL, unit, NULL, NULL, ORDER_ID, &units, NULL) < 0 || !units.n)
		return NULL;
	return (const struct unit *)units.v[0];
}

int view_country(struct store *store, const struct atlas *atlas, const char *unit, int64_t as_of,
		 struct arena *arena, struct country_view *ret, struct err *err)
{
	struct country_view view = {.unit = find_unit(store, atlas, unit, arena)};
	int r;

	if (!view.unit)
		return err_set(err, ERR_NOT_FOUND, "unknown unit \"%.60s\"", unit);
	r = view_time(store, as_of, &view.as_of, err);
	if (r == 0)
		r = read_country(store, unit, as_of, arena, &view, err);
	if (r == 0)
		*ret = view;
	return r;
}

/* ---- all of them ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_unit_key(struct record *record, void *user, struct err *err)
{
	struct records *keys = user;

	(void)err;
	if (record->unit && !(record->kind == &kind_observation &&
			      str_eq(((const struct observation *)record)->source, "tocsin")))
		*arena_push(keys->arena, keys->v, keys->n, keys->cap) = (struct record *)arena_dup(keys->arena, record->unit);
	return 0;
}

/* Keys of the units with a series, an event or an alert, each once, sorted. */
static int list_units(struct store *store, int64_t as_of, struct arena *arena, const char ***ret, size_t *ret_n,
		      struct err *err)
{
	static const struct kind *const of[] = {&kind_observation, &kind_event, &kind_alert};
	struct records keys = {.arena = arena};
	const char **units;
	size_t n = 0;

	for (size_t i = 0; i < LENGTH(of); i++) {
		struct query query = QUERY(of[i], as_of);
		int r = store_each(store, &query, add_unit_key, &keys, err);

		if (r < 0)
			return r;
	}
	units = (const char **)keys.v;
	if (keys.n)
		qsort(units, keys.n, sizeof *units, by_text);
	for (size_t i = 0; i < keys.n; i++)
		if (i == 0 || strcmp(units[i], units[i - 1]) != 0)
			units[n++] = units[i];
	*ret = units;
	*ret_n = n;
	return 0;
}

static bool is_summary(const struct score *score)
{
	return score->origin == INT_MISSING;
}

int view_situation(struct store *store, const struct atlas *atlas, int64_t as_of,
		   struct arena *arena, struct situation_view *ret, struct err *err)
{
	struct situation_view view = {0};
	struct records scores = {.arena = arena};
	const char **units = NULL;
	size_t n = 0;
	int r = view_time(store, as_of, &view.as_of, err);

	if (r == 0)
		r = list_units(store, as_of, arena, &units, &n, err);
	if (r == 0)
		r = view_alerts(store, as_of, NULL, false, arena, &view.alerts, &view.n_alerts, err);
	if (r == 0)
		r = read_where(store, &kind_score, as_of, NULL, NULL, NULL, ORDER_ID, &scores, err);
	if (r < 0)
		return r;
	view.countries = arena_array(arena, struct country_view, n + 1);
	for (size_t i = 0; i < n; i++) {
		r = view_country(store, atlas, units[i], as_of, arena, &view.countries[view.n_countries], err);
		if (r < 0 && r != ERR_NOT_FOUND)
			return r;
		view.n_countries += r == 0;
	}
	view.scores = arena_array(arena, const struct score *, scores.n + 1);
	for (size_t i = 0; i < scores.n; i++)
		if (is_summary((const struct score *)scores.v[i]))
			view.scores[view.n_scores++] = (const struct score *)scores.v[i];
	*ret = view;
	return 0;
}

static int by_step(const void *a, const void *b)
{
	const struct transition *x = *(const struct transition *const *)a, *y = *(const struct transition *const *)b;

	return (x->step > y->step) - (x->step < y->step);
}

int view_alert(struct store *store, const char *id, int64_t as_of, struct arena *arena,
	       struct alert_detail *ret, struct err *err)
{
	struct records steps = {.arena = arena}, plans = {.arena = arena};
	struct alert_detail detail = {0};
	struct record *record;
	struct why *walk;
	int r = store_get(store, id, as_of, arena, &record, err);

	if (r == 0 && record->kind != &kind_alert)
		r = err_set(err, ERR_NOT_FOUND, "\"%s\" is a record of kind %s, not alert", id, record->kind->name);
	if (r == 0)
		r = read_where(store, &kind_transition, as_of, NULL, "alert", id, ORDER_ID, &steps, err);
	if (r == 0)
		r = read_where(store, &kind_plan, as_of, NULL, "alert", id, ORDER_ID, &plans, err);
	if (r == 0)
		r = why_walk(store, id, as_of, arena, &walk, &detail.n_walk, err);
	if (r < 0)
		return r;
	detail.steps = (const struct transition **)as_array(&steps, arena, &detail.n_steps);
	if (detail.n_steps)
		qsort(detail.steps, detail.n_steps, sizeof *detail.steps, by_step);
	detail.walk = walk;
	detail.view = (struct alert_view){(const struct alert *)record, alert_state(&steps, id), plan_of(&plans, id)};
	if (!detail.view.state)
		detail.view.state = "new";
	*ret = detail;
	return 0;
}
