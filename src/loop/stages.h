/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stages.h - a stage bound to the store: what it reads, what it makes.
 *
 * One row of `bindings` a stage (bind.c); the shell around every core is the same:
 * read the kinds it wants as of the date, call the core, keep what it made.
 */
#ifndef LOOP_STAGES_H
#define LOOP_STAGES_H

#include <tocsin/loop.h>

struct code_tally;

struct work {                /* one round under way */
	struct store *store;
	const struct house *house;
	struct instant as_of, now;
	bool live;               /* not a replay: people's steps count even when later than as_of */
	struct round *round;
	struct arena *arena;     /* of the round's answer */
	struct records *fresh;   /* what the stage newly made or changed is added to it; NULL: nobody asks */
};

struct product {             /* a kind that a stage makes */
	const struct kind *kind;
	bool (*ours)(const struct record *record, const struct work *work);   /* NULL: all of the kind */
};

struct binding {
	const struct kind *reads[12];      /* NULL ends */
	const struct kind *earlier[4];     /* read as they were just before this round */
	struct product makes[4];           /* kinds withdrawn when no longer made; NULL ends */
	int (*core)(const struct work *work, const struct records *in, struct records *out, struct err *err);
};

extern const struct binding bindings[N_STAGES];   /* that of collect has no core */

int work_read(const struct work *work, const struct kind *kind, struct records *list, struct err *err);
int work_keep(const struct work *work, struct records *made, const struct product *products,
	      size_t n_products, struct tally *tally, struct err *err);
/* The forecasts among what was newly made or changed go into the ledger (commit.c). */
int work_commit(const struct work *work, const struct records *fresh, struct err *err);
/* Code what waits, known by the date. */
int work_code(const struct work *work, struct err *err);
/*
 * Code some of the queue, inside a unit of work: read, code, keep, withdraw what a document
 * no longer gives, acknowledge. `worker` NULL: whoever holds them.
 */
int code_tasks(struct store *store, const struct house *house, const char *worker, const struct tasks *tasks,
	       struct tally *tally, struct code_tally *count, struct arena *arena, struct err *err);
/* Make the store's coder this one; documents coded by another one wait again. */
int code_claim(struct store *store, const struct house *house, bool may_recode, struct err *err);
/* Collect a folder or file into the store; refused files go to round->faults. */
int work_collect(struct work *work, const char *input, struct err *err);
/* A head as the store has it; ERR_INTEGRITY when it cannot be one. */
int head_of_seal(const struct ledger_seal *seal, struct head *ret, struct err *err);
/* Count a name in a growing list of counts. */
void count_name(struct arena *arena, struct count **counts, size_t *n, const char *name);
/* Of forecasts by question and model, of rules, of responses, of questions; each by name, all of them together last. */
void scores_sort(const struct score **v, size_t n);

#endif
