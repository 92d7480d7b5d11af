/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * driver.c - replays a corpus through a fuzz target without libFuzzer: every file
 * of the folder named.
 */
#include "fuzz/target.h"

static int replay_file(const char *path, struct arena *arena, struct err *err)
{
	char *bytes;
	size_t len;
	int r = file_read(path, (size_t)64 << 20, arena, &bytes, &len, err);

	if (r == 0)
		LLVMFuzzerTestOneInput((const uint8_t *)bytes, len);
	return r;
}

static int replay_all(const char *folder, struct arena *arena, size_t *n, struct err *err)
{
	const char **names;
	int r = file_list(folder, arena, &names, n, err);

	for (size_t i = 0; i < *n && r == 0; i++)
		r = replay_file(arena_printf(arena, "%s/%s", folder, names[i]), arena, err);
	return r;
}

int main(int argc, char **argv)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct err err = {0};
	size_t n = 0;
	int r = argc == 2 ? replay_all(argv[1], &arena, &n, &err) : ERR_USAGE;

	if (r < 0)
		fprintf(stderr, "%s\n", argc == 2 ? err.msg : "usage: replay FOLDER");
	else
		printf("%zu files replayed\n", n);
	return r < 0 || n == 0;
}
