/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draw.c - draws from the normal, the truncated normal, gamma and beta distributions. */
#include <assert.h>
#include <math.h>

#include <tocsin/stats.h>

double normal_draw(struct rng *rng)
{
	double u, v, s;

	do {
		u = 2 * rng_unit(rng) - 1;
		v = 2 * rng_unit(rng) - 1;
		s = u * u + v * v;
	} while (s >= 1 || s == 0);
	return u * sqrt(-2 * log(s) / s);
}

/* Proposals from the normal itself: good where the interval holds much of it. */
static double draw_by_normal(struct rng *rng, double low, double high)
{
	double x;

	do
		x = normal_draw(rng);
	while (x < low || x > high);
	return x;
}

/* Flat proposals; `least` is the smallest x^2 in the interval. */
static double draw_by_flat(struct rng *rng, double low, double high, double least)
{
	double x;

	do
		x = low + (high - low) * rng_unit(rng);
	while (rng_unit(rng) >= exp((least - x * x) / 2));
	return x;
}

/* Exponential proposals for a tail that begins at low > 0. */
static double draw_by_tail(struct rng *rng, double low, double high, double rate)
{
	double x;

	do
		x = low - log1p(-rng_unit(rng)) / rate;
	while (x > high || rng_unit(rng) >= exp(-(x - rate) * (x - rate) / 2));
	return x;
}

static double draw_positive(struct rng *rng, double low, double high)
{
	const double root = sqrt(low * low + 4), rate = (low + root) / 2;

	if (high - low < 2 / (low + root) * exp(0.5 + (low * low - low * root) / 4))
		return draw_by_flat(rng, low, high, low * low);
	if (low < 0.4)
		return draw_by_normal(rng, low, high);
	return draw_by_tail(rng, low, high, rate);
}

double truncated_draw(struct rng *rng, double low, double high)
{
	double x;

	if (isfinite(low) && !(high - low > 1e-12 * (1 + fabs(low))))
		return low;   /* no room for doubles to differ */
	if (low >= 0)
		x = draw_positive(rng, low, high);
	else if (high <= 0)
		x = -draw_positive(rng, -high, -low);
	else if (high - low > 2.5)
		x = draw_by_normal(rng, low, high);
	else
		x = draw_by_flat(rng, low, high, 0);
	return fmin(fmax(x, low), high);
}

double gamma_draw(struct rng *rng, double shape)
{
	const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / sqrt(9 * d);
	double x, v, u;

	assert(shape > 0);
	do {
		do {
			x = normal_draw(rng);
			v = 1 + c * x;
		} while (v <= 0);
		v = v * v * v;
		u = 1 - rng_unit(rng);
	} while (log(u) >= x * x / 2 + d * (1 - v + log(v)));
	return shape < 1 ? d * v * pow(1 - rng_unit(rng), 1 / shape) : d * v;
}

double beta_draw(struct rng *rng, double a, double b)
{
	const double x = gamma_draw(rng, a), y = gamma_draw(rng, b);

	return x + y > 0 ? x / (x + y) : a / (a + b);
}

double normal_log_cdf(double x)
{
	if (x > -30)
		return log(0.5 * erfc(-x * M_SQRT1_2));
	/* Mills' ratio, two terms: relative error below 1e-5 of the logarithm's last digits here */
	return -x * x / 2 - log(-x) - 0.5 * log(2 * M_PI) + log1p(-1 / (x * x));
}
