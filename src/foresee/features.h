/* SPDX-License-Identifier: GPL-3.0-or-later */
/* features.h - the features of every case; see enum feature in cases.h. */
#ifndef FORESEE_FEATURES_H
#define FORESEE_FEATURES_H

#include "foresee/cases.h"

/* Fill cases->x from keys and history. */
void features_fill(struct cases *cases);

#endif
