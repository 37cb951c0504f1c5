/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rate - four buckets a set, found by the hash of the key with a seed of this process.
 */
#include "http/rate.h"

#include <string.h>

#include "base/map.h"

void rate_open(struct rate *rate, uint64_t seed)
{
    memset(rate, 0, sizeof(*rate));
    rate->seed = seed | 1;
    (void)pthread_mutex_init(&rate->lock, NULL);
}

void rate_close(struct rate *rate)
{
    (void)pthread_mutex_destroy(&rate->lock);
}

static uint64_t key_hash(uint64_t seed, const char *key)
{
    uint64_t hash = (hash_bytes(key, strlen(key)) ^ seed) * seed;
    hash ^= hash >> 29;
    hash *= UINT64_C(0xbf58476d1ce4e5b9);
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

static struct rate_bucket *bucket_find(struct rate *rate, uint64_t key, const struct rate_limit *limit, int64_t now_ms)
{
    struct rate_bucket *set = rate->buckets[key % RATE_SETS], *oldest = &set[0];
    for (int i = 0; i < RATE_WAYS; i++) {
        if (set[i].key == key) {
            return &set[i];
        }
        oldest = set[i].at_ms < oldest->at_ms ? &set[i] : oldest;
    }
    *oldest = (struct rate_bucket){key, now_ms, (int64_t)limit->burst * 1000};
    return oldest;
}

int rate_take(struct rate *rate, const char *key, const struct rate_limit *limit, int64_t now_ms)
{
    (void)pthread_mutex_lock(&rate->lock);
    struct rate_bucket *bucket = bucket_find(rate, key_hash(rate->seed, key), limit, now_ms);
    int64_t passed_ms = now_ms > bucket->at_ms ? now_ms - bucket->at_ms : 0, full = (int64_t)limit->burst * 1000;
    bucket->milli += passed_ms > 1000000 ? full : passed_ms * limit->per_sec;
    bucket->milli = bucket->milli > full ? full : bucket->milli;
    bucket->at_ms = now_ms;
    int64_t lacks = 1000 - bucket->milli;
    if (lacks <= 0) {
        bucket->milli -= 1000;
    }
    (void)pthread_mutex_unlock(&rate->lock);
    return lacks <= 0 ? 0 : (int)((lacks + limit->per_sec * 1000 - 1) / (limit->per_sec * 1000));
}
