/* SPDX-License-Identifier: GPL-3.0-or-later */
/* labels.c - what others rated: a unit and a word in each row. */
#include <string.h>
#include <strings.h>

#include "measure/source_table.h"

static const char *const unit_columns[] = {"unit", "country_text_id", "iso3", "country", "country_name", "gwcode"};
static const char *const label_columns[] = {"rating", "band", "label", "class"};

static int first_column(const struct csv *csv, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < csv->n_columns; k++)
			if (strcasecmp(csv->header[k], names[i]) == 0)
				return (int)k;
	return -1;
}

static int add_row(const struct csv *csv, int unit, int text, struct unit_finder *finder, struct arena *arena,
		   struct labels *labels, struct err *err)
{
	const char *name = csv_text(csv, unit), *word = csv_text(csv, text), *key;
	bool guessed = false;

	if (!name || !word)
		return csv_error(csv, (size_t)(name ? text : unit), err, "a label needs a unit and a word");
	key = unit_find(finder, name, &guessed);
	if (!key) {
		*arena_push(arena, labels->strangers, labels->n_strangers, labels->cap_strangers) = name;
		return 0;
	}
	if (guessed)
		*arena_push(arena, labels->guesses, labels->n_guesses, labels->cap_guesses) =
			arena_printf(arena, "%s as %s", name, key);
	for (size_t i = 0; i < labels->n; i++)
		if (strcmp(labels->v[i].unit, key) == 0)
			return err_hint(err, csv_error(csv, (size_t)unit, err,
						       "%s was labelled on line %zu already", key,
						       labels->v[i].line), "Keep one row for each unit.");
	*arena_push(arena, labels->v, labels->n, labels->cap) = (struct label){key, word, csv->row[text].line};
	return 0;
}

int labels_read(const char *name, const char *text, size_t len, struct unit_finder *finder, struct arena *arena,
		struct labels *ret, struct err *err)
{
	struct labels labels = {0};
	struct csv csv;
	int r = csv_open(&csv, name, text, len, ',', arena, err), unit, word;

	if (r < 0)
		return r;
	unit = first_column(&csv, unit_columns, LENGTH(unit_columns));
	word = first_column(&csv, label_columns, LENGTH(label_columns));
	if (unit < 0 || word < 0)
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: no column \"%s\"", name, unit < 0 ? "country"
					     : "rating"),
				"Labels are a table of two columns: country,rating.");
	while ((r = csv_next(&csv, arena, err)) > 0 &&
	       (r = add_row(&csv, unit, word, finder, arena, &labels, err)) == 0)
		;
	if (r == 0)
		*ret = labels;
	return r;
}
