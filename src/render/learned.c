/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learned.c - what past rounds taught, as plain text: scores, groups, warnings, maps and drift, rules. */
#include <math.h>
#include <string.h>

#include <tocsin/render.h>

#include "render/words.h"

/* A figure in a column, or a dash. */
static void put_cell(struct buf *buf, double value, int width, int digits)
{
	if (isnan(value))
		buf_printf(buf, " %*s", width, "-");
	else
		buf_printf(buf, " %*.*f", width, digits, value);
}

static bool is_about(const struct score *score, const char *about)
{
	return str_eq(score->about, about);
}

/* ---- forecasts ---- */

static void put_gain(struct buf *line, const char *against, double gain, double low, double high)
{
	if (isnan(gain))
		return;
	buf_printf(line, "; gain over the %s %.4f", against, gain);
	if (isnan(low) || isnan(high))
		buf_puts(line, ", interval not known");
	else
		buf_printf(line, " (90 %%: %.4f to %.4f)", low, high);
}

static void put_verdict(struct buf *buf, const struct score *score)
{
	_cleanup_(buf_free) struct buf line = {0};

	buf_printf(&line, "    %s", score->verdict ? score->verdict : "skill not known");
	if (!str_eq(score->member, "base_rate"))
		put_gain(&line, "base rate", score->skill, score->skill_low, score->skill_high);
	if (!str_eq(score->member, "country_rate"))
		put_gain(&line, "country rate", score->skill_country, score->skill_country_low, score->skill_country_high);
	words_folded(buf, line.s, 6);
}

static void put_forecast(struct buf *buf, const struct score *score)
{
	buf_printf(buf, "  %-13s", score->member);
	put_cell(buf, score->brier, 6, 4);
	put_cell(buf, score->log_score, 6, 4);
	put_cell(buf, score->auc, 5, 3);
	put_cell(buf, score->auc_pr, 5, 3);
	put_cell(buf, score->ece, 5, 3);
	put_cell(buf, score->ece_floor, 5, 3);
	put_cell(buf, score->reliability, 6, 4);
	put_cell(buf, score->resolution, 6, 4);
	put_cell(buf, score->uncertainty, 6, 4);
	buf_putc(buf, '\n');
	put_verdict(buf, score);
}

static void put_forecasts(struct buf *buf, const struct learned_view *view)
{
	const char *subject = NULL;

	for (size_t i = 0; i < view->n_scores; i++) {
		const struct score *score = view->scores[i];

		if (!is_about(score, "forecast"))
			continue;
		if (!subject || !str_eq(subject, score->subject)) {
			buf_printf(buf, "\n%s: %.0f forecasts, %.0f came true", score->subject, score->n, score->positives);
			if (score->horizon != INT_MISSING)
				buf_printf(buf, " within %lld years", (long long)score->horizon);
			buf_puts(buf, "\n  member         Brier    log   AUC    PR   ECE floor    rel    res    unc\n");
		}
		subject = score->subject;
		put_forecast(buf, score);
	}
	if (!subject)
		buf_puts(buf, "  no forecast has come due yet\n");
}

static void put_groups(struct buf *buf, const struct learned_view *view)
{
	bool any = false;

	for (size_t i = 0; i < view->n_scores; i++) {
		const struct score *score = view->scores[i];
		_cleanup_(buf_free) struct buf line = {0};

		if (!is_about(score, "group") || !str_eq(score->member, "ensemble"))
			continue;
		if (!any)
			buf_puts(buf, "\nGROUPS of countries, the ensemble\n");
		any = true;
		buf_printf(&line, "  %s: Brier %.4f, ECE %.3f (floor %.3f), %.0f forecasts, %.0f came true; %s", score->subject,
			   score->brier, score->ece, score->ece_floor, score->n, score->positives,
			   score->verdict ? score->verdict : "skill not known");
		words_folded(buf, line.s, 4);
	}
}

/* ---- warnings ---- */

static void put_warning(struct buf *buf, const struct score *score)
{
	_cleanup_(buf_free) struct buf line = {0};

	buf_printf(&line, "  %s: ", score->subject);
	words_count(&line, score->hits, "hit", "hits");
	buf_puts(&line, ", ");
	words_count(&line, score->false_alarms, "false alarm", "false alarms");
	buf_puts(&line, ", ");
	words_count(&line, score->misses, "miss", "misses");
	if (!isnan(score->hit_rate))
		buf_printf(&line, "; %.0f %% of warnings came true", 100 * score->hit_rate);
	if (!isnan(score->hit_rate_low))
		buf_printf(&line, " (90 %%: %.0f to %.0f)", 100 * score->hit_rate_low, 100 * score->hit_rate_high);
	if (!isnan(score->lead_months))
		buf_printf(&line, ", median lead %.0f months", score->lead_months);
	if (!isnan(score->value))
		buf_printf(&line, "; value %.2f", score->value);
	words_folded(buf, line.s, 4);
}

static void put_warnings(struct buf *buf, const struct learned_view *view)
{
	bool any = false;

	for (size_t i = 0; i < view->n_scores; i++) {
		if (!is_about(view->scores[i], "warning"))
			continue;
		if (!any)
			buf_puts(buf, "\nWARNINGS, for whom acting costs that share of the loss it avoids\n");
		any = true;
		put_warning(buf, view->scores[i]);
	}
}

static void put_rules(struct buf *buf, const struct learned_view *view)
{
	bool any = false;

	for (size_t i = 0; i < view->n_scores; i++) {
		const struct score *score = view->scores[i];
		_cleanup_(buf_free) struct buf line = {0};

		if (!is_about(score, "rule") || isnan(score->hits) || isnan(score->false_alarms))
			continue;
		if (!any)
			buf_puts(buf, "\nRULES of alerts\n");
		any = true;
		buf_printf(&line, "  %s: ", score->subject);
		words_count(&line, score->hits, "hit", "hits");
		buf_puts(&line, ", ");
		words_count(&line, score->false_alarms, "false alarm", "false alarms");
		if (!isnan(score->hit_rate_low))
			buf_printf(&line, ", %.0f %% came true (90 %%: %.0f to %.0f)", 100 * score->hit_rate,
				   100 * score->hit_rate_low, 100 * score->hit_rate_high);
		if (score->misses > 0)
			buf_printf(&line, ", %.0f outcomes without warning", score->misses);
		if (!isnan(score->lead_days))
			buf_printf(&line, ", median lead %.0f days", score->lead_days);
		words_folded(buf, line.s, 4);
	}
}

/* ---- settings ---- */

static void put_setting(struct buf *buf, const struct setting *setting)
{
	_cleanup_(buf_free) struct buf line = {0};

	buf_printf(&line, "  %s ", setting->name);
	if (isnan(setting->value))
		buf_puts(&line, "none");
	else if (str_starts(setting->name, "drift."))
		buf_printf(&line, "%.0f", setting->value);
	else
		buf_printf(&line, "%.3g", setting->value);
	if (setting->pinned == 1)
		buf_puts(&line, " (pinned)");
	if (setting->reason)
		buf_printf(&line, ": %s", setting->reason);
	words_folded(buf, line.s, 4);
}

/* The three parts of a map stand one after the other; one line says them all. */
static void put_map(struct buf *buf, const struct learned_view *view, size_t i)
{
	const struct setting *a = view->settings[i];
	const size_t len = strlen(a->name) - 1;
	_cleanup_(buf_free) struct buf line = {0};

	buf_printf(&line, "  %.*s:", (int)(len - 1), a->name);
	for (size_t k = i; k < view->n_settings && strncmp(view->settings[k]->name, a->name, len) == 0; k++)
		buf_printf(&line, " %s %.3f%s", view->settings[k]->name + len, view->settings[k]->value,
			   view->settings[k]->pinned == 1 ? " (pinned)" : "");
	if (a->reason)
		buf_printf(&line, "; %s", a->reason);
	words_folded(buf, line.s, 4);
}

static void put_settings(struct buf *buf, const struct learned_view *view)
{
	enum { MAPS = 1 };
	static const struct { const char *start, *title; } parts[] = {
		{"drift.", "DRIFT: the origin since which forecasts come true otherwise"},
		{"calibration.", "CALIBRATION: ln(p' / (1 - p')) = a ln p - b ln(1 - p) + c"},
		{"pulse.", "PULSE: yearly chances updated by the events since, log-odds a deviation of them"},
		{"weight.", "WEIGHTS of the ensemble"},
		{"threshold.", "THRESHOLDS of rules: what their levels are multiplied by"},
	};

	for (size_t k = 0; k < LENGTH(parts); k++) {
		bool any = false;

		for (size_t i = 0; i < view->n_settings; i++) {
			if (!str_starts(view->settings[i]->name, parts[k].start))
				continue;
			if (!any)
				buf_printf(buf, "\n%s\n", parts[k].title);
			any = true;
			if (k != MAPS)
				put_setting(buf, view->settings[i]);
			else if (strcmp(view->settings[i]->name + strlen(view->settings[i]->name) - 2, ".a") == 0)
				put_map(buf, view, i);
		}
	}
}

static void put_effects(struct buf *buf, const struct learned_view *view)
{
	bool any = false;

	for (size_t i = 0; i < view->n_scores; i++) {
		_cleanup_(buf_free) struct buf line = {0};

		if (!str_eq(view->scores[i]->about, "effect"))
			continue;
		if (!any)
			buf_puts(buf, "\nEFFECTS of responses on the index\n");
		any = true;
		buf_printf(&line, "  %s: %s", view->scores[i]->subject,
			   view->scores[i]->verdict ? view->scores[i]->verdict : "not known");
		words_folded(buf, line.s, 4);
	}
}

void learned_text(struct buf *buf, const struct learned_view *view)
{
	char as_of[40];

	instant_write(view->as_of, as_of);
	if (!*as_of) {
		buf_puts(buf, "The store is empty: nothing has been learned yet.\n");
		return;
	}
	buf_printf(buf, "LEARNED as of %s\n", as_of);
	put_forecasts(buf, view);
	put_groups(buf, view);
	put_warnings(buf, view);
	put_rules(buf, view);
	put_effects(buf, view);
	put_settings(buf, view);
}
