/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words_now.c - what is said of this month: civic space with its bands, and the nowcast with its worth. */
#include <math.h>

#include "render/words.h"

#define LIKELY 0.05      /* a band less likely than that is not named */

static const char *const bands[] = {"closed", "repressed", "obstructed", "narrowed", "open"};

static const char *band_of(const struct observation *rating)
{
	return rating && rating->value >= 1 && rating->value <= 5 ? bands[(int)rating->value - 1] : NULL;
}

void words_civic(struct buf *buf, const struct country_view *view)
{
	const struct civic_view *civic = &view->civic;
	const char *rated = band_of(civic->rating), *between = "; ";

	if (!civic->space)
		return;
	buf_puts(buf, "civic space ");
	words_day(buf, civic->space->r.valid_from);
	buf_printf(buf, ": %.0f (%.0f" DASH "%.0f) of 100", civic->space->value, civic->space->low,
		   civic->space->high);
	if (rated)
		buf_printf(buf, ", rated %s%s", rated, civic->by_panel ? " by a panel" : "");
	for (size_t i = LENGTH(bands); i-- > 0;)
		if (civic->chance[i] >= LIKELY) {
			buf_printf(buf, "%s%s %.0f" NBSP "%%", between, bands[i], 100 * civic->chance[i]);
			between = ", ";
		}
	if (civic->watch)
		buf_printf(buf, "; on the watchlist, incidents of 90 days took %.1f points", civic->watch->value);
}

void words_nowcast(struct buf *buf, const struct country_view *view)
{
	const struct observation *now = view->nowcast, *gain = view->nowcast_gain;

	if (!now)
		return;
	buf_puts(buf, "nowcast ");
	words_day(buf, now->r.valid_from);
	buf_puts(buf, ": ");
	words_estimate(buf, now->value, now->low, now->high);
	if (gain && gain->low > 0)
		buf_printf(buf,
			   "; error %.0f" NBSP "%% (%.0f" DASH "%.0f) below that of the last release over %.0f releases",
			   100 * gain->value, 100 * gain->low, 100 * gain->high, gain->n);
	else
		buf_puts(buf, "; no skill shown against the last release");
}
