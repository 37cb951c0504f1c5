/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http - HTTP/1.1 on the Unix socket of the data folder and on a TCP port: loopback, or with TLS any address.
 *
 * A pool of threads serves requests. An act suspends its connection until the engine has committed. Streams
 * (changes for viewers, commands for agents) are suspended while there is nothing to say. What the library
 * below lets pass and should not is refused by the gate (head.h) before anything else looks at it. Who asks is
 * found from the socket, a cookie or a token (who.c); the console's files are a table of names (files.h).
 */
#include <sys/types.h>

#include "base/err.h"
#include "http/rate.h"

struct api;
struct http;

/* 0 anywhere: the usual. */
struct http_limits {
    struct rate_limit address, person; /* requests; a person or token, and an address without either */
    int connections_per_address;
    int head_ms, look_every_ms;        /* how long a head may take; how often that is looked at */
};
struct http_config {
    struct api *api;           /* borrowed */
    const char *unix_path;     /* NULL = none */
    const char *tcp;           /* "127.0.0.1:8080", "[::1]:0"; NULL = none */
    unsigned thread_count;     /* of each listener */
    const char *tls_cert, *tls_key; /* files; NULL: no TLS */
    const char *const *hosts;  /* names of this server besides localhost */
    size_t host_count;
    const char *const *proxies; /* addresses or networks of trusted proxies (proxy.h); what others say of themselves is not believed */
    size_t proxy_count;
    const char *web_folder;    /* the console's files; NULL: those built in */
    struct http_limits limits;
    void (*say)(const struct err *e); /* a line for the log, any thread; NULL: nobody listens */
};

/* Listens and serves from then on. Takes over a socket file only when nobody answers there.
 * Fails: ERR_LISTEN, ERR_LISTEN_ADDRESS, ERR_LISTEN_LOOPBACK, ERR_TLS_FILE, ERR_WEB_FOLDER, ERR_USAGE. */
MUST_CHECK bool http_open(const struct http_config *config, struct http **ret, struct err *e);
/* The TCP port in use, 0 without. */
int http_port(const struct http *http);
/* Reads certificate and key again. */
void http_reload(struct http *http);
/* Takes no new connections, ends streams, answers waiting acts ERR_STOPPING; returns when all threads have ended.
 * Call it while the engine still exists but answers nothing any more. Accepts NULL. */
void http_close(struct http *http);
