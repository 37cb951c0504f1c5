/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sqlite_priv - what the files of the SQLite make share. docs/store.md describes the file on disk.
 *
 * One connection writes (the decision thread's), each reader has its own. Nothing is shared between threads but the
 * path and the ops; so SQLite runs without its mutexes.
 */
#include <sqlite3.h>

#include "store/journal.h"
#include "store/store_priv.h"

enum {
    SQLITE_STORE_ID = 0x424E544F, /* PRAGMA application_id: "BNTO" */
    BUSY_LIMIT_MS = 2000,         /* another process (a person with sqlite3) holds the lock this long: give up */
    STATEMENTS_MAX = 64,          /* cached per reader */
    SQLITE_ROWS_MANY = 16,        /* of one statement */
};

struct sqlite_store {
    struct store store;
    struct arena arena;
    const char *path;
    int lock_fd;
    sqlite3 *db;                  /* the writer */
    sqlite3_stmt *put[TABLES], *put_many[TABLES], *remove[TABLES]; /* many: SQLITE_ROWS_MANY rows at once */
    sqlite3_stmt *begin, *commit, *rollback, *insert_row[2], *insert_body[2]; /* one row, many rows */
    struct journal_heads heads;
    bool are_heads_known;         /* false after a failure: they are read again */
    struct hasher hasher;
    struct strbuf body;
};

/* ---- file.c ---- */
/* Takes PATH.lock and sees to it that PATH exists with mode 0600. *is_new: it was made. */
MUST_CHECK bool sqlite_file_open(const char *path, int *lock_fd, bool *is_new, struct err *e);
void sqlite_file_close(int lock_fd);
MUST_CHECK bool sqlite_sync_folder(const char *path, struct err *e);

/* ---- fail.c ---- */
/* Always false: what SQLite says, as one of our messages. */
bool sqlite_fail(sqlite3 *db, const char *path, int result, struct err *e);
MUST_CHECK bool sqlite_run(sqlite3 *db, const char *path, const char *sql, struct err *e);
/* First column of the first row; 0 without rows. */
MUST_CHECK bool sqlite_number(sqlite3 *db, const char *path, const char *sql, int64_t *ret, struct err *e);
MUST_CHECK bool sqlite_connect(const char *path, bool is_reader, sqlite3 **ret, struct err *e);

/* ---- schema.c ---- */
/* The statements that make what is not there yet. */
void schema_create_sql(struct strbuf *into, const struct table_info *info);
void schema_put_sql(struct strbuf *into, const struct table_info *info, size_t rows);
void schema_remove_sql(struct strbuf *into, const struct table_info *info);
/* "a","b","c" */
void schema_columns(struct strbuf *into, const struct table_info *info, size_t count);
extern const char schema_journal_sql[];

/* ---- migrate.c ---- */
/* Steps that schema.def alone cannot say, by the number they bring the store to; beginning with 2. */
struct migration {
    int number;
    const char *sql;
};
/* Brings the schema up to date in one transaction. `count` migrations in ascending order. */
MUST_CHECK bool sqlite_migrate(sqlite3 *db, const char *path, const struct migration *migrations, size_t count, struct err *e);
const struct migration *sqlite_migrations(size_t *count);

/* ---- write.c ---- */
bool sqlite_commit(struct store *store, struct store_batch *batch, int64_t *first_id, struct err *e);
bool sqlite_redact(struct store *store, int64_t seq, struct store_batch *batch, struct err *e);
void sqlite_writer_close(struct sqlite_store *sqlite);

/* ---- read.c ---- */
bool sqlite_reader_open(struct store *store, struct store_reader **ret, struct err *e);
void sqlite_reader_close(struct store_reader *reader);
bool sqlite_hold(struct store_reader *reader, struct err *e);
void sqlite_release(struct store_reader *reader);
struct rows *sqlite_query(struct store_reader *reader, const struct query *query);
struct rows *sqlite_journal(struct store_reader *reader, const struct journal_query *query);
bool sqlite_get(struct store_reader *reader, struct arena *into, enum table table, void *row, bool *found, struct err *e);
bool sqlite_head(struct store_reader *reader, const char *stream, int64_t *seq, uint8_t hash[32], struct err *e);

/* ---- backup.c ---- */
bool sqlite_backup(struct store *store, const char *path, struct err *e);

static inline struct sqlite_store *sqlite_of(struct store *store)
{
    return (struct sqlite_store *)store;
}
