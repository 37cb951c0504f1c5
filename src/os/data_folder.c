/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data_folder - bantod.lock in it says that it is ours.
 */
#include "os/data_folder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

static bool broken(const char *path, const char *why, struct err *e)
{
    return err_set(e, ERR_FILE, "%.300s" ARG "%s", path, why);
}

static bool is_empty(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    while (folder && count <= 2 && readdir(folder)) {
        count++;
    }
    if (folder) {
        (void)closedir(folder);
    }
    return count <= 2; /* . and .. */
}

bool data_folder_open(struct arena *into, const char *path, const char **ret, struct err *e)
{
    char real[PATH_MAX];
    struct stat info;
    int lock = -1;
    if (!folder_make(path, 0700, e)) {
        return false;
    }
    if (!realpath(path, real) || stat(real, &info) != 0) {
        return broken(path, strerror(errno), e);
    }
    const char *lock_path = arena_printf(into, "%s/bantod.lock", real);
    if ((info.st_mode & 077) != 0) {
        if (info.st_uid != geteuid() || (!file_exists(lock_path) && !is_empty(real))) {
            return broken(path, "権限が 0700 でなく、番頭のものと確かめられません。専用の空のフォルダーにするか chmod 700 してください"
                          OR_EN "its mode is not 0700 and it cannot be told to be Banto's own; use a folder of its own or chmod 700", e);
        }
        if (chmod(real, 0700) != 0) {
            return broken(path, strerror(errno), e);
        }
    }
    *ret = arena_copy(into, real);
    return file_lock(lock_path, &lock, e);
}
