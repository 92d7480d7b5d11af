/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lexicon.h - what the coder knows: concepts and rules, and words for them.
 *
 * Two kinds of file, both UTF-8, cells separated by single tabs, `#` at the start
 * of a line begins a comment, blank lines are passed over. Every fault is
 * ERR_DATA with file:line:column.
 *
 * rules.tsv, the same for all languages:
 *
 *   concept  NAME  KIND           KIND: actor (state, power), civic (who needs protection),
 *                                 action, topic, mark (negation and other grammar)
 *   set      NAME  A B C          a name for "any of these" (concepts or sets)
 *   class    NAME  null           a class that competes with the others and gives no event:
 *                                 sport, accident, ... (the civic classes need no such line)
 *   rule     CLASS WEIGHT TYPE SIGNAL TERMS
 *
 * WEIGHT 0..9: 1 a hint, 3 enough alone, 6 certain. TYPE: a PLOVER type or `-`. SIGNAL: threat,
 * opportunity or none; with `!` behind it the thing was undone (released, withdrawn). TERMS: all
 * must be found in one sentence: `A`, `A|B` (any), `!A` (must not be there), `@A` (anywhere in
 * the document), `!@A`. The first plain term is what the others must be near to.
 *
 * LANG.tsv, the words of one language:
 *
 *   CONCEPTS  phrase | phrase | ...  [WEIGHT]
 *
 * CONCEPTS: one or several names with blanks between. Phrases: see pattern.h. WEIGHT 0..2, how
 * sure the words are of the concept; 1 if left out. A phrase given twice has both concepts.
 */
#ifndef TOCSIN_CODE_LEXICON_H
#define TOCSIN_CODE_LEXICON_H

#include <tocsin/code.h>

#include "code/pattern.h"

#define CONCEPT_WORDS 4
#define CONCEPTS (64 * CONCEPT_WORDS)

struct concepts {   /* a set of concepts */
	uint64_t w[CONCEPT_WORDS];
};

static inline void concepts_put(struct concepts *set, size_t concept)
{
	set->w[concept / 64] |= UINT64_C(1) << concept % 64;
}

static inline void concepts_join(struct concepts *set, const struct concepts *other)
{
	for (size_t i = 0; i < CONCEPT_WORDS; i++)
		set->w[i] |= other->w[i];
}

static inline bool concepts_meet(const struct concepts *a, const struct concepts *b)
{
	uint64_t any = 0;

	for (size_t i = 0; i < CONCEPT_WORDS; i++)
		any |= a->w[i] & b->w[i];
	return any != 0;
}

enum concept_kind {
	CONCEPT_ACTOR, CONCEPT_CIVIC, CONCEPT_ACTION, CONCEPT_TOPIC, CONCEPT_MARK,
	CONCEPT_KINDS,
};

#define RULE_TERMS 6

struct term {
	struct concepts any;
	bool absent, anywhere;   /* `!`, `@` */
};

struct rule {
	size_t class;
	double weight;
	const char *type, *signal;   /* NULL: no type */
	bool undone;
	struct term terms[RULE_TERMS];
	size_t n_terms, anchor;      /* anchor: first plain term */
};

struct class {
	const char *name;
	bool null;                   /* competes, but gives no event */
};

struct name {                        /* of a concept or a set */
	const char *name;
	struct concepts any;
};

/* Grammar the engine itself asks for; each must be declared in rules.tsv. */
enum mark {
	MARK_NEGATION,        /* before an action: "did not" */
	MARK_NEGATION_AFTER,  /* behind it: "pas" */
	MARK_PASSIVE,         /* "was", "a été": what stands before is the target */
	MARK_BY,              /* "by", "par": the actor follows */
	MARK_JOINER,          /* "of", "de": holds a name together */
	MARK_LOCATIVE,        /* "in": a place follows */
	MARK_DAY_BEFORE,      /* "yesterday" */
	MARK_DAY_SAME,        /* "today" */
	MARK_MONTH_1,         /* twelve of them */
	MARK_WEEKDAY_1 = MARK_MONTH_1 + 12,   /* Monday; seven of them */
	MARKS = MARK_WEEKDAY_1 + 7,
};

struct entry {                       /* of a lexicon */
	struct concepts any;
	double weight;
};

struct place_table;                  /* place.h */

struct language {
	const char *tag;
	bool has_lexicon;
	struct pattern_set *phrases;
	struct entry *entries;
	size_t n_entries, cap_entries;
	struct place_table *places;
};

struct coder {
	const struct atlas *atlas;
	struct arena *arena;
	struct name *names;
	size_t n_names, cap_names, n_concepts;
	struct concepts kinds[CONCEPT_KINDS];
	size_t marks[MARKS];         /* concept of each; SIZE_MAX until declared */
	struct concepts outward, exported;   /* for the vote on the unit; may be empty */
	struct class *classes;
	size_t n_classes, cap_classes;
	struct rule *rules;
	size_t n_rules, cap_rules;
	struct language *languages;
	size_t n_languages, cap_languages;
};

/* The language of a tag, made with the atlas's names in it if it is new. */
struct language *language_need(struct coder *coder, const char *tag);
/* The language of a document: its tag, or what precedes its hyphen; NULL without lexicon. */
const struct language *language_find(const struct coder *coder, const char *tag);

#endif
