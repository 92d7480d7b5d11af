/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h - phrases shared by the forms inside render. */
#ifndef RENDER_WORDS_H
#define RENDER_WORDS_H

#include <tocsin/render.h>

#define DASH "\xe2\x80\x93"      /* between the ends of a range */
#define MINUS "\xe2\x88\x92"
#define NBSP "\xc2\xa0"
#define INDEX_NAME "v2x_polyarchy"
#define INDEX_WORDS "electoral democracy index"

void words_real(struct buf *buf, double value);          /* two decimals, a true minus sign */
void words_signed(struct buf *buf, double value);        /* with its plus sign */
/* Change over 1 or 5 years, with its interval where it was derived. */
void words_change(struct buf *buf, const struct country_view *view, int years);
/* "civic space 2025-11: 31 (10–52) of 100, rated repressed; ..." and "now 2025-11: ..."; nothing when not known. */
void words_civic(struct buf *buf, const struct country_view *view);
void words_nowcast(struct buf *buf, const struct country_view *view);
void words_count(struct buf *buf, double n, const char *one, const char *more);   /* "1 hit", "2 hits" */
void words_day(struct buf *buf, struct instant at);
/* Text folded at blanks to lines of 78 columns, continued with an indent. */
void words_folded(struct buf *buf, const char *text, size_t indent);
void words_plain(struct buf *buf, const char *name);     /* underscores to blanks */
int64_t forecast_until(const struct forecast *forecast); /* last year spoken of, or INT_MISSING */
const struct observation *country_latest(const struct country_view *view);   /* NULL if none */

/* The items of a plan's JSON lists, read into an arena; n 0 when it cannot be read. */
struct plan_items {
	const struct json *steps, *rejected, *unknown;   /* lists, or NULL */
};

void plan_items_read(const struct plan *plan, struct arena *arena, struct plan_items *ret);
size_t json_length(const struct json *list);
/* "first step 2025-03-10, takes 10–30 days"; nothing when nothing is known. */
void words_lead(struct buf *buf, const struct json *step);

#endif
