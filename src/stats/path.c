/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path.c - draws of a random walk whose steps are of several sizes.
 *
 * All is in information form: what is known of a place is exp(-p x^2 / 2 + h x). Differences of large
 * numbers are worked out by hand, so that steps of nearly no size lose no digits: with q the precision
 * of the step, the pair matrix of (before, here) is [f + q, -(c + q)] [-(c + q), g + q], whose
 * determinant is f g - c^2 + q (f + g - 2 c).
 */
#include <assert.h>
#include <math.h>

#include <tocsin/stats.h>

struct known {
	double p, h;
};

/* What the place after says of this one, by way of their link and a step of precision q. */
static struct known look_back(const struct known *after, const struct path_link *link, double q)
{
	const double g = after->p + link->near, f = link->far, c = link->cross;

	return (struct known){(f * g - c * c + q * (f + g - 2 * c)) / (g + q),
			      link->far_lin + (c + q) * (after->h + link->near_lin) / (g + q)};
}

static struct known look_ahead(const struct known *before, const struct path_link *link, double q)
{
	const double f = before->p + link->far, g = link->near, c = link->cross;

	return (struct known){(f * g - c * c + q * (f + g - 2 * c)) / (f + q),
			      link->near_lin + (c + q) * (before->h + link->far_lin) / (f + q)};
}

/* The kind of the step between what is known before and what is known here and after. */
static unsigned char kind_draw(struct rng *rng, const struct known *before, const struct known *here,
			       const struct path_link *link, const struct path_steps *steps)
{
	const double f = before->p + link->far, g = here->p + link->near, c = link->cross;
	const double l1 = before->h + link->far_lin, l2 = here->h + link->near_lin;
	const double flat = g * l1 * l1 + 2 * c * l1 * l2 + f * l2 * l2, sum2 = (l1 + l2) * (l1 + l2);
	const double det = f * g - c * c, slope = f + g - 2 * c;
	double weight[PATH_MOST_STEPS], most = -INFINITY, total = 0, left;

	for (size_t k = 0; k < steps->n; k++) {
		const double q = steps->precision[k], d = det + q * slope;

		weight[k] = (flat + q * sum2) / (2 * d) + 0.5 * log(q / d);
		most = fmax(most, steps->share[k] > 0 ? weight[k] : -INFINITY);
	}
	for (size_t k = 0; k < steps->n; k++)
		total += weight[k] = steps->share[k] > 0 ? steps->share[k] * exp(weight[k] - most) : 0;
	left = total * rng_unit(rng);
	for (size_t k = 0; k + 1 < steps->n; k++)
		if ((left -= weight[k]) < 0)
			return (unsigned char)k;
	return (unsigned char)(steps->n - 1);
}

void path_draw(struct rng *rng, const struct path_link *links, size_t n, const struct path_steps *steps,
	       unsigned char *kind, double *x, struct arena *scratch)
{
	struct known *ahead = arena_array(scratch, struct known, n);    /* of place t, by t.. itself included */
	struct known *behind = arena_array(scratch, struct known, n);   /* by ..t itself included */

	assert(n > 0 && steps->n <= PATH_MOST_STEPS && links[0].alone > 0);
	for (size_t t = n; t-- > 0;) {
		ahead[t] = (struct known){links[t].alone, links[t].alone_lin};
		if (t + 1 < n) {
			const struct known said = look_back(&ahead[t + 1], &links[t + 1], steps->precision[kind[t + 1]]);

			ahead[t].p += said.p;
			ahead[t].h += said.h;
		}
	}
	behind[0] = (struct known){links[0].alone, links[0].alone_lin};
	for (size_t t = 1; t < n; t++) {
		struct known said;

		kind[t] = kind_draw(rng, &behind[t - 1], &ahead[t], &links[t], steps);
		said = look_ahead(&behind[t - 1], &links[t], steps->precision[kind[t]]);
		behind[t] = (struct known){said.p + links[t].alone, said.h + links[t].alone_lin};
	}
	x[n - 1] = behind[n - 1].h / behind[n - 1].p + normal_draw(rng) / sqrt(behind[n - 1].p);
	for (size_t t = n - 1; t-- > 0;) {
		const struct path_link *link = &links[t + 1];
		const double q = steps->precision[kind[t + 1]], p = behind[t].p + link->far + q;

		x[t] = (behind[t].h + link->far_lin + (link->cross + q) * x[t + 1]) / p + normal_draw(rng) / sqrt(p);
	}
}
