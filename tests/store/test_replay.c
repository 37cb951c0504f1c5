/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replaying the journal rebuilds every REPLAYED table, and a table changed behind its back is named.
 */
#include "tests/store/kit.h"

#include <sqlite3.h>

#include "store/store_priv.h"

static const char *different_of(struct kit *kit)
{
    const char *different = "not asked";
    must(store_replay_check(kit->reader, &kit->arena, &different, &kit->e));
    return different;
}

static void an_empty_journal_replays_to_nothing(void **state)
{
    assert_null(different_of(*state));
}

/* xorshift: the same walk in every run. */
static uint64_t next_number(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* A row of any table with keys of a small range and columns of a wide one. */
static void any_row(struct arena *tmp, uint64_t *seed, const struct table_info *info, void *row)
{
    static const char *const texts[] = {"", "a", "受託者", "a longer text with a\nline", "x"};
    memset(row, 0, info->row_bytes);
    for (size_t i = 0; i < info->column_count; i++) {
        void *place = (char *)row + info->columns[i].offset;
        uint64_t number = next_number(seed);
        bool is_key = i < info->key_count;
        switch (info->columns[i].type) {
        case COLUMN_I64:
            *(int64_t *)place = is_key ? (int64_t)(number % 5) : (int64_t)(number >> (number % 64));
            break;
        case COLUMN_TXT:
            *(const char **)place = is_key ? arena_printf(tmp, "k%d", (int)(number % 4)) : texts[number % COUNT(texts)];
            break;
        case COLUMN_BLB:
            *(struct blob *)place = (struct blob){"\0\1\2", number % 4};
            break;
        }
    }
}

static void a_long_walk_over_all_tables_replays(void **state)
{
    struct kit *kit = *state;
    uint64_t seed = 20260629;
    for (int turn = 0; turn < 300; turn++) {
        for (uint64_t entries = next_number(&seed) % 4 + 1; entries; entries--) {
            for (uint64_t changes = next_number(&seed) % 5; changes; changes--) {
                enum table table = (enum table)(next_number(&seed) % TABLES);
                alignas(max_align_t) char row[ROW_BYTES_MAX];
                any_row(&kit->arena, &seed, table_info(table), row);
                if (next_number(&seed) % 4 == 0) {
                    store_remove(kit->batch, table, row);
                } else {
                    store_put(kit->batch, table, row);
                }
            }
            entry_add(kit, next_number(&seed) % 3 ? "main" : "desk", "walk", "x");
        }
        (void)kit_commit(kit);
    }
    assert_null(different_of(kit));
    struct journal_report report;
    must(store_journal_verify(kit->reader, "main", &report, &kit->e));
    assert_int_equal(report.bad_seq, 0);
    assert_true(report.row_count > 300);
}

static void sql_run(struct kit *kit, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void a_table_changed_behind_the_journal_is_named(void **state)
{
    struct kit *kit = *state;
    static const struct {
        const char *sql, *undo, *different;
    } cases[] = {
        {"UPDATE node SET code=1 WHERE run=1 AND node=2", "UPDATE node SET code=0", "node/1/2"},
        {"DELETE FROM node WHERE node=1", "INSERT INTO node(run,node,status,attempt,agent) VALUES(1,1,1,1,'local')", "node/1/1"},
        {"INSERT INTO decision(id) VALUES(9)", "DELETE FROM decision", "decision/9"},
        {"INSERT INTO agent(name) VALUES('x')", "DELETE FROM agent", "agent/x"},
    };
    node_commit(kit, 1, 1, 1);
    node_commit(kit, 1, 2, 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        sql_run(kit, cases[i].sql);
        const char *different = different_of(kit);
        assert_non_null(different);
        assert_string_equal(different, cases[i].different);
        sql_run(kit, cases[i].undo);
        assert_null(different_of(kit));
    }
    sql_run(kit, "INSERT INTO outbox(id) VALUES(1)"); /* KEPT: beside the journal */
    assert_null(different_of(kit));
}

static void a_body_that_cannot_be_read_is_an_error_with_its_place(void **state)
{
    struct kit *kit = *state;
    node_commit(kit, 1, 1, 1);
    node_commit(kit, 1, 2, 1);
    sql_run(kit, "DROP TRIGGER journal_body_is_not_changed; UPDATE journal_body SET body=x'7f00' WHERE id=2");
    const char *different;
    assert_false(store_replay_check(kit->reader, &kit->arena, &different, &kit->e));
    assert_int_equal(kit->e.code, ERR_JOURNAL_BODY);
    struct strbuf b = {0};
    err_print(&b, &kit->e, LANG_EN);
    assert_non_null(strstr(b.at, "main/2"));
    strbuf_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(an_empty_journal_replays_to_nothing),
        ON_BOTH(a_long_walk_over_all_tables_replays),
        ON_SQLITE(a_table_changed_behind_the_journal_is_named),
        ON_SQLITE(a_body_that_cannot_be_read_is_an_error_with_its_place),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
