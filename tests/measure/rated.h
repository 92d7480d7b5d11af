/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rated.h - tables of expert ratings for tests. After cmocka.h. */
#ifndef TESTS_RATED_H
#define TESTS_RATED_H

#include <string.h>

#include <tocsin/measure.h>

#define RATED_HEAD "expert,unit,year,rating,confidence\n"
#define EXPERTS_HEAD "expert,main_country\n"

/* vignettes NULL: none. */
static inline int rated_read(const char *ratings, const char *experts, const char *vignettes, struct arena *arena,
			     struct irt_table *table, struct err *err)
{
	const struct irt_text r = {"ratings.csv", ratings, strlen(ratings)}, e = {"experts.csv", experts, strlen(experts)};
	const struct irt_text v = {"vignettes.csv", vignettes, vignettes ? strlen(vignettes) : 0};

	return irt_read(&r, &e, &v, arena, table, err);
}

/*
 * Three units of eight years, nine experts, of whom the last rates all three units, and two vignettes. Ratings follow the
 * unit and a cheap hash, so that nothing but this function makes the world. `k` categories.
 */
static inline void rated_world(unsigned k, struct arena *arena, struct irt_table *table)
{
	_cleanup_(buf_free) struct buf ratings = {0}, experts = {0};

	buf_puts(&ratings, RATED_HEAD);
	buf_puts(&experts, EXPERTS_HEAD);
	for (unsigned j = 0; j < 9; j++) {
		buf_printf(&experts, "e%u,U%u\n", j, j % 3);
		for (unsigned u = 0; u < 3; u++)
			for (unsigned year = 0; year < 8 && (j == 8 || u == j % 3); year++)
				buf_printf(&ratings, "e%u,U%u,%u,%u,1\n", j, u, 2000 + year,
					   1 + (u * (k - 1) / 2 + (j * 7 + u * 5 + year * 3) % 11 / 8) % k);
		buf_printf(&ratings, "e%u,V1,,1,1\ne%u,V2,,%u,1\n", j, j, k);
	}
	assert_int_equal(rated_read(ratings.s, experts.s, "vignette,threshold\nV1,1\nV2,1\n", arena, table, NULL), 0);
}

#endif
