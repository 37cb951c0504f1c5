/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer - responses handed to the library: of api/, and files of the console; with what keeps a browser from being
 * turned against its user.
 */
#include "http/http_priv.h"

#include <stdio.h>
#include <string.h>

#include "http/proof.h"

enum { DEVICE_COOKIE_SEC = 365 * 24 * 3600, COOKIE_TEXT_BYTES = 512 };

/* Data is no page: nothing in it may run or load, wherever it is shown. */
const char policy_data[] = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/* The console: everything from here, nothing inline. */
const char policy_page[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

void answer_secure(struct MHD_Response *made, struct MHD_Connection *connection, const char *policy)
{
    (void)MHD_add_response_header(made, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(made, "Content-Security-Policy", policy);
    (void)MHD_add_response_header(made, "Referrer-Policy", "no-referrer");
    (void)MHD_add_response_header(made, "Cross-Origin-Opener-Policy", "same-origin");
    (void)MHD_add_response_header(made, "Cross-Origin-Resource-Policy", "same-origin");
    (void)MHD_add_response_header(made, "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    if (connection_is_tls(connection)) {
        (void)MHD_add_response_header(made, "Strict-Transport-Security", "max-age=31536000");
    }
}

/* The values are ours (letters, digits, dots); nothing in them can end the header. */
static void cookie_set(struct MHD_Response *made, struct MHD_Connection *connection, const char *name, const char *value, int age_sec)
{
    char text[COOKIE_TEXT_BYTES], age[40] = "";
    if (age_sec > 0 || !*value) {
        (void)snprintf(age, sizeof(age), "; Max-Age=%d", *value ? age_sec : 0);
    }
    int n = snprintf(text, sizeof(text), "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name, value, connection_is_tls(connection) ? "; Secure" : "", age);
    if (n > 0 && (size_t)n < sizeof(text)) {
        (void)MHD_add_response_header(made, MHD_HTTP_HEADER_SET_COOKIE, text);
    }
}

static void status_headers(struct MHD_Response *made, const struct api_response *response)
{
    if (response->retry_sec > 0 || response->status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        char seconds[16];
        (void)snprintf(seconds, sizeof(seconds), "%d", response->retry_sec > 0 ? response->retry_sec : 2);
        (void)MHD_add_response_header(made, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
    if (response->status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        (void)MHD_add_response_header(made, MHD_HTTP_HEADER_ALLOW, "GET, POST");
    }
}

static void body_free(void *data)
{
    heap_free(data);
}

static enum MHD_Result queue(struct MHD_Connection *connection, struct api_response *response, const char *etag, bool is_last)
{
    /* The bytes are handed over, not copied. An empty strbuf has no memory of its own. */
    struct MHD_Response *made =
        MHD_create_response_from_buffer_with_free_callback(response->body.n, response->body.at, body_free);
    if (!made) {
        return MHD_NO;
    }
    response->body = (struct strbuf){0};
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_TYPE, response->content_type);
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    answer_secure(made, connection, policy_data);
    status_headers(made, response);
    if (etag) {
        (void)MHD_add_response_header(made, MHD_HTTP_HEADER_ETAG, etag);
    }
    if (response->session) {
        cookie_set(made, connection, SESSION_COOKIE, response->session, 0);
    }
    if (response->device) {
        cookie_set(made, connection, DEVICE_COOKIE, response->device, DEVICE_COOKIE_SEC);
    }
    if (is_last) { /* what follows on this connection cannot be trusted to begin where we think */
        (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)response->status, made);
    MHD_destroy_response(made);
    return result;
}

enum MHD_Result answer_queue(struct MHD_Connection *connection, struct api_response *response, bool is_last)
{
    strbuf_char(&response->body, '\n');
    return queue(connection, response, NULL, is_last);
}

enum MHD_Result answer_read(struct request *request)
{
    struct api_response *response = &request->response;
    char digest[FINGERPRINT_TEXT_BYTES], etag[FINGERPRINT_TEXT_BYTES + 2];
    strbuf_char(&response->body, '\n');
    if (response->status != MHD_HTTP_OK) {
        return queue(request->connection, response, NULL, false);
    }
    fingerprint(&request->listener->http->etag_key, response->body.at, response->body.n, digest);
    (void)snprintf(etag, sizeof(etag), "\"%s\"", digest);
    if (etag_matches(request_header(request, MHD_HTTP_HEADER_IF_NONE_MATCH), etag)) {
        strbuf_close(&response->body);
        response->body = (struct strbuf){0};
        response->status = MHD_HTTP_NOT_MODIFIED;
    }
    return queue(request->connection, response, etag, false);
}

static void file_headers(struct MHD_Response *made, const struct file *file, enum file_form form)
{
    static const char *const codings[FORMS] = {[FORM_GZIP] = "gzip", [FORM_BROTLI] = "br"};
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_TYPE, file->type);
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CACHE_CONTROL,
                                  file->is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
    if (codings[form]) {
        (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_ENCODING, codings[form]);
    }
}

enum MHD_Result answer_file(struct request *request)
{
    static const char *const marks[FORMS] = {[FORM_PLAIN] = "", [FORM_GZIP] = "-gz", [FORM_BROTLI] = "-br"};
    const struct file *file = request->file;
    enum file_form form = file_form_of(file, request_header(request, MHD_HTTP_HEADER_ACCEPT_ENCODING));
    char etag[sizeof(file->etag) + 4]; /* each form is other bytes: another tag */
    (void)snprintf(etag, sizeof(etag), "%.*s%s\"", (int)strlen(file->etag) - 1, file->etag, marks[form]);
    bool is_known = etag_matches(request_header(request, MHD_HTTP_HEADER_IF_NONE_MATCH), etag);
    struct file_bytes bytes = is_known ? (struct file_bytes){"", 0} : file->forms[form];
    void *at = (void *)(uintptr_t)bytes.at; /* the library does not write to it */
    struct MHD_Response *made = MHD_create_response_from_buffer_with_free_callback_cls(bytes.n, at, NULL, NULL);
    if (!made) {
        return MHD_NO;
    }
    file_headers(made, file, form);
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_ETAG, etag);
    answer_secure(made, request->connection, policy_page);
    enum MHD_Result result = MHD_queue_response(request->connection, is_known ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, made);
    MHD_destroy_response(made);
    return result;
}
