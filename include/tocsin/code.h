/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * code.h - documents in, events out: what a report says, by dictionary.
 *
 * A coder holds the rules, a lexicon per language and the names of places. All
 * three are data (data/lexicon; the formats are told in src/code/lexicon.h and
 * src/code/place.h): a new language is a new file. The method, its figures and
 * its failings are in docs/methods/event-coding.md.
 */
#ifndef TOCSIN_CODE_H
#define TOCSIN_CODE_H

#include <tocsin/model.h>

struct coder;

/*
 * An empty coder in `arena`. The atlas must outlive it; of all else what is needed is
 * copied. Add the rules first, then lexicons, then places; each may come in several pieces.
 */
int coder_open(const struct atlas *atlas, struct arena *arena, struct coder **ret, struct err *err);

/* Concepts and rules, the same for all languages. ERR_DATA names file:line:column. */
int coder_add_rules(struct coder *coder, const char *name, const char *text, size_t len,
		    struct err *err);
/* Words of one language (BCP 47, such as "en"); the names the atlas has in it come along. */
int coder_add_lexicon(struct coder *coder, const char *lang, const char *name, const char *text,
		      size_t len, struct err *err);
/* CSV `unit,form[,kind]`: demonyms, capitals, institutions, people of one language. */
int coder_add_demonyms(struct coder *coder, const char *lang, const char *name, const char *text,
		       size_t len, struct err *err);
/* CSV `unit,lang,name`: cities; rows of languages without lexicon are passed over. */
int coder_add_cities(struct coder *coder, const char *name, const char *text, size_t len,
		     struct err *err);
/*
 * One file of data/lexicon by its name: rules.tsv, LANG.tsv or demonyms.LANG.csv.
 * Returns 1 when it was taken and 0 when the name is none of these. `pass` 0 takes
 * rules, 1 lexicons, 2 demonyms: go over the folder three times.
 */
int coder_add_file(struct coder *coder, int pass, const char *name, const char *text, size_t len,
		   struct err *err);

/* True if documents of this language can be coded; NULL is no language. */
bool coder_speaks(const struct coder *coder, const char *lang);

#define CODE_METHOD 1   /* raise it when the same words would give other events: stores are then coded anew */

struct code_setup {
	const struct coder *coder;
	const struct records *originals;   /* NULL, or documents that those of `in` are copies of: not coded */
};

struct code_tally {
	size_t documents;       /* seen, withdrawn ones left out */
	size_t events;          /* written */
	size_t without_class;   /* nothing that belongs to civic space, or not surely enough */
	size_t without_unit;    /* something, but nowhere */
	size_t not_coded;       /* no lexicon for the language */
	struct code_language {
		const char *lang;   /* "und" when the language is unknown */
		size_t documents, events, not_coded;
	} *languages;           /* ordered by tag; in the arena of `out` */
	size_t n_languages, cap_languages;
};

/*
 * Add to `out` at most one event for each document in `in`; other kinds are
 * passed over. `known`, licence and voice are the document's; every word that
 * spoke for the event is among its origins with role "words". Pure and
 * deterministic; O(bytes), of a body the first 16 KiB. *tally is filled on
 * success and may be NULL.
 */
int code_run(const struct code_setup *setup, const struct records *in, struct records *out,
	     struct code_tally *tally, struct err *err);

#endif
