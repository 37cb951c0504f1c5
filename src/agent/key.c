/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key - EPOCH/SERVICE/RUN/NODE/ATTEMPT; an epoch has no slash, a service may.
 */
#include "agent/agent_priv.h"

#include <inttypes.h>
#include <string.h>

const char *key_print(struct arena *into, const struct attempt_key *key)
{
    return arena_printf(into, "%s/%s/%" PRId64 "/%" PRId32 "/%" PRId32, key->epoch, key->service, key->run, key->node,
                        key->attempt);
}

/* Takes the number behind the last slash off the end. */
static bool cut_number(struct str *text, int64_t highest, int64_t *ret)
{
    const char *slash = text->n ? memrchr(text->at, '/', text->n) : NULL;
    if (!slash) {
        return false;
    }
    size_t n = (size_t)(slash - text->at);
    bool is_good = str_to_i64((struct str){slash + 1, text->n - n - 1}, 0, highest, ret);
    text->n = n;
    return is_good;
}

bool key_parse(struct arena *into, const char *text, struct attempt_key *ret)
{
    struct str rest = str_of(text), epoch, service;
    int64_t run, node, attempt;
    if (!cut_number(&rest, INT32_MAX, &attempt) || !cut_number(&rest, INT32_MAX, &node) ||
        !cut_number(&rest, INT64_MAX, &run) || !str_cut(rest, '/', &epoch, &service)) {
        return false;
    }
    *ret = (struct attempt_key){
        .epoch = arena_copy_bytes(into, epoch.at, epoch.n),
        .service = arena_copy_bytes(into, service.at, service.n),
        .run = run,
        .node = (int32_t)node,
        .attempt = (int32_t)attempt,
    };
    return true;
}

const char *key_output(struct arena *into, const struct attempt_key *key)
{
    const char *service = "";
    if (!str_equal(key->service, "main")) {
        char *text = arena_printf(into, "@%.100s/", key->service);
        for (char *at = text + 1; at[1]; at++) {
            *at = *at == '/' ? '_' : *at;
        }
        service = text;
    }
    return arena_printf(into, "output/%s%" PRId64 "/%" PRId64 "/%" PRId32 "-%" PRId32, service, key->run / 1000, key->run,
                        key->node, key->attempt);
}
