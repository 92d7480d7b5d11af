/* SPDX-License-Identifier: GPL-3.0-or-later */
/* effect_group.h - the units that were treated in one manner: which of them may be judged, against whom, and how. */
#ifndef LEARN_EFFECT_GROUP_H
#define LEARN_EFFECT_GROUP_H

#include "learn/placebo.h"

/* A unit of one group: judged, or left out with the reason. */
struct effect_member {
	size_t unit, start, before, after;
	size_t donors;
	const char *left_out;            /* why, in words; NULL: judged */
	struct effect_design *design;
	size_t row;
	bool poor;                       /* the comparison does not fit it before its start */
};

struct effect_group {
	/* set by the caller: all manners together when manner is n_manners */
	const struct effect_panel *panel;
	const struct effect_start *starts;
	size_t n_starts, n_manners, manner;
	const struct effect_setup *setup;
	const size_t *first;             /* of any manner, by unit */
	struct arena *arena;

	struct effect_member *members;   /* by unit */
	size_t n_members;
	struct effect_design *designs;
	size_t n_designs;
	struct placebo_unit *units;      /* the judged, by unit */
	size_t n_units, *which;          /* their members */
	enum effect_method method;
	size_t donors;                   /* of all designs together; where none can be made, most of one member */
};

/* Gather the members, judge who may enter, make the designs, choose the method. */
void effect_group_make(struct effect_group *group);
/* Root mean square of what a method misses in the years held out, over the pools of the judged. */
double effect_group_held_error(const struct effect_group *group, enum effect_method method);

#endif
