/* SPDX-License-Identifier: GPL-3.0-or-later */
/* version.c - the one object that knows version and commit; both come from the Makefile. */
#include "cli/cli.h"

const char *const version_text = TOCSIN_VERSION, *const commit_text = TOCSIN_COMMIT;
