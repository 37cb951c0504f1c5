/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file - plain system calls; every failure names the file and the system's reason.
 */
#include "os/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(struct err *e, const char *path)
{
    return err_set(e, ERR_FILE, "%s" ARG "%s", path, strerror(errno));
}

static void fd_close(const int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
}

/* Fills at most n bytes; fewer only at the end of the file. */
static bool read_all(int fd, char *to, size_t n, size_t *ret)
{
    size_t got = 0;
    while (got < n) {
        ssize_t more = read(fd, to + got, n - got);
        if (more < 0 && errno == EINTR) {
            continue;
        }
        if (more < 0) {
            return false;
        }
        if (more == 0) {
            break;
        }
        got += (size_t)more;
    }
    *ret = got;
    return true;
}

bool file_read(struct arena *into, const char *path, size_t bytes_max, char **ret, size_t *n, struct err *e)
{
    CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        return failed(e, path);
    }
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return failed(e, path);
    }
    /* The size is a hint only: files of /proc say 0, pipes know none. */
    CLEANUP(strbuf_close) struct strbuf text = {0};
    size_t step = st.st_size > 0 && (uint64_t)st.st_size < bytes_max ? (size_t)st.st_size + 1 : 65536;
    while (text.n <= bytes_max) {
        size_t want = step < bytes_max + 1 - text.n ? step : bytes_max + 1 - text.n, got = 0;
        if (want == 0) {
            break;
        }
        vec_reserve(&text, want + 1);
        if (!read_all(fd, text.at + text.n, want, &got)) {
            return failed(e, path);
        }
        text.n += got;
        if (got < want) {
            *ret = arena_copy_bytes(into, text.at, text.n);
            *n = text.n;
            return true;
        }
        step = 65536 > text.n ? 65536 : text.n;
    }
    return err_set(e, ERR_TOO_LARGE, "%s" ARG "%zu", path, bytes_max);
}

static bool write_all(int fd, const char *from, size_t n)
{
    while (n) {
        ssize_t done = write(fd, from, n);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return false;
        }
        from += done;
        n -= (size_t)done;
    }
    return true;
}

/* So that the name, not only the content, outlives a loss of power. */
static bool folder_sync(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    if (n >= sizeof(folder)) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(folder, path, n);
    folder[n] = '\0';
    CLEANUP(fd_close) int fd = open(n ? folder : slash ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

bool file_write(const char *path, const void *bytes, size_t n, unsigned mode, struct err *e)
{
    char beside[PATH_MAX];
    int length = snprintf(beside, sizeof(beside), "%s.%ld.new", path, (long)getpid());
    if (length < 0 || (size_t)length >= sizeof(beside)) {
        errno = ENAMETOOLONG;
        return failed(e, path);
    }
    CLEANUP(fd_close) int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
    if (fd < 0) {
        return failed(e, path);
    }
    if (!write_all(fd, bytes, n) || fchmod(fd, (mode_t)mode) != 0 || fsync(fd) != 0 || rename(beside, path) != 0) {
        (void)failed(e, path);
        (void)unlink(beside);
        return false;
    }
    return folder_sync(path) || failed(e, path);
}

bool folder_make(const char *path, unsigned mode, struct err *e)
{
    char part[PATH_MAX];
    if (!str_copy(part, sizeof(part), path)) {
        errno = ENAMETOOLONG;
        return failed(e, path);
    }
    for (char *at = part + 1; part[0]; at++) {
        if (*at == '/' || *at == '\0') {
            char held = *at;
            *at = '\0';
            struct stat st;
            if (mkdir(part, (mode_t)mode) != 0 && (errno != EEXIST || stat(part, &st) != 0 || !S_ISDIR(st.st_mode))) {
                return failed(e, part);
            }
            if (held == '\0') {
                return true;
            }
            *at = held;
        }
    }
    errno = ENOENT;
    return failed(e, path);
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static bool ends_with(const char *text, const char *ends)
{
    size_t n = strlen(text), wanted = strlen(ends);
    return n >= wanted && memcmp(text + n - wanted, ends, wanted) == 0;
}

static void dir_close(DIR **dir)
{
    if (*dir) {
        (void)closedir(*dir);
    }
}

enum { FOLDERS_DEEP_MAX = 32 };

static bool list_below(struct arena *into, const char *path, const char *ends, int depth, struct file_list *ret,
                       struct err *e) /* NOLINT(misc-no-recursion): bounded by FOLDERS_DEEP_MAX */
{
    CLEANUP(dir_close) DIR *dir = depth < FOLDERS_DEEP_MAX ? opendir(path) : NULL;
    if (!dir) {
        errno = depth < FOLDERS_DEEP_MAX ? errno : ELOOP;
        return failed(e, path);
    }
    for (const struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        char *below = arena_printf(into, "%s/%s", path, entry->d_name);
        struct stat st;
        if (stat(below, &st) != 0) {
            continue; /* gone meanwhile, or a link to nothing */
        }
        if (S_ISDIR(st.st_mode)) {
            if (!list_below(into, below, ends, depth + 1, ret, e)) {
                return false;
            }
        } else if (S_ISREG(st.st_mode) && ends_with(entry->d_name, ends)) {
            *vec_add(&ret->paths) = below;
        }
    }
    return true;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool folder_list(struct arena *into, const char *path, const char *ends, struct file_list *ret, struct err *e)
{
    struct file_list list = {0};
    if (!list_below(into, path, ends, 0, &list, e)) {
        vec_close(&list.paths);
        return false;
    }
    if (list.paths.n) {
        qsort(list.paths.at, list.paths.n, sizeof(*list.paths.at), by_path);
    }
    *ret = list;
    return true;
}

bool file_lock(const char *path, int *fd, struct err *e)
{
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock < 0) {
        return failed(e, path);
    }
    char pid[32] = {0};
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        size_t n = 0;
        bool is_known = read_all(lock, pid, sizeof(pid) - 1, &n) && n > 0;
        struct str shown = str_trim((struct str){pid, n});
        (void)close(lock);
        return err_set(e, ERR_LOCKED, "%s" ARG STR_FMT, path, is_known ? (int)shown.n : 1, is_known ? shown.at : "?");
    }
    int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) != 0 || !write_all(lock, pid, (size_t)n)) {
        (void)failed(e, path);
        (void)close(lock);
        return false;
    }
    *fd = lock;
    return true;
}
