/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * map - hash tables from text or from a number to a pointer.
 *
 * `struct map m = {0};` is a ready, empty table. Keys are borrowed: they must outlive their entry.
 * Values are the caller's. Iteration order is that of the slots: sort before showing it to a person.
 * Do not mix text keys and number keys in one table. One thread at a time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_entry {
    const char *key;  /* text key; NULL for a number key */
    uint64_t hash;    /* hash of the text, or the number itself */
    void *value;
    uint8_t state;    /* 0 free, 1 used, 2 removed */
};

struct map {
    struct map_entry *slots;
    size_t max, n, used; /* n live entries; used = live and removed */
};

void map_close(struct map *map);
/* Stores or replaces; returns the value that stood there, NULL if none. */
void *map_put(struct map *map, const char *key, void *value);
void *map_get(const struct map *map, const char *key);
void *map_get_bytes(const struct map *map, const char *key, size_t n); /* key need not end in NUL */
void *map_remove(struct map *map, const char *key);
void *map_put_id(struct map *map, uint64_t key, void *value);
void *map_get_id(const struct map *map, uint64_t key);
void *map_remove_id(struct map *map, uint64_t key);

/* for (struct map_entry *e = NULL; (e = map_next(&m, e));) … ; entries may not be added meanwhile. */
struct map_entry *map_next(const struct map *map, struct map_entry *last);

/* FNV-1a; stable across runs and machines. */
uint64_t hash_bytes(const void *bytes, size_t n);
