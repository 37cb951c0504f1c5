/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer - a response of api/ handed to the library.
 */
#include "http/http_priv.h"

static void body_free(void *data)
{
    heap_free(data);
}

enum MHD_Result answer_queue(struct MHD_Connection *connection, struct api_response *response, bool is_last)
{
    /* The bytes are handed over, not copied. An empty strbuf has no memory of its own. */
    strbuf_char(&response->body, '\n');
    struct MHD_Response *made =
        MHD_create_response_from_buffer_with_free_callback(response->body.n, response->body.at, body_free);
    if (!made) {
        return MHD_NO;
    }
    response->body = (struct strbuf){0};
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_TYPE, response->content_type);
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    (void)MHD_add_response_header(made, "X-Content-Type-Options", "nosniff");
    if (response->status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        (void)MHD_add_response_header(made, MHD_HTTP_HEADER_RETRY_AFTER, "2");
    }
    if (response->status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        (void)MHD_add_response_header(made, MHD_HTTP_HEADER_ALLOW, "GET, POST");
    }
    if (is_last) { /* what follows on this connection cannot be trusted to begin where we think */
        (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)response->status, made);
    MHD_destroy_response(made);
    return result;
}
