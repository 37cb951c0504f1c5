/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ask - a request to the api of a kit, as one caller, without HTTP; the answer stays in kit->status and kit->body.
 */
#include <string.h>

#include "tests/api/kit.h"

static void took_answer(void *data, struct api_response *response)
{
    struct kit *kit = data;
    kit->done_count++;
    kit->status = response->status;
    strbuf_clear(&kit->body);
    strbuf_add(&kit->body, strbuf_str(&response->body), response->body.n);
}

/* "POST /api/v1/runs" with a body, or a GET with query "a=b&c=d" (as decoded: a value holds no '&'). */
static int ask_by(struct kit *kit, const struct caller *caller, const char *method, const char *path, const char *rest)
{
    struct str value, left = str_of(rest), piece, name, text;
    bool is_known = false;
    struct api_pair pairs[16];
    struct api_request request = {.operation = operation_route(method, path, &value, &is_known), .caller = *caller, .path_value = value};
    assert_non_null(request.operation);
    if (request.operation->method == METHOD_POST) {
        request.body = rest;
        request.body_n = strlen(rest);
    } else {
        while (left.n > 0) {
            (void)str_cut(left, '&', &piece, &left);
            (void)str_cut(piece, '=', &name, &text);
            assert_true(request.query_count < COUNT(pairs));
            pairs[request.query_count++] = (struct api_pair){arena_copy_bytes(&kit->arena, name.at, name.n),
                                                             arena_copy_bytes(&kit->arena, text.at, text.n)};
        }
        request.query = pairs;
    }
    struct api_response response = {0};
    struct api_done done = {took_answer, kit};
    if (api_call(kit->api, &kit->arena, &request, &response, &done)) {
        took_answer(kit, &response);
    }
    strbuf_close(&response.body);
    return kit->status;
}
