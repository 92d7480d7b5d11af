/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chart.c - value, interval, episodes and forecast of one country as SVG.
 *
 * Presentation attributes only, so that it looks the same in a page, a PDF and a
 * file of its own; the numbers stand in a sentence in <desc>. Closing and opening
 * differ by hatch and by word, not by colour alone; a chance is a range in words.
 */
#include <math.h>
#include <string.h>

#include "render/markup.h"
#include "render/words.h"

#define W 720
#define H 280
#define LEFT 44
#define RIGHT 150
#define TOP 14
#define BOTTOM 34

struct frame {
	int64_t first, last;   /* years shown, the forecast's window included */
};

static double x_of(const struct frame *frame, double year)
{
	return LEFT + (year - (double)frame->first) / (double)(frame->last - frame->first) * (W - LEFT - RIGHT);
}

static double y_of(double value)
{
	return TOP + (1 - value) * (H - TOP - BOTTOM);
}

static void put_axes(struct buf *buf, const struct frame *frame)
{
	for (int i = 0; i <= 4; i++)
		buf_printf(buf, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#8a93a6\" stroke-width=\"0.5\"/>"
			   "<text x=\"%d\" y=\"%.1f\" font-size=\"11\" text-anchor=\"end\" fill=\"#4a5468\">%.2f</text>\n",
			   LEFT, y_of(i / 4.0), W - RIGHT, y_of(i / 4.0), LEFT - 6, y_of(i / 4.0) + 4, i / 4.0);
	for (int64_t year = frame->first + (5 - frame->first % 5) % 5; year <= frame->last; year += 5)
		buf_printf(buf, "<text x=\"%.1f\" y=\"%d\" font-size=\"11\" text-anchor=\"middle\" "
			   "fill=\"#4a5468\">%lld</text>\n",
			   x_of(frame, (double)year), H - BOTTOM + 16, (long long)year);
}

static void put_episodes(struct buf *buf, const struct frame *frame, const struct country_view *view)
{
	for (size_t i = 0; i < view->n_episodes; i++) {
		const struct episode *episode = view->episodes[i];
		bool closing = str_eq(episode->direction, "closing");
		double from = x_of(frame, (double)episode->pre_year), to = x_of(frame, (double)episode->last_year);

		buf_printf(buf, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"url(#%s)\" stroke=\"none\"/>"
			   "<text x=\"%.1f\" y=\"%d\" font-size=\"10\" fill=\"#4a5468\">%s</text>\n",
			   from, TOP, fmax(1, to - from), H - TOP - BOTTOM, closing ? "closing" : "opening", from + 2,
			   closing ? TOP + 10 : TOP + 22, episode->direction);
	}
}

static double year_of(const struct observation *o)
{
	return (double)instant_year(o->r.valid_from);
}

/* Past the run of known years, one after the other, that begins at `first`. */
static size_t run_past(const struct country_view *view, size_t first)
{
	size_t past = first + 1;

	while (past < view->n_series && !isnan(view->series[past]->value) &&
	       year_of(view->series[past]) == year_of(view->series[past - 1]) + 1)
		past++;
	return past;
}

static void put_run(struct buf *buf, const struct frame *frame, const struct observation *const *run, size_t n)
{
	buf_puts(buf, "<polygon fill=\"#8cacff\" fill-opacity=\"0.45\" points=\"");
	for (size_t i = 0; i < n; i++)
		buf_printf(buf, "%.1f,%.1f ", x_of(frame, year_of(run[i])),
			   y_of(isnan(run[i]->high) ? run[i]->value : run[i]->high));
	for (size_t i = n; i-- > 0;)
		buf_printf(buf, "%.1f,%.1f ", x_of(frame, year_of(run[i])),
			   y_of(isnan(run[i]->low) ? run[i]->value : run[i]->low));
	buf_puts(buf, "\"/>\n<polyline fill=\"none\" stroke=\"#001959\" stroke-width=\"2\" points=\"");
	for (size_t i = 0; i < n; i++)
		buf_printf(buf, "%.1f,%.1f ", x_of(frame, year_of(run[i])), y_of(run[i]->value));
	buf_puts(buf, "\"/>\n");
	if (n == 1)   /* a line of one point cannot be seen */
		buf_printf(buf, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"#001959\"/>\n",
			   x_of(frame, year_of(run[0])), y_of(run[0]->value));
}

/* What is not known is a gap: nothing is drawn across it. */
static void put_band(struct buf *buf, const struct frame *frame, const struct country_view *view)
{
	for (size_t i = 0, past; i < view->n_series; i = past) {
		past = i + 1;
		if (isnan(view->series[i]->value))
			continue;
		past = run_past(view, i);
		put_run(buf, frame, view->series + i, past - i);
	}
}

/* The forecast's window, and the two chances as ranges beside it. */
static void put_forecast(struct buf *buf, const struct frame *frame, const struct country_view *view)
{
	const struct forecast *of[] = {view->closing, view->opening};
	static const char *const words[] = {"closing", "opening"};
	int line = 0;

	for (size_t i = 0; i < LENGTH(of); i++) {
		_cleanup_(buf_free) struct buf chance = {0};

		if (!of[i] || of[i]->origin == INT_MISSING)
			continue;
		if (line == 0)
			buf_printf(buf, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"none\" stroke=\"#001959\" "
				   "stroke-dasharray=\"4 3\"/>\n", x_of(frame, (double)of[i]->origin), TOP,
				   x_of(frame, (double)of[i]->origin + 2) - x_of(frame, (double)of[i]->origin),
				   H - TOP - BOTTOM);
		words_chance(&chance, of[i]->low, of[i]->high);
		buf_printf(buf, "<text x=\"%d\" y=\"%d\" font-size=\"12\" fill=\"#001959\">%s: ", W - RIGHT + 8,
			   TOP + 16 + 34 * line, words[i]);
		markup_text(buf, chance.s);
		buf_printf(buf, "</text><text x=\"%d\" y=\"%d\" font-size=\"11\" fill=\"#4a5468\">by the end of %lld</text>\n",
			   W - RIGHT + 8, TOP + 30 + 34 * line, (long long)forecast_until(of[i]));
		line++;
	}
}

static const struct observation *first_known(const struct country_view *view)
{
	for (size_t i = 0; i < view->n_series; i++)
		if (!isnan(view->series[i]->value))
			return view->series[i];
	return NULL;
}

/* The years shown: all that are known, and the forecasts' window. */
static struct frame frame_of(const struct country_view *view)
{
	const struct forecast *of[] = {view->closing, view->opening};
	struct frame frame = {
		.first = instant_year(first_known(view)->r.valid_from),
		.last = instant_year(country_latest(view)->r.valid_from) + 2,
	};

	for (size_t i = 0; i < LENGTH(of); i++)
		if (of[i] && of[i]->origin != INT_MISSING && of[i]->origin + 2 > frame.last)
			frame.last = of[i]->origin + 2;
	return frame;
}

static void put_desc(struct buf *buf, const struct country_view *view)
{
	_cleanup_(buf_free) struct buf text = {0};
	const struct observation *first = first_known(view), *last = country_latest(view);

	buf_printf(&text, "From %lld to %lld the index went from ", (long long)instant_year(first->r.valid_from),
		   (long long)instant_year(last->r.valid_from));
	words_estimate(&text, first->value, first->low, first->high);
	buf_puts(&text, " to ");
	words_estimate(&text, last->value, last->low, last->high);
	for (size_t i = 0; i < view->n_episodes; i++) {
		buf_puts(&text, i ? "; " : ". Episodes: ");
		words_episode(&text, view->episodes[i]);
	}
	if (view->closing) {
		buf_puts(&text, ". Chance of closing: ");
		words_forecast(&text, view->closing);
	}
	if (view->opening) {
		buf_puts(&text, ". Chance of opening: ");
		words_forecast(&text, view->opening);
	}
	buf_puts(buf, "<desc>");
	markup_text(buf, text.s);
	buf_puts(buf, ".</desc>\n");
}

static void put_hatch(struct buf *buf, const char *id, const char *colour, int angle)
{
	buf_printf(buf, "<pattern id=\"%s\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
		   "patternTransform=\"rotate(%d)\"><rect width=\"6\" height=\"6\" fill=\"%s\" fill-opacity=\"0.12\"/>"
		   "<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\" stroke=\"%s\" stroke-width=\"1.5\" "
		   "stroke-opacity=\"0.5\"/></pattern>",
		   id, angle, colour, colour);
}

void chart_svg(struct buf *buf, const struct country_view *view)
{
	struct frame frame;

	buf_printf(buf, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" "
		   "height=\"%d\" direction=\"ltr\" font-family=\"sans-serif\">\n<title>Electoral democracy index of ",
		   W, H, W, H);
	markup_text(buf, view->unit->name);
	buf_puts(buf, "</title>\n");
	if (first_known(view) == country_latest(view)) {   /* none, or one */
		buf_printf(buf, "<desc>Fewer than two years are known.</desc><text x=\"%d\" y=\"%d\" font-size=\"13\" "
			   "fill=\"#4a5468\">fewer than two years are known</text></svg>\n", LEFT, H / 2);
		return;
	}
	frame = frame_of(view);
	put_desc(buf, view);
	buf_puts(buf, "<defs>");
	put_hatch(buf, "closing", "#b3261e", 45);
	put_hatch(buf, "opening", "#1e6b3a", -45);
	buf_puts(buf, "</defs>\n");
	put_episodes(buf, &frame, view);
	put_axes(buf, &frame);
	put_band(buf, &frame, view);
	put_forecast(buf, &frame, view);
	buf_puts(buf, "</svg>\n");
}
