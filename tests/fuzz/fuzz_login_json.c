/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_login_json - any bytes as the body of /login, /link and what somebody does with the own login: never a way in,
 * never worse than a refusal.
 *
 * The first byte chooses the operation and whether somebody is logged in.
 */
#include "tests/unit.h"

#include "tests/api/kit.h"

#include <assert.h>
#include <jansson.h>
#include <pthread.h>

#include "api/identity.h"
#include "api/login.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct wait {
    pthread_mutex_t lock;
    pthread_cond_t change;
    bool is_done, has_session;
    int status;
};

static void took(void *data, struct api_response *response)
{
    struct wait *wait = data;
    json_t *root = json_loadb(strbuf_str(&response->body), response->body.n, JSON_REJECT_DUPLICATES, NULL);
    assert(root);
    json_decref(root);
    (void)pthread_mutex_lock(&wait->lock);
    wait->status = response->status;
    wait->has_session = response->session && *response->session;
    wait->is_done = true;
    (void)pthread_cond_signal(&wait->change);
    (void)pthread_mutex_unlock(&wait->lock);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const enum operation_code codes[] = {OPERATION_LOGIN,         OPERATION_LINK_USE,       OPERATION_LINK_SHOW, OPERATION_ME_PASSWORD,
                                                OPERATION_ME_TOTP_CONFIRM, OPERATION_ME_TOTP_REMOVE, OPERATION_ME_SESSION_END};
    static struct kit *kit;
    kit = kit ? kit : kit_open();
    if (n == 0) {
        return 0;
    }
    kit->api->login->cost = (struct hash_cost){8, 1};
    struct arena arena = {0};
    struct identity identity = {.person = 1, .name = "fuzz", .session = 1};
    const char *text = arena_copy_bytes(&arena, data + 1, n - 1);
    struct api_pair pair = {"key", text};
    struct api_request request = {.operation = operation_of(codes[(data[0] & 0x7f) % COUNT(codes)]),
                                  .caller = {CALLER_TCP, "fuzz", "web", "192.0.2.1", data[0] & 0x80 ? &identity : NULL},
                                  .device = text};
    struct wait wait = {.lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER};
    struct api_response response = {0};
    struct api_done done = {took, &wait};
    if (request.operation->method == METHOD_POST) {
        request.body = text;
        request.body_n = n - 1;
    } else {
        request.query = &pair;
        request.query_count = 1;
    }
    if (api_call(kit->api, &arena, &request, &response, &done)) {
        took(&wait, &response);
    }
    (void)pthread_mutex_lock(&wait.lock);
    while (!wait.is_done) {
        (void)pthread_cond_wait(&wait.change, &wait.lock);
    }
    (void)pthread_mutex_unlock(&wait.lock);
    assert(!wait.has_session && wait.status >= 400);
    strbuf_close(&response.body);
    arena_close(&arena);
    return 0;
}
