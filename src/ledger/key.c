/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key.c - Ed25519 keys: made of a seed, read from and written to a file that only its owner may read. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "ledger/nodes.h"

#define KEY_LINE (2 * KEY_SEED + 1)   /* digits and a newline */

_Static_assert(KEY_SEED == crypto_sign_ed25519_SEEDBYTES, "the seed of Ed25519");
_Static_assert(sizeof ((struct signing_key *)0)->secret == crypto_sign_ed25519_SECRETKEYBYTES, "its key");

bool is_hex(const char *s, size_t digits)
{
	return strlen(s) == digits && strspn(s, "0123456789abcdef") == digits;
}

bool key_is_public(const char *hex)
{
	return is_hex(hex, 2 * crypto_sign_ed25519_PUBLICKEYBYTES);
}

void key_of_seed(const unsigned char seed[KEY_SEED], struct signing_key *ret)
{
	unsigned char public[crypto_sign_ed25519_PUBLICKEYBYTES];

	crypto_sign_ed25519_seed_keypair(public, ret->secret, seed);
	sodium_bin2hex(ret->public, sizeof ret->public, public, sizeof public);
}

void key_forget(struct signing_key *key)
{
	sodium_memzero(key, sizeof *key);
}

static int key_fault(const char *path, const char *verb, struct err *err)
{
	enum err_code code = errno == ENOENT ? ERR_NOT_FOUND
			   : errno == EEXIST ? ERR_CONFLICT
			   : errno == EACCES || errno == EPERM || errno == EROFS ? ERR_DENIED
			   : ERR_FAILED;

	return err_set(err, code, "could not %s the key \"%s\": %s", verb, path, strerror(errno));
}

static void fd_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* A file, and nobody else's business. */
static int check_mode(int fd, const char *path, struct err *err)
{
	struct stat about;

	if (fstat(fd, &about) < 0)
		return key_fault(path, "read", err);
	if (!S_ISREG(about.st_mode))
		return err_set(err, ERR_DATA, "the key \"%s\" is not a file", path);
	if (about.st_mode & 077)
		return err_hint(err, err_set(err, ERR_DENIED, "the key \"%s\" has the mode %04o: others may get at it",
					     path, (unsigned)(about.st_mode & 07777)),
				"Give it the mode 0600, and think about who may have read it.");
	return 0;
}

int key_read(const char *path, struct signing_key *ret, struct err *err)
{
	_cleanup_(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char line[KEY_LINE + 2] = "";
	unsigned char seed[KEY_SEED];
	ssize_t n;
	int r;

	if (fd < 0)
		return key_fault(path, "read", err);
	r = check_mode(fd, path, err);
	if (r < 0)
		return r;
	n = read(fd, line, sizeof line - 1);
	if (n < 0)
		return key_fault(path, "read", err);
	if (n == KEY_LINE && line[n - 1] == '\n')
		line[n - 1] = '\0';
	if (strlen(line) == 2 * KEY_SEED && is_hex(line, 2 * KEY_SEED)) {
		sodium_hex2bin(seed, sizeof seed, line, 2 * KEY_SEED, NULL, NULL, NULL);
		key_of_seed(seed, ret);
	} else {
		r = err_set(err, ERR_DATA, "%s:1:1: not a key, expected one line of %d digits 0-9, a-f", path, 2 * KEY_SEED);
	}
	sodium_memzero(seed, sizeof seed);
	sodium_memzero(line, sizeof line);
	return r;
}

static int seed_write(int fd, const unsigned char seed[KEY_SEED])
{
	char line[KEY_LINE + 1];
	ssize_t n;

	sodium_bin2hex(line, sizeof line, seed, KEY_SEED);
	line[KEY_LINE - 1] = '\n';
	n = write(fd, line, KEY_LINE);
	sodium_memzero(line, sizeof line);
	if (n >= 0 && n < KEY_LINE)
		errno = ENOSPC;
	return n == KEY_LINE && fsync(fd) == 0 ? 0 : -1;
}

int key_make(const char *path, struct signing_key *ret, struct err *err)
{
	_cleanup_(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	unsigned char seed[KEY_SEED];
	int r = 0;

	if (fd < 0)
		return key_fault(path, "make", err);
	if (sodium_init() < 0)
		r = err_set(err, ERR_FAILED, "no source of random numbers for the key \"%s\"", path);
	if (r == 0) {
		randombytes_buf(seed, sizeof seed);
		if (seed_write(fd, seed) < 0)
			r = key_fault(path, "write", err);
	}
	if (r < 0)
		unlink(path);
	else
		key_of_seed(seed, ret);
	sodium_memzero(seed, sizeof seed);
	return r;
}
