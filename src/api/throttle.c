/* SPDX-License-Identifier: Apache-2.0 */
/*
 * throttle - four slots a set; the one that was seen longest ago makes room.
 */
#include "api/throttle.h"

#include <string.h>

#include "base/map.h"
#include "people/people.h"

void throttle_open(struct throttle *throttle, uint64_t seed)
{
    memset(throttle, 0, sizeof(*throttle));
    throttle->seed = seed | 1;
    (void)pthread_mutex_init(&throttle->lock, NULL);
}

void throttle_close(struct throttle *throttle)
{
    (void)pthread_mutex_destroy(&throttle->lock);
}

static uint64_t slot_key(uint64_t seed, const char *key)
{
    uint64_t hash = (hash_bytes(key, strlen(key)) ^ seed) * seed;
    hash ^= hash >> 29;
    hash *= UINT64_C(0xbf58476d1ce4e5b9);
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

/* The key's slot, or an empty one for it. */
static struct throttle_slot *slot_of(struct throttle *throttle, const char *text, int64_t now_ms)
{
    uint64_t key = slot_key(throttle->seed, text);
    struct throttle_slot *set = throttle->slots[key % THROTTLE_SETS], *oldest = &set[0];
    for (int i = 0; i < THROTTLE_WAYS; i++) {
        if (set[i].key == key) {
            if (now_ms - set[i].seen_ms > THROTTLE_FORGET_MS && set[i].until_ms <= now_ms) {
                set[i].count = 0;
            }
            return &set[i];
        }
        oldest = set[i].seen_ms < oldest->seen_ms ? &set[i] : oldest;
    }
    *oldest = (struct throttle_slot){.key = key, .seen_ms = now_ms};
    return oldest;
}

static void count(struct throttle_slot *slot, int free_more, int64_t now_ms)
{
    slot->count++;
    slot->seen_ms = now_ms;
    slot->until_ms = now_ms + login_wait(slot->count > free_more ? slot->count - free_more : 0).ms;
}

int throttle_try(struct throttle *throttle, const struct throttle_keys *keys, int64_t now_ms)
{
    (void)pthread_mutex_lock(&throttle->lock);
    struct throttle_slot *own = slot_of(throttle, keys->own, now_ms);
    int64_t until_ms = own->until_ms;
    struct throttle_slot *address = keys->address ? slot_of(throttle, keys->address, now_ms) : NULL;
    until_ms = address && address->until_ms > until_ms ? address->until_ms : until_ms;
    if (until_ms <= now_ms) {
        count(own, 0, now_ms);
        if (address && address != own) {
            count(address, ADDRESS_TRIES_FREE, now_ms);
        }
    }
    (void)pthread_mutex_unlock(&throttle->lock);
    return until_ms <= now_ms ? 0 : (int)((until_ms - now_ms + 999) / 1000);
}

static void take_back(struct throttle_slot *slot, bool is_all)
{
    slot->count = is_all || slot->count == 0 ? 0 : slot->count - 1;
    slot->until_ms = 0;
}

void throttle_forgive(struct throttle *throttle, const struct throttle_keys *keys, bool is_all)
{
    (void)pthread_mutex_lock(&throttle->lock);
    take_back(slot_of(throttle, keys->own, 0), is_all);
    if (keys->address) {
        take_back(slot_of(throttle, keys->address, 0), false);
    }
    (void)pthread_mutex_unlock(&throttle->lock);
}
