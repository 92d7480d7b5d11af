/* SPDX-License-Identifier: GPL-3.0-or-later */
/* context.c - where the store, the data and the settings are: flags, then TOCSIN_*, then files. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

const char *cli_setting(const struct cli *cli, const char *option, const char *variable,
			const char *section, const char *key)
{
	const char *value = option ? cli_option(cli, option) : NULL;

	if (!value && variable)
		value = getenv(variable);
	if (value && *value)
		return value;
	return conf_get(&cli->conf, section, key);
}

static const char *home_folder(struct cli *cli, const char *variable, const char *below)
{
	const char *base = getenv(variable), *home = getenv("HOME");

	if (base && *base)
		return base;
	return arena_printf(&cli->arena, "%s/%s", home && *home ? home : "/tmp", below);
}

/* A setting that nobody reads would be believed to hold. */
static int check_settings(const struct conf *conf, struct err *err)
{
	static const char *const known[] = {"store.location", "store.max_mib", "user.name", "serve.port",
					    "ledger.key", "user.cost_loss"};
	_cleanup_(arena_free) struct arena arena = {0};

	for (size_t i = 0; i < conf->n; i++) {
		const char *name = arena_printf(&arena, "%s.%s", conf->v[i].section, conf->v[i].key), *nearest;
		bool found = false;

		for (size_t k = 0; k < LENGTH(known) && !found; k++)
			found = strcmp(known[k], name) == 0;
		if (found)
			continue;
		err_set(err, ERR_DATA, "%s:%zu:1: unknown setting \"%.40s\"", conf->name, conf->v[i].line, name);
		nearest = str_nearest(name, known, LENGTH(known));
		return nearest ? err_hint(err, ERR_DATA, "Did you mean \"%s\"?", nearest) : ERR_DATA;
	}
	return 0;
}

int cli_configure(struct cli *cli, struct err *err)
{
	const char *path = cli_option(cli, "config");
	char *text;
	size_t len;
	int r;

	if (!path)
		path = getenv("TOCSIN_CONFIG");
	if (!path || !*path) {
		path = arena_printf(&cli->arena, "%s/tocsin/tocsin.conf",
				    home_folder(cli, "XDG_CONFIG_HOME", ".config"));
		if (!file_exists(path))
			path = "/etc/tocsin/tocsin.conf";
		if (!file_exists(path))
			return 0;
	}
	r = file_read(path, (size_t)1 << 20, &cli->arena, &text, &len, err);
	if (r == 0)
		r = conf_read(path, text, len, &cli->arena, &cli->conf, err);
	return r < 0 ? r : check_settings(&cli->conf, err);
}

const char *cli_store_path(struct cli *cli)
{
	const char *path = cli_setting(cli, "store", "TOCSIN_STORE", "store", "location");

	if (path)
		return path;
	return arena_printf(&cli->arena, "%s/tocsin/tocsin.db",
			    home_folder(cli, "XDG_DATA_HOME", ".local/share"));
}

const char *cli_user(struct cli *cli)
{
	const char *user = cli_setting(cli, "user", "TOCSIN_USER", "user", "name");

	return user ? user : "local";
}

int64_t cli_as_of(const struct cli *cli)
{
	return instant_is_set(cli->as_of) ? instant_last(cli->as_of) : AS_OF_ALL;
}

int cli_store(struct cli *cli, enum store_mode mode, struct err *err)
{
	double mib;
	int r = store_open(cli_store_path(cli), mode, &cli->store, err);

	if (r < 0)
		return r;
	r = conf_number(&cli->conf, "store", "max_mib", 0, &mib, err);
	if (r == 0 && mib > 0)
		r = store_limit(cli->store, (int64_t)(mib * 1048576), err);
	return r;
}

/* TOCSIN_DATA, then beside the binary or above it (a build tree), then under the prefix. */
static const char *data_folder(struct cli *cli)
{
	static const char *const places[] = {"data", "../data", "../../data", "../share/tocsin"};
	const char *given = getenv("TOCSIN_DATA");
	char exe[4096];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);

	if (given && *given)
		return given;
	exe[len > 0 ? len : 0] = '\0';
	if (strrchr(exe, '/'))
		*strrchr(exe, '/') = '\0';
	for (size_t i = 0; i < LENGTH(places); i++) {
		const char *path = arena_printf(&cli->arena, "%s/%s", exe, places[i]);

		if (file_exists(arena_printf(&cli->arena, "%s/units/units.csv", path)))
			return path;
	}
	return arena_printf(&cli->arena, "%s/data", exe);
}

int cli_house(struct cli *cli, struct err *err)
{
	int r;

	if (cli->house)
		return 0;
	r = house_open(data_folder(cli), &cli->house, err);
	if (r == ERR_NOT_FOUND)
		err_hint(err, r, "Set TOCSIN_DATA to the folder with units, lexicons, rules and instruments.");
	if (r == 0)
		cli->house->version = arena_printf(&cli->arena, "%s+%s", version_text, commit_text);
	return r == 0 && cli->store ? house_add_units(cli->house, cli->store, err) : r;
}

void cli_close(struct cli *cli)
{
	house_close(cli->house);
	store_close(cli->store);
	arena_free(&cli->arena);
}
