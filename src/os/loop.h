/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * loop - one thread that waits: for a wake-up from other threads, a timer, readable files, signals.
 *
 * Thin cover over libuv so that nothing above os/ knows it. All calls from the loop's own thread except loop_wake.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
typedef void (*loop_fn)(void *data);

MUST_CHECK bool loop_open(struct loop **ret, struct err *e);
void loop_close(struct loop *loop);
/* Calls on_wake once for one or many loop_wake; from any thread. */
MUST_CHECK bool loop_on_wake(struct loop *loop, loop_fn on_wake, void *data, struct err *e);
void loop_wake(struct loop *loop);
/* One alarm: calls on_timer after `ms` from now; a new call replaces it; ms < 0 stops it. */
void loop_timer(struct loop *loop, int64_t ms, loop_fn on_timer, void *data);
MUST_CHECK bool loop_on_signal(struct loop *loop, int number, loop_fn on_signal, void *data, struct err *e);
/* fd stays the caller's and open until loop_close; called again as long as something is left to read. */
MUST_CHECK bool loop_on_readable(struct loop *loop, int fd, loop_fn on_readable, void *data, struct err *e);
void loop_run(struct loop *loop); /* until loop_stop, or at once if nothing is waited for */
void loop_stop(struct loop *loop);
