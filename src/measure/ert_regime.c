/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ert_regime.c - changes of regime, the elections that found it, and its spells
 * (Episodes of Regime Transformation 15.0, Edgell et al.; docs/methods/episodes.md).
 *
 * An event is a year in which the regime index crosses the line between autocracy and democracy. It
 * counts once it is confirmed: by an election after which office was taken, or, downward, by an
 * autocratic election, closed autocracy, or time. Years up to the next event form its group, which a
 * gap in the coding ends.
 */
#include <assert.h>

#include "measure/ert.h"

/* Does a gap in the coding begin after year `since` and by `year`? */
static bool crosses_gap(const struct ert_input *in, int since, int year)
{
	for (size_t k = 0; k < in->n_gaps; k++) {
		const struct ert_gap *gap = &in->gaps[k];

		if (gap->last != ERT_NONE && gap->first != ERT_NONE && since < gap->first && year >= gap->first)
			return true;
	}
	return false;
}

/* First year of the next gap, or the one that `year` lies in; ERT_NONE. */
static int gap_next(const struct ert_input *in, int year)
{
	int found = ERT_NONE;

	for (size_t k = 0; k < in->n_gaps; k++) {
		int past = k ? in->gaps[k - 1].last : ERT_NONE;

		if (in->gaps[k].last != ERT_NONE && year <= in->gaps[k].last &&
		    (k == 0 || (past != ERT_NONE && year > past)))
			found = in->gaps[k].first;
	}
	return found;
}

bool ert_is_young(const struct ert_input *in, const struct episode_rule *rule, int year, int end, int before_gap)
{
	int gap = gap_next(in, year);

	return (in->coding_end != ERT_NONE && in->coding_end - end < rule->tolerance) ||
	       (gap != ERT_NONE && gap - before_gap - end < rule->tolerance);
}

static int year_of(const struct ert_input *in, size_t i)
{
	return in->first + (int)i;
}

/* ---- events and their groups ---- */

static int8_t event_of(const int8_t *regime, size_t i)
{
	if (i == 0 || regime[i] == ERT_NONE || regime[i - 1] == ERT_NONE)
		return ERT_NONE;
	return (int8_t)((regime[i] > 1) - (regime[i - 1] > 1));
}

static bool is_event(const struct ert_regime *regimes, size_t i)
{
	return regimes[i].event == 1 || regimes[i].event == -1;
}

struct group {
	size_t first, past;          /* the event and the years it speaks for */
	int dem_election, aut_election;
	bool closed;                 /* closed autocracy in one of its years */
};

static struct group group_of(const struct ert_input *in, const struct ert_regime *regimes, size_t event)
{
	struct group group = {.first = event, .dem_election = ERT_NONE, .aut_election = ERT_NONE};
	size_t i;

	for (i = event; i < in->n; i++) {
		if ((i > event && is_event(regimes, i)) || crosses_gap(in, year_of(in, event), year_of(in, i)))
			break;
		group.closed |= in->regime[i] == 0;
		if (!(in->flags[i] & ERT_ELECTION))
			continue;
		if (group.dem_election == ERT_NONE && in->regime[i] > 1 && in->flags[i] & ERT_OFFICE)
			group.dem_election = year_of(in, i);
		if (group.aut_election == ERT_NONE && in->regime[i] == 1)
			group.aut_election = year_of(in, i);
	}
	group.past = i;
	return group;
}

static bool is_stable(const struct ert_input *in, const struct group *group, int tolerance)
{
	size_t then = group->first + (size_t)tolerance;

	return in->regime[group->first] == 1 && then < group->past && in->regime[then] == 1;
}

static void settle_event(const struct ert_input *in, const struct episode_rule *rule, const struct group *group,
			 struct ert_regime *regimes)
{
	struct ert_regime *event = &regimes[group->first];
	int year = year_of(in, group->first);
	bool founded = event->event == 1 ? group->dem_election != ERT_NONE : group->aut_election != ERT_NONE;

	event->confirmed = founded || (event->event == -1 && (group->closed || is_stable(in, group, rule->tolerance)));
	if (event->event == 1)
		event->censored = founded ? 0 : ert_is_young(in, rule, year, year, 0);
	else if (event->confirmed)
		event->censored = 0;   /* of an unconfirmed one the reference says nothing */
	for (size_t i = group->first; i < group->past; i++) {
		regimes[i].dem_election = (int16_t)group->dem_election;
		regimes[i].aut_election = (int16_t)group->aut_election;
	}
}

/* ---- spells ---- */

static int coding_start(const struct ert_input *in)
{
	for (size_t i = 0; i < in->n; i++)
		if (in->regime[i] != ERT_NONE)
			return year_of(in, i);
	return ERT_NONE;
}

/* The start that holds from year i on: a trigger on a padded year is dropped, the year after a gap always starts anew. */
static int start_at(const struct ert_input *in, size_t i, bool trigger, int opening, int carried)
{
	int year = year_of(in, i);

	for (size_t k = 0; k < in->n_gaps; k++)
		if (in->gaps[k].last != ERT_NONE && year == in->gaps[k].last + 1)
			return year;
	return in->flags[i] & ERT_ROW && (trigger || year == opening) ? year : carried;
}

static void mark_types(const struct ert_input *in, struct ert_regime *regimes)
{
	int opening = coding_start(in), start = ERT_NONE;

	for (size_t i = 0; i < in->n; i++) {
		int8_t first;

		start = start_at(in, i, regimes[i].confirmed == 1, opening, start);
		if (start == ERT_NONE || crosses_gap(in, start, year_of(in, i)))
			continue;
		first = in->regime[start - in->first];
		regimes[i].type = first == ERT_NONE ? ERT_NONE : first > 1;
		if (i > 0 && regimes[i].type != ERT_NONE && regimes[i - 1].type != ERT_NONE)
			regimes[i].change = (int8_t)(regimes[i].type - regimes[i - 1].type);
	}
}

static void mark_spells(const struct ert_input *in, struct ert_regime *regimes)
{
	int opening = coding_start(in), start = ERT_NONE, none_end = ERT_NONE;

	for (size_t i = 0; i < in->n; i++) {
		bool turns = regimes[i].change == 1 || regimes[i].change == -1;

		start = start_at(in, i, turns, opening, start);
		if (start != ERT_NONE && !crosses_gap(in, start, year_of(in, i)))
			regimes[i].start = (int16_t)start;
		else
			none_end = year_of(in, i);
	}
	/* From the back: the last year of a spell is met first. */
	for (size_t i = in->n; i-- > 0;)
		if (regimes[i].start == ERT_NONE)
			regimes[i].end = (int16_t)none_end;
		else
			regimes[i].end = i + 1 < in->n && regimes[i + 1].start == regimes[i].start
						 ? regimes[i + 1].end
						 : (int16_t)year_of(in, i);
}

void ert_regimes(const struct ert_input *in, const struct episode_rule *rule, struct ert_regime *regimes)
{
	assert(rule->tolerance > 0);
	for (size_t i = 0; i < in->n; i++)
		regimes[i] = (struct ert_regime){.start = ERT_NONE, .end = ERT_NONE, .dem_election = ERT_NONE,
						 .aut_election = ERT_NONE, .type = ERT_NONE, .change = ERT_NONE,
						 .event = event_of(in->regime, i), .censored = ERT_NONE};
	for (size_t i = 0; i < in->n; i++)
		if (is_event(regimes, i)) {
			struct group group = group_of(in, regimes, i);

			settle_event(in, rule, &group, regimes);
		}
	mark_types(in, regimes);
	mark_spells(in, regimes);
}
