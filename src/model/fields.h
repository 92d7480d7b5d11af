/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields.h - what the forms of a record share inside the model. */
#ifndef MODEL_FIELDS_H
#define MODEL_FIELDS_H

#include <tocsin/model.h>

/* What two revisions are compared by: all but id, revision, known and clock fields. */
void record_write_content(struct buf *buf, const struct record *r);
/* Put a value given as text into a field; ERR_DATA says what was expected. */
int field_from_text(struct arena *arena, void *record, const struct field *field, const char *text,
		    struct err *err);
/* A value of the envelope by its name; ERR_NOT_FOUND when there is no such name. */
int envelope_from_text(struct arena *arena, struct record *r, const char *name, const char *text,
		       struct err *err);
int origins_from_json(struct arena *arena, struct record *r, const struct json *list, struct err *err);
void origins_write_json(struct buf *buf, const struct record *r);
/* After all fields are in: the schema's major version, the id. */
int record_finish(struct arena *arena, struct record *r, struct err *err);

#endif
