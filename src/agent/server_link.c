/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server_link - a session with the server: one long GET that brings frames, one POST at a time that takes reports.
 *
 * States: closed -> opening (GET sent) -> open (200 seen) -> closed. Any failure of either request closes both.
 */
#include "agent/agent_priv.h"

#include <curl/curl.h>
#include <string.h>

#include "base/vec.h"

enum { SILENCE_MS = 45000, CONNECT_MS = 5000, POST_MS = 30000, POST_BYTES_MAX = 512 * 1024, SESSION_BYTES = 32 };

struct server_link {
    const struct agent_options *options;
    struct server_events events;
    CURLM *multi;
    CURL *stream, *post;
    struct curl_slist *headers;
    char session[SESSION_BYTES];
    bool is_begun, is_open, is_posting;
    int64_t heard_ms, posted_ms;
    struct strbuf line, reports, posting;
    char reason[CURL_ERROR_SIZE];
};

static size_t on_stream_bytes(char *at, size_t size, size_t n, void *data)
{
    struct server_link *link = data;
    struct str rest = {at, size * n}, line;
    link->heard_ms = keeper_clock_ms(CLOCK_BOOTTIME);
    while (rest.n) {
        bool is_whole = str_cut(rest, '\n', &line, &rest);
        if (link->line.n + line.n > FRAME_BYTES_MAX) {
            return 0; /* no frame of ours: ends the session */
        }
        if (!is_whole || link->line.n) {
            strbuf_add(&link->line, line.at, line.n);
            line = (struct str){link->line.at, link->line.n};
        }
        if (is_whole) {
            if (line.n) {
                link->events.on_line(link->events.data, line.at, line.n);
            }
            strbuf_clear(&link->line);
        }
    }
    return size * n;
}

/* The blank line that ends the headers: from now on the server listens to reports. */
static size_t on_stream_header(char *at, size_t size, size_t n, void *data)
{
    struct server_link *link = data;
    long status = 0;
    (void)curl_easy_getinfo(link->stream, CURLINFO_RESPONSE_CODE, &status);
    if (size * n == 2 && at[0] == '\r' && status == 200 && !link->is_open) {
        link->is_open = true;
        link->heard_ms = keeper_clock_ms(CLOCK_BOOTTIME);
        link->events.on_open(link->events.data);
    }
    return size * n;
}

static size_t ignore(char *at, size_t size, size_t n, void *data)
{
    (void)at;
    (void)data;
    return size * n;
}

static void common(struct server_link *link, CURL *easy)
{
    const struct agent_options *o = link->options;
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, link->reason);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "banto-agent/" BANTO_VERSION);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* jobs do not start by way of whatever the environment says */
    if (str_starts(o->server, "unix:")) {
        (void)curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, o->server + strlen("unix:"));
    }
    (void)curl_easy_setopt(easy, CURLOPT_CAINFO, o->ca);
    (void)curl_easy_setopt(easy, CURLOPT_SSLCERT, o->cert);
    (void)curl_easy_setopt(easy, CURLOPT_SSLKEY, o->key);
}

static const char *base_of(const struct agent_options *options)
{
    return str_starts(options->server, "unix:") ? "http://localhost" : options->server;
}

bool server_link_open(struct server_link **ret, const struct agent_options *options, struct server_events events, struct err *e)
{
    if (!str_starts(options->server, "unix:") && !str_starts(options->server, "http://") && !str_starts(options->server, "https://")) {
        return err_set(e, ERR_ARGUMENT, "--server" ARG "%s (unix:PATH, http://, https://)", options->server);
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return err_set(e, ERR_SYSTEM, "curl_global_init" ARG "?");
    }
    struct server_link *link = heap_resize(NULL, 1, sizeof(*link));
    *link = (struct server_link){.options = options, .events = events, .multi = curl_multi_init()};
    *ret = link;
    return true;
}

void server_link_end(struct server_link *link)
{
    CURL **const easies[] = {&link->stream, &link->post};
    for (size_t i = 0; i < COUNT(easies); i++) {
        if (*easies[i]) {
            (void)curl_multi_remove_handle(link->multi, *easies[i]);
            curl_easy_cleanup(*easies[i]);
            *easies[i] = NULL;
        }
    }
    curl_slist_free_all(link->headers);
    link->headers = NULL;
    link->is_begun = link->is_open = link->is_posting = false;
    strbuf_clear(&link->line);
    strbuf_clear(&link->reports);
    strbuf_clear(&link->posting);
}

void server_link_close(struct server_link *link)
{
    if (link) {
        server_link_end(link);
        (void)curl_multi_cleanup(link->multi);
        strbuf_close(&link->line);
        strbuf_close(&link->reports);
        strbuf_close(&link->posting);
        heap_free(link);
    }
}

void server_link_begin(struct server_link *link, const char *session)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    server_link_end(link);
    (void)str_copy(link->session, sizeof(link->session), session);
    link->stream = curl_easy_init();
    link->post = curl_easy_init();
    char *name = curl_easy_escape(link->stream, link->options->name, 0);
    strbuf_printf(&text, "%s/agent/v1/stream?agent=%s&session=%s", base_of(link->options), name, session);
    common(link, link->stream);
    (void)curl_easy_setopt(link->stream, CURLOPT_URL, text.at);
    (void)curl_easy_setopt(link->stream, CURLOPT_WRITEFUNCTION, on_stream_bytes);
    (void)curl_easy_setopt(link->stream, CURLOPT_WRITEDATA, link);
    (void)curl_easy_setopt(link->stream, CURLOPT_HEADERFUNCTION, on_stream_header);
    (void)curl_easy_setopt(link->stream, CURLOPT_HEADERDATA, link);
    (void)curl_easy_setopt(link->stream, CURLOPT_FAILONERROR, 1L);

    common(link, link->post);
    strbuf_clear(&text);
    strbuf_printf(&text, "%s/agent/v1/reports?agent=%s&session=%s", base_of(link->options), name, session);
    curl_free(name);
    (void)curl_easy_setopt(link->post, CURLOPT_URL, text.at);
    (void)curl_easy_setopt(link->post, CURLOPT_TIMEOUT_MS, (long)POST_MS);
    (void)curl_easy_setopt(link->post, CURLOPT_WRITEFUNCTION, ignore);
    (void)curl_easy_setopt(link->post, CURLOPT_FAILONERROR, 1L);
    link->headers = curl_slist_append(NULL, "Content-Type: application/x-ndjson");
    link->headers = curl_slist_append(link->headers, "Expect:");
    (void)curl_easy_setopt(link->post, CURLOPT_HTTPHEADER, link->headers);
    link->reason[0] = '\0';
    link->is_begun = true;
    link->heard_ms = keeper_clock_ms(CLOCK_BOOTTIME);
    (void)curl_multi_add_handle(link->multi, link->stream);
}

struct strbuf *server_link_reports(struct server_link *link)
{
    return &link->reports;
}

int64_t server_link_posted_ms(const struct server_link *link)
{
    return link->posted_ms;
}

static void post_next(struct server_link *link)
{
    size_t n = link->reports.n;
    if (n > POST_BYTES_MAX) { /* whole lines; one line always fits */
        const char *end = memrchr(link->reports.at, '\n', POST_BYTES_MAX);
        n = end ? (size_t)(end - link->reports.at) + 1 : n;
    }
    strbuf_clear(&link->posting);
    strbuf_add(&link->posting, link->reports.at, n);
    link->reports.n -= n;
    memmove(link->reports.at, link->reports.at + n, link->reports.n);
    (void)curl_easy_setopt(link->post, CURLOPT_POSTFIELDS, link->posting.at);
    (void)curl_easy_setopt(link->post, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
    (void)curl_multi_add_handle(link->multi, link->post);
    link->is_posting = true;
    link->posted_ms = keeper_clock_ms(CLOCK_BOOTTIME);
}

static bool failed(const struct server_link *link, const CURLMsg *message, struct err *e)
{
    CURLcode code = message ? message->data.result : CURLE_OPERATION_TIMEDOUT;
    const char *what = message && message->easy_handle == link->post ? "reports" : "stream";
    const char *why = !message ? "silent for 45 s" : link->reason[0] ? link->reason : code ? curl_easy_strerror(code) : "ended";
    return err_set(e, ERR_AGENT_SERVER, "%s" ARG "%s: %s", link->options->server, what, why);
}

bool server_link_pump(struct server_link *link, bool may_post, struct err *e)
{
    int running, left;
    bool is_more = link->is_begun;
    while (is_more) {
        is_more = false;
        (void)curl_multi_perform(link->multi, &running);
        for (CURLMsg *message; (message = curl_multi_info_read(link->multi, &left));) {
            if (message->easy_handle != link->post || message->data.result != CURLE_OK) {
                return failed(link, message, e);
            }
            (void)curl_multi_remove_handle(link->multi, link->post);
            link->is_posting = false;
        }
        if (may_post && link->is_open && !link->is_posting && link->reports.n) {
            post_next(link);
            is_more = true; /* send it now, not after the wait */
        }
    }
    if (link->is_begun && keeper_clock_ms(CLOCK_BOOTTIME) - link->heard_ms > SILENCE_MS) {
        return failed(link, NULL, e);
    }
    return true;
}

void server_link_wait(struct server_link *link, const int fds[2], bool is_writing_first, int wait_ms)
{
    struct curl_waitfd wanted[2] = {
        {.fd = fds[0], .events = (short)(CURL_WAIT_POLLIN | (is_writing_first ? CURL_WAIT_POLLOUT : 0))},
        {.fd = fds[1], .events = CURL_WAIT_POLLIN},
    };
    (void)curl_multi_poll(link->multi, wanted, COUNT(wanted), wait_ms, NULL);
}
