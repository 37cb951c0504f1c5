/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * proof - what a request brings along to show who asks, and that our own page asked. Pure.
 *
 * A browser sends our cookie with whatever any page makes it send. So a write that comes with a cookie must say what only
 * our own page can say: the session's CSRF value in a header of its own, a JSON body, and no other origin.
 */
#include <stdbool.h>

#include "base/str.h"

#define SESSION_COOKIE "banto_session"
#define DEVICE_COOKIE "banto_device"

enum credential_kind { CREDENTIAL_NONE, CREDENTIAL_SESSION, CREDENTIAL_TOKEN };
struct credential {
    enum credential_kind kind;
    struct str secret;
};
/* The two headers, NULL when absent. NULL: exactly one credential or none is in *ret; else what is wrong (static text). */
const char *credential_read(const char *cookie, const char *authorization, struct credential *ret);

struct proof {
    const char *content_type, *fetch_site, *origin, *host, *csrf; /* headers; NULL when absent */
    bool is_tls;
};
/* Of a write. NULL: a page of ours or no page at all sent it; else what is wrong (static text). csrf: of the session, NULL
 * when the request needs none (no cookie, or logging in). */
const char *proof_check(const struct proof *proof, const char *csrf);
bool content_is_json(const char *content_type);
