/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cost_role.c - the cost/loss ratios of those who act, where they did not give their own. */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

const struct cost_role cost_roles[] = {
	{"monitor", 0.1, "looks closer: an hour spent in vain costs little beside a crisis overlooked"},
	{"adviser", 0.2, "raises it with others: attention is spent, and can be earned back"},
	{"desk", 0.3, "starts a response: funds and standing are at stake, a false alarm is dear"},
};
const size_t n_cost_roles = LENGTH(cost_roles);

double cost_loss_read(const char *text, size_t len)
{
	double ratio;

	for (size_t i = 0; i < n_cost_roles; i++)
		if (strlen(cost_roles[i].name) == len && memcmp(cost_roles[i].name, text, len) == 0)
			return cost_roles[i].ratio;
	if (num_read(text, len, &ratio) < 0 || !(ratio > 0 && ratio < 1))
		return NAN;
	return ratio;
}
