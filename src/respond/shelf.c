/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shelf.c - the input of respond, sorted for look-up; thresholds as learned and as a profile asks. */
#include <stdlib.h>
#include <string.h>

#include "respond/parts.h"

static int by_id(const void *a, const void *b)
{
	return str_cmp((*(const struct record *const *)a)->id, (*(const struct record *const *)b)->id);
}

static int by_print(const void *a, const void *b)
{
	const struct alert *x = *(const struct alert *const *)a, *y = *(const struct alert *const *)b;
	int order = str_cmp(x->fingerprint, y->fingerprint);

	if (order == 0)
		order = (x->r.valid_from.usec > y->r.valid_from.usec) - (x->r.valid_from.usec < y->r.valid_from.usec);
	return order ? order : str_cmp(x->r.id, y->r.id);
}

static void sort_if_any(void *items, size_t n, size_t size, int (*order)(const void *, const void *))
{
	if (n > 1)
		qsort(items, n, size, order);
}

static struct records *list_of(struct shelf *shelf, const struct kind *kind)
{
	return kind == &kind_setting ? &shelf->settings : kind == &kind_contribution ? &shelf->wishes :
	       kind == &kind_score ? &shelf->scores : kind == &kind_juncture ? &shelf->junctures :
	       kind == &kind_response ? &shelf->responses : kind == &kind_transition ? &shelf->history : NULL;
}

void shelf_fill(const struct records *in, struct arena *arena, struct shelf *ret)
{
	size_t cap_events = 0, cap_copies = 0, cap_alerts = 0;

	*ret = (struct shelf){.in = in};
	ret->settings.arena = ret->wishes.arena = ret->scores.arena = arena;
	ret->junctures.arena = ret->responses.arena = ret->history.arena = arena;
	for (size_t i = 0; i < in->n; i++) {
		struct record *r = in->v[i];
		struct records *list = list_of(ret, r->kind);

		if (r->withdrawn)
			continue;
		if (list)
			records_add(list, r);
		else if (r->kind == &kind_event)
			*arena_push(arena, ret->events, ret->n_events, cap_events) = (struct event *)r;
		else if (r->kind == &kind_document && ((struct document *)r)->copy_of)
			*arena_push(arena, ret->copies, ret->n_copies, cap_copies) = (struct document *)r;
		else if (r->kind == &kind_alert)
			*arena_push(arena, ret->alerts, ret->n_alerts, cap_alerts) = (struct alert *)r;
	}
	sort_if_any(ret->events, ret->n_events, sizeof *ret->events, by_id);
	sort_if_any(ret->copies, ret->n_copies, sizeof *ret->copies, by_id);
	sort_if_any(ret->alerts, ret->n_alerts, sizeof *ret->alerts, by_print);
}

const struct event *shelf_event(const struct shelf *shelf, const char *id)
{
	const struct record key = {.id = id}, *at = &key;
	const struct event **found = NULL;

	if (shelf->n_events)
		found = bsearch(&at, shelf->events, shelf->n_events, sizeof *shelf->events, by_id);
	return found ? *found : NULL;
}

const char *shelf_voice(const struct shelf *shelf, const char *document)
{
	const struct record key = {.id = document}, *at = &key;
	const struct document **found = NULL;

	if (shelf->n_copies && document)
		found = bsearch(&at, shelf->copies, shelf->n_copies, sizeof *shelf->copies, by_id);
	return found ? (*found)->copy_of : document;
}

bool event_counts(const struct event *event, const char *indicator)
{
	const char *what = str_starts(indicator, "pressure_") ? indicator + strlen("pressure_") : indicator;

	if (event->negated == 1)
		return false;
	if (str_eq(what, "threat") || str_eq(what, "opportunity"))
		return str_eq(event->signal, what);
	return str_eq(event->civic_class, what) && str_eq(event->signal, "threat");
}

static void move(struct threshold *threshold, double *multiplier, double by, const char *id)
{
	*multiplier *= by;
	if (threshold->n_origins < THRESHOLD_ORIGINS)
		threshold->origins[threshold->n_origins++] = id;
}

struct threshold rule_threshold(const struct shelf *shelf, const struct rule *rule, const char *unit)
{
	static const char prefix[] = "threshold.";
	const size_t skip = sizeof prefix - 1;
	const struct contribution *wish;
	const struct setting *setting;
	struct threshold threshold = {0};
	double multiplier = 1;
	bool above = rule->op == RULE_GE || rule->op == RULE_GT;

	for (size_t i = 0; (setting = records_next(&shelf->settings, &kind_setting, &i));)
		if (str_starts(setting->name, prefix) && str_eq(setting->name + skip, rule->name) &&
		    (!setting->r.unit || str_eq(setting->r.unit, unit)) && setting->value > 0)
			move(&threshold, &multiplier, setting->value, setting->r.id);
	for (size_t i = 0; (wish = records_next(&shelf->wishes, &kind_contribution, &i));) {
		if (!str_eq(wish->r.unit, unit) || !str_starts(wish->about, prefix) || !(wish->value > 0))
			continue;
		if (str_eq(wish->about + skip, rule->name))
			move(&threshold, &multiplier, wish->value, wish->r.id);
		else if (rule->by_cost && str_eq(wish->about + skip, "cost_loss"))
			move(&threshold, &multiplier, wish->value / rule->level, wish->r.id);
	}
	/* A ceiling above zero is stricter when lower, so it is divided; and so is a floor below zero. */
	threshold.value = above == (rule->level >= 0) ? rule->level * multiplier : rule->level / multiplier;
	return threshold;
}
