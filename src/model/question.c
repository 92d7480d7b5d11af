/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * question.c - what questions and judgements have to be: answers, dates in order, chances that sum
 * to 1, and pseudonyms that name nobody.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/model.h>

#define SUM_SLACK 1e-6

static const char *const statuses[] = {"open", "closed", "resolved", "void"};
static const char *const operators[] = {"<", "<=", ">", ">="};
static const char *const ours[] = {"model", "pool", "median"};

static bool is_among(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, words[i]))
			return true;
	return false;
}

/* ---- answers ---- */

int question_answers(const struct question *question, struct arena *arena, struct answers *ret, struct err *err)
{
	const struct json *list;
	int r = json_read(question->answers, strlen(question->answers), "answers", 1, arena, &list, err);

	if (r < 0)
		return r;
	if (list->type != JSON_LIST || list->n < 2 || list->n > ANSWERS_MOST)
		return err_set(err, ERR_DATA, "question \"%.60s\": answers are a list of 2 to %d texts",
			       question->key, ANSWERS_MOST);
	ret->v = arena_array(arena, const char *, list->n);
	ret->n = 0;
	for (size_t i = 0; i < list->n; i++) {
		const char *text = list->v[i].type == JSON_STR ? list->v[i].s : NULL;

		if (!text || answer_index(ret, text) >= 0)
			return err_set(err, ERR_DATA, "question \"%.60s\": answer %zu is %s", question->key, i + 1,
				       text ? "there twice" : "not a text");
		ret->v[ret->n++] = text;
	}
	return 0;
}

int answer_index(const struct answers *answers, const char *answer)
{
	for (size_t i = 0; i < answers->n; i++)
		if (str_eq(answers->v[i], answer))
			return (int)i;
	return -1;
}

/* ---- questions ---- */

/* A machine's rule is whole or not there. */
static int check_rule(const struct question *question, const struct answers *answers, struct err *err)
{
	int given = (question->indicator != NULL) + (question->operator != NULL) + !isnan(question->threshold) +
		    instant_is_set(question->until);

	if (given == 0)
		return 0;
	if (given < 4)
		return err_set(err, ERR_DATA, "question \"%.60s\": a rule for a machine needs indicator, operator, "
			       "threshold and until", question->key);
	if (!is_among(question->operator, operators, LENGTH(operators)))
		return err_set(err, ERR_DATA, "question \"%.60s\": operator is \"%.20s\", expected <, <=, > or >=",
			       question->key, question->operator);
	if (!question->r.unit || answers->n != 2)
		return err_set(err, ERR_DATA, "question \"%.60s\": a rule for a machine needs %s", question->key,
			       question->r.unit ? "two answers: it holds, it does not" : "a unit");
	return 0;
}

static int check_status(const struct question *question, const struct answers *answers, struct err *err)
{
	bool resolved = str_eq(question->status, "resolved");

	if (!is_among(question->status, statuses, LENGTH(statuses)))
		return err_set(err, ERR_DATA, "question \"%.60s\": status is \"%.20s\", expected open, closed, "
			       "resolved or void", question->key, question->status);
	if (resolved && (answer_index(answers, question->outcome) < 0 || !instant_is_set(question->resolved)))
		return err_set(err, ERR_DATA, "question \"%.60s\" is resolved: it needs an outcome among its answers, and "
			       "when it was resolved", question->key);
	if (!resolved && (question->outcome || instant_is_set(question->resolved)))
		return err_set(err, ERR_DATA, "question \"%.60s\" is %s and cannot have an outcome", question->key,
			       question->status);
	if (str_eq(question->status, "void") && (!question->reason || !*question->reason))
		return err_set(err, ERR_DATA, "question \"%.60s\" is void: it needs a reason", question->key);
	return 0;
}

int question_check(const struct question *question, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct answers answers;
	int r = question_answers(question, &arena, &answers, err);

	if (r < 0)
		return r;
	if (question->opens.usec > instant_last(question->closes) ||
	    question->closes.usec > instant_last(question->resolves))
		return err_set(err, ERR_DATA, "question \"%.60s\": it opens, closes and resolves in this order",
			       question->key);
	if (question->forecast_question && (!question->r.unit || answers.n != 2 ||
					    question->forecast_origin == INT_MISSING))
		return err_set(err, ERR_DATA, "question \"%.60s\": one that is tied to a forecast needs a unit, an "
			       "origin and two answers", question->key);
	r = check_rule(question, &answers, err);
	return r < 0 ? r : check_status(question, &answers, err);
}

/* ---- pseudonyms ---- */

bool pseudonym_is_ours(const char *name)
{
	return is_among(name, ours, LENGTH(ours));
}

int pseudonym_check(const char *name, struct err *err)
{
	size_t len = name ? strlen(name) : 0;
	int r;

	if (len >= 2 && len <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len)
		return 0;
	/* The name itself is not said again: messages end up in logs. */
	if (name && strchr(name, '@')) {
		r = err_set(err, ERR_DATA, "the forecaster looks like an e-mail address, expected a pseudonym");
	} else if (name && strpbrk(name, " ._")) {
		r = err_set(err, ERR_DATA, "the forecaster looks like a full name, expected a pseudonym");
	} else {
		r = err_set(err, ERR_DATA, "the forecaster is not a pseudonym: 2 to 32 small letters, digits and hyphens, "
			    "a letter first");
	}
	return err_hint(err, r, "Choose a word that leads to nobody, such as blue-heron; answers are kept for good.");
}

/* ---- judgements ---- */

/* Numbers in 0..1 that sum to 1; `sum` false: any in 0..1. */
static int check_chances(const struct judgement *judgement, const char *name, const char *object, bool sum,
			 struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct json *map;
	double total = 0;
	int r;

	if (!object)
		return 0;
	r = json_read(object, strlen(object), name, 1, &arena, &map, err);
	if (r < 0)
		return r;
	if (map->type != JSON_MAP || map->n == 0)
		return err_set(err, ERR_DATA, "judgement on \"%.60s\": %s is not an object of answers", judgement->question,
			       name);
	for (size_t i = 0; i < map->n; i++) {
		double p = json_num(map, map->keys[i]);

		if (!(p >= 0 && p <= 1))
			return err_set(err, ERR_DATA, "judgement on \"%.60s\": %s of \"%.40s\" is not a number in 0..1",
				       judgement->question, name, map->keys[i]);
		total += p;
	}
	if (sum && fabs(total - 1) > SUM_SLACK)
		return err_hint(err, err_set(err, ERR_DATA, "judgement on \"%.60s\": %s sum to %g, expected 1",
					     judgement->question, name, total),
				"Give every answer its chance, those that cannot be 0.");
	return 0;
}

int judgement_check(const struct judgement *judgement, struct err *err)
{
	int r = pseudonym_check(judgement->forecaster, err);

	if (r == 0)
		r = check_chances(judgement, "probabilities", judgement->probabilities, true, err);
	if (r == 0)
		r = check_chances(judgement, "low", judgement->low, false, err);
	if (r == 0)
		r = check_chances(judgement, "high", judgement->high, false, err);
	return r == 0 ? check_chances(judgement, "weights", judgement->weights, true, err) : r;
}

/* ---- chances ---- */

int chances_read(const char *object, const struct answers *answers, struct arena *arena, double *p, struct err *err)
{
	const struct json *map;
	double total = 0;
	int r = json_read(object, strlen(object), "probabilities", 1, arena, &map, err);

	if (r < 0)
		return r;
	for (size_t i = 0; map->type == JSON_MAP && i < map->n; i++)
		if (answer_index(answers, map->keys[i]) < 0)
			return err_set(err, ERR_DATA, "\"%.60s\" is not among the answers", map->keys[i]);
	for (size_t i = 0; i < answers->n; i++) {
		p[i] = map->type == JSON_MAP ? json_num(map, answers->v[i]) : NAN;
		if (!(p[i] >= 0 && p[i] <= 1))
			return err_hint(err, err_set(err, ERR_DATA, "no chance in 0..1 is given for the answer \"%.60s\"",
						     answers->v[i]),
					"Give every answer its chance, those that cannot be 0.");
		total += p[i];
	}
	if (fabs(total - 1) > SUM_SLACK)
		return err_hint(err, err_set(err, ERR_DATA, "the chances sum to %g, expected 1", total),
				"Give every answer its chance, those that cannot be 0.");
	for (size_t i = 0; i < answers->n; i++)
		p[i] /= total;
	return 0;
}

const char *chances_write(const struct answers *answers, const double *p, struct arena *arena)
{
	_cleanup_(buf_free) struct buf text = {0};
	struct json map = {.type = JSON_MAP, .n = answers->n, .keys = answers->v,
			   .v = arena_array(arena, struct json, answers->n)};

	for (size_t i = 0; i < answers->n; i++)
		map.v[i] = (struct json){.type = JSON_NUMBER, .d = num_round(p[i])};
	json_write(&text, &map);
	return arena_ndup(arena, text.s, text.len);
}

bool chances_clip(double *p, size_t n)
{
	bool moved = false, again = true;

	/* Lifting some lowers the others, perhaps below: at most n rounds, each lifts one at least. */
	while (again) {
		double held = 0, free = 0;

		again = false;
		for (size_t i = 0; i < n; i++) {
			if (p[i] < CHANCE_LEAST) {
				p[i] = CHANCE_LEAST;
				again = moved = true;
			}
			if (p[i] == CHANCE_LEAST)
				held += p[i];
			else
				free += p[i];
		}
		for (size_t i = 0; i < n && again; i++)
			if (p[i] != CHANCE_LEAST)
				p[i] *= (1 - held) / free;
	}
	return moved;
}

static int by_forecaster(const void *a, const void *b)
{
	const struct judgement *x = *(const struct judgement *const *)a, *y = *(const struct judgement *const *)b;
	int order = str_cmp(x->forecaster, y->forecaster);

	if (order)
		return order;
	if (x->at.usec != y->at.usec)
		return x->at.usec < y->at.usec ? -1 : 1;
	if (x->r.known.usec != y->r.known.usec)
		return x->r.known.usec < y->r.known.usec ? -1 : 1;
	if (x->r.revision != y->r.revision)
		return x->r.revision < y->r.revision ? -1 : 1;
	return str_cmp(x->r.id, y->r.id);
}

void judgements_of(const struct records *in, const struct question *question, struct arena *arena,
		   const struct judgement ***ret, size_t *ret_n)
{
	const struct judgement **v = NULL, *judgement;
	size_t n = 0, cap = 0, kept = 0;

	for (size_t i = 0; (judgement = records_next(in, &kind_judgement, &i));)
		if (str_eq(judgement->question, question->key) && !judgement->r.withdrawn &&
		    judgement->at.usec <= instant_last(question->closes))
			*arena_push(arena, v, n, cap) = judgement;
	if (n)
		qsort(v, n, sizeof *v, by_forecaster);
	for (size_t i = 0; i < n; i++)
		if (i + 1 == n || !str_eq(v[i]->forecaster, v[i + 1]->forecaster))
			v[kept++] = v[i];
	*ret = v;
	*ret_n = kept;
}
