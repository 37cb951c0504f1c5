/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sent_on - a proxy on the Unix socket does not lend its rights to whom it sends on.
 */
#include "tests/http/browser.h"

static void a_proxy_on_the_socket_lends_nobody_its_rights(void **state)
{
    (void)state;
    static const char *const signs[] = {"X-Forwarded-For: 203.0.113.9\r\n", "X-Forwarded-Proto: https\r\n", "X-Real-IP: 203.0.113.9\r\n",
                                        "Forwarded: for=203.0.113.9\r\n", "Via: 1.1 front\r\n", "Origin: http://localhost\r\n",
                                        "Sec-Fetch-Site: same-origin\r\n", "Sec-Fetch-Mode: cors\r\n"};
    struct house *house = house_open(&(struct http_config){.thread_count = 2});
    assert_int_equal(house_ask(house, "/api/v1/notes", "X-Local: 1\r\n", NULL), 200); /* who sits at the server */
    assert_int_equal(house_ask(house, "/api/v1/notes", "X-Local: 1\r\n", "{\"text\":\"x\"}"), 200);
    for (size_t i = 0; i < COUNT(signs); i++) {
        const char *more = arena_printf(&house->arena, "X-Local: 1\r\n%s", signs[i]);
        assert_int_equal(house_ask(house, "/api/v1/notes", more, NULL), 401);
        assert_int_equal(house_ask(house, "/api/v1/notes", more, "{\"text\":\"x\"}"), 401);
        assert_int_equal(house_ask(house, "/api/v1/me", more, NULL), 401);
        assert_int_equal(house_ask(house, "/healthz", more, NULL), 200);
    }
    house_close(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proxy_on_the_socket_lends_nobody_its_rights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
