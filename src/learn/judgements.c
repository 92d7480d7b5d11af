/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judgements.c - what each forecaster's answers were worth, once a question is resolved: people, the model,
 * and the pool and the median that were kept at its closing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/learn.h>
#include <tocsin/stats.h>

#define DRAWS 1000

/* One forecaster over all questions. */
struct tally {
	const char *forecaster;
	const struct score **scores;   /* each of one question */
	size_t n, cap;
};

struct tallies {
	struct tally *v;
	size_t n, cap;
};

static void tally_add(struct tallies *tallies, const struct score *score, struct arena *arena)
{
	struct tally *tally = NULL;

	for (size_t i = 0; i < tallies->n && !tally; i++)
		if (str_eq(tallies->v[i].forecaster, score->member))
			tally = &tallies->v[i];
	if (!tally) {
		tally = arena_push(arena, tallies->v, tallies->n, tallies->cap);
		*tally = (struct tally){.forecaster = score->member};
	}
	*arena_push(arena, tally->scores, tally->n, tally->cap) = score;
}

static double brier_of(const struct question *question, const double *p, size_t k, size_t outcome)
{
	return (question->ordered == 1 ? brier_ordered : brier_categories)(p, k, outcome);
}

/* The median as it was kept at the closing; false when it was not. */
static bool find_median(const struct judgement *const *v, size_t n, const struct answers *answers, struct arena *arena,
			double *p)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i]->forecaster, "median"))
			return chances_read(v[i]->probabilities, answers, arena, p, NULL) == 0;
	return false;
}

static struct score *score_one(const struct learn_setup *setup, const struct question *question,
			       const struct judgement *judgement, const double *p, const double *median, size_t k,
			       size_t outcome, struct records *out)
{
	struct score *score = record_new(out->arena, &kind_score);

	score->r.known = setup->as_of;
	score->r.licence = judgement->r.licence;
	score->about = "question";
	score->subject = arena_dup(out->arena, question->key);
	score->member = arena_dup(out->arena, judgement->forecaster);
	score->n = 1;
	score->brier = brier_of(question, p, k, outcome);
	score->log_score = log_categories(p, k, outcome);
	if (median)
		score->skill = brier_of(question, median, k, outcome) - score->brier;
	else
		record_missing(out->arena, &score->r, "skill", "no median was kept at the closing");
	record_missing(out->arena, &score->r, "skill_low", "one question cannot be resampled");
	record_missing(out->arena, &score->r, "skill_high", "one question cannot be resampled");
	record_from(out->arena, &score->r, question->r.id, "question");
	record_from(out->arena, &score->r, judgement->r.id, "judgement");
	record_inherit_licence(&score->r, question->r.licence);
	record_identify(out->arena, score);
	records_add(out, score);
	return score;
}

static int score_question(const struct learn_setup *setup, const struct records *in, const struct question *question,
			  struct tallies *tallies, struct arena *arena, struct records *out, struct err *err)
{
	const struct judgement **v;
	double *p, *median;
	struct answers answers;
	bool has_median;
	size_t n;
	int outcome, r = question_answers(question, arena, &answers, err);

	if (r < 0)
		return r;
	outcome = answer_index(&answers, question->outcome);
	judgements_of(in, question, arena, &v, &n);
	p = arena_array(arena, double, answers.n);
	median = arena_array(arena, double, answers.n);
	has_median = find_median(v, n, &answers, arena, median);
	for (size_t i = 0; i < n; i++) {
		r = chances_read(v[i]->probabilities, &answers, arena, p, err);
		if (r < 0)
			return r;
		chances_clip(p, answers.n);
		tally_add(tallies, score_one(setup, question, v[i], p, has_median ? median : NULL, answers.n,
					     (size_t)outcome, out), arena);
	}
	return 0;
}

/* The mean over the questions that have it; NAN when none has. */
static double mean_skill(const struct tally *tally, double *total, double *size)
{
	double sum = 0, n = 0;

	for (size_t i = 0; i < tally->n; i++) {
		const bool known = !isnan(tally->scores[i]->skill);

		total[i] = known ? tally->scores[i]->skill : 0;
		size[i] = known;
		sum += total[i];
		n += size[i];
	}
	return n > 0 ? sum / n : NAN;
}

/* All questions of a forecaster together; the skill's interval by resampling questions. */
static void score_all(const struct learn_setup *setup, const struct tally *tally, struct arena *arena,
		      struct records *out)
{
	struct score *score = record_new(out->arena, &kind_score);
	double *total = arena_array(arena, double, tally->n), *size = arena_array(arena, double, tally->n);
	struct interval reach;

	score->r.known = setup->as_of;
	score->about = "question";
	score->subject = "all";
	score->member = tally->forecaster;
	score->n = (double)tally->n;
	score->brier = score->log_score = 0;
	for (size_t i = 0; i < tally->n; i++) {
		score->brier += tally->scores[i]->brier / (double)tally->n;
		score->log_score += tally->scores[i]->log_score / (double)tally->n;
		record_from(out->arena, &score->r, tally->scores[i]->r.id, "question");
		record_inherit_licence(&score->r, tally->scores[i]->r.licence);
	}
	score->skill = mean_skill(tally, total, size);
	reach = bootstrap_ratio(total, size, tally->n, DRAWS, setup->seed, 0.9);
	score->skill_low = reach.low;
	score->skill_high = reach.high;
	if (isnan(score->skill))
		record_missing(out->arena, &score->r, "skill", "no median was kept at the closing");
	if (isnan(score->skill_low)) {
		record_missing(out->arena, &score->r, "skill_low", "one question cannot be resampled");
		record_missing(out->arena, &score->r, "skill_high", "one question cannot be resampled");
	}
	record_identify(out->arena, score);
	records_add(out, score);
}

int learn_judgements(const struct learn_setup *setup, const struct records *in, struct records *out, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct tallies tallies = {0};
	const struct question *question;
	struct records known = {.arena = &arena};
	int r = 0;

	for (size_t i = 0; i < in->n; i++)
		if (in->v[i]->known.usec <= setup->as_of.usec && !in->v[i]->withdrawn)
			records_add(&known, in->v[i]);
	for (size_t i = 0; r == 0 && (question = records_next(&known, &kind_question, &i));)
		if (str_eq(question->status, "resolved") && question->resolved.usec <= setup->as_of.usec)
			r = score_question(setup, &known, question, &tallies, &arena, out, err);
	for (size_t i = 0; i < tallies.n && r == 0; i++)
		score_all(setup, &tallies.v[i], &arena, out);
	return r;
}
