/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits.c - what is asked of texts so that every engine can index them alike.
 *
 * PostgreSQL indexes no text of more than some 2,700 bytes, less those that share its
 * row; SQLite cuts words at 32 KiB. So a text in a key or an index has at most 500
 * bytes here, or the record is refused; and a longer word - no word of a language, but
 * encoded bytes - stays in the body and is left out of search.
 */
#include <string.h>

#include "store/engine.h"

#define INDEXED_MOST 500

static int text_fits(const struct record *r, const char *name, const char *text, struct err *err)
{
	if (!text || strlen(text) <= INDEXED_MOST)
		return 0;
	return err_set(err, ERR_DATA, "%s %s: \"%s\" has %zu bytes, at most %d can be kept", r->kind->name, r->id, name,
		       strlen(text), INDEXED_MOST);
}

static int field_fits(const struct record *r, const char *name, struct err *err)
{
	const struct field *field = kind_field(r->kind, name);

	return field && field->type == FIELD_TEXT ? text_fits(r, name, *field_text((void *)r, field), err) : 0;
}

int record_fits(const struct record *r, struct err *err)
{
	static const char *const of_days[] = {"civic_class", "signal"};   /* in the key of event_day */
	const struct table *table = table_named(r->kind->name);
	int code = text_fits(r, "unit", r->unit, err);

	for (size_t i = 0; i < LENGTH(table->indexes) && table->indexes[i] && code == 0; i++)
		code = field_fits(r, table->indexes[i], err);
	for (size_t i = 0; i < LENGTH(of_days) && r->kind == &kind_event && code == 0; i++)
		code = field_fits(r, of_days[i], err);
	for (size_t i = 0; i < r->n_from && code == 0; i++)
		code = text_fits(r, "origins", r->from[i].from_id, err);
	return code;
}

bool word_fits(const char *word)
{
	return strnlen(word, INDEXED_MOST + 1) <= INDEXED_MOST;
}

void words_fit(struct buf *words)
{
	size_t kept = 0, past;

	for (size_t i = 0; i < words->len; i = past + 1) {
		for (past = i; past < words->len && words->s[past] != ' ';)
			past++;
		if (past == i || past - i > INDEXED_MOST)
			continue;
		if (kept)
			words->s[kept++] = ' ';
		memmove(words->s + kept, words->s + i, past - i);
		kept += past - i;
	}
	buf_cut(words, kept);
}
