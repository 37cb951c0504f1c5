/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every make of a store must do alike: each case runs on memory and on SQLite.
 */
#include "tests/store/kit.h"

#include <pthread.h>

#include "store/store_priv.h"

static void an_empty_store_answers_nothing(void **state)
{
    struct kit *kit = *state;
    int64_t seq = -1;
    uint8_t hash[32], zeros[32] = {0};
    assert_string_equal(all_nodes(kit), "");
    must(store_journal_head(kit->reader, "main", &seq, hash, &kit->e));
    assert_int_equal(seq, 0);
    assert_memory_equal(hash, zeros, 32);
    assert_true(store_batch_is_empty(kit->batch));
    assert_int_equal(kit_commit(kit), 0);
    must(rows_end(NULL, &kit->e));
}

static void what_is_committed_is_read_back(void **state)
{
    struct kit *kit = *state;
    struct node_row row = node(7, 3, 5);
    row.code = INT32_MIN;
    row.due_ms = INT64_MAX;
    row.agent = "受託者サーバー";
    char reason[] = "待ち";
    row.reason = reason;
    node_put(kit, row);
    reason[0] = '?'; /* the put copied it */
    entry_add(kit, "main", "node.start", "run/7/3");
    assert_false(store_batch_is_empty(kit->batch));
    assert_int_equal(kit_commit(kit), 1);
    assert_true(store_batch_is_empty(kit->batch));

    struct node_row got = {.run = 7, .node = 3};
    bool is_found = false;
    must(store_get(kit->reader, &kit->arena, TABLE_node, &got, &is_found, &kit->e));
    assert_true(is_found);
    assert_int_equal(got.status, 5);
    assert_int_equal(got.code, INT32_MIN);
    assert_true(got.due_ms == INT64_MAX);
    assert_string_equal(got.agent, "受託者サーバー");
    assert_string_equal(got.reason, "待ち");
    got.node = 4;
    must(store_get(kit->reader, &kit->arena, TABLE_node, &got, &is_found, &kit->e));
    assert_false(is_found);
}

static void null_text_and_blobs_are_kept(void **state)
{
    struct kit *kit = *state;
    const char bytes[] = "a\0b\xff";
    struct site_file_row file = {.name = "calendar", .hash = NULL, .body = {bytes, 4}, .at_ms = 1};
    struct site_file_row empty = {.name = "empty"};
    store_put(kit->batch, TABLE_site_file, &file);
    store_put(kit->batch, TABLE_site_file, &empty);
    entry_add(kit, "main", "site.apply", "site");
    (void)kit_commit(kit);
    struct site_file_row got = {.name = "calendar"};
    bool is_found;
    must(store_get(kit->reader, &kit->arena, TABLE_site_file, &got, &is_found, &kit->e));
    assert_true(is_found);
    assert_string_equal(got.hash, "");
    assert_int_equal(got.body.n, 4);
    assert_memory_equal(got.body.at, bytes, 4);
    got.name = "empty";
    must(store_get(kit->reader, &kit->arena, TABLE_site_file, &got, &is_found, &kit->e));
    assert_true(is_found);
    assert_int_equal(got.body.n, 0);
}

static void the_last_change_of_a_row_wins(void **state)
{
    struct kit *kit = *state;
    struct node_row gone = node(1, 2, 0);
    node_put(kit, node(1, 1, 1));
    node_put(kit, node(1, 2, 1));
    entry_add(kit, "main", "a", "x");
    node_put(kit, node(1, 1, 2));
    store_remove(kit->batch, TABLE_node, &gone);
    store_remove(kit->batch, TABLE_node, &(struct node_row){.run = 9, .node = 9}); /* never was */
    entry_add(kit, "main", "b", "x");
    node_put(kit, node(1, 1, 3));
    node_put(kit, node(1, 3, 3));
    entry_add(kit, "main", "c", "x");
    assert_int_equal(kit_commit(kit), 1);
    assert_string_equal(all_nodes(kit), "1/1=3 1/3=3");
    node_put(kit, node(1, 2, 7));
    store_remove(kit->batch, TABLE_node, &(struct node_row){.run = 1, .node = 1});
    entry_add(kit, "main", "d", "x");
    assert_int_equal(kit_commit(kit), 4);
    assert_string_equal(all_nodes(kit), "1/2=7 1/3=3");
}

static void a_longer_text_replaces_a_shorter_one(void **state)
{
    struct kit *kit = *state;
    static const char *const reasons[] = {"a", "a much longer reason than the one before", "", "middle sized"};
    for (size_t i = 0; i < COUNT(reasons); i++) {
        struct node_row row = node(1, 1, 1), got = row;
        bool is_found;
        row.reason = reasons[i];
        node_put(kit, row);
        entry_add(kit, "main", "a", "x");
        (void)kit_commit(kit);
        must(store_get(kit->reader, &kit->arena, TABLE_node, &got, &is_found, &kit->e));
        assert_string_equal(got.reason, reasons[i]);
    }
}

static void many_rows_come_and_go(void **state)
{
    struct kit *kit = *state;
    enum { ROWS = 3000 };
    for (int64_t i = 0; i < ROWS; i++) {
        node_put(kit, node(i % 7, i, i));
    }
    entry_add(kit, "main", "a", "x");
    (void)kit_commit(kit);
    for (int64_t i = 0; i < ROWS; i++) {
        if (i % 3 != 0) {
            store_remove(kit->batch, TABLE_node, &(struct node_row){.run = i % 7, .node = i});
        }
    }
    entry_add(kit, "main", "b", "x");
    (void)kit_commit(kit);
    struct query query = {.table = TABLE_node, .order_column = -1};
    struct node_row row, last = {.run = -1};
    int64_t n = 0;
    struct rows *rows = store_query(kit->reader, &query);
    while (rows_next(rows, &row)) {
        assert_int_equal(row.node % 3, 0);
        assert_int_equal(row.node % 7, row.run);
        assert_true(row.run > last.run || (row.run == last.run && row.node > last.node));
        last = row;
        n++;
    }
    must(rows_end(rows, &kit->e));
    assert_int_equal(n, ROWS / 3);
    query.where[query.where_count++] = (struct where){.column = 0, .op = WHERE_EQ, .number = 3};
    n = 0;
    rows = store_query(kit->reader, &query);
    while (rows_next(rows, &row)) {
        assert_int_equal(row.run, 3);
        n++;
    }
    must(rows_end(rows, &kit->e));
    assert_int_equal(n, 143); /* i < 3000 with i % 21 = 3 */
}

static void queries_select_order_and_page(void **state)
{
    struct kit *kit = *state;
    static const struct {
        int64_t run, node, status;
    } rows[] = {{1, 1, 5}, {1, 2, 3}, {2, 1, 5}, {2, 9, 1}, {3, 1, 3}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        node_put(kit, node(rows[i].run, rows[i].node, rows[i].status));
    }
    entry_add(kit, "main", "a", "x");
    (void)kit_commit(kit);
    int status = table_column(TABLE_node, "status");
    const struct {
        struct query query;
        const char *expected;
    } cases[] = {
        {{.order_column = -1, .is_descending = true}, "3/1=3 2/9=1 2/1=5 1/2=3 1/1=5"},
        {{.order_column = status}, "2/9=1 1/2=3 3/1=3 1/1=5 2/1=5"},
        {{.order_column = status, .is_descending = true, .limit = 2}, "2/1=5 1/1=5"},
        {{.order_column = -1, .limit = 2}, "1/1=5 1/2=3"},
        {{.where = {{0, WHERE_EQ, 2, NULL}}, .where_count = 1, .order_column = -1}, "2/1=5 2/9=1"},
        {{.where = {{0, WHERE_EQ, 2, NULL}, {1, WHERE_GT, 1, NULL}}, .where_count = 2, .order_column = -1}, "2/9=1"},
        {{.where = {{0, WHERE_EQ, 2, NULL}, {1, WHERE_EQ, 9, NULL}}, .where_count = 2, .order_column = -1}, "2/9=1"},
        {{.where = {{0, WHERE_EQ, 2, NULL}, {1, WHERE_EQ, 9, NULL}, {2, WHERE_EQ, 5, NULL}}, .where_count = 3,
          .order_column = -1}, ""},
        {{.where = {{2, WHERE_NE, 5, NULL}}, .where_count = 1, .order_column = -1}, "1/2=3 2/9=1 3/1=3"},
        {{.where = {{2, WHERE_LT, 3, NULL}}, .where_count = 1, .order_column = -1}, "2/9=1"},
        {{.where = {{2, WHERE_LE, 3, NULL}}, .where_count = 1, .order_column = 2}, "2/9=1 1/2=3 3/1=3"},
        {{.where = {{2, WHERE_GE, 3, NULL}, {0, WHERE_LT, 3, NULL}}, .where_count = 2, .order_column = -1},
         "1/1=5 1/2=3 2/1=5"},
        {{.where = {{9, WHERE_EQ, 0, "nobody"}}, .where_count = 1, .order_column = -1}, ""},
    };
    assert_int_equal(status, 2);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct query query = cases[i].query;
        query.table = TABLE_node;
        assert_string_equal(nodes(kit, &query), cases[i].expected);
    }
}

static void text_patterns_know_only_star_and_question_mark(void **state)
{
    struct kit *kit = *state;
    static const char *const paths[] = {"/a/b", "/a/[b]", "/国保/日次", "/a%b", "/A/b"};
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct unit_row row = {.id = (int64_t)i, .path = paths[i]};
        store_put(kit->batch, TABLE_unit, &row);
    }
    entry_add(kit, "main", "a", "x");
    (void)kit_commit(kit);
    static const struct {
        const char *pattern, *ids;
    } cases[] = {{"/a/*", "0 1"}, {"/a/[b]", "1"}, {"/a/?", "0"}, {"/?\?/日?", "2"}, {"/a?b", "0 3"}, {"*b*", "0 1 3 4"},
                 {"", ""}, {"*", "0 1 2 3 4"}, {"/a%b", "3"}, {"**日*次", "2"}, {"/?/b", "0 4"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct query query = {.table = TABLE_unit, .order_column = -1, .where_count = 1};
        query.where[0] = (struct where){table_column(TABLE_unit, "path"), WHERE_LIKE, 0, cases[i].pattern};
        struct strbuf b = {0};
        struct unit_row row;
        struct rows *rows = store_query(kit->reader, &query);
        while (rows_next(rows, &row)) {
            strbuf_printf(&b, "%s%lld", b.n ? " " : "", (long long)row.id);
        }
        must(rows_end(rows, &kit->e));
        assert_string_equal(strbuf_str(&b), cases[i].ids);
        strbuf_close(&b);
    }
}

static void text_keys_are_ordered_by_bytes(void **state)
{
    struct kit *kit = *state;
    static const char *const names[] = {"b", "B", "ア", "a", "ab"};
    for (size_t i = 0; i < COUNT(names); i++) {
        store_put(kit->batch, TABLE_agent, &(struct agent_row){.name = names[i]});
    }
    entry_add(kit, "main", "a", "x");
    (void)kit_commit(kit);
    struct query query = {.table = TABLE_agent, .order_column = -1};
    struct agent_row row;
    struct strbuf b = {0};
    struct rows *rows = store_query(kit->reader, &query);
    while (rows_next(rows, &row)) {
        strbuf_text(&b, row.name);
        strbuf_char(&b, ' ');
    }
    must(rows_end(rows, &kit->e));
    assert_string_equal(b.at, "B a ab b ア ");
    strbuf_close(&b);
}

/* "1:a/x 2:b/y" */
static const char *journal(struct kit *kit, const struct journal_query *query)
{
    struct strbuf b = {0};
    struct journal_row row;
    struct rows *rows = store_journal(kit->reader, query);
    while (journal_next(rows, &row)) {
        strbuf_printf(&b, "%s%s%lld:%s", b.n ? " " : "", query->stream ? "" : row.entry.stream, (long long)row.seq,
                      row.entry.operation);
    }
    must(rows_end(rows, &kit->e));
    const char *text = arena_copy(&kit->arena, strbuf_str(&b));
    strbuf_close(&b);
    return text;
}

static void the_journal_is_listed_by_stream_and_by_what_is_asked(void **state)
{
    struct kit *kit = *state;
    static const struct {
        const char *stream, *actor, *operation, *entity;
        int64_t at_ms;
    } entries[] = {{"main", "system", "run.start", "run/1", 10}, {"desk", "tanto", "ticket.add", "ticket/1", 20},
                   {"main", "agent:a", "node.exit", "run/1/3", 30}, {"main", "tanto", "run.kill", "run/1", 40}};
    for (size_t i = 0; i < COUNT(entries); i++) {
        struct journal_entry entry = {.stream = entries[i].stream, .actor = entries[i].actor,
                                      .operation = entries[i].operation, .entity = entries[i].entity,
                                      .at = {entries[i].at_ms}};
        store_entry(kit->batch, &entry);
    }
    assert_int_equal(kit_commit(kit), 1);
    const struct {
        struct journal_query query;
        const char *expected;
    } cases[] = {
        {{.stream = "main", .to = INSTANT_NEVER}, "1:run.start 2:node.exit 3:run.kill"},
        {{.stream = "desk"}, "1:ticket.add"},
        {{.stream = "nobody"}, ""},
        {{.stream = NULL}, "main1:run.start desk1:ticket.add main2:node.exit main3:run.kill"},
        {{.stream = NULL, .after_seq = 1, .until_seq = 3}, "desk1:ticket.add main2:node.exit"},
        {{.stream = NULL, .is_descending = true, .limit = 2}, "main3:run.kill main2:node.exit"},
        {{.stream = "main", .after_seq = 1}, "2:node.exit 3:run.kill"},
        {{.stream = "main", .until_seq = 2, .is_descending = true}, "2:node.exit 1:run.start"},
        {{.stream = "main", .limit = 1, .is_descending = true}, "3:run.kill"},
        {{.stream = "main", .entity = "run/1"}, "1:run.start 3:run.kill"},
        {{.stream = "main", .entity = "run/1*"}, "1:run.start 2:node.exit 3:run.kill"},
        {{.stream = "main", .actor = "agent:?", .operation = "node.*"}, "2:node.exit"},
        {{.stream = NULL, .actor = "tanto"}, "desk1:ticket.add main3:run.kill"},
        {{.stream = "main", .from = {30}, .to = {40}}, "2:node.exit"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(journal(kit, &cases[i].query), cases[i].expected);
    }
}

static void two_cursors_of_one_query_do_not_disturb_each_other(void **state)
{
    struct kit *kit = *state;
    for (int64_t i = 1; i <= 3; i++) {
        node_put(kit, node(1, i, i));
    }
    entry_add(kit, "main", "a", "x");
    (void)kit_commit(kit);
    struct query query = {.table = TABLE_node, .order_column = -1};
    struct rows *outer = store_query(kit->reader, &query);
    struct node_row row, inner_row;
    int outer_count = 0, inner_count = 0;
    while (rows_next(outer, &row)) {
        outer_count++;
        struct rows *inner = store_query(kit->reader, &query);
        while (rows_next(inner, &inner_row)) {
            inner_count++;
        }
        must(rows_end(inner, &kit->e));
    }
    must(rows_end(outer, &kit->e));
    assert_int_equal(outer_count, 3);
    assert_int_equal(inner_count, 9);
}

static void more_shapes_of_queries_than_are_kept_ready_work(void **state)
{
    struct kit *kit = *state;
    node_commit(kit, 1, 1, 5);
    struct query all = {.table = TABLE_node, .order_column = -1};
    struct rows *outer = store_query(kit->reader, &all);
    struct node_row row;
    assert_true(rows_next(outer, &row));
    for (int round = 0; round < 2; round++) {
        for (int shape = 0; shape < 6 * 6 * 9; shape++) { /* two conditions that hold and an order */
            static const struct {
                enum where_op op;
                int64_t number;
            } ops[] = {{WHERE_EQ, 5}, {WHERE_NE, 4}, {WHERE_LT, 6}, {WHERE_LE, 5}, {WHERE_GT, 4}, {WHERE_GE, 5}};
            struct query query = {.table = TABLE_node, .order_column = shape / 36, .where_count = 2};
            query.where[0] = (struct where){2, ops[shape % 6].op, ops[shape % 6].number, NULL};
            query.where[1] = (struct where){2, ops[shape / 6 % 6].op, ops[shape / 6 % 6].number, NULL};
            assert_string_equal(nodes(kit, &query), "1/1=5");
        }
        bool is_found;
        row = (struct node_row){.run = 1, .node = 1};
        must(store_get(kit->reader, &kit->arena, TABLE_node, &row, &is_found, &kit->e));
        assert_true(is_found);
    }
    assert_false(rows_next(outer, &row));
    must(rows_end(outer, &kit->e));
}

static void kept_tables_need_no_entry_and_leave_no_trace_in_it(void **state)
{
    struct kit *kit = *state;
    struct meta_row secret = {.key = "token", .value = "HIMITSU"}, got = {.key = "token"};
    store_put(kit->batch, TABLE_meta, &secret);
    assert_int_equal(kit_commit(kit), 0);
    store_put(kit->batch, TABLE_meta, &secret);
    node_put(kit, node(1, 1, 1));
    entry_add(kit, "main", "a", "x");
    (void)kit_commit(kit);
    bool is_found;
    must(store_get(kit->reader, &kit->arena, TABLE_meta, &got, &is_found, &kit->e));
    assert_true(is_found);
    assert_string_equal(got.value, "HIMITSU");
    struct journal_query query = {.stream = "main", .with_bodies = true};
    struct journal_row row;
    struct rows *rows = store_journal(kit->reader, &query);
    assert_true(journal_next(rows, &row));
    assert_true(row.body.n > 0);
    assert_null(memmem(row.body.at, row.body.n, "HIMITSU", 7));
    must(rows_end(rows, &kit->e));
}

static void a_batch_that_is_closed_leaves_nothing(void **state)
{
    struct kit *kit = *state;
    node_put(kit, node(1, 1, 1));
    entry_add(kit, "main", "a", "x");
    store_batch_close(kit->batch);
    kit->batch = store_batch_open(kit->store);
    assert_string_equal(all_nodes(kit), "");
}

struct reading {
    struct store *store;
    int64_t stop;
    bool is_good;
};

static void *read_on(void *at)
{
    struct reading *reading = at;
    struct err e;
    struct store_reader *reader;
    reading->is_good = store_reader_open(reading->store, &reader, &e);
    if (!reading->is_good) {
        return NULL;
    }
    while (reading->is_good && !__atomic_load_n(&reading->stop, __ATOMIC_ACQUIRE)) {
        struct query query = {.table = TABLE_node, .order_column = -1};
        struct node_row row;
        int64_t first = -1;
        struct rows *rows = store_query(reader, &query);
        while (rows_next(rows, &row)) { /* all rows of one commit carry the same status */
            first = first < 0 ? row.status : first;
            reading->is_good = reading->is_good && row.status == first;
        }
        reading->is_good = rows_end(rows, &e) && reading->is_good;
    }
    store_reader_close(reader);
    return NULL;
}

static void readers_of_other_threads_see_whole_commits(void **state)
{
    struct kit *kit = *state;
    struct reading readings[2] = {{.store = kit->store}, {.store = kit->store}};
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readings[i]), 0);
    }
    for (int64_t status = 1; status <= 50; status++) {
        for (int64_t i = 0; i < 20; i++) {
            node_put(kit, node(1, i, status));
        }
        entry_add(kit, "main", "a", "x");
        (void)kit_commit(kit);
    }
    for (size_t i = 0; i < 2; i++) {
        __atomic_store_n(&readings[i].stop, 1, __ATOMIC_RELEASE);
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(readings[i].is_good);
    }
}

static void a_held_reader_sees_one_moment(void **state)
{
    struct kit *kit = *state;
    node_commit(kit, 1, 1, 1);
    must(store_reader_hold(kit->reader, &kit->e));
    assert_string_equal(all_nodes(kit), "1/1=1");
    node_commit(kit, 1, 1, 2);
    assert_string_equal(all_nodes(kit), "1/1=1");
    store_reader_release(kit->reader);
    assert_string_equal(all_nodes(kit), "1/1=2");
}

static void a_store_is_found_again_after_closing(void **state)
{
    struct kit *kit = *state;
    node_commit(kit, 1, 1, 1);
    kit_close(kit);
    kit_open(kit);
    assert_string_equal(all_nodes(kit), "1/1=1");
    node_put(kit, node(1, 1, 2));
    entry_add(kit, "main", "a", "x");
    assert_int_equal(kit_commit(kit), 2);
    struct journal_report report;
    must(store_journal_verify(kit->reader, "main", &report, &kit->e));
    assert_int_equal(report.bad_seq, 0);
    assert_int_equal(report.row_count, 2);
}

static void the_tables_are_as_schema_def_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < TABLES; i++) {
        const struct table_info *info = table_info((enum table)i);
        assert_true(info->key_count >= 1 && info->key_count <= info->column_count && info->key_count <= WHERE_MAX);
        assert_true(info->row_bytes <= ROW_BYTES_MAX); /* readers keep a row on the stack */
        for (size_t c = 0; c < info->column_count; c++) {
            assert_int_equal(table_column((enum table)i, info->columns[c].name), c);
        }
        for (size_t k = 0; k < info->key_count; k++) {
            assert_int_not_equal(info->columns[k].type, COLUMN_BLB);
        }
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(table_info((enum table)j)->id, info->id);
        }
    }
    assert_int_equal(table_column(TABLE_node, "no such column"), -1);
}

static void a_hash_is_printed_as_hex(void **state)
{
    (void)state;
    char hex[65];
    store_hash_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(an_empty_store_answers_nothing),
        ON_BOTH(what_is_committed_is_read_back),
        ON_BOTH(null_text_and_blobs_are_kept),
        ON_BOTH(the_last_change_of_a_row_wins),
        ON_BOTH(a_longer_text_replaces_a_shorter_one),
        ON_BOTH(many_rows_come_and_go),
        ON_BOTH(queries_select_order_and_page),
        ON_BOTH(text_patterns_know_only_star_and_question_mark),
        ON_BOTH(text_keys_are_ordered_by_bytes),
        ON_BOTH(the_journal_is_listed_by_stream_and_by_what_is_asked),
        ON_BOTH(two_cursors_of_one_query_do_not_disturb_each_other),
        ON_BOTH(more_shapes_of_queries_than_are_kept_ready_work),
        ON_BOTH(kept_tables_need_no_entry_and_leave_no_trace_in_it),
        ON_BOTH(a_batch_that_is_closed_leaves_nothing),
        ON_BOTH(readers_of_other_threads_see_whole_commits),
        ON_SQLITE(a_held_reader_sees_one_moment),
        ON_SQLITE(a_store_is_found_again_after_closing),
        cmocka_unit_test(the_tables_are_as_schema_def_says),
        cmocka_unit_test(a_hash_is_printed_as_hex),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
