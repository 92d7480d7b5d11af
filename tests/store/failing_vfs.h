/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * failing_vfs.h - a disk that fails when told to: an SQLite VFS over the usual one.
 *
 * Every change to a file (write, sync, truncate) is counted; number `disk.fails_at`
 * is refused, and all after it as well when `disk.stays_broken`; reads likewise, by a
 * count of their own. Included by one file a program; stores are opened as
 * file:PATH?vfs=failing.
 */
#ifndef TESTS_STORE_FAILING_VFS_H
#define TESTS_STORE_FAILING_VFS_H

#include <stdbool.h>
#include <string.h>

#include <sqlite3.h>

static struct {
	long changes;       /* so far */
	long syncs;         /* of them: made sure to be on the disk */
	long fails_at;      /* the change that fails, from 1; 0: none */
	long reads, read_fails_at;
	bool stays_broken;
	bool failed;
} disk;

struct failing_file {
	sqlite3_file base;
	sqlite3_file *real;   /* lies behind this one */
};

static inline sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct failing_file *)file)->real;
}

static inline bool disk_fails(void)
{
	disk.changes++;
	if (disk.fails_at && (disk.changes == disk.fails_at || (disk.stays_broken && disk.changes > disk.fails_at)))
		disk.failed = true;
	else
		return false;
	return true;
}

static inline int failing_close(sqlite3_file *f)
{
	return real_of(f)->pMethods->xClose(real_of(f));
}

static inline int failing_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
	if (disk.read_fails_at && ++disk.reads == disk.read_fails_at) {
		disk.failed = true;
		return SQLITE_IOERR_READ;
	}
	return real_of(f)->pMethods->xRead(real_of(f), to, n, at);
}

static inline int failing_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	return disk_fails() ? SQLITE_IOERR_WRITE : real_of(f)->pMethods->xWrite(real_of(f), from, n, at);
}

static inline int failing_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return disk_fails() ? SQLITE_IOERR_TRUNCATE : real_of(f)->pMethods->xTruncate(real_of(f), size);
}

/* Counted and not done: nobody pulls the plug here, and thousands of them take long. */
static inline int failing_sync(sqlite3_file *f, int flags)
{
	(void)f;
	(void)flags;
	disk.syncs++;
	return disk_fails() ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static inline int failing_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static inline int failing_lock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xLock(real_of(f), level);
}

static inline int failing_unlock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static inline int failing_reserved(sqlite3_file *f, int *out)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static inline int failing_control(sqlite3_file *f, int op, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static inline int failing_sector(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static inline int failing_traits(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static inline int failing_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}

static inline int failing_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static inline void failing_shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static inline int failing_shm_unmap(sqlite3_file *f, int remove)
{
	return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

static inline int failing_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 2, .xClose = failing_close, .xRead = failing_read, .xWrite = failing_write,
		.xTruncate = failing_truncate, .xSync = failing_sync, .xFileSize = failing_size,
		.xLock = failing_lock, .xUnlock = failing_unlock, .xCheckReservedLock = failing_reserved,
		.xFileControl = failing_control, .xSectorSize = failing_sector,
		.xDeviceCharacteristics = failing_traits, .xShmMap = failing_shm_map,
		.xShmLock = failing_shm_lock, .xShmBarrier = failing_shm_barrier, .xShmUnmap = failing_shm_unmap,
	};
	sqlite3_vfs *usual = vfs->pAppData;
	struct failing_file *file = (struct failing_file *)f;
	int code;

	file->real = (sqlite3_file *)(file + 1);
	code = usual->xOpen(usual, name, file->real, flags, out);
	file->base.pMethods = file->real->pMethods ? &methods : NULL;
	return code;
}

static inline void disk_register(void)
{
	static sqlite3_vfs failing;
	sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

	failing = *usual;
	failing.pNext = NULL;
	failing.zName = "failing";
	failing.pAppData = usual;
	failing.szOsFile = (int)sizeof(struct failing_file) + usual->szOsFile;
	failing.xOpen = failing_open;
	sqlite3_vfs_register(&failing, 0);
}

/* From now on the n-th change fails; 0: none. */
static inline void disk_break(long n, bool stays_broken)
{
	disk.changes = 0;
	disk.syncs = 0;
	disk.fails_at = n;
	disk.reads = disk.read_fails_at = 0;
	disk.stays_broken = stays_broken;
	disk.failed = false;
}

/* From now on the n-th read fails, once. */
static inline void disk_blind(long n)
{
	disk_break(0, false);
	disk.read_fails_at = n;
}

#endif
