/* SPDX-License-Identifier: GPL-3.0-or-later */
/* irt_write.c - the tables of a result. */
#include <math.h>

#include "measure/irt_chain.h"

static void put_number(struct buf *buf, double value)
{
	char text[32];

	num_write(num_round(value), text);
	buf_putc(buf, ',');
	buf_puts(buf, text);
}

static void put_estimate(struct buf *buf, const struct irt_estimate *estimate)
{
	put_number(buf, estimate->mean);
	put_number(buf, estimate->sd);
	put_number(buf, estimate->low);
	put_number(buf, estimate->high);
}

void irt_write_latents(struct buf *buf, const struct irt_table *table, const struct irt_result *result)
{
	const size_t first = table->n_points - table->n_vignettes;

	buf_puts(buf, "unit,year,mean,sd,lo95,hi95\n");
	for (size_t u = 0; u < table->n_units; u++) {
		const struct irt_unit *unit = &table->units[u];

		for (size_t t = 0; t < unit->n; t++) {
			csv_put(buf, unit->name, ',');
			buf_printf(buf, ",%lld", (long long)(unit->first_year + (int64_t)t));
			put_estimate(buf, &result->latents[unit->at + t]);
			buf_putc(buf, '\n');
		}
	}
	for (size_t v = 0; v < table->n_vignettes; v++) {
		csv_put(buf, table->vignettes[v].name, ',');
		buf_putc(buf, ',');
		put_estimate(buf, &result->latents[first + v]);
		buf_putc(buf, '\n');
	}
}

void irt_write_experts(struct buf *buf, const struct irt_table *table, const struct irt_result *result)
{
	buf_puts(buf, "expert,beta,sd,lo95,hi95,careless,ratings\n");
	for (size_t j = 0; j < table->n_raters; j++) {
		csv_put(buf, table->raters[j].name, ',');
		put_estimate(buf, &result->betas[j]);
		put_number(buf, result->careless && table->raters[j].n ? result->careless[j] : NAN);
		buf_printf(buf, ",%zu\n", table->raters[j].n_rated);
	}
}

void irt_write_thresholds(struct buf *buf, const struct irt_table *table, const struct irt_result *result)
{
	const size_t cuts = table->k - 1;

	buf_puts(buf, "expert,threshold,mean,sd\n");
	for (size_t c = 0; c < cuts; c++) {
		buf_printf(buf, ",%zu", c + 1);   /* no expert: the world's */
		put_number(buf, result->world[c].mean);
		put_number(buf, result->world[c].sd);
		buf_putc(buf, '\n');
	}
	for (size_t i = 0; i < table->n_raters * cuts; i++) {
		if (table->raters[i / cuts].n == 0)
			continue;
		csv_put(buf, table->raters[i / cuts].name, ',');
		buf_printf(buf, ",%zu", i % cuts + 1);
		put_number(buf, result->thresholds[i].mean);
		put_number(buf, result->thresholds[i].sd);
		buf_putc(buf, '\n');
	}
}

static void put_row(struct buf *buf, const char *name, double value)
{
	buf_puts(buf, name);
	put_number(buf, value);
	buf_puts(buf, ",,,,,\n");
}

static void put_setting(struct buf *buf, const char *name, const struct irt_estimate *estimate)
{
	buf_puts(buf, name);
	put_estimate(buf, estimate);
	put_number(buf, estimate->rhat);
	put_number(buf, estimate->ess);
	buf_putc(buf, '\n');
}

void irt_write_diagnostics(struct buf *buf, const struct irt_table *table, const struct irt_setup *setup,
			   const struct irt_result *result)
{
	double worst = 0, least = INFINITY;

	for (size_t i = 0; i < table->n_points; i++) {
		worst = fmax(worst, result->latents[i].rhat);
		least = fmin(least, result->latents[i].ess);
	}
	buf_puts(buf, "name,mean,sd,lo95,hi95,rhat,ess\n");
	buf_printf(buf, "model_is_%s,1,,,,,\n", setup->is_static ? "static" : "dynamic");
	buf_printf(buf, "seed,%llu,,,,,\n", (unsigned long long)setup->seed);
	put_row(buf, "chains", IRT_CHAINS);
	put_row(buf, "sweeps", (double)result->state.sweeps);
	put_row(buf, "converged", result->converged);
	put_row(buf, "latent_rhat_over_share", result->state.rhat_over);
	put_row(buf, "latent_ess_under_share", result->state.ess_under);
	put_row(buf, "beta_rhat_over_share", result->state.raters_over);
	put_row(buf, "latent_rhat_worst", worst);
	put_row(buf, "latent_ess_least", least);
	put_row(buf, "accepted_share", result->state.accepted);
	for (size_t c = 0; c < table->k - 1; c++) {
		char name[40];

		snprintf(name, sizeof name, "threshold_%zu", c + 1);
		put_setting(buf, name, &result->world[c]);
	}
	for (size_t s = 0; s < result->n_settings; s++)
		put_setting(buf, result->setting_names[s], &result->settings[s]);
}
