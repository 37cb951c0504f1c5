/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * kit - what the store's tests share: a folder of their own, stores of every make, short rows and entries.
 */
#include "tests/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/str.h"
#include "store/store.h"

struct kit {
    char folder[64], path[96];
    bool is_sqlite;
    struct store *store;
    struct store_reader *reader;
    struct store_batch *batch;
    struct arena arena;
    struct err e;
};

#define must(call) kit_must((call), e_of_kit(kit), #call, __FILE__, __LINE__)

static inline struct err *e_of_kit(struct kit *kit)
{
    return &kit->e;
}

static inline void kit_must(bool is_done, const struct err *e, const char *call, const char *file, int line)
{
    if (!is_done) {
        struct strbuf text = {0};
        err_print(&text, e, LANG_EN);
        print_error("%s:%d: %s: %s\n", file, line, call, text.at);
        strbuf_close(&text);
        fail();
    }
}

static inline void kit_open(struct kit *kit)
{
    if (kit->is_sqlite) {
        must(store_open_sqlite(kit->path, &kit->store, &kit->e));
    } else {
        kit->store = store_open_memory(true, true);
    }
    must(store_reader_open(kit->store, &kit->reader, &kit->e));
    kit->batch = store_batch_open(kit->store);
}

static inline void kit_close(struct kit *kit)
{
    store_batch_close(kit->batch);
    store_reader_close(kit->reader);
    store_close(kit->store);
    kit->batch = NULL;
    kit->reader = NULL;
    kit->store = NULL;
}

static inline void kit_folder_make(struct kit *kit)
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(kit->folder, sizeof(kit->folder), "%.40s/banto-store-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(kit->folder));
    (void)snprintf(kit->path, sizeof(kit->path), "%s/banto.db", kit->folder);
}

static inline void kit_folder_remove(const struct kit *kit)
{
    DIR *dir = opendir(kit->folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
    assert_int_equal(rmdir(kit->folder), 0);
}

/* Prestate: "sqlite" or "memory". */
static inline int kit_setup(void **state)
{
    struct kit *kit = heap_resize(NULL, 1, sizeof(*kit));
    memset(kit, 0, sizeof(*kit));
    kit->is_sqlite = strcmp(*state, "sqlite") == 0;
    kit_folder_make(kit);
    kit_open(kit);
    *state = kit;
    return 0;
}

static inline int kit_teardown(void **state)
{
    struct kit *kit = *state;
    kit_close(kit);
    kit_folder_remove(kit);
    arena_close(&kit->arena);
    heap_free(kit);
    return 0;
}

static char kit_memory[] UNUSED = "memory", kit_sqlite[] UNUSED = "sqlite";

#define ON_SQLITE(test) {#test " [sqlite]", test, kit_setup, kit_teardown, kit_sqlite}
#define ON_MEMORY(test) {#test " [memory]", test, kit_setup, kit_teardown, kit_memory}
#define ON_BOTH(test) ON_MEMORY(test), ON_SQLITE(test)

/* ---- short rows ---- */

static inline struct node_row node(int64_t run, int64_t number, int64_t status)
{
    return (struct node_row){.run = run, .node = number, .status = status, .attempt = 1, .agent = "local", .reason = ""};
}

static inline void node_put(struct kit *kit, struct node_row row)
{
    store_put(kit->batch, TABLE_node, &row);
}

static inline void entry_add(struct kit *kit, const char *stream, const char *operation, const char *entity)
{
    struct journal_entry entry = {.at = {1000}, .wall = {2000}, .stream = stream, .actor = "system", .via = "engine",
                                  .operation = operation, .entity = entity, .reason = "理由", .reference = ""};
    store_entry(kit->batch, &entry);
}

static inline int64_t kit_commit(struct kit *kit)
{
    int64_t seq = -1;
    must(store_commit(kit->store, kit->batch, &seq, &kit->e));
    return seq;
}

/* One node row, sealed and committed. */
static inline void node_commit(struct kit *kit, int64_t run, int64_t number, int64_t status)
{
    node_put(kit, node(run, number, status));
    entry_add(kit, "main", "node.move", "run/1/1");
    (void)kit_commit(kit);
}

/* "1/1=5 1/2=6": run/node=status in the order of the answer. */
static inline const char *nodes(struct kit *kit, const struct query *query)
{
    struct strbuf b = {0};
    struct node_row row;
    struct rows *rows = store_query(kit->reader, query);
    while (rows_next(rows, &row)) {
        strbuf_printf(&b, "%s%lld/%lld=%lld", b.n ? " " : "", (long long)row.run, (long long)row.node, (long long)row.status);
    }
    must(rows_end(rows, &kit->e));
    const char *text = arena_copy(&kit->arena, strbuf_str(&b));
    strbuf_close(&b);
    return text;
}

static inline const char *all_nodes(struct kit *kit)
{
    struct query query = {.table = TABLE_node, .order_column = -1};
    return nodes(kit, &query);
}
