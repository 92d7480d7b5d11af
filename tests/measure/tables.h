/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tables.h - small tables of country-years. Included by one file a program. */
#ifndef TESTS_MEASURE_TABLES_H
#define TESTS_MEASURE_TABLES_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <tocsin/measure.h>

static inline struct ert_table table_read(const char *text, struct arena *arena)
{
	struct ert_table table;
	struct err err = {0};

	if (ert_table_read("made.csv", text, strlen(text), "v2x_polyarchy", arena, &table, &err) < 0)
		fail_msg("%s", err.msg);
	return table;
}

/* What "measure episodes" would write. */
static inline char *table_text(const char *text, const char *value, struct arena *arena)
{
	_cleanup_(buf_free) struct buf buf = {0};
	struct ert_table table;
	struct err err = {0};

	if (ert_table_read("made.csv", text, strlen(text), value, arena, &table, &err) < 0)
		fail_msg("%s", err.msg);
	ert_table_write(&table, &episode_default, &buf);
	return arena_ndup(arena, buf.s, buf.len);
}

/* One country from 2000 on: years of "VALUE REGIME", NAN and a negative regime missing; half the interval is `half`. */
struct made_year {
	double v;
	int regime;
};

static inline char *country_text(const char *id, const struct made_year *years, size_t n, double half, struct arena *arena)
{
	char *text = arena_dup(arena, "");

	for (size_t i = 0; i < n; i++) {
		char regime[16] = "";

		if (years[i].regime >= 0)
			snprintf(regime, sizeof regime, "%d", years[i].regime);
		if (isnan(years[i].v))
			text = arena_printf(arena, "%s%s,%zu,%s,,,\n", text, id, 2000 + i, regime);
		else
			text = arena_printf(arena, "%s%s,%zu,%s,%.3f,%.3f,%.3f\n", text, id, 2000 + i, regime, years[i].v,
					    years[i].v - half, years[i].v + half);
	}
	return text;
}

#define TABLE_HEADER "country_text_id,year,v2x_regime,v2x_polyarchy,v2x_polyarchy_codelow,v2x_polyarchy_codehigh\n"

#endif
