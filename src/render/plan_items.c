/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_items.c - the JSON lists of a plan, as the forms show them. */
#include <math.h>
#include <string.h>

#include "render/words.h"

static const struct json *read_list(const char *text, struct arena *arena)
{
	const struct json *list;

	if (!text || json_read(text, strlen(text), "plan", 1, arena, &list, NULL) < 0)
		return NULL;
	return list->type == JSON_LIST ? list : NULL;
}

void plan_items_read(const struct plan *plan, struct arena *arena, struct plan_items *ret)
{
	*ret = (struct plan_items){
		.steps = read_list(plan->steps, arena),
		.rejected = read_list(plan->rejected, arena),
		.unknown = read_list(plan->unknown, arena),
	};
}

size_t json_length(const struct json *list)
{
	return list ? list->n : 0;
}

void words_lead(struct buf *buf, const struct json *step)
{
	double low = json_num(step, "lead_min_days"), high = json_num(step, "lead_max_days");
	const char *due = json_text(step, "first_step_by");

	if (due)
		buf_printf(buf, "first step by %s; ", due);
	if (isnan(low) && isnan(high))
		buf_puts(buf, "time it takes not known");
	else if (isnan(high))
		buf_printf(buf, "takes %.0f days or more", low);
	else if (isnan(low) || low == high)
		buf_printf(buf, "takes up to %.0f days", high);
	else
		buf_printf(buf, "takes %.0f" DASH "%.0f days", low, high);
}
