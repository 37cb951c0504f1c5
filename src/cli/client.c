/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client - one request to the server, over its Unix socket or TCP.
 */
#include "cli/cli_priv.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_SEC = 10 };

bool client_find(struct cli *cli, struct err *e)
{
    if (cli->server) {
        return true;
    }
    const char *named = getenv("BANTO_SERVER");
    if (cli->data) {
        cli->server = arena_printf(&cli->arena, "unix:%s/bantod.sock", cli->data);
    } else if (named && *named) {
        cli->server = named;
    }
    return cli->server || err_set(e, ERR_NO_SERVER, "%s", "");
}

struct taking {
    struct strbuf *body;       /* or: */
    piece_fn piece;
    void *data;
};

static size_t take(char *bytes, size_t size, size_t count, void *data)
{
    struct taking *taking = data;
    size_t n = size * count;
    if (taking->body) {
        strbuf_add(taking->body, bytes, n);
        return n;
    }
    return taking->piece(taking->data, bytes, n) ? n : 0;
}

static CURL *prepare(struct cli *cli, const char *path, struct taking *taking)
{
    CURL *curl = curl_easy_init();
    if (!curl) {
        return NULL;
    }
    bool is_unix = strncmp(cli->server, "unix:", 5) == 0;
    if (is_unix) {
        (void)curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, cli->server + 5);
    }
    (void)curl_easy_setopt(curl, CURLOPT_URL, arena_printf(&cli->arena, "%s%s", is_unix ? "http://localhost" : cli->server, path));
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_SEC);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "banto/" BANTO_VERSION);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    const char *token = getenv("BANTO_TOKEN");
    if (!is_unix && token && *token) { /* the socket knows its caller without */
        (void)curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        (void)curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, token);
    }
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, taking);
    return curl;
}

static bool away(const struct cli *cli, const char *why, struct err *e)
{
    return err_set(e, ERR_SERVER_AWAY, "%.200s" ARG "%s", cli->server, why);
}

bool client_ask(struct cli *cli, const char *path, const struct strbuf *body, struct answer *ret, struct err *e)
{
    struct answer answer = {0};
    struct taking taking = {.body = &answer.body};
    if (!client_find(cli, e)) {
        return false;
    }
    CURL *curl = prepare(cli, path, &taking);
    if (!curl) {
        return away(cli, "curl", e);
    }
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (body) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->n);
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, strbuf_str(body));
    }
    CURLcode result = curl_easy_perform(curl);
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    if (result != CURLE_OK) {
        strbuf_close(&answer.body);
        return away(cli, curl_easy_strerror(result), e);
    }
    *ret = answer;
    return true;
}

bool client_stream(struct cli *cli, const char *path, piece_fn piece, void *data, struct err *e)
{
    struct taking taking = {.piece = piece, .data = data};
    if (!client_find(cli, e)) {
        return false;
    }
    CURL *curl = prepare(cli, path, &taking);
    if (!curl) {
        return away(cli, "curl", e);
    }
    (void)curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return result == CURLE_OK || result == CURLE_WRITE_ERROR || away(cli, curl_easy_strerror(result), e);
}
