/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * render.h - views and records in, text out: pages, chart, report, brief, tables.
 *
 * Pure: no store, clock, file or environment; the same view gives the same bytes.
 * A view is gathered once (src/loop/view.c) and shown everywhere, so that page,
 * brief and report cannot disagree. Nothing here allocates but the given buffer.
 *
 * Two rules hold in every form. A chance is shown as a range, with its horizon,
 * the year of its data and its skill against the base rate, never as a bare
 * point. And foreign text is escaped, and isolated from the direction of ours.
 */
#ifndef TOCSIN_RENDER_H
#define TOCSIN_RENDER_H

#include <tocsin/model.h>

/* ---- views: what the pages, the report and the command line show, gathered once ---- */

struct alert_view {
	const struct alert *alert;
	const char *state;               /* new, acknowledged, ... */
	const struct plan *plan;         /* NULL if none */
};

struct country_view {
	const struct unit *unit;
	struct instant as_of;
	const struct observation **series;   /* v2x_polyarchy by year */
	size_t n_series;
	const struct observation *change1, *change5;       /* derived; NULL if not known */
	const struct observation **pressure;               /* monthly pressure_threat, by month */
	size_t n_pressure;
	struct civic_view {              /* civic space of its newest month */
		const struct observation *space;           /* NULL if not rated */
		const struct observation *rating, *watch;  /* watch NULL: not on the list */
		double chance[5];                          /* of closed ... open */
		bool by_panel;
	} civic;
	const struct observation *nowcast, *nowcast_gain;  /* the newest; NULL if none */
	const struct episode **episodes;
	size_t n_episodes;
	const struct forecast *closing, *opening;          /* the latest; NULL if none */
	struct alert_view *alerts;                         /* gravest first; closed ones after open ones */
	size_t n_alerts, n_open;
	const struct event **events;                       /* newest first */
	size_t n_events;
	const struct juncture **junctures;                 /* ahead of as_of, soonest first */
	size_t n_junctures;
	const struct response **responses;                 /* newest first */
	size_t n_responses;
	const struct outcome **outcomes;                   /* newest first */
	size_t n_outcomes;
	const struct contribution **contributions;
	size_t n_contributions;
	const struct score *closing_score, *opening_score; /* pooled, of the ensemble; NULL if none */
};

struct situation_view {
	struct instant as_of;            /* missing: the store is empty */
	struct country_view *countries;  /* those with a series, an event or an alert, by key */
	size_t n_countries;
	struct alert_view *alerts;       /* open ones of all units, gravest first */
	size_t n_alerts;
	const struct score **scores;     /* pooled forecast scores, and those of rules and responses */
	size_t n_scores;
};

struct learned_view {                /* what past rounds taught */
	struct instant as_of;            /* missing: the store is empty */
	const struct score **scores;     /* of all years; forecasts by question and member, groups, warnings, rules */
	size_t n_scores;
	const struct setting **settings; /* by name */
	size_t n_settings;
};

struct why {                         /* one line of the walk, depth first */
	int depth;
	const char *role;                /* of this record for the one above it; NULL at the top */
	const struct record *record;     /* NULL when it is known by id only (erased, or not here) */
	const char *id;
	const char *part;                /* title or body, NULL if the whole record is meant */
	int64_t byte_start, byte_end;
	const char *text;                /* the bytes there, as stored; NULL if there are none */
	bool given_up;                   /* there were such bytes: retention took them */
	bool again;                      /* walked above already: not opened a second time */
};

struct alert_detail {                /* one alert with its life and what it rests on */
	struct alert_view view;
	const struct transition **steps; /* in order */
	size_t n_steps;
	const struct why *walk;          /* of the alert */
	size_t n_walk;
};

/* ---- words for people, shared by all forms ---- */

/* What a record says, in a line for people. */
void record_describe(struct buf *buf, const struct record *record);
const char *words_level(int64_t level);     /* none, watch, warning, critical; "unknown" for others */
/* "0.28 (0.25–0.31)"; "not known" when the value is missing. */
void words_estimate(struct buf *buf, double value, double low, double high);
/* A chance as a range, "12–31 %"; one decimal where whole ones would coincide. */
void words_chance(struct buf *buf, double low, double high);
/* "12–31 % by the end of 2026 (data to 2024; base rate 8 %, 41 of 512 country-years)", or why not. */
void words_forecast(struct buf *buf, const struct forecast *forecast);
/* How well the forecasts of a kind did: "no skill shown against the base rate: ...". */
void words_skill(struct buf *buf, const struct forecast *forecast, const struct score *score);
/* "closing 2012–2019 (−0.21)". */
void words_episode(struct buf *buf, const struct episode *episode);

/* ---- plain text ---- */

/* The printed report on all units; UTF-8, lines of at most 78 columns save for ids. */
void situation_text(struct buf *buf, const struct situation_view *view);
/* The two-page brief: at most 120 lines of at most 78 columns. */
void brief_text(struct buf *buf, const struct country_view *view);
/* What was learned: scores with intervals, calibration beside its floor, skill in words, drift, thresholds. */
void learned_text(struct buf *buf, const struct learned_view *view);
/* The reliability of a score's chances, a line a bin; a bin without forecasts is left out. */
void reliability_text(struct buf *buf, const struct score *score);
/*
 * Rows of cells (rows * n_columns, by row): aligned by display width with a header on
 * a terminal, else TSV with the header. Tabs, line breaks and control signs in a cell become blanks.
 */
void table_write(struct buf *buf, const char *const *header, size_t n_columns,
		 const char *const *cells, size_t n_rows, bool tty);

/* ---- SVG ---- */

/*
 * Value with interval, episodes, and the forecast as ranges. Complete <svg> with
 * title and desc, presentation attributes only, no scripts, no references outside.
 */
void chart_svg(struct buf *buf, const struct country_view *view);
/* Reliability: what came true against what was said, a dot a bin, its area by the forecasts in it; below it
   discrimination: how the chances of events and of the others are spread. */
void reliability_svg(struct buf *buf, const struct score *score);

/* ---- pages: whole HTML documents, also well-formed XML ---- */

struct page_setup {
	const struct atlas *atlas;   /* names of units; NULL: keys are shown */
	const char *pinned;          /* the as_of asked for, carried on in links; NULL: the newest */
};

void page_situation(struct buf *buf, const struct page_setup *setup, const struct situation_view *view);
void page_country(struct buf *buf, const struct page_setup *setup, const struct country_view *view);
void page_alerts(struct buf *buf, const struct page_setup *setup, const struct alert_view *alerts,
		 size_t n, bool with_closed);
void page_alert(struct buf *buf, const struct page_setup *setup, const struct alert_detail *detail);
void page_why(struct buf *buf, const struct page_setup *setup, const struct why *walk, size_t n);
/* A page that says what went wrong, such as 404 and "no such page". */
void page_fault(struct buf *buf, const struct page_setup *setup, int status, const char *what);
extern const char page_style[];      /* the style sheet that the pages ask for: /tocsin.css */

#endif
