/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site_folder - site.yaml and holidays.csv of a folder, decoded, compared with what was applied last, submitted.
 */
#include "api/site_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "api/api_priv.h"
#include "base/limits.h"
#include "os/clock.h"
#include "os/encoding.h"
#include "os/file.h"
#include "os/zone_file.h"

static const char *const file_names[] = {"site.yaml", "holidays.csv"};

struct folder_text {
    char *text[2];
    size_t n[2];
};

static bool text_read(struct arena *into, const char *path, char **ret, size_t *n, struct err *e)
{
    char *bytes = NULL;
    size_t size = 0;
    return file_read(into, path, SITE_FILE_BYTES_MAX, &bytes, &size, e) &&
           encoding_decode(into, encoding_guess(bytes, size), (struct str){bytes, size}, ret, n, e);
}

static bool folder_read(struct arena *into, const char *folder, struct folder_text *ret, struct err *e)
{
    for (size_t i = 0; i < COUNT(file_names); i++) {
        const char *path = arena_printf(into, "%s/%s", folder, file_names[i]);
        bool is_needed = i == 0 || file_exists(path);
        if (is_needed && !text_read(into, path, &ret->text[i], &ret->n[i], e)) {
            return false;
        }
    }
    return true;
}

/* With a reader of its own: nothing is served yet. */
static bool stored_read(struct api *api, struct arena *into, struct folder_text *ret, struct err *e)
{
    struct store_reader *reader = NULL;
    bool is_good = store_reader_open(api->config.store, &reader, e);
    for (size_t i = 0; is_good && i < COUNT(file_names); i++) {
        struct site_file_row row = {.name = file_names[i]};
        bool found = false;
        is_good = store_get(reader, into, TABLE_site_file, &row, &found, e);
        if (is_good && found) {
            ret->text[i] = arena_copy_bytes(into, row.body.at, row.body.n);
            ret->n[i] = row.body.n;
        }
    }
    store_reader_close(reader);
    return is_good;
}

bool clock_resume_from(struct store *store, struct clock *clock, struct err *e)
{
    struct store_reader *reader = NULL;
    if (!store_reader_open(store, &reader, e)) {
        return false;
    }
    struct journal_query query = {.to = INSTANT_NEVER, .is_descending = true, .limit = 1};
    struct rows *rows = store_journal(reader, &query);
    struct journal_row row;
    if (journal_next(rows, &row)) {
        clock_resume(clock, row.entry.at);
    }
    bool is_good = rows_end(rows, e);
    struct query moved = {.table = TABLE_clock_change, .order_column = -1, .is_descending = true, .limit = 1};
    struct clock_change_row change;
    rows = is_good ? store_query(reader, &moved) : NULL;
    if (rows && rows_next(rows, &change)) {
        clock_resume(clock, (struct instant){change.to_ms}); /* moved forward, and nothing has happened since */
    }
    is_good = is_good && rows_end(rows, e);
    store_reader_close(reader);
    return is_good;
}

bool site_facts_read(struct api *api, struct arena *into, const char *folder, struct site_facts *ret, struct err *e)
{
    struct folder_text files = {0};
    const struct site *site = NULL;
    if (!(folder ? folder_read(into, folder, &files, e) : stored_read(api, into, &files, e))) {
        return false;
    }
    struct site_source source = {.yaml = files.text[0], .yaml_bytes = files.n[0], .holidays_csv = files.text[1],
                                 .holidays_bytes = files.n[1], .zone_load = zone_file_load};
    if (!site_parse(into, &source, &site, e)) {
        return err_wrap(e, "%s", folder ? folder : "site");
    }
    *ret = (struct site_facts){.heartbeat_url = site->heartbeat_url, .heartbeat_sec = site->heartbeat_sec};
    for (size_t i = 0; i < site->agent_count && !ret->local_agent; i++) {
        ret->local_agent = site->agents[i].is_local && !site->agents[i].alias_of ? site->agents[i].name : NULL;
    }
    return true;
}

static void applied(void *data, const struct act_result *result)
{
    void (*failed)(const struct err *e) = NULL;
    memcpy(&failed, &data, sizeof(failed)); /* C has no cast between the two kinds of pointer */
    if (!result->is_ok) {
        failed(&result->err);
    }
}

bool site_folder_apply(struct api *api, const char *folder, void (*failed)(const struct err *e), struct err *e)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    struct folder_text now = {0}, before = {0};
    if (!folder_read(&tmp, folder, &now, e) || !stored_read(api, &tmp, &before, e)) {
        return false;
    }
    bool is_same = true;
    for (size_t i = 0; i < COUNT(file_names); i++) {
        is_same = is_same && now.n[i] == before.n[i] && (now.n[i] == 0 || memcmp(now.text[i], before.text[i], now.n[i]) == 0);
    }
    if (is_same) {
        return true;
    }
    struct act act = act_make(ACT_SITE_APPLY);
    act.actor = "system";
    act.via = "start";
    act.text = now.text[0] ? now.text[0] : "";
    act.text_n = now.n[0];
    act.text2 = now.text[1] ? now.text[1] : "";
    act.text2_n = now.n[1];
    void *data = NULL;
    memcpy(&data, &failed, sizeof(failed));
    return engine_submit(api->config.engine, &act, applied, data, e);
}

/* ---- restore ---- */

static bool broken(const char *path, struct err *e)
{
    return err_set(e, ERR_FILE, "%.300s" ARG "%s", path, strerror(errno));
}

static bool file_copy(const char *from, const char *to, struct err *e)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
    if (in < 0) {
        return broken(from, e);
    }
    out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    char bytes[64 * 1024];
    ssize_t n = 0;
    bool is_good = out >= 0;
    while (is_good && (n = read(in, bytes, sizeof(bytes))) > 0) {
        is_good = write(out, bytes, (size_t)n) == n;
    }
    is_good = is_good && n == 0 && fsync(out) == 0;
    is_good = is_good || broken(to, e);
    (void)close(in);
    if (out >= 0) {
        (void)close(out);
    }
    return is_good;
}

/* Agents that knew the old epoch must be told on purpose that this store is theirs now (decisions §2). */
static bool epoch_forget(const char *path, struct err *e)
{
    struct store *store = NULL;
    if (!store_open_sqlite(path, &store, e)) {
        return false;
    }
    struct store_batch *batch = store_batch_open(store);
    struct meta_row row = {.key = "epoch"};
    store_remove(batch, TABLE_meta, &row);
    bool is_good = store_commit(store, batch, NULL, e);
    store_batch_close(batch);
    store_close(store);
    return is_good;
}

bool store_restore(const char *backup, const char *data_folder, struct err *e)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    const char *path = arena_printf(&tmp, "%s/banto.db", data_folder);
    const char *fresh = arena_printf(&tmp, "%s.new", path), *before = arena_printf(&tmp, "%s.before", path);
    static const char *const beside[] = {"-wal", "-shm"};
    if (!file_copy(backup, fresh, e) || !epoch_forget(fresh, e)) {
        return err_wrap(e, "restore");
    }
    (void)unlink(arena_printf(&tmp, "%s.lock", fresh));
    for (size_t i = 0; i < COUNT(beside); i++) {
        (void)rename(arena_printf(&tmp, "%s%s", path, beside[i]), arena_printf(&tmp, "%s%s", before, beside[i]));
    }
    if ((file_exists(path) && rename(path, before) != 0) || rename(fresh, path) != 0) {
        return broken(path, e);
    }
    return true;
}
