/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composite_pipe.c - the steps of a replication on lanes; the plain ones are in composite_treat.c and composite_norm.c. */
#include <math.h>

#include "measure/composite_pipe.h"

#pragma GCC diagnostic ignored "-Wpsabi"

#define FLOOR 1e-6   /* geometric and harmonic means take what is lower for this */

struct spread {                   /* of a column */
	double low, high, mean, s2, skew, kurt;
};

/* ---- treat ---- */

/* Sums of powers about `centre`, which lies near the mean, in one pass; then about the mean itself. */
lanes_inline struct spread column_spread(const struct column *column, const lanes *x, size_t width, double centre,
					 bool fourth)
{
	lanes low = x[0], high = x[0], s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0};
	const lanes about = lanes_all(centre);
	const double n = column->n;
	struct spread out;
	double m, p2, p3, p4;

	for (size_t v = 0; v < width; v++) {
		const lanes d = (x[v] - about) * column->mask[v], d2 = d * d;

		low = lanes_min(x[v], low);
		high = lanes_max(x[v], high);
		s1 += d;
		s2 += d2;
		if (fourth) {
			s3 += d2 * d;
			s4 += d2 * d2;
		}
	}
	m = lanes_sum(s1) / n;
	p2 = lanes_sum(s2);
	out = (struct spread){.low = lanes_least(low), .high = lanes_most(high), .mean = centre + m, .s2 = p2 - n * m * m};
	if (!fourth || n < 4 || out.low == out.high)
		return out;
	p3 = lanes_sum(s3);
	p4 = lanes_sum(s4);
	const double s3_mean = p3 - 3 * m * p2 + 2 * n * m * m * m;
	const double s4_mean = p4 - 4 * m * p3 + 6 * m * m * p2 - 3 * n * m * m * m * m;

	out.skew = column->skew_factor * s3_mean / (out.s2 * __builtin_sqrt(out.s2));
	out.kurt = ((n + 1) * (n * s4_mean / (out.s2 * out.s2) - 3) + 6) * column->kurt_factor;
	return out;
}

lanes_inline bool spread_passes(const struct spread *spread, const struct column *column, const struct treatment *treatment)
{
	return column->n < 4 || spread->low == spread->high || __builtin_fabs(spread->skew) < treatment->skew ||
	       spread->kurt < treatment->kurt;
}

/* The values tied at one end move to the next; how many. */
lanes_inline int lanes_move_end(const struct column *column, lanes *x, size_t width, double end, bool top)
{
	const lanes ends = lanes_all(end);
	lanes next = top ? lanes_all(-INFINITY) : lanes_all(INFINITY), count = {0};
	double to;

	for (size_t v = 0; v < width; v++)
		next = top ? lanes_pick((x[v] < ends) & (x[v] > next), x[v], next) :
		       lanes_pick((x[v] > ends) & (x[v] < next), x[v], next);
	to = top ? lanes_most(next) : lanes_least(next);
	for (size_t v = 0; v < width; v++) {
		const lane_bits at_end = x[v] == ends;

		count += lanes_pick(at_end, column->mask[v], lanes_all(0));
		x[v] = lanes_pick(at_end, lanes_all(to), x[v]);
	}
	return (int)lanes_sum(count);
}

/* As treat_column does; `z` gets the column as it was. */
lanes_inline struct spread lanes_treat(const struct column *column, lanes *x, lanes *z, size_t width,
				       const struct treatment *treatment)
{
	struct spread spread = column_spread(column, x, width, column->mean, true);
	int top = 0, bottom = 0;

	if (spread_passes(&spread, column, treatment))
		return spread;
	const struct spread as_given = spread;

	for (size_t v = 0; v < width; v++)
		z[v] = x[v];
	while (top + bottom < treatment->winmax && !spread_passes(&spread, column, treatment)) {
		if (spread.skew >= 0)
			top = lanes_move_end(column, x, width, spread.high, true);
		else
			bottom = lanes_move_end(column, x, width, spread.low, false);
		spread = column_spread(column, x, width, column->mean, true);
	}
	if (spread_passes(&spread, column, treatment))
		return spread;
	const double shift = 0.01 * (as_given.high - as_given.low) - as_given.low;

	lanes sum = {0};

	for (size_t v = 0; v < width; v++) {
		x[v] = lanes_log(z[v] + shift);
		sum += x[v] * column->mask[v];
	}
	return column_spread(column, x, width, lanes_sum(sum) / column->n, false);
}

/* ---- normalise ---- */

/* y = a x + b; false where the column has no such scale. */
lanes_inline bool affine(const struct column *column, const struct spread *spread, struct norm norm, double reference,
			 double *a, double *b)
{
	const double d = column->direction, low = d > 0 ? spread->low : -spread->high;
	const double high = d > 0 ? spread->high : -spread->low;

	switch (norm.kind) {
	case NORM_MINMAX:
		*a = (norm.high - norm.low) / (high - low);
		*b = norm.low - *a * low;
		break;
	case NORM_ZSCORE:
		*a = norm.high / __builtin_sqrt(spread->s2 / (column->n - 1));
		*b = norm.low - *a * d * spread->mean;
		break;
	case NORM_SCALED:
		*a = 100 / (norm.high - norm.low);
		*b = -norm.low * *a;
		break;
	case NORM_DIST2MAX:
		*a = 1 / (high - low);
		*b = -low * *a;
		break;
	case NORM_DIST2REF:
		*a = 1 / (d * reference - low);
		*b = 1 - d * reference * *a;
		break;
	default:
		*a = 1 / high;
		*b = 0;
		break;
	}
	*a *= d;
	return isfinite(*a) && isfinite(*b) && (norm.kind != NORM_ZSCORE || low < high);
}

/* Ranks from below, ties the least. */
lanes_inline void rank_column(const struct column *column, const lanes *x, size_t n, size_t width, struct norm norm,
			      lanes *out)
{
	const double from = norm.kind == NORM_RANK ? 1 : 0, by = norm.kind == NORM_PRANK ? 1 / (column->n - 1) : 1;

	for (size_t v = 0; v < width; v++)
		out[v] = lanes_all(0);
	for (size_t u = 0; u < n; u++) {
		const lanes one = lanes_all(x[u / LANES][u % LANES] * column->direction);
		const lanes counted = lanes_all(column->mask[u / LANES][u % LANES]);

		for (size_t v = 0; v < width; v++)
			out[v] += lanes_pick(x[v] * column->direction > one, counted, lanes_all(0));
	}
	for (size_t v = 0; v < width; v++)
		out[v] = (out[v] + from) * by;
}

/* Perturb, treat and normalise one indicator; false when it has no scale and is left out. */
lanes_inline bool column_run(const struct pipe *pipe, size_t i, const lanes *z, lanes *work, const struct draw *draw,
			     lanes *score, lanes *present)
{
	const struct column *column = &pipe->columns[i];
	const size_t width = pipe->width, reference = pipe->setup->made->reference;
	struct spread spread;
	double a, b;
	bool scaled;

	for (size_t v = 0; v < width; v++)
		work[v] = z ? column->x[v] + column->sd[v] * z[v] : column->x[v];
	for (size_t h = 0; h < column->n_holes; h++)
		work[column->holes[h] / LANES][column->holes[h] % LANES] = work[column->first / LANES][column->first % LANES];
	if (column->treated && draw->treatment.winmax > 0)
		spread = lanes_treat(column, work, score, width, &draw->treatment);
	else
		spread = column_spread(column, work, width, column->mean, false);
	if (column->n == 0 || draw->norm.kind >= NORM_RANK) {
		scaled = column->n > 0;
		rank_column(column, work, pipe->n, width, draw->norm, score);
	} else {
		scaled = affine(column, &spread, draw->norm,
				reference < pipe->n ? work[reference / LANES][reference % LANES] : NAN, &a, &b);
		for (size_t v = 0; v < width && scaled; v++)
			score[v] = work[v] * a + b;
	}
	for (size_t v = 0; v < width; v++) {
		present[v] = scaled ? column->mask[v] : lanes_all(0);
		if (!scaled)
			score[v] = lanes_all(1);
	}
	return scaled;
}

/* ---- aggregate ---- */

/* Have all children one weight? Then a geometric mean takes the logarithm of products. */
lanes_inline bool is_even(const struct pipe *pipe, size_t g, const double *weights)
{
	for (size_t c = pipe->first[g] + 1; c < pipe->first[g + 1]; c++)
		if (weights[pipe->children[c]] != weights[pipe->children[pipe->first[g]]])
			return false;
	return true;
}

/* Sum of w log x over the children of g at vector v, by products of eight. */
lanes_inline lanes even_logs(const struct pipe *pipe, size_t g, const struct bench *bench, size_t v)
{
	const size_t width = pipe->width;
	lanes product = lanes_all(1), sum = {0};

	for (size_t c = pipe->first[g], past = pipe->first[g + 1]; c < past; c++) {
		const size_t at = pipe->children[c] * width + v;
		const lanes x = lanes_max(bench->scores[at], lanes_all(FLOOR));

		product *= lanes_pick(bench->present[at] > 0, x, lanes_all(1));
		if ((c - pipe->first[g]) % 8 == 7 || c + 1 == past) {
			sum += lanes_log(product);
			product = lanes_all(1);
		}
	}
	return sum * bench->weights[pipe->children[pipe->first[g]]];
}

/* Sum over the children at vector v; with `full`, of which all are there for all units. */
lanes_inline lanes children_sum(const struct pipe *pipe, size_t g, const struct bench *bench, enum mean_kind mean,
				bool full, size_t v, lanes *total)
{
	const size_t width = pipe->width;
	lanes sum = {0};

	*total = lanes_all(0);
	for (size_t c = pipe->first[g]; c < pipe->first[g + 1]; c++) {
		const size_t child = pipe->children[c];
		const lanes here = lanes_all(bench->weights[child]), x = bench->scores[child * width + v];
		const lanes w = full ? here : bench->present[child * width + v] * here;

		*total += w;
		if (mean == MEAN_ARITHMETIC)
			sum += w * x;
		else if (mean == MEAN_HARMONIC)
			sum += w / lanes_max(x, lanes_all(FLOOR));
		else
			sum += w * lanes_log(lanes_max(x, lanes_all(FLOOR)));
	}
	return sum;
}

lanes_inline void children_total(const struct pipe *pipe, size_t g, const struct bench *bench, size_t v, lanes *total)
{
	*total = lanes_all(0);
	for (size_t c = pipe->first[g]; c < pipe->first[g + 1]; c++)
		*total += bench->present[pipe->children[c] * pipe->width + v] * bench->weights[pipe->children[c]];
}

lanes_inline void group_run(const struct pipe *pipe, size_t g, const struct bench *bench, enum mean_kind mean, bool full)
{
	const size_t width = pipe->width, at = pipe->frame->upwards[g];
	const bool even = mean == MEAN_GEOMETRIC && is_even(pipe, g, bench->weights);
	lanes *out = bench->scores + at * width, *there = bench->present + at * width;

	for (size_t v = 0; v < width; v++) {
		lanes sum, total;

		if (even) {
			children_total(pipe, g, bench, v, &total);
			sum = even_logs(pipe, g, bench, v);
		} else {
			sum = children_sum(pipe, g, bench, mean, full, v, &total);
		}
		const lane_bits any = total > 0;
		const lanes by = lanes_pick(any, total, lanes_all(1));

		there[v] = lanes_pick(any, lanes_all(1), lanes_all(0));
		if (mean == MEAN_ARITHMETIC)
			out[v] = sum / by;
		else if (mean == MEAN_GEOMETRIC)
			out[v] = lanes_exp(sum / by);
		else
			out[v] = lanes_pick(any, by / lanes_pick(any, sum, lanes_all(1)), lanes_all(1));
	}
}

lanes_inline void groups_run(const struct pipe *pipe, const struct bench *bench, enum mean_kind mean, bool full)
{
	for (size_t g = 0; g < pipe->frame->n - pipe->k; g++) {
		if (mean == MEAN_ARITHMETIC)
			group_run(pipe, g, bench, MEAN_ARITHMETIC, full);
		else if (mean == MEAN_GEOMETRIC)
			group_run(pipe, g, bench, MEAN_GEOMETRIC, full);
		else
			group_run(pipe, g, bench, MEAN_HARMONIC, full);
	}
}

/* 1 = highest; what is not there has none. */
lanes_inline void rank_units(const struct pipe *pipe, const lanes *x, const lanes *there, lanes *ranks)
{
	for (size_t v = 0; v < pipe->width; v++)
		ranks[v] = there[v];
	for (size_t u = 0; u < pipe->n; u++) {
		const lanes one = lanes_all(x[u / LANES][u % LANES]), counted = lanes_all(there[u / LANES][u % LANES]);

		for (size_t v = 0; v < pipe->width; v++)
			ranks[v] += lanes_pick(one > x[v], counted, lanes_all(0));
	}
}

lanes_inline void pipe_run(const struct pipe *pipe, const struct bench *bench, const struct draw *draw, uint64_t inputs)
{
	const size_t width = pipe->width, top = frame_top(pipe->frame);
	bool full = pipe->whole;
	struct lane_rng rng;

	lane_rng_seed(&rng, inputs);
	for (size_t v = 0; v < pipe->k * width && pipe->setup->sd; v += 2)
		lanes_normal(&rng, &bench->z[v], &bench->z[v + 1]);
	for (size_t i = 0; i < pipe->k; i++)
		full = column_run(pipe, i, pipe->setup->sd ? bench->z + i * width : NULL, bench->work, draw,
				  bench->scores + i * width, bench->present + i * width) && full;
	if (full)
		groups_run(pipe, bench, draw->mean, true);
	else
		groups_run(pipe, bench, draw->mean, false);
	rank_units(pipe, bench->scores + top * width, bench->present + top * width, bench->ranks);
}

static void run_plain(const struct pipe *pipe, const struct bench *bench, const struct draw *draw, uint64_t inputs)
{
	pipe_run(pipe, bench, draw, inputs);
}

#if defined(__x86_64__)
__attribute__((target("avx2")))
static void run_wide(const struct pipe *pipe, const struct bench *bench, const struct draw *draw, uint64_t inputs)
{
	pipe_run(pipe, bench, draw, inputs);
}
#endif

pipe_fn *pipe_pick(bool plain)
{
#if defined(__x86_64__)
	if (!plain && __builtin_cpu_supports("avx2"))
		return run_wide;
#else
	(void)plain;
#endif
	return run_plain;
}
