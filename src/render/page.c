/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.c - the pages: plain HTML, no script, every foreign word escaped and isolated. */
#include <math.h>
#include <string.h>

#include "render/markup.h"
#include "render/words.h"

/* Signs that XML does not have (the last two of the plane), and those that only drive devices. */
static bool is_printable(uint32_t c)
{
	return c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f && !(c >= 0x80 && c < 0xa0) && (c & 0xfffe) != 0xfffe);
}

void markup_text(struct buf *buf, const char *s)
{
	size_t len = s ? strlen(s) : 0;

	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(s, len, &i);

		switch (c) {
		case '&':
			buf_puts(buf, "&amp;");
			break;
		case '<':
			buf_puts(buf, "&lt;");
			break;
		case '>':
			buf_puts(buf, "&gt;");
			break;
		case '"':
			buf_puts(buf, "&quot;");
			break;
		case '\'':
			buf_puts(buf, "&#39;");
			break;
		default:
			utf8_put(buf, is_printable(c) ? c : ' ');
		}
	}
}

static void put_query(struct buf *buf, const struct page_setup *setup)
{
	if (!setup->pinned)
		return;
	buf_puts(buf, "?as_of=");
	for (const char *s = setup->pinned; *s; s++) {
		bool plain = (*s >= '0' && *s <= '9') || (*s >= 'A' && *s <= 'Z') || *s == '-' || *s == ':' || *s == '.';

		buf_printf(buf, plain ? "%c" : "%%%02X", (unsigned char)*s);
	}
}

void markup_link(struct buf *buf, const struct page_setup *setup, const char *path, const char *id,
		 const char *text)
{
	buf_printf(buf, "<a href=\"%s", path);
	markup_text(buf, id);
	put_query(buf, setup);
	buf_puts(buf, "\">");
	markup_text(buf, text);
	buf_puts(buf, "</a>");
}

void markup_start(struct buf *buf, const struct page_setup *setup, const char *title)
{
	buf_puts(buf, "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>"
		 "<meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><title>");
	markup_text(buf, title);
	buf_puts(buf, " - tocsin</title><link rel=\"stylesheet\" href=\"/tocsin.css\"/></head>\n<body>"
		 "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header><nav aria-label=\"Pages\">");
	markup_link(buf, setup, "/", NULL, "Situation");
	buf_puts(buf, " ");
	markup_link(buf, setup, "/alerts", NULL, "Alerts");
	buf_puts(buf, "</nav></header>\n<main id=\"main\"><h1>");
	markup_text(buf, title);
	buf_puts(buf, "</h1>\n");
}

void markup_end(struct buf *buf)
{
	buf_puts(buf, "</main>\n<footer><p>Read-only. Names and borders state no position on status; Kosovo* without "
		 "prejudice to positions on status, in line with UNSCR 1244/1999 and the ICJ opinion.</p></footer>"
		 "</body></html>\n");
}

static void put_as_of(struct buf *buf, struct instant as_of)
{
	char text[40];

	instant_write(as_of, text);
	buf_printf(buf, "<p>As of <time>%s</time></p>\n", *text ? text : "nothing collected yet");
}

static void table_start(struct buf *buf, const char *caption, const char *const *heads, size_t n)
{
	buf_puts(buf, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	markup_text(buf, caption);
	buf_puts(buf, "\"><table><caption>");
	markup_text(buf, caption);
	buf_puts(buf, "</caption><thead><tr>");
	for (size_t i = 0; i < n; i++)
		buf_printf(buf, "<th scope=\"col\">%s</th>", heads[i]);
	buf_puts(buf, "</tr></thead><tbody>\n");
}

static void table_end(struct buf *buf)
{
	buf_puts(buf, "</tbody></table></div>\n");
}

static void cell_words(struct buf *buf, const struct buf *words)
{
	buf_puts(buf, "<td><bdi dir=\"ltr\">");
	markup_text(buf, words->len ? words->s : "not known");
	buf_puts(buf, "</bdi></td>");
}

static void cell_chance(struct buf *buf, const struct forecast *forecast)
{
	_cleanup_(buf_free) struct buf text = {0};

	if (forecast) {
		words_chance(&text, forecast->low, forecast->high);
		if (forecast_until(forecast) != INT_MISSING)
			buf_printf(&text, " by the end of %lld", (long long)forecast_until(forecast));
	}
	cell_words(buf, &text);
}

static void put_level(struct buf *buf, int64_t level, const char *direction)
{
	buf_printf(buf, "<span class=\"level level%lld\">%lld %s</span> ", (long long)level, (long long)level,
		   words_level(level));
	markup_text(buf, direction);
}

/* ---- alerts ---- */

static void alert_table(struct buf *buf, const struct page_setup *setup, const char *caption,
			const struct alert_view *alerts, size_t n)
{
	static const char *const heads[] = {"Level", "Alert", "Unit", "State", "Sources", "Since", "Why"};

	if (n == 0) {
		buf_puts(buf, "<p>No alert.</p>\n");
		return;
	}
	table_start(buf, caption, heads, LENGTH(heads));
	for (size_t i = 0; i < n; i++) {
		const struct alert *alert = alerts[i].alert;
		char since[40];

		instant_write(alert->r.valid_from, since);
		buf_puts(buf, "<tr><td>");
		put_level(buf, alert->level, alert->direction);
		buf_puts(buf, "</td><td>");
		markup_link(buf, setup, "/alerts/", alert->r.id, alert->title);
		buf_puts(buf, "</td><td>");
		markup_link(buf, setup, "/c/", alert->r.unit, alert->r.unit);
		buf_puts(buf, "</td><td>");
		markup_text(buf, alerts[i].state);
		buf_puts(buf, "</td><td>");
		if (alert->sources != INT_MISSING)
			buf_printf(buf, "%lld", (long long)alert->sources);
		buf_printf(buf, "</td><td>%s</td><td>", since);
		markup_link(buf, setup, "/why/", alert->r.id, "why");
		buf_puts(buf, "</td></tr>\n");
	}
	table_end(buf);
}

void page_alerts(struct buf *buf, const struct page_setup *setup, const struct alert_view *alerts,
		 size_t n, bool with_closed)
{
	markup_start(buf, setup, "Alerts");
	alert_table(buf, setup, with_closed ? "All alerts, open ones first, gravest first" : "Open alerts, gravest first",
		    alerts, n);
	markup_end(buf);
}

static void put_plan_list(struct buf *buf, const struct json *list, const char *key)
{
	buf_puts(buf, "<ul>");
	for (size_t i = 0; i < json_length(list); i++) {
		buf_puts(buf, "<li><b>");
		markup_text(buf, json_text(&list->v[i], "instrument"));
		buf_puts(buf, "</b> ");
		markup_text(buf, json_text(&list->v[i], key));
		buf_puts(buf, "</li>");
	}
	buf_puts(buf, "</ul>\n");
}

static void put_plan(struct buf *buf, const struct page_setup *setup, const struct plan *plan)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct plan_items items;

	if (!plan)
		return;
	plan_items_read(plan, &arena, &items);
	buf_puts(buf, "<h2>Plan</h2>\n<p>");
	markup_text(buf, plan->summary);
	buf_puts(buf, " (");
	markup_link(buf, setup, "/why/", plan->r.id, "why");
	buf_puts(buf, ")</p>\n<ol>");
	for (size_t i = 0; i < json_length(items.steps); i++) {
		const struct json *step = &items.steps->v[i];
		_cleanup_(buf_free) struct buf lead = {0};

		buf_puts(buf, "<li><b>");
		markup_text(buf, json_text(step, "instrument"));
		buf_puts(buf, "</b> ");
		markup_text(buf, json_text(step, "name"));
		buf_puts(buf, ": ");
		markup_text(buf, json_text(step, "why"));
		buf_puts(buf, "; ");
		markup_text(buf, json_text(step, "rule"));
		words_lead(&lead, step);
		if (lead.len) {
			buf_puts(buf, "; ");
			markup_text(buf, lead.s);
		}
		buf_puts(buf, "</li>");
	}
	buf_puts(buf, "</ol>\n<details><summary>Rejected, and why</summary>");
	put_plan_list(buf, items.rejected, "reason");
	buf_puts(buf, "</details>\n<details><summary>Cannot be judged</summary>");
	put_plan_list(buf, items.unknown, "what");
	buf_puts(buf, "</details>\n");
}

static void put_walk(struct buf *buf, const struct page_setup *setup, const struct why *walk, size_t n)
{
	buf_puts(buf, "<ul class=\"walk\">\n");
	for (size_t i = 0; i < n; i++) {
		_cleanup_(buf_free) struct buf what = {0};
		const struct document *document = walk[i].record && walk[i].record->kind == &kind_document
						? (const struct document *)walk[i].record : NULL;

		buf_printf(buf, "<li class=\"d%d\">", walk[i].depth < 8 ? walk[i].depth : 8);
		if (walk[i].role) {
			markup_text(buf, walk[i].role);
			buf_puts(buf, ": ");
		}
		if (walk[i].text) {
			buf_puts(buf, "<q dir=\"auto\" lang=\"");
			markup_text(buf, document && document->lang ? document->lang : "und");
			buf_puts(buf, "\">");
			markup_text(buf, walk[i].text);
			buf_printf(buf, "</q> (%s, bytes %lld to %lld) in ", walk[i].part, (long long)walk[i].byte_start,
				   (long long)walk[i].byte_end);
		} else if (walk[i].given_up) {
			buf_puts(buf, "words that were given up, in ");
		}
		if (walk[i].record)
			record_describe(&what, walk[i].record);
		buf_puts(buf, "<bdi>");
		markup_link(buf, setup, "/why/", walk[i].id, what.len ? what.s : "a record that is not here");
		buf_printf(buf, "</bdi>%s</li>\n", walk[i].again ? " (above)" : "");
	}
	buf_puts(buf, "</ul>\n");
}

void page_alert(struct buf *buf, const struct page_setup *setup, const struct alert_detail *detail)
{
	const struct alert *alert = detail->view.alert;

	markup_start(buf, setup, alert->title);
	buf_puts(buf, "<p>");
	put_level(buf, alert->level, alert->direction);
	buf_puts(buf, ", state ");
	markup_text(buf, detail->view.state);
	buf_puts(buf, ", rule ");
	markup_text(buf, alert->rule);
	buf_puts(buf, ": ");
	markup_text(buf, alert->standing ? alert->standing : "unproven");
	buf_puts(buf, ", unit ");
	markup_link(buf, setup, "/c/", alert->r.unit, alert->r.unit);
	buf_puts(buf, "</p>\n<h2>Life</h2>\n<ol>");
	for (size_t i = 0; i < detail->n_steps; i++) {
		char at[40];

		instant_write(detail->steps[i]->at, at);
		buf_printf(buf, "<li><time>%s</time> ", at);
		markup_text(buf, detail->steps[i]->state_to);
		buf_puts(buf, " by ");
		markup_text(buf, detail->steps[i]->r.by);
		buf_puts(buf, detail->steps[i]->reason ? ": " : "");
		markup_text(buf, detail->steps[i]->reason);
		buf_puts(buf, "</li>");
	}
	buf_puts(buf, "</ol>\n");
	put_plan(buf, setup, detail->view.plan);
	buf_puts(buf, "<h2>What it rests on</h2>\n");
	put_walk(buf, setup, detail->walk, detail->n_walk);
	markup_end(buf);
}

void page_why(struct buf *buf, const struct page_setup *setup, const struct why *walk, size_t n)
{
	markup_start(buf, setup, "Why");
	put_walk(buf, setup, walk, n);
	markup_end(buf);
}

void page_fault(struct buf *buf, const struct page_setup *setup, int status, const char *what)
{
	markup_start(buf, setup, what);
	buf_printf(buf, "<p>Status %d.</p>\n", status);
	markup_end(buf);
}

/* ---- situation and country ---- */

void page_situation(struct buf *buf, const struct page_setup *setup, const struct situation_view *view)
{
	static const char *const heads[] = {"Country", "Electoral democracy", "Change in five years",
					    "Chance of closing", "Chance of opening", "Events", "Open alerts"};

	markup_start(buf, setup, "Situation");
	put_as_of(buf, view->as_of);
	table_start(buf, "Countries", heads, LENGTH(heads));
	for (size_t i = 0; i < view->n_countries; i++) {
		const struct country_view *country = &view->countries[i];
		const struct observation *now = country_latest(country);
		_cleanup_(buf_free) struct buf value = {0}, change = {0};

		if (now) {
			buf_printf(&value, "%lld: ", (long long)instant_year(now->r.valid_from));
			words_estimate(&value, now->value, now->low, now->high);
		}
		words_change(&change, country, 5);
		buf_puts(buf, "<tr><th scope=\"row\">");
		markup_link(buf, setup, "/c/", country->unit->r.unit, country->unit->name);
		buf_puts(buf, "</th>");
		cell_words(buf, &value);
		cell_words(buf, &change);
		cell_chance(buf, country->closing);
		cell_chance(buf, country->opening);
		buf_printf(buf, "<td>%zu</td><td>%zu</td></tr>\n", country->n_events, country->n_open);
	}
	table_end(buf);
	buf_puts(buf, "<h2>Open alerts</h2>\n");
	alert_table(buf, setup, "Open alerts, gravest first", view->alerts, view->n_alerts);
	markup_end(buf);
}

static void put_forecast(struct buf *buf, const struct page_setup *setup, const char *what,
			 const struct forecast *forecast, const struct score *score)
{
	_cleanup_(buf_free) struct buf text = {0};

	if (!forecast)
		return;
	words_forecast(&text, forecast);
	buf_puts(&text, "; ");
	words_skill(&text, forecast, score);
	buf_printf(buf, "<p>Chance of %s: <bdi dir=\"ltr\">", what);
	markup_text(buf, text.s);
	buf_puts(buf, "</bdi> (");
	markup_link(buf, setup, "/why/", forecast->r.id, "why");
	buf_puts(buf, ")</p>\n");
}

static void list_records(struct buf *buf, const struct page_setup *setup, const char *title,
			 const struct record *const *records, size_t n, size_t most)
{
	buf_printf(buf, "<h2>%s</h2>\n<ul>", title);
	for (size_t i = 0; i < n && i < most; i++) {
		_cleanup_(buf_free) struct buf what = {0};

		record_describe(&what, records[i]);
		buf_puts(buf, "<li><bdi>");
		markup_link(buf, setup, "/why/", records[i]->id, what.len ? what.s : records[i]->id);
		buf_puts(buf, "</bdi></li>");
	}
	buf_puts(buf, n ? "</ul>\n" : "<li>none known</li></ul>\n");
}

void page_country(struct buf *buf, const struct page_setup *setup, const struct country_view *view)
{
	const struct observation *now = country_latest(view);
	_cleanup_(buf_free) struct buf text = {0};

	markup_start(buf, setup, view->unit->name);
	put_as_of(buf, view->as_of);
	if (now) {
		words_estimate(&text, now->value, now->low, now->high);
		buf_printf(buf, "<p>Electoral democracy %lld: <bdi dir=\"ltr\">", (long long)instant_year(now->r.valid_from));
		markup_text(buf, text.s);
		buf_puts(buf, "</bdi>; change in five years: <bdi dir=\"ltr\">");
		buf_cut(&text, 0);
		words_change(&text, view, 5);
		markup_text(buf, text.len ? text.s : "not known");
		buf_puts(buf, "</bdi></p>\n");
	}
	put_forecast(buf, setup, "closing", view->closing, view->closing_score);
	put_forecast(buf, setup, "opening", view->opening, view->opening_score);
	chart_svg(buf, view);
	buf_puts(buf, "<h2>Alerts</h2>\n");
	alert_table(buf, setup, "Open alerts, gravest first", view->alerts, view->n_open);
	list_records(buf, setup, "Episodes", (const struct record *const *)view->episodes, view->n_episodes, 20);
	list_records(buf, setup, "What to watch", (const struct record *const *)view->junctures, view->n_junctures, 10);
	list_records(buf, setup, "Events", (const struct record *const *)view->events, view->n_events, 25);
	list_records(buf, setup, "Responses", (const struct record *const *)view->responses, view->n_responses, 10);
	list_records(buf, setup, "What followed", (const struct record *const *)view->outcomes, view->n_outcomes, 10);
	list_records(buf, setup, "What partners gave", (const struct record *const *)view->contributions,
		     view->n_contributions, 20);
	markup_end(buf);
}

const char page_style[] =
	":root{color-scheme:light dark;--ink:#001959;--line:#8a93a6}"
	"body{font-family:system-ui,\"Noto Sans\",sans-serif;line-height:1.5;margin:0 auto;max-width:70rem;padding:0 1rem}"
	"nav a{display:inline-block;padding:.5rem 1rem .5rem 0}a:focus{outline:3px solid #ffbe5c;outline-offset:2px}"
	".skip{position:absolute;left:-99rem}.skip:focus{left:1rem}"
	"table{border-collapse:collapse;width:100%}caption{text-align:start;font-weight:bold}"
	"th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem;text-align:start;vertical-align:top}"
	".scroll{overflow-x:auto}svg{max-width:100%;height:auto;background:#fff}"
	".level{border:1px solid #001959;color:#001959;padding:0 .4rem}.level1{background:#e6edff}"
	".level2{background:#8cacff}.level3{background:#ffbe5c}.level4{background:#b3261e;color:#fff}"
	".walk{list-style:none;padding:0}.d1{margin-inline-start:1rem}.d2{margin-inline-start:2rem}"
	".d3{margin-inline-start:3rem}.d4{margin-inline-start:4rem}.d5{margin-inline-start:5rem}"
	".d6{margin-inline-start:6rem}.d7{margin-inline-start:7rem}.d8{margin-inline-start:8rem}"
	"@media (prefers-color-scheme:dark){:root{--ink:#e6edff}}\n";
