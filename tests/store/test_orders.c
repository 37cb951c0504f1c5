/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queries that an index can answer find what a look at every row finds, in the order asked for.
 */
#include <stdlib.h>

#include "tests/store/kit.h"
#include "tests/unit.h"

enum { ROWS = 400, ROUNDS = 12, QUERIES = 60 };

struct model {
    struct run_row rows[ROWS];
    bool is_there[ROWS];
};

static uint32_t next(uint32_t *chance) { return *chance = *chance * 1664525u + 1013904223u, *chance >> 8; }

static void change_some(struct kit *kit, struct model *model, uint32_t *chance)
{
    for (int i = 0; i < ROWS / 2; i++) {
        size_t at = next(chance) % ROWS;
        struct run_row *row = &model->rows[at];
        *row = (struct run_row){.id = (int64_t)at - 3, .unit = next(chance) % 9, .date = next(chance) % 50,
                                .status = next(chance) % 6, .reason = next(chance) % 4 ? "" : "a reason that needs more room than none"};
        model->is_there[at] = next(chance) % 4 != 0;
        if (model->is_there[at]) {
            store_put(kit->batch, TABLE_run, row);
        } else {
            store_remove(kit->batch, TABLE_run, row);
        }
    }
    entry_add(kit, "main", "a", "x");
    (void)kit_commit(kit);
}

static int64_t number_of(const struct run_row *row, int column)
{
    return *(const int64_t *)(const void *)((const char *)row + table_info(TABLE_run)->columns[column].offset);
}

static bool fits(const struct run_row *row, const struct query *query)
{
    bool fits_all = true;
    for (size_t i = 0; i < query->where_count; i++) {
        int64_t is = number_of(row, query->where[i].column), wanted = query->where[i].number;
        const bool holds[] = {is == wanted, is != wanted, is < wanted, is <= wanted, is > wanted, is >= wanted};
        fits_all &= holds[query->where[i].op];
    }
    return fits_all;
}

static struct query some_query(uint32_t *chance)
{
    static const char *const columns[] = {"id", "unit", "date", "status"};
    struct query query = {.table = TABLE_run, .order_column = -1, .is_descending = next(chance) % 2};
    query.where_count = next(chance) % 4;
    for (size_t i = 0; i < query.where_count; i++) {
        query.where[i] = (struct where){.column = table_column(TABLE_run, columns[next(chance) % 4]),
                                        .op = (enum where_op)(next(chance) % 6), .number = next(chance) % 12};
        if (next(chance) % 40 == 0) {
            query.where[i].number = next(chance) % 2 ? INT64_MAX : INT64_MIN;
        }
    }
    if (next(chance) % 2) {
        query.order_column = table_column(TABLE_run, columns[next(chance) % 4]);
    }
    query.limit = next(chance) % 3 == 0 ? 1 + next(chance) % 5 : 0;
    return query;
}

static int order_of(const struct run_row *a, const struct run_row *b, const struct query *query)
{
    int64_t x = query->order_column < 0 ? 0 : number_of(a, query->order_column);
    int64_t y = query->order_column < 0 ? 0 : number_of(b, query->order_column);
    int order = x != y ? (x > y) - (x < y) : (a->id > b->id) - (a->id < b->id);
    return query->is_descending ? -order : order;
}

/* The next row that the query means after `last` (NULL: the first), by looking at all. */
static const struct run_row *next_of(const struct model *model, const struct query *query, const struct run_row *last)
{
    const struct run_row *best = NULL;
    for (size_t i = 0; i < ROWS; i++) {
        const struct run_row *row = &model->rows[i];
        bool is_after = model->is_there[i] && fits(row, query) && (!last || order_of(row, last, query) > 0);
        if (is_after && (!best || order_of(row, best, query) < 0)) {
            best = row;
        }
    }
    return best;
}

static void ask(struct kit *kit, const struct model *model, const struct query *query)
{
    const struct run_row *expected = NULL;
    struct rows *rows = store_query(kit->reader, query);
    int64_t n = 0;
    for (struct run_row row; rows_next(rows, &row); n++) {
        expected = next_of(model, query, expected);
        assert_non_null(expected);
        assert_int_equal(row.id, expected->id);
        assert_int_equal(row.date, expected->date);
        assert_string_equal(row.reason, expected->reason);
    }
    must(rows_end(rows, &kit->e));
    bool is_all = (query->limit > 0 && n == query->limit) || !next_of(model, query, expected);
    assert_true(is_all);
}

static void an_index_finds_what_a_look_at_every_row_finds(void **state)
{
    struct kit *kit = *state;
    uint32_t chance = 12345;
    struct model *model = arena_new(&kit->arena, struct model);
    for (int round = 0; round < ROUNDS; round++) {
        change_some(kit, model, &chance);
        for (int i = 0; i < QUERIES; i++) {
            struct query query = some_query(&chance);
            ask(kit, model, &query);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(an_index_finds_what_a_look_at_every_row_finds),
    };
    return cmocka_run_group_tests_name("orders", tests, NULL, NULL);
}
