/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rate - how often somebody may ask: a bucket of tokens for each key in a table of fixed size. Any thread.
 *
 * When the table is full the bucket that was used longest ago makes room; by then it is full again anyway.
 */
#include <pthread.h>
#include <stdint.h>

enum { RATE_SETS = 1024, RATE_WAYS = 4 };

struct rate_limit {
    int per_sec, burst;
};
struct rate_bucket {
    uint64_t key;              /* 0 = free */
    int64_t at_ms;
    int64_t milli;             /* thousandths of a token */
};
struct rate {
    pthread_mutex_t lock;
    uint64_t seed;             /* keys cannot be chosen to meet in one set */
    struct rate_bucket buckets[RATE_SETS][RATE_WAYS];
};

void rate_open(struct rate *rate, uint64_t seed);
void rate_close(struct rate *rate);
/* 0: go on; else whole seconds until the next token. */
int rate_take(struct rate *rate, const char *key, const struct rate_limit *limit, int64_t now_ms);
