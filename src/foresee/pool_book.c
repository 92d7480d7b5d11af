/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_book.c - records made ready for pooling, and pools made records. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresee/pool_book.h"

static int by_key(const void *a, const void *b)
{
	const struct question *x = ((const struct entry *)a)->question, *y = ((const struct entry *)b)->question;
	int order = str_cmp(x->key, y->key);

	if (order)
		return order;
	if (x->r.known.usec != y->r.known.usec)
		return x->r.known.usec < y->r.known.usec ? -1 : 1;
	return (x->r.revision > y->r.revision) - (x->r.revision < y->r.revision);
}

const struct entry *book_entry(const struct pool_book *book, const char *key)
{
	size_t low = 0, high = book->n;

	while (low < high) {
		const size_t middle = (low + high) / 2;
		const int order = str_cmp(book->v[middle].question->key, key);

		if (order == 0)
			return &book->v[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The newest of each key. */
static void take_questions(struct pool_book *book, const struct records *known)
{
	const struct question *question;
	size_t n = 0, cap = 0;

	for (size_t i = 0; (question = records_next(known, &kind_question, &i));)
		*arena_push(book->arena, book->v, n, cap) = (struct entry){.question = question};
	if (n)
		qsort(book->v, n, sizeof *book->v, by_key);
	for (size_t i = 0; i < n; i++)
		if ((i + 1 == n || !str_eq(book->v[i].question->key, book->v[i + 1].question->key)) &&
		    !book->v[i].question->r.withdrawn)
			book->v[book->n++] = book->v[i];
}

/* ---- the model ---- */

static const struct forecast *last_forecast(const struct records *known, const struct question *question)
{
	const struct forecast *forecast, *last = NULL;

	for (size_t i = 0; (forecast = records_next(known, &kind_forecast, &i));)
		if (str_eq(forecast->question, question->forecast_question) && !forecast->r.withdrawn &&
		    str_eq(forecast->r.unit, question->r.unit) && forecast->origin == question->forecast_origin &&
		    forecast->as_of.usec <= instant_last(question->closes) && !isnan(forecast->p) &&
		    (!last || forecast->as_of.usec > last->as_of.usec))
			last = forecast;
	return last;
}

/* What the model said, as a judgement: the chance of the first answer. NULL when it said nothing. */
static struct judgement *model_judgement(const struct records *known, const struct entry *entry, struct arena *arena)
{
	const struct question *question = entry->question;
	const struct forecast *forecast = question->forecast_question && entry->answers.n == 2
						? last_forecast(known, question) : NULL;
	struct judgement *judgement;
	double p[2];

	if (!forecast)
		return NULL;
	judgement = record_new(arena, &kind_judgement);
	p[0] = forecast->p;
	p[1] = 1 - forecast->p;
	judgement->r.unit = question->r.unit;
	judgement->r.known = forecast->r.known;
	judgement->r.licence = forecast->r.licence;
	judgement->question = question->key;
	judgement->forecaster = "model";
	judgement->at = forecast->as_of;
	judgement->clipped = chances_clip(p, 2);
	judgement->probabilities = chances_write(&entry->answers, p, arena);
	if (!isnan(forecast->low) && !isnan(forecast->high)) {   /* the ends change places for the second answer */
		judgement->low = chances_write(&entry->answers, (const double[]){forecast->low, 1 - forecast->high}, arena);
		judgement->high = chances_write(&entry->answers, (const double[]){forecast->high, 1 - forecast->low}, arena);
	} else {
		record_missing(arena, &judgement->r, "low", "the forecast has no interval");
		record_missing(arena, &judgement->r, "high", "the forecast has no interval");
	}
	record_from(arena, &judgement->r, forecast->r.id, "forecast");
	record_identify(arena, judgement);
	return judgement;
}

/* ---- members ---- */

static int take_member(struct pool_book *book, struct entry *entry, const struct judgement *judgement, struct err *err)
{
	struct entry_member *member = &entry->member[entry->n];
	double *p = arena_array(book->arena, double, entry->answers.n);
	struct err why = {0};
	int r = chances_read(judgement->probabilities, &entry->answers, book->arena, p, &why);

	if (r < 0)
		return err_hint(err, err_set(err, r, "judgement of \"%.32s\" on \"%.60s\": %s", judgement->forecaster,
					     entry->question->key, why.msg), "%s", why.hint);
	*member = (struct entry_member){.judgement = judgement, .p = p};
	member->clipped = chances_clip(p, entry->answers.n) || judgement->clipped == 1;
	entry->n++;
	return 0;
}

static int by_forecaster(const void *a, const void *b)
{
	return str_cmp(((const struct entry_member *)a)->judgement->forecaster,
		       ((const struct entry_member *)b)->judgement->forecaster);
}

static int take_members(struct pool_book *book, const struct records *known, struct records *judgements,
			struct entry *entry, struct err *err)
{
	const struct judgement **v, *model = NULL;
	size_t n;
	int r = 0;

	judgements_of(judgements, entry->question, book->arena, &v, &n);
	entry->member = arena_array(book->arena, struct entry_member, n + 1);
	for (size_t i = 0; i < n && r == 0; i++) {
		if (str_eq(v[i]->forecaster, "pool") || str_eq(v[i]->forecaster, "median"))
			continue;
		if (str_eq(v[i]->forecaster, "model"))
			model = v[i];
		r = take_member(book, entry, v[i], err);
	}
	if (r == 0 && !model && (model = model_judgement(known, entry, book->arena)))
		r = take_member(book, entry, model, err);
	if (entry->n)
		qsort(entry->member, entry->n, sizeof *entry->member, by_forecaster);
	return r;
}

static double brier_of(const struct entry *entry, const double *p)
{
	return (entry->question->ordered == 1 ? brier_ordered : brier_categories)(p, entry->answers.n, entry->outcome);
}

/* When its outcome was known to have come about, the last moment that the dates allow. */
static void set_outcome(const struct pool_book *book, struct entry *entry)
{
	const struct question *question = entry->question;
	double *p = arena_array(book->arena, double, entry->answers.n);
	double *scratch = arena_array(book->arena, double, entry->n + 1);
	int64_t known = instant_is_set(question->r.known) ? question->r.known.usec : INT64_MIN;

	entry->cutoff = question->closes.usec < book->setup.as_of.usec ? question->closes.usec : book->setup.as_of.usec;
	entry->resolved = INT64_MAX;
	if (!str_eq(question->status, "resolved") || entry->n == 0)
		return;
	entry->resolved = instant_last(question->resolved) > known ? instant_last(question->resolved) : known;
	entry->outcome = (size_t)answer_index(&entry->answers, question->outcome);
	for (size_t m = 0; m < entry->n; m++)
		entry->member[m].brier = brier_of(entry, entry->member[m].p);
	entry_median(entry, NULL, scratch, p);
	entry->crowd = brier_of(entry, p);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void number_names(struct pool_book *book)
{
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < book->n; i++)
		for (size_t m = 0; m < book->v[i].n; m++)
			*arena_push(book->arena, book->names, n, cap) = book->v[i].member[m].judgement->forecaster;
	if (n)
		qsort(book->names, n, sizeof *book->names, by_text);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(book->names[i], book->names[book->n_names - 1]) != 0)
			book->names[book->n_names++] = book->names[i];
	for (size_t i = 0; i < book->n; i++)
		for (size_t m = 0; m < book->v[i].n; m++) {
			const char *name = book->v[i].member[m].judgement->forecaster;
			const char **at = bsearch(&name, book->names, book->n_names, sizeof *book->names, by_text);

			book->v[i].member[m].name = (size_t)(at - book->names);
		}
}

/* Judgements by question, so that each is looked at once. */
static int by_question(const void *a, const void *b)
{
	const struct judgement *x = *(const struct judgement *const *)a, *y = *(const struct judgement *const *)b;
	int order = str_cmp(x->question, y->question);

	return order ? order : str_cmp(x->r.id, y->r.id);
}

static struct records judgements_sorted(const struct records *known, struct arena *arena)
{
	struct records list = {.arena = arena};
	struct judgement *judgement;

	for (size_t i = 0; (judgement = records_next(known, &kind_judgement, &i));)
		records_add(&list, judgement);
	if (list.n)
		qsort(list.v, list.n, sizeof *list.v, by_question);
	return list;
}

/* Those of one question out of the sorted ones, from *at on. */
static struct records slice_of(const struct records *sorted, const char *key, size_t *at)
{
	struct records slice = {.arena = sorted->arena};

	while (*at < sorted->n && str_cmp(((struct judgement *)sorted->v[*at])->question, key) < 0)
		++*at;
	slice.v = sorted->v + *at;
	while (*at < sorted->n && str_eq(((struct judgement *)sorted->v[*at])->question, key)) {
		++*at;
		slice.n++;
	}
	slice.cap = slice.n;
	return slice;
}

int pool_open(const struct pool_setup *setup, const struct records *in, struct arena *arena,
	      struct pool_book **ret, struct err *err)
{
	struct pool_book *book = arena_new(arena, struct pool_book);
	struct records known = {.arena = arena}, sorted;
	int r = 0;

	book->setup = *setup;
	book->arena = arena;
	for (size_t i = 0; i < in->n; i++)
		if (in->v[i]->known.usec <= setup->as_of.usec)
			records_add(&known, in->v[i]);
	take_questions(book, &known);
	sorted = judgements_sorted(&known, arena);
	for (size_t i = 0, at = 0; i < book->n && r == 0; i++) {
		struct records slice = slice_of(&sorted, book->v[i].question->key, &at);

		r = question_answers(book->v[i].question, arena, &book->v[i].answers, err);
		if (r == 0)
			r = take_members(book, &known, &slice, &book->v[i], err);
		if (r == 0)
			set_outcome(book, &book->v[i]);
	}
	if (r < 0)
		return r;
	number_names(book);
	book_weigh(book);
	*ret = book;
	return 0;
}

/* ---- pools as records ---- */

static struct judgement *pooled(const struct pool_book *book, const struct entry *entry, const struct pool *pool,
				const char *forecaster, const double *p, const double *low, const double *high,
				struct arena *arena)
{
	struct judgement *judgement = record_new(arena, &kind_judgement);
	const struct question *question = entry->question;

	judgement->r.known = book->setup.as_of;
	judgement->r.unit = question->r.unit;
	judgement->r.licence = question->r.licence;
	judgement->question = question->key;
	judgement->forecaster = forecaster;
	judgement->at = question->closes.usec < book->setup.as_of.usec ? question->closes : book->setup.as_of;
	judgement->probabilities = chances_write(&entry->answers, p, arena);
	judgement->clipped = 0;
	if (pool->interval_missing) {
		record_missing(arena, &judgement->r, "low", pool->interval_missing);
		record_missing(arena, &judgement->r, "high", pool->interval_missing);
	} else {
		judgement->low = chances_write(&entry->answers, low, arena);
		judgement->high = chances_write(&entry->answers, high, arena);
	}
	record_from(arena, &judgement->r, question->r.id, "question");
	for (size_t m = 0; m < entry->n; m++) {
		record_from(arena, &judgement->r, entry->member[m].judgement->r.id, "judgement");
		record_inherit_licence(&judgement->r, entry->member[m].judgement->r.licence);
	}
	return judgement;
}

static const char *weights_of(const struct pool *pool, struct arena *arena)
{
	struct answers names = {arena_array(arena, const char *, pool->n_members), pool->n_members};
	double *weights = arena_array(arena, double, pool->n_members);

	for (size_t m = 0; m < pool->n_members; m++) {
		names.v[m] = pool->members[m].forecaster;
		weights[m] = pool->members[m].weight;
	}
	return chances_write(&names, weights, arena);
}

int pool_judgements(const struct pool_book *book, const char *key, struct records *out, struct err *err)
{
	const struct entry *entry;
	struct judgement *judgement;
	struct pool pool;
	int r = pool_make(book, key, out->arena, &pool, err);

	if (r < 0)
		return r;
	entry = book_entry(book, key);
	for (size_t m = 0; m < entry->n; m++)
		if (str_eq(entry->member[m].judgement->forecaster, "model"))
			records_add(out, (void *)entry->member[m].judgement);
	judgement = pooled(book, entry, &pool, "pool", pool.p, pool.low, pool.high, out->arena);
	judgement->clipped = pool.clipped;
	judgement->weights = weights_of(&pool, out->arena);
	judgement->extremity = pool.extremity;
	record_identify(out->arena, judgement);
	records_add(out, judgement);
	judgement = pooled(book, entry, &pool, "median", pool.median, pool.median_low, pool.median_high, out->arena);
	record_identify(out->arena, judgement);
	records_add(out, judgement);
	return 0;
}

int pool_run(const struct pool_setup *setup, const struct records *in, struct records *out, struct err *err)
{
	struct pool_book *book;
	int r = pool_open(setup, in, out->arena, &book, err);

	for (size_t i = 0; i < (r == 0 ? book->n : 0); i++) {
		if (book->v[i].n == 0 || str_eq(book->v[i].question->status, "void"))
			continue;
		r = pool_judgements(book, book->v[i].question->key, out, err);
		if (r < 0)
			break;
	}
	return r;
}
