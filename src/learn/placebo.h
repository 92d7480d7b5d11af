/* SPDX-License-Identifier: GPL-3.0-or-later */
/* placebo.h - the treated against untreated units taken for treated. */
#ifndef LEARN_PLACEBO_H
#define LEARN_PLACEBO_H

#include "learn/effect_design.h"

/* A treated unit in its design. */
struct placebo_unit {
	const struct effect_design *design;
	size_t row;
};

/* What is compared. */
enum placebo_figure {
	PLACEBO_MEAN,   /* of the years from the start, each unit by its own mean */
	PLACEBO_YEAR,   /* one year from the start; units that are not known so long do not count */
	PLACEBO_HELD,   /* the years held out before it */
};

struct placebo_answer {
	double mean, reach, p;   /* of the treated; the interval is mean -+ reach */
	size_t units, donors;    /* treated that count; fewest donors of one of them */
};

/*
 * One unit is compared with every unit of its pool: p = (1 + those at least as far) / (1 + all), the reach the
 * quantile of their distances by the same count. Several are compared with setup->draws sets of untreated ones,
 * each from the pool of the treated unit whose place it takes and scaled by the size of their yearly steps.
 * Scratch memory is freed. O(draws * n).
 */
struct placebo_answer placebo_compare(const struct placebo_unit *units, size_t n, enum effect_method method,
				      enum placebo_figure figure, size_t year,
				      const struct effect_setup *setup);

#endif
