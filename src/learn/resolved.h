/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolved.h - forecasts whose years are known, with what came of them. */
#ifndef LEARN_RESOLVED_H
#define LEARN_RESOLVED_H

#include <tocsin/learn.h>

enum { MEMBER_ENSEMBLE, MEMBER_BASE_RATE, MEMBER_COUNTRY_RATE = 4 };   /* places in learn_members */

/* What a forecast's question asks: "closing", or "closing.INDICATOR" of one democratic space. */
struct asked {
	const char *text;            /* the whole question; one pointer for all rows of a set that ask the same */
	const char *direction;       /* "closing", "opening" */
	int sign;                    /* -1, 1 */
	const char *indicator;
	bool is_space;
};

/* False when it is none of these. */
bool question_read(const char *question, struct arena *arena, struct asked *ret);

struct resolved {
	const struct forecast *forecast;
	struct asked asked;
	int64_t horizon;             /* years */
	double p[LEARN_MOST_MEMBERS];   /* NAN: the member did not speak */
	double raw;                  /* the ensemble's chance before its map, from which maps are learned */
	unsigned char y;
	int64_t event_year;          /* the first; INT_MISSING without one */
	size_t country;              /* 0..n_countries-1 */
	int level;                   /* of the indices at the origin: place in learn_levels; -1 not known */
	const char *region;          /* NULL: the unit names none */
};

struct resolved_set {
	struct resolved *v;          /* by question, origin, unit */
	size_t n, n_countries;
};

enum { LEARN_LEVELS = 4 };
extern const char *const learn_levels[LEARN_LEVELS];   /* "0-0.3" ... */

/* Of several forecasts of a question, origin and unit the earliest. */
void resolved_build(const struct learn_setup *setup, const struct records *in, struct arena *arena,
		    struct resolved_set *ret);
/* All of them, those of one origin in order of as_of. */
void resolved_every(const struct learn_setup *setup, const struct records *in, struct arena *arena,
		    struct resolved_set *ret);

/* ---- some of the rows ---- */

struct slice {
	const char *question;        /* exactly this one, by the pointer of its rows; NULL: any */
	int sign;                    /* of the direction; 0: any */
	int64_t origin;              /* INT_MISSING: any */
	int level;                   /* -1: any */
	const char *region;          /* NULL: any */
};
#define SLICE_ALL ((struct slice){.origin = INT_MISSING, .level = -1})

bool slice_has(const struct slice *slice, const struct resolved *row);

/* A subject is a question, or several pooled: closing.all, opening.all (spaces), all (both directions). */
struct subject {
	const char *name;
	struct slice slice;
	bool pooled;                 /* of several questions */
};
/* Each question, then what is pooled of more than one. */
size_t subjects_of(const struct resolved_set *set, struct arena *arena, struct subject **ret);

/* Scores of one member on a slice; NULL when it spoke in none of its rows. Not yet identified or in `out`. */
struct score *score_slice(const struct learn_setup *setup, const struct resolved_set *set, const struct slice *slice,
			  size_t member, struct arena *scratch, struct records *out);

/* Scores of forecasts by question, year, group and member, and the ensemble's weights. */
void learn_forecasts(const struct learn_setup *setup, const struct resolved_set *set, struct records *out);
/* The pooled score of that subject and member among what was made; NULL if there is none. */
struct score *pooled_find(const struct records *out, const char *subject, const char *member);
/* Pooled scores that nobody reaches honestly say so in their verdict. */
void learn_alarms(const struct resolved_set *set, struct records *out);
/* Forecasts taken as warnings at three costs. */
void learn_warnings(const struct learn_setup *setup, const struct resolved_set *set, struct records *out);
/* Maps of calibration, and since when they are needed. */
void learn_calibration(const struct learn_setup *setup, const struct resolved_set *set, struct records *out);
/* What events since the origin add to a yearly chance, its score, and whether it is used. */
void learn_pulse(const struct learn_setup *setup, const struct records *in, struct records *out);
/* Scores of rules, their thresholds, and the time from trigger to response. */
void learn_alerts(const struct learn_setup *setup, const struct records *in, struct records *out);
/* Settings that somebody set back stand as they are, whatever was learned. */
void learn_pins(const struct records *in, struct records *out);

#endif
