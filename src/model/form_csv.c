/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form_csv.c - records as CSV: one kind a file, first column `kind`, then the
 * envelope, then the fields of the kind. An empty cell is a missing value, a
 * quoted empty one is an empty text. A column that this version does not know is
 * kept in `extra` as text.
 */
#include <string.h>

#include "model/fields.h"

static const char *const envelope[] = {
	"kind", "id", "revision", "unit", "valid_from", "valid_past", "known", "licence", "by",
	"schema", "withdrawn", "missing", "origins", "extra",
};

void record_write_csv_header(struct buf *buf, const struct kind *kind, char delimiter)
{
	for (size_t i = 0; i < LENGTH(envelope); i++) {
		if (i)
			buf_putc(buf, delimiter);
		buf_puts(buf, envelope[i]);
	}
	for (size_t i = 0; i < kind->n_fields; i++)
		buf_printf(buf, "%c%s", delimiter, kind->fields[i].name);
	buf_putc(buf, '\n');
}

static void put_text(struct buf *buf, const char *s, char delimiter)
{
	if (s && !*s)
		buf_puts(buf, "\"\"");
	else if (s)
		csv_put(buf, s, delimiter);
}

static void put_cell(struct buf *buf, const char *s, char delimiter)
{
	put_text(buf, s, delimiter);
	buf_putc(buf, delimiter);
}

static void put_time_cell(struct buf *buf, struct instant at, char delimiter)
{
	char text[40];

	instant_write(at, text);
	put_cell(buf, *text ? text : NULL, delimiter);
}

static void put_field_cell(struct buf *buf, const struct record *r, const struct field *field,
			   char delimiter)
{
	_cleanup_(buf_free) struct buf text = {0};

	if (field_is_missing(r, field))
		return;
	if (field->type == FIELD_TEXT) {
		put_text(buf, *field_text((void *)r, field), delimiter);
		return;
	}
	field_write_json(&text, r, field);
	if (field->type == FIELD_TIME)   /* without the quotes of JSON */
		buf_add(buf, text.s + 1, text.len - 2);
	else
		csv_put(buf, text.s, delimiter);
}

void record_write_csv(struct buf *buf, const void *record, char delimiter)
{
	_cleanup_(buf_free) struct buf origins = {0};
	const struct record *r = record;
	char revision[24] = "";

	if (r->revision)
		snprintf(revision, sizeof revision, "%lld", (long long)r->revision);
	if (r->n_from)
		origins_write_json(&origins, r);
	put_cell(buf, r->kind->name, delimiter);
	put_cell(buf, r->id, delimiter);
	put_cell(buf, *revision ? revision : NULL, delimiter);
	put_cell(buf, r->unit, delimiter);
	put_time_cell(buf, r->valid_from, delimiter);
	put_time_cell(buf, r->valid_past, delimiter);
	put_time_cell(buf, r->known, delimiter);
	put_cell(buf, r->licence, delimiter);
	put_cell(buf, r->by, delimiter);
	put_cell(buf, r->schema, delimiter);
	put_cell(buf, r->withdrawn ? "true" : NULL, delimiter);
	put_cell(buf, r->missing, delimiter);
	put_cell(buf, origins.s, delimiter);
	put_text(buf, r->extra, delimiter);
	for (size_t i = 0; i < r->kind->n_fields; i++) {
		buf_putc(buf, delimiter);
		put_field_cell(buf, r, &r->kind->fields[i], delimiter);
	}
	buf_putc(buf, '\n');
}

static int cell_fault(const struct csv *csv, size_t cell, int code, struct err *inner, struct err *err)
{
	csv_error(csv, cell, err, "%s", inner->msg);
	if (inner->hint[0])
		err_hint(err, code, "%s", inner->hint);
	return code;
}

static int cell_read(const struct csv *csv, size_t cell, struct arena *arena, struct record *r,
		     struct err *err)
{
	const char *name = csv->header[cell], *text = csv->row[cell].s;
	const struct field *field = kind_field(r->kind, name);
	const struct json *list;
	int code;

	if (str_eq(name, "kind") || (!*text && !csv->row[cell].quoted))
		return 0;
	if (field)
		return field_from_text(arena, r, field, text, err);
	if (str_eq(name, "origins")) {
		code = json_read(text, strlen(text), name, 1, arena, &list, err);
		return code < 0 ? code : origins_from_json(arena, r, list, err);
	}
	if (str_eq(name, "extra"))
		return object_from_text(arena, &r->extra, text, name, err);
	code = envelope_from_text(arena, r, name, text, err);
	if (code != ERR_NOT_FOUND)
		return code;
	r->extra = object_with(arena, r->extra, name, text);
	return 0;
}

static int row_read(const struct csv *csv, int kind_column, struct arena *arena, struct record **ret,
		    struct err *err)
{
	const struct kind *kind = kind_named(csv->row[kind_column].s);
	const char *schema = csv_text(csv, csv_column(csv, "schema"));
	struct err inner = {0};
	struct record *r;
	int code;

	if (schema && (code = schema_check(schema, &inner)) < 0)
		return cell_fault(csv, (size_t)csv_column(csv, "schema"), code, &inner, err);
	if (!kind)
		return csv_error(csv, (size_t)kind_column, err, "unknown kind \"%.40s\"",
				 csv->row[kind_column].s);
	r = record_new(arena, kind);
	for (size_t i = 0; i < csv->n_columns; i++) {
		code = cell_read(csv, i, arena, r, &inner);
		if (code < 0)
			return cell_fault(csv, i, code, &inner, err);
	}
	code = record_finish(arena, r, &inner);
	if (code < 0)
		return cell_fault(csv, 0, code, &inner, err);
	*ret = r;
	return 0;
}

int records_read_csv(const char *text, size_t len, const char *name, struct records *list,
		     struct err *err)
{
	struct csv csv;
	int code = csv_open(&csv, name, text, len, ',', list->arena, err), kind_column;

	if (code < 0)
		return code;
	kind_column = csv_need(&csv, "kind", err);
	if (kind_column < 0)
		return kind_column;
	while ((code = csv_next(&csv, list->arena, err)) > 0) {
		struct record *r;

		code = row_read(&csv, kind_column, list->arena, &r, err);
		if (code < 0)
			return code;
		records_add(list, r);
	}
	return code;
}
