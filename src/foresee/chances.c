/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chances.c - the forecasts of one origin: train on what is settled, weigh the
 * members by what they were worth so far, resample countries for the interval.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresee/ensemble.h"
#include "foresee/pulse.h"
#include "foresee/spaces.h"

#define DRAWS 100
#define RIDGE 10.0
#define LEAST_ROWS 30
#define LEAST_POSITIVES 3

static const struct { const char *name; int direction; } questions[] = {
	{"closing", -1}, {"opening", 1},
};

/* What one question needs at one origin. */
struct model {
	const char *question;
	int direction;
	struct training rows;
	struct logit logit;
	bool has_logit;
	double weights[N_MEMBERS];       /* of the ensemble */
	const char *setting_ids[N_MEMBERS];
	const struct score *score;       /* pooled, of the ensemble; NULL */
	double *draw_weights;            /* DRAWS x rows */
	double *draw_beta;               /* DRAWS x (terms + 1) */
	double *draw_rates;              /* DRAWS x 4: the base rate; persistence after no, after yes, after nobody knows */
};

struct origin_data {
	const struct foresee_setup *setup;
	const struct records *known;
	struct panel panel, pressure;
	int64_t year;
};

static void read_weights(const struct records *in, struct arena *arena, struct model *model)
{
	const struct setting *setting;
	const struct score *score;

	for (size_t m = 0; m < N_MEMBERS; m++)
		model->weights[m] = 1.0 / N_MEMBERS;
	for (size_t i = 0; (setting = records_next(in, &kind_setting, &i));)
		for (size_t m = 0; m < N_MEMBERS; m++)
			if (str_eq(setting->name, arena_printf(arena, "weight.%s.%s", model->question, member_names[m])) &&
			    setting->value >= 0) {
				model->weights[m] = setting->value;
				model->setting_ids[m] = setting->r.id;
			}
	for (size_t i = 0; (score = records_next(in, &kind_score, &i));)
		if (str_eq(score->about, "forecast") && str_eq(score->subject, model->question) &&
		    str_eq(score->member, "ensemble") && score->origin == INT_MISSING)
			model->score = score;
}

static void rates_of(const struct training *rows, const double *weights, double ret[4])
{
	ret[0] = base_rate(rows, weights);
	for (int before = -1; before <= 1; before++)
		ret[before < 0 ? 3 : 1 + before] = persistence_chance(rows, weights, before);
}

/* The coefficients when countries count otherwise than once, to first order: a refit each would take minutes. */
static void shift_beta(const struct model *model, const uint32_t *counts, size_t n_units, const double *influence,
		       double *beta)
{
	size_t terms = model->logit.n_terms + 1;

	for (size_t t = 0; t < terms; t++)
		beta[t] = model->logit.beta[t];
	for (size_t unit = 0; unit < n_units; unit++)
		for (size_t t = 0; t < terms; t++)
			beta[t] += ((double)counts[unit] - 1) * influence[unit * terms + t];
}

/* Resampled countries: how often each row counts, and the logit that follows from it. */
static void draw_models(const struct origin_data *data, struct model *model, struct arena *arena)
{
	size_t n = model->rows.n, terms = model->has_logit ? model->logit.n_terms + 1 : 1, units = data->panel.n_units;
	uint32_t *counts = arena_array(arena, uint32_t, units + 1), *cluster = arena_array(arena, uint32_t, n + 1);
	double *influence = arena_array(arena, double, units * terms + 1);
	struct rng rng;

	rng_seed(&rng, data->setup->seed + (uint64_t)data->year * 2 + (model->direction > 0));
	model->draw_weights = arena_array(arena, double, DRAWS * n + 1);
	model->draw_beta = arena_array(arena, double, DRAWS * terms);
	model->draw_rates = arena_array(arena, double, DRAWS * 4);
	for (size_t i = 0; i < n; i++)
		cluster[i] = (uint32_t)model->rows.unit[i];
	if (model->has_logit)
		logit_influence(&model->logit, cluster, units, influence);
	for (size_t d = 0; d < DRAWS; d++) {
		double *w = &model->draw_weights[d * n];

		bootstrap_counts(&rng, data->panel.n_units, counts);
		for (size_t i = 0; i < n; i++)
			w[i] = counts[model->rows.unit[i]];
		rates_of(&model->rows, w, &model->draw_rates[d * 4]);
		if (model->has_logit)
			shift_beta(model, counts, units, influence, &model->draw_beta[d * terms]);
	}
}

static int model_build(const struct origin_data *data, const struct records *in, size_t question,
		       struct arena *arena, struct model *model, struct err *err)
{
	int r = 0;

	*model = (struct model){.question = questions[question].name, .direction = questions[question].direction};
	training_build(&data->panel, &data->pressure, data->setup->atlas, data->year, model->direction, arena,
		       &model->rows);
	read_weights(in, arena, model);
	model->has_logit = model->rows.n >= LEAST_ROWS && model->rows.positives >= LEAST_POSITIVES &&
			   model->rows.n - model->rows.positives >= LEAST_POSITIVES;
	if (model->has_logit)
		r = logit_fit(model->rows.x, model->rows.y, model->rows.n, N_FEATURES, RIDGE, arena, &model->logit, err);
	if (r == 0)
		draw_models(data, model, arena);
	return r;
}

/* The weighted mean of the members that could speak. */
static double ensemble(const struct model *model, const double members[N_MEMBERS])
{
	double sum = 0, weight = 0;

	for (size_t m = 0; m < N_MEMBERS; m++) {
		if (isnan(members[m]))
			continue;
		sum += model->weights[m] * members[m];
		weight += model->weights[m];
	}
	return weight > 0 ? sum / weight : members[MEMBER_BASE];
}

static void members_of(const struct model *model, const double rates[4], const double *beta, const double *x,
		       int before, double out[N_MEMBERS])
{
	out[MEMBER_BASE] = rates[0];
	out[MEMBER_PERSISTENCE] = rates[before < 0 ? 3 : 1 + before];
	out[MEMBER_LOGIT] = model->has_logit ? logit_chance(&model->logit, beta, x) : NAN;
}

static void set_interval(const struct model *model, const double *x, int before, struct forecast *forecast)
{
	double chances[DRAWS];
	size_t terms = model->has_logit ? model->logit.n_terms + 1 : 1;

	for (size_t d = 0; d < DRAWS; d++) {
		double members[N_MEMBERS];

		members_of(model, &model->draw_rates[d * 4], &model->draw_beta[d * terms], x, before, members);
		chances[d] = ensemble(model, members);
	}
	sort_numbers(chances, DRAWS);
	forecast->low = fmin(quantile_sorted(chances, DRAWS, 0.05), forecast->p);
	forecast->high = fmax(quantile_sorted(chances, DRAWS, 0.95), forecast->p);
}

/* What learn found out about chances of this question, once it is to be used. */
static void apply_map(const struct origin_data *data, struct forecast *forecast, struct arena *arena)
{
	const struct setting *from[LEARNED_SETTINGS];
	struct beta_map map;

	forecast->raw = forecast->p;
	if (!learned_map(data->known, forecast->question, arena, &map, from))
		return;
	forecast->p = beta_map_apply(&map, forecast->p);
	forecast->low = beta_map_apply(&map, forecast->low);
	forecast->high = beta_map_apply(&map, forecast->high);
	for (size_t k = 0; k < LEARNED_SETTINGS; k++)
		if (from[k])
			record_from(arena, &forecast->r, from[k]->r.id, "calibration");
}

static const char *weights_json(const struct model *model, const double members[N_MEMBERS], struct arena *arena)
{
	_cleanup_(buf_free) struct buf text = {0};
	double total = 0;

	for (size_t m = 0; m < N_MEMBERS; m++)
		total += isnan(members[m]) ? 0 : model->weights[m];
	buf_putc(&text, '{');
	for (size_t m = 0; m < N_MEMBERS; m++) {   /* the names are in bytewise order: base_rate, logit, persistence */
		static const size_t order[] = {MEMBER_BASE, MEMBER_LOGIT, MEMBER_PERSISTENCE};
		size_t k = order[m];

		buf_printf(&text, "%s\"%s\":", m ? "," : "", member_names[k]);
		json_put_num(&text, isnan(members[k]) || total <= 0 ? 0 : num_round(model->weights[k] / total));
	}
	buf_putc(&text, '}');
	return arena_ndup(arena, text.s, text.len);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(feature_names[*(const size_t *)a], feature_names[*(const size_t *)b]);
}

static const char *drivers_json(const struct model *model, const double *x, struct arena *arena)
{
	_cleanup_(buf_free) struct buf text = {0};
	double parts[N_FEATURES];
	size_t order[N_FEATURES];

	if (!model->has_logit)
		return NULL;
	logit_parts(&model->logit, x, parts);
	for (size_t i = 0; i < N_FEATURES; i++)
		order[i] = i;
	qsort(order, N_FEATURES, sizeof *order, by_name);
	for (size_t i = 0; i < N_FEATURES; i++) {
		buf_printf(&text, "%s\"%s\":", i ? "," : "{", feature_names[order[i]]);
		json_put_num(&text, num_round(parts[order[i]]));
	}
	buf_putc(&text, '}');
	return arena_ndup(arena, text.s, text.len);
}

/* Skill is shown only where the interval of past forecasts lies above the base rate's. */
static const char *skill_text(const struct score *score, struct arena *arena)
{
	if (!score || isnan(score->skill))
		return "no skill shown: no forecast of this kind has been scored yet";
	if (isnan(score->skill_low))
		return arena_printf(arena, "no skill shown: Brier gain over the base rate %.4f, too few countries for "
				    "an interval, %.0f forecasts", score->skill, score->n);
	return arena_printf(arena, "%s: Brier gain over the base rate %.4f, 90 %% interval %.4f to %.4f, %.0f forecasts",
			    score->skill_low > 0 ? "better than the base rate" :
			    score->skill_high < 0 ? "worse than the base rate" : "no skill shown",
			    score->skill, score->skill_low, score->skill_high, score->n);
}

static const struct observation *cell_of(const struct panel *panel, size_t unit, int64_t year)
{
	if (year < panel->first || year > panel->last)
		return NULL;
	return panel->cell[unit * (size_t)(panel->last - panel->first + 1) + (size_t)(year - panel->first)];
}

static void add_origin(const struct observation *cell, const char *role, struct arena *arena,
		       struct forecast *forecast)
{
	record_from(arena, &forecast->r, cell->r.id, role);
	record_inherit_licence(&forecast->r, cell->r.licence);
}

/* The pressure that the logit looked at; NULL when it had none or dropped it as too seldom known. */
static const struct observation *pressure_used(const struct origin_data *data, const struct model *model,
					       const char *unit)
{
	bool used = false;

	for (size_t t = 0; model->has_logit && t < model->logit.n_terms; t++)
		used |= model->logit.terms[t].feature == FEATURE_PRESSURE;
	for (size_t i = 0; used && i < data->pressure.n_units; i++)
		if (str_eq(data->pressure.units[i], unit))
			return cell_of(&data->pressure, i, data->year);
	return NULL;
}

/* Every neighbour stands behind the forecast; named is only one whose licence binds it more. */
static void neighbour_origins(const struct origin_data *data, size_t unit, struct arena *arena,
			      struct forecast *forecast)
{
	const struct panel *panel = &data->panel;
	const struct atlas *atlas = data->setup->atlas;
	bool all = !atlas || neighbour_next(panel, atlas, unit, data->year, false, 0) == panel->n_units;

	for (size_t other = neighbour_next(panel, atlas, unit, data->year, all, 0); other < panel->n_units;
	     other = neighbour_next(panel, atlas, unit, data->year, all, other + 1))
		for (int64_t back = 0; back <= NEIGHBOUR_YEARS; back += NEIGHBOUR_YEARS) {
			const struct observation *cell = cell_of(panel, other, data->year - back);
			struct record would = forecast->r;

			record_inherit_licence(&would, cell->r.licence);
			if (!str_eq(would.licence, forecast->r.licence))
				add_origin(cell, "neighbour", arena, forecast);
		}
}

static void set_origins(const struct origin_data *data, const struct model *model, size_t unit,
			struct arena *arena, struct forecast *forecast)
{
	const struct observation *cell, *pressure = pressure_used(data, model, data->panel.units[unit]);

	for (int64_t year = data->year; year > data->year - 6; year--)
		if ((cell = cell_of(&data->panel, unit, year)))
			add_origin(cell, "level", arena, forecast);
	if (pressure)
		add_origin(pressure, "pressure", arena, forecast);
	if (model->has_logit)   /* the other members do not look at neighbours */
		neighbour_origins(data, unit, arena, forecast);
	for (size_t m = 0; m < N_MEMBERS; m++)
		if (model->setting_ids[m])
			record_from(arena, &forecast->r, model->setting_ids[m], "weight");
	if (model->score)
		record_from(arena, &forecast->r, model->score->r.id, "skill");
}

static void forecast_make(const struct origin_data *data, const struct model *model, size_t unit,
			  struct records *out)
{
	struct arena *arena = out->arena;
	struct forecast *forecast = record_new(arena, &kind_forecast);
	int before = panel_label(&data->panel, unit, data->year - FORESEE_HORIZON, model->direction);
	double x[N_FEATURES], members[N_MEMBERS], rates[4];

	features_of(&data->panel, &data->pressure, data->setup->atlas, unit, data->year, model->direction, x);
	rates_of(&model->rows, NULL, rates);
	members_of(model, rates, NULL, x, before, members);
	forecast->r.unit = data->panel.units[unit];
	forecast->r.known = forecast->as_of = data->setup->as_of;
	forecast->r.valid_from = instant_of_year(data->year + 1);
	forecast->r.valid_past = instant_of_year(data->year + 1 + FORESEE_HORIZON);
	forecast->question = model->question;
	forecast->origin = data->year;
	forecast->base_rate = members[MEMBER_BASE];
	forecast->persistence = members[MEMBER_PERSISTENCE];
	forecast->logit = members[MEMBER_LOGIT];
	forecast->country_rate = forecast->trees = forecast->hazard = forecast->path = NAN;
	forecast->p = ensemble(model, members);
	set_interval(model, x, before, forecast);
	apply_map(data, forecast, arena);
	forecast->weights = weights_json(model, members, arena);
	forecast->drivers = drivers_json(model, x, arena);
	if (!model->has_logit) {
		record_missing(arena, &forecast->r, "logit", "fewer than 30 settled rows, or fewer than 3 of either outcome");
		record_missing(arena, &forecast->r, "drivers", "the logit could not be fitted");
	}
	forecast->skill = skill_text(model->score, arena);
	forecast->n = (double)model->rows.n;
	forecast->positives = (double)model->rows.positives;
	forecast->seed = (int64_t)data->setup->seed;
	set_origins(data, model, unit, arena, forecast);
	record_identify(arena, forecast);
	records_add(out, forecast);
}

static bool is_newer(const struct record *a, const struct record *b)
{
	if (a->valid_from.usec != b->valid_from.usec)
		return a->valid_from.usec > b->valid_from.usec;
	return str_cmp(a->id, b->id) < 0;
}

/* The year of a month in the list of `yearly`; it is begun where it is not there yet. */
static size_t year_of(struct records *yearly, const struct observation *month)
{
	struct instant start = instant_of_year(instant_year(month->r.valid_from));
	struct observation *year;

	for (size_t i = 0; i < yearly->n; i++)
		if (str_eq(yearly->v[i]->unit, month->r.unit) && yearly->v[i]->valid_from.usec == start.usec)
			return i;
	year = record_new(yearly->arena, &kind_observation);
	year->r.unit = month->r.unit;
	year->r.valid_from = start;
	year->indicator = "pressure";
	year->source = "tocsin";
	year->value = 0;
	year->n = 0;
	records_add(yearly, year);
	return yearly->n - 1;
}

/*
 * The yearly mean of the months' pressure, so that it meets the yearly index. It bears
 * the id of its newest month, which is named for the year as an origin, and the
 * strictest licence of all of them.
 */
static void pressure_build(const struct records *in, struct arena *arena, struct panel *ret)
{
	struct records yearly = {.arena = arena}, newest = {.arena = arena};
	struct observation *month;

	for (size_t i = 0; (month = records_next(in, &kind_observation, &i));) {
		struct observation *year;
		size_t at;

		if (!str_eq(month->indicator, "pressure_threat") || isnan(month->value))
			continue;
		at = year_of(&yearly, month);
		year = (struct observation *)yearly.v[at];
		if (at == newest.n)
			records_add(&newest, month);
		else if (is_newer(&month->r, newest.v[at]))
			newest.v[at] = &month->r;
		year->r.id = newest.v[at]->id;
		record_inherit_licence(&year->r, month->r.licence);
		year->value = (year->value * year->n + month->value) / (year->n + 1);
		year->n++;
	}
	panel_build(&yearly, "pressure", arena, ret);
}

/* Whoever calls should have left them out already; a forecast that saw the future looks only better. */
static struct records known_then(const struct records *in, struct instant as_of, struct arena *arena)
{
	struct records known = {.arena = arena};

	for (size_t i = 0; i < in->n; i++)
		if (in->v[i]->known.usec <= as_of.usec)
			records_add(&known, in->v[i]);
	return known;
}

/* Closing and opening of the electoral democracy index, of every unit with a value of the newest year. */
static int foresee_index(const struct origin_data *data, struct arena *arena, struct records *out, struct err *err)
{
	int r = 0;

	for (size_t q = 0; q < LENGTH(questions) && r == 0; q++) {
		struct model model;

		r = model_build(data, data->known, q, arena, &model, err);
		for (size_t unit = 0; r == 0 && model.rows.n && unit < data->panel.n_units; unit++)
			if (!isnan(panel_value(&data->panel, unit, data->year)))
				forecast_make(data, &model, unit, out);
	}
	return r;
}

int foresee_run(const struct foresee_setup *setup, const struct records *in, struct records *out,
		struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records known = known_then(in, setup->as_of, &arena);
	struct origin_data data = {.setup = setup, .known = &known};
	int r;

	pressure_build(&known, &arena, &data.pressure);
	panel_build(&known, "v2x_polyarchy", &arena, &data.panel);
	data.year = data.panel.last;
	r = foresee_spaces(setup, &known, &data.pressure, out, err);
	if (r == 0 && data.panel.n_units)
		r = foresee_index(&data, &arena, out, err);
	if (r == 0)
		pulse_update(setup, &known, out);
	return r;
}
