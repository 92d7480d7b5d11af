/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forecast_scores.c - what the forecasts were worth: of each year, pooled, by group of countries, by member.
 *
 * A pooled score names the yearly ones it was made of, and these the forecasts. Skill is a difference of
 * Brier scores on the same rows, countries resampled whole; where its interval touches nought, none is shown.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/resolved.h"

#define DRAWS 1000
#define LEVEL 0.9
#define LEAST_COUNTRIES 5     /* for skill to be called shown: an interval of fewer says little */

/* Rows of a slice in which a member spoke. */
struct rows {
	double *p, *base, *country_rate;
	unsigned char *y;
	size_t *country, n;
	int64_t horizon;
};

bool slice_has(const struct slice *slice, const struct resolved *row)
{
	return (!slice->question || slice->question == row->asked.text) &&
	       (!slice->sign || slice->sign == row->asked.sign) &&
	       (slice->origin == INT_MISSING || slice->origin == row->forecast->origin) &&
	       (slice->level < 0 || slice->level == row->level) &&
	       (!slice->region || (row->region && str_eq(slice->region, row->region)));
}

static struct rows rows_pick(const struct resolved_set *set, const struct slice *slice, size_t member,
			     struct arena *arena)
{
	struct rows rows = {arena_array(arena, double, set->n + 1), arena_array(arena, double, set->n + 1),
			    arena_array(arena, double, set->n + 1), arena_array(arena, unsigned char, set->n + 1),
			    arena_array(arena, size_t, set->n + 1), 0, INT_MISSING};

	for (size_t i = 0; i < set->n; i++) {
		const struct resolved *row = &set->v[i];

		if (isnan(row->p[member]) || !slice_has(slice, row))
			continue;
		rows.p[rows.n] = row->p[member];
		rows.base[rows.n] = row->p[MEMBER_BASE_RATE];
		rows.country_rate[rows.n] = row->p[MEMBER_COUNTRY_RATE];
		rows.country[rows.n] = row->country;
		rows.horizon = rows.n == 0 || rows.horizon == row->horizon ? row->horizon : INT_MISSING;
		rows.y[rows.n++] = row->y;
	}
	return rows;
}

struct skill {
	double gain;
	struct interval reach;       /* NAN with one country */
	size_t countries;
};

/* Brier of the rival minus Brier of the member; NAN where the rival is not known in some row. */
static struct skill skill_of(const struct learn_setup *setup, const struct rows *rows, const double *rival,
			     size_t n_countries, struct arena *arena)
{
	double *total = arena_array(arena, double, n_countries + 1), *size = arena_array(arena, double, n_countries + 1);
	struct skill skill = {NAN, {NAN, NAN}, 0};
	double sum = 0;

	for (size_t i = 0; i < rows->n; i++) {
		double gain = (rival[i] - rows->y[i]) * (rival[i] - rows->y[i]) -
			      (rows->p[i] - rows->y[i]) * (rows->p[i] - rows->y[i]);

		skill.countries += size[rows->country[i]] == 0;
		total[rows->country[i]] += gain;
		size[rows->country[i]]++;
		sum += gain;
	}
	if (isnan(sum))
		return skill;
	skill.gain = sum / (double)rows->n;
	if (skill.countries > 1)
		skill.reach = bootstrap_ratio(total, size, n_countries, DRAWS, setup->seed, LEVEL);
	return skill;
}

static const char *against(const struct skill *skill)
{
	return isnan(skill->reach.low) ? NULL : skill->reach.low > 0 ? "better" : skill->reach.high < 0 ? "worse" : NULL;
}

/* Skill in words; "shown" is what the interval leaves no doubt of. */
static const char *verdict_of(size_t member, const struct skill *base, const struct skill *country,
			      struct arena *arena)
{
	const char *to_base = member == MEMBER_BASE_RATE ? NULL : against(base);
	const char *to_country = member == MEMBER_COUNTRY_RATE ? NULL : against(country);

	if (isnan(base->reach.low))
		return "no skill shown: one country cannot be resampled";
	if (base->countries < LEAST_COUNTRIES)
		return "no skill shown: fewer than five countries";
	if (to_base && to_country && str_eq(to_base, to_country))
		return arena_printf(arena, "%s than the base rate and the country rate", to_base);
	if (to_base && to_country)
		return arena_printf(arena, "%s than the base rate, %s than the country rate", to_base, to_country);
	if (to_base)
		return arena_printf(arena, "%s than the base rate%s", to_base,
				    member == MEMBER_COUNTRY_RATE ? "" : ", not shown against the country rate");
	if (to_country)
		return arena_printf(arena, "%s%s than the country rate",
				    member == MEMBER_BASE_RATE ? "" : "no skill shown against the base rate, ", to_country);
	return "no skill shown";
}

static const char *bins_json(const struct reliability *all, struct arena *arena)
{
	_cleanup_(buf_free) struct buf text = {0};

	buf_putc(&text, '[');
	for (size_t k = 0; k < RELIABILITY_BINS; k++) {
		buf_printf(&text, "%s{\"events\":%zu,\"mean\":", k ? "," : "", all->bins[k].events);
		json_put_num(&text, num_round(all->bins[k].mean_p));
		buf_printf(&text, ",\"n\":%zu}", all->bins[k].n);
	}
	buf_putc(&text, ']');
	return arena_ndup(arena, text.s, text.len);
}

static void set_gaps(struct score *score, struct arena *arena)
{
	if (isnan(score->auc))
		record_missing(arena, &score->r, "auc", "only one of the two outcomes occurred");
	if (isnan(score->auc_pr))
		record_missing(arena, &score->r, "auc_pr", "no event occurred");
	if (isnan(score->skill_low)) {
		record_missing(arena, &score->r, "skill_low", "one country cannot be resampled");
		record_missing(arena, &score->r, "skill_high", "one country cannot be resampled");
	}
	if (isnan(score->skill_country))
		record_missing(arena, &score->r, "skill_country", "the country's own rate is not known everywhere");
}

static void set_figures(const struct rows *rows, struct score *score, struct arena *arena)
{
	struct reliability all;

	reliability_of(rows->p, rows->y, rows->n, &all);
	score->n = (double)rows->n;
	score->positives = (double)all.events;
	score->horizon = rows->horizon;
	score->brier = brier_score(rows->p, rows->y, rows->n);
	score->log_score = log_score(rows->p, rows->y, rows->n);
	score->auc = auc_score(rows->p, rows->y, rows->n);
	score->auc_pr = average_precision(rows->p, rows->y, rows->n);
	score->ece = all.ece;
	score->ece_floor = ece_floor(rows->p, rows->n);
	score->reliability = all.reliability;
	score->resolution = all.resolution;
	score->uncertainty = all.uncertainty;
	score->bins = bins_json(&all, arena);
}

struct score *score_slice(const struct learn_setup *setup, const struct resolved_set *set, const struct slice *slice,
			  size_t member, struct arena *scratch, struct records *out)
{
	const struct rows rows = rows_pick(set, slice, member, scratch);
	struct skill base, country;
	struct score *score;

	if (rows.n == 0)
		return NULL;
	score = record_new(out->arena, &kind_score);
	score->r.known = setup->as_of;
	if (slice->origin != INT_MISSING)
		score->r.valid_from = instant_of_year(slice->origin);
	score->member = learn_members[member].name;
	score->origin = slice->origin;
	set_figures(&rows, score, out->arena);
	base = skill_of(setup, &rows, rows.base, set->n_countries, scratch);
	country = skill_of(setup, &rows, rows.country_rate, set->n_countries, scratch);
	score->skill = base.gain;
	score->skill_low = base.reach.low;
	score->skill_high = base.reach.high;
	score->skill_country = country.gain;
	score->skill_country_low = country.reach.low;
	score->skill_country_high = country.reach.high;
	score->verdict = verdict_of(member, &base, &country, out->arena);
	set_gaps(score, out->arena);
	return score;
}

/* ---- subjects ---- */

static bool has_row(const struct resolved_set *set, const struct slice *slice)
{
	for (size_t i = 0; i < set->n; i++)
		if (slice_has(slice, &set->v[i]))
			return true;
	return false;
}

size_t subjects_of(const struct resolved_set *set, struct arena *arena, struct subject **ret)
{
	static const char *const directions[] = {"closing", "opening"};
	struct subject *v = NULL;
	size_t n = 0, cap = 0, of_direction[LENGTH(directions)] = {0};

	for (size_t i = 0; i < set->n; i++) {
		struct slice slice = SLICE_ALL;

		if (i && set->v[i].asked.text == set->v[i - 1].asked.text)
			continue;
		slice.question = set->v[i].asked.text;
		*arena_push(arena, v, n, cap) = (struct subject){slice.question, slice, false};
		of_direction[set->v[i].asked.sign > 0]++;
	}
	for (size_t d = 0; d < LENGTH(directions); d++) {
		struct slice slice = SLICE_ALL;

		slice.sign = d ? 1 : -1;
		if (of_direction[d] > 1)
			*arena_push(arena, v, n, cap) =
				(struct subject){arena_printf(arena, "%s.all", directions[d]), slice, true};
	}
	if (of_direction[0] && of_direction[1])
		*arena_push(arena, v, n, cap) = (struct subject){"all", SLICE_ALL, true};
	*ret = v;
	return n;
}

struct score *pooled_find(const struct records *out, const char *subject, const char *member)
{
	struct score *score;

	for (size_t i = 0; (score = records_next(out, &kind_score, &i));)
		if (str_eq(score->about, "forecast") && str_eq(score->subject, subject) &&
		    str_eq(score->member, member) && score->origin == INT_MISSING)
			return score;
	return NULL;
}

/* ---- by year, pooled, by group ---- */

static void score_keep(struct score *score, const char *about, const char *subject, struct records *out)
{
	score->about = about;
	score->subject = arena_dup(out->arena, subject);
	record_identify(out->arena, score);
	records_add(out, score);
}

static void from_forecasts(const struct resolved_set *set, const struct slice *slice, struct score *score,
			   struct arena *arena)
{
	for (size_t i = 0; i < set->n; i++)
		if (slice_has(slice, &set->v[i])) {
			record_from(arena, &score->r, set->v[i].forecast->r.id, "forecast");
			record_inherit_licence(&score->r, set->v[i].forecast->r.licence);
		}
}

/* A score over several years names the forecasts by the yearly scores of its questions. */
static void from_years(const struct subject *subject, struct score *score, const struct records *out)
{
	const struct score *yearly;

	for (size_t i = 0; (yearly = records_next(out, &kind_score, &i));) {
		if (!str_eq(yearly->about, "forecast") || yearly->origin == INT_MISSING ||
		    !str_eq(yearly->member, score->member) ||
		    (subject->slice.question && !str_eq(yearly->subject, subject->slice.question)) ||
		    (subject->slice.sign && subject->slice.sign != (str_starts(yearly->subject, "closing") ? -1 : 1)))
			continue;
		record_from(out->arena, &score->r, yearly->r.id, "year");
		record_inherit_licence(&score->r, yearly->r.licence);
	}
}

static void score_years(const struct learn_setup *setup, const struct resolved_set *set, const struct subject *subject,
			struct arena *scratch, struct records *out)
{
	struct slice slice = subject->slice;

	for (size_t i = 0; i < set->n; i++) {
		if (!slice_has(&subject->slice, &set->v[i]) || slice.origin == set->v[i].forecast->origin)
			continue;
		slice.origin = set->v[i].forecast->origin;
		for (size_t m = 0; m < n_learn_members; m++) {
			struct score *score;

			arena_reset(scratch);
			score = score_slice(setup, set, &slice, m, scratch, out);
			if (!score)
				continue;
			from_forecasts(set, &slice, score, out->arena);
			score_keep(score, "forecast", subject->name, out);
		}
	}
}

static void score_part(const struct learn_setup *setup, const struct resolved_set *set, const struct subject *subject,
		       const struct slice *slice, const char *group, const char *words, struct arena *scratch,
		       struct records *out)
{
	for (size_t m = 0; m < n_learn_members; m++) {
		struct score *score;

		arena_reset(scratch);
		score = score_slice(setup, set, slice, m, scratch, out);
		if (!score)
			continue;
		from_years(subject, score, out);
		score->grouping = words;
		score_keep(score, group ? "group" : "forecast",
			   group ? arena_printf(scratch, "%s/%s", subject->name, group) : subject->name, out);
	}
}

static void score_levels(const struct learn_setup *setup, const struct resolved_set *set,
			 const struct subject *subject, struct arena *scratch, struct records *out)
{
	for (int level = 0; level < LEARN_LEVELS; level++) {
		struct slice slice = subject->slice;

		slice.level = level;
		score_part(setup, set, subject, &slice, arena_printf(out->arena, "level:%s", learn_levels[level]),
			   arena_printf(out->arena, "indices at the origin within %s", learn_levels[level]), scratch, out);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void score_regions(const struct learn_setup *setup, const struct resolved_set *set,
			  const struct subject *subject, struct arena *scratch, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char **regions = arena_array(&arena, const char *, set->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		if (set->v[i].region && slice_has(&subject->slice, &set->v[i]))
			regions[n++] = set->v[i].region;
	if (n)
		qsort(regions, n, sizeof *regions, by_text);
	for (size_t i = 0; i < n; i++) {
		struct slice slice = subject->slice;

		slice.region = regions[i];
		if (i == 0 || strcmp(regions[i], regions[i - 1]) != 0)
			score_part(setup, set, subject, &slice, arena_printf(out->arena, "region:%s", regions[i]),
				   arena_printf(out->arena, "region %s", regions[i]), scratch, out);
	}
}

void learn_forecasts(const struct learn_setup *setup, const struct resolved_set *set, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0}, scratch = {0};
	struct subject *subjects;
	const size_t n = subjects_of(set, &arena, &subjects);

	for (size_t s = 0; s < n; s++)
		if (!subjects[s].pooled && has_row(set, &subjects[s].slice))
			score_years(setup, set, &subjects[s], &scratch, out);
	for (size_t s = 0; s < n; s++) {
		score_part(setup, set, &subjects[s], &subjects[s].slice, NULL, NULL, &scratch, out);
		score_levels(setup, set, &subjects[s], &scratch, out);
		score_regions(setup, set, &subjects[s], &scratch, out);
	}
}
