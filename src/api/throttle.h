/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * throttle - failed logins by key, each making the next wait longer (login_wait). In memory: a restart forgets them.
 *
 * A try is counted before it is judged, so that a hundred at once are not all the first. Any thread.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { THROTTLE_SETS = 1024, THROTTLE_WAYS = 4, THROTTLE_FORGET_MS = 15 * 60 * 1000, ADDRESS_TRIES_FREE = 50 };

struct throttle_slot {
    uint64_t key;              /* 0 = free */
    int count;
    int64_t seen_ms, until_ms;
};
struct throttle {
    pthread_mutex_t lock;
    uint64_t seed;
    struct throttle_slot slots[THROTTLE_SETS][THROTTLE_WAYS];
};
/* Who is guessing: a known browser of that person, or else the name from that address, and the address itself. */
struct throttle_keys {
    const char *own;
    const char *address;       /* NULL: a known browser does not answer for its neighbours */
};

void throttle_open(struct throttle *throttle, uint64_t seed);
void throttle_close(struct throttle *throttle);
/* 0: try, and it counts as failed until forgiven; else whole seconds to wait, and nothing is counted. */
int throttle_try(struct throttle *throttle, const struct throttle_keys *keys, int64_t now_ms);
/* It was no guess: takes the one back, or with is_all forgets all of the own key. */
void throttle_forgive(struct throttle *throttle, const struct throttle_keys *keys, bool is_all);
