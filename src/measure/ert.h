/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ert.h - what the files of the episode algorithm share. */
#ifndef MEASURE_ERT_H
#define MEASURE_ERT_H

#include <tocsin/measure.h>

/* Are fewer years than the tolerance known after year `end`, before the end of the coding or before
   `before_gap` years before the gap that follows `year`? */
bool ert_is_young(const struct ert_input *in, const struct episode_rule *rule, int year, int end, int before_gap);

/* What an episode came to (section 6), for those years of `span` that have a start: the end of section 5. */
void ert_outcome(const struct ert_input *in, const struct ert_regime *regimes, int direction,
		 const struct ert_span *span, struct ert_side *sides);

#endif
