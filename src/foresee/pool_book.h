/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_book.h - questions with the judgements that count, as the pool needs them. */
#ifndef FORESEE_POOL_BOOK_H
#define FORESEE_POOL_BOOK_H

#include <tocsin/foresee.h>
#include <tocsin/stats.h>

struct entry_member {
	size_t name;                 /* in the book's names */
	const struct judgement *judgement;
	const double *p;
	bool clipped;
	double brier;                /* of a resolved question; ordered where its answers are */
};

struct entry {
	const struct question *question;
	struct answers answers;
	int64_t cutoff;              /* what was resolved before may teach */
	int64_t resolved;            /* when its own outcome was known; INT64_MAX: not, or it is void */
	size_t outcome;
	struct entry_member *member; /* by pseudonym */
	size_t n;
	double crowd;                /* Brier score of the median, once resolved */
	double *logs;                /* weighted mean ln p by the weights of its closing; NULL: not resolved, or alone */
};

struct pool_book {
	struct pool_setup setup;
	struct arena *arena;
	struct entry *v;             /* by key */
	size_t n;
	const char **names;          /* forecasters, sorted */
	size_t n_names;
};

const struct entry *book_entry(const struct pool_book *book, const char *key);   /* NULL if none */
/* The plain median of the members, each counts[] times (NULL: once), scaled to sum to 1. scratch: one number a member. */
void entry_median(const struct entry *entry, const uint32_t *counts, double *scratch, double *p);
/* Set the logs of every resolved entry. */
void book_weigh(struct pool_book *book);

#endif
