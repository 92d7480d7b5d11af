/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - the situation of all units, and the two-page brief on one, as plain text. */
#include <math.h>
#include <string.h>

#include <tocsin/render.h>
#include <tocsin/text.h>

#include "render/words.h"

static void put_line(struct buf *buf, size_t indent, struct buf *line)
{
	if (line->len > strspn(line->len ? line->s : "", " "))
		words_folded(buf, line->s, indent);
	buf_cut(line, 0);
}

static void put_measure(struct buf *line, const struct country_view *view)
{
	const struct observation *now = country_latest(view);

	if (!now) {
		buf_puts(line, "no index of electoral democracy is known for this unit");
		return;
	}
	buf_printf(line, "electoral democracy %lld: ", (long long)instant_year(now->r.valid_from));
	words_estimate(line, now->value, now->low, now->high);
	buf_puts(line, "; in one year ");
	words_change(line, view, 1);
	buf_puts(line, "; in five ");
	words_change(line, view, 5);
}

static void put_episodes(struct buf *line, const struct country_view *view)
{
	size_t first = view->n_episodes > 4 ? view->n_episodes - 4 : 0;

	for (size_t i = first; i < view->n_episodes; i++) {
		buf_puts(line, i > first ? "; " : "episodes: ");
		words_episode(line, view->episodes[i]);
	}
}

static void put_chance(struct buf *line, const char *what, const struct forecast *forecast, const struct score *score)
{
	if (!forecast)
		return;
	buf_printf(line, "chance of %s: ", what);
	words_forecast(line, forecast);
	buf_puts(line, "; ");
	words_skill(line, forecast, score);
}

static void put_country(struct buf *buf, const struct country_view *view)
{
	_cleanup_(buf_free) struct buf line = {0};

	buf_printf(buf, "%s (%s)\n", view->unit->name, view->unit->r.unit);
	buf_puts(&line, "  ");
	put_measure(&line, view);
	put_line(buf, 4, &line);
	buf_puts(&line, "  ");
	words_nowcast(&line, view);
	put_line(buf, 4, &line);
	buf_puts(&line, "  ");
	words_civic(&line, view);
	put_line(buf, 4, &line);
	buf_puts(&line, "  ");
	put_episodes(&line, view);
	put_line(buf, 4, &line);
	buf_puts(&line, "  ");
	put_chance(&line, "closing", view->closing, view->closing_score);
	put_line(buf, 4, &line);
	buf_puts(&line, "  ");
	put_chance(&line, "opening", view->opening, view->opening_score);
	put_line(buf, 4, &line);
	buf_puts(&line, "  ");
	words_count(&line, (double)view->n_events, "event coded", "events coded");
	buf_puts(&line, ", ");
	words_count(&line, (double)view->n_open, "open alert", "open alerts");
	put_line(buf, 4, &line);
}

static size_t count_role(const struct alert *alert, const char *role)
{
	size_t n = 0;

	for (size_t i = 0; i < alert->r.n_from; i++)
		n += str_eq(alert->r.from[i].role, role);
	return n;
}

static void put_alert(struct buf *buf, const struct alert_view *view)
{
	_cleanup_(buf_free) struct buf line = {0};
	const struct alert *alert = view->alert;
	size_t events = count_role(alert, "evidence");

	buf_printf(&line, "[%lld %s, %s] %s; %s", (long long)alert->level, words_level(alert->level), alert->direction,
		   alert->title, view->state);
	put_line(buf, 4, &line);
	buf_puts(&line, "    evidence: ");
	words_count(&line, (double)events, "event", "events");
	if (alert->sources != INT_MISSING) {
		buf_puts(&line, " by ");
		words_count(&line, (double)alert->sources, "independent source", "independent sources");
	}
	buf_printf(&line, "; rule %s: %s", alert->rule, alert->standing ? alert->standing : "unproven");
	put_line(buf, 4, &line);
	buf_printf(buf, "    tocsin why %s\n", alert->r.id);
}

static const char *item_text(const struct json *item, const char *key)
{
	const char *text = json_text(item, key);

	return text ? text : "not known";
}

static void put_items(struct buf *buf, const char *title, const char *list, const char *key, size_t most)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf line = {0};
	const struct json *items;

	if (!list || json_read(list, strlen(list), "plan", 1, &arena, &items, NULL) < 0 || items->n == 0)
		return;
	buf_printf(buf, "  %s\n", title);
	for (size_t i = 0; i < items->n && i < most; i++) {
		buf_printf(&line, "    %-10s %s", item_text(&items->v[i], "instrument"), item_text(&items->v[i], key));
		put_line(buf, 15, &line);
	}
	if (items->n > most)
		buf_printf(buf, "    and %zu more\n", items->n - most);
}

static void put_steps(struct buf *buf, const char *list)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf line = {0};
	const struct json *items;

	if (!list || json_read(list, strlen(list), "plan", 1, &arena, &items, NULL) < 0)
		return;
	for (size_t i = 0; i < items->n; i++) {
		const struct json *step = &items->v[i];
		double least = json_num(step, "lead_min_days");

		buf_printf(&line, "  %zu. %s, %s: %s; %s; first step by %s", i + 1, item_text(step, "instrument"),
			   item_text(step, "name"), item_text(step, "why"), item_text(step, "rule"),
			   item_text(step, "first_step_by"));
		if (least > 0)
			buf_printf(&line, " (lead %.0f days or more)", least);
		put_line(buf, 5, &line);
	}
	if (items->n == 0)
		buf_puts(buf, "  no instrument is open and quick enough\n");
}

static void put_plan(struct buf *buf, const struct plan *plan, size_t most)
{
	if (isnan(plan->days_to_trigger))
		buf_puts(buf, "  time to the next juncture: not known\n");
	else
		buf_printf(buf, "  %.0f days to the next known juncture\n", plan->days_to_trigger);
	put_steps(buf, plan->steps);
	put_items(buf, "rejected:", plan->rejected, "reason", most);
	put_items(buf, "cannot be judged:", plan->unknown, "what", most);
}

/* What a member gained over the base rate; the base rate itself gains nothing by definition. */
static void put_gain(struct buf *line, const struct score *score)
{
	if (str_eq(score->member, "base_rate"))
		return;
	if (isnan(score->skill)) {
		buf_puts(line, "; skill against the base rate not known");
		return;
	}
	if (isnan(score->skill_low) || isnan(score->skill_high)) {
		buf_printf(line, "; no skill shown, gain %.4f, interval not known", score->skill);
		return;
	}
	buf_printf(line, "; %s, gain %.4f (90 %%: %.4f to %.4f)",
		   score->skill_low > 0 ? "better than the base rate" :
		   score->skill_high < 0 ? "worse than the base rate" : "no skill shown",
		   score->skill, score->skill_low, score->skill_high);
}

static void put_figure(struct buf *buf, const char *name, double value, int digits)
{
	if (isnan(value))
		buf_printf(buf, "%s not known", name);
	else
		buf_printf(buf, "%s %.*f", name, digits, value);
}

static void put_forecast_score(struct buf *line, const struct score *score)
{
	buf_printf(line, "  %s, %s: ", score->subject, score->member);
	put_figure(line, "Brier", score->brier, 4);
	put_figure(line, ", log", score->log_score, 4);
	if (!isnan(score->auc))
		put_figure(line, ", AUC", score->auc, 3);
	if (!isnan(score->n) && !isnan(score->positives))
		buf_printf(line, "; %.0f forecasts, %.0f came true", score->n, score->positives);
	put_gain(line, score);
}

/* What a forecaster's answers gained on the median of all. */
static void put_question_score(struct buf *line, const struct score *score)
{
	buf_printf(line, "  questions, %s: ", score->member);
	put_figure(line, "Brier", score->brier, 4);
	put_figure(line, ", log", score->log_score, 4);
	buf_puts(line, "; ");
	words_count(line, score->n, "question", "questions");
	if (isnan(score->skill) || str_eq(score->member, "median"))
		return;
	if (isnan(score->skill_low) || isnan(score->skill_high))
		buf_printf(line, "; no skill shown, gain %.4f, interval not known", score->skill);
	else
		buf_printf(line, "; %s, gain %.4f (90 %%: %.4f to %.4f)",
			   score->skill_low > 0 ? "better than the median" :
			   score->skill_high < 0 ? "worse than the median" : "no skill shown",
			   score->skill, score->skill_low, score->skill_high);
}

static void put_score_line(struct buf *buf, const struct score *score)
{
	_cleanup_(buf_free) struct buf line = {0};

	if (str_eq(score->about, "forecast")) {
		put_forecast_score(&line, score);
	} else if (str_eq(score->about, "rule") && !isnan(score->hits) && !isnan(score->false_alarms)) {
		buf_printf(&line, "  rule %s: ", score->subject);
		words_count(&line, score->hits, "hit", "hits");
		buf_puts(&line, ", ");
		words_count(&line, score->false_alarms, "false alarm", "false alarms");
		if (score->misses > 0)
			buf_printf(&line, ", %.0f outcomes without warning", score->misses);
		if (!isnan(score->lead_days))
			buf_printf(&line, ", median lead %.0f days", score->lead_days);
	} else if (str_eq(score->about, "response") && str_eq(score->subject, "all") && !isnan(score->lead_days)) {
		buf_printf(&line, "  responses: median %.0f days from trigger to response, %.0f cases", score->lead_days,
			   score->n);
	} else if (str_eq(score->about, "question") && str_eq(score->subject, "all")) {
		put_question_score(&line, score);
	}
	put_line(buf, 4, &line);
}

void situation_text(struct buf *buf, const struct situation_view *view)
{
	char as_of[40];

	instant_write(view->as_of, as_of);
	if (!*as_of) {
		buf_puts(buf, "The store is empty: nothing has been collected yet.\n");
		return;
	}
	buf_printf(buf, "SITUATION as of %s\n\n", as_of);
	for (size_t i = 0; i < view->n_countries; i++)
		put_country(buf, &view->countries[i]);
	buf_printf(buf, "\nOPEN ALERTS, gravest first: %zu\n", view->n_alerts);
	for (size_t i = 0; i < view->n_alerts; i++)
		put_alert(buf, &view->alerts[i]);
	if (view->n_alerts && view->alerts[0].plan) {
		buf_printf(buf, "\nPLAN for the gravest alert (%s)\n", view->alerts[0].plan->r.id);
		put_plan(buf, view->alerts[0].plan, 8);
	}
	if (view->n_scores)
		buf_puts(buf, "\nLEARNED from past rounds\n");
	for (size_t i = 0; i < view->n_scores; i++)
		put_score_line(buf, view->scores[i]);
}

/* ---- the brief ---- */

/* The series as a row of eight-level blocks, one a year; a year that is not known is a dot. */
static void put_spark(struct buf *buf, const struct country_view *view)
{
	const struct observation *last = country_latest(view);
	int64_t first, year;
	bool gaps = false;

	if (!last)
		return;
	first = instant_year(view->series[0]->r.valid_from);
	if (first < instant_year(last->r.valid_from) - 34)
		first = instant_year(last->r.valid_from) - 34;
	year = first;
	buf_printf(buf, "  0 to 1, %lld-%lld: ", (long long)first, (long long)instant_year(last->r.valid_from));
	for (size_t i = 0; i < view->n_series; i++) {
		const struct observation *o = view->series[i];

		if (isnan(o->value) || instant_year(o->r.valid_from) < year)
			continue;
		for (; year < instant_year(o->r.valid_from); year++, gaps = true)
			buf_puts(buf, "\xc2\xb7");
		utf8_put(buf, 0x2581 + (uint32_t)(fmin(0.999, fmax(0, o->value)) * 8));
		year++;
	}
	buf_puts(buf, gaps ? " (\xc2\xb7: not known)\n" : "\n");
}

static void put_dated(struct buf *buf, struct instant at, const char *text, const char *more)
{
	_cleanup_(buf_free) struct buf line = {0};
	char day[40];

	instant_write(at, day);
	buf_printf(&line, "  %s %s%s%s", day, text ? text : "", more ? ": " : "", more ? more : "");
	put_line(buf, 4, &line);
}

static void brief_ahead(struct buf *buf, const struct country_view *view)
{
	buf_puts(buf, "\nWHAT TO WATCH\n");
	for (size_t i = 0; i < view->n_junctures && i < 6; i++)
		put_dated(buf, view->junctures[i]->r.valid_from, view->junctures[i]->type, view->junctures[i]->what);
	if (!view->n_junctures)
		buf_puts(buf, "  no juncture ahead is known\n");
}

static void brief_events(struct buf *buf, const struct country_view *view)
{
	buf_puts(buf, "\nLAST EVENTS\n");
	for (size_t i = 0; i < view->n_events && i < 8; i++)
		put_dated(buf, view->events[i]->r.valid_from, view->events[i]->civic_class, view->events[i]->signal);
	if (!view->n_events)
		buf_puts(buf, "  none coded\n");
	if (view->n_responses)
		buf_puts(buf, "\nRESPONSES\n");
	for (size_t i = 0; i < view->n_responses && i < 5; i++)
		put_dated(buf, view->responses[i]->r.valid_from, view->responses[i]->actor, view->responses[i]->action);
	if (view->n_outcomes)
		buf_puts(buf, "\nWHAT FOLLOWED\n");
	for (size_t i = 0; i < view->n_outcomes && i < 4; i++)
		put_dated(buf, view->outcomes[i]->r.valid_from, view->outcomes[i]->direction, view->outcomes[i]->what);
}

static void brief_sources(struct buf *buf, const struct country_view *view)
{
	const struct observation *now = country_latest(view);

	buf_puts(buf, "\nCONFIDENCE AND SOURCES\n");
	if (now)
		buf_printf(buf, "  index: %s, record %s%s\n", now->source, now->r.id,
			   now->retrospective == 1 ? ", retrospective" : "");
	if (view->closing)
		buf_printf(buf, "  chance of closing: record %s\n", view->closing->r.id);
	if (view->opening)
		buf_printf(buf, "  chance of opening: record %s\n", view->opening->r.id);
	buf_puts(buf, "  every statement: tocsin why RECORD\n");
}

void brief_text(struct buf *buf, const struct country_view *view)
{
	char as_of[40];

	instant_write(view->as_of, as_of);
	buf_printf(buf, "BRIEF: %s, as of %s\n\n", view->unit->name, as_of);
	put_country(buf, view);
	put_spark(buf, view);
	buf_puts(buf, "\nALERTS\n");
	for (size_t i = 0; i < view->n_alerts && i < 4 && i < view->n_open; i++)
		put_alert(buf, &view->alerts[i]);
	if (!view->n_open)
		buf_puts(buf, "  none is open\n");
	brief_ahead(buf, view);
	buf_puts(buf, "\nOPTIONS BY EU INSTRUMENT\n");
	if (view->n_open && view->alerts[0].plan)
		put_plan(buf, view->alerts[0].plan, 5);
	else
		buf_puts(buf, "  no plan: no open alert asks for one\n");
	brief_events(buf, view);
	brief_sources(buf, view);
}
