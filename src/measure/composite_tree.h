/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composite_tree.h - the two forms of a frame, before they are checked as a tree. */
#ifndef MEASURE_COMPOSITE_TREE_H
#define MEASURE_COMPOSITE_TREE_H

#include "measure/composite.h"

#define FRAME_LIMIT 10000   /* elements */

int frame_read_conf(const struct composite_file *file, struct arena *arena, struct frame *frame, struct err *err);
/* The specification's pipeline, without elements. */
void frame_start_table(struct frame *frame, const char *name);

#endif
