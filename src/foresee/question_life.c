/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * question_life.c - the life of a question: announced, open, closed, resolved; or void.
 *
 * What it asks, its answers, rule and dates may change until it opens and never after. Answers
 * are taken from the opening to the last moment of the closing day; nothing of that is seen
 * before. A correction of an outcome is a void with its reason and another question.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "foresee/pool_book.h"

static void put_day(char text[40], struct instant at)
{
	if (at.precision > INSTANT_DAY)
		at.precision = INSTANT_DAY;
	instant_write(at, text);
}

/* The next revision, known at `at`; never before the one that it follows. */
static int next_of(const struct question *question, struct instant at, struct arena *arena, struct question **ret,
		   struct err *err)
{
	struct question *next;

	if (at.usec < question->r.known.usec)
		return err_set(err, ERR_CONFLICT, "the step would lie before the one that it follows");
	next = arena_new(arena, struct question);
	*next = *question;
	next->r.known = at;
	next->r.revision = 0;
	*ret = next;
	return 0;
}

static bool same_time(struct instant a, struct instant b)
{
	return a.usec == b.usec && a.precision == b.precision;
}

static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* The first field of what is fixed that differs; NULL when none does. */
static const char *first_change(const struct question *a, const struct question *b)
{
	return !str_eq(a->text, b->text) ? "text" : !str_eq(a->answers, b->answers) ? "answers" :
	       (a->ordered == 1) != (b->ordered == 1) ? "order of the answers" : !str_eq(a->r.unit, b->r.unit) ? "unit" :
	       !str_eq(a->rule, b->rule) || !str_eq(a->indicator, b->indicator) || !str_eq(a->operator, b->operator) ||
	       !same_number(num_round(a->threshold), num_round(b->threshold)) || !same_time(a->until, b->until)
			? "rule" :
	       !same_time(a->opens, b->opens) || !same_time(a->closes, b->closes) || !same_time(a->resolves, b->resolves)
			? "dates" :
	       !str_eq(a->forecast_question, b->forecast_question) || a->forecast_origin != b->forecast_origin
			? "forecast" : NULL;
}

int question_open(const struct question *stored, struct question *wanted, struct instant at, struct arena *arena,
		  struct question **ret, struct err *err)
{
	const char *change;
	char day[40];
	int r;

	if (stored && !instant_is_set(wanted->opens))
		wanted->opens = stored->opens;   /* once more without the date: the same one is meant */
	change = stored ? first_change(stored, wanted) : NULL;
	if (stored && !change) {
		*ret = (struct question *)stored;
		return 0;
	}
	if (stored && (!str_eq(stored->status, "open") || stored->opens.usec <= at.usec)) {
		put_day(day, stored->opens);
		r = err_set(err, ERR_CONFLICT, "question \"%.60s\" opened on %s: its %s cannot change any more", stored->key,
			    day, change);
		return err_hint(err, r, "Declare it void with a reason, and open another one under a new key.");
	}
	if (instant_last(wanted->closes) < at.usec)
		return err_set(err, ERR_CONFLICT, "a question cannot close before it is announced");
	if (instant_is_set(wanted->opens) && instant_last(wanted->opens) < at.usec)
		return err_set(err, ERR_CONFLICT, "a question cannot open before it is announced");
	if (!instant_is_set(wanted->opens))
		wanted->opens = at;
	wanted->status = "open";
	wanted->r.known = at;
	record_identify(arena, wanted);
	r = record_check(wanted, err);
	if (r == 0)
		*ret = wanted;
	return r;
}

static int check_time(const struct question *question, struct instant at, struct err *err)
{
	char day[40];
	int r;

	if (!str_eq(question->status, "open"))
		return err_set(err, ERR_CONFLICT, "question \"%.60s\" is %s: it takes no answers any more", question->key,
			       question->status);
	if (at.usec < question->opens.usec) {
		put_day(day, question->opens);
		return err_set(err, ERR_CONFLICT, "question \"%.60s\" opens on %s", question->key, day);
	}
	if (at.usec > instant_last(question->closes)) {
		put_day(day, question->closes);
		r = err_set(err, ERR_CONFLICT, "question \"%.60s\" closed on %s: it takes no answers any more", question->key,
			    day);
		return err_hint(err, r, "The newest answer before the closing counts.");
	}
	return 0;
}

int question_answer(const struct question *question, const char *forecaster, const double *p, const char *reason,
		    struct instant at, struct arena *arena, struct judgement **ret, struct err *err)
{
	struct judgement *judgement;
	struct answers answers;
	double *held;
	int r = pseudonym_check(forecaster, err);

	if (r == 0 && pseudonym_is_ours(forecaster))
		return err_set(err, ERR_DENIED, "\"%s\" is the program's own and answers for nobody", forecaster);
	if (r == 0)
		r = check_time(question, at, err);
	if (r == 0)
		r = question_answers(question, arena, &answers, err);
	if (r < 0)
		return r;
	held = arena_array(arena, double, answers.n);
	memcpy(held, p, answers.n * sizeof *p);
	judgement = record_new(arena, &kind_judgement);
	judgement->r.known = at;
	judgement->r.unit = question->r.unit;
	judgement->r.by = arena_dup(arena, forecaster);   /* no other trace of who it was */
	judgement->r.licence = question->r.licence;
	judgement->question = question->key;
	judgement->forecaster = judgement->r.by;
	judgement->at = at;
	judgement->clipped = chances_clip(held, answers.n);
	judgement->probabilities = chances_write(&answers, held, arena);
	judgement->reason = arena_dup(arena, reason);
	record_from(arena, &judgement->r, question->r.id, "question");
	record_identify(arena, judgement);
	r = record_check(judgement, err);
	if (r == 0)
		*ret = judgement;
	return r;
}

int question_close(const struct question *question, const struct records *in, struct instant at, uint64_t seed,
		   struct records *out, struct err *err)
{
	struct pool_setup setup = {at, seed};
	struct pool_book *book;
	struct question *next;
	struct err inner = {0};
	char day[40];
	int r;

	if (!str_eq(question->status, "open"))
		return err_set(err, ERR_CONFLICT, "question \"%.60s\" is %s already", question->key, question->status);
	if (at.usec <= instant_last(question->closes)) {
		put_day(day, question->closes);
		r = err_set(err, ERR_CONFLICT, "question \"%.60s\" takes answers up to the end of %s", question->key, day);
		return err_hint(err, r, "Its dates were fixed when it opened; it can be closed after them, or declared void.");
	}
	r = next_of(question, at, out->arena, &next, err);
	if (r < 0)
		return r;
	next->status = "closed";
	records_add(out, next);
	r = pool_open(&setup, in, out->arena, &book, err);
	if (r < 0)
		return r;
	r = pool_judgements(book, question->key, out, &inner);
	return r == ERR_NOT_FOUND ? 0 : r;   /* nobody answered */
}

static int check_closed(const struct question *question, struct err *err)
{
	int r;

	if (str_eq(question->status, "closed"))
		return 0;
	r = err_set(err, ERR_CONFLICT, "question \"%.60s\" is %s, expected closed", question->key, question->status);
	if (str_eq(question->status, "open"))
		return err_hint(err, r, "Run \"tocsin question close %.60s\" once its closing is past.", question->key);
	return str_eq(question->status, "void") ? r :
	       err_hint(err, r, "A wrong outcome is declared void with a reason, and asked anew under another key.");
}

int question_resolve(const struct question *question, const char *outcome, const char *source,
		     struct instant resolved, struct instant at, struct arena *arena, struct question **ret,
		     struct err *err)
{
	struct question *next;
	struct answers answers;
	int r = check_closed(question, err);

	if (r == 0)
		r = question_answers(question, arena, &answers, err);
	if (r < 0)
		return r;
	if (answer_index(&answers, outcome) < 0) {
		const char *nearest = str_nearest(outcome, answers.v, answers.n);

		r = err_set(err, ERR_USAGE, "\"%.60s\" is not among the answers of \"%.60s\"", outcome, question->key);
		return nearest ? err_hint(err, r, "Did you mean \"%s\"?", nearest) : r;
	}
	if (!source || !*source)
		return err_hint(err, err_set(err, ERR_USAGE, "an outcome needs its source"),
				"Name the document, page or record that the rule speaks of.");
	if (resolved.usec > at.usec)
		return err_set(err, ERR_CONFLICT, "an outcome cannot lie after it became known");
	r = next_of(question, at, arena, &next, err);
	if (r < 0)
		return r;
	next->status = "resolved";
	next->outcome = answers.v[answer_index(&answers, outcome)];
	next->source = arena_dup(arena, source);
	next->resolved = resolved;
	*ret = next;
	return 0;
}

/* ---- by the rule ---- */

static bool holds(double value, const char *operator, double threshold)
{
	if (str_eq(operator, "<"))
		return value < threshold;
	if (str_eq(operator, "<="))
		return value <= threshold;
	return str_eq(operator, ">") ? value > threshold : value >= threshold;
}

/* First microsecond after the period that an observation speaks of. */
static int64_t end_of(const struct observation *o)
{
	return instant_is_set(o->r.valid_past) ? o->r.valid_past.usec : instant_last(o->r.valid_from) + 1;
}

static bool is_asked(const struct question *question, const struct observation *o, struct instant at)
{
	return str_eq(o->r.unit, question->r.unit) && str_eq(o->indicator, question->indicator) && !o->r.withdrawn &&
	       o->r.known.usec <= at.usec && !isnan(o->value) && end_of(o) > question->opens.usec &&
	       o->r.valid_from.usec <= instant_last(question->until);
}

int question_resolve_rule(const struct question *question, const struct records *in, struct instant at,
			  struct arena *arena, struct question **ret, struct err *err)
{
	const struct observation *o, *met = NULL, *last = NULL, *says;
	const char *source = NULL;
	struct answers answers;
	int r = check_closed(question, err);

	if (r == 0 && !question->indicator)
		r = err_hint(err, err_set(err, ERR_USAGE, "question \"%.60s\" has no rule for a machine", question->key),
			     "Give --outcome and --source.");
	if (r == 0)
		r = question_answers(question, arena, &answers, err);
	if (r < 0)
		return r;
	for (size_t i = 0; (o = records_next(in, &kind_observation, &i));)
		if (is_asked(question, o, at) && (!source || str_cmp(o->source, source) < 0))
			source = o->source;
	for (size_t i = 0; source && (o = records_next(in, &kind_observation, &i));) {
		if (!is_asked(question, o, at) || !str_eq(o->source, source))
			continue;
		if (holds(o->value, question->operator, question->threshold) &&
		    (!met || o->r.valid_from.usec < met->r.valid_from.usec))
			met = o;
		if (!last || end_of(o) > end_of(last))
			last = o;
	}
	if (!met && (!last || end_of(last) <= instant_last(question->until)))
		return err_hint(err, err_set(err, ERR_NOT_FOUND, "the observations of %s do not tell yet: no %s meets the rule, "
					     "and none reaches the end of its time", question->r.unit, question->indicator),
				"Collect the newer ones, or give --outcome and --source.");
	says = met ? met : last;
	r = question_resolve(question, answers.v[met ? 0 : 1], arena_printf(arena, "observation %s", says->r.id),
			     at.usec < says->r.known.usec ? at : says->r.known, at, arena, ret, err);
	if (r < 0)
		return r;
	record_from(arena, &(*ret)->r, says->r.id, "rule");
	record_inherit_licence(&(*ret)->r, says->r.licence);
	return 0;
}

int question_void(const struct question *question, const char *reason, struct instant at, struct arena *arena,
		  struct question **ret, struct err *err)
{
	struct question *next;
	int r;

	if (str_eq(question->status, "void"))
		return err_set(err, ERR_CONFLICT, "question \"%.60s\" is void already", question->key);
	if (!reason || !*reason)
		return err_hint(err, err_set(err, ERR_USAGE, "a void needs a reason"),
				"Say in a sentence why the question cannot be resolved.");
	r = next_of(question, at, arena, &next, err);
	if (r < 0)
		return r;
	next->status = "void";
	next->outcome = next->source = NULL;
	next->resolved = (struct instant){0};
	next->reason = arena_dup(arena, reason);
	*ret = next;
	return 0;
}
