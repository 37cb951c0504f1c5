/* SPDX-License-Identifier: Apache-2.0 */
/*
 * faulty - wraps a store and fails the n-th commit or the n-th read, so that a test can fail each call in turn.
 */
#include "store/store_priv.h"

struct faulty_store {
    struct store store;
    struct store *inner;
    struct store_faults *faults;
};

struct faulty_reader {
    struct store_reader reader;
    struct store_reader *inner;
};

static struct faulty_store *faulty_of(struct store *store)
{
    return (struct faulty_store *)store;
}

static struct store_reader *inner_of(struct store_reader *reader)
{
    return ((struct faulty_reader *)reader)->inner;
}

static bool fails(struct err *e, const char *what, int64_t n)
{
    return err_set(e, ERR_STORE, "made to fail: %s %lld", what, (long long)n);
}

static bool commit_due(struct store_faults *faults)
{
    return ++faults->commit_count == faults->fail_commit_at;
}

static bool commit(struct store *store, struct store_batch *batch, int64_t *first_id, struct err *e)
{
    struct faulty_store *faulty = faulty_of(store);
    bool is_due = commit_due(faulty->faults);
    if (is_due && !faulty->faults->is_after_commit) {
        return fails(e, "commit", faulty->faults->commit_count);
    }
    bool is_done = faulty->inner->ops->commit(faulty->inner, batch, first_id, e);
    return is_due && is_done ? fails(e, "commit, after it was done,", faulty->faults->commit_count) : is_done;
}

static bool redact(struct store *store, int64_t seq, struct store_batch *batch, struct err *e)
{
    struct faulty_store *faulty = faulty_of(store);
    bool is_due = commit_due(faulty->faults);
    if (is_due && !faulty->faults->is_after_commit) {
        return fails(e, "commit", faulty->faults->commit_count);
    }
    bool is_done = faulty->inner->ops->redact(faulty->inner, seq, batch, e);
    return is_due && is_done ? fails(e, "commit, after it was done,", faulty->faults->commit_count) : is_done;
}

/* Readers of several threads may count at once. */
static bool read_fails(struct store_reader *reader, struct err *e)
{
    struct store_faults *faults = faulty_of(reader->store)->faults;
    int64_t n = __atomic_add_fetch(&faults->query_count, 1, __ATOMIC_RELAXED);
    if (n != faults->fail_query_at) {
        return false;
    }
    faults->failed_query_count++; /* one reader meets it */
    return !fails(e, "read", n);
}

static bool reader_open(struct store *store, struct store_reader **ret, struct err *e)
{
    struct store_reader *inner;
    if (!store_reader_open(faulty_of(store)->inner, &inner, e)) {
        return false;
    }
    struct faulty_reader *reader = heap_resize(NULL, 1, sizeof(*reader));
    *reader = (struct faulty_reader){.reader = {.store = store}, .inner = inner};
    *ret = &reader->reader;
    return true;
}

static void reader_close(struct store_reader *reader)
{
    store_reader_close(inner_of(reader));
    heap_free(reader);
}

static bool hold(struct store_reader *reader, struct err *e)
{
    return !read_fails(reader, e) && store_reader_hold(inner_of(reader), e);
}

static void release(struct store_reader *reader)
{
    store_reader_release(inner_of(reader));
}

static struct rows *query(struct store_reader *reader, const struct query *query)
{
    struct err e;
    return read_fails(reader, &e) ? rows_failed(&e) : store_query(inner_of(reader), query);
}

static struct rows *journal(struct store_reader *reader, const struct journal_query *query)
{
    struct err e;
    return read_fails(reader, &e) ? rows_failed(&e) : store_journal(inner_of(reader), query);
}

static bool get(struct store_reader *reader, struct arena *into, enum table table, void *row, bool *found, struct err *e)
{
    return !read_fails(reader, e) && store_get(inner_of(reader), into, table, row, found, e);
}

static bool head(struct store_reader *reader, const char *stream, int64_t *seq, uint8_t hash[32], struct err *e)
{
    return !read_fails(reader, e) && store_journal_head(inner_of(reader), stream, seq, hash, e);
}

static bool backup(struct store *store, const char *path, struct err *e)
{
    return store_backup(faulty_of(store)->inner, path, e);
}

static void faulty_close(struct store *store)
{
    store_close(faulty_of(store)->inner);
    heap_free(store);
}

struct store *store_wrap_faulty(struct store *inner, struct store_faults *faults)
{
    static const struct store_ops ops = {
        .commit = commit,
        .redact = redact,
        .reader_open = reader_open,
        .reader_close = reader_close,
        .hold = hold,
        .release = release,
        .query = query,
        .journal = journal,
        .get = get,
        .head = head,
        .backup = backup,
        .close = faulty_close,
    };
    struct faulty_store *faulty = heap_resize(NULL, 1, sizeof(*faulty));
    *faulty = (struct faulty_store){.inner = inner, .faults = faults};
    faulty->store = (struct store){.ops = &ops, .wants_entries = inner->wants_entries, .has_hashes = inner->has_hashes};
    return &faulty->store;
}
