/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map - open addressing, linear probing, at most 3/4 full.
 */
#include "base/map.h"

#include <string.h>

#include "base/arena.h"

enum { SLOT_FREE = 0, SLOT_USED = 1, SLOT_REMOVED = 2, SLOTS_MIN = 16 };

uint64_t hash_bytes(const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    uint64_t hash = 14695981039346656037ull;
    for (size_t i = 0; i < n; i++) {
        hash = (hash ^ at[i]) * 1099511628211ull;
    }
    return hash;
}

static uint64_t spread(uint64_t x) /* so that consecutive numbers do not cluster */
{
    x ^= x >> 32;
    x *= 0x9E3779B97F4A7C15ull;
    return x ^ (x >> 29);
}

static bool same(const struct map_entry *slot, uint64_t hash, const char *key, size_t n)
{
    return slot->hash == hash && (!key || (strncmp(slot->key, key, n) == 0 && slot->key[n] == '\0'));
}

static struct map_entry *find(const struct map *map, uint64_t hash, const char *key, size_t n)
{
    if (!map->max) {
        return NULL;
    }
    for (size_t i = (size_t)spread(hash) & (map->max - 1);; i = (i + 1) & (map->max - 1)) {
        struct map_entry *slot = &map->slots[i];
        if (slot->state == SLOT_FREE) {
            return NULL;
        }
        if (slot->state == SLOT_USED && same(slot, hash, key, n)) {
            return slot;
        }
    }
}

static void place(struct map *map, struct map_entry entry)
{
    size_t i = (size_t)spread(entry.hash) & (map->max - 1);
    while (map->slots[i].state == SLOT_USED) {
        i = (i + 1) & (map->max - 1);
    }
    map->used += map->slots[i].state == SLOT_FREE;
    map->slots[i] = entry;
    map->n++;
}

static void grow(struct map *map)
{
    if ((map->used + 1) * 4 < map->max * 3) {
        return;
    }
    struct map old = *map;
    size_t max = SLOTS_MIN;
    while (max < (old.n + 1) * 2) {
        max *= 2;
    }
    *map = (struct map){.slots = heap_resize(NULL, max, sizeof(struct map_entry)), .max = max};
    memset(map->slots, 0, max * sizeof(struct map_entry));
    for (size_t i = 0; i < old.max; i++) {
        if (old.slots[i].state == SLOT_USED) {
            place(map, old.slots[i]);
        }
    }
    heap_free(old.slots);
}

static void *put(struct map *map, uint64_t hash, const char *key, void *value)
{
    struct map_entry *slot = find(map, hash, key, key ? strlen(key) : 0);
    if (slot) {
        void *before = slot->value;
        slot->value = value;
        return before;
    }
    grow(map);
    place(map, (struct map_entry){.key = key, .hash = hash, .value = value, .state = SLOT_USED});
    return NULL;
}

static void *take(struct map *map, struct map_entry *slot)
{
    if (!slot) {
        return NULL;
    }
    void *value = slot->value;
    *slot = (struct map_entry){.state = SLOT_REMOVED};
    map->n--;
    return value;
}

void map_close(struct map *map)
{
    heap_free(map->slots);
    *map = (struct map){0};
}

void *map_put(struct map *map, const char *key, void *value)
{
    return put(map, hash_bytes(key, strlen(key)), key, value);
}

void *map_get_bytes(const struct map *map, const char *key, size_t n)
{
    struct map_entry *slot = find(map, hash_bytes(key, n), key, n);
    return slot ? slot->value : NULL;
}

void *map_get(const struct map *map, const char *key)
{
    return map_get_bytes(map, key, strlen(key));
}

void *map_remove(struct map *map, const char *key)
{
    size_t n = strlen(key);
    return take(map, find(map, hash_bytes(key, n), key, n));
}

void *map_put_id(struct map *map, uint64_t key, void *value)
{
    return put(map, key, NULL, value);
}

void *map_get_id(const struct map *map, uint64_t key)
{
    struct map_entry *slot = find(map, key, NULL, 0);
    return slot ? slot->value : NULL;
}

void *map_remove_id(struct map *map, uint64_t key)
{
    return take(map, find(map, key, NULL, 0));
}

struct map_entry *map_next(const struct map *map, struct map_entry *last)
{
    for (size_t i = last ? (size_t)(last - map->slots) + 1 : 0; i < map->max; i++) {
        if (map->slots[i].state == SLOT_USED) {
            return &map->slots[i];
        }
    }
    return NULL;
}
