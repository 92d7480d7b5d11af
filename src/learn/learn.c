/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learn.c - scores of forecasts, per year and pooled, and the ensemble's weights.
 *
 * A weight is proportional to exp(-K * (Brier - best Brier)) over the resolved
 * forecasts, mixed with equal weights by how few there are (FADE of them count as
 * much as the prior), so that a handful of years cannot silence a member.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/resolved.h"

#define DRAWS 1000
#define SHARPNESS 200.0
#define FADE 200.0

static const char *const questions[] = {"closing", "opening"};

/* The rows of a question (and origin, unless INT_MISSING) in which a member spoke. */
static size_t pick(const struct resolved_set *set, const char *question, int64_t origin, size_t member,
		   double *p, double *base, unsigned char *y, size_t *country)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct resolved *row = &set->v[i];

		if (!str_eq(row->forecast->question, question) || isnan(row->p[member]) ||
		    (origin != INT_MISSING && row->forecast->origin != origin))
			continue;
		p[n] = row->p[member];
		base[n] = row->p[1];
		country[n] = row->country;
		y[n++] = row->y;
	}
	return n;
}

static struct score *score_new(const struct learn_setup *setup, struct records *out, const char *about,
			       const char *subject, const char *member, int64_t origin)
{
	struct score *score = record_new(out->arena, &kind_score);

	score->r.known = setup->as_of;
	if (origin != INT_MISSING)
		score->r.valid_from = instant_of_year(origin);
	score->about = about;
	score->subject = subject;
	score->member = member;
	score->origin = origin;
	return score;
}

/* Brier of the base rate minus Brier of the member, countries resampled whole. */
static void set_skill(const struct learn_setup *setup, struct score *score, const double *p, const double *base,
		      const unsigned char *y, const size_t *country, size_t n, size_t n_countries,
		      struct arena *arena)
{
	double *total = arena_array(arena, double, n_countries + 1), *size = arena_array(arena, double, n_countries + 1);
	struct interval reach;
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double gain = (base[i] - y[i]) * (base[i] - y[i]) - (p[i] - y[i]) * (p[i] - y[i]);

		total[country[i]] += gain;
		size[country[i]]++;
		sum += gain;
	}
	score->skill = sum / (double)n;
	reach = bootstrap_ratio(total, size, n_countries, DRAWS, setup->seed, 0.9);
	score->skill_low = reach.low;
	score->skill_high = reach.high;
}

static struct score *score_rows(const struct learn_setup *setup, const struct resolved_set *set,
				const char *question, int64_t origin, size_t member, struct arena *arena,
				struct records *out)
{
	double *p = arena_array(arena, double, set->n + 1), *base = arena_array(arena, double, set->n + 1);
	unsigned char *y = arena_array(arena, unsigned char, set->n + 1);
	size_t *country = arena_array(arena, size_t, set->n + 1);
	size_t n = pick(set, question, origin, member, p, base, y, country);
	struct score *score;

	if (n == 0)
		return NULL;
	score = score_new(setup, out, "forecast", question, learn_members[member], origin);
	score->n = (double)n;
	score->positives = 0;
	for (size_t i = 0; i < n; i++)
		score->positives += y[i];
	score->brier = brier_score(p, y, n);
	score->log_score = log_score(p, y, n);
	score->auc = auc_score(p, y, n);
	if (isnan(score->auc))
		record_missing(out->arena, &score->r, "auc", "only one of the two outcomes occurred");
	set_skill(setup, score, p, base, y, country, n, set->n_countries, arena);
	if (isnan(score->skill_low)) {
		record_missing(out->arena, &score->r, "skill_low", "one country cannot be resampled");
		record_missing(out->arena, &score->r, "skill_high", "one country cannot be resampled");
	}
	for (size_t i = 0; i < set->n; i++)   /* a pooled score names the forecasts by its yearly ones */
		if (origin != INT_MISSING && str_eq(set->v[i].forecast->question, question) &&
		    set->v[i].forecast->origin == origin) {
			record_from(out->arena, &score->r, set->v[i].forecast->r.id, "forecast");
			record_inherit_licence(&score->r, set->v[i].forecast->r.licence);
		}
	record_identify(out->arena, score);
	records_add(out, score);
	return score;
}

static void set_weights(const struct learn_setup *setup, const char *question,
			struct score *const scores[LEARN_MEMBERS], struct records *out)
{
	double weights[LEARN_MEMBERS], best = INFINITY, total = 0, n = scores[1] ? scores[1]->n : 0;
	double trust = n / (n + FADE);
	size_t speaking = 0;

	for (size_t m = 1; m < LEARN_MEMBERS; m++)
		if (scores[m]) {
			best = fmin(best, scores[m]->brier);
			speaking++;
		}
	if (speaking < 2)
		return;
	for (size_t m = 1; m < LEARN_MEMBERS; m++)
		total += weights[m] = scores[m] ? exp(-SHARPNESS * (scores[m]->brier - best)) : 0;
	for (size_t m = 1; m < LEARN_MEMBERS; m++) {
		struct setting *setting = record_new(out->arena, &kind_setting);

		setting->r.known = setup->as_of;
		setting->name = arena_printf(out->arena, "weight.%s.%s", question, learn_members[m]);
		setting->value = trust * weights[m] / total + (1 - trust) / (LEARN_MEMBERS - 1);
		setting->reason = scores[m]
			? arena_printf(out->arena, "Brier %.4f over %.0f resolved forecasts, best member %.4f",
				       scores[m]->brier, scores[m]->n, best)
			: "the member has not spoken yet";
		for (size_t k = 1; k < LEARN_MEMBERS; k++)
			if (scores[k]) {
				record_from(out->arena, &setting->r, scores[k]->r.id, "score");
				record_inherit_licence(&setting->r, scores[k]->r.licence);
			}
		record_identify(out->arena, setting);
		records_add(out, setting);
	}
}

void learn_forecasts(const struct learn_setup *setup, const struct resolved_set *set, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};

	for (size_t q = 0; q < LENGTH(questions); q++) {
		struct score *pooled[LEARN_MEMBERS];
		size_t first_score = out->n;

		for (size_t i = 0; i < set->n; i++) {
			const struct forecast *at = set->v[i].forecast;
			bool again = i && str_eq(set->v[i - 1].forecast->question, at->question) &&
				     set->v[i - 1].forecast->origin == at->origin;

			if (!str_eq(at->question, questions[q]) || again)
				continue;
			for (size_t m = 0; m < LEARN_MEMBERS; m++) {
				arena_reset(&arena);
				score_rows(setup, set, questions[q], at->origin, m, &arena, out);
			}
		}
		for (size_t m = 0; m < LEARN_MEMBERS; m++) {
			arena_reset(&arena);
			pooled[m] = score_rows(setup, set, questions[q], INT_MISSING, m, &arena, out);
			if (!pooled[m])
				continue;
			for (size_t i = first_score; i < out->n; i++) {
				const struct score *yearly = (const struct score *)out->v[i];

				if (yearly->r.kind == &kind_score && yearly->origin != INT_MISSING &&
				    str_eq(yearly->member, learn_members[m])) {
					record_from(out->arena, &pooled[m]->r, yearly->r.id, "year");
					record_inherit_licence(&pooled[m]->r, yearly->r.licence);
				}
			}
		}
		set_weights(setup, questions[q], pooled, out);
	}
}

int learn_run(const struct learn_setup *setup, const struct records *in, struct records *out,
	      struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records known = {.arena = &arena};
	struct resolved_set set;

	for (size_t i = 0; i < in->n; i++)   /* what became known later teaches later */
		if (in->v[i]->known.usec <= setup->as_of.usec)
			records_add(&known, in->v[i]);
	resolved_build(setup, &known, &arena, &set);
	learn_forecasts(setup, &set, out);
	learn_alerts(setup, &known, out);
	return learn_judgements(setup, &known, out, err);
}
