/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_api - who may do what, what a request may hold, what is answered.
 */
#include "tests/unit.h"

#include "tests/api/ask.h"

#include <jansson.h>

#include "wire/openapi.h"

static int ask_as(struct kit *kit, enum caller_kind kind, const char *method, const char *path, const char *rest)
{
    return ask_by(kit, &(struct caller){kind, "tester", "cli", "", NULL}, method, path, rest);
}

static int ask(struct kit *kit, const char *method, const char *path, const char *rest)
{
    return ask_as(kit, CALLER_OWN, method, path, rest);
}

static void says(struct kit *kit, const char *piece)
{
    if (!strstr(strbuf_str(&kit->body), piece)) {
        fail_msg("%s is not in %s", piece, strbuf_str(&kit->body));
    }
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

static bool is_json(const struct strbuf *body)
{
    json_t *root = json_loadb(strbuf_str(body), body->n, JSON_REJECT_DUPLICATES, NULL);
    json_decref(root);
    return root != NULL;
}

/* A body or query with something valid for every required field. */
static void sample(struct strbuf *into, const struct operation *operation)
{
    bool is_body = operation->method == METHOD_POST;
    bool has_reason = operation_field(operation, "reason") != NULL;
    strbuf_text(into, !is_body ? "" : has_reason ? "{\"reason\":\"test\"" : "{");
    for (size_t i = 0; i < operation->field_count; i++) {
        const struct operation_field *field = &operation->fields[i];
        static const char *const samples[] = {
            [FIELD_TEXT] = "xx",         [FIELD_UNIT] = "/G/NET",     [FIELD_RUN] = "12",
            [FIELD_NODE] = "B",          [FIELD_INT] = "1",           [FIELD_REAL] = "2",
            [FIELD_DATE] = "2026-06-29", [FIELD_TIME] = "27:30",      [FIELD_INSTANT] = "2026-06-29T27:30",
            [FIELD_BOOL] = "true",       [FIELD_FILE] = "text"};
        bool wants_run = str_equal(field->name, "run");
        if ((!field->is_required && !wants_run) || field->where == FIELD_IN_PATH) {
            continue;
        }
        struct str shown = {samples[field->type], samples[field->type] ? strlen(samples[field->type]) : 0}, meant;
        const char *words = field->words;
        if (field->type == FIELD_WORD) {
            assert_true(operation_word_next(&words, &shown, &meant));
        }
        bool is_bare = field->type == FIELD_INT || field->type == FIELD_REAL || field->type == FIELD_BOOL;
        if (is_body) {
            strbuf_text(into, into->n > 1 ? "," : "");
            strbuf_printf(into, is_bare ? "\"%s\":%.*s" : "\"%s\":\"%.*s\"", field->name, STR_ARG(shown));
        } else {
            strbuf_printf(into, "%s%s=%.*s", into->n ? "&" : "", field->name, STR_ARG(shown));
        }
    }
    strbuf_text(into, is_body ? "}" : "");
}

static void every_operation_meets_every_caller(void **state)
{
    struct kit *kit = *state;
    for (int code = 0; code < OPERATIONS; code++) {
        const struct operation *operation = operation_of((enum operation_code)code);
        bool is_own_path = operation->kind == OPERATION_IS_HTTP;
        bool is_login = operation->kind == OPERATION_IS_LOGIN || operation->code == OPERATION_ME_SHOW ||
                        operation->code == OPERATION_ME_SESSIONS || operation->code == OPERATION_LINK_SHOW;
        if (operation->kind == OPERATION_IS_LOCAL || is_own_path || is_login) { /* logging in has tests of its own */
            continue;
        }
        char path[64];
        const char *brace = strchr(operation->path, '{');
        (void)snprintf(path, sizeof(path), "%.*s%s%s", brace ? (int)(brace - operation->path) : (int)strlen(operation->path),
                       operation->path, brace ? "12" : "", brace ? strchr(brace, '}') + 1 : "");
        for (int caller = 0; caller < CALLERS; caller++) {
            struct strbuf rest = {0};
            sample(&rest, operation);
            int status = ask_as(kit, (enum caller_kind)caller, method_name(operation->method), path, strbuf_str(&rest));
            bool may = api_may(&(struct caller){.kind = (enum caller_kind)caller}, operation->permission, NULL);
            if ((status == 403 || status == 401) == may) {
                fail_msg("%s as %s: %d %s", operation->name, caller_name((enum caller_kind)caller), status, strbuf_str(&kit->body));
            }
            if (may && status != (operation->code == OPERATION_TOKEN_MAKE ? 400 : 200)) { /* whose token? root has none */
                fail_msg("%s %s: %d %s", operation->name, strbuf_str(&rest), status, strbuf_str(&kit->body));
            }
            strbuf_close(&rest);
        }
    }
}

static void tcp_without_a_login_may_only_what_is_open(void **state)
{
    for (int permission = 0; permission < PERMISSIONS; permission++) {
        bool is_open = permission == PERMISSION_OPEN, is_look = is_open || permission == PERMISSION_LOOK || permission == PERMISSION_AUDIT;
        assert_int_equal(api_may(&(struct caller){.kind = CALLER_TCP}, (enum permission)permission, NULL), is_open);
        assert_int_equal(api_may(&(struct caller){.kind = CALLER_LOCAL}, (enum permission)permission, NULL), is_look);
        bool is_clients = permission == PERMISSION_DECIDE; /* a person of the client, never a socket (E-39) */
        assert_int_equal(api_may(&(struct caller){.kind = CALLER_OWN}, (enum permission)permission, NULL), !is_clients);
        assert_int_equal(api_may(&(struct caller){.kind = CALLER_ROOT}, (enum permission)permission, NULL), !is_clients);
        assert_non_null(permission_name((enum permission)permission));
    }
}

static void nothing_that_changes_is_a_get(void **state)
{
    for (int code = 0; code < OPERATIONS; code++) {
        const struct operation *operation = operation_of((enum operation_code)code);
        bool is_look = operation->permission <= PERMISSION_OUTPUT;
        bool is_ones_own = operation->permission <= PERMISSION_SELF; /* logging in, one's own tokens */
        if (!is_ones_own && operation->kind != OPERATION_IS_LOCAL && operation->kind != OPERATION_IS_HTTP) {
            assert_int_equal(operation->method == METHOD_GET, is_look);
        }
        assert_true(!operation->needs_reason || operation_field(operation, "reason"));
    }
}

static void reasons_are_needed_where_the_acts_need_them(void **state)
{
#define ACT(code, name, needs_reason, handler) {name, needs_reason},
    static const struct {
        const char *name;
        bool needs;
    } acts[] = {
#include "engine/acts.def"
    };
#undef ACT
    for (size_t i = 0; i < COUNT(acts); i++) {
        static const char *const inner[] = {"engine.catch-up", "totp.", "session.", "credential.", "invitation.take", "setting.change", "login.failed"};
        bool is_reached = false; /* what logging in does, and the engine by itself, has no entrance of its own */
        for (size_t n = 0; n < COUNT(inner); n++) {
            is_reached = is_reached || str_starts(acts[i].name, inner[n]);
        }
        for (int code = 0; code < OPERATIONS; code++) {
            const struct operation *operation = operation_of((enum operation_code)code);
            if (str_equal(operation->name, acts[i].name) && operation->kind == OPERATION_IS_ACT) {
                is_reached = true;
                assert_int_equal(operation->needs_reason, acts[i].needs);
            }
        }
        if (!is_reached) {
            fail_msg("%s has no entrance", acts[i].name);
        }
    }
}

static void an_act_carries_who_what_and_why(void **state)
{
    struct kit *kit = *state;
    assert_int_equal(ask(kit, "POST", "/api/v1/runs/rerun",
                         "{\"run\":12,\"node\":\"B\",\"from\":\"this\",\"hold\":true,\"reason\":\"入力誤り\"}"), 200);
    assert_non_null(strstr(kit->engine.seen, "run.rerun actor=tester via=cli reason=入力誤り"));
    assert_non_null(strstr(kit->engine.seen, "run=12/2 kind=from"));
    assert_non_null(strstr(kit->engine.seen, "flags=010000"));
    assert_string_equal(strbuf_str(&kit->body), "{\"ok\":true}");
}

static void an_act_without_its_reason_is_refused(void **state)
{
    struct kit *kit = *state;
    assert_int_equal(ask(kit, "POST", "/api/v1/runs/kill", "{\"run\":12}"), 400);
    says(kit, "BNT0109-E");
    says(kit, "\"field\":\"reason\"");
    assert_int_equal(ask(kit, "POST", "/api/v1/runs/kill", "{\"run\":12,\"reason\":\"  \"}"), 400);
    assert_int_equal(kit->engine.seen[0], '\0');
}

static void a_dry_run_needs_no_reason(void **state)
{
    struct kit *kit = *state;
    assert_int_equal(ask(kit, "POST", "/api/v1/units/delete", "{\"unit\":\"/G/*\",\"dry_run\":true}"), 200);
    assert_non_null(strstr(kit->engine.seen, "flags=000001"));
}

static void what_the_engine_refuses_is_said_in_both_languages(void **state)
{
    struct kit *kit = *state;
    kit->engine.refuse = ERR_CONFLICT;
    assert_int_equal(ask(kit, "POST", "/api/v1/runs", "{\"unit\":\"/G/NET\"}"), 409);
    says(kit, "BNT0104-E");
    says(kit, "\"ja\"");
    says(kit, "\"en\"");
    assert_true(is_json(&kit->body));
    kit->engine.is_full = true;
    assert_int_equal(ask(kit, "POST", "/api/v1/runs", "{\"unit\":\"/G/NET\"}"), 503);
}

static void malformed_requests_are_refused_by_field(void **state)
{
    static const struct {
        const char *method, *path, *rest, *id, *field;
    } cases[] = {
        {"POST", "/api/v1/runs", "{\"unit\":\"/G/NET\",\"colour\":\"red\"}", "BNT0110-E", "colour"},
        {"POST", "/api/v1/runs", "{}", "BNT0111-E", "unit"},
        {"POST", "/api/v1/runs", "{\"unit\":\"\"}", "BNT0111-E", "unit"},
        {"POST", "/api/v1/runs", "{\"unit\":7}", "BNT0112-E", "unit"},
        {"POST", "/api/v1/runs", "{\"unit\":\"/a\\u0007b\"}", "BNT0112-E", "unit"},
        {"POST", "/api/v1/runs", "{\"unit\":\"/a\",\"hold\":\"yes\"}", "BNT0112-E", "hold"},
        {"POST", "/api/v1/runs", "[1]", "BNT0107-E", NULL},
        {"POST", "/api/v1/runs", "{\"unit\":\"/a\",\"unit\":\"/b\"}", "BNT0107-E", NULL},
        {"POST", "/api/v1/runs", "{\"unit\"", "BNT0107-E", NULL},
        {"POST", "/api/v1/plan/move", "{\"unit\":\"/a\",\"date\":\"2026-02-30\",\"at\":\"1:00\",\"reason\":\"x\"}", "BNT0112-E", "date"},
        {"POST", "/api/v1/plan/move", "{\"unit\":\"/a\",\"date\":\"2026-06-29\",\"at\":\"48:00\",\"reason\":\"x\"}", "BNT0112-E", "at"},
        {"POST", "/api/v1/plan/add", "{\"unit\":\"/a\",\"at\":\"48:30\",\"reason\":\"x\"}", "BNT0112-E", "at"},
        {"POST", "/api/v1/windows/extend", "{\"group\":\"K\",\"class\":\"職員\",\"time\":\"24\",\"reason\":\"x\"}", "BNT0112-E", "time"},
        {"POST", "/api/v1/runs/change-status", "{\"run\":12,\"node\":\"B\",\"status\":\"done\",\"reason\":\"x\"}", "BNT0112-E", "status"},
        {"POST", "/api/v1/runs/kill", "{\"run\":12,\"node\":\"NONE\",\"reason\":\"x\"}", "BNT0103-E", "node"},
        {"POST", "/api/v1/runs/kill", "{\"run\":\"/NONE\",\"reason\":\"x\"}", "BNT0103-E", "run"},
        {"POST", "/api/v1/runs/hold", "{\"run\":12,\"unit\":\"/a\"}", "BNT0111-E", "run"},
        {"POST", "/api/v1/runs/hold", "{}", "BNT0111-E", "run"},
        {"GET", "/api/v1/runs", "colour=red", "BNT0110-E", "colour"},
        {"GET", "/api/v1/runs", "date=x", "BNT0112-E", "date"},
        {"GET", "/api/v1/runs", "live=true&live=true", "BNT0112-E", "live"},
        {"GET", "/api/v1/runs", "status=done", "BNT0112-E", "status"},
        {"GET", "/api/v1/runs", "after=x", "BNT0112-E", "after"},
        {"GET", "/api/v1/runs/99", "", "BNT0103-E", NULL},
        {"GET", "/api/v1/calendar", "from=2026-06-30&to=2026-06-01", "BNT0112-E", "to"},
        {"GET", "/api/v1/calendar", "from=2026-06-30&to=2036-06-01", "BNT0003-E", "to"},
    };
    struct kit *kit = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char field[64];
        (void)snprintf(field, sizeof(field), cases[i].field ? "\"field\":\"%s\"" : "\"field\":null", cases[i].field);
        int status = ask(kit, cases[i].method, cases[i].path, cases[i].rest);
        if (status < 400) {
            fail_msg("%s %s was taken", cases[i].path, cases[i].rest);
        }
        says(kit, cases[i].id);
        says(kit, field);
        assert_true(is_json(&kit->body));
    }
}

static void times_beyond_midnight_are_instants_of_the_execution_date(void **state)
{
    struct kit *kit = *state;
    assert_int_equal(ask(kit, "POST", "/api/v1/plan/move",
                         "{\"unit\":\"/G/NET\",\"date\":\"2026-06-29\",\"at\":\"27:30\",\"reason\":\"x\"}"), 200);
    assert_non_null(strstr(kit->engine.seen, "date=20633 at=1782757800000")); /* 2026-06-30T03:30+09:00 */
    assert_int_equal(ask(kit, "POST", "/api/v1/windows/override",
                         "{\"group\":\"K\",\"class\":\"職員\",\"event\":\"閉塞\",\"time\":\"none\",\"reason\":\"x\"}"), 200);
    assert_non_null(strstr(kit->engine.seen, "kind=closes group=K class=職員"));
    assert_non_null(strstr(kit->engine.seen, "minute=-1"));
}

static void reads_show_what_the_store_has(void **state)
{
    static const struct {
        const char *path, *query, *piece;
    } cases[] = {
        {"/api/v1/units", "pattern=/G", "\"path\":\"/G/NET\""},
        {"/api/v1/units", "pattern=/G/*", "\"last_run\":12"},
        {"/api/v1/units", "pattern=/H", "\"items\":[]"},
        {"/api/v1/units/one", "unit=/G/NET", "\"name\":\"B\""},
        {"/api/v1/units/text", "unit=/G/NET", "unit=NET"},
        {"/api/v1/units/versions", "unit=/G/NET", "\"number\":1"},
        {"/api/v1/units/diff", "unit=/G/NET", "\"items\":[]"},
        {"/api/v1/runs", "", "\"unit\":\"/G/NET\""},
        {"/api/v1/runs", "status=running&live=true&date=2026-06-29", "実行中"},
        {"/api/v1/runs", "status=normal", "\"items\":[]"},
        {"/api/v1/runs/12", "", "\"run\":12"},
        {"/api/v1/runs/12/nodes", "", "\"unit\":\"/G/NET/A\""},
        {"/api/v1/runs/12/nodes", "status=abnormal", "\"code\":12"},
        {"/api/v1/runs/12/nodes", "limit=1", "\"next\":\"0\""},
        {"/api/v1/runs/12/log", "node=B", "\"text\":\"\""},
        {"/api/v1/plan", "from=2026-06-30", "\"time\":\"27:10\""},
        {"/api/v1/calendar", "from=2026-07-20&to=2026-07-20", "\"open\":false"},
        {"/api/v1/events", "severity=error&open=true", "BNT0103-E"},
        {"/api/v1/decisions", "entity=run/12", "課長"},
        {"/api/v1/journal", "operation=unit.*", "初回"},
        {"/api/v1/journal/verify", "", "\"whole\":true,\"rows\":1,\"redacted\":0,\"streams\":[{\"stream\":\"main\",\"whole\":true,\"rows\":1"},
        {"/api/v1/journal/verify", "", "{\"stream\":\"desk\",\"whole\":true,\"rows\":0"},
        {"/api/v1/journal/verify", "stream=desk", "\"stream\":\"desk\",\"whole\":true,\"rows\":0"},
        {"/healthz", "", "\"ok\":true"},
        {"/metrics", "", "banto_starts_total 2"},
        {"/api/v1/clock", "", "2026-06-29T08:00:00+09:00"},
    };
    struct kit *kit = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int status = ask(kit, "GET", cases[i].path, cases[i].query);
        if (status != 200) {
            fail_msg("%s %s: %d %s", cases[i].path, cases[i].query, status, strbuf_str(&kit->body));
        }
        says(kit, cases[i].piece);
        assert_true(str_equal(cases[i].path, "/metrics") || is_json(&kit->body));
    }
}

static void output_is_for_administrators_unless_it_is_clean(void **state)
{
    struct kit *kit = *state;
    assert_int_equal(ask_as(kit, CALLER_LOCAL, "GET", "/api/v1/runs/12/log", "node=A"), 403);
    assert_int_equal(ask_as(kit, CALLER_LOCAL, "GET", "/api/v1/runs/12/log", "node=B"), 200);
    assert_int_equal(ask_as(kit, CALLER_TCP, "GET", "/api/v1/runs/12/log", "node=B"), 401);
    assert_int_equal(ask_as(kit, CALLER_OWN, "GET", "/api/v1/runs/12/log", "node=A"), 200);
}

static void a_server_that_cannot_decide_says_so(void **state)
{
    struct kit *kit = *state;
    kit->engine.is_sick = true;
    assert_int_equal(ask(kit, "GET", "/healthz", ""), 503);
}

static void pages_follow_their_key_to_the_end(void **state)
{
    struct kit *kit = *state;
    assert_int_equal(ask(kit, "GET", "/api/v1/runs/12/nodes", "limit=2"), 200);
    says(kit, "\"next\":\"1\"");
    assert_int_equal(ask(kit, "GET", "/api/v1/runs/12/nodes", "limit=2&after=1"), 200);
    says(kit, "/G/NET/B");
    says(kit, "\"next\":null");
}

static void openapi_is_json_and_has_every_operation(void **state)
{
    struct strbuf text = {0};
    openapi_print(&text);
    json_error_t error;
    json_t *root = json_loadb(text.at, text.n, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        fail_msg("%d: %s", error.position, error.text);
    }
    for (int code = 0; code < OPERATIONS; code++) {
        const struct operation *operation = operation_of((enum operation_code)code);
        const char *method = operation->method == METHOD_POST ? "post" : "get";
        if (*operation->path) {
            json_t *found = json_object_get(json_object_get(json_object_get(root, "paths"), operation->path), method);
            assert_string_equal(json_string_value(json_object_get(found, "x-operation")), operation->name);
        }
    }
    json_decref(root);
    strbuf_close(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_operation_meets_every_caller, open_kit, close_kit),
        cmocka_unit_test(tcp_without_a_login_may_only_what_is_open),
        cmocka_unit_test(nothing_that_changes_is_a_get),
        cmocka_unit_test(reasons_are_needed_where_the_acts_need_them),
        cmocka_unit_test_setup_teardown(an_act_carries_who_what_and_why, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(an_act_without_its_reason_is_refused, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(a_dry_run_needs_no_reason, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(what_the_engine_refuses_is_said_in_both_languages, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(malformed_requests_are_refused_by_field, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(times_beyond_midnight_are_instants_of_the_execution_date, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(reads_show_what_the_store_has, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(output_is_for_administrators_unless_it_is_clean, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(a_server_that_cannot_decide_says_so, open_kit, close_kit),
        cmocka_unit_test_setup_teardown(pages_follow_their_key_to_the_end, open_kit, close_kit),
        cmocka_unit_test(openapi_is_json_and_has_every_operation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
