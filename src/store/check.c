/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check - is the journal whole, does it rebuild the tables, and the one act that empties a body.
 */
#include <assert.h>
#include <string.h>

#include "store/journal.h"
#include "store/store_priv.h"

enum { REPLAY_ROWS_MAX = 1000 }; /* journal rows per commit of a replay */

static const char redact_operation[] = "journal.redact";

static const char *redact_entity(struct arena *into, const char *stream, int64_t seq)
{
    return arena_printf(into, "journal/%s/%lld", stream, (long long)seq);
}

/* ---- the chain ---- */

struct verify {
    struct hasher hasher;
    struct journal_report report;
    VEC(int64_t) pending;     /* redacted, and no row met yet that says so */
    bool has_hashes;          /* a store in memory may do without */
};

/* A row of redaction settles the row it names. */
static void redaction_settle(struct verify *verify, const struct journal_row *row)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    if (strcmp(row->entry.operation, redact_operation) != 0) {
        return;
    }
    for (size_t i = 0; i < verify->pending.n; i++) {
        if (str_equal(row->entry.entity, redact_entity(&tmp, row->entry.stream, verify->pending.at[i]))) {
            verify->pending.at[i] = verify->pending.at[--verify->pending.n];
            return;
        }
    }
}

/* What is wrong with a row, NULL if nothing. */
static const char *row_fault(struct verify *verify, const struct journal_row *row)
{
    uint8_t hash[HASH_BYTES];
    if (row->seq != verify->report.row_count + 1) {
        return "gap";
    }
    if (!verify->has_hashes) {
        return NULL;
    }
    if (memcmp(row->prev, verify->report.head, HASH_BYTES) != 0) {
        return "prev";
    }
    journal_row_hash(&verify->hasher, row, hash);
    if (memcmp(row->hash, hash, HASH_BYTES) != 0) {
        return "hash";
    }
    if (row->is_redacted) {
        *vec_add(&verify->pending) = row->seq;
        verify->report.redacted_count++;
        return NULL;
    }
    hasher_hash(&verify->hasher, row->body.n ? row->body.at : "", row->body.n, hash);
    return memcmp(row->body_hash, hash, HASH_BYTES) == 0 ? NULL : "body";
}

/* Bodies that are gone without a row that says why. */
static void unsettled_report(struct verify *verify)
{
    for (size_t i = 0; i < verify->pending.n; i++) {
        if (!verify->report.bad_seq || verify->pending.at[i] < verify->report.bad_seq) {
            verify->report.bad_seq = verify->pending.at[i];
            verify->report.bad_what = "body";
        }
    }
}

bool store_journal_verify(struct store_reader *reader, const char *stream, struct journal_report *ret, struct err *e)
{
    struct verify verify = {.has_hashes = reader->store->has_hashes};
    struct journal_query query = {.stream = stream, .with_bodies = true};
    struct journal_row row;
    hasher_open(&verify.hasher);
    struct rows *rows = store_journal(reader, &query);
    while (!verify.report.bad_seq && journal_next(rows, &row)) {
        const char *fault = row_fault(&verify, &row);
        if (fault) {
            verify.report.bad_what = fault;
            verify.report.bad_seq = strcmp(fault, "gap") == 0 ? verify.report.row_count + 1 : row.seq;
            break;
        }
        redaction_settle(&verify, &row);
        verify.report.row_count++;
        memcpy(verify.report.head, row.hash, HASH_BYTES);
    }
    if (!verify.report.bad_seq) {
        unsettled_report(&verify);
    }
    vec_close(&verify.pending);
    hasher_close(&verify.hasher);
    bool is_done = rows_end(rows, e);
    if (is_done) {
        *ret = verify.report;
    }
    return is_done;
}

/* ---- replay ---- */

static bool body_fails(const struct journal_row *row, const char *what, struct err *e)
{
    return err_set(e, ERR_JOURNAL_BODY, "%s" ARG "%lld" ARG "%s", row->entry.stream, (long long)row->seq, what);
}

static bool body_replay(const struct journal_row *row, struct store_batch *batch, struct arena *tmp, struct err *e)
{
    const uint8_t *at = row->body.at;
    struct journal_cursor cursor = {.at = at, .end = at + row->body.n};
    struct journal_change change;
    if (!row->body.n) {
        return true;
    }
    while (journal_body_next(&cursor, tmp, &change)) {
        if (change.is_remove) {
            store_remove(batch, change.table, change.row);
        } else {
            store_put(batch, change.table, change.row);
        }
    }
    store_entry(batch, &row->entry);
    return !cursor.bad || body_fails(row, cursor.bad, e);
}

static bool replay(struct store_reader *reader, struct store *into, struct err *e)
{
    struct journal_query query = {.with_bodies = true};
    struct journal_row row;
    struct arena tmp = {0};
    struct store_batch *batch = store_batch_open(into);
    struct rows *rows = store_journal(reader, &query);
    bool is_good = true;
    for (int64_t n = 1; is_good && journal_next(rows, &row); n++) {
        is_good = body_replay(&row, batch, &tmp, e);
        if (is_good && n % REPLAY_ROWS_MAX == 0) {
            is_good = store_commit(into, batch, NULL, e);
            arena_reset(&tmp);
        }
    }
    is_good = is_good && store_commit(into, batch, NULL, e);
    store_batch_close(batch);
    arena_close(&tmp);
    struct err ignored;
    return rows_end(rows, is_good ? e : &ignored) && is_good;
}

static const char *key_text(struct arena *into, const struct table_info *info, const void *row)
{
    struct strbuf b = {0};
    strbuf_text(&b, info->name);
    for (size_t i = 0; i < info->key_count; i++) {
        const void *at = row_at(info, i, row);
        if (info->columns[i].type == COLUMN_I64) {
            strbuf_printf(&b, "/%lld", (long long)*(const int64_t *)at);
        } else {
            strbuf_printf(&b, "/%s", *(const char *const *)at);
        }
    }
    const char *text = arena_copy(into, b.at);
    strbuf_close(&b);
    return text;
}

/* The first row that differs, in two cursors of the same order; NULL if all are equal. */
static const char *rows_compare(struct arena *into, const struct table_info *info, struct rows *left, struct rows *right)
{
    alignas(max_align_t) char a[ROW_BYTES_MAX], b[ROW_BYTES_MAX];
    assert(info->row_bytes <= sizeof(a));
    for (;;) {
        bool is_left = rows_next(left, a), is_right = rows_next(right, b);
        if (!is_left || !is_right) {
            return is_left || is_right ? key_text(into, info, is_left ? a : b) : NULL;
        }
        for (size_t i = 0; i < info->column_count; i++) {
            if (row_compare_column(info, i, a, b) != 0) {
                return key_text(into, info, row_compare_keys(info, a, b) <= 0 ? a : b);
            }
        }
    }
}

static bool tables_compare(struct store_reader *reader, struct store_reader *other, struct arena *into, const char **different,
                           struct err *e)
{
    for (size_t i = 0; i < TABLES && !*different; i++) {
        const struct table_info *info = table_info((enum table)i);
        struct query query = {.table = (enum table)i, .order_column = -1};
        if (!info->is_replayed) {
            continue;
        }
        struct rows *left = store_query(reader, &query), *right = store_query(other, &query);
        *different = rows_compare(into, info, left, right);
        struct err ignored;
        bool is_left = rows_end(left, e);
        if (!rows_end(right, is_left ? e : &ignored) || !is_left) {
            return false;
        }
    }
    return true;
}

bool store_replay_check(struct store_reader *reader, struct arena *into, const char **different, struct err *e)
{
    struct store *copy = store_open_memory(false, false);
    struct store_reader *other = NULL;
    const char *found = NULL;
    bool is_held = store_reader_hold(reader, e);
    bool is_done = is_held && replay(reader, copy, e) && store_reader_open(copy, &other, e) &&
                   tables_compare(reader, other, into, &found, e);
    if (is_held) {
        store_reader_release(reader);
    }
    store_reader_close(other);
    store_close(copy);
    if (is_done) {
        *different = found;
    }
    return is_done;
}

/* ---- redaction ---- */

static bool row_of(struct store_reader *reader, const char *stream, int64_t seq, struct arena *into, struct journal_row *ret,
                   struct err *e)
{
    struct journal_query query = {.stream = stream, .after_seq = seq - 1, .until_seq = seq, .with_bodies = true};
    struct rows *rows = store_journal(reader, &query);
    bool is_found = journal_next(rows, ret);
    if (is_found) {
        ret->body.at = arena_copy_bytes(into, ret->body.at, ret->body.n);
    }
    if (!rows_end(rows, e)) {
        return false;
    }
    if (!is_found) {
        return err_set(e, ERR_NOT_FOUND, "journal" ARG "%s/%lld", stream, (long long)seq);
    }
    return (!ret->is_redacted && ret->body.n > 0) ||
           err_set(e, ERR_CONFLICT, "journal.redact" ARG "%s/%lld: %s", stream, (long long)seq,
                   ret->is_redacted ? "redacted before" : "it has no body");
}

/* Puts each row that the body touched as it is now. */
static bool rows_restate(struct store_reader *reader, const struct journal_row *row, struct store_batch *batch,
                         struct arena *tmp, struct err *e)
{
    const uint8_t *at = row->body.at;
    struct journal_cursor cursor = {.at = at, .end = at + row->body.n};
    struct journal_change change;
    while (journal_body_next(&cursor, tmp, &change)) {
        bool is_found;
        if (!store_get(reader, tmp, change.table, change.row, &is_found, e)) {
            return false;
        }
        if (is_found) {
            store_put(batch, change.table, change.row);
        } else {
            store_remove(batch, change.table, change.row);
        }
    }
    return !cursor.bad || body_fails(row, cursor.bad, e);
}

static bool redact_with(struct store *store, struct store_reader *reader, struct store_batch *batch, struct arena *tmp,
                        struct journal_entry *entry, struct err *e)
{
    struct journal_row row;
    const char *slash = strrchr(entry->entity, '/');
    int64_t seq = 0;
    bool is_number = str_to_i64(str_of(slash + 1), 1, INT64_MAX, &seq);
    assert(is_number);
    (void)is_number;
    if (!row_of(reader, entry->stream, seq, tmp, &row, e) || !rows_restate(reader, &row, batch, tmp, e)) {
        return false;
    }
    store_entry(batch, entry);
    return store->ops->redact(store, seq, batch, e);
}

bool store_journal_redact(struct store *store, const char *stream, int64_t seq, const struct journal_entry *entry, struct err *e)
{
    struct store_reader *reader = NULL;
    if (seq < 1) {
        return err_set(e, ERR_NOT_FOUND, "journal" ARG "%s/%lld", stream, (long long)seq);
    }
    if (!store_reader_open(store, &reader, e)) {
        return false;
    }
    struct arena tmp = {0};
    struct journal_entry full = *entry;
    full.stream = stream;
    full.operation = redact_operation;
    full.entity = redact_entity(&tmp, stream, seq);
    struct store_batch *batch = store_batch_open(store);
    bool is_done = redact_with(store, reader, batch, &tmp, &full, e);
    store_batch_close(batch);
    store_reader_close(reader);
    arena_close(&tmp);
    return is_done;
}
