/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ert_write.c - episodes as the columns of the reference. */
#include <string.h>

#include "measure/ert.h"

static const char header[] =
	"country_id,country_text_id,country_name,year,v2x_regime,v2x_polyarchy,v2x_polyarchy_codelow,v2x_polyarchy_codehigh,"
	"reg_start_year,reg_end_year,reg_id,reg_type,reg_trans,dem_founding_elec,aut_founding_elec,row_regch_event,"
	"row_regch_censored,dem_ep,dem_ep_id,dem_ep_start_year,dem_ep_end_year,dem_pre_ep_year,dem_ep_termination,"
	"dem_ep_prch,dem_ep_ptr,dem_ep_subdep,dem_ep_outcome,dem_ep_outcome_agg,dem_ep_censored,aut_ep,aut_ep_id,"
	"aut_ep_start_year,aut_ep_end_year,aut_pre_ep_year,aut_ep_termination,aut_ep_prch,aut_ep_pbr,aut_ep_subreg,"
	"aut_ep_outcome,aut_ep_outcome_agg,aut_ep_censored\n";

/* What is the same in all rows of a country, ready to be put. */
struct labels {
	const char *head, *id;       /* its first three cells; its id within that of an episode, an open quote before */
	size_t head_len, id_len;
	bool quoted;
};

/* A line being written: a row without its names has at most 200 bytes. */
struct line {
	char s[512];
	size_t len;
};

static void put_char(struct line *line, char c)
{
	line->s[line->len++] = c;
}

static void put_digits(struct line *line, int value)
{
	char digits[12];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	while (n)
		line->s[line->len++] = digits[--n];
}

static void put_whole(struct line *line, int value)
{
	if (value != ERT_NONE && value < 0)
		put_char(line, '-');
	if (value != ERT_NONE)
		put_digits(line, value < 0 ? -value : value);
	put_char(line, ',');
}

/* Is it what num_write would say? [-]0|[1-9]digits[.digits], no zero at the end, not so small or long that it says e. */
static bool is_canonical(const struct ert_cell *cell)
{
	const char *s = cell->s, *end = s + cell->len, *start;

	if (s < end && *s == '-')
		s++;
	start = s;
	if (end - s > 15 || s == end || (*s == '0' && s + 1 < end && s[1] != '.'))
		return false;
	while (s < end && *s >= '0' && *s <= '9')
		s++;
	if (s == end)
		return s > start && (*start != '0' || start == cell->s);
	if (s == start || *s != '.' || end[-1] == '0' || end[-1] == '.')
		return false;
	if (end - s > 4 && *start == '0')
		return false;
	while (++s < end)
		if (*s < '0' || *s > '9')
			return false;
	return true;
}

static void put_number(struct line *line, const struct ert_cell *cell)
{
	double value;

	if (is_canonical(cell)) {
		memcpy(line->s + line->len, cell->s, cell->len);
		line->len += cell->len;
	} else if (num_read(cell->s, cell->len, &value) == 0) {
		line->len += num_write(value, line->s + line->len);
	}
	put_char(line, ',');
}

static void line_flush(struct line *line, struct buf *buf)
{
	buf_add(buf, line->s, line->len);
	line->len = 0;
}

/* COUNTRY_FIRST_LAST, quoted where the country's own name has to be. */
static void put_id(struct line *line, const struct labels *labels, int start, int end, struct buf *buf)
{
	if (start != ERT_NONE) {
		line_flush(line, buf);
		buf_add(buf, labels->id, labels->id_len);
		put_char(line, '_');
		put_digits(line, start);
		put_char(line, '_');
		put_digits(line, end);
		if (labels->quoted)
			put_char(line, '"');
	}
	put_char(line, ',');
}

static void put_regime(struct line *line, const struct ert_regime *regime, const struct labels *labels, struct buf *buf)
{
	put_whole(line, regime->start);
	put_whole(line, regime->end);
	put_id(line, labels, regime->start, regime->end, buf);
	put_whole(line, regime->type);
	put_whole(line, regime->change);
	put_whole(line, regime->dem_election);
	put_whole(line, regime->aut_election);
	put_whole(line, regime->event);
	put_whole(line, regime->censored);
}

static void put_side(struct line *line, const struct ert_side *side, const struct labels *labels, struct buf *buf)
{
	put_whole(line, side->ep);
	put_id(line, labels, side->start, side->end, buf);
	put_whole(line, side->start);
	put_whole(line, side->end);
	put_whole(line, side->pre);
	put_whole(line, side->termination);
	put_whole(line, side->prch);
	put_whole(line, side->partial);
	put_whole(line, side->sub);
	put_whole(line, side->outcome);
	put_whole(line, side->outcome_agg);
	put_whole(line, side->censored);
}

static struct labels labels_of(const struct ert_country *country, struct arena *arena)
{
	_cleanup_(buf_free) struct buf head = {0}, id = {0};
	struct labels labels = {0};

	csv_put(&head, country->number ? country->number : "", ',');
	buf_putc(&head, ',');
	csv_put(&head, country->id, ',');
	buf_putc(&head, ',');
	csv_put(&head, country->name ? country->name : "", ',');
	buf_putc(&head, ',');
	csv_put(&id, country->id, ',');
	labels.quoted = id.s[0] == '"';
	labels.head = arena_ndup(arena, head.s, head.len);
	labels.head_len = head.len;
	labels.id_len = id.len - labels.quoted;
	labels.id = arena_ndup(arena, id.s, labels.id_len);
	return labels;
}

struct result {
	struct ert_regime regime;
	struct ert_side sides[2];
};

static void put_row(const struct ert_row *row, const struct result *result, const struct labels *labels, struct buf *buf)
{
	struct line line = {.len = 0};

	buf_add(buf, labels->head, labels->head_len);
	put_whole(&line, row->year);
	put_whole(&line, row->regime);
	put_number(&line, &row->index);
	put_number(&line, &row->low);
	put_number(&line, &row->high);
	put_regime(&line, &result->regime, labels, buf);
	put_side(&line, &result->sides[0], labels, buf);
	put_side(&line, &result->sides[1], labels, buf);
	line.s[line.len - 1] = '\n';
	line_flush(&line, buf);
}

void ert_table_write(const struct ert_table *table, const struct episode_rule *rule, struct buf *buf)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct labels *labels = arena_array(&arena, struct labels, table->n_countries);
	struct result *results = arena_array(&arena, struct result, table->n_rows);
	struct ert_room room;

	ert_room_make(table, &arena, &room);
	for (size_t c = 0; c < table->n_countries; c++) {
		const struct ert_country *country = &table->countries[c];
		struct ert_input in = ert_table_country(table, c, &room);

		labels[c] = labels_of(country, &arena);
		ert_run(&in, rule, &room);
		for (size_t i = country->first; i < country->first + country->n; i++) {
			size_t row = table->order[i], at = (size_t)(table->rows[row].year - table->first);

			results[row] = (struct result){room.regimes[at], {room.sides[0][at], room.sides[1][at]}};
		}
	}
	buf_add(buf, header, sizeof header - 1);
	for (size_t i = 0; i < table->n_rows; i++)
		put_row(&table->rows[i], &results[i], &labels[table->rows[i].country], buf);
}
