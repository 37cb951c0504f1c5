/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file - the store's file and its lock.
 *
 * The lock is a file of its own: closing any descriptor of the database file would drop SQLite's own locks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/sqlite_priv.h"

static bool open_fails(const char *path, int error, struct err *e)
{
    return err_set(e, error == ENOSPC || error == EDQUOT ? ERR_STORE_FULL : ERR_STORE_OPEN, "%s" ARG "%s", path,
                   strerrordesc_np(error));
}

void sqlite_file_close(int lock_fd)
{
    if (lock_fd >= 0) {
        (void)close(lock_fd);
    }
}

/* Who holds it writes its number into the file, for the person who wonders. */
static bool lock_take(const char *path, int *ret, struct err *e)
{
    CLEANUP(strbuf_close) struct strbuf name = {0};
    strbuf_printf(&name, "%s.lock", path);
    int fd = open(name.at, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return open_fails(name.at, errno, e);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        char holder[24] = "";
        ssize_t n = pread(fd, holder, sizeof(holder) - 1, 0);
        holder[n > 0 ? n : 0] = '\0';
        holder[strcspn(holder, "\n")] = '\0';
        (void)close(fd);
        return err_set(e, ERR_STORE_LOCKED, "%s" ARG "%s", path, holder[0] ? holder : "?");
    }
    char text[24];
    int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) == 0 && n > 0) {
        (void)!pwrite(fd, text, (size_t)n, 0); /* for people only */
    }
    *ret = fd;
    return true;
}

bool sqlite_sync_folder(const char *path, struct err *e)
{
    const char *slash = strrchr(path, '/');
    CLEANUP(strbuf_close) struct strbuf folder = {0};
    strbuf_add(&folder, slash ? path : ".", slash ? (size_t)(slash - path) + 1 : 1);
    int fd = open(folder.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_done = fd >= 0 && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    return is_done || open_fails(folder.at, error, e);
}

static bool file_check(const char *path, bool *is_new, struct err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        (void)close(fd); /* before SQLite has it */
        *is_new = true;
        return sqlite_sync_folder(path, e);
    }
    struct stat st;
    if (errno != EEXIST || lstat(path, &st) != 0) {
        return open_fails(path, errno, e);
    }
    *is_new = st.st_size == 0;
    if (!S_ISREG(st.st_mode)) {
        return err_set(e, ERR_STORE_OPEN, "%s" ARG "%s", path, "not a regular file");
    }
    if (st.st_mode & 077) {
        return err_set(e, ERR_STORE_MODE, "%s" ARG "%04o", path, (unsigned)st.st_mode & 07777);
    }
    if (faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) != 0) {
        return open_fails(path, errno, e);
    }
    return true;
}

bool sqlite_file_open(const char *path, int *lock_fd, bool *is_new, struct err *e)
{
    int fd = -1;
    if (!lock_take(path, &fd, e)) {
        return false;
    }
    if (!file_check(path, is_new, e)) {
        sqlite_file_close(fd);
        return false;
    }
    *lock_fd = fd;
    return true;
}
