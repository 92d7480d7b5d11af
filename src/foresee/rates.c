/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rates.c - the two rivals that need no model: how often a question came true so far, and in that country.
 *
 * The base rate of a question counts every settled case once, with half a case each way (Jeffreys); the
 * country rate is the country's own share, drawn towards the base rate by ten cases.
 */
#include <string.h>

#include "foresee/stack.h"

#define COUNTRY_PRIOR 10.0

struct tally {
	double hits, n;
};

struct count {
	size_t questions;
	struct tally *all, *country;      /* by question; by unit and question */
};

static size_t question_of(const struct case_key *key)
{
	return (size_t)key->space * 2 + (key->direction > 0);
}

/* What was settled at a cutoff. */
static void count_settled(const struct cases *cases, int64_t cutoff, struct count *count)
{
	size_t first, past;

	memset(count->all, 0, count->questions * sizeof *count->all);
	memset(count->country, 0, cases->history->n_units * count->questions * sizeof *count->country);
	cases_of_years(cases, cases->history->first + 2, cases_last_final(cases, cutoff), &first, &past);
	for (size_t i = first; i < past; i++) {
		size_t question = question_of(&cases->key[i]);
		struct tally *to[] = {&count->all[question], &count->country[cases->key[i].unit * count->questions + question]};

		for (size_t k = 0; k < LENGTH(to) && cases->y[i] != EVENT_OPEN; k++) {
			to[k]->hits += cases->y[i];
			to[k]->n++;
		}
	}
}

static void fill(const struct cases *cases, struct count *count, struct said *said)
{
	for (size_t i = 0; i < said->n; i++) {
		const struct case_key *key = &cases->key[said->row[i]];
		const struct tally *all = &count->all[question_of(key)];
		const struct tally *own = &count->country[key->unit * count->questions + question_of(key)];

		if (i == 0 || said->cutoff[i] != said->cutoff[i - 1])
			count_settled(cases, said->cutoff[i], count);
		said->base_rate[i] = (all->hits + .5) / (all->n + 1);
		said->country_rate[i] = (own->hits + COUNTRY_PRIOR * said->base_rate[i]) / (own->n + COUNTRY_PRIOR);
	}
}

void rates_fill(struct outlook *outlook)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct cases *cases = &outlook->cases;
	struct count count = {.questions = 2 * cases->n_spaces};

	count.all = arena_array(&arena, struct tally, count.questions + 1);
	count.country = arena_array(&arena, struct tally, cases->history->n_units * count.questions + 1);
	fill(cases, &count, &outlook->past);
	fill(cases, &count, &outlook->now);
}
