/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_report.c - tocsin report: the two-page brief on a unit, or the situation of all. */
#include <tocsin/render.h>

#include "cli/cli.h"

static int report_run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	int r = cli_store(cli, STORE_READ, err);

	if (r == 0)
		r = cli_house(cli, err);
	if (r < 0)
		return r;
	if (cli->n_operands) {
		const struct unit *unit = atlas_guess(&cli->house->atlas, cli->operands[0]);
		struct country_view view;

		if (!unit)
			return err_set(err, ERR_NOT_FOUND, "unknown unit \"%.60s\"", cli->operands[0]);
		r = view_country(cli->store, &cli->house->atlas, unit->r.unit, cli_as_of(cli), &cli->arena,
				 &view, err);
		if (r == 0 && output_is_asked(cli))
			return country_object(cli, &view, err);
		if (r == 0)
			brief_text(&text, &view);
	} else {
		struct situation_view view;

		r = view_situation(cli->store, &cli->house->atlas, cli_as_of(cli), &cli->arena, &view, err);
		if (r == 0 && output_is_asked(cli))
			return country_rows(cli, view.countries, view.n_countries, err);
		if (r == 0)
			situation_text(&text, &view);
	}
	return r < 0 ? r : print_words(&text, err);
}

const struct command command_report = {
	.name = "report", .group = "Records", .operands = "[UNIT]", .most = 1,
	.summary = "the two-page brief on a unit; without one, the situation of all",
	.examples = {"tocsin report Georgia", "tocsin report"}, .run = report_run,
};
