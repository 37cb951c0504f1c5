/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_answers - what the engine and the store really answer is what openapi.json says they answer.
 */
#include "tests/api/play.h"

#include <jansson.h>

static int open_play(void **state)
{
    struct play *play = play_open(KOKUHO_SITE);
    define_net(&play->stage, "A", 2, EVERY_DAY("10:00"));
    define_net(&play->stage, "B", 2, EVERY_DAY("23:00"));
    *state = play;
    return 0;
}

static int close_play(void **state)
{
    play_close(*state);
    return 0;
}

struct asked {
    const char *method, *path, *rest;
};

static void ask_all(struct play *play, const struct asked *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        must(play, cases[i].method, cases[i].path, cases[i].rest);
    }
}

static void definitions_answer_as_declared(void **state)
{
    static const struct asked cases[] = {
        {"POST", "/api/v1/units/define", "{\"file\":\"unit=C,,,;\\n{\\nty=n;\\nel=J,j,+0 +0;\\nunit=J,,,;\\n{\\nty=j;\\nte=\\\"true\\\";\\n}\\n}\\n\"}"},
        {"GET", "/api/v1/units", ""},
        {"GET", "/api/v1/units", "sort=-path&status=net"},
        {"GET", "/api/v1/units/one", "unit=/A"},
        {"GET", "/api/v1/units/text", "unit=/A"},
        {"GET", "/api/v1/units/versions", "unit=/A&actor=*"},
        {"GET", "/api/v1/units/diff", "unit=/A"},
        {"POST", "/api/v1/units/register", "{\"unit\":\"/*\",\"dry_run\":true}"},
        {"POST", "/api/v1/units/register", "{\"unit\":\"/*\"}"},
        {"GET", "/api/v1/units", ""},
        {"POST", "/api/v1/units/suspend", "{\"unit\":\"/A\"}"},
        {"POST", "/api/v1/units/resume", "{\"unit\":\"/A\"}"},
        {"POST", "/api/v1/units/unregister", "{\"unit\":\"/A\",\"reason\":\"x\"}"},
        {"POST", "/api/v1/units/delete", "{\"unit\":\"/A\",\"reason\":\"x\"}"},
    };
    ask_all(*state, cases, COUNT(cases));
}

static void runs_answer_as_declared(void **state)
{
    static const struct asked cases[] = {
        {"POST", "/api/v1/runs", "{\"unit\":\"/A\"}"},
        {"GET", "/api/v1/runs", ""},
        {"GET", "/api/v1/runs/1", ""},
        {"GET", "/api/v1/runs/1/nodes", ""},
        {"GET", "/api/v1/runs/1/log", "node=1"},
        {"GET", "/api/v1/runs/1/why", "node=2"},
        {"POST", "/api/v1/runs/hold", "{\"run\":1,\"node\":2}"},
        {"POST", "/api/v1/runs/release", "{\"run\":1,\"node\":2}"},
        {"POST", "/api/v1/runs/kill", "{\"run\":1,\"reason\":\"x\"}"},
        {"GET", "/api/v1/runs/1/rerun", "from=abnormal-job"},
        {"POST", "/api/v1/runs/rerun", "{\"run\":1,\"from\":\"abnormal-job\",\"reason\":\"x\"}"},
        {"POST", "/api/v1/runs/interrupt", "{\"run\":1,\"reason\":\"x\"}"},
        {"POST", "/api/v1/runs", "{\"unit\":\"/B\",\"hold\":true}"},
        {"POST", "/api/v1/runs/release", "{\"unit\":\"/B\",\"dry_run\":true}"},
        {"GET", "/api/v1/runs/2/why", ""},
    };
    ask_all(*state, cases, COUNT(cases));
}

static void the_plan_answers_as_declared(void **state)
{
    static const struct asked cases[] = {
        {"POST", "/api/v1/units/register", "{\"unit\":\"/B\"}"},
        {"GET", "/api/v1/plan", "from=2026-06-29&to=2026-07-02"},
        {"POST", "/api/v1/plan/move", "{\"unit\":\"/B\",\"date\":\"2026-06-30\",\"at\":\"23:30\",\"reason\":\"x\"}"},
        {"POST", "/api/v1/plan/undo", "{\"unit\":\"/B\",\"date\":\"2026-06-30\"}"},
        {"POST", "/api/v1/plan/add", "{\"unit\":\"/B\",\"at\":\"2026-06-30T12:00\",\"reason\":\"x\"}"},
        {"POST", "/api/v1/plan/hold", "{\"unit\":\"/B\",\"date\":\"2026-07-01\"}"},
        {"POST", "/api/v1/plan/release", "{\"unit\":\"/B\",\"date\":\"2026-07-01\"}"},
        {"POST", "/api/v1/plan/skip", "{\"unit\":\"/B\",\"date\":\"2026-07-01\",\"reason\":\"x\"}"},
        {"GET", "/api/v1/plan", "from=2026-07-01&state=skipped"},
        {"GET", "/api/v1/forecast", ""},
        {"GET", "/api/v1/calendar", "from=2026-07-18&to=2026-07-22"},
    };
    ask_all(*state, cases, COUNT(cases));
}

static void the_rest_answers_as_declared(void **state)
{
    static const struct asked cases[] = {
        {"GET", "/api/v1/windows", ""},
        {"POST", "/api/v1/windows/observe", "{\"group\":\"KOKUHO\",\"class\":\"職員\",\"phase\":\"open\"}"},
        {"POST", "/api/v1/windows/command", "{\"group\":\"KOKUHO\",\"class\":\"職員\",\"phase\":\"preclosed\",\"reason\":\"x\"}"},
        {"POST", "/api/v1/windows/override", "{\"group\":\"KOKUHO\",\"class\":\"職員\",\"event\":\"closes\",\"time\":\"19:30\",\"reason\":\"x\"}"},
        {"POST", "/api/v1/windows/extend", "{\"group\":\"KOKUHO\",\"class\":\"職員\",\"time\":\"20:15\",\"reason\":\"x\"}"},
        {"GET", "/api/v1/windows", "date=2026-06-29"},
        {"GET", "/api/v1/agents", ""},
        {"POST", "/api/v1/agents/drain", "{\"name\":\"local\",\"reason\":\"x\"}"},
        {"POST", "/api/v1/agents/undrain", "{\"name\":\"local\",\"reason\":\"x\"}"},
        {"POST", "/api/v1/agents/limits", "{\"name\":\"local\",\"limits\":\"00:00=5\",\"reason\":\"x\"}"},
        {"POST", "/api/v1/decisions", "{\"kind\":\"other\",\"text\":\"了承\",\"by\":\"課長\",\"medium\":\"電話\"}"},
        {"GET", "/api/v1/decisions", "kind=other&used=false"},
        {"GET", "/api/v1/events", ""},
        {"GET", "/api/v1/journal", ""},
        {"GET", "/api/v1/journal/verify", ""},
        {"GET", "/api/v1/status", ""},
        {"GET", "/healthz", ""},
        {"POST", "/api/v1/baseline", "{\"file\":\"/A,2026-06-26,normal,2026-06-26T10:00:00+09:00,2026-06-26T10:20:00+09:00\\n\"}"},
    };
    ask_all(*state, cases, COUNT(cases));
}

static void failed_jobs_are_events_as_declared(void **state)
{
    struct play *play = *state;
    stage_fail(&play->stage, "A1", 12);
    must(play, "POST", "/api/v1/runs", "{\"unit\":\"/A\"}");
    stage_until(&play->stage, "09:30");
    must(play, "GET", "/api/v1/events", "kind=failed&acked=false&from=2026-06-29T09:00&pattern=/A");
    says(play, "\"run\":1,");
    must(play, "POST", "/api/v1/events/ack", "{\"number\":1}");
    must(play, "GET", "/api/v1/events", "acked=true&sort=id");
    says(play, "\"acked_by\":\"tester\"");
    must(play, "POST", "/api/v1/runs/change-status", "{\"run\":1,\"node\":1,\"status\":\"normal\",\"reason\":\"x\"}");
}

/* The answer of a refused definition is one JSON object: the error, and behind it what is wrong and where. */
static void a_refused_definition_is_answered_with_its_messages(void **state)
{
    struct play *play = *state;
    assert_int_equal(ask(play, "POST", "/api/v1/units/define", "{\"file\":\"unit=X,,,;\\n{\\nty=zz;\\n}\\n\"}"), 400);
    json_error_t wrong;
    json_t *root = json_loadb(strbuf_str(&play->body), play->body.n, JSON_REJECT_DUPLICATES, &wrong);
    if (!root) {
        fail_msg("%s: %s", wrong.text, strbuf_str(&play->body));
    }
    json_t *diags = json_object_get(root, "diags"), *first = json_array_get(diags, 0);
    assert_int_equal(json_object_size(root), 2);
    assert_non_null(json_string_value(json_object_get(json_object_get(root, "error"), "id")));
    assert_true(json_array_size(diags) > 0);
    assert_int_equal(json_integer_value(json_object_get(first, "line")), 3);
    assert_true(json_is_string(json_object_get(first, "ja")) && json_is_string(json_object_get(first, "en")));
    json_decref(root);
}

static void the_checker_finds_what_differs(void **state)
{
    static const struct {
        const char *json, *why;
    } cases[] = {
        {"{\"event\":1}", ""},
        {"{\"event\":1,\"more\":2}", "event_acked.more: not declared"},
        {"{}", "event_acked.event: missing"},
        {"{\"event\":\"1\"}", "event_acked.event: no whole number"},
        {"[1]", "event_acked.: no object"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char why[128] = "";
        assert_int_equal(answer_check(OPERATION_EVENT_ACK, cases[i].json, strlen(cases[i].json), why, sizeof(why)), !*cases[i].why);
        assert_string_equal(why, cases[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(definitions_answer_as_declared, open_play, close_play),
        cmocka_unit_test_setup_teardown(runs_answer_as_declared, open_play, close_play),
        cmocka_unit_test_setup_teardown(the_plan_answers_as_declared, open_play, close_play),
        cmocka_unit_test_setup_teardown(the_rest_answers_as_declared, open_play, close_play),
        cmocka_unit_test_setup_teardown(failed_jobs_are_events_as_declared, open_play, close_play),
        cmocka_unit_test_setup_teardown(a_refused_definition_is_answered_with_its_messages, open_play, close_play),
        cmocka_unit_test(the_checker_finds_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
