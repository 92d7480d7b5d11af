/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eligible.c - is an instrument open to a unit on a day: in force, and the unit's standing. */
#include <string.h>

#include "respond/parts.h"

bool instrument_in_force(const struct instrument *instrument, struct instant day)
{
	return (!instant_is_set(instrument->from) || instrument->from.usec <= day.usec) &&
	       (!instant_is_set(instrument->past) || day.usec < instrument->past.usec);
}

/* An entity has the standing of the state that it is part of. */
static const char *standing_unit(const struct respond_setup *setup, const char *unit)
{
	const struct unit *place = setup->atlas ? atlas_unit(setup->atlas, unit) : NULL;

	return place && str_eq(place->type, "entity") && place->parent ? place->parent : unit;
}

int instrument_eligible(const struct respond_setup *setup, const struct instrument *instrument, const char *unit,
			struct arena *arena, const char **ret_rule)
{
	const char *place = standing_unit(setup, unit);
	bool unknown = false;

	if (!instrument->eligible)
		return -1;
	if (list_has(instrument->eligible, "any")) {
		*ret_rule = "open to any partner";
		return 1;
	}
	for (const char *s = instrument->eligible; *s;) {
		size_t len = strcspn(s, ";");
		const char *word = arena_ndup(arena, s, len);
		int holds = str_eq(word, place) ? 1 : status_holds(setup->statuses, place, word, setup->as_of);

		if (holds == 1) {
			*ret_rule = arena_printf(arena, "standing \"%s\" on that day", word);
			return 1;
		}
		unknown |= holds < 0;
		s += len + (s[len] == ';');
	}
	return unknown ? -1 : 0;
}
