/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * browser - a client that speaks raw HTTP to a house and keeps cookies; `admin` comes in by the first-start link.
 */
#include "tests/http/house.h"

/* Somebody's browser. */
struct browser {
    char session[128], device[256], csrf[80];
};

static inline int house_dial(struct house *house, bool is_tcp)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in tcp = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(house->http)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(is_tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)str_copy(local.sun_path, sizeof(local.sun_path), house->path);
    const struct sockaddr *where = is_tcp ? (const struct sockaddr *)&tcp : (const struct sockaddr *)&local;
    assert_int_equal(connect(fd, where, is_tcp ? sizeof(tcp) : sizeof(local)), 0);
    return fd;
}

/* Raw bytes; the connection ends with the answer. Status, 0 = none. */
static inline int house_raw(struct house *house, bool is_tcp, const char *raw)
{
    int fd = house_dial(house, is_tcp);
    char bytes[4096];
    struct pollfd one = {fd, POLLIN, 0};
    strbuf_clear(&house->heard);
    (void)!write(fd, raw, strlen(raw));
    for (ssize_t n = 1; n > 0 && poll(&one, 1, 15000) > 0;) {
        n = read(fd, bytes, sizeof(bytes));
        strbuf_add(&house->heard, bytes, n > 0 ? (size_t)n : 0);
    }
    (void)close(fd);
    int64_t status = 0;
    (void)!str_to_i64((struct str){strbuf_str(&house->heard) + 9, house->heard.n > 12 ? 3 : 0}, 100, 599, &status);
    return (int)status;
}

/* more: header lines, each ending in CR LF, "" = none. body NULL: GET. */
static inline int house_ask(struct house *house, const char *path, const char *more, const char *body)
{
    CLEANUP(strbuf_close) struct strbuf raw = {0};
    strbuf_printf(&raw, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s", body ? "POST" : "GET", path, more);
    if (body) {
        strbuf_printf(&raw, "Content-Length: %zu\r\n%s", strlen(body), strstr(more, "Content-Type") ? "" : "Content-Type: application/json\r\n");
    }
    strbuf_printf(&raw, "\r\n%s", body ? body : "");
    return house_raw(house, !strstr(more, "X-Local"), raw.at);
}

static inline bool house_says(struct house *house, const char *piece)
{
    return strstr(strbuf_str(&house->heard), piece) != NULL;
}

/* What stands between two pieces of the last answer; "" if they are not there. */
static inline const char *house_between(struct house *house, const char *before, const char *after)
{
    const char *from = strstr(strbuf_str(&house->heard), before);
    const char *to = from ? strstr(from + strlen(before), after) : NULL;
    return to ? arena_copy_bytes(&house->arena, from + strlen(before), (size_t)(to - from) - strlen(before)) : "";
}

/* Takes cookies and the CSRF value out of the last answer. */
static inline void browser_take(struct house *house, struct browser *browser)
{
    const char *device = house_between(house, "Set-Cookie: banto_device=", ";");
    (void)str_copy(browser->session, sizeof(browser->session), house_between(house, "Set-Cookie: banto_session=", ";"));
    (void)str_copy(browser->csrf, sizeof(browser->csrf), house_between(house, "\"csrf\":\"", "\""));
    if (*device) {
        (void)str_copy(browser->device, sizeof(browser->device), device);
    }
}

static inline int browser_login(struct house *house, struct browser *browser, const char *name, const char *password, const char *code)
{
    const char *more = *browser->device ? arena_printf(&house->arena, "Cookie: banto_device=%s\r\n", browser->device) : "";
    const char *body = code ? arena_printf(&house->arena, "{\"name\":\"%s\",\"password\":\"%s\",\"code\":\"%s\"}", name, password, code)
                            : arena_printf(&house->arena, "{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
    int status = house_ask(house, "/api/v1/login", more, body);
    if (status == 200) {
        browser_take(house, browser);
    }
    return status;
}

/* As the page does it: cookie, CSRF value, same origin. */
static inline int browser_ask(struct house *house, const struct browser *browser, const char *path, const char *body)
{
    return house_ask(house, path, arena_printf(&house->arena, "Cookie: banto_session=%s\r\nX-Banto-CSRF: %s\r\nSec-Fetch-Site: same-origin\r\n",
                                               browser->session, browser->csrf), body);
}

/* The first administrator, through the first-start link. */
static inline void house_admin(struct house *house, struct browser *browser)
{
    house_wait(house);
    const char *body = arena_printf(&house->arena, "{\"key\":\"%s\",\"name\":\"admin\",\"title\":\"管理者\",\"password\":\"" HOUSE_PASSWORD "\"}", house->link);
    assert_int_equal(house_ask(house, "/api/v1/link", "", body), 200);
    browser_take(house, browser);
}
