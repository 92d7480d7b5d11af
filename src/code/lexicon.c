/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lexicon.c - the readers of rules.tsv and LANG.tsv; the formats are told in lexicon.h. */
#include <string.h>

#include "code/lexicon.h"

#define CELLS 6

static const char *const kind_names[CONCEPT_KINDS] = {"actor", "civic", "action", "topic", "mark"};

static const char *const mark_names[MARKS] = {
	"negation",   "negation_after", "passive",   "by",	  "joiner",    "locative",
	"day_before", "day_same",	"month_1",   "month_2",	  "month_3",   "month_4",
	"month_5",    "month_6",	"month_7",   "month_8",	  "month_9",   "month_10",
	"month_11",   "month_12",	"weekday_1", "weekday_2", "weekday_3", "weekday_4",
	"weekday_5",  "weekday_6",	"weekday_7",
};

static const char *const types[] = {
	"AGREE",  "CONSULT", "SUPPORT",	 "CONCEDE", "COOPERATE", "AID",	     "RETREAT", "REQUEST",
	"ACCUSE", "REJECT",  "THREATEN", "PROTEST", "SANCTION",	 "MOBILIZE", "COERCE",	"ASSAULT",
};

struct cell {
	const char *s;
	size_t len;
};

struct reader {   /* of lines of tab-separated cells */
	const char *name, *text;
	size_t len, at, line, start;   /* start: of the current line */
	struct cell cells[CELLS];
	size_t n;
	struct err *err;
};

static int reader_fault(const struct reader *reader, const char *at, const char *what,
			const char *s, size_t len)
{
	return err_set(reader->err, ERR_DATA, "%s:%zu:%zu: %s \"%.*s\"", reader->name, reader->line,
		       (size_t)(at - reader->text) - reader->start + 1, what,
		       len > 60 ? 60 : (int)len, s);
}

/* Split the current line; 1, or ERR_DATA. */
static int reader_split(struct reader *reader, size_t end)
{
	size_t at = reader->start;

	reader->n = 0;
	while (at <= end) {
		const char *tab = memchr(reader->text + at, '\t', end - at);
		size_t past = tab ? (size_t)(tab - reader->text) : end;

		if (past == at)
			return reader_fault(reader, reader->text + at, "empty cell", "", 0);
		if (reader->n == CELLS)
			return reader_fault(reader, reader->text + at, "one cell too many:",
					    reader->text + at, past - at);
		reader->cells[reader->n++] = (struct cell){reader->text + at, past - at};
		at = past + 1;
	}
	return 1;
}

/* 1 and the cells of the next line that says something, 0 at the end, or ERR_DATA. */
static int reader_next(struct reader *reader)
{
	while (reader->at < reader->len) {
		const char *nl = memchr(reader->text + reader->at, '\n', reader->len - reader->at);
		size_t end = nl ? (size_t)(nl - reader->text) : reader->len, valid;

		reader->start = reader->at;
		reader->at = end + 1;
		reader->line++;
		if (end > reader->start && reader->text[end - 1] == '\r')
			end--;
		valid = utf8_valid(reader->text + reader->start, end - reader->start);
		if (valid < end - reader->start)
			return reader_fault(reader, reader->text + reader->start + valid,
					    "not UTF-8", "", 0);
		if (end > reader->start && reader->text[reader->start] != '#')
			return reader_split(reader, end);
	}
	return 0;
}

/* The next word of a cell from *at on; false at the end. */
static bool cell_word(const struct cell *cell, size_t *at, struct cell *word)
{
	while (*at < cell->len && cell->s[*at] == ' ')
		(*at)++;
	word->s = cell->s + *at;
	while (*at < cell->len && cell->s[*at] != ' ')
		(*at)++;
	word->len = (size_t)(cell->s + *at - word->s);
	return word->len > 0;
}

static bool cell_is(const struct cell *cell, const char *s)
{
	return strlen(s) == cell->len && memcmp(cell->s, s, cell->len) == 0;
}

static int cell_number(const struct reader *reader, const struct cell *cell, double high,
		       double *ret)
{
	double value;

	if (num_read(cell->s, cell->len, &value) < 0 || !(value > 0 && value <= high))
		return reader_fault(reader, cell->s, "weight out of range:", cell->s, cell->len);
	*ret = value;
	return 0;
}

static const struct name *name_find(const struct coder *coder, const struct cell *cell)
{
	for (size_t i = 0; i < coder->n_names; i++)
		if (cell_is(cell, coder->names[i].name))
			return &coder->names[i];
	return NULL;
}

/* Join the concepts named in a cell, separated by `mark`, into *any. */
static int cell_concepts(const struct coder *coder, const struct reader *reader,
			 const struct cell *cell, char mark, struct concepts *any)
{
	size_t at = 0;

	while (at <= cell->len) {
		const char *end = memchr(cell->s + at, mark, cell->len - at);
		struct cell word = {cell->s + at,
				    end ? (size_t)(end - cell->s) - at : cell->len - at};
		const struct name *name = name_find(coder, &word);

		if (!name)
			return reader_fault(reader, word.s, "unknown concept", word.s, word.len);
		concepts_join(any, &name->any);
		at += word.len + 1;
	}
	return 0;
}

static int read_concept(struct coder *coder, const struct reader *reader)
{
	const struct cell *cells = reader->cells;
	struct name name = {0};
	size_t kind = 0;

	if (reader->n != 3)
		return reader_fault(reader, cells[0].s, "expected concept, name, kind:", cells[0].s,
				    cells[0].len);
	if (name_find(coder, &cells[1]))
		return reader_fault(reader, cells[1].s, "named twice:", cells[1].s, cells[1].len);
	if (coder->n_concepts == CONCEPTS)
		return reader_fault(reader, cells[1].s, "too many concepts at", cells[1].s,
				    cells[1].len);
	while (kind < CONCEPT_KINDS && !cell_is(&cells[2], kind_names[kind]))
		kind++;
	if (kind == CONCEPT_KINDS)
		return reader_fault(reader, cells[2].s, "unknown kind", cells[2].s, cells[2].len);
	for (size_t i = 0; i < MARKS; i++)
		if (cell_is(&cells[1], mark_names[i]))
			coder->marks[i] = coder->n_concepts;
	concepts_put(&coder->kinds[kind], coder->n_concepts);
	concepts_put(&name.any, coder->n_concepts++);
	name.name = arena_ndup(coder->arena, cells[1].s, cells[1].len);
	*arena_push(coder->arena, coder->names, coder->n_names, coder->cap_names) = name;
	return 0;
}

static int read_set(struct coder *coder, const struct reader *reader)
{
	const struct cell *cells = reader->cells;
	struct name name = {0};
	int r;

	if (reader->n != 3)
		return reader_fault(reader, cells[0].s, "expected set, name, members:", cells[0].s,
				    cells[0].len);
	if (name_find(coder, &cells[1]))
		return reader_fault(reader, cells[1].s, "named twice:", cells[1].s, cells[1].len);
	r = cell_concepts(coder, reader, &cells[2], ' ', &name.any);
	if (r < 0)
		return r;
	name.name = arena_ndup(coder->arena, cells[1].s, cells[1].len);
	*arena_push(coder->arena, coder->names, coder->n_names, coder->cap_names) = name;
	if (strcmp(name.name, "outward") == 0)
		coder->outward = name.any;
	else if (strcmp(name.name, "exported") == 0)
		coder->exported = name.any;
	return 0;
}

static int read_class(struct coder *coder, const struct reader *reader)
{
	const struct cell *cells = reader->cells;

	if (reader->n != 3 || !cell_is(&cells[2], "null"))
		return reader_fault(reader, cells[0].s, "expected class, name, null:", cells[0].s,
				    cells[0].len);
	for (size_t i = 0; i < coder->n_classes; i++)
		if (cell_is(&cells[1], coder->classes[i].name))
			return reader_fault(reader, cells[1].s, "named twice:", cells[1].s,
					    cells[1].len);
	*arena_push(coder->arena, coder->classes, coder->n_classes, coder->cap_classes) =
		(struct class){arena_ndup(coder->arena, cells[1].s, cells[1].len), true};
	return 0;
}

static int read_terms(const struct coder *coder, const struct reader *reader,
		      const struct cell *cell, struct rule *rule)
{
	struct cell word;
	size_t at = 0;

	rule->anchor = RULE_TERMS;
	while (cell_word(cell, &at, &word)) {
		struct term *term = &rule->terms[rule->n_terms];
		int r;

		if (rule->n_terms == RULE_TERMS)
			return reader_fault(reader, word.s, "one term too many:", word.s, word.len);
		term->absent = *word.s == '!';
		word.s += term->absent, word.len -= term->absent;
		term->anywhere = word.len && *word.s == '@';
		word.s += term->anywhere, word.len -= term->anywhere;
		r = cell_concepts(coder, reader, &word, '|', &term->any);
		if (r < 0)
			return r;
		if (!term->absent && !term->anywhere && rule->anchor == RULE_TERMS)
			rule->anchor = rule->n_terms;
		rule->n_terms++;
	}
	if (rule->anchor == RULE_TERMS)
		return reader_fault(reader, cell->s, "no plain term in", cell->s, cell->len);
	return 0;
}

static int read_signal(const struct reader *reader, struct cell cell, struct rule *rule)
{
	static const char *const signals[] = {"threat", "opportunity", "none"};

	rule->undone = cell.s[cell.len - 1] == '!';
	cell.len -= rule->undone;
	for (size_t i = 0; i < LENGTH(signals); i++)
		if (cell_is(&cell, signals[i]))
			rule->signal = signals[i];
	return rule->signal ? 0 : reader_fault(reader, cell.s, "unknown signal", cell.s, cell.len);
}

static int read_rule(struct coder *coder, const struct reader *reader)
{
	const struct cell *cells = reader->cells;
	struct rule rule = {.class = SIZE_MAX};
	int r;

	if (reader->n != 6)
		return reader_fault(reader, cells[0].s,
				    "expected rule, class, weight, type, signal, terms:",
				    cells[0].s, cells[0].len);
	for (size_t i = 0; i < coder->n_classes; i++)
		if (cell_is(&cells[1], coder->classes[i].name))
			rule.class = i;
	if (rule.class == SIZE_MAX)
		return reader_fault(reader, cells[1].s, "unknown class", cells[1].s, cells[1].len);
	for (size_t i = 0; i < LENGTH(types); i++)
		if (cell_is(&cells[3], types[i]))
			rule.type = types[i];
	if (!rule.type && !cell_is(&cells[3], "-"))
		return reader_fault(reader, cells[3].s, "unknown PLOVER type", cells[3].s,
				    cells[3].len);
	if ((r = cell_number(reader, &cells[2], 9, &rule.weight)) < 0 ||
	    (r = read_signal(reader, cells[4], &rule)) < 0 ||
	    (r = read_terms(coder, reader, &cells[5], &rule)) < 0)
		return r;
	*arena_push(coder->arena, coder->rules, coder->n_rules, coder->cap_rules) = rule;
	return 0;
}

int coder_add_rules(struct coder *coder, const char *name, const char *text, size_t len,
		    struct err *err)
{
	static const struct {
		const char *word;
		int (*read)(struct coder *coder, const struct reader *reader);
	} lines[] = {{"concept", read_concept},
		     {"set", read_set},
		     {"class", read_class},
		     {"rule", read_rule}};
	struct reader reader = {.name = name, .text = text, .len = len, .err = err};
	int r;

	while ((r = reader_next(&reader)) > 0) {
		size_t i = 0;

		while (i < LENGTH(lines) && !cell_is(&reader.cells[0], lines[i].word))
			i++;
		r = i < LENGTH(lines) ? lines[i].read(coder, &reader)
				      : reader_fault(&reader, reader.cells[0].s,
						     "expected concept, set, class or rule, not",
						     reader.cells[0].s, reader.cells[0].len);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; r == 0 && i < MARKS; i++)
		if (coder->marks[i] == SIZE_MAX)
			return err_set(err, ERR_DATA, "%s:%zu:1: the mark \"%s\" is not declared",
				       name, reader.line, mark_names[i]);
	return r;
}

/* ---- the words of one language ---- */

static int phrase_add(struct coder *coder, struct language *language, const struct reader *reader,
		      struct cell phrase, const struct entry *entry)
{
	struct err why = {0};
	uint32_t old;
	int r;

	while (phrase.len && *phrase.s == ' ')
		phrase.s++, phrase.len--;
	while (phrase.len && phrase.s[phrase.len - 1] == ' ')
		phrase.len--;
	old = pattern_add(language->phrases, phrase.s, phrase.len, (uint32_t)language->n_entries,
			  &r, &why);
	if (r < 0)
		return reader_fault(reader, phrase.s, why.msg, phrase.s, phrase.len);
	if (old == PATTERN_NONE) {
		*arena_push(coder->arena, language->entries, language->n_entries,
			    language->cap_entries) = *entry;
		return 0;
	}
	concepts_join(&language->entries[old].any, &entry->any);
	if (language->entries[old].weight < entry->weight)
		language->entries[old].weight = entry->weight;
	return 0;
}

static int read_entries(struct coder *coder, struct language *language, const struct reader *reader)
{
	const struct cell *cells = reader->cells, *phrases = &cells[1];
	struct entry entry = {.weight = 1};
	struct cell word;
	size_t at = 0;
	int r = 0;

	if (reader->n < 2 || reader->n > 3)
		return reader_fault(reader, cells[0].s,
				    "expected concepts, phrases, perhaps a weight:", cells[0].s,
				    cells[0].len);
	while (r >= 0 && cell_word(&cells[0], &at, &word))
		r = cell_concepts(coder, reader, &word, ' ', &entry.any);
	if (r >= 0 && reader->n == 3)
		r = cell_number(reader, &cells[2], 2, &entry.weight);
	for (at = 0; r >= 0 && at <= phrases->len; at += word.len + 1) {
		const char *bar = memchr(phrases->s + at, '|', phrases->len - at);

		word.s = phrases->s + at;
		word.len = bar ? (size_t)(bar - word.s) : phrases->len - at;
		r = phrase_add(coder, language, reader, word, &entry);
	}
	return r;
}

int coder_add_lexicon(struct coder *coder, const char *lang, const char *name, const char *text,
		      size_t len, struct err *err)
{
	struct reader reader = {.name = name, .text = text, .len = len, .err = err};
	struct language *language;
	int r;

	if (!coder->n_concepts)
		return err_hint(
			err,
			err_set(err, ERR_USAGE, "lexicon \"%s\" was given before any rules", name),
			"Add rules.tsv first: it declares the concepts.");
	language = language_need(coder, lang);
	while ((r = reader_next(&reader)) > 0)
		if ((r = read_entries(coder, language, &reader)) < 0)
			return r;
	language->has_lexicon = language->has_lexicon || r == 0;
	return r;
}
