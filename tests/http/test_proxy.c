/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_proxy - whose word on who asks is taken: a trusted proxy's, from the right; nobody else's.
 */
#include "tests/http/browser.h"

#include "http/proxy.h"

static void only_what_trusted_proxies_wrote_is_believed(void **state)
{
    (void)state;
    struct proxies none = {0}, ours = {0};
    assert_true(proxies_add(&ours, "192.0.2.10") && proxies_add(&ours, "198.51.100.0/24") && proxies_add(&ours, "2001:db8::/33"));
    const char *const trusted[] = {"192.0.2.10", "198.51.100.1", "198.51.100.255", "2001:db8::1", "2001:db8:7fff::1", "::ffff:192.0.2.10"};
    const char *const others[] = {"192.0.2.11", "198.51.101.1", "2001:db8:8000::1", "", "x", "192.0.2.10 "};
    for (size_t i = 0; i < COUNT(trusted); i++) {
        assert_true(proxies_trust(&ours, trusted[i]));
        assert_false(proxies_trust(&ours, others[i]) || proxies_trust(&none, trusted[i]));
    }
    const struct {
        const char *header, *asker;
    } cases[] = {
        {NULL, "192.0.2.10"},                              /* the proxy itself */
        {"", "192.0.2.10"},
        {"203.0.113.9", "203.0.113.9"},
        {"6.6.6.6, 203.0.113.9", "203.0.113.9"},           /* what the asker wrote himself is left of what the proxy added */
        {"6.6.6.6,203.0.113.9 , 198.51.100.7", "203.0.113.9"}, /* two proxies in a row */
        {"198.51.100.8, 198.51.100.7", "198.51.100.8"},    /* all ours: the first */
        {"203.0.113.9, junk", "192.0.2.10"},               /* not an address: no further */
        {"203.0.113.9, junk, 198.51.100.7", "198.51.100.7"},
        {"203.0.113.9:4711", "203.0.113.9"},
        {"[2001:db9::1]:4711", "2001:db9::1"},
        {"2001:db9::1", "2001:db9::1"},
        {"::ffff:203.0.113.9", "203.0.113.9"},             /* one address, one name: limits count by it */
        {"[", "192.0.2.10"},
        {",", "192.0.2.10"},
        {"203.0.113.9,,", "192.0.2.10"},
        {"unknown", "192.0.2.10"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char asker[PROXY_ADDRESS_BYTES];
        proxy_asker(&ours, "192.0.2.10", cases[i].header, asker);
        assert_string_equal(asker, cases[i].asker);
    }
    assert_true(proxy_says_https("https") && proxy_says_https("http, HTTPS"));
    assert_false(proxy_says_https(NULL) || proxy_says_https("") || proxy_says_https("https, http") || proxy_says_https("httpsx"));
}

static void what_is_no_address_is_refused(void **state)
{
    (void)state;
    const char *const wrong[] = {"", "proxy.example", "192.0.2", "192.0.2.1/0", "192.0.2.1/33", "::1/129", "192.0.2.1/", "192.0.2.1/x", "1.2.3.4:80"};
    struct proxies proxies = {0};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(proxies_add(&proxies, wrong[i]));
    }
    for (int i = 0; i < PROXIES_MAX; i++) {
        assert_true(proxies_add(&proxies, "192.0.2.1"));
    }
    assert_false(proxies_add(&proxies, "192.0.2.1"));
}

#define FORGED "X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"
#define WRONG "{\"name\":\"admin\",\"password\":\"wrong wrong wrong\"}"
#define RIGHT "{\"name\":\"admin\",\"password\":\"" HOUSE_PASSWORD "\"}"

/* Until the journal of people holds that address. */
static bool journal_names(struct house *house, const struct browser *admin, const char *address)
{
    const char *piece = arena_printf(&house->arena, "@%s\"", address);
    for (int i = 0; i < 200; i++) {
        if (browser_ask(house, admin, "/api/v1/journal?stream=desk&operation=login.failed", NULL) == 200 && house_says(house, piece)) {
            return true;
        }
        (void)usleep(10000);
    }
    return false;
}

static void a_forged_header_is_ignored(void **state)
{
    (void)state;
    static const char *const elsewhere[] = {"192.0.2.10"};
    const struct http_config configs[] = {{.unix_path = NULL}, {.proxies = elsewhere, .proxy_count = 1}};
    for (size_t i = 0; i < COUNT(configs); i++) {
        struct house *house = house_open(&configs[i]);
        struct browser admin = {0};
        house_admin(house, &admin);
        assert_int_equal(house_ask(house, "/api/v1/login", FORGED, RIGHT), 200);
        assert_true(house_says(house, "Set-Cookie") && !house_says(house, "Secure") && !house_says(house, "Strict-Transport"));
        assert_int_equal(house_ask(house, "/api/v1/login", FORGED, WRONG), 401);
        assert_true(journal_names(house, &admin, "127.0.0.1"));
        assert_false(house_says(house, "203.0.113.9") || house_says(house, "6.6.6.6"));
        house_close(house);
    }
}

static void a_trusted_proxy_names_who_asks_and_how(void **state)
{
    (void)state;
    static const char *const here[] = {"127.0.0.0/8"};
    struct house *house = house_open(&(struct http_config){.proxies = here, .proxy_count = 1});
    struct browser admin = {0};
    house_admin(house, &admin);
    assert_false(house_says(house, "Secure")); /* it said nothing of TLS */
    assert_int_equal(house_ask(house, "/api/v1/login", FORGED, RIGHT), 200);
    assert_true(house_says(house, "; Secure") && house_says(house, "Strict-Transport-Security"));
    assert_int_equal(house_ask(house, "/api/v1/login", FORGED "Origin: https://localhost\r\n", RIGHT), 200);
    assert_int_equal(house_ask(house, "/api/v1/login", FORGED "Origin: http://localhost\r\n", RIGHT), 403); /* that page is another's */
    assert_int_equal(house_ask(house, "/api/v1/login", FORGED, WRONG), 401);
    assert_true(journal_names(house, &admin, "203.0.113.9"));
    assert_false(house_says(house, "6.6.6.6"));
    /* A line of the asker's own stands before the proxy's. */
    assert_int_equal(house_ask(house, "/api/v1/login", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.10\r\n", WRONG), 401);
    assert_true(journal_names(house, &admin, "203.0.113.10"));
    assert_false(house_says(house, "6.6.6.6"));
    house_close(house);
}

/* Each of them has the limit for himself, not the proxy for all. */
static void limits_count_who_is_behind_the_proxy(void **state)
{
    (void)state;
    static const char *const here[] = {"127.0.0.1"};
    struct house *house = house_open(&(struct http_config){.proxies = here, .proxy_count = 1, .limits = {.address = {1, 3}}});
    int status = 200;
    for (int i = 0; i < 20 && status == 200; i++) {
        status = house_ask(house, "/healthz", "X-Forwarded-For: 203.0.113.9\r\n", NULL);
    }
    assert_int_equal(status, 429);
    assert_int_equal(house_ask(house, "/healthz", "X-Forwarded-For: 203.0.113.10\r\n", NULL), 200);
    house_close(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_trusted_proxies_wrote_is_believed),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(a_forged_header_is_ignored),
        cmocka_unit_test(a_trusted_proxy_names_who_asks_and_how),
        cmocka_unit_test(limits_count_who_is_behind_the_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
