/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reliability.c - does what was said to be likely come true as often as that?
 *
 * The bins, the expected calibration error and the parts of the Brier score (Murphy 1973) are those of
 * score.py, as are average precision, relative value (Richardson 2000) and the paired difference with
 * its generator, so that what the product says of itself can be compared with the benchmark's tables.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <tocsin/stats.h>

#define EXACT_ROWS 400        /* of a bin: the exact distribution up to here, the normal one beyond */

static size_t bin_of(double p)
{
	const int at = (int)(p * RELIABILITY_BINS);

	return (size_t)(at < RELIABILITY_BINS ? at : RELIABILITY_BINS - 1);
}

void reliability_of(const double *p, const unsigned char *y, size_t n, struct reliability *ret)
{
	struct reliability all = {.n = n};
	double sum_p[RELIABILITY_BINS] = {0}, sum_y[RELIABILITY_BINS] = {0}, total = 0;

	for (size_t i = 0; i < n; i++) {
		const size_t k = bin_of(p[i]);

		assert(p[i] >= 0 && p[i] <= 1 && y[i] <= 1);
		all.bins[k].n++;
		sum_p[k] += p[i];
		sum_y[k] += y[i];
		total += p[i];
		all.events += y[i];
	}
	all.mean_p = n ? total / (double)n : NAN;
	all.base = n ? (double)all.events / (double)n : NAN;
	for (size_t k = 0; k < RELIABILITY_BINS; k++) {
		struct reliability_bin *bin = &all.bins[k];
		const double size = (double)bin->n;

		bin->mean_p = bin->n ? sum_p[k] / size : NAN;
		bin->share = bin->n ? sum_y[k] / size : NAN;
		bin->events = (size_t)sum_y[k];
		if (bin->n == 0)
			continue;
		all.reliability += (bin->mean_p - bin->share) * (bin->mean_p - bin->share) * size;
		all.resolution += (bin->share - all.base) * (bin->share - all.base) * size;
		all.ece += fabs(sum_p[k] - sum_y[k]);
	}
	all.reliability = n ? all.reliability / (double)n : NAN;
	all.resolution = n ? all.resolution / (double)n : NAN;
	all.ece = n ? all.ece / (double)n : NAN;
	all.uncertainty = all.base * (1 - all.base);
	*ret = all;
}

/* ---- what a perfect forecaster would be charged ---- */

/* E|sum(y) - sum(p)| for independent y with these chances; chance[0..n] is room for their distribution. */
static double miss_exact(const double *p, size_t n, double *chance)
{
	double mean = 0, miss = 0;

	chance[0] = 1;
	for (size_t i = 0; i < n; i++) {
		mean += p[i];
		chance[i + 1] = chance[i] * p[i];
		for (size_t events = i; events > 0; events--)
			chance[events] = chance[events] * (1 - p[i]) + chance[events - 1] * p[i];
		chance[0] *= 1 - p[i];
	}
	for (size_t events = 0; events <= n; events++)
		miss += chance[events] * fabs((double)events - mean);
	return miss;
}

static double miss_normal(const double *p, size_t n)
{
	double variance = 0;

	for (size_t i = 0; i < n; i++)
		variance += p[i] * (1 - p[i]);
	return sqrt(2 * variance / M_PI);
}

double ece_floor(const double *p, size_t n)
{
	_cleanup_(arena_free) struct arena room = {0};
	double *in_bin = arena_array(&room, double, n + 1), *chance = arena_array(&room, double, EXACT_ROWS + 2);
	double miss = 0;

	for (size_t k = 0; k < RELIABILITY_BINS; k++) {
		size_t size = 0;

		for (size_t i = 0; i < n; i++)
			if (bin_of(p[i]) == k)
				in_bin[size++] = p[i];
		miss += size <= EXACT_ROWS ? miss_exact(in_bin, size, chance) : miss_normal(in_bin, size);
	}
	return n ? miss / (double)n : NAN;
}

/* ---- ranked by chance, and what acting on it is worth ---- */

struct ranked {
	double p;
	unsigned char y;
};

static int by_falling_chance(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->p < y->p) - (x->p > y->p);
}

double average_precision(const double *p, const unsigned char *y, size_t n)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct ranked *rows = arena_array(&room, struct ranked, n + 1);
	double total = 0, found = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct ranked){p[i], y[i]};
		total += y[i];
	}
	if (total == 0)
		return NAN;
	qsort(rows, n, sizeof *rows, by_falling_chance);
	for (size_t i = 0; i < n;) {
		size_t past = i;
		double here = 0;

		while (past < n && rows[past].p == rows[i].p)
			here += rows[past++].y;
		found += here;
		sum += here / total * found / (double)past;
		i = past;
	}
	return sum;
}

double relative_value(const double *p, const unsigned char *y, size_t n, double cost)
{
	double spent = 0, base = 0, constant;

	assert(cost > 0 && cost < 1);
	for (size_t i = 0; i < n; i++) {
		spent += p[i] >= cost ? cost : y[i];
		base += y[i];
	}
	if (base == 0 || base == (double)n)
		return NAN;   /* the best constant rule is perfect: nothing to gain */
	spent /= (double)n;
	base /= (double)n;
	constant = fmin(cost, base);
	return (constant - spent) / (constant - cost * base);
}

/* ---- against a rival on the same rows ---- */

struct paired brier_paired(const double *p, const double *rival, const unsigned char *y, const size_t *cluster,
			   size_t n, size_t n_clusters, size_t draws)
{
	_cleanup_(arena_free) struct arena room = {0};
	double *total = arena_array(&room, double, n_clusters + 1), *size = arena_array(&room, double, n_clusters + 1);
	double *drawn = arena_array(&room, double, draws + 1), sum = 0;
	uint64_t seed = 12345;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		const double more = (p[i] - y[i]) * (p[i] - y[i]) - (rival[i] - y[i]) * (rival[i] - y[i]);

		assert(cluster[i] < n_clusters);
		total[cluster[i]] += more;
		size[cluster[i]]++;
		sum += more;
	}
	for (size_t d = 0; d < draws && n && n_clusters > 1; d++) {
		double top = 0, bottom = 0;

		for (size_t i = 0; i < n_clusters; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			top += total[(seed >> 33) % n_clusters];
			bottom += size[(seed >> 33) % n_clusters];
		}
		if (bottom > 0)
			drawn[kept++] = top / bottom;
	}
	if (kept < 40)
		return (struct paired){n ? sum / (double)n : NAN, {NAN, NAN}};
	sort_numbers(drawn, kept);
	return (struct paired){sum / (double)n, {drawn[(size_t)(.025 * (double)kept)],
						 drawn[(size_t)(.975 * (double)kept) - 1]}};
}
