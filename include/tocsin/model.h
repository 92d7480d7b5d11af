/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.h - the nouns: units, and the records that join the stages.
 *
 * A record is an envelope (struct record) followed by the fields of its kind.
 * One table a kind (src/model/kinds.c) describes the fields; the JSON Lines and
 * CSV forms, the identifiers, the content hash and the tables of the store all
 * come from it, so they cannot disagree. Missing: NULL text, NAN number,
 * INT_MISSING integer, an instant of precision INSTANT_NONE; a reason may stand
 * in `missing`. Strings live in the arena the record was made in.
 */
#ifndef TOCSIN_MODEL_H
#define TOCSIN_MODEL_H

#include <tocsin/base.h>

#define SCHEMA_MAJOR 1
#define SCHEMA_TEXT "1.0"

/* ---- kinds and fields ---- */

enum field_type { FIELD_TEXT, FIELD_INT, FIELD_REAL, FIELD_TIME, FIELD_JSON };

enum field_flag {
	FIELD_IDENTITY = 1,    /* part of the id */
	FIELD_REQUIRED = 2,
	FIELD_COMPUTED = 4,    /* rounded to 9 significant digits */
	FIELD_PAYLOAD = 8,     /* bodies and personal fields: kept apart, erasable */
	FIELD_INDEXED = 16,    /* may stand in a query's `where` */
	FIELD_CLOCK = 32,      /* may come from the clock: not compared between revisions */
};

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	unsigned flags;
};

struct kind {
	const char *name, *prefix;    /* "event", "ev" */
	size_t size;
	const struct field *fields;
	size_t n_fields;
	bool unit_is_identity, from_is_identity;   /* unit, valid_from take part in the id */
	bool unit_is_required;
	bool from_outside;            /* accepted from the world: its `known` moves the round */
};

extern const struct kind kind_unit, kind_document, kind_event, kind_observation, kind_episode,
	kind_juncture, kind_forecast, kind_alert, kind_transition, kind_plan, kind_response,
	kind_outcome, kind_score, kind_setting, kind_contribution, kind_question, kind_judgement;
extern const struct kind *const kinds[];
extern const size_t n_kinds;

const struct kind *kind_named(const char *name);   /* NULL if unknown */
const struct kind *kind_of_id(const char *id);     /* by its prefix; NULL if none */

/* Where a record comes from: another record, perhaps a span of its stored `title` or `body`. */
struct origin {
	const char *from_id;
	const char *role;          /* "evidence", "words", "rule", "alert", ... */
	const char *part;          /* "title", "body" or NULL */
	int64_t byte_start, byte_end;   /* [start, end) into the part's UTF-8; INT_MISSING if none */
};

struct record {
	const struct kind *kind;
	const char *id;
	int64_t revision;                        /* 1 at first; given by the store */
	struct instant known;                    /* when the world could know it */
	struct instant valid_from, valid_past;   /* [from, past) it speaks of */
	const char *unit;                        /* key of its place, such as "SRB" */
	const char *by;                          /* principal; "system" for stages */
	const char *schema;
	const char *licence;                     /* "open", "share-alike", "restricted" */
	const char *missing;                     /* JSON object: field -> why it is null; or NULL */
	const char *extra;                       /* JSON object: fields this version does not know; or NULL */
	bool withdrawn;                          /* a tombstone */
	struct origin *from;
	size_t n_from;
};

struct unit {            /* r.unit is the key, r.valid_* its life; codes and names are in the atlas */
	struct record r;
	const char *type;        /* state, territory, entity, body */
	const char *parent;      /* key or NULL */
	const char *name;        /* English */
};

struct document {
	struct record r;         /* r.unit NULL: the coder says what a document is about */
	const char *feed;        /* id of the source in the manifest */
	const char *key;         /* "guid:...", "link:..." or "hash:..." within the feed */
	const char *link, *source;      /* canonical link; source of the fact where the feed names one */
	const char *lang, *lang_basis;  /* BCP 47; feed, item, text, none */
	struct instant published, seen; /* what the input says; when it was collected, if the input does not say */
	const char *published_basis;    /* feed, dateline, text, none */
	const char *title, *body, *author;
	const char *raw_hash;           /* BLAKE2b-128 of the raw item */
	int64_t byte_start, byte_end;   /* of the raw item in its file */
	int64_t truncated;              /* 1: the text ends in a cut mark */
	const char *copy_of;            /* id of the earliest document of which this is a copy or rewrite */
	const char *flags;              /* "future-date", ... blank-separated */
};

struct event {
	struct record r;         /* unit: where; valid_from: the day */
	const char *document;
	const char *type;               /* PLOVER type or NULL */
	const char *civic_class;        /* one of civic_classes */
	const char *signal;             /* threat, opportunity, none */
	const char *actor, *target;     /* words of the text */
	const char *lang;
	int64_t negated;                /* 1: the text says it did not happen, or was undone */
	const char *day_basis;          /* published, text */
	double confidence;              /* 0..1, share of the evidence weight on this class */
	const char *feed;               /* of the document: the independent voice; a copy has its original's */
};

struct observation {
	struct record r;         /* unit, valid [from, past) */
	const char *indicator, *source;
	double value, low, high;        /* the interval the source gives, or ours at 90 % */
	double n;                       /* reports or experts behind it; NAN unknown */
	int64_t sources;                /* independent sources behind it */
	int64_t retrospective;          /* 1: published today about then (no vintage) */
};

struct episode {
	struct record r;         /* valid_from: first year; valid_past: 1 January after the last */
	const char *indicator, *direction;   /* closing, opening */
	int64_t pre_year, first_year, last_year;
	double change;                  /* of the indicator over the episode */
	int64_t uncertain;              /* 1: may still be going on */
	int64_t termination;            /* ERT code, INT_MISSING with the reason in r.missing */
	const char *status;             /* candidate */
};

struct juncture {
	struct record r;         /* valid_from: the date with its precision */
	const char *key;                /* id in the source table */
	const char *type, *what, *status, *source, *checked;
};

struct forecast {
	struct record r;         /* valid [from, past): the window spoken of; known: when issued */
	const char *question;           /* closing, opening; of one space: closing.INDICATOR, opening.INDICATOR */
	int64_t origin;                 /* last year of data used */
	struct instant as_of;           /* issued as of */
	double p, low, high;            /* chance and its 90 % interval */
	double raw;                     /* before any map that was learned and any update by events */
	double base_rate, persistence, logit;   /* the members' chances; NAN when one could not speak */
	double country_rate, trees, hazard, path;
	const char *weights;            /* JSON: member -> weight */
	const char *drivers;            /* JSON: feature -> contribution on the log-odds scale */
	const char *similar;            /* JSON: nearest past cases and what followed; NULL */
	const char *skill;              /* sentence for people: "no skill shown ..." */
	const char *inputs;             /* hash of every number that reached a learner; NULL: not taken */
	double n, positives;            /* of the rows it learned from */
	int64_t seed;
	double pulse;                   /* chance updated by the events since the origin; p is this only when that showed skill */
	double yearly;                  /* chance before that update */
	double news;                    /* how unusual those events are, in standard deviations of the unit's own past */
};

struct alert {
	struct record r;         /* valid_from: start; valid_past: end, unset while firing */
	const char *fingerprint;        /* hash of the sorted labels */
	const char *labels;             /* JSON object */
	const char *rule, *title;
	int64_t level;                  /* 1 none, 2 watch, 3 warning, 4 critical */
	const char *direction;          /* threat, opportunity */
	double value, threshold;        /* what fired, at the last change */
	int64_t sources;                /* independent sources */
	struct instant triggered;       /* when the evidence sufficed */
	struct instant issued;          /* as-of of the round that first raised it */
	struct instant changed;         /* last change of level or evidence */
	const char *standing;           /* "unproven", or the rule's back-test in words */
	struct instant ack_due;         /* deadline of the acknowledgement */
	const char *owner;              /* who has the duty by the rule or profile; NULL: nobody yet */
};

struct transition {      /* append-only: one step in the life of an alert */
	struct record r;
	const char *alert;
	int64_t step;                   /* 1, 2, ... */
	const char *state_from, *state_to;   /* see alert_state in respond.h */
	struct instant at;
	const char *reason, *note;
	const char *previous;           /* id of the step before; NULL for the first */
};

struct plan {
	struct record r;
	const char *alert;
	double days_to_trigger;         /* NAN: not known */
	const char *steps, *rejected, *unknown;   /* JSON lists, see respond.h */
	const char *summary;
};

struct response {        /* what somebody really did */
	struct record r;         /* valid_from: the day */
	const char *key;
	const char *actor, *instrument, *action;
	const char *trigger_item;       /* key of the triggering item in its feed */
	struct instant trigger_date;
	double days;                    /* from trigger to response */
	const char *source, *checked, *note;
};

struct outcome {         /* what followed */
	struct record r;
	const char *key;
	const char *what, *direction;   /* better, worse, none */
	const char *after;              /* key of the response before it */
	const char *event_item, *source, *checked;
};

struct score {           /* learn: how well something did */
	struct record r;
	const char *about;              /* forecast, group, warning, pulse, rule, response, question, effect */
	const char *subject;            /* question, QUESTION/GROUP, QUESTION@COST, rule, instrument, key of a question, all */
	const char *member;             /* one of learn_members, a forecaster, - */
	int64_t origin;                 /* year; INT_MISSING: all years */
	double n, positives;
	double brier, log_score, auc;
	double skill, skill_low, skill_high;    /* Brier difference to the base rate, positive is better */
	double hits, misses, false_alarms, lead_days;
	const char *grouping;           /* the countries of a group, in words */
	int64_t horizon;                /* years that the forecasts speak of */
	double auc_pr;                  /* average precision */
	double ece, ece_floor;          /* calibration error, and what perfect chances would show (stats.h) */
	double reliability, resolution, uncertainty;
	double skill_country, skill_country_low, skill_country_high;   /* the same to the country's own rate */
	const char *bins;               /* JSON list of ten: n, events, mean of p */
	const char *verdict;            /* skill in words: "no skill shown" ...; of an effect what is claimed, or why nothing */
	double cost, value;             /* of acting over the loss it avoids; relative economic value of acting from there */
	double hit_rate, hit_rate_low, hit_rate_high;   /* of warnings, that came true */
	double lead_months;             /* median, from the forecast to the end of the event's year */
};

struct setting {         /* learn: a value that the next round reads */
	struct record r;
	const char *name;               /* weight.closing.logit, threshold.RULE, calibration.closing.a, drift.closing.since,
					   pulse.closing.on */
	double value;
	const char *reason;
	int64_t pinned;                 /* 1: somebody set it back; rounds leave it until it is released */
};

struct contribution {    /* codesign: what a local partner gave, and the receipt of its use */
	struct record r;
	const char *partner, *about;    /* about: weight.INDICATOR, threshold.RULE, source.FEED, language */
	const char *text;
	double value;
	const char *status, *used_for;  /* received, used, not used; where or why */
};

struct question {        /* what people and the model are asked; rule and dates are fixed once it is open */
	struct record r;         /* unit: where; NULL when it is about no place */
	const char *key, *text;
	const char *answers;            /* JSON list of two texts or more */
	int64_t ordered;                /* 1: the answers have an order */
	const char *rule;               /* how it is resolved, in words */
	const char *indicator, *operator;   /* the same for a machine: what is observed of the unit, < <= > >= */
	double threshold;
	struct instant until;           /* periods that begin later do not count */
	struct instant opens, closes, resolves;
	const char *forecast_question;  /* the model's judgement is this forecast of the unit: closing, opening */
	int64_t forecast_origin;
	const char *status;             /* open, closed, resolved, void */
	const char *outcome, *source;   /* one of the answers; what says so */
	struct instant resolved;
	const char *reason;             /* why it is void */
};

struct judgement {       /* what a forecaster gave as the chances of the answers */
	struct record r;         /* by: the pseudonym, or system */
	const char *question;           /* its key */
	const char *forecaster;         /* a pseudonym; model, pool and median are the program's */
	struct instant at;
	const char *probabilities;      /* JSON object: answer -> chance; they sum to 1 */
	int64_t clipped;                /* 1: held within CHANCE_LEAST and CHANCE_MOST */
	const char *low, *high;         /* JSON like probabilities, 90 %: of model, pool, median */
	const char *weights;            /* of the pool, JSON object: forecaster -> weight */
	double extremity;               /* of the pool */
	const char *reason;             /* the forecaster's words */
};

extern const char *const civic_classes[];   /* protest ... conflict; "none" is not among them */
extern const size_t n_civic_classes;

/* ---- records ---- */

/* ---- reaching a field of any record through its table ---- */

const char **field_text(void *record, const struct field *field);   /* text and JSON */
int64_t *field_int(void *record, const struct field *field);
double *field_real(void *record, const struct field *field);
struct instant *field_time(void *record, const struct field *field);
bool field_is_missing(const void *record, const struct field *field);
const struct field *kind_field(const struct kind *kind, const char *name);   /* NULL if none */
/* The JSON of one value; null when missing. */
void field_write_json(struct buf *buf, const void *record, const struct field *field);

struct records {
	struct arena *arena;
	struct record **v;
	size_t n, cap;
};

/* A record with every field missing, by "system", licence "open". */
void *record_new(struct arena *arena, const struct kind *kind);
void records_add(struct records *list, void *record);
/* Sort by kind order, then id, then revision: the stable order of export. */
void records_sort(struct records *list);
/* Next record of a kind from *i on, advancing *i; NULL at the end. */
void *records_next(const struct records *list, const struct kind *kind, size_t *i);
void *records_find(const struct records *list, const char *id);   /* newest known, linear */

void record_from(struct arena *arena, struct record *r, const char *from_id, const char *role);
void record_from_span(struct arena *arena, struct record *r, const char *from_id, const char *role,
		      const char *part, int64_t byte_start, int64_t byte_end);
/* Say why a field is null. */
void record_missing(struct arena *arena, struct record *r, const char *field, const char *why);
/* Keep the stricter licence of the two. */
void record_inherit_licence(struct record *r, const char *licence);
/* Round computed fields, then set the id from the identity fields (docs/reference/ids.md). */
void record_identify(struct arena *arena, void *record);
/* BLAKE2b-128 of all that makes two revisions differ: not known, revision or payload position. */
void record_content_hash(const void *record, char hex[33]);
/* Required fields, UTF-8, no NUL, years in range, known classes: ERR_DATA names the field. */
int record_check(const void *record, struct err *err);

/* ---- questions and judgements ---- */

#define ANSWERS_MOST 64
#define CHANCE_LEAST 0.001
#define CHANCE_MOST 0.999

struct answers {
	const char **v;
	size_t n;
};

int question_answers(const struct question *question, struct arena *arena, struct answers *ret, struct err *err);
int answer_index(const struct answers *answers, const char *answer);   /* -1 if none */
/* A question whose dates are in order, whose answers differ, whose outcome is one of them; ERR_DATA says what is
   wrong. record_check calls both. */
int question_check(const struct question *question, struct err *err);
int judgement_check(const struct judgement *judgement, struct err *err);
/* A pseudonym: a small letter, then 1 to 31 small letters, digits or hyphens. What looks like an address or a
   name is refused with a hint. */
int pseudonym_check(const char *name, struct err *err);
bool pseudonym_is_ours(const char *name);   /* model, pool, median */
/* The chances of an object in the order of the answers: each of them and no other, in 0..1, sum 1 (+- 1e-6). */
int chances_read(const char *object, const struct answers *answers, struct arena *arena, double *p, struct err *err);
/* The same as canonical JSON, nine digits each. */
const char *chances_write(const struct answers *answers, const double *p, struct arena *arena);
/* Hold each within CHANCE_LEAST and CHANCE_MOST, the sum 1: what is below is lifted, the rest gives in
   proportion. True when something was moved. n < 1000. */
bool chances_clip(double *p, size_t n);
/* Of each forecaster the newest judgement up to the closing, by pseudonym. The pool and the median are among
   them when they are in the list. */
void judgements_of(const struct records *in, const struct question *question, struct arena *arena,
		   const struct judgement ***ret, size_t *ret_n);

/* ---- forms ---- */

/* One JSON object, keys in the order of the tables, no newline. A field of the kind that is
   missing is null, one of the envelope is left out. */
void record_write_json(struct buf *buf, const void *record);
/* Strict: unknown kinds, wrong types and newer major schemas are ERR_DATA with name:line; unknown
   fields are kept in `extra`. A missing id is computed. */
int record_read_json(const char *text, size_t len, const char *name, size_t line,
		     struct arena *arena, struct record **ret, struct err *err);
/* All lines of a JSON Lines text; blank lines are allowed. */
int records_read_jsonl(const char *text, size_t len, const char *name, struct records *list,
		       struct err *err);
/* CSV with one kind a file: first column `kind`, then envelope and fields. */
void record_write_csv_header(struct buf *buf, const struct kind *kind, char delimiter);
void record_write_csv(struct buf *buf, const void *record, char delimiter);
int records_read_csv(const char *text, size_t len, const char *name, struct records *list,
		     struct err *err);

/* ---- the atlas: units with their dated codes, names and neighbours ---- */

struct unit_code {
	const char *unit, *scheme, *code;   /* scheme: iso2 iso3 gw cow vdem fips cameo */
	struct instant from, past;
};

struct unit_name {
	const char *unit, *lang, *script, *name;   /* lang BCP 47 without script */
	bool standard;                             /* the first name in its language */
};

struct atlas {
	struct arena *arena;
	struct unit **units;
	size_t n_units, cap_units;
	struct unit_code *codes;
	size_t n_codes, cap_codes;
	struct unit_name *names;
	size_t n_names, cap_names;
	struct border { const char *unit, *other; } *borders;   /* sorted */
	size_t n_borders, cap_borders;
};

/* Add the rows of one CSV: columns id,kind,parent,from,past,name / unit,scheme,code,from,past /
   unit,lang,script,name,standard / unit,neighbour. A later row for the same unit replaces. */
int atlas_add_units(struct atlas *atlas, const char *name, const char *text, size_t len, struct err *err);
int atlas_add_codes(struct atlas *atlas, const char *name, const char *text, size_t len, struct err *err);
int atlas_add_names(struct atlas *atlas, const char *name, const char *text, size_t len, struct err *err);
int atlas_add_borders(struct atlas *atlas, const char *name, const char *text, size_t len, struct err *err);
const struct unit *atlas_unit(const struct atlas *atlas, const char *key);   /* NULL if unknown */
/* The unit that had a code in a scheme on a day; NULL if none. */
const struct unit *atlas_by_code(const struct atlas *atlas, const char *scheme, const char *code,
				 struct instant day);
/* Key, ISO2, ISO3 or English name, any case; NULL if unknown. */
const struct unit *atlas_guess(const struct atlas *atlas, const char *text);
bool atlas_borders(const struct atlas *atlas, const char *a, const char *b);

#endif
