/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_parts.c - the instruments of measure that are filters of their own, in the order of the help. */
#include "cli/cli.h"

const struct command *const measure_parts[] = {
	&command_measure_episodes,
	&command_measure_draws,
	&command_measure_revisions,
	&command_measure_composite,
	&command_measure_episode_probability,
	&command_measure_irt,
	&command_measure_civic, &command_measure_divergence, &command_measure_nowcast,
	NULL,
};
