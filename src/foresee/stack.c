/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "foresee/stack.h"
void stack_learn(struct outlook *outlook){(void)outlook;}
