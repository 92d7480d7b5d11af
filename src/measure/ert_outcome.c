/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ert_outcome.c - what an episode came to (section 6 of docs/methods/episodes.md). */
#include "measure/ert.h"

/* Codes of outcomes; the words are those of opening. */
enum {
	CHANGED = 1,                 /* transition; breakdown */
	PRE_EMPTED,
	STABILISED,                  /* electoral autocracy; diminished democracy */
	REVERTED,                    /* liberalisation; averted regression */
	WITHIN,                      /* deepening; autocratic regression */
	OPEN_END,
};

struct facts {                       /* over the years kept */
	bool any, all_regimes, event;
	int least, most;             /* regimes */
	int8_t prch;                 /* a change of regime is possible */
};

/* The years that were kept have a start. */
static struct facts facts_of(const struct ert_input *in, const struct ert_regime *regimes, int direction,
			     const struct ert_span *span, const struct ert_side *sides)
{
	struct facts facts = {.all_regimes = true, .least = 3, .most = 0, .prch = ERT_NONE};

	for (size_t i = span->first; i <= span->last; i++) {
		if (sides[i].start == ERT_NONE)
			continue;
		if (!facts.any && regimes[i].type != ERT_NONE)
			facts.prch = (int8_t)(direction > 0 ? 1 - regimes[i].type : regimes[i].type);
		facts.any = true;
		facts.event |= !sides[i].pre && regimes[i].event == direction;
		facts.all_regimes &= in->regime[i] != ERT_NONE;
		if (in->regime[i] != ERT_NONE && in->regime[i] < facts.least)
			facts.least = in->regime[i];
		if (in->regime[i] != ERT_NONE && in->regime[i] > facts.most)
			facts.most = in->regime[i];
	}
	return facts;
}

/* What the last year says where a change of regime was possible. */
static int end_possible(const struct facts *facts, const struct ert_side *end, int direction, int code)
{
	if (code == ERT_NONE && facts->event && !end->censored)
		code = PRE_EMPTED;
	if (code == ERT_NONE && end->termination == EPISODE_STASIS)
		code = STABILISED;
	if (code == ERT_NONE && end->termination > EPISODE_STASIS)
		code = REVERTED;
	if (end->censored)
		return code;
	if (!facts->all_regimes)
		return ERT_NONE;     /* the reference asks the lowest or highest of them, and gets no answer */
	return (direction > 0 ? facts->most == 0 : facts->least == 3) ? REVERTED : code;
}

static int code_of(const struct ert_input *in, const struct ert_regime *regime, const struct facts *facts,
		   int direction, size_t i, const struct ert_side *side)
{
	int code = facts->prch == 1 && !side->pre && regime->change == direction ? CHANGED : ERT_NONE;

	if (in->first + (int)i != side->end)
		return code;
	if (facts->prch == 1)
		code = end_possible(facts, side, direction, code);
	if (facts->prch == 0 && code == ERT_NONE)
		code = WITHIN;
	if (side->censored && code == ERT_NONE)
		code = OPEN_END;
	return code;
}

static int8_t aggregate(int outcome)
{
	static const int8_t groups[] = {0, 1, 2, 2, 2, 3, 4};

	return outcome == ERT_NONE ? ERT_NONE : groups[outcome];
}

void ert_outcome(const struct ert_input *in, const struct ert_regime *regimes, int direction,
		 const struct ert_span *span, struct ert_side *sides)
{
	struct facts facts = facts_of(in, regimes, direction, span, sides);
	int outcome = ERT_NONE;
	bool partial = false;

	for (size_t i = span->first; i <= span->last; i++) {
		int code = sides[i].start == ERT_NONE
				   ? ERT_NONE : code_of(in, &regimes[i], &facts, direction, i, &sides[i]);

		if (code != ERT_NONE && (outcome == ERT_NONE || code < outcome))
			outcome = code;
	}
	for (size_t i = span->first; i <= span->last; i++) {
		if (sides[i].start == ERT_NONE)
			continue;
		sides[i].outcome = (int8_t)outcome;
		sides[i].outcome_agg = aggregate(outcome);
		sides[i].prch = facts.prch;
		sides[i].partial = outcome == CHANGED && regimes[i].type == (direction > 0) &&
				   regimes[i].change != ERT_NONE && regimes[i].change != direction;
		partial |= sides[i].partial;
	}
	for (size_t i = span->first; i <= span->last; i++)
		if (sides[i].start != ERT_NONE)
			sides[i].sub = partial;
}
