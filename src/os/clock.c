/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock - the machine's clocks, and a made-up one that runs from (base, base_boot_ms) at `speed`.
 */
#include "os/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double SPEED_MAX = 1e6;

static int64_t now_ms(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct instant clock_wall(void)
{
    return (struct instant){now_ms(CLOCK_REALTIME)};
}

int64_t clock_boot_ms(void)
{
    return now_ms(CLOCK_BOOTTIME);
}

static bool parse_speed(const char *text, double *ret)
{
    char *end = NULL;
    double speed = text[0] >= '0' && text[0] <= '9' ? strtod(text, &end) : 0;
    if (!end || *end != '\0' || !(speed > 0) || speed > SPEED_MAX) {
        return false;
    }
    *ret = speed;
    return true;
}

bool clock_open(struct clock *clock, const char *spec, struct err *e)
{
    double speed = 1;
    struct instant base = {0};
    if (spec) {
        struct str head, rest;
        char at[INSTANT_TEXT_MAX];
        (void)str_cut(str_of(spec), ',', &head, &rest);
        bool is_good = str_starts(spec, "sim:") && head.n - 4 < sizeof(at);
        if (is_good) {
            memcpy(at, head.at + 4, head.n - 4);
            at[head.n - 4] = '\0';
            is_good = instant_parse(at, &base) && (!rest.n || (rest.at[0] == 'x' && parse_speed(rest.at + 1, &speed)));
        }
        if (!is_good) {
            return err_set(e, ERR_ARGUMENT, "--clock" ARG "%s (sim:2026-06-29T19:00+09:00,x60)", spec);
        }
    }
    *clock = (struct clock){
        .is_simulated = spec != NULL,
        .base_boot_ms = clock_boot_ms(),
        .base = base,
        .speed = speed,
        .speed_before_pause = speed,
    };
    (void)pthread_mutex_init(&clock->lock, NULL);
    return true;
}

/* Under the lock. */
static struct instant made_up(const struct clock *clock, int64_t boot_ms)
{
    double passed = (double)(boot_ms - clock->base_boot_ms) * clock->speed;
    return (struct instant){clock->base.ms + (int64_t)passed};
}

/* Under the lock: what it says now becomes the base, so that a change of speed makes no jump. */
static void rebase(struct clock *clock)
{
    int64_t boot_ms = clock_boot_ms();
    clock->base = made_up(clock, boot_ms);
    clock->base_boot_ms = boot_ms;
}

void clock_resume(struct clock *clock, struct instant at)
{
    if (!clock->is_simulated) {
        return;
    }
    (void)pthread_mutex_lock(&clock->lock);
    rebase(clock);
    if (instant_before(clock->base, at)) {
        clock->base = at;
    }
    (void)pthread_mutex_unlock(&clock->lock);
}

struct instant clock_business(struct clock *clock)
{
    if (!clock->is_simulated) {
        return clock_wall();
    }
    (void)pthread_mutex_lock(&clock->lock);
    struct instant now = made_up(clock, clock_boot_ms());
    (void)pthread_mutex_unlock(&clock->lock);
    return now;
}

int64_t clock_wait_ms(struct clock *clock, struct instant at)
{
    if (at.ms == INSTANT_NEVER.ms) {
        return INT64_MAX;
    }
    if (!clock->is_simulated) {
        int64_t wall_ms = clock_wall().ms;
        return at.ms > wall_ms ? at.ms - wall_ms : 0;
    }
    (void)pthread_mutex_lock(&clock->lock);
    struct instant now = made_up(clock, clock_boot_ms());
    double speed = clock->speed;
    (void)pthread_mutex_unlock(&clock->lock);
    if (!instant_before(now, at)) {
        return 0;
    }
    double wait = speed > 0 ? (double)(at.ms - now.ms) / speed : 1e18;
    return wait < 9e15 ? (int64_t)wait + 1 : INT64_MAX;
}

static bool must_be_made_up(const struct clock *clock, struct err *e)
{
    return clock->is_simulated || err_set(e, ERR_CONFLICT, "clock" ARG "--clock sim:");
}

bool clock_may_set_speed(const struct clock *clock, double speed, struct err *e)
{
    if (!must_be_made_up(clock, e)) {
        return false;
    }
    return (speed >= 0 && speed <= SPEED_MAX) || err_set(e, ERR_ARGUMENT, "speed" ARG "0..%.0f", SPEED_MAX);
}

bool clock_may_forward(struct clock *clock, struct instant to, struct err *e)
{
    if (!must_be_made_up(clock, e)) {
        return false;
    }
    return !instant_before(to, clock_business(clock)) ||
           err_set(e, ERR_ARGUMENT, "clock forward" ARG "the business clock is already later");
}

bool clock_set_speed(struct clock *clock, double speed, struct err *e)
{
    if (!clock_may_set_speed(clock, speed, e)) {
        return false;
    }
    (void)pthread_mutex_lock(&clock->lock);
    rebase(clock);
    if (clock->speed > 0) {
        clock->speed_before_pause = clock->speed;
    }
    clock->speed = speed;
    (void)pthread_mutex_unlock(&clock->lock);
    return true;
}

bool clock_go(struct clock *clock, struct err *e)
{
    if (!must_be_made_up(clock, e)) {
        return false;
    }
    (void)pthread_mutex_lock(&clock->lock);
    if (!(clock->speed > 0)) {
        rebase(clock);
        clock->speed = clock->speed_before_pause;
    }
    (void)pthread_mutex_unlock(&clock->lock);
    return true;
}

bool clock_forward(struct clock *clock, struct instant to, struct err *e)
{
    if (!clock_may_forward(clock, to, e)) {
        return false;
    }
    (void)pthread_mutex_lock(&clock->lock);
    rebase(clock);
    bool is_forward = !instant_before(to, clock->base);
    if (is_forward) {
        clock->base = to;
    }
    (void)pthread_mutex_unlock(&clock->lock);
    return is_forward || err_set(e, ERR_ARGUMENT, "clock forward" ARG "the business clock is already later");
}

double clock_speed(struct clock *clock)
{
    if (!clock->is_simulated) {
        return 1;
    }
    (void)pthread_mutex_lock(&clock->lock);
    double speed = clock->speed;
    (void)pthread_mutex_unlock(&clock->lock);
    return speed;
}

double clock_speed_to_go(struct clock *clock)
{
    if (!clock->is_simulated) {
        return 1;
    }
    (void)pthread_mutex_lock(&clock->lock);
    double speed = clock->speed > 0 ? clock->speed : clock->speed_before_pause;
    (void)pthread_mutex_unlock(&clock->lock);
    return speed;
}
