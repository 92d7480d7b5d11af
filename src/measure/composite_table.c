/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composite_table.c - results as CSV, printed as the reference program's are; the coverage report. */
#include <math.h>
#include <string.h>

#include "measure/composite.h"

void put_number(struct buf *buf, double value, int digits)
{
	if (isnan(value))
		return;
	if (isinf(value))
		buf_puts(buf, value < 0 ? "-inf" : "inf");
	else
		buf_printf(buf, "%.*g", digits, value == 0 ? 0.0 : value);
}

void put_cell(struct buf *buf, const char *text)
{
	csv_put(buf, text, ',');
}

void put_unit_table(struct buf *buf, const struct units *units, const char *const *names,
		    const double *const *columns, size_t n, int digits)
{
	buf_puts(buf, "uCode");
	for (size_t c = 0; c < n; c++) {
		buf_putc(buf, ',');
		put_cell(buf, names[c]);
	}
	buf_putc(buf, '\n');
	for (size_t k = 0; k < units->n; k++) {
		const size_t u = units->sorted[k];

		put_cell(buf, units->code[u]);
		for (size_t c = 0; c < n; c++) {
			buf_putc(buf, ',');
			put_number(buf, columns[c][u], digits);
		}
		buf_putc(buf, '\n');
	}
}

/* ---- coverage ---- */

struct report {
	const struct composite *composite;
	struct buf *out;
	size_t n;
};

static void report_start(struct report *report, const char *step, const char *unit, const char *indicator)
{
	buf_printf(report->out, "%s,", step);
	put_cell(report->out, unit);
	buf_putc(report->out, ',');
	put_cell(report->out, indicator);
	buf_putc(report->out, ',');
	report->n++;
}

static void report_cells(struct report *report)
{
	const struct composite *made = report->composite;
	const struct units *units = made->units;

	for (size_t i = 0; i < made->frame->n_indicators; i++)
		for (size_t k = 0; k < units->n; k++) {
			const size_t u = units->sorted[k], at = i * units->n + u;
			const char *code = made->frame->v[i].code;

			if (isfinite(made->denominated[at]))
				continue;
			report_start(report, "impute", units->code[u], code);
			if (isnan(made->imputed[at])) {
				buf_puts(report->out, isinf(made->denominated[at]) ? "denominator 0: left missing\n" :
					 "left missing\n");
				continue;
			}
			buf_puts(report->out, "mean of ");
			put_cell(report->out, units->group_names[units->group[u]]);
			buf_puts(report->out, ": ");
			put_number(report->out, made->imputed[at], 6);
			buf_putc(report->out, '\n');
		}
}

static void report_indicators(struct report *report)
{
	const struct composite *made = report->composite;
	const size_t n = made->units->n;

	for (size_t i = 0; i < made->frame->n_indicators; i++) {
		const struct element *element = &made->frame->v[i];
		const struct treated *details = &made->details[i];
		const double *x = made->treated + i * n;
		size_t known = 0, first = 0;
		bool constant = true;

		for (size_t u = 0; u < n; u++)
			if (!isnan(x[u])) {
				first = known++ ? first : u;
				constant = constant && x[u] == x[first];
			}
		if (known == 0 || constant) {
			report_start(report, "normalise", "", element->code);
			buf_puts(report->out, known == 0 ? "no value: left out\n" : "constant: left out\n");
		}
		if (details->log) {
			report_start(report, "treat", "", element->code);
			buf_puts(report->out, "logarithm\n");
		} else if (details->moved) {
			report_start(report, "treat", "", element->code);
			buf_printf(report->out, "%d winsorised\n", details->moved);
		} else if (!details->pass[0]) {
			report_start(report, "treat", "", element->code);
			buf_puts(report->out, "skewed and left as it is\n");
		}
	}
}

static void report_units(struct report *report)
{
	const struct composite *made = report->composite;
	const struct units *units = made->units;
	const size_t top = frame_top(made->frame);

	for (size_t k = 0; k < units->n; k++) {
		const size_t u = units->sorted[k];
		size_t given = 0;

		for (size_t i = 0; i < made->frame->n_indicators; i++)
			given += isfinite(made->denominated[i * units->n + u]);
		if (given == 0) {
			report_start(report, "unit", units->code[u], "");
			buf_puts(report->out, isnan(made->scores[top * units->n + u]) ? "no value: no score\n" :
				 "no value of its own: all imputed\n");
		} else if (isnan(made->scores[top * units->n + u])) {
			report_start(report, "unit", units->code[u], "");
			buf_puts(report->out, "no score: a mean that its values do not have\n");
		}
	}
}

size_t coverage_write(const struct composite *composite, struct buf *out)
{
	struct report report = {composite, out, 0};

	buf_puts(out, "step,unit,indicator,what\n");
	if (!composite->frame->group_column || composite->impute_skipped) {
		report_start(&report, "impute", "", "");
		buf_puts(out, composite->impute_skipped ? "skipped: the data have no column of groups\n" :
			 "skipped: the frame names no group\n");
	}
	if (composite->frame->treatment.winmax == 0) {
		report_start(&report, "treat", "", "");
		buf_puts(out, "skipped: the frame says none\n");
	}
	report_cells(&report);
	report_indicators(&report);
	report_units(&report);
	return report.n;
}
