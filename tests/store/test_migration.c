/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Older stores (tests/store/old) become today's, newer ones are refused, and nothing is half done.
 */
#include "tests/store/kit.h"

#include <sqlite3.h>

#include "store/sqlite/sqlite_priv.h"

static void sql_run(struct kit *kit, const char *sql)
{
    sqlite3 *db;
    char *message = NULL;
    assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        print_error("%s\n", message);
        fail();
    }
    sqlite3_close(db);
    assert_int_equal(chmod(kit->path, 0600), 0);
}

static int64_t number(struct kit *kit, const char *sql)
{
    sqlite3 *db;
    int64_t value = -1;
    assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
    must(sqlite_number(db, kit->path, sql, &value, &kit->e));
    sqlite3_close(db);
    return value;
}

/* Puts the old store of that name in place of the kit's. */
static void old_store(struct kit *kit, const char *name)
{
    const char *root = getenv("BANTO_ROOT");
    struct strbuf path = {0}, sql = {0};
    kit_close(kit);
    assert_int_equal(unlink(kit->path), 0);
    strbuf_printf(&path, "%s/tests/store/old/%s.sql", root ? root : ".", name);
    FILE *file = fopen(path.at, "rb");
    assert_non_null(file);
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof(part), file)) > 0;) {
        strbuf_add(&sql, part, n);
    }
    fclose(file);
    sql_run(kit, sql.at);
    strbuf_close(&path);
    strbuf_close(&sql);
}

static void is_whole(struct kit *kit)
{
    static const char *const streams[] = {"main", "desk"};
    struct journal_report report;
    const char *different = "not asked";
    for (size_t i = 0; i < COUNT(streams); i++) {
        must(store_journal_verify(kit->reader, streams[i], &report, &kit->e));
        assert_int_equal(report.bad_seq, 0);
        assert_true(report.row_count > 0);
    }
    must(store_replay_check(kit->reader, &kit->arena, &different, &kit->e));
    assert_null(different);
}

static void an_older_store_gets_what_it_lacks_and_loses_nothing(void **state)
{
    struct kit *kit = *state;
    old_store(kit, "schema-1");
    kit_open(kit);
    is_whole(kit);
    struct run_row run = {.id = 1};
    struct event_row event = {.id = 1};
    bool is_found;
    must(store_get(kit->reader, &kit->arena, TABLE_run, &run, &is_found, &kit->e));
    assert_true(is_found);
    assert_int_equal(run.date, 20633);
    assert_string_equal(run.macros, "");
    must(store_get(kit->reader, &kit->arena, TABLE_event, &event, &is_found, &kit->e));
    assert_true(is_found);
    assert_string_equal(event.unit, "/国保/日次/a");
    assert_int_equal(event.count, 0);

    run.macros = "A=1";
    store_put(kit->batch, TABLE_run, &run);
    store_put(kit->batch, TABLE_decision, &(struct decision_row){.id = 1, .text = "決定"});
    entry_add(kit, "main", "run.note", "run/1");
    assert_int_equal(kit_commit(kit), 8); /* ids go on over all streams */
    is_whole(kit);
    kit_close(kit);
    kit_open(kit); /* a second time there is nothing to do */
    is_whole(kit);
    assert_int_equal(number(kit, "SELECT count(*) FROM sqlite_schema WHERE name='event_by_run'"), 1);
}

static void a_migrated_store_has_the_schema_of_a_new_one(void **state)
{
    struct kit *kit = *state;
    static const char shape[] = "SELECT group_concat(n) FROM (SELECT t.name || '.' || c.name || c.type || c.\"notnull\" || c.pk AS n"
                                " FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type='table' ORDER BY n)";
    static const char others[] = "SELECT group_concat(n) FROM (SELECT name AS n FROM sqlite_schema WHERE type<>'table' ORDER BY n)";
    const char *texts[2][2];
    for (int i = 0; i < 2; i++) {
        sqlite3 *db;
        sqlite3_stmt *statement;
        assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
        const char *const sql[] = {shape, others};
        for (int s = 0; s < 2; s++) {
            assert_int_equal(sqlite3_prepare_v2(db, sql[s], -1, &statement, NULL), SQLITE_OK);
            assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
            texts[i][s] = arena_copy(&kit->arena, (const char *)sqlite3_column_text(statement, 0));
            sqlite3_finalize(statement);
        }
        sqlite3_close(db);
        if (i == 0) {
            old_store(kit, "schema-1");
            kit_open(kit);
        }
    }
    assert_string_equal(texts[0][0], texts[1][0]);
    assert_string_equal(texts[0][1], texts[1][1]);
}

static const struct migration steps[] = {
    {1, ""},
    {2, "UPDATE meta SET value = value || '2'"},
    {3, "UPDATE meta SET value = value || '3'"},
};

static bool migrate(struct kit *kit, const struct migration *migrations, size_t count)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
    bool is_done = sqlite_migrate(db, kit->path, migrations, count, &kit->e);
    sqlite3_close(db);
    return is_done;
}

static void each_numbered_step_runs_once_and_in_order(void **state)
{
    struct kit *kit = *state;
    old_store(kit, "schema-1");
    must(migrate(kit, steps, 2));
    assert_int_equal(number(kit, "SELECT value FROM meta WHERE key='epoch'"), 12);
    assert_int_equal(number(kit, "PRAGMA user_version"), 2);
    must(migrate(kit, steps, 3));
    must(migrate(kit, steps, 3));
    assert_int_equal(number(kit, "SELECT value FROM meta WHERE key='epoch'"), 123);
    assert_false(migrate(kit, steps, 2)); /* and no way back */
    assert_int_equal(kit->e.code, ERR_STORE_NEWER);
    sql_run(kit, "PRAGMA user_version=1");
    kit_open(kit);
}

static void a_new_store_skips_the_steps(void **state)
{
    struct kit *kit = *state;
    kit_close(kit);
    assert_int_equal(unlink(kit->path), 0);
    static const struct migration bad[] = {{1, ""}, {2, "UPDATE nothing SET a=1"}};
    must(migrate(kit, bad, 2));
    assert_int_equal(number(kit, "PRAGMA user_version"), 2);
    sql_run(kit, "PRAGMA user_version=1");
    kit_open(kit);
}

static void a_step_that_fails_leaves_the_store_as_it_was(void **state)
{
    struct kit *kit = *state;
    static const struct migration bad[] = {{1, ""}, {2, "UPDATE meta SET value='lost'; UPDATE nothing SET a=1"}};
    old_store(kit, "schema-1");
    assert_false(migrate(kit, bad, 2));
    assert_non_null(strstr(kit->e.context, "migration 2"));
    assert_int_equal(number(kit, "PRAGMA user_version"), 1);
    assert_int_equal(number(kit, "SELECT value FROM meta WHERE key='epoch'"), 1);
    assert_int_equal(number(kit, "SELECT count(*) FROM sqlite_schema WHERE name='decision'"), 0);
    kit_open(kit);
    is_whole(kit);
}

static void a_newer_store_is_refused_and_left_alone(void **state)
{
    struct kit *kit = *state;
    static const struct {
        const char *sql, *undo, *what;
    } cases[] = {
        {"PRAGMA user_version=99", "PRAGMA user_version=1", "99"},
        {"ALTER TABLE run ADD COLUMN colour TEXT NOT NULL DEFAULT ''", "ALTER TABLE run DROP COLUMN colour", "run.colour"},
        {"CREATE TABLE ticket (id INTEGER PRIMARY KEY)", "DROP TABLE ticket", "ticket.id"},
    };
    kit_close(kit);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct store *store = NULL;
        sql_run(kit, cases[i].sql);
        assert_false(store_open_sqlite(kit->path, &store, &kit->e));
        assert_int_equal(kit->e.code, ERR_STORE_NEWER);
        assert_non_null(strstr(kit->e.args, cases[i].what));
        assert_non_null(strstr(kit->e.args, kit->path));
        sql_run(kit, cases[i].undo);
    }
    kit_open(kit);
}

static void the_known_steps_ascend(void **state)
{
    (void)state;
    size_t count;
    const struct migration *known = sqlite_migrations(&count);
    assert_true(count >= 1);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(known[i].number, i + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(an_older_store_gets_what_it_lacks_and_loses_nothing),
        ON_SQLITE(a_migrated_store_has_the_schema_of_a_new_one),
        ON_SQLITE(each_numbered_step_runs_once_and_in_order),
        ON_SQLITE(a_new_store_skips_the_steps),
        ON_SQLITE(a_step_that_fails_leaves_the_store_as_it_was),
        ON_SQLITE(a_newer_store_is_refused_and_left_alone),
        cmocka_unit_test(the_known_steps_ascend),
    };
    return cmocka_run_group_tests_name("migration", tests, NULL, NULL);
}
