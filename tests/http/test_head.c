/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_head - what a request's head may say.
 */
#include "tests/unit.h"

#include <string.h>

#include "http/head.h"

/* "Host: localhost|Content-Length: 3" */
static const char *look(const char *method, const char *text, bool is_tcp)
{
    struct head_line headers[8];
    size_t n = 0;
    struct str rest = str_of(text), line;
    while (rest.n > 0 && n < 8) {
        (void)str_cut(rest, '|', &line, &rest);
        (void)str_cut(line, ':', &headers[n].name, &headers[n].value);
        headers[n].value = str_trim(headers[n].value);
        n++;
    }
    static const char *const names[] = {"banto.example", "kanri"};
    static const struct head_hosts hosts = {names, COUNT(names), false};
    return head_check(method, "HTTP/1.1", headers, n, is_tcp ? &hosts : NULL);
}

static void proper_heads_pass(void **state)
{
    assert_null(look("GET", "Host: localhost", true));
    assert_null(look("POST", "Host: 127.0.0.1:8080|Content-Length: 12", true));
    assert_null(look("POST", "Host: [::1]:8080|Transfer-Encoding: chunked|Expect: 100-continue", true));
    assert_null(look("GET", "", false));
    assert_null(look("GET", "Host: anything", false));
}

static void ambiguous_heads_are_refused(void **state)
{
    static const char *const heads[] = {
        "",
        "Host: localhost|Host: localhost",
        "Host: localhost|Content-Length: 3|Content-Length: 3",
        "Host: localhost|Content-Length: +3",
        "Host: localhost|Content-Length: 3, 3",
        "Host: localhost|Content-Length: 0x3",
        "Host: localhost|Content-Length:",
        "Host: localhost|Content-Length: 99999999999999999999",
        "Host: localhost|Content-Length: 3|Transfer-Encoding: chunked",
        "Host: localhost|Transfer-Encoding: gzip, chunked",
        "Host: localhost|Transfer-Encoding: identity",
        "Host: localhost|Transfer-Encoding: chunked|Transfer-Encoding: chunked",
        "Host: localhost|Bad Name: x",
        "Host: localhost|Trailing : x",
        "Host: localhost|: x",
        "Host: localhost|Expect: tea",
        "Host: localhost|Cookie: a=1|Cookie: b=2",
        "Host: localhost|Authorization: Bearer a|authorization: Bearer b",
        "Host: localhost|X: a\rb",
        "Host: localhost|X: a\nSet-Cookie= b",
    };
    for (size_t i = 0; i < COUNT(heads); i++) {
        if (!look("POST", heads[i], true)) {
            fail_msg("passed: %s", heads[i]);
        }
    }
    assert_non_null(look("get", "Host: localhost", true));
    assert_non_null(look("", "Host: localhost", true));
    struct head_line nul = {STR("X"), {"a\0b", 3}};
    assert_non_null(head_check("GET", "HTTP/1.1", &nul, 1, NULL));
    assert_non_null(head_check("GET", "HTTP/2.0", &nul, 0, NULL));
}

static void names_that_may_point_elsewhere_are_not_this_host(void **state)
{
    static const char *const good[] = {"localhost", "LOCALHOST:80", "127.0.0.1", "127.1.2.3:8080", "[::1]", "[::1]:9"};
    static const char *const bad[] = {"", "example.org", "127.0.0.1.example.org", "localhost.example.org", "128.0.0.1", "[::2]",
                                      "[::1", "localhost:x", "127.0.0", "[::1]x", "0.0.0.0", "127.0.0.1:80:80"};
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(head_host_is_local(str_of(good[i])));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (head_host_is_local(str_of(bad[i]))) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void configured_names_are_this_host_too(void **state)
{
    static const char *const names[] = {"banto.example"};
    const struct head_hosts by_name = {names, 1, false}, by_number = {names, 1, true};
    assert_true(head_host_is(STR("banto.example"), &by_name));
    assert_true(head_host_is(STR("BANTO.example:8443"), &by_name));
    assert_true(head_host_is(STR("localhost:1"), &by_name));
    assert_false(head_host_is(STR("banto.example.evil.example"), &by_name));
    assert_false(head_host_is(STR("evil.example"), &by_number));
    assert_false(head_host_is(STR("192.0.2.1"), &by_name));
    assert_true(head_host_is(STR("192.0.2.1:443"), &by_number));
    assert_true(head_host_is(STR("[2001:db8::1]:443"), &by_number));
    assert_false(head_host_is(STR("[2001:db8::1]x"), &by_number));
    assert_false(head_host_is(STR("[evil.example]"), &by_number));
    assert_false(head_host_is(STR("1.2.3.4.evil.example"), &by_number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proper_heads_pass),
        cmocka_unit_test(ambiguous_heads_are_refused),
        cmocka_unit_test(names_that_may_point_elsewhere_are_not_this_host),
        cmocka_unit_test(configured_names_are_this_host_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
