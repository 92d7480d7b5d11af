/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learn.c - the order in which things are learned, the ensemble's weights, and settings that are pinned.
 *
 * A weight is proportional to exp(-K * (Brier - best Brier)) over the resolved
 * forecasts, mixed with equal weights by how few there are (FADE of them count as
 * much as the prior), so that a handful of years cannot silence a member.
 */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/resolved.h"

#define SHARPNESS 200.0
#define FADE 200.0

static void weight_keep(const struct learn_setup *setup, const char *question, size_t member, double value, double best,
			struct score *const *scores, struct records *out)
{
	struct setting *setting = record_new(out->arena, &kind_setting);

	setting->r.known = setup->as_of;
	setting->name = arena_printf(out->arena, "weight.%s.%s", question, learn_members[member].name);
	setting->value = value;
	setting->reason = scores[member]
		? arena_printf(out->arena, "Brier %.4f over %.0f resolved forecasts, best member %.4f",
			       scores[member]->brier, scores[member]->n, best)
		: "the member has not spoken yet";
	for (size_t k = 0; k < n_learn_members; k++)
		if (learn_members[k].weighed && scores[k]) {
			record_from(out->arena, &setting->r, scores[k]->r.id, "score");
			record_inherit_licence(&setting->r, scores[k]->r.licence);
		}
	record_identify(out->arena, setting);
	records_add(out, setting);
}

static void set_weights(const struct learn_setup *setup, const char *question, struct records *out)
{
	struct score *scores[LEARN_MOST_MEMBERS] = {0};
	double weights[LEARN_MOST_MEMBERS] = {0}, best = INFINITY, total = 0, trust;
	unsigned kind = strchr(question, '.') ? WEIGHED_SPACE : WEIGHED_INDEX;
	size_t speaking = 0, weighed = 0;

	for (size_t m = 0; m < n_learn_members; m++) {
		scores[m] = pooled_find(out, question, learn_members[m].name);
		if (!(learn_members[m].weighed & kind) || !learn_member_exists(m))
			continue;
		weighed++;
		if (scores[m]) {
			best = fmin(best, scores[m]->brier);
			speaking++;
		}
	}
	if (speaking < 2)
		return;
	trust = scores[MEMBER_BASE_RATE] ? scores[MEMBER_BASE_RATE]->n : 0;
	trust /= trust + FADE;
	for (size_t m = 0; m < n_learn_members; m++)
		if ((learn_members[m].weighed & kind) && scores[m])
			total += weights[m] = exp(-SHARPNESS * (scores[m]->brier - best));
	for (size_t m = 0; m < n_learn_members; m++)
		if ((learn_members[m].weighed & kind) && learn_member_exists(m))
			weight_keep(setup, question, m, trust * weights[m] / total + (1 - trust) / (double)weighed, best,
				    scores, out);
}

void learn_pins(const struct records *in, struct records *out)
{
	struct setting *setting;

	for (size_t i = 0; (setting = records_next(in, &kind_setting, &i));) {
		size_t at = 0;

		if (setting->pinned != 1)
			continue;
		while (at < out->n && !str_eq(out->v[at]->id, setting->r.id))
			at++;
		if (at < out->n)
			out->v[at] = &setting->r;
		else
			records_add(out, setting);
	}
}

int learn_run(const struct learn_setup *setup, const struct records *in, struct records *out,
	      struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records known = {.arena = &arena};
	struct resolved_set set;
	struct subject *subjects;
	size_t n;
	int r;

	for (size_t i = 0; i < in->n; i++)   /* what became known later teaches later */
		if (in->v[i]->known.usec <= setup->as_of.usec)
			records_add(&known, in->v[i]);
	resolved_build(setup, &known, &arena, &set);
	learn_forecasts(setup, &set, out);
	learn_alarms(&set, out);
	n = subjects_of(&set, &arena, &subjects);
	for (size_t s = 0; s < n; s++)
		if (!subjects[s].pooled)
			set_weights(setup, subjects[s].name, out);
	learn_warnings(setup, &set, out);
	learn_calibration(setup, &set, out);
	learn_pulse(setup, &known, out);
	learn_alerts(setup, &known, out);
	r = learn_judgements(setup, &known, out, err);
	if (r == 0)
		learn_pins(&known, out);
	return r;
}
