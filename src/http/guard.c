/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard - shuts the socket down; the library then finds it closed and cleans up by itself.
 */
#include "http/guard.h"

#include <string.h>
#include <sys/socket.h>

#include "os/clock.h"

enum { LOOK_EVERY_MS = 2000 };

static void look(struct guard *guard)
{
    int64_t now_ms = clock_boot_ms();
    for (struct guarded *one = guard->list; one; one = one->next) {
        if (atomic_load(&one->until_ms) <= now_ms) {
            atomic_store(&one->until_ms, INT64_MAX);
            (void)shutdown(one->fd, SHUT_RDWR);
        }
    }
}

static void *watch(void *data)
{
    struct guard *guard = data;
    (void)pthread_mutex_lock(&guard->lock);
    while (!guard->is_stopping) {
        if (!guard->list) {
            (void)pthread_cond_wait(&guard->change, &guard->lock);
            continue;
        }
        int64_t at_ms = clock_wall().ms + guard->look_every_ms;
        struct timespec until = {at_ms / 1000, (at_ms % 1000) * 1000000};
        (void)pthread_cond_timedwait(&guard->change, &guard->lock, &until);
        look(guard);
    }
    (void)pthread_mutex_unlock(&guard->lock);
    return NULL;
}

bool guard_open(struct guard *guard, int look_every_ms, struct err *e)
{
    guard->look_every_ms = look_every_ms > 0 ? look_every_ms : LOOK_EVERY_MS;
    (void)pthread_mutex_init(&guard->lock, NULL);
    (void)pthread_cond_init(&guard->change, NULL);
    int failure = pthread_create(&guard->thread, NULL, watch, guard);
    guard->is_open = failure == 0;
    return guard->is_open || err_set(e, ERR_SYSTEM, "pthread_create" ARG "%s", strerror(failure));
}

void guard_close(struct guard *guard)
{
    if (!guard->is_open) {
        return;
    }
    (void)pthread_mutex_lock(&guard->lock);
    guard->is_stopping = true;
    (void)pthread_cond_signal(&guard->change);
    (void)pthread_mutex_unlock(&guard->lock);
    (void)pthread_join(guard->thread, NULL);
    (void)pthread_mutex_destroy(&guard->lock);
    (void)pthread_cond_destroy(&guard->change);
    guard->is_open = false;
}

void guard_add(struct guard *guard, struct guarded *one, int fd, int64_t ms)
{
    one->fd = fd;
    guard_allow(one, ms);
    (void)pthread_mutex_lock(&guard->lock);
    bool was_empty = !guard->list;
    one->before = NULL;
    one->next = guard->list;
    if (guard->list) {
        guard->list->before = one;
    }
    guard->list = one;
    if (was_empty) {
        (void)pthread_cond_signal(&guard->change);
    }
    (void)pthread_mutex_unlock(&guard->lock);
}

void guard_remove(struct guard *guard, struct guarded *one)
{
    (void)pthread_mutex_lock(&guard->lock);
    *(one->before ? &one->before->next : &guard->list) = one->next;
    if (one->next) {
        one->next->before = one->before;
    }
    (void)pthread_mutex_unlock(&guard->lock);
}

void guard_allow(struct guarded *one, int64_t ms)
{
    atomic_store(&one->until_ms, ms < 0 ? INT64_MAX : clock_boot_ms() + ms);
}
