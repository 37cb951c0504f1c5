/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write - a batch becomes one transaction.
 *
 * BEGIN IMMEDIATE … COMMIT lie inside one call. After a failure the transaction is rolled back and the heads of the
 * streams are read again before the next one: whether a COMMIT that reported an error took hold is the disk's word,
 * not ours.
 *
 * Opening its cursors is a third of what an INSERT of one row costs, so sixteen rows at a time go into a table; what
 * is left of a batch, one by one.
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

/* Parameters from `place` on. */
static void bind_columns(sqlite3_stmt *statement, int place, const struct table_info *info, size_t count, const void *row)
{
    for (size_t i = 0; i < count; i++, place++) {
        const void *at = row_at(info, i, row);
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

/* Changes that one statement makes: a remove, a put, or SQLITE_ROWS_MANY puts of one table. */
static bool changes_make(struct sqlite_store *sqlite, const struct change *const *changes, size_t count, struct err *e)
{
    const struct change *first = changes[0];
    sqlite3_stmt **statement = &(first->is_remove ? sqlite->remove : count > 1 ? sqlite->put_many : sqlite->put)[first->table];
    if (!*statement) {
        CLEANUP(strbuf_close) struct strbuf sql = {0};
        if (first->is_remove) {
            schema_remove_sql(&sql, first->info);
        } else {
            schema_put_sql(&sql, first->info, count);
        }
        if (!prepare(sqlite, statement, sql.at, e)) {
            return false;
        }
    }
    size_t columns = first->is_remove ? first->info->key_count : first->info->column_count;
    for (size_t i = 0; i < count; i++) {
        bind_columns(*statement, (int)(i * columns) + 1, first->info, columns, changes[i]->row);
    }
    return run(sqlite, *statement, e) || err_wrap(e, "%s", first->info->name);
}

/* Puts of one table, in order. */
static bool puts_make(struct sqlite_store *sqlite, const struct change *const *changes, size_t count, struct err *e)
{
    if (count == SQLITE_ROWS_MANY) {
        return changes_make(sqlite, changes, count, e);
    }
    for (size_t i = 0; i < count; i++) {
        if (!changes_make(sqlite, changes + i, 1, e)) {
            return false;
        }
    }
    return true;
}

static bool changes_write(struct sqlite_store *sqlite, const struct store_batch *batch, struct err *e)
{
    const struct change *puts[SQLITE_ROWS_MANY];
    size_t n = 0;
    for (size_t i = 0; i < batch->changes.n; i++) {
        const struct change *change = &batch->changes.at[i];
        if (change->is_superseded) {
            continue;
        }
        if (n == COUNT(puts) || (n > 0 && (change->is_remove || change->table != puts[0]->table))) {
            if (!puts_make(sqlite, puts, n, e)) {
                return false;
            }
            n = 0;
        }
        if (!change->is_remove) {
            puts[n++] = change;
        } else if (!changes_make(sqlite, &change, 1, e)) {
            return false;
        }
    }
    return puts_make(sqlite, puts, n, e);
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

/* INSERT of `count` rows, each made of the text `row`. */
static bool prepare_rows(struct sqlite_store *sqlite, sqlite3_stmt *statements[2], const char *head, const char *row, size_t count,
                         struct err *e)
{
    sqlite3_stmt **statement = &statements[count > 1];
    if (*statement) {
        return true;
    }
    CLEANUP(strbuf_close) struct strbuf sql = {0};
    strbuf_text(&sql, head);
    for (size_t i = 0; i < count; i++) {
        strbuf_text(&sql, i > 0 ? "," : "");
        strbuf_text(&sql, row);
    }
    return prepare(sqlite, statement, sql.at, e);
}

/* Of rows whose ids go on from `id`; a row that changed nothing has none. */
static bool bodies_write(struct sqlite_store *sqlite, int64_t id, const struct journal_row *rows, size_t count, struct err *e)
{
    bool has_all = true;
    for (size_t i = 0; i < count; i++) {
        has_all = has_all && rows[i].body.n > 0;
    }
    size_t step = has_all ? count : 1;
    for (size_t i = 0; i < count; i += step) {
        if (rows[i].body.n == 0) {
            continue;
        }
        if (!prepare_rows(sqlite, sqlite->insert_body, "INSERT INTO journal_body (id, body) VALUES ", "(?,?)", step, e)) {
            return false;
        }
        sqlite3_stmt *s = sqlite->insert_body[step > 1];
        for (size_t k = 0; k < step; k++) {
            (void)sqlite3_bind_int64(s, 2 * (int)k + 1, id + (int64_t)(i + k));
            bind_blob(s, 2 * (int)k + 2, rows[i + k].body.at, rows[i + k].body.n);
        }
        if (!run(sqlite, s, e)) {
            return false;
        }
    }
    return true;
}

static void bind_entry(sqlite3_stmt *s, int at, const struct journal_row *row)
{
    const struct journal_entry *entry = &row->entry;
    bind_text(s, at, entry->stream);
    (void)sqlite3_bind_int64(s, at + 1, row->seq);
    (void)sqlite3_bind_int64(s, at + 2, entry->at.ms);
    (void)sqlite3_bind_int64(s, at + 3, entry->wall.ms);
    const char *const texts[] = {entry->actor, entry->via, entry->operation, entry->entity, entry->reason, entry->reference};
    for (size_t t = 0; t < COUNT(texts); t++) {
        bind_text(s, at + (int)t + 4, texts[t]);
    }
    bind_blob(s, at + 10, row->body_hash, HASH_BYTES);
    bind_blob(s, at + 11, row->prev, HASH_BYTES);
    bind_blob(s, at + 12, row->hash, HASH_BYTES);
}

/* `count` entries (1 or SQLITE_ROWS_MANY) from `from` on; *id of the first. Ids have no gaps: there is one writer, and
 * no row is ever removed. */
static bool entries_make(struct sqlite_store *sqlite, const struct store_batch *batch, size_t from, size_t count, int64_t *id,
                         struct err *e)
{
    enum { COLUMNS = 13 };
    struct journal_row rows[SQLITE_ROWS_MANY];
    size_t ends[SQLITE_ROWS_MANY];
    strbuf_clear(&sqlite->body);
    for (size_t i = 0; i < count; i++) {
        size_t begin = sqlite->body.n;
        batch_body(batch, from + i, &sqlite->body);
        ends[i] = sqlite->body.n;
        if (ends[i] - begin > JOURNAL_BODY_BYTES_MAX) {
            return err_set(e, ERR_TOO_LARGE, "%s" ARG "%d bytes", "journal body", JOURNAL_BODY_BYTES_MAX);
        }
    }
    if (!prepare_rows(sqlite, sqlite->insert_row,
                      "INSERT INTO journal (stream, seq, at_ms, wall_ms, actor, via, operation, entity, reason, reference,"
                      " body_hash, prev, hash) VALUES ", "(?,?,?,?,?,?,?,?,?,?,?,?,?)", count, e)) {
        return false;
    }
    sqlite3_stmt *s = sqlite->insert_row[count > 1];
    for (size_t i = 0; i < count; i++) {
        const struct journal_entry *entry = &batch->entries.at[from + i].entry;
        size_t begin = i > 0 ? ends[i - 1] : 0;
        struct journal_head *head = journal_heads_find(&sqlite->heads, entry->stream, true);
        journal_seal(&sqlite->hasher, head, entry, (struct blob){sqlite->body.at + begin, ends[i] - begin}, &rows[i]);
        bind_entry(s, (int)i * COLUMNS + 1, &rows[i]);
    }
    if (!run(sqlite, s, e)) {
        return err_wrap(e, "journal");
    }
    *id = sqlite3_last_insert_rowid(sqlite->db) - (int64_t)count + 1;
    return bodies_write(sqlite, *id, rows, count, e);
}

static bool batch_write(struct sqlite_store *sqlite, struct store_batch *batch, int64_t *first_id, struct err *e)
{
    if (!heads_read(sqlite, e)) {
        return false;
    }
    batch_coalesce(batch);
    if (!changes_write(sqlite, batch, e)) {
        return false;
    }
    for (size_t i = 0, count; i < batch->entries.n; i += count) {
        int64_t id;
        count = batch->entries.n - i >= SQLITE_ROWS_MANY ? SQLITE_ROWS_MANY : 1;
        if (!entries_make(sqlite, batch, i, count, &id, e)) {
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
        (void)sqlite3_finalize(sqlite->put_many[i]);
        (void)sqlite3_finalize(sqlite->remove[i]);
    }
    sqlite3_stmt *const others[] = {sqlite->begin, sqlite->commit, sqlite->rollback, sqlite->insert_row[0], sqlite->insert_row[1],
                                    sqlite->insert_body[0], sqlite->insert_body[1]};
    for (size_t i = 0; i < COUNT(others); i++) {
        (void)sqlite3_finalize(others[i]);
    }
    int result = sqlite3_close(sqlite->db);
    assert(result == SQLITE_OK);
    (void)result;
}
