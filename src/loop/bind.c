/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bind.c - each core bound to the house: what it reads, what it makes, its setup;
 * and the same cores as filters over plain records.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tocsin/code.h>
#include <tocsin/codesign.h>
#include <tocsin/collect.h>
#include <tocsin/foresee.h>
#include <tocsin/learn.h>
#include <tocsin/measure.h>
#include <tocsin/respond.h>

#include "loop/stages.h"

#define SEED 20260101   /* one seed for all resampling; stored with what it made */

static void take_uncoded(const struct work *work, const struct code_tally *tally)
{
	for (size_t i = 0; i < tally->n_languages; i++)
		for (size_t k = 0; k < tally->languages[i].not_coded; k++)
			count_name(work->arena, &work->round->uncoded, &work->round->n_uncoded,
				   tally->languages[i].lang);
}

static int core_code(const struct work *work, const struct records *in, struct records *out, struct err *err)
{
	struct code_tally tally = {0};
	int r = code_run(&(struct code_setup){.coder = work->house->coder}, in, out, &tally, err);

	if (r == 0)
		take_uncoded(work, &tally);
	return r;
}

/* The receipts of the profiles; a threshold of a rule that does not exist is told apart by name. */
static int give_receipts(const struct work *work, struct records *out, struct err *err)
{
	const struct rules *rules = work->house->rules;
	const char **names = arena_array(out->arena, const char *, rules->n + 1);

	for (size_t i = 0; i < rules->n; i++)
		names[i] = rules->v[i].name;
	return codesign_run(&(struct codesign_setup){work->as_of, work->house->profiles, names, rules->n}, out, err);
}

static int core_measure(const struct work *work, const struct records *in, struct records *out, struct err *err)
{
	struct measure_setup setup = {work->as_of, profile_weight, work->house->profiles, work->house->civic};
	int r = give_receipts(work, out, err);

	return r < 0 ? r : measure_run(&setup, in, out, err);
}

static int core_learn(const struct work *work, const struct records *in, struct records *out, struct err *err)
{
	struct learn_setup setup = {work->as_of, SEED};
	int r = learn_run(&setup, in, out, err);

	return r < 0 ? r : learn_responses(&setup, in, out, err);
}

static int core_foresee(const struct work *work, const struct records *in, struct records *out, struct err *err)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct foresee_setup setup = {work->as_of, &work->house->atlas, SEED, cores > 1 ? (size_t)cores : 1};

	return foresee_run(&setup, in, out, err);
}

static int core_respond(const struct work *work, const struct records *in, struct records *out, struct err *err)
{
	struct respond_setup setup = {work->as_of, &work->house->atlas, work->house->rules,
				      work->house->instruments, work->house->statuses};

	return respond_run(&setup, in, out, err);
}

static bool is_measured(const struct record *record, const struct work *work)
{
	(void)work;
	return str_eq(((const struct observation *)record)->source, "tocsin");
}

static bool is_issued_now(const struct record *record, const struct work *work)
{
	return ((const struct forecast *)record)->as_of.usec == work->as_of.usec;
}

/* A plan outlives its alert's fire; it goes only when nothing raised the alert. */
static bool is_orphan(const struct record *record, const struct work *work)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct record *alert;
	int r = store_get(work->store, ((const struct plan *)record)->alert, work->as_of.usec, &arena, &alert, NULL);

	return r < 0 || alert->withdrawn;
}

const struct binding bindings[N_STAGES] = {
	[STAGE_COLLECT] = {.reads = {NULL}},
	[STAGE_CODE] = {.core = core_code},   /* on the store by the queue: coding.c */
	[STAGE_MEASURE] = {.reads = {&kind_observation, &kind_event},
			   .makes = {{&kind_observation, is_measured}, {&kind_episode}, {&kind_contribution}},
			   .core = core_measure},
	/* Alerts and forecasts as they stood before this round: what a round makes, the next one learns from. */
	[STAGE_LEARN] = {.reads = {&kind_observation, &kind_outcome, &kind_response, &kind_question, &kind_judgement,
				   &kind_setting, &kind_unit},
			 .earlier = {&kind_forecast, &kind_alert},
			 .makes = {{&kind_score}, {&kind_setting}}, .core = core_learn},
	[STAGE_FORESEE] = {.reads = {&kind_observation, &kind_setting, &kind_score},
			   .makes = {{&kind_forecast, is_issued_now}}, .core = core_foresee},
	[STAGE_RESPOND] = {.reads = {&kind_observation, &kind_forecast, &kind_event, &kind_setting, &kind_score,
				     &kind_contribution, &kind_juncture, &kind_response, &kind_alert,
				     &kind_transition},
			   .makes = {{&kind_alert}, {&kind_plan, is_orphan}}, .core = core_respond},
};

/* ---- filters ---- */

static int read_input(const char *name, const char *bytes, size_t len, const struct work *work,
		      struct records *in, struct err *err)
{
	struct collect_setup setup = {&work->house->atlas, work->now};
	struct source source = {.name = name, .role = "indicators", .format = "csv"};

	if (len == 0 || bytes[0] == '{')
		return records_read_jsonl(bytes, len, name, in, err);
	if (str_starts(bytes, "kind,"))
		return records_read_csv(bytes, len, name, in, err);
	return collect_run(&setup, &source, bytes, len, in, err);   /* a table of indicators */
}

static struct instant newest_of(const struct records *in, struct instant now)
{
	struct instant newest = {0};

	for (size_t i = 0; i < in->n; i++) {
		const struct record *r = in->v[i];

		if (r->kind->from_outside && r->known.usec > newest.usec && r->known.usec <= now.usec)
			newest = r->known;
	}
	for (size_t i = 0; i < in->n && !instant_is_set(newest); i++)
		if (in->v[i]->known.usec > newest.usec)
			newest = in->v[i]->known;
	return instant_is_set(newest) ? newest : now;
}

static int by_revision(const void *a, const void *b)
{
	const struct record *x = *(const struct record *const *)a, *y = *(const struct record *const *)b;
	int order = str_cmp(x->id, y->id);

	if (order)
		return order;
	if (x->known.usec != y->known.usec)
		return x->known.usec < y->known.usec ? -1 : 1;
	return (x->revision > y->revision) - (x->revision < y->revision);
}

/* What the store would hand out as of then: of each id the newest that was known, unless withdrawn. */
static void take_known(const struct records *all, struct instant as_of, struct records *in)
{
	struct record **sorted = arena_array(in->arena, struct record *, all->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i]->known.usec <= as_of.usec)
			sorted[n++] = all->v[i];
	if (n)
		qsort(sorted, n, sizeof *sorted, by_revision);
	for (size_t i = 0; i < n; i++)
		if ((i + 1 == n || !str_eq(sorted[i]->id, sorted[i + 1]->id)) && !sorted[i]->withdrawn)
			records_add(in, sorted[i]);
}

static int collect_filter(struct work *work, const char *name, const char *bytes, size_t len,
			  struct records *out, struct err *err)
{
	struct collect_setup setup = {&work->house->atlas, work->now};
	struct source source = {.name = name};
	struct document **documents, *document;
	size_t n = 0;
	int r = collect_run(&setup, &source, bytes, len, out, err);

	if (r < 0)
		return r;
	documents = arena_array(out->arena, struct document *, out->n + 1);
	for (size_t i = 0; (document = records_next(out, &kind_document, &i));)
		documents[n++] = document;
	copies_mark(documents, n, NULL, 0, out->arena);
	return 0;
}

int stage_filter(const struct house *house, enum stage stage, const char *name, const char *bytes,
		 size_t len, struct instant as_of, struct instant now, struct records *out,
		 struct round *ret, struct err *err)
{
	struct records in = {.arena = out->arena}, all = {.arena = out->arena};
	struct work work = {.house = house, .as_of = as_of, .now = now, .round = ret, .arena = out->arena};
	int r;

	if (stage == STAGE_COLLECT)
		return collect_filter(&work, name, bytes, len, out, err);
	r = read_input(name, bytes, len, &work, &all, err);
	if (r < 0)
		return r;
	if (!instant_is_set(work.as_of))
		work.as_of = newest_of(&all, now);
	take_known(&all, work.as_of, &in);
	ret->as_of = work.as_of;
	ret->stages[stage].in = in.n;
	return bindings[stage].core(&work, &in, out, err);
}
