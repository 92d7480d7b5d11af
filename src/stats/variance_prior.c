/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * variance_prior.c - many variances, each from few steps, drawn towards what they have in common
 * (Smyth 2004, section 6): as far as they differ by no more than chance would, they are one.
 */
#include <assert.h>
#include <math.h>

#include <tocsin/stats.h>

#define SURE 1e6       /* degrees of freedom of a prior that leaves no difference */

/* d/dx ln Gamma(x) and its derivative, x > 0: the recurrence up to 10, then the asymptotic series. */
static double digamma(double x)
{
	double sum = 0, y;

	for (; x < 10; x++)
		sum -= 1 / x;
	y = 1 / (x * x);
	return sum + log(x) - 0.5 / x - y * (1.0 / 12 - y * (1.0 / 120 - y / 252));
}

static double trigamma(double x)
{
	double sum = 0, y;

	for (; x < 10; x++)
		sum += 1 / (x * x);
	y = 1 / (x * x);
	return sum + 1 / x + y / 2 + y / x * (1.0 / 6 - y * (1.0 / 30 - y / 42));
}

/* The x with trigamma(x) = value > 0, by halving. */
static double trigamma_inverse(double value)
{
	double low = 1e-3, high = SURE / 2;

	if (value <= trigamma(high))
		return high;
	for (int i = 0; i < 100; i++) {
		const double middle = sqrt(low * high);

		if (trigamma(middle) > value)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct variance_prior variance_prior_learn(const double *variance, size_t n, double df)
{
	double mean = 0, squares = 0, shift = log(df / 2) - digamma(df / 2);
	struct variance_prior prior = {.df = SURE};

	assert(n > 0 && df > 0);
	for (size_t i = 0; i < n; i++)
		mean += (log(variance[i]) + shift) / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += pow(log(variance[i]) + shift - mean, 2);
	if (n > 1 && squares / (double)(n - 1) > trigamma(df / 2))
		prior.df = 2 * trigamma_inverse(squares / (double)(n - 1) - trigamma(df / 2));
	prior.variance = exp(mean + digamma(prior.df / 2) - log(prior.df / 2));
	return prior;
}

double variance_moderate(const struct variance_prior *prior, double variance, double df)
{
	return (df * variance + prior->df * prior->variance) / (df + prior->df);
}
