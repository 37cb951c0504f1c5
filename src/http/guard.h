/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * guard - ends TCP connections whose other side lets us wait: a head or a body that comes a byte at a time resets every
 * time-out of silence, but not these.
 *
 * One thread, asleep while there is no connection.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { GUARD_HEAD_MS = 20000, GUARD_IDLE_MS = 75000, GUARD_ANSWER_MS = 300000, GUARD_BODY_BYTES_SEC = 32 * 1024 };

struct guarded {
    int fd;
    _Atomic int64_t until_ms;  /* clock_boot_ms; INT64_MAX: it may take its time */
    struct guarded *next, *before;
};
struct guard {
    pthread_mutex_t lock;
    pthread_cond_t change;
    pthread_t thread;
    bool is_open, is_stopping;
    int look_every_ms;
    struct guarded *list;
};
/* look_every_ms 0: the usual 2 s. */
MUST_CHECK bool guard_open(struct guard *guard, int look_every_ms, struct err *e);
void guard_close(struct guard *guard); /* {0} is fine */
void guard_add(struct guard *guard, struct guarded *one, int fd, int64_t ms);
void guard_remove(struct guard *guard, struct guarded *one);
/* It has this long from now; < 0: as long as it likes. */
void guard_allow(struct guarded *one, int64_t ms);
