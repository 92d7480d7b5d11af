/* SPDX-License-Identifier: GPL-3.0-or-later */
/* space.c - events coded by rule, and how long they stay open. */
#include <math.h>

#include "foresee/space.h"

int64_t rule_delay(enum space_rule rule)
{
	return rule == RULE_TWO_YEAR ? 1 : 0;
}

/* The row of the same state before (side -1) or after a year; INT_MISSING when there is none up to the origin. */
static int64_t row_beside(const struct history *history, int64_t origin, size_t unit, int64_t year, int side)
{
	for (int64_t y = year + side; y >= history->first && y <= origin; y += side)
		if (history_listed(history, unit, y))
			return y;
	return INT_MISSING;
}

/* Has the state ended by a year that others live to see? */
static bool has_ended(const struct history *history, int64_t origin, size_t unit, int64_t year)
{
	return year <= origin && !history_listed(history, unit, year) &&
	       row_beside(history, origin, unit, year, 1) == INT_MISSING &&
	       row_beside(history, origin, unit, year, -1) != INT_MISSING;
}

struct around {
	double before2, before, now, after;    /* times the direction */
	bool has_before2, has_before, has_after;
};

static double signed_value(const struct history *history, int64_t origin, size_t column, size_t unit, int64_t year,
			   int direction)
{
	return year == INT_MISSING ? NAN : direction * history_value(history, origin, column, unit, year);
}

static struct around around_of(const struct history *history, int64_t origin, size_t column, size_t unit, int64_t year,
			       int direction)
{
	int64_t before = row_beside(history, origin, unit, year, -1), before2 = INT_MISSING;
	int64_t after = row_beside(history, origin, unit, year, 1);

	if (before != INT_MISSING)
		before2 = row_beside(history, origin, unit, before, -1);
	return (struct around){
		signed_value(history, origin, column, unit, before2, direction),
		signed_value(history, origin, column, unit, before, direction),
		signed_value(history, origin, column, unit, year, direction),
		signed_value(history, origin, column, unit, after, direction),
		before2 != INT_MISSING, before != INT_MISSING, after != INT_MISSING,
	};
}

int space_event(const struct history *history, const struct space *space, size_t column, enum space_rule rule,
		int64_t origin, size_t unit, int64_t year, int direction)
{
	struct around at;

	if (year + rule_delay(rule) > origin)
		return EVENT_OPEN;
	if (!history_listed(history, unit, year))
		return has_ended(history, origin, unit, year) ? EVENT_NO : EVENT_OPEN;
	at = around_of(history, origin, column, unit, year, direction);
	if (rule == RULE_ONE_YEAR) {
		if (!at.has_before)
			return EVENT_NO;
		return isnan(at.now) || isnan(at.before) ? EVENT_OPEN : at.now - at.before > space->step;
	}
	if (!at.has_before || !at.has_before2)
		return EVENT_NO;
	if (isnan(at.now) || isnan(at.before) || isnan(at.before2) || (at.has_after && isnan(at.after)))
		return EVENT_OPEN;
	return space_stepped((double[]){at.before2, at.before, at.now, at.after}, space->step);
}

/* Of two years: a known event is not said before its opposite could be; a state that ends has no outcome but 0. */
int space_outcome(const struct history *history, const struct space *space, size_t column, enum space_rule rule,
		  int64_t origin, size_t unit, int64_t s, int direction)
{
	int event[2];

	if (has_ended(history, origin, unit, s + 1) || has_ended(history, origin, unit, s + 2))
		return EVENT_NO;
	for (int k = 0; k < 2; k++)
		event[k] = space_event(history, space, column, rule, origin, unit, s + 1 + k, direction);
	if (event[0] == EVENT_OPEN || event[1] == EVENT_OPEN)
		return EVENT_OPEN;
	return event[0] == EVENT_YES || event[1] == EVENT_YES;
}
