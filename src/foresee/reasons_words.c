/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reasons_words.c - reasons for people and for programs. */
#include <math.h>
#include <stdlib.h>

#include "foresee/reasons.h"

#define LEAST_TOLD .02       /* a part that changes the odds by less is not told */
#define FEATURES_TOLD 2      /* of a group */
#define FEATURES_LISTED 12

static const char *unit_label(const struct cases *cases, uint32_t unit)
{
	const struct history_unit *of = &cases->history->units[unit];

	return of->iso3 ? of->iso3 : of->name;
}

/* A part of the log-odds as a change of the odds, all else as it is. */
static void put_odds(struct buf *buf, double part)
{
	double times = exp(part);

	if (fabs(part) < LEAST_TOLD)
		buf_puts(buf, "leaves the odds about as they are");
	else if (times >= 3)
		buf_printf(buf, "raises the odds %.1f times", times);
	else
		buf_printf(buf, "%s the odds by %.0f %%", part > 0 ? "raises" : "lowers", 100 * fabs(times - 1));
}

void reach_words(struct buf *buf, struct interval reach)
{
	if (isnan(reach.low))
		buf_puts(buf, "not known how sure");
	else
		buf_printf(buf, "%.0f to %.0f %%", 100 * reach.low, 100 * reach.high);
}

/* ---- drivers ---- */

/* Largest size first; equal ones in the order of the table. */
static void order_by_size(const double *v, size_t n, size_t *order)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = i;

		while (at > 0 && fabs(v[order[at - 1]]) < fabs(v[i])) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = i;
	}
}

static void put_features(struct buf *buf, const struct cases *cases, const struct drivers *drivers, const size_t *order,
			 enum feature_group group)
{
	size_t told = 0;

	for (size_t k = 0; k < N_CASE_FEATURES && told < FEATURES_TOLD; k++) {
		enum feature feature = (enum feature)order[k];

		if (feature_group(feature, cases->key[drivers->row].space) != group || fabs(drivers->part[feature]) < LEAST_TOLD)
			continue;
		buf_puts(buf, "    ");
		feature_say(buf, cases, drivers->row, feature);
		buf_puts(buf, ": ");
		put_odds(buf, drivers->part[feature]);
		buf_putc(buf, '\n');
		told++;
	}
}

void drivers_words(struct buf *buf, const struct outlook *outlook, const struct drivers *drivers)
{
	size_t groups[N_FEATURE_GROUPS], features[N_CASE_FEATURES], small = 0;

	order_by_size(drivers->group, N_FEATURE_GROUPS, groups);
	order_by_size(drivers->part, N_CASE_FEATURES, features);
	for (size_t k = 0; k < N_FEATURE_GROUPS; k++) {
		enum feature_group group = (enum feature_group)groups[k];

		if (fabs(drivers->group[group]) < LEAST_TOLD) {
			small += drivers->group[group] != 0;
			continue;
		}
		buf_printf(buf, "  %s: ", group_words(group));
		put_odds(buf, drivers->group[group]);
		buf_putc(buf, '\n');
		put_features(buf, &outlook->cases, drivers, features, group);
	}
	if (drivers->paths_weight > 0) {
		buf_printf(buf, "  paths of similar country-years (%.0f %% of the weight, no parts): ",
			   100 * drivers->paths_weight);
		put_odds(buf, drivers->paths);
		buf_putc(buf, '\n');
	}
	buf_puts(buf, "  calibration on what came true: ");
	put_odds(buf, drivers->settled);
	buf_printf(buf, "\n  all this from the mean case, whose chance is about %.0f %%", 100 / (1 + exp(-drivers->start)));
	if (small)
		buf_printf(buf, "; %zu more group%s", small, small == 1 ? " hardly counts" : "s hardly count");
	buf_putc(buf, '\n');
}

struct pair {
	const char *name;
	double value;
};

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct pair *)a)->name, ((const struct pair *)b)->name);
}

void drivers_json(struct buf *buf, const struct drivers *drivers)
{
	struct pair pairs[N_FEATURE_GROUPS + 3] = {
		{"paths", drivers->paths}, {"settled", drivers->settled}, {"start", drivers->start},
	};

	for (size_t g = 0; g < N_FEATURE_GROUPS; g++)
		pairs[3 + g] = (struct pair){group_name((enum feature_group)g), drivers->group[g]};
	qsort(pairs, LENGTH(pairs), sizeof *pairs, by_name);
	for (size_t k = 0; k < LENGTH(pairs); k++) {
		buf_printf(buf, "%s\"%s\":", k ? "," : "{", pairs[k].name);
		json_put_num(buf, num_round(pairs[k].value));
	}
	buf_putc(buf, '}');
}

static void put_key_num(struct buf *buf, const char *before, const char *key, double value)
{
	buf_printf(buf, "%s\"%s\":", before, key);
	json_put_num(buf, num_round(value));
}

void features_json(struct buf *buf, const struct outlook *outlook, const struct drivers *drivers)
{
	const struct cases *cases = &outlook->cases;
	size_t order[N_CASE_FEATURES];

	order_by_size(drivers->part, N_CASE_FEATURES, order);
	buf_putc(buf, '[');
	for (size_t k = 0; k < FEATURES_LISTED && drivers->part[order[k]] != 0; k++) {
		_cleanup_(buf_free) struct buf words = {0};
		enum feature feature = (enum feature)order[k];

		feature_say(&words, cases, drivers->row, feature);
		buf_printf(buf, "%s{\"feature\":\"%s\",\"group\":\"%s\"", k ? "," : "", feature_name(feature),
			   group_name(feature_group(feature, cases->key[drivers->row].space)));
		put_key_num(buf, ",", "part", drivers->part[feature]);
		put_key_num(buf, ",", "value", cases->x[drivers->row * N_CASE_FEATURES + feature]);
		buf_puts(buf, ",\"words\":");
		json_put_str(buf, words.s);
		buf_putc(buf, '}');
	}
	buf_putc(buf, ']');
}

/* ---- similar cases ---- */

void similars_words(struct buf *buf, const struct outlook *outlook, const struct similars *similars)
{
	const struct cases *cases = &outlook->cases;

	for (size_t k = 0; k < similars->n_shown; k++) {
		const struct similar *similar = &similars->shown[k];
		const struct case_key *key = &cases->key[similar->row];
		double steps = similar->moved / cases->spaces[key->space].step;

		buf_printf(buf, "  %s %d: %s, ", unit_label(cases, key->unit), key->year,
			   cases->y[similar->row] != EVENT_YES ? "nothing of the kind" :
			   key->direction > 0 ? "it opened" : "it closed");
		if (isnan(similar->moved))
			buf_puts(buf, "the index two years on is not known\n");
		else if (fabs(similar->moved) < .0005)
			buf_puts(buf, "the index stood where it was two years on\n");
		else
			buf_printf(buf, "the index %s by %.3f in two years (%.1f steps)\n", steps > 0 ? "rose" : "fell",
				   fabs(similar->moved), fabs(steps));
	}
	if (similars->counted == 0)
		buf_puts(buf, "  none: no case of this question is resolved\n");
	else
		buf_printf(buf, "  of the %zu nearest %zu saw %s: %.0f to %.0f %%\n", similars->counted, similars->events,
			   cases->key[similars->shown[0].row].direction > 0 ? "an opening" : "a closing",
			   100 * similars->share.low, 100 * similars->share.high);
}

void similars_json(struct buf *buf, const struct outlook *outlook, const struct similars *similars)
{
	const struct cases *cases = &outlook->cases;

	buf_puts(buf, "{\"cases\":[");
	for (size_t k = 0; k < similars->n_shown; k++) {
		const struct case_key *key = &cases->key[similars->shown[k].row];

		put_key_num(buf, k ? ",{" : "{", "distance", similars->shown[k].distance);
		buf_printf(buf, ",\"happened\":%s", cases->y[similars->shown[k].row] == EVENT_YES ? "true" : "false");
		put_key_num(buf, ",", "moved", similars->shown[k].moved);
		buf_puts(buf, ",\"unit\":");
		json_put_str(buf, cases->history->units[key->unit].name);
		buf_printf(buf, ",\"year\":%d}", key->year);
	}
	buf_printf(buf, "],\"events\":%zu", similars->events);
	put_key_num(buf, ",", "high", similars->share.high);
	put_key_num(buf, ",", "low", similars->share.low);
	buf_printf(buf, ",\"n\":%zu}", similars->counted);
}

/* ---- what would change it ---- */

void changes_words(struct buf *buf, const struct outlook *outlook, const struct drivers *drivers,
		   const struct changes *changes, struct interval now)
{
	const struct cases *cases = &outlook->cases;
	const struct case_key *key = &cases->key[drivers->row];

	for (size_t k = 0; k < changes->n; k++) {
		const struct change *change = &changes->v[k];
		const struct case_key *donor = &cases->key[change->donor];

		buf_printf(buf, "  %s as in %s %d: from ", group_words(change->group), unit_label(cases, donor->unit),
			   donor->year);
		reach_words(buf, now);
		buf_puts(buf, " to ");
		reach_words(buf, change->reach);
		buf_puts(buf, "\n    most by: ");
		feature_say(buf, cases, drivers->row, change->feature);
		buf_puts(buf, "; there: ");
		feature_put(buf, key, change->feature, change->after);
		buf_putc(buf, '\n');
	}
	if (changes->n == 0)
		buf_puts(buf, "  nothing that can change within a year\n");
}

void changes_json(struct buf *buf, const struct outlook *outlook, const struct changes *changes)
{
	const struct cases *cases = &outlook->cases;

	buf_putc(buf, '[');
	for (size_t k = 0; k < changes->n; k++) {
		const struct change *change = &changes->v[k];
		const struct case_key *donor = &cases->key[change->donor];

		put_key_num(buf, k ? ",{" : "{", "after", change->after);
		put_key_num(buf, ",", "before", change->before);
		buf_printf(buf, ",\"feature\":\"%s\",\"group\":\"%s\"", feature_name(change->feature), group_name(change->group));
		put_key_num(buf, ",", "high", change->reach.high);
		put_key_num(buf, ",", "low", change->reach.low);
		buf_puts(buf, ",\"unit\":");
		json_put_str(buf, cases->history->units[donor->unit].name);
		buf_printf(buf, ",\"year\":%d}", donor->year);
	}
	buf_putc(buf, ']');
}

/* ---- for a record ---- */

int reasons_record(const struct likeness *likeness, size_t i, struct arena *arena, const char **ret_drivers,
		   const char **ret_similar, struct err *err)
{
	_cleanup_(buf_free) struct buf told = {0}, like = {0};
	struct drivers drivers;
	struct similars similars;
	int r = drivers_make(likeness->outlook, i, &drivers, err);

	if (r < 0)
		return r;
	similars_find(likeness, &drivers, &similars);
	drivers_json(&told, &drivers);
	similars_json(&like, likeness->outlook, &similars);
	*ret_drivers = arena_ndup(arena, told.s, told.len);
	*ret_similar = arena_ndup(arena, like.s, like.len);
	return 0;
}
