/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * planner.c - the best package of at most PACKAGE instruments, exactly.
 *
 * An instrument is open to the unit by its standing on the day, and quick enough
 * for the time to the next juncture; what fails is rejected with the reason, what
 * cannot be told is listed apart. Worth of a package = fit of each + SYNERGY for
 * every pair that the table names - HARM for weighing on the population. A package
 * with pressure needs support for citizens. The search is in package.c; the method
 * and its numbers are in docs/methods/planner.md: judgements, all in one place.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "respond/package.h"
#include "respond/parts.h"

#define PACKAGE 5
#define SYNERGY 0.4
#define HARM 1.5
#define COST 0.6     /* what an instrument must be worth to be taken at all */

struct candidate {
	const struct instrument *instrument;
	double worth;
	const char *rule;      /* the standing that opened it */
};

/* The candidates, by falling worth, and the package chosen among them. */
struct choice {
	struct candidate v[INSTRUMENTS_MAX];
	struct option options[INSTRUMENTS_MAX];
	size_t n;
	size_t best[PACKAGE_MAX], n_best;
};

/* ---- what the alert is about ---- */

static bool alert_has_class(const struct shelf *shelf, const struct alert *alert, const char *suits)
{
	for (size_t i = 0; i < alert->r.n_from; i++) {
		const struct event *event = shelf_event(shelf, alert->r.from[i].from_id);

		if (event && list_has(suits, event->civic_class))
			return true;
	}
	return false;
}

static bool alert_has_events(const struct shelf *shelf, const struct alert *alert)
{
	for (size_t i = 0; i < alert->r.n_from; i++)
		if (shelf_event(shelf, alert->r.from[i].from_id))
			return true;
	return false;
}

/* What an index or a forecast of democracy speaks of, as nobody reported an event. */
static bool suits_structure(const char *suits)
{
	return list_has(suits, "election") || list_has(suits, "court") || list_has(suits, "constitutional_change");
}

/* Meant for what was reported; for anything; for something else. */
static double suit_of(const struct shelf *shelf, const struct alert *alert, const struct instrument *instrument)
{
	if (!instrument->suits || list_has(instrument->suits, "any"))
		return 0.8;
	if (!alert_has_events(shelf, alert))
		return suits_structure(instrument->suits) ? 0.8 : 0;
	return alert_has_class(shelf, alert, instrument->suits) ? 1.6 : 0;
}

/* Pressure in proportion: none for an opening, little for a mere watch. */
static double pressure_of(const struct alert *alert)
{
	if (!str_eq(alert->direction, "threat"))
		return -1;
	return alert->level >= 4 ? 0.5 : alert->level == 3 ? 0.2 : -0.4;
}

static double fit_of(const struct shelf *shelf, const struct alert *alert, const struct instrument *instrument)
{
	bool threat = str_eq(alert->direction, "threat");
	double lead = isnan(instrument->lead_max_days) ? instrument->lead_min_days : instrument->lead_max_days;
	double worth = suit_of(shelf, alert, instrument);

	if (str_eq(instrument->kind, "pressure"))
		worth += pressure_of(alert);
	if (str_eq(instrument->kind, "support"))
		worth += threat ? 0.2 : 0.5;
	if (!isnan(lead))   /* the quicker the better, up to a year */
		worth += 0.4 * fmax(0, 1 - lead / 365);
	return worth - (instrument->harms ? HARM : 0) - COST;
}

static bool are_partners(const struct instrument *a, const struct instrument *b)
{
	return list_has(a->partners, b->id) || list_has(b->partners, a->id);
}

static int by_worth(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->worth != y->worth)
		return x->worth > y->worth ? -1 : 1;
	return strcmp(x->instrument->id, y->instrument->id);
}

static void choose(struct choice *choice)
{
	double worth;

	for (size_t i = 0; i < choice->n; i++) {
		const struct instrument *instrument = choice->v[i].instrument;

		choice->options[i] = (struct option){.worth = choice->v[i].worth,
						     .pressure = str_eq(instrument->kind, "pressure"),
						     .support = str_eq(instrument->kind, "support")};
		for (size_t k = 0; k < i; k++)
			if (are_partners(instrument, choice->v[k].instrument))
				choice->options[i].partners |= UINT64_C(1) << k;
	}
	choice->n_best = package_best(choice->options, choice->n, PACKAGE, SYNERGY, choice->best, &worth);
}

/* ---- the plan's lists ---- */

struct lists {
	struct buf steps, rejected, unknown;
	size_t n_rejected, n_unknown;
};

static void put_item(struct buf *list, size_t n, const char *id, const char *key, const char *text)
{
	buf_puts(list, n ? ",{\"instrument\":" : "{\"instrument\":");
	json_put_str(list, id);
	buf_printf(list, ",\"%s\":", key);
	json_put_str(list, text);
	buf_putc(list, '}');
}

static void reject(struct lists *lists, const struct instrument *instrument, const char *reason)
{
	put_item(&lists->rejected, lists->n_rejected++, instrument->id, "reason", reason);
}

static void set_apart(struct lists *lists, const struct instrument *instrument, const char *what)
{
	put_item(&lists->unknown, lists->n_unknown++, instrument->id, "what", what);
}

/* The soonest juncture ahead of the unit or of the unit that it is part of. */
static const struct juncture *next_juncture(const struct respond_setup *setup, const struct shelf *shelf,
					    const char *unit)
{
	const struct unit *place = setup->atlas ? atlas_unit(setup->atlas, unit) : NULL;
	const struct juncture *juncture, *next = NULL;

	for (size_t i = 0; (juncture = records_next(&shelf->junctures, &kind_juncture, &i));) {
		bool here = str_eq(juncture->r.unit, unit) ||
			    (place && place->parent && str_eq(juncture->r.unit, place->parent));

		if (here && juncture->r.valid_from.usec > setup->as_of.usec &&
		    !str_eq(juncture->status, "held") && !str_eq(juncture->status, "postponed") &&
		    (!next || juncture->r.valid_from.usec < next->r.valid_from.usec))
			next = juncture;
	}
	return next;
}

/* The end of the window of the forecast that an alert rests on; missing for other alerts. */
static struct instant window_end(const struct shelf *shelf, const struct alert *alert)
{
	const struct forecast *forecast, *found = NULL;

	for (size_t i = 0; (forecast = records_next(shelf->in, &kind_forecast, &i));)
		for (size_t k = 0; k < alert->r.n_from; k++)
			if (str_eq(alert->r.from[k].from_id, forecast->r.id) &&
			    (!found || forecast->r.valid_past.usec > found->r.valid_past.usec))
				found = forecast;
	return found ? found->r.valid_past : (struct instant){0};
}

/* Days to the next juncture, else to the end of the forecast's window; NAN when neither is known. */
static double days_to_trigger(const struct respond_setup *setup, const struct shelf *shelf,
			      const struct alert *alert, struct plan *plan, struct arena *arena)
{
	const struct juncture *next = next_juncture(setup, shelf, alert->r.unit);
	struct instant end;

	if (next) {
		record_from(arena, &plan->r, next->r.id, "trigger");
		return (double)instant_days_between(setup->as_of, next->r.valid_from);
	}
	end = window_end(shelf, alert);
	if (instant_is_set(end) && end.usec > setup->as_of.usec)
		return (double)instant_days_between(setup->as_of, end);
	record_missing(arena, &plan->r, "days_to_trigger", "no juncture ahead is known for this unit");
	return NAN;
}

/* Sort the table into candidates, rejected and unknown. */
static size_t sift(const struct respond_setup *setup, const struct shelf *shelf, const struct alert *alert,
		   double days, struct lists *lists, struct candidate *candidates, struct arena *arena)
{
	size_t n = 0;

	for (size_t i = 0; i < setup->instruments->n; i++) {
		const struct instrument *instrument = &setup->instruments->v[i];
		const char *rule = NULL;
		int open = instrument_eligible(setup, instrument, alert->r.unit, arena, &rule);

		if (!str_eq(instrument->direction, "both") && !str_eq(instrument->direction, alert->direction))
			reject(lists, instrument, arena_printf(arena, "meant for a %s, not a %s", instrument->direction,
							       alert->direction));
		else if (!instrument_in_force(instrument, setup->as_of))
			reject(lists, instrument, "not in force on that day");
		else if (open == 0)
			reject(lists, instrument, arena_printf(arena, "not open to this unit: needs the standing %s",
							       instrument->eligible));
		else if (open < 0)
			set_apart(lists, instrument, "whether it is open to this unit is not known");
		else if (isnan(instrument->lead_min_days))
			set_apart(lists, instrument, arena_printf(arena, "its lead time is not known (source: %s)",
								  instrument->lead_time ? instrument->lead_time : "silent"));
		else if (!isnan(days) && instrument->lead_min_days > days)
			reject(lists, instrument, arena_printf(arena, "too late, prepare for next time: needs %.0f days, "
							       "%.0f are left", instrument->lead_min_days, days));
		else
			candidates[n++] = (struct candidate){instrument, fit_of(shelf, alert, instrument), rule};
	}
	if (n)
		qsort(candidates, n, sizeof *candidates, by_worth);
	return n;
}

static int by_lead(const void *a, const void *b)
{
	const struct candidate *x = *(const struct candidate *const *)a, *y = *(const struct candidate *const *)b;

	if (x->instrument->lead_min_days != y->instrument->lead_min_days)
		return x->instrument->lead_min_days < y->instrument->lead_min_days ? -1 : 1;
	return strcmp(x->instrument->id, y->instrument->id);
}

/* By lead time, but never before what must have been used first. */
static void put_in_order(const struct candidate **package, size_t n)
{
	if (n > 1)
		qsort(package, n, sizeof *package, by_lead);
	for (size_t round = 0; round < n; round++)
		for (size_t i = 0; i + 1 < n; i++)
			for (size_t k = i + 1; k < n; k++)
				if (list_has(package[i]->instrument->after, package[k]->instrument->id)) {
					const struct candidate *late = package[i];

					memmove(&package[i], &package[i + 1], (k - i) * sizeof *package);
					package[k] = late;
				}
}

/* The last time that the unit saw the instrument used; missing if never. */
static const struct response *last_use(const struct shelf *shelf, const char *unit, const char *instrument)
{
	const struct response *response, *last = NULL;

	for (size_t i = 0; (response = records_next(&shelf->responses, &kind_response, &i));)
		if (str_eq(response->r.unit, unit) && str_eq(response->instrument, instrument) &&
		    (!last || response->r.valid_from.usec > last->r.valid_from.usec))
			last = response;
	return last;
}

static const char *why_text(const struct shelf *shelf, const struct alert *alert, const struct candidate *candidate,
			    const struct candidate *const *package, size_t n, struct arena *arena)
{
	_cleanup_(buf_free) struct buf text = {0};
	const struct instrument *instrument = candidate->instrument;
	const struct response *use = last_use(shelf, alert->r.unit, instrument->id);
	bool first = true;
	char day[40];

	buf_printf(&text, "%s", instrument->kind);
	if (instrument->suits && !list_has(instrument->suits, "any") && alert_has_class(shelf, alert, instrument->suits))
		buf_puts(&text, " that fits the reported events");
	for (size_t i = 0; i < n; i++)
		if (package[i] != candidate && are_partners(instrument, package[i]->instrument)) {
			buf_printf(&text, "%s%s", first ? "; works with " : ", ", package[i]->instrument->id);
			first = false;
		}
	if (use) {
		instant_write(use->r.valid_from, day);
		buf_printf(&text, "; last used here on %s", day);
	}
	return arena_ndup(arena, text.s, text.len);
}

/* The last day on which a start still meets the trigger; null when the trigger has no known day. */
static void put_deadline(struct buf *steps, const struct respond_setup *setup, const struct instrument *instrument,
			 double days)
{
	struct instant today = {setup->as_of.usec / USEC_PER_DAY * USEC_PER_DAY, INSTANT_DAY, 0};
	char day[40];

	if (isnan(days)) {
		buf_puts(steps, "null");
		return;
	}
	instant_write(instant_add_days(today, (int64_t)(days - instrument->lead_min_days)), day);
	json_put_str(steps, day);
}

static void put_step(struct buf *steps, size_t order, const struct respond_setup *setup,
		     const struct candidate *candidate, double days, const char *why)
{
	const struct instrument *instrument = candidate->instrument;

	buf_printf(steps, "%s{\"first_step_by\":", order > 1 ? "," : "");
	put_deadline(steps, setup, instrument, days);
	buf_puts(steps, ",\"instrument\":");
	json_put_str(steps, instrument->id);
	buf_puts(steps, ",\"lead_max_days\":");
	json_put_num(steps, instrument->lead_max_days);
	buf_puts(steps, ",\"lead_min_days\":");
	json_put_num(steps, instrument->lead_min_days);
	buf_puts(steps, ",\"name\":");
	json_put_str(steps, instrument->name);
	buf_printf(steps, ",\"order\":%zu,\"rule\":", order);
	json_put_str(steps, candidate->rule);
	buf_puts(steps, ",\"source\":");
	json_put_str(steps, instrument->source);
	buf_puts(steps, ",\"why\":");
	json_put_str(steps, why);
	buf_putc(steps, '}');
}

/* Why one that could have been taken was not: nothing gained, or the one it would have to replace. */
static const char *lost_to(const struct choice *choice, size_t item, struct arena *arena)
{
	double alone = package_adds(choice->options, choice->best, choice->n_best, item, SIZE_MAX, SYNERGY);
	double least = INFINITY;
	size_t rival = SIZE_MAX;

	if (choice->n_best < PACKAGE)
		return arena_printf(arena, "would add %.2f to the package: %s", alone,
				    alone > 0 ? "pressure without support for citizens" : "not worth an instrument more");
	for (size_t i = 0; i < choice->n_best; i++) {
		double loss = package_adds(choice->options, choice->best, choice->n_best, choice->best[i], SIZE_MAX,
					   SYNERGY) -
			      package_adds(choice->options, choice->best, choice->n_best, item, choice->best[i],
					   SYNERGY);

		if (loss < least) {
			least = loss;
			rival = choice->best[i];
		}
	}
	return arena_printf(arena, "lost to %s, the package would be worth %.2f less",
			    choice->v[rival].instrument->id, fmax(0, least));
}

static bool is_taken(const struct choice *choice, size_t item)
{
	for (size_t k = 0; k < choice->n_best; k++)
		if (choice->best[k] == item)
			return true;
	return false;
}

/* The package in order of dependency and lead time; the rest lost to it. */
static void put_package(const struct respond_setup *setup, const struct shelf *shelf, const struct alert *alert,
			const struct choice *choice, struct plan *plan, struct lists *lists, struct arena *arena)
{
	const struct candidate *package[PACKAGE];

	for (size_t i = 0; i < choice->n_best; i++)
		package[i] = &choice->v[choice->best[i]];
	put_in_order(package, choice->n_best);
	for (size_t i = 0; i < choice->n_best; i++) {
		const struct response *use = last_use(shelf, alert->r.unit, package[i]->instrument->id);

		put_step(&lists->steps, i + 1, setup, package[i], plan->days_to_trigger,
			 why_text(shelf, alert, package[i], package, choice->n_best, arena));
		if (use)
			record_from(arena, &plan->r, use->r.id, "response");
	}
	for (size_t i = 0; i < choice->n; i++)
		if (!is_taken(choice, i))
			reject(lists, choice->v[i].instrument, lost_to(choice, i, arena));
}

static const char *as_list(struct arena *arena, const struct buf *items)
{
	return arena_printf(arena, "[%s]", items->len ? items->s : "");
}

struct plan *plan_make(const struct respond_setup *setup, const struct shelf *shelf, const struct alert *alert,
		       struct arena *arena)
{
	struct plan *plan = record_new(arena, &kind_plan);
	struct choice *choice = arena_new(arena, struct choice);
	struct lists lists = {0};

	plan->r.unit = alert->r.unit;
	plan->r.known = setup->as_of;
	plan->r.valid_from = alert->r.valid_from;
	plan->r.licence = alert->r.licence;
	plan->alert = alert->r.id;
	record_from(arena, &plan->r, alert->r.id, "alert");
	plan->days_to_trigger = days_to_trigger(setup, shelf, alert, plan, arena);
	choice->n = sift(setup, shelf, alert, plan->days_to_trigger, &lists, choice->v, arena);
	choose(choice);
	put_package(setup, shelf, alert, choice, plan, &lists, arena);
	plan->steps = as_list(arena, &lists.steps);
	plan->rejected = as_list(arena, &lists.rejected);
	plan->unknown = as_list(arena, &lists.unknown);
	plan->summary = arena_printf(arena, "%zu instruments chosen, %zu rejected, %zu that cannot be judged",
				     choice->n_best, lists.n_rejected, lists.n_unknown);
	buf_free(&lists.steps);
	buf_free(&lists.rejected);
	buf_free(&lists.unknown);
	record_identify(arena, plan);
	return plan;
}
