/* SPDX-License-Identifier: Apache-2.0 */
/*
 * migrate - a store of any older version becomes one of this version, or stays as it was.
 *
 * All in one transaction: numbered steps above the store's own number, then whatever tables, columns and indexes of
 * schema.def are missing, then the new number. A store with a higher number, or with a table or column that this
 * program does not know, was written by a newer one and is refused: an older program would lose what it cannot see.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store/sqlite/sqlite_priv.h"

/* {2, "UPDATE …"} would be the first. Append only; docs/store.md tells when one is needed. */
static const struct migration migrations_known[] = {{1, ""}};

const struct migration *sqlite_migrations(size_t *count)
{
    *count = COUNT(migrations_known);
    return migrations_known;
}

static bool refuse_newer(const char *path, const char *what, int64_t ours, struct err *e)
{
    return err_set(e, ERR_STORE_NEWER, "%s" ARG "%s" ARG "%lld", path, what, (long long)ours);
}

static const struct table_info *table_named(const char *name)
{
    for (size_t i = 0; i < TABLES; i++) {
        if (strcmp(table_info((enum table)i)->name, name) == 0) {
            return table_info((enum table)i);
        }
    }
    return NULL;
}

static bool is_column(const struct table_info *info, const char *name)
{
    for (size_t i = 0; i < info->column_count; i++) {
        if (strcmp(info->columns[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Each table and column of the file is one of ours. */
static bool nothing_unknown(sqlite3 *db, const char *path, int64_t ours, struct err *e)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v3(db,
                                    "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
                                    " WHERE t.type='table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~'"
                                    " AND t.name NOT IN ('journal', 'journal_body')",
                                    -1, 0, &statement, NULL);
    bool is_good = true;
    while (is_good && result != SQLITE_DONE) {
        result = result == SQLITE_OK || result == SQLITE_ROW ? sqlite3_step(statement) : result;
        if (result == SQLITE_ROW) {
            const char *table = (const char *)sqlite3_column_text(statement, 0);
            const char *column = (const char *)sqlite3_column_text(statement, 1);
            const struct table_info *info = table && column ? table_named(table) : NULL;
            if (!info || !is_column(info, column)) {
                char what[128];
                (void)snprintf(what, sizeof(what), "%s.%s", table ? table : "?", column ? column : "?");
                is_good = refuse_newer(path, what, ours, e);
            }
        } else if (result != SQLITE_DONE) {
            is_good = sqlite_fail(db, path, result, e);
        }
    }
    (void)sqlite3_finalize(statement);
    return is_good;
}

/* Columns that schema.def has and the file has not. */
static bool columns_add(sqlite3 *db, const char *path, const struct table_info *info, struct err *e)
{
    CLEANUP(strbuf_close) struct strbuf sql = {0};
    for (size_t i = 0; i < info->column_count; i++) {
        int64_t is_there;
        strbuf_clear(&sql);
        strbuf_printf(&sql, "SELECT count(*) FROM pragma_table_info('%s') WHERE name='%s'", info->name, info->columns[i].name);
        if (!sqlite_number(db, path, sql.at, &is_there, e)) {
            return false;
        }
        if (is_there) {
            continue;
        }
        static const char *const types[] = {
            [COLUMN_I64] = "INTEGER NOT NULL DEFAULT 0",
            [COLUMN_TXT] = "TEXT NOT NULL DEFAULT ''",
            [COLUMN_BLB] = "BLOB NOT NULL DEFAULT x''",
        };
        strbuf_clear(&sql);
        strbuf_printf(&sql, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", info->name, info->columns[i].name,
                      types[info->columns[i].type]);
        if (!sqlite_run(db, path, sql.at, e)) {
            return false;
        }
    }
    return true;
}

static bool table_up_to_date(sqlite3 *db, const char *path, const struct table_info *info, struct err *e)
{
    CLEANUP(strbuf_close) struct strbuf sql = {0};
    int64_t is_there;
    strbuf_printf(&sql, "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='%s'", info->name);
    if (!sqlite_number(db, path, sql.at, &is_there, e) || (is_there && !columns_add(db, path, info, e))) {
        return false;
    }
    strbuf_clear(&sql);
    schema_create_sql(&sql, info);
    return sqlite_run(db, path, sql.at, e);
}

static bool steps(sqlite3 *db, const char *path, const struct migration *migrations, size_t count, struct err *e)
{
    int64_t number = 0, ours = migrations[count - 1].number;
    if (!sqlite_number(db, path, "PRAGMA user_version", &number, e)) {
        return false;
    }
    if (number > ours) {
        char what[32];
        (void)snprintf(what, sizeof(what), "%lld", (long long)number);
        return refuse_newer(path, what, ours, e);
    }
    for (size_t i = 0; i < count; i++) {
        if (number > 0 && migrations[i].number > number && !sqlite_run(db, path, migrations[i].sql, e)) {
            return err_wrap(e, "migration %d", migrations[i].number);
        }
    }
    if (!nothing_unknown(db, path, ours, e) || !sqlite_run(db, path, schema_journal_sql, e)) {
        return false;
    }
    for (size_t i = 0; i < TABLES; i++) {
        if (!table_up_to_date(db, path, table_info((enum table)i), e)) {
            return false;
        }
    }
    char sql[96];
    (void)snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%lld", SQLITE_STORE_ID, (long long)ours);
    return sqlite_run(db, path, sql, e);
}

bool sqlite_migrate(sqlite3 *db, const char *path, const struct migration *migrations, size_t count, struct err *e)
{
    int64_t id, table_count;
    assert(count > 0);
    if (!sqlite_number(db, path, "PRAGMA application_id", &id, e) ||
        !sqlite_number(db, path, "SELECT count(*) FROM sqlite_schema", &table_count, e)) {
        return false;
    }
    if (id != SQLITE_STORE_ID && table_count > 0) {
        return err_set(e, ERR_STORE_FOREIGN, "%s", path);
    }
    if (!sqlite_run(db, path, "BEGIN IMMEDIATE", e)) {
        return false;
    }
    if (!steps(db, path, migrations, count, e) || !sqlite_run(db, path, "COMMIT", e)) {
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return false;
    }
    return true;
}
