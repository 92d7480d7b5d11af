/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base.h - errors, memory, strings, numbers, hashes, JSON, CSV, settings, log, time.
 *
 * The ground floor: nothing here knows what a country or a record is. Values of
 * one run live in the caller's arena and die together; handles have a close
 * function that accepts NULL. A function that can fail returns 0 or a count, or
 * a negative `enum err_code`, and takes `struct err *err` last (NULL: no message
 * wanted). Results are set on success only. Running out of memory aborts.
 */
#ifndef TOCSIN_BASE_H
#define TOCSIN_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _printf_(a, b) __attribute__((format(printf, a, b)))
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* ---- errors: the exit statuses of the command line with a minus sign ---- */

enum err_code {
	ERR_FAILED = -1,     /* it did not work; nothing below says why better */
	ERR_USAGE = -2,      /* the caller asked for something that makes no sense */
	ERR_NOT_FOUND = -3,
	ERR_DATA = -4,       /* invalid input: file:line:column: what was expected */
	ERR_DENIED = -5,
	ERR_CONFLICT = -6,
	ERR_INTEGRITY = -7,
	ERR_BUSY = -75,      /* try later */
};

struct err {
	enum err_code code;
	char msg[1024];
	char hint[512];
};

/* Write the message and return `code`. Lower case, no full stop, names quoted. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...) _printf_(3, 4);
/* Add a full sentence of advice; returns `code` given, for use in `return`. */
int err_hint(struct err *err, int code, const char *fmt, ...) _printf_(3, 4);

/* ---- arenas ---- */

struct arena_block;
struct arena {
	struct arena_block *block;
	size_t used, total;   /* of the current block; of all blocks */
};

/* Zeroed, aligned for any type; lives until arena_free. O(1) amortised. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_dup(struct arena *arena, const char *s);                 /* NULL stays NULL */
char *arena_ndup(struct arena *arena, const char *s, size_t len);    /* adds the NUL */
char *arena_printf(struct arena *arena, const char *fmt, ...) _printf_(2, 3);
void *arena_more(struct arena *arena, void *items, size_t n, size_t *cap, size_t size);
void arena_reset(struct arena *arena);  /* forget the contents, keep one block */
void arena_free(struct arena *arena);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, n) ((type *)arena_alloc((arena), (n) * sizeof(type)))
/* A pointer to one more zeroed-by-caller item at the end of items[0..n), growing the array. */
#define arena_push(arena, items, n, cap) \
	((items) = arena_more((arena), (items), (n), &(cap), sizeof *(items)), &(items)[(n)++])

/* ---- strings ---- */

/* A growing string on the heap, always NUL-terminated once anything was added. */
struct buf {
	char *s;
	size_t len, cap;
};

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_puts(struct buf *buf, const char *s);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *fmt, ...) _printf_(2, 3);
void buf_cut(struct buf *buf, size_t len);   /* shorten to len */
void buf_free(struct buf *buf);

bool str_eq(const char *a, const char *b);        /* NULL equals NULL only */
bool str_starts(const char *s, const char *prefix);
int str_cmp(const char *a, const char *b);        /* bytewise, NULL first */
size_t str_distance(const char *a, const char *b); /* Levenshtein, of short ASCII names */
/* The closest of names[0..n), or NULL if none is within a third of the length. */
const char *str_nearest(const char *s, const char *const *names, size_t n);
/* Length of the longest valid UTF-8 prefix without NUL (RFC 3629: no surrogates, no overlong). */
size_t utf8_valid(const char *s, size_t len);
/* Next code point of valid UTF-8 at s[*i), advancing *i. */
uint32_t utf8_next(const char *s, size_t len, size_t *i);
void utf8_put(struct buf *buf, uint32_t c);

/* ---- numbers ---- */

#define INT_MISSING INT64_MIN

/* Shortest decimal that reads back as the same double; NaN and infinities give "". */
size_t num_write(double value, char out[32]);
/* The whole of s[0..len) as a decimal number, else ERR_DATA. No hex, no nan, no blanks. */
int num_read(const char *s, size_t len, double *ret);
int num_read_int(const char *s, size_t len, int64_t *ret);
/* Nine significant digits, -0 as 0: the form in which computed values enter a record. */
double num_round(double value);

/* ---- hashes: BLAKE2b (RFC 7693), by libsodium ---- */

struct hash {
	_Alignas(64) unsigned char state[384];
};

void hash_start(struct hash *hash, size_t bytes);   /* 16 or 32 */
void hash_add(struct hash *hash, const void *bytes, size_t len);
void hash_end(struct hash *hash, size_t bytes, char *hex);   /* writes 2 * bytes + 1 */
void hash_hex(const void *bytes, size_t len, size_t size, char *hex);

/* ---- JSON (RFC 8259): read by jansson into an arena, written canonically ---- */

enum json_type { JSON_NONE, JSON_BOOL, JSON_INT, JSON_NUMBER, JSON_STR, JSON_LIST, JSON_MAP };

struct json {
	enum json_type type;
	union {
		bool b;
		int64_t i;
		double d;
		const char *s;
		struct {
			struct json *v;       /* items of a list, values of a map */
			const char **keys;    /* of a map, in input order; else NULL */
			size_t n;
		};
	};
};

/* `name` and `line` say where the text stands, for messages. Limits: 64 MiB, depth 256. */
int json_read(const char *text, size_t len, const char *name, size_t line, struct arena *arena,
	      const struct json **ret, struct err *err);
const struct json *json_get(const struct json *map, const char *key);   /* NULL if absent or null */
const char *json_text(const struct json *map, const char *key);         /* NULL unless a string */
double json_num(const struct json *map, const char *key);              /* NAN unless a number */
/* Canonical: keys sorted bytewise, no blanks, num_write numbers, UTF-8 unescaped. */
void json_write(struct buf *buf, const struct json *value);
void json_put_str(struct buf *buf, const char *s);    /* quoted; NULL gives null */
void json_put_num(struct buf *buf, double value);     /* NaN gives null */

/* ---- CSV (RFC 4180), strict: each row as wide as the header ---- */

struct csv_cell {
	const char *s;         /* unquoted, NUL-terminated, in the arena */
	size_t len;
	size_t line, column;   /* 1-based, of the cell's first byte */
	bool quoted;
};

struct csv {
	const char *name, *text;
	size_t len, at, line;
	char delimiter;
	const char *const *header;   /* names of the columns, once read */
	size_t n_columns;
	struct csv_cell *row;        /* the current row */
};

/* Start and read the header row; a byte order mark is skipped. The text must outlive the reader. */
int csv_open(struct csv *csv, const char *name, const char *text, size_t len, char delimiter,
	     struct arena *arena, struct err *err);
/* 1 and csv->row filled, 0 at the end, ERR_DATA with file:line:column for a bad row. */
int csv_next(struct csv *csv, struct arena *arena, struct err *err);
int csv_column(const struct csv *csv, const char *name);   /* index or -1 */
/* The index of a column that must be there. */
int csv_need(const struct csv *csv, const char *name, struct err *err);
int csv_error(const struct csv *csv, size_t cell, struct err *err, const char *fmt, ...) _printf_(4, 5);
const char *csv_text(const struct csv *csv, int column);   /* NULL if empty or column -1 */
void csv_put(struct buf *buf, const char *s, char delimiter);   /* quoted where needed */

/* ---- settings files: [section], key = value (libinih) ---- */

struct conf_entry {
	const char *section, *key, *value;
	size_t line;
};

struct conf {
	const char *name;
	struct conf_entry *v;
	size_t n, cap;
};

int conf_read(const char *name, const char *text, size_t len, struct arena *arena,
	      struct conf *ret, struct err *err);
const char *conf_get(const struct conf *conf, const char *section, const char *key);
/* The number at section/key, `fallback` when absent, ERR_DATA with the line when not a number. */
int conf_number(const struct conf *conf, const char *section, const char *key, double fallback,
		double *ret, struct err *err);
/* Every section once, in order of appearance: *i from 0; NULL at the end. */
const char *conf_section(const struct conf *conf, size_t *i);

/* ---- files ---- */

/* All of a file ("-": standard input), NUL-terminated. ERR_NOT_FOUND, ERR_DENIED, ERR_DATA past `limit`. */
int file_read(const char *path, size_t limit, struct arena *arena, char **ret, size_t *ret_len,
	      struct err *err);
/* Write whole or not at all (temporary file and rename; "-": standard output). */
int file_write(const char *path, const char *bytes, size_t len, struct err *err);
/* Names in a directory, sorted bytewise, without dot files. */
int file_list(const char *dir, struct arena *arena, const char ***ret, size_t *ret_n, struct err *err);
bool file_is_dir(const char *path);
bool file_exists(const char *path);
bool file_is_special(const char *path);   /* there, but neither a file nor a folder: reading may never end */

/* ---- log: logfmt on stderr with the journal's <3> prefix; cli and serve only ---- */

enum log_level { LOG_ERROR = 3, LOG_WARN = 4, LOG_INFO = 6, LOG_DETAIL = 7 };

void log_limit(enum log_level level);   /* print this level and graver; WARN at the start */
/* log_put(LOG_INFO, "served", "path", "/healthz", NULL): pairs of name and text, then NULL. */
void log_put(enum log_level level, const char *event, ...) __attribute__((sentinel));

/* ---- random numbers: xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64 ---- */

struct rng {
	uint64_t s[4];
};

void rng_seed(struct rng *rng, uint64_t seed);
uint64_t rng_next(struct rng *rng);
double rng_unit(struct rng *rng);                    /* [0, 1) */
size_t rng_below(struct rng *rng, size_t n);         /* 0..n-1, unbiased */

/* ---- time ---- */

enum precision { INSTANT_NONE, INSTANT_YEAR, INSTANT_MONTH, INSTANT_DAY, INSTANT_SECOND };

/* Microseconds since 1970-01-01T00:00Z, how much of it is meant, and the offset it was written with. */
struct instant {
	int64_t usec;
	int8_t precision;
	int16_t offset;   /* minutes east of UTC */
};

#define USEC_PER_SECOND INT64_C(1000000)
#define USEC_PER_DAY (86400 * USEC_PER_SECOND)

/* ISO 8601: YYYY, YYYY-MM, YYYY-MM-DD, or with THH:MM[:SS[.f]] and Z or +HH:MM. Year 0 is refused. */
int instant_read(const char *s, struct instant *ret, struct err *err);
void instant_write(struct instant at, char out[40]);      /* "" when missing */
struct instant instant_of_day(int64_t year, unsigned month, unsigned day);   /* precision day, UTC */
struct instant instant_of_year(int64_t year);             /* precision year */
struct instant instant_now(void);                         /* the wall clock: shells only */
void instant_civil(struct instant at, int64_t *year, unsigned *month, unsigned *day);   /* in UTC */
int64_t instant_year(struct instant at);
int64_t instant_month(struct instant at);                 /* months since year 0: year * 12 + month - 1 */
struct instant instant_of_month(int64_t months);          /* precision month */
int64_t instant_last(struct instant at);                  /* last microsecond of the year, month or day meant */
struct instant instant_add_days(struct instant at, int64_t days);
int64_t instant_days_between(struct instant from, struct instant to);   /* whole days, floor */
static inline bool instant_is_set(struct instant at) { return at.precision != INSTANT_NONE; }

#endif
