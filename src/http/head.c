/* SPDX-License-Identifier: Apache-2.0 */
/*
 * head - the rules of a request head: exactly one Host; at most one Content-Length, digits only; at most one Transfer-Encoding and
 * it is chunked; never both; at most one Cookie and one Authorization; method in capitals; names are tokens; no CR, LF or NUL in a
 * value.
 */
#include "http/head.h"

#include <string.h>
#include <strings.h>

enum { HEADERS_MAX = 100 };

static bool is_token(struct str text)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && (c == '\0' || !strchr(others, c))) {
            return false;
        }
    }
    return text.n > 0;
}

static bool is_digits(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
    }
    return text.n > 0 && text.n < 19;
}

static bool is_name(struct str text, const char *name)
{
    return text.n == strlen(name) && strncasecmp(text.at, name, text.n) == 0;
}

/* Parts "name:port" and "[::1]:port". False: neither. */
static bool host_split(struct str host, struct str *name)
{
    struct str port = {"", 0};
    *name = host;
    if (host.n > 0 && host.at[0] == '[') {
        const char *close = memchr(host.at, ']', host.n);
        if (!close) {
            return false;
        }
        name->n = (size_t)(close - host.at) + 1;
        port = (struct str){close + 1, host.n - name->n};
        if (port.n > 0 && port.at[0] != ':') {
            return false;
        }
        port = port.n > 0 ? (struct str){port.at + 1, port.n - 1} : port;
    } else if (!str_cut(host, ':', name, &port)) {
        port = (struct str){"", 0};
    }
    return port.n == 0 || is_digits(port);
}

/* Four numbers with dots. */
static bool is_v4(struct str name)
{
    int dots = 0;
    for (size_t i = 0; i < name.n; i++) {
        dots += name.at[i] == '.';
        if (name.at[i] != '.' && (name.at[i] < '0' || name.at[i] > '9')) {
            return false;
        }
    }
    return dots == 3;
}

static bool is_v6(struct str name)
{
    for (size_t i = 1; i + 1 < name.n; i++) {
        if (!strchr("0123456789abcdefABCDEF:.", name.at[i])) {
            return false;
        }
    }
    return name.n > 2 && name.at[0] == '[' && name.at[name.n - 1] == ']';
}

bool head_host_is_local(struct str host)
{
    struct str name;
    if (!host_split(host, &name)) {
        return false;
    }
    return is_name(name, "localhost") || str_is(name, "[::1]") || (is_v4(name) && name.n > 4 && memcmp(name.at, "127.", 4) == 0);
}

bool head_host_is(struct str host, const struct head_hosts *hosts)
{
    struct str name;
    if (!host_split(host, &name)) {
        return false;
    }
    for (size_t i = 0; i < hosts->count; i++) {
        if (is_name(name, hosts->names[i])) {
            return true;
        }
    }
    return head_host_is_local(host) || (hosts->any_number && (is_v4(name) || is_v6(name)));
}

struct head {
    int host, length, encoding, cookie, authorization;
    const char *wrong;
};

static void header_look(const struct head_line *header, const struct head_hosts *hosts, struct head *head)
{
    struct str value = str_trim(header->value);
    if (!is_token(header->name)) {
        head->wrong = "header name";
    } else if (memchr(header->value.at, '\0', header->value.n) || memchr(header->value.at, '\r', header->value.n) ||
               memchr(header->value.at, '\n', header->value.n)) {
        head->wrong = "header value";
    } else if (is_name(header->name, "Host")) {
        head->host++;
        head->wrong = hosts && !head_host_is(value, hosts) ? "Host" : head->wrong;
    } else if (is_name(header->name, "Content-Length")) {
        head->length++;
        head->wrong = !is_digits(value) ? "Content-Length" : head->wrong;
    } else if (is_name(header->name, "Transfer-Encoding")) {
        head->encoding++;
        head->wrong = !is_name(value, "chunked") ? "Transfer-Encoding" : head->wrong;
    } else if (is_name(header->name, "Cookie")) {
        head->wrong = ++head->cookie > 1 ? "Cookie" : head->wrong;
    } else if (is_name(header->name, "Authorization")) {
        head->wrong = ++head->authorization > 1 ? "Authorization" : head->wrong;
    } else if (is_name(header->name, "Expect")) {
        head->wrong = !is_name(value, "100-continue") ? "Expect" : head->wrong;
    }
}

const char *head_check(const char *method, const char *version, const struct head_line *headers, size_t count,
                       const struct head_hosts *hosts)
{
    for (const char *c = method; *c; c++) {
        if (*c < 'A' || *c > 'Z') {
            return "method";
        }
    }
    if (*method == '\0' || (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)) {
        return "version";
    }
    if (count > HEADERS_MAX) {
        return "too many headers";
    }
    struct head head = {0};
    for (size_t i = 0; i < count && !head.wrong; i++) {
        header_look(&headers[i], hosts, &head);
    }
    if (head.wrong) {
        return head.wrong;
    }
    if (head.host > 1 || (head.host == 0 && hosts)) {
        return "Host";
    }
    if (head.length > 1) {
        return "Content-Length";
    }
    if (head.encoding > 1) {
        return "Transfer-Encoding";
    }
    return head.length && head.encoding ? "Content-Length, Transfer-Encoding" : NULL;
}
