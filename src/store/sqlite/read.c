/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read - a connection per reader, with its statements kept ready by their text.
 *
 * A cursor steps a statement; closing it ends the statement, and with it the read transaction (unless held).
 */
#include <assert.h>
#include <string.h>

#include "base/map.h"
#include "store/sqlite/sqlite_priv.h"

struct statement {
    sqlite3_stmt *at;
    const char *sql;
    bool is_busy;                 /* a cursor is on it */
    bool is_kept;                 /* one of reader->get */
    struct statement *next;
};

struct sqlite_reader {
    struct store_reader reader;
    sqlite3 *db;
    const char *path;             /* the store's */
    struct statement *statements;
    size_t statement_count;
    struct statement *get[TABLES]; /* by primary key; made when first wanted */
    struct map by_sql;
    struct strbuf sql;            /* reused */
    sqlite3_stmt *begin, *commit; /* of hold and release; made when first wanted */
};

struct sqlite_cursor {
    struct rows rows;
    struct sqlite_reader *reader;
    struct statement *statement;
    const struct table_info *info; /* NULL: the journal */
    bool has_body;
    bool is_at_end;
};

static struct sqlite_reader *reader_of(struct store_reader *reader)
{
    return (struct sqlite_reader *)reader;
}

/* ---- statements ---- */

static void statement_close(struct statement *statement)
{
    (void)sqlite3_finalize(statement->at);
    heap_free(statement);
}

static void statements_drop(struct sqlite_reader *reader)
{
    struct statement **link = &reader->statements;
    while (*link) {
        struct statement *statement = *link;
        if (statement->is_busy || statement->is_kept) {
            link = &statement->next;
            continue;
        }
        if (map_get(&reader->by_sql, statement->sql) == statement) {
            (void)map_remove(&reader->by_sql, statement->sql);
        }
        *link = statement->next;
        statement_close(statement);
        reader->statement_count--;
    }
}

/* A ready statement for reader->sql; NULL with *e set. */
static struct statement *statement_take(struct sqlite_reader *reader, struct err *e)
{
    struct statement *statement = map_get(&reader->by_sql, reader->sql.at);
    if (statement && !statement->is_busy && !statement->is_kept) {
        statement->is_busy = true;
        return statement;
    }
    if (reader->statement_count >= STATEMENTS_MAX) {
        statements_drop(reader);
    }
    sqlite3_stmt *at = NULL;
    int result = sqlite3_prepare_v3(reader->db, reader->sql.at, (int)reader->sql.n, SQLITE_PREPARE_PERSISTENT, &at, NULL);
    if (result != SQLITE_OK) {
        (void)sqlite_fail(reader->db, reader->path, result, e);
        return NULL;
    }
    statement = heap_resize(NULL, 1, sizeof(*statement));
    *statement = (struct statement){.at = at, .sql = sqlite3_sql(at), .is_busy = true, .next = reader->statements};
    reader->statements = statement;
    reader->statement_count++;
    if (!map_get(&reader->by_sql, statement->sql)) {
        (void)map_put(&reader->by_sql, statement->sql, statement);
    }
    return statement;
}

static void statement_give(struct statement *statement)
{
    (void)sqlite3_reset(statement->at);
    (void)sqlite3_clear_bindings(statement->at);
    statement->is_busy = false;
}

/* ---- columns ---- */

static const char *column_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}

static void row_read(sqlite3_stmt *statement, const struct table_info *info, void *row)
{
    memset(row, 0, info->row_bytes);
    for (size_t i = 0; i < info->column_count; i++) {
        void *place = (char *)row + info->columns[i].offset;
        int column = (int)i;
        switch (info->columns[i].type) {
        case COLUMN_I64:
            *(int64_t *)place = sqlite3_column_int64(statement, column);
            break;
        case COLUMN_TXT:
            *(const char **)place = column_text(statement, column);
            break;
        case COLUMN_BLB:
            *(struct blob *)place = (struct blob){sqlite3_column_blob(statement, column),
                                                  (size_t)sqlite3_column_bytes(statement, column)};
            break;
        }
    }
}

enum { JOURNAL_ID, JOURNAL_STREAM, JOURNAL_SEQ, JOURNAL_AT, JOURNAL_WALL, JOURNAL_ACTOR, JOURNAL_VIA, JOURNAL_OPERATION,
       JOURNAL_ENTITY, JOURNAL_REASON, JOURNAL_REFERENCE, JOURNAL_BODY_HASH, JOURNAL_PREV, JOURNAL_HASH, JOURNAL_HAS_BODY,
       JOURNAL_BODY };

static const char journal_columns[] = "SELECT j.id, j.stream, j.seq, j.at_ms, j.wall_ms, j.actor, j.via, j.operation,"
                                      " j.entity, j.reason, j.reference, j.body_hash, j.prev, j.hash, b.id IS NOT NULL";

static void hash_read(sqlite3_stmt *statement, int column, uint8_t ret[HASH_BYTES])
{
    const void *hash = sqlite3_column_blob(statement, column);
    memset(ret, 0, HASH_BYTES);
    if (hash && sqlite3_column_bytes(statement, column) == HASH_BYTES) {
        memcpy(ret, hash, HASH_BYTES);
    }
}

static void journal_read(sqlite3_stmt *s, bool has_body, struct journal_row *row)
{
    *row = (struct journal_row){
        .id = sqlite3_column_int64(s, JOURNAL_ID),
        .seq = sqlite3_column_int64(s, JOURNAL_SEQ),
        .entry = {.at = {sqlite3_column_int64(s, JOURNAL_AT)},
                  .wall = {sqlite3_column_int64(s, JOURNAL_WALL)},
                  .stream = column_text(s, JOURNAL_STREAM),
                  .actor = column_text(s, JOURNAL_ACTOR),
                  .via = column_text(s, JOURNAL_VIA),
                  .operation = column_text(s, JOURNAL_OPERATION),
                  .entity = column_text(s, JOURNAL_ENTITY),
                  .reason = column_text(s, JOURNAL_REASON),
                  .reference = column_text(s, JOURNAL_REFERENCE)},
    };
    hash_read(s, JOURNAL_BODY_HASH, row->body_hash);
    hash_read(s, JOURNAL_PREV, row->prev);
    hash_read(s, JOURNAL_HASH, row->hash);
    row->is_redacted = !sqlite3_column_int64(s, JOURNAL_HAS_BODY) && !journal_hash_is_empty(row->body_hash);
    if (has_body) {
        row->body = (struct blob){sqlite3_column_blob(s, JOURNAL_BODY), (size_t)sqlite3_column_bytes(s, JOURNAL_BODY)};
    }
}

/* ---- cursors ---- */

static bool cursor_step(struct sqlite_cursor *cursor)
{
    if (cursor->is_at_end) {
        return false;
    }
    int result = sqlite3_step(cursor->statement->at);
    cursor->is_at_end = result != SQLITE_ROW;
    if (result != SQLITE_ROW && result != SQLITE_DONE) {
        (void)sqlite_fail(cursor->reader->db, cursor->reader->path, result, &cursor->rows.err);
    }
    return result == SQLITE_ROW;
}

static bool cursor_next(struct rows *rows, void *row)
{
    struct sqlite_cursor *cursor = (struct sqlite_cursor *)rows;
    assert(cursor->info);
    if (!cursor_step(cursor)) {
        return false;
    }
    row_read(cursor->statement->at, cursor->info, row);
    return true;
}

static bool cursor_journal_next(struct rows *rows, struct journal_row *row)
{
    struct sqlite_cursor *cursor = (struct sqlite_cursor *)rows;
    assert(!cursor->info);
    if (!cursor_step(cursor)) {
        return false;
    }
    journal_read(cursor->statement->at, cursor->has_body, row);
    return true;
}

static void cursor_close(struct rows *rows)
{
    struct sqlite_cursor *cursor = (struct sqlite_cursor *)rows;
    statement_give(cursor->statement);
    heap_free(cursor);
}

/* A cursor on reader->sql, nothing bound yet. */
static struct rows *cursor_open(struct sqlite_reader *reader, const struct table_info *info, bool has_body,
                                sqlite3_stmt **statement)
{
    static const struct rows_ops ops = {.next = cursor_next, .journal_next = cursor_journal_next, .close = cursor_close};
    struct err e = {0};
    struct statement *taken = statement_take(reader, &e);
    if (!taken) {
        *statement = NULL;
        return rows_failed(&e);
    }
    struct sqlite_cursor *cursor = heap_resize(NULL, 1, sizeof(*cursor));
    *cursor = (struct sqlite_cursor){
        .rows = {.ops = &ops}, .reader = reader, .statement = taken, .info = info, .has_body = has_body};
    *statement = taken->at;
    return &cursor->rows;
}

/* GLOB with [ taken literally: our patterns know only * and ?. */
static void bind_pattern(sqlite3_stmt *statement, int at, const char *pattern)
{
    CLEANUP(strbuf_close) struct strbuf glob = {0};
    for (const char *c = pattern; *c; c++) {
        if (*c == '[') {
            strbuf_text(&glob, "[[]");
        } else {
            strbuf_char(&glob, *c);
        }
    }
    (void)sqlite3_bind_text(statement, at, strbuf_str(&glob), (int)glob.n, SQLITE_TRANSIENT);
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    (void)sqlite3_bind_text(statement, at, text ? text : "", -1, SQLITE_TRANSIENT);
}

static const char *op_sql(enum where_op op)
{
    switch (op) {
    case WHERE_EQ:
        return "=";
    case WHERE_NE:
        return "<>";
    case WHERE_LT:
        return "<";
    case WHERE_LE:
        return "<=";
    case WHERE_GT:
        return ">";
    case WHERE_GE:
        return ">=";
    case WHERE_LIKE:
        return " GLOB ";
    }
    return "=";
}

static void query_sql(struct strbuf *sql, const struct table_info *info, const struct query *query)
{
    strbuf_clear(sql);
    strbuf_text(sql, "SELECT ");
    schema_columns(sql, info, info->column_count);
    strbuf_printf(sql, " FROM \"%s\"", info->name);
    for (size_t i = 0; i < query->where_count; i++) {
        const struct where *where = &query->where[i];
        assert(where->column >= 0 && (size_t)where->column < info->column_count);
        strbuf_text(sql, i > 0 ? " AND \"" : " WHERE \"");
        strbuf_text(sql, info->columns[where->column].name);
        strbuf_char(sql, '"');
        strbuf_text(sql, op_sql(where->op));
        strbuf_char(sql, '?');
    }
    const char *direction = query->is_descending ? " DESC" : "";
    const char *before = " ORDER BY ";
    if (query->order_column >= 0) {
        strbuf_printf(sql, "%s\"%s\"%s", before, info->columns[query->order_column].name, direction);
        before = ",";
    }
    for (size_t i = 0; i < info->key_count; i++) {
        if (query->order_column != (int)i) {
            strbuf_printf(sql, "%s\"%s\"%s", before, info->columns[i].name, direction);
            before = ",";
        }
    }
    strbuf_text(sql, query->limit > 0 ? " LIMIT ?" : "");
}

struct rows *sqlite_query(struct store_reader *store_reader, const struct query *query)
{
    struct sqlite_reader *reader = reader_of(store_reader);
    const struct table_info *info = table_info(query->table);
    sqlite3_stmt *statement;
    query_sql(&reader->sql, info, query);
    struct rows *rows = cursor_open(reader, info, false, &statement);
    if (!statement) {
        return rows;
    }
    int at = 1;
    for (size_t i = 0; i < query->where_count; i++, at++) {
        const struct where *where = &query->where[i];
        enum column_type type = info->columns[where->column].type;
        assert(type != COLUMN_BLB && (type == COLUMN_TXT || where->op != WHERE_LIKE));
        if (type == COLUMN_I64) {
            (void)sqlite3_bind_int64(statement, at, where->number);
        } else if (where->op == WHERE_LIKE) {
            bind_pattern(statement, at, where->text);
        } else {
            bind_text(statement, at, where->text);
        }
    }
    if (query->limit > 0) {
        (void)sqlite3_bind_int64(statement, at, query->limit);
    }
    return rows;
}

/* Text conditions of a journal query, in the order they are bound. */
struct text_where {
    const char *column, *wanted;
};

static void journal_sql(struct strbuf *sql, const struct journal_query *query, const struct text_where *texts, size_t text_count)
{
    const char *direction = query->is_descending ? " DESC" : "";
    strbuf_clear(sql);
    strbuf_printf(sql, "%s%s FROM journal j LEFT JOIN journal_body b ON b.id=j.id WHERE %s>?1", journal_columns,
                  query->with_bodies ? ", b.body" : "", query->stream ? "j.stream=?2 AND j.seq" : "j.id");
    strbuf_text(sql, query->until_seq ? (query->stream ? " AND j.seq<=?3" : " AND j.id<=?3") : "");
    strbuf_text(sql, query->from.ms ? " AND j.at_ms>=?4" : "");
    strbuf_text(sql, query->to.ms && query->to.ms != INT64_MAX ? " AND j.at_ms<?5" : "");
    for (size_t i = 0; i < text_count; i++) {
        if (texts[i].wanted) {
            strbuf_printf(sql, " AND j.%s %s ?%zu", texts[i].column, like_is_pattern(texts[i].wanted) ? "GLOB" : "=", i + 7);
        }
    }
    strbuf_printf(sql, query->stream ? " ORDER BY j.stream%s, j.seq%s" : " ORDER BY j.id%s%s", query->stream ? direction : "",
                  direction);
    strbuf_text(sql, query->limit > 0 ? " LIMIT ?6" : "");
}

struct rows *sqlite_journal(struct store_reader *store_reader, const struct journal_query *query)
{
    struct sqlite_reader *reader = reader_of(store_reader);
    const struct text_where texts[] = {
        {"actor", query->actor}, {"entity", query->entity}, {"operation", query->operation}};
    sqlite3_stmt *statement;
    journal_sql(&reader->sql, query, texts, COUNT(texts));
    struct rows *rows = cursor_open(reader, NULL, query->with_bodies, &statement);
    if (!statement) {
        return rows;
    }
    /* Numbers that the text does not use are refused by SQLite, harmlessly. */
    (void)sqlite3_bind_int64(statement, 1, query->after_seq);
    if (query->stream) {
        bind_text(statement, 2, query->stream);
    }
    (void)sqlite3_bind_int64(statement, 3, query->until_seq);
    (void)sqlite3_bind_int64(statement, 4, query->from.ms);
    (void)sqlite3_bind_int64(statement, 5, query->to.ms);
    (void)sqlite3_bind_int64(statement, 6, query->limit);
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (texts[i].wanted && like_is_pattern(texts[i].wanted)) {
            bind_pattern(statement, (int)i + 7, texts[i].wanted);
        } else if (texts[i].wanted) {
            bind_text(statement, (int)i + 7, texts[i].wanted);
        }
    }
    return rows;
}

/* ---- single rows ---- */

static bool get_prepare(struct sqlite_reader *reader, enum table table, struct err *e)
{
    const struct table_info *info = table_info(table);
    struct query query = {.table = table, .order_column = -1, .where_count = info->key_count};
    if (reader->get[table]) {
        return true;
    }
    assert(info->key_count <= WHERE_MAX);
    for (size_t i = 0; i < info->key_count; i++) {
        query.where[i].column = (int)i;
    }
    query_sql(&reader->sql, info, &query);
    struct statement *statement = statement_take(reader, e);
    if (statement) {
        statement_give(statement);
        statement->is_kept = true;
        (void)map_remove(&reader->by_sql, statement->sql); /* a cursor gets one of its own */
        reader->get[table] = statement;
    }
    return statement != NULL;
}

bool sqlite_get(struct store_reader *store_reader, struct arena *into, enum table table, void *row, bool *found, struct err *e)
{
    struct sqlite_reader *reader = reader_of(store_reader);
    const struct table_info *info = table_info(table);
    if (!get_prepare(reader, table, e)) {
        return false;
    }
    sqlite3_stmt *statement = reader->get[table]->at;
    assert(!reader->get[table]->is_busy);
    for (size_t i = 0; i < info->key_count; i++) {
        const void *at = row_at(info, i, row);
        if (info->columns[i].type == COLUMN_I64) {
            (void)sqlite3_bind_int64(statement, (int)i + 1, *(const int64_t *)at);
        } else {
            bind_text(statement, (int)i + 1, *(const char *const *)at);
        }
    }
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        alignas(max_align_t) char borrowed[ROW_BYTES_MAX];
        assert(info->row_bytes <= sizeof(borrowed));
        row_read(statement, info, borrowed);
        void *copy = arena_alloc(into, row_packed_bytes(info, borrowed), alignof(max_align_t));
        row_pack(info, borrowed, copy);
        memcpy(row, copy, info->row_bytes);
    }
    bool is_done = result == SQLITE_ROW || result == SQLITE_DONE || sqlite_fail(reader->db, reader->path, result, e);
    statement_give(reader->get[table]);
    if (is_done) {
        *found = result == SQLITE_ROW;
    }
    return is_done;
}

bool sqlite_head(struct store_reader *store_reader, const char *stream, int64_t *seq, uint8_t hash[32], struct err *e)
{
    struct journal_query query = {.stream = stream, .is_descending = true, .limit = 1};
    struct journal_row row = {0};
    struct rows *rows = sqlite_journal(store_reader, &query);
    (void)journal_next(rows, &row); /* else it stays zero */
    *seq = row.seq;
    memcpy(hash, row.hash, HASH_BYTES);
    return rows_end(rows, e);
}

/* ---- life ---- */

bool sqlite_reader_open(struct store *store, struct store_reader **ret, struct err *e)
{
    sqlite3 *db;
    if (!sqlite_connect(sqlite_of(store)->path, true, &db, e)) {
        return false;
    }
    struct sqlite_reader *reader = heap_resize(NULL, 1, sizeof(*reader));
    *reader = (struct sqlite_reader){.reader = {.store = store}, .db = db, .path = sqlite_of(store)->path};
    *ret = &reader->reader;
    return true;
}

void sqlite_reader_close(struct store_reader *store_reader)
{
    struct sqlite_reader *reader = reader_of(store_reader);
    for (size_t i = 0; i < TABLES; i++) {
        if (reader->get[i]) {
            reader->get[i]->is_kept = false;
        }
    }
    statements_drop(reader);
    assert(!reader->statements); /* a cursor was left open */
    map_close(&reader->by_sql);
    strbuf_close(&reader->sql);
    (void)sqlite3_finalize(reader->begin);
    (void)sqlite3_finalize(reader->commit);
    (void)sqlite3_close(reader->db);
    heap_free(reader);
}

/* Once a request: not parsed each time. */
static int kept_run(sqlite3 *db, const char *sql, sqlite3_stmt **kept)
{
    int result = *kept ? SQLITE_OK : sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, kept, NULL);
    if (result == SQLITE_OK) {
        (void)sqlite3_step(*kept);
        result = sqlite3_reset(*kept);
    }
    return result;
}

bool sqlite_hold(struct store_reader *store_reader, struct err *e)
{
    struct sqlite_reader *reader = reader_of(store_reader);
    int result = kept_run(reader->db, "BEGIN", &reader->begin);
    return result == SQLITE_OK || sqlite_fail(reader->db, reader->path, result, e);
}

void sqlite_release(struct store_reader *store_reader)
{
    struct sqlite_reader *reader = reader_of(store_reader);
    (void)kept_run(reader->db, "COMMIT", &reader->commit); /* it only read: nothing can be lost */
}
