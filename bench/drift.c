/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drift.c - made panels whose odds are doubled at a known origin: how soon is it flagged, how often without
 * cause, and what becomes of the calibration error?
 *
 * usage: build/bench/drift [PANELS]     (default 50)
 *
 * At each origin the map is what drift_watch makes of the origins resolved by then, two years earlier or three.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/stats/drift_panel.h"

enum { ORIGINS = 20, STEP_AT = 10, WINDOW = 5 };

struct tally {
	size_t flagged, within[ORIGINS + 1], since_right, since_near, false_early;
	double before, unmapped, during, after, perfect;   /* sums of ECE over panels */
	double before_year, after_year, perfect_year;      /* the same, each origin alone */
};

struct span {
	double *p;
	unsigned char *y;
	size_t n;
};

static void span_add(struct span *span, const struct drift_row *rows, size_t from, size_t past, const struct beta_map *map)
{
	for (size_t i = from; i < past; i++) {
		span->p[span->n] = beta_map_apply(map, rows[i].p);
		span->y[span->n++] = rows[i].y;
	}
}

static double span_ece(const struct span *span)
{
	struct reliability all;

	reliability_of(span->p, span->y, span->n, &all);
	return all.ece;
}

static struct span span_new(struct arena *arena, size_t n)
{
	return (struct span){arena_array(arena, double, n), arena_array(arena, unsigned char, n), 0};
}

/* One panel, watched origin by origin to the end: its first flag, and what the map made of each origin. */
static void run_panel(const struct drift_plan *plan, int64_t lag, struct tally *tally)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct drift_row *rows;
	const size_t n = drift_panel(plan, &arena, &rows), each = n / plan->origins;
	const struct beta_map same = BETA_IDENTITY, doubled = {1, 1, log(plan->odds)};
	struct span before = span_new(&arena, n), during = span_new(&arena, n), after = span_new(&arena, n);
	struct span unmapped = span_new(&arena, n), perfect = span_new(&arena, n);
	double years = 0, years_before = 0, year_after = 0, year_before = 0, year_perfect = 0;
	bool seen = false;

	for (int64_t now = lag; now < (int64_t)plan->origins + lag; now++) {
		const size_t resolved = (size_t)(now - lag + 1) * each, from = (size_t)now * each;
		struct drift drift;

		drift_watch(rows, resolved, plan->countries, 2, &drift);
		if (drift.flags && !seen) {
			seen = true;
			tally->flagged++;
			if (plan->odds == 1 || drift.noticed < plan->step_at) {
				tally->false_early++;
			} else {
				tally->within[drift.noticed - plan->step_at + 1]++;
				tally->since_right += drift.since == plan->step_at;
				tally->since_near += llabs(drift.since - plan->step_at) <= 1;
			}
		}
		if (now >= (int64_t)plan->origins)
			continue;
		if (now < plan->step_at && now >= plan->step_at - WINDOW) {
			struct span one = span_new(&arena, each);

			span_add(&before, rows, from, from + each, &drift.map);
			span_add(&one, rows, from, from + each, &drift.map);
			year_before += span_ece(&one);
			years_before++;
		} else if (now >= plan->step_at && now <= plan->step_at + lag) {
			span_add(&during, rows, from, from + each, &drift.map);
		} else if (now > plan->step_at + lag) {   /* two origins after the step are resolved */
			struct span one = span_new(&arena, each), best = span_new(&arena, each);

			span_add(&after, rows, from, from + each, &drift.map);
			span_add(&unmapped, rows, from, from + each, &same);
			span_add(&perfect, rows, from, from + each, &doubled);
			span_add(&one, rows, from, from + each, &drift.map);
			span_add(&best, rows, from, from + each, &doubled);
			year_after += span_ece(&one);
			year_perfect += span_ece(&best);
			years++;
		}
	}
	tally->before += span_ece(&before);
	tally->during += span_ece(&during);
	tally->after += span_ece(&after);
	tally->unmapped += span_ece(&unmapped);
	tally->perfect += span_ece(&perfect);
	tally->before_year += year_before / years_before;
	tally->after_year += year_after / years;
	tally->perfect_year += year_perfect / years;
}

static void run_panels(const char *what, struct drift_plan plan, int64_t lag, size_t panels)
{
	struct tally with = {0}, without = {0};
	const double n = (double)panels;
	size_t found = 0;

	for (size_t i = 0; i < panels; i++) {
		plan.seed = 1000 + i;
		plan.odds = 2;
		run_panel(&plan, lag, &with);
		plan.seed = 5000 + i;
		plan.odds = 1;
		run_panel(&plan, lag, &without);
	}
	printf("%s\n  flagged with 1, 2, 3, 4 resolved origins after the step:", what);
	for (size_t k = 1; k <= 4; k++)
		printf(" %.0f %%", 100 * (double)(found += with.within[k]) / n);
	for (size_t k = 5; k <= ORIGINS; k++)
		found += with.within[k];
	printf(", by the end %.0f %%; before it %.0f %%\n", 100 * (double)found / n, 100 * (double)with.false_early / n);
	printf("  since: the very origin %.0f %%, within one %.0f %%\n", 100 * (double)with.since_right / n,
	       100 * (double)with.since_near / n);
	printf("  without a step: flagged %.0f %%\n", 100 * (double)without.flagged / n);
	printf("  ECE, origins together: before %.4f, first %lld after %.4f, then %.4f (without map %.4f, told the truth %.4f)\n",
	       with.before / n, (long long)lag + 1, with.during / n, with.after / n, with.unmapped / n, with.perfect / n);
	printf("  ECE, each origin alone: before %.4f, then %.4f (told the truth %.4f)\n", with.before_year / n,
	       with.after_year / n, with.perfect_year / n);
}

int main(int argc, char **argv)
{
	const size_t panels = argc > 1 ? strtoul(argv[1], NULL, 10) : 50;
	static const double shocks[] = {0, 0.15, 0.3};
	char what[200];

	for (size_t s = 0; s < LENGTH(shocks); s++)
		for (int64_t lag = 2; lag <= (s == 1 ? 3 : 2); lag++) {
			snprintf(what, sizeof what, "170 countries, 12 questions, common shocks of %.2f, known after %lld years",
				 shocks[s], (long long)lag);
			run_panels(what, (struct drift_plan){170, 12, ORIGINS, STEP_AT, 2, shocks[s], 0}, lag, panels);
		}
	run_panels("13 countries, 2 questions, common shocks of 0.15, known after 2 years",
		   (struct drift_plan){13, 2, ORIGINS, STEP_AT, 2, 0.15, 0}, 2, panels);
	return 0;
}
