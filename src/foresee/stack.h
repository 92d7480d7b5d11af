/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stack.h - weights of the learners and the calibration, learned on what they said before and what came of it. */
#ifndef FORESEE_STACK_H
#define FORESEE_STACK_H

#include "foresee/outlook.h"

/* Base and country rates of what was said, by what was settled then. */
void rates_fill(struct outlook *outlook);
/*
 * Weights, shifts and map from outlook->past; raw and calibrated chances of past and now.
 * With fewer than STACK_LEAST_ROWS resolved cases all learners weigh the same and nothing is shifted.
 */
void stack_learn(struct outlook *outlook);

/* The chance of a case of this question whose members say so; `row` names the question. After stack_learn. */
double stack_chance(const struct outlook *outlook, size_t row, const double *member);

#define STACK_LEAST_ROWS 300
#define STACK_LEAST_EVENTS 30

#endif
