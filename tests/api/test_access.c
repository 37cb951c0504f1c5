/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_access - every operation against every role: what a person of that role gets, by a session, by a token, for all
 * systems or for one. The table below is written by hand, from the client's documents, not from the program.
 */
#include "tests/unit.h"

#include "tests/api/ask.h"

#include "api/identity.h"
#include "os/clock.h"

/* ---- what is expected, written independently: a column for each permission ---- */
static const struct {
    const char *role, *row;
} expected[] = {
    /*                        look audit output operate plan define approve window ask decide record note clock people admin */
    {"client-director",      "1    1     0      0       0    0      1       0      1   1      0      1    0     0      0"},
    {"client-manager",       "1    1     0      0       0    0      1       0      1   1      0      1    0     0      0"},
    {"client-section-head",  "1    0     0      0       0    0      0       0      1   1      0      1    0     0      0"},
    {"client-operator",      "1    0     0      0       0    0      0       0      1   0      0      1    0     0      0"},
    {"client-reviewer",      "1    0     0      0       0    0      0       0      1   0      0      0    0     0      0"},
    {"project-manager",      "1    1     1      1       1    1      1       1      0   0      1      1    0     1      0"},
    {"deputy-manager",       "1    1     1      1       1    1      1       1      0   0      1      1    0     1      0"},
    {"group-leader",         "1    1     1      1       1    1      1       1      0   0      1      1    0     0      0"},
    {"operator",             "1    0     1      1       1    0      0       1      0   0      1      1    0     0      0"},
    {"engineer",             "1    0     1      0       0    1      0       0      0   0      0      1    0     0      0"},
    {"sales",                "1    0     0      0       0    0      0       0      0   0      0      0    0     0      0"},
    {"administrator",        "1    1     0      0       0    0      0       0      0   0      0      1    1     1      1"},
    {"auditor",              "1    1     0      0       0    0      0       0      0   0      0      0    0     0      0"},
    {"infra-vendor",         "1    0     0      0       0    0      0       0      0   0      0      0    0     0      0"},
};
static const enum permission order[] = {
    PERMISSION_LOOK,  PERMISSION_AUDIT,  PERMISSION_OUTPUT, PERMISSION_OPERATE, PERMISSION_PLAN,  PERMISSION_DEFINE, PERMISSION_APPROVE,
    PERMISSION_WINDOW, PERMISSION_ASK,   PERMISSION_DECIDE, PERMISSION_RECORD,  PERMISSION_NOTE,  PERMISSION_CLOCK,  PERMISSION_PEOPLE,
    PERMISSION_ADMIN};

static bool is_expected(size_t role, enum permission permission, bool is_token)
{
    size_t at = 0;
    if (permission == PERMISSION_OPEN || permission == PERMISSION_SELF) {
        return permission == PERMISSION_OPEN || !is_token;
    }
    for (const char *c = expected[role].row; *c; c++) {
        if (*c != ' ' && order[at++] == permission) {
            return *c == '1';
        }
    }
    return false; /* AGENT: never a person */
}

/* ---- a store with people in it ---- */

enum { PERSON_ALL = 100, PERSON_SCOPED = 200, PERSON_OVER = 300 };

static int64_t wall_later(void)
{
    return clock_wall().ms + 3600000;
}

static void put_person(struct store_batch *batch, int64_t id, const char *name, enum side side)
{
    store_put(batch, TABLE_person, &(struct person_row){.id = id, .name = name, .title = name, .side = side, .mail = "", .made_by = "root"});
}

static const char *secret_of(struct kit *kit, const char *kind, int64_t person)
{
    return arena_printf(&kit->arena, "%s-%lld", kind, (long long)person);
}

static void put_secrets(struct kit *kit, struct store_batch *batch, int64_t person, const char *permissions, const char *system)
{
    char *session = arena_alloc(&kit->arena, 65, 1), *token = arena_alloc(&kit->arena, 65, 1);
    secret_hash(str_of(secret_of(kit, "session", person)), session);
    secret_hash(str_of(secret_of(kit, "token", person)), token);
    store_put(batch, TABLE_session, &(struct session_row){.key = session, .id = person, .person = person, .seen_wall_ms = clock_wall().ms,
                                                          .until_wall_ms = wall_later(), .address = "", .browser = ""});
    store_put(batch, TABLE_token, &(struct token_row){.key = token, .id = person, .person = person, .name = "t", .permissions = permissions,
                                                      .system = system, .seen_wall_ms = clock_wall().ms, .until_wall_ms = wall_later()});
}

static void put_grant(struct store_batch *batch, int64_t person, const char *role, const char *system)
{
    store_put(batch, TABLE_grant, &(struct grant_row){.id = person, .person = person, .grp = "", .role = role, .system = system, .actor = "root"});
}

static void seal(struct kit *kit, struct store_batch *batch)
{
    struct err e = {0};
    store_entry(batch, &(struct journal_entry){.at = {1}, .wall = {1}, .stream = "desk", .actor = "root", .via = "cli", .operation = "test",
                                               .entity = "test", .reason = "", .reference = ""});
    assert_true(store_commit(kit->store, batch, NULL, &e));
    store_batch_close(batch);
    kit->engine.generation++;
}

/* All words there are: a token that would give everything. */
static const char *all_words(struct kit *kit)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    for (int i = 0; i < PERMISSIONS; i++) {
        strbuf_printf(&text, "%s%s", i ? " " : "", permission_name((enum permission)i));
    }
    return arena_copy(&kit->arena, strbuf_str(&text));
}

static int open_people(void **state)
{
    struct kit *kit = kit_open();
    size_t n = 0;
    const struct role_seed *seeds = role_seeds(&n);
    struct store_batch *batch = store_batch_open(kit->store);
    assert_int_equal(n, COUNT(expected));
    for (size_t i = 0; i < n; i++) {
        const struct role_seed *seed = &seeds[i];
        store_put(batch, TABLE_role, &(struct role_row){.name = seed->name, .side = seed->side, .title_ja = seed->title[0],
                                                        .title_en = seed->title[1], .permissions = seed->permissions, .source = seed->source});
    }
    for (size_t i = 0; i < COUNT(expected); i++) {
        enum side side = SIDE_CONTRACTOR;
        for (size_t r = 0; r < n; r++) {
            side = str_equal(seeds[r].name, expected[i].role) ? seeds[r].side : side;
        }
        int64_t all = PERSON_ALL + (int64_t)i, scoped = PERSON_SCOPED + (int64_t)i;
        put_person(batch, all, arena_printf(&kit->arena, "%s-all", expected[i].role), side);
        put_person(batch, scoped, arena_printf(&kit->arena, "%s-ksk", expected[i].role), side);
        put_grant(batch, all, expected[i].role, "");
        put_grant(batch, scoped, expected[i].role, "G"); /* the kit's system: /G/NET */
        put_secrets(kit, batch, all, all_words(kit), "");
        put_secrets(kit, batch, scoped, "look operate", "");
    }
    seal(kit, batch);
    *state = kit;
    return 0;
}

static int close_people(void **state)
{
    kit_close(*state);
    return 0;
}

static struct identity identity_get(struct kit *kit, int64_t person, bool is_token)
{
    struct identity identity = {0};
    struct err e = {0};
    const char *secret = secret_of(kit, is_token ? "token" : "session", person);
    if (!(is_token ? identity_of_token : identity_of_session)(kit->api, str_of(secret), &identity, &e)) {
        fail_msg("%s: %s", secret, e.args);
    }
    return identity;
}

static int ask(struct kit *kit, const struct identity *identity, const char *method, const char *path, const char *rest)
{
    return ask_by(kit, &(struct caller){CALLER_TCP, identity->name, "web", "192.0.2.7", identity}, method, path, rest);
}

/* ---- */

static void every_operation_meets_every_role(void **state)
{
    struct kit *kit = *state;
    int seen = 0;
    for (int code = 0; code < OPERATIONS; code++) {
        const struct operation *operation = operation_of((enum operation_code)code);
        for (size_t role = 0; role < COUNT(expected) * 2; role++) {
            bool is_token = role >= COUNT(expected);
            size_t i = role % COUNT(expected);
            struct identity identity = identity_get(kit, PERSON_ALL + (int64_t)i, is_token);
            struct caller caller = {.kind = CALLER_TCP, .identity = &identity};
            bool may = is_expected(i, operation->permission, is_token);
            if (api_may(&caller, operation->permission, "") != may || api_may(&caller, operation->permission, NULL) != may) {
                fail_msg("%s as %s%s: expected %d", operation->name, expected[i].role, is_token ? " (token)" : "", may);
            }
            seen++;
        }
    }
    assert_int_equal(seen, OPERATIONS * (int)COUNT(expected) * 2);
}

static void a_request_is_refused_before_anything_is_done(void **state)
{
    struct kit *kit = *state;
    for (size_t i = 0; i < COUNT(expected); i++) {
        struct identity identity = identity_get(kit, PERSON_ALL + (int64_t)i, false);
        kit->engine.seen[0] = '\0';
        int status = ask(kit, &identity, "POST", "/api/v1/runs", "{\"unit\":\"/G/NET\"}");
        bool may = is_expected(i, PERMISSION_OPERATE, false);
        assert_int_equal(status, may ? 200 : 403);
        assert_int_equal(kit->engine.seen[0] != '\0', may);
        if (may) {
            assert_non_null(strstr(kit->engine.seen, "via=web@192.0.2.7 "));
            assert_non_null(strstr(kit->engine.seen, arena_printf(&kit->arena, "actor=%s ", identity.name)));
        }
    }
}

static void a_right_for_one_system_ends_at_its_border(void **state)
{
    struct kit *kit = *state;
    static const struct {
        const char *method, *path, *rest;
        int status;
    } rows[] = {
        {"POST", "/api/v1/runs", "{\"unit\":\"/G/NET\"}", 200},
        {"POST", "/api/v1/runs", "{\"unit\":\"/SSH/NET\"}", 403},
        {"POST", "/api/v1/runs", "{\"unit\":\"/GG/NET\"}", 403},
        {"POST", "/api/v1/runs", "{\"unit\":\"NET\"}", 403},           /* a bare name may lie anywhere */
        {"POST", "/api/v1/runs/kill", "{\"run\":\"12\",\"reason\":\"x\"}", 200},
        {"POST", "/api/v1/runs/kill", "{\"run\":\"13\",\"reason\":\"x\"}", 403},
        {"POST", "/api/v1/runs/hold", "{\"unit\":\"/G/*\"}", 200},
        {"POST", "/api/v1/runs/hold", "{\"unit\":\"/*\",\"system\":\"G\"}", 403},
        {"POST", "/api/v1/runs/hold", "{\"unit\":\"/\",\"recursive\":true}", 403},
        {"POST", "/api/v1/events/ack", "{\"number\":3}", 200},
        {"POST", "/api/v1/events/ack", "{\"number\":4}", 403},
        {"POST", "/api/v1/plan/skip", "{\"unit\":\"/SSH/NET\",\"date\":\"2026-06-29\",\"reason\":\"x\"}", 403},
        {"POST", "/api/v1/windows/observe", "{\"group\":\"KOKUHO\",\"class\":\"職員\",\"phase\":\"open\"}", 403},
        {"GET", "/api/v1/units/one", "unit=/G/NET", 200},
        {"GET", "/api/v1/units/text", "unit=/SSH/NET", 403},
        {"GET", "/api/v1/runs/12", "", 200},
        {"GET", "/api/v1/runs/13", "", 403},
        {"GET", "/api/v1/runs/13/nodes", "", 403},
        {"GET", "/api/v1/forecast", "", 403},                          /* it comes whole */
        {"GET", "/api/v1/units", "", 200},                             /* lists leave out the rest */
    };
    struct store_batch *batch = store_batch_open(kit->store);
    store_put(batch, TABLE_unit, &(struct unit_row){.id = 8, .path = "/SSH/NET", .version = 70, .type = "n", .comment = ""});
    store_put(batch, TABLE_run, &(struct run_row){.id = 13, .unit = 8, .version = 70, .date = 20633, .status = 8, .reason = "", .macros = ""});
    store_put(batch, TABLE_event, &(struct event_row){.id = 4, .unit = "/SSH/NET", .run = 13, .message = "BNT0103-E", .args = "", .acked_by = "", .fold = ""});
    seal(kit, batch);
    size_t operator_at = 0;
    while (!str_equal(expected[operator_at].role, "operator")) {
        operator_at++;
    }
    for (int is_token = 0; is_token < 2; is_token++) {
        struct identity identity = identity_get(kit, PERSON_SCOPED + (int64_t)operator_at, is_token);
        for (size_t i = 0; i < COUNT(rows); i++) {
            bool is_windows = strstr(rows[i].path, "windows") || strstr(rows[i].path, "plan"); /* not among the token's */
            int status = ask(kit, &identity, rows[i].method, rows[i].path, rows[i].rest);
            if (status != rows[i].status && !(is_token && is_windows && status == 403)) {
                fail_msg("%s %s %s: %d %s", rows[i].method, rows[i].path, rows[i].rest, status, strbuf_str(&kit->body));
            }
        }
    }
}

static void a_token_has_what_it_names_of_what_its_person_has(void **state)
{
    struct kit *kit = *state;
    struct store_batch *batch = store_batch_open(kit->store);
    put_secrets(kit, batch, PERSON_ALL + 8, "look people admin", "");   /* operator: has neither people nor admin */
    put_secrets(kit, batch, PERSON_ALL + 5, "look operate", "G");       /* project manager, for one system */
    put_secrets(kit, batch, PERSON_SCOPED + 5, "look operate", "SSH");  /* whose person may only in G */
    seal(kit, batch);
    struct identity one = identity_get(kit, PERSON_ALL + 8, true), two = identity_get(kit, PERSON_ALL + 5, true),
                    three = identity_get(kit, PERSON_SCOPED + 5, true);
    struct caller caller = {.kind = CALLER_TCP, .identity = &one};
    assert_true(api_may(&caller, PERMISSION_LOOK, "G"));
    assert_false(api_may(&caller, PERMISSION_PEOPLE, NULL));
    assert_false(api_may(&caller, PERMISSION_OPERATE, NULL));
    assert_false(api_may(&caller, PERMISSION_SELF, ""));
    caller.identity = &two;
    assert_true(api_may(&caller, PERMISSION_OPERATE, "G"));
    assert_false(api_may(&caller, PERMISSION_OPERATE, "SSH"));
    assert_false(api_may(&caller, PERMISSION_OPERATE, ""));
    assert_false(api_may(&caller, PERMISSION_PLAN, "G"));
    caller.identity = &three;
    assert_false(api_may(&caller, PERMISSION_LOOK, NULL));
    assert_string_equal(one.csrf, "");
}

static void a_grant_counts_from_its_beginning_to_its_end(void **state)
{
    struct kit *kit = *state;
    int64_t now = INT64_C(1782687600000); /* the fake engine's business clock */
    static const struct {
        int64_t from, until;
        bool counts;
    } rows[] = {{0, 0, true},        {-1000, 0, true},  {1, 0, false},    {0, 1, true},
                {-1000, 0 - 1, false}, {-1000, 1000, true}, {1000, 2000, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct store_batch *batch = store_batch_open(kit->store);
        put_person(batch, PERSON_OVER, "over", SIDE_CONTRACTOR);
        put_secrets(kit, batch, PERSON_OVER, "look", "");
        store_put(batch, TABLE_grant, &(struct grant_row){.id = PERSON_OVER, .person = PERSON_OVER, .grp = "", .role = "operator", .system = "",
                                                          .from_ms = now + rows[i].from, .until_ms = rows[i].until ? now + rows[i].until : 0, .actor = ""});
        seal(kit, batch);
        struct identity identity = identity_get(kit, PERSON_OVER, false);
        assert_int_equal(api_may(&(struct caller){.kind = CALLER_TCP, .identity = &identity}, PERMISSION_OPERATE, ""), rows[i].counts);
    }
}

static void a_group_gives_what_it_was_granted_to_its_side(void **state)
{
    struct kit *kit = *state;
    struct store_batch *batch = store_batch_open(kit->store);
    put_person(batch, PERSON_OVER, "over", SIDE_CONTRACTOR);
    put_person(batch, PERSON_OVER + 1, "guest", SIDE_OUTSIDE);
    put_secrets(kit, batch, PERSON_OVER, "look", "");
    put_secrets(kit, batch, PERSON_OVER + 1, "look", "");
    store_put(batch, TABLE_group_member, &(struct group_member_row){.grp = "night", .person = PERSON_OVER});
    store_put(batch, TABLE_group_member, &(struct group_member_row){.grp = "night", .person = PERSON_OVER + 1});
    store_put(batch, TABLE_grant, &(struct grant_row){.id = 900, .person = 0, .grp = "night", .role = "operator", .system = "G", .actor = ""});
    seal(kit, batch);
    struct identity member = identity_get(kit, PERSON_OVER, false), guest = identity_get(kit, PERSON_OVER + 1, false);
    assert_true(api_may(&(struct caller){.kind = CALLER_TCP, .identity = &member}, PERMISSION_OPERATE, "G"));
    assert_false(api_may(&(struct caller){.kind = CALLER_TCP, .identity = &member}, PERMISSION_OPERATE, "SSH"));
    assert_false(api_may(&(struct caller){.kind = CALLER_TCP, .identity = &guest}, PERMISSION_LOOK, NULL));
}

static void sessions_end_by_disuse_by_age_and_with_their_person(void **state)
{
    struct kit *kit = *state;
    struct identity identity;
    int64_t now = clock_wall().ms, hour = 3600000;
    const struct {
        int64_t seen, until;
        bool is_closed, is_in;
    } rows[] = {{now, now + hour, false, true},
                {now - setting_info(SETTING_SESSION_IDLE)->otherwise * 60000 + 5000, now + hour, false, true},
                {now - setting_info(SETTING_SESSION_IDLE)->otherwise * 60000 - 1, now + hour, false, false},
                {now, now - 1, false, false},
                {now, now + hour, true, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        struct store_batch *batch = store_batch_open(kit->store);
        char *hash = arena_alloc(&kit->arena, 65, 1);
        secret_hash(str_of("cookie"), hash);
        store_put(batch, TABLE_person, &(struct person_row){.id = 400, .name = "seen", .title = "", .side = SIDE_CONTRACTOR,
                                                            .is_closed = rows[i].is_closed, .mail = "", .made_by = ""});
        store_put(batch, TABLE_session, &(struct session_row){.key = hash, .id = 4, .person = 400, .seen_wall_ms = rows[i].seen,
                                                              .until_wall_ms = rows[i].until, .address = "", .browser = ""});
        seal(kit, batch);
        bool is_in = identity_of_session(kit->api, str_of("cookie"), &identity, &e);
        assert_int_equal(is_in, rows[i].is_in);
        assert_true(is_in || e.code == ERR_LOGIN_NEEDED);
    }
    struct err e = {0};
    assert_false(identity_of_session(kit->api, str_of("another"), &identity, &e));
    assert_int_equal(e.code, ERR_LOGIN_NEEDED);
    assert_false(identity_of_session(kit->api, str_of(secret_of(kit, "token", PERSON_ALL)), &identity, &e));
    assert_false(identity_of_token(kit->api, str_of(secret_of(kit, "session", PERSON_ALL)), &identity, &e));
    assert_false(identity_of_token(kit->api, str_of(""), &identity, &e));
}

static void how_long_an_idle_login_lasts_is_what_is_set(void **state)
{
    struct kit *kit = *state;
    const char *cookie = secret_of(kit, "session", 500);
    char hash[65];
    secret_hash(str_of(cookie), hash);
    struct store_batch *batch = store_batch_open(kit->store);
    put_person(batch, 500, "idle", SIDE_CONTRACTOR);
    store_put(batch, TABLE_session, &(struct session_row){.key = hash, .id = 500, .person = 500, .seen_wall_ms = clock_wall().ms - 11 * MINUTE_MS,
                                                          .until_wall_ms = wall_later(), .address = "", .browser = ""});
    seal(kit, batch);
    struct identity identity;
    struct api_viewer viewer;
    struct err e = {0};
    kit->engine.settings[SETTING_SESSION_IDLE] = 10;
    assert_false(identity_of_session(kit->api, str_of(cookie), &identity, &e));
    kit->engine.settings[SETTING_SESSION_IDLE] = 12;
    assert_true(identity_of_session(kit->api, str_of(cookie), &identity, &e));
    struct caller caller = {.kind = CALLER_TCP, .actor = "idle", .via = "web", .address = "", .identity = &identity};
    api_viewer_open(kit->api, &caller, NULL, &viewer);
    assert_true(api_still_in(kit->api, &viewer, true));
    kit->engine.settings[SETTING_SESSION_IDLE] = 10;
    assert_false(api_still_in(kit->api, &viewer, true)); /* who only watches is idle */
}

static void rights_change_as_soon_as_people_do(void **state)
{
    struct kit *kit = *state;
    struct identity before = identity_get(kit, PERSON_ALL, false);
    struct caller caller = {.kind = CALLER_TCP, .identity = &before};
    assert_true(api_may(&caller, PERMISSION_DECIDE, ""));
    struct store_batch *batch = store_batch_open(kit->store);
    put_grant(batch, PERSON_ALL, "client-reviewer", "");
    seal(kit, batch);
    struct identity after = identity_get(kit, PERSON_ALL, false);
    caller.identity = &after;
    assert_false(api_may(&caller, PERMISSION_DECIDE, ""));
    assert_true(api_may(&caller, PERMISSION_ASK, ""));
    assert_string_equal(before.csrf, after.csrf);
    assert_int_equal(strlen(after.csrf), 64);
}

static void who_must_change_the_password_does_that_first(void **state)
{
    struct kit *kit = *state;
    struct store_batch *batch = store_batch_open(kit->store);
    store_put(batch, TABLE_credential, &(struct credential_row){.person = PERSON_ALL, .password = "x", .totp_secret = "", .recovery = "", .must_change = 1});
    seal(kit, batch);
    struct identity identity = identity_get(kit, PERSON_ALL, false);
    struct caller caller = {.kind = CALLER_TCP, .identity = &identity};
    assert_true(api_may(&caller, PERMISSION_SELF, ""));
    assert_false(api_may(&caller, PERMISSION_LOOK, ""));
    assert_int_equal(ask(kit, &identity, "GET", "/api/v1/units", ""), 403);
    assert_non_null(strstr(strbuf_str(&kit->body), "BNT0721-E"));
}

static void tokens_are_ones_own_and_told_once(void **state)
{
    struct kit *kit = *state;
    struct identity own = identity_get(kit, PERSON_ALL + 8, false), chief = identity_get(kit, PERSON_ALL + 11, false);
    kit->engine.json = "{\"id\":5}";
    assert_int_equal(ask(kit, &own, "POST", "/api/v1/tokens", "{\"name\":\"t\",\"permissions\":\"look\"}"), 200);
    const char *token = strstr(strbuf_str(&kit->body), "{\"id\":5,\"token\":\"");
    assert_non_null(token);
    assert_int_equal(strcspn(token + 17, "\""), 64);
    assert_null(strstr(kit->engine.seen, arena_copy_bytes(&kit->arena, token + 17, 64)));
    assert_int_equal(ask(kit, &own, "POST", "/api/v1/tokens", "{\"name\":\"t\",\"permissions\":\"look\",\"person\":\"auditor-all\"}"), 403);
    /* an administrator revokes others' tokens, but makes none: that would be acting as them */
    assert_int_equal(ask(kit, &chief, "POST", "/api/v1/tokens", "{\"name\":\"t\",\"permissions\":\"look\",\"person\":\"auditor-all\"}"), 403);
    assert_int_equal(ask(kit, &chief, "POST", "/api/v1/tokens/revoke", "{\"id\":7,\"person\":\"auditor-all\"}"), 200);
    assert_int_equal(ask(kit, &own, "POST", "/api/v1/tokens/revoke", "{\"id\":7,\"person\":\"auditor-all\"}"), 403);
    assert_int_equal(ask(kit, &own, "GET", "/api/v1/tokens", ""), 200);
    assert_null(strstr(strbuf_str(&kit->body), "auditor-all"));
    assert_int_equal(ask(kit, &chief, "POST", "/api/v1/persons/invite", "{\"name\":\"x\"}"), 200);
    assert_non_null(strstr(strbuf_str(&kit->body), "\"link\":\"/#link="));
    assert_int_equal(ask(kit, &chief, "POST", "/api/v1/persons/invite", "{\"name\":\"x\",\"kind\":\"login\"}"), 403);
}

static void people_are_listed_for_who_audits(void **state)
{
    struct kit *kit = *state;
    struct identity auditor = identity_get(kit, PERSON_ALL + 12, false), sales = identity_get(kit, PERSON_ALL + 10, false);
    static const char *const lists[] = {"/api/v1/persons", "/api/v1/grants", "/api/v1/groups"};
    for (size_t i = 0; i < COUNT(lists); i++) {
        assert_int_equal(ask(kit, &auditor, "GET", lists[i], ""), 200);
        assert_int_equal(ask(kit, &sales, "GET", lists[i], ""), 403);
    }
    assert_int_equal(ask(kit, &sales, "GET", "/api/v1/raci", ""), 200);
    assert_non_null(strstr(strbuf_str(&kit->body), "サーバ監視"));
    assert_int_equal(ask(kit, &sales, "GET", "/api/v1/roles", ""), 200);
    assert_non_null(strstr(strbuf_str(&kit->body), "client-section-head"));
}

static void the_answer_about_oneself_is_whole(void **state)
{
    struct kit *kit = *state;
    struct identity identity = identity_get(kit, PERSON_SCOPED + 3, false);
    CLEANUP(strbuf_close) struct strbuf text = {0};
    struct err e = {0};
    assert_true(identity_print(kit->api, &kit->arena, &identity, &text, &e));
    static const char *const pieces[] = {"\"name\":\"client-operator-ksk\"", "\"side\":\"client\"", "\"role\":\"client-operator\"",
                                         "\"permissions\":[\"open\",\"self\"]", "\"systems\":[{\"system\":\"G\",\"permissions\":[\"look\",\"ask\",\"note\"]}]",
                                         "\"must_change\":false", "\"is_made_up_clock\":false", "\"csrf\":\""};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        if (!strstr(strbuf_str(&text), pieces[i])) {
            fail_msg("%s is not in %s", pieces[i], strbuf_str(&text));
        }
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_people, close_people)
    const struct CMUnitTest tests[] = {
        T(every_operation_meets_every_role),
        T(a_request_is_refused_before_anything_is_done),
        T(a_right_for_one_system_ends_at_its_border),
        T(a_token_has_what_it_names_of_what_its_person_has),
        T(a_grant_counts_from_its_beginning_to_its_end),
        T(a_group_gives_what_it_was_granted_to_its_side),
        T(how_long_an_idle_login_lasts_is_what_is_set),
        T(sessions_end_by_disuse_by_age_and_with_their_person),
        T(rights_change_as_soon_as_people_do),
        T(who_must_change_the_password_does_that_first),
        T(tokens_are_ones_own_and_told_once),
        T(people_are_listed_for_who_audits),
        T(the_answer_about_oneself_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
