/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * irt_checkpoint.c - the whole state of a run as bytes, for the same machine.
 *
 * A mark of the data and the setup, 32 hexadecimal digits; sweeps and draws so far; then for each chain its generator,
 * counts, block of numbers and draws. Ends in a hash of all before it, so that a file cut short is told from a whole one.
 */
#include <string.h>

#include "measure/irt_run.h"

#define MARK 32

static void mark_of(const struct irt_run_state *run, char mark[MARK + 1])
{
	const struct irt_table *table = run->table;
	const uint64_t numbers[] = {4, run->setup->seed, run->setup->is_static, run->lengths.warm_up, run->lengths.round,
				    run->lengths.most, run->lengths.every, table->k, table->n_points, table->n_raters,
				    table->n_units, table->n_vignettes, table->from_zero};
	struct hash hash;

	hash_start(&hash, MARK / 2);
	hash_add(&hash, numbers, sizeof numbers);
	for (size_t i = 0; i < table->n_ratings; i++) {
		const struct irt_rating *rating = &table->ratings[i];

		hash_add(&hash, &rating->point, sizeof rating->point);
		hash_add(&hash, &rating->category, sizeof rating->category);
		hash_add(&hash, &rating->confidence, sizeof rating->confidence);
	}
	for (size_t j = 0; j < table->n_raters; j++) {
		hash_add(&hash, table->raters[j].name, strlen(table->raters[j].name) + 1);
		hash_add(&hash, &table->raters[j].main, sizeof table->raters[j].main);
		hash_add(&hash, &table->raters[j].n, sizeof table->raters[j].n);
	}
	for (size_t u = 0; u < table->n_units; u++) {
		hash_add(&hash, table->units[u].name, strlen(table->units[u].name) + 1);
		hash_add(&hash, &table->units[u].first_year, sizeof table->units[u].first_year);
	}
	for (size_t v = 0; v < table->n_vignettes; v++)
		hash_add(&hash, &table->vignettes[v].threshold, sizeof table->vignettes[v].threshold);
	hash_end(&hash, MARK / 2, mark);
}

static void bytes_mark(const char *bytes, size_t len, char mark[MARK + 1])
{
	struct hash hash;

	hash_start(&hash, MARK / 2);
	hash_add(&hash, bytes, len);
	hash_end(&hash, MARK / 2, mark);
}

void checkpoint_write(const struct irt_run_state *run, struct buf *buf)
{
	char mark[MARK + 1];

	mark_of(run, mark);
	buf_add(buf, mark, MARK);
	buf_add(buf, &run->sweeps, sizeof run->sweeps);
	buf_add(buf, &run->kept, sizeof run->kept);
	for (size_t c = 0; c < IRT_CHAINS; c++) {
		const struct irt_chain *chain = &run->chains[c];

		buf_add(buf, &chain->rng, sizeof chain->rng);
		buf_add(buf, &chain->sweeps, sizeof chain->sweeps);
		buf_add(buf, &chain->proposed, sizeof chain->proposed);
		buf_add(buf, &chain->accepted, sizeof chain->accepted);
		buf_add(buf, chain->block, chain->n_block * sizeof *chain->block);
		buf_add(buf, run->draws[c], run->kept * run->width * sizeof(float));
	}
	bytes_mark(buf->s, buf->len, mark);
	buf_add(buf, mark, MARK);
}

static void take(const char **at, void *to, size_t len)
{
	memcpy(to, *at, len);
	*at += len;
}

int checkpoint_read(struct irt_run_state *run, const char *bytes, size_t len, struct err *err)
{
	const size_t head = MARK + 2 * sizeof(size_t);
	const char *at = bytes + MARK;
	char mark[MARK + 1];
	size_t per_chain;

	if (len < head + MARK)
		return err_set(err, ERR_DATA, "the checkpoint is cut short");
	bytes_mark(bytes, len - MARK, mark);
	if (memcmp(mark, bytes + len - MARK, MARK) != 0)
		return err_set(err, ERR_DATA, "the checkpoint is damaged");
	mark_of(run, mark);
	if (memcmp(mark, bytes, MARK) != 0)
		return err_hint(err, err_set(err, ERR_USAGE, "the checkpoint is of other ratings, another model or seed"),
				"Give the same files and options, or leave out --resume to begin anew.");
	take(&at, &run->sweeps, sizeof run->sweeps);
	take(&at, &run->kept, sizeof run->kept);
	per_chain = sizeof(struct rng) + sizeof(size_t) + 2 * sizeof(uint64_t) +
		    run->chains[0].n_block * sizeof(double) + run->kept * run->width * sizeof(float);
	if (run->kept > run->lengths.most / run->lengths.every || len != head + IRT_CHAINS * per_chain + MARK)
		return err_set(err, ERR_DATA, "the checkpoint has %zu bytes, expected %zu", len,
			       head + IRT_CHAINS * per_chain + MARK);
	for (size_t c = 0; c < IRT_CHAINS; c++) {
		struct irt_chain *chain = &run->chains[c];

		take(&at, &chain->rng, sizeof chain->rng);
		take(&at, &chain->sweeps, sizeof chain->sweeps);
		take(&at, &chain->proposed, sizeof chain->proposed);
		take(&at, &chain->accepted, sizeof chain->accepted);
		take(&at, chain->block, chain->n_block * sizeof *chain->block);
		take(&at, run->draws[c], run->kept * run->width * sizeof(float));
	}
	return 0;
}
