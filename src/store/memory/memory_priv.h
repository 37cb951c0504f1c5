/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * memory_priv - a table in memory: a hash table from the primary key to packed rows, and orders by number. The caller locks.
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

/* ---- order.c: rows by a number ---- */
enum { ORDER_CHUNK_MAX = 128 };
struct order_entry {
    int64_t value, key;               /* of the order's column; of the table's one key column */
    struct memory_row *row;
};
struct order_chunk {
    size_t n;
    struct order_entry at[ORDER_CHUNK_MAX];
};
struct order_key {
    int64_t value, key;
};
struct order_part {
    struct order_key last;            /* of the chunk */
    struct order_chunk *chunk;
};
struct memory_order {
    size_t column;
    bool is_kept;                     /* false: nobody has asked for it yet, and it is empty */
    VEC(struct order_part) chunks;
};
struct order_place {
    size_t chunk, index;
};
struct order_place order_seek(const struct memory_order *order, int64_t value, int64_t key);
void order_put(struct memory_order *order, int64_t value, int64_t key, struct memory_row *row);
void order_remove(struct memory_order *order, int64_t value, int64_t key);
/* NULL behind the last one. */
const struct order_entry *order_at(const struct memory_order *order, const struct order_place *place);
void order_next(const struct memory_order *order, struct order_place *place);
bool order_back(const struct memory_order *order, struct order_place *place); /* false: it was the first */
size_t order_between(const struct memory_order *order, struct order_place from, struct order_place to);
void order_close(struct memory_order *order);

/* ---- table.c ---- */
enum { ORDERS_MAX = 6 };
struct memory_table {
    const struct table_info *info;
    struct arena arena;               /* of all rows */
    struct memory_row *removed;       /* rows whose room can be used again */
    struct memory_slot *slots;        /* open addressing, linear probing, at most half full */
    size_t slot_count, n;
    struct memory_row **groups;       /* chains by first key column; as many as slots; NULL: table has one key column */
    struct memory_order orders[ORDERS_MAX]; /* by its one number key; by each INDEX that begins with a number, once it was asked for */
    size_t order_count;               /* 0: the key is a text, or of several columns */
};

void memory_table_open(struct memory_table *table, const struct table_info *info);
void memory_table_close(struct memory_table *table);
void memory_table_put(struct memory_table *table, const void *packed, size_t packed_bytes);
void memory_table_remove(struct memory_table *table, const void *key_row);
const struct memory_row *memory_table_get(const struct memory_table *table, const void *key_row);
/* Rows that match `query`, into *found. True: in the order asked for, and no more than its limit. */
struct memory_rows {
    const struct memory_row **at;
    size_t n, max;
};
bool memory_table_find(struct memory_table *table, const struct query *query, struct memory_rows *found);
