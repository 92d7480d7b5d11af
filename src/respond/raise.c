/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raise.c - from overlapping stretches to one alert: who speaks for it, its words,
 * its evidence, its deadline. An alert goes on from the one raised before under
 * the same fingerprint, so that what people did with it is not lost.
 */
#include <math.h>
#include <string.h>

#include "respond/parts.h"

#define HELD " (no longer fires; held by "

struct group group_of(const struct stretch *v, size_t n)
{
	struct group group = {.v = v, .n = n, .from = v[0].from, .over = true};

	for (size_t i = 0; i < n; i++) {
		const struct stretch *s = &v[i];

		group.over &= s->over;
		if (s->past.usec > group.past.usec || i == 0)
			group.past = s->past;
		if (s->until.usec > group.until.usec || i == 0)
			group.until = s->until;
		if (!group.voice || (group.voice->over && !s->over) ||
		    (group.voice->over == s->over && s->rule->alert_level > group.voice->rule->alert_level))
			group.voice = s;
	}
	return group;
}

/* ---- the title ---- */

static double bound_of(const struct record *basis, bool high)
{
	const struct observation *o = (const struct observation *)basis;
	const struct forecast *f = (const struct forecast *)basis;

	if (basis->kind == &kind_forecast)
		return high ? f->high : f->low;
	return high ? o->high : o->low;
}

static void put_field(struct buf *buf, const char *name, const struct respond_setup *setup,
		      const struct stretch *stretch)
{
	const struct unit *unit = setup->atlas ? atlas_unit(setup->atlas, stretch->unit) : NULL;
	const struct record *basis = stretch->basis[stretch->n_basis - 1];
	char text[40];

	if (str_eq(name, "unit")) {
		buf_puts(buf, unit ? unit->name : stretch->unit);
	} else if (str_eq(name, "value")) {
		buf_printf(buf, "%.2f", stretch->value);
	} else if (str_eq(name, "size")) {   /* where a verb tells the sign */
		buf_printf(buf, "%.2f", fabs(stretch->value));
	} else if (str_eq(name, "level") || str_eq(name, "threshold")) {
		buf_printf(buf, "%.2f", stretch->threshold.value);
	} else if (str_eq(name, "indicator")) {
		buf_puts(buf, stretch->rule->indicator);
	} else if (str_eq(name, "low") || str_eq(name, "high")) {
		buf_printf(buf, "%.2f", bound_of(basis, str_eq(name, "high")));
	} else if (str_eq(name, "sources") && stretch->sources != INT_MISSING) {
		buf_printf(buf, "%lld", (long long)stretch->sources);
	} else if (str_eq(name, "reports") && !isnan(stretch->reports)) {
		buf_printf(buf, "%.0f", stretch->reports);
	} else if (str_eq(name, "period")) {
		instant_write(basis->kind == &kind_forecast
			      ? instant_of_year(((const struct forecast *)basis)->origin) : basis->valid_from, text);
		buf_puts(buf, text);
	} else {
		buf_puts(buf, "?");
	}
}

static const char *title_of(const struct respond_setup *setup, const struct stretch *stretch, struct arena *arena)
{
	_cleanup_(buf_free) struct buf title = {0};
	const char *s = stretch->rule->title;

	while (*s) {
		const char *close = *s == '{' ? strchr(s, '}') : NULL;

		if (close) {
			put_field(&title, arena_ndup(arena, s + 1, (size_t)(close - s) - 1), setup, stretch);
			s = close + 1;
		} else {
			buf_putc(&title, *s++);
		}
	}
	return arena_ndup(arena, title.len ? title.s : "", title.len);
}

const char *title_held(struct arena *arena, const char *title, const char *holder)
{
	return strstr(title, HELD) ? title : arena_printf(arena, "%s" HELD "%s)", title, holder);
}

/* ---- standing, owner, origins ---- */

static const struct score *rule_score(const struct shelf *shelf, const char *rule)
{
	const struct score *score, *best = NULL;

	for (size_t i = 0; (score = records_next(&shelf->scores, &kind_score, &i));)
		if (str_eq(score->about, "rule") && str_eq(score->subject, rule) &&
		    (!best || score->origin == INT_MISSING))   /* of all years, if there is one */
			best = score;
	return best;
}

/* The rule's back-test in words; without cases it is unproven and says so. */
static void set_standing(const struct shelf *shelf, const struct rule *rule, struct alert *alert,
			 struct arena *arena)
{
	const struct score *score = rule_score(shelf, rule->name);

	alert->standing = "unproven";
	if (!score || !(score->hits + score->false_alarms > 0))
		return;
	alert->standing = arena_printf(arena, "%.0f hits, %.0f false alarms in past rounds", score->hits,
				       score->false_alarms);
	if (!isnan(score->lead_days))
		alert->standing = arena_printf(arena, "%s, median lead %.0f days", alert->standing, score->lead_days);
	record_from(arena, &alert->r, score->r.id, "back-test");
}

/* The desk that a profile names, else the rule's own. */
static void set_owner(const struct shelf *shelf, const struct stretch *stretch, struct alert *alert,
		      struct arena *arena)
{
	const struct contribution *wish;

	alert->owner = stretch->rule->owner;
	for (size_t i = 0; (wish = records_next(&shelf->wishes, &kind_contribution, &i));)
		if (str_eq(wish->r.unit, stretch->unit) && str_eq(wish->about, "owner") && wish->text) {
			alert->owner = wish->text;
			record_from(arena, &alert->r, wish->r.id, "owner");
		}
	if (!alert->owner)
		record_missing(arena, &alert->r, "owner", "no profile names a desk for this unit");
}

static bool has_origin(const struct record *r, const char *id)
{
	for (size_t i = 0; i < r->n_from; i++)
		if (str_eq(r->from[i].from_id, id))
			return true;
	return false;
}

static void add_evidence(const struct shelf *shelf, const struct stretch *stretch, struct alert *alert,
			 struct arena *arena)
{
	for (size_t b = stretch->n_basis; b-- > 0;) {   /* newest first */
		const struct record *basis = stretch->basis[b];

		if (has_origin(&alert->r, basis->id))
			continue;
		record_from(arena, &alert->r, basis->id, "rule");
		record_inherit_licence(&alert->r, basis->licence);
		for (size_t i = 0; i < basis->n_from && basis->kind == &kind_observation; i++) {
			const struct event *event = shelf_event(shelf, basis->from[i].from_id);

			if (!event || has_origin(&alert->r, event->r.id))
				continue;
			record_from(arena, &alert->r, event->r.id, "evidence");
			record_inherit_licence(&alert->r, event->r.licence);
		}
	}
}

static void add_origins(const struct shelf *shelf, const struct group *group, struct alert *alert,
			struct arena *arena)
{
	const struct threshold *threshold = &group->voice->threshold;

	add_evidence(shelf, group->voice, alert, arena);
	for (size_t i = 0; i < group->n; i++)
		add_evidence(shelf, &group->v[i], alert, arena);
	for (size_t i = 0; i < threshold->n_origins; i++)
		record_from(arena, &alert->r, threshold->origins[i], "threshold");
}

/* ---- dates ---- */

/*
 * A figure of a year that is published or foretold anew does not move the day on
 * which the evidence first sufficed, as long as the same rule kept firing.
 */
static struct instant triggered_of(const struct stretch *voice, const struct alert *before)
{
	if (before && !str_eq(voice->rule->kind, "events") && str_eq(before->rule, voice->rule->name) &&
	    !instant_is_set(before->r.valid_past) && instant_is_set(before->triggered) &&
	    before->triggered.usec < voice->triggered.usec)
		return before->triggered;
	return voice->triggered;
}

const char *alert_holder(const struct shelf *shelf, const char *id)
{
	const struct transition *step, *last = NULL;

	for (size_t i = 0; (step = records_next(&shelf->history, &kind_transition, &i));)
		if (str_eq(step->alert, id) && (!last || step->step > last->step))
			last = step;
	return !last || str_eq(last->r.by, "system") || !alert_is_open(last->state_to) ? NULL : last->r.by;
}

/*
 * Hours run from the day the evidence sufficed, but not from before anybody could
 * see the alert; once set for a level the deadline stands.
 */
static void set_deadline(const struct respond_setup *setup, const struct rule *rule, const struct alert *before,
			 struct alert *alert, struct arena *arena)
{
	bool same_level = before && before->level == alert->level;
	struct instant start = same_level ? alert->issued : setup->as_of;

	if (instant_is_set(alert->r.valid_past)) {
		record_missing(arena, &alert->r, "ack_due", "it no longer fires");
		return;
	}
	if (same_level && instant_is_set(before->ack_due) && before->ack_due.usec >= alert->issued.usec) {
		alert->ack_due = before->ack_due;
		return;
	}
	if (alert->triggered.usec > start.usec)
		start = alert->triggered;
	alert->ack_due = (struct instant){start.usec + rule->ack_hours * 3600 * USEC_PER_SECOND,
					  INSTANT_SECOND, 0};
}

struct alert *alert_make(const struct respond_setup *setup, const struct shelf *shelf, const struct group *group,
			 const struct alert *before, struct instant from, struct arena *arena)
{
	struct alert *alert = record_new(arena, &kind_alert);
	const struct stretch *voice = group->voice;
	const char *holder = before ? alert_holder(shelf, before->r.id) : NULL;

	alert->r.unit = arena_dup(arena, voice->unit);
	alert->r.known = setup->as_of;
	alert->r.valid_from = from;
	if (group->over)
		alert->r.valid_past = group->past;
	alert->fingerprint = arena_dup(arena, voice->fingerprint);
	alert->labels = arena_dup(arena, voice->labels);
	alert->rule = voice->rule->name;
	alert->title = title_of(setup, voice, arena);
	if (group->over && holder)
		alert->title = title_held(arena, alert->title, holder);
	alert->level = voice->rule->alert_level;
	alert->direction = voice->rule->direction;
	alert->value = voice->value;
	alert->threshold = voice->threshold.value;
	alert->sources = voice->sources;
	alert->triggered = triggered_of(voice, before);
	alert->issued = before && instant_is_set(before->issued) ? before->issued : setup->as_of;
	alert->changed = voice->last;
	add_origins(shelf, group, alert, arena);
	set_standing(shelf, voice->rule, alert, arena);
	set_owner(shelf, voice, alert, arena);
	set_deadline(setup, voice->rule, before, alert, arena);
	record_identify(arena, alert);
	return alert;
}
