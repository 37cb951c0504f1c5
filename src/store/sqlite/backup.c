/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backup - an online copy. It is written under PATH.partial and takes its name only when it is whole and synced.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "store/sqlite/sqlite_priv.h"

static bool fails(const char *path, const char *what, struct err *e)
{
    return err_set(e, ERR_STORE_BACKUP, "%s" ARG "%s", path, what);
}

/* One step: all pages of one moment; in WAL mode the writer goes on meanwhile. */
static bool pages_copy(const char *from, const char *to, struct err *e)
{
    sqlite3 *source = NULL, *copy = NULL;
    if (!sqlite_connect(from, true, &source, e)) {
        return false;
    }
    int result = sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (result == SQLITE_OK) {
        (void)sqlite3_exec(copy, "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF", NULL, NULL, NULL); /* synced as a whole below */
        sqlite3_backup *backup = sqlite3_backup_init(copy, "main", source, "main");
        result = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(copy);
        (void)sqlite3_backup_finish(backup);
    }
    bool is_done = result == SQLITE_DONE || fails(to, result == SQLITE_OK ? "not finished" : sqlite3_errstr(result), e);
    (void)sqlite3_close_v2(copy);
    (void)sqlite3_close_v2(source);
    return is_done;
}

static bool name_give(const char *partial, const char *path, int fd, struct err *e)
{
    if (fsync(fd) != 0 || link(partial, path) != 0) { /* link, not rename: an older backup is never overwritten */
        return fails(path, strerrordesc_np(errno), e);
    }
    return true;
}

bool sqlite_backup(struct store *store, const char *path, struct err *e)
{
    CLEANUP(strbuf_close) struct strbuf partial = {0};
    strbuf_printf(&partial, "%s.partial", path);
    if (access(path, F_OK) == 0) {
        return fails(path, strerrordesc_np(EEXIST), e);
    }
    (void)unlink(partial.at); /* left by a backup that was cut off */
    int fd = open(partial.at, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fails(path, strerrordesc_np(errno), e);
    }
    bool is_done = pages_copy(sqlite_of(store)->path, partial.at, e) && name_give(partial.at, path, fd, e);
    (void)close(fd);
    (void)unlink(partial.at);
    return is_done && sqlite_sync_folder(path, e);
}
