/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_irt.c - the reader of expert ratings. A line "==" parts ratings, experts and vignettes; what is read must
 * be sound: every rating in a run, every run on points that there are.
 */
#include <string.h>

#include <tocsin/measure.h>

#include "fuzz/target.h"

static void check_table(const struct irt_table *table)
{
	size_t in_runs = 0, rated = 0;

	for (size_t r = 0; r < table->n_runs; r++) {
		const struct irt_run *run = &table->runs[r];

		if (run->first != in_runs || run->n == 0)
			__builtin_trap();
		in_runs += run->n;
		for (size_t i = run->first; i < in_runs; i++) {
			const struct irt_rating *rating = &table->ratings[i];

			rated += rating->category > 0;
			if (rating->point >= table->n_points || rating->category > table->k ||
			    (i > run->first && rating->point != table->ratings[i - 1].point + 1))
				__builtin_trap();
		}
	}
	if (in_runs != table->n_ratings || rated != table->n_rated)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct irt_text text[3] = {{"ratings"}, {"experts"}, {"vignettes"}};
	struct irt_table table;
	const char *at = fuzz_text(&arena, bytes, len), *end = at + len;

	for (size_t i = 0; i < 3; i++) {
		const char *part = memmem(at, (size_t)(end - at), "==\n", 3);

		if (!part || i == 2)
			part = end;
		text[i].text = arena_ndup(&arena, at, (size_t)(part - at));
		text[i].len = (size_t)(part - at);
		at = part == end ? end : part + 3;
	}
	if (text[2].len == 0)
		text[2].text = NULL;
	if (irt_read(&text[0], &text[1], &text[2], &arena, &table, NULL) == 0)
		check_table(&table);
	return 0;
}
