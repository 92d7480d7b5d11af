/* SPDX-License-Identifier: GPL-3.0-or-later */
/* foresee_parts.c - what foresee does besides its stage, in the order of the help. */
#include "cli/cli.h"

const struct command *const foresee_parts[] = {
	&command_foresee_leaks,
	&command_foresee_why,
	&command_foresee_decide,
	NULL,
};
