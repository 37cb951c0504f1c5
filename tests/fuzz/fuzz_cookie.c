/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_cookie - any bytes as Cookie and Authorization: one credential of plain letters, none, or refused.
 *
 * The first line is the Cookie header, the rest the Authorization header.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "http/cookie.h"
#include "http/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void secret_look(struct str secret)
{
    assert(secret.n > 0 && secret.n <= COOKIE_VALUE_BYTES_MAX);
    for (size_t i = 0; i < secret.n; i++) { /* nothing that ends a header or a cookie */
        assert(!strchr("\r\n;,=\" ", secret.at[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena arena = {0};
    struct str whole = {(const char *)data, n}, first, rest;
    struct credential found = {CREDENTIAL_NONE, {"", 0}};
    bool has_two = str_cut(whole, '\n', &first, &rest);
    const char *cookie = arena_copy_bytes(&arena, first.at, first.n);
    const char *authorization = has_two ? arena_copy_bytes(&arena, rest.at, rest.n) : NULL;
    struct str value = {"", 0};
    if (cookie_find(first, DEVICE_COOKIE, &value) == COOKIE_ONE) {
        secret_look(value);
    }
    if (!credential_read(cookie, authorization, &found) && found.kind != CREDENTIAL_NONE) {
        secret_look(found.secret);
        assert(found.kind == CREDENTIAL_TOKEN || !authorization);
    }
    struct proof proof = {.content_type = cookie, .fetch_site = authorization, .origin = cookie, .host = authorization, .csrf = cookie};
    assert(!content_is_json("text/plain") && proof_check(&proof, ""));
    arena_close(&arena);
    return 0;
}
