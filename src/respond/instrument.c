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

static const char *kind_of_polarity(const char *polarity)
{
	return str_eq(polarity, "pressure") ? "pressure" : str_eq(polarity, "support") ? "support" : "dialogue";
}

static int instrument_row(const struct csv *csv, struct instrument *instrument, struct err *err)
{
	int r;

	*instrument = (struct instrument){
		.id = csv_text(csv, csv_column(csv, "id")), .name = csv_text(csv, csv_column(csv, "instrument")),
		.source = csv_text(csv, csv_column(csv, "source")),
		.legal_basis = csv_text(csv, csv_column(csv, "legal_basis")),
		.decision_rule = csv_text(csv, csv_column(csv, "decision_rule")),
		.lead_time = csv_text(csv, csv_column(csv, "lead_time")),
		.kind = kind_of_polarity(csv_text(csv, csv_column(csv, "polarity"))),
		.direction = csv_text(csv, csv_column(csv, "direction")),
		.eligible = csv_text(csv, csv_column(csv, "eligible_status")),
		.suits = csv_text(csv, csv_column(csv, "suits")),
		.partners = csv_text(csv, csv_column(csv, "combine_with")),
		.after = csv_text(csv, csv_column(csv, "after")),
		.harms = str_eq(csv_text(csv, csv_column(csv, "channel")), "population"),
	};
	if (!instrument->id || !instrument->name)
		return csv_error(csv, 0, err, "an instrument needs an id and a name");
	if (!instrument->direction)
		instrument->direction = "both";
	if ((r = cell_days(csv, csv_column(csv, "lead_min_days"), &instrument->lead_min_days, err)) < 0 ||
	    (r = cell_days(csv, csv_column(csv, "lead_max_days"), &instrument->lead_max_days, err)) < 0 ||
	    (r = cell_date(csv, csv_column(csv, "from"), &instrument->from, err)) < 0)
		return r;
	return cell_date(csv, csv_column(csv, "past"), &instrument->past, err);
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

		r = instrument_row(&csv, &row, err);
		if (r < 0)
			return r;
		if (instruments->n == INSTRUMENTS_MAX)
			return csv_error(&csv, 0, err, "more than %d instruments", INSTRUMENTS_MAX);
		*arena_push(arena, instruments->v, instruments->n, instruments->cap) = row;
	}
	return r;
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
