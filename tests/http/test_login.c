/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_login - logging in and out over HTTP: sessions, forged requests, guesses, codes, links, tokens.
 */
#include "tests/unit.h"

#include "tests/http/browser.h"

#include <liboath/oath.h>

static int open_house(void **state)
{
    static const struct http_config usual = {.limits = {.address = {10000, 10000}, .person = {10000, 10000}}};
    *state = house_open(&usual);
    return 0;
}

static int close_house(void **state)
{
    house_close(*state);
    return 0;
}

static void a_login_gives_a_cookie_that_scripts_and_other_sites_do_not_get(void **state)
{
    struct house *house = *state;
    struct browser admin = {0}, again = {0};
    house_admin(house, &admin);
    assert_int_equal(browser_login(house, &again, "admin", HOUSE_PASSWORD, NULL), 200);
    const char *cookie = house_between(house, "Set-Cookie: banto_session=", "\r\n");
    assert_non_null(strstr(cookie, "; Path=/; HttpOnly; SameSite=Lax"));
    assert_null(strstr(cookie, "Secure"));
    assert_null(strstr(cookie, "Max-Age")); /* ends with the browser */
    assert_non_null(strstr(house_between(house, "Set-Cookie: banto_device=", "\r\n"), "; HttpOnly; SameSite=Lax; Max-Age=31536000"));
    assert_true(strlen(again.session) >= 43 && strlen(again.csrf) == 64);
    assert_string_not_equal(again.session, admin.session);
    assert_null(strstr(house_between(house, "\r\n\r\n", "}"), again.session)); /* the page cannot read it */
    assert_int_equal(browser_ask(house, &again, "/api/v1/me", NULL), 200);
    assert_true(house_says(house, "\"name\":\"admin\"") && house_says(house, again.csrf));
    assert_int_equal(house_ask(house, "/api/v1/me", "", NULL), 401);
    assert_false(house_says(house, "is_first"));
}

static void before_anybody_is_known_it_is_said_so(void **state)
{
    struct house *house = *state;
    assert_int_equal(house_ask(house, "/api/v1/me", "", NULL), 401);
    assert_true(house_says(house, "\"is_first\":true}"));
    house_wait(house);
    const char *look = arena_printf(&house->arena, "/api/v1/link?key=%s", house->link);
    assert_int_equal(house_ask(house, look, "", NULL), 200);
    assert_true(house_says(house, "\"kind\":\"first\""));
    const char *weak = arena_printf(&house->arena, "{\"key\":\"%s\",\"name\":\"admin\",\"title\":\"管理者\",\"password\":\"short\"}", house->link);
    assert_int_equal(house_ask(house, "/api/v1/link", "", weak), 400);
    assert_true(house_says(house, "\"field\":\"password\""));
    struct browser admin = {0};
    house_admin(house, &admin); /* a refusal has not spent it */
    assert_int_equal(house_ask(house, look, "", NULL), 404); /* once */
    assert_int_equal(house_ask(house, "/api/v1/link?key=abc", "", NULL), 404);
}

static void a_stranger_learns_nothing_from_a_refusal(void **state)
{
    struct house *house = *state;
    struct browser admin = {0}, nobody = {0};
    house_admin(house, &admin);
    int64_t before = login_check_count(house->api);
    assert_int_equal(browser_login(house, &nobody, "admin", "wrong wrong wrong", NULL), 401);
    const char *known = arena_copy(&house->arena, strstr(house->heard.at, "\r\n\r\n"));
    assert_int_equal(login_check_count(house->api), before + 1);
    assert_int_equal(browser_login(house, &nobody, "nobody-here", "wrong wrong wrong", NULL), 401);
    assert_string_equal(strstr(house->heard.at, "\r\n\r\n"), known);
    assert_int_equal(login_check_count(house->api), before + 2); /* hashed all the same */
    assert_false(house_says(house, "Set-Cookie"));
    assert_int_equal(browser_login(house, &nobody, "admin\\r\\nSet-Cookie: banto_session=x", "wrong", NULL), 401);
    assert_false(house_says(house, "Set-Cookie"));
}

/* Until the journal of people says it. */
static bool journal_says(struct house *house, const struct browser *admin, const char *piece)
{
    for (int i = 0; i < 300; i++) {
        if (browser_ask(house, admin, "/api/v1/journal?stream=desk&operation=login.failed", NULL) == 200 && house_says(house, piece)) {
            return true;
        }
        (void)usleep(10000);
    }
    return false;
}

static void a_failed_login_is_in_the_journal_without_what_was_typed(void **state)
{
    struct house *house = *state;
    struct browser admin = {0}, guesser = {0};
    house_admin(house, &admin);
    assert_int_equal(browser_login(house, &guesser, "admin", "wrong wrong wrong", NULL), 401);
    assert_int_equal(browser_login(house, &guesser, "admin", "wrong wrong wrong", NULL), 401); /* folded: told later */
    assert_int_equal(browser_login(house, &guesser, "sasanqua42", "wrong wrong wrong", NULL), 401);
    assert_true(journal_says(house, &admin, "\"login/unknown\""));
    assert_true(house_says(house, "\"person/admin\""));
    assert_false(house_says(house, "sasanqua42"));
    assert_true(house_says(house, "@127.0.0.1\""));
    const char *first = strstr(house->heard.at, "\"login.failed\"");
    assert_non_null(first);
    const char *second = strstr(first + 1, "\"login.failed\"");
    assert_true(second && !strstr(second + 1, "\"login.failed\"")); /* two entries for three failures */
    assert_int_equal(browser_ask(house, &admin, "/api/v1/me", NULL), 200);
}

static void a_write_with_a_cookie_must_come_from_our_page(void **state)
{
    struct house *house = *state;
    struct browser one = {0}, two = {0};
    house_admin(house, &one);
    assert_int_equal(browser_login(house, &two, "admin", HOUSE_PASSWORD, NULL), 200);
    const struct {
        const char *csrf, *more;
        int status;
    } cases[] = {
        {one.csrf, "", 200},
        {one.csrf, "Sec-Fetch-Site: same-origin\r\n", 200},
        {one.csrf, "Origin: http://localhost\r\n", 200},
        {one.csrf, "Sec-Fetch-Site: cross-site\r\n", 403},
        {one.csrf, "Sec-Fetch-Site: same-site\r\n", 403},
        {one.csrf, "Origin: http://evil.example\r\n", 403},
        {one.csrf, "Origin: null\r\n", 403},
        {one.csrf, "Content-Type: text/plain\r\n", 415},
        {one.csrf, "Content-Type: application/x-www-form-urlencoded\r\n", 415},
        {two.csrf, "", 403}, /* of another session of the same person */
        {"", "", 403},
        {"0", "", 403},
        {NULL, "", 403},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(strbuf_close) struct strbuf more = {0};
        strbuf_printf(&more, "Cookie: banto_session=%s\r\n%s", one.session, cases[i].more);
        if (cases[i].csrf) {
            strbuf_printf(&more, "X-Banto-CSRF: %s\r\n", cases[i].csrf);
        }
        int status = house_ask(house, "/api/v1/me/totp/begin", more.at, "{}");
        if (status != cases[i].status) {
            fail_msg("case %zu: %d %s", i, status, house->heard.at);
        }
    }
    const char *get = arena_printf(&house->arena, "Cookie: banto_session=%s\r\n", one.session);
    assert_int_equal(house_ask(house, "/api/v1/me/sessions", get, NULL), 200); /* looking needs none */
}

static void a_session_cannot_be_planted(void **state)
{
    struct house *house = *state;
    struct browser old = {0};
    house_admin(house, &old);
    static const char body[] = "{\"name\":\"admin\",\"password\":\"" HOUSE_PASSWORD "\"}";
    assert_int_equal(house_ask(house, "/api/v1/login", "Cookie: banto_session=planted\r\n", body), 200);
    assert_string_not_equal(house_between(house, "Set-Cookie: banto_session=", ";"), "planted");
    assert_int_equal(house_ask(house, "/api/v1/me", "Cookie: banto_session=planted\r\n", NULL), 401);
    const char *with = arena_printf(&house->arena, "Cookie: banto_session=%s\r\n", old.session);
    assert_int_equal(house_ask(house, "/api/v1/login", with, body), 200);
    assert_string_not_equal(house_between(house, "Set-Cookie: banto_session=", ";"), old.session);
    assert_int_equal(browser_ask(house, &old, "/api/v1/me", NULL), 401); /* the one that was sent along has ended */
}

static void leaving_ends_the_session_for_good(void **state)
{
    struct house *house = *state;
    struct browser admin = {0};
    house_admin(house, &admin);
    assert_int_equal(browser_ask(house, &admin, "/api/v1/logout", "{}"), 200);
    assert_true(house_says(house, "Set-Cookie: banto_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
    assert_int_equal(browser_ask(house, &admin, "/api/v1/me", NULL), 401);
    assert_int_equal(browser_ask(house, &admin, "/api/v1/logout", "{}"), 401);
}

static void a_new_password_ends_the_other_sessions(void **state)
{
    struct house *house = *state;
    struct browser here = {0}, there = {0};
    house_admin(house, &here);
    assert_int_equal(browser_login(house, &there, "admin", HOUSE_PASSWORD, NULL), 200);
    assert_int_equal(browser_ask(house, &here, "/api/v1/me/password", "{\"old\":\"wrong\",\"new\":\"misoshiru to nattou 8\"}"), 403);
    assert_true(house_says(house, "\"field\":\"old\""));
    assert_int_equal(browser_ask(house, &here, "/api/v1/me/password", "{\"old\":\"" HOUSE_PASSWORD "\",\"new\":\"short\"}"), 400);
    assert_int_equal(browser_ask(house, &here, "/api/v1/me/password", "{\"old\":\"" HOUSE_PASSWORD "\",\"new\":\"" HOUSE_PASSWORD "\"}"), 400);
    assert_int_equal(browser_ask(house, &there, "/api/v1/me", NULL), 200);
    assert_int_equal(browser_ask(house, &here, "/api/v1/me/password", "{\"old\":\"" HOUSE_PASSWORD "\",\"new\":\"misoshiru to nattou 8\"}"), 200);
    assert_int_equal(browser_ask(house, &here, "/api/v1/me", NULL), 200);
    assert_int_equal(browser_ask(house, &there, "/api/v1/me", NULL), 401);
    assert_int_equal(browser_login(house, &there, "admin", HOUSE_PASSWORD, NULL), 401);
    assert_int_equal(browser_login(house, &there, "admin", "misoshiru to nattou 8", NULL), 200);
}

static void one_sees_and_ends_ones_own_sessions_only(void **state)
{
    struct house *house = *state;
    struct browser here = {0}, there = {0};
    house_admin(house, &here);
    assert_int_equal(browser_login(house, &there, "admin", HOUSE_PASSWORD, NULL), 200);
    assert_int_equal(browser_ask(house, &there, "/api/v1/me/sessions", NULL), 200);
    assert_true(house_says(house, "\"is_current\":true") && house_says(house, "\"is_current\":false") && house_says(house, "\"address\":\"127.0.0.1\""));
    assert_false(house_says(house, there.session));
    assert_int_equal(browser_ask(house, &there, "/api/v1/me/sessions/end", "{\"id\":99999}"), 404);
    assert_int_equal(browser_ask(house, &here, "/api/v1/me", NULL), 200);
    assert_int_equal(browser_ask(house, &there, "/api/v1/me/sessions/end", "{}"), 200); /* all others */
    assert_int_equal(browser_ask(house, &here, "/api/v1/me", NULL), 401);
    assert_int_equal(browser_ask(house, &there, "/api/v1/me", NULL), 200);
}

static void guesses_wait_but_a_known_browser_is_not_locked_out(void **state)
{
    struct house *house = *state;
    struct browser mine = {0}, guesser = {0};
    house_admin(house, &mine);
    assert_true(strlen(mine.device) > 60);
    int status = 0, tries = 0;
    int64_t before = login_check_count(house->api);
    for (; tries < 20 && status != 429; tries++) {
        status = browser_login(house, &guesser, "admin", "wrong wrong wrong", NULL);
    }
    assert_int_equal(status, 429);
    assert_int_equal(tries, LOGIN_TRIES_FREE + 2); /* the free ones, one that begins the waiting, one that must wait */
    assert_int_equal(login_check_count(house->api), before + tries - 1);
    assert_true(house_says(house, "Retry-After: 1\r\n") && house_says(house, "BNT0762-E"));
    assert_int_equal(browser_login(house, &guesser, "admin", HOUSE_PASSWORD, NULL), 429); /* right or wrong is not told */
    assert_int_equal(browser_login(house, &mine, "admin", HOUSE_PASSWORD, NULL), 200);
    struct browser forged = mine; /* the same nonce for another name is no known browser */
    forged.device[strlen(forged.device) - 1] ^= 1;
    assert_int_equal(browser_login(house, &forged, "admin", HOUSE_PASSWORD, NULL), 429);
}

/* The code of the step that is `steps` away from now. */
static const char *code_of(struct house *house, const char *secret_text, int steps)
{
    char *secret = NULL;
    size_t n = 0;
    char *digits = arena_alloc(&house->arena, 8, 1);
    assert_int_equal(oath_base32_decode(secret_text, strlen(secret_text), &secret, &n), OATH_OK);
    assert_int_equal(oath_totp_generate(secret, n, (time_t)(clock_wall().ms / 1000 + steps * 30), 30, 0, 6, digits), OATH_OK);
    free(secret);
    return digits;
}

static void a_code_and_a_recovery_code_are_taken_once(void **state)
{
    struct house *house = *state;
    struct browser admin = {0}, phone = {0};
    house_admin(house, &admin);
    assert_int_equal(browser_ask(house, &admin, "/api/v1/me/totp/confirm", "{\"code\":\"000000\"}"), 409); /* nothing begun */
    assert_int_equal(browser_ask(house, &admin, "/api/v1/me/totp/begin", "{}"), 200);
    const char *secret = house_between(house, "\"secret\":\"", "\"");
    assert_true(house_says(house, "otpauth://totp/Banto:admin?secret=") && house_says(house, "<svg xmlns="));
    const char *code = code_of(house, secret, 0);
    assert_int_equal(browser_ask(house, &admin, "/api/v1/me/totp/confirm", "{\"code\":\"12345\"}"), 401);
    assert_int_equal(browser_ask(house, &admin, "/api/v1/me/totp/confirm", arena_printf(&house->arena, "{\"code\":\"%s\"}", code)), 200);
    const char *recovery = house_between(house, "\"recovery\":[\"", "\"");
    assert_int_equal(strlen(recovery), 19);
    assert_int_equal(browser_ask(house, &admin, "/api/v1/me/totp/begin", "{}"), 409);
    assert_int_equal(browser_login(house, &phone, "admin", HOUSE_PASSWORD, NULL), 401);
    assert_true(house_says(house, "BNT0761-E") && house_says(house, "\"field\":\"code\""));
    assert_int_equal(browser_login(house, &phone, "admin", HOUSE_PASSWORD, code), 401); /* the confirmation took it */
    const char *next = code_of(house, secret, 1);
    assert_int_equal(browser_login(house, &phone, "admin", "wrong wrong wrong", next), 401);
    assert_true(house_says(house, "BNT0760-E")); /* the password comes first; the code is not spent */
    assert_int_equal(browser_login(house, &phone, "admin", HOUSE_PASSWORD, next), 200);
    assert_int_equal(browser_login(house, &phone, "admin", HOUSE_PASSWORD, next), 401); /* replay */
    assert_int_equal(browser_login(house, &phone, "admin", HOUSE_PASSWORD, recovery), 200);
    assert_int_equal(browser_login(house, &phone, "admin", HOUSE_PASSWORD, recovery), 401);
    assert_int_equal(browser_ask(house, &admin, "/api/v1/me/totp/remove", "{\"password\":\"wrong\"}"), 403);
    assert_int_equal(browser_ask(house, &admin, "/api/v1/me/totp/remove", "{\"password\":\"" HOUSE_PASSWORD "\"}"), 200);
    assert_int_equal(browser_login(house, &phone, "admin", HOUSE_PASSWORD, NULL), 200);
}

static void a_token_counts_in_its_own_header_only(void **state)
{
    struct house *house = *state;
    struct browser admin = {0};
    house_admin(house, &admin);
    assert_int_equal(browser_ask(house, &admin, "/api/v1/tokens", "{\"name\":\"watch\",\"permissions\":\"look\",\"days\":1}"), 200);
    const char *token = house_between(house, "\"token\":\"", "\"");
    assert_true(strlen(token) > 20);
#define WITH(...) arena_printf(&house->arena, __VA_ARGS__)
    assert_int_equal(house_ask(house, "/api/v1/roles", WITH("Authorization: Bearer %s\r\n", token), NULL), 200);
    assert_int_equal(house_ask(house, "/api/v1/roles", WITH("X-Token: %s\r\n", token), NULL), 401);
    assert_int_equal(house_ask(house, "/api/v1/roles", WITH("Cookie: banto_session=%s\r\n", token), NULL), 401);
    assert_int_equal(house_ask(house, WITH("/api/v1/roles?token=%s", token), "", NULL), 401);
    assert_int_equal(house_ask(house, "/api/v1/roles", WITH("Authorization: Bearer %s\r\n", admin.session), NULL), 401);
    assert_int_equal(house_ask(house, "/api/v1/roles", WITH("Authorization: Bearer %s\r\nCookie: banto_session=%s\r\n", token, admin.session), NULL), 400);
    assert_int_equal(house_ask(house, "/api/v1/tokens", WITH("Authorization: Bearer %s\r\n", token), "{\"name\":\"more\",\"permissions\":\"look\",\"days\":1}"), 403);
    assert_int_equal(house_ask(house, "/api/v1/roles", WITH("X-Local: 1\r\nAuthorization: Bearer %sx\r\n", token), NULL), 401); /* root's socket, too */
}

int main(void)
{
#define HOUSED(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSED(a_login_gives_a_cookie_that_scripts_and_other_sites_do_not_get),
        HOUSED(before_anybody_is_known_it_is_said_so),
        HOUSED(a_stranger_learns_nothing_from_a_refusal),
        HOUSED(a_failed_login_is_in_the_journal_without_what_was_typed),
        HOUSED(a_write_with_a_cookie_must_come_from_our_page),
        HOUSED(a_session_cannot_be_planted),
        HOUSED(leaving_ends_the_session_for_good),
        HOUSED(a_new_password_ends_the_other_sessions),
        HOUSED(one_sees_and_ends_ones_own_sessions_only),
        HOUSED(guesses_wait_but_a_known_browser_is_not_locked_out),
        HOUSED(a_code_and_a_recovery_code_are_taken_once),
        HOUSED(a_token_counts_in_its_own_header_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
