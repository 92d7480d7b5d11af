/* SPDX-License-Identifier: GPL-3.0-or-later */
/* describe.c - what a record says, in a line for people: one phrase a kind. */
#include <math.h>

#include "render/words.h"

#define TITLE_MAX 160

/* At most `most` bytes, cut between code points; control signs become blanks. */
static void put_cut(struct buf *buf, const char *s, size_t most)
{
	size_t n = 0;

	for (; s && s[n] && n < most; n++)
		;
	while (s && s[n] && n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	for (size_t i = 0; i < n;) {
		uint32_t c = utf8_next(s, n, &i);

		utf8_put(buf, c < ' ' || (c >= 0x7f && c < 0xa0) ? ' ' : c);
	}
	if (s && s[n])
		buf_puts(buf, "...");
}

static void put_period(struct buf *buf, const struct record *r)
{
	if (instant_is_set(r->valid_from)) {
		buf_putc(buf, ' ');
		words_day(buf, r->valid_from);
	}
}

static void describe_document(struct buf *buf, const struct document *document)
{
	buf_puts(buf, "document");
	if (document->title) {
		buf_puts(buf, " \"");
		put_cut(buf, document->title, TITLE_MAX);
		buf_putc(buf, '"');
	}
	buf_printf(buf, " of %s", document->feed ? document->feed : "an unnamed feed");
	if (instant_is_set(document->published)) {
		buf_puts(buf, ", published ");
		words_day(buf, document->published);
	}
	if (document->copy_of)
		buf_puts(buf, ", a copy");
}

static void describe_event(struct buf *buf, const struct event *event)
{
	buf_printf(buf, "event: %s%s in %s on ", event->negated == 1 ? "not or no longer " : "",
		   event->civic_class ? event->civic_class : "no class", event->r.unit);
	words_day(buf, event->r.valid_from);
	if (event->signal)
		buf_printf(buf, ", %s", event->signal);
}

static void describe_observation(struct buf *buf, const struct observation *observation)
{
	buf_printf(buf, "observation %s %s", observation->indicator ? observation->indicator : "",
		   observation->r.unit);
	put_period(buf, &observation->r);
	buf_puts(buf, " = ");
	words_estimate(buf, observation->value, observation->low, observation->high);
}

static void describe_forecast(struct buf *buf, const struct forecast *forecast)
{
	buf_printf(buf, "forecast of %s in %s: ", forecast->question, forecast->r.unit);
	words_forecast(buf, forecast);
}

static void describe_alert(struct buf *buf, const struct alert *alert)
{
	buf_printf(buf, "alert, level %lld %s, %s: ", (long long)alert->level, words_level(alert->level),
		   alert->direction);
	put_cut(buf, alert->title, TITLE_MAX);
}

static void describe_transition(struct buf *buf, const struct transition *transition)
{
	buf_printf(buf, "step %lld of alert %s: %s on ", (long long)transition->step, transition->alert,
		   transition->state_to);
	words_day(buf, transition->at);
	buf_printf(buf, " by %s", transition->r.by);
	if (transition->reason) {
		buf_puts(buf, ", ");
		put_cut(buf, transition->reason, TITLE_MAX);
	}
}

static void describe_plan(struct buf *buf, const struct plan *plan)
{
	buf_printf(buf, "plan for alert %s in %s", plan->alert, plan->r.unit);
	if (plan->summary) {
		buf_puts(buf, ": ");
		put_cut(buf, plan->summary, TITLE_MAX);
	}
}

static void describe_score(struct buf *buf, const struct score *score)
{
	buf_printf(buf, "score of %s %s, %s", score->about, score->subject, score->member);
	if (score->origin != INT_MISSING)
		buf_printf(buf, ", %lld", (long long)score->origin);
	if (!isnan(score->brier)) {
		buf_printf(buf, ": Brier score %.3f", score->brier);
		if (!isnan(score->n))
			buf_printf(buf, " over %.0f forecasts", score->n);
	} else if (!isnan(score->hits)) {
		buf_printf(buf, ": %.0f hits", score->hits);
		if (!isnan(score->misses))
			buf_printf(buf, ", %.0f misses", score->misses);
		if (!isnan(score->false_alarms))
			buf_printf(buf, ", %.0f false alarms", score->false_alarms);
	}
}

static void describe_contribution(struct buf *buf, const struct contribution *contribution)
{
	buf_printf(buf, "contribution of %s in %s about %s", contribution->partner, contribution->r.unit,
		   contribution->about);
	if (contribution->status)
		buf_printf(buf, ", %s", contribution->status);
	if (contribution->text) {
		buf_puts(buf, ": ");
		put_cut(buf, contribution->text, TITLE_MAX);
	}
}

/* "juncture in SRB 2025-11-23: ..." and its kin: something dated with a text. */
static void describe_dated(struct buf *buf, const struct record *r, const char *what, const char *text)
{
	buf_printf(buf, "%s in %s", what, r->unit);
	put_period(buf, r);
	if (text) {
		buf_puts(buf, ": ");
		put_cut(buf, text, TITLE_MAX);
	}
}

static void describe_setting(struct buf *buf, const struct setting *setting)
{
	buf_printf(buf, "setting %s", setting->name);
	if (isnan(setting->value))
		buf_puts(buf, " not known");
	else
		buf_printf(buf, " = %g", setting->value);
}

static void describe_question(struct buf *buf, const struct question *question)
{
	buf_printf(buf, "question %s, %s: ", question->key, question->status);
	put_cut(buf, question->text, TITLE_MAX);
	if (question->outcome) {
		buf_puts(buf, " - ");
		put_cut(buf, question->outcome, TITLE_MAX);
	}
}

/* Its chances are not said: they may be hidden still, and one person's is a point. */
static void describe_judgement(struct buf *buf, const struct judgement *judgement)
{
	buf_printf(buf, "judgement of %s on the question %s, ", judgement->forecaster, judgement->question);
	words_day(buf, judgement->at);
}

static void describe_other(struct buf *buf, const struct record *r)
{
	if (r->kind == &kind_unit) {
		buf_printf(buf, "unit %s: %s", r->unit, ((const struct unit *)r)->name);
	} else if (r->kind == &kind_episode) {
		buf_printf(buf, "episode of %s in %s: ", ((const struct episode *)r)->indicator, r->unit);
		words_episode(buf, (const struct episode *)r);
	} else if (r->kind == &kind_setting) {
		describe_setting(buf, (const struct setting *)r);
	} else if (r->kind == &kind_question) {
		describe_question(buf, (const struct question *)r);
	} else if (r->kind == &kind_judgement) {
		describe_judgement(buf, (const struct judgement *)r);
	} else if (r->kind == &kind_juncture) {
		describe_dated(buf, r, "juncture", ((const struct juncture *)r)->what);
	} else if (r->kind == &kind_response) {
		describe_dated(buf, r, "response", ((const struct response *)r)->action);
	} else if (r->kind == &kind_outcome) {
		describe_dated(buf, r, "outcome", ((const struct outcome *)r)->what);
	} else {
		buf_printf(buf, "%s %s", r->kind->name, r->id);
	}
}

void record_describe(struct buf *buf, const struct record *record)
{
	if (record->kind == &kind_document)
		describe_document(buf, (const struct document *)record);
	else if (record->kind == &kind_event)
		describe_event(buf, (const struct event *)record);
	else if (record->kind == &kind_observation)
		describe_observation(buf, (const struct observation *)record);
	else if (record->kind == &kind_forecast)
		describe_forecast(buf, (const struct forecast *)record);
	else if (record->kind == &kind_alert)
		describe_alert(buf, (const struct alert *)record);
	else if (record->kind == &kind_transition)
		describe_transition(buf, (const struct transition *)record);
	else if (record->kind == &kind_plan)
		describe_plan(buf, (const struct plan *)record);
	else if (record->kind == &kind_score)
		describe_score(buf, (const struct score *)record);
	else if (record->kind == &kind_contribution)
		describe_contribution(buf, (const struct contribution *)record);
	else
		describe_other(buf, record);
	if (record->withdrawn)
		buf_puts(buf, " (withdrawn)");
}
