/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats.h - scores of forecasts, calibration, intervals, random draws, resampling, regression, weights on the simplex.
 *
 * Pure arithmetic on arrays: no records, files or clocks. Probabilities lie in
 * 0..1, outcomes are 0 or 1, missing features are NAN. Nothing here depends on the
 * number of threads or on the processor: sums are taken in the order of the rows
 * and no BLAS kernel is called, so the same input gives the same bytes everywhere.
 */
#ifndef TOCSIN_STATS_H
#define TOCSIN_STATS_H

#include <tocsin/base.h>

/* ---- scores: proper rules for the chance of an event (forecast-benchmark.md) ---- */

/* Mean (p - y)^2; NAN when n is 0. */
double brier_score(const double *p, const unsigned char *y, size_t n);
/* Mean -ln of the chance given to what happened, p clipped to [.001, .999]; NAN when n is 0. */
double log_score(const double *p, const unsigned char *y, size_t n);
/* Area under the ROC curve by the rank sum with mid-ranks for ties; NAN unless both outcomes occur. O(n log n). */
double auc_score(const double *p, const unsigned char *y, size_t n);

/* ---- reliability: does what was said to be likely come true as often as that? (score.py) ---- */

#define RELIABILITY_BINS 10     /* of equal width, the last one closed */

struct reliability_bin {
	size_t n, events;
	double mean_p, share;        /* of events; NAN when the bin is empty */
};

struct reliability {
	struct reliability_bin bins[RELIABILITY_BINS];
	size_t n, events;
	double ece;                  /* expected calibration error: bins weighted by their rows */
	double reliability, resolution, uncertainty;   /* Murphy 1973, by the bins: Brier is close to rel - res + unc */
	double mean_p, base;         /* NAN when n is 0, as all above */
};

void reliability_of(const double *p, const unsigned char *y, size_t n, struct reliability *ret);
/* The ECE that chances which are exactly right are expected to show on n independent rows: by the exact
   distribution of the events in each bin of up to 400 rows, by the normal one beyond. NAN when n is 0. */
double ece_floor(const double *p, size_t n);
/* Area under the precision-recall curve, ties taken as one step; NAN without an event. O(n log n). */
double average_precision(const double *p, const unsigned char *y, size_t n);
/* Relative economic value (Richardson 2000) of acting where p >= cost, 0 < cost < 1 being the cost of acting
   over the loss it avoids: 0 as good as the best constant rule, 1 perfect; NAN unless both outcomes occur. */
double relative_value(const double *p, const unsigned char *y, size_t n, double cost);

/* Who acts on a chance, and what acting costs them over the loss it avoids: they act where p >= ratio. */
struct cost_role {
	const char *name;
	double ratio;
	const char *words;
};
extern const struct cost_role cost_roles[];
extern const size_t n_cost_roles;
#define COST_LOSS_DESK 0.3      /* of a desk officer, where nobody said otherwise */
/* The ratio of a role by name, or a number between 0 and 1; NAN when it is neither. */
double cost_loss_read(const char *text, size_t len);

/* ---- questions about steps ---- */

#define INDEX_STEP 0.05   /* of v2x_polyarchy, that counts as closing or opening */

/* Did later[0..n) move away from `now` by at least `step` (step > 0: up; step < 0: down) in one place?
   1 yes, 0 no, -1 not decided yet: a value is missing (NAN) and the others did not. The difference is
   compared as a plain double, without an epsilon, as in the episode algorithm. */
int step_label(double now, const double *later, size_t n, double step);
struct space {
	const char *name;    /* its index */
	double step;         /* the yearly change that opens or closes it */
};

/* The six of the Democratic Spaces Barometer (Beger, Morgan and Maxwell). */
#define N_SIX_SPACES ((size_t)6)
extern const struct space six_spaces[N_SIX_SPACES];
/* The i-th of them by its index, NULL past the last. */
const char *space_indicator(size_t i);
/* The yearly change that opens or closes a space; NAN when it is none. */
double space_step(const char *indicator);
/* The two-year rule on x of the two years before, the year, the one after, times the direction: a step within the
   year, or over it and the one before or after with a tenth of it in both. What is missing (NAN) shows no step. */
bool space_stepped(const double x[4], double step);
/* Did the year of `now` open (direction 1) or close (-1) a space, by the two-year rule? A step within the year, or
   over it and the year before or after with a tenth of it in both. 1, 0, or -1 when a value is missing. */
int year_moved(double before2, double before, double now, double after, double step, int direction);

/* ---- order statistics ---- */

void sort_numbers(double *v, size_t n);
/* Quantile q of sorted v[0..n) by linear interpolation (type 7 of Hyndman and Fan 1996); NAN when n is 0. */
double quantile_sorted(const double *v, size_t n, double q);
/* Sorts v. */
double median_of(double *v, size_t n);

/* ---- intervals at a level such as 0.9 ---- */

struct interval {
	double low, high;
};

/* z with P(|Z| < z) = level for a standard normal Z. */
double normal_reach(double level);
/* t with P(|T| < t) = level for Student's T with df > 0 degrees of freedom. */
double student_reach(double level, double df);
/* Central interval of Beta(a, b); a, b > 0. */
struct interval beta_interval(double a, double b, double level);

/* ---- draws from distributions ---- */

double normal_draw(struct rng *rng);
/* Standard normal between low < high, either of which may be infinite (Robert 1995). */
double truncated_draw(struct rng *rng, double low, double high);
/* Gamma with that shape > 0 and scale 1 (Marsaglia and Tsang 2000). */
double gamma_draw(struct rng *rng, double shape);
double beta_draw(struct rng *rng, double a, double b);
/* ln P(Z < x), also where P underflows. */
double normal_log_cdf(double x);

/* ---- a path whose steps are of several sizes: exact draws ---- */

/*
 * What speaks of place t of a path x: exp(-alone x_t^2 / 2 + alone_lin x_t), and of it and the place
 * before together: exp(-(near x_t^2 + far x_(t-1)^2 - 2 cross x_t x_(t-1)) / 2 + near_lin x_t +
 * far_lin x_(t-1)), with near far >= cross^2. The pair of place 0 is not read.
 */
struct path_link {
	double alone, alone_lin;
	double near, far, cross, near_lin, far_lin;
};

/* A step is N(0, 1 / precision[k]) with chance share[k]. */
struct path_steps {
	size_t n;
	const double *precision, *share;
};

#define PATH_MOST_STEPS 16

/*
 * Draw the kind of each step given all other kinds, the path summed out (Gerlach, Carter and Kohn
 * 2000), then the path given the kinds. links[0].alone must be above 0: it holds the prior of the
 * first place. kind[0..n) from the draw before; kind[0] stands for nothing. O(n * steps->n).
 */
void path_draw(struct rng *rng, const struct path_link *links, size_t n, const struct path_steps *steps,
	       unsigned char *kind, double *x, struct arena *scratch);

/* ---- did chains of draws meet? ---- */

struct mixing {
	double rhat, ess;
};

/*
 * Rank-normalised split R-hat, the larger of that of the draws and of their distance from the median,
 * and bulk effective sample size (Vehtari, Gelman, Simpson, Carpenter and Buerkner 2021), of
 * `chains` chains of n draws each, one after the other. NAN when all draws are the same or n < 8.
 */
struct mixing chains_mixing(const double *draws, size_t chains, size_t n, struct arena *scratch);

/* ---- resampling of whole clusters (countries) ---- */

/* How often each of n clusters is drawn in n draws with replacement. */
void bootstrap_counts(struct rng *rng, size_t n, uint32_t *counts);
/* Percentile interval of sum(total) / sum(size) over `draws` resamples of n clusters, both given per
   cluster; resamples of size 0 are left out, NAN when all are or n < 2. O(draws * n). */
struct interval bootstrap_ratio(const double *total, const double *size, size_t n, size_t draws,
				uint64_t seed, double level);

/* ---- against a rival on the same rows ---- */

struct paired {
	double diff;                 /* Brier score minus that of the rival: below 0 is better */
	struct interval reach;       /* 95 %, whole clusters resampled; NAN with fewer than two of them */
};

/* The difference and draws of score.py, its generator included: the same rows give its numbers. Clusters are
   numbered in their order, cluster[i] < n_clusters. O(draws * n_clusters). */
struct paired brier_paired(const double *p, const double *rival, const unsigned char *y, const size_t *cluster,
			   size_t n, size_t n_clusters, size_t draws);

/* ---- calibration: maps from a raw chance to one that comes true as often as it says ---- */

#define CHANCE_EDGE 1e-4        /* maps hold chances within it and 1 minus it */

/* ln(p' / (1 - p')) = a ln p - b ln(1 - p) + c, a, b >= 0: it rises, or is flat (Kull, Silva Filho, Flach 2017). */
struct beta_map {
	double a, b, c;
};
#define BETA_IDENTITY ((struct beta_map){1, 1, 0})

/*
 * Maximise sum(w * log likelihood) - slope_ridge / 2 ((a - a0)^2 + (b - b0)^2) - shift_ridge / 2 (c - c0)^2,
 * both ridges above 0, towards `prior` (NULL: the identity), so that few rows change little and none nothing.
 * weights NULL: 1 each. O(steps * n).
 */
struct beta_map beta_map_fit(const double *p, const unsigned char *y, const double *weights, size_t n,
			     const struct beta_map *prior, double slope_ridge, double shift_ridge);
/* NAN stays NAN; the identity gives p itself. */
double beta_map_apply(const struct beta_map *map, double p);

/* Chances from low to high became value; in order, values rising. */
struct isotonic_block {
	double low, high, value, weight;
};
struct isotonic_map {
	size_t n;                    /* 0: nothing learned, chances stay as they are */
	struct isotonic_block *blocks;
};

/* The weighted least-squares fit that never falls; rows of weight 0 are left out. O(n log n). */
void isotonic_fit(const double *p, const unsigned char *y, const double *weights, size_t n, struct arena *arena,
		  struct isotonic_map *ret);
/* Within a block its value, between two the straight line, beyond the ends the nearest value. */
double isotonic_apply(const struct isotonic_map *map, double p);

/* ---- drift: since when do chances no longer come true as they used to? ---- */

#define DRIFT_FALSE_ALARM 0.05  /* chance that a stretch without a step is ever flagged */

struct drift_row {
	int64_t origin;
	size_t cluster;              /* a country: < n_clusters */
	double p;                    /* the raw chance, before any map */
	unsigned char y;
};

struct drift {
	size_t origins, flags;       /* origins seen; steps flagged in all, the last of which is below */
	int64_t since;               /* origin from which it is otherwise; INT_MISSING: no flag */
	int64_t noticed;             /* origin whose outcomes raised the flag */
	double raised;               /* the evidence then: likelihood of a step against none; NAN without a flag */
	double evidence;             /* for a step after `since` (after the start): flags at 1 / DRIFT_FALSE_ALARM */
	double shift;                /* mean log-odds of what happened above what was said, since then; NAN without rows */
	struct interval shift_reach; /* 90 % */
	double shock;                /* standard deviation of what whole years have in common, as estimated */
	struct beta_map map;         /* to apply now: of the rows since, held to what was before; the shift gives first */
	struct beta_map before;      /* of the rows before `since`, or the identity */
};

/*
 * Resolved rows in order of origin, all that are known now, of outcomes that span `span` years. Nothing later than
 * an origin takes part in whether it is flagged, so a replay flags at the same place. Without rows: no flag, the
 * identity. O(n * steps + origins^5).
 */
void drift_watch(const struct drift_row *rows, size_t n, size_t n_clusters, unsigned span, struct drift *ret);

/* ---- logistic regression with a ridge ---- */

/*
 * Features are centred and scaled to unit variance and clipped at four standard
 * deviations; one that never varies is dropped. A missing value counts as the mean,
 * and a feature that is missing in some rows brings a second term, 1 where it is
 * missing (centred, not scaled: a rare gap is held back more). A feature known in
 * fewer than LOGIT_MIN_KNOWN rows, and missing in some, is dropped with its gap term.
 */
#define LOGIT_MIN_KNOWN 30

struct logit_term {
	size_t feature;
	bool gap;              /* 1 where the feature is missing */
	double mean, scale;    /* term = (value - mean) / scale */
};

struct logit {
	size_t k;                    /* features of a row */
	size_t n_terms;
	struct logit_term *terms;
	double *beta;                /* intercept, then one a term */
	size_t n;                    /* rows it was scaled on */
	double *z;                   /* n x n_terms, row by row */
	const unsigned char *y;      /* the caller's, n */
	double ridge;
	bool converged;
};

/*
 * Maximise sum(w * log likelihood) - ridge / 2 * |beta|^2, the intercept free, by Newton's method
 * with step halving (le Cessie and van Houwelingen 1992). x: n rows of k. ERR_DATA when y
 * never varies. O(iterations * n * terms^2). The arena owns what *ret points to; x is not kept, y is.
 */
int logit_fit(const double *x, const unsigned char *y, size_t n, size_t k, double ridge,
	      struct arena *arena, struct logit *ret, struct err *err);
/* The same rows with other weights (NULL: 1 each), from the fitted beta on: beta[0..n_terms]. Where
   no weight is left on one outcome, the intercept is the smoothed share and the rest 0. */
void logit_refit(const struct logit *fit, const double *weights, double *beta);
/* What each cluster of rows (a country) adds to beta, to first order: with its weight changed from 1 to w, beta moves
   by (w - 1) times its influence. influence: n_clusters x (n_terms + 1), cluster[i] < n_clusters of row i. Sums of
   these over drawn clusters are the score bootstrap (Kline and Santos 2012). */
void logit_influence(const struct logit *fit, const uint32_t *cluster, size_t n_clusters, double *influence);
/* Chance for one row of k features under `beta` (NULL: the fitted one). */
double logit_chance(const struct logit *fit, const double *beta, const double *x);
/* What each feature adds to the log-odds of that row, its gap term included; the rest is the intercept. */
void logit_parts(const struct logit *fit, const double *x, double *parts);

/* ---- one slope beside log-odds that are known ---- */

struct offset_slope {
	double slope, sd;
};

/*
 * Maximise sum(w * log likelihood) - ridge / 2 * slope^2 where the log-odds of y are offset + slope * x; ridge > 0,
 * weights NULL: 1 each. `sd` is the larger of the posterior's and of what clusters show when they are taken whole (Liang
 * and Zeger 1986). Without rows: 0 and the prior's 1 / sqrt(ridge). cluster[i] < n_clusters. O(steps * n).
 */
struct offset_slope offset_slope_fit(const double *offset, const double *x, const unsigned char *y, const double *weights,
				     const size_t *cluster, size_t n, size_t n_clusters, double ridge);

/* Of the effect of a month's events on the log-odds of a forecast: foresee begins with it, learn holds back by it. */
#define PULSE_RIDGE 16.0

/* ---- association; pairs with a NAN are left out ---- */

double covariance(const double *x, const double *y, size_t n);   /* n - 1 below */
/* NAN where one side never varies. */
double pearson(const double *x, const double *y, size_t n);
double spearman(const double *x, const double *y, size_t n);
double kendall(const double *x, const double *y, size_t n);      /* tau-b; O(n^2) */
/* Mid-ranks, 1 = lowest; x and out may be the same. */
void ranks_middle(const double *x, size_t n, double *out);

/* Eigenvalues of a symmetric matrix, largest first, and vectors in the columns of vectors[n * n], by
   Jacobi's rotations. `a` is used up. */
void eigen_symmetric(double *a, size_t n, double *values, double *vectors);

/* ---- small symmetric systems, and normal distributions behind incomplete rows ---- */

/* Solve a x = b for a symmetric positive definite m x m matrix (lower half read); both are
   overwritten, b by x. False when a is not definite. */
bool symmetric_solve(double *a, double *b, size_t m);

/* Means and covariances of standardised features, by EM over rows with gaps. */
struct normal_fill {
	size_t k;
	double *centre, *scale;      /* z = (x - centre) / scale */
	double *mu, *cov;            /* of z: k, k x k */
	bool *varies;
};

/* x: n rows of k, NAN where missing. A feature nobody has is standard normal and independent. O(rounds * n * k^3). */
void normal_fill_learn(const double *x, size_t n, size_t k, struct arena *arena, struct normal_fill *ret);
/* z[0..k): the row standardised, a gap by its mean given the others; 0 for a feature that never varied. */
void normal_fill_row(const struct normal_fill *fill, const double *x, double *z);

/* ---- weights that are not negative and sum to one ---- */

/*
 * Minimise w' gram w / 2 - lin' w over w >= 0, sum(w) = 1: with gram = X'X and lin = X'y the least squares of
 * y on the m columns of X. gram: m x m, symmetric, semi-definite, m > 0. Writes w and `slope`, the derivative of the
 * loss by each weight; none with weight lies more than `tolerance` above the least, nor the loss above its least,
 * unless false is returned: not reached in 20,000 moves. O(m^2 + moves * m).
 */
bool simplex_fit(const double *gram, const double *lin, size_t m, double tolerance, double *w, double *slope);

/* ---- many variances from few steps each ---- */

struct variance_prior {
	double variance, df;         /* what they have in common, and how many steps that is worth */
};

/* From n > 0 variances > 0 of df degrees of freedom each (Smyth 2004). */
struct variance_prior variance_prior_learn(const double *variance, size_t n, double df);
/* One variance, drawn towards the prior. */
double variance_moderate(const struct variance_prior *prior, double variance, double df);

/* ---- ordinal regression: ordered classes, proportional odds, a ridge on the slopes ---- */

struct ordinal {
	size_t k, classes;
	double *theta;               /* classes - 1 cuts in order, then k slopes */
	bool converged;
};

/*
 * Maximise sum(w * log P(y)) - ridge / 2 * |slopes|^2. x: n rows of k without gaps, best
 * standardised; y: 0..classes-1; weights NULL: 1 each. A class that no row has keeps a small chance.
 * ERR_DATA without rows. O(iterations * n * k^2).
 */
int ordinal_fit(const double *x, const int *y, const double *weights, size_t n, size_t k, size_t classes, double ridge,
		struct arena *arena, struct ordinal *ret, struct err *err);
/* p[0..classes), summing to 1. */
void ordinal_chances(const struct ordinal *fit, const double *x, double *p);

/* ---- scores of one forecast over k >= 2 answers that sum to 1, `outcome` the one that came ---- */

/* Half the sum of (p - y)^2 over the answers: 0..1, with two answers (p - y)^2 (Brier 1950). */
double brier_categories(const double *p, size_t k, size_t outcome);
/* Of ordered answers: mean over the cuts of (P(at most) - y)^2 (Epstein 1969); a near miss costs less. */
double brier_ordered(const double *p, size_t k, size_t outcome);
/* -ln of the chance of what came, held within [.001, .999]. */
double log_categories(const double *p, size_t k, size_t outcome);

#endif
