/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table - rows in memory by primary key, and by its first column where it has several.
 *
 * Invariants: (1) slots hold each row once, reachable from its hash without a free slot between; (2) a row is in the
 * group chain of its first key column, if the table has groups.
 */
#include <assert.h>
#include <string.h>

#include "base/map.h"
#include "store/memory/memory_priv.h"

enum { SLOTS_MIN = 64 };

static uint64_t first_hash(const struct table_info *info, const void *row)
{
    struct table_info first = *info;
    first.key_count = 1;
    return row_hash_keys(&first, row);
}

static void group_link(struct memory_table *table, struct memory_row *row)
{
    struct memory_row **head = &table->groups[(size_t)first_hash(table->info, row->packed) & (table->slot_count - 1)];
    row->before = NULL;
    row->next = *head;
    if (*head) {
        (*head)->before = row;
    }
    *head = row;
}

static void group_unlink(struct memory_table *table, struct memory_row *row)
{
    if (row->before) {
        row->before->next = row->next;
    } else {
        table->groups[(size_t)first_hash(table->info, row->packed) & (table->slot_count - 1)] = row->next;
    }
    if (row->next) {
        row->next->before = row->before;
    }
}

static size_t slot_of(const struct memory_table *table, uint64_t hash, const void *key_row)
{
    size_t mask = table->slot_count - 1, i = (size_t)hash & mask;
    while (table->slots[i] && (table->slots[i]->hash != hash ||
                               row_compare_keys(table->info, table->slots[i]->packed, key_row) != 0)) {
        i = (i + 1) & mask;
    }
    return i;
}

static struct memory_row **pointers(size_t count)
{
    struct memory_row **at = heap_resize(NULL, count, sizeof(*at));
    memset(at, 0, count * sizeof(*at));
    return at;
}

static void grow(struct memory_table *table)
{
    if ((table->n + 1) * 2 <= table->slot_count) {
        return;
    }
    struct memory_table old = *table;
    table->slot_count = old.slot_count ? old.slot_count * 2 : SLOTS_MIN;
    table->slots = pointers(table->slot_count);
    table->groups = table->info->key_count > 1 ? pointers(table->slot_count) : NULL;
    for (size_t i = 0; i < old.slot_count; i++) {
        struct memory_row *row = old.slots[i];
        if (row) {
            table->slots[slot_of(table, row->hash, row->packed)] = row;
            if (table->groups) {
                group_link(table, row);
            }
        }
    }
    heap_free(old.slots);
    heap_free(old.groups);
}

void memory_table_close(struct memory_table *table)
{
    heap_free(table->slots);
    heap_free(table->groups);
    arena_close(&table->arena);
    *table = (struct memory_table){0};
}

static void row_give(struct memory_table *table, struct memory_row *row)
{
    row->next = table->removed;
    table->removed = row;
}

/* Room for a packed row: of the row removed last if it fits, else new. Some spare, as texts come and go. */
static struct memory_row *row_take(struct memory_table *table, size_t packed_bytes)
{
    struct memory_row *row = table->removed;
    if (row && row->packed_max >= packed_bytes) {
        table->removed = row->next;
        return row;
    }
    size_t packed_max = (packed_bytes + 31) / 32 * 32;
    row = arena_alloc(&table->arena, sizeof(*row) + packed_max, alignof(struct memory_row));
    row->packed_max = packed_max;
    return row;
}

void memory_table_put(struct memory_table *table, const void *packed, size_t packed_bytes)
{
    grow(table);
    uint64_t hash = row_hash_keys(table->info, packed);
    struct memory_row **slot = &table->slots[slot_of(table, hash, packed)], *row = *slot;
    bool is_new = !row, is_moved = is_new || row->packed_max < packed_bytes;
    if (is_moved && !is_new) {
        if (table->groups) {
            group_unlink(table, row);
        }
        row_give(table, row);
    }
    if (is_moved) {
        row = row_take(table, packed_bytes);
        *slot = row;
    }
    row->hash = hash;
    row->packed_bytes = packed_bytes;
    row_move(table->info, packed, packed_bytes, row->packed);
    if (is_moved && table->groups) {
        group_link(table, row);
    }
    table->n += is_new;
}

void memory_table_remove(struct memory_table *table, const void *key_row)
{
    if (!table->n) {
        return;
    }
    size_t mask = table->slot_count - 1, hole = slot_of(table, row_hash_keys(table->info, key_row), key_row);
    if (!table->slots[hole]) {
        return;
    }
    if (table->groups) {
        group_unlink(table, table->slots[hole]);
    }
    row_give(table, table->slots[hole]);
    /* Rows behind the hole move up as long as it lies between their home and their place. */
    for (size_t i = (hole + 1) & mask; table->slots[i]; i = (i + 1) & mask) {
        size_t home = (size_t)table->slots[i]->hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            table->slots[hole] = table->slots[i];
            hole = i;
        }
    }
    table->slots[hole] = NULL;
    table->n--;
}

const struct memory_row *memory_table_get(const struct memory_table *table, const void *key_row)
{
    return table->n ? table->slots[slot_of(table, row_hash_keys(table->info, key_row), key_row)] : NULL;
}

static void found_add(struct memory_rows *found, const struct memory_table *table, const struct query *query,
                      const struct memory_row *row)
{
    if (row && row_matches(table->info, query, row->packed)) {
        vec_reserve(found, 1);
        found->at[found->n++] = row;
    }
}

/* The condition "this key column equals", NULL if the query has none. */
static const struct where *key_where(const struct query *query, size_t column)
{
    for (size_t i = 0; i < query->where_count; i++) {
        if (query->where[i].column == (int)column && query->where[i].op == WHERE_EQ) {
            return &query->where[i];
        }
    }
    return NULL;
}

void memory_table_find(const struct memory_table *table, const struct query *query, struct memory_rows *found)
{
    const struct table_info *info = table->info;
    alignas(max_align_t) char key_row[256] = {0};
    assert(info->key_count * sizeof(int64_t) <= sizeof(key_row));
    size_t given = 0;
    for (const struct where *where; given < info->key_count && (where = key_where(query, given)); given++) {
        void *place = key_row + info->columns[given].offset;
        if (info->columns[given].type == COLUMN_I64) {
            *(int64_t *)place = where->number;
        } else {
            *(const char **)place = where->text;
        }
    }
    if (!table->n) {
        return;
    }
    if (given == info->key_count) {
        found_add(found, table, query, memory_table_get(table, key_row));
    } else if (given > 0) {
        size_t group = (size_t)first_hash(info, key_row) & (table->slot_count - 1);
        for (const struct memory_row *row = table->groups[group]; row; row = row->next) {
            found_add(found, table, query, row);
        }
    } else {
        for (size_t i = 0; i < table->slot_count; i++) {
            found_add(found, table, query, table->slots[i]);
        }
    }
}
