/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store - the tables as data, the batch, and the calls that go on to the make in use.
 *
 * Invariants: (1) a change of a REPLAYED table lies in exactly one entry when the batch is committed;
 * (2) a batch is empty after its commit, whatever came of it; (3) changes of KEPT tables never enter a body.
 */
#include "store/store.h"

#include <assert.h>
#include <string.h>

#include "store/journal.h"
#include "store/store_priv.h"

enum { KIND_KEPT, KIND_REPLAYED };

/* A function per table, so that COLUMN finds the row's type under one name. */
#define LOOSE_I64(name_)
#define LOOSE_TXT(name_) {#name_, COLUMN_TXT, offsetof(__typeof__(*of), name_)},
#define LOOSE_BLB(name_) {#name_, COLUMN_BLB, offsetof(__typeof__(*of), name_)},
#define TABLE(id_, name_, keys_, kind_)                                                                       \
    static const struct column *name_##_loose(void)                                                           \
    {                                                                                                         \
        UNUSED const struct name_##_row *of = NULL;                                                           \
        static const struct column columns[] = {
#define COLUMN(name_, type_) LOOSE_##type_(name_)
#define INDEX(name_, ...)
#define TABLE_END(name_)                                                                                      \
    {NULL, COLUMN_I64, 0}                                                                                     \
    }                                                                                                         \
    ;                                                                                                         \
    return columns;                                                                                           \
    }
#include "store/schema.def"
#undef TABLE
#undef COLUMN
#undef INDEX
#undef TABLE_END

#define TABLE(id_, name_, keys_, kind_)                                                                       \
    static const struct table_info *name_##_info(void)                                                        \
    {                                                                                                         \
        UNUSED const struct name_##_row *of = NULL;                                                           \
        enum { ID = id_, KEYS = keys_, IS_REPLAYED = KIND_##kind_ };                                                       \
        static const struct column columns[] = {
#define COLUMN(name_, type_) {#name_, COLUMN_##type_, offsetof(__typeof__(*of), name_)},
#define INDEX(name_, ...)
#define TABLE_END(name_)                                                                                      \
    }                                                                                                         \
    ;                                                                                                         \
    static const struct table_info info = {ID, #name_, KEYS, COUNT(columns), sizeof(*of), IS_REPLAYED, columns, name_##_loose}; \
    return &info;                                                                                             \
    }
#include "store/schema.def"
#undef TABLE
#undef COLUMN
#undef INDEX
#undef TABLE_END

const struct table_info *table_info(enum table table)
{
    static const struct table_info *(*const infos[TABLES])(void) = {
#define TABLE(id_, name_, keys_, kind_) [TABLE_##name_] = name_##_info,
#define COLUMN(name_, type_)
#define INDEX(name_, ...)
#define TABLE_END(name_)
#include "store/schema.def"
#undef TABLE
#undef COLUMN
#undef INDEX
#undef TABLE_END
    };
    assert((size_t)table < TABLES);
    return infos[table]();
}

const struct index_info *index_infos(size_t *count)
{
    static const struct index_info infos[] = {
#define TABLE(id_, name_, keys_, kind_) {#name_, NULL, NULL},
#define COLUMN(name_, type_)
#define INDEX(name_, ...) {NULL, #name_, #__VA_ARGS__},
#define TABLE_END(name_)
#include "store/schema.def"
#undef TABLE
#undef COLUMN
#undef INDEX
#undef TABLE_END
    };
    *count = COUNT(infos);
    return infos;
}

const struct table_info *table_by_id(int64_t id, enum table *table)
{
    for (size_t i = 0; i < TABLES; i++) {
        const struct table_info *info = table_info((enum table)i);
        if (info->id == id) {
            *table = (enum table)i;
            return info;
        }
    }
    return NULL;
}

int table_column(enum table table, const char *name)
{
    const struct table_info *info = table_info(table);
    for (size_t i = 0; i < info->column_count; i++) {
        if (strcmp(info->columns[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* ---- batch ---- */

struct store_batch *store_batch_open(struct store *store)
{
    struct store_batch *batch = heap_resize(NULL, 1, sizeof(*batch));
    *batch = (struct store_batch){.store = store};
    return batch;
}

void store_batch_close(struct store_batch *batch)
{
    if (batch) {
        vec_close(&batch->changes);
        vec_close(&batch->entries);
        vec_close(&batch->slots);
        arena_close(&batch->arena);
        heap_free(batch);
    }
}

void batch_clear(struct store_batch *batch)
{
    batch->changes.n = 0;
    batch->entries.n = 0;
    arena_reset(&batch->arena);
}

static void change_add(struct store_batch *batch, enum table table, const void *row, bool is_remove)
{
    const struct table_info *info = table_info(table);
    size_t bytes = row_packed_bytes(info, row);
    void *packed = arena_alloc(&batch->arena, bytes, alignof(max_align_t));
    row_pack(info, row, packed);
    vec_reserve(&batch->changes, 1);
    batch->changes.at[batch->changes.n++] =
        (struct change){.table = table, .info = info, .row = packed, .packed_bytes = bytes, .is_remove = is_remove};
}

void store_put(struct store_batch *batch, enum table table, const void *row)
{
    change_add(batch, table, row, false);
}

void store_remove(struct store_batch *batch, enum table table, const void *key_row)
{
    /* Only the keys may be read: the rest of the caller's row need not be filled. */
    const struct table_info *info = table_info(table);
    struct arena *arena = &batch->arena;
    char *row = arena_alloc(arena, info->row_bytes, alignof(max_align_t));
    memcpy(row, key_row, info->columns[info->key_count - 1].offset + sizeof(int64_t));
    static_assert(sizeof(const char *) == sizeof(int64_t), "a key column is as wide as a number");
    change_add(batch, table, row, true);
}

static const char *keep(struct store_batch *batch, const char *text)
{
    return text && *text ? arena_copy(&batch->arena, text) : "";
}

void store_entry(struct store_batch *batch, const struct journal_entry *entry)
{
    assert(entry->stream && *entry->stream);
    vec_reserve(&batch->entries, 1);
    struct sealed_entry *sealed = &batch->entries.at[batch->entries.n++];
    sealed->change_end = batch->changes.n;
    sealed->entry = (struct journal_entry){.at = entry->at, .wall = entry->wall, .stream = keep(batch, entry->stream)};
    if (batch->store->wants_entries) {
        sealed->entry.actor = keep(batch, entry->actor);
        sealed->entry.via = keep(batch, entry->via);
        sealed->entry.operation = keep(batch, entry->operation);
        sealed->entry.entity = keep(batch, entry->entity);
        sealed->entry.reason = keep(batch, entry->reason);
        sealed->entry.reference = keep(batch, entry->reference);
    }
}

bool store_batch_has_unsealed(const struct store_batch *batch)
{
    size_t i = batch->entries.n ? batch->entries.at[batch->entries.n - 1].change_end : 0;
    while (i < batch->changes.n && !batch->changes.at[i].info->is_replayed) {
        i++;
    }
    return i < batch->changes.n;
}

bool store_batch_is_empty(const struct store_batch *batch)
{
    return batch->changes.n == 0 && batch->entries.n == 0;
}

void batch_coalesce(struct store_batch *batch)
{
    size_t n = batch->changes.n, slot_count = 16;
    if (n < 2) {
        return;
    }
    while (slot_count < n * 2) {
        slot_count *= 2;
    }
    batch->slots.n = 0;
    vec_reserve(&batch->slots, slot_count);
    memset(batch->slots.at, 0, slot_count * sizeof(*batch->slots.at));
    for (size_t i = 0; i < n; i++) {
        struct change *change = &batch->changes.at[i];
        size_t slot = (size_t)row_hash(change->info, change->info->key_count, change->row) & (slot_count - 1);
        for (;; slot = (slot + 1) & (slot_count - 1)) {
            uint32_t taken = batch->slots.at[slot]; /* index + 1 */
            struct change *before = taken ? &batch->changes.at[taken - 1] : NULL;
            if (before && (before->info != change->info || row_compare_keys(change->info, before->row, change->row) != 0)) {
                continue;
            }
            if (before) {
                before->is_superseded = true;
            }
            batch->slots.at[slot] = (uint32_t)i + 1;
            break;
        }
    }
}

void batch_body(const struct store_batch *batch, size_t i, struct strbuf *into)
{
    size_t first = i > 0 ? batch->entries.at[i - 1].change_end : 0;
    for (size_t c = first; c < batch->entries.at[i].change_end; c++) {
        const struct change *change = &batch->changes.at[c];
        if (change->info->is_replayed) {
            size_t columns = change->is_remove ? change->info->key_count : change->info->column_count;
            journal_body_add(into, change->info, change->is_remove, columns, change->row);
        }
    }
}

/* ---- on to the make ---- */

bool store_commit(struct store *store, struct store_batch *batch, int64_t *first_id, struct err *e)
{
    size_t sealed = batch->entries.n > 0 ? batch->entries.at[batch->entries.n - 1].change_end : 0;
    for (size_t i = sealed; i < batch->changes.n; i++) {
        assert(!batch->changes.at[i].info->is_replayed);
    }
    int64_t id = 0;
    bool is_done = store_batch_is_empty(batch) || store->ops->commit(store, batch, &id, e);
    batch_clear(batch);
    if (is_done && first_id) {
        *first_id = id;
    }
    return is_done;
}

bool store_reader_open(struct store *store, struct store_reader **ret, struct err *e)
{
    return store->ops->reader_open(store, ret, e);
}

void store_reader_close(struct store_reader *reader)
{
    if (reader) {
        reader->store->ops->reader_close(reader);
    }
}

bool store_reader_hold(struct store_reader *reader, struct err *e)
{
    return reader->store->ops->hold(reader, e);
}

void store_reader_release(struct store_reader *reader)
{
    reader->store->ops->release(reader);
}

struct rows *store_query(struct store_reader *reader, const struct query *query)
{
    assert(query->where_count <= WHERE_MAX);
    for (size_t i = 0; i < query->where_count; i++) {
        assert(query->where[i].op != WHERE_LIKE || query->where[i].text);
    }
    return reader->store->ops->query(reader, query);
}

struct rows *store_journal(struct store_reader *reader, const struct journal_query *query)
{
    return reader->store->ops->journal(reader, query);
}

bool rows_next(struct rows *rows, void *row)
{
    return rows->err.code == ERR_NONE && rows->ops->next(rows, row);
}

bool journal_next(struct rows *rows, struct journal_row *row)
{
    return rows->err.code == ERR_NONE && rows->ops->journal_next(rows, row);
}

bool rows_end(struct rows *rows, struct err *e)
{
    if (!rows) {
        return true;
    }
    bool is_good = rows->err.code == ERR_NONE;
    if (!is_good) {
        *e = rows->err;
    }
    rows->ops->close(rows);
    return is_good;
}

static void failed_close(struct rows *rows)
{
    heap_free(rows);
}

struct rows *rows_failed(const struct err *e)
{
    static const struct rows_ops ops = {.close = failed_close};
    struct rows *rows = heap_resize(NULL, 1, sizeof(*rows));
    *rows = (struct rows){.ops = &ops, .err = *e};
    assert(e->code != ERR_NONE);
    return rows;
}

bool store_get(struct store_reader *reader, struct arena *into, enum table table, void *row, bool *found, struct err *e)
{
    return reader->store->ops->get(reader, into, table, row, found, e);
}

bool store_journal_head(struct store_reader *reader, const char *stream, int64_t *seq, uint8_t hash[32], struct err *e)
{
    return reader->store->ops->head(reader, stream, seq, hash, e);
}

bool store_backup(struct store *store, const char *path, struct err *e)
{
    return store->ops->backup(store, path, e);
}

void store_close(struct store *store)
{
    if (store) {
        store->ops->close(store);
    }
}
