/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score_order.c - scores in the order in which people read them. */
#include <stdlib.h>

#include <tocsin/learn.h>

#include "loop/stages.h"

/* Where a name stands in a list; behind it when it does not. */
static size_t place_in(const char *const *names, size_t n, const char *name)
{
	size_t i = 0;

	while (i < n && !str_eq(names[i], name))
		i++;
	return i;
}

static size_t member_place(const char *name)
{
	size_t i = 0;

	while (i < n_learn_members && !str_eq(learn_members[i].name, name))
		i++;
	return i;
}

/* Forecasts by question and model, of groups, as warnings, updated by events, then rules, responses, questions, effects,
   each by name and all of them together last. */
static int by_reader(const void *a, const void *b)
{
	static const char *const abouts[] = {"forecast", "group", "warning", "pulse", "rule", "response", "question",
					     "effect"};
	const struct score *x = *(const struct score *const *)a, *y = *(const struct score *const *)b;
	size_t about_x = place_in(abouts, LENGTH(abouts), x->about), about_y = place_in(abouts, LENGTH(abouts), y->about);
	size_t member_x = member_place(x->member), member_y = member_place(y->member);
	bool all_x = str_eq(x->subject, "all"), all_y = str_eq(y->subject, "all");
	int order = str_cmp(x->subject, y->subject);

	if (about_x != about_y)
		return about_x < about_y ? -1 : 1;
	if (all_x != all_y)
		return all_x ? 1 : -1;
	if (order)
		return order;
	if (member_x != member_y)
		return member_x < member_y ? -1 : 1;
	order = str_cmp(x->member, y->member);
	return order ? order : str_cmp(x->r.id, y->r.id);
}

void scores_sort(const struct score **v, size_t n)
{
	if (n)
		qsort(v, n, sizeof *v, by_reader);
}
