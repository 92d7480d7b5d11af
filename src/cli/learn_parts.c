/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learn_parts.c - the instruments of learn that are filters of their own, in the order of the help. */
#include "cli/cli.h"

const struct command *const learn_parts[] = {
	&command_learn_effects,
	NULL,
};
