/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request - one request from its first line to its answer.
 *
 *   opened -> begun (head checked, route found) -> body taken -> answered
 *                  \-> refused                          \-> waiting (suspended) -> answered
 *
 * Refusals of the head are answered at once and close the connection; a body above its bound is read to its end
 * but not kept, then refused, unless its length was told before.
 */
#include "http/http_priv.h"

#include <string.h>

#include "os/secret.h"

static void request_free(struct request *request)
{
    vec_close(&request->query);
    if (request->body.n > 0 && request->operation && request->operation->kind == OPERATION_IS_LOGIN) {
        secret_wipe(request->body.at, request->body.n); /* passwords */
    }
    strbuf_close(&request->body);
    strbuf_close(&request->response.body);
    struct arena arena = request->arena;
    arena_close(&arena);
}

static void request_unref(struct request *request)
{
    struct http *http = request->listener->http;
    (void)pthread_mutex_lock(&http->lock);
    bool is_last = --request->references == 0;
    if (is_last) {
        *(request->before ? &request->before->next : &http->requests) = request->next;
        if (request->next) {
            request->next->before = request->before;
        }
    }
    (void)pthread_mutex_unlock(&http->lock);
    if (is_last) {
        request_free(request);
    }
}

void *request_open(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct listener *listener = cls;
    struct arena arena = {0};
    struct request *request = arena_new(&arena, struct request);
    request->path = arena_copy_bytes(&arena, uri, strcspn(uri, "?"));
    request->listener = listener;
    request->connection = connection;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    request->peer = info ? info->socket_context : NULL;
    request->references = 1;
    request->arena = arena;
    struct http *http = listener->http;
    (void)pthread_mutex_lock(&http->lock);
    request->next = http->requests;
    if (http->requests) {
        http->requests->before = request;
    }
    http->requests = request;
    (void)pthread_mutex_unlock(&http->lock);
    return request;
}

struct headers {
    struct head_line list[HEADERS_KEPT];
    size_t n;
};

static enum MHD_Result header_take(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n, const char *value,
                                   size_t value_n)
{
    (void)kind;
    struct headers *headers = cls;
    if (headers->n < HEADERS_KEPT) {
        headers->list[headers->n++] = (struct head_line){{key, key_n}, {value ? value : "", value_n}};
    }
    return MHD_YES;
}

static enum MHD_Result query_take(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n, const char *value,
                                  size_t value_n)
{
    (void)kind;
    struct request *request = cls;
    if (memchr(key, '\0', key_n) || (value && memchr(value, '\0', value_n))) {
        (void)err_set(&request->refused, ERR_REQUEST, "query");
        return MHD_NO;
    }
    *vec_add(&request->query) = (struct api_pair){arena_copy_bytes(&request->arena, key, key_n),
                                                  arena_copy_bytes(&request->arena, value ? value : "", value ? value_n : 0)};
    return MHD_YES;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %XX of one piece of the path. */
static bool piece_decode(struct arena *into, struct str piece, struct str *ret)
{
    char *text = arena_copy_bytes(into, piece.at, piece.n);
    size_t n = 0;
    for (size_t i = 0; i < piece.n; i++) {
        int byte = (unsigned char)piece.at[i];
        if (piece.at[i] == '%') {
            int high = i + 2 < piece.n ? hex_digit(piece.at[i + 1]) : -1;
            int low = i + 2 < piece.n ? hex_digit(piece.at[i + 2]) : -1;
            byte = high < 0 || low < 0 ? 0 : high * 16 + low;
            i += 2;
        }
        if (byte == 0) {
            return false;
        }
        text[n++] = (char)byte;
    }
    text[n] = '\0';
    *ret = (struct str){text, n};
    return true;
}

/* The length that was told, 0 if none or chunked. */
static uint64_t told_length(struct MHD_Connection *connection)
{
    const char *text = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t length = 0;
    return text && str_to_i64(str_trim(str_of(text)), 0, INT64_MAX, &length) ? (uint64_t)length : 0;
}

static bool too_large(struct request *request, struct err *e)
{
    return err_set(e, ERR_TOO_LARGE, "body" ARG "%zu", request->body_bytes_max);
}

/* Operation or file; false: neither, and how it is said. */
static bool route_find(struct request *request, const char *method, struct err *e)
{
    bool is_known = false;
    struct str value;
    request->operation = operation_route(method, request->path, &value, &is_known);
    if (request->operation) {
        return piece_decode(&request->arena, value, &request->path_value) || err_set(e, ERR_REQUEST, "path");
    }
    if (is_known) {
        return err_set(e, ERR_METHOD, "%.100s" ARG "%.16s", request->path, method);
    }
    bool is_look = str_equal(method, MHD_HTTP_METHOD_GET) || str_equal(method, MHD_HTTP_METHOD_HEAD);
    request->file = is_look ? files_find(request->listener->http->files, request->path) : NULL;
    return request->file || err_set(e, ERR_NOT_FOUND, "path" ARG "%.100s", utf8_valid(request->path, strlen(request->path)) ? request->path : "?");
}

/* The head: false = refused. */
static bool request_begin(struct request *request, const char *method, const char *version, struct err *e)
{
    struct headers headers = {.n = 0};
    (void)MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, header_take, &headers);
    const char *wrong = head_check(method, version, headers.list, headers.n, request->listener->is_tcp ? &request->listener->http->hosts : NULL);
    if (wrong) {
        return err_set(e, ERR_REQUEST, "%s", wrong);
    }
    if (!route_find(request, method, e)) {
        return false;
    }
    if (request->file) {
        return true;
    }
    if (!request_who(request, request->operation->method == METHOD_POST, e)) {
        return false;
    }
    (void)MHD_get_connection_values_n(request->connection, MHD_GET_ARGUMENT_KIND, query_take, request);
    if (request->refused.code != ERR_NONE) {
        *e = request->refused;
        return false;
    }
    request->body_bytes_max = api_body_max(request->operation);
    enum permission least = request->operation->permission == PERMISSION_OUTPUT ? PERMISSION_LOOK : request->operation->permission;
    if (!api_allow(&request->caller, least, NULL, request->operation->name, e)) { /* before a body is taken from a stranger */
        return false;
    }
    return told_length(request->connection) <= request->body_bytes_max || too_large(request, e);
}

static enum MHD_Result refuse(struct request *request, const struct err *e, bool is_last)
{
    api_refuse(&request->response, e, NULL);
    return answer_queue(request->connection, &request->response, is_last);
}

/* The engine's answer, on its thread; or our own refusal on the request's. */
static void act_done(void *data, struct api_response *response)
{
    struct request *request = data;
    struct http *http = request->listener->http;
    (void)pthread_mutex_lock(&http->lock);
    if (request->is_waiting) { /* else the server is stopping and has answered already */
        request->response = *response;
        response->body = (struct strbuf){0};
        request->has_response = true;
        request->is_waiting = false;
        MHD_resume_connection(request->connection);
    }
    (void)pthread_mutex_unlock(&http->lock);
    request_unref(request);
}

/* Suspended first: the engine may answer before it is asked to the end. */
static enum MHD_Result act_begin(struct request *request, const struct api_request *asked)
{
    struct http *http = request->listener->http;
    (void)pthread_mutex_lock(&http->lock);
    bool is_stopping = http->is_stopping;
    if (!is_stopping) {
        request->references++;
        request->is_waiting = true;
        MHD_suspend_connection(request->connection);
    }
    (void)pthread_mutex_unlock(&http->lock);
    if (is_stopping) {
        struct err e = {0};
        (void)err_set(&e, ERR_STOPPING, "%s", "");
        return refuse(request, &e, true);
    }
    struct api_response response = {0};
    struct api_done done = {act_done, request};
    if (api_call(http->api, &request->arena, asked, &response, &done)) {
        act_done(request, &response);
        strbuf_close(&response.body);
    }
    return MHD_YES;
}

static bool wants_lines(const struct request *request)
{
    const char *accept = request_header(request, MHD_HTTP_HEADER_ACCEPT);
    return accept && strstr(accept, "application/x-ndjson");
}

/* How long the other side may take from here; what it is waiting for is ours to bound. */
static void allow(struct request *request, int64_t ms)
{
    if (request->peer && request->peer->is_guarded) {
        guard_allow(&request->peer->guarded, ms);
    }
}

static enum MHD_Result request_answer(struct request *request)
{
    if (request->file) {
        return answer_file(request);
    }
    if (request->body.n > request->body_bytes_max) {
        struct err e = {0};
        (void)too_large(request, &e);
        return refuse(request, &e, true);
    }
    bool is_stream = request->operation->code == OPERATION_CHANGES || request->operation->code == OPERATION_AGENT_STREAM;
    if (is_stream) {
        return stream_open(request);
    }
    struct api_request asked = {.operation = request->operation,
                                .caller = request->caller,
                                .path_value = request->path_value,
                                .query = request->query.at,
                                .query_count = request->query.n,
                                .body = request->body.n ? request->body.at : NULL,
                                .body_n = request->body.n,
                                .device = request->device,
                                .browser = request->browser,
                                .idempotency_key = request_header(request, "Idempotency-Key"),
                                .wants_lines = wants_lines(request)};
    if (request->operation->kind != OPERATION_IS_READ) {
        return act_begin(request, &asked);
    }
    struct api_done never = {NULL, NULL};
    (void)api_call(request->listener->http->api, &request->arena, &asked, &request->response, &never);
    if (request->response.status == MHD_HTTP_OK && str_equal(request->response.content_type, "application/x-ndjson")) {
        allow(request, -1); /* as long as it goes on reading */
        return export_open(request, &asked);
    }
    bool is_get = request->operation->method == METHOD_GET;
    return is_get ? answer_read(request) : answer_queue(request->connection, &request->response, false);
}

/* After a refusal of the head: may the next request on this connection be read? Not when a body may follow. */
static bool is_end_unclear(const struct request *request, const char *method, const struct err *e)
{
    return e->code == ERR_REQUEST || e->code == ERR_RATE || !str_equal(method, MHD_HTTP_METHOD_GET) ||
           request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH) || request_header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

static void allow_body(struct request *request)
{
    uint64_t length = told_length(request->connection);
    length = length > request->body_bytes_max || length == 0 ? request->body_bytes_max : length;
    allow(request, GUARD_HEAD_MS + (int64_t)length * 1000 / GUARD_BODY_BYTES_SEC);
}

static void allow_answer(struct request *request)
{
    bool is_stream = request->operation && request->operation->kind == OPERATION_IS_HTTP;
    allow(request, is_stream ? -1 : GUARD_ANSWER_MS);
}

enum MHD_Result request_handle(HANDLER_PARAMETERS)
{
    (void)cls;
    (void)connection;
    (void)url;
    struct request *request = *con_cls;
    if (!request->is_begun) {
        request->is_begun = true;
        struct err e = {0};
        bool is_good = request_begin(request, method, version, &e);
        allow_body(request);
        return is_good ? MHD_YES : refuse(request, &e, is_end_unclear(request, method, &e));
    }
    if (*data_n > 0) {
        if (request->body.n <= request->body_bytes_max) { /* one byte more tells that it was too much */
            size_t left = request->body_bytes_max + 1 - request->body.n;
            strbuf_add(&request->body, data, *data_n < left ? *data_n : left);
        }
        *data_n = 0;
        return MHD_YES;
    }
    allow_answer(request);
    (void)pthread_mutex_lock(&request->listener->http->lock);
    bool has_response = request->has_response;
    (void)pthread_mutex_unlock(&request->listener->http->lock);
    return has_response ? answer_queue(request->connection, &request->response, false) : request_answer(request);
}

void request_completed(void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    struct request *request = *con_cls;
    *con_cls = NULL;
    if (!request) {
        return;
    }
    struct http *http = request->listener->http;
    allow(request, GUARD_IDLE_MS);
    request->peer = NULL; /* the connection's; the engine may hold the request for longer */
    (void)pthread_mutex_lock(&http->lock);
    request->is_waiting = false;
    (void)pthread_mutex_unlock(&http->lock);
    request_unref(request);
}

void requests_stop(struct http *http)
{
    struct err e = {0};
    (void)err_set(&e, ERR_STOPPING, "%s", "");
    for (struct request *request = http->requests; request; request = request->next) {
        if (request->is_waiting) {
            api_refuse(&request->response, &e, NULL);
            request->has_response = true;
            request->is_waiting = false;
            MHD_resume_connection(request->connection);
        }
    }
}

void requests_free(struct http *http)
{
    for (struct request *request = http->requests, *next = NULL; request; request = next) {
        next = request->next;
        request_free(request);
    }
    http->requests = NULL;
}
