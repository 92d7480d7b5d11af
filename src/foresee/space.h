/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * space.h - democratic spaces, and the rules by which a year opens or closes one.
 *
 * With d(y) = x(y) - x(y-1) and the step c of the space, under the two-year rule year y
 * opens when d(y) > c, or d(y) + d(y-1) > c with both above .1c, or x(y+1) - x(y-1) > c
 * with d(y) and d(y+1) above .1c; closing is the same on -x (Beger, Morgan and Maxwell's
 * episode coder, min_f .1). The first two years of a state never open or close. Under the
 * older one-year rule d(y) > c is all. Rows follow each other within a state: a gap is not
 * bridged specially.
 */
#ifndef FORESEE_SPACE_H
#define FORESEE_SPACE_H

#include <tocsin/stats.h>

#include "foresee/history.h"

enum space_rule { RULE_TWO_YEAR, RULE_ONE_YEAR };

enum { EVENT_OPEN = -1, EVENT_NO = 0, EVENT_YES = 1 };   /* OPEN: the origin cannot tell yet */

/*
 * Does year y open (direction +1) or close (-1) the space, as far as the origin knows? What came true
 * early is EVENT_OPEN as long as its opposite would be: a label must not be known sooner for being 1.
 * Under the two-year rule years up to origin - 1 are final, under the one-year rule those up to the origin.
 */
int space_event(const struct history *history, const struct space *space, size_t column, enum space_rule rule,
		int64_t origin, size_t unit, int64_t year, int direction);
/* The outcome of an origin s: an event in s+1 or s+2; EVENT_OPEN until both are final. */
int space_outcome(const struct history *history, const struct space *space, size_t column, enum space_rule rule,
		  int64_t origin, size_t unit, int64_t s, int direction);
/* Years after an event's own until it is final. */
int64_t rule_delay(enum space_rule rule);

#endif
