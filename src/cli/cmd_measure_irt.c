/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_measure_irt.c - tocsin measure irt: expert ratings into a latent series with its uncertainty. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

#define INPUT_LIMIT ((size_t)4 << 30)
#define CHECKPOINT "checkpoint.bin"

struct watch {
	struct cli *cli;
	const char *checkpoint;
};

static void show_progress(const struct irt_progress *progress, void *user)
{
	const struct watch *watch = user;
	const int tenths = (int)(10 * progress->sweeps / progress->most);
	char bar[11] = "..........";

	memset(bar, '#', (size_t)(tenths > 10 ? 10 : tenths));
	if (progress->warming_up)
		say(watch->cli, "[%s] %zu sweeps, warming up, %.0f %% accepted", bar, progress->sweeps, 100 * progress->accepted);
	else
		say(watch->cli, "[%s] %zu sweeps of at most %zu: R-hat above 1.01: %.1f %% of latents, %.1f %% of reliabilities; "
		    "ESS below 400: %.1f %% of latents; %.0f %% accepted", bar, progress->sweeps, progress->most,
		    100 * progress->rhat_over, 100 * progress->raters_over, 100 * progress->ess_under, 100 * progress->accepted);
}

static int keep_checkpoint(const char *bytes, size_t len, void *user, struct err *err)
{
	const struct watch *watch = user;

	return file_write(watch->checkpoint, bytes, len, err);
}

/* Options to the setup; the folder is made when it is not there. */
static int read_setup(struct cli *cli, struct irt_setup *setup, const char **dir, struct err *err)
{
	static const char *const models[] = {"static", "dynamic"};
	const char *model = cli_option(cli, "model");
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t seed, threads, sweeps;
	int r = model ? cli_find(models, LENGTH(models), model, "model", err) : 1;

	if (r < 0 || cli_number(cli, "seed", 1, &seed, err) < 0 ||
	    cli_number(cli, "threads", cores > 0 ? cores : 1, &threads, err) < 0 ||
	    cli_number(cli, "sweeps", 0, &sweeps, err) < 0)
		return ERR_USAGE;
	setup->is_static = r == 0;
	if (threads < 1 || threads > 64 || sweeps < 0 || sweeps > 10000000)
		return err_set(err, ERR_USAGE, "%s is out of range", threads < 1 || threads > 64 ? "--threads" : "--sweeps");
	setup->seed = (uint64_t)seed;
	setup->threads = (size_t)threads;
	setup->most = (size_t)sweeps;
	*dir = cli_option(cli, "out");
	if (!*dir)
		return err_set(err, ERR_USAGE, "\"%s\" needs --out, a folder", cli->command->name);
	if (mkdir(*dir, 0777) < 0 && errno != EEXIST)
		return err_set(err, ERR_FAILED, "could not make folder \"%s\": %s", *dir, strerror(errno));
	return 0;
}

static int read_text(struct cli *cli, const char *option, struct irt_text *text, struct err *err)
{
	char *bytes;
	int r = filter_read(cli, option, &bytes, &text->len, err);

	text->name = cli_option(cli, option);
	if (r == 0)
		text->text = bytes;
	return r;
}

static int read_table(struct cli *cli, struct irt_table *table, struct err *err)
{
	struct irt_text ratings, experts, vignettes = {0};
	int r = read_text(cli, "ratings", &ratings, err);

	if (r == 0)
		r = read_text(cli, "experts", &experts, err);
	if (r == 0 && cli_has(cli, "vignettes"))
		r = read_text(cli, "vignettes", &vignettes, err);
	if (r == 0)
		r = irt_read(&ratings, &experts, &vignettes, &cli->arena, table, err);
	if (r < 0)
		return r;
	say(cli, "%zu ratings in %u categories%s, %zu experts, %zu units, %zu years of units, %zu vignettes", table->n_rated,
	    table->k, table->from_zero ? " counted from 0" : "", table->n_raters - table->n_silent_raters,
	    table->n_units - table->n_silent_units, table->n_points - table->n_vignettes, table->n_vignettes);
	if (table->n_silent_raters)
		say(cli, "%zu experts have no rating and get no estimate", table->n_silent_raters);
	for (size_t u = 0; u < table->n_units; u++)
		if (table->units[u].n == 0)
			say(cli, "unit \"%s\" has no rating and gets no estimate", table->units[u].name);
	return 0;
}

static int write_tables(struct cli *cli, const char *dir, const struct irt_table *table, const struct irt_setup *setup,
			const struct irt_result *result, struct err *err)
{
	_cleanup_(buf_free) struct buf latents = {0}, experts = {0}, thresholds = {0}, diagnostics = {0};
	const struct { const char *name; const struct buf *buf; } files[] = {
		{"latent.csv", &latents}, {"experts.csv", &experts}, {"thresholds.csv", &thresholds},
		{"diagnostics.csv", &diagnostics},
	};
	int r = 0;

	irt_write_latents(&latents, table, result);
	irt_write_experts(&experts, table, result);
	irt_write_thresholds(&thresholds, table, result);
	irt_write_diagnostics(&diagnostics, table, setup, result);
	for (size_t i = 0; i < LENGTH(files) && r == 0; i++)
		r = file_write(arena_printf(&cli->arena, "%s/%s", dir, files[i].name), files[i].buf->s, files[i].buf->len, err);
	return r;
}

static int measure_irt(struct cli *cli, struct err *err)
{
	struct watch watch = {.cli = cli};
	struct irt_setup setup = {.progress = show_progress, .keep = keep_checkpoint, .user = &watch};
	struct irt_result result;
	struct irt_table table;
	const char *dir = NULL;
	char *bytes;
	int r = read_setup(cli, &setup, &dir, err);

	if (r == 0)
		r = read_table(cli, &table, err);
	if (r < 0)
		return r;
	watch.checkpoint = arena_printf(&cli->arena, "%s/" CHECKPOINT, dir);
	if (cli_has(cli, "resume") && file_exists(watch.checkpoint)) {
		if ((r = file_read(watch.checkpoint, INPUT_LIMIT, &cli->arena, &bytes, &setup.resume_len, err)) < 0)
			return r;
		setup.resume = bytes;
		say(cli, "going on from %s", watch.checkpoint);
	} else if (cli_has(cli, "resume")) {
		say(cli, "no checkpoint in %s: from the start", dir);
	}
	r = irt_run(&table, &setup, &cli->arena, &result, err);
	if (r == 0)
		r = write_tables(cli, dir, &table, &setup, &result, err);
	if (r < 0)
		return r;
	unlink(watch.checkpoint);   /* all that it was for is done */
	say(cli, "%s after %zu sweeps of %d chains, seed %llu", result.converged ? "converged" : "not converged",
	    result.state.sweeps, IRT_CHAINS, (unsigned long long)setup.seed);
	return 0;
}

static const struct option irt_options[] = {
	{"ratings", "FILE", "expert, unit, year, rating, confidence; - for standard input"},
	{"experts", "FILE", "expert, main_country"},
	{"vignettes", "FILE", "vignette, threshold; without it, none"},
	{"out", "DIR", "folder for latent.csv, experts.csv, thresholds.csv, diagnostics.csv and the checkpoint"},
	{"model", "NAME", "dynamic (default) or static, the reference model"},
	{"seed", "N", "seed of the chains (default 1)"},
	{"sweeps", "N", "give up after so many sweeps of each chain beyond the warm-up"},
	{"threads", "N", "threads (default: all cores); no number changes the result"},
	{"resume", NULL, "go on from the checkpoint in DIR, if there is one"},
};

const struct command command_measure_irt = {
	.name = "measure irt", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "expert ratings on an ordinal scale into a latent series with its uncertainty",
	.examples = {"tocsin measure irt --ratings ratings.csv --experts experts.csv --vignettes vignettes.csv --out irt",
		     "tocsin measure irt --ratings r.csv --experts e.csv --out irt --model static --seed 7"},
	.details = "Four chains run until at most 5 % of R-hat lie above 1.01 and 95 % of latents have an effective sample\n"
		   "size of 400. The same seed gives the same bytes, also after a stop and --resume.",
	.options = irt_options, .n_options = LENGTH(irt_options), .run = measure_irt,
};
