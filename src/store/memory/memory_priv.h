/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * memory_priv - a table in memory: a hash table from the primary key to packed rows. The caller locks.
 */
#include "store/store_priv.h"

struct memory_row {
    size_t packed_bytes, packed_max;
    struct memory_row *next, *before; /* in its group, or in the list of removed rows */
    alignas(max_align_t) char packed[];
};

struct memory_slot {
    uint64_t hash;
    struct memory_row *row;           /* NULL: free */
};

struct memory_table {
    const struct table_info *info;
    struct arena arena;               /* of all rows */
    struct memory_row *removed;       /* rows whose room can be used again */
    struct memory_slot *slots;        /* open addressing, linear probing, at most half full */
    size_t slot_count, n;
    struct memory_row **groups;       /* chains by first key column; as many as slots; NULL: table has one key column */
};

void memory_table_close(struct memory_table *table);
void memory_table_put(struct memory_table *table, const void *packed, size_t packed_bytes);
void memory_table_remove(struct memory_table *table, const void *key_row);
const struct memory_row *memory_table_get(const struct memory_table *table, const void *key_row);
/* Rows that may match `query`, into *found: all, or fewer where a key column helps. */
struct memory_rows {
    const struct memory_row **at;
    size_t n, max;
};
void memory_table_find(const struct memory_table *table, const struct query *query, struct memory_rows *found);
