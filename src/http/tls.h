/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * tls - the server's certificate and key, read again when their files change. Any thread.
 */
#include <gnutls/abstract.h>

#include "base/err.h"

/* P-256 certificates must work, so no SECURE256. */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct tls;
struct tls_config {
    const char *cert_path, *key_path; /* PEM; the certificate with its chain */
    void (*say)(const struct err *e); /* INFO_TLS_READ, WARN_TLS_KEPT; any thread; NULL: nobody listens */
};
/* Fails: ERR_TLS_FILE; also when key and certificate do not belong together. */
MUST_CHECK bool tls_open(const struct tls_config *config, struct tls **ret, struct err *e);
void tls_close(struct tls *tls); /* NULL is fine */
/* Reads the files again; if they cannot be used the ones before stay in use. */
void tls_reload(struct tls *tls);
/* What a handshake shows, after a look whether the files have changed (at most once a second). Stays valid until tls_close. */
void tls_show(struct tls *tls, gnutls_pcert_st **chain, unsigned *count, gnutls_privkey_t *key);
