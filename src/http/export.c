/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export - a whole list as lines (NDJSON), page by page.
 *
 * A page is asked for when the socket has taken the one before: whoever reads slowly makes us read slowly, and no
 * reader of the store is held meanwhile. After EXPORT_ROWS_MAX lines the last one is {"next": key}, where another
 * request goes on; a failure on the way is a last line {"error": …}, for the head has long been sent.
 */
#include "http/http_priv.h"

#include <string.h>

#include "base/limits.h"

enum { EXPORT_BLOCK_BYTES = 32 * 1024, KEY_BYTES = 1024 };

struct export {
    struct request *request;   /* outlives the response */
    struct api_request asked;
    VEC(struct api_pair) query;
    struct arena page;         /* of the page under way */
    struct strbuf out;
    size_t taken;
    int64_t rows_left;
    bool has_next, is_over;
    char key[KEY_BYTES];       /* of the next page, as JSON has it */
};

/* A key is a number, two of them, or a path; of what JSON escapes it can hold a quote or a backslash. */
static void key_take(struct export *export, const char *next)
{
    size_t n = 0;
    export->has_next = next != NULL;
    for (const char *c = next; c && *c && n < KEY_BYTES - 1; c++) {
        c += *c == '\\' && c[1];
        export->key[n++] = *c;
    }
    export->key[n] = '\0';
}

static int64_t lines_of(const struct strbuf *text)
{
    int64_t count = 0;
    for (const char *at = text->at, *end = text->at + text->n; at && at < end; count++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : end;
    }
    return count;
}

/* Takes over the page's text. */
static void page_take(struct export *export, struct api_response *response)
{
    strbuf_close(&export->out);
    export->out = response->body;
    response->body = (struct strbuf){0};
    export->taken = 0;
    export->is_over = response->status != 200;
    if (export->is_over) {
        strbuf_char(&export->out, '\n');
        return;
    }
    export->rows_left -= lines_of(&export->out);
    key_take(export, response->next);
    if (export->has_next && export->rows_left <= 0) {
        strbuf_printf(&export->out, "{\"next\":\"%s\"}\n", response->next);
    }
    export->is_over = !export->has_next || export->rows_left <= 0;
}

static void page_ask(struct export *export)
{
    struct api_response response = {0};
    struct api_done never = {NULL, NULL};
    struct peer *peer = export->request->peer;
    if (peer && peer->is_guarded) { /* who has taken a page may have as long for the next one */
        guard_allow(&peer->guarded, GUARD_ANSWER_MS);
    }
    arena_reset(&export->page);
    (void)api_call(export->request->listener->http->api, &export->page, &export->asked, &response, &never);
    page_take(export, &response);
    strbuf_close(&response.body);
}

static ssize_t export_read(void *data, uint64_t pos, char *to, size_t max)
{
    (void)pos;
    struct export *export = data;
    while (export->taken == export->out.n) {
        if (export->is_over) {
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
        page_ask(export);
    }
    size_t n = export->out.n - export->taken < max ? export->out.n - export->taken : max;
    memcpy(to, export->out.at + export->taken, n);
    export->taken += n;
    return (ssize_t)n;
}

static void export_close(void *data)
{
    struct export *export = data;
    vec_close(&export->query);
    strbuf_close(&export->out);
    arena_close(&export->page);
    heap_free(export);
}

/* The query of the pages that follow: as asked, but for `after`, which goes last. Without `limit` the pages are large. */
static void query_make(struct export *export, const struct api_request *asked)
{
    static const char page_rows[] = "1000";
    export->rows_left = EXPORT_ROWS_MAX;
    for (size_t i = 0; i < asked->query_count; i++) {
        if (!str_equal(asked->query[i].name, "after")) {
            *vec_add(&export->query) = asked->query[i];
        }
        if (str_equal(asked->query[i].name, "limit")) {
            export->rows_left = 0; /* that many, and the key of the rest */
        }
    }
    if (export->rows_left > 0) {
        *vec_add(&export->query) = (struct api_pair){"limit", page_rows};
    }
    *vec_add(&export->query) = (struct api_pair){"after", export->key};
    export->asked.query = export->query.at;
    export->asked.query_count = export->query.n;
}

enum MHD_Result export_open(struct request *request, const struct api_request *asked)
{
    struct export *export = heap_resize(NULL, 1, sizeof(*export));
    *export = (struct export){.request = request, .asked = *asked};
    query_make(export, asked);
    page_take(export, &request->response);
    struct MHD_Response *made = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, EXPORT_BLOCK_BYTES, export_read, export, export_close);
    if (!made) {
        export_close(export);
        return MHD_NO;
    }
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_TYPE, "application/x-ndjson");
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    answer_secure(made, request->connection, policy_data);
    enum MHD_Result result = MHD_queue_response(request->connection, MHD_HTTP_OK, made);
    MHD_destroy_response(made);
    return result;
}
