/* SPDX-License-Identifier: GPL-3.0-or-later */
/* instrument.c - the tables of instruments and of the standing of units, read strictly. */
#include <math.h>
#include <string.h>

#include "respond/parts.h"

bool list_has(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = list; s && *s;) {
		size_t len = strcspn(s, ";");

		while (*s == ' ' && len)
			s++, len--;
		if (len == n && strncmp(s, word, n) == 0)
			return true;
		s += len + (s[len] == ';');
	}
	return false;
}

static int cell_days(const struct csv *csv, int column, double *ret, struct err *err)
{
	const char *text = csv_text(csv, column);

	*ret = NAN;
	if (!text)
		return 0;
	if (num_read(text, strlen(text), ret) == 0 && *ret >= 0)
		return 0;
	return csv_error(csv, (size_t)column, err, "\"%.20s\" is not a number of days", text);
}

static int cell_date(const struct csv *csv, int column, struct instant *ret, struct err *err)
{
	const char *text = csv_text(csv, column);

	*ret = (struct instant){0};
	if (!text || instant_read(text, ret, NULL) == 0)
		return 0;
	return csv_error(csv, (size_t)column, err, "\"%.20s\" is not a date", text);
}

/* A cell that holds one of a few words; an empty one gives the last. */
static int cell_word(const struct csv *csv, int column, const char *const *words, size_t n, size_t *ret,
		     struct err *err)
{
	const char *text = csv_text(csv, column);

	for (*ret = 0; *ret < n; (*ret)++)
		if (str_eq(text, words[*ret]))
			return 0;
	*ret = n - 1;
	return text ? csv_error(csv, (size_t)column, err, "\"%.20s\" is not one of %s, %s, %s", text, words[0],
				words[1], words[2]) : 0;
}

/* What a list may suit: classes of events, or any. */
static int cell_suits(const struct csv *csv, int column, struct arena *arena, const char **ret, struct err *err)
{
	const char *text = csv_text(csv, column);

	*ret = text;
	for (const char *s = text; s && *s;) {
		size_t len = strcspn(s, ";");
		const char *word = arena_ndup(arena, s, len), *near;
		bool known = str_eq(word, "any");

		for (size_t i = 0; i < n_civic_classes; i++)
			known |= str_eq(word, civic_classes[i]);
		near = known ? NULL : str_nearest(word, civic_classes, n_civic_classes);
		if (!known) {
			int r = csv_error(csv, (size_t)column, err, "\"%.30s\" is no class of events", word);

			return near ? err_hint(err, r, "Did you mean \"%s\"?", near) : r;
		}
		s += len + (s[len] == ';');
	}
	return 0;
}

static int instrument_times(const struct csv *csv, struct instrument *instrument, struct err *err)
{
	int min = csv_column(csv, "lead_min_days"), r;

	if ((r = cell_days(csv, min, &instrument->lead_min_days, err)) < 0 ||
	    (r = cell_days(csv, csv_column(csv, "lead_max_days"), &instrument->lead_max_days, err)) < 0 ||
	    (r = cell_date(csv, csv_column(csv, "from"), &instrument->from, err)) < 0 ||
	    (r = cell_date(csv, csv_column(csv, "past"), &instrument->past, err)) < 0)
		return r;
	if (instrument->lead_max_days < instrument->lead_min_days)
		return csv_error(csv, (size_t)min, err, "the least lead time is more than the greatest");
	return 0;
}

static int instrument_row(const struct csv *csv, struct arena *arena, struct instrument *instrument,
			  struct err *err)
{
	static const char *const polarities[] = {"pressure", "support", "both"};
	static const char *const kinds_of[] = {"pressure", "support", "dialogue"};
	static const char *const directions[] = {"threat", "opportunity", "both"};
	size_t polarity, direction;
	int r;

	*instrument = (struct instrument){
		.id = csv_text(csv, csv_column(csv, "id")), .name = csv_text(csv, csv_column(csv, "instrument")),
		.source = csv_text(csv, csv_column(csv, "source")),
		.legal_basis = csv_text(csv, csv_column(csv, "legal_basis")),
		.decision_rule = csv_text(csv, csv_column(csv, "decision_rule")),
		.lead_time = csv_text(csv, csv_column(csv, "lead_time")),
		.eligible = csv_text(csv, csv_column(csv, "eligible_status")),
		.partners = csv_text(csv, csv_column(csv, "combine_with")),
		.after = csv_text(csv, csv_column(csv, "after")),
		.harms = str_eq(csv_text(csv, csv_column(csv, "channel")), "population"),
	};
	if (!instrument->id || !instrument->name)
		return csv_error(csv, 0, err, "an instrument needs an id and a name");
	if ((r = cell_word(csv, csv_column(csv, "polarity"), polarities, 3, &polarity, err)) < 0 ||
	    (r = cell_word(csv, csv_column(csv, "direction"), directions, 3, &direction, err)) < 0 ||
	    (r = cell_suits(csv, csv_column(csv, "suits"), arena, &instrument->suits, err)) < 0)
		return r;
	instrument->kind = kinds_of[polarity];
	instrument->direction = directions[direction];
	return instrument_times(csv, instrument, err);
}

static const struct instrument *instrument_named(const struct instruments *instruments, const char *id)
{
	for (size_t i = 0; i < instruments->n; i++)
		if (str_eq(instruments->v[i].id, id))
			return &instruments->v[i];
	return NULL;
}

/* Every id that the table refers to stands in it. */
static int check_references(const struct csv *csv, const struct instruments *instruments, struct arena *arena,
			    struct err *err)
{
	for (size_t i = 0; i < instruments->n; i++) {
		const char *lists[] = {instruments->v[i].partners, instruments->v[i].after};

		for (size_t k = 0; k < LENGTH(lists); k++)
			for (const char *s = lists[k]; s && *s;) {
				size_t len = strcspn(s, ";");

				if (!instrument_named(instruments, arena_ndup(arena, s, len)))
					return err_set(err, ERR_DATA, "%s:%zu:1: %s refers to the unknown instrument "
						       "\"%.*s\"", csv->name, csv->line, instruments->v[i].id,
						       (int)len, s);
				s += len + (s[len] == ';');
			}
	}
	return 0;
}

int instruments_read(const char *name, const char *text, size_t len, struct arena *arena,
		     struct instruments *instruments, struct err *err)
{
	static const char *const needed[] = {"id", "instrument", "polarity", "lead_min_days", "lead_max_days",
					     "eligible_status", "combine_with", "source"};
	struct csv csv;
	int r = csv_open(&csv, name, text, len, ',', arena, err);

	for (size_t i = 0; i < LENGTH(needed) && r >= 0; i++)
		r = csv_need(&csv, needed[i], err);
	while (r >= 0 && (r = csv_next(&csv, arena, err)) > 0) {
		struct instrument row;

		r = instrument_row(&csv, arena, &row, err);
		if (r < 0)
			return r;
		if (instrument_named(instruments, row.id))
			return csv_error(&csv, 0, err, "there is already an instrument \"%.30s\"", row.id);
		if (instruments->n == INSTRUMENTS_MAX)
			return csv_error(&csv, 0, err, "more than %d instruments", INSTRUMENTS_MAX);
		*arena_push(arena, instruments->v, instruments->n, instruments->cap) = row;
	}
	return r < 0 ? r : check_references(&csv, instruments, arena, err);
}

int statuses_read(const char *name, const char *text, size_t len, struct arena *arena,
		  struct statuses *statuses, struct err *err)
{
	struct csv csv;
	int unit, status, from, past, r = csv_open(&csv, name, text, len, ',', arena, err);

	if (r < 0)
		return r;
	unit = csv_need(&csv, "unit", err);
	status = unit < 0 ? unit : csv_need(&csv, "status", err);
	from = status < 0 ? status : csv_need(&csv, "from", err);
	past = from < 0 ? from : csv_need(&csv, "past", err);
	if (past < 0)
		return past;
	while ((r = csv_next(&csv, arena, err)) > 0) {
		struct status_row row = {csv_text(&csv, unit), csv_text(&csv, status),
					 csv_text(&csv, csv_column(&csv, "source")), {0}, {0}};

		if (!row.unit || !row.status)
			return csv_error(&csv, (size_t)unit, err, "a row needs a unit and a status");
		if ((r = cell_date(&csv, from, &row.from, err)) < 0 || (r = cell_date(&csv, past, &row.past, err)) < 0)
			return r;
		*arena_push(arena, statuses->v, statuses->n, statuses->cap) = row;
	}
	return r;
}

int status_holds(const struct statuses *statuses, const char *unit, const char *status, struct instant day)
{
	int known = -1;

	for (size_t i = 0; statuses && i < statuses->n; i++) {
		const struct status_row *row = &statuses->v[i];

		if (!str_eq(row->unit, unit))
			continue;
		known = known < 0 ? 0 : known;
		if (str_eq(row->status, status) && (!instant_is_set(row->from) || row->from.usec <= day.usec) &&
		    (!instant_is_set(row->past) || day.usec < row->past.usec))
			return 1;
	}
	return known;
}
