/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.c - what people are shown, gathered once from the store: of a country, of
 * all, of the alerts. Everything a view points to lives in the caller's arena.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/measure.h>
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

/*
 * The time a view speaks of: "now" is the newest known that was accepted, as for a
 * round, so that nothing is shown which the last round could not see. Only people's
 * own steps (transitions) are then read without end.
 */
static int view_time(struct store *store, int64_t as_of, struct instant *ret, struct err *err)
{
	if (as_of == AS_OF_ALL)
		return store_newest(store, ret, err);
	*ret = (struct instant){.usec = as_of, .precision = INSTANT_SECOND};
	return 0;
}

/* An empty store has no newest: nothing is known, whenever it is read. */
static int64_t read_time(struct instant view)
{
	return instant_is_set(view) ? view.usec : AS_OF_ALL;
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

static int by_alert_step(const void *a, const void *b)
{
	const struct transition *x = *(const struct transition *const *)a, *y = *(const struct transition *const *)b;
	int order = str_cmp(x->alert, y->alert);

	return order ? order : (x->step > y->step) - (x->step < y->step);
}

static int by_plan_alert(const void *a, const void *b)
{
	const struct plan *x = *(const struct plan *const *)a, *y = *(const struct plan *const *)b;
	int order = str_cmp(x->alert, y->alert);

	return order ? order : str_cmp(x->r.id, y->r.id);
}

/* The steps and plans of all alerts, sorted by alert, so that each is found in O(log n). */
struct desk {
	struct records steps, plans;
};

static int desk_read(struct store *store, int64_t as_of, struct instant at, struct arena *arena, struct desk *desk,
		     struct err *err)
{
	int r;

	*desk = (struct desk){{.arena = arena}, {.arena = arena}};
	if ((r = read_where(store, &kind_transition, as_of, NULL, NULL, NULL, ORDER_ID, &desk->steps, err)) < 0 ||
	    (r = read_where(store, &kind_plan, read_time(at), NULL, NULL, NULL, ORDER_ID, &desk->plans, err)) < 0)
		return r;
	if (desk->steps.n)
		qsort(desk->steps.v, desk->steps.n, sizeof *desk->steps.v, by_alert_step);
	if (desk->plans.n)
		qsort(desk->plans.v, desk->plans.n, sizeof *desk->plans.v, by_plan_alert);
	return 0;
}

/* Where the last step of an alert got it; "new" before the first. */
static const char *desk_state(const struct desk *desk, const char *alert)
{
	const struct transition *last;
	size_t low = 0, high = desk->steps.n;

	while (low < high) {   /* past the alert's last step */
		size_t middle = low + (high - low) / 2;

		if (str_cmp(((const struct transition *)desk->steps.v[middle])->alert, alert) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	last = low ? (const struct transition *)desk->steps.v[low - 1] : NULL;
	return last && str_eq(last->alert, alert) ? last->state_to : "new";
}

static const struct plan *desk_plan(const struct desk *desk, const char *alert)
{
	size_t low = 0, high = desk->plans.n;

	while (low < high) {   /* the first that is not before it */
		size_t middle = low + (high - low) / 2;

		if (str_cmp(((const struct plan *)desk->plans.v[middle])->alert, alert) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == desk->plans.n || !str_eq(((const struct plan *)desk->plans.v[low])->alert, alert))
		return NULL;
	return (const struct plan *)desk->plans.v[low];
}

static int read_alerts(struct store *store, const struct desk *desk, struct instant at, const char *unit,
		       bool with_closed, struct arena *arena, struct alert_view **ret, size_t *ret_n, struct err *err)
{
	struct records alerts = {.arena = arena};
	struct alert_view *views;
	size_t n = 0;
	int r = read_where(store, &kind_alert, read_time(at), unit, NULL, NULL, ORDER_ID, &alerts, err);

	if (r < 0)
		return r;
	views = arena_array(arena, struct alert_view, alerts.n + 1);
	for (size_t i = 0; i < alerts.n; i++) {
		const struct alert *alert = (const struct alert *)alerts.v[i];
		const char *state = desk_state(desk, alert->r.id);

		if (with_closed || alert_is_open(state))
			views[n++] = (struct alert_view){alert, state, desk_plan(desk, alert->r.id)};
	}
	if (n)
		qsort(views, n, sizeof *views, graver);
	*ret = views;
	*ret_n = n;
	return 0;
}

int view_alerts(struct store *store, int64_t as_of, const char *unit, bool with_closed,
		struct arena *arena, struct alert_view **ret, size_t *ret_n, struct err *err)
{
	struct instant at;
	struct desk desk;
	int r = view_time(store, as_of, &at, err);

	if (r == 0)
		r = desk_read(store, as_of, at, arena, &desk, err);
	return r < 0 ? r : read_alerts(store, &desk, at, unit, with_closed, arena, ret, ret_n, err);
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

/* The newest of a list, if it speaks of the latest year of the series. */
static const struct observation *latest_change(const struct records *list, const struct country_view *view)
{
	const struct record *last = list->n ? list->v[list->n - 1] : NULL;

	if (!last || !view->n_series || last->valid_from.usec != view->series[view->n_series - 1]->r.valid_from.usec)
		return NULL;
	return (const struct observation *)last;
}

static bool same_start(const struct observation *a, const struct observation *b)
{
	return a->r.valid_from.usec == b->r.valid_from.usec;
}

static int read_indicator(struct store *store, int64_t as_of, const char *unit, const char *indicator,
			  struct records *list, struct err *err)
{
	return read_where(store, &kind_observation, as_of, unit, "indicator", indicator, ORDER_VALID, list, err);
}

static int read_series(struct store *store, int64_t as_of, const char *unit, struct arena *arena,
		       struct country_view *view, struct err *err)
{
	struct records value = {.arena = arena}, one = {.arena = arena}, five = {.arena = arena};
	struct records pressure = {.arena = arena};
	int r;

	if ((r = read_indicator(store, as_of, unit, "v2x_polyarchy", &value, err)) < 0 ||
	    (r = read_indicator(store, as_of, unit, "v2x_polyarchy_change1", &one, err)) < 0 ||
	    (r = read_indicator(store, as_of, unit, "v2x_polyarchy_change5", &five, err)) < 0 ||
	    (r = read_indicator(store, as_of, unit, "pressure_threat", &pressure, err)) < 0)
		return r;
	view->series = arena_array(arena, const struct observation *, value.n + 1);
	for (size_t i = 0; i < value.n; i++) {   /* one value a year: the first source */
		const struct observation *next = (const struct observation *)value.v[i];

		if (!isnan(next->value) && (!view->n_series || !same_start(view->series[view->n_series - 1], next)))
			view->series[view->n_series++] = next;
	}
	view->change1 = latest_change(&one, view);
	view->change5 = latest_change(&five, view);
	view->pressure = (const struct observation **)as_array(&pressure, arena, &view->n_pressure);
	return 0;
}

/* The newest of an indicator; NULL if there is none. */
static int read_last(struct store *store, int64_t as_of, const char *unit, const char *indicator, struct arena *arena,
		     const struct observation **ret, struct err *err)
{
	struct records list = {.arena = arena};
	int r = read_indicator(store, as_of, unit, indicator, &list, err);

	if (r < 0)
		return r;
	*ret = list.n ? (const struct observation *)list.v[list.n - 1] : NULL;
	return 0;
}

static bool names_role(const struct observation *o, const char *role)
{
	for (size_t i = 0; i < o->r.n_from; i++)
		if (str_eq(o->r.from[i].role, role))
			return true;
	return false;
}

/* Civic space and nowcast of their newest month; what speaks of another month is left out. */
static int read_now(struct store *store, int64_t as_of, const char *unit, struct arena *arena, struct country_view *view,
		    struct err *err)
{
	struct civic_view *civic = &view->civic;
	int r;

	if ((r = read_last(store, as_of, unit, "civic_space", arena, &civic->space, err)) < 0 ||
	    (r = read_last(store, as_of, unit, "civic_rating", arena, &civic->rating, err)) < 0 ||
	    (r = read_last(store, as_of, unit, "civic_watch", arena, &civic->watch, err)) < 0 ||
	    (r = read_last(store, as_of, unit, "nowcast", arena, &view->nowcast, err)) < 0 ||
	    (r = read_last(store, as_of, unit, "nowcast_gain", arena, &view->nowcast_gain, err)) < 0)
		return r;
	for (size_t i = 0; civic->space && i < CIVIC_BANDS; i++) {
		const struct observation *chance = NULL;

		r = read_last(store, as_of, unit, arena_printf(arena, "civic_%s", civic_bands[i]), arena, &chance, err);
		if (r < 0)
			return r;
		civic->chance[i] = chance && same_start(chance, civic->space) ? chance->value : 0;
	}
	if (civic->rating && (!civic->space || !same_start(civic->rating, civic->space)))
		civic->rating = NULL;
	if (civic->watch && (!civic->space || !same_start(civic->watch, civic->space)))
		civic->watch = NULL;
	civic->by_panel = civic->rating && names_role(civic->rating, "panel");
	return 0;
}

/* The first moment after a date, as precisely as it is meant. */
static int64_t end_of(const struct record *r)
{
	struct instant at = r->valid_from;

	if (instant_is_set(r->valid_past))
		return r->valid_past.usec;
	if (at.precision == INSTANT_YEAR)
		return instant_of_year(instant_year(at) + 1).usec;
	if (at.precision == INSTANT_MONTH)
		return instant_of_month(instant_month(at) + 1).usec;
	return at.precision == INSTANT_DAY ? at.usec + USEC_PER_DAY : at.usec;
}

/* The unit's junctures that are not over on the view's day, soonest first. */
static int read_junctures(struct store *store, int64_t as_of, const char *unit, struct arena *arena,
			  struct country_view *view, struct err *err)
{
	struct records list = {.arena = arena};
	int r = read_where(store, &kind_juncture, as_of, unit, NULL, NULL, ORDER_VALID, &list, err);

	if (r < 0)
		return r;
	view->junctures = arena_array(arena, const struct juncture *, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		const struct juncture *juncture = (const struct juncture *)list.v[i];

		if (end_of(list.v[i]) > view->as_of.usec && !str_eq(juncture->status, "held"))
			view->junctures[view->n_junctures++] = juncture;
	}
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

static int read_country(struct store *store, const struct desk *desk, const char *unit, struct arena *arena,
			struct country_view *view, struct err *err)
{
	int64_t as_of = read_time(view->as_of);
	struct records forecasts = {.arena = arena}, scores = {.arena = arena};
	int r;

	const struct {
		const struct kind *kind;
		const void ***v;
		size_t *n;
	} lists[] = {
		{&kind_episode, (const void ***)&view->episodes, &view->n_episodes},
		{&kind_event, (const void ***)&view->events, &view->n_events},
		{&kind_response, (const void ***)&view->responses, &view->n_responses},
		{&kind_outcome, (const void ***)&view->outcomes, &view->n_outcomes},
		{&kind_contribution, (const void ***)&view->contributions, &view->n_contributions},
	};

	for (size_t i = 0; i < LENGTH(lists); i++)
		if ((r = read_newest(store, lists[i].kind, as_of, unit, arena, lists[i].v, lists[i].n, err)) < 0)
			return r;
	if ((r = read_series(store, as_of, unit, arena, view, err)) < 0 ||
	    (r = read_now(store, as_of, unit, arena, view, err)) < 0 ||
	    (r = read_junctures(store, as_of, unit, arena, view, err)) < 0 ||
	    (r = read_alerts(store, desk, view->as_of, unit, true, arena, &view->alerts, &view->n_alerts, err)) < 0 ||
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

static int gather_country(struct store *store, const struct atlas *atlas, const struct desk *desk, struct instant at,
			  const char *unit, struct arena *arena, struct country_view *ret, struct err *err)
{
	struct country_view view = {.unit = find_unit(store, atlas, unit, arena), .as_of = at};
	int r;

	if (!view.unit)
		return err_set(err, ERR_NOT_FOUND, "unknown unit \"%.60s\"", unit);
	r = read_country(store, desk, unit, arena, &view, err);
	if (r == 0)
		*ret = view;
	return r;
}

int view_country(struct store *store, const struct atlas *atlas, const char *unit, int64_t as_of,
		 struct arena *arena, struct country_view *ret, struct err *err)
{
	struct instant at;
	struct desk desk;
	int r = view_time(store, as_of, &at, err);

	if (r == 0)
		r = desk_read(store, as_of, at, arena, &desk, err);
	return r < 0 ? r : gather_country(store, atlas, &desk, at, unit, arena, ret, err);
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
	if (record->unit)
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
		int r;

		if (of[i] == &kind_observation)
			query.where[0] = (struct condition){"indicator", "v2x_polyarchy"};
		r = store_each(store, &query, add_unit_key, &keys, err);
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

/* What the report has room for; "tocsin learn" says the rest. */
static bool is_summary(const struct score *score)
{
	const char *dot = strchr(score->subject, '.');

	if (score->origin != INT_MISSING || str_eq(score->about, "group") || str_eq(score->about, "warning"))
		return false;
	return !str_eq(score->about, "forecast") || !dot || str_eq(dot, ".all");   /* not each of the spaces */
}

int view_situation(struct store *store, const struct atlas *atlas, int64_t as_of,
		   struct arena *arena, struct situation_view *ret, struct err *err)
{
	struct situation_view view = {0};
	struct records scores = {.arena = arena};
	const char **units = NULL;
	struct desk desk;
	size_t n = 0;
	int r;

	if ((r = view_time(store, as_of, &view.as_of, err)) < 0 ||
	    (r = desk_read(store, as_of, view.as_of, arena, &desk, err)) < 0 ||
	    (r = list_units(store, read_time(view.as_of), arena, &units, &n, err)) < 0 ||
	    (r = read_alerts(store, &desk, view.as_of, NULL, false, arena, &view.alerts, &view.n_alerts, err)) < 0 ||
	    (r = read_where(store, &kind_score, read_time(view.as_of), NULL, NULL, NULL, ORDER_ID, &scores, err)) < 0)
		return r;
	view.countries = arena_array(arena, struct country_view, n + 1);
	for (size_t i = 0; i < n; i++) {
		r = gather_country(store, atlas, &desk, view.as_of, units[i], arena,
				   &view.countries[view.n_countries], err);
		if (r < 0 && r != ERR_NOT_FOUND)
			return r;
		view.n_countries += r == 0;
	}
	view.scores = arena_array(arena, const struct score *, scores.n + 1);
	for (size_t i = 0; i < scores.n; i++)
		if (is_summary((const struct score *)scores.v[i]))
			view.scores[view.n_scores++] = (const struct score *)scores.v[i];
	scores_sort(view.scores, view.n_scores);
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
	struct records steps = {.arena = arena};
	struct alert_detail detail = {0};
	struct record *record;
	struct instant at;
	struct desk desk;
	struct why *walk;
	int r;

	if ((r = view_time(store, as_of, &at, err)) < 0 ||
	    (r = store_get(store, id, read_time(at), arena, &record, err)) < 0)
		return r;
	if (record->kind != &kind_alert || record->withdrawn)
		return err_set(err, ERR_NOT_FOUND, "\"%s\" is not an alert of that time", id);
	if ((r = desk_read(store, as_of, at, arena, &desk, err)) < 0 ||
	    (r = read_where(store, &kind_transition, as_of, NULL, "alert", id, ORDER_ID, &steps, err)) < 0 ||
	    (r = why_walk(store, id, read_time(at), arena, &walk, &detail.n_walk, err)) < 0)
		return r;
	detail.steps = (const struct transition **)as_array(&steps, arena, &detail.n_steps);
	if (detail.n_steps)
		qsort(detail.steps, detail.n_steps, sizeof *detail.steps, by_step);
	detail.walk = walk;
	detail.view = (struct alert_view){(const struct alert *)record, desk_state(&desk, id), desk_plan(&desk, id)};
	*ret = detail;
	return 0;
}
