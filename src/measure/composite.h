/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite.h - composite indicators inside: the frame, the table, and the steps between them.
 *
 * A frame is a tree: indicators (level 1) below aggregates, each with a weight among its
 * siblings. A matrix holds one row an indicator, one column a unit: m[i * n_units + u], NAN
 * where missing. Steps: denominate, impute, treat, normalise, aggregate; none of them looks
 * at a file. The formulas and where they come from: docs/methods/composite.md.
 */
#ifndef MEASURE_COMPOSITE_H
#define MEASURE_COMPOSITE_H

#include <tocsin/measure.h>

#define NO_PARENT SIZE_MAX
#define NO_GROUP SIZE_MAX

enum norm_kind {
	NORM_MINMAX, NORM_ZSCORE, NORM_SCALED, NORM_DIST2MAX, NORM_DIST2REF, NORM_FRACMAX, NORM_RANK,
	NORM_BORDA, NORM_PRANK, NORM_KINDS
};
enum mean_kind { MEAN_ARITHMETIC, MEAN_GEOMETRIC, MEAN_HARMONIC, MEAN_KINDS };

extern const char *const norm_names[NORM_KINDS], *const mean_names[MEAN_KINDS];

/* How to normalise; low and high are the bounds, or the mean and sd of NORM_ZSCORE. */
struct norm {
	enum norm_kind kind;
	double low, high;
};

struct norm norm_usual(enum norm_kind kind);   /* [1, 100], mean 10 and sd 2, or [0, 100] for NORM_SCALED */

/* When an indicator is treated, and how far. */
struct treatment {
	int winmax;                /* values that may be moved at most; 0: no treatment */
	double skew, kurt;         /* passes when |skew| < skew or kurtosis < kurt */
};

struct element {                   /* an indicator, or an aggregate of its children */
	const char *code, *denominator;   /* the column to divide by; NULL: none */
	int level, direction;
	double weight, error;      /* among its siblings; relative standard error, NAN: the frame's */
	size_t parent, line;       /* NO_PARENT at the top */
	const char *parent_code;
	bool treated;
	struct norm norm;          /* of an indicator */
	enum mean_kind mean;       /* of an aggregate: how its children are put together */
};

struct frame {
	const char *name;
	struct element *v;         /* indicators first, both in the order of the file */
	size_t n, n_indicators;
	size_t *upwards;           /* aggregates, children before parents: level, then code */
	size_t *sorted;            /* all, by level, then code of the parent, then the file */
	int n_levels;
	const char *levels[16];    /* their names */
	const char *unit_column, *time_column, *group_column;   /* group NULL: nothing is imputed */
	bool group_may_lack;       /* the column of groups is implied, not asked for */
	const char *reference;     /* the unit of NORM_DIST2REF; NULL: the fifth in the order of codes */
	struct treatment treatment;
	struct norm norm;
	double availability;       /* share of indicators that a unit of a panel needs */
	const char *trends[64];    /* indicators whose growth is told */
	size_t n_trends;
	/* what our own Monte Carlo varies */
	int winmax[16];
	size_t n_winmax;
	struct norm norms[NORM_KINDS];
	size_t n_norms;
	enum mean_kind means[MEAN_KINDS];
	size_t n_means;
	double weight_noise, error;
	int noise_level;           /* weights of this level and above are noisy */
};

int frame_read(const struct composite_file *file, struct arena *arena, struct frame *ret, struct err *err);
/* The order of codes in tables: as in a dictionary, capitals apart only where nothing else is. NULL first. */
int compare_code(const char *a, const char *b);
size_t frame_find(const struct frame *frame, const char *code);   /* NO_PARENT if there is none */
size_t frame_top(const struct frame *frame);
/* The children of aggregate `of`, in the order of the file; their number. */
size_t frame_children(const struct frame *frame, size_t of, size_t *ret);

struct units {                     /* what a data file holds, rows in its order */
	size_t n;
	const char **code;
	size_t *group, n_groups;       /* numbers of the groups; NO_GROUP where the cell is empty */
	const char **group_names;
	int *time;                     /* INT32_MIN where the file has no such column */
	double *raw, *by;              /* indicators, and what each is divided by; 1 where by nothing */
	size_t *sorted;                /* by time, then by code */
	bool has_group;
};

/* Several rows of one unit are refused unless `panel`, and then several of one unit and time. */
int units_read(const struct composite_file *file, const struct frame *frame, bool panel, struct arena *arena,
	       struct units *ret, struct err *err);

/* ---- the steps, on matrices ---- */

void step_denominate(const struct frame *frame, const struct units *units, double *out);
/* Fill from the mean of the group; spread[]: standard deviation of what was averaged, 0 where nothing
   was filled. Returns how many. `spread` may be NULL. */
size_t step_impute(const struct frame *frame, const struct units *units, double *m, double *spread);

struct treated {                   /* what came of one indicator */
	bool pass[3], log;
	double skew[3], kurt[3];       /* as given, winsorised, by logarithm */
	int moved, checks;             /* values moved; checks that were made */
};

struct moments {
	double skew, kurt;
	bool pass;
};
struct moments moments_of(const double *x, size_t n, const struct treatment *treatment);
struct treated treat_column(double *x, size_t n, const struct treatment *treatment);
/* Treat all in place; details[n_indicators] may be NULL. */
void step_treat(const struct frame *frame, size_t n_units, const struct treatment *treatment, double *m,
		struct treated *details);

/* x already multiplied by its direction; reference is the row of NORM_DIST2REF. */
void norm_column(const double *x, size_t n, struct norm norm, size_t reference, double *out);
/* All indicators by `norm`, or each by its own when NULL. */
void step_normalise(const struct frame *frame, size_t n_units, const double *m, const struct norm *norm,
		    size_t reference, double *out);

double mean_of(const double *x, const double *weights, size_t n, enum mean_kind kind);
/*
 * scores: rows of all elements, those of indicators filled; weights by element. `mean` NULL:
 * each aggregate by its own. What is missing is left out.
 */
void step_aggregate(const struct frame *frame, size_t n_units, const double *weights, const enum mean_kind *mean,
		    double *scores);
/* Outranking of Copeland over all indicators at once. */
void copeland(const struct units *units, const double *m, const double *weights, size_t n_indicators, double *out);
/* 1 = highest, ties the least; NAN stays. */
void ranks_down(const double *x, size_t n, double *out);
double *frame_weights(const struct frame *frame, struct arena *arena);

/* ---- one run of all steps ---- */

struct composite {
	const struct frame *frame;
	const struct units *units;
	size_t reference;              /* row of the reference unit; SIZE_MAX if there is none */
	double *denominated, *imputed, *spread, *treated, *scores;
	struct treated *details;
	size_t n_imputed;
	bool impute_skipped;
};

int composite_build(const struct frame *frame, const struct units *units, struct arena *arena,
		    struct composite *ret, struct err *err);
/* What was skipped, imputed or left out, as CSV; returns the number of rows. */
size_t coverage_write(const struct composite *composite, struct buf *out);

/* ---- tables ---- */

void put_number(struct buf *buf, double value, int digits);   /* NAN empty, infinities inf and -inf */
void put_cell(struct buf *buf, const char *text);
/* Rows by unit in the order of their codes: `n` columns of `m` under names. */
void put_unit_table(struct buf *buf, const struct units *units, const char *const *names,
		    const double *const *columns, size_t n, int digits);
int stats_stage(const struct composite *composite, const char *stage, struct arena *arena, struct buf *out);
int panel_stage(const struct frame *frame, const struct units *units, struct composite_job *job, struct arena *arena,
		struct buf *out, struct err *err);
void optimise_weights(const struct composite *composite, struct arena *arena, double *weights,
		      double *obtained);
int optimise_level(const struct frame *frame);

/* ---- replications ---- */

struct weight_sets {
	size_t n;
	double *v;                     /* n rows of frame->n */
};
int weight_sets_read(const struct composite_file *file, const struct frame *frame, struct arena *arena,
		     struct weight_sets *ret, struct err *err);

struct choice {                    /* what one replication chose */
	int winmax;
	struct norm norm;
	size_t set;
	enum mean_kind mean;
};
int choices_read(const struct composite_file *file, size_t n_sets, struct arena *arena, struct choice **ret,
		 size_t *ret_n, struct err *err);
/* Scores of the index: n rows of units, by precomputed treatment and normalisation. */
void choices_run(const struct composite *composite, const struct weight_sets *sets, const struct choice *choices,
		 size_t n, double *scores);

struct sobol_index {
	double s, st, s_low, s_high, st_low, st_high;
};
/* y: A, B, AB_1 .. AB_d, each of n; `centre`: about the mean of A and B, which steadies S. The
   bounds by bootstrap at `level`. */
void sobol_indices(const double *y, size_t n, size_t d, bool centre, uint64_t seed, double level, size_t draws,
		   struct arena *arena, struct sobol_index *ret);

#endif
