/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_tree.c - the elements of a frame as a tree: parents, levels, orders; and the
 * reference program's table of elements (iMeta).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/composite_tree.h"

struct table {
	struct csv csv;
	int code, direction, weight, denominator, parent, type;
	struct frame *frame;
	struct element *groups;
	size_t n_groups, cap, groups_cap;
};

static int cell_number(struct table *table, int column, double *ret, struct err *err)
{
	const struct csv_cell *cell = &table->csv.row[column];

	if (num_read(cell->s, cell->len, ret) < 0)
		return csv_error(&table->csv, (size_t)column, err, "\"%.40s\" is not a number", cell->s);
	return 0;
}

static int table_row(struct table *table, struct arena *arena, struct err *err)
{
	const char *type = csv_text(&table->csv, table->type);
	struct frame *frame = table->frame;
	bool indicator = str_eq(type, "Indicator");
	struct element element = {.line = table->csv.row[0].line, .treated = true, .error = NAN,
				  .norm = frame->norm, .mean = MEAN_ARITHMETIC};
	double direction;
	int r;

	if (!indicator && !str_eq(type, "Aggregate"))
		return 0;   /* groups and denominators are columns of the data */
	element.code = arena_dup(arena, csv_text(&table->csv, table->code));
	if (!element.code)
		return csv_error(&table->csv, (size_t)table->code, err, "no code");
	r = cell_number(table, table->direction, &direction, err);
	if (r == 0)
		r = cell_number(table, table->weight, &element.weight, err);
	if (r < 0)
		return r;
	if (fabs(direction) != 1)
		return csv_error(&table->csv, (size_t)table->direction, err, "direction is %g, expected 1 or -1", direction);
	if (element.weight < 0)
		return err_hint(err, csv_error(&table->csv, (size_t)table->weight, err, "weight of \"%.60s\" is negative: %g",
					       element.code, element.weight),
				"Turn an indicator round by its direction, -1.");
	element.direction = (int)direction;
	element.parent_code = arena_dup(arena, csv_text(&table->csv, table->parent));
	if (table->denominator >= 0)
		element.denominator = arena_dup(arena, csv_text(&table->csv, table->denominator));
	if (indicator)
		*arena_push(arena, frame->v, frame->n_indicators, table->cap) = element;
	else
		*arena_push(arena, table->groups, table->n_groups, table->groups_cap) = element;
	return 0;
}

static int frame_read_table(const struct composite_file *file, struct arena *arena, struct frame *frame, struct err *err)
{
	_cleanup_(arena_free) struct arena scratch = {0};
	struct table table = {.frame = frame};
	struct csv *csv = &table.csv;
	int r;

	frame_start_table(frame, file->name);
	r = csv_open(csv, file->name, file->text, file->len, ',', &scratch, err);
	if (r < 0)
		return r;
	const struct { const char *name; int *at; } needed[] = {
		{"iCode", &table.code}, {"Direction", &table.direction},
		{"Weight", &table.weight}, {"Parent", &table.parent}, {"Type", &table.type},
	};
	for (size_t i = 0; i < LENGTH(needed); i++)
		if ((*needed[i].at = csv_need(csv, needed[i].name, err)) < 0)
			return ERR_DATA;
	table.denominator = csv_column(csv, "Denominator");
	while ((r = csv_next(csv, &scratch, err)) == 1)
		if ((r = table_row(&table, arena, err)) < 0)
			return r;
	if (r < 0)
		return r;
	frame->n = frame->n_indicators;
	for (size_t i = 0; i < table.n_groups; i++)
		*arena_push(arena, frame->v, frame->n, table.cap) = table.groups[i];
	for (size_t i = 0; i < frame->n_indicators && i < 2; i++)
		frame->trends[frame->n_trends++] = frame->v[i].code;
	return 0;
}

/* ---- the tree ---- */

static int element_error(const struct frame *frame, const struct element *element, struct err *err, const char *what,
			 const char *name)
{
	return err_set(err, ERR_DATA, "%s:%zu:1: %s \"%.60s\"", frame->name, element->line, what, name);
}

static int find_parents(struct frame *frame, struct err *err)
{
	size_t tops = 0;

	for (size_t i = 0; i < frame->n; i++) {
		struct element *element = &frame->v[i];
		size_t parent = NO_PARENT;

		if (frame_find(frame, element->code) != i)
			return element_error(frame, element, err, "a second element", element->code);
		if (element->parent_code) {
			parent = frame_find(frame, element->parent_code);
			if (parent == NO_PARENT || parent < frame->n_indicators)
				return err_hint(err, element_error(frame, element, err, "no group", element->parent_code),
						"Give every group a section or row of its own, with its weight.");
		} else if (i < frame->n_indicators) {
			return element_error(frame, element, err, "no group is named for the indicator", element->code);
		} else if (tops++) {
			return err_hint(err, element_error(frame, element, err, "a second top of the tree:", element->code),
					"Every group but one needs a parent.");
		}
		element->parent = parent;
	}
	return 0;
}

/* A level above the highest child; what never settles is a circle. */
static int find_levels(struct frame *frame, struct err *err)
{
	for (size_t i = 0; i < frame->n; i++)
		frame->v[i].level = i < frame->n_indicators;
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < frame->n; i++) {
			size_t parent = frame->v[i].parent;

			if (parent != NO_PARENT && frame->v[i].level && frame->v[parent].level <= frame->v[i].level) {
				frame->v[parent].level = frame->v[i].level + 1;
				changed = true;
			}
			if (frame->v[i].level > 16)
				return err_hint(err, element_error(frame, &frame->v[i], err, "more than sixteen levels at",
								   frame->v[i].code), "Is a group its own parent?");
		}
	}
	for (size_t i = 0; i < frame->n; i++) {
		if (frame->v[i].level == 0)
			return err_hint(err, element_error(frame, &frame->v[i], err, "nothing stands below the group",
							   frame->v[i].code),
					"A group needs at least one indicator, and no group may be its own parent.");
		if (frame->v[i].level > frame->n_levels)
			frame->n_levels = frame->v[i].level;
	}
	return 0;
}

int compare_code(const char *a, const char *b)
{
	const int r = a && b ? strcasecmp(a, b) : 0;

	return r ? r : str_cmp(a, b);
}

static int compare_upwards(const void *a, const void *b, void *user)
{
	const struct frame *frame = user;
	const struct element *x = &frame->v[*(const size_t *)a], *y = &frame->v[*(const size_t *)b];

	return x->level != y->level ? x->level - y->level : compare_code(x->code, y->code);
}

static int compare_sorted(const void *a, const void *b, void *user)
{
	const struct frame *frame = user;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	const struct element *x = &frame->v[i], *y = &frame->v[j];
	int r = x->level - y->level;

	if (r == 0)
		r = compare_code(x->parent_code, y->parent_code);
	return r ? r : (i > j) - (i < j);
}

static void frame_order(struct frame *frame, struct arena *arena)
{
	size_t groups = frame->n - frame->n_indicators;
	static const char *const four[] = {"Indicator", "Pillar", "Sub-index", "Index"};

	frame->upwards = arena_array(arena, size_t, groups);
	frame->sorted = arena_array(arena, size_t, frame->n);
	for (size_t i = 0; i < frame->n; i++)
		frame->sorted[i] = i;
	for (size_t i = 0; i < groups; i++)
		frame->upwards[i] = frame->n_indicators + i;
	qsort_r(frame->upwards, groups, sizeof *frame->upwards, compare_upwards, frame);
	qsort_r(frame->sorted, frame->n, sizeof *frame->sorted, compare_sorted, frame);
	for (int level = 0; level < 16; level++) {
		if (frame->levels[level])
			continue;
		if (frame->n_levels == 4)
			frame->levels[level] = level < 4 ? four[level] : "";
		else if (level + 1 == frame->n_levels)
			frame->levels[level] = "Index";
		else
			frame->levels[level] = level ? arena_printf(arena, "Level%d", level + 1) : "Indicator";
	}
}

static int check_names(const struct frame *frame, struct err *err)
{
	for (size_t i = 0; i < frame->n_trends; i++)
		if (frame_find(frame, frame->trends[i]) >= frame->n_indicators)
			return err_set(err, ERR_DATA, "%s:1:1: no indicator \"%.60s\", named by trends", frame->name,
				       frame->trends[i]);
	return 0;
}

int frame_read(const struct composite_file *file, struct arena *arena, struct frame *ret, struct err *err)
{
	const char *end = memchr(file->text, '\n', file->len);
	size_t first = end ? (size_t)(end - file->text) : file->len;
	bool table = memmem(file->text, first, "iCode", 5) && memmem(file->text, first, "Parent", 6);
	struct frame frame;
	int r = table ? frame_read_table(file, arena, &frame, err) : frame_read_conf(file, arena, &frame, err);

	if (r < 0)
		return r;
	if (frame.n_indicators == 0)
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: a frame without indicators", file->name),
				"Give each a section [indicator CODE] with its group, or a row of type Indicator.");
	if (frame.n > FRAME_LIMIT)
		return err_set(err, ERR_DATA, "%s:1:1: %zu elements, expected at most %d", file->name, frame.n, FRAME_LIMIT);
	r = find_parents(&frame, err);
	if (r == 0)
		r = find_levels(&frame, err);
	if (r == 0)
		r = check_names(&frame, err);
	if (r < 0)
		return r;
	frame_order(&frame, arena);
	*ret = frame;
	return 0;
}
