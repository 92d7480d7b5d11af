/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson.c - alerts against what followed, rules' thresholds, time to respond.
 *
 * An alert warns from the round that issued it, however early its evidence: before
 * that nobody could read it. It is a hit when, within 365 days after, an outcome of
 * its direction is recorded for the unit or the index moved by 0.05 that way in the
 * year it was issued in or the next; a false alarm when the days are over without and
 * the index of both years is known. A miss is an adverse outcome that no alert came
 * before; nobody knows which rule should have, so the rules that warn of threats
 * share the misses. A rule whose
 * false alarms outnumber its hits has its level raised, one that misses lowered:
 * multiplier = exp(RATE * (false - hits - misses) / (cases + FADE)), within 0.8..1.25.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/resolved.h"

#define RATE 0.4
#define FADE 10.0

struct case_count {
	const char *rule;
	bool threat;
	double hits, misses, false_alarms;   /* misses of all rules together only, else NAN */
	double *lead;
	size_t n_lead, cap_lead;
	struct score *score;     /* that will say so; gathers its origins meanwhile */
};

static double value_of(const struct records *in, const char *unit, int64_t year)
{
	const struct observation *observation, *first = NULL;   /* of several sources the first by name */

	for (size_t i = 0; (observation = records_next(in, &kind_observation, &i));)
		if (str_eq(observation->indicator, "v2x_polyarchy") && str_eq(observation->r.unit, unit) &&
		    instant_year(observation->r.valid_from) == year && !isnan(observation->value) &&
		    (!first || str_cmp(observation->source, first->source) < 0))
			first = observation;
	return first ? first->value : NAN;
}

/* Did the index move by a step that way in the year of the alert or the next? 1, 0, or -1 not known
   yet; *ret_days: to the end of the first year in which it had. */
static int index_moved(const struct records *in, const struct alert *alert, bool threat, double *ret_days)
{
	int64_t year = instant_year(alert->issued);
	double before = value_of(in, alert->r.unit, year - 1), step = threat ? -INDEX_STEP : INDEX_STEP;
	double later[] = {value_of(in, alert->r.unit, year), value_of(in, alert->r.unit, year + 1)};
	int64_t end = step_label(before, later, 1, step) == 1 ? year + 1 : year + 2;

	*ret_days = (double)instant_days_between(alert->issued, instant_of_year(end));
	return step_label(before, later, LENGTH(later), step);
}

/* Days from the issue of an alert to an outcome that it could have warned of; -1: it could not. */
static int64_t warned_days(const struct alert *alert, const struct outcome *outcome)
{
	int64_t days = instant_days_between(alert->issued, outcome->r.valid_from);

	if (!instant_is_set(alert->issued) || outcome->r.valid_from.usec <= alert->issued.usec ||
	    days > LEARN_HORIZON_DAYS || !str_eq(outcome->r.unit, alert->r.unit))
		return -1;
	return days;
}

/* The first outcome that an alert of this direction came before, within the horizon; NULL if none. */
static const struct outcome *outcome_after(const struct records *in, const struct alert *alert, bool threat)
{
	const struct outcome *outcome, *first = NULL;

	for (size_t i = 0; (outcome = records_next(in, &kind_outcome, &i));)
		if (warned_days(alert, outcome) >= 0 && str_eq(outcome->direction, threat ? "worse" : "better") &&
		    (!first || outcome->r.valid_from.usec < first->r.valid_from.usec))
			first = outcome;
	return first;
}

static void count_from(struct case_count *count, const struct record *r, const char *role, struct arena *arena)
{
	struct record *score = &count->score->r;

	for (size_t i = 0; i < score->n_from; i++)
		if (str_eq(score->from[i].from_id, r->id))
			return;
	record_from(arena, score, r->id, role);
	record_inherit_licence(score, r->licence);
}

static struct case_count *count_of(struct case_count **counts, size_t *n, size_t *cap, const struct alert *alert,
				   struct arena *arena, struct records *out)
{
	struct case_count *count;

	for (size_t i = 0; i < *n; i++)
		if (str_eq((*counts)[i].rule, alert->rule))
			return &(*counts)[i];
	count = arena_push(arena, *counts, *n, *cap);
	*count = (struct case_count){.rule = alert->rule, .threat = str_eq(alert->direction, "threat"), .misses = NAN,
				     .score = record_new(out->arena, &kind_score)};
	return count;
}

static void count_lead(struct case_count *count, double days, struct arena *arena)
{
	*arena_push(arena, count->lead, count->n_lead, count->cap_lead) = days;
}

static void count_alert(const struct learn_setup *setup, const struct records *in, const struct alert *alert,
			struct case_count *count, struct arena *arena, struct records *out)
{
	bool threat = str_eq(alert->direction, "threat");
	const struct outcome *outcome = outcome_after(in, alert, threat);
	double days, lead = NAN;
	int moved = index_moved(in, alert, threat, &days);

	if (moved == 1)
		lead = days;
	count_from(count, &alert->r, "alert", out->arena);
	if (outcome) {
		lead = fmin(lead, (double)warned_days(alert, outcome));
		count_from(count, &outcome->r, "outcome", out->arena);
	}
	if (!isnan(lead)) {
		count->hits++;
		count_lead(count, lead, arena);
	} else if (moved == 0 && instant_days_between(alert->issued, setup->as_of) > LEARN_HORIZON_DAYS) {
		count->false_alarms++;
	}
}

/* Adverse outcomes that no threat alert of the unit came before, within the horizon. */
static void count_misses(const struct records *in, struct case_count *all, struct arena *arena)
{
	const struct outcome *outcome;
	const struct alert *alert;

	for (size_t i = 0; (outcome = records_next(in, &kind_outcome, &i));) {
		bool warned = false;

		if (!str_eq(outcome->direction, "worse"))
			continue;
		for (size_t a = 0; (alert = records_next(in, &kind_alert, &a));)
			warned |= str_eq(alert->direction, "threat") && warned_days(alert, outcome) >= 0;
		if (warned)
			continue;
		all->misses++;
		count_from(all, &outcome->r, "missed", arena);
	}
}

/* Of the alerts that could be told; these are few, and their countries fewer: the interval is Jeffreys'. */
static void set_hit_rate(struct score *score, struct arena *arena)
{
	struct interval reach;

	if (score->n == 0) {
		record_missing(arena, &score->r, "hit_rate", "no alert could be told yet");
		return;
	}
	reach = beta_interval(score->hits + 0.5, score->false_alarms + 0.5, 0.9);
	score->hit_rate = score->hits / score->n;
	score->hit_rate_low = fmin(reach.low, score->hit_rate);
	score->hit_rate_high = fmax(reach.high, score->hit_rate);
}

static void rule_score(const struct learn_setup *setup, struct case_count *count, struct records *out)
{
	struct score *score = count->score;

	score->r.known = setup->as_of;
	score->about = "rule";
	score->subject = arena_dup(out->arena, count->rule);
	score->member = "-";
	score->n = count->hits + count->false_alarms;
	score->hits = count->hits;
	score->misses = count->misses;
	score->false_alarms = count->false_alarms;
	set_hit_rate(score, out->arena);
	score->lead_days = count->n_lead ? median_of(count->lead, count->n_lead) : NAN;
	if (!count->n_lead)
		record_missing(out->arena, &score->r, "lead_days", "no hit to measure it by");
	if (isnan(count->misses))
		record_missing(out->arena, &score->r, "misses", "counted for all rules together");
	record_identify(out->arena, score);
	records_add(out, score);
}

static void rule_threshold(const struct learn_setup *setup, const struct score *score, double misses,
			   const struct score *all, struct records *out)
{
	struct setting *setting = record_new(out->arena, &kind_setting);
	double cases = score->hits + score->false_alarms + misses;
	double multiplier = exp(RATE * (score->false_alarms - score->hits - misses) / (cases + FADE));

	setting->r.known = setup->as_of;
	setting->name = arena_printf(out->arena, "threshold.%s", score->subject);
	setting->value = fmin(1.25, fmax(0.8, multiplier));
	setting->reason = arena_printf(out->arena, "%.0f hits, %.0f false alarms, %.3g outcomes without warning",
				       score->hits, score->false_alarms, misses);
	record_from(out->arena, &setting->r, score->r.id, "score");
	record_inherit_licence(&setting->r, score->r.licence);
	if (misses > 0) {
		record_from(out->arena, &setting->r, all->r.id, "misses");
		record_inherit_licence(&setting->r, all->r.licence);
	}
	record_identify(out->arena, setting);
	records_add(out, setting);
}

/* ---- time from trigger to response ---- */

static void score_responses(const struct learn_setup *setup, const struct records *in, const char *instrument,
			    struct arena *arena, struct records *out)
{
	struct score *score = record_new(out->arena, &kind_score);
	const struct response *response;
	double *days = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; (response = records_next(in, &kind_response, &i));) {
		if (isnan(response->days) || (instrument && !str_eq(response->instrument, instrument)))
			continue;
		*arena_push(arena, days, n, cap) = response->days;
		record_from(out->arena, &score->r, response->r.id, "response");
		record_inherit_licence(&score->r, response->r.licence);
	}
	if (n == 0)
		return;
	score->r.known = setup->as_of;
	score->about = "response";
	score->subject = instrument ? arena_dup(out->arena, instrument) : "all";
	score->member = "-";
	score->n = (double)n;
	score->lead_days = median_of(days, n);
	record_identify(out->arena, score);
	records_add(out, score);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void all_responses(const struct learn_setup *setup, const struct records *in, struct arena *arena,
			  struct records *out)
{
	const char **names = NULL;
	const struct response *response;
	size_t n = 0, cap = 0;

	for (size_t i = 0; (response = records_next(in, &kind_response, &i));)
		if (response->instrument)
			*arena_push(arena, names, n, cap) = response->instrument;
	if (n)
		qsort(names, n, sizeof *names, by_text);
	score_responses(setup, in, NULL, arena, out);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			score_responses(setup, in, names[i], arena, out);
}

/* The rules taken together: their counts, and the scores they stand in. */
static void add_rule(struct case_count *all, const struct case_count *count, struct arena *arena, struct records *out)
{
	all->hits += count->hits;
	all->false_alarms += count->false_alarms;
	for (size_t i = 0; i < count->n_lead; i++)
		count_lead(all, count->lead[i], arena);
	count_from(all, &count->score->r, "rule", out->arena);
}

void learn_alerts(const struct learn_setup *setup, const struct records *in, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct case_count *counts = NULL, all = {.rule = "all", .score = record_new(out->arena, &kind_score)};
	size_t n = 0, cap = 0, n_threats = 0;
	const struct alert *alert;

	for (size_t i = 0; (alert = records_next(in, &kind_alert, &i));)
		if (instant_is_set(alert->issued) && alert->issued.usec < setup->as_of.usec)
			count_alert(setup, in, alert, count_of(&counts, &n, &cap, alert, &arena, out), &arena, out);
	count_misses(in, &all, out->arena);
	for (size_t i = 0; i < n; i++)
		n_threats += counts[i].threat;
	for (size_t i = 0; i < n; i++) {
		rule_score(setup, &counts[i], out);
		add_rule(&all, &counts[i], &arena, out);
	}
	if (n || all.misses > 0)
		rule_score(setup, &all, out);
	for (size_t i = 0; i < n; i++)
		rule_threshold(setup, counts[i].score, counts[i].threat ? all.misses / (double)n_threats : 0,
			       all.score, out);
	all_responses(setup, in, &arena, out);
}
