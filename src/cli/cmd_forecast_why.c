/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_forecast_why.c - tocsin forecast why: what drives a stored forecast, similar cases, and the records behind it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/foresee.h>
#include <tocsin/render.h>

#include "cli/cli.h"

#define DRIVERS_SHOWN 8
#define LEAST_PART 0.005      /* of the log-odds: what is less is not worth a line */

struct driver {
	const char *name;
	double part;
};

static int by_size(const void *a, const void *b)
{
	const struct driver *x = a, *y = b;
	double left = fabs(x->part), right = fabs(y->part);

	return left != right ? left > right ? -1 : 1 : strcmp(x->name, y->name);
}

/* What forecasts start from and how they were settled is no driver. */
static bool is_frame(const char *name)
{
	return str_eq(name, "start") || str_eq(name, "settled");
}

static int put_drivers(struct buf *buf, const char *drivers, struct arena *arena, struct err *err)
{
	const struct json *map;
	struct driver *v;
	size_t n = 0;
	int r = json_read(drivers, strlen(drivers), "drivers", 1, arena, &map, err);

	if (r < 0)
		return r;
	v = arena_array(arena, struct driver, map->n + 1);
	for (size_t i = 0; i < map->n; i++)
		if (!is_frame(map->keys[i]) && fabs(json_num(map, map->keys[i])) >= LEAST_PART)
			v[n++] = (struct driver){map->keys[i], json_num(map, map->keys[i])};
	if (n)
		qsort(v, n, sizeof *v, by_size);
	buf_puts(buf, n ? "what drives it (odds against those of the mean case, all else as it is):\n"
			: "nothing sets it apart from the mean case\n");
	for (size_t i = 0; i < n && i < DRIVERS_SHOWN; i++) {
		const char *words = foresee_group_words(v[i].name);

		buf_printf(buf, "  %s %s it: odds %+.0f %%\n", words ? words : v[i].name, v[i].part > 0 ? "raises" : "lowers",
			   100 * expm1(v[i].part));
	}
	return 0;
}

static int put_similar(struct buf *buf, const char *similar, struct arena *arena, struct err *err)
{
	const struct json *map, *cases;
	int r = json_read(similar, strlen(similar), "similar", 1, arena, &map, err);

	if (r < 0)
		return r;
	cases = json_get(map, "cases");
	buf_printf(buf, "of the %.0f most similar cases it came true in %.0f (90 %% interval ", json_num(map, "n"),
		   json_num(map, "events"));
	words_chance(buf, json_num(map, "low"), json_num(map, "high"));
	buf_puts(buf, "); the nearest:\n");
	for (size_t i = 0; cases && i < cases->n; i++) {
		const struct json *one = &cases->v[i], *happened = json_get(one, "happened");

		buf_printf(buf, "  %s %.0f: %s, the index moved by %+.3f in two years\n", json_text(one, "unit"),
			   json_num(one, "year"), happened && happened->b ? "it did" : "it did not", json_num(one, "moved"));
	}
	return 0;
}

static int run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	const struct forecast *forecast;
	struct record *record;
	int r = cli_store(cli, STORE_READ, err);

	if (r == 0)
		r = store_get(cli->store, cli->operands[0], cli_as_of(cli), &cli->arena, &record, err);
	if (r < 0)
		return r;
	if (record->kind != &kind_forecast)
		return err_set(err, ERR_NOT_FOUND, "\"%s\" is a record of kind %s, not forecast", record->id, record->kind->name);
	forecast = (const struct forecast *)record;
	if (output_is_asked(cli)) {
		record_write_json(&text, record);
		return output_object(cli, text.s, err);
	}
	buf_printf(&text, "%s in %s: ", forecast->question, record->unit);
	words_forecast(&text, forecast);
	buf_putc(&text, '\n');
	r = forecast->drivers ? put_drivers(&text, forecast->drivers, &cli->arena, err) : 0;
	if (r == 0 && forecast->similar)
		r = put_similar(&text, forecast->similar, &cli->arena, err);
	if (r < 0)
		return r;
	buf_printf(&text, "it rests on %zu records: tocsin why %s\n", record->n_from, record->id);
	return print_words(&text, err);
}

const struct command command_forecast_why = {
	.name = "forecast why", .group = "Records", .operands = "ID", .least = 1, .most = 1,
	.summary = "what drives a forecast, and what followed in similar cases",
	.examples = {"tocsin forecast why fo00d8fb2778b739be0993e2fa936079c0", "tocsin forecast list --unit SRB"},
	.details = "The drivers say what the models look at, not what causes what.",
	.run = run,
};
