/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * clock - the only reader of clocks.
 *
 * Machine clock: real; time-outs, heart-beats, tokens. Business clock: what calendars, starts and
 * windows use; equal to the machine's wall time, or made up (`--clock sim:INSTANT,xSPEED`): it can be
 * paused, sped up and moved forward then, and only then. Safe to read from any thread.
 */
#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/time.h"

struct clock {
    bool is_simulated;
    pthread_mutex_t lock;
    int64_t base_boot_ms;          /* when the made-up clock was last set */
    struct instant base;           /* what it said then */
    double speed;                  /* made-up ms per real ms; 0 = paused */
    double speed_before_pause;
};

/* spec: NULL = real; "sim:2026-06-29T19:00+09:00,x60" (speed optional, x1). Fails: ERR_ARGUMENT. */
MUST_CHECK bool clock_open(struct clock *clock, const char *spec, struct err *e);
/* A made-up clock never goes back: resumes at max(its start, at). */
void clock_resume(struct clock *clock, struct instant at);
struct instant clock_business(struct clock *clock);
struct instant clock_wall(void);         /* CLOCK_REALTIME */
int64_t clock_boot_ms(void);             /* CLOCK_BOOTTIME */
/* Real milliseconds until the business clock reads `at`; 0 if past, INT64_MAX if paused or never. */
int64_t clock_wait_ms(struct clock *clock, struct instant at);
/* Only on a made-up clock. speed 0 pauses. Fails: ERR_CONFLICT on a real clock. */
MUST_CHECK bool clock_set_speed(struct clock *clock, double speed, struct err *e);
MUST_CHECK bool clock_go(struct clock *clock, struct err *e);                      /* after a pause */
MUST_CHECK bool clock_forward(struct clock *clock, struct instant to, struct err *e);
/* Would the two above be accepted? */
MUST_CHECK bool clock_may_set_speed(const struct clock *clock, double speed, struct err *e);
MUST_CHECK bool clock_may_forward(struct clock *clock, struct instant to, struct err *e);
double clock_speed(struct clock *clock);
double clock_speed_to_go(struct clock *clock); /* what clock_go would make it */
