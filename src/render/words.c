/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.c - the phrases that all forms share, so that a page and the brief say the
 * same thing. Numbers are shown with two decimals, chances as whole percent.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "render/words.h"

#define WIDTH 78

const char *words_level(int64_t level)
{
	static const char *const names[] = {"none", "watch", "warning", "critical"};

	return level >= 1 && level <= 4 ? names[level - 1] : "unknown";
}

void words_real(struct buf *buf, double value)
{
	char text[40];

	snprintf(text, sizeof text, "%.2f", value);
	if (strcmp(text, "-0.00") == 0)
		memmove(text, text + 1, strlen(text));
	if (*text == '-')
		buf_puts(buf, MINUS);
	buf_puts(buf, text + (*text == '-'));
}

void words_signed(struct buf *buf, double value)
{
	if (value >= 0.005)
		buf_putc(buf, '+');
	words_real(buf, value);
}

void words_estimate(struct buf *buf, double value, double low, double high)
{
	if (isnan(value)) {
		buf_puts(buf, "not known");
		return;
	}
	words_real(buf, value);
	if (isnan(low) || isnan(high)) {
		buf_puts(buf, " (interval not known)");
		return;
	}
	buf_puts(buf, " (");
	words_real(buf, low);
	buf_puts(buf, low < 0 || high < 0 ? " to " : DASH);
	words_real(buf, high);
	buf_putc(buf, ')');
}

void words_chance(struct buf *buf, double low, double high)
{
	char from[16], past[16];

	if (isnan(low) || isnan(high)) {
		buf_puts(buf, "not known");
		return;
	}
	for (int digits = 0; digits <= 2; digits++) {   /* a range, even when it is a narrow one */
		snprintf(from, sizeof from, "%.*f", digits, 100 * low);
		snprintf(past, sizeof past, "%.*f", digits, 100 * high);
		if (strcmp(from, past) != 0)
			break;
	}
	buf_printf(buf, "%s" DASH "%s" NBSP "%%", from, past);
}

int64_t forecast_until(const struct forecast *forecast)
{
	if (instant_is_set(forecast->r.valid_past))
		return instant_year((struct instant){.usec = forecast->r.valid_past.usec - 1,
						     .precision = INSTANT_SECOND});
	return forecast->origin == INT_MISSING ? INT_MISSING : forecast->origin + 2;
}

static void put_base_rate(struct buf *buf, const struct forecast *forecast)
{
	if (isnan(forecast->base_rate)) {
		buf_puts(buf, "base rate not known");
		return;
	}
	buf_printf(buf, "base rate %.0f" NBSP "%%", 100 * forecast->base_rate);
	if (!isnan(forecast->n) && !isnan(forecast->positives))
		buf_printf(buf, ", %.0f of %.0f country-years", forecast->positives, forecast->n);
}

/* Why a field is null, as the record says; NULL when it does not say. */
static bool put_reason(struct buf *buf, const struct record *r, const char *field)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct json *reasons;
	const char *why = NULL;

	if (r->missing && json_read(r->missing, strlen(r->missing), "missing", 1, &arena, &reasons, NULL) == 0)
		why = json_text(reasons, field);
	if (why)
		buf_printf(buf, ": %s", why);
	return why != NULL;
}

void words_forecast(struct buf *buf, const struct forecast *forecast)
{
	bool known = forecast && !isnan(forecast->low) && !isnan(forecast->high);

	if (!forecast) {
		buf_puts(buf, "no forecast");
		return;
	}
	words_chance(buf, forecast->low, forecast->high);
	if (forecast_until(forecast) != INT_MISSING)
		buf_printf(buf, " by the end of %lld", (long long)forecast_until(forecast));
	buf_puts(buf, known ? " (90" NBSP "% interval; " : " (");
	if (forecast->origin != INT_MISSING)
		buf_printf(buf, "data to %lld; ", (long long)forecast->origin);
	put_base_rate(buf, forecast);
	buf_putc(buf, ')');
	if (!known && !put_reason(buf, &forecast->r, "low"))
		put_reason(buf, &forecast->r, "p");
}

/* Three decimals: differences of Brier scores are small. */
static void put_brier(struct buf *buf, double value)
{
	if (isnan(value))
		buf_puts(buf, "not known");
	else
		buf_printf(buf, "%s%.3f", value <= -0.0005 ? MINUS : "", fabs(value));
}

static void put_score(struct buf *buf, const struct score *score)
{
	buf_puts(buf, "Brier score ");
	put_brier(buf, score->brier);
	buf_puts(buf, ", gain over the base rate ");
	put_brier(buf, score->skill);
	if (!isnan(score->skill_low) && !isnan(score->skill_high)) {
		buf_puts(buf, " (");
		put_brier(buf, score->skill_low);
		buf_puts(buf, " to ");
		put_brier(buf, score->skill_high);
		buf_putc(buf, ')');
	}
	if (!isnan(score->n))
		buf_printf(buf, ", %.0f past forecasts", score->n);
}

void words_skill(struct buf *buf, const struct forecast *forecast, const struct score *score)
{
	if (forecast && forecast->skill && *forecast->skill)
		buf_puts(buf, forecast->skill);
	else if (!score || isnan(score->skill))
		buf_puts(buf, "skill not yet measured: no scored forecasts");
	else if (score->skill_low > 0)
		buf_puts(buf, "better than the base rate");
	else if (score->skill_high < 0)
		buf_puts(buf, "worse than the base rate");
	else
		buf_puts(buf, "no skill shown against the base rate");
	if (score && !isnan(score->skill) && !(forecast && forecast->skill && strstr(forecast->skill, "Brier"))) {
		buf_puts(buf, ": ");
		put_score(buf, score);
	}
}

void words_episode(struct buf *buf, const struct episode *episode)
{
	buf_printf(buf, "%s %lld" DASH "%lld", episode->direction ? episode->direction : "episode",
		   (long long)episode->first_year, (long long)episode->last_year);
	if (!isnan(episode->change)) {
		buf_puts(buf, " (");
		words_signed(buf, episode->change);
		buf_putc(buf, ')');
	}
	if (episode->uncertain == 1)
		buf_puts(buf, ", may still be going on");
}

const struct observation *country_latest(const struct country_view *view)
{
	for (size_t i = view->n_series; i-- > 0;)
		if (!isnan(view->series[i]->value))
			return view->series[i];
	return NULL;
}

void words_change(struct buf *buf, const struct country_view *view, int years)
{
	const struct observation *change = years == 1 ? view->change1 : view->change5;

	if (change && !isnan(change->value)) {
		words_signed(buf, change->value);
		if (!isnan(change->low) && !isnan(change->high)) {
			buf_puts(buf, " (");
			words_signed(buf, change->low);
			buf_puts(buf, " to ");
			words_signed(buf, change->high);
			buf_putc(buf, ')');
		}
	} else {
		buf_puts(buf, "not known");
		if (change)
			put_reason(buf, &change->r, "value");
	}
}

void words_count(struct buf *buf, double n, const char *one, const char *more)
{
	buf_printf(buf, "%.0f %s", n, n == 1 ? one : more);
}

void words_day(struct buf *buf, struct instant at)
{
	char text[40];

	if (at.precision > INSTANT_DAY)
		at.precision = INSTANT_DAY;
	instant_write(at, text);
	buf_puts(buf, *text ? text : "not known");
}

/* Civic classes and directions are written with underscores in records. */
void words_plain(struct buf *buf, const char *name)
{
	for (; name && *name; name++)
		buf_putc(buf, *name == '_' ? ' ' : *name);
}

void words_folded(struct buf *buf, const char *text, size_t indent)
{
	size_t column = strspn(text, " ");
	bool first = true;

	buf_printf(buf, "%*s", (int)column, "");
	for (const char *s = text + column; *s; first = false) {
		size_t len = strcspn(s, " \n"), width = text_width(s, len);

		if (!first && column + 1 + width > WIDTH) {
			buf_printf(buf, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			buf_putc(buf, ' ');
			column++;
		}
		buf_add(buf, s, len);
		column += width;
		s += len + (s[len] != '\0');
	}
	buf_putc(buf, '\n');
}
