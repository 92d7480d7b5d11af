/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alert_life.c - the one table of the states of an alert, and the step that is
 * checked against it. The names triaged, plan active, monitoring and dismissed of
 * the specification are assigned, responding, responding and closed here.
 */
#include <stdlib.h>

#include <tocsin/respond.h>

enum state { NEW, ACKNOWLEDGED, ASSIGNED, ESCALATED, RESPONDING, CLOSED, REVIEWED, REOPENED, N_STATES };

const char *const alert_states[] = {
	"new", "acknowledged", "assigned", "escalated", "responding", "closed", "reviewed", "reopened",
};
const size_t n_alert_states = LENGTH(alert_states);

/* The first four are the system's too: evidence ended, fell silent, was merged, is no more. */
const char *const alert_reasons[] = {
	"resolved", "silent", "merged", "unsupported", "handled", "false", "dismissed", "duplicate",
};
const size_t n_alert_reasons = LENGTH(alert_reasons);

const char *const alert_outcomes[] = {"true", "false", "early", "late", "unclear"};
const size_t n_alert_outcomes = LENGTH(alert_outcomes);

#define TO(state) (1u << (state))
#define WORK (TO(ACKNOWLEDGED) | TO(ASSIGNED) | TO(ESCALATED) | TO(RESPONDING) | TO(CLOSED))

/* Row: from; bits: to. Assigned and escalated may repeat: the duty goes to somebody else. */
static const unsigned steps[N_STATES] = {
	[NEW] = WORK,
	[ACKNOWLEDGED] = WORK & ~TO(ACKNOWLEDGED),
	[ASSIGNED] = WORK,
	[ESCALATED] = WORK,
	[RESPONDING] = TO(ASSIGNED) | TO(ESCALATED) | TO(CLOSED),
	[CLOSED] = TO(REVIEWED) | TO(REOPENED),
	[REVIEWED] = 0,
	[REOPENED] = WORK,
};

static int word_index(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; word && i < n; i++)
		if (str_eq(word, words[i]))
			return (int)i;
	return -1;
}

static int state_index(const char *state)
{
	return word_index(state, alert_states, n_alert_states);
}

bool alert_may(const char *from, const char *to)
{
	int a = state_index(from), b = state_index(to);

	if (!from)
		return b == NEW;
	return a >= 0 && b >= 0 && (steps[a] & TO(b)) != 0;
}

static const struct transition *last_step(const struct records *history, const char *id)
{
	const struct transition *last = NULL, *step;

	for (size_t i = 0; (step = records_next(history, &kind_transition, &i));)
		if ((!id || str_eq(step->alert, id)) && !step->r.withdrawn &&
		    (!last || step->step > last->step))
			last = step;
	return last;
}

const char *alert_state(const struct records *history, const char *id)
{
	const struct transition *last = last_step(history, id);

	return last ? last->state_to : NULL;
}

bool alert_is_open(const char *state)
{
	int i = state_index(state);

	return i != CLOSED && i != REVIEWED;
}

const char *alert_level_name(int64_t level)
{
	static const char *const names[] = {"none", "watch", "warning", "critical"};

	return level >= 1 && level <= 4 ? names[level - 1] : "none";
}

static int refuse_step(const char *from, const char *to, struct err *err)
{
	_cleanup_(buf_free) struct buf may = {0};
	int r;

	for (size_t i = 0; i < n_alert_states; i++)
		if (alert_may(from, alert_states[i]))
			buf_printf(&may, "%s%s", may.len ? ", " : "", alert_states[i]);
	if (state_index(to) < 0)
		return err_set(err, ERR_USAGE, "an alert has no state \"%s\"", to ? to : "");
	r = err_set(err, ERR_CONFLICT, "an alert that is %s cannot become %s", from ? from : "not raised", to);
	return err_hint(err, r, "From there it may become: %s.", may.len ? may.s : "nothing more");
}

static int need_word(const char *what, const char *word, const char *const *words, size_t n,
		     struct err *err)
{
	_cleanup_(buf_free) struct buf all = {0};
	int r;

	if (word_index(word, words, n) >= 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		buf_printf(&all, "%s%s", i ? ", " : "", words[i]);
	r = err_set(err, ERR_USAGE, "%s is \"%s\"", what, word ? word : "");
	return err_hint(err, r, "Expected one of: %s.", all.s);
}

/* Who last took the duty; NULL when nobody did since the alert was raised or reopened. */
static const char *holder_of(const struct records *history, const char *id)
{
	const struct transition *last = NULL, *step;

	for (size_t i = 0; (step = records_next(history, &kind_transition, &i));)
		if (str_eq(step->alert, id) && !step->r.withdrawn && (!last || step->step > last->step))
			if (!str_eq(step->state_to, "closed") && !str_eq(step->state_to, "reviewed"))
				last = step;
	if (!last || str_eq(last->state_to, "new") || str_eq(last->state_to, "reopened"))
		return NULL;
	return last->r.by;
}

/* A critical alert is dismissed by two people: one took it up, another closes it. */
static int check_second_person(const struct alert *alert, const struct records *history, const char *by,
			       const char *reason, struct err *err)
{
	const char *holder;
	int r = 0;

	if (alert->level < 4 || (!str_eq(reason, "dismissed") && !str_eq(reason, "false")))
		return 0;
	holder = holder_of(history, alert->r.id);
	if (!holder)
		r = err_set(err, ERR_DENIED, "nobody acknowledged this critical alert yet");
	else if (str_eq(holder, by))
		r = err_set(err, ERR_DENIED, "\"%s\" holds this critical alert and cannot dismiss it alone", by);
	return err_hint(err, r, "Dismissing a critical alert takes two people: one who acknowledged it, "
			"and another who closes it.");
}

static int check_step(const struct alert *alert, const struct records *history, const char *to,
		      const char *by, const char *reason, const char *note, struct err *err)
{
	int r = 0;

	if (str_eq(to, "reviewed"))
		return need_word("the outcome of the review", reason, alert_outcomes, n_alert_outcomes, err);
	if (!str_eq(to, "closed"))
		return 0;
	if ((r = need_word("the reason for closing", reason, alert_reasons, n_alert_reasons, err)) < 0)
		return r;
	if (!note || !*note)
		return err_hint(err, err_set(err, ERR_USAGE, "closing an alert needs a note"),
				"Say in a sentence what was found or done.");
	return str_eq(by, "system") ? 0 : check_second_person(alert, history, by, reason, err);
}

int alert_step(struct arena *arena, const struct alert *alert, const struct records *history,
	       const char *to, const char *by, const char *reason, const char *note,
	       struct instant at, struct transition **ret, struct err *err)
{
	const struct transition *last = last_step(history, alert->r.id);
	const char *from = last ? last->state_to : NULL;
	struct transition *step;
	int r;

	if (!alert_may(from, to))
		return refuse_step(from, to, err);
	if ((r = check_step(alert, history, to, by, reason, note, err)) < 0)
		return r;
	if (last && at.usec < last->at.usec)
		return err_set(err, ERR_CONFLICT, "the step would lie before the one that it follows");
	step = record_new(arena, &kind_transition);
	step->r.known = at;
	step->r.unit = alert->r.unit;
	step->r.by = by;
	step->r.licence = alert->r.licence;
	step->alert = alert->r.id;
	step->step = last ? last->step + 1 : 1;
	step->state_from = from;
	step->state_to = arena_dup(arena, to);
	step->at = at;
	step->reason = arena_dup(arena, reason);
	step->note = arena_dup(arena, note);
	step->previous = last ? last->r.id : NULL;
	record_from(arena, &step->r, alert->r.id, "alert");
	record_identify(arena, step);
	*ret = step;
	return 0;
}

static int graver(const void *a, const void *b)
{
	const struct alert *x = *(const struct alert *const *)a, *y = *(const struct alert *const *)b;

	if (x->level != y->level)
		return x->level > y->level ? -1 : 1;
	if (x->changed.usec != y->changed.usec)
		return x->changed.usec > y->changed.usec ? -1 : 1;
	return str_cmp(x->r.id, y->r.id);
}

void alerts_sort(const struct alert **alerts, size_t n)
{
	if (n > 1)
		qsort(alerts, n, sizeof *alerts, graver);
}
