/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learn_parts.c - what learn does besides its round, in the order of the help. */
#include "cli/cli.h"

const struct command *const learn_parts[] = {
	&command_learn_settings,
	&command_learn_revert,
	&command_learn_release,
	&command_learn_diagram,
	&command_learn_effects,
	&command_learn_score,
	NULL,
};
