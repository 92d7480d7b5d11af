/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure.h - where democracy stands and moves: changes of indices, candidate
 * episodes of regime transformation, and the monthly pressure of events; civic
 * space, the divergence of frameworks, and the nowcast between releases.
 */
#ifndef TOCSIN_MEASURE_H
#define TOCSIN_MEASURE_H

#include <tocsin/model.h>

struct measure_setup {
	struct instant as_of;
	/* Weight of a civic class in a unit's pressure, from its profile; NULL: 1 for all. */
	double (*weight)(const void *user, const char *unit, const char *civic_class);
	const void *user;
	const struct civic_frame *civic;   /* NULL: civic space is not rated */
};

/*
 * Observations and events in; out come, each with its origins:
 * - INDICATOR_change1 and _change5, over one year and five, for every indicator with intervals that is
 *   not a whole-numbered scale; the interval at 90 % takes both ends' errors as independent
 *   and the source's bounds as 68 %, as V-Dem's are;
 * - pressure_threat, pressure_opportunity and pressure_CLASS, monthly, for each month up to
 *   as_of that holds, or follows by at most two, an incident of that kind in the unit: the
 *   share of the unit's reported incidents that are such, drawn towards the share of all
 *   units up to that month, with a 90 % interval; n = reports of that kind, sources =
 *   independent voices behind it. Silence gives no value;
 * - episode records for v2x_polyarchy;
 * - civic_expression, _association, _assembly and civic_space, 0..100 with a 90 % interval, civic_BAND, the
 *   chance of each band, civic_rating, 1..5, and civic_watch, the points that incidents took in 90 days,
 *   while a unit is on the watchlist; for Decembers that a source speaks of and months with an incident within the
 *   horizon; and a contribution for each decision of a panel;
 * - nowcast, monthly, of v2x_polyarchy since its last release and where there is pressure, and nowcast_gain, the
 *   share by which its error in past releases lay below that of carrying the last one forward.
 * Of several sources of one unit and indicator the first by name speaks.
 */
int measure_run(const struct measure_setup *setup, const struct records *in, struct records *out,
		struct err *err);

/* ---- episodes of regime transformation, as ERT 15.0 makes them: arrays in, arrays out (docs/methods/episodes.md) ---- */

struct episode_rule {
	double start_incl, cum_incl, year_turn, cum_turn;
	int tolerance;               /* years, at least 1 */
};

extern const struct episode_rule episode_default;   /* 0.01, 0.1, 0.03, 0.1, 5 */

#define ERT_NONE INT8_MIN            /* a year or a code that is missing */

enum ert_flag {                      /* what is known of a country-year besides index and regime */
	ERT_ROW = 1,                 /* it has a row; a year without one is padding */
	ERT_ELECTION = 2,            /* an election that could found a regime was held */
	ERT_OFFICE = 4,              /* its winner took office at least partly */
};

struct ert_gap {
	int first, last;             /* missing years of the coding; ERT_NONE: no such gap */
};

/* One country over every year of the panel, [first, first + n). */
struct ert_input {
	size_t n;
	int first;
	const double *v;             /* the index, NAN where missing */
	const int8_t *regime;        /* 0 closed autocracy .. 3 liberal democracy, ERT_NONE */
	const uint8_t *flags;        /* of enum ert_flag */
	int coding_end;              /* last coded year, ERT_NONE */
	const struct ert_gap *gaps;
	size_t n_gaps;
};

/* Sections 2 and 3 of a year, which do not depend on the index. */
struct ert_regime {
	int16_t start, end;          /* of the spell */
	int16_t dem_election, aut_election;   /* founding elections */
	int8_t type, change;         /* 1 democracy, 0 autocracy; difference to the year before */
	int8_t event, censored;      /* change of the index of regimes: 1, -1, 0 */
	int8_t confirmed;            /* 1: an event that elections or time confirmed */
};

/* One direction of a year, as the columns of the reference say it (section 7). */
struct ert_side {
	int16_t start, end;
	int8_t ep, pre;
	int8_t termination, prch, partial, sub;
	int8_t outcome, outcome_agg, censored;
};

/* How an episode ended. */
enum episode_end {
	EPISODE_OPEN,                /* fewer years than the tolerance are known since */
	EPISODE_STASIS,
	EPISODE_TURN,                /* within a year */
	EPISODE_SLIDE,               /* over some years */
	EPISODE_INTERRUPTED,         /* by a change of regime */
};

struct ert_span {
	size_t first, last;          /* index of the first and the last year, the pre-year included */
};

/* Fill regimes[0..n). O(n * gaps). */
void ert_regimes(const struct ert_input *in, const struct episode_rule *rule, struct ert_regime *regimes);
/*
 * Step to the next candidate sequence (section 4) from *at, 0 at the start: 1 and *ret, or 0. The
 * next may begin in the last year of this one, which is then its own. Comparisons are on the doubles as given.
 */
int ert_candidate(const struct ert_input *in, const struct ert_regime *regimes, const struct episode_rule *rule,
		  int direction, size_t *at, struct ert_span *ret);
/* Fill sides[0..n): direction +1 democratisation, -1 autocratisation. O(n + tolerance * episodes). */
void ert_episodes(const struct ert_input *in, const struct ert_regime *regimes, const struct episode_rule *rule,
		  int direction, struct ert_side *sides);

/* ---- the same from tables and to tables ---- */

struct ert_cell {
	const char *s;               /* in the text that was read; not NUL-terminated */
	uint32_t len;
};

struct ert_row {
	uint32_t country;
	int16_t year;
	int8_t regime;
	uint8_t flags;               /* of enum ert_flag */
	double v, sd;                /* NAN where missing */
	struct ert_cell index, low, high;   /* as the table has them */
};

struct ert_country {
	const char *number, *id, *name;     /* NULL: the table has no such column */
	struct ert_gap *gaps;
	size_t n_gaps, line;
	int coding_end;
	size_t first, n;             /* of ert_table.order */
};

struct ert_table {
	struct ert_row *rows;        /* as read, without years before 1900 */
	size_t n_rows;
	uint32_t *order;             /* rows by country, then year */
	struct ert_country *countries;      /* in the order of appearance */
	size_t n_countries;
	int first;                   /* the panel: years [first, first + n_years) */
	size_t n_years;
};

/*
 * Read a table of country-years (CSV with a header, columns in any order): country_text_id, year, v2x_regime and
 * the column named `value` must be there. An empty cell and NA are missing. Without the columns of its kind
 * codingend is the last year with a value, gaps are the runs without one, there are no elections, and sd is
 * half the interval. The text must outlive *ret, of which the arena owns the rest.
 */
int ert_table_read(const char *name, const char *text, size_t len, const char *value, struct arena *arena,
		   struct ert_table *ret, struct err *err);
/* The arrays of one country, in room for n_years that the caller has. */
struct ert_room {
	double *v, *sd;
	int8_t *regime;
	uint8_t *flags;
	struct ert_regime *regimes;
	struct ert_side *sides[2];   /* democratisation, autocratisation */
};
void ert_room_make(const struct ert_table *table, struct arena *arena, struct ert_room *ret);
struct ert_input ert_table_country(const struct ert_table *table, size_t country, struct ert_room *room);
/* Fill the room's regimes and sides. */
void ert_run(const struct ert_input *in, const struct episode_rule *rule, struct ert_room *room);
/* All countries, the 41 columns of the reference, a row for each row of the table. */
void ert_table_write(const struct ert_table *table, const struct episode_rule *rule, struct buf *buf);

/* ---- how likely an episode is, from draws of the index (docs/methods/episode-probability.md) ---- */

#define ERT_THREADS 16
#define ERT_CORRELATION 0.8          /* of the errors of neighbouring years, as revisions of V-Dem show it */

struct ert_drawing {
	struct episode_rule rule;
	size_t draws;
	uint64_t seed;
	double correlation;          /* [0, 1) */
	int threads;                 /* 1..ERT_THREADS; changes no result */
};

struct ert_chance {                  /* of a row of the table */
	double p[2];                 /* that it is in an episode of democratisation, of autocratisation */
};

struct ert_outlook {                 /* of a country, in the last year of the table */
	int last_year;               /* ERT_NONE: no value there */
	double open[2];              /* chance that a sequence is under way */
	double confirmed[2];         /* given that: that the year proves to be in an episode; NAN where nothing compares */
	double asked[2];             /* draws that say so */
};

/* Arrays over the rows and the countries of the table, in the arena. O(draws * rows). */
int ert_draw(const struct ert_table *table, const struct ert_drawing *setup, struct arena *arena,
	     struct ert_chance **ret_chances, struct ert_outlook **ret_outlooks, struct err *err);

/* ---- why episodes change from release to release (docs/methods/revisions.md) ---- */

struct release {
	const char *name;
	struct ert_table table;
};

enum revision_reason {
	REVISION_BEYOND,             /* re-rated to outside of the interval it had */
	REVISION_WITHIN,             /* re-rated inside it, or without one */
	REVISION_INTERVAL,           /* a bound moved, the index did not */
	REVISION_REGIME,             /* the regime was re-rated */
	REVISION_NEW_YEAR,           /* years were added, or taken away */
	REVISION_METHOD,             /* gaps, elections or the end of the coding are told otherwise */
	REVISION_REASONS,
};

extern const char *const revision_words[REVISION_REASONS];

/* A country-year of two releases whose flag of one direction differs. */
struct revision {
	const char *country;
	int year;
	int direction;               /* 1 democratisation, -1 autocratisation */
	bool in_before, in_after;
	int start, end;              /* of the episode in the release that has it */
	enum revision_reason reason;
	const struct ert_row *before, *after;
	int decided;                 /* the year that tells most of the reason; ERT_NONE */
	double decided_before, decided_after;    /* its value; NAN where there is none */
};

/*
 * All flips from one release to the next, by country of `before`, direction and year. The data of `before` are turned into
 * those of `after` step by step - values of years both have, regimes, years only one has, the rest - and the reason is
 * the step from which on the flag is as in `after`.
 */
void revision_find(const struct release *before, const struct release *after, const struct episode_rule *rule,
		   struct arena *arena, struct revision **ret, size_t *ret_n);

/* ---- composite indicators: texts in, tables out (docs/methods/composite.md) ---- */

struct composite_file {
	const char *name, *text;     /* text NULL: not given */
	size_t len;
};

struct composite_job {
	struct composite_file frame, data;      /* the frame, ours or iMeta; the table of units */
	struct composite_file weights, parameters, errors, local;
	const char *stage;           /* NULL: the usual one of the function */
	int64_t n;                   /* replications of our own Monte Carlo; 0: those of `parameters` */
	uint64_t seed;
	double input_error;          /* relative standard error of every cell; NAN: as the frame says */
	int threads;                 /* never changes a byte */
	struct buf *coverage;        /* gets what was skipped, imputed or left out, as CSV; NULL */
	size_t skipped;              /* how many rows that are */
};

extern const char *const composite_stages[];   /* names, NULL ends */

/*
 * One table of the pipeline, by the name of its stage. ERR_DATA names file:line:column, ERR_USAGE an
 * unknown stage. Panel stages take several years, others one row a unit.
 */
int composite_stage(struct composite_job *job, struct buf *out, struct err *err);
/* Replications: stage ua_scores or ua_rankstats (usual), sa_scores, sa_rankstats or sa_indices (usual). */
int composite_uncertainty(struct composite_job *job, struct buf *out, struct err *err);
int composite_sensitivity(struct composite_job *job, struct buf *out, struct err *err);
/* Ranks under the weights of each unit in `local` beside those of the frame: local_ranks (usual), local_moves. */
int composite_local(struct composite_job *job, struct buf *out, struct err *err);

/* ---- the real-time detector: will a final release code this year as an episode? ---- */

#define DETECTOR_THREADS 16

struct detector_setup {
	struct episode_rule rule;
	uint64_t seed;
	int threads;                 /* changes no result */
	bool all_years;              /* each row of the table; else the panel's last year, each country */
};

struct detector_row {
	const char *country;         /* as in the table */
	int year;
	double p[2];                 /* chance of an episode of democratisation, of autocratisation; NAN: reason says why */
	double low, high;            /* 90 % of p[1]: had other countries been there to learn from */
	const char *reason;          /* what moved, what raised and lowered p[1] */
};

struct detector_threshold {
	double chance, precision, recall;    /* NAN: none is precise enough; chance is then one half */
};

struct detector_result {
	struct detector_row *rows;   /* by country, then year */
	size_t n;
	size_t n_learned, episodes[2];       /* country-years learned from, and those in an episode */
	struct detector_threshold thresholds[2];
};

/*
 * Learn from the table alone and judge each country without it (docs/methods/episode-probability.md). A look at a year
 * reads nothing after it; labels end five years before the panel does. ERR_DATA when the table is
 * too small or too large to learn from.
 */
int detector_run(const struct ert_table *table, const struct detector_setup *setup, struct arena *arena,
		 struct detector_result *ret, struct err *err);

/* ---- expert ratings on an ordinal scale: a latent series and its uncertainty (docs/methods/measurement-model.md) ---- */

/*
 * A point is a year of a unit, or a vignette. Points of a unit are its years from the first rated to
 * the last, one after the other; those of the vignettes come last.
 */
struct irt_unit {
	const char *name;
	int64_t first_year;
	size_t at, n;                /* points; n 0: no rating */
};

struct irt_vignette {
	const char *name;
	unsigned threshold;          /* it was written for; 0: not said */
};

struct irt_rater {
	const char *name;
	size_t main;                 /* unit */
	size_t first_run, n_runs;
	size_t first, n, n_rated;    /* ratings; some are gaps */
};

struct irt_rating {
	uint32_t point;
	uint8_t category;            /* 1..k; 0: a gap between two ratings of one rater and unit */
	float confidence;
};

/* Ratings of one rater that follow each other by a year each, in one unit. */
struct irt_run {
	size_t first, n;
	size_t unit;                 /* SIZE_MAX: a vignette */
};

struct irt_table {
	struct irt_unit *units;
	struct irt_vignette *vignettes;
	struct irt_rater *raters;    /* in the order of the experts' file */
	struct irt_run *runs;
	struct irt_rating *ratings;  /* by rater, unit, year */
	size_t n_units, n_vignettes, n_raters, n_runs, n_ratings, n_points;
	size_t n_rated, n_silent_raters, n_silent_units;
	unsigned k;                  /* categories */
	bool from_zero;              /* the file counts them from 0 */
};

struct irt_text {
	const char *name, *text;
	size_t len;
};

/*
 * ratings: expert, unit, year, rating, confidence (may be absent or empty: 1); experts: expert, main_country; vignettes
 * (text NULL: none): vignette, threshold. A vignette has no year. Whole ratings from 0 or 1 on; k is the largest seen, or one
 * more than the largest threshold. ERR_DATA with the place for an unknown expert, a rating given twice, a
 * unit without year that is no vignette. The arena owns what *ret holds.
 */
int irt_read(const struct irt_text *ratings, const struct irt_text *experts, const struct irt_text *vignettes,
	     struct arena *arena, struct irt_table *ret, struct err *err);

#define IRT_CHAINS 4

struct irt_progress {
	size_t sweeps, most;
	bool warming_up;
	double rhat_over, ess_under;         /* shares of latents: R-hat above 1.01, ESS below 400 */
	double raters_over;                  /* share of reliabilities with R-hat above 1.01 */
	double accepted;                     /* share of Metropolis proposals, last round */
};

struct irt_setup {
	bool is_static;                      /* years independent given the mean rating, as in the reference */
	uint64_t seed;
	size_t threads;                      /* 0 or 1: none but the caller's; no number changes a byte */
	size_t warm_up, round, most;         /* sweeps of each chain; 0: as the method says */
	void (*progress)(const struct irt_progress *progress, void *user);
	/* Called after each round with all that is needed to go on from there; NULL: not wanted. */
	int (*keep)(const char *bytes, size_t len, void *user, struct err *err);
	void *user;
	const char *resume;                  /* what keep was last given; NULL: from the start */
	size_t resume_len;
};

struct irt_estimate {
	double mean, sd, low, high;          /* 95 % */
	double rhat, ess;
};

struct irt_result {
	struct irt_estimate *latents;        /* by point */
	struct irt_estimate *betas;          /* by rater; NAN where it has no rating */
	double *careless;                    /* chance, by rater; NULL under the static model */
	struct irt_estimate *world;          /* k - 1 thresholds */
	struct irt_estimate *thresholds;     /* by rater, k - 1 each: mean and sd only */
	struct irt_estimate *settings;       /* what was learned of the world: see setting_names */
	const char *const *setting_names;
	size_t n_settings;
	double *prior;                       /* by point: mean before the ratings; NULL under the dynamic model */
	struct irt_progress state;
	bool converged;
};

/* ERR_USAGE when `resume` is of other data or another setup. */
int irt_run(const struct irt_table *table, const struct irt_setup *setup, struct arena *arena,
	    struct irt_result *ret, struct err *err);

void irt_write_latents(struct buf *buf, const struct irt_table *table, const struct irt_result *result);
void irt_write_experts(struct buf *buf, const struct irt_table *table, const struct irt_result *result);
void irt_write_thresholds(struct buf *buf, const struct irt_table *table, const struct irt_result *result);
void irt_write_diagnostics(struct buf *buf, const struct irt_table *table, const struct irt_setup *setup,
			   const struct irt_result *result);

/* ---- filters over tables of frameworks: bytes in, a table out (docs/methods) ---- */

/* A table: any columns, found by name (measure/source_table.h says how). */
struct source_text {
	const char *name;            /* of the framework */
	const char *columns;         /* by "+"; NULL: those of its own name, else all that are indicators */
	const char *file, *text;
	size_t len;
};

/* ---- civic space ---- */

#define CIVIC_BANDS 5
extern const char *const civic_bands[CIVIC_BANDS];   /* closed, repressed, obstructed, narrowed, open */

struct civic_frame;                  /* weights, scales, cuts, panels: data/civic */

struct civic_frame *civic_frame_new(struct arena *arena);
/* Add one file; a later one replaces what it names. ERR_DATA names file:line. */
int civic_frame_read(const char *name, const char *text, size_t len, struct arena *arena, struct civic_frame *frame,
		     struct err *err);

struct civic_request {
	const struct civic_frame *frame;
	const struct atlas *atlas;
	const struct source_text *sources;
	size_t n_sources;
	const struct records *events;        /* NULL: none */
	const struct source_text *labels;    /* NULL: none; with them cuts and weights are learnt */
	int64_t year;                        /* values of this year only; INT_MISSING: the newest that count */
	size_t folds;
	uint64_t seed;
	bool watch_only;
};

/* One row a unit into `table`; what each source and incident added into `parts` (NULL: not wanted); what was
   matched, and how well the labels were foretold out of fold, into `said`, for people. */
int measure_civic(const struct civic_request *request, struct buf *table, struct buf *parts, struct buf *said,
		  struct err *err);

/* ---- divergence of frameworks ---- */

struct divergence_request {
	const struct atlas *atlas;
	const struct source_text *sources;
	size_t n_sources;
	const struct records *events;        /* NULL: none; else a framework "events" of its own */
	size_t folds;
	uint64_t seed;
	double level;                        /* of the intervals, such as 0.9 */
	bool all;                            /* also where the frameworks agree */
};

int measure_divergence(const struct divergence_request *request, struct buf *table, struct buf *said, struct err *err);

/* ---- nowcast ---- */

struct nowcast_request {
	const struct atlas *atlas;
	const struct source_text *index;     /* yearly */
	const struct source_text *indicators;   /* monthly; n may be 0 */
	size_t n_indicators;
	const struct records *events;        /* NULL: none; else their pressure is an indicator */
	int64_t lag;                         /* months from the end of a year to its release */
	int64_t until;                       /* last month; INT_MISSING: the last that a table speaks of */
	uint64_t seed;
};

int measure_nowcast(const struct nowcast_request *request, struct buf *table, struct buf *said, struct err *err);

#endif
