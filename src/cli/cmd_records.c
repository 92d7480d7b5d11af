/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_records.c - tocsin country, event, forecast and plan: records, listed and shown. */
#include <math.h>
#include <string.h>

#include <tocsin/render.h>

#include "cli/cli.h"

static const char *const list_show[] = {"list", "show", NULL};

static const char *unit_key(struct cli *cli, const char *given, struct err *err)
{
	const struct unit *unit = atlas_guess(&cli->house->atlas, given);

	if (unit)
		return unit->r.unit;
	err_set(err, ERR_NOT_FOUND, "unknown unit \"%.60s\"", given);
	err_hint(err, ERR_NOT_FOUND, "Give an ISO code or an English name; \"tocsin country list\" shows those with data.");
	return NULL;
}

static int add_record(struct record *record, void *user, struct err *err)
{
	(void)err;
	output_record(user, record);
	return 0;
}

static int list_kind(struct cli *cli, const struct kind *kind, enum store_order order,
		     const char *const *columns, size_t n_columns, struct err *err)
{
	struct output out = {.cli = cli, .columns = columns, .n_columns = n_columns};
	struct query query = QUERY(kind, cli_as_of(cli));
	int64_t limit;
	int r = cli_number(cli, "limit", 0, &limit, err);

	if (r == 0)
		r = cli_store(cli, STORE_READ, err);
	if (r == 0)
		r = cli_house(cli, err);
	if (r < 0)
		return r;
	query.order = order;
	query.limit = limit > 0 ? (size_t)limit : 0;
	if (cli_has(cli, "unit") && !(query.unit = unit_key(cli, cli_option(cli, "unit"), err)))
		return ERR_NOT_FOUND;
	r = store_each(cli->store, &query, add_record, &out, err);
	return r < 0 ? r : output_end(&out, err);
}

/* People are shown a chance as a range, never as a point. */
static bool is_bare_chance(const struct kind *kind, const char *field)
{
	static const char *const bare[] = {"p", "raw", "persistence", "logit", "trees", "hazard", "path", "pulse", "yearly"};

	for (size_t i = 0; kind == &kind_forecast && i < LENGTH(bare); i++)
		if (str_eq(field, bare[i]))
			return true;
	return false;
}

/* A value stays on its line. */
static void put_value(struct buf *buf, const char *s)
{
	for (; *s; s++)
		buf_putc(buf, *s == '\n' ? ' ' : *s);
}

/* One record by id, as an object under --json, else as "name: value" lines. */
static int show_record(struct cli *cli, const struct kind *kind, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	const struct json *map;
	struct record *record;
	int r;

	if (cli->n_operands != 1)
		return err_set(err, ERR_USAGE, "\"%s show\" takes one id", cli->command->name);
	r = cli_store(cli, STORE_READ, err);
	if (r == 0)
		r = store_get(cli->store, cli->operands[0], cli_as_of(cli), &cli->arena, &record, err);
	if (r < 0)
		return r;
	if (record->kind != kind)
		return err_set(err, ERR_NOT_FOUND, "\"%s\" is a record of kind %s, not %s", record->id,
			       record->kind->name, kind->name);
	record_write_json(&text, record);
	if (output_is_asked(cli))
		return output_object(cli, text.s, err);
	r = json_read(text.s, text.len, "record", 1, &cli->arena, &map, err);
	if (r < 0)
		return r;
	buf_cut(&text, 0);
	if (kind == &kind_forecast) {
		buf_printf(&text, "%-14s ", "chance");
		words_forecast(&text, (const struct forecast *)record);
		buf_putc(&text, '\n');
	}
	for (size_t i = 0; i < map->n; i++) {
		if (map->v[i].type == JSON_NONE || is_bare_chance(kind, map->keys[i]))
			continue;
		buf_printf(&text, "%-14s ", map->keys[i]);
		if (map->v[i].type == JSON_STR)
			put_value(&text, map->v[i].s);
		else
			json_write(&text, &map->v[i]);
		buf_putc(&text, '\n');
	}
	return print_words(&text, err);
}

static int no_operand(struct cli *cli, struct err *err)
{
	return cli->n_operands == 0 ? 0 : err_set(err, ERR_USAGE, "\"%s list\" takes no operand", cli->command->name);
}

/* ---- country ---- */

static void put_estimate(struct buf *buf, const char *name, double p, double low, double high)
{
	buf_printf(buf, ",\"%s\":", name);
	json_put_num(buf, p);
	buf_printf(buf, ",\"%s_low\":", name);
	json_put_num(buf, low);
	buf_printf(buf, ",\"%s_high\":", name);
	json_put_num(buf, high);
}

static void put_range(struct buf *buf, const char *name, const struct forecast *forecast)
{
	_cleanup_(buf_free) struct buf words = {0};

	buf_printf(buf, ",\"%s\":", name);
	if (!forecast || isnan(forecast->low) || isnan(forecast->high)) {
		buf_puts(buf, "null");
		return;
	}
	words_chance(&words, forecast->low, forecast->high);
	json_put_str(buf, words.s);
}

static const char *country_json(struct arena *arena, const struct country_view *view)
{
	_cleanup_(buf_free) struct buf row = {0};
	const struct observation *last = view->n_series ? view->series[view->n_series - 1] : NULL;

	buf_puts(&row, "{\"unit\":");
	json_put_str(&row, view->unit->r.unit);
	buf_puts(&row, ",\"name\":");
	json_put_str(&row, view->unit->name);
	buf_puts(&row, ",\"year\":");
	if (last)
		buf_printf(&row, "%lld", (long long)instant_year(last->r.valid_from));
	else
		buf_puts(&row, "null");
	put_estimate(&row, "v2x_polyarchy", last ? last->value : NAN, last ? last->low : NAN, last ? last->high : NAN);
	put_range(&row, "closing", view->closing);
	put_range(&row, "opening", view->opening);
	buf_printf(&row, ",\"open_alerts\":%zu,\"events\":%zu}", view->n_open, view->n_events);
	return arena_dup(arena, row.s);
}

int country_rows(struct cli *cli, const struct country_view *views, size_t n, struct err *err)
{
	static const char *const columns[] = {"unit", "name", "year", "v2x_polyarchy", "v2x_polyarchy_low",
					      "v2x_polyarchy_high", "closing", "opening", "open_alerts", "events"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};

	for (size_t i = 0; i < n; i++)
		output_add(&out, country_json(&cli->arena, &views[i]));
	return output_end(&out, err);
}

int country_object(struct cli *cli, const struct country_view *view, struct err *err)
{
	return output_object(cli, country_json(&cli->arena, view), err);
}

static int country_list(struct cli *cli, struct err *err)
{
	struct situation_view view;
	int r = view_situation(cli->store, &cli->house->atlas, cli_as_of(cli), &cli->arena, &view, err);

	return r < 0 ? r : country_rows(cli, view.countries, view.n_countries, err);
}

static int country_show(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	struct country_view view;
	const char *key;
	int r;

	key = unit_key(cli, cli->operands[0], err);
	if (!key)
		return ERR_NOT_FOUND;
	r = view_country(cli->store, &cli->house->atlas, key, cli_as_of(cli), &cli->arena, &view, err);
	if (r < 0)
		return r;
	if (output_is_asked(cli))
		return country_object(cli, &view, err);
	brief_text(&text, &view);
	return print_words(&text, err);
}

static int country_run(struct cli *cli, struct err *err)
{
	bool show = str_eq(cli->verb, "show");
	int r = show ? 0 : no_operand(cli, err);

	if (show && cli->n_operands != 1)
		return err_set(err, ERR_USAGE, "\"country show\" takes one unit");
	if (r == 0)
		r = cli_store(cli, STORE_READ, err);
	if (r == 0)
		r = cli_house(cli, err);
	if (r < 0)
		return r;
	return show ? country_show(cli, err) : country_list(cli, err);
}

/* ---- the others ---- */

static int search_events(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"id", "published", "lang", "feed", "title"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};
	struct records found = {.arena = &cli->arena};
	_cleanup_(buf_free) struct buf words = {0};
	int64_t limit;
	int r = cli_number(cli, "limit", 50, &limit, err);

	if (r == 0 && cli->n_operands == 0)
		return err_set(err, ERR_USAGE, "\"event search\" takes words");
	for (size_t i = 0; i < cli->n_operands; i++)
		buf_printf(&words, "%s%s", i ? " " : "", cli->operands[i]);
	if (r == 0)
		r = cli_store(cli, STORE_READ, err);
	if (r == 0)
		r = store_search(cli->store, words.len ? words.s : "", cli_as_of(cli), (size_t)limit, &found, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < found.n; i++)
		output_record(&out, found.v[i]);
	return output_end(&out, err);
}

/* By unit, counted where the rows are. */
static int count_events(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"unit", "events"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};
	_cleanup_(buf_free) struct buf plan = {0};
	struct event_count *counts;
	size_t n;
	int r = cli_store(cli, STORE_READ, err);

	if (r < 0)
		return r;
	if (cli_has(cli, "explain")) {
		r = store_count_events_plan(cli->store, cli_as_of(cli), &plan, err);
		return r < 0 ? r : print_buf(&plan, err);
	}
	r = store_count_events(cli->store, cli_as_of(cli), &cli->arena, &counts, &n, err);
	for (size_t i = 0; i < n && r == 0; i++)
		output_add(&out, arena_printf(&cli->arena, "{\"unit\":\"%s\",\"events\":%lld}", counts[i].key,
					      (long long)counts[i].n));
	return r < 0 ? r : output_end(&out, err);
}

static int event_run(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"valid_from", "unit", "civic_class", "signal", "type", "feed", "id"};
	int r;

	if (str_eq(cli->verb, "count"))
		return count_events(cli, err);
	if (str_eq(cli->verb, "search"))
		return search_events(cli, err);
	if (str_eq(cli->verb, "show"))
		return show_record(cli, &kind_event, err);
	r = no_operand(cli, err);
	return r < 0 ? r : list_kind(cli, &kind_event, ORDER_VALID, columns, LENGTH(columns), err);
}

static int forecast_run(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"unit", "question", "origin", "as_of", "low", "high", "base_rate",
					      "skill", "id"};
	int r;

	if (str_eq(cli->verb, "show"))
		return show_record(cli, &kind_forecast, err);
	r = no_operand(cli, err);
	return r < 0 ? r : list_kind(cli, &kind_forecast, ORDER_KNOWN, columns, LENGTH(columns), err);
}

static int plan_run(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"unit", "alert", "days_to_trigger", "summary", "id"};
	int r;

	if (str_eq(cli->verb, "show"))
		return show_record(cli, &kind_plan, err);
	r = no_operand(cli, err);
	return r < 0 ? r : list_kind(cli, &kind_plan, ORDER_ID, columns, LENGTH(columns), err);
}

static const char *const event_verbs[] = {"list", "show", "search", "count", NULL};
static const struct option list_options[] = {
	{"unit", "UNIT", "only of this unit: ISO code or English name"},
	{"limit", "N", "at most N rows"},
};

static const struct option event_options[] = {
	{"unit", "UNIT", "only of this unit: ISO code or English name"},
	{"limit", "N", "at most N rows"},
	{"explain", NULL, "with count: how the engine goes about it, in its own words"},
};

const struct command command_country = {
	.name = "country", .group = "Records", .operands = "[UNIT]", .verbs = list_show, .most = 1,
	.summary = "where a country stands",
	.examples = {"tocsin country list", "tocsin country show SRB"}, .run = country_run,
};

const struct command command_event = {
	.name = "event", .group = "Records", .operands = "[ID | WORDS...]", .verbs = event_verbs, .most = 32,
	.summary = "events that were coded; search for words in the documents",
	.examples = {"tocsin event list --unit GEO", "tocsin event search foreign agents"},
	.options = event_options, .n_options = LENGTH(event_options), .run = event_run,
};

const struct command command_forecast = {
	.name = "forecast", .group = "Records", .operands = "[ID]", .verbs = list_show, .most = 1,
	.summary = "forecasts, with interval, base rate and skill",
	.examples = {"tocsin forecast list --unit SRB", "tocsin --as-of 2015-06-01 forecast list --json"},
	.options = list_options, .n_options = LENGTH(list_options), .run = forecast_run, .parts = forecast_parts,
};

const struct command command_plan = {
	.name = "plan", .group = "Records", .operands = "[ID]", .verbs = list_show, .most = 1,
	.summary = "plans drawn from the instruments, with what was rejected and why",
	.examples = {"tocsin plan list", "tocsin plan show ID --json"},
	.options = list_options, .n_options = LENGTH(list_options), .run = plan_run,
};
