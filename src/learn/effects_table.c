/* SPDX-License-Identifier: GPL-3.0-or-later */
/* effects_table.c - two tables in, one out: the rows of effects_estimate with names, years and words. */
#include <math.h>
#include <string.h>

#include "learn/effects_input.h"

#define SHOWN_DONORS 5

static const char header[] = "what,scope,unit,start,years_since,effect,low,high,level,p,p_all,treated,donors,before,after,"
			     "fit_error,held_error,drift_p,method,verdict,why,comparison\n";

static void put_number(struct buf *buf, double value)
{
	char text[32];

	num_write(num_round(value), text);
	buf_printf(buf, ",%s", text);
}

static const char *what_of(const struct effects_input *input, const struct effect *row)
{
	return row->manner < input->n_manners ? input->manners[row->manner] : "all";
}

/* Which donors make the comparison: "GEO 0.31, UKR 0.22 and 4 more". */
static void put_comparison(struct buf *buf, const struct effects_input *input, const struct effect *row)
{
	_cleanup_(buf_free) struct buf text = {0};

	if (row->n_weights && row->method == EFFECT_DIFFERENCES)
		buf_printf(&text, "the mean of %zu", row->n_weights);
	for (size_t i = 0; i < row->n_weights && row->method == EFFECT_SYNTHETIC; i++) {
		if (i == SHOWN_DONORS) {
			buf_printf(&text, " and %zu more", row->n_weights - i);
			break;
		}
		buf_printf(&text, "%s%s %.2f", i ? ", " : "", input->units[row->donor[i]], row->weight[i]);
	}
	csv_put(buf, text.len ? text.s : "", ',');
	buf_putc(buf, '\n');
}

static void put_estimate(struct buf *buf, const struct effect *row, const struct effects_request *request)
{
	put_number(buf, row->effect);
	put_number(buf, row->low);
	put_number(buf, row->high);
	put_number(buf, request->setup.level);
	put_number(buf, row->p);
	put_number(buf, row->p_all);
	buf_printf(buf, ",%zu,%zu,%zu,%zu", row->treated, row->donors, row->before, row->after);
	put_number(buf, row->fit_error);
	put_number(buf, row->held_error);
	put_number(buf, row->drift_p);
	buf_printf(buf, ",%s,%s,", row->treated ? effect_method_name(row->method) : "",
		   effect_verdict_name(row->verdict));
}

static void put_row(struct buf *buf, const struct effects_input *input, const struct effect *row,
		    const struct effects_request *request)
{
	static const char *const scopes[] = {"pooled", "year", "unit"};

	csv_put(buf, what_of(input, row), ',');
	buf_printf(buf, ",%s,", scopes[row->scope]);
	csv_put(buf, row->scope == EFFECT_UNIT ? input->units[row->unit] : "", ',');
	if (row->scope == EFFECT_UNIT)
		buf_printf(buf, ",%lld", (long long)input->first_year + (long long)row->start);
	else
		buf_putc(buf, ',');
	if (row->scope == EFFECT_YEAR)
		buf_printf(buf, ",%zu", row->year);
	else
		buf_putc(buf, ',');
	put_estimate(buf, row, request);
	csv_put(buf, row->why, ',');
	buf_putc(buf, ',');
	put_comparison(buf, input, row);
}

static void say_rows(struct buf *said, const struct effects_input *input, const struct effect *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].scope == EFFECT_POOLED)
			buf_printf(said, "%s: %s\n", what_of(input, &rows[i]), rows[i].why);
	for (size_t i = 0; i < input->n_strangers; i++)
		buf_printf(said, "%s%s", i ? ", " : "treated, but not in the panel: ", input->strangers[i]);
	if (input->n_strangers)
		buf_putc(said, '\n');
}

int learn_effects(const struct effects_request *request, struct buf *table, struct buf *said, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct effects_input input;
	struct effect *rows;
	size_t n;
	int r = effects_input_read(request, &arena, &input, err);

	if (r == 0)
		r = effects_estimate(&input.panel, input.starts, input.n_starts, input.n_manners, &request->setup, &arena,
				     &rows, &n, err);
	if (r < 0)
		return r;
	buf_puts(table, header);
	for (size_t i = 0; i < n; i++)
		put_row(table, &input, &rows[i], request);
	say_rows(said, &input, rows, n);
	return 0;
}
