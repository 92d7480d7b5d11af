/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * similars.c - cases of the past that were like one of today.
 *
 * Features are compared from the one that counts most on, and a case is given up as soon as it lies
 * beyond the farthest of those kept so far: the answer is that of comparing all.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresee/reasons.h"

#define CLIP 4.0            /* standard deviations beyond which cases are far enough apart */
#define LEVEL 0.9

/* ---- what all cases share ---- */

static size_t question_of(const struct case_key *key)
{
	return (size_t)key->space * 2 + (key->direction > 0);
}

static void list_rows(const struct cases *cases, struct arena *arena, struct likeness *ret)
{
	size_t n[MOST_QUESTIONS] = {0};

	for (int count_only = 1; count_only >= 0; count_only--)
		for (size_t row = 0; row < cases->n; row++) {
			struct question_scale *scale = &ret->of[question_of(&cases->key[row])];

			if (cases->y[row] == EVENT_OPEN || cases->key[row].year < cases->history->first + 2)
				continue;
			if (count_only) {
				n[question_of(&cases->key[row])]++;
				continue;
			}
			if (!scale->row)
				scale->row = arena_array(arena, size_t, n[question_of(&cases->key[row])]);
			scale->row[scale->n++] = row;
		}
}

static void scale_learn(const struct cases *cases, struct question_scale *scale)
{
	for (size_t f = 0; f < N_CASE_FEATURES; f++) {
		double sum = 0, square = 0, known = 0;

		for (size_t i = 0; i < scale->n; i++) {
			double x = cases->x[scale->row[i] * N_CASE_FEATURES + f];

			if (isnan(x))
				continue;
			known++;
			sum += x;
			square += x * x;
		}
		scale->mean[f] = known > 0 ? sum / known : 0;
		scale->spread[f] = known > 0 ? sqrt(fmax(square / known - scale->mean[f] * scale->mean[f], 0)) : 0;
		if (scale->spread[f] < 1e-6)
			scale->spread[f] = 0;
	}
}

void likeness_learn(const struct outlook *outlook, struct arena *arena, struct likeness *ret)
{
	*ret = (struct likeness){.outlook = outlook};
	list_rows(&outlook->cases, arena, ret);
	for (size_t q = 0; q < 2 * outlook->cases.n_spaces; q++)
		scale_learn(&outlook->cases, &ret->of[q]);
}

/* ---- the nearest ---- */

/* A feature that counts: the case's value and the size of its part, as a share. */
struct aspect {
	size_t feature;
	double z, mean, spread, weight;
};

static double held(double z)
{
	return z > CLIP ? CLIP : z < -CLIP ? -CLIP : z;
}

static int by_weight(const void *a, const void *b)
{
	const struct aspect *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return (x->feature > y->feature) - (x->feature < y->feature);
}

static size_t aspects_of(const struct cases *cases, const struct question_scale *scale, const struct drivers *drivers,
			 struct aspect *ret)
{
	double total = 0;
	size_t n = 0;

	for (size_t f = 0; f < N_CASE_FEATURES; f++) {
		double x = cases->x[drivers->row * N_CASE_FEATURES + f];

		if (scale->spread[f] == 0 || drivers->part[f] == 0)
			continue;
		ret[n++] = (struct aspect){f, held((x - scale->mean[f]) / scale->spread[f]), scale->mean[f], scale->spread[f],
					   fabs(drivers->part[f])};
		total += fabs(drivers->part[f]);
	}
	for (size_t k = 0; k < n; k++)
		ret[k].weight /= total;
	qsort(ret, n, sizeof *ret, by_weight);
	return n;
}

/* The squared distance, or anything beyond `most` once it is. */
static double apart(const struct cases *cases, const struct aspect *aspects, size_t n, size_t row, double most)
{
	const float *x = &cases->x[row * N_CASE_FEATURES];
	double sum = 0;

	for (size_t k = 0; k < n && sum <= most; k++) {
		const struct aspect *of = &aspects[k];
		double z = held((x[of->feature] - of->mean) / of->spread);
		double gap = isnan(z) && isnan(of->z) ? 0 : isnan(z) || isnan(of->z) ? 1 : z - of->z;

		sum += of->weight * gap * gap;
	}
	return sum;
}

/* Rows stand by year, then unit: of equal distances the newer year counts, then the later unit. */
size_t similars_nearest(const struct likeness *likeness, const struct drivers *drivers, struct similar ret[SIMILAR_KEPT])
{
	const struct cases *cases = &likeness->outlook->cases;
	const struct question_scale *scale = &likeness->of[question_of(&cases->key[drivers->row])];
	struct aspect aspects[N_CASE_FEATURES];
	size_t n_aspects = aspects_of(cases, scale, drivers, aspects), n = 0;

	for (size_t i = scale->n; i-- > 0;) {
		double most = n == SIMILAR_KEPT ? ret[n - 1].distance : INFINITY;
		double distance = apart(cases, aspects, n_aspects, scale->row[i], most);
		size_t at = n;

		if (distance >= most)
			continue;
		while (at > 0 && ret[at - 1].distance > distance)
			at--;
		n += n < SIMILAR_KEPT;
		memmove(&ret[at + 1], &ret[at], (n - 1 - at) * sizeof *ret);
		ret[at] = (struct similar){.row = scale->row[i], .distance = distance};
	}
	for (size_t i = 0; i < n; i++)
		ret[i].distance = sqrt(ret[i].distance);
	return n;
}

/* ---- of them, those that are told ---- */

/* Do two cases of one country look at a common year? */
static bool overlap(const struct cases *cases, size_t a, size_t b)
{
	return cases->key[a].unit == cases->key[b].unit && abs(cases->key[a].year - cases->key[b].year) < 2;
}

static bool is_new(const struct cases *cases, const struct similar *taken, size_t n, size_t row, bool country)
{
	for (size_t i = 0; i < n; i++)
		if (country ? cases->key[taken[i].row].unit == cases->key[row].unit : overlap(cases, taken[i].row, row))
			return false;
	return true;
}

void similars_find(const struct likeness *likeness, const struct drivers *drivers, struct similars *ret)
{
	const struct cases *cases = &likeness->outlook->cases;
	struct similar all[SIMILAR_KEPT], counted[SIMILAR_COUNTED];
	size_t n = similars_nearest(likeness, drivers, all);
	struct similars found = {.share = {NAN, NAN}};

	for (size_t i = 0; i < n && (found.counted < SIMILAR_COUNTED || found.n_shown < SIMILAR_SHOWN); i++) {
		const struct case_key *key = &cases->key[all[i].row];

		all[i].moved = history_value(cases->history, cases->origin, key->space, key->unit, key->year + 2) -
			       history_value(cases->history, cases->origin, key->space, key->unit, key->year);
		if (found.n_shown < SIMILAR_SHOWN && is_new(cases, found.shown, found.n_shown, all[i].row, true))
			found.shown[found.n_shown++] = all[i];
		if (found.counted == SIMILAR_COUNTED || !is_new(cases, counted, found.counted, all[i].row, false))
			continue;
		found.events += cases->y[all[i].row] == EVENT_YES;
		counted[found.counted++] = all[i];
	}
	if (found.counted > 0)
		found.share = beta_interval((double)found.events + .5, (double)(found.counted - found.events) + .5, LEVEL);
	*ret = found;
}
