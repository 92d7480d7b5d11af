/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drift.c - since when do chances no longer come true as often as they used to?
 *
 * Each origin gives one number, how far the log-odds of what happened lie above what was said (the
 * score over its information), with the error that clusters leave. Beside that error
 * whole years are good or bad for everybody: a common shock of unknown size, over which is averaged, and
 * outcomes that span several years overlap. Against "as before" stand all "a step since origin c"; the ratio of
 * the two likelihoods, weighted over c by a constant hazard, is a martingale while nothing changes, so
 * that by Ville's inequality it ever exceeds 1 / DRIFT_FALSE_ALARM with at most that chance
 * (Shiryaev 1963; Ramdas, Grunwald, Vovk and Shafer 2023). After a flag a new stretch begins at the likeliest c.
 * The map forgets as the evidence says: an origin weighs the chance that no step came after it.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#define N_SHOCKS 10
#define LEAST_SHOCK 0.03      /* the sizes of shocks tried, each 1.5 times the last: up to 1.15 */
#define SHOCK_GROWTH 1.5
#define USUAL_SHOCK 0.2       /* half-normal prior */
#define SHARED 0.7            /* of what overlapping years would have in common: at 1 alternating shifts were impossible */
#define HAZARD 0.05           /* of a step, each origin */
#define STEP 0.7              /* either way, a doubling; the prior of its size */
#define STEP_SPREAD 0.3
#define FIRST_LEVEL 0.3       /* spread of the level that forecasts may have had from the start */
#define NEXT_LEVEL 1.0        /* and after a step */
#define SLOPE_RIDGE 20.0      /* of maps: the slopes are hard to move, */
#define SHIFT_RIDGE 2.0       /* the shift is not */

/* An origin: the mean shift of its log-odds, and the variance that the clusters leave. */
struct lot {
	int64_t origin;
	size_t first, past;           /* rows */
	double shift, variance, information;
};

struct watch {
	const struct drift_row *rows;
	struct lot *lots;
	size_t n_lots, n_clusters;
	unsigned span;
	struct arena *room;
	double *cov, *work, *solved;
	double shock_share[N_SHOCKS];  /* posterior, of the stretch looked at last */
	double *memory;                /* by lot of that stretch: the chance that no step came after it */
};

static double shock_size(size_t k)
{
	return LEAST_SHOCK * pow(SHOCK_GROWTH, (double)k);
}

static void lot_close(struct watch *watch, struct lot *lot, double *missed)
{
	double sum = 0, squares = 0;

	memset(missed, 0, (watch->n_clusters + 1) * sizeof *missed);
	for (size_t i = lot->first; i < lot->past; i++) {
		const struct drift_row *row = &watch->rows[i];
		const double p = fmin(fmax(row->p, CHANCE_EDGE), 1 - CHANCE_EDGE);

		assert(row->cluster < watch->n_clusters && row->y <= 1);
		missed[row->cluster] += row->y - p;
		sum += row->y - p;
		lot->information += p * (1 - p);
	}
	for (size_t g = 0; g < watch->n_clusters; g++)
		squares += missed[g] * missed[g];
	lot->shift = sum / lot->information;
	lot->variance = fmax(squares, lot->information) / (lot->information * lot->information);
}

static void lots_build(struct watch *watch, size_t n)
{
	double *missed = arena_array(watch->room, double, watch->n_clusters + 1);

	watch->lots = arena_array(watch->room, struct lot, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct lot *last = watch->n_lots ? &watch->lots[watch->n_lots - 1] : NULL;

		assert(i == 0 || watch->rows[i].origin >= watch->rows[i - 1].origin);
		if (!last || last->origin != watch->rows[i].origin) {
			last = &watch->lots[watch->n_lots++];
			*last = (struct lot){.origin = watch->rows[i].origin, .first = i};
		}
		last->past = i + 1;
	}
	for (size_t t = 0; t < watch->n_lots; t++)
		lot_close(watch, &watch->lots[t], missed);
}

/* ---- the evidence of a step within lots[first..past) ---- */

/* Covariance of the shifts when nothing changed: clusters and shocks, overlapping, and a level of its own. */
static void covariance_of(const struct watch *watch, size_t first, size_t past, double shock, double level)
{
	const size_t k = past - first;

	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j <= i; j++) {
			const struct lot *a = &watch->lots[first + i], *b = &watch->lots[first + j];
			const double apart = (double)(a->origin - b->origin), shared = SHARED * (1 - apart / watch->span);

			watch->cov[i * k + j] = level * level + (i == j ? 1 : fmax(shared, 0)) *
				sqrt((a->variance + shock * shock) * (b->variance + shock * shock));
		}
}

/* x solves cov x = b; returns ln det cov, NAN when it cannot be solved. */
static double solve(const struct watch *watch, size_t k, double *x)
{
	double log_det = 0;

	memcpy(watch->work, watch->cov, k * k * sizeof *watch->work);
	if (!symmetric_solve(watch->work, x, k))
		return NAN;
	for (size_t i = 0; i < k; i++)
		log_det += 2 * log(watch->work[i * k + i]);   /* the factor stands there now */
	return log_det;
}

/* ln of the likelihood ratio of a step of unknown size, either way, to none: by r = 1'S^-1 d and q = 1'S^-1 1. */
static double step_ratio(double r, double q)
{
	const double spread = 1 + STEP_SPREAD * STEP_SPREAD * q;
	const double common = (STEP_SPREAD * STEP_SPREAD * r * r - STEP * STEP * q) / (2 * spread) - log(spread) / 2;
	const double side = STEP * fabs(r) / spread;

	return common + side + log((1 + exp(-2 * side)) / 2);
}

/* Fills ratio[c], the step that begins at first + c, under one size of shock; returns the log likelihood of none. */
static double ratios_of(const struct watch *watch, size_t first, size_t past, double *ratio)
{
	const size_t k = past - first;
	double *x = watch->solved, *y = watch->solved + k, fit = 0, r = 0, log_det;

	for (size_t i = 0; i < k; i++)
		x[i] = watch->lots[first + i].shift;
	log_det = solve(watch, k, x);
	if (isnan(log_det))
		return -INFINITY;
	for (size_t i = 0; i < k; i++)
		fit += x[i] * watch->lots[first + i].shift;
	for (size_t c = k; c-- > 0;) {
		double q = 0;

		r += x[c];
		for (size_t i = 0; i < k; i++)
			y[i] = i >= c;
		solve(watch, k, y);
		for (size_t i = c; i < k; i++)
			q += y[i];
		ratio[c] = step_ratio(r, q);
	}
	return -(log_det + fit) / 2;
}

/* From the weight of a step at each lot to the chance that none came later. */
static void remember(struct watch *watch, size_t first, size_t past, double sum)
{
	double later = 0;

	for (size_t t = past; t-- > first;) {
		const double here = watch->memory[t] / sum;

		watch->memory[t] = fmax(1 - later, 0);
		later += here;
	}
}

/* The ratio of "a step somewhere" to "none" on lots[first..past); *ret_since: where it most likely began. */
static double evidence(struct watch *watch, size_t first, size_t past, double level, size_t *ret_since)
{
	const size_t k = past - first;
	double *ratios = arena_array(watch->room, double, N_SHOCKS * k), fits[N_SHOCKS], top = -INFINITY, total = 0;
	double sum = pow(1 - HAZARD, (double)k), best = 0;

	for (size_t s = 0; s < N_SHOCKS; s++) {
		const double shock = shock_size(s);

		covariance_of(watch, first, past, shock, level);
		fits[s] = ratios_of(watch, first, past, ratios + s * k) +
			  log(shock) - pow(shock / USUAL_SHOCK, 2) / 2;   /* the grid is even on the logarithm */
		top = fmax(top, fits[s]);
	}
	for (size_t s = 0; s < N_SHOCKS; s++)
		total += watch->shock_share[s] = exp(fits[s] - top);
	for (size_t s = 0; s < N_SHOCKS; s++)
		watch->shock_share[s] /= total;
	*ret_since = first;
	for (size_t c = 0; c < k; c++) {
		watch->memory[first + c] = 0;
		for (size_t s = 0; s < N_SHOCKS; s++)
			watch->memory[first + c] += watch->shock_share[s] * exp(fmin(ratios[s * k + c], 600));
		watch->memory[first + c] *= HAZARD * pow(1 - HAZARD, (double)c);
		sum += watch->memory[first + c];
		if (watch->memory[first + c] > best) {
			best = watch->memory[first + c];
			*ret_since = first + c;
		}
	}
	remember(watch, first, past, sum);
	return sum;
}

/* ---- the map that follows ---- */

static double shock_variance(const struct watch *watch)
{
	double sum = 0;

	for (size_t s = 0; s < N_SHOCKS; s++)
		sum += watch->shock_share[s] * shock_size(s) * shock_size(s);
	return sum;
}

/* Rows weigh what is left of their information after clusters, shocks and overlap; `fading`: and after steps. */
static struct beta_map map_of(const struct watch *watch, size_t first, size_t past, bool fading,
			      const struct beta_map *prior)
{
	_cleanup_(arena_free) struct arena room = {0};
	const size_t from = watch->lots[first].first, n = watch->lots[past - 1].past - from;
	double *p = arena_array(&room, double, n), *w = arena_array(&room, double, n), shock = shock_variance(watch);
	unsigned char *y = arena_array(&room, unsigned char, n);

	for (size_t t = first; t < past; t++) {
		const struct lot *lot = &watch->lots[t];
		const double weight = (fading ? watch->memory[t] : 1) / (lot->information * (lot->variance + shock)) /
				      (past - first > 1 ? watch->span : 1);

		for (size_t i = lot->first; i < lot->past; i++) {
			p[i - from] = watch->rows[i].p;
			y[i - from] = watch->rows[i].y;
			w[i - from] = weight;
		}
	}
	return beta_map_fit(p, y, w, n, prior, SLOPE_RIDGE, SHIFT_RIDGE);
}

/* A step that is likelier than not, flagged or not yet: what was learned before it is what to hold to. */
static struct beta_map map_now(const struct watch *watch, size_t first, size_t since, const struct beta_map *before)
{
	struct beta_map old = *before;

	if (since > first && watch->memory[first] < 0.5)
		old = map_of(watch, first, since, false, before);
	return map_of(watch, first, watch->n_lots, true, &old);
}

/* Mean shift since the stretch began, beside what chance and shocks leave of it. */
static void set_shift(struct watch *watch, size_t first, size_t past, struct drift *ret)
{
	const size_t k = past - first;
	double *x = watch->solved, r = 0, q = 0, reach;

	covariance_of(watch, first, past, sqrt(shock_variance(watch)), 0);
	for (size_t i = 0; i < k; i++)
		x[i] = 1;
	solve(watch, k, x);
	for (size_t i = 0; i < k; i++) {
		r += x[i] * watch->lots[first + i].shift;
		q += x[i];
	}
	reach = normal_reach(0.9) / sqrt(q);
	ret->shift = r / q;
	ret->shift_reach = (struct interval){r / q - reach, r / q + reach};
}

void drift_watch(const struct drift_row *rows, size_t n, size_t n_clusters, unsigned span, struct drift *ret)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct watch watch = {.rows = rows, .n_clusters = n_clusters, .span = span, .room = &room};
	struct drift drift = {.since = INT_MISSING, .noticed = INT_MISSING, .raised = NAN, .evidence = 1, .shift = NAN,
			      .shift_reach = {NAN, NAN}, .shock = NAN, .map = BETA_IDENTITY, .before = BETA_IDENTITY};
	size_t first = 0, since = 0;

	assert(span > 0);
	lots_build(&watch, n);
	drift.origins = watch.n_lots;
	watch.cov = arena_array(&room, double, watch.n_lots * watch.n_lots + 1);
	watch.work = arena_array(&room, double, watch.n_lots * watch.n_lots + 1);
	watch.memory = arena_array(&room, double, watch.n_lots + 1);
	watch.solved = arena_array(&room, double, 2 * watch.n_lots + 1);
	for (size_t past = 1; past <= watch.n_lots; past++) {
		drift.evidence = evidence(&watch, first, past, first ? NEXT_LEVEL : FIRST_LEVEL, &since);
		if (drift.evidence < 1 / DRIFT_FALSE_ALARM)
			continue;
		if (since > first)
			drift.before = map_of(&watch, first, since, false, &drift.before);
		drift.flags++;
		drift.since = watch.lots[since].origin;
		drift.noticed = watch.lots[past - 1].origin;
		drift.raised = drift.evidence;
		first = since;
		drift.evidence = evidence(&watch, first, past, NEXT_LEVEL, &since);
	}
	if (watch.n_lots) {
		drift.map = map_now(&watch, first, since, &drift.before);
		drift.shock = sqrt(shock_variance(&watch));
		set_shift(&watch, first, watch.n_lots, &drift);
	}
	*ret = drift;
}
