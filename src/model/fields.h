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
/* `object` (JSON or NULL) with one more text member, or another text for it; canonical, in the arena. */
const char *object_with(struct arena *arena, const char *object, const char *key, const char *text);
/* A JSON object given as text, in its canonical form. */
int object_from_text(struct arena *arena, const char **place, const char *text, const char *name,
		     struct err *err);
/* Refuse a newer major version; read before the fields, whose types it may have changed. */
int schema_check(const char *schema, struct err *err);
/* After all fields are in: the schema once more, and the id when none was given. */
int record_finish(struct arena *arena, struct record *r, struct err *err);

#endif
