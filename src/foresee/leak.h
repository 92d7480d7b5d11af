/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leak.h - what foresee_leaks does, with a place to plant a leak that it must find. */
#ifndef FORESEE_LEAK_H
#define FORESEE_LEAK_H

#include <tocsin/foresee.h>

#include "foresee/cases.h"

struct leak_setup {
	const struct foresee_panel *panel;
	size_t times, whole;
	/* Called on the cases before they are hashed; NULL but in tests. */
	void (*plant)(const struct history *history, struct cases *cases);
};

int leaks_find(const struct leak_setup *setup, struct leaks *ret, struct err *err);

#endif
