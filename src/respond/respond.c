/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * respond.c - the stage: stretches to alerts, what was raised before carried on,
 * the steps that follow from the evidence, and a plan for each open alert that
 * needs one.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "respond/parts.h"

struct run {
	const struct respond_setup *setup;
	struct shelf shelf;
	struct records *out;
	struct arena *arena;           /* of this run */
	const char **into;             /* per alert raised before: the id that goes on from it, or NULL */
	const struct alert **alerts;   /* made in this run */
	size_t n_alerts, cap_alerts;
};

static const struct transition *last_step(const struct run *run, const char *id)
{
	const struct transition *step, *last = NULL;

	for (size_t i = 0; (step = records_next(&run->shelf.history, &kind_transition, &i));)
		if (str_eq(step->alert, id) && (!last || step->step > last->step))
			last = step;
	return last;
}

static bool is_human(const struct run *run, const char *id)
{
	const struct transition *step;

	for (size_t i = 0; (step = records_next(&run->shelf.history, &kind_transition, &i));)
		if (str_eq(step->alert, id) && !str_eq(step->r.by, "system"))
			return true;
	return false;
}

/* ---- what was raised before ---- */

static bool is_reviewed(const struct run *run, const struct alert *alert)
{
	return str_eq(alert_state(&run->shelf.history, alert->r.id), "reviewed");
}

static bool goes_on(const struct alert *before, const struct group *group)
{
	return str_eq(before->fingerprint, group->voice->fingerprint) &&
	       before->r.valid_from.usec < group->until.usec &&
	       (!instant_is_set(before->r.valid_past) || group->from.usec < before->r.valid_past.usec ||
		before->r.valid_from.usec == group->from.usec);
}

/*
 * The alert a group goes on from: the earliest that overlaps and is not reviewed.
 * All others that overlap are marked as merged into it.
 */
static const struct alert *find_before(struct run *run, const struct group *group)
{
	const struct alert *found = NULL;

	for (size_t i = 0; i < run->shelf.n_alerts; i++) {
		const struct alert *before = run->shelf.alerts[i];

		if (run->into[i] || !goes_on(before, group) || is_reviewed(run, before))
			continue;
		if (!found)
			found = before;
		run->into[i] = found->r.id;
	}
	return found;
}

/* A reviewed alert is finished. Periods that fire after its last change are a new one. */
static struct instant start_after_review(const struct run *run, const struct group *group, bool *ret_reviewed)
{
	struct instant start = {0};
	int64_t after = INT64_MIN;

	for (size_t i = 0; i < run->shelf.n_alerts; i++)
		if (goes_on(run->shelf.alerts[i], group) && is_reviewed(run, run->shelf.alerts[i]) &&
		    run->shelf.alerts[i]->changed.usec > after)
			after = run->shelf.alerts[i]->changed.usec;
	*ret_reviewed = after != INT64_MIN;
	if (!*ret_reviewed)
		return group->from;
	for (size_t i = 0; i < group->n; i++)
		for (size_t b = 0; b < group->v[i].n_basis; b++) {
			struct instant from = group->v[i].basis[b]->valid_from;

			if (from.usec > after && (!instant_is_set(start) || from.usec < start.usec))
				start = from;
		}
	return start;
}

static bool same_content(const struct alert *a, const struct alert *b)
{
	char one[33], two[33];

	if (!str_eq(a->r.id, b->r.id))
		return false;
	record_content_hash(a, one);
	record_content_hash(b, two);
	return strcmp(one, two) == 0;
}

static bool has_new_evidence(const struct alert *alert, const struct alert *before)
{
	bool events = false;

	for (size_t i = 0; i < alert->r.n_from; i++) {
		bool found = false;

		if (!str_eq(alert->r.from[i].role, "evidence"))
			continue;
		events = true;
		for (size_t k = 0; k < before->r.n_from && !found; k++)
			found = str_eq(before->r.from[k].from_id, alert->r.from[i].from_id);
		if (!found)
			return true;
	}
	return !events && alert->changed.usec > before->changed.usec;
}

/* ---- steps that follow from the evidence ---- */

static int add_step(struct run *run, const struct alert *alert, const char *to, const char *reason,
		    const char *note, struct err *err)
{
	const struct transition *last = last_step(run, alert->r.id);
	struct instant at = run->setup->as_of;
	struct transition *step;
	int r;

	if (last && last->at.usec > at.usec)   /* a person stepped by the clock, later than the evidence */
		at = last->at;
	r = alert_step(run->out->arena, alert, &run->shelf.history, to, "system", reason, note, at, &step, err);
	if (r < 0)
		return r;
	records_add(&run->shelf.history, step);
	records_add(run->out, step);
	return 0;
}

/* Closed by the system it opens when the rule fires again; closed by a person, when there is more to see. */
static bool should_reopen(const struct run *run, const struct alert *alert, const struct alert *before)
{
	const struct transition *last = last_step(run, alert->r.id);

	if (!last || !str_eq(last->state_to, "closed"))
		return false;
	return str_eq(last->r.by, "system") || !before || alert->level > before->level ||
	       has_new_evidence(alert, before);
}

static int alert_live(struct run *run, const struct group *group, const struct alert *alert,
		      const struct alert *before, struct err *err)
{
	int r = 0;

	if (!alert_state(&run->shelf.history, alert->r.id))
		r = add_step(run, alert, "new", NULL, NULL, err);
	if (r < 0)
		return r;
	if (!group->over)
		return should_reopen(run, alert, before)
		     ? add_step(run, alert, "reopened", "refired", "the rule fires again", err) : 0;
	if (alert_holder(&run->shelf, alert->r.id) || !alert_is_open(alert_state(&run->shelf.history, alert->r.id)))
		return 0;   /* a person holds it: nothing leaves the list by itself */
	return add_step(run, alert, "closed", "resolved", group->voice->calm
			? "the rule no longer fires" : "no report since: silence, which is not calm", err);
}

static int group_raise(struct run *run, const struct group *group, struct err *err)
{
	const struct alert *before = find_before(run, group);
	struct instant from = before ? before->r.valid_from : group->from;
	struct alert *alert;
	bool reviewed = false;

	if (!before && group->over)
		return 0;   /* it ended before anybody could have been warned */
	if (!before)
		from = start_after_review(run, group, &reviewed);
	if (reviewed && !instant_is_set(from))
		return 0;
	alert = alert_make(run->setup, &run->shelf, group, before, from, run->out->arena);
	if (before && same_content(alert, before))
		alert->r.known = before->r.known;
	records_add(run->out, alert);
	*arena_push(run->arena, run->alerts, run->n_alerts, run->cap_alerts) = alert;
	return alert_live(run, group, alert, before, err);
}

/* ---- alerts that nothing raises any more ---- */

static struct alert *alert_copy(const struct alert *alert, struct arena *arena)
{
	struct alert *copy = record_new(arena, &kind_alert);

	*copy = *alert;
	return copy;
}

/*
 * One that only the system ever touched is left out, so that it is withdrawn with
 * its evidence. One that a person took up is kept; if still held, it says so.
 */
static int keep_unsupported(struct run *run, const struct alert *before, const char *into, struct err *err)
{
	const char *holder = alert_holder(&run->shelf, before->r.id);
	struct alert *alert = alert_copy(before, run->out->arena);
	int r = 0;

	if (!is_human(run, before->r.id))
		return 0;
	if (alert_is_open(alert_state(&run->shelf.history, before->r.id)) && !instant_is_set(alert->r.valid_past)) {
		alert->r.valid_past = instant_add_days(alert->changed, 1);
		alert->r.known = run->setup->as_of;
		if (holder && !into)
			alert->title = title_held(run->out->arena, alert->title, holder);
	}
	records_add(run->out, alert);
	if (into && alert_is_open(alert_state(&run->shelf.history, before->r.id)))
		r = add_step(run, alert, "closed", "merged", arena_printf(run->out->arena, "goes on as %s", into), err);
	return r;
}

/* ---- plans ---- */

/* Watches say much the same of a unit: one plan, for the gravest, is enough. */
static bool needs_plan(const struct run *run, const struct alert *alert)
{
	const struct plan *plan;

	if (alert->level < 2 || instant_is_set(alert->r.valid_past) ||
	    !alert_is_open(alert_state(&run->shelf.history, alert->r.id)))
		return false;
	for (size_t i = 0; alert->level < 3 && (plan = records_next(run->out, &kind_plan, &i));)
		if (str_eq(plan->r.unit, alert->r.unit))
			return false;
	return true;
}

static bool joins(const struct group *group, const struct stretch *next)
{
	return str_eq(group->voice->fingerprint, next->fingerprint) && next->from.usec < group->until.usec;
}

static int run_alerts(struct run *run, struct err *err)
{
	struct stretches all;
	int r = 0;

	stretches_find(run->setup, &run->shelf, run->arena, &all);
	for (size_t start = 0, end; start < all.n && r == 0; start = end) {
		struct group group = group_of(&all.v[start], 1);

		for (end = start + 1; end < all.n && joins(&group, &all.v[end]); end++)
			group = group_of(&all.v[start], end - start + 1);
		r = group_raise(run, &group, err);
	}
	for (size_t i = 0; i < run->shelf.n_alerts && r == 0; i++) {
		const struct alert *before = run->shelf.alerts[i];

		if (!run->into[i] || !str_eq(run->into[i], before->r.id))
			r = keep_unsupported(run, before, run->into[i], err);
	}
	return r;
}

int respond_run(const struct respond_setup *setup, const struct records *in, struct records *out,
		struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct run run = {.setup = setup, .out = out, .arena = &arena};
	int r;

	assert(setup->rules && instant_is_set(setup->as_of));
	shelf_fill(in, &arena, &run.shelf);
	run.into = arena_array(&arena, const char *, run.shelf.n_alerts + 1);
	r = run_alerts(&run, err);
	if (run.n_alerts)
		alerts_sort(run.alerts, run.n_alerts);
	for (size_t i = 0; setup->instruments && i < run.n_alerts && r == 0; i++)
		if (needs_plan(&run, run.alerts[i]))
			records_add(out, plan_make(setup, &run.shelf, run.alerts[i], out->arena));
	return r;
}
