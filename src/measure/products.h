/* SPDX-License-Identifier: GPL-3.0-or-later */
/* products.h - the things that measure makes. */
#ifndef MEASURE_PRODUCTS_H
#define MEASURE_PRODUCTS_H

#include <tocsin/measure.h>

/* One yearly track: a unit, an indicator, one source, by year. */
struct track {
	const struct observation **v;
	size_t n;
};

/* Step through the tracks of the observations in `sorted` (tracks_sort), *at from 0. Of several sources
   of one unit and indicator the first by name speaks: what is made of a track does not name its source. */
bool track_next(const struct records *sorted, size_t *at, struct track *ret);
/* The outside observations of `in`, by unit, indicator, source, time. */
void tracks_sort(const struct records *in, struct records *sorted);

void measure_changes(const struct track *track, struct records *out);
void measure_episodes(const struct measure_setup *setup, const struct records *sorted, struct records *out);
void measure_pressure(const struct measure_setup *setup, const struct records *in, struct records *out);
void measure_civic_space(const struct measure_setup *setup, const struct records *in, const struct records *sorted,
			 struct records *out);

void measure_nowcasts(const struct measure_setup *setup, const struct records *in, const struct records *sorted,
		      struct records *out);

#endif
