/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write - a batch becomes one transaction.
 *
 * BEGIN IMMEDIATE … COMMIT lie inside one call. After a failure the transaction is rolled back and the heads of the
 * streams are read again before the next one: whether a COMMIT that reported an error took hold is the disk's word,
 * not ours.
 */
#include <assert.h>
#include <string.h>

#include "store/sqlite/sqlite_priv.h"

static bool fails(struct sqlite_store *sqlite, int result, struct err *e)
{
    return sqlite_fail(sqlite->db, sqlite->path, result, e);
}

static bool prepare(struct sqlite_store *sqlite, sqlite3_stmt **statement, const char *sql, struct err *e)
{
    if (*statement) {
        return true;
    }
    int result = sqlite3_prepare_v3(sqlite->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    return result == SQLITE_OK || fails(sqlite, result, e);
}

/* Runs a statement that gives no rows. */
static bool run(struct sqlite_store *sqlite, sqlite3_stmt *statement, struct err *e)
{
    int result = sqlite3_step(statement);
    bool is_done = result == SQLITE_DONE || fails(sqlite, result, e);
    (void)sqlite3_reset(statement);
    return is_done;
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    (void)sqlite3_bind_text(statement, at, text ? text : "", -1, SQLITE_STATIC);
}

static void bind_blob(sqlite3_stmt *statement, int at, const void *bytes, size_t n)
{
    (void)sqlite3_bind_blob64(statement, at, n ? bytes : "", n, SQLITE_STATIC);
}

static void bind_columns(sqlite3_stmt *statement, const struct table_info *info, size_t count, const void *row)
{
    for (size_t i = 0; i < count; i++) {
        const void *at = row_at(info, i, row);
        int place = (int)i + 1;
        switch (info->columns[i].type) {
        case COLUMN_I64:
            (void)sqlite3_bind_int64(statement, place, *(const int64_t *)at);
            break;
        case COLUMN_TXT:
            bind_text(statement, place, *(const char *const *)at);
            break;
        case COLUMN_BLB:
            bind_blob(statement, place, ((const struct blob *)at)->at, ((const struct blob *)at)->n);
            break;
        }
    }
}

static bool change_write(struct sqlite_store *sqlite, const struct change *change, struct err *e)
{
    sqlite3_stmt **statement = &(change->is_remove ? sqlite->remove : sqlite->put)[change->table];
    if (!*statement) {
        CLEANUP(strbuf_close) struct strbuf sql = {0};
        if (change->is_remove) {
            schema_remove_sql(&sql, change->info);
        } else {
            schema_put_sql(&sql, change->info);
        }
        if (!prepare(sqlite, statement, sql.at, e)) {
            return false;
        }
    }
    bind_columns(*statement, change->info, change->is_remove ? change->info->key_count : change->info->column_count,
                 change->row);
    return run(sqlite, *statement, e) || err_wrap(e, "%s", change->info->name);
}

static bool heads_read(struct sqlite_store *sqlite, struct err *e)
{
    if (sqlite->are_heads_known) {
        return true;
    }
    journal_heads_close(&sqlite->heads);
    sqlite3_stmt *statement = NULL;
    /* One step along the index for each stream, however long the journal is. */
    static const char sql[] =
        "WITH RECURSIVE s(stream) AS (SELECT min(stream) FROM journal UNION ALL"
        " SELECT (SELECT min(stream) FROM journal WHERE stream > s.stream) FROM s WHERE s.stream IS NOT NULL)"
        " SELECT j.stream, j.seq, j.hash FROM s, journal j WHERE j.stream = s.stream"
        " AND j.seq = (SELECT max(seq) FROM journal k WHERE k.stream = s.stream)";
    if (!prepare(sqlite, &statement, sql, e)) {
        return false;
    }
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *stream = (const char *)sqlite3_column_text(statement, 0);
        struct journal_head *head = journal_heads_find(&sqlite->heads, stream ? stream : "", true);
        head->seq = sqlite3_column_int64(statement, 1);
        const void *hash = sqlite3_column_blob(statement, 2);
        if (hash && sqlite3_column_bytes(statement, 2) == HASH_BYTES) {
            memcpy(head->hash, hash, HASH_BYTES);
        }
    }
    sqlite->are_heads_known = result == SQLITE_DONE;
    bool is_done = result == SQLITE_DONE || fails(sqlite, result, e);
    (void)sqlite3_finalize(statement);
    return is_done;
}

static bool body_write(struct sqlite_store *sqlite, int64_t id, struct blob body, struct err *e)
{
    if (!prepare(sqlite, &sqlite->insert_body, "INSERT INTO journal_body (id, body) VALUES (?, ?)", e)) {
        return false;
    }
    (void)sqlite3_bind_int64(sqlite->insert_body, 1, id);
    bind_blob(sqlite->insert_body, 2, body.at, body.n);
    return run(sqlite, sqlite->insert_body, e);
}

static bool entry_write(struct sqlite_store *sqlite, const struct store_batch *batch, size_t i, int64_t *id, struct err *e)
{
    const struct journal_entry *entry = &batch->entries.at[i].entry;
    struct journal_row row;
    strbuf_clear(&sqlite->body);
    batch_body(batch, i, &sqlite->body);
    if (sqlite->body.n > JOURNAL_BODY_BYTES_MAX) {
        return err_set(e, ERR_TOO_LARGE, "%s" ARG "%d bytes", "journal body", JOURNAL_BODY_BYTES_MAX);
    }
    if (!prepare(sqlite, &sqlite->insert_row,
                 "INSERT INTO journal (stream, seq, at_ms, wall_ms, actor, via, operation, entity, reason, reference,"
                 " body_hash, prev, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", e)) {
        return false;
    }
    struct journal_head *head = journal_heads_find(&sqlite->heads, entry->stream, true);
    journal_seal(&sqlite->hasher, head, entry, (struct blob){sqlite->body.at, sqlite->body.n}, &row);
    sqlite3_stmt *s = sqlite->insert_row;
    bind_text(s, 1, entry->stream);
    (void)sqlite3_bind_int64(s, 2, row.seq);
    (void)sqlite3_bind_int64(s, 3, entry->at.ms);
    (void)sqlite3_bind_int64(s, 4, entry->wall.ms);
    const char *const texts[] = {entry->actor, entry->via, entry->operation, entry->entity, entry->reason, entry->reference};
    for (size_t t = 0; t < COUNT(texts); t++) {
        bind_text(s, (int)t + 5, texts[t]);
    }
    bind_blob(s, 11, row.body_hash, HASH_BYTES);
    bind_blob(s, 12, row.prev, HASH_BYTES);
    bind_blob(s, 13, row.hash, HASH_BYTES);
    if (!run(sqlite, s, e)) {
        return err_wrap(e, "journal");
    }
    *id = sqlite3_last_insert_rowid(sqlite->db);
    return row.body.n == 0 || body_write(sqlite, *id, row.body, e);
}

static bool batch_write(struct sqlite_store *sqlite, struct store_batch *batch, int64_t *first_id, struct err *e)
{
    if (!heads_read(sqlite, e)) {
        return false;
    }
    batch_coalesce(batch);
    for (size_t i = 0; i < batch->changes.n; i++) {
        if (!batch->changes.at[i].is_superseded && !change_write(sqlite, &batch->changes.at[i], e)) {
            return false;
        }
    }
    for (size_t i = 0; i < batch->entries.n; i++) {
        int64_t id;
        if (!entry_write(sqlite, batch, i, &id, e)) {
            return false;
        }
        if (i == 0) {
            *first_id = id;
        }
    }
    return true;
}

static void roll_back(struct sqlite_store *sqlite)
{
    struct err ignored;
    sqlite->are_heads_known = false;
    if (!sqlite3_get_autocommit(sqlite->db) && prepare(sqlite, &sqlite->rollback, "ROLLBACK", &ignored)) {
        (void)run(sqlite, sqlite->rollback, &ignored); /* else the next BEGIN fails, and tries this again */
    }
}

static bool begin(struct sqlite_store *sqlite, struct err *e)
{
    if (!sqlite3_get_autocommit(sqlite->db)) {
        roll_back(sqlite);
    }
    return prepare(sqlite, &sqlite->begin, "BEGIN IMMEDIATE", e) && prepare(sqlite, &sqlite->commit, "COMMIT", e) &&
           run(sqlite, sqlite->begin, e);
}

bool sqlite_commit(struct store *store, struct store_batch *batch, int64_t *first_id, struct err *e)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    if (begin(sqlite, e) && batch_write(sqlite, batch, first_id, e) && run(sqlite, sqlite->commit, e)) {
        return true;
    }
    roll_back(sqlite);
    return false;
}

static bool body_remove(struct sqlite_store *sqlite, const char *stream, int64_t seq, struct err *e)
{
    sqlite3_stmt *statement = NULL;
    if (!prepare(sqlite, &statement, "DELETE FROM journal_body WHERE id = (SELECT id FROM journal WHERE stream=? AND seq=?)", e)) {
        return false;
    }
    bind_text(statement, 1, stream);
    (void)sqlite3_bind_int64(statement, 2, seq);
    bool is_done = run(sqlite, statement, e);
    (void)sqlite3_finalize(statement);
    return is_done;
}

bool sqlite_redact(struct store *store, int64_t seq, struct store_batch *batch, struct err *e)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    int64_t first_id;
    /* What is removed is overwritten, and the log that still holds it emptied. */
    bool is_done = sqlite_run(sqlite->db, sqlite->path, "PRAGMA secure_delete=ON", e) && begin(sqlite, e) &&
                   body_remove(sqlite, batch->entries.at[0].entry.stream, seq, e) &&
                   batch_write(sqlite, batch, &first_id, e) && run(sqlite, sqlite->commit, e);
    if (!is_done) {
        roll_back(sqlite);
    }
    (void)sqlite3_exec(sqlite->db, "PRAGMA secure_delete=OFF", NULL, NULL, NULL);
    (void)sqlite3_wal_checkpoint_v2(sqlite->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL); /* a reader may hinder it */
    return is_done;
}

void sqlite_writer_close(struct sqlite_store *sqlite)
{
    for (size_t i = 0; i < TABLES; i++) {
        (void)sqlite3_finalize(sqlite->put[i]);
        (void)sqlite3_finalize(sqlite->remove[i]);
    }
    sqlite3_stmt *const others[] = {sqlite->begin, sqlite->commit, sqlite->rollback, sqlite->insert_row, sqlite->insert_body};
    for (size_t i = 0; i < COUNT(others); i++) {
        (void)sqlite3_finalize(others[i]);
    }
    int result = sqlite3_close(sqlite->db);
    assert(result == SQLITE_OK);
    (void)result;
}
