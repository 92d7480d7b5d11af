/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nowcast_inputs.c - what a monthly indicator says of the level's step.
 *
 * Two inputs an indicator: how far it lies from the unit's own mean so far, for indicators that speak of
 * steps, and the step of its smoothed course, for those that follow the level. The unit's mean is drawn to that of all
 * units by as many months as the spread within and between units asks for: an error in it would
 * be summed month after month.
 */
#include <math.h>

#include "measure/civic.h"
#include "measure/nowcast.h"

#define SMOOTH 0.75

struct centre {
	double mean, months;     /* of all units; what it weighs */
};

/* Spread within and between units by moments. */
static struct centre find_centre(const struct nowcast_panel *panel, double *const *raw, size_t k)
{
	const size_t width = panel->inputs / 2;
	double sum = 0, n = 0, within = 0, between = 0, units = 0, noise = 0, mean;

	for (int pass = 0; pass < 2; pass++) {
		mean = n > 0 ? sum / n : 0;
		for (size_t i = 0; i < panel->n; i++) {
			double own = 0, squares = 0, m = 0;

			for (size_t t = 0; t < panel->units[i].months; t++) {
				double v = raw[i][t * width + k];

				if (isnan(v))
					continue;
				own += v;
				squares += v * v;
				m++;
			}
			if (pass == 0) {
				sum += own;
				n += m;
			} else if (m > 1) {
				double variance = fmax(0, (squares - own * own / m) / (m - 1));

				within += variance * m;
				noise += variance / m;
				between += pow(own / m - mean, 2);
				units++;
			}
		}
	}
	if (units < 2)
		return (struct centre){mean, 12};
	within /= n;
	between = fmax(0, (between - noise) / units);
	return (struct centre){mean, fmin(1000, fmax(1, within / fmax(between, 1e-12)))};
}

static void fill(const struct nowcast_panel *panel, const struct nowcast_unit *unit, const double *raw, double *out,
		 size_t k,
		 struct centre centre)
{
	double sum = centre.mean * centre.months, n = centre.months, smooth = NAN;

	for (size_t t = 0; t < unit->months; t++) {
		double v = raw[t * (panel->inputs / 2) + k], last = smooth;
		double *input = out + t * panel->inputs + 2 * k;

		input[0] = input[1] = 0;
		if (isnan(v))
			continue;
		input[0] = v - sum / n;
		sum += v;
		n++;
		smooth = isnan(smooth) ? v : SMOOTH * smooth + (1 - SMOOTH) * v;
		input[1] = isnan(last) ? 0 : smooth - last;
	}
}

/* Divide by the root mean square over all units and months in which something is known. */
static void standardise(const struct nowcast_panel *panel, double *const *inputs, size_t k)
{
	double sum = 0, n = 0, scale;

	for (size_t i = 0; i < panel->n; i++)
		for (size_t t = 0; t < panel->units[i].months; t++) {
			double v = inputs[i][t * panel->inputs + k];

			sum += v * v;
			n += v != 0;
		}
	scale = sum > 0 ? sqrt(sum / n) : 1;
	for (size_t i = 0; i < panel->n; i++)
		for (size_t t = 0; t < panel->units[i].months; t++)
			inputs[i][t * panel->inputs + k] /= scale;
}

void nowcast_inputs(struct nowcast_panel *panel, double *const *raw, double *const *inputs)
{
	for (size_t k = 0; k < panel->inputs / 2; k++) {
		struct centre centre = find_centre(panel, raw, k);

		for (size_t i = 0; i < panel->n; i++)
			fill(panel, &panel->units[i], raw[i], inputs[i], k, centre);
	}
	for (size_t k = 0; k < panel->inputs; k++)
		standardise(panel, inputs, k);
	for (size_t i = 0; i < panel->n; i++)
		panel->units[i].input = inputs[i];
}

void nowcast_balance(const struct civic_unit *unit, int64_t first_month, size_t months, double *ret)
{
	_cleanup_(arena_free) struct arena room = {0};
	double *openings = arena_array(&room, double, months + 1);
	double *violations = arena_array(&room, double, months + 1);

	for (size_t i = 0; unit && i < unit->n_incidents; i++) {
		struct instant day = {.usec = unit->incidents[i].day * USEC_PER_DAY, .precision = INSTANT_DAY};
		int64_t t = instant_month(day) - first_month;

		if (t < 0 || (size_t)t >= months)
			continue;
		openings[t] += unit->incidents[i].signal > 0;
		violations[t] += unit->incidents[i].signal < 0;
	}
	for (size_t t = 0; t < months; t++)
		ret[t] = openings[t] + violations[t] > 0
				 ? (openings[t] - violations[t]) / (openings[t] + violations[t] + 2) : NAN;
}
