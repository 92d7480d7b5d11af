/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reliability_chart.c - what was said against what came true, and how well the one tells the other.
 *
 * Ten equal bins, as a score keeps them. Presentation attributes only, and the numbers in <desc>.
 */
#include <math.h>
#include <string.h>

#include "render/markup.h"
#include "render/words.h"

#define BINS 10
#define BAR 30            /* columns of a bar in text */
#define SIDE 260
#define LEFT 46
#define TOP 30
#define SPREAD_TOP (TOP + SIDE + 56)
#define SPREAD 90
#define W (LEFT + SIDE + 20)
#define H (SPREAD_TOP + SPREAD + 34)

struct bin {
	double n, events, mean;
};

/* False when the score has none, or they cannot be read. */
static bool bins_read(const struct score *score, struct bin bins[BINS], double *ret_n)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct json *list;

	*ret_n = 0;
	if (!score->bins || json_read(score->bins, strlen(score->bins), "bins", 1, &arena, &list, NULL) < 0 ||
	    list->type != JSON_LIST || list->n != BINS)
		return false;
	for (size_t k = 0; k < BINS; k++) {
		bins[k] = (struct bin){json_num(&list->v[k], "n"), json_num(&list->v[k], "events"),
				       json_num(&list->v[k], "mean")};
		*ret_n += bins[k].n;
	}
	return *ret_n > 0;
}

void reliability_text(struct buf *buf, const struct score *score)
{
	struct bin bins[BINS];
	double n;

	buf_printf(buf, "%s, %s", score->subject, score->member);
	if (!bins_read(score, bins, &n)) {
		buf_puts(buf, ": no forecast was scored\n");
		return;
	}
	buf_printf(buf, ": calibration error %.3f, a perfect forecaster's %.3f\n", score->ece, score->ece_floor);
	buf_printf(buf, "  said    came true  %-*s   of  | said\n", BAR, "# came true");
	for (size_t k = 0; k < BINS; k++) {
		const double share = bins[k].n > 0 ? bins[k].events / bins[k].n : 0;
		const int full = (int)lround(share * BAR), mark = (int)fmin(floor(bins[k].mean * BAR), BAR - 1);

		if (bins[k].n == 0)
			continue;
		buf_printf(buf, "  %5.1f %%     %5.1f %%  ", 100 * bins[k].mean, 100 * share);
		for (int i = 0; i < BAR; i++)
			buf_putc(buf, i == mark ? '|' : i < full ? '#' : '.');
		buf_printf(buf, " %4.0f\n", bins[k].n);
	}
}

/* ---- SVG ---- */

static double x_of(double p)
{
	return LEFT + p * SIDE;
}

static double y_of(double share)
{
	return TOP + (1 - share) * SIDE;
}

static void put_axes(struct buf *buf)
{
	for (int i = 0; i <= 4; i++)
		buf_printf(buf, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#8a93a6\" stroke-width=\"0.5\"/>"
			   "<text x=\"%d\" y=\"%.1f\" font-size=\"11\" text-anchor=\"end\" fill=\"#4a5468\">%d %%</text>"
			   "<text x=\"%.1f\" y=\"%d\" font-size=\"11\" text-anchor=\"middle\" fill=\"#4a5468\">%d %%</text>\n",
			   LEFT, y_of(i / 4.0), LEFT + SIDE, y_of(i / 4.0), LEFT - 6, y_of(i / 4.0) + 4, 25 * i,
			   x_of(i / 4.0), TOP + SIDE + 16, 25 * i);
	buf_printf(buf, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#4a5468\" stroke-dasharray=\"4 3\"/>"
		   "<text x=\"%d\" y=\"%d\" font-size=\"12\" fill=\"#001959\">came true</text>"
		   "<text x=\"%d\" y=\"%d\" font-size=\"12\" text-anchor=\"end\" fill=\"#001959\">said</text>\n",
		   x_of(0), y_of(0), x_of(1), y_of(1), LEFT - 40, TOP - 12, LEFT + SIDE, TOP + SIDE + 32);
}

static void put_dots(struct buf *buf, const struct bin bins[BINS], double n)
{
	for (size_t k = 0; k < BINS; k++)
		if (bins[k].n > 0)
			buf_printf(buf, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#001959\" fill-opacity=\"0.8\"/>\n",
				   x_of(bins[k].mean), y_of(bins[k].events / bins[k].n), 2.5 + 14 * sqrt(bins[k].n / n));
}

/* Two bars a bin: its share of all events, filled, and of all others, empty. */
static void put_spread(struct buf *buf, const struct bin bins[BINS], double n)
{
	const double width = (double)SIDE / BINS;
	double events = 0;

	for (size_t k = 0; k < BINS; k++)
		events += bins[k].events;
	for (size_t k = 0; k < BINS; k++) {
		const double of_events = events > 0 ? bins[k].events / events : 0;
		const double of_others = n > events ? (bins[k].n - bins[k].events) / (n - events) : 0;
		const double x = LEFT + (double)k * width;

		buf_printf(buf, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#001959\"/>"
			   "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" stroke=\"#001959\"/>\n",
			   x + 2, SPREAD_TOP + SPREAD * (1 - of_events), width / 2 - 3, SPREAD * of_events,
			   x + width / 2, SPREAD_TOP + SPREAD * (1 - of_others), width / 2 - 3, SPREAD * of_others);
	}
	buf_printf(buf, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#8a93a6\"/>"
		   "<text x=\"%d\" y=\"%d\" font-size=\"11\" fill=\"#4a5468\">filled: chances of what came true; "
		   "empty: of the rest</text>\n",
		   LEFT, SPREAD_TOP + SPREAD, LEFT + SIDE, SPREAD_TOP + SPREAD, LEFT, SPREAD_TOP + SPREAD + 18);
}

static void put_desc(struct buf *buf, const struct score *score, const struct bin bins[BINS])
{
	buf_printf(buf, "<desc>Calibration error %.3f, that of a perfect forecaster %.3f.", score->ece,
		   score->ece_floor);
	for (size_t k = 0; k < BINS; k++)
		if (bins[k].n > 0)
			buf_printf(buf, " Said %.1f %%: %.0f of %.0f came true.", 100 * bins[k].mean, bins[k].events, bins[k].n);
	buf_puts(buf, "</desc>\n");
}

void reliability_svg(struct buf *buf, const struct score *score)
{
	struct bin bins[BINS];
	double n;

	buf_printf(buf, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" "
		   "height=\"%d\" direction=\"ltr\" font-family=\"sans-serif\">\n<title>Reliability of forecasts of ",
		   W, H, W, H);
	markup_text(buf, score->subject);
	buf_puts(buf, ", ");
	markup_text(buf, score->member);
	buf_puts(buf, "</title>\n");
	if (!bins_read(score, bins, &n)) {
		buf_printf(buf, "<desc>No forecast was scored.</desc><text x=\"%d\" y=\"%d\" font-size=\"13\" "
			   "fill=\"#4a5468\">no forecast was scored</text></svg>\n", LEFT, H / 2);
		return;
	}
	put_desc(buf, score, bins);
	put_axes(buf);
	put_dots(buf, bins, n);
	put_spread(buf, bins, n);
	buf_puts(buf, "</svg>\n");
}
