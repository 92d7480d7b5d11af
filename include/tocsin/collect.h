/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * collect.h - foreign bytes in, documents and observations out.
 *
 * Feeds (RSS 0.9x, 1.0, 2.0, Atom 0.3 and 1.0, JSON Feed 1.0 and 1.1), raw text
 * dumps, and tables of indicators, junctures, responses and outcomes. Formats are
 * told by content. A value that the input does not give stays null, with the
 * reason; a file with a fault is refused whole, by file:line:column.
 */
#ifndef TOCSIN_COLLECT_H
#define TOCSIN_COLLECT_H

#include <tocsin/model.h>

#define COLLECT_LIMIT ((size_t)64 << 20)   /* bytes of one file */

/* One file of an input folder, as its manifest describes it. NULL: not said. */
struct source {
	const char *name;        /* of the file, within the folder */
	const char *role;        /* feeds, indicators, junctures, responses, outcomes, labels, units */
	const char *format;      /* auto, feed, jsonfeed, dump, csv, vdem-wide, jsonl */
	const char *feed;        /* id of the voice that speaks here; NULL: the file's name */
	const char *label;       /* its name for people */
	const char *lang;        /* default language */
	const char *licence;     /* open, share-alike, restricted */
	const char *known;       /* rule: published, april-next-year, date, release, column:NAME */
	const char *origin;      /* name of the data's maker, for tables without a source column */
	struct instant collected;   /* when the file was fetched; missing: the clock of the shell */
};

struct manifest {
	struct source *v;
	size_t n, cap;
	const char **skipped;    /* files that it does not list */
	size_t n_skipped, cap_skipped;
};

/*
 * manifest.conf against the files of its folder (names relative to it). A section
 * is a file name or a pattern with '*'. Unknown keys, roles, formats and listed
 * files that are not there are ERR_DATA with the line.
 */
int manifest_read(const char *name, const char *text, size_t len, const char *const *files,
		  size_t n_files, struct arena *arena, struct manifest *ret, struct err *err);

struct collect_setup {
	const struct atlas *atlas;
	struct instant seen;     /* the collection, where a source does not say */
};

/* The role and format of a file by its content, where the source does not say; never "labels" read. */
void source_guess(struct source *source, const char *bytes, size_t len, struct arena *arena);

/* All records of one file. Documents come in file order. */
int collect_run(const struct collect_setup *setup, const struct source *source, const char *bytes,
		size_t len, struct records *out, struct err *err);

#define COPIES_DAYS 14

/*
 * Mark copies: each document of `fresh` gets `copy_of`, the earliest document
 * (known, then id) among fresh and `context` whose text contains a fifth of the
 * smaller one's shingles (three at least) within COPIES_DAYS. Shingles that more than
 * 200 documents share are boilerplate and do not count.
 */
void copies_mark(struct document **fresh, size_t n_fresh, struct document **context, size_t n_context,
		 struct arena *arena);

/* The raw text dump: items without markup, told apart by cues (docs/methods/dump-splitter.md). */
int dump_read(const struct source *source, const char *bytes, size_t len, struct records *out,
	      struct err *err);

#endif
