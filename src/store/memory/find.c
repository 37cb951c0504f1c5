/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find - which rows of a table a query means: by its key, its group, or the order that leaves the fewest to look at.
 */
#include <assert.h>
#include <string.h>

#include "store/memory/memory_priv.h"

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

/* ---- by an order ---- */

struct walk {
    const struct memory_order *order;
    struct order_place from, to;      /* to: behind the last */
    size_t cost;                      /* about how many rows are looked at, and sorted afterwards */
    bool is_in_order;
};

/* The range of the order's column that the conditions leave; false: none at all. */
static bool range_of(const struct query *query, size_t column, int64_t *low, int64_t *high)
{
    *low = INT64_MIN;
    *high = INT64_MAX;
    for (size_t i = 0; i < query->where_count; i++) {
        const struct where *where = &query->where[i];
        int64_t from = INT64_MIN, to = INT64_MAX;
        if (where->column != (int)column) {
            continue;
        }
        switch (where->op) {
        case WHERE_EQ: from = to = where->number; break;
        case WHERE_GE: from = where->number; break;
        case WHERE_LE: to = where->number; break;
        case WHERE_GT:
            if (where->number == INT64_MAX) {
                return false;
            }
            from = where->number + 1;
            break;
        case WHERE_LT:
            if (where->number == INT64_MIN) {
                return false;
            }
            to = where->number - 1;
            break;
        case WHERE_NE: case WHERE_LIKE: break;
        }
        *low = from > *low ? from : *low;
        *high = to < *high ? to : *high;
    }
    return *low <= *high;
}

static bool is_all_on(const struct query *query, size_t column)
{
    for (size_t i = 0; i < query->where_count; i++) {
        if (query->where[i].column != (int)column || query->where[i].op == WHERE_NE) {
            return false;
        }
    }
    return true;
}

static struct walk walk_of(const struct memory_order *order, const struct query *query, int64_t low, int64_t high)
{
    struct walk walk = {.order = order, .from = order_seek(order, low, INT64_MIN), .to = {order->chunks.n, 0}};
    if (high < INT64_MAX) {
        walk.to = order_seek(order, high + 1, INT64_MIN);
    }
    walk.cost = order_between(order, walk.from, walk.to);
    walk.is_in_order = query->order_column == (int)order->column ||
                       (query->order_column < 0 && (order->column == 0 || low == high));
    if (!walk.is_in_order) {
        walk.cost *= 2;
    } else if (query->limit > 0 && (uint64_t)query->limit < walk.cost && is_all_on(query, order->column)) {
        walk.cost = (size_t)query->limit;
    }
    return walk;
}

/* What a query names is kept from then on. */
static bool order_is_kept(struct memory_table *table, struct memory_order *order, const struct query *query)
{
    bool is_named = query->order_column == (int)order->column;
    for (size_t i = 0; i < query->where_count; i++) {
        is_named |= query->where[i].column == (int)order->column && query->where[i].op != WHERE_NE;
    }
    for (size_t i = 0; is_named && !order->is_kept && i < table->slot_count; i++) {
        struct memory_row *row = table->slots[i].row;
        if (row) {
            order_put(order, *(const int64_t *)row_at(table->info, order->column, row->packed),
                      *(const int64_t *)row_at(table->info, 0, row->packed), row);
        }
    }
    order->is_kept |= is_named;
    return order->is_kept;
}

/* The cheapest order; false: no row can match. */
static bool walk_choose(struct memory_table *table, const struct query *query, struct walk *ret)
{
    for (size_t i = 0; i < table->order_count; i++) {
        int64_t low, high;
        if (!order_is_kept(table, &table->orders[i], query)) {
            continue;
        }
        if (!range_of(query, table->orders[i].column, &low, &high)) {
            return false;
        }
        struct walk walk = walk_of(&table->orders[i], query, low, high);
        if (i == 0 || walk.cost < ret->cost) {
            *ret = walk;
        }
    }
    return true;
}

static bool find_in_order(struct memory_table *table, const struct query *query, struct memory_rows *found)
{
    struct walk walk = {0};
    if (!walk_choose(table, query, &walk)) {
        return true;
    }
    struct query rest = *query; /* without what the range holds already: its rows need not be looked at */
    rest.where_count = 0;
    for (size_t i = 0; i < query->where_count; i++) {
        if (query->where[i].column != (int)walk.order->column || query->where[i].op == WHERE_NE) {
            rest.where[rest.where_count++] = query->where[i];
        }
    }
    size_t most = walk.is_in_order && query->limit > 0 ? (size_t)query->limit : SIZE_MAX;
    struct order_place at = walk.from, end = walk.to;
    if (query->is_descending && walk.is_in_order) {
        for (at = walk.to; found->n < most && (at.chunk != walk.from.chunk || at.index != walk.from.index) &&
                           order_back(walk.order, &at);) {
            found_add(found, table, &rest, order_at(walk.order, &at)->row);
        }
        return true;
    }
    for (; found->n < most && (at.chunk != end.chunk || at.index != end.index); order_next(walk.order, &at)) {
        found_add(found, table, &rest, order_at(walk.order, &at)->row);
    }
    return walk.is_in_order;
}

bool memory_table_find(struct memory_table *table, const struct query *query, struct memory_rows *found)
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
        return true;
    }
    if (given == info->key_count) {
        found_add(found, table, query, memory_table_get(table, key_row));
        return true;
    }
    if (table->order_count) {
        return find_in_order(table, query, found);
    }
    if (given > 0) {
        size_t group = (size_t)row_hash(info, 1, key_row) & (table->slot_count - 1);
        for (const struct memory_row *row = table->groups[group]; row; row = row->next) {
            found_add(found, table, query, row);
        }
    } else {
        for (size_t i = 0; i < table->slot_count; i++) {
            found_add(found, table, query, table->slots[i].row);
        }
    }
    return false;
}
