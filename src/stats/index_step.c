/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * index_step.c - how far an index must move for a year to count, and did it?
 *
 * The steps and the rule are those of the Democratic Spaces Barometer's episode coder (Beger, Morgan and
 * Maxwell), for its six spaces; the electoral democracy index has INDEX_STEP and step_label.
 */
#include <math.h>

#include <tocsin/stats.h>

#define LEAST_PART 0.1    /* of the step, that both years of a slower change must have */

static const struct { const char *indicator; double step; } spaces[] = {
	{"v2x_freexp_altinf", .05}, {"v2x_horacc_osp", .06}, {"v2x_pubcorr", .03},
	{"v2x_veracc_osp", .08}, {"v2xcl_rol", .04}, {"v2xcs_ccsi", .05},
};

const char *space_indicator(size_t i)
{
	return i < LENGTH(spaces) ? spaces[i].indicator : NULL;
}

double space_step(const char *indicator)
{
	for (size_t i = 0; i < LENGTH(spaces); i++)
		if (str_eq(spaces[i].indicator, indicator))
			return spaces[i].step;
	return NAN;
}

int year_moved(double before2, double before, double now, double after, double step, int direction)
{
	const double last = direction * (now - before), earlier = direction * (before - before2);
	const double next = direction * (after - now), least = LEAST_PART * step;

	if (isnan(last) || isnan(earlier) || isnan(next))
		return -1;
	return last > step || (direction * (now - before2) > step && last > least && earlier > least) ||
	       (direction * (after - before) > step && last > least && next > least);
}
