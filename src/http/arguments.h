/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * arguments - what bantod was started with.
 */
#include "base/err.h"

enum { HOSTS_MAX = 16 };

struct arguments {
    const char *data, *listen, *clock, *site, *restore, *lang, *web, *tls_cert, *tls_key;
    const char *host;          /* as given last */
    const char *hosts[HOSTS_MAX]; /* --host a,b --host c: all of them, within argv */
    size_t host_count;
    const char *proxy;         /* as given last */
    const char *proxies[HOSTS_MAX]; /* --proxy a,b --proxy c */
    size_t proxy_count;
};
/* argv is changed: lists are cut at their commas. Ends the program after --help and --version. Fails: ERR_USAGE. */
MUST_CHECK bool arguments_read(struct arguments *ret, char **argv, struct err *e);
