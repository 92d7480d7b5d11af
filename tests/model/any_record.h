/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * any_record.h - a record of any kind with random contents of the awkward sort:
 * quotes, line breaks, other scripts, empty texts, huge and missing numbers.
 * What it makes passes record_check.
 */
#ifndef TESTS_ANY_RECORD_H
#define TESTS_ANY_RECORD_H

#include <math.h>
#include <string.h>

#include <tocsin/model.h>

static inline const char *any_text(struct arena *arena, struct rng *rng)
{
	static const char *const parts[] = {"word", " ", "\"", "\\", "\n", "\r\n", "\t", ",", ";", "'", "<b>", "&",
		"Љубав", "საქართველო", "الجزائر", "日本", "😀", "é", "e\xcc\x81", "\xe2\x80\xa8", "\x01", "\x7f", "0", "null"};
	_cleanup_(buf_free) struct buf buf = {0};

	buf_puts(&buf, "");
	for (size_t n = rng_below(rng, 7); n > 0; n--)
		buf_puts(&buf, parts[rng_below(rng, LENGTH(parts))]);
	return arena_ndup(arena, buf.s, buf.len);
}

static inline int64_t any_int(struct rng *rng)
{
	static const int64_t odd[] = {0, 1, -1, INT64_MAX, -INT64_MAX, INT64_C(9007199254740993)};

	return rng_below(rng, 2) ? odd[rng_below(rng, LENGTH(odd))] : (int64_t)rng_below(rng, 5000) - 100;
}

static inline double any_real(struct rng *rng)
{
	double value;
	uint64_t bits = rng_next(rng);

	memcpy(&value, &bits, sizeof value);
	return rng_below(rng, 2) && isfinite(value) && value != 0 ? value : (double)rng_below(rng, 1000) / 1000;
}

static inline struct instant any_instant(struct rng *rng)
{
	struct instant at = instant_of_day(2 + (int64_t)rng_below(rng, 9996), 1 + (unsigned)rng_below(rng, 12),
					   1 + (unsigned)rng_below(rng, 28));

	switch (rng_below(rng, 4)) {
	case 0:
		return instant_of_year(instant_year(at));
	case 1:
		return instant_of_month(instant_month(at));
	case 2:
		return at;
	default:
		at.usec += (int64_t)rng_below(rng, (size_t)USEC_PER_DAY);
		at.precision = INSTANT_SECOND;
		at.offset = (int16_t)((int)rng_below(rng, 2 * 840) - 840);
		return at;
	}
}

/* An object in its canonical form; keys never meet those of a record. */
static inline const char *any_object(struct arena *arena, struct rng *rng, const char *key)
{
	_cleanup_(buf_free) struct buf buf = {0};

	for (size_t i = 0, n = 1 + rng_below(rng, 3); i < n; i++) {
		buf_printf(&buf, "%s\"%s%zu\":", i ? "," : "{", key, i);
		json_put_str(&buf, any_text(arena, rng));
	}
	buf_putc(&buf, '}');
	return arena_ndup(arena, buf.s, buf.len);
}

static inline void any_field(struct arena *arena, struct rng *rng, void *r, const struct field *field)
{
	if (!(field->flags & FIELD_REQUIRED) && rng_below(rng, 4) == 0)
		return;
	switch (field->type) {
	case FIELD_TEXT:
		*field_text(r, field) = any_text(arena, rng);
		break;
	case FIELD_JSON:
		*field_text(r, field) = any_object(arena, rng, "j");
		break;
	case FIELD_INT:
		*field_int(r, field) = any_int(rng);
		break;
	case FIELD_REAL:
		*field_real(r, field) = any_real(rng);
		break;
	case FIELD_TIME:
		*field_time(r, field) = any_instant(rng);
	}
}

/* What these two hold has to fit together. */
static inline void any_question(struct arena *arena, struct rng *rng, struct question *question)
{
	question->key = arena_printf(arena, "%s %llx", any_text(arena, rng), (unsigned long long)rng_next(rng));
	question->answers = rng_below(rng, 2) ? "[\"yes\",\"no\"]" : "[\"рано\",\"a \\\"late\\\" one\",\"\"]";
	question->ordered = rng_below(rng, 2) ? 1 : INT_MISSING;
	question->indicator = question->operator = question->outcome = question->forecast_question = NULL;
	question->threshold = NAN;
	question->until = question->resolved = (struct instant){0};
	question->closes = question->resolves = question->opens;
	question->status = "open";
}

static inline void any_judgement(struct arena *arena, struct rng *rng, struct judgement *judgement)
{
	double p = (double)rng_below(rng, 1000) / 1000;

	judgement->forecaster = arena_printf(arena, "heron-%zu", rng_below(rng, 9));
	judgement->probabilities = chances_write(&(struct answers){(const char *[]){"no", "yes"}, 2},
						 (const double[]){1 - p, p}, arena);
	judgement->low = judgement->high = judgement->weights = NULL;
}

static inline struct record *any_record(struct arena *arena, struct rng *rng, const struct kind *kind)
{
	static const char *const licences[] = {"open", "share-alike", "restricted"};
	struct record *r = record_new(arena, kind);

	for (size_t i = 0; i < kind->n_fields; i++)
		any_field(arena, rng, r, &kind->fields[i]);
	if (kind == &kind_event)
		((struct event *)r)->civic_class = civic_classes[rng_below(rng, n_civic_classes)];
	if (kind == &kind_question)
		any_question(arena, rng, (struct question *)r);
	if (kind == &kind_judgement)
		any_judgement(arena, rng, (struct judgement *)r);
	r->known = any_instant(rng);
	if (rng_below(rng, 2))
		r->valid_from = any_instant(rng);
	if (rng_below(rng, 2))
		r->valid_past = any_instant(rng);
	if (kind->unit_is_required || rng_below(rng, 2))
		r->unit = any_text(arena, rng);
	if (rng_below(rng, 3) == 0)
		r->by = any_text(arena, rng);
	r->licence = licences[rng_below(rng, 3)];
	r->withdrawn = rng_below(rng, 5) == 0;
	if (rng_below(rng, 2))
		r->missing = any_object(arena, rng, "m");
	if (rng_below(rng, 4) == 0)
		r->extra = any_object(arena, rng, "x");
	for (size_t n = rng_below(rng, 6); n > 0; n--) {
		int64_t start = (int64_t)rng_below(rng, 100);

		if (rng_below(rng, 2))
			record_from(arena, r, any_text(arena, rng), any_text(arena, rng));
		else
			record_from_span(arena, r, "do00000000000000000000000000000000", "words",
					 rng_below(rng, 2) ? "title" : "body", start,
					 start + (int64_t)rng_below(rng, 9));
	}
	record_identify(arena, r);
	return r;
}

static inline const char *json_of(struct arena *arena, const void *r)
{
	_cleanup_(buf_free) struct buf buf = {0};

	record_write_json(&buf, r);
	return arena_ndup(arena, buf.s, buf.len);
}

#endif
