/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof - the cookie's rules, the token's form, and the rules against forged requests.
 */
#include "http/proof.h"

#include <string.h>
#include <strings.h>

#include "http/cookie.h"
#include "os/secret.h"

enum { TOKEN_BYTES_MAX = 128 };

static bool token_read(const char *header, struct str *ret)
{
    static const char scheme[] = "Bearer ";
    if (strncasecmp(header, scheme, sizeof(scheme) - 1) != 0) {
        return false;
    }
    struct str token = str_trim(str_of(header + sizeof(scheme) - 1));
    for (size_t i = 0; i < token.n; i++) {
        char c = token.at[i];
        bool is_good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (!is_good) {
            return false;
        }
    }
    *ret = token;
    return token.n > 0 && token.n <= TOKEN_BYTES_MAX;
}

const char *credential_read(const char *cookie, const char *authorization, struct credential *ret)
{
    struct credential found = {CREDENTIAL_NONE, {"", 0}};
    enum cookie_found session = cookie ? cookie_find(str_of(cookie), SESSION_COOKIE, &found.secret) : COOKIE_NONE;
    if (session == COOKIE_BAD) {
        return "Cookie";
    }
    if (session == COOKIE_ONE && authorization) {
        return "Cookie, Authorization";
    }
    if (session == COOKIE_ONE) {
        found.kind = CREDENTIAL_SESSION;
    } else if (authorization) {
        if (!token_read(authorization, &found.secret)) {
            return "Authorization";
        }
        found.kind = CREDENTIAL_TOKEN;
    }
    *ret = found;
    return NULL;
}

bool content_is_json(const char *content_type)
{
    static const char json[] = "application/json";
    if (!content_type || strncasecmp(content_type, json, sizeof(json) - 1) != 0) {
        return false;
    }
    const char *rest = content_type + sizeof(json) - 1;
    return *rest == '\0' || *rest == ';' || *rest == ' ';
}

/* "https://host:port" with the Host that was asked; without TLS of our own a proxy may have had it. */
static bool origin_is_ours(const struct proof *proof)
{
    struct str scheme, rest;
    const char *slashes = strstr(proof->origin, "://");
    if (!proof->host || !slashes) {
        return false;
    }
    scheme = (struct str){proof->origin, (size_t)(slashes - proof->origin)};
    rest = str_of(slashes + 3);
    bool is_good = str_is(scheme, "https") || (str_is(scheme, "http") && !proof->is_tls);
    return is_good && strcasecmp(rest.at, proof->host) == 0;
}

const char *proof_check(const struct proof *proof, const char *csrf)
{
    bool is_site = !proof->fetch_site || str_equal(proof->fetch_site, "same-origin") || str_equal(proof->fetch_site, "none");
    if (!is_site) {
        return "Sec-Fetch-Site";
    }
    if (proof->origin && !origin_is_ours(proof)) {
        return "Origin";
    }
    if (csrf && (!*csrf || !proof->csrf || !secret_equal(str_of(proof->csrf), str_of(csrf)))) {
        return "X-Banto-CSRF";
    }
    return NULL;
}
