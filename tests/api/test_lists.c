/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_lists - lists chosen, sorted, cut to some members, in pages and as lines; and acts that are done once.
 */
#include "tests/api/play.h"

#include "base/limits.h"

enum { RUNS = 25 };

/* 25 imported runs of /A and /B on three days, so that sorting by day meets many of one value. */
static int open_play(void **state)
{
    struct play *play = play_open(KOKUHO_SITE);
    struct strbuf body = {0};
    define_net(&play->stage, "A", 1, NO_PLAN);
    define_net(&play->stage, "B", 1, NO_PLAN);
    strbuf_text(&body, "{\"file\":\"");
    for (int i = 0; i < RUNS; i++) {
        int day = 24 + i % 3;
        strbuf_printf(&body, "/%c,2026-06-%d,%s,2026-06-%dT1%d:00:00+09:00,2026-06-%dT1%d:20:00+09:00\\n", i % 5 ? 'A' : 'B', day,
                      i % 4 ? "normal" : "abnormal", day, i % 9, day, i % 9);
    }
    strbuf_text(&body, "\"}");
    must(play, "POST", "/api/v1/baseline", strbuf_str(&body));
    strbuf_close(&body);
    *state = play;
    return 0;
}

static int close_play(void **state)
{
    play_close(*state);
    return 0;
}

static size_t count_of(const struct strbuf *text, const char *piece)
{
    size_t count = 0;
    for (const char *at = strstr(text->at, piece); at; at = strstr(at + 1, piece)) {
        count++;
    }
    return count;
}

/* All pages of `limit` rows: "first last count" of a member's values, in order. */
static void walk(struct play *play, const char *path, const char *query, const char *member, struct strbuf *into)
{
    char full[256], next[64] = "", key[32];
    (void)snprintf(key, sizeof(key), "\"%s\":", member);
    for (int page = 0; page < 100; page++) {
        (void)snprintf(full, sizeof(full), "%s%s%s", query, *next ? "&after=" : "", next);
        must(play, "GET", path, full);
        for (const char *at = strstr(play->body.at, key); at; at = strstr(at + 1, key)) {
            const char *value = at + strlen(key);
            strbuf_printf(into, "%.*s ", (int)strcspn(value, ",}"), value);
        }
        const char *found = strstr(play->body.at, "\"next\":");
        assert_non_null(found);
        if (str_starts(found, "\"next\":null")) {
            return;
        }
        found += strlen("\"next\":\"");
        (void)snprintf(next, sizeof(next), "%.*s", (int)strcspn(found, "\""), found);
    }
    fail_msg("%s?%s has no end", path, query);
}

static void expects(struct play *play, const char *query, const char *sorted)
{
    struct strbuf all = {0}, pages = {0};
    char small[128], large[128];
    (void)snprintf(large, sizeof(large), "%s&limit=1000", query);
    (void)snprintf(small, sizeof(small), "%s&limit=4", query);
    walk(play, "/api/v1/runs", large, "run", &all);
    walk(play, "/api/v1/runs", small, "run", &pages);
    assert_string_equal(strbuf_str(&pages), strbuf_str(&all));
    if (sorted) {
        assert_string_equal(strbuf_str(&all), sorted);
    }
    strbuf_close(&all);
    strbuf_close(&pages);
}

static void pages_of_any_sort_are_the_list_in_pieces(void **state)
{
    expects(*state, "sort=run", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 ");
    expects(*state, "sort=-run", "25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 ");
    expects(*state, "sort=date", "1 4 7 10 13 16 19 22 25 2 5 8 11 14 17 20 23 3 6 9 12 15 18 21 24 ");
    expects(*state, "sort=-date", "24 21 18 15 12 9 6 3 23 20 17 14 11 8 5 2 25 22 19 16 13 10 7 4 1 ");
    expects(*state, "sort=status", NULL);
    expects(*state, "sort=-status&pattern=/A", NULL);
    expects(*state, "sort=date&unit=/B&from=2026-06-25", NULL);
}

static void filters_choose(void **state)
{
    static const struct {
        const char *query;
        size_t count;
    } cases[] = {
        {"unit=/B", 5}, {"pattern=/B", 5}, {"pattern=/?", 25}, {"system=A", 20}, {"system=NONE", 0}, {"date=2026-06-24", 9},
        {"from=2026-06-25", 16}, {"to=2026-06-25", 17}, {"from=2026-06-25&to=2026-06-25", 8}, {"status=abnormal", 7}, {"live=true", 0},
        {"status=abnormal&unit=/B&from=2026-06-24", 2}, {"pattern=/B&limit=3", 3},
    };
    struct play *play = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        must(play, "GET", "/api/v1/runs", cases[i].query);
        if (count_of(&play->body, "\"run\":") != cases[i].count) {
            fail_msg("%s: %zu", cases[i].query, count_of(&play->body, "\"run\":"));
        }
    }
    assert_int_equal(ask(play, "GET", "/api/v1/runs", "unit=/NONE"), 404);
}

static void the_journal_is_chosen_by_how_and_on_what(void **state)
{
    struct play *play = *state;
    must(play, "POST", "/api/v1/runs", "{\"unit\":\"/A\"}");
    must(play, "GET", "/api/v1/journal", "via=api");
    assert_int_equal(count_of(&play->body, "\"seq\":"), 2);
    must(play, "GET", "/api/v1/journal", "via=nobody");
    says(play, "\"items\":[]");
    must(play, "GET", "/api/v1/journal", "unit=/A&sort=seq&operation=run.*");
    assert_true(count_of(&play->body, "\"seq\":") > 0);
    must(play, "GET", "/api/v1/journal", "unit=/B&operation=run.*");
    says(play, "\"items\":[]");
    must(play, "GET", "/api/v1/journal", "sort=seq&limit=2");
    says(play, "\"next\":\"2\"");
    must(play, "GET", "/api/v1/journal", "sort=seq&limit=1000&after=2");
    says(play, "\"seq\":3,");
    says_not(play, "\"seq\":2,");
    says(play, "\"next\":null");
}

static void wrong_sorts_and_fields_are_refused_with_the_right_ones(void **state)
{
    struct play *play = *state;
    assert_int_equal(ask(play, "GET", "/api/v1/runs", "sort=reason"), 400);
    says(play, "-run | run | -date | date");
    assert_int_equal(ask(play, "GET", "/api/v1/runs", "fields=run,colour"), 400);
    says(play, "run,unit,date,status");
    says(play, "\"field\":\"fields\"");
    assert_int_equal(ask(play, "GET", "/api/v1/runs", "fields="), 400);
    assert_int_equal(ask(play, "GET", "/api/v1/runs", "format=xml"), 400);
    assert_int_equal(ask(play, "GET", "/api/v1/runs", "sort=date&after=5"), 400);
    assert_int_equal(ask(play, "GET", "/api/v1/runs", "after=5-5"), 400);
    assert_int_equal(ask(play, "GET", "/api/v1/clock", "fields=now"), 400);
}

static void lists_show_only_the_members_asked_for(void **state)
{
    struct play *play = *state;
    must(play, "GET", "/api/v1/runs", "fields=run,status_text&limit=1");
    assert_string_equal(strbuf_str(&play->body),
                        "{\"items\":[{\"run\":25,\"status_text\":{\"ja\":\"異常検出終了\",\"en\":\"Ended abnormally\"}}],\"next\":\"25\"}");
    must(play, "GET", "/api/v1/agents", "fields=agent,state");
    assert_string_equal(strbuf_str(&play->body), "{\"agents\":[{\"agent\":\"local\",\"state\":\"ready\"}]}");
    must(play, "GET", "/api/v1/runs", "fields=run&pattern=/NONE");
    assert_string_equal(strbuf_str(&play->body), "{\"items\":[],\"next\":null}");
}

static void lists_come_as_lines(void **state)
{
    struct play *play = *state;
    char why[128] = "";
    must(play, "GET", "/api/v1/runs", "fields=run&format=ndjson&limit=2&sort=run");
    assert_string_equal(strbuf_str(&play->body), "{\"run\":1}\n{\"run\":2}\n");
    assert_string_equal(play->content_type, "application/x-ndjson");
    assert_string_equal(play->next, "2");
    play->wants_lines = true;
    must(play, "GET", "/api/v1/runs", "");
    assert_int_equal(count_of(&play->body, "\n"), RUNS);
    assert_null(play->next);
    assert_true(answer_check_lines(OPERATION_RUN_LIST, play->body.at, play->body.n, why, sizeof(why)));
    must(play, "GET", "/api/v1/agents", "");
    assert_true(answer_check_lines(OPERATION_AGENT_LIST, play->body.at, play->body.n, why, sizeof(why)));
    must(play, "GET", "/api/v1/clock", ""); /* no list: as ever */
    assert_string_equal(play->content_type, "application/json");
}

/* ---- acts with a key ---- */

static void an_act_with_a_key_is_done_once(void **state)
{
    struct play *play = *state;
    play->key = "order-1";
    must(play, "POST", "/api/v1/runs", "{\"unit\":\"/A\",\"hold\":true}");
    char *first = arena_copy(&play->arena, strbuf_str(&play->body));
    must(play, "POST", "/api/v1/runs", "{\"unit\":\"/A\",\"hold\":true}");
    assert_string_equal(strbuf_str(&play->body), first);
    assert_int_equal(stage_count(&play->stage, TABLE_run, NULL, 0), RUNS + 1);
    assert_int_equal(ask(play, "POST", "/api/v1/runs", "{\"unit\":\"/B\",\"hold\":true}"), 422);
    says(play, "BNT0160-E");
    assert_int_equal(ask(play, "POST", "/api/v1/runs/kill", "{\"unit\":\"/A\",\"hold\":true}"), 400);
    play->key = "order-2";
    must(play, "POST", "/api/v1/runs", "{\"unit\":\"/A\",\"hold\":true}");
    assert_int_equal(stage_count(&play->stage, TABLE_run, NULL, 0), RUNS + 2);
    stage_check(&play->stage);
}

static void a_key_outlives_the_server_but_not_the_day(void **state)
{
    struct play *play = *state;
    play->key = "order-1";
    must(play, "POST", "/api/v1/runs", "{\"unit\":\"/A\",\"hold\":true}");
    api_close(play->api);
    stage_server_down(&play->stage);
    stage_server_up(&play->stage);
    struct err e;
    struct api_config config = {.engine = play->stage.engine, .store = play->stage.store, .service = "main", .data_folder = "/nonexistent"};
    assert_true(api_open(&config, &play->api, &e));
    must(play, "POST", "/api/v1/runs", "{\"unit\":\"/A\",\"hold\":true}");
    assert_int_equal(stage_count(&play->stage, TABLE_run, NULL, 0), RUNS + 1);
    assert_int_equal(stage_count(&play->stage, TABLE_answered, NULL, 0), 1);
    stage_until(&play->stage, "60:00"); /* the business days after it have begun: forgotten */
    assert_int_equal(stage_count(&play->stage, TABLE_answered, NULL, 0), 0);
    must(play, "POST", "/api/v1/runs", "{\"unit\":\"/A\",\"hold\":true}");
    assert_int_equal(stage_count(&play->stage, TABLE_run, NULL, 0), RUNS + 2);
}

static void a_refused_act_may_be_tried_again_with_its_key(void **state)
{
    struct play *play = *state;
    play->key = "order-1";
    assert_int_equal(ask(play, "POST", "/api/v1/runs", "{\"unit\":\"/C\"}"), 404);
    define_net(&play->stage, "C", 1, NO_PLAN);
    must(play, "POST", "/api/v1/runs", "{\"unit\":\"/C\"}");
}

static void keys_are_plain_and_short(void **state)
{
    struct play *play = *state;
    char key[IDEMPOTENCY_KEY_BYTES_MAX + 2];
    memset(key, 'k', sizeof(key));
    key[sizeof(key) - 1] = '\0';
    static const char *const wrong[] = {"", "a b", "\x01", "鍵"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        play->key = wrong[i];
        assert_int_equal(ask(play, "POST", "/api/v1/runs", "{\"unit\":\"/A\"}"), 400);
    }
    play->key = key;
    assert_int_equal(ask(play, "POST", "/api/v1/runs", "{\"unit\":\"/A\"}"), 400);
    says(play, "Idempotency-Key");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pages_of_any_sort_are_the_list_in_pieces, open_play, close_play),
        cmocka_unit_test_setup_teardown(filters_choose, open_play, close_play),
        cmocka_unit_test_setup_teardown(the_journal_is_chosen_by_how_and_on_what, open_play, close_play),
        cmocka_unit_test_setup_teardown(wrong_sorts_and_fields_are_refused_with_the_right_ones, open_play, close_play),
        cmocka_unit_test_setup_teardown(lists_show_only_the_members_asked_for, open_play, close_play),
        cmocka_unit_test_setup_teardown(lists_come_as_lines, open_play, close_play),
        cmocka_unit_test_setup_teardown(an_act_with_a_key_is_done_once, open_play, close_play),
        cmocka_unit_test_setup_teardown(a_key_outlives_the_server_but_not_the_day, open_play, close_play),
        cmocka_unit_test_setup_teardown(a_refused_act_may_be_tried_again_with_its_key, open_play, close_play),
        cmocka_unit_test_setup_teardown(keys_are_plain_and_short, open_play, close_play),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
