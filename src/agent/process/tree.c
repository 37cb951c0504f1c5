/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree - killing a tree: by its cgroup where one can be written, else by a sweep of /proc.
 *
 * The sweep takes the session and the descendants of the leader, and whoever carries the mark in his environment
 * (those who left session and parent), and looks again until nobody is alive.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "agent/process/process.h"

enum { PROC_BYTES_MAX = 128 * 1024, FOUND_MAX = 4096, ROUNDS_MAX = 100 };

struct sweep {
    pid_t leader;
    const char *mark;
    size_t count;
    pid_t found[FOUND_MAX]; /* more of them are left to the next round */
};

static ssize_t read_small(int folder, const char *path, char *to, size_t max)
{
    int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, to, max - 1) : -1;
    if (fd >= 0) {
        (void)close(fd);
    }
    to[n > 0 ? n : 0] = '\0';
    return n;
}

/* Descendants mostly have higher numbers than their parents, and /proc is read in that order. */
static bool is_ours(int proc, const char *pid, const struct sweep *s)
{
    char path[300], text[PROC_BYTES_MAX], state;
    int parent, session;
    (void)snprintf(path, sizeof(path), "%s/stat", pid);
    (void)read_small(proc, path, text, sizeof(text));
    const char *behind_name = strrchr(text, ')'); /* the name may hold anything */
    if (!behind_name || sscanf(behind_name, ") %c %d %*d %d", &state, &parent, &session) != 3 || state == 'Z') {
        return false;
    }
    if (session == s->leader || strtol(pid, NULL, 10) == s->leader) {
        return true;
    }
    for (size_t i = 0; i < s->count; i++) {
        if (s->found[i] == parent) {
            return true;
        }
    }
    (void)snprintf(path, sizeof(path), "%s/environ", pid);
    ssize_t n = read_small(proc, path, text, sizeof(text));
    return n > 0 && memmem(text, (size_t)n + 1, s->mark, strlen(s->mark) + 1);
}

static bool sweep(struct sweep *s)
{
    DIR *dir = opendir("/proc");
    s->count = 0;
    for (const struct dirent *entry; dir && s->count < FOUND_MAX && (entry = readdir(dir));) {
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && is_ours(dirfd(dir), entry->d_name, s)) {
            s->found[s->count++] = (pid_t)strtol(entry->d_name, NULL, 10);
        }
    }
    for (size_t i = 0; i < s->count; i++) {
        (void)kill(s->found[i], SIGKILL);
    }
    if (dir) {
        (void)closedir(dir);
    }
    return s->count > 0;
}

void process_kill(const struct process_groups *groups, int group, pid_t leader, const char *key)
{
    char path[32], mark[PROCESS_MARK_MAX];
    (void)snprintf(mark, sizeof(mark), "BANTO_ATTEMPT=%s", key);
    (void)snprintf(path, sizeof(path), "%010d/cgroup.kill", group);
    int fd = group >= 0 ? openat(groups->fd, path, O_WRONLY | O_CLOEXEC) : -1;
    bool is_done = fd >= 0 && write(fd, "1", 1) == 1;
    if (fd >= 0) {
        (void)close(fd);
    }
    struct sweep s = {.leader = leader, .mark = mark};
    for (int round = 0; !is_done && round < ROUNDS_MAX && sweep(&s); round++) {
        (void)usleep(500);
    }
    (void)kill(-leader, SIGKILL);
}

static void forget(struct process_group *kept)
{
    if (kept->folder > 0) {
        (void)close(kept->folder);
    }
    if (kept->events > 0) {
        (void)close(kept->events);
    }
    *kept = (struct process_group){0};
}

static struct process_group *kept_of(struct process_groups *groups, int group)
{
    struct process_group *kept = &groups->kept[(size_t)group % (sizeof(groups->kept) / sizeof(groups->kept[0]))];
    if (kept->number != group + 1) {
        forget(kept);
        kept->number = group + 1;
    }
    return kept;
}

/* Descriptors 0 to 2 are never ours. */
static int kept_open(int *fd, int folder, int group, const char *file, int flags)
{
    if (*fd <= 0) {
        char path[32];
        (void)snprintf(path, sizeof(path), "%010d%s", group, file);
        *fd = openat(folder, path, flags | O_CLOEXEC);
    }
    return *fd;
}

int process_group_folder(struct process_groups *groups, int group)
{
    return kept_open(&kept_of(groups, group)->folder, groups->fd, group, "", O_PATH | O_DIRECTORY);
}

static bool is_empty(struct process_groups *groups, int group)
{
    char text[512];
    int fd = kept_open(&kept_of(groups, group)->events, groups->fd, group, "/cgroup.events", O_RDONLY);
    ssize_t n = fd >= 0 ? pread(fd, text, sizeof(text) - 1, 0) : -1;
    text[n > 0 ? n : 0] = '\0';
    return strstr(text, "populated 0");
}

int process_group_take(struct process_groups *groups)
{
    char path[32];
    for (int tries = 0; groups->fd >= 0 && tries < 4; tries++) { /* some may still hold what a job left behind */
        bool is_new = groups->free_count == 0;
        int group = is_new ? groups->made++ : groups->free[--groups->free_count];
        if (!is_new && is_empty(groups, group)) {
            return group;
        }
        forget(kept_of(groups, group));
        if (is_new) {
            (void)snprintf(path, sizeof(path), "%010d", group);
            (void)unlinkat(groups->fd, path, AT_REMOVEDIR); /* left by a keeper that died */
            if (mkdirat(groups->fd, path, 0755) == 0) {
                return group;
            }
        }
    }
    return -1;
}

void process_group_give(struct process_groups *groups, int group, bool is_killed)
{
    if (is_killed && group >= 0) {
        char path[32];
        forget(kept_of(groups, group));
        (void)snprintf(path, sizeof(path), "%010d", group);
        (void)unlinkat(groups->fd, path, AT_REMOVEDIR);
    } else if (group >= 0 && groups->free_count < (int)(sizeof(groups->free) / sizeof(groups->free[0]))) {
        groups->free[groups->free_count++] = group;
    }
}
