/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever fails, the store is afterwards as before the turn or as behind it, says so plainly, and can be used on.
 */
#include "tests/store/kit.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "store/sqlite/sqlite_priv.h"

/* ---- each call fails once ---- */

enum { MOVES = 5, TRIES_MAX = 20 };

static bool status_read(struct store_reader *reader, int64_t *ret, struct err *e)
{
    struct query query = {.table = TABLE_node, .order_column = -1};
    struct node_row row;
    int64_t status = 0;
    struct rows *rows = store_query(reader, &query);
    while (rows_next(rows, &row)) {
        status = row.status;
    }
    if (!rows_end(rows, e)) {
        return false;
    }
    *ret = status;
    return true;
}

/* One move of the node from the state that the store has; what the engine does after a failure. */
static bool move_on(struct store *store, struct store_reader *reader, int64_t *status, struct err *e)
{
    if (!status_read(reader, status, e) || *status == MOVES) {
        return *status == MOVES;
    }
    struct store_batch *batch = store_batch_open(store);
    struct node_row row = node(1, 1, *status + 1);
    struct journal_entry entry = {.stream = "main", .operation = "node.move", .entity = "run/1/1"};
    store_put(batch, TABLE_node, &row);
    store_entry(batch, &entry);
    bool is_done = store_commit(store, batch, NULL, e);
    assert_true(store_batch_is_empty(batch));
    store_batch_close(batch);
    return is_done;
}

static void invariants_hold(struct kit *kit)
{
    struct journal_report report;
    const char *different = "not asked";
    assert_string_equal(all_nodes(kit), "1/1=5");
    must(store_journal_verify(kit->reader, "main", &report, &kit->e));
    assert_int_equal(report.bad_seq, 0);
    assert_int_equal(report.row_count, MOVES); /* each move once: none lost, none doubled */
    must(store_replay_check(kit->reader, &kit->arena, &different, &kit->e));
    assert_null(different);
}

/* Walks to the last state with the faults given; returns how many failures were met. */
static int walk(struct kit *kit, struct store_faults *faults)
{
    kit_close(kit);
    if (kit->is_sqlite) {
        struct strbuf name = {0};
        static const char *const ends[] = {"", "-wal", "-shm"};
        for (size_t i = 0; i < COUNT(ends); i++) {
            strbuf_clear(&name);
            strbuf_printf(&name, "%s%s", kit->path, ends[i]);
            (void)unlink(name.at);
        }
        strbuf_close(&name);
    }
    kit_open(kit);
    store_reader_close(kit->reader);
    store_batch_close(kit->batch);
    kit->store = store_wrap_faulty(kit->store, faults);
    must(store_reader_open(kit->store, &kit->reader, &kit->e));
    kit->batch = store_batch_open(kit->store);
    int failures = 0;
    int64_t status = 0;
    for (int tries = 0; status < MOVES; tries++) {
        assert_true(tries < TRIES_MAX);
        if (!move_on(kit->store, kit->reader, &status, &kit->e)) {
            assert_int_equal(kit->e.code, ERR_STORE);
            failures++;
        }
    }
    faults->fail_commit_at = faults->fail_query_at = 0;
    if (kit->is_sqlite) {
        kit_close(kit);
        kit_open(kit);
    }
    invariants_hold(kit);
    return failures;
}

static void each_commit_fails_once(void **state)
{
    struct kit *kit = *state;
    for (int after = 0; after < 2; after++) {
        int met = 1;
        for (int64_t n = 1; met > 0; n++) {
            struct store_faults faults = {.fail_commit_at = n, .is_after_commit = after == 1};
            met = walk(kit, &faults);
            assert_int_equal(met, n <= MOVES);
        }
    }
}

static void each_read_fails_once(void **state)
{
    struct kit *kit = *state;
    int met = 1;
    for (int64_t n = 1; met > 0; n++) {
        struct store_faults faults = {.fail_query_at = n};
        met = walk(kit, &faults);
        assert_true(met <= 1 && n < 100);
    }
}

static void a_failed_read_of_any_kind_is_reported(void **state)
{
    struct kit *kit = *state;
    struct store_faults faults = {0};
    struct store *inner = store_open_memory(true, true);
    struct store *store = store_wrap_faulty(inner, &faults);
    struct store_reader *reader;
    must(store_reader_open(store, &reader, &kit->e));
    struct journal_row journal_row;
    struct node_row row = {.run = 1};
    struct journal_report report;
    const char *different;
    bool is_found;
    int64_t seq;
    uint8_t hash[32];
    faults.fail_query_at = 1;
    struct rows *rows = store_journal(reader, &(struct journal_query){.stream = "main"});
    assert_false(journal_next(rows, &journal_row));
    assert_false(rows_end(rows, &kit->e));
    faults.fail_query_at = 2;
    assert_false(store_get(reader, &kit->arena, TABLE_node, &row, &is_found, &kit->e));
    faults.fail_query_at = 3;
    assert_false(store_journal_head(reader, "main", &seq, hash, &kit->e));
    faults.fail_query_at = 4;
    assert_false(store_journal_verify(reader, "main", &report, &kit->e));
    for (int64_t n = 5; n < 8; n++) {
        faults = (struct store_faults){.fail_query_at = n - 4};
        assert_false(store_replay_check(reader, &kit->arena, &different, &kit->e));
    }
    assert_int_equal(kit->e.code, ERR_STORE);
    store_reader_close(reader);
    store_close(store);
}

/* ---- the disk ---- */

static void fails_with(struct kit *kit, enum err_code code)
{
    struct store *store = NULL;
    assert_false(store_open_sqlite(kit->path, &store, &kit->e));
    if (kit->e.code != code) {
        struct strbuf b = {0};
        err_print(&b, &kit->e, LANG_EN);
        print_error("%s\n", b.at);
        strbuf_close(&b);
    }
    assert_int_equal(kit->e.code, code);
    assert_null(store);
    assert_non_null(strstr(kit->e.args, kit->folder)); /* the place */
}

static void kit_shut(struct kit *kit)
{
    kit_close(kit);
}

static void bytes_write(const char *path, long at, const char *bytes, size_t n)
{
    FILE *file = fopen(path, at < 0 ? "wb" : "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at < 0 ? 0 : at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static void a_second_writer_is_refused(void **state)
{
    struct kit *kit = *state;
    fails_with(kit, ERR_STORE_LOCKED);
    char pid[32];
    (void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
    assert_non_null(strstr(kit->e.args, pid));
    node_commit(kit, 1, 1, 1); /* the first one goes on */
}

static void the_file_belongs_to_its_owner_alone(void **state)
{
    struct kit *kit = *state;
    struct stat st;
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    node_commit(kit, 1, 1, 1);
    for (size_t i = 0; i < COUNT(ends); i++) {
        char path[128];
        (void)snprintf(path, sizeof(path), "%s%s", kit->path, ends[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    kit_shut(kit);
    assert_int_equal(chmod(kit->path, 0644), 0);
    fails_with(kit, ERR_STORE_MODE);
    assert_int_equal(chmod(kit->path, 0600), 0);
    kit_open(kit);
    assert_string_equal(all_nodes(kit), "1/1=1");
}

static void what_is_no_store_is_refused(void **state)
{
    struct kit *kit = *state;
    kit_shut(kit);
    char text[8192];
    memset(text, 'x', sizeof(text));
    bytes_write(kit->path, -1, text, sizeof(text));
    fails_with(kit, ERR_STORE_DAMAGED); /* garbage */
    assert_int_equal(unlink(kit->path), 0);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(a)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(chmod(kit->path, 0600), 0);
    fails_with(kit, ERR_STORE_FOREIGN); /* somebody else's database */
    assert_int_equal(unlink(kit->path), 0);
    assert_int_equal(mkdir(kit->path, 0700), 0);
    fails_with(kit, ERR_STORE_OPEN); /* a folder */
    assert_int_equal(rmdir(kit->path), 0);
    assert_int_equal(symlink("/dev/null", kit->path), 0);
    fails_with(kit, ERR_STORE_OPEN);
    assert_int_equal(unlink(kit->path), 0);
    bytes_write(kit->path, -1, "", 0); /* empty: a store that was never begun */
    kit_open(kit);
    node_commit(kit, 1, 1, 1);
}

static void a_store_behind_a_link_to_its_folder_is_fine(void **state)
{
    struct kit *kit = *state;
    char link[96];
    (void)snprintf(link, sizeof(link), "%s/link", kit->folder);
    assert_int_equal(symlink(".", link), 0);
    struct kit other = {.is_sqlite = true};
    (void)snprintf(other.path, sizeof(other.path), "%.80s/other.db", link);
    kit_open(&other);
    node_commit(&other, 1, 1, 1);
    kit_close(&other);
}

static void a_missing_folder_is_named(void **state)
{
    struct kit *kit = *state;
    char path[96];
    kit_shut(kit);
    (void)snprintf(path, sizeof(path), "%s/no/banto.db", kit->folder);
    struct kit other = {.is_sqlite = true};
    memcpy(other.folder, kit->folder, sizeof(other.folder));
    memcpy(other.path, path, sizeof(other.path));
    fails_with(&other, ERR_STORE_OPEN);
    kit_open(kit);
}

static void folders_and_files_without_permission_are_named(void **state)
{
    struct kit *kit = *state;
    bool is_root = geteuid() == 0;
    node_commit(kit, 1, 1, 1);
    kit_shut(kit);
    char lock[128];
    (void)snprintf(lock, sizeof(lock), "%s.lock", kit->path);
    if (is_root) { /* root may do everything: act as somebody else */
        assert_int_equal(chown(kit->folder, 65534, 65534), 0);
        assert_int_equal(chown(kit->path, 65534, 65534), 0);
        assert_int_equal(chown(lock, 65534, 65534), 0);
        assert_int_equal(seteuid(65534), 0);
    }
    assert_int_equal(chmod(kit->path, 0), 0);
    fails_with(kit, ERR_STORE_OPEN);
    assert_int_equal(chmod(kit->path, 0400), 0);
    fails_with(kit, ERR_STORE_OPEN);
    assert_int_equal(chmod(kit->path, 0600), 0);
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(chmod(kit->folder, 0500), 0); /* no lock, no log can be made */
    fails_with(kit, ERR_STORE_OPEN);
    assert_int_equal(chmod(kit->folder, 0700), 0);
    kit_open(kit);
    assert_string_equal(all_nodes(kit), "1/1=1");
    kit_shut(kit);
    if (is_root) {
        assert_int_equal(seteuid(0), 0);
    }
    kit_open(kit);
}

static void big_put(struct kit *kit, int64_t id, size_t n)
{
    char *text = arena_alloc(&kit->arena, n + 1, 1);
    memset(text, 'a', n);
    struct version_row row = {.id = id, .text = text};
    store_put(kit->batch, TABLE_version, &row);
    entry_add(kit, "main", "unit.save", "unit/1");
}

static void goes_on_as_if_nothing_were(struct kit *kit, int64_t row_count)
{
    struct journal_report report;
    const char *different = "not asked";
    must(store_journal_verify(kit->reader, "main", &report, &kit->e));
    assert_int_equal(report.bad_seq, 0);
    assert_int_equal(report.row_count, row_count);
    must(store_replay_check(kit->reader, &kit->arena, &different, &kit->e));
    assert_null(different);
}

static void a_database_at_its_largest_refuses_and_goes_on(void **state)
{
    struct kit *kit = *state;
    sqlite3 *db = sqlite_of(kit->store)->db;
    node_commit(kit, 1, 1, 1);
    assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count=100", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < 3; i++) {
        big_put(kit, 1, 1000000);
        assert_false(store_commit(kit->store, kit->batch, NULL, &kit->e));
        assert_int_equal(kit->e.code, ERR_STORE_FULL);
        assert_non_null(strstr(kit->e.args, kit->path));
    }
    node_commit(kit, 1, 1, 2); /* a small one still fits */
    assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count=1000000", NULL, NULL, NULL), SQLITE_OK);
    big_put(kit, 1, 1000000);
    assert_int_equal(kit_commit(kit), 3);
    kit_shut(kit);
    kit_open(kit);
    goes_on_as_if_nothing_were(kit, 3);
}

static void a_full_disk_refuses_and_goes_on(void **state)
{
    struct kit *kit = *state;
    struct rlimit before, tight;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    node_commit(kit, 1, 1, 1);
    assert_int_equal(sigaction(SIGXFSZ, &ignore, &old), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 600000;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
        big_put(kit, 1, 2000000);
        bool is_done = store_commit(kit->store, kit->batch, NULL, &kit->e);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_false(is_done);
        assert_int_equal(kit->e.code, ERR_STORE_FULL);
        assert_non_null(strstr(kit->e.args, "File too large"));
        node_commit(kit, 1, 1, 2 + i);
    }
    assert_int_equal(sigaction(SIGXFSZ, &old, NULL), 0);
    goes_on_as_if_nothing_were(kit, 4);
    kit_shut(kit);
    kit_open(kit);
    goes_on_as_if_nothing_were(kit, 4);
}

static void a_log_cut_off_loses_whole_commits_from_its_end(void **state)
{
    struct kit *kit = *state;
    char wal[128], copy[128], copy_wal[160];
    (void)snprintf(wal, sizeof(wal), "%s-wal", kit->path);
    for (int64_t i = 1; i <= 10; i++) {
        node_commit(kit, 1, 1, i);
    }
    struct stat st;
    assert_int_equal(stat(wal, &st), 0);
    int64_t last = -1;
    for (long cut = 0; cut <= 12; cut++) { /* copies made while the writer has the file open, as a crash leaves it */
        char command_from[2][128], command_to[2][160];
        (void)snprintf(copy, sizeof(copy), "%s/cut%ld.db", kit->folder, cut);
        (void)snprintf(copy_wal, sizeof(copy_wal), "%s-wal", copy);
        (void)snprintf(command_from[0], sizeof(command_from[0]), "%s", kit->path);
        (void)snprintf(command_from[1], sizeof(command_from[1]), "%s", wal);
        (void)snprintf(command_to[0], sizeof(command_to[0]), "%s", copy);
        (void)snprintf(command_to[1], sizeof(command_to[1]), "%s", copy_wal);
        for (int f = 0; f < 2; f++) {
            struct strbuf b = {0};
            char part[4096];
            FILE *from = fopen(command_from[f], "rb");
            assert_non_null(from);
            for (size_t n; (n = fread(part, 1, sizeof(part), from)) > 0;) {
                strbuf_add(&b, part, n);
            }
            fclose(from);
            bytes_write(command_to[f], -1, b.at ? b.at : "", b.n);
            strbuf_close(&b);
        }
        assert_int_equal(truncate(copy_wal, st.st_size * cut / 12), 0);
        struct kit other = {.is_sqlite = true};
        (void)snprintf(other.path, sizeof(other.path), "%.90s", copy);
        kit_open(&other);
        struct journal_report report;
        const char *different = "not asked";
        kit_must(store_journal_verify(other.reader, "main", &report, &other.e), &other.e, "verify", __FILE__, __LINE__);
        assert_int_equal(report.bad_seq, 0);
        assert_true(report.row_count >= last);
        last = report.row_count;
        kit_must(store_replay_check(other.reader, &other.arena, &different, &other.e), &other.e, "replay", __FILE__, __LINE__);
        assert_null(different);
        arena_close(&other.arena);
        kit_close(&other);
    }
    assert_int_equal(last, 10);
}

static void damage_inside_is_reported_and_not_taken_for_an_answer(void **state)
{
    struct kit *kit = *state;
    for (int64_t i = 0; i < 3000; i++) {
        node_put(kit, node(1, i, i));
    }
    entry_add(kit, "main", "a", "x");
    (void)kit_commit(kit);
    kit_shut(kit);
    int64_t page = 0;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
    must(sqlite_number(db, kit->path, "SELECT rootpage FROM sqlite_schema WHERE name='node'", &page, &kit->e));
    sqlite3_close(db);
    char noise[4096];
    memset(noise, 0xA5, sizeof(noise));
    bytes_write(kit->path, (long)(page - 1) * 4096, noise, sizeof(noise));
    struct store *store = NULL;
    struct store_reader *reader;
    must(store_open_sqlite(kit->path, &store, &kit->e));
    must(store_reader_open(store, &reader, &kit->e));
    struct query query = {.table = TABLE_node, .order_column = -1};
    struct node_row row;
    struct rows *rows = store_query(reader, &query);
    while (rows_next(rows, &row)) {
    }
    bool is_good = rows_end(rows, &kit->e);
    store_reader_close(reader);
    store_close(store);
    assert_false(is_good);
    assert_int_equal(kit->e.code, ERR_STORE_DAMAGED);
    assert_int_equal(unlink(kit->path), 0);
    kit_open(kit);
}

static void somebody_elses_lock_delays_and_then_fails_the_commit(void **state)
{
    struct kit *kit = *state;
    sqlite3 *db;
    node_commit(kit, 1, 1, 1);
    (void)sqlite3_busy_timeout(sqlite_of(kit->store)->db, 50);
    assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    node_put(kit, node(1, 1, 2));
    entry_add(kit, "main", "a", "x");
    assert_false(store_commit(kit->store, kit->batch, NULL, &kit->e));
    assert_int_equal(kit->e.code, ERR_STORE_BUSY);
    assert_int_equal(message_of(kit->e.code)->http_status, 503);
    sqlite3_close(db);
    node_commit(kit, 1, 1, 3);
    assert_string_equal(all_nodes(kit), "1/1=3");
    goes_on_as_if_nothing_were(kit, 2);
}

/* Commits one move after the other and tells each sequence number only when it is durable. */
static void write_until_killed(const char *path, int to)
{
    struct err e;
    struct store *store;
    int64_t seq = 0;
    if (!store_open_sqlite(path, &store, &e)) {
        _exit(1);
    }
    struct store_batch *batch = store_batch_open(store);
    for (int64_t i = 1;; i++) {
        struct node_row row = node(1, i % 50, i);
        struct journal_entry entry = {.stream = "main", .operation = "node.move", .entity = "run/1/1"};
        store_put(batch, TABLE_node, &row);
        store_entry(batch, &entry);
        if (!store_commit(store, batch, &seq, &e) || write(to, &seq, sizeof(seq)) != (ssize_t)sizeof(seq)) {
            _exit(1);
        }
    }
}

static void a_killed_writer_has_kept_what_it_promised(void **state)
{
    struct kit *kit = *state;
    kit_shut(kit);
    for (int round = 0; round < 8; round++) {
        int ends[2];
        int64_t promised = 0, seq;
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            write_until_killed(kit->path, ends[1]);
        }
        close(ends[1]);
        for (int n = 0; n < 5 + 7 * round && read(ends[0], &seq, sizeof(seq)) == (ssize_t)sizeof(seq); n++) {
            promised = seq;
        }
        assert_int_equal(kill(pid, SIGKILL), 0);
        while (read(ends[0], &seq, sizeof(seq)) == (ssize_t)sizeof(seq)) {
            promised = seq;
        }
        close(ends[0]);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        kit_open(kit);
        uint8_t hash[32];
        must(store_journal_head(kit->reader, "main", &seq, hash, &kit->e));
        assert_true(promised > 0 && (seq == promised || seq == promised + 1));
        goes_on_as_if_nothing_were(kit, seq);
        kit_shut(kit);
    }
    kit_open(kit);
}

/* ---- backup ---- */

static void a_backup_is_a_store_of_its_own(void **state)
{
    struct kit *kit = *state;
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/backup.db", kit->folder);
    node_commit(kit, 1, 1, 1);
    must(store_backup(kit->store, path, &kit->e));
    node_commit(kit, 1, 1, 2);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct kit copy = {.is_sqlite = true};
    (void)snprintf(copy.path, sizeof(copy.path), "%.90s", path);
    kit_open(&copy);
    assert_string_equal(all_nodes(&copy), "1/1=1");
    node_commit(&copy, 1, 1, 7);
    goes_on_as_if_nothing_were(&copy, 2);
    arena_close(&copy.arena);
    kit_close(&copy);
    assert_string_equal(all_nodes(kit), "1/1=2");
    assert_false(store_backup(kit->store, path, &kit->e)); /* never over an older one */
    assert_int_equal(kit->e.code, ERR_STORE_BACKUP);
    (void)snprintf(path, sizeof(path), "%s/no/backup.db", kit->folder);
    assert_false(store_backup(kit->store, path, &kit->e));
    assert_int_equal(kit->e.code, ERR_STORE_BACKUP);
}

static void a_backup_without_room_leaves_nothing(void **state)
{
    struct kit *kit = *state;
    char path[128], partial[160];
    struct rlimit before, tight;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    (void)snprintf(path, sizeof(path), "%s/backup.db", kit->folder);
    (void)snprintf(partial, sizeof(partial), "%s.partial", path);
    big_put(kit, 1, 1000000);
    (void)kit_commit(kit);
    assert_int_equal(sigaction(SIGXFSZ, &ignore, &old), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 300000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    bool is_done = store_backup(kit->store, path, &kit->e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(sigaction(SIGXFSZ, &old, NULL), 0);
    assert_false(is_done);
    assert_int_equal(kit->e.code, ERR_STORE_BACKUP);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(partial, F_OK), -1);
    must(store_backup(kit->store, path, &kit->e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(each_commit_fails_once),
        ON_BOTH(each_read_fails_once),
        ON_MEMORY(a_failed_read_of_any_kind_is_reported),
        ON_SQLITE(a_second_writer_is_refused),
        ON_SQLITE(the_file_belongs_to_its_owner_alone),
        ON_SQLITE(what_is_no_store_is_refused),
        ON_SQLITE(a_store_behind_a_link_to_its_folder_is_fine),
        ON_SQLITE(a_missing_folder_is_named),
        ON_SQLITE(folders_and_files_without_permission_are_named),
        ON_SQLITE(a_database_at_its_largest_refuses_and_goes_on),
        ON_SQLITE(a_full_disk_refuses_and_goes_on),
        ON_SQLITE(a_log_cut_off_loses_whole_commits_from_its_end),
        ON_SQLITE(damage_inside_is_reported_and_not_taken_for_an_answer),
        ON_SQLITE(somebody_elses_lock_delays_and_then_fails_the_commit),
        ON_SQLITE(a_killed_writer_has_kept_what_it_promised),
        ON_SQLITE(a_backup_is_a_store_of_its_own),
        ON_SQLITE(a_backup_without_room_leaves_nothing),
    };
    return cmocka_run_group_tests_name("store faults", tests, NULL, NULL);
}
