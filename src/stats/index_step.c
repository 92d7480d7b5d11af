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

const struct space six_spaces[N_SIX_SPACES] = {
	{"v2x_freexp_altinf", .05}, {"v2x_horacc_osp", .06}, {"v2x_pubcorr", .03},
	{"v2x_veracc_osp", .08}, {"v2xcl_rol", .04}, {"v2xcs_ccsi", .05},
};

const char *space_indicator(size_t i)
{
	return i < N_SIX_SPACES ? six_spaces[i].name : NULL;
}

double space_step(const char *indicator)
{
	for (size_t i = 0; i < N_SIX_SPACES; i++)
		if (str_eq(six_spaces[i].name, indicator))
			return six_spaces[i].step;
	return NAN;
}

bool space_stepped(const double x[4], double step)
{
	double least = LEAST_PART * step, last = x[2] - x[1], earlier = x[1] - x[0], next = x[3] - x[2];

	return last > step || (x[2] - x[0] > step && last > least && earlier > least) ||
	       (x[3] - x[1] > step && last > least && next > least);
}

int year_moved(double before2, double before, double now, double after, double step, int direction)
{
	const double x[] = {direction * before2, direction * before, direction * now, direction * after};

	for (size_t i = 0; i < LENGTH(x); i++)
		if (isnan(x[i]))
			return -1;
	return space_stepped(x, step);
}
