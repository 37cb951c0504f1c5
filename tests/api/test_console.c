/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_console - what the web console's pages are answered: shape, empty states, refusals.
 */
#include "tests/unit.h"

#include "tests/api/ask.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "jobnet/status.h"

static int ask(struct kit *kit, const char *method, const char *path, const char *rest)
{
    return ask_by(kit, &(struct caller){CALLER_OWN, "tester", "cli", "", NULL}, method, path, rest);
}

static void says(struct kit *kit, const char *piece)
{
    if (!strstr(strbuf_str(&kit->body), piece)) {
        fail_msg("%s is not in %s", piece, strbuf_str(&kit->body));
    }
    json_t *root = json_loadb(strbuf_str(&kit->body), kit->body.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    json_decref(root);
}

static void answers(struct kit *kit, const char *path, const char *query, const char *piece)
{
    int status = ask(kit, "GET", path, query);
    if (status != 200) {
        fail_msg("%s %s: %d %s", path, query, status, strbuf_str(&kit->body));
    }
    says(kit, piece);
}

static int open_kit(void **state)
{
    *state = kit_open();
    return 0;
}

static int close_kit(void **state)
{
    kit_close(*state);
    return 0;
}

static void now_lists_what_nobody_has_acknowledged(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/now", "", "\"kind\":\"failed\"");
    says(kit, "\"title\":\"夜間\"");
    says(kit, "\"is_over\":false");
    says(kit, "\"running\":1");
    says(kit, "\"business_day\":\"2026-06-29\"");
}

static void put(struct kit *kit, enum table table, const void *row)
{
    struct err e = {0};
    struct store_batch *batch = store_batch_open(kit->store);
    struct journal_entry entry = {.at = {1000}, .wall = {1000}, .stream = "main", .actor = "t", .via = "t", .operation = "t",
                                  .entity = "t", .reason = "", .reference = ""};
    store_put(batch, table, row);
    store_entry(batch, &entry);
    assert_true(store_commit(kit->store, batch, NULL, &e));
    store_batch_close(batch);
}

static void a_quiet_now_is_empty(void **state)
{
    struct kit *kit = *state;
    struct event_row event = {.id = 3, .at_ms = 1782687600000, .severity = 2, .unit = "/G/NET", .run = 12, .node = 1,
                              .message = "BNT0103-E", .args = "", .acked_ms = 1, .acked_by = "x", .fold = "", .count = 1};
    put(kit, TABLE_event, &event);
    answers(kit, "/api/v1/now", "", "\"items\":[]");
}

static void what_is_over_by_itself_stands_last(void **state)
{
    struct kit *kit = *state;
    struct run_row good = {.id = 13, .unit = 7, .version = 70, .date = 20633, .status = STATUS_NORMAL, .reason = "", .macros = ""};
    struct event_row event = {.id = 2, .at_ms = 1782687500000, .severity = 2, .unit = "/G/NET", .run = 13,
                              .message = "BNT0410-E", .args = "", .acked_by = "", .fold = "", .count = 1};
    put(kit, TABLE_run, &good);
    put(kit, TABLE_event, &event);
    answers(kit, "/api/v1/now", "", "\"is_over\":true");
    const char *body = strbuf_str(&kit->body);
    assert_true(strstr(body, "\"is_over\":false") < strstr(body, "\"is_over\":true"));
}

static void a_night_shows_plan_and_course(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/night", "", "\"run\":12");
    says(kit, "\"started\":\"2026-06-29T08:00:00+09:00\"");
    answers(kit, "/api/v1/night", "from=2026-07-10T00:00:00Z", "\"nets\":[]");
}

static void a_night_shows_what_is_expected(void **state)
{
    struct kit *kit = *state;
    struct outlook_row rows[] = {
        {.run = 12, .path = "/G/NET", .date = {20633}, .start = {1782687600000}, .end = {1782691200000},
         .deadline = {1782694800000}, .slack_ms = 3600000, .after = -1, .outcome = "ends", .is_critical = true,
         .waits = {"待つ", "waits"}}};
    struct outlook outlook = {.made = {1782687600000}, .opening = {1782772800000}, .opening_slack_ms = 600000, .opening_row = 0,
                              .row_count = 1, .rows = rows};
    kit->engine.outlook = &outlook;
    answers(kit, "/api/v1/night", "date=2026-06-29", "\"expected_end\":\"2026-06-29T09:00:00+09:00\"");
    says(kit, "\"minutes\":60");
    says(kit, "\"is_critical\":true");
    says(kit, "{\"ja\":\"待つ\",\"en\":\"waits\"}");
    says(kit, "\"opening\":{\"at\":\"2026-06-30T07:40:00+09:00\",\"slack_min\":10,\"last\":\"/G/NET\"}");
}

static void a_night_that_never_ends_is_refused(void **state)
{
    struct kit *kit = *state;
    assert_int_equal(ask(kit, "GET", "/api/v1/night", "from=2026-07-02T00:00&to=2026-07-01T00:00"), 400);
    says(kit, "\"field\":\"to\"");
    assert_int_equal(ask(kit, "GET", "/api/v1/night", "from=2026-07-02T00:00&to=2026-08-01T00:00"), 413);
}

/* ---- definitions ---- */

static void the_tree_is_answered_level_by_level(void **state)
{
    struct kit *kit = *state;
    struct unit_row group = {.id = 1, .path = "/G", .is_group = 1, .type = "g", .comment = "組"};
    struct unit_row inner = {.id = 2, .path = "/G/SUB", .is_group = 1, .type = "g", .comment = ""};
    struct unit_row deep = {.id = 3, .path = "/G/SUB/N", .type = "n", .comment = ""};
    struct unit_row dash = {.id = 4, .path = "/G-2", .is_group = 1, .type = "g", .comment = ""};
    const struct unit_row *rows[] = {&group, &inner, &deep, &dash};
    for (size_t i = 0; i < COUNT(rows); i++) {
        put(kit, TABLE_unit, rows[i]);
    }
    answers(kit, "/api/v1/units/tree", "", "\"path\":\"/G\",\"name\":\"G\",\"title\":\"組\"");
    says(kit, "\"path\":\"/G-2\"");
    assert_null(strstr(strbuf_str(&kit->body), "/G/NET"));
    answers(kit, "/api/v1/units/tree", "under=/G", "\"path\":\"/G/NET\"");
    says(kit, "\"path\":\"/G/SUB\"");
    says(kit, "\"last_status\":\"running\"");
    assert_null(strstr(strbuf_str(&kit->body), "/G/SUB/N"));
    answers(kit, "/api/v1/units/tree", "under=/G&limit=1", "\"next\":\"/G/NET\"");
    answers(kit, "/api/v1/units/tree", "under=/G&limit=1&after=/G/NET", "\"path\":\"/G/SUB\"");
    says(kit, "\"next\":null");
    answers(kit, "/api/v1/units/tree", "under=/G/NET", "\"path\":\"/G/NET/B\"");
    answers(kit, "/api/v1/units/tree", "under=/G/NET/A", "\"items\":[]");
    assert_int_equal(ask(kit, "GET", "/api/v1/units/tree", "under=/G/NONE"), 404);
    assert_int_equal(ask(kit, "GET", "/api/v1/units/tree", "under=/G/NET/NONE"), 404);
}

static void a_map_has_places_lines_and_states(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/units/map", "unit=/G/NET", "\"has_coordinates\":true");
    says(kit, "\"x\":160,\"y\":0");
    says(kit, "\"edges\":[{\"from\":1,\"to\":2,\"kind\":\"seq\"}]");
    says(kit, "\"status\":null");
    answers(kit, "/api/v1/units/map", "unit=/G/NET&run=12", "\"status\":\"abnormal\"");
    says(kit, "\"code\":12");
    says(kit, "\"status\":\"term-wait\"");
    assert_int_equal(ask(kit, "GET", "/api/v1/units/map", "unit=/G/NET&inside=9"), 404);
    says(kit, "\"field\":\"inside\"");
    assert_int_equal(ask(kit, "GET", "/api/v1/units/map", "unit=/G/NET&run=99"), 404);
    assert_int_equal(ask(kit, "GET", "/api/v1/units/map", "unit=/NONE"), 404);
}

static void definitions_are_searched_for_a_script(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/units/search", "q=bin/true", "\"unit\":\"/G/NET/A\"");
    says(kit, "\"key\":\"sc\"");
    answers(kit, "/api/v1/units/search", "q=nobody", "\"items\":[]");
    assert_int_equal(ask(kit, "GET", "/api/v1/units/search", "q=x"), 400);
}

static void a_form_shows_the_keys_of_a_unit(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/units/form", "unit=/G/NET/A", "\"key\":\"sc\",\"label\":{\"ja\":\"スクリプト\",\"en\":\"sc\"},\"value\":\"/bin/true\"");
    says(kit, "\"kind\":\"text\"");
    answers(kit, "/api/v1/units/form", "unit=/G/NET", "\"key\":\"x_gate\"");
    assert_int_equal(ask(kit, "GET", "/api/v1/units/form", "unit=/G/NET/NONE"), 404);
}

static void a_check_tells_what_changes_and_which_dates(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/proposals/12", "", "\"is_valid\":true");
    says(kit, "\"path\":\"/G/NET/A\",\"key\":\"sc\"");
    says(kit, "\"before\":\"\\\"/bin/true\\\"\"");
    says(kit, "{\"unit\":\"/G/NET\",\"date\":\"2026-06-29\",\"time\":\"22:10\"}");
    says(kit, "\"removed\":[]");
    says(kit, "\"state\":\"waiting\"");
    assert_int_equal(ask(kit, "POST", "/api/v1/units/check", "{\"text\":\"unit=A,,,;\\n{\\nty=n;\\n}\\n\",\"under\":\"/G\"}"), 200);
    says(kit, "{\"change\":\"unit-added\",\"path\":\"/G/A\"");
    assert_int_equal(ask(kit, "POST", "/api/v1/units/check", "{\"text\":\"unit=A,,,;\\n{\\nty=n;\\nst=1,99:00;\\n}\\n\"}"), 200);
    says(kit, "\"is_valid\":false");
    says(kit, "\"line\":4");
    assert_int_equal(ask(kit, "POST", "/api/v1/units/check", "{}"), 400);
}

static void proposals_are_listed_by_state(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/proposals", "state=waiting", "\"why\":\"増設\"");
    answers(kit, "/api/v1/proposals", "state=applied", "\"items\":[]");
    assert_int_equal(ask(kit, "GET", "/api/v1/proposals/99", ""), 404);
    answers(kit, "/api/v1/now", "", "\"proposals\":1");
}

/* ---- dates, holidays, desk ---- */

static void dates_follow_the_rules_of_the_stored_definition(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/plan/dates", "unit=/G/NET", "\"items\":[");
    struct unit_row unit = {.id = 7, .path = "/G/NET", .version = 71, .type = "n", .comment = "夜間"};
    struct version_row version = {.id = 71, .unit = 7, .number = 2, .actor = "root", .hash = "01", .text = KIT_NET_NEW};
    put(kit, TABLE_version, &version);
    put(kit, TABLE_unit, &unit);
    answers(kit, "/api/v1/plan/dates", "unit=/G/NET&from=2026-07-01&to=2026-07-02", "\"date\":\"2026-07-02\",\"start\":\"2026-07-02T22:10:00+09:00\"");
    assert_int_equal(ask(kit, "GET", "/api/v1/plan/dates", "unit=/G/NET&from=2026-07-02&to=2026-07-01"), 400);
    assert_int_equal(ask(kit, "GET", "/api/v1/plan/dates", "unit=/NONE"), 404);
}

static void holidays_tell_where_they_come_from(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/holidays", "year=2027", "{\"date\":\"2027-01-01\",\"name\":\"元日\",\"source\":\"computed\"}");
    says(kit, "\"signed\":null");
    struct holiday_year_row signed_row = {.year = 2027, .hash = "old", .actor = "head", .at_ms = 1782687600000};
    put(kit, TABLE_holiday_year, &signed_row);
    answers(kit, "/api/v1/holidays", "year=2027", "\"is_current\":false");
    assert_int_equal(ask(kit, "GET", "/api/v1/holidays", "year=1800"), 400);
}

static void the_shift_log_shows_what_the_next_shift_must_read(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/notes", "", "\"items\":[]");
    struct shift_note_row note = {.id = 1, .at_ms = 1782687600000, .actor = "a", .text = "引き継ぎ", .unit = "", .is_handover = 1, .read_by = ""};
    put(kit, TABLE_shift_note, &note);
    answers(kit, "/api/v1/notes", "unread=true", "引き継ぎ");
    answers(kit, "/api/v1/now", "", "\"handovers\":1");
}

static void settings_show_value_range_and_default(void **state)
{
    struct kit *kit = *state;
    struct setting_row row = {.name = "session.idle", .value = "45", .at_ms = 1782687600000, .actor = "admin"};
    put(kit, TABLE_setting, &row);
    answers(kit, "/api/v1/settings", "", "\"name\":\"session.idle\",\"value\":45,\"default\":30,\"is_default\":false,\"min\":5,\"max\":480");
}

static void backups_and_calendars_may_be_none(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/backups", "", "\"items\":[]");
    answers(kit, "/api/v1/calendars", "", "\"items\":[]");
}

/* ---- runs ---- */

static void attempts_are_told_with_the_newest_last(void **state)
{
    struct kit *kit = *state;
    struct attempt_row before = {.run = 12, .node = 1, .attempt = 1, .status = STATUS_ABNORMAL, .code = 8, .agent = "old"};
    struct node_row node = {.run = 12, .node = 1, .status = STATUS_ABNORMAL, .attempt = 2, .code = 12, .agent = "local", .reason = ""};
    put(kit, TABLE_attempt, &before);
    put(kit, TABLE_node, &node);
    answers(kit, "/api/v1/runs/12/attempts", "node=A", "\"attempt\":1");
    says(kit, "\"agent\":\"local\",\"is_last\":true");
    answers(kit, "/api/v1/runs/12/attempts", "node=B", "\"items\":[]");
    assert_int_equal(ask(kit, "GET", "/api/v1/runs/12/attempts", "node=NONE"), 404);
}

/* Reopens the api on a folder that holds what attempt 1 of the unit A printed. */
static const char *with_output(struct kit *kit, const char *bytes, size_t n)
{
    struct err e = {0};
    char *folder = arena_copy(&kit->arena, "/tmp/banto-log-XXXXXX");
    assert_non_null(mkdtemp(folder));
    const char *at = folder;
    static const char *const parts[] = {"agent", "output", "0", "12"};
    for (size_t i = 0; i < COUNT(parts); i++) {
        at = arena_printf(&kit->arena, "%s/%s", at, parts[i]);
        assert_int_equal(mkdir(at, 0700), 0);
    }
    FILE *file = fopen(arena_printf(&kit->arena, "%s/1-1.out", at), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    (void)fclose(file);
    api_close(kit->api);
    struct api_config config = {.engine = &kit->engine, .store = kit->store, .service = "main", .data_folder = folder};
    assert_true(api_open(&config, &kit->api, &e));
    return folder;
}

static void without_output(struct kit *kit, const char *folder)
{
    static const char *const parts[] = {"/agent/output/0/12/1-1.out", "/agent/output/0/12", "/agent/output/0", "/agent/output", "/agent", ""};
    for (size_t i = 0; i < COUNT(parts); i++) {
        (void)remove(arena_printf(&kit->arena, "%s%s", folder, parts[i]));
    }
}

static void output_is_read_by_piece_from_the_end_and_by_words(void **state)
{
    struct kit *kit = *state;
    static const char text[] = "one 件数\ntwo\nthree 件数\nfour";
    const char *folder = with_output(kit, text, sizeof(text) - 1);
    answers(kit, "/api/v1/runs/12/log", "node=A", "\"text\":\"one 件数\\ntwo\\nthree 件数\\nfour\"");
    says(kit, "\"is_ended\":true");
    answers(kit, "/api/v1/runs/12/log", "node=A&max=14", "\"text\":\"one 件数\\n\"");
    says(kit, "\"to\":11");
    answers(kit, "/api/v1/runs/12/log", "node=A&from=11&max=5", "\"text\":\"two\\n\"");
    answers(kit, "/api/v1/runs/12/log", "node=A&tail=2", "\"text\":\"three 件数\\nfour\"");
    answers(kit, "/api/v1/runs/12/log", "node=A&tail=99", "\"from\":0");
    answers(kit, "/api/v1/runs/12/log", "node=A&q=件数", "\"matches\":[{\"offset\":0,\"line\":1,\"text\":\"one 件数\"},{\"offset\":15,\"line\":3,\"text\":\"three 件数\"}]");
    answers(kit, "/api/v1/runs/12/log", "node=A&q=nothing", "\"matches\":[]");
    answers(kit, "/api/v1/runs/12/log", "node=A&from=999", "\"text\":\"\"");
    assert_int_equal(ask(kit, "GET", "/api/v1/runs/12/log", "node=A&from=-1"), 400);
    assert_int_equal(ask(kit, "GET", "/api/v1/runs/12/log", "node=A&encoding=latin1"), 400);
    without_output(kit, folder);
}

static void output_in_another_encoding_is_decoded(void **state)
{
    struct kit *kit = *state;
    static const char text[] = "\x8c\x8f\x90\x94\n-- cut\n"; /* 件数 in CP932 */
    const char *folder = with_output(kit, text, sizeof(text) - 1);
    answers(kit, "/api/v1/runs/12/log", "node=A&encoding=cp932", "\"text\":\"件数\\n-- cut\\n\"");
    says(kit, "\"is_cut\":false");
    answers(kit, "/api/v1/runs/12/log", "node=A&encoding=cp932&q=件数", "\"offset\":0");
    without_output(kit, folder);
}

static void the_run_book_without_a_site_is_empty(void **state)
{
    struct kit *kit = *state;
    answers(kit, "/api/v1/runbook", "unit=/G/NET/A&code=12", "\"items\":[]");
}

static void the_run_book_answers_the_nearest_row_first(void **state)
{
    struct kit *kit = *state;
    const char *yaml = "runbook:\n  - {unit: /*, title: ALL, steps: x}\n  - {unit: /G/NET, codes: '1-12', title: NET, steps: x}\n"
                       "  - {unit: /G/NET/A, codes: '9,12', title: A, steps: x, title_en: AE}\n  - {unit: /G/NET/A, codes: '1', title: NO, steps: x}\n";
    struct site_file_row row = {.name = "site.yaml", .hash = "", .body = {yaml, strlen(yaml)}};
    put(kit, TABLE_site_file, &row);
    answers(kit, "/api/v1/runbook", "unit=/G/NET/A&code=12", "\"title\":{\"ja\":\"A\",\"en\":\"AE\"}");
    const char *body = strbuf_str(&kit->body);
    assert_true(strstr(body, "\"A\"") < strstr(body, "\"NET\"") && strstr(body, "\"NET\"") < strstr(body, "\"ALL\""));
    assert_null(strstr(body, "\"NO\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(now_lists_what_nobody_has_acknowledged, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(a_quiet_now_is_empty, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(what_is_over_by_itself_stands_last, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(a_night_shows_plan_and_course, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(a_night_shows_what_is_expected, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(a_night_that_never_ends_is_refused, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(the_tree_is_answered_level_by_level, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(a_map_has_places_lines_and_states, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(definitions_are_searched_for_a_script, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(a_form_shows_the_keys_of_a_unit, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(a_check_tells_what_changes_and_which_dates, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(proposals_are_listed_by_state, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(dates_follow_the_rules_of_the_stored_definition, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(holidays_tell_where_they_come_from, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(the_shift_log_shows_what_the_next_shift_must_read, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(settings_show_value_range_and_default, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(backups_and_calendars_may_be_none, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(attempts_are_told_with_the_newest_last, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(output_is_read_by_piece_from_the_end_and_by_words, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(output_in_another_encoding_is_decoded, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(the_run_book_without_a_site_is_empty, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(the_run_book_answers_the_nearest_row_first, open_kit, close_kit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
