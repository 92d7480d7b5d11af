/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_pipe.h - one replication of treating, normalising, aggregating and ranking, four units at a time.
 *
 * The units of a column are padded to whole lanes. What is missing or padding is a hole: it has mask 0
 * and holds the value of the first unit that is there, with its error, so that minima and maxima need
 * no care; sums multiply by the mask.
 */
#ifndef MEASURE_COMPOSITE_PIPE_H
#define MEASURE_COMPOSITE_PIPE_H

#include "measure/composite_draws.h"
#include "measure/composite_lanes.h"

struct column {
	lanes *x, *sd, *mask;
	double n, mean;           /* values that are there; their mean before any error */
	double skew_factor, kurt_factor;
	size_t *holes, n_holes, first;
	bool treated;
	int direction;
};

struct pipe {                     /* what all threads read */
	const struct draws_setup *setup;
	const struct frame *frame;
	size_t n, k, width;       /* units, indicators, vectors of a column */
	struct column *columns;
	size_t *children, *first; /* of aggregate g: children[first[g] .. first[g + 1]) */
	double n_ranked;
	bool whole;               /* no value is missing */
};

struct bench {                    /* what one thread writes */
	lanes *z, *work, *scores, *present, *ranks;
	double *weights;
	uint32_t *counts;
};

struct draw {
	struct treatment treatment;
	struct norm norm;
	enum mean_kind mean;
};

typedef void pipe_fn(const struct pipe *pipe, const struct bench *bench, const struct draw *draw, uint64_t inputs);

/* The quickest this processor has, or the plain one; all give the same bits. */
pipe_fn *pipe_pick(bool plain);

#endif
