/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory - a store that lives and dies with its process: for the simulator, tests and replay.
 *
 * One mutex guards everything; a query copies what it found, so a cursor holds no lock. A commit cannot fail.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal.h"
#include "store/memory/memory_priv.h"

/* Room for the rows of a query: given back by its cursor and used again. */
struct spare {
    char *at;
    size_t bytes;
};
#ifdef __SANITIZE_ADDRESS__
enum { SPARE_BYTES_MAX = 0 }; /* a row that is used after its cursor is found */
#else
enum { SPARE_BYTES_MAX = 16 * 1024 * 1024 };
#endif

struct memory_store {
    struct store store;
    pthread_mutex_t mutex;
    struct memory_table tables[TABLES];
    bool keeps_journal;
    struct hasher hasher;
    struct strbuf body;
    struct spare spare;
    struct journal_heads heads;
    int64_t entry_count;               /* journal id of the newest row, kept or not */
    struct arena journal_arena;
    VEC(struct journal_row) journal;   /* texts and bodies in journal_arena; redacted bodies are overwritten */
};

struct memory_cursor {
    struct rows rows;
    struct memory_store *memory;
    struct arena arena;                /* of a journal's rows */
    const struct table_info *info;
    struct spare block;                /* offsets of the packed rows, then the rows */
    struct journal_row *journal;
    size_t n, next;
};

static struct memory_store *memory_of(struct store *store)
{
    return (struct memory_store *)store;
}

static void lock(struct memory_store *memory)
{
    int failed = pthread_mutex_lock(&memory->mutex);
    assert(failed == 0);
    (void)failed;
}

static void unlock(struct memory_store *memory)
{
    int failed = pthread_mutex_unlock(&memory->mutex);
    assert(failed == 0);
    (void)failed;
}

/* ---- writing ---- */

static const char *keep(struct memory_store *memory, const char *text)
{
    return *text ? arena_copy(&memory->journal_arena, text) : "";
}

static void journal_keep(struct memory_store *memory, const struct journal_row *row)
{
    struct journal_row *kept = vec_add(&memory->journal);
    *kept = *row;
    kept->id = (int64_t)memory->journal.n;
    const struct journal_entry *entry = &row->entry;
    kept->entry = (struct journal_entry){.at = entry->at,
                                         .wall = entry->wall,
                                         .stream = keep(memory, entry->stream),
                                         .actor = keep(memory, entry->actor),
                                         .via = keep(memory, entry->via),
                                         .operation = keep(memory, entry->operation),
                                         .entity = keep(memory, entry->entity),
                                         .reason = keep(memory, entry->reason),
                                         .reference = keep(memory, entry->reference)};
    kept->body.at = row->body.n ? arena_copy_bytes(&memory->journal_arena, row->body.at, row->body.n) : NULL;
}

static void append(struct memory_store *memory, const struct store_batch *batch, size_t i)
{
    const struct journal_entry *entry = &batch->entries.at[i].entry;
    struct journal_head *head = journal_heads_find(&memory->heads, entry->stream, true);
    if (!memory->store.wants_entries) {
        head->seq++;
        return;
    }
    struct journal_row row;
    strbuf_clear(&memory->body);
    batch_body(batch, i, &memory->body);
    journal_seal(memory->store.has_hashes ? &memory->hasher : NULL, head, entry,
                 (struct blob){memory->body.at, memory->body.n}, &row);
    if (memory->keeps_journal) {
        journal_keep(memory, &row);
    }
}

static void apply(struct memory_store *memory, struct store_batch *batch, int64_t *first_id)
{
    for (size_t i = 0; i < batch->changes.n; i++) {
        const struct change *change = &batch->changes.at[i];
        struct memory_table *table = &memory->tables[change->table];
        if (change->is_remove) {
            memory_table_remove(table, change->row);
        } else {
            memory_table_put(table, change->row, change->packed_bytes);
        }
    }
    for (size_t i = 0; i < batch->entries.n; i++) {
        append(memory, batch, i);
        memory->entry_count++;
        if (i == 0) {
            *first_id = memory->entry_count;
        }
    }
}

static bool commit(struct store *store, struct store_batch *batch, int64_t *first_id, struct err *e)
{
    (void)e;
    struct memory_store *memory = memory_of(store);
    lock(memory);
    apply(memory, batch, first_id);
    unlock(memory);
    return true;
}

static struct journal_row *journal_row_find(struct memory_store *memory, const char *stream, int64_t seq)
{
    for (size_t i = 0; i < memory->journal.n; i++) {
        if (memory->journal.at[i].seq == seq && strcmp(memory->journal.at[i].entry.stream, stream) == 0) {
            return &memory->journal.at[i];
        }
    }
    return NULL;
}

static bool redact(struct store *store, int64_t seq, struct store_batch *batch, struct err *e)
{
    (void)e;
    struct memory_store *memory = memory_of(store);
    int64_t first_id;
    lock(memory);
    struct journal_row *row = journal_row_find(memory, batch->entries.at[0].entry.stream, seq);
    assert(row);
    row->body = (struct blob){0}; /* the bytes themselves end with the process */
    row->is_redacted = true;
    apply(memory, batch, &first_id);
    unlock(memory);
    return true;
}

/* ---- reading ---- */

static bool cursor_next(struct rows *rows, void *row)
{
    struct memory_cursor *cursor = (struct memory_cursor *)rows;
    assert(cursor->info);
    if (cursor->next == cursor->n) {
        return false;
    }
    const size_t *offsets = (const size_t *)(const void *)cursor->block.at;
    memcpy(row, cursor->block.at + offsets[cursor->next++], cursor->info->row_bytes);
    return true;
}

static bool cursor_journal_next(struct rows *rows, struct journal_row *row)
{
    struct memory_cursor *cursor = (struct memory_cursor *)rows;
    assert(!cursor->info);
    if (cursor->next == cursor->n) {
        return false;
    }
    *row = cursor->journal[cursor->next++];
    return true;
}

static void cursor_close(struct rows *rows)
{
    struct memory_cursor *cursor = (struct memory_cursor *)rows;
    struct memory_store *memory = cursor->memory;
    lock(memory);
    if (cursor->block.bytes > memory->spare.bytes && cursor->block.bytes <= SPARE_BYTES_MAX) {
        struct spare smaller = memory->spare;
        memory->spare = cursor->block;
        cursor->block = smaller;
    }
    unlock(memory);
    heap_free(cursor->block.at);
    arena_close(&cursor->arena);
    heap_free(cursor);
}

static struct memory_cursor *cursor_open(struct memory_store *memory, const struct table_info *info)
{
    static const struct rows_ops ops = {.next = cursor_next, .journal_next = cursor_journal_next, .close = cursor_close};
    struct memory_cursor *cursor = heap_resize(NULL, 1, sizeof(*cursor));
    *cursor = (struct memory_cursor){.rows = {.ops = &ops}, .memory = memory, .info = info};
    return cursor;
}

static bool reader_open(struct store *store, struct store_reader **ret, struct err *e)
{
    (void)e;
    *ret = heap_resize(NULL, 1, sizeof(**ret));
    **ret = (struct store_reader){.store = store};
    return true;
}

static void reader_close(struct store_reader *reader)
{
    heap_free(reader);
}

static bool hold(struct store_reader *reader, struct err *e)
{
    (void)reader;
    (void)e;
    return true;
}

static void release(struct store_reader *reader)
{
    (void)reader;
}

static size_t aligned(size_t bytes)
{
    size_t unit = alignof(max_align_t);
    return (bytes + unit - 1) / unit * unit;
}

struct sort_by {
    const struct table_info *info;
    const struct query *query;
};

static int64_t number_at(const struct memory_row *row, const struct column *column)
{
    return *(const int64_t *)(const void *)(row->packed + column->offset);
}

static int compare_column(const struct table_info *info, size_t column, const struct memory_row *left, const struct memory_row *right)
{
    if (info->columns[column].type == COLUMN_I64) { /* nearly always */
        int64_t a = number_at(left, &info->columns[column]), b = number_at(right, &info->columns[column]);
        return (a > b) - (a < b);
    }
    return row_compare_column(info, column, left->packed, right->packed);
}

static int compare(const void *a, const void *b, void *context)
{
    const struct sort_by *by = context;
    const struct memory_row *left = *(const struct memory_row *const *)a, *right = *(const struct memory_row *const *)b;
    int order = by->query->order_column >= 0 ? compare_column(by->info, (size_t)by->query->order_column, left, right) : 0;
    for (size_t k = 0; k < by->info->key_count && order == 0; k++) {
        order = compare_column(by->info, k, left, right);
    }
    return by->query->is_descending ? -order : order;
}

/* The first of the order is wanted: it comes to the front. */
static void first_only(struct memory_rows *found, struct sort_by *by)
{
    for (size_t i = 1; i < found->n; i++) {
        if (compare(&found->at[i], &found->at[0], by) < 0) {
            found->at[0] = found->at[i];
        }
    }
}

/* Rows lie as they were put: numbers given upwards are in order already. */
static bool is_sorted(const struct memory_rows *found, struct sort_by *by)
{
    for (size_t i = 1; i < found->n; i++) {
        if (compare(&found->at[i - 1], &found->at[i], by) > 0) {
            return false;
        }
    }
    return true;
}

/* Rows change while the cursor is read: it has copies. */
static void cursor_fill(struct memory_cursor *cursor, const struct memory_rows *found)
{
    struct spare *block = &cursor->block;
    size_t bytes = aligned(cursor->n * sizeof(size_t));
    for (size_t i = 0; i < cursor->n; i++) {
        bytes += aligned(found->at[i]->packed_bytes);
    }
    *block = cursor->memory->spare;
    cursor->memory->spare = (struct spare){0};
    if (block->bytes < bytes) {
        heap_free(block->at);
        *block = (struct spare){heap_resize(NULL, bytes, 1), bytes};
    }
    size_t *offsets = (size_t *)(void *)block->at;
    size_t at = aligned(cursor->n * sizeof(size_t));
    for (size_t i = 0; i < cursor->n; i++) {
        offsets[i] = at;
        row_move(cursor->info, found->at[i]->packed, found->at[i]->packed_bytes, block->at + at);
        at += aligned(found->at[i]->packed_bytes);
    }
}

static struct rows *query_open(struct store_reader *reader, const struct query *query)
{
    struct memory_store *memory = memory_of(reader->store);
    const struct table_info *info = table_info(query->table);
    struct memory_cursor *cursor = cursor_open(memory, info);
    struct memory_rows found = {0};
    struct sort_by by = {info, query};
    lock(memory);
    bool is_in_order = memory_table_find(&memory->tables[query->table], query, &found);
    if (is_in_order) {
        ; /* nothing to sort */
    } else if (query->limit == 1) {
        first_only(&found, &by);
    } else if (!is_sorted(&found, &by)) { /* what is read by a range of another number is nearly so */
        qsort_r(found.at, found.n, sizeof(*found.at), compare, &by);
    }
    cursor->n = query->limit > 0 && (uint64_t)query->limit < found.n ? (size_t)query->limit : found.n;
    cursor_fill(cursor, &found);
    unlock(memory);
    vec_close(&found);
    return &cursor->rows;
}

static bool get(struct store_reader *reader, struct arena *into, enum table table, void *row, bool *found, struct err *e)
{
    (void)e;
    struct memory_store *memory = memory_of(reader->store);
    const struct table_info *info = table_info(table);
    lock(memory);
    const struct memory_row *kept = memory_table_get(&memory->tables[table], row);
    if (kept) {
        void *copy = arena_alloc(into, kept->packed_bytes, alignof(max_align_t));
        row_move(info, kept->packed, kept->packed_bytes, copy);
        memcpy(row, copy, info->row_bytes);
    }
    *found = kept != NULL;
    unlock(memory);
    return true;
}

static bool text_fits(const char *text, const char *wanted)
{
    return !wanted || like_matches(text, wanted);
}

static bool journal_fits(const struct journal_row *row, const struct journal_query *query)
{
    const struct journal_entry *entry = &row->entry;
    int64_t key = query->stream ? row->seq : row->id;
    return (!query->stream || strcmp(entry->stream, query->stream) == 0) && key > query->after_seq &&
           (query->until_seq == 0 || key <= query->until_seq) && text_fits(entry->actor, query->actor) &&
           text_fits(entry->entity, query->entity) && text_fits(entry->operation, query->operation) &&
           (query->from.ms == 0 || entry->at.ms >= query->from.ms) && (query->to.ms == 0 || entry->at.ms < query->to.ms);
}

static void journal_copy(struct arena *into, const struct journal_row *from, bool with_body, struct journal_row *to)
{
    *to = *from; /* texts of entries stay where they are while the store lives */
    to->body = (struct blob){0};
    if (with_body && from->body.n) {
        to->body = (struct blob){arena_copy_bytes(into, from->body.at, from->body.n), from->body.n};
    }
}

static struct rows *journal_open(struct store_reader *reader, const struct journal_query *query)
{
    struct memory_store *memory = memory_of(reader->store);
    struct memory_cursor *cursor = cursor_open(memory, NULL);
    VEC(const struct journal_row *) found = {0};
    lock(memory);
    size_t n = memory->journal.n;
    for (size_t i = 0; i < n && (query->limit <= 0 || found.n < (uint64_t)query->limit); i++) {
        const struct journal_row *row = &memory->journal.at[query->is_descending ? n - 1 - i : i];
        if (journal_fits(row, query)) {
            vec_reserve(&found, 1);
            found.at[found.n++] = row;
        }
    }
    cursor->n = found.n;
    cursor->journal = arena_array(&cursor->arena, struct journal_row, found.n);
    for (size_t i = 0; i < found.n; i++) {
        journal_copy(&cursor->arena, found.at[i], query->with_bodies, &cursor->journal[i]);
    }
    unlock(memory);
    vec_close(&found);
    return &cursor->rows;
}

static bool head(struct store_reader *reader, const char *stream, int64_t *seq, uint8_t hash[32], struct err *e)
{
    (void)e;
    struct memory_store *memory = memory_of(reader->store);
    lock(memory);
    const struct journal_head *found = journal_heads_find(&memory->heads, stream, false);
    *seq = found ? found->seq : 0;
    memset(hash, 0, HASH_BYTES);
    if (found) {
        memcpy(hash, found->hash, HASH_BYTES);
    }
    unlock(memory);
    return true;
}

/* ---- life ---- */

static bool backup(struct store *store, const char *path, struct err *e)
{
    (void)store;
    return err_set(e, ERR_STORE_BACKUP, "%s" ARG "%s", path, "the store is kept in memory only");
}

static void memory_close(struct store *store)
{
    struct memory_store *memory = memory_of(store);
    for (size_t i = 0; i < TABLES; i++) {
        memory_table_close(&memory->tables[i]);
    }
    vec_close(&memory->journal);
    arena_close(&memory->journal_arena);
    journal_heads_close(&memory->heads);
    strbuf_close(&memory->body);
    heap_free(memory->spare.at);
    hasher_close(&memory->hasher);
    (void)pthread_mutex_destroy(&memory->mutex);
    heap_free(memory);
}

struct store *store_open_memory(bool with_hash, bool keeps_journal)
{
    static const struct store_ops ops = {
        .commit = commit,
        .redact = redact,
        .reader_open = reader_open,
        .reader_close = reader_close,
        .hold = hold,
        .release = release,
        .query = query_open,
        .journal = journal_open,
        .get = get,
        .head = head,
        .backup = backup,
        .close = memory_close,
    };
    struct memory_store *memory = heap_resize(NULL, 1, sizeof(*memory));
    *memory = (struct memory_store){.keeps_journal = keeps_journal};
    memory->store = (struct store){.ops = &ops, .wants_entries = with_hash || keeps_journal, .has_hashes = with_hash};
    int failed = pthread_mutex_init(&memory->mutex, NULL);
    assert(failed == 0);
    (void)failed;
    for (size_t i = 0; i < TABLES; i++) {
        memory_table_open(&memory->tables[i], table_info((enum table)i));
    }
    hasher_open(&memory->hasher);
    return &memory->store;
}
