/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * respond.c - from stretches to alerts: merging, level, the steps that follow from
 * the evidence, and a plan for each open alert that needs one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "respond/parts.h"

static const struct score *rule_score(const struct records *in, const char *rule)
{
	const struct score *score;

	for (size_t i = 0; (score = records_next(in, &kind_score, &i));)
		if (str_eq(score->about, "rule") && str_eq(score->subject, rule))
			return score;
	return NULL;
}

/* The rule's back-test in words; without cases it is unproven and says so. */
static void set_standing(const struct records *in, const struct rule *rule, struct alert *alert,
			 struct arena *arena)
{
	const struct score *score = rule_score(in, rule->name);

	alert->standing = "unproven";
	if (!score || !(score->hits + score->false_alarms > 0))
		return;
	if (isnan(score->lead_days))
		alert->standing = arena_printf(arena, "%.0f hits, %.0f false alarms in past rounds", score->hits,
					       score->false_alarms);
	else
		alert->standing = arena_printf(arena, "%.0f hits, %.0f false alarms in past rounds, median lead %.0f days",
					       score->hits, score->false_alarms, score->lead_days);
	record_from(arena, &alert->r, score->r.id, "back-test");
}

static void put_number(struct buf *buf, double value)
{
	buf_printf(buf, "%.2f", value);
}

static void put_field(struct buf *buf, const char *name, size_t len, const struct respond_setup *setup,
				  const struct stretch *stretch, const struct record *basis)
{
	const struct unit *unit = setup->atlas ? atlas_unit(setup->atlas, stretch->unit) : NULL;
	char text[40];

#define IS(word) (len == strlen(word) && strncmp(name, word, len) == 0)
	if (IS("unit"))
		buf_puts(buf, unit ? unit->name : stretch->unit);
	else if (IS("value"))
		put_number(buf, stretch->value);
	else if (IS("level") || IS("threshold"))
		put_number(buf, stretch->threshold);
	else if (IS("indicator"))
		buf_puts(buf, stretch->rule->indicator);
	else if (IS("sources") && stretch->sources != INT_MISSING)
		buf_printf(buf, "%lld", (long long)stretch->sources);
	else if (IS("reports") && basis->kind == &kind_observation)
		buf_printf(buf, "%.0f", ((const struct observation *)basis)->n);
	else if (IS("low"))
		put_number(buf, basis->kind == &kind_forecast ? ((const struct forecast *)basis)->low
							      : ((const struct observation *)basis)->low);
	else if (IS("high"))
		put_number(buf, basis->kind == &kind_forecast ? ((const struct forecast *)basis)->high
							      : ((const struct observation *)basis)->high);
	else if (IS("period"))
		instant_write(basis->valid_from, text), buf_puts(buf, text);
#undef IS
}

static const char *title_of(const struct respond_setup *setup, const struct stretch *stretch, struct arena *arena)
{
	_cleanup_(buf_free) struct buf title = {0};
	const char *s = stretch->rule->title;

	while (*s) {
		const char *close = *s == '{' ? strchr(s, '}') : NULL;

		if (close) {
			put_field(&title, s + 1, (size_t)(close - s) - 1, setup, stretch, stretch->basis[0]);
			s = close + 1;
		} else {
			buf_putc(&title, *s++);
		}
	}
	return arena_ndup(arena, title.len ? title.s : "", title.len);
}

/* The desk that a profile names, else the rule's own. */
static const char *owner_of(const struct records *in, const struct stretch *stretch)
{
	const struct contribution *wish;

	for (size_t i = 0; (wish = records_next(in, &kind_contribution, &i));)
		if (str_eq(wish->r.unit, stretch->unit) && str_eq(wish->about, "owner"))
			return wish->text;
	return stretch->rule->owner;
}

static void add_origins(const struct records *in, const struct stretch *stretch, struct alert *alert,
			struct arena *arena)
{
	for (size_t b = 0; b < stretch->n_basis; b++) {
		const struct record *basis = stretch->basis[b];

		record_from(arena, &alert->r, basis->id, "rule");
		record_inherit_licence(&alert->r, basis->licence);
		for (size_t i = 0; i < basis->n_from && basis->kind == &kind_observation; i++)
			if (kind_of_id(basis->from[i].from_id) == &kind_event && records_find(in, basis->from[i].from_id))
				record_from(arena, &alert->r, basis->from[i].from_id, "evidence");
	}
}

/* Of merged stretches the gravest that still fires speaks; if all are over, the gravest. */
static const struct stretch *speaker(const struct stretch *group, size_t n)
{
	const struct stretch *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct stretch *s = &group[i];

		if (!best || (best->over && !s->over) ||
		    (best->over == s->over && s->rule->alert_level > best->rule->alert_level))
			best = s;
	}
	return best;
}

static struct alert *alert_make(const struct respond_setup *setup, const struct records *in,
				const struct stretch *group, size_t n, struct arena *arena)
{
	struct alert *alert = record_new(arena, &kind_alert);
	const struct stretch *voice = speaker(group, n);
	const char *setting_id = NULL;
	bool over = true;

	alert->r.unit = voice->unit;
	alert->r.known = setup->as_of;
	alert->r.valid_from = group[0].from;
	alert->fingerprint = arena_dup(arena, voice->fingerprint);
	alert->labels = arena_dup(arena, voice->labels);
	alert->rule = voice->rule->name;
	alert->title = title_of(setup, voice, arena);
	alert->level = voice->rule->alert_level;
	alert->direction = voice->rule->direction;
	alert->value = voice->value;
	alert->threshold = voice->threshold;
	alert->sources = voice->sources;
	alert->triggered = group[0].triggered;
	alert->changed = voice->last;
	for (size_t i = 0; i < n; i++) {
		over &= group[i].over;
		if (group[i].triggered.usec < alert->triggered.usec)
			alert->triggered = group[i].triggered;
		if (group[i].past.usec > alert->r.valid_past.usec || !instant_is_set(alert->r.valid_past))
			alert->r.valid_past = group[i].past;
	}
	if (!over)
		alert->r.valid_past = (struct instant){0};
	add_origins(in, voice, alert, arena);
	set_standing(in, voice->rule, alert, arena);
	rule_multiplier(in, voice->rule, voice->unit, &setting_id);
	if (setting_id)
		record_from(arena, &alert->r, setting_id, "threshold");
	alert->ack_due = voice->rule->ack_hours > 0 ? instant_add_days(voice->triggered, (voice->rule->ack_hours + 23) / 24)
						    : (struct instant){0};
	alert->owner = owner_of(in, voice);
	if (!alert->owner)
		record_missing(arena, &alert->r, "owner", "no profile names a desk for this unit");
	record_identify(arena, alert);
	return alert;
}

/* ---- the steps that follow from the evidence ---- */

static void add_step(struct arena *arena, const struct alert *alert, struct records *history, const char *to,
		     const char *reason, const char *note, struct instant at, struct records *out)
{
	struct transition *step;

	if (alert_step(arena, alert, history, to, "system", reason, note, at, &step, NULL) < 0)
		return;   /* a person holds it: nothing leaves the list by itself */
	records_add(history, step);
	records_add(out, step);
}

static void alert_live(const struct respond_setup *setup, const struct alert *alert, struct records *history,
		       struct records *out)
{
	bool over = instant_is_set(alert->r.valid_past);
	const char *state = alert_state(history, alert->r.id);

	if (!state) {
		add_step(out->arena, alert, history, "new", NULL, NULL, setup->as_of, out);
		state = alert_state(history, alert->r.id);
	}
	if (over && str_eq(state, "new"))
		add_step(out->arena, alert, history, "closed", "resolved", "the rule no longer fires", setup->as_of, out);
	else if (!over && str_eq(state, "closed")) {
		const struct transition *step, *last = NULL;

		for (size_t i = 0; (step = records_next(history, &kind_transition, &i));)
			if (str_eq(step->alert, alert->r.id) && (!last || step->step > last->step))
				last = step;
		if (last && str_eq(last->reason, "resolved"))
			add_step(out->arena, alert, history, "reopened", "refired", "the rule fires again", setup->as_of, out);
	}
}

static bool needs_plan(const struct alert *alert, const struct records *history)
{
	return alert->level >= 2 && !instant_is_set(alert->r.valid_past) &&
	       alert_is_open(alert_state(history, alert->r.id));
}

static bool overlaps(const struct stretch *group, size_t n, const struct stretch *next)
{
	if (strcmp(group[0].fingerprint, next->fingerprint) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (next->from.usec <= group[i].past.usec)
			return true;
	return false;
}

/* Watches about the index and its forecast say the same of a unit: one plan, for the gravest, is enough. */
static bool has_plan(const struct records *out, const struct alert *alert)
{
	const struct plan *plan;

	if (alert->level >= 3)
		return false;
	for (size_t i = 0; (plan = records_next(out, &kind_plan, &i));)
		if (str_eq(plan->r.unit, alert->r.unit))
			return true;
	return false;
}

int respond_run(const struct respond_setup *setup, const struct records *in, struct records *out,
		struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records history = {.arena = &arena};
	const struct alert **alerts = NULL;
	struct transition *step;
	struct stretches all;
	size_t n_alerts = 0, cap = 0;

	(void)err;
	for (size_t i = 0; (step = records_next(in, &kind_transition, &i));)
		records_add(&history, step);
	stretches_find(setup, in, &arena, &all);
	for (size_t start = 0, end; start < all.n; start = end) {
		struct alert *alert;

		for (end = start + 1; end < all.n && overlaps(&all.v[start], end - start, &all.v[end]); end++)
			;
		alert = alert_make(setup, in, &all.v[start], end - start, out->arena);
		records_add(out, alert);
		alert_live(setup, alert, &history, out);
		*arena_push(&arena, alerts, n_alerts, cap) = alert;
	}
	if (n_alerts)
		alerts_sort(alerts, n_alerts);
	for (size_t i = 0; setup->instruments && i < n_alerts; i++)
		if (needs_plan(alerts[i], &history) && !has_plan(out, alerts[i]))
			records_add(out, plan_make(setup, in, alerts[i], out->arena));
	return 0;
}
