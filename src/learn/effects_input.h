/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effects_input.h - a table of a panel and a table of what was done, made one.
 *
 * The panel is long (`indicator` and `value`) or wide (a column an indicator). Units are matched by their text,
 * in those of the known columns (unit, country, iso3, gwcode and their like) that have most of them in common.
 */
#ifndef LEARN_EFFECTS_INPUT_H
#define LEARN_EFFECTS_INPUT_H

#include <tocsin/learn.h>

struct effects_input {
	struct effect_panel panel;       /* wide enough for every start; a treated unit it lacks has no values */
	const char **units;              /* names, in the order of bytes */
	int64_t first_year;
	struct effect_start *starts;
	size_t n_starts, n_manners;
	const char **manners;            /* names, in the order of bytes */
	const char **strangers;          /* treated units that are not in the panel */
	size_t n_strangers;
};

/* ERR_DATA with file:line:column and a hint. */
int effects_input_read(const struct effects_request *request, struct arena *arena, struct effects_input *ret,
		       struct err *err);

#endif
