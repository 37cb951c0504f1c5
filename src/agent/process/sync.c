/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sync - a thread that waits for the disk, so that jobs are started and reaped meanwhile.
 *
 * The two event counters carry all: `ask` the descriptor + 1, `done` one of the two answers. One sync at a time, so
 * a counter never adds up. Without a thread the caller waits himself.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/process/process.h"

enum { SYNC_FAILED = 1, SYNC_DONE = 2 };

static bool counter_read(int fd, uint64_t *ret)
{
    ssize_t n;
    while ((n = read(fd, ret, sizeof(*ret))) < 0 && errno == EINTR) {
    }
    return n == (ssize_t)sizeof(*ret);
}

static void sync_one(const struct process_sync *s, int fd)
{
    uint64_t answer = fdatasync(fd) == 0 ? SYNC_DONE : SYNC_FAILED;
    (void)!write(s->done, &answer, sizeof(answer)); /* has room: it is 0 */
}

static void *sync_main(void *data)
{
    const struct process_sync *s = data;
    for (uint64_t asked; counter_read(s->ask, &asked);) {
        sync_one(s, (int)(asked - 1));
    }
    return NULL;
}

bool process_sync_open(struct process_sync *s)
{
    pthread_t thread;
    s->ask = eventfd(0, EFD_CLOEXEC);
    s->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->has_thread = s->ask >= 0 && s->done >= 0 && pthread_create(&thread, NULL, sync_main, s) == 0 && pthread_detach(thread) == 0;
    return s->done >= 0;
}

void process_sync_begin(struct process_sync *s, int fd, bool is_waiting)
{
    uint64_t asked = (uint64_t)fd + 1;
    s->is_busy = true;
    if (fd < 0 || is_waiting || !s->has_thread || write(s->ask, &asked, sizeof(asked)) != (ssize_t)sizeof(asked)) {
        sync_one(s, fd);
    }
}

bool process_sync_end(struct process_sync *s, bool *is_good)
{
    uint64_t answer = SYNC_FAILED;
    if (!s->is_busy || !counter_read(s->done, &answer)) {
        return false;
    }
    s->is_busy = false;
    *is_good = answer == SYNC_DONE;
    return true;
}
