/* SPDX-License-Identifier: GPL-3.0-or-later */
/* irt_share.h - pieces of work shared out among threads; what comes out must not depend on who did what. */
#ifndef MEASURE_IRT_SHARE_H
#define MEASURE_IRT_SHARE_H

#include <stddef.h>

/* work(i, user) for every i below n, by `threads` threads, the caller's among them. */
void share_out(size_t n, size_t threads, void (*work)(size_t i, void *user), void *user);

#endif
