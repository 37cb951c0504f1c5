/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http - HTTP/1.1 on the Unix socket of the data folder and, for looking only, on a loopback TCP port.
 *
 * A pool of threads serves requests. An act suspends its connection until the engine has committed. Streams
 * (changes for viewers, commands for agents) are suspended while there is nothing to say. What the library
 * below lets pass and should not is refused by the gate (head.h) before anything else looks at it.
 */
#include <sys/types.h>

#include "base/err.h"

struct api;
struct http;

struct http_config {
    struct api *api;           /* borrowed */
    const char *unix_path;     /* NULL = none */
    const char *tcp;           /* "127.0.0.1:8080", "[::1]:0"; NULL = none */
    unsigned thread_count;     /* of each listener */
};

/* Listens and serves from then on. Takes over a socket file only when nobody answers there.
 * Fails: ERR_LISTEN, ERR_LISTEN_LOOPBACK. */
MUST_CHECK bool http_open(const struct http_config *config, struct http **ret, struct err *e);
/* The TCP port in use, 0 without. */
int http_port(const struct http *http);
/* Takes no new connections, ends streams, answers waiting acts ERR_STOPPING; returns when all threads have ended.
 * Call it while the engine still exists but answers nothing any more. Accepts NULL. */
void http_close(struct http *http);
