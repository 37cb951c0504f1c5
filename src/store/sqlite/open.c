/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open - life of a store in a file.
 */
#include <assert.h>

#include "store/sqlite/sqlite_priv.h"

static void sqlite_store_close(struct store *store)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    if (sqlite->db) {
        sqlite_writer_close(sqlite);
    }
    sqlite_file_close(sqlite->lock_fd);
    journal_heads_close(&sqlite->heads);
    hasher_close(&sqlite->hasher);
    strbuf_close(&sqlite->body);
    arena_close(&sqlite->arena);
    heap_free(sqlite);
}

static const struct store_ops sqlite_ops = {
    .commit = sqlite_commit,
    .redact = sqlite_redact,
    .reader_open = sqlite_reader_open,
    .reader_close = sqlite_reader_close,
    .hold = sqlite_hold,
    .release = sqlite_release,
    .query = sqlite_query,
    .journal = sqlite_journal,
    .get = sqlite_get,
    .head = sqlite_head,
    .backup = sqlite_backup,
    .close = sqlite_store_close,
};

bool store_open_sqlite(const char *path, struct store **ret, struct err *e)
{
    bool is_new;
    size_t count;
    const struct migration *migrations = sqlite_migrations(&count);
    struct sqlite_store *sqlite = heap_resize(NULL, 1, sizeof(*sqlite));
    *sqlite = (struct sqlite_store){.store = {.ops = &sqlite_ops, .wants_entries = true, .has_hashes = true}, .lock_fd = -1};
    sqlite->path = arena_copy(&sqlite->arena, path);
    hasher_open(&sqlite->hasher);
    if (!sqlite_file_open(path, &sqlite->lock_fd, &is_new, e) || !sqlite_connect(path, false, &sqlite->db, e) ||
        !sqlite_migrate(sqlite->db, path, migrations, count, e)) {
        sqlite_store_close(&sqlite->store);
        return false;
    }
    *ret = &sqlite->store;
    return true;
}
