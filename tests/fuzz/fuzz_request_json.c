/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_request_json - any bytes as the body of any act: refused or taken, never worse; every answer is JSON.
 *
 * The first byte chooses the operation, the rest is the body (or the value of the path and query of a read).
 */
#include "tests/unit.h"

#include "tests/api/kit.h"

#include <assert.h>
#include <jansson.h>

#include "api/api.h"
#include "wire/operations.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void took(void *data, struct api_response *response)
{
    struct kit *kit = data;
    kit->status = response->status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct kit *kit; /* made once: a store for every input would be all that is measured */
    kit = kit ? kit : kit_open();
    const struct operation *operation = operation_of((enum operation_code)(n ? data[0] % OPERATIONS : 0));
    if (n == 0 || (operation->kind != OPERATION_IS_ACT && operation->kind != OPERATION_IS_READ)) {
        return 0;
    }
    struct arena arena = {0};
    const char *text = arena_copy_bytes(&arena, data + 1, n - 1);
    struct api_pair pairs[] = {{operation->field_count ? operation->fields[0].name : "x", text}, {"limit", "3"}};
    struct api_request request = {.operation = operation, .caller = {CALLER_OWN, "fuzz", "api", "", NULL}, .path_value = {text, strlen(text)}};
    struct api_response response = {0};
    struct api_done done = {took, kit};
    if (operation->method == METHOD_POST) {
        request.body = text;
        request.body_n = n - 1;
    } else {
        request.query = pairs;
        request.query_count = 1 + n % 2;
    }
    if (api_call(kit->api, &arena, &request, &response, &done)) {
        json_t *root = json_loadb(strbuf_str(&response.body), response.body.n, JSON_REJECT_DUPLICATES, NULL);
        assert(root || response.status == 200); /* metrics are not JSON */
        json_decref(root);
    }
    strbuf_close(&response.body);
    arena_close(&arena);
    return 0;
}
