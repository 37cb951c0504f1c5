/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: its bytes, its chain, who tampers is found, and what redaction leaves.
 */
#include "tests/store/kit.h"

#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "store/journal.h"
#include "store/store_priv.h"

/* ---- bytes ---- */

static void a_header_is_laid_out_as_documented(void **state)
{
    (void)state;
    struct journal_entry entry = {.at = {0x0102030405060708}, .wall = {-1}, .stream = "ab", .actor = "c", .via = "",
                                  .operation = "d", .entity = "番", .reason = NULL, .reference = "z"};
    struct strbuf b = {0};
    journal_header_add(&b, 258, &entry);
    static const char expected[] = "BNJ1"
                                   "\x02\x01\0\0\0\0\0\0"
                                   "\x08\x07\x06\x05\x04\x03\x02\x01"
                                   "\xff\xff\xff\xff\xff\xff\xff\xff"
                                   "\x02\0\0\0" "ab"
                                   "\x01\0\0\0" "c"
                                   "\0\0\0\0"
                                   "\x01\0\0\0" "d"
                                   "\x03\0\0\0" "\xe7\x95\xaa"
                                   "\0\0\0\0"
                                   "\x01\0\0\0" "z";
    assert_int_equal(b.n, sizeof(expected) - 1);
    assert_memory_equal(b.at, expected, b.n);
    strbuf_close(&b);
}

static void a_body_is_laid_out_as_documented(void **state)
{
    (void)state;
    struct strbuf b = {0};
    struct attempt_row row = {.run = -1, .node = 1, .attempt = 300, .status = INT64_MIN, .agent = "x"};
    journal_body_add(&b, table_info(TABLE_attempt), false, 8, &row);
    journal_body_add(&b, table_info(TABLE_attempt), true, 3, &row);
    static const char expected[] = "\x08\0\x08" "\x01\x02\xd8\x04" "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" "\0\0\0" "\x01x"
                                   "\x08\x01\x03" "\x01\x02\xd8\x04";
    assert_int_equal(b.n, sizeof(expected) - 1);
    assert_memory_equal(b.at, expected, b.n);
    strbuf_close(&b);
}

static const char *decode(struct arena *into, const void *bytes, size_t n, struct journal_change *last, int *count)
{
    const uint8_t *at = bytes;
    struct journal_cursor cursor = {.at = at, .end = at + n};
    *count = 0;
    while (journal_body_next(&cursor, into, last)) {
        (*count)++;
    }
    return cursor.bad ? cursor.bad : "";
}

static void a_body_of_an_older_schema_reads_as_zero_and_empty(void **state)
{
    (void)state;
    struct arena tmp = {0};
    struct journal_change change;
    int count;
    static const char body[] = "\x07\0\x03\x02\x04\x06"; /* node: run 1, node 2, status 3 and nothing more */
    assert_string_equal(decode(&tmp, body, sizeof(body) - 1, &change, &count), "");
    assert_int_equal(count, 1);
    assert_int_equal(change.table, TABLE_node);
    const struct node_row *row = change.row;
    assert_int_equal(row->run, 1);
    assert_int_equal(row->status, 3);
    assert_int_equal(row->due_ms, 0);
    assert_string_equal(row->agent, "");
    arena_close(&tmp);
}

static void a_damaged_body_is_refused_with_its_fault(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *fault;
    } cases[] = {
#define BODY(text) text, sizeof(text) - 1
        {BODY(""), ""},
        {BODY("\x7f\0\x01\x02"), "unknown table"},
        {BODY("\x07"), "neither put nor remove"},
        {BODY("\x07\x02\x03\x02\x04\x06"), "neither put nor remove"},
        {BODY("\x07\0"), "ends inside a number"},
        {BODY("\x07\0\x01\x02"), "wrong number of columns"},
        {BODY("\x07\0\x7f\x02"), "wrong number of columns"},
        {BODY("\x07\x01\x03\x02\x04\x06"), "wrong number of columns"},
        {BODY("\x07\0\x03\x02\x04"), "ends inside a number"},
        {BODY("\x07\0\x03\x02\x04\x80\x00"), "a number not in its shortest form"},
        {BODY("\x07\0\x03\x02\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), "a number above 64 bits"},
        {BODY("\x07\0\x03\x02\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01"), "a number above 64 bits"},
        {BODY("\x01\0\x02\x05" "abcd"), "ends inside a text"},
        {BODY("\x01\0\x02\x01" "a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "ends inside a text"},
        {BODY("\x01\0\x02\x01\0\0"), "NUL in a text"},
        {BODY("\x87\x00\0\x03\x02\x04\x06"), "a number not in its shortest form"},
#undef BODY
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena tmp = {0};
        struct journal_change change;
        int count;
        char *bytes = arena_copy_bytes(&tmp, cases[i].bytes, cases[i].n);
        assert_string_equal(decode(&tmp, bytes, cases[i].n, &change, &count), cases[i].fault);
        assert_int_equal(count, 0);
        arena_close(&tmp);
    }
}

static void extreme_values_survive_a_body(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 1, -1, 63, 64, -64, -65, INT64_MAX, INT64_MIN, INT32_MIN, 1 << 20};
    for (size_t i = 0; i < COUNT(values); i++) {
        struct strbuf b = {0};
        struct arena tmp = {0};
        struct journal_change change;
        int count;
        struct node_row row = node(1, 2, 3);
        row.due_ms = values[i];
        journal_body_add(&b, table_info(TABLE_node), false, table_info(TABLE_node)->column_count, &row);
        assert_string_equal(decode(&tmp, b.at, b.n, &change, &count), "");
        assert_true(((struct node_row *)change.row)->due_ms == values[i]);
        strbuf_close(&b);
        arena_close(&tmp);
    }
}

/* ---- chain ---- */

/* Five rows in `main`, two in `desk`. */
static void fill(struct kit *kit)
{
    for (int64_t i = 1; i <= 5; i++) {
        struct node_row row = node(1, i, i);
        row.reason = i == 3 ? "SECRET" : "";
        node_put(kit, row);
        entry_add(kit, "main", "node.move", "run/1/1");
        if (i % 2 == 0) {
            entry_add(kit, "desk", "ticket.note", "ticket/1"); /* changes nothing: an empty body */
        }
        (void)kit_commit(kit);
    }
}

static struct journal_report verify(struct kit *kit, const char *stream)
{
    struct journal_report report;
    must(store_journal_verify(kit->reader, stream, &report, &kit->e));
    return report;
}

static void an_untouched_chain_is_whole(void **state)
{
    struct kit *kit = *state;
    fill(kit);
    struct journal_report report = verify(kit, "main");
    assert_int_equal(report.bad_seq, 0);
    assert_null(report.bad_what);
    assert_int_equal(report.row_count, 5);
    int64_t seq;
    uint8_t hash[32];
    must(store_journal_head(kit->reader, "main", &seq, hash, &kit->e));
    assert_int_equal(seq, 5);
    assert_memory_equal(hash, report.head, 32);
    assert_int_equal(verify(kit, "desk").row_count, 2);
    assert_int_equal(verify(kit, "desk").bad_seq, 0);
    assert_int_equal(verify(kit, "nobody").row_count, 0);
}

static void both_makes_give_the_same_hashes(void **state)
{
    struct kit *kit = *state;
    fill(kit);
    struct journal_report ours = verify(kit, "main");
    struct kit other = {.e = {0}};
    kit = &other;
    kit_open(kit); /* memory */
    fill(kit);
    struct journal_report theirs = verify(kit, "main");
    kit_close(kit);
    arena_close(&kit->arena);
    assert_memory_equal(ours.head, theirs.head, 32);
}

/* Batches of any size: rows by sixteen, one by one, and removes and rows of other tables among them. */
static void fill_batches(struct kit *kit)
{
    int64_t number = 0;
    for (int64_t size = 1; size <= 70; size++) {
        for (int64_t i = 0; i < size; i++) {
            node_put(kit, node(2, number % 500, i));
            if (size % 7 == 3 && i % 20 == 19) {
                store_remove(kit->batch, TABLE_node, &(struct node_row){.run = 2, .node = number % 500});
            }
            if (size % 5 == 2 && i % 6 == 5) {
                store_put(kit->batch, TABLE_agent, &(struct agent_row){.name = "a", .lost_ms = number, .limits = "", .platform = "", .version = ""});
            }
            entry_add(kit, "main", "node.move", "run/2/1");
            if (size % 3 == 0 && i % 9 == 8) {
                entry_add(kit, "desk", "ticket.note", "ticket/1"); /* an empty body among others */
            }
            number++;
        }
        (void)kit_commit(kit);
    }
}

static void batches_of_any_size_are_whole_and_alike_in_both_makes(void **state)
{
    struct kit *kit = *state;
    fill_batches(kit);
    struct journal_report ours = verify(kit, "main"), desk = verify(kit, "desk");
    const char *our_nodes = all_nodes(kit);
    const char *different = NULL;
    must(store_replay_check(kit->reader, &kit->arena, &different, &kit->e));
    assert_null(different);
    assert_int_equal(ours.row_count, 70 * 71 / 2);
    assert_int_equal(ours.bad_seq + desk.bad_seq, 0);
    struct kit other = {.e = {0}};
    kit = &other;
    kit_open(kit); /* memory */
    fill_batches(kit);
    assert_memory_equal(ours.head, verify(kit, "main").head, 32);
    assert_memory_equal(desk.head, verify(kit, "desk").head, 32);
    assert_string_equal(our_nodes, all_nodes(kit));
    kit_close(kit);
    arena_close(&kit->arena);
}

static void sql_run(struct kit *kit, const char *sql)
{
    sqlite3 *db;
    char *message = NULL;
    assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        print_error("%s: %s\n", sql, message);
        fail();
    }
    sqlite3_close(db);
}

static void whoever_changes_any_part_of_a_row_is_found(void **state)
{
    struct kit *kit = *state;
    static const struct {
        const char *sql;
        int64_t bad_seq;
        const char *bad_what;
    } cases[] = {
        {"UPDATE journal SET at_ms=at_ms+1 WHERE stream='main' AND seq=3", 3, "hash"},
        {"UPDATE journal SET wall_ms=wall_ms-1 WHERE stream='main' AND seq=3", 3, "hash"},
        {"UPDATE journal SET actor='tanto' WHERE stream='main' AND seq=1", 1, "hash"},
        {"UPDATE journal SET via='cli' WHERE stream='main' AND seq=5", 5, "hash"},
        {"UPDATE journal SET operation='x' WHERE stream='main' AND seq=2", 2, "hash"},
        {"UPDATE journal SET entity='run/2' WHERE stream='main' AND seq=2", 2, "hash"},
        {"UPDATE journal SET reason='' WHERE stream='main' AND seq=4", 4, "hash"},
        {"UPDATE journal SET reference='1' WHERE stream='main' AND seq=4", 4, "hash"},
        {"UPDATE journal SET entity=actor, actor=entity WHERE stream='main' AND seq=4", 4, "hash"},
        {"UPDATE journal SET body_hash=zeroblob(32) WHERE stream='main' AND seq=4", 4, "hash"},
        {"UPDATE journal SET prev=zeroblob(32) WHERE stream='main' AND seq=4", 4, "prev"},
        {"UPDATE journal SET hash=zeroblob(32) WHERE stream='main' AND seq=5", 5, "hash"},
        {"UPDATE journal SET hash=x'00' WHERE stream='main' AND seq=2", 2, "hash"},
        {"UPDATE journal_body SET body=CAST(body||x'00' AS BLOB) WHERE id=(SELECT id FROM journal WHERE stream='main' AND seq=3)", 3, "body"},
        {"UPDATE journal_body SET body=x'' WHERE id=(SELECT id FROM journal WHERE stream='main' AND seq=3)", 3, "body"},
        {"DELETE FROM journal_body WHERE id=(SELECT id FROM journal WHERE stream='main' AND seq=2)", 2, "body"},
        {"DELETE FROM journal WHERE stream='main' AND seq=2", 2, "gap"},
        {"DELETE FROM journal WHERE stream='main' AND seq=1", 1, "gap"},
        {"UPDATE journal SET stream='x' WHERE stream='main' AND seq=3", 3, "gap"},
        {"UPDATE journal SET seq=7 WHERE stream='main' AND seq=5", 5, "gap"},
    };
    fill(kit);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char sql[512], copy[128];
        (void)snprintf(copy, sizeof(copy), "%s/copy%zu.db", kit->folder, i);
        must(store_backup(kit->store, copy, &kit->e));
        struct kit other = {.is_sqlite = true};
        (void)snprintf(other.path, sizeof(other.path), "%.90s", copy);
        (void)snprintf(sql, sizeof(sql), "DROP TRIGGER journal_is_not_changed; DROP TRIGGER journal_is_not_removed;"
                                         "DROP TRIGGER journal_body_is_not_changed; %s", cases[i].sql);
        sql_run(&other, sql);
        kit_open(&other);
        struct journal_report report = verify(&other, "main");
        if (report.bad_seq != cases[i].bad_seq || !str_equal(report.bad_what, cases[i].bad_what)) {
            print_error("%s: %lld %s\n", cases[i].sql, (long long)report.bad_seq, report.bad_what ? report.bad_what : "");
            fail();
        }
        kit_close(&other);
    }
}

static void slips_against_the_journal_are_refused_by_the_file_itself(void **state)
{
    struct kit *kit = *state;
    fill(kit);
    static const char *const slips[] = {"UPDATE journal SET actor='x'", "DELETE FROM journal", "UPDATE journal_body SET body=x''"};
    sqlite3 *db;
    assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
    for (size_t i = 0; i < COUNT(slips); i++) {
        assert_int_equal(sqlite3_exec(db, slips[i], NULL, NULL, NULL), SQLITE_CONSTRAINT);
    }
    sqlite3_close(db);
}

/* Exit status of tools/verify-journal, which shares no code with us. */
static int other_program(struct kit *kit)
{
    const char *root = getenv("BANTO_ROOT");
    struct strbuf program = {0};
    strbuf_printf(&program, "%s/tools/verify-journal", root ? root : ".");
    char *const arguments[] = {program.at, kit->path, NULL};
    pid_t pid;
    int status = -1;
    assert_int_equal(posix_spawn(&pid, program.at, NULL, NULL, arguments, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    strbuf_close(&program);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool redact(struct kit *kit, const char *stream, int64_t seq);

static void another_program_finds_the_same(void **state)
{
    struct kit *kit = *state;
    if (access("/usr/bin/python3", X_OK) != 0) {
        skip();
    }
    fill(kit);
    assert_true(redact(kit, "main", 2));
    assert_int_equal(other_program(kit), 0);
    sql_run(kit, "DELETE FROM journal_body WHERE id=1");
    assert_int_equal(other_program(kit), 1);
}

/* ---- redaction ---- */

static bool redact(struct kit *kit, const char *stream, int64_t seq)
{
    struct journal_entry entry = {.at = {9}, .wall = {9}, .actor = "kanrisha", .via = "cli", .reason = "個人情報"};
    return store_journal_redact(kit->store, stream, seq, &entry, &kit->e);
}

static bool file_holds(const char *path, const char *text)
{
    FILE *file = fopen(path, "rb");
    bool is_there = false;
    struct strbuf b = {0};
    char part[4096];
    for (size_t n; file && (n = fread(part, 1, sizeof(part), file)) > 0;) {
        strbuf_add(&b, part, n);
    }
    is_there = b.n && memmem(b.at, b.n, text, strlen(text));
    strbuf_close(&b);
    if (file) {
        fclose(file);
    }
    return is_there;
}

static void a_redacted_body_is_gone_and_a_row_says_so(void **state)
{
    struct kit *kit = *state;
    fill(kit);
    node_put(kit, node(1, 3, 3)); /* corrected first: without the secret */
    entry_add(kit, "main", "node.correct", "run/1/3");
    (void)kit_commit(kit);
    assert_true(redact(kit, "main", 3));

    struct journal_report report = verify(kit, "main");
    assert_int_equal(report.bad_seq, 0);
    assert_int_equal(report.redacted_count, 1);
    assert_int_equal(report.row_count, 7);
    struct journal_query query = {.stream = "main", .with_bodies = true};
    struct journal_row row;
    struct rows *rows = store_journal(kit->reader, &query);
    while (journal_next(rows, &row)) {
        assert_int_equal(row.is_redacted, row.seq == 3);
        assert_int_equal(row.body.n == 0, row.seq == 3);
        assert_true(!row.body.n || !memmem(row.body.at, row.body.n, "SECRET", 6));
        if (row.seq == 7) {
            assert_string_equal(row.entry.operation, "journal.redact");
            assert_string_equal(row.entry.entity, "journal/main/3");
            assert_string_equal(row.entry.actor, "kanrisha");
        }
    }
    must(rows_end(rows, &kit->e));
    const char *different = "not asked";
    must(store_replay_check(kit->reader, &kit->arena, &different, &kit->e));
    assert_null(different);
    if (kit->is_sqlite) {
        kit_close(kit);
        assert_false(file_holds(kit->path, "SECRET"));
        kit_open(kit);
    }
}

static void redaction_refuses_what_is_not_there(void **state)
{
    struct kit *kit = *state;
    fill(kit);
    assert_false(redact(kit, "main", 99));
    assert_int_equal(kit->e.code, ERR_NOT_FOUND);
    assert_false(redact(kit, "main", 0));
    assert_int_equal(kit->e.code, ERR_NOT_FOUND);
    assert_false(redact(kit, "nobody", 1));
    assert_int_equal(kit->e.code, ERR_NOT_FOUND);
    assert_false(redact(kit, "desk", 1)); /* an empty body */
    assert_int_equal(kit->e.code, ERR_CONFLICT);
    assert_true(redact(kit, "main", 2));
    assert_false(redact(kit, "main", 2));
    assert_int_equal(kit->e.code, ERR_CONFLICT);
    assert_int_equal(verify(kit, "main").bad_seq, 0);
    assert_int_equal(verify(kit, "main").redacted_count, 1);
}

static void a_redaction_can_be_redacted(void **state)
{
    struct kit *kit = *state;
    fill(kit);
    assert_true(redact(kit, "main", 3)); /* too early: row 6 repeats the secret */
    node_put(kit, node(1, 3, 3));
    entry_add(kit, "main", "node.correct", "run/1/3");
    (void)kit_commit(kit);
    assert_true(redact(kit, "main", 6));
    struct journal_report report = verify(kit, "main");
    assert_int_equal(report.bad_seq, 0);
    assert_int_equal(report.redacted_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_laid_out_as_documented),
        cmocka_unit_test(a_body_is_laid_out_as_documented),
        cmocka_unit_test(a_body_of_an_older_schema_reads_as_zero_and_empty),
        cmocka_unit_test(a_damaged_body_is_refused_with_its_fault),
        cmocka_unit_test(extreme_values_survive_a_body),
        ON_BOTH(an_untouched_chain_is_whole),
        ON_SQLITE(both_makes_give_the_same_hashes),
        ON_SQLITE(batches_of_any_size_are_whole_and_alike_in_both_makes),
        ON_SQLITE(whoever_changes_any_part_of_a_row_is_found),
        ON_SQLITE(another_program_finds_the_same),
        ON_SQLITE(slips_against_the_journal_are_refused_by_the_file_itself),
        ON_BOTH(a_redacted_body_is_gone_and_a_row_says_so),
        ON_BOTH(redaction_refuses_what_is_not_there),
        ON_BOTH(a_redaction_can_be_redacted),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
