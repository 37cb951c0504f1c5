/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_proof - cookies, tokens, forged requests, rates: the rules without a server.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "http/cookie.h"
#include "http/proof.h"
#include "http/rate.h"

static void our_cookie_is_found_among_others(void **state)
{
    struct str value;
    assert_int_equal(cookie_find(STR("a=1; banto_session=abc-_.9; b=\"x y\""), SESSION_COOKIE, &value), COOKIE_ONE);
    assert_true(str_is(value, "abc-_.9"));
    assert_int_equal(cookie_find(STR("banto_session=x"), SESSION_COOKIE, &value), COOKIE_ONE);
    assert_int_equal(cookie_find(STR(""), SESSION_COOKIE, &value), COOKIE_NONE);
    assert_int_equal(cookie_find(STR("xbanto_session=1; banto_sessionx=2; =3;;"), SESSION_COOKIE, &value), COOKIE_NONE);
    assert_int_equal(cookie_find(STR("Banto_Session=1"), SESSION_COOKIE, &value), COOKIE_NONE);
}

static void odd_cookies_of_our_name_are_refused(void **state)
{
    static const char *const wrong[] = {
        "banto_session=a; banto_session=a", "banto_session=", "banto_session", "banto_session=a b", "banto_session=\"a\"",
        "banto_session=a%20b", "banto_session=a,b", "banto_session=a\tb", "banto_session=日", "a=\x01; banto_session=x",
    };
    struct str value;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        if (cookie_find(str_of(wrong[i]), SESSION_COOKIE, &value) != COOKIE_BAD) {
            fail_msg("taken: %s", wrong[i]);
        }
    }
    CLEANUP(strbuf_close) struct strbuf text = {0};
    strbuf_text(&text, "banto_session=");
    for (int i = 0; i <= COOKIE_VALUE_BYTES_MAX; i++) {
        strbuf_char(&text, 'a');
    }
    assert_int_equal(cookie_find(str_of(text.at), SESSION_COOKIE, &value), COOKIE_BAD);
    strbuf_clear(&text);
    for (int i = 0; i <= COOKIE_PAIRS_MAX; i++) {
        strbuf_text(&text, "a=1;");
    }
    assert_int_equal(cookie_find(str_of(text.at), SESSION_COOKIE, &value), COOKIE_BAD);
    strbuf_clear(&text);
    for (int i = 0; i <= COOKIE_HEADER_BYTES_MAX; i++) {
        strbuf_char(&text, 'a');
    }
    assert_int_equal(cookie_find(str_of(text.at), SESSION_COOKIE, &value), COOKIE_BAD);
}

static void a_request_has_one_credential_or_none(void **state)
{
    struct credential found;
    assert_null(credential_read(NULL, NULL, &found));
    assert_int_equal(found.kind, CREDENTIAL_NONE);
    assert_null(credential_read("other=1", NULL, &found));
    assert_int_equal(found.kind, CREDENTIAL_NONE);
    assert_null(credential_read("banto_session=abc", NULL, &found));
    assert_int_equal(found.kind, CREDENTIAL_SESSION);
    assert_null(credential_read("other=1", "bearer  tok_en.1", &found));
    assert_int_equal(found.kind, CREDENTIAL_TOKEN);
    assert_true(str_is(found.secret, "tok_en.1"));
    assert_non_null(credential_read("banto_session=abc", "Bearer tok", &found)); /* two: which is meant? */
    assert_non_null(credential_read("banto_session=a; banto_session=b", NULL, &found));
    static const char *const wrong[] = {"", "Bearer", "Bearer ", "Basic dXNlcjp4", "Bearer a b", "Bearer a\r\nX: y", "tok", "Bearer a,b"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        if (!credential_read(NULL, wrong[i], &found)) {
            fail_msg("taken: %s", wrong[i]);
        }
    }
}

static void only_our_own_page_may_write(void **state)
{
    enum { NO, OK };
    static const struct {
        const char *site, *origin, *csrf;
        bool is_tls;
        int good;
    } cases[] = {
        {"same-origin", "http://localhost:80", "right", false, OK},
        {"none", NULL, "right", false, OK},
        {NULL, NULL, "right", false, OK},
        {NULL, "https://localhost:80", "right", false, OK}, /* a proxy had the TLS */
        {NULL, "https://LOCALHOST:80", "right", true, OK},
        {"cross-site", NULL, "right", false, NO},
        {"same-site", NULL, "right", false, NO},
        {"", NULL, "right", false, NO},
        {"same-origin", "http://evil.example", "right", false, NO},
        {"same-origin", "http://localhost:80.evil.example", "right", false, NO},
        {"same-origin", "http://localhost", "right", false, NO},
        {"same-origin", "null", "right", false, NO},
        {"same-origin", "", "right", false, NO},
        {"same-origin", "ftp://localhost:80", "right", false, NO},
        {"same-origin", "http://localhost:80", "right", true, NO},
        {"same-origin", NULL, "wrong", false, NO},
        {"same-origin", NULL, "right ", false, NO},
        {"same-origin", NULL, "", false, NO},
        {"same-origin", NULL, NULL, false, NO},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct proof proof = {.fetch_site = cases[i].site, .origin = cases[i].origin, .host = "localhost:80", .csrf = cases[i].csrf, .is_tls = cases[i].is_tls};
        const char *wrong = proof_check(&proof, "right");
        if (!wrong != (cases[i].good == OK)) {
            fail_msg("case %zu: %s", i, wrong ? wrong : "taken");
        }
    }
    struct proof proof = {.host = "localhost", .csrf = ""};
    assert_non_null(proof_check(&proof, "")); /* a session without a value lets nobody write */
    assert_null(proof_check(&proof, NULL));   /* a token, or logging in */
    assert_true(content_is_json("application/json"));
    assert_true(content_is_json("Application/JSON; charset=utf-8"));
    assert_false(content_is_json("application/jsonp"));
    assert_false(content_is_json("text/plain"));
    assert_false(content_is_json("application/x-www-form-urlencoded"));
    assert_false(content_is_json(NULL));
}

static void a_bucket_runs_dry_and_fills_again(void **state)
{
    static struct rate rate;
    const struct rate_limit limit = {10, 5};
    rate_open(&rate, 42);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(rate_take(&rate, "a", &limit, 1000), 0);
    }
    assert_int_equal(rate_take(&rate, "a", &limit, 1000), 1);
    assert_int_equal(rate_take(&rate, "b", &limit, 1000), 0); /* somebody else's is full */
    assert_int_equal(rate_take(&rate, "a", &limit, 1099), 1);
    assert_int_equal(rate_take(&rate, "a", &limit, 1100), 0); /* one in 100 ms */
    assert_int_equal(rate_take(&rate, "a", &limit, 1100), 1);
    assert_int_equal(rate_take(&rate, "a", &limit, 500), 1);  /* time does not go back */
    for (int i = 0; i < 5; i++) {
        assert_int_equal(rate_take(&rate, "a", &limit, INT64_C(9000000000)), 0);
    }
    assert_int_equal(rate_take(&rate, "a", &limit, INT64_C(9000000000)), 1);
    rate_close(&rate);
}

static void a_flood_of_names_does_not_forget_who_is_asking_now(void **state)
{
    static struct rate rate;
    const struct rate_limit limit = {1, 2};
    char name[24];
    rate_open(&rate, 7);
    for (int i = 0; i < 100000; i++) {
        (void)snprintf(name, sizeof(name), "name%d", i);
        assert_int_equal(rate_take(&rate, name, &limit, 1000 + i / 100), 0);
    }
    assert_int_equal(rate_take(&rate, "late", &limit, 2000), 0);
    assert_int_equal(rate_take(&rate, "late", &limit, 2000), 0);
    assert_int_equal(rate_take(&rate, "late", &limit, 2000), 1);
    rate_close(&rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_cookie_is_found_among_others),
        cmocka_unit_test(odd_cookies_of_our_name_are_refused),
        cmocka_unit_test(a_request_has_one_credential_or_none),
        cmocka_unit_test(only_our_own_page_may_write),
        cmocka_unit_test(a_bucket_runs_dry_and_fills_again),
        cmocka_unit_test(a_flood_of_names_does_not_forget_who_is_asking_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
