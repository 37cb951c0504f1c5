/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table - rows in memory by primary key, by its first column where it has several, and by the numbers that INDEX names.
 *
 * Invariants: (1) slots hold each row once, reachable from its hash without a free slot between; (2) a row is in the
 * group chain of its first key column, if the table has groups; (3) each order that is kept has every row once, by its present number.
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

static int64_t number_at(const struct memory_table *table, size_t column, const void *row)
{
    return *(const int64_t *)row_at(table->info, column, row);
}

static void order_add(struct memory_table *table, const char *columns, size_t n)
{
    const struct table_info *info = table->info;
    for (size_t c = 0; c < info->column_count; c++) {
        if (strlen(info->columns[c].name) == n && memcmp(info->columns[c].name, columns, n) == 0 &&
            info->columns[c].type == COLUMN_I64) {
            assert(table->order_count < ORDERS_MAX);
            table->orders[table->order_count++].column = c;
        }
    }
}

void memory_table_open(struct memory_table *table, const struct table_info *info)
{
    *table = (struct memory_table){.info = info};
    if (info->key_count != 1 || info->columns[0].type != COLUMN_I64) {
        return;
    }
    table->order_count = 1; /* by column 0 */
    table->orders[0].is_kept = true;
    size_t count;
    const struct index_info *infos = index_infos(&count);
    bool is_ours = false;
    for (size_t i = 0; i < count; i++) {
        is_ours = infos[i].table ? strcmp(infos[i].table, info->name) == 0 : is_ours;
        if (is_ours && infos[i].name) {
            order_add(table, infos[i].columns, strcspn(infos[i].columns, ","));
        }
    }
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
    for (size_t i = 0; i < table->order_count; i++) {
        order_close(&table->orders[i]);
    }
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

/* Takes `row` out of the orders whose number changes; returns, a bit each, those into which it has to go. */
static unsigned orders_leave(struct memory_table *table, const struct memory_row *row, const void *packed, bool is_moved)
{
    unsigned reordered = 0;
    for (size_t i = 0; i < table->order_count; i++) {
        size_t column = table->orders[i].column;
        if (!table->orders[i].is_kept) {
            continue;
        }
        bool is_changed = row && number_at(table, column, row->packed) != number_at(table, column, packed);
        if (is_changed) {
            order_remove(&table->orders[i], number_at(table, column, row->packed), number_at(table, 0, row->packed));
        }
        reordered |= (unsigned)(is_changed || is_moved) << i;
    }
    return reordered;
}

static void orders_enter(struct memory_table *table, struct memory_row *row, unsigned reordered)
{
    for (size_t i = 0; i < table->order_count; i++) {
        if (reordered >> i & 1) {
            order_put(&table->orders[i], number_at(table, table->orders[i].column, row->packed),
                      number_at(table, 0, row->packed), row);
        }
    }
}

void memory_table_put(struct memory_table *table, const void *packed, size_t packed_bytes)
{
    grow(table);
    uint64_t hash = slot_hash(table->info, packed);
    struct memory_slot *slot = &table->slots[slot_of(table, hash, packed)];
    struct memory_row *row = slot->row;
    bool is_new = !row, is_moved = is_new || row->packed_max < packed_bytes;
    unsigned reordered = orders_leave(table, row, packed, is_moved);
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
    orders_enter(table, row, reordered);
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
    for (size_t i = 0; i < table->order_count; i++) {
        const char *row = table->slots[hole].row->packed;
        if (!table->orders[i].is_kept) {
            continue;
        }
        order_remove(&table->orders[i], number_at(table, table->orders[i].column, row), number_at(table, 0, row));
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
