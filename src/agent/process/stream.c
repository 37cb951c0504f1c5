/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream - output of a job on its way to a file, and what a RUN message says.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/stat.h>

#include "agent/process/process.h"

bool process_stream_open(struct process_stream *s, const char *path, const char *ending, int *writer)
{
    int fds[2];
    int n = snprintf(s->path, sizeof(s->path), "%s%s", path, ending);
    if (n < 0 || (size_t)n >= sizeof(s->path) || pipe2(fds, O_CLOEXEC) != 0) {
        return false;
    }
    s->fd = fds[0];
    s->file = -1;
    *writer = fds[1];
    struct epoll_event event = {EPOLLIN, {s}};
    if (fcntl(s->fd, F_SETFL, O_NONBLOCK) != 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->fd, &event) != 0) {
        (void)close(fds[0]);
        (void)close(fds[1]);
        *writer = -1;
        return false;
    }
    return true;
}

static void file_open(struct process_stream *s)
{
    for (char *slash = strchr(s->path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(s->path, 0750);
        *slash = '/';
    }
    s->file = open(s->path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
}

/* What a full disk does not take counts as cut. */
static void keep(struct process_stream *s, const char *at, ssize_t n)
{
    int64_t room = s->max_bytes - s->kept_bytes;
    if (s->file < 0) {
        file_open(s);
    }
    ssize_t done = room > 0 && s->file >= 0 ? write(s->file, at, room < n ? (size_t)room : (size_t)n) : 0;
    done = done > 0 ? done : 0;
    s->kept_bytes += done;
    s->cut_bytes += n - done;
}

void process_stream_read(struct process_stream *s, char *chunk, int chunks_max)
{
    ssize_t n = -1;
    while (s->fd >= 0 && chunks_max-- > 0 && (n = read(s->fd, chunk, STREAM_CHUNK_BYTES)) > 0) {
        keep(s, chunk, n);
    }
    if (n != 0 || s->fd < 0) {
        return;
    }
    /* Closing is not enough: a child between clone and exec may hold a copy, and the epoll with it. */
    (void)epoll_ctl(s->epoll, EPOLL_CTL_DEL, s->fd, NULL);
    (void)close(s->fd);
    s->fd = -1;
    if (s->file >= 0) {
        if (s->cut_bytes) {
            (void)dprintf(s->file, "\n-- ここで切りました / cut here: %lld bytes more --\n", (long long)s->cut_bytes);
        }
        (void)close(s->file);
        s->file = -1;
    }
}

void process_order_read(const struct keeper_message *run, struct process_order *order)
{
    uint32_t arg_count = (uint32_t)run->numbers[RUN_ARG_COUNT], env_count = 0;
    for (uint32_t i = 0; i + RUN_ARGS < run->text_count; i++) {
        *(i < arg_count ? &order->argv[i] : &order->env[env_count++]) = run->texts[RUN_ARGS + i];
    }
    order->argv[arg_count] = NULL;
    (void)snprintf(order->mark, sizeof(order->mark), "BANTO_ATTEMPT=%s", run->texts[RUN_KEY]);
    order->env[env_count++] = order->mark;
    order->env[env_count] = NULL;
    order->cgroup = -1;
    order->workdir = run->texts[RUN_WORKDIR];
    for (int i = 0; i < 3; i++) {
        order->files[i] = run->texts[RUN_STDIN + i];
        order->fds[i] = -1;
    }
    int64_t flags = run->numbers[RUN_FLAGS];
    order->is_append[1] = flags & RUN_STDOUT_APPEND;
    order->is_append[2] = flags & RUN_STDERR_APPEND;
    order->is_same = flags & RUN_SAME;
    order->is_script = flags & RUN_SCRIPT;
    order->uid = run->numbers[RUN_UID];
    order->gid = run->numbers[RUN_GID];
    order->mask = run->numbers[RUN_UMASK];
    order->group_count = run->number_count - RUN_GROUPS;
    for (uint32_t i = 0; i < order->group_count; i++) {
        order->groups[i] = (gid_t)run->numbers[RUN_GROUPS + i];
    }
}
