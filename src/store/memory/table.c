/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table - rows in memory by primary key, and by its first column where it has several.
 *
 * Invariants: (1) slots hold each row once, reachable from its hash without a free slot between; (2) a row is in the
 * group chain of its first key column, if the table has groups.
 */
#include <assert.h>
#include <string.h>

#include "store/memory/memory_priv.h"

enum { SLOTS_MIN = 64 };

static void group_link(struct memory_table *table, struct memory_row *row)
{
    struct memory_row **head = &table->groups[(size_t)row_hash(table->info, 1, row->packed) & (table->slot_count - 1)];
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
        table->groups[(size_t)row_hash(table->info, 1, row->packed) & (table->slot_count - 1)] = row->next;
    }
    if (row->next) {
        row->next->before = row->before;
    }
}

/* Eight consecutive numbers in the last key share their neighbourhood: what runs together is touched together. */
static uint64_t slot_hash(const struct table_info *info, const void *row)
{
    const struct column *last = &info->columns[info->key_count - 1];
    if (last->type != COLUMN_I64) {
        return row_hash(info, info->key_count, row);
    }
    uint64_t number = (uint64_t)*(const int64_t *)row_at(info, info->key_count - 1, row);
    uint64_t hash = (row_hash(info, info->key_count - 1, row) ^ (number >> 3)) * UINT64_C(0x9E3779B97F4A7C15);
    hash ^= hash >> 29;
    return (hash & ~UINT64_C(7)) | (number & 7);
}

static size_t slot_of(const struct memory_table *table, uint64_t hash, const void *key_row)
{
    size_t mask = table->slot_count - 1, i = (size_t)hash & mask;
    for (const struct memory_slot *slot; (slot = &table->slots[i])->row; i = (i + 1) & mask) {
        if (slot->hash == hash && row_compare_keys(table->info, slot->row->packed, key_row) == 0) {
            break;
        }
    }
    return i;
}

static void *zeroed(size_t count, size_t size)
{
    void *at = heap_resize(NULL, count, size);
    memset(at, 0, count * size);
    return at;
}

static void grow(struct memory_table *table)
{
    if ((table->n + 1) * 2 <= table->slot_count) {
        return;
    }
    struct memory_table old = *table;
    table->slot_count = old.slot_count ? old.slot_count * 2 : SLOTS_MIN;
    table->slots = zeroed(table->slot_count, sizeof(*table->slots));
    table->groups = table->info->key_count > 1 ? zeroed(table->slot_count, sizeof(struct memory_row *)) : NULL;
    for (size_t i = 0; i < old.slot_count; i++) {
        const struct memory_slot *slot = &old.slots[i];
        if (slot->row) {
            table->slots[slot_of(table, slot->hash, slot->row->packed)] = *slot;
            if (table->groups) {
                group_link(table, slot->row);
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
    uint64_t hash = slot_hash(table->info, packed);
    struct memory_slot *slot = &table->slots[slot_of(table, hash, packed)];
    struct memory_row *row = slot->row;
    bool is_new = !row, is_moved = is_new || row->packed_max < packed_bytes;
    if (is_moved && !is_new) {
        if (table->groups) {
            group_unlink(table, row);
        }
        row_give(table, row);
    }
    if (is_moved) {
        row = row_take(table, packed_bytes);
        *slot = (struct memory_slot){hash, row};
    }
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
    size_t mask = table->slot_count - 1, hole = slot_of(table, slot_hash(table->info, key_row), key_row);
    if (!table->slots[hole].row) {
        return;
    }
    if (table->groups) {
        group_unlink(table, table->slots[hole].row);
    }
    row_give(table, table->slots[hole].row);
    /* Rows behind the hole move up as long as it lies between their home and their place. */
    for (size_t i = (hole + 1) & mask; table->slots[i].row; i = (i + 1) & mask) {
        size_t home = (size_t)table->slots[i].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            table->slots[hole] = table->slots[i];
            hole = i;
        }
    }
    table->slots[hole] = (struct memory_slot){0};
    table->n--;
}

const struct memory_row *memory_table_get(const struct memory_table *table, const void *key_row)
{
    return table->n ? table->slots[slot_of(table, slot_hash(table->info, key_row), key_row)].row : NULL;
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
        size_t group = (size_t)row_hash(info, 1, key_row) & (table->slot_count - 1);
        for (const struct memory_row *row = table->groups[group]; row; row = row->next) {
            found_add(found, table, query, row);
        }
    } else {
        for (size_t i = 0; i < table->slot_count; i++) {
            found_add(found, table, query, table->slots[i].row);
        }
    }
}
