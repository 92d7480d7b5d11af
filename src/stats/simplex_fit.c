/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simplex_fit.c - weights that are not negative and sum to one, least squares.
 *
 * Weight moves from the donor whose loss falls fastest when it is lowered to the one whose loss falls
 * fastest when it is raised, as far as helps both (sequential minimal optimisation, Platt 1998; as
 * pairwise Frank-Wolfe it converges linearly, Lacoste-Julien and Jaggi 2015). The difference of their
 * slopes bounds how far the loss is from its least, and ends the search.
 */
#include <assert.h>
#include <math.h>

#include <tocsin/stats.h>

#define MAX_MOVES 20000

static void slopes(const double *gram, const double *lin, size_t m, const double *w, double *slope)
{
	for (size_t i = 0; i < m; i++) {
		double sum = 0;

		for (size_t j = 0; j < m; j++)
			sum += gram[i * m + j] * w[j];
		slope[i] = sum - lin[i];
	}
}

/* How much weight goes from j to i. */
static double move_of(const double *gram, size_t m, size_t i, size_t j, double gain, double room)
{
	const double curve = gram[i * m + i] + gram[j * m + j] - 2 * gram[i * m + j];

	return curve * room > gain ? gain / curve : room;
}

bool simplex_fit(const double *gram, const double *lin, size_t m, double tolerance, double *w, double *slope)
{
	assert(m > 0);
	for (size_t i = 0; i < m; i++)
		w[i] = 1 / (double)m;
	slopes(gram, lin, m, w, slope);
	for (int round = 0; round < MAX_MOVES; round++) {
		size_t to = 0, from = m;
		double move;

		for (size_t i = 0; i < m; i++) {
			if (slope[i] < slope[to])
				to = i;
			if (w[i] > 0 && (from == m || slope[i] > slope[from]))
				from = i;
		}
		if (slope[from] - slope[to] <= tolerance)
			return true;
		move = move_of(gram, m, to, from, slope[from] - slope[to], w[from]);
		w[from] = move < w[from] ? w[from] - move : 0;
		w[to] += move;
		for (size_t i = 0; i < m; i++)
			slope[i] += move * (gram[to * m + i] - gram[from * m + i]);
	}
	return false;
}
