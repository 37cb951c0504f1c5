/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fail - connections and small statements, and SQLite's failures in the words of messages.def.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/sqlite/sqlite_priv.h"

static bool is_disk_full(int result, int system_errno)
{
    bool is_write = result == SQLITE_IOERR_WRITE || result == SQLITE_IOERR_SHMSIZE || result == SQLITE_IOERR_TRUNCATE;
    return (result & 0xFF) == SQLITE_FULL ||
           (is_write && (system_errno == ENOSPC || system_errno == EFBIG || system_errno == EDQUOT));
}

bool sqlite_fail(sqlite3 *db, const char *path, int result, struct err *e)
{
    char text[320], system[96] = "";
    int last_errno = errno; /* of a failed step SQLite passes on no number; nothing was called since */
    int system_errno = db ? sqlite3_system_errno(db) : 0;
    if (system_errno == 0 && (result & 0xFF) == SQLITE_IOERR) {
        system_errno = last_errno;
    }
    if (db && sqlite3_extended_errcode(db) != SQLITE_OK && (sqlite3_extended_errcode(db) & 0xFF) == (result & 0xFF)) {
        result = sqlite3_extended_errcode(db);
        (void)str_copy(text, sizeof(text), sqlite3_errmsg(db));
    } else {
        (void)str_copy(text, sizeof(text), sqlite3_errstr(result));
    }
    bool is_system = (result & 0xFF) == SQLITE_IOERR || (result & 0xFF) == SQLITE_CANTOPEN || (result & 0xFF) == SQLITE_FULL;
    if (is_system && system_errno != 0) {
        (void)snprintf(system, sizeof(system), " (%s)", strerrordesc_np(system_errno));
    }
    enum err_code code = ERR_STORE;
    if (is_disk_full(result, system_errno)) {
        code = ERR_STORE_FULL;
    } else if ((result & 0xFF) == SQLITE_CORRUPT || (result & 0xFF) == SQLITE_NOTADB || result == SQLITE_IOERR_SHORT_READ) {
        code = ERR_STORE_DAMAGED;
    } else if ((result & 0xFF) == SQLITE_BUSY || (result & 0xFF) == SQLITE_LOCKED) {
        code = ERR_STORE_BUSY;
    } else if ((result & 0xFF) == SQLITE_CANTOPEN || (result & 0xFF) == SQLITE_PERM || (result & 0xFF) == SQLITE_READONLY) {
        code = ERR_STORE_OPEN;
    }
    if (code == ERR_STORE) {
        return err_set(e, code, "%s: %s%s", path, text, system);
    }
    return err_set(e, code, "%s" ARG "%s%s", path, text, system);
}

bool sqlite_run(sqlite3 *db, const char *path, const char *sql, struct err *e)
{
    int result = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return result == SQLITE_OK || sqlite_fail(db, path, result, e);
}

bool sqlite_number(sqlite3 *db, const char *path, const char *sql, int64_t *ret, struct err *e)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v3(db, sql, -1, 0, &statement, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
    }
    int64_t number = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    bool is_done = result == SQLITE_ROW || result == SQLITE_DONE || sqlite_fail(db, path, result, e);
    (void)sqlite3_finalize(statement);
    if (is_done) {
        *ret = number;
    }
    return is_done;
}

/* WAL cannot be had on every file system (shared memory); without it readers would stop the writer. */
static bool wal_begin(sqlite3 *db, const char *path, struct err *e)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v3(db, "PRAGMA journal_mode=WAL", -1, 0, &statement, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
    }
    bool is_done;
    if (result != SQLITE_ROW) {
        is_done = sqlite_fail(db, path, result, e);
    } else {
        const char *mode = (const char *)sqlite3_column_text(statement, 0);
        is_done = str_equal(mode, "wal") ||
                  err_set(e, ERR_STORE_OPEN, "%s" ARG "no write-ahead log on this file system (%s)", path, mode ? mode : "");
    }
    (void)sqlite3_finalize(statement);
    return is_done;
}

bool sqlite_connect(const char *path, bool is_reader, sqlite3 **ret, struct err *e)
{
    static const char writer[] = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;"
                                 "PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;"
                                 "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON";
    static const char reader[] = "PRAGMA query_only=ON; PRAGMA cache_size=-2048; PRAGMA trusted_schema=OFF;"
                                 "PRAGMA cell_size_check=ON";
    sqlite3 *db = NULL;
    int result = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    bool is_done = result == SQLITE_OK || sqlite_fail(db, path, result, e);
    if (is_done) {
        (void)sqlite3_extended_result_codes(db, 1);
        (void)sqlite3_busy_timeout(db, BUSY_LIMIT_MS);
        is_done = (is_reader || wal_begin(db, path, e)) && sqlite_run(db, path, is_reader ? reader : writer, e);
    }
    if (!is_done) {
        (void)sqlite3_close_v2(db);
        return false;
    }
    *ret = db;
    return true;
}
