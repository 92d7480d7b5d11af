/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effect_design.h - one start and window: which units may serve, and how far each lies from the others.
 *
 * A design is shared by the treated units with the same start and window. Its rows are the pool, the units
 * that are known throughout and not treated before its end, then the treated. Each row of the pool is held
 * against the rest of the pool, as if it had been treated: its placebo.
 */
#ifndef LEARN_EFFECT_DESIGN_H
#define LEARN_EFFECT_DESIGN_H

#include <tocsin/learn.h>

/* What one method makes of the rows of a design. */
struct effect_gaps {
	double *after;       /* rows x after: distance to the counterfactual, in the years from the start */
	double *held;        /* rows: mean distance in the years held out, which the fit did not see */
	double *fit;         /* rows: root mean square of the distance in the years fitted */
	double *scale;       /* rows: size of a yearly step of the distance, drawn to that of all; > 0 */
	double *weights;     /* rows x pool: of the treated rows only */
	double spread;       /* mean sum of squared weights of the pool's rows */
	double held_square;  /* mean square of the distance in the years held out, of the pool's rows */
	double held_steps;   /* the same, each row's in steps of its own under differences in differences */
};

struct effect_design {
	size_t start, before, after;
	size_t *rows, n_pool, n_rows;    /* units; the pool first */
	struct effect_gaps gaps[N_EFFECT_METHODS];
};

/* Known throughout [from, past). */
bool effect_known(const struct effect_panel *panel, size_t unit, size_t from, size_t past);
/*
 * The pool of a start: units known over the window and first treated (first[unit]; SIZE_MAX: never) not
 * before its end. Writes them to rows[0..units) and returns how many.
 */
size_t effect_pool(const struct effect_panel *panel, const size_t *first, size_t start, size_t before,
		   size_t after, size_t *rows);
/* Fill design->gaps; the rows and the window are set, at least EFFECT_LEAST_DONORS in the pool. */
void effect_design_fill(const struct effect_panel *panel, struct effect_design *design, struct arena *arena);

#endif
