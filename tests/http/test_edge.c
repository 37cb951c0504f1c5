/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_edge - what every answer carries, how often and how slowly one may ask, the console's files, tags.
 */
#include "tests/unit.h"

#include "tests/http/browser.h"

static int open_house(void **state)
{
    static const struct http_config usual = {.limits = {.address = {10000, 10000}, .person = {10000, 10000}}};
    *state = house_open(&usual);
    return 0;
}

static int open_strict_house(void **state)
{
    static const struct http_config strict = {.limits = {.address = {1, 6}, .person = {1, 8}, .head_ms = 300, .look_every_ms = 50, .connections_per_address = 20}};
    *state = house_open(&strict);
    return 0;
}

static int close_house(void **state)
{
    house_close(*state);
    return 0;
}

static void every_answer_tells_the_browser_what_may_not_run(void **state)
{
    struct house *house = *state;
    struct browser admin = {0};
    house_admin(house, &admin);
    static const char *const raws[] = {
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /runs/12 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /now HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /gone.js HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /api/v1/me HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        "PUT /api/v1/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\nContent-Type: application/json\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT(raws); i++) {
        int status = house_raw(house, true, raws[i]);
        bool is_safe = house_says(house, "Content-Security-Policy: default-src 'none';") && house_says(house, "frame-ancestors 'none'") &&
                       house_says(house, "X-Content-Type-Options: nosniff") && house_says(house, "Referrer-Policy: no-referrer") &&
                       house_says(house, "Cross-Origin-Opener-Policy: same-origin") && house_says(house, "Cross-Origin-Resource-Policy: same-origin") &&
                       house_says(house, "Permissions-Policy: ") && !house_says(house, "unsafe") && !house_says(house, "Strict-Transport");
        if (!is_safe || status == 0) {
            fail_msg("%s: %s", raws[i], strbuf_str(&house->heard));
        }
    }
    assert_int_equal(browser_ask(house, &admin, "/api/v1/roles", NULL), 200);
    assert_true(house_says(house, "Cache-Control: no-store") && house_says(house, "Content-Security-Policy: "));
    const char *stream = arena_printf(&house->arena, "GET /api/v1/changes HTTP/1.1\r\nHost: localhost\r\nCookie: banto_session=%s\r\n\r\n", admin.session);
    int fd = house_dial(house, true);
    char bytes[2048] = "";
    struct pollfd one = {fd, POLLIN, 0};
    (void)!write(fd, stream, strlen(stream));
    assert_int_equal(poll(&one, 1, 5000), 1);
    assert_true(read(fd, bytes, sizeof(bytes) - 1) > 0);
    (void)close(fd);
    assert_non_null(strstr(bytes, " 200 OK"));
    assert_non_null(strstr(bytes, "Content-Security-Policy: default-src 'none';"));
}

static void an_answer_that_is_known_is_not_sent_again(void **state)
{
    struct house *house = *state;
    struct browser admin = {0};
    house_admin(house, &admin);
    assert_int_equal(browser_ask(house, &admin, "/api/v1/roles", NULL), 200);
    const char *etag = house_between(house, "ETag: ", "\r\n");
    assert_int_equal(strlen(etag), 34);
#define WITH(...) arena_printf(&house->arena, __VA_ARGS__)
    assert_int_equal(house_ask(house, "/api/v1/roles", WITH("Cookie: banto_session=%s\r\nIf-None-Match: W/\"x\", %s\r\n", admin.session, etag), NULL), 304);
    assert_true(str_equal(strstr(house->heard.at, "\r\n\r\n"), "\r\n\r\n")); /* no body */
    assert_int_equal(house_ask(house, "/api/v1/roles", WITH("Cookie: banto_session=%s\r\nIf-None-Match: \"x\"\r\n", admin.session), NULL), 200);
    assert_int_equal(house_ask(house, "/api/v1/roles", WITH("If-None-Match: %s\r\n", etag), NULL), 401); /* knowing the tag is no permission */
    assert_int_equal(house_ask(house, "/", "", NULL), 200);
    assert_true(house_says(house, "Cache-Control: no-cache") && house_says(house, "Content-Type: text/html; charset=utf-8") && house_says(house, "script-src 'self'"));
    etag = house_between(house, "ETag: ", "\r\n");
    assert_int_equal(house_ask(house, "/now", WITH("If-None-Match: %s\r\n", etag), NULL), 304);
    assert_int_equal(house_ask(house, "/assets/none.js", "", NULL), 404);
    assert_int_equal(house_ask(house, "/", "", "{}"), 404); /* nothing is written there */
}

static void who_asks_too_often_waits_and_others_do_not(void **state)
{
    struct house *house = *state;
    struct browser admin = {0};
    house_admin(house, &admin); /* one of the address's six */
    int status = 0, count = 0;
    for (; count < 30 && status != 429; count++) {
        status = house_ask(house, "/api/v1/me", "", NULL);
    }
    assert_int_equal(status, 429);
    assert_true(count >= 5 && count <= 9);
    assert_true(house_says(house, "Retry-After: 1\r\n") && house_says(house, "BNT0763-E") && house_says(house, "\"action\":"));
    assert_int_equal(browser_ask(house, &admin, "/api/v1/me", NULL), 200); /* has a bucket of one's own */
    for (status = 200, count = 0; count < 30 && status != 429; count++) {
        status = browser_ask(house, &admin, "/api/v1/me", NULL);
    }
    assert_int_equal(status, 429);
    assert_int_equal(house_ask(house, "/api/v1/roles", "X-Local: 1\r\n", NULL), 200); /* the agent and the command line are not counted */
    assert_int_equal(house_ask(house, "/", "", NULL), 200);
}

/* Milliseconds until the other side ends the connection; -1: it did not within ten seconds. */
static int64_t end_of(int fd, const char *piece, int every_ms)
{
    int64_t from_ms = clock_boot_ms();
    struct pollfd one = {fd, POLLIN, 0};
    char byte;
    while (clock_boot_ms() - from_ms < 10000) {
        (void)!send(fd, piece, strlen(piece), MSG_NOSIGNAL);
        if (poll(&one, 1, every_ms) > 0 && read(fd, &byte, 1) <= 0) {
            return clock_boot_ms() - from_ms;
        }
    }
    return -1;
}

static void a_head_that_never_ends_is_ended(void **state)
{
    struct house *house = *state;
    int silent = house_dial(house, true), slow = house_dial(house, true);
    static const char head[] = "GET /now HTTP/1.1\r\nHost: localhost\r\nX: ";
    (void)!write(slow, head, sizeof(head) - 1);
    assert_true(end_of(slow, "a", 20) >= 0); /* a byte now and then does not help */
    assert_true(end_of(silent, "", 20) >= 0);
    (void)close(slow);
    (void)close(silent);
    assert_int_equal(house_ask(house, "/now", "", NULL), 200);
}

static void one_address_does_not_take_all_connections(void **state)
{
    struct house *house = *state;
    int fds[40], open = 0;
    for (size_t i = 0; i < COUNT(fds); i++) {
        fds[i] = house_dial(house, true);
    }
    (void)usleep(100000);
    for (size_t i = 0; i < COUNT(fds); i++) {
        char byte;
        open += recv(fds[i], &byte, 1, MSG_DONTWAIT) < 0; /* 0: it was ended */
    }
    assert_true(open <= 20);
    for (size_t i = 0; i < COUNT(fds); i++) {
        (void)close(fds[i]);
    }
    (void)usleep(100000);
    assert_int_equal(house_ask(house, "/now", "X-Local: 1\r\n", NULL), 200);
}

static void a_head_too_long_is_refused(void **state)
{
    struct house *house = *state;
    CLEANUP(strbuf_close) struct strbuf raw = {0};
    strbuf_text(&raw, "GET /now HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: ");
    for (int i = 0; i < 40000; i++) {
        strbuf_char(&raw, 'a');
    }
    strbuf_text(&raw, "\r\n\r\n");
    int status = house_raw(house, true, raw.at);
    assert_true(status == 431 || status == 413 || status == 400 || status == 0);
    strbuf_clear(&raw);
    strbuf_text(&raw, "GET /now HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for (int i = 0; i < 110; i++) {
        strbuf_printf(&raw, "X-%d: a\r\n", i);
    }
    strbuf_text(&raw, "\r\n");
    assert_int_equal(house_raw(house, true, raw.at), 400);
    assert_int_equal(house_ask(house, "/now", "", NULL), 200);
}

int main(void)
{
#define HOUSED(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
#define STRICT(test) cmocka_unit_test_setup_teardown(test, open_strict_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSED(every_answer_tells_the_browser_what_may_not_run),
        HOUSED(an_answer_that_is_known_is_not_sent_again),
        HOUSED(a_head_too_long_is_refused),
        STRICT(who_asks_too_often_waits_and_others_do_not),
        STRICT(a_head_that_never_ends_is_ended),
        STRICT(one_address_does_not_take_all_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
