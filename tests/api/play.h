/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * play - requests of api/ to a whole engine on a stage: every answer is checked against what answers.def declares.
 */
#include "tests/engine/kit.h"

#include <stdio.h>

#include "api/api.h"
#include "tests/support/answer_check.h"

struct play {
    struct stage stage;
    struct api *api;
    struct arena arena;
    struct strbuf body;
    const char *content_type, *next; /* of the last answer */
    const char *key;           /* Idempotency-Key of the next request; NULL: none */
    bool wants_lines;
    int status, done_count;
};

static inline struct play *play_open(const char *site)
{
    struct play *play = heap_resize(NULL, 1, sizeof(*play));
    struct err e = {0};
    memset(play, 0, sizeof(*play));
    open_kokuho_with(&play->stage, "2026-06-29T09:00+09:00", site);
    struct api_config config = {.engine = play->stage.engine, .store = play->stage.store, .service = "main", .data_folder = "/nonexistent"};
    if (!api_open(&config, &play->api, &e)) {
        fail_msg("%s", e.args);
    }
    return play;
}

static inline void play_close(struct play *play)
{
    api_close(play->api);
    stage_close(&play->stage);
    strbuf_close(&play->body);
    arena_close(&play->arena);
    heap_free(play);
}

static inline void play_took(void *data, struct api_response *response)
{
    struct play *play = data;
    play->done_count++;
    play->status = response->status;
    play->content_type = response->content_type;
    play->next = response->next;
    strbuf_clear(&play->body);
    strbuf_add(&play->body, strbuf_str(&response->body), response->body.n);
}

static inline void play_query(struct play *play, const char *query, struct api_pair *pairs, size_t *count)
{
    struct str left = str_of(query), piece, name, text;
    while (left.n > 0) {
        (void)str_cut(left, '&', &piece, &left);
        (void)str_cut(piece, '=', &name, &text);
        pairs[(*count)++] = (struct api_pair){arena_copy_bytes(&play->arena, name.at, name.n), arena_copy_bytes(&play->arena, text.at, text.n)};
    }
}

/* Status of the answer; its body is in play->body and has the declared shape when it is 200. */
static inline int ask(struct play *play, const char *method, const char *path, const char *rest)
{
    struct api_pair pairs[16];
    struct str value;
    bool is_known = false;
    const struct operation *operation = operation_route(method, path, &value, &is_known);
    assert_non_null(operation);
    struct api_request request = {.operation = operation, .caller = {CALLER_OWN, "tester", "api", "", NULL}, .path_value = value,
                                  .idempotency_key = play->key, .wants_lines = play->wants_lines};
    if (operation->method == METHOD_POST) {
        request.body = rest;
        request.body_n = strlen(rest);
    } else {
        request.query = pairs;
        play_query(play, rest, pairs, &request.query_count);
    }
    struct api_response response = {0};
    struct api_done done = {play_took, play};
    int before = play->done_count;
    if (api_call(play->api, &play->arena, &request, &response, &done)) {
        play_took(play, &response);
    }
    stage_settle(&play->stage);
    assert_int_equal(play->done_count, before + 1);
    strbuf_close(&response.body);
    char why[256] = "";
    bool is_whole = play->status != 200 || strstr(rest, "fields=") || str_equal(play->content_type, "application/x-ndjson") ||
                    answer_check(operation->code, strbuf_str(&play->body), play->body.n, why, sizeof(why));
    if (!is_whole) {
        fail_msg("%s %s: %s\n%s", method, path, why, strbuf_str(&play->body));
    }
    return play->status;
}

static inline void must(struct play *play, const char *method, const char *path, const char *rest)
{
    if (ask(play, method, path, rest) != 200) {
        fail_msg("%s %s %s: %d %s", method, path, rest, play->status, strbuf_str(&play->body));
    }
}

static inline void says(struct play *play, const char *piece)
{
    if (!strstr(strbuf_str(&play->body), piece)) {
        fail_msg("%s is not in %s", piece, strbuf_str(&play->body));
    }
}

static inline void says_not(struct play *play, const char *piece)
{
    if (strstr(strbuf_str(&play->body), piece)) {
        fail_msg("%s is in %s", piece, strbuf_str(&play->body));
    }
}
