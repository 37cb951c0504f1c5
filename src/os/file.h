/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * file - files and folders, with errors a person can act on.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/* Whole file plus a NUL. Fails: ERR_FILE, ERR_TOO_LARGE. */
MUST_CHECK bool file_read(struct arena *into, const char *path, size_t bytes_max, char **ret, size_t *n, struct err *e);
/* Written beside, fsynced, renamed over, folder fsynced. */
MUST_CHECK bool file_write(const char *path, const void *bytes, size_t n, unsigned mode, struct err *e);
MUST_CHECK bool folder_make(const char *path, unsigned mode, struct err *e);       /* with parents */
bool file_exists(const char *path);
/* Regular files below a folder (recursive) whose name ends so, sorted by path; those starting with a dot are
 * left out. The caller closes ret->paths with vec_close. */
struct file_list {
    VEC(const char *) paths;
};
MUST_CHECK bool folder_list(struct arena *into, const char *path, const char *ends, struct file_list *ret, struct err *e);
/* Takes an exclusive lock for the life of the process; *fd stays open. Fails: ERR_LOCKED with the holder's pid if known. */
MUST_CHECK bool file_lock(const char *path, int *fd, struct err *e);
