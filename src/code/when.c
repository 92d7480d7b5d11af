/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * when.c - the day a report names: "on 8 May", "8 mai 2024", "on Sunday", "yesterday".
 *
 * Asked first of the sentence that gave the event, then of the first two of the
 * body. A sentence that names two days is ambiguous and names none. A weekday is
 * the latest one up to publication. A date without year takes the year nearest
 * to publication; one further away than NEAR_DAYS tells of history or plans.
 */
#include <stdlib.h>

#include "code/reading.h"

#define NEAR_DAYS 45

struct days {
	struct instant day;
	size_t n;   /* different ones */
};

static void days_add(struct days *days, struct instant day)
{
	if (days->n && days->day.usec == day.usec)
		return;
	days->day = day;
	days->n++;
}

static int number_at(const struct part *part, const struct segment *segment, size_t token, int high)
{
	char *end;
	long value;

	if (token < segment->first || token >= segment->past)
		return 0;
	value = strtol(part->tokens[token].s, &end, 10);   /* also "1er", "2nd" */
	if (end == part->tokens[token].s || value < 1 || value > high ||
	    end - part->tokens[token].s > 4)
		return 0;
	return (int)value;
}

static bool is_real(int64_t year, unsigned month, unsigned day)
{
	int64_t y;
	unsigned m, d;

	instant_civil(instant_of_day(year, month, day), &y, &m, &d);
	return y == year && m == month && d == day;
}

static void days_add_date(struct days *days, unsigned month, int day, int year,
			  struct instant published)
{
	int64_t years[3], y;
	unsigned m, d;

	if (year >= 1900) {
		if (is_real(year, month, (unsigned)day))
			days_add(days, instant_of_day(year, month, (unsigned)day));
		return;
	}
	if (!instant_is_set(published))
		return;
	instant_civil(published, &y, &m, &d);
	years[0] = y, years[1] = y - 1, years[2] = y + 1;
	for (size_t i = 0; i < 3; i++) {
		struct instant at = instant_of_day(years[i], month, (unsigned)day);

		if (is_real(years[i], month, (unsigned)day) &&
		    llabs(instant_days_between(at, published)) <= NEAR_DAYS) {
			days_add(days, at);
			return;
		}
	}
}

static void days_add_match(struct days *days, const struct reading *reading,
			   const struct segment *segment, const struct match *match,
			   struct instant published)
{
	const struct part *part = &reading->parts[segment->part];

	for (unsigned i = 0; i < 12; i++) {
		int before, after;

		if (!match_is(match, reading->coder, (enum mark)(MARK_MONTH_1 + i)))
			continue;
		before = match->first ? number_at(part, segment, match->first - 1, 31) : 0;
		after = number_at(part, segment, match->past, 31);
		if (before)
			days_add_date(days, i + 1, before,
				      number_at(part, segment, match->past, 2999), published);
		else if (after)
			days_add_date(days, i + 1, after,
				      number_at(part, segment, match->past + 1, 2999), published);
	}
	if (!instant_is_set(published))
		return;
	for (int i = 0; i < 7; i++) {   /* 1970-01-01 was a Thursday */
		int64_t past = published.usec / USEC_PER_DAY - (published.usec % USEC_PER_DAY < 0);
		int64_t today = ((past + 3) % 7 + 7) % 7;

		if (match_is(match, reading->coder, (enum mark)(MARK_WEEKDAY_1 + i)))
			days_add(days, instant_add_days(published, -((today - i + 7) % 7)));
	}
	if (match_is(match, reading->coder, MARK_DAY_SAME))
		days_add(days, published);
	if (match_is(match, reading->coder, MARK_DAY_BEFORE))
		days_add(days, instant_add_days(published, -1));
}

static bool segment_day(const struct reading *reading, const struct segment *segment,
			struct instant published, struct instant *ret)
{
	struct days days = {0};

	for (size_t i = segment->match; i < segment->past_match; i++)
		days_add_match(&days, reading, segment, &reading->parts[segment->part].matches[i],
			       published);
	if (days.n != 1 || (instant_is_set(published) &&
			    (instant_days_between(days.day, published) > NEAR_DAYS ||
			     instant_days_between(published, days.day) > 1)))
		return false;
	*ret = days.day;
	return true;
}

bool reading_day(const struct reading *reading, const struct finding *finding,
		 struct instant published, struct instant *ret)
{
	size_t read = 0;

	if (segment_day(reading, finding->segment, published, ret))
		return true;
	for (size_t i = 0; i < reading->n_segments && read < 2; i++) {
		const struct segment *segment = &reading->segments[i];

		if (segment->part != PART_BODY || segment->match == segment->past_match)
			continue;
		read++;
		if (segment_day(reading, segment, published, ret))
			return true;
	}
	return false;
}
