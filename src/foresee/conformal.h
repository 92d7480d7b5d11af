/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conformal.h - 90 % intervals of an index one and two years on.
 *
 * The paths of walk.h give a middle and a low and high side. How often the values that came
 * true lay outside is learned on resolved origins, by group of country and horizon: the miss of a past
 * origin is how many sides its value lay from the middle, and the interval reaches as many sides as
 * covered past ones. The level at which that is read off is itself corrected, origin by origin, by what
 * was missed (Gibbs and Candes 2021), within the group (Mondrian: Vovk 2012). Nothing is kept between
 * calls: the walk is repeated at earlier cutoffs, with what was known then.
 */
#ifndef FORESEE_CONFORMAL_H
#define FORESEE_CONFORMAL_H

#include "foresee/space.h"

#define PATH_YEARS 2         /* horizons 1 and 2 */
#define PATH_LEVEL .9
#define N_PATH_GROUPS ((size_t)4)

/* By the mean of the spaces' indices, of those that are known: cuts .3, .5, .75. NAN gives N_PATH_GROUPS. */
size_t path_group(double mean);
/* The mean of a unit's indices in a year, as known at the origin; NAN when none is. */
double path_mean(const struct history *history, size_t n_spaces, int64_t origin, size_t unit, int64_t year);

struct past_miss {
	int64_t origin;
	double miss;         /* sides from the middle: 1 on the edge of the uncorrected interval */
};

/*
 * Sides that an interval needs. past[0..n) is sorted by origin. 1 when there are fewer than 50. O(origins * n log n).
 */
double conformal_sides(const struct past_miss *past, size_t n, double level, struct arena *scratch);

struct path_interval {
	size_t unit, space, group;
	int horizon;
	double now, middle, low, high;       /* 0..1, to a thousandth */
};

/* Of every unit and space with a value at the origin, by unit, space, horizon. ERR_DATA when there is too
   little history for any path. About 0.6 s for 170 units, six spaces and 50 years. */
int paths_intervals(const struct history *history, const struct space *spaces, size_t n_spaces, int64_t origin,
		    uint64_t seed, struct arena *arena, struct path_interval **ret, size_t *ret_n, struct err *err);

/* CSV gwcode,origin,index,horizon,lo90,hi90 with its header, appended. */
void paths_write(const struct history *history, const struct space *spaces, int64_t origin,
		 const struct path_interval *intervals, size_t n, struct buf *buf);
/* Both. A unit without a value at the origin has no row. */
int paths_forecast(const struct history *history, const struct space *spaces, size_t n_spaces, int64_t origin,
		   uint64_t seed, struct arena *arena, struct buf *ret_csv, struct err *err);

#endif
