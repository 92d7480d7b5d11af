/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.c - whole files in, whole files or nothing out. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tocsin/base.h>

static void file_closep(FILE **file)
{
	if (*file && *file != stdin && *file != stdout)
		fclose(*file);
}

static int file_fault(const char *path, const char *verb, struct err *err)
{
	enum err_code code = errno == ENOENT ? ERR_NOT_FOUND
			   : errno == EACCES || errno == EPERM || errno == EROFS ? ERR_DENIED
			   : ERR_FAILED;

	return err_set(err, code, "could not %s \"%s\": %s", verb, path, strerror(errno));
}

int file_read(const char *path, size_t limit, struct arena *arena, char **ret, size_t *ret_len,
	      struct err *err)
{
	_cleanup_(file_closep) FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	_cleanup_(buf_free) struct buf all = {0};
	char part[65536];
	size_t n;

	if (!file)
		return file_fault(path, "read", err);
	while ((n = fread(part, 1, sizeof part, file)) > 0) {
		buf_add(&all, part, n);
		if (all.len > limit)
			return err_set(err, ERR_DATA, "%s:1:1: more than %zu bytes", path, limit);
	}
	if (ferror(file))
		return file_fault(path, "read", err);
	*ret = arena_ndup(arena, all.len ? all.s : "", all.len);
	*ret_len = all.len;
	return 0;
}

static int write_all(FILE *file, const char *bytes, size_t len)
{
	return fwrite(bytes, 1, len, file) == len && fflush(file) == 0 ? 0 : -1;
}

/* A device or a pipe is written to as it is: a rename would put a file in its place. */
static int write_through(const char *path, const char *bytes, size_t len, struct err *err)
{
	_cleanup_(file_closep) FILE *file = fopen(path, "wb");

	return !file || write_all(file, bytes, len) < 0 ? file_fault(path, "write", err) : 0;
}

int file_write(const char *path, const char *bytes, size_t len, struct err *err)
{
	_cleanup_(buf_free) struct buf part = {0};
	struct stat about;
	FILE *file;
	int r;

	if (strcmp(path, "-") == 0)
		return write_all(stdout, bytes, len) < 0 ? file_fault("standard output", "write", err) : 0;
	if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
		return write_through(path, bytes, len, err);
	buf_printf(&part, "%s.%ld.part", path, (long)getpid());
	file = fopen(part.s, "wb");
	if (!file)
		return file_fault(path, "write", err);
	r = write_all(file, bytes, len);
	if (r == 0)
		r = fsync(fileno(file));
	if (fclose(file) != 0 || r < 0 || rename(part.s, path) < 0) {
		r = file_fault(path, "write", err);
		unlink(part.s);
		return r;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int file_list(const char *dir, struct arena *arena, const char ***ret, size_t *ret_n, struct err *err)
{
	const char **names = NULL;
	size_t n = 0, cap = 0;
	struct dirent *entry;
	DIR *open = opendir(dir);

	if (!open)
		return file_fault(dir, "read", err);
	while ((entry = readdir(open)))
		if (entry->d_name[0] != '.')
			*arena_push(arena, names, n, cap) = arena_dup(arena, entry->d_name);
	closedir(open);
	if (n)
		qsort(names, n, sizeof *names, by_name);
	*ret = names;
	*ret_n = n;
	return 0;
}

bool file_is_dir(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

bool file_is_special(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}
