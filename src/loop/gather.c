/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gather.c - the shell of collect: a folder by its manifest, or one file, into the
 * store. A file with a fault is refused whole and named; the others go on.
 */
#include <string.h>

#include <tocsin/collect.h>

#include "loop/stages.h"

static void keep_fault(struct work *work, const struct err *fault)
{
	struct round *round = work->round;
	struct err *grown = arena_array(work->arena, struct err, round->n_faults + 1);

	if (round->n_faults)
		memcpy(grown, round->faults, round->n_faults * sizeof *grown);
	grown[round->n_faults++] = *fault;
	round->faults = grown;
}

static void keep_file(struct work *work, const char *name, const struct records *records)
{
	struct round *round = work->round;
	struct collected *grown = arena_array(work->arena, struct collected, round->n_files + 1);
	struct collected file = {.name = arena_dup(work->arena, name), .records = records->n};
	const struct document *first = NULL, *document;
	bool mixed = false;

	for (size_t i = 0; (document = records_next(records, &kind_document, &i));) {
		if (!first)
			first = document;
		mixed = mixed || !str_eq(first->lang, document->lang);
	}
	if (first && !mixed)
		file.lang = arena_dup(work->arena, first->lang);
	if (round->n_files)
		memcpy(grown, round->files, round->n_files * sizeof *grown);
	grown[round->n_files++] = file;
	round->files = grown;
}

/* Files below a folder, one level of folders deep, as names relative to it. */
static int list_files(const char *folder, struct arena *arena, const char ***ret, size_t *ret_n,
		      struct err *err)
{
	const char **files = NULL, **names;
	size_t n = 0, cap = 0, n_names;
	int r = file_list(folder, arena, &names, &n_names, err);

	for (size_t i = 0; i < n_names && r == 0; i++) {
		const char *path = arena_printf(arena, "%s/%s", folder, names[i]), **inner;
		size_t n_inner;

		if (!file_is_dir(path)) {
			*arena_push(arena, files, n, cap) = names[i];
			continue;
		}
		r = file_list(path, arena, &inner, &n_inner, err);
		for (size_t k = 0; r == 0 && k < n_inner; k++)
			if (!file_is_dir(arena_printf(arena, "%s/%s", path, inner[k])))
				*arena_push(arena, files, n, cap) = arena_printf(arena, "%s/%s", names[i], inner[k]);
	}
	*ret = files;
	*ret_n = n;
	return r;
}

/* Without a manifest every file is told by its content. */
static void manifest_guess(const char *const *files, size_t n, struct arena *arena, struct manifest *ret)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(files[i]);

		if (len > 3 && (strcmp(files[i] + len - 3, ".md") == 0 || strcmp(files[i] + len - 3, ".sh") == 0 ||
				strcmp(files[i] + len - 3, ".py") == 0))
			*arena_push(arena, ret->skipped, ret->n_skipped, ret->cap_skipped) = files[i];
		else
			*arena_push(arena, ret->v, ret->n, ret->cap) = (struct source){.name = files[i]};
	}
}

/* Tables of units have to be read before those that speak of them, so they are looked for first. */
static void find_units(const char *folder, struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->n; i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct source *source = &manifest->v[i], found = *source;
		size_t n = strlen(source->name), len;
		char *bytes;

		if (source->role || n < 4 || strcmp(source->name + n - 4, ".csv") != 0 ||
		    file_read(arena_printf(&arena, "%s/%s", folder, source->name), COLLECT_LIMIT, &arena, &bytes, &len,
			      NULL) < 0)
			continue;   /* a file that cannot be read is named when its turn comes */
		source_guess(&found, bytes, len, &arena);
		if (str_eq(found.role, "units"))
			source->role = "units";
	}
}

static int read_manifest(const char *folder, struct arena *arena, struct manifest *ret, struct err *err)
{
	const char *path = arena_printf(arena, "%s/manifest.conf", folder), **files;
	size_t n, len;
	char *text;
	int r = list_files(folder, arena, &files, &n, err);

	if (r < 0)
		return r;
	*ret = (struct manifest){0};
	if (!file_exists(path)) {
		manifest_guess(files, n, arena, ret);
		find_units(folder, ret);
		return 0;
	}
	r = file_read(path, (size_t)4 << 20, arena, &text, &len, err);
	return r < 0 ? r : manifest_read(path, text, len, files, n, arena, ret, err);
}

/* ---- documents that are here already keep their mark; new ones are compared ---- */

static int mark_copies(struct work *work, struct records *fresh, struct arena *arena, struct err *err)
{
	struct document **new = arena_array(arena, struct document *, fresh->n + 1), **old;
	struct records stored = {.arena = arena};
	size_t n_new = 0, n_old = 0;
	struct query query = QUERY(&kind_document, INT64_MIN);
	int64_t least = INT64_MAX;
	struct document *document;
	int r;

	/* What could be the original of any of them, and the documents themselves, known since. */
	for (size_t i = 0; (document = records_next(fresh, &kind_document, &i));) {
		query.as_of = document->r.known.usec > query.as_of ? document->r.known.usec : query.as_of;
		least = document->r.known.usec < least ? document->r.known.usec : least;
	}
	if (least == INT64_MAX)
		return 0;
	query.known_after = least - COPIES_DAYS * USEC_PER_DAY - 1;
	r = store_read(work->store, &query, &stored, err);
	if (r < 0)
		return r;
	records_sort(&stored);
	for (size_t i = 0; (document = records_next(fresh, &kind_document, &i));) {
		const struct document *known = NULL;

		for (size_t low = 0, high = stored.n; low < high && !known;) {
			size_t middle = low + (high - low) / 2;
			int order = strcmp(stored.v[middle]->id, document->r.id);

			if (order == 0)
				known = (const struct document *)stored.v[middle];
			else if (order < 0)
				low = middle + 1;
			else
				high = middle;
		}
		if (known && str_eq(known->raw_hash, document->raw_hash))
			document->copy_of = known->copy_of;
		else
			new[n_new++] = document;
	}
	old = arena_array(arena, struct document *, stored.n + 1);
	for (size_t i = 0; n_new && (document = records_next(&stored, &kind_document, &i));)
		old[n_old++] = document;
	copies_mark(new, n_new, old, n_old, arena);
	return 0;
}

static void count_documents(struct work *work, const struct records *records)
{
	struct document *document;

	for (size_t i = 0; (document = records_next(records, &kind_document, &i));) {
		work->round->documents++;
		work->round->copies += document->copy_of != NULL;
		count_name(work->arena, &work->round->langs, &work->round->n_langs,
			   document->lang ? document->lang : "unknown");
	}
}

static void count_kept(struct record *record, enum put_result result, void *user)
{
	struct round *round = user;
	struct tally *tally = &round->stages[STAGE_COLLECT];

	(void)record;
	round->erased += result == PUT_ERASED;   /* taken away for good: not taken in again */
	tally->made += result == PUT_NEW;
	tally->revised += result == PUT_REVISED;
	tally->same += result == PUT_SAME;
}

/* Where months lie on other servers, what goes to each of them is a unit of work of its own. */
static int keep_records(struct work *work, const struct records *records, struct err *err)
{
	struct record **part = arena_array(records->arena, struct record *, records->n + 1);
	bool *kept = arena_array(records->arena, bool, records->n + 1);
	int r = 0;

	for (size_t i = 0; i < records->n && r == 0; i++) {
		const char *shard = store_shard_of(work->store, records->v[i]);
		size_t n = 0;

		if (kept[i])
			continue;
		for (size_t k = i; k < records->n; k++)
			if (!kept[k] && str_eq(store_shard_of(work->store, records->v[k]), shard)) {
				part[n++] = records->v[k];
				kept[k] = true;
			}
		r = store_put_all(work->store, part, n, count_kept, work->round, err);
		if (r == 0 && shard)
			r = store_turn(work->store, err);
	}
	return r;
}

static const char standard_input[] = "(standard input)";

static int read_file(struct work *work, const char *folder, const struct source *source,
		     struct records *out, struct err *err)
{
	struct collect_setup setup = {.atlas = &work->house->atlas, .seen = work->now};
	const char *path = folder ? arena_printf(out->arena, "%s/%s", folder, source->name) :
			   source->name == standard_input ? "-" : source->name;
	struct source found = *source;
	char *bytes;
	size_t len;
	int r;

	if (folder && file_is_special(path))   /* nobody may ever write to that pipe */
		return err_set(err, ERR_DATA, "could not read \"%s\": it is neither a file nor a folder", path);
	r = file_read(path, COLLECT_LIMIT, out->arena, &bytes, &len, err);
	if (r < 0)
		return r;
	source_guess(&found, bytes, len, out->arena);
	if (str_eq(found.role, "units")) {   /* the tables of this house grow by those of the input */
		struct atlas *atlas = (struct atlas *)&work->house->atlas;

		return atlas_add_units(atlas, found.name, arena_ndup(atlas->arena, bytes, len), len, err);
	}
	return collect_run(&setup, source, bytes, len, out, err);
}

/* What is wrong with one file is that file's fault, what is wrong with the store is not. */
static int gather_file(struct work *work, const char *folder, const struct source *source,
		       struct records *all, struct err *err)
{
	struct records out = {.arena = all->arena};
	struct err fault = {0};
	int r = read_file(work, folder, source, &out, &fault);

	(void)err;
	work->round->stages[STAGE_COLLECT].in++;
	if (r < 0) {
		keep_fault(work, &fault);
		return 0;
	}
	keep_file(work, source->name, &out);
	for (size_t i = 0; i < out.n; i++)
		records_add(all, out.v[i]);
	return 0;
}

int work_collect(struct work *work, const char *input, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records all = {.arena = &arena};
	struct manifest manifest = {0};
	bool folder = file_is_dir(input), piped = strcmp(input, "-") == 0;
	int r = 0;

	if (folder) {
		r = read_manifest(input, &arena, &manifest, err);
	} else if (!piped && !file_exists(input)) {
		r = err_set(err, ERR_NOT_FOUND, "could not read \"%s\": no such file or folder", input);
	} else {
		*arena_push(&arena, manifest.v, manifest.n, manifest.cap) =
			(struct source){.name = piped ? standard_input : input};
	}
	for (int pass = 0; pass < 2; pass++)   /* units first: the other tables speak of them */
		for (size_t i = 0; i < manifest.n && r == 0; i++)
			if (!str_eq(manifest.v[i].role, "labels") && str_eq(manifest.v[i].role, "units") == !pass)
				r = gather_file(work, folder ? input : NULL, &manifest.v[i], &all, err);
	if (r == 0)
		r = mark_copies(work, &all, &arena, err);
	if (r < 0)
		return r;
	work->round->skipped = arena_array(work->arena, const char *, manifest.n_skipped + 1);
	for (size_t i = 0; i < manifest.n_skipped; i++)
		work->round->skipped[work->round->n_skipped++] = arena_dup(work->arena, manifest.skipped[i]);
	count_documents(work, &all);
	return keep_records(work, &all, err);
}
