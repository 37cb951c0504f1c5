/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop - libuv underneath.
 *
 * Handles of signals and files are in a list of their own memory, freed when libuv has closed them.
 */
#include "os/loop.h"

#include <assert.h>
#include <uv.h>

#include "base/arena.h"

struct watch {
    union {
        uv_handle_t handle;
        uv_signal_t signal;
        uv_poll_t poll;
    } as;
    loop_fn on_event;
    void *data;
    struct watch *next;
};

struct loop {
    uv_loop_t uv;
    uv_async_t async;
    uv_timer_t timer;
    loop_fn on_wake, on_timer;
    void *wake_data, *timer_data;
    struct watch *watches;
    bool has_async;
};

static bool failed(struct err *e, const char *what, int code)
{
    return err_set(e, ERR_SYSTEM, "%s" ARG "%s", what, uv_strerror(code));
}

bool loop_open(struct loop **ret, struct err *e)
{
    struct loop *loop = heap_resize(NULL, 1, sizeof(*loop));
    *loop = (struct loop){0};
    int code = uv_loop_init(&loop->uv);
    if (code != 0) {
        heap_free(loop);
        return failed(e, "uv_loop_init", code);
    }
    code = uv_timer_init(&loop->uv, &loop->timer);
    assert(code == 0);
    loop->timer.data = loop;
    *ret = loop;
    return true;
}

void loop_close(struct loop *loop)
{
    if (!loop) {
        return;
    }
    uv_close((uv_handle_t *)&loop->timer, NULL);
    if (loop->has_async) {
        uv_close((uv_handle_t *)&loop->async, NULL);
    }
    for (struct watch *w = loop->watches; w; w = w->next) {
        uv_close(&w->as.handle, NULL);
    }
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
    int code = uv_loop_close(&loop->uv);
    assert(code == 0);
    while (loop->watches) {
        struct watch *w = loop->watches;
        loop->watches = w->next;
        heap_free(w);
    }
    heap_free(loop);
}

static void wake(uv_async_t *async)
{
    struct loop *loop = async->data;
    loop->on_wake(loop->wake_data);
}

bool loop_on_wake(struct loop *loop, loop_fn on_wake, void *data, struct err *e)
{
    loop->on_wake = on_wake;
    loop->wake_data = data;
    if (!loop->has_async) {
        int code = uv_async_init(&loop->uv, &loop->async, wake);
        if (code != 0) {
            return failed(e, "uv_async_init", code);
        }
        loop->async.data = loop;
        loop->has_async = true;
    }
    return true;
}

void loop_wake(struct loop *loop)
{
    (void)uv_async_send(&loop->async);
}

static void alarm_rang(uv_timer_t *timer)
{
    struct loop *loop = timer->data;
    loop->on_timer(loop->timer_data);
}

void loop_timer(struct loop *loop, int64_t ms, loop_fn on_timer, void *data)
{
    if (ms < 0) {
        (void)uv_timer_stop(&loop->timer);
        return;
    }
    loop->on_timer = on_timer;
    loop->timer_data = data;
    uv_update_time(&loop->uv); /* from now, not from the start of this turn of the loop */
    (void)uv_timer_start(&loop->timer, alarm_rang, (uint64_t)ms, 0);
}

static struct watch *watch_add(struct loop *loop, loop_fn on_event, void *data)
{
    struct watch *w = heap_resize(NULL, 1, sizeof(*w));
    *w = (struct watch){.on_event = on_event, .data = data, .next = loop->watches};
    return w;
}

static void signal_came(uv_signal_t *signal, int number)
{
    (void)number;
    struct watch *w = signal->data;
    w->on_event(w->data);
}

bool loop_on_signal(struct loop *loop, int number, loop_fn on_signal, void *data, struct err *e)
{
    struct watch *w = watch_add(loop, on_signal, data);
    int code = uv_signal_init(&loop->uv, &w->as.signal);
    if (code != 0) {
        heap_free(w);
        return failed(e, "uv_signal_init", code);
    }
    w->as.signal.data = w;
    loop->watches = w; /* from here on loop_close closes it */
    code = uv_signal_start(&w->as.signal, signal_came, number);
    return code == 0 || failed(e, "uv_signal_start", code);
}

static void file_readable(uv_poll_t *poll, int status, int events)
{
    (void)status; /* an error shows when it is read */
    (void)events;
    struct watch *w = poll->data;
    w->on_event(w->data);
}

bool loop_on_readable(struct loop *loop, int fd, loop_fn on_readable, void *data, struct err *e)
{
    struct watch *w = watch_add(loop, on_readable, data);
    int code = uv_poll_init(&loop->uv, &w->as.poll, fd);
    if (code != 0) {
        heap_free(w);
        return failed(e, "uv_poll_init", code);
    }
    w->as.poll.data = w;
    loop->watches = w;
    code = uv_poll_start(&w->as.poll, UV_READABLE, file_readable);
    return code == 0 || failed(e, "uv_poll_start", code);
}

void loop_run(struct loop *loop)
{
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}
