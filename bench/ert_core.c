/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ert_core.c - FILE: the processor time of one full run of the episode algorithm, from arrays to arrays. */
#include <time.h>

#include <tocsin/measure.h>

#define RUNS 20

struct country {
	struct ert_room room;
	struct ert_input in;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double best_run(const struct ert_table *table, struct arena *arena)
{
	struct country *countries = arena_array(arena, struct country, table->n_countries);
	double best = 1e9;

	for (size_t c = 0; c < table->n_countries; c++) {
		ert_room_make(table, arena, &countries[c].room);
		countries[c].in = ert_table_country(table, c, &countries[c].room);
	}
	for (int run = 0; run < RUNS; run++) {
		double begun = seconds(), took;

		for (size_t c = 0; c < table->n_countries; c++)
			ert_run(&countries[c].in, &episode_default, &countries[c].room);
		took = seconds() - begun;
		best = took < best ? took : best;
	}
	return best;
}

int main(int argc, char **argv)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct ert_table table;
	struct err err = {0};
	char *text;
	size_t len;

	if (argc != 2 || file_read(argv[1], (size_t)1 << 30, &arena, &text, &len, &err) < 0 ||
	    ert_table_read(argv[1], text, len, "v2x_polyarchy", &arena, &table, &err) < 0) {
		fprintf(stderr, "%s\n", argc == 2 ? err.msg : "usage: ert_core FILE");
		return 1;
	}
	printf("%zu %.2f\n", table.n_rows, 1000 * best_run(&table, &arena));
	return 0;
}
