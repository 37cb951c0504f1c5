/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key - EPOCH/SERVICE/RUN/NODE/ATTEMPT; an epoch has no slash, a service may.
 */
#include "agent/agent_priv.h"

#include <string.h>

enum { NUMBERS_BYTES = 64, SERVICE_BYTES_MAX = 100 }; /* three numbers and what stands between them */

/* Several keys a job: without a format. number >= 0. */
static char *put_number(char *to, char before, int64_t number)
{
    char digits[24], *at = digits + sizeof(digits);
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    size_t n = (size_t)(digits + sizeof(digits) - at);
    *to = before;
    memcpy(to + 1, at, n);
    to[n + 1] = '\0';
    return to + n + 1;
}

const char *key_print(struct arena *into, const struct attempt_key *key)
{
    size_t epoch_n = strlen(key->epoch), service_n = strlen(key->service);
    char *text = arena_alloc(into, epoch_n + service_n + NUMBERS_BYTES, 1);
    memcpy(text, key->epoch, epoch_n);
    text[epoch_n] = '/';
    memcpy(text + epoch_n + 1, key->service, service_n);
    (void)put_number(put_number(put_number(text + epoch_n + 1 + service_n, '/', key->run), '/', key->node), '/', key->attempt);
    return text;
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
    static const char folder[] = "output";
    size_t service_n = strnlen(key->service, SERVICE_BYTES_MAX);
    char *text = arena_alloc(into, sizeof(folder) + 2 + service_n + NUMBERS_BYTES, 1);
    char *at = text + sizeof(folder) - 1;
    memcpy(text, folder, sizeof(folder));
    if (!str_equal(key->service, "main")) {
        *at++ = '/';
        *at++ = '@';
        for (size_t i = 0; i < service_n; i++) {
            *at++ = (char)(key->service[i] == '/' ? '_' : key->service[i]);
        }
    }
    at = put_number(put_number(at, '/', key->run / 1000), '/', key->run);
    (void)put_number(put_number(at, '/', key->node), '-', key->attempt);
    return text;
}
