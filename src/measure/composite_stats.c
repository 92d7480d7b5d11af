/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composite_stats.c - what is told of indicators and weights: statistics, consistency, components, correlations. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/composite.h"

struct telling {
	const struct composite *made;
	const struct frame *frame;
	struct arena *arena;
	struct buf *out;
	size_t n;                /* units */
};

static void put(struct telling *to, double value)
{
	buf_putc(to->out, ',');
	put_number(to->out, value, 12);
}

static double rounded(double value)
{
	char text[40];

	snprintf(text, sizeof text, "%.3g", value);
	return strtod(text, NULL);
}

static void put_flag(struct telling *to, bool flagged, const char *flag)
{
	buf_printf(to->out, ",%s", flagged ? flag : "ok");
}

static void stats_row(struct telling *to, const struct element *element, const double *raw)
{
	double *v = arena_array(to->arena, double, to->n + 1), squares = 0, mean = 0, zeros = 0, unique = 0, same = 0;
	struct moments moments = moments_of(raw, to->n, &(struct treatment){1, 2, 3.5});
	size_t n = 0, run = 0;

	for (size_t u = 0; u < to->n; u++)
		if (!isnan(raw[u])) {
			v[n++] = raw[u];
			mean += raw[u];
			zeros += raw[u] == 0;
		}
	mean /= (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (v[i] - mean) * (v[i] - mean);
	sort_numbers(v, n);
	for (size_t i = 0; i < n; i++) {
		run = i && v[i] == v[i - 1] ? run + 1 : 1;
		unique += run == 1;
		same = fmax(same, (double)run);
	}
	const double k = (double)n, values[] = {
		n ? v[0] : NAN, n ? v[n - 1] : NAN, mean, quantile_sorted(v, n, 0.5), sqrt(squares / (k - 1)),
		moments.skew, moments.kurt, k, k - zeros, unique, same,
		k / (double)to->n, (k - zeros) / k, unique / k, same / k,
	};

	put_cell(to->out, element->code);
	for (size_t i = 0; i < LENGTH(values); i++)
		put(to, rounded(values[i]));
	put_flag(to, k / (double)to->n < 0.65, "LOW");
	put_flag(to, (k - zeros) / k < 0.5, "LOW");
	put_flag(to, unique / k < 0.5, "LOW");
	put_flag(to, fabs(moments.skew) > 2 && moments.kurt > 3.5, "OUT");
	buf_putc(to->out, '\n');
}

static void tell_stats(struct telling *to)
{
	buf_puts(to->out, "iCode,Min,Max,Mean,Median,Std,Skew,Kurt,N.Avail,N.NonZero,N.Unique,N.Same,Frc.Avail,"
		 "Frc.NonZero,Frc.Unique,Frc.Same,Flag.Avail,Flag.NonZero,Flag.Unique,Flag.SkewKurt\n");
	for (size_t i = 0; i < to->frame->n_indicators; i++)
		stats_row(to, &to->frame->v[i], to->made->units->raw + i * to->n);
}

static void put_check(struct telling *to, const struct treated *details, int check)
{
	if (check >= details->checks) {
		buf_puts(to->out, ",,,");
		return;
	}
	buf_puts(to->out, details->pass[check] ? ",TRUE" : ",FALSE");
	put(to, details->skew[check]);
	put(to, details->kurt[check]);
}

static void tell_treatment(struct telling *to)
{
	bool logs = false;

	for (size_t i = 0; i < to->frame->n_indicators; i++)
		logs = logs || to->made->details[i].log;
	buf_puts(to->out, "iCode,check_SkewKurt0.Pass,check_SkewKurt0.Skew,check_SkewKurt0.Kurt,winsorise.nwin,"
		 "check_SkewKurt1.Pass,check_SkewKurt1.Skew,check_SkewKurt1.Kurt");
	buf_puts(to->out, logs ? ",check_SkewKurt2.Pass,check_SkewKurt2.Skew,check_SkewKurt2.Kurt\n" : "\n");
	for (size_t i = 0; i < to->frame->n_indicators; i++) {
		const struct treated *details = &to->made->details[i];

		put_cell(to->out, to->frame->v[i].code);
		put_check(to, details, 0);
		put(to, details->checks > 1 ? details->moved : NAN);
		put_check(to, details, 1);
		if (logs)
			put_check(to, details, 2);
		buf_putc(to->out, '\n');
	}
}

static void tell_weights(struct telling *to)
{
	double *effective = arena_array(to->arena, double, to->frame->n);
	size_t *children = arena_array(to->arena, size_t, to->frame->n);

	effective[frame_top(to->frame)] = 1;
	for (size_t g = to->frame->n - to->frame->n_indicators; g-- > 0;) {
		const size_t at = to->frame->upwards[g], n = frame_children(to->frame, at, children);
		double total = 0;

		for (size_t c = 0; c < n; c++)
			total += to->frame->v[children[c]].weight;
		for (size_t c = 0; c < n; c++)
			effective[children[c]] = effective[at] * to->frame->v[children[c]].weight / total;
	}
	buf_puts(to->out, "iCode,Level,Weight,EffWeight\n");
	for (size_t k = 0; k < to->frame->n; k++) {
		const struct element *element = &to->frame->v[to->frame->sorted[k]];

		put_cell(to->out, element->code);
		put(to, element->level);
		put(to, element->weight);
		put(to, effective[to->frame->sorted[k]]);
		buf_putc(to->out, '\n');
	}
}

/* ---- consistency ---- */

/* k^2 * mean covariance off the diagonal / sum of all; rows[] of `m`. */
static double cronbach(const double *m, const size_t *rows, size_t k, size_t n)
{
	double all = 0, off = 0;

	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			const double c = covariance(m + rows[i] * n, m + rows[j] * n, n);

			all += c;
			off += i == j ? 0 : c;
		}
	return k > 1 ? (double)(k * k) * (off / (double)(k * (k - 1))) / all : NAN;
}

static void put_alpha(struct telling *to, const char *set, int level, const char *group, double alpha)
{
	buf_printf(to->out, "%s,%d,", set, level);
	put_cell(to->out, group);
	put(to, alpha);
	buf_putc(to->out, '\n');
}

static void tell_cronbach(struct telling *to)
{
	const struct frame *frame = to->frame;
	const struct { const char *name; const double *m; } sets[] = {
		{"Raw", to->made->units->raw}, {"Treated", to->made->treated}, {"Normalised", to->made->scores}};
	size_t *children = arena_array(to->arena, size_t, frame->n), n;

	buf_puts(to->out, "dset,level,group,alpha\n");
	for (size_t g = 0; g < frame->n - frame->n_indicators; g++) {
		const struct element *element = &frame->v[frame->upwards[g]];

		n = frame_children(frame, frame->upwards[g], children);
		for (size_t s = 0; s < LENGTH(sets) && element->level == 2; s++)
			put_alpha(to, sets[s].name, 1, element->code, cronbach(sets[s].m, children, n, to->n));
		if (element->level > 2 && element->parent != NO_PARENT)
			put_alpha(to, "Aggregated", element->level - 1, element->code,
				  cronbach(to->made->scores, children, n, to->n));
	}
	for (n = 0; n < frame->n_indicators; n++)
		children[n] = n;
	put_alpha(to, "Raw", 1, "ALL", cronbach(sets[0].m, children, n, to->n));
	put_alpha(to, "Normalised", 1, "ALL", cronbach(sets[2].m, children, n, to->n));
	put_alpha(to, "Treated", 1, "ALL", cronbach(sets[1].m, children, n, to->n));
}

/* ---- groups by the path from the top, as a lineage is sorted ---- */

struct path {
	const struct frame *frame;
	size_t at;
};

static int compare_paths(const void *a, const void *b)
{
	const struct path *x = a, *y = b;
	const struct frame *frame = x->frame;
	size_t up[2][17], depth[2] = {0, 0};

	for (size_t i = x->at; i != NO_PARENT; i = frame->v[i].parent)
		up[0][depth[0]++] = i;
	for (size_t i = y->at; i != NO_PARENT; i = frame->v[i].parent)
		up[1][depth[1]++] = i;
	while (depth[0] && depth[1]) {
		const int r = compare_code(frame->v[up[0][--depth[0]]].code, frame->v[up[1][--depth[1]]].code);

		if (r)
			return r;
	}
	return (depth[0] > 0) - (depth[1] > 0);
}

/* Elements of a level, sorted so that siblings stand together. */
static size_t level_paths(struct telling *to, int level, struct path **ret)
{
	struct path *v = arena_array(to->arena, struct path, to->frame->n);
	size_t n = 0;

	for (size_t i = 0; i < to->frame->n; i++)
		if (to->frame->v[i].level == level)
			v[n++] = (struct path){to->frame, i};
	qsort(v, n, sizeof *v, compare_paths);
	*ret = v;
	return n;
}

static void tell_components(struct telling *to, const struct path *items, size_t k)
{
	const struct frame *frame = to->frame;
	double *a = arena_array(to->arena, double, k * k), *vectors = arena_array(to->arena, double, k * k);
	double *values = arena_array(to->arena, double, k), *x = arena_array(to->arena, double, k * to->n), sum = 0, sign = 0;
	size_t n = 0;

	for (size_t u = 0; u < to->n; u++) {   /* complete rows */
		bool complete = true;

		for (size_t i = 0; i < k; i++) {
			x[i * to->n + n] = to->made->scores[items[i].at * to->n + u];
			complete = complete && !isnan(x[i * to->n + n]);
		}
		n += complete;
	}
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			const double r = pearson(x + i * to->n, x + j * to->n, n);

			a[i * k + j] = isnan(r) ? i == j : r;   /* what never varies stands alone */
		}
	eigen_symmetric(a, k, values, vectors);
	for (size_t i = 0; i < k; i++) {
		sum += values[i];
		sign += vectors[i * k];
	}
	for (size_t i = 0; i < k; i++) {
		const double loading = sign < 0 ? -vectors[i * k] : vectors[i * k];

		buf_printf(to->out, "%d,", frame->v[items[i].at].level);
		put_cell(to->out, frame->v[frame->v[items[i].at].parent].code);
		buf_putc(to->out, ',');
		put_cell(to->out, frame->v[items[i].at].code);
		put(to, loading);
		put(to, sqrt(fmax(values[i], 0)));
		put(to, values[i] / sum);
		put(to, loading);
		buf_putc(to->out, '\n');
	}
}

static void tell_pca(struct telling *to)
{
	buf_puts(to->out, "level,group,item,weight_pc1,sdev,prop_var,loading_pc1\n");
	for (int level = 1; level < to->frame->n_levels; level++) {
		struct path *items;
		const size_t n = level_paths(to, level, &items);

		for (size_t i = 0, past; i < n; i = past) {
			for (past = i + 1; past < n && to->frame->v[items[past].at].parent == to->frame->v[items[i].at].parent;
			     past++)
				;
			tell_components(to, items + i, past - i);
		}
	}
}

/* ---- correlations ---- */

static const struct method {
	const char *name;
	double (*of)(const double *, const double *, size_t);
} methods[] = {{"pearson", pearson}, {"spearman", spearman}, {"kendall", kendall}};

static void put_correlation(struct telling *to, const char *one, const char *two, double r, const char *method,
			    const char *set)
{
	put_cell(to->out, one);
	buf_putc(to->out, ',');
	put_cell(to->out, two);
	put(to, r);
	buf_printf(to->out, ",%s,%s\n", method, set);
}

/* Each pillar with what stands above it. */
static void tell_family(struct telling *to, const struct method *method)
{
	const struct frame *frame = to->frame;
	struct path *items;
	const size_t n = level_paths(to, 2, &items);

	for (int above = 3; above <= frame->n_levels; above++) {
		if (above == frame->n_levels)   /* below the top all stand together, by code */
			for (size_t i = 0, k = 0; i < frame->n - frame->n_indicators; i++)
				if (frame->v[frame->upwards[i]].level == 2)
					items[k++].at = frame->upwards[i];
		for (size_t i = 0; i < n; i++) {
			size_t up = items[i].at;

			while (up != NO_PARENT && frame->v[up].level < above)
				up = frame->v[up].parent;
			if (up == NO_PARENT || frame->v[up].level != above)
				continue;
			put_correlation(to, frame->levels[above - 1], frame->v[items[i].at].code,
					method->of(to->made->scores + up * to->n, to->made->scores + items[i].at * to->n, to->n),
					method->name, "Aggregated_family");
		}
	}
}

static void tell_correlations(struct telling *to)
{
	const struct frame *frame = to->frame;

	buf_puts(to->out, "Var1,Var2,Correlation,method,dset\n");
	for (size_t m = 0; m < LENGTH(methods); m++) {
		for (size_t j = 0; j < frame->n_indicators; j++)
			for (size_t i = 0; i < frame->n_indicators; i++) {
				const size_t a = frame->sorted[i], b = frame->sorted[j];

				put_correlation(to, frame->v[a].code, frame->v[b].code,
						methods[m].of(to->made->scores + a * to->n, to->made->scores + b * to->n, to->n),
						methods[m].name, "Normalised");
			}
		tell_family(to, &methods[m]);
	}
}

static void tell_lineage(struct telling *to)
{
	struct path *items;
	const size_t n = level_paths(to, 1, &items);

	for (int level = 0; level < to->frame->n_levels; level++) {
		buf_puts(to->out, level ? "," : "");
		put_cell(to->out, to->frame->levels[level]);
	}
	buf_putc(to->out, '\n');
	for (size_t i = 0; i < n; i++) {
		size_t at = items[i].at;

		for (int level = 1; level <= to->frame->n_levels; level++) {
			buf_puts(to->out, level > 1 ? "," : "");
			if (at == NO_PARENT || to->frame->v[at].level != level)
				continue;
			put_cell(to->out, to->frame->v[at].code);
			at = to->frame->v[at].parent;
		}
		buf_putc(to->out, '\n');
	}
}

int stats_stage(const struct composite *composite, const char *stage, struct arena *arena, struct buf *out)
{
	struct telling to = {composite, composite->frame, arena, out, composite->units->n};
	static const struct {
		const char *name;
		void (*tell)(struct telling *to);
	} tables[] = {
		{"stats_raw", tell_stats}, {"treat_details", tell_treatment}, {"effective_weights", tell_weights},
		{"cronbach", tell_cronbach}, {"pca", tell_pca}, {"correlations", tell_correlations},
		{"lineage", tell_lineage},
	};

	for (size_t i = 0; i < LENGTH(tables); i++)
		if (strcmp(tables[i].name, stage) == 0) {
			tables[i].tell(&to);
			return 1;
		}
	return 0;
}
