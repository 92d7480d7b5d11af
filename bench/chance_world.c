/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chance_world.c - a made panel in which the chance of every question is known.
 *
 * usage: build/bench/chance_world SEED PANEL.csv TRUTH.csv [TENSION UNITS YEARS CONTINUATIONS]
 *
 * Each unit has its own restlessness, its own share of years in which an index stands still, and its own hazards of
 * beginning to open and to close, which also hang on its level, on tides of the world and its region, and on a
 * tension that rises and falls over years and shows in nothing else (standard deviation TENSION, of log hazards; 0). A
 * spell of opening or closing lasts some years, moves all indices in its direction, and is not seen as such; so is nothing else
 * of this but the six indices, to three decimals. The true chance of a question at the last year is the share of
 * continuations, drawn from the true state, in which its event comes (two-year rule): what a forecaster would say who
 * saw everything but the future.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <tocsin/stats.h>

#include "foresee/space.h"

#define FIRST_YEAR 1980
#define REGIONS 6
#define AHEAD 3                /* years of a continuation: the rule looks one past the second */
#define LAST_OF_SPELL .35
#define TIDE_KEPT .7
#define TIDE_SIZE .3
#define TENSION_KEPT .8

enum spell { CALM, OPENING, CLOSING };

struct nation {
	size_t region;
	double size;                      /* of a move */
	double still[N_SIX_SPACES];       /* chance that an index does not move in a calm year */
	double hazard[3];                 /* of beginning a spell */
	double tension[3], strained;      /* its size */
	enum spell spell;
	double x[N_SIX_SPACES], before[N_SIX_SPACES];
};

struct tides {
	double world[3], region[REGIONS][3];    /* by spell, on the log of its hazard */
};

static void tides_turn(struct rng *rng, struct tides *tides)
{
	double fresh = TIDE_SIZE * sqrt(1 - TIDE_KEPT * TIDE_KEPT);

	for (int s = OPENING; s <= CLOSING; s++) {
		tides->world[s] = TIDE_KEPT * tides->world[s] + fresh * normal_draw(rng);
		for (size_t r = 0; r < REGIONS; r++)
			tides->region[r][s] = TIDE_KEPT * tides->region[r][s] + fresh * normal_draw(rng);
	}
}

static void nation_make(struct rng *rng, double tension, struct nation *nation)
{
	double level = .1 + .8 * rng_unit(rng), still = .2 + .7 * rng_unit(rng);

	nation->region = rng_below(rng, REGIONS);
	nation->size = .03 * exp(.5 * normal_draw(rng));
	nation->hazard[OPENING] = .04 * exp(.6 * normal_draw(rng));
	nation->hazard[CLOSING] = .04 * exp(.6 * normal_draw(rng));
	nation->strained = tension;
	for (int s = OPENING; s <= CLOSING; s++)
		nation->tension[s] = tension * normal_draw(rng);
	nation->spell = CALM;
	for (size_t k = 0; k < N_SIX_SPACES; k++) {
		nation->still[k] = fmin(fmax(still + .1 * normal_draw(rng), .05), .97);
		nation->x[k] = fmin(fmax(level + .12 * normal_draw(rng), .02), .97);
		nation->before[k] = nation->x[k];
	}
}

static double mean_of(const double *x)
{
	double sum = 0;

	for (size_t k = 0; k < N_SIX_SPACES; k++)
		sum += x[k];
	return sum / N_SIX_SPACES;
}

static enum spell spell_next(struct rng *rng, const struct nation *nation, const struct tides *tides)
{
	double level = mean_of(nation->x), draw = rng_unit(rng), chance[3];

	if (nation->spell != CALM && draw >= LAST_OF_SPELL)
		return nation->spell;
	if (nation->spell != CALM)
		return CALM;
	for (int s = OPENING; s <= CLOSING; s++) {
		double room = s == OPENING ? 1 - level : level;

		double pull = tides->world[s] + tides->region[nation->region][s] + nation->tension[s] -
			      nation->strained * nation->strained / 2;

		chance[s] = fmin(nation->hazard[s] * exp(pull) * 2 * room, .45);
	}
	return draw < chance[OPENING] ? OPENING : draw < chance[OPENING] + chance[CLOSING] ? CLOSING : CALM;
}

static void nation_step(struct rng *rng, const struct tides *tides, struct nation *nation)
{
	double shared, direction, fresh = nation->strained * sqrt(1 - TENSION_KEPT * TENSION_KEPT);

	for (int s = OPENING; s <= CLOSING; s++)
		nation->tension[s] = TENSION_KEPT * nation->tension[s] + fresh * normal_draw(rng);
	nation->spell = spell_next(rng, nation, tides);
	direction = nation->spell == OPENING ? 1 : nation->spell == CLOSING ? -1 : 0;
	shared = .5 * fabs(normal_draw(rng));
	for (size_t k = 0; k < N_SIX_SPACES; k++) {
		double own = normal_draw(rng), move = 0;

		if (nation->spell != CALM && rng_unit(rng) < .75)
			move = direction * nation->size * (.4 + shared + .5 * fabs(own));
		else if (nation->spell == CALM && rng_unit(rng) >= nation->still[k])
			move = nation->size * own * (rng_unit(rng) < .05 ? 1.5 : .3);
		nation->before[k] = nation->x[k];
		nation->x[k] = round(fmin(fmax(nation->x[k] + move, .005), .99) * 1000) / 1000;
	}
}

/* ---- what is true ---- */

/* Is there an event of space k in the first two of three years after `now`? path: before, now, three years. */
static bool has_event(const double path[AHEAD + 2][N_SIX_SPACES], size_t k, int direction)
{
	bool event = false;

	for (int y = 0; y < 2; y++) {
		double x[4];

		for (int i = 0; i < 4; i++)
			x[i] = direction * path[y + i][k];
		event |= space_stepped(x, six_spaces[k].step);
	}
	return event;
}

static void find_chances(struct rng *rng, const struct nation *nation, const struct tides *tides, size_t continuations,
			 double chance[N_SIX_SPACES][2])
{
	for (size_t k = 0; k < N_SIX_SPACES; k++)
		chance[k][0] = chance[k][1] = 0;
	for (size_t c = 0; c < continuations; c++) {
		struct nation then = *nation;
		struct tides sea = *tides;
		double path[AHEAD + 2][N_SIX_SPACES];

		for (size_t k = 0; k < N_SIX_SPACES; k++) {
			path[0][k] = then.before[k];
			path[1][k] = then.x[k];
		}
		for (int y = 0; y < AHEAD; y++) {
			tides_turn(rng, &sea);
			nation_step(rng, &sea, &then);
			for (size_t k = 0; k < N_SIX_SPACES; k++)
				path[y + 2][k] = then.x[k];
		}
		for (size_t k = 0; k < N_SIX_SPACES; k++)
			for (int d = 0; d < 2; d++)
				chance[k][d] += has_event(path, k, d ? -1 : 1) / (double)continuations;
	}
}

static void print_row(struct buf *buf, size_t unit, const struct nation *nation, size_t year)
{
	buf_printf(buf, "%zu,%zu,%zu", unit + 1, nation->region + 1, FIRST_YEAR + year);
	for (size_t k = 0; k < N_SIX_SPACES; k++)
		buf_printf(buf, ",%.3f", nation->x[k]);
	buf_putc(buf, '\n');
}

int main(int argc, char **argv)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf panel = {0}, truth = {0};
	size_t units = argc > 5 ? (size_t)atoll(argv[5]) : 120, years = argc > 6 ? (size_t)atoll(argv[6]) : 45;
	size_t continuations = argc > 7 ? (size_t)atoll(argv[7]) : 4000;
	double tension = argc > 4 ? atof(argv[4]) : 0;
	struct nation *nation = arena_array(&arena, struct nation, units + 1);
	struct tides tides = {0};
	struct rng rng;
	struct err err;

	if (argc < 4 || units < 1 || years < 5) {
		fprintf(stderr, "usage: chance_world SEED PANEL.csv TRUTH.csv [TENSION UNITS YEARS CONTINUATIONS]\n");
		return 2;
	}
	rng_seed(&rng, (uint64_t)atoll(argv[1]));
	buf_puts(&panel, "gwcode,region,year");
	for (size_t k = 0; k < N_SIX_SPACES; k++)
		buf_printf(&panel, ",%s", six_spaces[k].name);
	buf_puts(&panel, "\n");
	buf_puts(&truth, "gwcode,space,direction,chance\n");
	for (size_t u = 0; u < units; u++)
		nation_make(&rng, tension, &nation[u]);
	for (size_t y = 0; y < years; y++) {
		tides_turn(&rng, &tides);
		for (size_t u = 0; u < units; u++) {
			nation_step(&rng, &tides, &nation[u]);
			print_row(&panel, u, &nation[u], y);
		}
	}
	for (size_t u = 0; u < units; u++) {
		double chance[N_SIX_SPACES][2];

		find_chances(&rng, &nation[u], &tides, continuations, chance);
		for (size_t i = 0; i < 2 * N_SIX_SPACES; i++)
			buf_printf(&truth, "%zu,%s,%s,%.6f\n", u + 1, six_spaces[i / 2].name, i % 2 ? "down" : "up",
				   chance[i / 2][i % 2]);
	}
	if (file_write(argv[2], panel.s, panel.len, &err) < 0 || file_write(argv[3], truth.s, truth.len, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	return 0;
}
