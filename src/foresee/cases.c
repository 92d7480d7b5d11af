/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cases.c - cases listed, labelled and hashed; their features come from features.c. */
#include <math.h>
#include <string.h>

#include "foresee/features.h"

#define LEAST_KNOWN 0.5    /* share of the origin's cases that must know a feature */

static size_t list_keys(struct cases *cases, bool count_only)
{
	const struct history *history = cases->history;
	size_t n = 0;

	for (int64_t year = history->first; year <= cases->origin; year++)
		for (size_t unit = 0; unit < history->n_units; unit++)
			for (size_t space = 0; space < cases->n_spaces; space++)
				for (int side = 0; side < 2; side++) {
					if (isnan(history_value(history, cases->origin, space, unit, year)))
						continue;
					if (!count_only)
						cases->key[n] = (struct case_key){(uint32_t)unit, (int32_t)year, (uint8_t)space,
										  side ? -1 : 1};
					n++;
				}
	return n;
}

static void label(struct cases *cases)
{
	for (size_t i = 0; i < cases->n; i++) {
		const struct case_key *key = &cases->key[i];
		const struct space *space = &cases->spaces[key->space];

		cases->y[i] = (signed char)space_outcome(cases->history, space, key->space, cases->rule, cases->origin, key->unit,
							 key->year, key->direction);
		for (int k = 0; k < 2; k++)
			cases->next[k][i] = (signed char)space_event(cases->history, space, key->space, cases->rule,
				cases->origin, key->unit, key->year + 1 + k, key->direction);
	}
}

/* A feature that the origin's cases miss would mean something else there than in the cases learned from. */
static void drop_unknown(struct cases *cases)
{
	size_t first, past;

	cases_of_years(cases, cases->origin, cases->origin, &first, &past);
	for (size_t f = 0; f < N_CASE_FEATURES; f++) {
		size_t known = 0;

		for (size_t i = first; i < past; i++)
			known += !isnan(cases->x[i * N_CASE_FEATURES + f]);
		cases->usable[f] = (double)known >= LEAST_KNOWN * (double)(past - first) && known > 0;
		for (size_t i = 0; i < cases->n && !cases->usable[f]; i++)
			cases->x[i * N_CASE_FEATURES + f] = NAN;
	}
}

void cases_build(const struct history *history, const struct space *spaces, size_t n_spaces, enum space_rule rule,
		 int64_t origin, const bool *borders, struct arena *arena, struct cases *ret)
{
	struct cases cases = {.history = history, .spaces = spaces, .n_spaces = n_spaces, .rule = rule, .origin = origin,
			      .borders = borders};

	cases.n = list_keys(&cases, true);
	cases.key = arena_array(arena, struct case_key, cases.n + 1);
	list_keys(&cases, false);
	cases.x = arena_array(arena, float, cases.n * N_CASE_FEATURES + 1);
	cases.y = arena_array(arena, signed char, cases.n + 1);
	cases.next[0] = arena_array(arena, signed char, cases.n + 1);
	cases.next[1] = arena_array(arena, signed char, cases.n + 1);
	label(&cases);
	features_fill(&cases);
	drop_unknown(&cases);
	*ret = cases;
}

void cases_of_years(const struct cases *cases, int64_t from, int64_t to, size_t *first, size_t *past)
{
	size_t bounds[2];

	for (int k = 0; k < 2; k++) {
		int64_t year = k ? to + 1 : from;
		size_t low = 0, high = cases->n;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (cases->key[middle].year < year)
				low = middle + 1;
			else
				high = middle;
		}
		bounds[k] = low;
	}
	*first = bounds[0];
	*past = bounds[1] > bounds[0] ? bounds[1] : bounds[0];
}

int64_t cases_last_final(const struct cases *cases, int64_t cutoff)
{
	return cutoff - 2 - rule_delay(cases->rule);
}

static void hash_text(struct hash *hash, const char *text)
{
	hash_add(hash, text, strlen(text) + 1);
}

/* The question, and of the units with cases their names, regions and neighbours: what learners read beside the cases. */
static void hash_frame(const struct cases *cases, struct hash *hash)
{
	const struct history *history = cases->history;
	_cleanup_(arena_free) struct arena scratch = {0};
	bool *spoken_of = arena_array(&scratch, bool, history->n_units + 1);
	int64_t frame[] = {cases->origin, cases->rule, (int64_t)cases->n_spaces, (int64_t)cases->n, cases->borders != NULL};

	hash_add(hash, frame, sizeof frame);
	for (size_t k = 0; k < cases->n_spaces; k++) {
		hash_text(hash, cases->spaces[k].name);
		hash_add(hash, &cases->spaces[k].step, sizeof cases->spaces[k].step);
	}
	for (size_t i = 0; i < cases->n; i++)
		spoken_of[cases->key[i].unit] = true;
	for (size_t u = 0; u < history->n_units; u++) {
		if (!spoken_of[u])
			continue;
		hash_text(hash, history->units[u].name);
		hash_add(hash, &history->units[u].region, sizeof history->units[u].region);
		for (size_t v = 0; cases->borders && v < history->n_units; v++)
			if (spoken_of[v])
				hash_add(hash, &cases->borders[u * history->n_units + v], sizeof *cases->borders);
	}
	hash_add(hash, cases->usable, sizeof cases->usable);
}

void cases_hash(const struct cases *cases, char hex[65])
{
	const struct history *history = cases->history;
	struct hash hash;

	hash_start(&hash, 32);
	hash_frame(cases, &hash);
	for (size_t i = 0; i < cases->n; i++) {
		const struct case_key *key = &cases->key[i];
		double value = history_value(history, cases->origin, key->space, key->unit, key->year);
		signed char told[] = {(signed char)key->space, key->direction, cases->y[i], cases->next[0][i], cases->next[1][i]};
		float x[N_CASE_FEATURES];

		for (size_t f = 0; f < N_CASE_FEATURES; f++) {
			x[f] = cases->x[i * N_CASE_FEATURES + f];
			x[f] = isnan(x[f]) ? NAN : x[f];   /* one NAN, whatever its bits */
		}
		hash_text(&hash, history->units[key->unit].name);
		hash_add(&hash, &key->year, sizeof key->year);
		hash_add(&hash, told, sizeof told);
		hash_add(&hash, &value, sizeof value);
		hash_add(&hash, x, sizeof x);
	}
	hash_end(&hash, 32, hex);
}
