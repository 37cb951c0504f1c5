/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_changes - what a real engine's changes tell to whom, over HTTP: cut by system and by what was asked for, until the
 * session ends or its rights change; and a key that does an act once.
 */
#include "tests/http/browser.h"

#define SOCKET "X-Local: 1\r\n" /* root or the daemon's user */
#define UNITS "unit=KSK,,,;{ty=g;unit=A,,,;{ty=n;unit=J,,,;{ty=j;te=true;}}}unit=SSH,,,;{ty=g;unit=B,,,;{ty=n;unit=J,,,;{ty=j;te=true;}}}"

/* One stream of changes; what came so far. */
struct viewer {
    int fd;
    bool is_ended;
    struct strbuf heard;
};

static void follow(struct house *house, struct viewer *viewer, const struct browser *browser, const char *query)
{
    *viewer = (struct viewer){.fd = house_dial(house, true)};
    const char *raw = arena_printf(&house->arena, "GET /api/v1/changes%s HTTP/1.1\r\nHost: localhost\r\nCookie: banto_session=%s\r\n\r\n",
                                   query, browser->session);
    assert_int_equal(write(viewer->fd, raw, strlen(raw)), strlen(raw));
}

/* Until `piece` was heard, the stream ended, or `ms` are over. */
static bool hears(struct viewer *viewer, const char *piece, int ms)
{
    int64_t until_ms = clock_boot_ms() + ms;
    while (!strstr(strbuf_str(&viewer->heard), piece) && !viewer->is_ended && clock_boot_ms() < until_ms) {
        char bytes[4096];
        struct pollfd one = {viewer->fd, POLLIN, 0};
        ssize_t n = poll(&one, 1, 100) > 0 ? read(viewer->fd, bytes, sizeof(bytes)) : -1;
        strbuf_add(&viewer->heard, bytes, n > 0 ? (size_t)n : 0);
        viewer->is_ended = n == 0 || strstr(strbuf_str(&viewer->heard), "\r\n0\r\n\r\n") != NULL;
    }
    return strstr(strbuf_str(&viewer->heard), piece) != NULL;
}

static bool ends(struct viewer *viewer, int ms)
{
    (void)hears(viewer, "\x01", ms); /* never there */
    return viewer->is_ended;
}

static void viewer_close(struct viewer *viewer)
{
    (void)close(viewer->fd);
    strbuf_close(&viewer->heard);
}

static void local(struct house *house, const char *path, const char *body)
{
    int status = house_ask(house, path, SOCKET, body);
    if (status != 200) {
        fail_msg("%s: %d %s", path, status, strbuf_str(&house->heard));
    }
}

/* An operator of one system comes in by a link. */
static void operator_make(struct house *house, const char *name, const char *system, struct browser *ret)
{
    local(house, "/api/v1/persons", arena_printf(&house->arena, "{\"name\":\"%s\",\"side\":\"contractor\"}", name));
    local(house, "/api/v1/grants", arena_printf(&house->arena, "{\"role\":\"operator\",\"person\":\"%s\",\"system\":\"%s\",\"reason\":\"着任\"}", name, system));
    local(house, "/api/v1/persons/invite", arena_printf(&house->arena, "{\"name\":\"%s\"}", name));
    const char *key = house_between(house, "#link=", "\"");
    assert_true(*key != '\0');
    assert_int_equal(house_ask(house, "/api/v1/link", "", arena_printf(&house->arena, "{\"key\":\"%s\",\"password\":\"" HOUSE_PASSWORD "\"}", key)), 200);
    browser_take(house, ret);
}

static int open_house(void **state)
{
    static const struct http_config usual = {.limits = {.address = {10000, 10000}, .person = {10000, 10000}}};
    struct house *house = house_open(&usual);
    *state = house;
    house_wait(house);
    local(house, "/api/v1/units/define", "{\"file\":\"" UNITS "\"}");
    return 0;
}

static int close_house(void **state)
{
    house_close(*state);
    return 0;
}

static void a_viewer_of_one_system_hears_nothing_of_another(void **state)
{
    struct house *house = *state;
    struct browser admin = {0}, desk = {0};
    struct viewer all, scoped;
    house_admin(house, &admin);
    operator_make(house, "desk", "KSK", &desk);
    follow(house, &all, &admin, "");
    follow(house, &scoped, &desk, "");
    assert_true(hears(&all, "retry:", 5000) && hears(&scoped, "retry:", 5000));
    local(house, "/api/v1/runs", "{\"unit\":\"/SSH/B\"}");
    local(house, "/api/v1/units/suspend", "{\"unit\":\"/SSH/B\",\"reason\":\"点検\"}");
    local(house, "/api/v1/runs", "{\"unit\":\"/KSK/A\"}");
    assert_true(hears(&all, "\"unit\":\"/SSH/B\"", 5000) && hears(&all, "\"unit\":\"/KSK/A\"", 5000));
    assert_true(hears(&scoped, "\"unit\":\"/KSK/A\"", 5000));
    assert_null(strstr(scoped.heard.at, "SSH"));
    assert_null(strstr(scoped.heard.at, "点検"));
    viewer_close(&all);
    viewer_close(&scoped);
    /* Out of the journal, from the beginning: the same. */
    follow(house, &scoped, &desk, "?after=0");
    assert_true(hears(&scoped, "/KSK/A", 5000));
    assert_null(strstr(scoped.heard.at, "SSH"));
    viewer_close(&scoped);
}

static void a_viewer_hears_what_it_asked_for(void **state)
{
    struct house *house = *state;
    struct browser admin = {0};
    struct viewer unit, run;
    house_admin(house, &admin);
    local(house, "/api/v1/runs", "{\"unit\":\"/KSK/A\"}");
    const char *number = house_between(house, "\"run\":", "}");
    follow(house, &unit, &admin, "?entity=/KSK");
    follow(house, &run, &admin, arena_printf(&house->arena, "?entity=run/%lld", (long long)number[0] - '0'));
    assert_true(hears(&unit, "retry:", 5000) && hears(&run, "retry:", 5000));
    local(house, "/api/v1/units/suspend", "{\"unit\":\"/SSH/B\",\"reason\":\"点検\"}");
    local(house, "/api/v1/runs", "{\"unit\":\"/SSH/B\"}");
    local(house, "/api/v1/units/suspend", "{\"unit\":\"/KSK/A\",\"reason\":\"点検\"}");
    local(house, "/api/v1/runs/kill", arena_printf(&house->arena, "{\"run\":%c,\"reason\":\"試験\"}", number[0]));
    assert_true(hears(&unit, "unit.suspend", 5000) && hears(&unit, "run.kill", 5000));
    assert_true(hears(&run, "run.kill", 5000));
    assert_null(strstr(unit.heard.at, "SSH"));
    assert_true(hears(&run, "unit.suspend", 1000)); /* it changes the run, too */
    assert_null(strstr(run.heard.at, "SSH"));
    viewer_close(&unit);
    viewer_close(&run);
}

static void a_stream_ends_with_its_session(void **state)
{
    struct house *house = *state;
    struct browser admin = {0}, other = {0};
    struct viewer leaves, stays;
    house_admin(house, &admin);
    assert_int_equal(browser_login(house, &other, "admin", HOUSE_PASSWORD, NULL), 200);
    follow(house, &leaves, &other, "");
    follow(house, &stays, &admin, "");
    assert_true(hears(&leaves, "retry:", 5000) && hears(&stays, "retry:", 5000));
    assert_int_equal(browser_ask(house, &other, "/api/v1/logout", "{}"), 200);
    assert_true(ends(&leaves, 5000));
    local(house, "/api/v1/runs", "{\"unit\":\"/KSK/A\"}");
    assert_true(hears(&stays, "run.start", 5000));
    assert_null(strstr(leaves.heard.at, "run.start"));
    viewer_close(&leaves);
    viewer_close(&stays);
}

static void a_stream_ends_when_rights_change(void **state)
{
    struct house *house = *state;
    struct browser admin = {0}, desk = {0};
    struct viewer viewer, other;
    house_admin(house, &admin);
    operator_make(house, "desk", "KSK", &desk);
    follow(house, &viewer, &desk, "");
    follow(house, &other, &admin, "");
    assert_true(hears(&viewer, "retry:", 5000) && hears(&other, "retry:", 5000));
    local(house, "/api/v1/grants", "{\"role\":\"operator\",\"person\":\"desk\",\"system\":\"SSH\",\"reason\":\"応援\"}");
    assert_true(ends(&viewer, 5000));
    viewer_close(&viewer);
    follow(house, &viewer, &desk, ""); /* it comes back with what it may now */
    assert_true(hears(&viewer, "retry:", 5000));
    local(house, "/api/v1/runs", "{\"unit\":\"/SSH/B\"}");
    assert_true(hears(&viewer, "/SSH/B", 5000) && hears(&other, "/SSH/B", 5000));
    local(house, "/api/v1/persons/close", "{\"name\":\"desk\",\"reason\":\"離任\"}");
    assert_true(ends(&viewer, 5000));
    assert_false(other.is_ended);
    viewer_close(&viewer);
    viewer_close(&other);
}

#define KEYED SOCKET "Idempotency-Key: night-1\r\n"

static void a_key_does_an_act_once(void **state)
{
    struct house *house = *state;
    assert_int_equal(house_ask(house, "/api/v1/runs", KEYED, "{\"unit\":\"/KSK/A\"}"), 200);
    const char *first = arena_copy(&house->arena, strstr(house->heard.at, "\r\n\r\n"));
    assert_int_equal(house_ask(house, "/api/v1/runs", KEYED, "{\"unit\":\"/KSK/A\"}"), 200);
    assert_string_equal(strstr(house->heard.at, "\r\n\r\n"), first);
    assert_int_equal(house_ask(house, "/api/v1/runs", KEYED, "{\"unit\":\"/SSH/B\"}"), 422);
    assert_true(house_says(house, "BNT0160-E"));
    assert_int_equal(house_ask(house, "/api/v1/units/suspend", KEYED, "{\"unit\":\"/KSK/A\",\"reason\":\"点検\"}"), 422);
    assert_int_equal(house_ask(house, "/api/v1/runs?fields=run", SOCKET, NULL), 200);
    const char *run = strstr(house->heard.at, "\"run\":");
    assert_true(run && !strstr(run + 1, "\"run\":")); /* one run */
    assert_int_equal(house_ask(house, "/api/v1/runs", SOCKET "Idempotency-Key: night-2\r\n", "{\"unit\":\"/NONE\"}"), 404);
    assert_int_equal(house_ask(house, "/api/v1/runs", SOCKET "Idempotency-Key: night-2\r\n", "{\"unit\":\"/SSH/B\"}"), 200); /* a refused act did nothing */
    assert_int_equal(house_ask(house, "/api/v1/runs", SOCKET "Idempotency-Key: \x7f\r\n", "{\"unit\":\"/KSK/A\"}"), 400);
}

int main(void)
{
#define HOUSED(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSED(a_viewer_of_one_system_hears_nothing_of_another),
        HOUSED(a_viewer_hears_what_it_asked_for),
        HOUSED(a_stream_ends_with_its_session),
        HOUSED(a_stream_ends_when_rights_change),
        HOUSED(a_key_does_an_act_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
