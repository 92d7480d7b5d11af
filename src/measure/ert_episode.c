/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ert_episode.c - from candidate sequences to episodes: whether they moved enough, how they
 * ended, which years are theirs (section 5 of docs/methods/episodes.md).
 *
 * How certain an end is may differ between the years of one episode, where a gap in the
 * coding lies within; the reference keeps it so, and so do we.
 */
#include <assert.h>
#include <math.h>

#include "measure/ert.h"

const struct episode_rule episode_default = {0.01, 0.1, 0.03, 0.1, 5};

#define NOT_SETTLED (-1)

static const struct ert_side nothing = {
	.start = ERT_NONE, .end = ERT_NONE, .termination = ERT_NONE, .prch = ERT_NONE, .partial = ERT_NONE, .sub = ERT_NONE,
};

static bool is_manifest(const struct ert_input *in, const struct episode_rule *rule, int direction,
			const struct ert_span *span)
{
	double least = NAN, most = NAN;

	for (size_t i = span->first; i <= span->last; i++) {
		least = fmin(least, in->v[i]);
		most = fmax(most, in->v[i]);
	}
	return direction > 0 ? most - least >= rule->cum_incl : least - most <= -rule->cum_incl;
}

/* The first year after the pre-year that a change of regime follows, the other way or to closed autocracy; n. */
static size_t interruption(const struct ert_input *in, const struct ert_regime *regimes, int direction,
			   const struct ert_span *span)
{
	for (size_t i = span->first + 1; i <= span->last && i + 1 < in->n; i++)
		if (regimes[i + 1].change == -direction ||
		    (direction > 0 && in->regime[i] > 0 && in->regime[i + 1] == 0))
			return i;
	return in->n;
}

/* The last year whose step is large enough; the pre-year when none is. */
static size_t last_step(const struct ert_input *in, const struct episode_rule *rule, int direction,
			const struct ert_span *span)
{
	size_t i;

	for (i = span->last; i > span->first; i--) {
		double d = in->v[i] - in->v[i - 1];

		if (direction > 0 ? d >= rule->start_incl : d <= -rule->start_incl)
			break;
	}
	return i;
}

/* What the index did in the years of tolerance after its last step. */
static int look_ahead(const struct ert_input *in, const struct episode_rule *rule, int direction, size_t step)
{
	bool turned = false, slid = false, still = true;
	size_t past = step + (size_t)rule->tolerance;

	for (size_t i = step + 1; i <= past && i < in->n; i++) {
		double move = in->v[i] - in->v[i - 1], sum = in->v[i] - in->v[step];

		turned |= direction > 0 ? move < -rule->year_turn : move > rule->year_turn;
		slid |= direction > 0 ? sum <= -rule->cum_turn : sum >= rule->cum_turn;
		still &= direction > 0 ? move < rule->start_incl && move >= -rule->year_turn
				       : move > -rule->start_incl && move <= rule->year_turn;
	}
	if (turned)
		return EPISODE_TURN;
	if (slid)
		return EPISODE_SLIDE;
	return still && past < in->n ? EPISODE_STASIS : NOT_SETTLED;
}

static void keep_year(const struct ert_input *in, size_t i, const struct ert_span *span, size_t end, int termination,
		      struct ert_side *sides)
{
	sides[i].start = (int16_t)(in->first + (int)span->first + 1);
	sides[i].end = (int16_t)(in->first + (int)end);
	sides[i].termination = (int8_t)termination;
	sides[i].censored = termination == EPISODE_OPEN;
	sides[i].ep = 1;
}

/* Put the years of a manifest sequence that the reference keeps into `sides`. */
static void settle(const struct ert_input *in, const struct ert_regime *regimes, const struct episode_rule *rule,
		   int direction, struct ert_span *span, struct ert_side *sides)
{
	size_t cut = interruption(in, regimes, direction, span), step;
	size_t end = span->last;
	int termination;

	if (cut < span->last)
		span->last = cut;
	step = last_step(in, rule, direction, span);
	termination = cut < in->n ? EPISODE_INTERRUPTED
				  : step > span->first ? look_ahead(in, rule, direction, step) : NOT_SETTLED;
	for (size_t i = span->first; i <= span->last; i++) {
		if (termination != NOT_SETTLED && i <= step)
			keep_year(in, i, span, step, termination, sides);
		else if (termination == NOT_SETTLED &&
			 ert_is_young(in, rule, in->first + (int)i, in->first + (int)end, 1))
			keep_year(in, i, span, end, EPISODE_OPEN, sides);
	}
}

/* The pre-year carries the dates of its episode and nothing else. */
static void clear_pre(struct ert_side *side)
{
	*side = (struct ert_side){
		.start = side->start, .end = side->end, .pre = 1,
		.termination = ERT_NONE, .prch = ERT_NONE, .partial = ERT_NONE, .sub = ERT_NONE,
	};
}

void ert_episodes(const struct ert_input *in, const struct ert_regime *regimes, const struct episode_rule *rule,
		  int direction, struct ert_side *sides)
{
	struct ert_span span, next;
	size_t at = 0;

	for (size_t i = 0; i < in->n; i++)
		sides[i] = nothing;
	for (int more = ert_candidate(in, regimes, rule, direction, &at, &span); more == 1; span = next) {
		more = ert_candidate(in, regimes, rule, direction, &at, &next);
		if (more == 1 && next.first == span.last)
			span.last--;
		if (!is_manifest(in, rule, direction, &span))
			continue;
		settle(in, regimes, rule, direction, &span, sides);
		sides[span.first].pre = 1;
		ert_outcome(in, regimes, direction, &span, sides);
		clear_pre(&sides[span.first]);
	}
}
